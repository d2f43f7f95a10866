//! Who saw what, came in, went out, or was refused: lines of their own, beside those of changes, in
//! the same tree. The readers of what changed never meet them.
//!
//! The same person seeing the same thing again within a few minutes is one line. What shows a
//! record or takes data out is written before its answer leaves; lists are gathered and written
//! together a moment later.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use kernel::{Actor, Faults, Instant, RawId};
use serde_json::Value as Json;

use crate::cell::Cell;
use crate::session::Statement;
use crate::table::Dialect;
use crate::{Store, now};

/// How long the same sight is the same line.
pub const SAME: i64 = 5 * 60 * Instant::SECOND;
/// The most sights kept in mind, to tell whether one is new.
const MOST_KEPT: usize = 50_000;

/// Whose a request turned out to be: the gate tells it to those around.
#[derive(Debug, Clone, Default)]
pub struct Whose(Arc<OnceLock<Actor>>);

impl Whose {
    pub fn tell(&self, actor: &Actor) {
        // A request passes one gate, and is told once.
        let _ = self.0.set(actor.clone());
    }
    #[must_use]
    pub fn actor(&self) -> Option<&Actor> {
        self.0.get()
    }
}

/// How many rows a file holds; told with the answer that carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows(pub usize);

/// One access, as it is about to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Access {
    /// `opened`, `listed`, `exported`, `printed`, `signed_in`, `signed_out`, `sign_in_refused`,
    /// `token_refused`,
    /// `forbidden`, `erased`.
    pub verb: &'static str,
    /// The entity of what was seen; empty when it is of none.
    pub entity: String,
    pub record: Option<RawId>,
    /// Where from.
    pub address: String,
    /// What else there is to say: the sieve, the columns, how many rows.
    pub detail: Json,
}

impl Access {
    #[must_use]
    pub fn new(verb: &'static str, entity: &str) -> Self {
        let (entity, address) = (entity.to_owned(), String::new());
        Self { verb, entity, record: None, address, detail: Json::Object(Default::default()) }
    }
    #[must_use]
    pub const fn record(mut self, record: RawId) -> Self {
        self.record = Some(record);
        self
    }
    #[must_use]
    pub fn from(mut self, address: Option<std::net::IpAddr>) -> Self {
        self.address = address.map(|address| address.to_string()).unwrap_or_default();
        self
    }
    #[must_use]
    pub fn detail(mut self, detail: Json) -> Self {
        self.detail = detail;
        self
    }

    /// What makes two sights the same: who, what, through which door and from where. How many rows
    /// a list had at that moment is not part of it.
    fn key(&self, actor: &Actor) -> String {
        let mut what = self.detail.clone();
        if let Json::Object(members) = &mut what {
            members.remove("rows");
        }
        let who = actor.user.map_or_else(String::new, |user| user.to_string());
        let record = self.record.map_or_else(String::new, |record| record.to_string());
        let (company, door) = (actor.company.0, actor.door.name());
        let Self { verb, entity, address, .. } = self;
        format!("{company} {who} {} {door} {verb} {entity} {record} {address} {what}", actor.name)
    }
}

/// An access that waits to be written, and since when.
type Waiting = (Actor, Instant, Access);

/// What was seen lately, and what is still to be written.
#[derive(Debug, Default)]
pub struct Accesses {
    seen: Mutex<HashMap<String, Instant>>,
    waiting: Mutex<Vec<Waiting>>,
}

impl Accesses {
    /// Whether this is new, or known for the last minutes.
    fn is_new(&self, key: String, at: Instant) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_KEPT {
            seen.retain(|_, since| at.0 - since.0 < SAME);
        }
        if seen.len() >= MOST_KEPT {
            seen.clear();
        }
        let before = seen.get(&key).is_some_and(|since| at.0 - since.0 < SAME);
        if !before {
            seen.insert(key, at);
        }
        !before
    }

    fn wait(&self, one: Waiting) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(one);
    }
}

impl Store {
    /// Notes an access before its answer leaves; one that is known for the last minutes is not
    /// noted again. While the database cannot write, for want of room or whatever else, people read
    /// on: what they see waits in memory, and is written as soon as it can be.
    pub fn note(&self, actor: &Actor, access: Access) {
        let at = now();
        if !self.0.accesses.is_new(access.key(actor), at) {
            return;
        }
        let one = (actor.clone(), at, access);
        if let Err(faults) = self.write_accesses(vec![one.clone()]) {
            tracing::warn!(codes = ?faults.codes(), "an access is noted later");
            self.0.accesses.wait(one);
        }
    }

    /// Notes an access each time: what takes data out, who comes in or is turned away.
    ///
    /// # Errors
    /// `store.*`.
    pub fn note_each(&self, actor: &Actor, access: Access) -> Result<(), Faults> {
        self.write_accesses(vec![(actor.clone(), now(), access)])
    }

    /// Notes an access a moment later, together with others: see [`Store::write_noted`].
    pub fn note_later(&self, actor: &Actor, access: Access) {
        let at = now();
        if self.0.accesses.is_new(access.key(actor), at) {
            self.0.accesses.wait((actor.clone(), at, access));
        }
    }

    /// Writes the accesses that were noted for later.
    ///
    /// # Errors
    /// `store.*`; they wait on then.
    pub fn write_noted(&self) -> Result<(), Faults> {
        let waiting = || self.0.accesses.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let gathered = std::mem::take(&mut *waiting());
        if gathered.is_empty() {
            return Ok(());
        }
        let written = self.write_accesses(gathered.clone());
        if written.is_err() {
            waiting().splice(0..0, gathered);
        }
        written
    }

    fn write_accesses(&self, accesses: Vec<Waiting>) -> Result<(), Faults> {
        self.write(move |session| {
            let dialect = session.dialect();
            let statements: Vec<Statement> = accesses
                .iter()
                .map(|(actor, at, access)| statement(dialect, actor, *at, access))
                .collect();
            session.execute(&statements)?;
            Ok(())
        })
    }
}

/// The statement that writes an access.
pub fn statement(dialect: Dialect, actor: &Actor, at: Instant, access: &Access) -> Statement {
    let text = match dialect {
        Dialect::Sqlite => {
            "insert into access (company, at, actor, actor_name, door, address, entity, record, \
             verb, detail, seq) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
             (select coalesce(max(seq), 0) + 1 from access where company = $1))"
        }
        Dialect::Postgres => {
            "insert into access (company, at, actor, actor_name, door, address, entity, record, \
             verb, detail) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        }
    };
    let params = vec![
        Cell::Integer(actor.company.0),
        at.0.into(),
        actor.user.into(),
        (&*actor.name).into(),
        actor.door.name().into(),
        access.address.as_str().into(),
        access.entity.as_str().into(),
        access.record.into(),
        access.verb.into(),
        access.detail.to_string().into(),
    ];
    Statement { text: text.into(), params }
}
