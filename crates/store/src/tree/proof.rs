//! Proofs judged, by whoever has nothing but the roots: RFC 9162, sections 2.1.3.2 and 2.1.4.2.

use super::{Hash, node_hash};

/// Whether `path` proves that the leaf of this hash stands at its place in the tree of this root.
#[must_use]
pub fn included(hash: &Hash, leaf: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if leaf >= size {
        return false;
    }
    let (mut place, mut last, mut known) = (leaf, size - 1, *hash);
    for next in path {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            known = node_hash(next, &known);
            while place % 2 == 0 && place != 0 {
                (place, last) = (place / 2, last / 2);
            }
        } else {
            known = node_hash(&known, next);
        }
        (place, last) = (place / 2, last / 2);
    }
    last == 0 && known == *root
}

/// Whether `path` proves that the tree of the first `from` entries is the beginning of that of the
/// first `to`.
#[must_use]
pub fn consistent(from: (u64, &Hash), to: (u64, &Hash), path: &[Hash]) -> bool {
    let ((old, old_root), (new, new_root)) = (from, to);
    if old == 0 || old == new {
        return path.is_empty() && old <= new && (old == 0 || old_root == new_root);
    }
    if old > new {
        return false;
    }
    let mut path = path.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { path.next() };
    let Some(first) = first else { return false };
    let (mut place, mut last) = (old - 1, new - 1);
    while place % 2 == 1 {
        (place, last) = (place / 2, last / 2);
    }
    let (mut was, mut is) = (*first, *first);
    for next in path {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            was = node_hash(next, &was);
            is = node_hash(next, &is);
            while place % 2 == 0 && place != 0 {
                (place, last) = (place / 2, last / 2);
            }
        } else {
            is = node_hash(&is, next);
        }
        (place, last) = (place / 2, last / 2);
    }
    last == 0 && was == *old_root && is == *new_root
}
