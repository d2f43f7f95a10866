//! The audit from the command line, and the one who seals it while the program serves.

mod file;
mod key;
mod letter;
mod sealer;
pub mod seen;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use kernel::{Actor, CompanyNumber, Door, Fault, Faults, Language, Origin, RawId};
use store::audit::Reach;

use crate::mail::Postman;
use crate::options::Database;

pub use file::{export, verify};
pub use key::{KeyFile, key_of};
pub use letter::Letters;
pub use sealer::{Sealer, Witness, Witnesses, start};

/// Where the signing key is, and who else keeps the checkpoints.
#[derive(Debug, Clone, Default, Args)]
pub struct Sealing {
    /// The file of the key that signs the audit; beside the database unless told.
    #[arg(long, env = "COMPTOIR_AUDIT_KEY")]
    pub audit_key: Option<PathBuf>,
    /// A file, best on another disk or host, to which each checkpoint of the audit is appended.
    #[arg(long, env = "COMPTOIR_WITNESS")]
    pub witness: Option<PathBuf>,
    /// An address to which a checkpoint of each company is mailed once a day.
    #[arg(long, env = "COMPTOIR_WITNESS_MAIL", requires = "smtp")]
    pub witness_mail: Option<String>,
}

impl Sealing {
    /// Who else keeps the checkpoints.
    #[must_use]
    pub fn witnesses(&self, postman: Option<Postman>) -> Witnesses {
        let mail = postman.zip(self.witness_mail.clone());
        let mail = mail.map(|(postman, to)| Letters::new(postman, to));
        Witnesses { file: self.witness.clone().map(Witness), mail }
    }
}

/// The audit: its key, its export, its verification.
#[derive(Debug, Args)]
pub struct Auditing {
    #[command(subcommand)]
    pub task: AuditTask,
}

#[derive(Debug, Subcommand)]
pub enum AuditTask {
    /// Print the public key of each company's log, and make the key if there is none.
    Key(Keying),
    /// Write the whole sealed log of a company to a file.
    Export(Exporting),
    /// Judge an exported log by its checkpoints and the public key, without any database.
    Verify(Verifying),
    /// Print the last checkpoint of a company's log.
    Checkpoint(Keying),
    /// Erase what the lines about one record say of it, for good. The tree stands, and the act is
    /// a line of its own.
    Erase(Erasing),
}

#[derive(Debug, Args)]
pub struct Keying {
    #[command(flatten)]
    pub database: Database,
    #[arg(long, env = "COMPTOIR_AUDIT_KEY")]
    pub audit_key: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Exporting {
    #[command(flatten)]
    pub keying: Keying,
    /// The number of the company.
    #[arg(long, default_value_t = 1)]
    pub company: i64,
    /// The file to write; it must not exist.
    pub to: PathBuf,
}

#[derive(Debug, Args)]
pub struct Erasing {
    #[command(flatten)]
    pub database: Database,
    /// The number of the company.
    #[arg(long, default_value_t = 1)]
    pub company: i64,
    /// Who asked, and by which right: it stays in the log.
    #[arg(long)]
    pub reason: String,
    /// The record: its entity and its id, as in `party/0197…`.
    pub record: String,
}

#[derive(Debug, Args)]
pub struct Verifying {
    /// The exported log.
    #[arg(long)]
    pub log: PathBuf,
    /// A file of one or more checkpoints: a witness file, or one kept elsewhere.
    #[arg(long)]
    pub checkpoint: PathBuf,
    /// The public key, or the file that holds it.
    #[arg(long)]
    pub pubkey: String,
}

impl Auditing {
    /// # Errors
    /// `audit.*`, `data.file`, `store.*`.
    pub fn run(&self, language: Language) -> Result<ExitCode, Faults> {
        match &self.task {
            AuditTask::Key(keying) => keying.print()?,
            AuditTask::Checkpoint(keying) => keying.print_checkpoints()?,
            AuditTask::Export(exporting) => exporting.run()?,
            AuditTask::Erase(erasing) => erasing.run()?,
            AuditTask::Verify(verifying) => return verifying.run(language),
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Keying {
    fn print(&self) -> Result<(), Faults> {
        let key = key_of(self.audit_key.as_deref(), &self.database.data)?;
        for company in self.database.open()?.companies()? {
            println!("{}", key.public(company.0));
        }
        Ok(())
    }

    fn print_checkpoints(&self) -> Result<(), Faults> {
        let store = self.database.open()?;
        for company in store.companies()? {
            if let Some(last) = store.checkpoint(company)? {
                println!("{}", last.note);
            }
        }
        Ok(())
    }
}

impl Exporting {
    fn run(&self) -> Result<(), Faults> {
        let Keying { database, audit_key } = &self.keying;
        let (store, company) = (database.open()?, CompanyNumber(self.company));
        store.currency(company)?;
        let key = key_of(audit_key.as_deref(), &database.data)?;
        store.seal_all(company, &key, Reach::All, &mut |_| {})?;
        let count = file::export(&store, company, &self.to)?;
        println!("{}: {count}", self.to.display());
        Ok(())
    }
}

impl Erasing {
    fn run(&self) -> Result<(), Faults> {
        let (store, company) = (self.database.open()?, CompanyNumber(self.company));
        store.currency(company)?;
        let (name, id) = self.record.split_once('/').unwrap_or((&self.record, ""));
        let unknown = || Fault::new("reference.unknown").with("id", self.record.as_str());
        let entity = store.catalog().entity(name).ok_or_else(unknown)?.name;
        let about = Origin { entity, id: RawId::parse(id)? };
        let house = Actor::house(company, Door::Console);
        let erased = store.erase(&house, about, &self.reason)?;
        println!("{}: {}", self.record, erased.lines);
        Ok(())
    }
}

impl Verifying {
    fn run(&self, language: Language) -> Result<ExitCode, Faults> {
        let public = match std::fs::read_to_string(&self.pubkey) {
            Ok(text) => text,
            Err(_) => self.pubkey.clone(),
        };
        let judged = file::verify(&self.log, &self.checkpoint, &public)?;
        for fault in &judged.findings {
            println!("{} ({})", kernel::sentence(fault, language), fault.code);
        }
        print!("{}", told(&judged, language));
        Ok(if judged.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// What is said at the end of a verification.
fn told(verdict: &store::tree::verify::Verdict, language: Language) -> String {
    let size = language.integer(i64::try_from(verdict.size).unwrap_or(i64::MAX));
    let held = language.integer(i64::try_from(verdict.held).unwrap_or(i64::MAX));
    let erased = language.integer(i64::try_from(verdict.erased.len()).unwrap_or(i64::MAX));
    let root = store::tree::note::encode(&verdict.root);
    let whole = verdict.findings.is_empty();
    match (language, whole) {
        (Language::French, true) => format!(
            "{size} lignes : le journal est intact.\nRacine : {root}\nLignes effacées : {erased}\n"
        ),
        (Language::English, true) => {
            format!("{size} lines: the log is whole.\nRoot: {root}\nErased lines: {erased}\n")
        }
        (Language::French, false) => {
            format!("{size} lignes lues ; tout tient jusqu’à la ligne {held}.\n")
        }
        (Language::English, false) => {
            format!("{size} lines read; all holds up to line {held}.\n")
        }
    }
}

/// A file that cannot be read or written.
pub(crate) fn unusable(place: &std::path::Path, error: &std::io::Error) -> Fault {
    let place = place.display().to_string();
    Fault::new("data.file").with("place", place).with("said", error.to_string())
}
