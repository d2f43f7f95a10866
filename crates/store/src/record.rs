//! What is written, kept while it is asked for: to measure what the same statements cost alone.

use std::sync::{Arc, Mutex, PoisonError};

use crate::session::Statement;

/// The statements of each commit, in their order; the last group is still open. Nothing is kept
/// until it is started.
#[derive(Clone, Default)]
pub struct Record(Arc<Mutex<Option<Vec<Vec<Statement>>>>>);

impl Record {
    fn with(&self, change: impl FnOnce(&mut Vec<Vec<Statement>>)) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(groups) = kept.as_mut() {
            change(groups);
        }
    }

    pub fn start(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(vec![Vec::new()]);
    }

    /// Ends the record and gives it, without groups that wrote nothing.
    pub fn stop(&self) -> Vec<Vec<Statement>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        kept.into_iter().flatten().filter(|group| !group.is_empty()).collect()
    }

    pub fn add(&self, statements: &[Statement]) {
        self.with(|groups| {
            if let Some(open) = groups.last_mut() {
                open.extend_from_slice(statements);
            }
        });
    }

    pub fn close_group(&self) {
        self.with(|groups| groups.push(Vec::new()));
    }

    /// Forgets the open group: it was undone.
    pub fn drop_group(&self) {
        self.with(|groups| {
            if let Some(open) = groups.last_mut() {
                open.clear();
            }
        });
    }
}
