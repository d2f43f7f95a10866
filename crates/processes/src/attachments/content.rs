//! What a file is, by its first bytes and, of texts, by all of them.

use super::FileKind;

/// The kind of a file. The name only tells one kind of archive from another, and a table from a
/// text: it never makes a thing that a browser would show or run out of what is none.
#[must_use]
pub fn judged(bytes: &[u8], name: &str) -> FileKind {
    // Source: ISO 32000-1, 7.5.2; W3C PNG, 5.2; ITU T.81, B.1.1.3; RFC 9649, 2.3; GIF89a, 17.
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => FileKind::Pdf,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => FileKind::Png,
        [0xff, 0xd8, 0xff, ..] => FileKind::Jpeg,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => FileKind::Webp,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => FileKind::Gif,
        [b'P', b'K', 3, 4, ..] => archive(bytes, name),
        _ => text(bytes, name),
    }
}

/// Office documents are archives whose first entry says so.
fn archive(bytes: &[u8], name: &str) -> FileKind {
    const ENDS: [&str; 6] = ["docx", "xlsx", "pptx", "odt", "ods", "odp"];
    // The name of the first entry follows its header of thirty bytes (APPNOTE, 4.3.7).
    let first = bytes.get(30..).unwrap_or_default();
    let marks: [&[u8]; 5] = [b"[Content_Types].xml", b"mimetype", b"_rels/", b"docProps/", b"xl/"];
    let office = marks.iter().any(|mark| first.starts_with(mark)) && ends(name, &ENDS);
    if office { FileKind::Office } else { FileKind::Zip }
}

fn text(bytes: &[u8], name: &str) -> FileKind {
    let Ok(text) = std::str::from_utf8(bytes) else { return FileKind::Other };
    let odd = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t' | '\u{c}');
    if text.chars().any(odd) {
        return FileKind::Other;
    }
    if ends(name, &["csv"]) { FileKind::Csv } else { FileKind::PlainText }
}

fn ends(name: &str, wanted: &[&str]) -> bool {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase();
    wanted.contains(&end.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_lies_changes_nothing() {
        assert_eq!(judged(b"<script>alert(1)</script>", "photo.png"), FileKind::PlainText);
        assert_eq!(judged(b"<svg xmlns='x' onload='y'/>", "logo.svg"), FileKind::PlainText);
        assert_eq!(judged(b"%PDF-1.7\n", "bill.html"), FileKind::Pdf);
        assert_eq!(judged(b"MZ\x90\x00\x03", "bill.pdf"), FileKind::Other);
        assert_eq!(judged(b"\x89PNG\r\n\x1a\nrest", "x"), FileKind::Png);
        assert_eq!(judged(b"RIFF\x00\x00\x00\x00WEBPVP8 ", "x"), FileKind::Webp);
        assert_eq!(judged(b"GIF89a", "x"), FileKind::Gif);
        assert_eq!(judged(&[0xff, 0xd8, 0xff, 0xe0], "x"), FileKind::Jpeg);
    }

    #[test]
    fn an_archive_is_an_office_document_when_it_says_so_and_is_called_so() {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.resize(30, 0);
        bytes.extend(b"[Content_Types].xml");
        assert_eq!(judged(&bytes, "Devis.XLSX"), FileKind::Office);
        assert_eq!(judged(&bytes, "Devis.zip"), FileKind::Zip);
        assert_eq!(judged(b"PK\x03\x04", "Devis.xlsx"), FileKind::Zip);
    }

    #[test]
    fn a_text_is_a_table_by_its_name_alone() {
        assert_eq!(judged("a;b\n1;2\n".as_bytes(), "prix.csv"), FileKind::Csv);
        assert_eq!(judged("élan\r\n".as_bytes(), "note"), FileKind::PlainText);
        assert_eq!(judged(b"a\x00b", "note.txt"), FileKind::Other);
    }
}
