//! The key of the embedded database: 32 bytes of chance, of which everything that is encrypted at
//! rest hangs. It is kept apart from what it opens.

use std::fmt;

use kernel::Fault;

/// A secret key. It is never shown, and never in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// A new one.
    ///
    /// # Errors
    /// `store.unavailable` when the system gives no chance.
    pub fn new() -> Result<Self, Fault> {
        crate::random_bytes().map(Self)
    }

    /// As [`Key::text`] wrote it.
    ///
    /// # Errors
    /// `key.shape` when it is not 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let (text, mut bytes) = (text.trim(), [0; 32]);
        let digits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !digits {
            return Err(Fault::new("key.shape"));
        }
        for (rank, byte) in bytes.iter_mut().enumerate() {
            let two = text.get(2 * rank..2 * rank + 2).unwrap_or_default();
            *byte = u8::from_str_radix(two, 16).map_err(|_| Fault::new("key.shape"))?;
        }
        Ok(Self(bytes))
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its 64 hexadecimal digits, for the file it is kept in.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written_and_shown_to_nobody() {
        let key = Key::new().expect("chance");
        assert_eq!(Key::parse(&format!("{}\n", key.text())).expect("a key"), key);
        assert_eq!(format!("{key:?}"), "Key(…)");
        for bad in ["", "abc", &"é".repeat(32), &"g".repeat(64), &"a".repeat(66)] {
            assert_eq!(Key::parse(bad).expect_err(bad).code, "key.shape");
        }
    }
}
