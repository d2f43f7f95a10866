//! PostgreSQL: kept connections, writes of a command sent together, conflicts tried again.

use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::future::{join, join_all};
use kernel::{Fault, Faults};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::cell::Cell;
use crate::link::Link;
use crate::server::Server;
use crate::session::{self, Session, Statement};
use crate::table::Dialect;

/// How often a command that met another one is tried again.
const TRIES: u32 = 5;
const CONNECTIONS: usize = 24;
/// The statements of a command find rows by keys: one plan serves all their parameters. Without
/// this, PostgreSQL plans many of them anew each time. Readings are planned as it sees fit: what a
/// filter lets through depends on its values.
const BEGIN_COMMAND: &str = "begin; set local plan_cache_mode = force_generic_plan";
/// Seconds between two looks at what has grown.
const LOOKS: [u64; 8] = [1, 1, 2, 4, 8, 15, 30, 60];

/// The connections that nobody uses, and how many there are in all.
#[derive(Default)]
struct Links {
    idle: Vec<Link>,
    open: usize,
}

/// A server, and our connections to it.
pub struct Postgres {
    server: Server,
    links: Mutex<Links>,
    given_back: Condvar,
}

type Error = Box<dyn std::error::Error + Sync + Send>;

impl Postgres {
    pub fn open(url: &str) -> Result<Arc<Self>, Fault> {
        let bad = |said: String| Fault::new("store.url").with("said", said);
        let server = Server::of_url(url).map_err(bad)?;
        let (links, given_back) = (Mutex::default(), Condvar::new());
        let postgres = Arc::new(Self { server, links, given_back });
        // A wrong address is told at start, not at the first click.
        postgres.hold()?.sound = true;
        let weak = Arc::downgrade(&postgres);
        std::thread::Builder::new()
            .name("comptoir-counts".to_owned())
            .spawn(move || count_what_grew(&weak))
            .map_err(|error| bad(error.to_string()))?;
        Ok(postgres)
    }

    /// A connection for one transaction; waits when all are in use.
    fn hold(&self) -> Result<Held<'_>, Fault> {
        let held = |link| Held { postgres: self, link: Some(link), sound: false };
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(mut link) = links.idle.pop() {
                if link.is_alive() {
                    return Ok(held(link));
                }
                links.open -= 1;
            } else if links.open < CONNECTIONS {
                links.open += 1;
                drop(links);
                return Link::open(&self.server).map(held).map_err(|said| {
                    tracing::error!(said, "postgresql");
                    self.forget();
                    Fault::new("store.unavailable").with("said", said)
                });
            } else {
                let waited = self.given_back.wait(links);
                links = waited.unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    fn forget(&self) {
        self.links.lock().unwrap_or_else(PoisonError::into_inner).open -= 1;
        self.given_back.notify_one();
    }

    /// Runs a command in one transaction, again when it met another: 5 times, after a short chance.
    pub fn command(
        &self,
        work: &dyn Fn(&mut dyn Session) -> Result<String, Faults>,
    ) -> Result<String, Faults> {
        let mut tries = 0;
        loop {
            let answer = self.transaction(BEGIN_COMMAND, "commit", work);
            let met = answer.as_ref().is_err_and(|faults| faults.has("store.conflict"));
            tries += 1;
            if !met || tries > TRIES {
                return answer;
            }
            let jitter = crate::chance()? % (4 << tries);
            std::thread::sleep(Duration::from_millis(jitter));
        }
    }

    /// Reads on one snapshot.
    pub fn read<T>(
        &self,
        work: impl FnOnce(&mut dyn Session) -> Result<T, Faults>,
    ) -> Result<T, Faults> {
        let begin = "begin isolation level repeatable read read only";
        let mut held = self.hold()?;
        let Some(link) = &mut held.link else { return Err(Fault::new("store.mistake").into()) };
        let mut open = Open { link, begin: Some(begin), late: Vec::new() };
        let done = work(&mut open);
        if open.begin.is_none() {
            // Nobody waits for the answer; the next to use the connection finds it behind this.
            open.link.tell("rollback");
        }
        held.sound = true;
        done
    }

    fn transaction<T>(
        &self,
        begin: &'static str,
        end: &'static str,
        work: impl FnOnce(&mut dyn Session) -> Result<T, Faults>,
    ) -> Result<T, Faults> {
        let mut held = self.hold()?;
        let Some(link) = &mut held.link else { return Err(Fault::new("store.mistake").into()) };
        let mut open = Open { link, begin: Some(begin), late: Vec::new() };
        let done = work(&mut open);
        let ended = if done.is_ok() { open.end(end) } else { open.give_up() };
        held.sound = ended.is_ok();
        match done {
            Ok(answer) => ended.map(|()| answer).map_err(Faults::from),
            Err(faults) => Err(faults),
        }
    }
}

/// A connection in use. It is given back when its transaction ended as it should, and closed
/// otherwise.
struct Held<'p> {
    postgres: &'p Postgres,
    link: Option<Link>,
    sound: bool,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let Some(link) = self.link.take() else { return };
        if !self.sound {
            return self.postgres.forget();
        }
        self.postgres.links.lock().unwrap_or_else(PoisonError::into_inner).idle.push(link);
        self.postgres.given_back.notify_one();
    }
}

