//! Where everything is kept: one description, two databases.
//!
//! A door gives a command to [`Store::command`]; the store opens the transaction, hands the command
//! a [`Tx`], and commits. Nothing else commits.

mod among;
mod at_rest;
pub mod audit;
mod cell;
mod changed;
mod chunks;
mod clock;
mod companies;
mod condition;
mod described;
mod feed;
mod groups;
mod horizon;
mod key;
mod link;
mod location;
mod log;
pub mod migrate;
mod postgres;
mod record;
mod remembered;
mod schema;
mod search;
mod secrets;
mod server;
mod session;
mod sqlite;
mod steady;
mod table;
pub mod tree;
mod writer;

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use kernel::{Actor, Catalog, CompanyNumber, Context, Currency, Fault, Faults, Instant, Tx};
use serde_json::Value as Json;

pub use at_rest::{encrypted, opens, rewrite, settle};
pub use clock::{now, stop_clock};
pub use feed::{Audited, Done, Due, Told};
pub use groups::{By, Groups};
pub use key::Key;
pub use location::{Embedded, Location};
pub use schema::draw;
pub use search::fold;
pub use table::Dialect;

use cell::Cell;
use described::Described;
use remembered::Remembered;
use session::Session;
use steady::{Seen, Steady};
use table::Tables;

enum Engine {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(Arc<postgres::Postgres>),
}

struct Inside {
    catalog: &'static Catalog,
    tables: Tables,
    engine: Engine,
    currencies: RwLock<HashMap<CompanyNumber, Currency>>,
    demonstrations: RwLock<HashMap<CompanyNumber, bool>>,
    steady: Steady,
    accesses: audit::Accesses,
    secrets: secrets::Secrets,
    horizons: horizon::Horizons,
    /// What signs the audit, where this process seals it.
    audit_key: std::sync::OnceLock<Arc<tree::note::SigningKey>>,
}

/// The store. A handle: clone it freely.
#[derive(Clone)]
pub struct Store(Arc<Inside>);

/// A command on its way in: who asks, under which key, at what time.
#[derive(Debug, Clone)]
pub struct Call {
    pub actor: Actor,
    key: Option<String>,
    fingerprint: String,
    at: Option<Instant>,
}

impl Call {
    #[must_use]
    pub const fn new(actor: Actor) -> Self {
        Self { actor, key: None, fingerprint: String::new(), at: None }
    }
    /// The same key gives the same answer and one effect, also when the first try was cut off.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
    /// What was asked, in short: a key used again for something else is refused.
    #[must_use]
    pub fn fingerprint(mut self, fingerprint: impl Into<String>) -> Self {
        self.fingerprint = fingerprint.into();
        self
    }
    /// The time of the command, when it is not now: history being replayed.
    #[must_use]
    pub const fn at(mut self, at: Instant) -> Self {
        self.at = Some(at);
        self
    }
}

/// Chance, from the system.
pub(crate) fn chance() -> Result<u64, Fault> {
    getrandom::u64().map_err(|_| Fault::new("store.unavailable"))
}

/// `count` bytes of chance, for tokens.
///
/// # Errors
/// `store.unavailable` when the system gives none.
pub fn random_bytes<const COUNT: usize>() -> Result<[u8; COUNT], Fault> {
    let mut bytes = [0; COUNT];
    getrandom::fill(&mut bytes).map_err(|_| Fault::new("store.unavailable"))?;
    Ok(bytes)
}

/// A system that gives no chance cannot make a secret: the door answers 500.
fn secret() -> [u8; 32] {
    random_bytes().unwrap_or_else(|_| panic!("the system gives no chance"))
}

impl Store {
    /// Opens a database. The schema must be there: see [`migrate`]. A temporary one is drawn
    /// from the catalogue.
    ///
    /// # Errors
    /// `store.unavailable`, `store.url`, `store.*`.
    pub fn open(catalog: &'static Catalog, location: &Location) -> Result<Self, Fault> {
        Self::open_under(catalog, location, None)
    }

