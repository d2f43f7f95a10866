//! What the unit of work asks of a database. Two databases answer: `store` holds both.

use std::sync::Arc;

use crate::query::{Condition, Query};
use crate::{EntityDef, Fault, FieldDef, Instant, Origin, RawId, Record, Value};

/// A stored record with what the store knows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub id: RawId,
    /// Grows by one with each transaction that changes the record; 1 when it is made.
    pub version: i64,
    pub created_at: Instant,
    pub created_by: Option<RawId>,
    pub updated_at: Instant,
    pub updated_by: Option<RawId>,
    pub values: Record,
    /// What the company added itself: a JSON object, kept beside the typed columns.
    pub extra: Option<String>,
}

/// A set of fields of one entity, by their ranks, and whether the JSON document is one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Touched(u128);

impl Touched {
    /// The last bit stands for the JSON document; an entity has fewer fields than that.
    const EXTRA: u32 = 127;

    #[must_use]
    pub const fn field(rank: usize) -> Self {
        assert!(rank < Self::EXTRA as usize, "an entity has less than 127 fields");
        Self(1 << rank)
    }
    #[must_use]
    pub const fn extra() -> Self {
        Self(1 << Self::EXTRA)
    }
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// The fields that differ between two rows of one entity.
    #[must_use]
    pub fn between(one: &Row, other: &Row) -> Self {
        let mut touched = if one.extra == other.extra { Self(0) } else { Self::extra() };
        for (rank, (one, other)) in one.values.iter().zip(&other.values).enumerate() {
            if one != other {
                touched = touched.with(Self::field(rank));
            }
        }
        touched
    }
}

/// One row on its way to the database.
#[derive(Debug)]
pub enum Change {
    Insert(Arc<Row>),
    /// `was` is the version the row must still have.
    Update {
        row: Arc<Row>,
        was: i64,
        /// Which fields may differ from what the database holds; no other does.
        touched: Touched,
    },
    Delete {
        id: RawId,
        was: i64,
    },
}

/// A change and the entity it is of.
#[derive(Debug)]
pub struct RowWrite {
    pub def: &'static EntityDef,
    pub change: Change,
}

/// A past-tense fact, told in the outbox by the transaction that made it true.
#[derive(Debug, Clone)]
pub struct Event {
    /// `order.confirmed`.
    pub name: &'static str,
    pub about: Origin,
    pub facts: Vec<(&'static str, Value)>,
}

impl Event {
    #[must_use]
    pub const fn new(name: &'static str, about: Origin) -> Self {
        Self { name, about, facts: Vec::new() }
    }
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.facts.push((name, value.into()));
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Created,
    Updated,
    Deleted,
}

impl Verb {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Verb::Created => "created",
            Verb::Updated => "updated",
            Verb::Deleted => "deleted",
        }
    }
}

/// What one transaction did to one record: each field before and after.
#[derive(Debug)]
pub struct AuditLine {
    pub about: Origin,
    pub verb: Verb,
    /// `{"field": [before, after]}`.
    pub changes: String,
}

/// A record that searches find by other words than before.
#[derive(Debug)]
pub struct Sought {
    pub def: &'static EntityDef,
    pub row: Arc<Row>,
    /// Whether this transaction made it.
    pub new: bool,
}

/// Writes that go to the database together.
#[derive(Debug, Default)]
pub struct Batch {
    pub rows: Vec<RowWrite>,
    pub events: Vec<Event>,
    pub audit: Vec<AuditLine>,
    /// The records whose searched words are new, as they are at the end.
    pub sought: Vec<Sought>,
}

/// What someone sees of an entity in a statement written by hand.
#[derive(Debug, Clone)]
pub struct Among {
    pub def: &'static EntityDef,
    /// The records that pass.
    pub only: Condition,
    /// The fields that come empty, or zero where every record has one: in sums too.
    pub veiled: Vec<&'static FieldDef>,
}

/// One open transaction, in one company. Object-safe: records are described, so that a backend
/// need not know their types. It is the store that begins and ends it.
pub trait Backend {
    /// Whether nobody else can write while this transaction is open: what it has read is held.
    fn alone(&self) -> bool {
        false
    }
    /// # Errors
    /// `store.*`.
    fn get(&mut self, def: &'static EntityDef, id: RawId, lock: bool)
    -> Result<Option<Row>, Fault>;
    /// # Errors
    /// `store.*`.
    fn find(&mut self, query: &Query) -> Result<Vec<Row>, Fault>;
    /// Writes everything, in an order that the references allow.
    ///
    /// # Errors
    /// `store.conflict` when a row moved, `record.taken` when a unique key is taken,
    /// `record.used` when a deleted record is referred to, `store.*`.
    fn write(&mut self, batch: Batch) -> Result<(), Fault>;
    /// The next number of a series without gaps; held until the transaction ends.
    ///
    /// # Errors
    /// `store.*`.
    fn number(&mut self, series: &str) -> Result<i64, Fault>;
    /// Runs a reading statement that both databases understand. `$1` is the company, and `params`
    /// follow from `$2`, each first met in order. Sums are cast to `bigint`.
    ///
    /// # Errors
    /// `store.*`.
    fn sql(&mut self, statement: &str, params: &[Value]) -> Result<Vec<Vec<Value>>, Fault>;
    /// The same, of these entities through what is seen of them alone.
    ///
    /// # Errors
    /// `store.*`.
    fn sql_among(
        &mut self,
        statement: &str,
        params: &[Value],
        seen: &[Among],
    ) -> Result<Vec<Vec<Value>>, Fault> {
        if seen.is_empty() { self.sql(statement, params) } else { Err(Fault::new("store.mistake")) }
    }
    /// Keeps a part of a file beside the records, in this transaction.
    ///
    /// # Errors
    /// `store.*`.
    fn keep_chunk(&mut self, _file: RawId, _rank: i64, _bytes: &[u8]) -> Result<(), Fault> {
        Err(Fault::new("store.mistake"))
    }
    /// A part of a file, when there is one of that rank.
    ///
    /// # Errors
    /// `store.*`.
    fn chunk(&mut self, _file: RawId, _rank: i64) -> Result<Option<Vec<u8>>, Fault> {
        Err(Fault::new("store.mistake"))
    }
    /// Drops all parts of a file.
    ///
    /// # Errors
    /// `store.*`.
    fn drop_chunks(&mut self, _file: RawId) -> Result<(), Fault> {
        Err(Fault::new("store.mistake"))
    }
}
