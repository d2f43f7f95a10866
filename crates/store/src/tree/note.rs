//! Checkpoints: the size and the root of the tree, signed. A checkpoint is a signed note of C2SP
//! (`c2sp.org/signed-note`, `c2sp.org/tlog-checkpoint`): any witness of transparency logs reads it.

use std::fmt::Write;

use kernel::Fault;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use super::{Hash, base64};

pub use super::base64::{decode, encode};

/// The kind of key that a signed note calls 1: Ed25519, RFC 8032.
const ED: u8 = 1;
const PRIVATE: &str = "PRIVATE+KEY+";

/// What a tree was at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log it is of: `comptoir-1f09a2b3c4d5e6f7/1`, the key and the number of the company.
    pub origin: String,
    pub size: u64,
    pub root: Hash,
}

impl Checkpoint {
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, base64::encode(&self.root))
    }

    /// Reads a text of that form; lines after the third are others' to read.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let plain = size == "0" || !size.starts_with('0');
        let size = size.parse().ok().filter(|_| plain)?;
        let root = base64::decode(root)?.try_into().ok()?;
        (!origin.is_empty()).then(|| Self { origin: origin.to_owned(), size, root })
    }
}

/// The secret by which checkpoints are signed; one for an installation, with a name for each
/// company.
pub struct SigningKey {
    name: String,
    seed: [u8; 32],
    pair: Ed25519KeyPair,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SigningKey").field("name", &self.name).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// A key made of chance: 8 bytes become its name, 32 the secret.
    ///
    /// # Errors
    /// `audit.key` when the secret is none; no 32 bytes are.
    pub fn new(name: [u8; 8], seed: [u8; 32]) -> Result<Self, Fault> {
        Self::named(&format!("comptoir-{}", hexadecimal(&name)), seed)
    }

    fn named(name: &str, seed: [u8; 32]) -> Result<Self, Fault> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed);
        let pair = pair.map_err(|_| Fault::new("audit.key"))?;
        Ok(Self { name: name.to_owned(), seed, pair })
    }

    /// As it stands in its file: `PRIVATE+KEY+name+id+base64`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let public = self.public_named(&self.name);
        let secret = [[ED].as_slice(), &self.seed].concat();
        let id = hexadecimal(&public.id);
        format!("{PRIVATE}{}+{id}+{}\n", self.name, base64::encode(&secret))
    }

    /// # Errors
    /// `audit.key` when the text is no key of that form.
    pub fn of(text: &str) -> Result<Self, Fault> {
        let bad = || Fault::new("audit.key");
        let rest = text.trim().strip_prefix(PRIVATE).ok_or_else(bad)?;
        let mut parts = rest.splitn(3, '+');
        let (name, id) = (parts.next().ok_or_else(bad)?, parts.next().ok_or_else(bad)?);
        let secret = parts.next().and_then(base64::decode).ok_or_else(bad)?;
        let seed = secret.strip_prefix(&[ED]).and_then(|seed| seed.try_into().ok());
        let key = Self::named(name, seed.ok_or_else(bad)?)?;
        let same = hexadecimal(&key.public_named(name).id) == id && is_name(name);
        if same { Ok(key) } else { Err(bad()) }
    }

    fn public_named(&self, name: &str) -> VerifyingKey {
        let mut public = [0; 32];
        public.copy_from_slice(self.pair.public_key().as_ref());
        VerifyingKey::new(name.to_owned(), public)
    }

    /// The public half, under the name of a company's log.
    #[must_use]
    pub fn public(&self, company: i64) -> VerifyingKey {
        self.public_named(&format!("{}/{company}", self.name))
    }

    /// A checkpoint of a company's log, signed: the whole note.
    #[must_use]
    pub fn sign(&self, company: i64, size: u64, root: Hash) -> String {
        let origin = self.public(company).name;
        self.sign_text(company, &Checkpoint { origin, size, root }.text())
    }

    /// A text of whole lines, none of them empty, signed in the name of a company's log: a note. It
    /// is no checkpoint as long as its second line is no number.
    #[must_use]
    pub fn sign_text(&self, company: i64, text: &str) -> String {
        let public = self.public(company);
        let signed = self.pair.sign(text.as_bytes());
        let signature = [public.id.as_slice(), signed.as_ref()].concat();
        format!("{text}\n— {} {}\n", public.name, base64::encode(&signature))
    }
}

/// The public half of a key: `name+id+base64`, as tools for signed notes want it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    pub name: String,
    id: [u8; 4],
    public: [u8; 32],
}

impl std::fmt::Display for VerifyingKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let public = [[ED].as_slice(), &self.public].concat();
        write!(out, "{}+{}+{}", self.name, hexadecimal(&self.id), base64::encode(&public))
    }
}

impl VerifyingKey {
    fn new(name: String, public: [u8; 32]) -> Self {
        let digest = Sha256::new()
            .chain_update(name.as_bytes())
            .chain_update([b'\n', ED])
            .chain_update(public)
            .finalize();
        let mut id = [0; 4];
        id.copy_from_slice(&digest[..4]);
        Self { name, id, public }
    }

