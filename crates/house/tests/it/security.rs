//! What is promised of security is tested: the table of `docs/security-tests.md`, and `deny.toml`.

use std::collections::BTreeSet;

use crate::{licences, sources};

fn document(name: &str) -> String {
    std::fs::read_to_string(sources::root().join(name)).expect(name)
}

/// The names of all tests, by the line that opens them.
fn tests() -> BTreeSet<String> {
    let mut all = sources::files("crates", "rs");
    all.extend(sources::files("tests", "rs"));
    all.extend(sources::files("fuzz", "rs"));
    let names = all.iter().flat_map(|(_, text)| text.split("fn ").skip(1)).filter_map(|rest| {
        let name = rest.split('(').next()?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        name.bytes().all(plain).then(|| name.to_owned())
    });
    names.collect()
}

#[test]
fn every_test_that_the_table_of_security_names_is_there() {
    let (text, known) = (document("docs/security-tests.md"), tests());
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("---"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .filter(|row: &Vec<&str>| row.len() == 4 && row[0].parse::<u32>().is_ok())
        .collect();
    let numbers: BTreeSet<u32> = rows.iter().filter_map(|row| row[0].parse().ok()).collect();
    assert_eq!(numbers, (1..=60).collect::<BTreeSet<u32>>(), "the sixty checks, each of them");
    for row in &rows {
        let named: Vec<&str> = row[3].split('`').skip(1).step_by(2).collect();
        let reason = row[3].starts_with("not applicable");
        assert!(!named.is_empty() || reason, "{row:?}");
        for name in named {
            assert!(known.contains(name), "no test is called {name}: {row:?}");
        }
    }
}

/// A test that bears the number of a requirement is found from the table.
#[test]
fn every_test_that_bears_a_requirement_is_in_the_table() {
    let text = document("docs/security-tests.md");
    for name in tests().iter().filter(|name| name.starts_with("asvs_")) {
        assert!(text.contains(&format!("`{name}`")), "{name} is in no row");
    }
}

#[test]
fn cargo_deny_takes_the_licences_that_we_take() {
    let text = document("deny.toml");
    let list = text.split("allow = [").nth(1).and_then(|rest| rest.split(']').next());
    let told: Vec<&str> = list.expect("a list").split('"').skip(1).step_by(2).collect();
    assert_eq!(told, licences::TAKEN);
}
