//! Where lines stand among those of their parent: a list that is given whole is kept in the order
//! in which it was given.

use std::collections::HashMap;

use super::LineDraft;
use crate::{EntityDef, RawId, Record, Row, Value};

/// The places of lines that are given; none where lines keep no place, or where they were given
/// theirs by hand.
pub(super) struct Places {
    at: usize,
    given: Vec<i64>,
}

impl Places {
    /// Whether a line stays where it is.
    pub(super) fn keeps(&self, rank: usize, row: &Row) -> bool {
        self.given.get(rank).is_none_or(|place| row.values.get(self.at) == Some(&(*place).into()))
    }
    /// Puts a line where it was given.
    pub(super) fn put(&self, rank: usize, values: &mut Record) {
        if let (Some(place), Some(value)) = (self.given.get(rank), values.get_mut(self.at)) {
            *value = (*place).into();
        }
    }
}

/// By place, then by age.
pub(super) fn sort(def: &EntityDef, rows: &mut [Row]) {
    if let Some(at) = def.place() {
        rows.sort_by_key(|row| place(at, row).unwrap_or(i64::MAX));
    }
}

fn place(at: usize, row: &Row) -> Option<i64> {
    match row.values.get(at) {
        Some(Value::Integer(place)) => Some(*place),
        _ => None,
    }
}

/// The place of each line. Those that are there go round among the lines that stay: one that moves
/// changes no line but those that it passes.
pub(super) fn given(def: &EntityDef, lines: &[LineDraft], stored: &HashMap<RawId, &Row>) -> Places {
    let Some(at) = def.place() else { return Places { at: 0, given: Vec::new() } };
    if lines.iter().any(|line| line.draft.values.iter().any(|(field, _)| field.place)) {
        return Places { at, given: Vec::new() };
    }
    let stays = |line: &LineDraft| line.id.and_then(|id| stored.get(&id).copied());
    let mut free: Vec<i64> = lines.iter().filter_map(|line| place(at, stays(line)?)).collect();
    free.sort_unstable();
    let mut free = free.into_iter();
    let mut last = 0_i64;
    let mut next = |line: &LineDraft| {
        let next = last.saturating_add(1);
        last = stays(line).and_then(|_| free.next()).map_or(next, |place| place.max(next));
        last
    };
    Places { at, given: lines.iter().map(&mut next).collect() }
}