    /// The same. On PostgreSQL, secrets are sealed under `key`, or left in clear without one; an
    /// encrypted embedded database seals under its own.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub fn open_under(
        catalog: &'static Catalog,
        location: &Location,
        key: Option<&Key>,
    ) -> Result<Self, Fault> {
        let secrets = match location {
            Location::Embedded(file) => secrets::Secrets::under(file.key.as_ref().or(key)),
            Location::Postgres(_) => secrets::Secrets::under(key),
            Location::Temporary => secrets::Secrets::under(Some(&Key::new()?)),
        };
        let engine = match location {
            Location::Embedded(file) => Engine::Sqlite(sqlite::Sqlite::open(file.clone())?),
            Location::Postgres(url) => Engine::Postgres(postgres::Postgres::open(url)?),
            Location::Temporary => {
                let name = format!("comptoir-{:016x}.db", chance()?);
                Engine::Sqlite(sqlite::Sqlite::temporary(std::env::temp_dir().join(name))?)
            }
        };
        let tables = Tables::new(catalog);
        let (currencies, steady) = (RwLock::default(), Steady::new());
        let (accesses, audit_key) = (audit::Accesses::default(), std::sync::OnceLock::new());
        let store = Self(Arc::new(Inside {
            catalog,
            tables,
            engine,
            currencies,
            demonstrations: RwLock::default(),
            steady,
            accesses,
            secrets,
            horizons: horizon::Horizons::default(),
            audit_key,
        }));
        if matches!(location, Location::Temporary) {
            store.draw_schema().map_err(first)?;
        }
        Ok(store)
    }

    #[must_use]
    pub fn catalog(&self) -> &'static Catalog {
        self.0.catalog
    }

    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self.0.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Makes every table of the catalogue in an empty database, without migrations: for tests, and
    /// for measuring.
    ///
    /// # Errors
    /// `store.*`.
    pub fn draw_schema(&self) -> Result<(), Faults> {
        let text = schema::draw(self.0.catalog, self.dialect());
        self.write(move |session| Ok(session.script(&text)?))
    }

    /// Reads, on one snapshot. What is written inside is refused by the database.
    ///
    /// # Errors
    /// Those of `work`, `store.*`.
    pub fn read<T>(
        &self,
        actor: &Actor,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Faults>,
    ) -> Result<T, Faults> {
        let context = self.context(actor.clone(), None)?;
        let envelope = self.envelope(actor.company.0)?;
        self.look(|session| {
            let mut backend = self.described(session, Seen::default(), envelope, &context);
            work(&mut Tx::new(&mut backend, context).shown(self.0.catalog))
        })
    }

    /// Runs a command in one transaction and commits it: all of it, or nothing.
    ///
    /// The work may be run again when it met another; it must have no effect but on its [`Tx`].
    ///
    /// # Errors
    /// Those of `work`; `idempotency.reused`; `store.conflict` after five tries; `store.*`.
    pub fn command(
        &self,
        call: Call,
        work: impl Fn(&mut Tx<'_>) -> Result<Json, Faults> + Send + Sync + 'static,
    ) -> Result<Json, Faults> {
        let store = self.clone();
        // Known before the writer's turn comes: its thread never waits for another connection.
        self.currency(call.actor.company)?;
        let envelope = self.envelope_to_write(call.actor.company.0)?;
        let text = self.answer(move |session| {
            let seen = match store.remembered(session, &call)? {
                Remembered::Answer(answer) => return Ok(answer),
                Remembered::Nothing(seen) => seen,
            };
            let context = store.context(call.actor.clone(), call.at)?;
            let now = context.now;
            let mut backend = store.described(session, seen, envelope.clone(), &context);
            let mut tx = Tx::new(&mut backend, context);
            let answer = work(&mut tx)?.to_string();
            tx.finish()?;
            store.remember(session, &call, now, &answer)?;
            Ok(answer)
        })?;
        Ok(serde_json::from_str(&text).map_err(|_| cell::unreadable())?)
    }

    fn described<'s>(
        &'s self,
        session: &'s mut dyn Session,
        seen: Seen,
        envelope: Option<Arc<secrets::Envelope>>,
        context: &Context,
    ) -> Described<'s> {
        let (tables, steady) = (&self.0.tables, &self.0.steady);
        let (actor, now) = (context.actor.clone(), context.now);
        Described { session, tables, steady, seen, envelope, actor, now }
    }

    fn context(&self, actor: Actor, at: Option<Instant>) -> Result<Context, Faults> {
        let currency = self.currency(actor.company)?;
        let now = at.unwrap_or_else(now);
        Ok(Context { actor, now, currency, seed: clock::seed()?, secret })
    }

    /// The currency of a company's accounts.
    ///
    /// # Errors
    /// `company.unknown`.
    pub fn currency(&self, company: CompanyNumber) -> Result<Currency, Faults> {
        let known = self.0.currencies.read().ok().and_then(|known| known.get(&company).copied());
        if let Some(currency) = known {
            return Ok(currency);
        }
        let rows = self.look(|session| {
            let text = "select currency from tenant where company = $1";
            Ok(session.query(text, &[Cell::Integer(company.0)])?)
        })?;
        let unknown = || Fault::new("company.unknown").with("company", company.0);
        let code = rows.into_iter().flatten().next().ok_or_else(unknown)?.text()?;
        let currency = Currency::of(&code)?;
        if let Ok(mut known) = self.0.currencies.write() {
            known.insert(company, currency);
        }
        Ok(currency)
    }

    // ——— one door to each engine ———

    fn look<T>(
        &self,
        work: impl FnOnce(&mut dyn Session) -> Result<T, Faults>,
    ) -> Result<T, Faults> {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.read(work),
            Engine::Postgres(postgres) => postgres.read(work),
        }
    }

    fn answer(
        &self,
        work: impl Fn(&mut dyn Session) -> Result<String, Faults> + Send + 'static,
    ) -> Result<String, Faults> {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.command(Box::new(work)),
            Engine::Postgres(postgres) => postgres.command(&work),
        }
    }

    fn write(
        &self,
        work: impl Fn(&mut dyn Session) -> Result<(), Faults> + Send + 'static,
    ) -> Result<(), Faults> {
        self.answer(move |session| work(session).map(|()| String::new())).map(drop)
    }

    /// Keeps from now on what commands write, to measure it alone: see [`Store::write_again`].
    ///
    /// # Errors
    /// `store.elsewhere` on PostgreSQL.
    pub fn start_record(&self) -> Result<(), Fault> {
        self.sqlite().map(|sqlite| sqlite.start_record())
    }

    /// Writes what was recorded into a copy of the database made when the record began: the same
    /// rows by bare prepared statements, in the same commits. Tells how long it took.
    ///
    /// # Errors
    /// `store.elsewhere` on PostgreSQL; `store.*`.
    pub fn write_again(&self, copy: &std::path::Path) -> Result<std::time::Duration, Fault> {
        self.sqlite()?.write_again(copy)
    }

    fn sqlite(&self) -> Result<&sqlite::Sqlite, Fault> {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => Ok(sqlite),
            Engine::Postgres(_) => Err(Fault::new("store.elsewhere")),
        }
    }

    /// Copies the embedded database to one file, as it is now.
    ///
    /// # Errors
    /// `store.elsewhere` on PostgreSQL, whose own tools do it; `store.*`.
    pub fn copy_to(&self, path: &std::path::Path) -> Result<(), Fault> {
        self.sqlite()?.copy_to(path)
    }
}

/// The first of several refusals, where only one can be told.
fn first(mut faults: Faults) -> Fault {
    if faults.0.is_empty() { Fault::new("store.mistake") } else { faults.0.remove(0) }
}
