//! Reading the rows of hand-written statements.

use kernel::{Choice, Currency, Day, Entity, Id, Instant, Money, Quantity, Rate, RawId, Value};

/// The values of one row, taken in the order of the statement's columns.
pub(crate) struct Cells(std::vec::IntoIter<Value>);

impl Cells {
    pub(crate) fn of(row: Vec<Value>) -> Self {
        Self(row.into_iter())
    }
    fn next(&mut self) -> Value {
        self.0.next().unwrap_or(Value::Null)
    }
    /// Zero for nothing, as a sum over no row gives.
    pub(crate) fn integer(&mut self) -> i64 {
        if let Value::Integer(number) = self.next() { number } else { 0 }
    }
    pub(crate) fn integer_if_any(&mut self) -> Option<i64> {
        if let Value::Integer(number) = self.next() { Some(number) } else { None }
    }
    pub(crate) fn money(&mut self, currency: Currency) -> Money {
        Money::new(self.integer(), currency)
    }
    pub(crate) fn quantity(&mut self) -> Quantity {
        Quantity(self.integer())
    }
    pub(crate) fn rate(&mut self) -> Rate {
        Rate(self.integer())
    }
    pub(crate) fn text(&mut self) -> String {
        self.text_if_any().unwrap_or_default()
    }
    pub(crate) fn text_if_any(&mut self) -> Option<String> {
        if let Value::Text(text) = self.next() { Some(text) } else { None }
    }
    /// The value of a choice; the first one when the column is empty.
    pub(crate) fn choice<C: Choice>(&mut self) -> Option<C> {
        self.text_if_any().and_then(|name| C::of_name(&name))
    }
    pub(crate) fn day_if_any(&mut self) -> Option<Day> {
        self.integer_if_any().and_then(|days| i32::try_from(days).ok()).map(Day)
    }
    pub(crate) fn instant(&mut self) -> Instant {
        Instant(self.integer())
    }
    pub(crate) fn raw(&mut self) -> RawId {
        if let Value::Ref(raw) = self.next() { raw } else { RawId([0; 16]) }
    }
    pub(crate) fn id<E>(&mut self) -> Id<E> {
        Id::from_raw(self.raw())
    }
    /// The record an origin written as text names, when it is one of `E`.
    pub(crate) fn origin<E: Entity>(&mut self) -> Option<Id<E>> {
        id_of_origin(&self.text_if_any()?)
    }
}

/// The id in `order/0190…`, when the name is that of `E`.
pub(crate) fn id_of_origin<E: Entity>(text: &str) -> Option<Id<E>> {
    let (name, id) = text.split_once('/')?;
    (name == E::NAME).then(|| RawId::parse(id).ok().map(Id::from_raw)).flatten()
}
