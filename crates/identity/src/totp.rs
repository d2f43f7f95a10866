//! One-time codes that go by the clock: RFC 6238 over HMAC-SHA-1, six digits, thirty seconds, as the
//! applications of phones make them.

use hmac::{Hmac, KeyInit, Mac};
use kernel::Instant;
use sha1::Sha1;

/// How long a code is shown.
pub const STEP: i64 = 30 * Instant::SECOND;
/// The bytes of a secret: the length of the hash (RFC 4226, section 4, requirement R6).
pub const SECRET: usize = 20;

const DIGITS: usize = 6;
/// The clocks of phones differ: the code before and the code after are taken too (RFC 6238,
/// section 5.2).
const AROUND: i64 = 1;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The number of the step that a moment is in.
#[must_use]
pub const fn step_at(now: Instant) -> i64 {
    now.0.div_euclid(STEP)
}

/// The 31 bits of a counter (RFC 4226, section 5.3).
fn truncated(secret: &[u8], counter: i64) -> u32 {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return 0 };
    mac.update(&counter.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let from = usize::from(hash[19] & 0x0f);
    let four = [hash[from], hash[from + 1], hash[from + 2], hash[from + 3]];
    u32::from_be_bytes(four) & 0x7fff_ffff
}

/// The code of a step.
#[must_use]
pub fn code_of(secret: &[u8], step: i64) -> String {
    format!("{:06}", truncated(secret, step) % 1_000_000)
}

/// The step that a code is of, if it is the present one or one beside it, and later than the last
/// one taken.
#[must_use]
pub fn step_of(secret: &[u8], code: &str, now: Instant, last: i64) -> Option<i64> {
    let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    if code.len() != DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let present = step_at(now);
    let mut steps = (present - AROUND..=present + AROUND).filter(|step| *step > last);
    steps.find(|step| same(&code_of(secret, *step), &code))
}

/// Compares without telling, by the time it takes, how much was right.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one.bytes().zip(other.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// A secret as people and applications write it (RFC 4648, section 6, without padding).
#[must_use]
pub fn written(secret: &[u8]) -> String {
    let bits = secret.len() * 8;
    let bit = |at: usize| secret.get(at / 8).map_or(0, |byte| (byte >> (7 - at % 8)) & 1);
    (0..bits.div_ceil(5))
        .map(|letter| {
            let five = (0..5).fold(0, |value, at| (value << 1) | bit(letter * 5 + at));
            char::from(BASE32[usize::from(five)])
        })
        .collect()
}

/// The reverse of [`written`]; nothing when it is none.
#[must_use]
pub fn read(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let five = BASE32.iter().position(|known| *known == letter.to_ascii_uppercase())?;
        held = (held << 5) | u32::try_from(five).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARED: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_are_those_of_rfc_6238_appendix_b() {
        let vectors = [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ];
        for (seconds, code) in vectors {
            let step = step_at(Instant(seconds * Instant::SECOND));
            assert_eq!(truncated(SHARED, step) % 100_000_000, code, "{seconds}");
        }
    }

    #[test]
    fn the_codes_are_those_of_rfc_4226_appendix_d() {
        let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922"];
        for (counter, code) in (0..).zip(codes) {
            assert_eq!(code_of(SHARED, counter), code);
        }
    }

    #[test]
    fn a_code_is_taken_a_step_early_or_late_and_never_again() {
        let now = Instant(1_111_111_109 * Instant::SECOND);
        let present = step_at(now);
        for step in [present - 1, present, present + 1] {
            assert_eq!(step_of(SHARED, &code_of(SHARED, step), now, 0), Some(step));
            assert_eq!(step_of(SHARED, &code_of(SHARED, step), now, step), None, "once");
        }
        for step in [present - 2, present + 2] {
            assert_eq!(step_of(SHARED, &code_of(SHARED, step), now, 0), None);
        }
        let spaced = code_of(SHARED, present);
        let spaced = format!("{} {}", &spaced[..3], &spaced[3..]);
        assert_eq!(step_of(SHARED, &spaced, now, 0), Some(present));
        for wrong in ["", "12345", "1234567", "abcdef", "１２３４５６"] {
            assert_eq!(step_of(SHARED, wrong, now, 0), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_written_as_rfc_4648_writes_it() {
        assert_eq!(written(b"foobar"), "MZXW6YTBOI");
        assert_eq!(read("mzxw6ytboi").as_deref(), Some(&b"foobar"[..]));
        assert_eq!(written(SHARED).len(), 32);
        assert_eq!(read(&written(SHARED)).as_deref(), Some(SHARED));
        assert_eq!(read("0189"), None);
    }
}
