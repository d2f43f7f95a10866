//! The parts of a ZIP archive, as far as workbooks need them: stored or deflated, no part larger than
//! we would read. Source: PKWARE, APPNOTE.TXT 6.3.10.

use std::cell::Cell;
use std::io::Read;

use flate2::read::DeflateDecoder;
use kernel::Fault;

/// The most that all the parts read may hold once inflated, in bytes.
const MOST: u64 = 256 * 1024 * 1024;
/// How many times its own size a part may inflate to, beyond what is little anyway: sheets inflate
/// to some thirty times, what is made to exhaust us to a thousand. Source: ASVS 5.0.0, 5.2.3.
const RATIO_MOST: u64 = 100;
const LITTLE: u64 = 8 * 1024 * 1024;
/// The most parts of an archive that are looked through.
const PARTS_MOST: usize = 10_000;
/// The record at the end is 22 bytes, then a comment of at most 65 535.
const END: usize = 22;
const COMMENT_MOST: usize = 65_535;

/// An archive in memory.
pub struct Archive<'a> {
    bytes: &'a [u8],
    parts: Vec<Part>,
    /// How much more may be inflated.
    left: Cell<u64>,
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
        if count > PARTS_MOST {
            return Err(unreadable());
        }
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
        Ok(Self { bytes, parts, left: Cell::new(MOST) })
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
        let own = u64::try_from(packed.len()).unwrap_or(u64::MAX).saturating_mul(RATIO_MOST);
        let most = own.max(LITTLE).min(self.left.get());
        let read = match part.method {
            0 => packed.take(most + 1).read_to_string(&mut text),
            8 => DeflateDecoder::new(packed).take(most + 1).read_to_string(&mut text),
            _ => return Err(unreadable()),
        };
        let size = u64::try_from(read.map_err(|_| unreadable())?).unwrap_or(u64::MAX);
        if size > most {
            return Err(unreadable());
        }
        self.left.set(self.left.get() - size);
        Ok(Some(text))
    }
}
