//! Measures, as ratios within one run. Nothing here is asserted by a test.

mod audit;
mod cpu;
pub mod lane;
mod listing;
mod o2c;
pub mod world;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use kernel::Faults;
pub use listing::fill;
use store::Location;

use crate::options::Database;

/// How many cycles, or pages, each client runs before the measure.
const WARMING: usize = 25;

#[derive(Debug, Args)]
pub struct Benching {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Order to cash: an order of three lines from its entry to its payment, in six commands.
    O2c(Measure),
    /// What sealing the audit adds to order to cash, and what proofs and notes take.
    Audit(Measure),
    /// The page of the 50 newest orders out of a million.
    List(Measure),
}

/// What is common to the measures.
#[derive(Debug, Args)]
pub struct Measure {
    /// How many ask at once.
    #[arg(long, default_value_t = 8)]
    pub clients: usize,
    /// How many cycles, or pages, in all.
    #[arg(long, default_value_t = 2000)]
    pub cycles: usize,
    /// How many orders the list is taken from.
    #[arg(long, default_value_t = 1_000_000)]
    pub rows: usize,
    /// Without HTTP: the commands are given to the store by threads of this process.
    #[arg(long)]
    pub in_process: bool,
    /// An empty PostgreSQL database instead of a new folder.
    #[arg(long)]
    pub database: Option<String>,
    /// With the embedded database in clear.
    #[arg(long)]
    pub unencrypted: bool,
}

impl Benching {
    /// # Errors
    /// `store.*`, `bench.*`.
    pub fn run(&self) -> Result<(), Faults> {
        match &self.what {
            What::O2c(measure) => o2c::run(measure),
            What::Audit(measure) => audit::run(measure),
            What::List(measure) => listing::run(measure),
        }
    }
}

/// A new folder for the measure, removed at its end.
struct Ground {
    folder: PathBuf,
}

impl Ground {
    fn new() -> Result<Self, kernel::Fault> {
        let folder = std::env::temp_dir().join(format!("comptoir-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| {
            let place = folder.display().to_string();
            kernel::Fault::new("data.folder").with("place", place).with("said", error.to_string())
        })?;
        Ok(Self { folder })
    }

    fn location(&self, measure: &Measure) -> Result<Location, kernel::Fault> {
        // As anyone's: the server of the measure finds the key where it looks for it.
        let database = Database {
            data: self.folder.clone(),
            database: measure.database.clone(),
            unencrypted: measure.unencrypted,
            ..Database::default()
        };
        database.location()
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        // It lies in the system's temporary place: a leftover harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The `share`-th thousandth of sorted durations, in microseconds.
fn quantile(sorted: &[u64], thousandth: usize) -> u64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((sorted.len() * thousandth / 1000).min(last)).copied().unwrap_or(0)
}
