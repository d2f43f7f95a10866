//! Archives from the command line: made of a closed period, and judged without any database.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use kernel::{Actor, CompanyNumber, Door, Fault, Faults, Language};
use serde_json::json;
use store::audit::Access;
use web::archive::{Verdict, make, verify};

use crate::audit::{Keying, key_of, unusable};

/// Make the archive of a closed period, or judge one.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Archiving {
    #[command(subcommand)]
    pub task: Option<ArchiveTask>,
    #[command(flatten)]
    pub making: Making,
}

#[derive(Debug, Subcommand)]
pub enum ArchiveTask {
    /// Judge an archive, without any database: tell what was changed, removed or added.
    Verify(Verifying),
}

#[derive(Debug, Args)]
pub struct Making {
    #[command(flatten)]
    pub keying: Keying,
    /// The number of the company.
    #[arg(long, default_value_t = 1)]
    pub company: i64,
    /// What is closed: a day, a month or a fiscal year, as in 2026-10-03, 2026-10 or 2026.
    #[arg(long)]
    pub period: Option<String>,
    /// The file to write; it must not exist.
    #[arg(long)]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Verifying {
    pub archive: PathBuf,
    /// The public key, or the file that holds it; else the one in the archive.
    #[arg(long)]
    pub key: Option<String>,
}

impl Archiving {
    /// # Errors
    /// `archive.*`, `audit.*`, `data.file`, `store.*`.
    pub fn run(&self, language: Language) -> Result<ExitCode, Faults> {
        match &self.task {
            Some(ArchiveTask::Verify(verifying)) => verifying.run(language),
            None => self.making.run().map(|()| ExitCode::SUCCESS),
        }
    }
}

impl Making {
    fn run(&self) -> Result<(), Faults> {
        let period = self.period.as_deref().ok_or_else(|| Fault::new("archive.no_period"))?;
        let Keying { database, audit_key } = &self.keying;
        let (store, company) = (database.open()?, CompanyNumber(self.company));
        store.currency(company)?;
        let key = key_of(audit_key.as_deref(), &database.data)?;
        let made = make(&store, &key, company, period, store::now())?;
        let out = self.out.clone().unwrap_or_else(|| PathBuf::from(&made.name));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&out);
        let written = file.and_then(|mut file| {
            file.write_all(&made.bytes)?;
            file.sync_all()
        });
        written.map_err(|error| unusable(&out, &error))?;
        let house = Actor::house(company, Door::Console);
        let access = Access::new("exported", "closing").detail(json!({ "file": made.name }));
        store.note_each(&house, access)?;
        crate::say(&out.display().to_string());
        Ok(())
    }
}

impl Verifying {
    fn run(&self, language: Language) -> Result<ExitCode, Faults> {
        let bytes =
            std::fs::read(&self.archive).map_err(|error| unusable(&self.archive, &error))?;
        let named = self.key.as_ref().map(|key| match std::fs::read_to_string(key) {
            Ok(text) => text,
            Err(_) => key.clone(),
        });
        let verdict = verify(&bytes, named.as_deref())?;
        for fault in &verdict.findings {
            crate::say(&format!("{} ({})", kernel::sentence(fault, language), fault.code));
        }
        crate::say(&told(&verdict, language));
        let whole = verdict.findings.is_empty();
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn told(verdict: &Verdict, language: Language) -> String {
    let Verdict { period, made, closings, documents, key, .. } = verdict;
    let whole = verdict.findings.is_empty();
    let mut out = match (language, whole) {
        (Language::French, true) => format!(
            "L’archive {period}, faite le {made}, est intacte : {closings} clôtures, {documents} \
             pièces.\nClé : {key}"
        ),
        (Language::English, true) => format!(
            "Archive {period}, made at {made}, is whole: {closings} closings, {documents} \
             documents.\nKey: {key}"
        ),
        (Language::French, false) => "L’archive a été touchée.".to_owned(),
        (Language::English, false) => "The archive was tampered with.".to_owned(),
    };
    if whole && verdict.own_key {
        out.push_str(match language {
            Language::French => {
                "\nCette clé est celle de l’archive : comparez-la à celle que vous gardez ailleurs."
            }
            Language::English => {
                "\nThis key is the archive’s own: compare it with the one that you keep elsewhere."
            }
        });
    }
    out
}
