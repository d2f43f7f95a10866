//! The files of the project, read once a test.

use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every file under `place` with this ending, with its text. Build products are left out.
pub fn files(place: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    walk(&root().join(place), ending, &mut found);
    found.sort();
    assert!(!found.is_empty(), "no {ending} under {place}");
    found
}

fn walk(folder: &Path, ending: &str, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with("node_modules") {
                walk(&path, ending, found);
            }
        } else if path.extension().is_some_and(|extension| extension == ending) {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
        }
    }
}
