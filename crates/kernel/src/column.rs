//! Fields as the compiler knows them, for queries.

use std::marker::PhantomData;

use crate::FieldType;
use crate::query::{Condition, Filter};

/// A field by name and type, for queries: `Invoice::PARTY.is(&id)`. Derived.
pub struct Column<E, T> {
    pub name: &'static str,
    of: PhantomData<fn() -> (E, T)>,
}

impl<E, T: FieldType> Column<E, T> {
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, of: PhantomData }
    }
    #[must_use]
    pub fn is(&self, value: &T) -> Filter<E> {
        Filter::new(Condition::Is(self.name, value.put()))
    }
    #[must_use]
    pub fn is_not(&self, value: &T) -> Filter<E> {
        Filter::new(Condition::Not(Box::new(Condition::Is(self.name, value.put()))))
    }
    #[must_use]
    pub fn among<'a>(&self, values: impl IntoIterator<Item = &'a T>) -> Filter<E>
    where
        T: 'a,
    {
        let values = values.into_iter().map(FieldType::put).collect();
        Filter::new(Condition::Among(self.name, values))
    }
    #[must_use]
    pub fn at_least(&self, value: &T) -> Filter<E> {
        Filter::new(Condition::AtLeast(self.name, value.put()))
    }
    #[must_use]
    pub fn at_most(&self, value: &T) -> Filter<E> {
        Filter::new(Condition::AtMost(self.name, value.put()))
    }
    #[must_use]
    pub fn empty(&self) -> Filter<E> {
        Filter::new(Condition::Empty(self.name))
    }
}

impl<E, T: FieldType> Column<E, Option<T>> {
    /// For an optional field: equal to a value.
    #[must_use]
    pub fn has(&self, value: &T) -> Filter<E> {
        Filter::new(Condition::Is(self.name, value.put()))
    }
}
