//! The tree over the audit: RFC 6962, section 2.1, as RFC 9162 restates it. Pure: it hashes, proves
//! and verifies; who keeps the hashes gives them by tiles.
//!
//! Kept are the hashes of the leaves, and that of each complete subtree of 256, 65,536 … leaves:
//! what lies between is hashed again from 256 neighbours when a proof needs it. A tree so grows by
//! one hash and a 256th for each entry, and no proof reads more than a tile a level.

mod base64;
pub mod entry;
pub mod line;
pub mod note;
mod proof;
pub mod verify;

use std::collections::HashMap;

use kernel::Fault;
use sha2::{Digest, Sha256};

pub use proof::{consistent, included};

/// A SHA-256.
pub type Hash = [u8; 32];

/// How many hashes of one level stand together, and are one of the level above.
pub const TILE: u64 = 256;
/// The binary levels from one level of tiles to the next.
const STEP: u32 = TILE.ilog2();

/// The hash of an entry: apart from that of any node.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of two subtrees.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a tree without leaves.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::new().finalize().into()
}

/// Where the hashes of a tree are kept.
pub trait Kept {
    /// The hashes of a tile: at level 0 those of the leaves from `tile * 256` on, at level 1 those
    /// of the complete subtrees of 256 leaves, and so on; fewer than 256 at the right edge.
    ///
    /// # Errors
    /// `store.*`.
    fn tile(&mut self, level: u8, tile: u64) -> Result<Vec<Hash>, Fault>;
}

/// A hash that a growing tree has made, to be kept: its level of tiles, its place, itself.
pub type Made = (u8, u64, Hash);

/// A tree of a certain size, reading its hashes as it needs them.
pub struct Tree<K> {
    kept: K,
    size: u64,
    tiles: HashMap<(u8, u64), Vec<Hash>>,
}

impl<K: Kept> Tree<K> {
    /// The tree of the first `size` entries.
    pub fn new(kept: K, size: u64) -> Self {
        Self { kept, size, tiles: HashMap::new() }
    }

    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// A whole tile, read once.
    fn tile(&mut self, level: u8, tile: u64) -> Result<&mut Vec<Hash>, Fault> {
        if !self.tiles.contains_key(&(level, tile)) {
            let mut hashes = self.kept.tile(level, tile)?;
            // What others appended meanwhile is not of this tree.
            let complete = self.size >> (STEP * u32::from(level));
            let there = complete.saturating_sub(tile * TILE).min(TILE);
            hashes.truncate(usize::try_from(there).unwrap_or(usize::MAX));
            self.tiles.insert((level, tile), hashes);
        }
        self.tiles.get_mut(&(level, tile)).ok_or_else(hole)
    }

    fn stored(&mut self, level: u8, place: u64) -> Result<Hash, Fault> {
        let rank = usize::try_from(place % TILE).unwrap_or(usize::MAX);
        self.tile(level, place / TILE)?.get(rank).copied().ok_or_else(hole)
    }

    /// The hash of the complete subtree of `2^height` leaves at its place.
    fn complete(&mut self, height: u32, place: u64) -> Result<Hash, Fault> {
        if height.is_multiple_of(STEP) {
            return self.stored(u8::try_from(height / STEP).map_err(|_| hole())?, place);
        }
        let left = self.complete(height - 1, place * 2)?;
        Ok(node_hash(&left, &self.complete(height - 1, place * 2 + 1)?))
    }

    /// The hash of the leaves from `begin` to before `end`, where `begin` is a multiple of the
    /// greatest power of two below their number: such are all subtrees that proofs speak of.
    fn subtree(&mut self, begin: u64, end: u64) -> Result<Hash, Fault> {
        let count = end - begin;
        if count.is_power_of_two() {
            return self.complete(count.ilog2(), begin / count);
        }
        let middle = begin + split(count);
        let left = self.subtree(begin, middle)?;
        Ok(node_hash(&left, &self.subtree(middle, end)?))
    }

