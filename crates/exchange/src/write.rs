//! Rows written to a CSV file.

use csv::WriterBuilder;
use kernel::Fault;

/// A spreadsheet runs what begins like a formula; an apostrophe makes it text. Source: OWASP, CSV
/// injection.
#[must_use]
pub fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Adds one row of a CSV file, its cells quoted where they must be.
///
/// # Errors
/// `internal` when the row could not be written, which memory always takes.
pub fn write_line(out: &mut Vec<u8>, separator: u8, cells: &[String]) -> Result<(), Fault> {
    let mut writer = WriterBuilder::new().delimiter(separator).from_writer(out);
    let unwritten = |_| Fault::new("internal");
    writer.write_record(cells).map_err(unwritten)?;
    writer.flush().map_err(|_| Fault::new("internal"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_made_text_and_read_back_as_it_was() {
        assert_eq!(guarded("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(guarded("-12"), "'-12");
        assert_eq!(guarded("Dupont"), "Dupont");
        let mut out = Vec::new();
        write_line(&mut out, b';', &["Nom".to_owned()]).unwrap();
        write_line(&mut out, b';', &[guarded("@SUM(1;2)")]).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "Nom\n\"'@SUM(1;2)\"\n");
        let sheet = crate::read_sheet(&text, Some(b';')).unwrap();
        assert_eq!(sheet.rows, [(2, vec!["@SUM(1;2)".to_owned()])]);
    }
}
