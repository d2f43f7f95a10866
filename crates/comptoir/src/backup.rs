//! A copy of the embedded database, made while it serves.

use std::path::PathBuf;

use clap::Args;
use kernel::Faults;

use crate::options::Database;

#[derive(Debug, Args)]
pub struct Backing {
    #[command(flatten)]
    pub database: Database,
    /// The file to write; it must not exist.
    pub to: PathBuf,
}

impl Backing {
    /// # Errors
    /// `store.elsewhere` on PostgreSQL, `store.*`.
    pub fn run(&self) -> Result<(), Faults> {
        let store = self.database.opened()?;
        store.copy_to(&self.to)?;
        println!("{}", self.to.display());
        Ok(())
    }
}
