//! A record with what the store knows of it.

use std::ops::{Deref, DerefMut};

use crate::backend::Row;
use crate::{Entity, Fault, Id, Instant};

/// A record as the store keeps it; reads and writes like the struct itself.
#[derive(Debug, Clone)]
pub struct Kept<E> {
    pub id: Id<E>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub(crate) record: E,
}

impl<E> Kept<E> {
    #[must_use]
    pub fn into_inner(self) -> E {
        self.record
    }
}
impl<E> Deref for Kept<E> {
    type Target = E;
    fn deref(&self) -> &E {
        &self.record
    }
}
impl<E> DerefMut for Kept<E> {
    fn deref_mut(&mut self) -> &mut E {
        &mut self.record
    }
}

/// The typed record of a row.
pub(crate) fn kept<E: Entity>(row: Row) -> Result<Kept<E>, Fault> {
    Ok(Kept {
        id: Id::from_raw(row.id),
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        record: E::of_record(row.values)?,
    })
}
