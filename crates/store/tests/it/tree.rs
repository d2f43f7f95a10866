//! The tree, held against an independent implementation of RFC 6962: `ct-merkle`.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use kernel::Fault;
use proptest::prelude::*;
use sha2::Sha256;
use store::tree::{
    Frontier, Hash, Kept, Made, TILE, Tree, consistent, empty_root, included, leaf_hash,
};

type Theirs = MemoryBackedTree<Sha256, Vec<u8>>;

/// The hashes in memory, as the database keeps them.
#[derive(Default, Clone)]
struct Memory(Vec<Vec<Hash>>);

impl Memory {
    fn keep(&mut self, made: Vec<Made>) {
        for (level, place, hash) in made {
            let level = usize::from(level);
            self.0.resize_with(self.0.len().max(level + 1), Vec::new);
            assert_eq!(self.0[level].len() as u64, place);
            self.0[level].push(hash);
        }
    }
}

impl Kept for &Memory {
    fn tile(&mut self, level: u8, tile: u64) -> Result<Vec<Hash>, Fault> {
        let row = self.0.get(usize::from(level)).map_or(&[][..], Vec::as_slice);
        let from = usize::try_from(tile * TILE).unwrap().min(row.len());
        let to = (from + TILE as usize).min(row.len());
        Ok(row[from..to].to_vec())
    }
}

fn leaf(rank: u64) -> Vec<u8> {
    format!("entry {rank}").into_bytes()
}

/// A tree of ours, grown in batches; theirs over the same leaves; and our root at each size.
fn grown(batches: &[u64]) -> (Memory, Theirs, Vec<Hash>) {
    let (mut kept, mut theirs, mut roots) = (Memory::default(), Theirs::new(), vec![empty_root()]);
    let mut frontier = Frontier::default();
    for batch in batches {
        let mut made = Vec::new();
        let before = kept.clone();
        let mut tree = Tree::new(&before, frontier.size());
        for _ in 0..*batch {
            let entry = leaf(tree.size());
            tree.append(leaf_hash(&entry), &mut made).unwrap();
            frontier.push(leaf_hash(&entry));
            theirs.push(entry);
            roots.push(frontier.root());
        }
        assert_eq!(tree.root(tree.size()).unwrap(), frontier.root());
        kept.keep(made);
    }
    (kept, theirs, roots)
}

fn digests(path: &[Hash]) -> Vec<sha2::digest::Output<Sha256>> {
    path.iter().map(|hash| (*hash).into()).collect()
}

fn hashes(proof: &[u8]) -> Vec<Hash> {
    proof.chunks(32).map(|hash| hash.try_into().unwrap()).collect()
}

/// Both ways: their verifier takes our proofs, ours takes theirs.
fn agree(kept: &Memory, theirs: &Theirs, roots: &[Hash], leaves: &[u64], olds: &[u64]) {
    let size = theirs.len();
    let root = theirs.root();
    assert_eq!(root.as_bytes().as_slice(), roots[size as usize]);
    let mut tree = Tree::new(kept, size);
    assert_eq!(tree.root(size).unwrap(), roots[size as usize]);
    for leaf_at in leaves {
        let path = tree.inclusion(*leaf_at, size).unwrap();
        let proof = InclusionProof::<Sha256>::from_digests(&digests(&path));
        root.verify_inclusion(&leaf(*leaf_at), *leaf_at, &proof).unwrap();
        let own = hashes(theirs.prove_inclusion(*leaf_at as usize).as_bytes());
        let hash = leaf_hash(&leaf(*leaf_at));
        assert_eq!(own, path);
        assert!(included(&hash, *leaf_at, size, &own, &roots[size as usize]));
        assert!(!included(&leaf_hash(b"other"), *leaf_at, size, &own, &roots[size as usize]));
        if size > 1 {
            let other = (leaf_at + 1) % size;
            assert!(!included(&hash, other, size, &own, &roots[size as usize]));
        }
    }
    for old in olds {
        let path = tree.consistency(*old, size).unwrap();
        let (was, is) = (roots[*old as usize], roots[size as usize]);
        assert!(consistent((*old, &was), (size, &is), &path), "{old} {size}");
        assert_eq!(tree.root(*old).unwrap(), was);
        if *old > 0 && *old < size {
            let own = theirs.prove_consistency((size - old) as usize);
            assert_eq!(hashes(own.as_bytes()), path);
            let proof = ConsistencyProof::<Sha256>::from_digests(&digests(&path));
            let before = RootHash::<Sha256>::new(was.into(), *old);
            root.verify_consistency(&before, &proof).unwrap();
            assert!(!consistent((*old, &is), (size, &is), &path));
            assert!(!consistent((*old, &was), (size, &was), &path));
        }
    }
}

#[test]
fn every_small_tree_is_what_another_program_makes_of_it() {
    for size in 1..=70 {
        let (kept, theirs, roots) = grown(&[size / 3, size - size / 3]);
        let all: Vec<u64> = (0..size).collect();
        let olds: Vec<u64> = (0..=size).collect();
        agree(&kept, &theirs, &roots, &all, &olds);
    }
}

#[test]
fn a_tree_of_three_levels_of_tiles_stands() {
    let (kept, theirs, roots) = grown(&[70_000]);
    assert_eq!(kept.0.iter().map(Vec::len).collect::<Vec<_>>(), [70_000, 273, 1]);
    let leaves = [0, 1, 255, 256, 65_535, 65_536, 65_791, 69_887, 69_888, 69_999];
    let olds = [1, 255, 256, 257, 65_535, 65_536, 65_537, 69_888, 69_999, 70_000];
    agree(&kept, &theirs, &roots, &leaves, &olds);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_tree_grown_in_any_batches_is_the_same(
        batches in prop::collection::vec(0_u64..400, 1..8),
        leaves in prop::collection::vec(any::<u64>(), 6),
    ) {
        let (kept, theirs, roots) = grown(&batches);
        let size = theirs.len();
        prop_assume!(size > 0);
        let olds: Vec<u64> = leaves.iter().map(|leaf| leaf % (size + 1)).collect();
        let leaves: Vec<u64> = leaves.iter().map(|leaf| leaf % size).collect();
        agree(&kept, &theirs, &roots, &leaves, &olds);
    }
}

#[test]
fn what_is_not_there_is_not_proved() {
    let (kept, _, _) = grown(&[10]);
    let mut tree = Tree::new(&kept, 10);
    assert_eq!(tree.inclusion(10, 10).unwrap_err().code, "audit.beyond");
    assert_eq!(tree.consistency(3, 11).unwrap_err().code, "audit.beyond");
    assert_eq!(tree.root(11).unwrap_err().code, "audit.beyond");
    let mut broken = kept.clone();
    broken.0[0].truncate(4);
    assert_eq!(Tree::new(&broken, 10).root(10).unwrap_err().code, "audit.hole");
}
