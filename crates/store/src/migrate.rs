//! Migrations: reviewed SQL, forward only, one text for each database; and the check that the live
//! schema is the described one.

use kernel::{Fault, Faults};

use crate::cell::Cell;
use crate::session::Statement;
use crate::table::Dialect;
use crate::{Store, now, schema};

/// One step of the schema. Numbers start at 1 and have no gap.
#[derive(Debug)]
pub struct Migration {
    pub number: i64,
    pub name: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl Store {
    /// The number of the last migration that was run; 0 on an empty database.
    ///
    /// # Errors
    /// `store.*`.
    pub fn schema_number(&self) -> Result<i64, Faults> {
        self.look(|session| {
            let there = match session.dialect() {
                Dialect::Sqlite => {
                    "select count(*) from sqlite_master where type = 'table' and name = 'migration'"
                }
                Dialect::Postgres => {
                    "select count(*) from information_schema.tables \
                     where table_schema = current_schema() and table_name = 'migration'"
                }
            };
            let count = |rows: Vec<Vec<Cell>>| {
                rows.into_iter().flatten().next().map_or(Ok(0), |cell| cell.integer())
            };
            if count(session.query(there, &[])?)? == 0 {
                return Ok(0);
            }
            Ok(count(session.query("select coalesce(max(number), 0) from migration", &[])?)?)
        })
    }

    /// Runs the migrations that this database has not seen, each in its own transaction.
    /// Returns their names.
    ///
    /// # Errors
    /// `store.*`: the failed migration left nothing behind.
    pub fn migrate(&self, migrations: &'static [Migration]) -> Result<Vec<&'static str>, Faults> {
        let done = self.schema_number()?;
        let mut run = Vec::new();
        for migration in migrations.iter().filter(|migration| migration.number > done) {
            let at = now();
            self.write(move |session| {
                session.script(match session.dialect() {
                    Dialect::Sqlite => migration.sqlite,
                    Dialect::Postgres => migration.postgres,
                })?;
                session.execute(&[Statement {
                    text: "insert into migration (number, name, at) values ($1, $2, $3)".into(),
                    params: vec![migration.number.into(), migration.name.into(), at.0.into()],
                }])?;
                Ok(())
            })?;
            run.push(migration.name);
        }
        Ok(run)
    }

    /// Where the live schema differs from the description: the SQL of the missing migration.
    ///
    /// # Errors
    /// `store.*`.
    pub fn schema_differences(&self) -> Result<Vec<String>, Faults> {
        let catalog = self.catalog();
        self.look(|session| Ok(schema::differences(catalog, session)?))
    }

    /// Refuses to go on when the live schema is not the described one.
    ///
    /// # Errors
    /// `store.schema`, with the SQL that would mend it.
    pub fn check_schema(&self) -> Result<(), Faults> {
        let differences = self.schema_differences()?;
        if differences.is_empty() {
            return Ok(());
        }
        Err(Fault::new("store.schema").with("sql", differences.join("\n")).into())
    }
}