/// PostgreSQL counts the rows of a table once a minute at most, and keeps until then the plans it
/// made for empty ones: it walks whole tables where an index would do. In the first minutes, when
/// tables grow a hundredfold, we have them counted ourselves.
fn count_what_grew(postgres: &Weak<Postgres>) {
    for pause in LOOKS {
        std::thread::sleep(Duration::from_secs(pause));
        let Some(postgres) = postgres.upgrade() else { return };
        let grown = postgres.read(|session| {
            let grown = "select quote_ident(schemaname) || '.' || quote_ident(relname) \
                         from pg_stat_user_tables \
                         where n_mod_since_analyze > 500 + n_live_tup / 5 order by 1";
            let names = session.query(grown, &[])?.into_iter().flatten().map(Cell::text);
            Ok(names.collect::<Result<Vec<String>, Fault>>()?)
        });
        // Each in a transaction of its own: the outbox waits for the oldest that is open.
        let counted = grown.and_then(|names| {
            names.iter().try_for_each(|name| {
                let analyze = format!("analyze {name}");
                postgres.transaction("begin", "commit", |session| Ok(session.script(&analyze)?))
            })
        });
        if let Err(faults) = counted {
            // The plans stay as they are until the database counts by itself.
            tracing::info!(?faults, "tables were not counted");
        }
    }
}

struct Open<'l> {
    link: &'l mut Link,
    /// How the transaction begins; gone with the first statement, in one trip.
    begin: Option<&'static str>,
    /// What leaves with the commit.
    late: Vec<Statement>,
}

impl Open<'_> {
    fn give_up(&mut self) -> Result<(), Fault> {
        if self.begin.is_some() { Ok(()) } else { self.script("rollback") }
    }

    /// A late statement that fails makes the commit behind it a rollback.
    fn end(&mut self, how: &'static str) -> Result<(), Fault> {
        let late = std::mem::take(&mut self.late);
        match (late.is_empty(), self.begin.is_some()) {
            (true, true) => Ok(()),
            (true, false) => self.script(how),
            (false, _) => self.send(&late, Some(how)).map(drop),
        }
    }

    /// Sends statements in one trip, and what ends the transaction behind them.
    fn send(
        &mut self,
        statements: &[Statement],
        end: Option<&'static str>,
    ) -> Result<Vec<u64>, Fault> {
        let mut prepared = Vec::with_capacity(statements.len());
        for Statement { text, .. } in statements {
            prepared.push(self.link.prepared(text).map_err(fault)?);
        }
        if let Some(begin) = self.begin.take() {
            self.script(begin)?;
        }
        let touched = self.link.wait(async |client| {
            // Polled together, they leave together, in this order: one round trip for all.
            let sent = prepared.iter().zip(statements).map(|(prepared, statement)| async move {
                let params: Vec<&(dyn ToSql + Sync)> =
                    statement.params.iter().map(|cell| cell as &(dyn ToSql + Sync)).collect();
                client.execute(prepared, &params).await
            });
            let ended = async {
                match end {
                    Some(end) => client.batch_execute(end).await,
                    None => Ok(()),
                }
            };
            let (touched, ended) = join(join_all(sent), ended).await;
            let touched = touched.into_iter().collect::<Result<Vec<u64>, _>>()?;
            ended.map(|()| touched)
        });
        touched.map_err(fault)
    }
}

