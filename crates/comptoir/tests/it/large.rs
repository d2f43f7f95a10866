//! A gigabyte comes in: it is refused, and not kept in memory.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use tempfile::TempDir;

use crate::ground::{Answer, Client, Server, found};

const GIGABYTE: usize = 1 << 30;
const BLOCK: usize = 64 * 1024;
/// What all that is refused may cost the server, in MB: six gigabytes are offered. A file that it
/// takes has 50 MB at most, kept once in a buffer that doubles, and the allocator keeps some.
const MOST_GROWTH: u64 = 256;

/// How a client tells the length of what it sends.
#[derive(Debug, Clone, Copy)]
enum Framing {
    Announced,
    Chunked,
}

/// A request whose body is `opening`, then the same line until it weighs a gigabyte.
struct Sending<'a> {
    path: &'a str,
    headers: String,
    opening: String,
    line: &'a [u8],
}

impl Sending<'_> {
    /// Sends until the server wants no more of it, and gives its answer and what was sent.
    fn send(&self, server: &Server, framing: Framing) -> (Answer, usize) {
        let mut stream = TcpStream::connect(server.address()).expect("the server");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time");
        stream.set_write_timeout(Some(Duration::from_secs(30))).expect("a time");
        let mut reading = stream.try_clone().expect("a second handle");
        let answer = std::thread::spawn(move || read_answer(&mut reading));
        let length = match framing {
            Framing::Announced => format!("content-length: {GIGABYTE}"),
            Framing::Chunked => "transfer-encoding: chunked".to_owned(),
        };
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\n{}{length}\r\nconnection: close\r\n\r\n",
            self.path,
            server.address(),
            self.headers,
        );
        stream.write_all(head.as_bytes()).expect("the head");
        let mut block = self.opening.clone().into_bytes();
        let mut sent = 0;
        while sent < GIGABYTE && write_block(&mut stream, &block, framing) {
            sent += block.len();
            let lines = self.line.iter().copied().cycle();
            block = lines.take(BLOCK.min(GIGABYTE - sent)).collect();
        }
        let _ = stream.shutdown(Shutdown::Write);
        (answer.join().expect("an answer"), sent)
    }
}

/// Tells whether the server still takes it.
fn write_block(stream: &mut TcpStream, block: &[u8], framing: Framing) -> bool {
    let written = match framing {
        Framing::Announced => stream.write_all(block),
        Framing::Chunked => {
            let mut framed = format!("{:x}\r\n", block.len()).into_bytes();
            framed.extend_from_slice(block);
            framed.extend_from_slice(b"\r\n");
            stream.write_all(&framed)
        }
    };
    match written {
        Ok(()) => true,
        Err(error) => {
            let gone = matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset);
            assert!(gone, "{error}");
            false
        }
    }
}

/// Reads to the end. A server that has answered may close before it has read all that was sent,
/// which ends our reading with a reset.
fn read_answer(stream: &mut TcpStream) -> Answer {
    let (mut whole, mut part) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => whole.extend_from_slice(&part[..count]),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
                break;
            }
        }
    }
    let text = String::from_utf8(whole).expect("text");
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("cut: {text:?}"));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    let kind = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    Answer {
        status: status.expect("a status"),
        kind: kind.map(|(_, kind)| kind.to_owned()).unwrap_or_default(),
        text: body.to_owned(),
    }
}

/// The parts of a form up to the content of its file.
fn form_opening(fields: &[(&str, &str)], file: &str) -> String {
    let mut opening = String::new();
    for (name, value) in fields {
        opening.push_str("--cut\r\ncontent-disposition: form-data; name=\"");
        opening.push_str(&format!("{name}\"\r\n\r\n{value}\r\n"));
    }
    opening.push_str("--cut\r\ncontent-disposition: form-data; name=\"file\"; filename=\"");
    opening.push_str(&format!("{file}\"\r\ncontent-type: application/octet-stream\r\n\r\n"));
    opening
}

const FORM: &str = "content-type: multipart/form-data; boundary=cut\r\n";

#[test]
fn asvs_5_2_1_a_gigabyte_is_refused_without_being_kept_in_memory() {
    let folder = TempDir::new().expect("a folder");
    let company = found(folder.path());
    let server = Server::start(folder.path(), &[]);
    let client = Client::new(&server.base, &company.token);
    let parties = client.get("/api/parties?limit=200").done();
    let before = server.most_memory();
    let bearer = format!("authorization: Bearer {}\r\n", company.token);
    let raw = Sending {
        path: "/api/parties/import?mode=apply",
        headers: format!("{bearer}content-type: text/csv\r\n"),
        opening: "code;name\n".to_owned(),
        line: b"G1;Gigaoctet\n",
    };
    let form = Sending {
        path: "/api/parties/import",
        headers: format!("{bearer}{FORM}"),
        opening: form_opening(&[("mode", "apply")], "grand.csv") + "code;name\n",
        line: b"G1;Gigaoctet\n",
    };
    for framing in [Framing::Announced, Framing::Chunked] {
        for sending in [&raw, &form] {
            let (answer, sent) = sending.send(&server, framing);
            answer.refused(413, "file.large");
            assert!(sent < GIGABYTE, "{framing:?}: all of it was read");
        }
    }
    let token = web::door::form_token(&company.session);
    let statement = Sending {
        path: "/bank/import",
        headers: format!("cookie: session={}\r\n{FORM}", company.session),
        opening: form_opening(&[("token", &token), ("key", "k")], "grand.xml") + "<Document>",
        line: b"<Ntry></Ntry>\n",
    };
    for framing in [Framing::Announced, Framing::Chunked] {
        let (answer, sent) = statement.send(&server, framing);
        assert_eq!(answer.status, 413, "{framing:?}");
        assert!(answer.text.contains(&sentence("form.large")), "{framing:?}");
        assert!(sent < GIGABYTE, "{framing:?}: all of it was read");
    }
    let grown = server.most_memory() - before;
    assert!(grown < MOST_GROWTH, "the server grew by {grown} MB");
    assert_eq!(client.get("/api/parties?limit=200").done(), parties);
    for list in ["imports", "bank_statements"] {
        let items = client.get(&format!("/api/{list}")).done()["items"].clone();
        assert_eq!(items, serde_json::json!([]), "{list}");
    }
}

fn sentence(code: &'static str) -> String {
    kernel::sentence(&kernel::Fault::new(code), kernel::Language::French)
}
