//! The bytes of files, part by part, kept and dropped by the transaction that changes their record.

use super::Tx;
use crate::{Fault, RawId};

impl Tx<'_> {
    /// Keeps a part of a file; the ranks of its parts run from 0.
    ///
    /// # Errors
    /// `store.*`.
    pub fn keep_chunk(&mut self, file: RawId, rank: i64, bytes: &[u8]) -> Result<(), Fault> {
        self.backend.keep_chunk(file, rank, bytes)
    }

    /// A part of a file, when there is one of that rank.
    ///
    /// # Errors
    /// `store.*`.
    pub fn chunk(&mut self, file: RawId, rank: i64) -> Result<Option<Vec<u8>>, Fault> {
        self.backend.chunk(file, rank)
    }

    /// Drops all parts of a file.
    ///
    /// # Errors
    /// `store.*`.
    pub fn drop_chunks(&mut self, file: RawId) -> Result<(), Fault> {
        self.backend.drop_chunks(file)
    }
}
