//! What most commands read and few change, kept in memory: products, partners, taxes, accounts.
//!
//! A company has a *generation*, a number in its table of counters. A transaction that changes a
//! steady record gives the company a new one as the last thing it writes; a transaction that reads
//! steady records looks at the generation first, and takes from memory only what was read in that
//! very generation. What memory gives is thus what the database held when the transaction first
//! asked, on any number of machines (ADR 13).

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{PoisonError, RwLock};

use kernel::backend::{AuditLine, Row};
use kernel::{Fault, RawId};

use crate::cell::Cell;
use crate::session::{Session, Statement};
use crate::table::Tables;

/// The counter that holds the generation of a company.
const SERIES: &str = "*steady";
/// A company that has met so much begins again with an empty memory: some tens of megabytes.
const MOST: usize = 20_000;

/// What was read in one generation of one company.
#[derive(Default)]
struct Memory {
    generation: i64,
    records: HashMap<(&'static str, RawId), Option<Row>>,
    answers: HashMap<String, HashMap<Vec<Cell>, Vec<Row>>>,
    size: usize,
}

/// The memory of a store, for all companies and all threads.
pub struct Steady {
    companies: RwLock<HashMap<i64, Memory>>,
    /// The last generation given here. It starts with the clock: a generation that was undone with
    /// its group is never given again.
    last: AtomicI64,
}

/// How one transaction stands to the memory.
#[derive(Default)]
pub struct Seen {
    generation: Option<i64>,
    /// It wrote steady records itself: only the database knows what it sees now.
    wrote: bool,
}

impl Seen {
    /// In the generation that the table of counters tells.
    pub fn at(counter: &Cell) -> Self {
        Self { generation: Some(counter.integer().unwrap_or(0)), wrote: false }
    }

    /// The transaction has written a steady record.
    pub fn wrote(&mut self) {
        self.wrote = true;
    }

    /// The generation to read in; none when memory is of no use.
    fn generation(
        &mut self,
        session: &mut dyn Session,
        company: i64,
    ) -> Result<Option<i64>, Fault> {
        if self.wrote {
            return Ok(None);
        }
        if self.generation.is_none() {
            let text = "select value from counter where company = $1 and series = $2";
            let rows = session.query(text, &[Cell::Integer(company), SERIES.into()])?;
            let cell = rows.into_iter().flatten().next();
            self.generation = Some(cell.map_or(Ok(0), |cell| cell.integer())?);
        }
        Ok(self.generation)
    }
}

impl Steady {
    pub fn new() -> Self {
        Self { companies: RwLock::default(), last: AtomicI64::new(crate::now().0) }
    }

    /// A record from memory, or from the database by `read`.
    pub fn record(
        &self,
        seen: &mut Seen,
        session: &mut dyn Session,
        company: i64,
        (entity, id): (&'static str, RawId),
        read: impl FnOnce(&mut dyn Session) -> Result<Option<Row>, Fault>,
    ) -> Result<Option<Row>, Fault> {
        let Some(generation) = seen.generation(session, company)? else { return read(session) };
        let known =
            self.known(company, generation, |memory| memory.records.get(&(entity, id)).cloned());
        if let Some(row) = known {
            return Ok(row);
        }
        let row = read(session)?;
        self.keep(company, generation, 1, |memory| {
            memory.records.insert((entity, id), row.clone());
        });
        Ok(row)
    }

    /// The answer to a query from memory, or from the database by `read`.
    pub fn answer(
        &self,
        seen: &mut Seen,
        session: &mut dyn Session,
        company: i64,
        (text, params): (&str, &[Cell]),
        read: impl FnOnce(&mut dyn Session) -> Result<Vec<Row>, Fault>,
    ) -> Result<Vec<Row>, Fault> {
        let Some(generation) = seen.generation(session, company)? else { return read(session) };
        let known = self
            .known(company, generation, |memory| memory.answers.get(text)?.get(params).cloned());
        if let Some(rows) = known {
            return Ok(rows);
        }
        let rows = read(session)?;
        self.keep(company, generation, 1 + rows.len(), |memory| {
            let answers = memory.answers.entry(text.to_owned()).or_default();
            answers.insert(params.to_vec(), rows.clone());
        });
        Ok(rows)
    }

    fn known<T>(
        &self,
        company: i64,
        generation: i64,
        look: impl FnOnce(&Memory) -> Option<T>,
    ) -> Option<T> {
        let companies = self.companies.read().unwrap_or_else(PoisonError::into_inner);
        companies.get(&company).filter(|memory| memory.generation == generation).and_then(look)
    }

    fn keep(&self, company: i64, generation: i64, size: usize, keep: impl FnOnce(&mut Memory)) {
        let mut companies = self.companies.write().unwrap_or_else(PoisonError::into_inner);
        let memory = companies.entry(company).or_default();
        if memory.generation > generation {
            // Read on an older snapshot: others are further.
            return;
        }
        if memory.generation < generation || memory.size + size > MOST {
            *memory = Memory { generation, ..Memory::default() };
        }
        memory.size += size;
        keep(memory);
    }

    /// What gives a company a new generation, when these lines tell of a steady record.
    pub fn renewal(&self, tables: &Tables, company: i64, audit: &[AuditLine]) -> Option<Statement> {
        let steady = |line: &AuditLine| tables.entity(line.about.entity).is_some_and(|d| d.steady);
        audit.iter().any(steady).then(|| Statement {
            text: "insert into counter (company, series, value) values ($1, $2, $3) \
                   on conflict (company, series) do update set value = case \
                   when counter.value < excluded.value then excluded.value \
                   else counter.value + 1 end"
                .into(),
            params: vec![
                Cell::Integer(company),
                SERIES.into(),
                (self.last.fetch_add(1, Ordering::Relaxed) + 1).into(),
            ],
        })
    }
}
