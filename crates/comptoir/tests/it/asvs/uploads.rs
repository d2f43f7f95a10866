//! Files that say they are something else.

use super::{Heard, Place};

fn send(place: &Place, name: &str, bytes: &[u8]) -> Heard {
    let path = format!("/api/parties/{}/attachments", place.company.parties[0]);
    let head = format!(
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: text/html\r\n\r\n"
    );
    let mut body = head.into_bytes();
    body.extend(bytes);
    body.extend(b"\r\n--x--\r\n");
    let bearer = format!("Bearer {}", place.company.token);
    let headers =
        [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=x")];
    place.ask("POST", &path, &headers, &body)
}

/// ASVS 5.2.2, 5.4.1, 5.4.2, 3.2.1.
#[test]
fn asvs_5_2_2_a_file_is_what_its_bytes_are_and_runs_nowhere() {
    let place = Place::open(&[]);
    let cases: [(&str, &[u8], &str, bool); 7] = [
        (
            "logo.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "text/plain",
            false,
        ),
        ("photo.png", b"<script>alert(1)</script>", "text/plain", false),
        ("page.html", b"<!doctype html><script>alert(1)</script>", "text/plain", false),
        ("bill.pdf.exe", b"MZ\x90\x00\x03\x00", "application/octet-stream", false),
        ("x.png", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xff", "image/png", true),
        ("x.html", b"%PDF-1.7\n", "application/pdf", true),
        ("x.js", b"PK\x03\x04", "application/zip", false),
    ];
    for (name, bytes, kind, shown) in cases {
        let made = send(&place, name, bytes);
        let id = made.is(201).json()["id"].as_str().expect("an id").to_owned();
        let heard = place.page(&format!("/attachments/{id}/file"));
        assert_eq!(heard.is(200).body, bytes);
        let told = heard.header("content-type");
        assert!(told.starts_with(kind), "{name}: {told}");
        assert_eq!(heard.header("x-content-type-options"), "nosniff", "{name}");
        let way = if shown { "inline" } else { "attachment" };
        assert!(heard.header("content-disposition").starts_with(way), "{name}");
        let policy = heard.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{name}: {policy}");
        assert!(!policy.contains("script-src"), "{name}: {policy}");
        let sandboxed = policy.contains("sandbox");
        assert_eq!(sandboxed, kind != "application/pdf", "{name}: {policy}");
    }
}

/// ASVS 5.4.1, 5.4.3: RFC 6266, 4.3 and RFC 8187.
#[test]
fn asvs_5_4_1_a_name_is_no_path_no_header_and_no_disguise() {
    let place = Place::open(&[]);
    for (name, kept) in [
        ("../../etc/passwd", "passwd"),
        ("..\\\\..\\\\boot.ini", "boot.ini"),
        (".htaccess", "htaccess"),
        ("a\u{202e}fdp.exe", "afdp.exe"),
        ("%00.png", "%00.png"),
        ("Devis n°4 «é».txt", "Devis n°4 «é».txt"),
    ] {
        let made = send(&place, name, b"x");
        let made = made.is(201).json();
        assert_eq!(made["name"], kept, "{name}");
        let path = format!("/attachments/{}/file", made["id"].as_str().expect("an id"));
        let disposition = place.page(&path).is(200).header("content-disposition");
        assert_eq!(disposition.lines().count(), 1, "{disposition}");
        assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
        assert!(disposition.is_ascii(), "{disposition}");
        let encoded = format!("filename*=UTF-8''{}", web::address::encoded(kept));
        assert!(disposition.ends_with(&encoded), "{disposition}");
    }
    send(&place, "film.bin", &vec![0; (20 << 20) + 1]).refused(413, "attachment.large");
}
