//! The parts of a ZIP archive, as far as workbooks need them: stored or deflated, no part larger than
//! we would read. Source: PKWARE, APPNOTE.TXT 6.3.10.

use std::io::Read;

use flate2::read::DeflateDecoder;
use kernel::Fault;

/// The most that a part may hold once inflated, in bytes: a small file may inflate to any size.
const PART_MOST: u64 = 256 * 1024 * 1024;
/// The record at the end is 22 bytes, then a comment of at most 65 535.
const END: usize = 22;
const COMMENT_MOST: usize = 65_535;

/// An archive in memory.
pub struct Archive<'a> {
    bytes: &'a [u8],
    parts: Vec<Part>,
}

struct Part {
    name: String,
    method: u16,
    packed: usize,
    /// Where its own head stands.
    at: usize,
}

/// `import.spreadsheet`: what cannot be read as a workbook.
pub fn unreadable() -> Fault {
    Fault::new("import.spreadsheet")
}

fn number(bytes: &[u8], at: usize, width: usize) -> Result<usize, Fault> {
    let own = bytes.get(at..at + width).ok_or_else(unreadable)?;
    Ok(own.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

impl<'a> Archive<'a> {
    /// Reads the directory at the end of the archive.
    ///
    /// # Errors
    /// `import.spreadsheet`.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Fault> {
        let from = bytes.len().saturating_sub(END + COMMENT_MOST);
        let last = bytes.get(from..).unwrap_or(&[]);
        let end = last.windows(4).rposition(|four| four == b"PK\x05\x06").ok_or_else(unreadable)?;
        let end = from + end;
        let count = number(bytes, end + 10, 2)?;
        let mut at = number(bytes, end + 16, 4)?;
        let mut parts = Vec::with_capacity(count.min(1000));
        for _ in 0..count {
            if bytes.get(at..at + 4) != Some(b"PK\x01\x02") {
                return Err(unreadable());
            }
            let (name, extra) = (number(bytes, at + 28, 2)?, number(bytes, at + 30, 2)?);
            let comment = number(bytes, at + 32, 2)?;
            let text = bytes.get(at + 46..at + 46 + name).ok_or_else(unreadable)?;
            parts.push(Part {
                name: String::from_utf8_lossy(text).into_owned(),
                method: u16::try_from(number(bytes, at + 10, 2)?).unwrap_or(u16::MAX),
                packed: number(bytes, at + 20, 4)?,
                at: number(bytes, at + 42, 4)?,
            });
            at += 46 + name + extra + comment;
        }
        Ok(Self { bytes, parts })
    }

    /// The text of a part; `None` when there is none of this name.
    ///
    /// # Errors
    /// `import.spreadsheet` when it is not text, or larger than we would read.
    pub fn text(&self, name: &str) -> Result<Option<String>, Fault> {
        let Some(part) = self.parts.iter().find(|part| part.name == name) else { return Ok(None) };
        let head = part.at;
        if self.bytes.get(head..head + 4) != Some(b"PK\x03\x04") {
            return Err(unreadable());
        }
        let start =
            head + 30 + number(self.bytes, head + 26, 2)? + number(self.bytes, head + 28, 2)?;
        let packed = self.bytes.get(start..start + part.packed).ok_or_else(unreadable)?;
        let mut text = String::new();
        let read = match part.method {
            0 => packed.take(PART_MOST + 1).read_to_string(&mut text),
            8 => DeflateDecoder::new(packed).take(PART_MOST + 1).read_to_string(&mut text),
            _ => return Err(unreadable()),
        };
        let size = read.map_err(|_| unreadable())?;
        if u64::try_from(size).unwrap_or(u64::MAX) > PART_MOST {
            return Err(unreadable());
        }
        Ok(Some(text))
    }
}
