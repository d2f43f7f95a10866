//! PostgreSQL: pooled connections, writes of a command sent together, conflicts tried again.

use std::sync::Arc;

use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod};
use futures_util::future::join_all;
use kernel::{Fault, Faults};
use tokio::runtime::Runtime;
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::cell::Cell;
use crate::session::{self, Session, Statement};
use crate::table::Dialect;

/// How often a command that met another one is tried again.
const TRIES: u32 = 5;
const CONNECTIONS: usize = 24;

/// A pool, with the runtime its connections live on.
pub struct Postgres {
    pool: Pool,
    runtime: Option<Runtime>,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

type Error = Box<dyn std::error::Error + Sync + Send>;

impl Postgres {
    pub fn open(url: &str) -> Result<Arc<Self>, Fault> {
        let bad = |said: String| Fault::new("store.url").with("said", said);
        let config: tokio_postgres::Config =
            url.parse().map_err(|error: tokio_postgres::Error| bad(error.to_string()))?;
        let manager = Manager::from_config(
            config,
            NoTls,
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("comptoir-postgres")
            .enable_all()
            .build()
            .map_err(|error| bad(error.to_string()))?;
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .build()
            .map_err(|error| bad(error.to_string()))?;
        let postgres = Arc::new(Self { pool, runtime: Some(runtime) });
        // A wrong address is told at start, not at the first click.
        drop(postgres.client()?);
        Ok(postgres)
    }

    fn runtime(&self) -> &Runtime {
        self.runtime
            .as_ref()
            .unwrap_or_else(|| unreachable!("the runtime lives as long as the pool"))
    }

    fn client(&self) -> Result<Client, Fault> {
        self.runtime().block_on(self.pool.get()).map_err(|error| {
            tracing::error!(%error, "postgresql");
            Fault::new("store.unavailable").with("said", error.to_string())
        })
    }

    /// Runs a command in one transaction, again when it met another: 5 times, after a short chance.
    pub fn command(
        &self,
        work: &dyn Fn(&mut dyn Session) -> Result<String, Faults>,
    ) -> Result<String, Faults> {
        let mut tries = 0;
        loop {
            let answer = self.once(work);
            let met = answer.as_ref().is_err_and(|faults| faults.has("store.conflict"));
            tries += 1;
            if !met || tries > TRIES {
                return answer;
            }
            let jitter = crate::chance()? % (4 << tries);
            std::thread::sleep(std::time::Duration::from_millis(jitter));
        }
    }

    fn once(
        &self,
        work: &dyn Fn(&mut dyn Session) -> Result<String, Faults>,
    ) -> Result<String, Faults> {
        let client = self.client()?;
        let mut open = Open { client: &client, runtime: self.runtime() };
        open.script("begin")?;
        match work(&mut open) {
            Ok(answer) => {
                open.script("commit")?;
                Ok(answer)
            }
            Err(faults) => {
                open.script("rollback")?;
                Err(faults)
            }
        }
    }

    /// Reads on one snapshot.
    pub fn read<T>(
        &self,
        work: impl FnOnce(&mut dyn Session) -> Result<T, Faults>,
    ) -> Result<T, Faults> {
        let client = self.client()?;
        let mut open = Open { client: &client, runtime: self.runtime() };
        open.script("begin isolation level repeatable read read only")?;
        let done = work(&mut open);
        open.script("rollback")?;
        done
    }
}

struct Open<'c> {
    client: &'c Client,
    runtime: &'c Runtime,
}

impl Session for Open<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn query(&mut self, text: &str, params: &[Cell]) -> Result<Vec<Vec<Cell>>, Fault> {
        let params: Vec<&(dyn ToSql + Sync)> =
            params.iter().map(|cell| cell as &(dyn ToSql + Sync)).collect();
        let rows = self.runtime.block_on(async {
            let statement = self.client.prepare_cached(text).await?;
            self.client.query(&statement, &params).await
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
        let client = self.client;
        self.runtime.block_on(async {
            let mut prepared = Vec::with_capacity(statements.len());
            for Statement { text, .. } in statements {
                prepared.push(client.prepare_cached(text).await.map_err(fault)?);
            }
            // Polled together, they leave together: one round trip for all.
            let sent = prepared.iter().zip(statements).map(|(prepared, statement)| async move {
                let params: Vec<&(dyn ToSql + Sync)> =
                    statement.params.iter().map(|cell| cell as &(dyn ToSql + Sync)).collect();
                client.execute(prepared, &params).await
            });
            join_all(sent).await.into_iter().collect::<Result<_, _>>().map_err(fault)
        })
    }

    fn script(&mut self, text: &str) -> Result<(), Fault> {
        self.runtime.block_on(self.client.batch_execute(text)).map_err(fault)
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
            Type::BYTEA => Cell::Id(raw.try_into()?),
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
