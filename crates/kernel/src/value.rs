//! Values and records: what travels between a struct, a row, a JSON member and a form.

use crate::{Day, Entity, Id, Instant, Money, Price, Quantity, Rate, RawId};

/// A value on its way between a struct, a row, a JSON member, an XML element or a form input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Flag(bool),
    Integer(i64),
    /// Text, long text, and the name of a choice.
    Text(String),
    Money(Money),
    Price(Price),
    Quantity(Quantity),
    Rate(Rate),
    Day(Day),
    Instant(Instant),
    Ref(RawId),
    Origin(Origin),
}

impl Value {
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}

macro_rules! into_value {
    ($($type:ty => $make:expr),* $(,)?) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                ($make)(value)
            }
        }
    )*};
}
into_value! {
    &str => |text: &str| Value::Text(text.to_owned()),
    String => Value::Text,
    bool => Value::Flag,
    i64 => Value::Integer,
    i32 => |number: i32| Value::Integer(number.into()),
    usize => |number| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX)),
    Money => Value::Money,
    Price => Value::Price,
    Quantity => Value::Quantity,
    Rate => Value::Rate,
    Day => Value::Day,
    Instant => Value::Instant,
    RawId => Value::Ref,
    Origin => Value::Origin,
}
impl<E> From<Id<E>> for Value {
    fn from(id: Id<E>) -> Self {
        Value::Ref(id.raw())
    }
}

/// The values of one record, in the order of [`EntityDef::fields`]; lines hold [`Value::Null`].
pub type Record = Vec<Value>;

/// A record of any entity, by name: how a department points at what it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin {
    pub entity: &'static str,
    pub id: RawId,
}

impl Origin {
    #[must_use]
    pub fn of<E: Entity>(id: Id<E>) -> Self {
        Self { entity: E::DEF.name, id: id.raw() }
    }
    /// The id, when the origin is a record of `E`.
    #[must_use]
    pub fn as_a<E: Entity>(&self) -> Option<Id<E>> {
        (self.entity == E::DEF.name).then(|| Id::from_raw(self.id))
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.entity, self.id)
    }
}
