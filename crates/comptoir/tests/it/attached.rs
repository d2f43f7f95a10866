//! Files attached to records by programs, through the binary.

use tempfile::TempDir;

use crate::ground::{Answer, Client, Server, doctor, found};

fn form(name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=";
    let mut body = format!("{head}\"{name}\"\r\n\r\n").into_bytes();
    body.extend(bytes);
    body.extend(b"\r\n--limit--\r\n");
    body
}

#[test]
fn a_program_attaches_a_file_and_fetches_it_back() {
    let folder = TempDir::new().expect("a folder");
    let company = found(folder.path());
    let mut server = Server::start(folder.path(), &[]);
    let client = Client::new(&server.base, &company.token);
    let bearer = format!("Bearer {}", company.token);
    let send = |path: &str, kind: &str, body: &[u8]| -> Answer {
        client.send(path, ("authorization", &bearer), kind, body)
    };
    let path = format!("/api/parties/{}/attachments", company.parties[0]);
    let limited = "multipart/form-data; boundary=limit";
    let text = "Désignation;Prix\r\nLampe;90\r\n";
    let made = send(&path, limited, &form("C:\\\\tarifs\\\\Prix.csv", text.as_bytes()));
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.json();
    assert_eq!((&made["kind"], &made["size"]), (&"csv".into(), &text.len().into()));
    assert_eq!(made["name"], "Prix.csv");
    let listed = client.get(&path).json();
    assert_eq!(listed["items"], serde_json::json!([made]));
    let file = format!("{path}/{}", made["id"].as_str().expect("an id"));
    let fetched = client.get(&file);
    assert_eq!((fetched.text.as_str(), fetched.kind.as_str()), (text, "text/csv; charset=utf-8"));
    // Through another record it is not there, and the record has no other.
    let other = format!("/api/parties/{}/attachments", company.parties[1]);
    client.get(&file.replace(&path, &other)).refused(404, "not_found");
    assert_eq!(client.get(&other).json()["items"], serde_json::json!([]));
    send(&path, "text/plain", b"x").refused(415, "content.type");
    let huge = form("film.bin", &vec![0; (20 << 20) + 1]);
    send(&path, limited, &huge).refused(413, "attachment.large");
    let lines = format!("/api/order_lines/{}/attachments", company.parties[0]);
    send(&lines, limited, &form("a.txt", b"x")).refused(422, "attachment.nowhere");
    server.stop();
    let (well, said) = doctor(folder.path());
    assert!(well, "{said}");
}
