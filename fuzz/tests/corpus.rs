//! Every target over its kept corpus, then over seeded changes of it, for some seconds each. The
//! search that is led by what is reached is `cargo fuzz-all`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fuzz::mutate::Mutator;
use fuzz::{TARGETS, Target};

/// How long each target is run: all of them take less than a minute.
const WHILE: Duration = Duration::from_secs(2);

fn corpus(target: &Target) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let listed = std::fs::read_dir(&folder).unwrap_or_else(|_| panic!("no {}", folder.display()));
    let mut files: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let bytes = std::fs::read(&path).expect("a file of the corpus");
        (path, bytes)
    };
    files.into_iter().map(read).collect()
}

/// Whether a target stands these bytes.
fn stands(target: &Target, bytes: &[u8]) -> bool {
    catch_unwind(AssertUnwindSafe(|| (target.run)(bytes))).is_ok()
}

/// Runs a target over what is kept, then for a while over changes of it; gives what it fell over.
fn fell(target: &Target) -> Option<String> {
    let kept = corpus(target);
    assert!(!kept.is_empty(), "{} has no corpus", target.name);
    if let Some((path, _)) = kept.iter().find(|(_, bytes)| !stands(target, bytes)) {
        return Some(format!("{} fell over {}", target.name, path.display()));
    }
    let bytes: Vec<Vec<u8>> = kept.into_iter().map(|(_, bytes)| bytes).collect();
    let (begun, mut seed) = (Instant::now(), 0);
    while begun.elapsed() < WHILE {
        let changed = Mutator::new(seed).next(&bytes);
        if !stands(target, &changed) {
            let shown = String::from_utf8_lossy(&changed).into_owned();
            return Some(format!("{} fell over seed {seed}: {shown:?}", target.name));
        }
        seed += 1;
    }
    println!("{}: {seed} changes", target.name);
    assert!(seed > 20, "{} is slow: {seed} changes", target.name);
    None
}

#[test]
fn every_target_stands_what_is_kept_and_changes_of_it() {
    let all: Vec<String> = TARGETS.iter().filter_map(fell).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn the_corpus_stays_small() {
    let mut weight = 0;
    for target in TARGETS {
        weight += corpus(target).iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    }
    assert!(weight < 500_000, "{weight} bytes");
}
