//! Where the database is, and how it is kept there.

use std::path::PathBuf;

use crate::key::Key;

/// Where the database is.
#[derive(Debug, Clone)]
pub enum Location {
    /// A file of the embedded database.
    Embedded(Embedded),
    /// `postgres://user@host/name`.
    Postgres(String),
    /// A new embedded database, drawn from the catalogue and gone with the last handle: for tests.
    Temporary,
}

/// A file of the embedded database, and how it is kept.
#[derive(Debug, Clone)]
pub struct Embedded {
    pub path: PathBuf,
    /// What it is encrypted with; without one it is in clear.
    pub key: Option<Key>,
    /// Whether a commit waits for the disk. Where it never does, what was written is lost with the
    /// power: to fill a new database that is thrown away unless it is filled to the end.
    pub synced: bool,
}

impl Embedded {
    /// A file in clear.
    #[must_use]
    pub const fn clear(path: PathBuf) -> Self {
        Self { path, key: None, synced: true }
    }
    #[must_use]
    pub fn with_key(self, key: Option<Key>) -> Self {
        Self { key, ..self }
    }
    #[must_use]
    pub fn unsynced(self) -> Self {
        Self { synced: false, ..self }
    }
}
