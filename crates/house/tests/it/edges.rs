//! Who may depend on whom. To add an edge, change these tables in the same commit and say why in an
//! ADR.

use std::collections::BTreeMap;

use crate::sources;

const MAY_USE: &[(&str, &[&str])] = &[
    ("kernel-derive", &[]),
    ("kernel", &["kernel-derive"]),
    ("paper", &["kernel"]),
    ("store", &["kernel"]),
    ("identity", &["kernel"]),
    ("exchange", &["kernel", "store"]),
    ("master", &["kernel"]),
    ("crm", &["kernel", "master"]),
    ("erp", &["kernel", "master"]),
    ("processes", &["kernel", "master", "crm", "erp", "paper"]),
    ("api", &["kernel", "store", "identity", "exchange", "master", "crm", "erp", "processes"]),
    (
        "web",
        &["kernel", "store", "identity", "exchange", "master", "crm", "erp", "processes", "paper"],
    ),
    (
        "comptoir",
        &[
            "kernel",
            "store",
            "identity",
            "master",
            "crm",
            "erp",
            "processes",
            "paper",
            "api",
            "web",
        ],
    ),
    ("house", &[]),
    ("setup", &[]),
    ("browser", &[]),
];

/// Inside crm and erp: a department and those it may name.
const DEPARTMENTS: &[(&str, &str, &[&str])] = &[
    ("crm", "interactions", &[]),
    ("crm", "sales", &["interactions"]),
    ("erp", "finance", &[]),
    ("erp", "inventory", &[]),
    ("erp", "logistics", &["inventory"]),
];

#[test]
fn no_crate_reaches_where_it_may_not() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let crates = sources::files("crates", "toml").into_iter();
    for (path, text) in crates.chain(sources::files("tests", "toml")) {
        let name = path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let Some(may) = allowed.get(name.as_str()) else {
            panic!("crate `{name}` is not in the table: say what it may use")
        };
        for used in dependencies(&text).filter(|used| allowed.contains_key(used)) {
            assert!(may.contains(&used), "`{name}` uses `{used}`; it may use only {may:?}");
        }
    }
}

/// The names under `[dependencies]`; what only tests use is left out.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap_or("");
    let section = section.split("\n[").next().unwrap_or("");
    section
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty())
}

#[test]
fn no_department_reaches_where_it_may_not() {
    for (layer, department, may) in DEPARTMENTS {
        let place = format!("crates/{layer}/src/{department}");
        let others = DEPARTMENTS
            .iter()
            .filter(|(other, name, _)| other == layer && name != department && !may.contains(name));
        let others: Vec<&str> = others.map(|(_, name, _)| *name).collect();
        for (path, text) in sources::files(&place, "rs") {
            for other in &others {
                let named = text.contains(&format!("crate::{other}"))
                    || text.contains(&format!("super::super::{other}"));
                assert!(!named, "{} names `{other}`", path.display());
            }
        }
    }
}

#[test]
fn business_code_is_synchronous_and_reads_no_clock_no_chance_no_environment() {
    const FORBIDDEN: &[&str] = &[
        "async fn",
        ".await",
        "SystemTime::now",
        "Timestamp::now",
        "Instant::now()",
        "std::env",
        "getrandom",
        "std::net",
        "rusqlite",
        "tokio",
        "std::fs",
        ".commit(",
    ];
    for layer in ["kernel", "master", "crm", "erp", "processes", "paper", "identity"] {
        for (path, text) in sources::files(&format!("crates/{layer}/src"), "rs") {
            // What stands after the tests' mark is no business code.
            let code = text.split("#[cfg(test)]").next().unwrap_or("");
            for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
                for word in FORBIDDEN {
                    assert!(!holds(line, word), "{}: `{word}` in `{line}`", path.display());
                }
            }
        }
    }
}

/// Whether the line holds the word, and not a longer one that begins with it.
fn holds(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let next = line[at + word.len()..].chars().next();
        !next.is_some_and(|next| next.is_alphanumeric() || next == '_')
    })
}
