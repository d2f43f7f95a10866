//! Secrets at rest: fields marked so, and the bytes of files on PostgreSQL, each sealed under a key
//! of its company.
//!
//! A company has a data key made of chance, kept in its table wrapped by the key of the
//! installation. A sealed value begins with the mark and its *blind index*: an HMAC of the value,
//! alike wherever the value is alike within a column, which exact searches and unique indexes go by.
//! The rest is ChaCha20-Poly1305 (RFC 8439) under a key of that value alone, derived by HMAC-SHA-256
//! from 24 bytes beside it, as XChaCha20 derives its own. What it is bound to (company, table, column,
//! row) is authenticated: a value moved elsewhere does not open.

mod keep;

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use kernel::{Fault, RawId};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;

use crate::key::Key;
use crate::random_bytes;
use crate::tree::note::{decode, encode, hexadecimal};

/// What a sealed text begins with; the 1 is the form of what follows.
const MARK: &str = "~1.";
/// What the sealed bytes of a file begin with.
const MARK_OF_BYTES: &[u8] = b"\0comptoir sealed 1\0";
/// The beginning of a sealed column: the mark and the blind index, which indexes go by.
#[must_use]
pub fn prefix_of(column: &str) -> String {
    format!("substr({column}, 1, {PREFIX})")
}

/// The letters of the mark and of the blind index behind it: 16 bytes in base 64.
pub const PREFIX: usize = 27;
/// The bytes from which the key of one value is derived.
const OWN: usize = 24;
/// Whether a text is a sealed one.
#[must_use]
pub fn is_sealed(text: &str) -> bool {
    text.starts_with(MARK) && text.len() > PREFIX
}

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub row: RawId,
}

/// What seals and opens the secrets of one company.
pub struct Envelope {
    company: i64,
    texts: hmac::Key,
    blind: hmac::Key,
    files: hmac::Key,
}

fn derived(key: &hmac::Key, label: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(key, label).as_ref())
}

/// The cipher of one value: its key is used once, so its nonce may be nothing.
fn cipher(key: &hmac::Key, own: &[u8]) -> Result<(LessSafeKey, Nonce), Fault> {
    let derived = hmac::sign(key, own);
    let key = UnboundKey::new(&CHACHA20_POLY1305, derived.as_ref());
    let key = key.map_err(|_| Fault::new("store.mistake"))?;
    Ok((LessSafeKey::new(key), Nonce::assume_unique_for_key([0; 12])))
}

/// `own`, then the bytes sealed under the key that it derives.
fn seal(key: &hmac::Key, own: [u8; OWN], bound: &[u8], clear: &[u8]) -> Result<Vec<u8>, Fault> {
    let (cipher, nonce) = cipher(key, &own)?;
    let mut bytes = clear.to_vec();
    let sealed = cipher.seal_in_place_append_tag(nonce, Aad::from(bound), &mut bytes);
    sealed.map_err(|_| Fault::new("store.mistake"))?;
    Ok([own.as_slice(), &bytes].concat())
}

fn open(key: &hmac::Key, bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (own, bytes) = sealed.split_at_checked(OWN)?;
    let (cipher, nonce) = cipher(key, own).ok()?;
    let mut bytes = bytes.to_vec();
    let clear = cipher.open_in_place(nonce, Aad::from(bound), &mut bytes).ok()?.len();
    bytes.truncate(clear);
    Some(bytes)
}

/// The value as alike values are alike: an IBAN with its spaces is the same without them.
fn normalised(clear: &str) -> String {
    let letters = clear.chars().filter(|letter| !letter.is_whitespace());
    letters.flat_map(char::to_uppercase).collect()
}

