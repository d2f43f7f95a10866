//! The bytes of a file as rows of text.

use std::io::Cursor;

use csv::{ReaderBuilder, StringRecord};
use kernel::{Fault, Faults};

/// How a file writes its letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Windows1252,
    Iso8859_15,
}

impl Encoding {
    pub const ALL: [Self; 3] = [Self::Utf8, Self::Windows1252, Self::Iso8859_15];

    /// Its name, as [`Encoding::of`] reads it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
            Self::Iso8859_15 => "iso-8859-15",
        }
    }
    /// By its name, whatever its case.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8),
            "windows-1252" | "cp1252" => Some(Self::Windows1252),
            "iso-8859-15" | "latin9" => Some(Self::Iso8859_15),
            _ => None,
        }
    }
}

/// The letters of Windows-1252 from 0x80 to 0x9F; five bytes are none.
/// Source: Unicode Consortium, mapping table CP1252.TXT.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž',
    '\u{fffd}', '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}',
    'ž', 'Ÿ',
];

/// Decodes a file. UTF-8, with or without its mark, needs no word; another encoding is only read
/// when it is declared, since a wrong guess would spoil names in silence.
///
/// # Errors
/// `csv.encoding`, with the line where the text stops being UTF-8.
pub fn decode(bytes: &[u8], declared: Option<Encoding>) -> Result<String, Fault> {
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf");
    let text = match declared {
        Some(Encoding::Windows1252) if bare.is_none() => windows_1252(bytes)?,
        Some(Encoding::Iso8859_15) if bare.is_none() => {
            bytes.iter().map(|byte| iso_8859_15(*byte)).collect()
        }
        _ => {
            let bytes = bare.unwrap_or(bytes);
            let text = std::str::from_utf8(bytes).map_err(|error| {
                let before = &bytes[..error.valid_up_to()];
                let ends = before.iter().filter(|byte| **byte == b'\n').count();
                Fault::new("csv.encoding").with("line", ends + 1)
            })?;
            text.to_owned()
        }
    };
    match text.find('\0') {
        // UTF-16, or no text at all.
        Some(at) => {
            let ends = text[..at].matches('\n').count();
            Err(Fault::new("csv.encoding").with("line", ends + 1))
        }
        None => Ok(text),
    }
}

fn windows_1252(bytes: &[u8]) -> Result<String, Fault> {
    let mut out = String::with_capacity(bytes.len());
    let mut line = 1_usize;
    for byte in bytes {
        line += usize::from(*byte == b'\n');
        match byte {
            0x80..=0x9f => match WINDOWS_1252[usize::from(byte - 0x80)] {
                '\u{fffd}' => return Err(Fault::new("csv.encoding").with("line", line)),
                letter => out.push(letter),
            },
            other => out.push(char::from(*other)),
        }
    }
    Ok(out)
}

/// ISO 8859-15 is ISO 8859-1 but for eight letters.
fn iso_8859_15(byte: u8) -> char {
    match byte {
        0xa4 => '€',
        0xa6 => 'Š',
        0xa8 => 'š',
        0xb4 => 'Ž',
        0xb8 => 'ž',
        0xbc => 'Œ',
        0xbd => 'œ',
        0xbe => 'Ÿ',
        other => char::from(other),
    }
}

/// A file as a header and rows, each with its number as a spreadsheet shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub header: Vec<String>,
    pub rows: Vec<(i64, Vec<String>)>,
}

