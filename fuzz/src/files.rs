//! Files: tables, workbooks, statements of banks, attachments, exported logs.

use exchange::{Encoding, decode, detected, guess, language_of, read_sheet, read_workbook};
use kernel::Language;
use kernel::custom::Shape;
use processes::attachments;
use store::tree::note::{Checkpoint, VerifyingKey, notes};

/// A file of text as people export them: any letters, any separator.
pub fn sheet(bytes: &[u8]) {
    for declared in [None, Encoding::of("windows-1252"), Encoding::of("iso-8859-15")] {
        let Ok(text) = decode(bytes, declared) else { continue };
        let _separator = detected(&text);
        for separator in [None, Some(b';'), Some(b'\t')] {
            let Ok(sheet) = read_sheet(&text, separator) else { continue };
            known(&sheet);
        }
    }
}

/// A workbook: an archive of packed XML.
pub fn workbook(bytes: &[u8]) {
    if let Ok(sheet) = read_workbook(bytes) {
        known(&sheet);
    }
}

fn known(sheet: &exchange::Sheet) {
    let _language = language_of(&sheet.rows);
    let Some(def) = comptoir::catalog().entity("party") else { return };
    let shape = Shape { def, custom: Vec::new() };
    let guesses = guess(&shape, &sheet.header, &sheet.rows, |_| true);
    assert_eq!(guesses.len(), sheet.header.len());
    let _columns = exchange::Plan::of(&shape, &sheet.header, &[], Language::French);
}

/// A statement of a bank: every balance adds up, or says by how much it does not.
pub fn statement(bytes: &[u8]) {
    let Ok(statements) = paper::camt::read_statements(bytes) else { return };
    for statement in statements {
        let _gap = statement.gap();
    }
}

/// A file that is attached: its kind and its name. The first line is the name.
pub fn upload(bytes: &[u8]) {
    let (name, content) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &[][..]),
    };
    let name = String::from_utf8_lossy(name);
    let kept = attachments::tidied(&name, Language::French);
    assert!(!kept.is_empty() && !kept.starts_with('.'), "{kept:?}");
    assert!(!kept.contains(['/', '\\', '"', '\r', '\n', '\0']), "{kept:?}");
    assert_eq!(attachments::tidied(&kept, Language::French), kept, "tidied once is tidied");
    let kind = attachments::judged(content, &kept);
    assert!(!kind.media_type().contains("html") && !kind.media_type().contains("svg"));
}

/// Checkpoints and keys of the audit, from files that others kept.
pub fn audit(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(checkpoint) = Checkpoint::of(&text) {
        assert_eq!(Checkpoint::of(&checkpoint.text()), Some(checkpoint));
    }
    let key = VerifyingKey::of(&text);
    let fixed = VerifyingKey::of(KEY).ok();
    for note in notes(&text) {
        for key in key.iter().chain(&fixed) {
            assert!(key.open(&note).is_none(), "nobody has its secret");
        }
    }
    for line in text.lines() {
        let read = serde_json::from_str::<serde_json::Value>(line);
        if let Ok(serde_json::Value::Object(line)) = read {
            let _found = store::tree::line::read(&line, 1);
        }
    }
}

/// The example of the standard. Source: C2SP, signed-note.md.
const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
