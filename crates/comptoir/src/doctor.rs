//! Every invariant, checked on every company.

use std::process::ExitCode;

use kernel::{Actor, Door, Fault, Faults, Language};
use store::Store;
use store::tree::note::SigningKey;

use crate::audit::KeyFile;
use crate::options::Database;

/// Prints what is wrong, a line each. Ends with 0 when nothing is, else with 1.
///
/// # Errors
/// `store.*`.
pub fn run(database: &Database, language: Language) -> Result<ExitCode, Faults> {
    let store = database.open()?;
    let mut sick = 0;
    let named = std::env::var_os("COMPTOIR_AUDIT_KEY").map(std::path::PathBuf::from);
    let key = KeyFile::find(named.as_deref(), &database.data).read().ok();
    let mut found = examine(&store)?;
    found.extend(examine_audit(&store, key.as_ref())?);
    for (company, fault) in found {
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
        let secrets = store.examine_secrets(company)?;
        found.extend(secrets.into_iter().map(|fault| (company.0, fault)));
    }
    Ok(found)
}

/// What is wrong with the audit: lines changed, removed, added or put elsewhere since they were
/// sealed. Signatures are read where the key is at hand.
///
/// # Errors
/// `store.*`.
pub fn examine_audit(store: &Store, key: Option<&SigningKey>) -> Result<Vec<(i64, Fault)>, Faults> {
    let mut found = Vec::new();
    for company in store.companies()? {
        let public = key.map(|key| key.public(company.0));
        let verdict = store.judge_log(company, public.as_ref())?;
        found.extend(verdict.findings.into_iter().map(|fault| (company.0, fault)));
    }
    Ok(found)
}
