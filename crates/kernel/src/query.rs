//! What to look for, said once for every database.

use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use crate::{CustomKind, EntityDef, FieldDef, RawId, Value};

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    Is,
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl Sign {
    /// As every database and every person writes it.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Sign::Is => "=",
            Sign::Above => ">",
            Sign::AtLeast => ">=",
            Sign::Below => "<",
            Sign::AtMost => "<=",
        }
    }
}

/// The records of an entity whose reference `by` names the record at hand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Related {
    pub def: &'static EntityDef,
    pub by: &'static str,
}

/// A sum over related records, or how many they are, compared with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    pub of: Related,
    /// The field that is summed; without one the records are counted. Amounts in another currency
    /// than that of `value` are left out of the sum.
    pub sum: Option<&'static str>,
    /// Only the records that pass.
    pub only: Condition,
    pub sign: Sign,
    pub value: Value,
}

/// What a custom field is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomTest {
    /// Compared with a value as the JSON document writes it.
    Compare(Sign, String),
    Contains(String),
    Empty,
}

/// A test of a record. Field names are those of the description, or one of `id`, `created_at`,
/// `updated_at`.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    Everything,
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Is(&'static str, Value),
    Among(&'static str, Vec<Value>),
    AtLeast(&'static str, Value),
    AtMost(&'static str, Value),
    Empty(&'static str),
    /// The text index of the entity holds every word.
    Search(String),
    /// A custom field (by its name in the JSON document) equals this text.
    Extra(String, String),
    Above(&'static str, Value),
    Below(&'static str, Value),
    /// The text holds this one, whatever the case and the accents.
    Contains(&'static str, String),
    /// The record that a reference names, of this entity, passes.
    Through(&'static str, &'static EntityDef, Box<Condition>),
    /// Some of the records that refer to this one pass.
    Some(Related, Box<Condition>),
    Measure(Box<Measure>),
    /// A custom field, by its name in the JSON document.
    Custom(String, CustomKind, CustomTest),
}

/// A field is known by its name and its kind.
impl PartialEq for FieldDef {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.kind == other.kind
    }
}

/// A description is known by its name.
impl PartialEq for EntityDef {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Condition {
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Condition::Everything, kept) | (kept, Condition::Everything) => kept,
            (Condition::All(mut all), other) => {
                all.push(other);
                Condition::All(all)
            }
            (first, second) => Condition::All(vec![first, second]),
        }
    }
}

impl Condition {
    fn within_one_table(&self) -> bool {
        match self {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().all(Condition::within_one_table)
            }
            Condition::Not(inner) => inner.within_one_table(),
            Condition::Everything
            | Condition::Is(..)
            | Condition::Among(..)
            | Condition::AtLeast(..)
            | Condition::AtMost(..)
            | Condition::Empty(_)
            | Condition::Above(..)
            | Condition::Below(..)
            | Condition::Contains(..)
            | Condition::Extra(..)
            | Condition::Custom(..) => true,
            Condition::Search(_)
            | Condition::Through(..)
            | Condition::Some(..)
            | Condition::Measure(_) => false,
        }
    }
}

/// A condition on records of `E`, made from typed columns; combined by `&`, `|` and `!`.
#[derive(Debug, Clone)]
pub struct Filter<E> {
    pub condition: Condition,
    of: PhantomData<fn() -> E>,
}

impl<E> Filter<E> {
    #[must_use]
    pub const fn new(condition: Condition) -> Self {
        Self { condition, of: PhantomData }
    }
    #[must_use]
    pub const fn everything() -> Self {
        Self::new(Condition::Everything)
    }
}
impl<E> BitAnd for Filter<E> {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self::new(self.condition.and(other.condition))
    }
}
impl<E> BitOr for Filter<E> {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self::new(Condition::Any(vec![self.condition, other.condition]))
    }
}
impl<E> Not for Filter<E> {
    type Output = Self;
    fn not(self) -> Self {
        Self::new(Condition::Not(Box::new(self.condition)))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
}

/// A page of records: filtered, sorted by one field then by id, starting after a known record.
#[derive(Debug, Clone)]
pub struct Query {
    pub def: &'static EntityDef,
    pub condition: Condition,
    /// `id` sorts by age.
    pub order: &'static str,
    pub direction: Direction,
    /// The sort value and id of the last record seen: keyset, never offset.
    pub after: Option<(Value, RawId)>,
    pub limit: Option<u32>,
    /// Holds the rows until the transaction ends.
    pub lock: bool,
}

impl Query {
    /// Every record, oldest first.
    #[must_use]
    pub const fn all(def: &'static EntityDef) -> Self {
        Self {
            def,
            condition: Condition::Everything,
            order: "id",
            direction: Direction::Up,
            after: None,
            limit: None,
            lock: false,
        }
    }
    #[must_use]
    pub fn only(mut self, condition: Condition) -> Self {
        self.condition = self.condition.and(condition);
        self
    }
    #[must_use]
    pub const fn sorted(mut self, order: &'static str, direction: Direction) -> Self {
        self.order = order;
        self.direction = direction;
        self
    }
    #[must_use]
    pub const fn newest(self) -> Self {
        self.sorted("id", Direction::Down)
    }
    #[must_use]
    pub fn after(mut self, value: Value, id: RawId) -> Self {
        self.after = Some((value, id));
        self
    }
    #[must_use]
    pub const fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
    /// The ids it asks for, when it asks for nothing else: in the order of age, without a lock.
    #[must_use]
    pub fn ids(&self) -> Option<&[Value]> {
        match &self.condition {
            Condition::Among("id", ids) if self.plain() => Some(ids),
            _ => None,
        }
    }
    /// The record whose lines it asks for, when it asks for all of them, as they were made.
    #[must_use]
    pub fn lines_of(&self) -> Option<(&'static str, RawId)> {
        let (field, target) = self.def.parent()?;
        match &self.condition {
            Condition::Is(name, Value::Ref(id)) if *name == field.name && self.plain() => {
                Some((target, *id))
            }
            _ => None,
        }
    }
    /// In the order of age, whole, without a lock.
    fn plain(&self) -> bool {
        self.order == "id"
            && self.direction == Direction::Up
            && self.after.is_none()
            && self.limit.is_none()
            && !self.lock
    }
    /// Whether the answer depends on the rows of its own entity alone.
    #[must_use]
    pub fn within_one_table(&self) -> bool {
        self.condition.within_one_table()
    }
    #[must_use]
    pub const fn locked(mut self) -> Self {
        self.lock = true;
        self
    }
}