    /// Adds an entry by the hash of its leaf, and tells which hashes are to be kept.
    ///
    /// # Errors
    /// Those of the reading; `audit.hole` when a hash is missing.
    pub fn append(&mut self, leaf: Hash, made: &mut Vec<Made>) -> Result<(), Fault> {
        let (mut hash, mut level, mut place) = (leaf, 0, self.size);
        loop {
            let tile = self.tile(level, place / TILE)?;
            if u64::try_from(tile.len()) != Ok(place % TILE) {
                return Err(hole());
            }
            tile.push(hash);
            made.push((level, place, hash));
            if !(place + 1).is_multiple_of(TILE) {
                break;
            }
            hash = fold(tile);
            (level, place) = (level + 1, place / TILE);
        }
        self.size += 1;
        Ok(())
    }

    /// The root of the tree when it had `size` entries.
    ///
    /// # Errors
    /// `audit.beyond` when it has never had so many; those of the reading.
    pub fn root(&mut self, size: u64) -> Result<Hash, Fault> {
        self.had(size)?;
        if size == 0 { Ok(empty_root()) } else { self.subtree(0, size) }
    }

    /// What proves that an entry is in the tree of the first `size`: RFC 9162, 2.1.3.1.
    ///
    /// # Errors
    /// `audit.beyond`; those of the reading.
    pub fn inclusion(&mut self, leaf: u64, size: u64) -> Result<Vec<Hash>, Fault> {
        self.had(size)?;
        if leaf >= size {
            return Err(beyond(leaf, size));
        }
        let (mut begin, mut end, mut path) = (0, size, Vec::new());
        while end - begin > 1 {
            let middle = begin + split(end - begin);
            if leaf < middle {
                path.push(self.subtree(middle, end)?);
                end = middle;
            } else {
                path.push(self.subtree(begin, middle)?);
                begin = middle;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// What proves that the tree of the first `from` is the beginning of that of the first `to`:
    /// RFC 9162, 2.1.4.1.
    ///
    /// # Errors
    /// `audit.beyond`; those of the reading.
    pub fn consistency(&mut self, from: u64, to: u64) -> Result<Vec<Hash>, Fault> {
        self.had(to)?;
        if from > to {
            return Err(beyond(from, to));
        }
        let mut path = Vec::new();
        if from == 0 || from == to {
            return Ok(path);
        }
        let (mut begin, mut end) = (0, to);
        while end != from {
            let middle = begin + split(end - begin);
            if from <= middle {
                path.push(self.subtree(middle, end)?);
                end = middle;
            } else {
                path.push(self.subtree(begin, middle)?);
                begin = middle;
            }
        }
        // Whoever has the old root knows it already when it is all of a subtree.
        if begin != 0 {
            path.push(self.subtree(begin, end)?);
        }
        path.reverse();
        Ok(path)
    }

    fn had(&self, size: u64) -> Result<(), Fault> {
        if size > self.size { Err(beyond(size, self.size)) } else { Ok(()) }
    }
}

/// The greatest power of two below a number that is more than one.
const fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// The hash over a complete tile.
fn fold(tile: &[Hash]) -> Hash {
    let mut hashes = tile.to_vec();
    while hashes.len() > 1 {
        hashes = hashes.chunks(2).map(|pair| node_hash(&pair[0], &pair[pair.len() - 1])).collect();
    }
    hashes.first().copied().unwrap_or_else(empty_root)
}

fn hole() -> Fault {
    Fault::new("audit.hole")
}

fn beyond(asked: u64, size: u64) -> Fault {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Fault::new("audit.beyond").with("asked", number(asked)).with("size", number(size))
}

/// The right edge of a tree, enough to go on and to tell the root: one hash a level.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    size: u64,
    /// The roots of the complete subtrees, the largest first.
    edge: Vec<Hash>,
}

impl Frontier {
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.edge.push(hash);
        self.size += 1;
    }

    #[must_use]
    pub fn root(&self) -> Hash {
        let mut edge = self.edge.iter().rev();
        let Some(last) = edge.next() else { return empty_root() };
        edge.fold(*last, |right, left| node_hash(left, &right))
    }
}
