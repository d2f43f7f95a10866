//! The embedded database: one writer thread that commits in groups, readers on snapshots.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use kernel::{Fault, Faults};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, Value as Sql, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, params_from_iter};

use crate::cell::Cell;
use crate::log;
use crate::record::Record;
use crate::session::{self, Session, Statement};
use crate::table::Dialect;
use crate::writer::{Job, Work, Writer};
use crate::{Embedded, at_rest};

const READERS_KEPT: usize = 8;

/// The file, its writer and its readers.
pub struct Sqlite {
    // Let go in this order: without jobs the threads end, and then the file may go.
    jobs: mpsc::Sender<Job>,
    readers: Mutex<Vec<Connection>>,
    record: Record,
    /// The writer, and the one who carries the log.
    _threads: Threads,
    place: Place,
}

/// Threads that are waited for: when the process ends, nobody is inside the database any more.
struct Threads(Vec<JoinHandle<()>>);

impl Drop for Threads {
    fn drop(&mut self) {
        // The last handle may be let go by the writer itself, which cannot wait for its own end, nor
        // for the other's, which comes after it.
        let here = thread::current().id();
        if self.0.iter().all(|thread| thread.thread().id() != here) {
            for thread in self.0.drain(..) {
                let _ = thread.join();
            }
        }
    }
}

pub struct Place {
    pub file: Embedded,
    /// Removed with the last handle.
    pub temporary: bool,
}

impl Place {
    pub fn open(&self) -> Result<Connection, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.file.path, flags).map_err(fault)?;
        if let Some(key) = &self.file.key {
            connection.execute_batch(&at_rest::unlock(key)).map_err(fault)?;
        }
        let sync = if self.file.synced { "full" } else { "off" };
        connection
            .execute_batch(&format!(
                "pragma busy_timeout = 10000; pragma journal_mode = wal; \
                 pragma synchronous = {sync}; pragma foreign_keys = on; \
                 pragma cache_size = -65536; pragma wal_autocheckpoint = 8000;",
            ))
            .map_err(fault)?;
        // One plan for each statement, whatever its parameters: without this, SQLite plans most
        // queries anew each time they are bound.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(fault)?;
        connection.set_prepared_statement_cache_capacity(1000);
        Ok(connection)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.temporary {
            for suffix in ["", "-wal", "-shm"] {
                let mut path = self.file.path.clone().into_os_string();
                path.push(suffix);
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

impl Sqlite {
    pub fn open(file: Embedded) -> Result<Arc<Self>, Fault> {
        Self::at(Place { file, temporary: false })
    }

    /// A database that goes away with the last handle, and never waits for the disk.
    pub fn temporary(path: PathBuf) -> Result<Arc<Self>, Fault> {
        Self::at(Place { file: Embedded::clear(path).unsynced(), temporary: true })
    }

    fn at(place: Place) -> Result<Arc<Self>, Fault> {
        let mut connection = place.open()?;
        let carrier = log::carry(&mut connection, place.open()?)?;
        let (jobs, queue) = mpsc::channel();
        let record = Record::default();
        let writer = Writer::new(connection, record.clone());
        let writer = thread::Builder::new()
            .name("comptoir-writer".to_owned())
            .spawn(move || writer.write_in_groups(&queue))
            .map_err(|_| Fault::new("store.unavailable"))?;
        let threads = Threads(vec![writer, carrier]);
        Ok(Arc::new(Self { jobs, readers: Mutex::default(), record, _threads: threads, place }))
    }

    /// Hands a command to the writer and waits for the commit.
    pub fn command(&self, work: Work) -> Result<String, Faults> {
        let (reply, answer) = mpsc::sync_channel(1);
        let gone = || Fault::new("store.unavailable");
        self.jobs.send(Job { work, reply }).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }

    /// Reads on one snapshot.
    pub fn read<T>(
        &self,
        work: impl FnOnce(&mut dyn Session) -> Result<T, Faults>,
    ) -> Result<T, Faults> {
        let kept = self.readers.lock().ok().and_then(|mut readers| readers.pop());
        let connection = match kept {
            Some(connection) => connection,
            None => {
                let connection = self.place.open()?;
                connection.execute_batch("pragma query_only = on").map_err(fault)?;
                connection
            }
        };
        run(&connection, "begin")?;
        let done = work(&mut Open { connection: &connection, record: None, late: None });
        run(&connection, "rollback")?;
        if let Ok(mut readers) = self.readers.lock()
            && readers.len() < READERS_KEPT
        {
            readers.push(connection);
        }
        done
    }

    /// Keeps from now on what is written, for [`Sqlite::write_again`].
    pub fn start_record(&self) {
        self.record.start();
    }

    /// Writes what was recorded into another file: bare prepared statements, the same commits.
    pub fn write_again(&self, path: &Path) -> Result<Duration, Fault> {
        let groups = self.record.stop();
        let file = Embedded { path: path.to_owned(), ..self.place.file.clone() };
        let connection = Place { file, temporary: false }.open()?;
        let start = Instant::now();
        for group in &groups {
            run(&connection, "begin immediate")?;
            Open { connection: &connection, record: None, late: None }.execute(group)?;
            run(&connection, "commit")?;
        }
        Ok(start.elapsed())
    }

    /// A copy of the whole database as it is now, in one file that opens by itself.
    pub fn copy_to(&self, path: &Path) -> Result<(), Fault> {
        let connection = self.place.open()?;
        connection.execute("vacuum into ?1", [path.to_string_lossy()]).map(drop).map_err(fault)
    }
}

pub fn run(connection: &Connection, text: &str) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(text).map_err(fault)?;
    statement.execute([]).map(drop).map_err(fault)
}

pub struct Open<'c> {
    pub connection: &'c Connection,
    /// Told what is written; a reader writes nothing.
    pub record: Option<&'c Record>,
    /// Where it leaves what is to be written last; a reader has no such place.
    pub late: Option<&'c RefCell<Vec<Statement>>>,
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Cell::Null => ToSqlOutput::Owned(Sql::Null),
            Cell::Integer(number) => ToSqlOutput::Owned(Sql::Integer(*number)),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cell::Id(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Cell::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

fn cell_of(value: ValueRef<'_>) -> Result<Cell, Fault> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Text(bytes) => Cell::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => crate::cell::of_bytes(bytes),
        ValueRef::Real(_) => return Err(crate::cell::unreadable()),
    })
}

