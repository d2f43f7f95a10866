//! Bytes as text: RFC 4648, section 4, and nothing else.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |rank: usize| u32::from(three.get(rank).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for rank in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * rank) & 63) as usize];
            out.push(if rank > three.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

/// The bytes of a text that [`encode`] could have written.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let bare = text.trim_end_matches('=');
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bare.bytes() {
        let rank = LETTERS.iter().position(|letter| *letter == byte)?;
        bits = bits << 6 | u32::try_from(rank).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 255) as u8);
            bits &= (1 << count) - 1;
        }
    }
    (encode(&out) == text).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_rfc() {
        // RFC 4648, section 10.
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(plain.as_bytes()), coded);
            assert_eq!(decode(coded).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(decode("Zh=="), None);
        assert_eq!(decode("Zg="), None);
        assert_eq!(decode("é"), None);
    }
}
