//! What comes over the wire that is no request: smuggled, endless, broken or slow. Nothing of it
//! is answered twice, kept in memory, or felt by others.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use tempfile::TempDir;

use crate::ground::{Server, found};

/// Sends bytes, and gives all that is answered until the connection is closed; none when it is
/// still open after a while.
fn heard(server: &Server, sent: &[u8]) -> Option<String> {
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a limit");
    // Whoever is refused early may find the connection closed.
    let _ = stream.write_all(sent);
    let (mut text, mut part) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(length) => text.extend_from_slice(&part[..length]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(_) => return None,
        }
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn answers(text: &str) -> usize {
    text.matches("HTTP/1.1 ").count()
}

/// RFC 9112, 6.3: a length said twice, or in two ways, is how one request is hidden in another.
#[test]
fn asvs_4_2_1_no_request_is_smuggled_in_another() {
    let folder = TempDir::new().expect("a folder");
    found(folder.path());
    let server = Server::start(folder.path(), &[]);
    let hidden = "GET /smuggled HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let refused = [
        "content-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
        "content-length: +5\r\n\r\nhello",
        "content-length: 5 \r\n x: y\r\n\r\nhello",
        "content-length : 5\r\n\r\nhello",
        "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
        "x: \u{1}\r\n\r\n",
    ];
    for more in refused {
        let sent = format!("POST /sign-in HTTP/1.1\r\nhost: x\r\n{more}{hidden}");
        let text = heard(&server, sent.as_bytes()).unwrap_or_else(|| panic!("open: {more:?}"));
        assert!(text.starts_with("HTTP/1.1 400 "), "{more:?}: {text}");
        assert_eq!(answers(&text), 1, "{more:?}: {text}");
    }
    // Both lengths: what is chunked is read as such, whichever comes first, and the hidden request
    // inside the first chunk is a body.
    let chunk = format!("{:x}\r\n{hidden}\r\n0\r\n\r\n", hidden.len());
    for lengths in [
        "content-length: 4\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 4\r\nconnection: close\r\n\r\n",
    ] {
        let sent = format!("POST /sign-in HTTP/1.1\r\nhost: x\r\n{lengths}{chunk}");
        let text = heard(&server, sent.as_bytes()).expect("closed");
        assert_eq!(answers(&text), 1, "{lengths:?}: {text}");
        assert!(!text.contains("smuggled"), "{text}");
    }
}

/// ASVS 4.2.5: what is too long to be read is refused before it is kept.
#[test]
fn asvs_4_2_5_endless_heads_are_refused() {
    let folder = TempDir::new().expect("a folder");
    found(folder.path());
    let server = Server::start(folder.path(), &[]);
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(1 << 20));
    let text = heard(&server, long.as_bytes()).expect("closed");
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 4"), "{text}");
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x: y\r\n".repeat(100_000));
    let text = heard(&server, many.as_bytes()).expect("closed");
    assert!(text.starts_with("HTTP/1.1 431 "), "{text}");
    assert!(server.most_memory() < 400, "{} MB", server.most_memory());
}

/// ASVS 13.4.4, 4.1.4: no method that we do not mean.
#[test]
fn asvs_13_4_4_methods_that_mean_nothing_here_are_refused() {
    let folder = TempDir::new().expect("a folder");
    found(folder.path());
    let server = Server::start(folder.path(), &[]);
    for method in ["TRACE", "PROPFIND", "DEBUG", "TRACK"] {
        for path in ["/", "/sign-in", "/api/orders"] {
            let sent = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            let text = heard(&server, sent.as_bytes()).expect("closed");
            assert!(text.starts_with("HTTP/1.1 405 "), "{method} {path}: {text}");
        }
    }
}

/// Hundreds who say half of a request and fall silent keep nobody else waiting.
#[test]
fn asvs_15_2_2_those_who_keep_silent_hold_nobody_up() {
    let folder = TempDir::new().expect("a folder");
    found(folder.path());
    let server = Server::start(folder.path(), &[]);
    let silent: Vec<TcpStream> = (0..400)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address()).expect("a connection");
            stream.write_all(b"GET /orders HTTP/1.1\r\nhost: x\r\nx-slow: ").expect("half of it");
            stream
        })
        .collect();
    let sent = b"GET /sign-in HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let text = heard(&server, sent).expect("an answer");
    assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
    assert_eq!(silent.len(), 400);
}