impl Envelope {
    fn of(company: i64, data: &[u8; 32]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, data);
        let of = |label: &[u8]| derived(&key, label);
        Self { company, texts: of(b"texts"), blind: of(b"blind index"), files: of(b"files") }
    }

    fn bound(&self, place: Place<'_>) -> String {
        let Place { table, column, row } = place;
        format!("{}|{table}|{column}|{}", self.company, hexadecimal(&row.0))
    }

    fn index(&self, table: &str, column: &str, clear: &str) -> [u8; 16] {
        let text = format!("{table}|{column}|{}", normalised(clear));
        let mut out = [0; 16];
        out.copy_from_slice(&hmac::sign(&self.blind, text.as_bytes()).as_ref()[..16]);
        out
    }

    /// What every sealed value of a column begins with that is this one.
    #[must_use]
    pub fn prefix(&self, table: &str, column: &str, clear: &str) -> String {
        format!("{MARK}{}", encode(&self.index(table, column, clear)))
    }

    /// A text sealed where it stands. The same text in the same place is sealed alike.
    ///
    /// # Errors
    /// `store.mistake`.
    pub fn seal(&self, place: Place<'_>, clear: &str) -> Result<String, Fault> {
        let (bound, index) = (self.bound(place), self.index(place.table, place.column, clear));
        let mut own = [0; OWN];
        own[..16].copy_from_slice(&index);
        let rest = hmac::sign(&self.blind, format!("{bound}|{clear}").as_bytes());
        own[16..].copy_from_slice(&rest.as_ref()[..8]);
        let sealed = seal(&self.texts, own, bound.as_bytes(), clear.as_bytes())?;
        Ok(format!("{MARK}{}{}", encode(&index), encode(&sealed[16..])))
    }

    /// The text of a sealed one; one that was never sealed stays as it is.
    ///
    /// # Errors
    /// `secret.moved` when it was sealed elsewhere, or changed.
    pub fn open(&self, place: Place<'_>, kept: &str) -> Result<String, Fault> {
        if !is_sealed(kept) {
            return Ok(kept.to_owned());
        }
        let opened = || {
            let index = decode(kept.get(MARK.len()..PREFIX)?)?;
            let rest = decode(kept.get(PREFIX..)?)?;
            let sealed = [index, rest].concat();
            String::from_utf8(open(&self.texts, self.bound(place).as_bytes(), &sealed)?).ok()
        };
        opened().ok_or_else(|| moved(place))
    }

    fn of_chunk(&self, file: RawId, rank: i64) -> String {
        format!("{}|file_chunk|bytes|{}|{rank}", self.company, hexadecimal(&file.0))
    }

    /// The bytes of a part of a file, sealed.
    ///
    /// # Errors
    /// `store.unavailable` when the system gives no chance; `store.mistake`.
    pub fn seal_bytes(&self, file: RawId, rank: i64, clear: &[u8]) -> Result<Vec<u8>, Fault> {
        let bound = self.of_chunk(file, rank);
        let sealed = seal(&self.files, random_bytes()?, bound.as_bytes(), clear)?;
        Ok([MARK_OF_BYTES, &sealed].concat())
    }

    /// The bytes of a part of a file; those that were never sealed stay as they are.
    ///
    /// # Errors
    /// `secret.moved`.
    pub fn open_bytes(&self, file: RawId, rank: i64, kept: Vec<u8>) -> Result<Vec<u8>, Fault> {
        let Some(sealed) = kept.strip_prefix(MARK_OF_BYTES) else { return Ok(kept) };
        let opened = open(&self.files, self.of_chunk(file, rank).as_bytes(), sealed);
        let place = Place { table: "file_chunk", column: "bytes", row: file };
        opened.ok_or_else(|| moved(place))
    }
}

fn moved(place: Place<'_>) -> Fault {
    let fault = Fault::new("secret.moved").with("table", place.table);
    fault.with("column", place.column).with("id", place.row)
}

/// The refusal of what was sealed and cannot be opened here.
pub fn no_key() -> Fault {
    Fault::new("secret.no_key")
}

/// What wraps the data keys: derived from the key of the installation, by a label of its own.
pub struct Master(hmac::Key);

impl Master {
    #[must_use]
    pub fn of(key: &Key) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.bytes());
        Self(derived(&key, b"comptoir data keys 1"))
    }

    fn bound(company: i64) -> String {
        format!("data key|{company}")
    }

    fn wrap(&self, company: i64, data: &[u8; 32]) -> Result<Vec<u8>, Fault> {
        seal(&self.0, random_bytes()?, Self::bound(company).as_bytes(), data)
    }

    /// A data key wrapped by `former`, wrapped by this one.
    ///
    /// # Errors
    /// `key.wrong`, `store.*`.
    pub fn rewrap(&self, former: &Self, company: i64, kept: &[u8]) -> Result<Vec<u8>, Fault> {
        self.wrap(company, &former.unwrap(company, kept)?)
    }

    fn unwrap(&self, company: i64, wrapped: &[u8]) -> Result<[u8; 32], Fault> {
        let data = open(&self.0, Self::bound(company).as_bytes(), wrapped);
        data.and_then(|data| data.try_into().ok()).ok_or(Fault::new("key.wrong"))
    }
}

