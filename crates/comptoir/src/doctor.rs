//! Every invariant, checked on every company.

use std::process::ExitCode;

use kernel::{Actor, Door, Fault, Faults, Language};
use store::Store;

use crate::options::Database;

/// Prints what is wrong, a line each. Ends with 0 when nothing is, else with 1.
///
/// # Errors
/// `store.*`.
pub fn run(database: &Database, language: Language) -> Result<ExitCode, Faults> {
    let store = database.open()?;
    let mut sick = 0;
    for (company, fault) in examine(&store)? {
        println!("{company}: {} ({})", kernel::sentence(&fault, language), fault.code);
        sick += 1;
    }
    println!(
        "{}",
        match (language, sick) {
            (Language::French, 0) => "Tous les invariants tiennent.".to_owned(),
            (Language::English, 0) => "Every invariant holds.".to_owned(),
            (Language::French, count) => format!("{count} anomalie(s)."),
            (Language::English, count) => format!("{count} finding(s)."),
        }
    );
    Ok(if sick == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is wrong, with the number of the company.
///
/// # Errors
/// `store.*`.
pub fn examine(store: &Store) -> Result<Vec<(i64, Fault)>, Faults> {
    let mut found = Vec::new();
    for company in store.companies()? {
        let actor = Actor::house(company, Door::Console);
        let findings = store.read(&actor, processes::doctor::findings)?;
        found.extend(findings.iter().map(|finding| (company.0, finding.fault())));
    }
    Ok(found)
}
