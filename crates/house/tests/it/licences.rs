//! What comes with us from others: under which licence, and from where.

use std::process::Command;

use serde_json::Value as Json;
use spdx::{Expression, LicenseReq, ParseMode};

/// Licences that let us give Comptoir away under the EUPL 1.2, and others do as they like with it.
pub const TAKEN: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "EUPL-1.2",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "WTFPL",
    "Zlib",
    "blessing",
];

fn taken(asked: &LicenseReq) -> bool {
    asked.license.id().is_some_and(|id| TAKEN.contains(&id.name))
}

fn packages() -> Vec<Json> {
    let asked = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .output()
        .expect("cargo");
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    let whole: Json = serde_json::from_slice(&asked.stdout).expect("JSON");
    whole["packages"].as_array().expect("packages").clone()
}

#[test]
fn every_dependency_has_a_licence_that_we_may_pass_on() {
    let packages = packages();
    assert!(packages.len() > 100, "{}", packages.len());
    for package in packages {
        let (name, text) = (&package["name"], package["license"].as_str().unwrap_or_default());
        let expression = Expression::parse_mode(text, ParseMode::LAX)
            .unwrap_or_else(|error| panic!("{name}: {text:?}: {error}"));
        assert!(expression.evaluate(taken), "{name}: {text}");
    }
    let copyleft = Expression::parse("MIT AND GPL-3.0-only").expect("an expression");
    assert!(!copyleft.evaluate(taken));
}

/// A dependency that is no published version may change under our feet.
#[test]
fn every_dependency_is_a_published_version() {
    for package in packages() {
        let (name, source) = (&package["name"], package["source"].as_str());
        let ours = source.is_none() && package["license"] == "EUPL-1.2";
        assert!(ours || source.is_some_and(|it| it.starts_with("registry+")), "{name}: {source:?}");
    }
}
