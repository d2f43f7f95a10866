//! The lines of a record, as a field of its struct.

use std::marker::PhantomData;

use super::{Entity, FieldType};
use crate::value::Value;
use crate::{Fault, Kind};

/// The lines of a record. They live in their own table; the field only tells where they are shown.
pub struct Lines<E>(PhantomData<fn() -> E>);

impl<E> Lines<E> {
    pub const HERE: Self = Self(PhantomData);
}
impl<E> Default for Lines<E> {
    fn default() -> Self {
        Self::HERE
    }
}
impl<E> Clone for Lines<E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E> Copy for Lines<E> {}
impl<E> PartialEq for Lines<E> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl<E> std::fmt::Debug for Lines<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lines")
    }
}
impl<E: Entity> FieldType for Lines<E> {
    const KIND: Kind = Kind::Lines(E::NAME);
    const REQUIRED: bool = false;
    fn put(&self) -> Value {
        Value::Null
    }
    fn take(_: Value) -> Result<Self, Fault> {
        Ok(Self::HERE)
    }
}
