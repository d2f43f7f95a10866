//! The command line.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use store::{Embedded, Location, Store};

use crate::{MIGRATIONS, catalog};

/// Comptoir: an ERP and CRM in one binary.
#[derive(Debug, Parser)]
#[command(name = "comptoir", version, about)]
pub struct Options {
    #[command(subcommand)]
    pub task: Task,
}

#[derive(Debug, Subcommand)]
pub enum Task {
    /// Serve the web pages and the API.
    Serve(Serving),
    /// Fill an empty folder with a French company at work, then serve it.
    Demo(Serving),
    /// Open the books of a new company.
    Open(crate::opening::Opening),
    /// Run the schema migrations, or draft the next one.
    Migrate(Migrating),
    /// Replay a real wholesaler's year: `replay online-retail FOLDER`.
    Replay(crate::replay::Replaying),
    /// Check every invariant; tell the row that breaks one.
    Doctor(Database),
    /// The audit: its public key, its export, its verification.
    Audit(crate::audit::Auditing),
    /// Archives: of a closed period, signed, to be checked by anyone.
    Archive(crate::archive::Archiving),
    /// The key that the embedded database is encrypted with.
    Key(crate::keys::Keying),
    /// Copy the embedded database to one file.
    Backup(crate::backup::Backing),
    /// Measure.
    Bench(crate::bench::Benching),
}

/// Where the database is.
#[derive(Debug, Clone, Default, Args)]
pub struct Database {
    /// The folder of the embedded database.
    #[arg(long, default_value = "comptoir-data")]
    pub data: PathBuf,
    /// A PostgreSQL database instead: postgres://user@host/name.
    #[arg(long)]
    pub database: Option<String>,
    /// The file of the key that the embedded database is encrypted with; without it `comptoir.key`,
    /// among the credentials of systemd or in the folder of the data.
    #[arg(long, env = "COMPTOIR_KEY")]
    pub key: Option<PathBuf>,
    /// Keep a new embedded database in clear: the disk is encrypted already, or speed matters more.
    #[arg(long)]
    pub unencrypted: bool,
}

#[derive(Debug, Clone, Args)]
pub struct Serving {
    #[command(flatten)]
    pub database: Database,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// TLS ends at a proxy before us: cookies are marked secure, and other addresses than loopback
    /// may be listened on.
    #[arg(long)]
    pub behind_proxy: bool,
    #[command(flatten)]
    pub tls: crate::tls::Tls,
    /// The address by which people reach this installation, for the links of letters:
    /// https://comptoir.example. Not needed on this machine alone.
    #[arg(long, env = "COMPTOIR_ADDRESS")]
    pub address: Option<String>,
    /// The mail server that sends our letters: smtp://[user:password@]host:port.
    #[arg(long, env = "COMPTOIR_SMTP")]
    pub smtp: Option<String>,
    /// A host that may be called at addresses typed into the settings, though it is on this machine
    /// or in its network, or speaks in clear: an identity provider of the house. Once for each.
    #[arg(long, value_name = "HOST")]
    pub allow_outgoing: Vec<String>,
    #[command(flatten)]
    pub sealing: crate::audit::Sealing,
}

#[derive(Debug, Args)]
pub struct Migrating {
    #[command(flatten)]
    pub database: Database,
    /// Print the SQL that would bring the live schema to the described one.
    #[arg(long)]
    pub draft: bool,
}

impl Database {
    /// The file of the embedded database.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.data.join("comptoir.db")
    }

    /// Where it is, with the key that opens it; a new embedded database gets one.
    ///
    /// # Errors
    /// `key.*`, `data.folder`.
    pub fn location(&self) -> Result<Location, kernel::Fault> {
        Ok(match &self.database {
            Some(url) => Location::Postgres(url.clone()),
            None => {
                let key = crate::keys::of(self)?;
                Location::Embedded(Embedded::clear(self.file()).with_key(key))
            }
        })
    }

    /// Opens the database and brings its schema up to date: the embedded one by itself, after a
    /// copy; PostgreSQL when it is empty, else by `comptoir migrate`.
    ///
    /// # Errors
    /// `store.*`, `data.folder`.
    pub fn open(&self) -> Result<Store, kernel::Faults> {
        let folder = std::fs::create_dir_all(&self.data);
        folder.map_err(|error| {
            let place = self.data.display().to_string();
            kernel::Fault::new("data.folder").with("place", place).with("said", error.to_string())
        })?;
        let store = self.opened()?;
        let number = store.schema_number()?;
        let newest = MIGRATIONS.last().map_or(0, |migration| migration.number);
        if number == 0 {
            store.migrate(MIGRATIONS)?;
        } else if number < newest && self.database.is_none() {
            keep_before(&store, &self.data, newest)?;
            store.migrate(MIGRATIONS)?;
            seed_roles(&store)?;
        }
        store.check_schema()?;
        store.seal_secrets()?;
        Ok(store)
    }

    /// Opens it as it is, with what seals its secrets.
    ///
    /// # Errors
    /// `key.*`, `store.*`.
    pub fn opened(&self) -> Result<Store, kernel::Faults> {
        let secrets = crate::keys::of_secrets(self)?;
        Ok(Store::open_under(catalog(), &self.location()?, secrets.as_ref())?)
    }
}

/// Gives each company the ready roles that it does not have: those of a new version.
fn seed_roles(store: &Store) -> Result<(), kernel::Faults> {
    for company in store.companies()? {
        let house = kernel::Actor::house(company, kernel::Door::Console);
        store.command(store::Call::new(house), |tx| {
            identity::access::seed(tx)?;
            Ok(serde_json::Value::Null)
        })?;
    }
    Ok(())
}

/// Copies the embedded database before a migration, beside what an earlier try left.
fn keep_before(store: &Store, folder: &Path, newest: i64) -> Result<(), kernel::Fault> {
    let name = |rank: u32| match rank {
        1 => format!("before-migration-{newest}.db"),
        _ => format!("before-migration-{newest}-{rank}.db"),
    };
    let mut places = (1..).map(|rank| folder.join(name(rank)));
    match places.find(|place| !place.exists()) {
        Some(place) => store.copy_to(&place),
        None => Ok(()),
    }
}

impl Migrating {
    /// # Errors
    /// `store.*`.
    pub fn run(&self) -> Result<(), kernel::Faults> {
        if self.draft {
            let store = self.database.opened()?;
            let drawn = if store.schema_number()? == 0 {
                store::draw(catalog(), store.dialect())
            } else {
                store.schema_differences()?.join("\n")
            };
            print!("{drawn}");
            return Ok(());
        }
        let store = self.database.opened()?;
        let newest = MIGRATIONS.last().map_or(0, |migration| migration.number);
        if self.database.database.is_none() && (1..newest).contains(&store.schema_number()?) {
            keep_before(&store, &self.database.data, newest)?;
        }
        for name in store.migrate(MIGRATIONS)? {
            println!("{name}");
        }
        store.check_schema()?;
        seed_roles(&store)
    }
}
