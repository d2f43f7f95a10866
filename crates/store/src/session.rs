//! One open transaction of one database: statements in, cells out. The only thing written twice.

use std::sync::Arc;

use kernel::Fault;

use crate::cell::Cell;
use crate::table::Dialect;

/// A statement with its parameters. Both databases keep the prepared form by its text.
#[derive(Debug, Clone)]
pub struct Statement {
    pub text: Arc<str>,
    pub params: Vec<Cell>,
}

pub trait Session {
    fn dialect(&self) -> Dialect;
    fn query(&mut self, text: &str, params: &[Cell]) -> Result<Vec<Vec<Cell>>, Fault>;
    /// Runs the statements in order, sent together where the database allows; tells how many rows
    /// each touched.
    fn execute(&mut self, statements: &[Statement]) -> Result<Vec<u64>, Fault>;
    /// Runs statements that nothing in this transaction reads: the last thing before the commit, or
    /// at once.
    fn execute_late(&mut self, statements: Vec<Statement>) -> Result<(), Fault> {
        if statements.is_empty() { Ok(()) } else { self.execute(&statements).map(drop) }
    }
    /// Runs a statement that only later transactions read: at once, or in one trip with the commit.
    fn execute_at_end(&mut self, statement: Statement) -> Result<(), Fault> {
        self.execute(&[statement]).map(drop)
    }
    /// Whether one statement with many rows is cheaper than many statements with one.
    fn gathers(&self) -> bool {
        self.dialect() == Dialect::Postgres
    }
    /// Runs statements without parameters, several in one text.
    fn script(&mut self, text: &str) -> Result<(), Fault>;
}

/// A constraint that the database kept, as a refusal. `constraint` is the index's name
/// (`parties_key_code`) or SQLite's list of columns (`parties.company, parties.code`).
pub fn taken(constraint: &str) -> Fault {
    let fields = match constraint.split_once("_key_") {
        // SQLite names the index of an expression between quotation marks.
        Some((_, fields)) => fields.trim_end_matches('\'').to_owned(),
        None => {
            let columns = constraint.split(", ").filter_map(|column| column.split_once('.'));
            let names = columns.map(|(_, name)| name).filter(|name| *name != "company");
            names.collect::<Vec<_>>().join(", ")
        }
    };
    match fields.as_str() {
        // The same command came twice at the same time; the second try finds the answer.
        "key" | "id" | "idempotency_pkey" => Fault::new("store.conflict"),
        _ => Fault::new("record.taken").with("fields", fields.as_str()).on(fields),
    }
}

/// Refusals that triggers raise by their code.
pub fn raised(message: &str) -> Option<Fault> {
    const KNOWN: [&str; 4] = ["entry.unbalanced", "entry.posted", "audit.fixed", "closing.kept"];
    KNOWN.iter().find(|code| message.contains(**code)).map(|code| Fault::new(code))
}
