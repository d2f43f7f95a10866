//! Proofs of one line, and of one checkpoint after another.

use kernel::{CompanyNumber, Fault, Faults};

use super::batch::leaf_of;
use super::lines::stretch;
use super::{Hashes, Sealed, integer, last_checkpoint};
use crate::Store;
use crate::tree::entry::Log;
use crate::tree::verify::Found;
use crate::tree::{Hash, Tree};

/// That a line is in the tree of a checkpoint.
#[derive(Debug, Clone)]
pub struct Inclusion {
    pub found: Found,
    pub path: Vec<Hash>,
    pub checkpoint: Sealed,
}

/// That one size of the tree is the beginning of another.
#[derive(Debug, Clone)]
pub struct Proof {
    pub from: u64,
    pub to: u64,
    pub from_root: Hash,
    pub to_root: Hash,
    pub path: Vec<Hash>,
}

impl Store {
    /// Proves that a line is under the last checkpoint. It reads a few tiles, whatever the size.
    ///
    /// # Errors
    /// `audit.no_line` when there is no such line, `audit.unsealed` when it has no leaf yet;
    /// `audit.hole` when the tree is damaged; `store.*`.
    pub fn inclusion(
        &self,
        company: CompanyNumber,
        log: Log,
        seq: i64,
    ) -> Result<Inclusion, Faults> {
        self.look(|session| {
            let checkpoint = last_checkpoint(session, company, i64::MAX)?;
            let leaf = leaf_of(session, company, log, seq)?;
            let Some((leaf, checkpoint)) = leaf.zip(checkpoint) else {
                let rest = "and a.seq = $2";
                let lines = super::lines::read(session, company, log, rest, &[seq.into()])?;
                let code = if lines.is_empty() { "audit.no_line" } else { "audit.unsealed" };
                return Err(Fault::new(code).with("seq", seq).into());
            };
            let at = integer(leaf)?;
            let found = stretch(session, company, at, at + 1)?.pop();
            let gone = || Fault::new("audit.no_line").with("seq", seq);
            let found = found.ok_or_else(gone)?;
            let mut tree = Tree::new(Hashes { session, company }, checkpoint.size);
            let path = tree.inclusion(leaf, checkpoint.size)?;
            Ok(Inclusion { found, path, checkpoint })
        })
    }

    /// Proves that the tree of `to` lines goes on from that of `from`.
    ///
    /// # Errors
    /// `audit.beyond` when fewer lines are sealed, or `from` is more than `to`; `audit.hole`;
    /// `store.*`.
    pub fn consistency(&self, company: CompanyNumber, from: u64, to: u64) -> Result<Proof, Faults> {
        self.look(|session| {
            let last = last_checkpoint(session, company, i64::MAX)?;
            let size = last.map_or(0, |last| last.size);
            let mut tree = Tree::new(Hashes { session, company }, size);
            let path = tree.consistency(from, to)?;
            let (from_root, to_root) = (tree.root(from)?, tree.root(to)?);
            Ok(Proof { from, to, from_root, to_root, path })
        })
    }

    /// The root of the tree as it stands, from the hashes that are kept, with its checkpoint.
    ///
    /// # Errors
    /// `audit.hole`, `store.*`.
    pub fn root(&self, company: CompanyNumber) -> Result<Option<(Sealed, Hash)>, Faults> {
        self.look(|session| {
            let Some(last) = last_checkpoint(session, company, i64::MAX)? else { return Ok(None) };
            let root = Tree::new(Hashes { session, company }, last.size).root(last.size)?;
            Ok(Some((last, root)))
        })
    }
}
