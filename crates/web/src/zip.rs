//! Archives of files that are stored as they are: workbooks, and what is kept for ten years.
//! Source: PKWARE, APPNOTE 6.3.10, 4.3.

/// A ZIP archive whose files are stored as they are (PKWARE, APPNOTE 6.3.10, 4.3).
#[derive(Default)]
pub struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Archive {
    /// Adds a file.
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        let at = little(self.bytes.len());
        let mut about = Vec::new();
        // Version 2.0, names in UTF-8, stored, 1 January 1980.
        about.extend([20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0]);
        about.extend(check(bytes).to_le_bytes());
        about.extend(little(bytes.len()));
        about.extend(little(bytes.len()));
        about.extend(&little(name.len())[..2]);
        about.extend([0, 0]);
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&about);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(bytes);
        self.directory.extend(b"PK\x01\x02\x14\0");
        self.directory.extend(&about);
        // No comment, first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(at);
        self.directory.extend(name.as_bytes());
        self.count += 1;
    }

    /// The whole archive.
    #[must_use]
    pub fn close(mut self) -> Vec<u8> {
        let (at, size) = (little(self.bytes.len()), little(self.directory.len()));
        self.bytes.extend(&self.directory);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend(self.count.to_le_bytes());
        self.bytes.extend(self.count.to_le_bytes());
        self.bytes.extend(size);
        self.bytes.extend(at);
        self.bytes.extend([0, 0]);
        self.bytes
    }
}

fn little(size: usize) -> [u8; 4] {
    u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes()
}

/// CRC-32 (ISO 3309), eight bits at a time.
fn check(bytes: &[u8]) -> u32 {
    let table: Vec<u32> = (0..256_u32)
        .map(|byte| {
            (0..8).fold(
                byte,
                |crc, _| {
                    if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }
                },
            )
        })
        .collect();
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        let [low, ..] = crc.to_le_bytes();
        table.get(usize::from(low ^ byte)).copied().unwrap_or(0) ^ (crc >> 8)
    });
    !crc
}

/// The files of such an archive, in the order of its directory; nothing when it is another kind.
#[must_use]
pub fn files(bytes: &[u8]) -> Option<Vec<(String, &[u8])>> {
    let number = |at: usize, width: usize| {
        let own = bytes.get(at..at.checked_add(width)?)?;
        Some(own.iter().rev().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte)))
    };
    let end = bytes.len().checked_sub(22)?;
    if bytes.get(end..end + 4)? != b"PK\x05\x06" {
        return None;
    }
    let mut at = number(end + 16, 4)?;
    let mut out = Vec::new();
    for _ in 0..number(end + 10, 2)? {
        let stored = number(at + 10, 2)? == 0;
        if bytes.get(at..at + 4)? != b"PK\x01\x02" || !stored {
            return None;
        }
        let (size, place) = (number(at + 20, 4)?, number(at + 42, 4)?);
        let name = number(at + 28, 2)?;
        let text = std::str::from_utf8(bytes.get(at + 46..at + 46 + name)?).ok()?;
        let start = place + 30 + number(place + 26, 2)? + number(place + 28, 2)?;
        out.push((text.to_owned(), bytes.get(start..start.checked_add(size)?)?));
        at += 46 + name + number(at + 30, 2)? + number(at + 32, 2)?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_is_that_of_the_standard() {
        assert_eq!(check(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn what_was_put_in_comes_out_and_anything_else_is_no_archive() {
        let mut archive = Archive::default();
        archive.add("LISEZMOI.txt", "Voilà".as_bytes());
        archive.add("vide", b"");
        let bytes = archive.close();
        let files = files(&bytes).unwrap();
        let expected =
            vec![("LISEZMOI.txt".to_owned(), "Voilà".as_bytes()), ("vide".to_owned(), &b""[..])];
        assert_eq!(files, expected);
        for cut in 0..bytes.len() {
            assert_eq!(super::files(&bytes[..cut]), None, "{cut}");
        }
    }
}