impl Session for Open<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn query(&mut self, text: &str, params: &[Cell]) -> Result<Vec<Vec<Cell>>, Fault> {
        let _told = Told::start(text);
        let mut statement = self.connection.prepare_cached(&numbered(text)).map_err(fault)?;
        let width = statement.column_count();
        let mut rows = statement.query(params_from_iter(params)).map_err(fault)?;
        let mut out = Vec::new();
        while let Some(row) = rows.next().map_err(fault)? {
            let cells = (0..width).map(|at| cell_of(row.get_ref(at).map_err(fault)?));
            out.push(cells.collect::<Result<_, Fault>>()?);
        }
        Ok(out)
    }

    fn execute(&mut self, statements: &[Statement]) -> Result<Vec<u64>, Fault> {
        if let Some(record) = self.record {
            record.add(statements);
        }
        let mut touched = Vec::with_capacity(statements.len());
        // Rows of one table follow each other: one look at the kept statements serves them all.
        for same in statements.chunk_by(|one, next| one.text == next.text) {
            let text = &*same[0].text;
            let mut statement = self.connection.prepare_cached(&numbered(text)).map_err(fault)?;
            for Statement { params, .. } in same {
                let _told = Told::start(text);
                let rows = statement.execute(params_from_iter(params)).map_err(fault)?;
                touched.push(u64::try_from(rows).unwrap_or(0));
            }
        }
        Ok(touched)
    }

    fn execute_late(&mut self, statements: Vec<Statement>) -> Result<(), Fault> {
        match self.late {
            Some(late) => late.borrow_mut().extend(statements),
            None => drop(self.execute(&statements)?),
        }
        Ok(())
    }

    fn script(&mut self, text: &str) -> Result<(), Fault> {
        self.connection.execute_batch(text).map_err(fault)
    }
}

/// Tells in the log how long a statement took: all of them at the level of tracing, slow ones always.
struct Told<'t> {
    text: &'t str,
    since: Instant,
}

impl<'t> Told<'t> {
    const SLOW: Duration = Duration::from_secs(1);

    fn start(text: &'t str) -> Self {
        Self { text, since: Instant::now() }
    }
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        let took = self.since.elapsed();
        let micros = took.as_micros();
        if took > Self::SLOW {
            tracing::warn!(micros, statement = self.text, "a slow statement");
        } else {
            tracing::trace!(micros, statement = self.text);
        }
    }
}

/// SQLite numbers `$1` by the order in which it meets it, and `?1` by its number: we mean the latter.
fn numbered(text: &str) -> String {
    text.replace('$', "?")
}

/// What SQLite said, as a refusal.
pub fn fault(error: rusqlite::Error) -> Fault {
    let rusqlite::Error::SqliteFailure(code, message) = &error else {
        tracing::error!(%error, "sqlite");
        return Fault::new("store.mistake").with("said", error.to_string());
    };
    let message = message.as_deref().unwrap_or("");
    match (code.code, code.extended_code) {
        (ErrorCode::ConstraintViolation, 1555 | 2067) => {
            session::taken(message.trim_start_matches("UNIQUE constraint failed: "))
        }
        (ErrorCode::ConstraintViolation, 787) => Fault::new("record.used"),
        (ErrorCode::ConstraintViolation, _) => session::raised(message)
            .unwrap_or_else(|| Fault::new("store.check").with("said", message)),
        (ErrorCode::DiskFull, _) => Fault::new("store.full"),
        (ErrorCode::NotADatabase, _) => Fault::new("key.wrong"),
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Fault::new("store.busy"),
        (ErrorCode::ReadOnly | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen, _) => {
            tracing::error!(%error, "sqlite");
            Fault::new("store.unavailable").with("said", message)
        }
        _ => {
            tracing::error!(%error, "sqlite");
            Fault::new("store.mistake").with("said", error.to_string())
        }
    }
}