impl Session for Open<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn query(&mut self, text: &str, params: &[Cell]) -> Result<Vec<Vec<Cell>>, Fault> {
        let prepared = self.link.prepared(text).map_err(fault)?;
        let params: Vec<&(dyn ToSql + Sync)> =
            params.iter().map(|cell| cell as &(dyn ToSql + Sync)).collect();
        let begin = self.begin.take();
        let rows = self.link.wait(async |client| match begin {
            Some(begin) => {
                let asked = client.query(&prepared, &params);
                let (begun, rows) = join(client.batch_execute(begin), asked).await;
                begun.and(rows)
            }
            None => client.query(&prepared, &params).await,
        });
        rows.map_err(fault)?
            .iter()
            .map(|row| {
                (0..row.len())
                    .map(|at| row.try_get::<_, Cell>(at).map_err(|_| crate::cell::unreadable()))
                    .collect()
            })
            .collect()
    }

    fn execute(&mut self, statements: &[Statement]) -> Result<Vec<u64>, Fault> {
        self.send(statements, None)
    }

    fn execute_late(&mut self, statements: Vec<Statement>) -> Result<(), Fault> {
        self.late.extend(statements);
        Ok(())
    }

    fn execute_at_end(&mut self, statement: Statement) -> Result<(), Fault> {
        self.late.push(statement);
        Ok(())
    }

    fn script(&mut self, text: &str) -> Result<(), Fault> {
        if let Some(begin) = self.begin.take() {
            self.link.wait(async |client| client.batch_execute(begin).await).map_err(fault)?;
        }
        self.link.wait(async |client| client.batch_execute(text).await).map_err(fault)
    }
}

impl ToSql for Cell {
    fn to_sql(&self, kind: &Type, out: &mut bytes::BytesMut) -> Result<IsNull, Error> {
        match self {
            Cell::Null => Ok(IsNull::Yes),
            Cell::Integer(number) if *kind == Type::INT4 => {
                i32::try_from(*number)?.to_sql(kind, out)
            }
            Cell::Integer(number) => number.to_sql(kind, out),
            Cell::Text(text) => text.to_sql(kind, out),
            Cell::Id(bytes) => bytes.as_slice().to_sql(kind, out),
            Cell::Bytes(bytes) => bytes.as_slice().to_sql(kind, out),
        }
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    to_sql_checked!();
}

impl<'a> FromSql<'a> for Cell {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Error> {
        Ok(match *kind {
            Type::INT8 => Cell::Integer(i64::from_sql(kind, raw)?),
            Type::INT4 => Cell::Integer(i32::from_sql(kind, raw)?.into()),
            Type::BOOL => Cell::Integer(bool::from_sql(kind, raw)?.into()),
            Type::BYTEA => crate::cell::of_bytes(raw),
            Type::TEXT | Type::VARCHAR | Type::NAME => Cell::Text(String::from_sql(kind, raw)?),
            ref other => return Err(format!("a column of type {other}").into()),
        })
    }
    fn from_sql_null(_: &Type) -> Result<Self, Error> {
        Ok(Cell::Null)
    }
    fn accepts(_: &Type) -> bool {
        true
    }
}

/// What PostgreSQL said, as a refusal.
fn fault(error: tokio_postgres::Error) -> Fault {
    let Some(said) = error.as_db_error() else {
        tracing::error!(%error, "postgresql");
        return Fault::new("store.unavailable").with("said", error.to_string());
    };
    let constraint = said.constraint().unwrap_or("");
    match *said.code() {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => {
            Fault::new("store.conflict")
        }
        SqlState::UNIQUE_VIOLATION if constraint.ends_with("_pkey") => Fault::new("store.conflict"),
        SqlState::UNIQUE_VIOLATION => session::taken(constraint),
        SqlState::FOREIGN_KEY_VIOLATION => Fault::new("record.used"),
        SqlState::DISK_FULL => Fault::new("store.full"),
        SqlState::RAISE_EXCEPTION => session::raised(said.message())
            .unwrap_or_else(|| Fault::new("store.check").with("said", said.message())),
        SqlState::CHECK_VIOLATION => Fault::new("store.check").with("said", said.message()),
        _ => {
            tracing::error!(%error, code = said.code().code(), detail = said.message(), "postgresql");
            Fault::new("store.mistake").with("said", said.message())
        }
    }
}
