//! Identifiers: UUIDs of version 7 (RFC 9562), so that later records sort after earlier ones.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use crate::{Fault, Instant};

/// Sixteen bytes, whatever they identify.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RawId(pub [u8; 16]);

impl RawId {
    /// Reads `0190a3b4-…`, hyphens optional.
    ///
    /// # Errors
    /// `id.malformed`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let malformed = || Fault::new("id.malformed").with("given", text);
        let (mut bytes, mut digits) = ([0; 16], 0);
        for letter in text.bytes().filter(|letter| *letter != b'-') {
            let digit = char::from(letter).to_digit(16).ok_or_else(malformed)?;
            let byte = bytes.get_mut(digits / 2).ok_or_else(malformed)?;
            *byte = *byte << 4 | u8::try_from(digit).map_err(|_| malformed())?;
            digits += 1;
        }
        if digits == 32 { Ok(Self(bytes)) } else { Err(malformed()) }
    }
}

impl fmt::Display for RawId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Written for every reference of every audit line: in one piece.
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let (mut text, mut at) = ([b'-'; 36], 0);
        for (rank, byte) in self.0.iter().enumerate() {
            if matches!(rank, 4 | 6 | 8 | 10) {
                at += 1;
            }
            text[at] = DIGITS[usize::from(byte >> 4)];
            text[at + 1] = DIGITS[usize::from(byte & 15)];
            at += 2;
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}
impl fmt::Debug for RawId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The identifier of a record of `E`. An order's id cannot be given where a party's is asked.
pub struct Id<E> {
    raw: RawId,
    of: PhantomData<fn() -> E>,
}

impl<E> Id<E> {
    #[must_use]
    pub const fn from_raw(raw: RawId) -> Self {
        Self { raw, of: PhantomData }
    }
    #[must_use]
    pub const fn raw(self) -> RawId {
        self.raw
    }
}
impl<E> Clone for Id<E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E> Copy for Id<E> {}
impl<E> PartialEq for Id<E> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}
impl<E> Eq for Id<E> {}
impl<E> PartialOrd for Id<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<E> Ord for Id<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.raw.cmp(&other.raw)
    }
}
impl<E> Hash for Id<E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}
impl<E> fmt::Display for Id<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.raw.fmt(f)
    }
}
impl<E> fmt::Debug for Id<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.raw.fmt(f)
    }
}

/// Draws identifiers for one unit of work: time, then a rank that grows, then chance.
#[derive(Debug)]
pub struct IdSource {
    state: u64,
    rank: u64,
}

impl IdSource {
    /// `seed` is chance, drawn by the store.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed, rank: 0 }
    }

    pub fn draw(&mut self, now: Instant) -> RawId {
        let micros = u64::try_from(now.0).unwrap_or(0);
        let (rank, chance) = (self.rank, self.chance());
        self.rank += 1;
        // 48 bits of milliseconds, version, 12 bits of the millisecond's fraction (RFC 9562, 6.2,
        // method 3); variant, 20 bits of rank, 42 of chance.
        let fraction = micros % 1000 * 4096 / 1000;
        let high = (micros / 1000) << 16 | 0x7000 | fraction;
        let low = 0x8000_0000_0000_0000 | (rank & 0xf_ffff) << 42 | chance >> 22;
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&high.to_be_bytes());
        bytes[8..].copy_from_slice(&low.to_be_bytes());
        RawId(bytes)
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    fn chance(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_drawn_together_sort_in_the_order_of_drawing() {
        let mut source = IdSource::new(7);
        let ids: Vec<RawId> =
            (0..5000).map(|_| source.draw(Instant(1_800_000_000_000_000))).collect();
        assert!(ids.is_sorted());
        assert_eq!(ids[0].0[6] >> 4, 7);
        assert_eq!(ids[0].0[8] >> 6, 2);
    }

    #[test]
    fn an_id_survives_the_round_trip() {
        let id = IdSource::new(1).draw(Instant(0));
        assert_eq!(RawId::parse(&id.to_string()), Ok(id));
        assert!(RawId::parse("0190a3b4").is_err());
        assert!(RawId::parse("é190a3b4-0000-7000-8000-00000000000").is_err());
    }
}
