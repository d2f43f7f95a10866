//! What a change is to a statement: a row made, a row over another, a row that goes.

use kernel::backend::{Change, Touched};
use kernel::{RawId, Row};

/// A row on its way over the one of the version `was`.
#[derive(Clone, Copy)]
pub struct Updating<'r> {
    pub row: &'r Row,
    pub was: i64,
    pub touched: Touched,
}

impl<'r> Updating<'r> {
    pub fn of(change: &'r Change) -> Option<Self> {
        match change {
            Change::Update { row, was, touched } => {
                Some(Self { row, was: *was, touched: *touched })
            }
            _ => None,
        }
    }
}

/// The row of a change that makes one.
pub fn made(change: &Change) -> Option<&Row> {
    if let Change::Insert(row) = change { Some(row) } else { None }
}

/// The record of a change that deletes one, and its version.
pub fn deleted(change: &Change) -> Option<(RawId, i64)> {
    if let Change::Delete { id, was } = change { Some((*id, *was)) } else { None }
}