    /// # Errors
    /// `audit.public_key` when the text is no such key.
    pub fn of(text: &str) -> Result<Self, Fault> {
        let bad = || Fault::new("audit.public_key");
        let mut parts = text.trim().splitn(3, '+');
        let (name, id) = (parts.next().ok_or_else(bad)?, parts.next().ok_or_else(bad)?);
        let public = parts.next().and_then(base64::decode).ok_or_else(bad)?;
        let public = public.strip_prefix(&[ED]).and_then(|public| public.try_into().ok());
        let key = Self::new(name.to_owned(), public.ok_or_else(bad)?);
        if hexadecimal(&key.id) == id && is_name(name) { Ok(key) } else { Err(bad()) }
    }

    /// The checkpoint of a note that this key has signed; nothing of one that it has not.
    #[must_use]
    pub fn open(&self, note: &str) -> Option<Checkpoint> {
        let checkpoint = Checkpoint::of(&self.open_text(note)?);
        checkpoint.filter(|checkpoint| checkpoint.origin == self.name)
    }

    /// The text of a note that this key has signed.
    #[must_use]
    pub fn open_text(&self, note: &str) -> Option<String> {
        let (text, signatures) = note.split_once("\n\n")?;
        let text = format!("{text}\n");
        let ours = signatures.lines().filter_map(|line| {
            let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
            let signature = base64::decode(signature).filter(|_| name == self.name)?;
            signature.strip_prefix(&self.id).map(<[u8]>::to_vec)
        });
        let public = UnparsedPublicKey::new(&ED25519, self.public);
        let mut held = ours.map(|signature| public.verify(text.as_bytes(), &signature).is_ok());
        held.any(|held| held).then_some(text)
    }
}

/// The notes of a file into which each was appended.
#[must_use]
pub fn notes(text: &str) -> Vec<String> {
    let (mut out, mut open) = (Vec::new(), String::new());
    for line in text.lines() {
        // A note ends with its last signature; what does not begin a new one belongs to it.
        let signed = open.contains("\n\n— ");
        if signed && !line.starts_with("— ") {
            out.push(std::mem::take(&mut open));
        }
        if !(open.is_empty() && line.is_empty()) {
            let _ = writeln!(open, "{line}");
        }
    }
    if !open.is_empty() {
        out.push(open);
    }
    out
}

/// A name that a signed note may bear: no space, no plus.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter == '+' || letter.is_whitespace())
}

#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a text of two digits each.
#[must_use]
pub fn of_hexadecimal<const COUNT: usize>(text: &str) -> Option<[u8; COUNT]> {
    if text.len() != COUNT * 2 || !text.is_ascii() {
        return None;
    }
    let mut out = [0; COUNT];
    for (rank, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[rank * 2..rank * 2 + 2], 16).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key and the note of the package that the standard comes from: `golang.org/x/mod/sumdb/
    /// note`, and the key pair of its documentation.
    const ITS_KEY: &str =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const ITS_PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const ITS_SIGNATURE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInN\
                                 IuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

    #[test]
    fn the_example_of_the_standard_is_signed_alike() {
        let key = SigningKey::of(ITS_KEY).unwrap();
        let public = VerifyingKey::of(ITS_PUBLIC).unwrap();
        assert_eq!(key.public_named("PeterNeumann"), public);
        assert_eq!(key.to_text().trim(), ITS_KEY);
        assert_eq!(public.to_string(), ITS_PUBLIC);
        let text = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
        let signature = [public.id.as_slice(), key.pair.sign(text.as_bytes()).as_ref()].concat();
        let line = format!("— PeterNeumann {}", base64::encode(&signature));
        assert_eq!(line, ITS_SIGNATURE);
    }

    #[test]
    fn a_checkpoint_opens_with_its_key_and_with_no_other() {
        let key = SigningKey::new([1; 8], [2; 32]).unwrap();
        let note = key.sign(1, 42, [3; 32]);
        let checkpoint = key.public(1).open(&note).unwrap();
        assert_eq!(checkpoint.size, 42);
        assert_eq!(checkpoint.origin, "comptoir-0101010101010101/1");
        assert_eq!(key.public(2).open(&note), None);
        let other = SigningKey::new([1; 8], [4; 32]).unwrap();
        assert_eq!(other.public(1).open(&note), None);
        assert_eq!(key.public(1).open(&note.replace("42", "43")), None);
        assert_eq!(notes(&format!("{note}\n{note}{note}")), vec![note; 3]);
    }

    #[test]
    fn a_key_comes_back_from_its_file() {
        let key = SigningKey::new([7; 8], [9; 32]).unwrap();
        let again = SigningKey::of(&key.to_text()).unwrap();
        assert_eq!(again.public(1), key.public(1));
        assert_eq!(SigningKey::of("PRIVATE+KEY+x").unwrap_err().code, "audit.key");
        assert_eq!(VerifyingKey::of("x+y+z").unwrap_err().code, "audit.public_key");
    }
}