/// What a store has of all this.
#[derive(Default)]
pub struct Secrets {
    pub master: Option<Master>,
    companies: RwLock<HashMap<i64, Arc<Envelope>>>,
}

impl Secrets {
    /// Under the key of an installation; without one nothing is sealed.
    #[must_use]
    pub fn under(key: Option<&Key>) -> Self {
        Self { master: key.map(Master::of), companies: RwLock::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(company: i64) -> Envelope {
        Envelope::of(company, &[7; 32])
    }

    fn at(column: &'static str, row: u8) -> Place<'static> {
        Place { table: "companies", column, row: RawId([row; 16]) }
    }

    const IBAN: &str = "FR7630006000011234567890189";

    #[test]
    fn a_value_opens_where_it_was_sealed_and_nowhere_else() {
        let own = envelope(1);
        let sealed = own.seal(at("iban", 1), IBAN).unwrap();
        assert!(is_sealed(&sealed) && !sealed.contains("FR76") && sealed.len() < 120, "{sealed}");
        assert_eq!(own.open(at("iban", 1), &sealed).unwrap(), IBAN);
        for place in [at("iban", 2), at("bic", 1), Place { table: "parties", ..at("iban", 1) }] {
            assert_eq!(own.open(place, &sealed).unwrap_err().code, "secret.moved");
        }
        assert_eq!(envelope(2).open(at("iban", 1), &sealed).unwrap_err().code, "secret.moved");
        for rank in 3..sealed.len() {
            let mut other = sealed.clone().into_bytes();
            other[rank] = if other[rank] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            assert!(own.open(at("iban", 1), &other).is_err(), "letter {rank}");
        }
        assert_eq!(own.open(at("iban", 1), "in clear").unwrap(), "in clear");
    }

    #[test]
    fn alike_values_begin_alike_in_one_column_only() {
        let own = envelope(1);
        let prefix = own.prefix("companies", "iban", "fr76 3000 6000 0112 3456 7890 189");
        assert_eq!(prefix.len(), PREFIX);
        for row in 1..4 {
            assert!(own.seal(at("iban", row), IBAN).unwrap().starts_with(&prefix));
        }
        assert!(!own.seal(at("bic", 1), IBAN).unwrap().starts_with(&prefix));
        assert!(!own.seal(at("iban", 1), "FR76").unwrap().starts_with(&prefix));
        assert_ne!(own.seal(at("iban", 1), IBAN), own.seal(at("iban", 2), IBAN));
    }

    #[test]
    fn a_part_of_a_file_opens_in_its_place() {
        let (own, file) = (envelope(1), RawId([3; 16]));
        let sealed = own.seal_bytes(file, 2, b"%PDF").unwrap();
        assert!(!sealed.windows(4).any(|part| part == b"%PDF"));
        assert_eq!(own.open_bytes(file, 2, sealed.clone()).unwrap(), b"%PDF");
        assert_eq!(own.open_bytes(file, 1, sealed.clone()).unwrap_err().code, "secret.moved");
        let other = RawId([4; 16]);
        assert_eq!(own.open_bytes(other, 2, sealed).unwrap_err().code, "secret.moved");
        assert_eq!(own.open_bytes(file, 2, b"%PDF".to_vec()).unwrap(), b"%PDF");
    }

    #[test]
    fn a_data_key_is_wrapped_for_its_company_by_its_master() {
        let (key, other) = (Key::new().unwrap(), Key::new().unwrap());
        let wrapped = Master::of(&key).wrap(1, &[9; 32]).unwrap();
        // What its wrapping key is derived from, the key, a tag: as the table checks.
        assert_eq!(wrapped.len(), 24 + 32 + 16);
        assert_eq!(Master::of(&key).unwrap(1, &wrapped).unwrap(), [9; 32]);
        assert_eq!(Master::of(&key).unwrap(2, &wrapped).unwrap_err().code, "key.wrong");
        assert_eq!(Master::of(&other).unwrap(1, &wrapped).unwrap_err().code, "key.wrong");
    }
}
