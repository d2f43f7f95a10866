//! An entry as bytes, always the same: what a leaf of the tree covers.

use kernel::{Instant, RawId};
use sha2::{Digest, Sha256};

use super::{Hash, leaf_hash};

/// What the bytes begin with: the form of what follows.
const FORM: &[u8] = b"comptoir audit 1";

/// Chance that keeps a payload from being guessed by its digest once it is erased.
pub type Salt = [u8; 16];

/// Which of the two logs an entry is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Log {
    /// What was done to a record.
    Change,
    /// Who saw what, came in, or was refused.
    Access,
}

impl Log {
    pub const ALL: [Self; 2] = [Self::Change, Self::Access];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Log::Change => "change",
            Log::Access => "access",
        }
    }
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|log| log.name() == name)
    }
    /// The columns that may hold personal data: covered by a salted digest, so that they can be
    /// erased and the tree still stand.
    #[must_use]
    pub const fn erasable(self) -> &'static [&'static str] {
        match self {
            Log::Change => &["actor_name", "changes"],
            Log::Access => &["actor_name", "address", "detail"],
        }
    }
    /// The columns that always stay, in the order in which they are hashed.
    #[must_use]
    pub const fn lasting(self) -> &'static [&'static str] {
        &["company", "seq", "at", "actor", "door", "entity", "record", "verb"]
    }
}

/// What of an entry is never erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub company: i64,
    pub log: Log,
    /// Its number in its log.
    pub seq: i64,
    pub at: Instant,
    pub actor: Option<RawId>,
    pub door: String,
    pub entity: String,
    pub record: Option<RawId>,
    pub verb: String,
}

/// What of an entry may be erased, or the digest that is left of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// The texts of [`Log::erasable`], in this order.
    Whole(Vec<String>, Salt),
    Erased(Hash),
}

impl Payload {
    #[must_use]
    pub fn digest(&self) -> Hash {
        match self {
            Payload::Erased(digest) => *digest,
            Payload::Whole(texts, salt) => {
                let mut bytes = Vec::new();
                texts.iter().for_each(|text| push(&mut bytes, text.as_bytes()));
                Sha256::new().chain_update(salt).chain_update(bytes).finalize().into()
            }
        }
    }
}

impl Entry {
    /// Every field behind its length, in a fixed order: no two entries give the same bytes.
    #[must_use]
    pub fn bytes(&self, digest: &Hash) -> Vec<u8> {
        let mut out = Vec::with_capacity(192);
        push(&mut out, FORM);
        push(&mut out, self.log.name().as_bytes());
        for number in [self.company, self.seq, self.at.0] {
            push(&mut out, &number.to_be_bytes());
        }
        push(&mut out, self.actor.as_ref().map_or(&[], |id| id.0.as_slice()));
        push(&mut out, self.door.as_bytes());
        push(&mut out, self.entity.as_bytes());
        push(&mut out, self.record.as_ref().map_or(&[], |id| id.0.as_slice()));
        push(&mut out, self.verb.as_bytes());
        push(&mut out, digest);
        out
    }

    /// The hash of its leaf.
    #[must_use]
    pub fn hash(&self, payload: &Payload) -> Hash {
        leaf_hash(&self.bytes(&payload.digest()))
    }
}

fn push(out: &mut Vec<u8>, field: &[u8]) {
    let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(field);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns of a table of `own_sqlite.sql`.
    fn columns(table: &str) -> Vec<String> {
        let text = include_str!("../own_sqlite.sql");
        let begin = format!("create table {table} (");
        let line = text.lines().find_map(|line| line.strip_prefix(&begin)).unwrap();
        let list = line.split(", primary key").next().unwrap();
        list.split(", ").map(|column| column.split(' ').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn no_column_of_the_audit_is_left_out_of_its_leaf() {
        for (log, table) in [(Log::Change, "audit"), (Log::Access, "access")] {
            // The salt is part of the digest of what may be erased.
            let mut covered: Vec<&str> = [log.lasting(), log.erasable(), &["salt"]].concat();
            let mut columns = columns(table);
            covered.sort_unstable();
            columns.sort_unstable();
            assert_eq!(covered, columns, "{table}");
        }
    }

    fn entry() -> Entry {
        let (door, entity, verb) = ("web".into(), "party".into(), "updated".into());
        let (actor, record) = (Some(RawId([1; 16])), Some(RawId([2; 16])));
        let (company, log, seq, at) = (1, Log::Change, 7, Instant(8));
        Entry { company, log, seq, at, actor, door, entity, record, verb }
    }

    #[test]
    fn each_field_changes_the_hash() {
        let whole =
            |name: &str, salt| Payload::Whole(vec![name.to_owned(), "{}".to_owned()], [salt; 16]);
        let payload = whole("Anne", 1);
        let plain = entry().hash(&payload);
        assert_ne!(entry().hash(&whole("Anna", 1)), plain);
        assert_ne!(entry().hash(&whole("Anne", 2)), plain);
        let changes: [fn(&mut Entry); 9] = [
            |entry| entry.company = 2,
            |entry| entry.log = Log::Access,
            |entry| entry.seq = 8,
            |entry| entry.at = Instant(9),
            |entry| entry.actor = None,
            |entry| entry.door = "rest".into(),
            |entry| entry.entity = "order".into(),
            |entry| entry.record = None,
            |entry| entry.verb = "deleted".into(),
        ];
        for change in changes {
            let mut other = entry();
            change(&mut other);
            assert_ne!(other.hash(&payload), plain, "{other:?}");
        }
        assert_eq!(entry().hash(&Payload::Erased(payload.digest())), plain);
    }

    #[test]
    fn a_field_cannot_lend_letters_to_its_neighbour() {
        let mut one = entry();
        (one.door, one.entity) = ("we".into(), "bparty".into());
        assert_ne!(one.bytes(&[0; 32]), entry().bytes(&[0; 32]));
    }
}