/// Reads the rows of a file. Rows of blank cells are passed over.
///
/// # Errors
/// `csv.empty`, `csv.separator`, `csv.malformed`.
pub fn read_sheet(text: &str, separator: Option<u8>) -> Result<Sheet, Faults> {
    let separator = match separator {
        Some(separator) => separator,
        None => detected(text),
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(Cursor::new(text));
    let mut sheet = Sheet { header: Vec::new(), rows: Vec::new() };
    let (mut number, mut record) = (0_i64, StringRecord::new());
    loop {
        let before = reader.position().line();
        let malformed = |_| Fault::new("csv.malformed").with("row", number + 1);
        if !reader.read_record(&mut record).map_err(malformed)? {
            break;
        }
        // The reader passes over blank lines; a spreadsheet counts them.
        let inside = record.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
        let lines = usize::try_from(reader.position().line() - before).unwrap_or(1);
        let blank = lines.saturating_sub(inside + 1);
        number += 1 + i64::try_from(blank).unwrap_or(0);
        let cells = cells(&record);
        if sheet.header.is_empty() {
            sheet.header = cells;
        } else if cells.iter().any(|cell| !cell.is_empty()) {
            sheet.rows.push((number, cells));
        }
    }
    if sheet.header.iter().all(String::is_empty) {
        return Err(Fault::new("csv.empty").into());
    }
    Ok(sheet)
}

fn cells(record: &StringRecord) -> Vec<String> {
    record.iter().map(|cell| unguarded(cell.trim()).to_owned()).collect()
}

/// Our own exports put an apostrophe before what a spreadsheet would take for a formula.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
}

/// The separator that the first line has most of, outside quotes: `;`, `,` or a tab.
#[must_use]
pub fn detected(text: &str) -> u8 {
    let mut counts = [(b';', 0), (b',', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => {
                for (separator, count) in &mut counts {
                    *count += i32::from(*separator == byte);
                }
            }
            _ => {}
        }
    }
    // The first of equals: `max_by_key` would keep the last.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b';', |(separator, _)| *separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_is_read_with_and_without_its_mark() {
        assert_eq!(decode("é".as_bytes(), None), Ok("é".to_owned()));
        assert_eq!(decode(b"\xef\xbb\xbf\xc3\xa9", None), Ok("é".to_owned()));
        let declared = decode(b"\xef\xbb\xbf\xc3\xa9", Some(Encoding::Windows1252));
        assert_eq!(declared, Ok("é".to_owned()));
    }

    #[test]
    fn another_encoding_is_read_when_declared_and_refused_when_not() {
        let bytes = b"nom\nSoci\xe9t\xe9 \x80 \x9cuvre";
        assert_eq!(
            decode(bytes, Some(Encoding::Windows1252)),
            Ok("nom\nSociété € œuvre".to_owned())
        );
        assert_eq!(decode(b"\xa4\xbd", Some(Encoding::Iso8859_15)), Ok("€œ".to_owned()));
        for declared in [None, Some(Encoding::Utf8)] {
            let fault = decode(bytes, declared).unwrap_err();
            assert_eq!((fault.code, &fault.facts[0]), ("csv.encoding", &("line", 2_i64.into())));
        }
        assert!(decode(b"\x81", Some(Encoding::Windows1252)).is_err());
        assert!(decode(b"\xff\xfea\0b\0", None).is_err());
        assert!(decode(b"a\0b\0", None).is_err());
    }

    #[test]
    fn the_separator_is_the_one_the_header_has_most_of() {
        for (text, separator) in
            [("a;b;c\n1,5;2", b';'), ("a,b\n", b','), ("a\tb\n", b'\t'), ("\"a,b,c\";d\n", b';')]
        {
            assert_eq!(detected(text), separator, "{text}");
        }
        assert_eq!(detected("seul"), b';');
    }

    #[test]
    fn rows_keep_the_number_that_a_spreadsheet_shows() {
        let sheet = read_sheet("Code;Nom\nC1;\"Dupont\n& fils\"\n\n;\nC3;'=1+1", None).unwrap();
        assert_eq!(sheet.header, ["Code", "Nom"]);
        let rows: Vec<_> = sheet.rows.iter().map(|(number, cells)| (*number, &cells[1])).collect();
        assert_eq!(rows, [(2, &"Dupont\n& fils".to_owned()), (5, &"=1+1".to_owned())]);
        assert_eq!(read_sheet("", None).unwrap_err().codes(), ["csv.empty"]);
    }
}
