//! Reading the rows of hand-written statements.

use kernel::{Currency, Day, Id, Money, RawId, Value};

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
    pub(crate) fn text(&mut self) -> String {
        self.text_if_any().unwrap_or_default()
    }
    pub(crate) fn text_if_any(&mut self) -> Option<String> {
        if let Value::Text(text) = self.next() { Some(text) } else { None }
    }
    pub(crate) fn day(&mut self) -> Day {
        self.day_if_any().unwrap_or(Day(0))
    }
    pub(crate) fn day_if_any(&mut self) -> Option<Day> {
        self.integer_if_any().and_then(|days| i32::try_from(days).ok()).map(Day)
    }
    pub(crate) fn id<E>(&mut self) -> Id<E> {
        self.id_if_any().unwrap_or(Id::from_raw(RawId([0; 16])))
    }
    pub(crate) fn id_if_any<E>(&mut self) -> Option<Id<E>> {
        if let Value::Ref(raw) = self.next() { Some(Id::from_raw(raw)) } else { None }
    }
}
