//! The rows of a file become commands: tried, or applied.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::{Actor, Choice, Fault, Faults, Id, LongText, RawId, Value};
use serde_json::{Map, Value as Json, json};
use store::{Call, Store};

use crate::batch::{ImportBatch, ImportRow, ImportState, RowOutcome};
use crate::cells::take;
use crate::columns::Plan;
use crate::fault_json;
use crate::text::Sheet;

/// Rows that share a transaction as long as none of them is refused.
const CHUNK: usize = 100;
/// The most that a long text may hold, in characters.
const TEXT_MOST: usize = 20_000;
/// How much of a refused cell is kept, in characters.
const CELL_MOST: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything is tried and nothing is kept.
    Dry,
    Apply,
}

/// A file on its way in.
#[derive(Debug, Clone)]
pub struct Source {
    pub file_name: String,
    pub sheet: Sheet,
    pub mode: Mode,
    /// The command that opens the import: repeated under the same key, it goes on where it stopped.
    pub call: Call,
}

/// What became of a file.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub batch: Option<RawId>,
    pub rows: i64,
    pub made: i64,
    pub changed: i64,
    pub same: i64,
    pub refused: i64,
    pub columns: Json,
    /// One for each fault of each refused row: its row, its column, the beginning of its cell, and the
    /// fault.
    pub refusals: Vec<Json>,
}

type Cells = (i64, Vec<String>);

struct Run<'a> {
    store: &'a Store,
    actor: &'a Actor,
    plan: Arc<Plan>,
    batch: Option<Id<ImportBatch>>,
    report: Report,
    /// The refused rows and why, kept with the import at its end.
    refused: Vec<(i64, Json)>,
    progress: &'a dyn Fn(i64),
}

/// Runs a file against the store: every row is tried, those that are refused change nothing.
/// `progress` is told how many rows are done, each time some are.
///
/// # Errors
/// Those of opening the import; `store.*` when the store gave up: the same key then goes on.
pub fn run(
    store: &Store,
    actor: &Actor,
    plan: Plan,
    source: Source,
    progress: &dyn Fn(i64),
) -> Result<Report, Faults> {
    let rows = i64::try_from(source.sheet.rows.len()).unwrap_or(i64::MAX);
    let report = Report { rows, columns: plan.told(), ..Report::default() };
    let batch = match source.mode {
        Mode::Dry => None,
        Mode::Apply => Some(open(store, &plan, &source, rows)?),
    };
    let plan = Arc::new(plan);
    let mut run = Run { store, actor, plan, batch, report, refused: Vec::new(), progress };
    let good = run.sound_rows(source.sheet.rows);
    for chunk in good.chunks(CHUNK) {
        if run.attempt(chunk.to_vec())?.is_err() {
            for row in chunk {
                if let Err(faults) = run.attempt(vec![row.clone()])? {
                    run.refuse(row, &faults);
                }
                run.tell();
            }
        }
        run.tell();
    }
    run.close()?;
    // Rows refused before the store saw them were told first.
    run.report.refusals.sort_by_key(|refusal| refusal["row"].as_i64());
    run.report.batch = batch.map(Id::raw);
    Ok(run.report)
}

fn open(store: &Store, plan: &Plan, source: &Source, rows: i64) -> Result<Id<ImportBatch>, Faults> {
    let record = ImportBatch {
        entity: plan.def.name.to_owned(),
        file_name: source.file_name.chars().take(200).collect(),
        state: ImportState::Running,
        rows,
        made: 0,
        changed: 0,
        refused: 0,
    };
    let opened =
        store.command(source.call.clone(), move |tx| Ok(json!(tx.insert(&record)?.to_string())))?;
    Ok(Id::from_raw(RawId::parse(opened.as_str().unwrap_or(""))?))
}

impl Run<'_> {
    /// The rows that are as wide as the header and whose key stands once in the file.
    fn sound_rows(&mut self, rows: Vec<Cells>) -> Vec<Cells> {
        let (plan, mut seen) = (Arc::clone(&self.plan), HashMap::<String, i64>::new());
        let mut good = Vec::with_capacity(rows.len());
        for (number, cells) in rows {
            if cells.len() != plan.columns.len() {
                let fault = Fault::new("csv.width")
                    .with("given", cells.len())
                    .with("wanted", plan.columns.len());
                self.refuse(&(number, cells), &fault.into());
                continue;
            }
            let key = plan.key().map(|(place, field)| (field, cells[place].as_str()));
            if let Some((field, key)) = key.filter(|(_, key)| !key.is_empty()) {
                if let Some(first) = seen.get(key) {
                    let fault = Fault::new("import.repeated").on(field.name).with("row", *first);
                    self.refuse(&(number, cells), &fault.into());
                    continue;
                }
                seen.insert(key.to_owned(), number);
            }
            good.push((number, cells));
        }
        good
    }

    /// Runs some rows in one command. The outer error is the store's own and ends the import.
    fn attempt(&mut self, rows: Vec<Cells>) -> Result<Result<(), Faults>, Faults> {
        let (catalog, who, plan) =
            (self.store.catalog(), self.actor.clone(), Arc::clone(&self.plan));
        let (batch, first, last) = (self.batch, rows[0].0, rows[rows.len() - 1].0);
        let mut call = Call::new(self.actor.clone());
        if let Some(batch) = batch {
            call = call.key(format!("import:{batch}:{first}-{last}"));
        }
        let done = self.store.command(call, move |tx| {
            let mut outcomes = Vec::new();
            for (number, cells) in &rows {
                let taken = take(catalog, tx, &who, &plan, cells)?;
                outcomes.push(json!(taken.outcome.name()));
                if let Some(batch) = batch {
                    tx.insert(&taken.record(batch, plan.def, *number))?;
                }
            }
            if batch.is_none() {
                // What the database itself would refuse shows only once it was sent.
                tx.flush()?;
                let told = Json::Array(outcomes).to_string();
                return Err(Fault::new(TRIED).with("outcomes", told).into());
            }
            Ok(Json::Array(outcomes))
        });
        let outcomes = match done {
            Ok(outcomes) => outcomes,
            Err(faults) => match tried(&faults) {
                Some(outcomes) => outcomes,
                None if faults.0.iter().any(|fault| ends_import(fault.code)) => return Err(faults),
                None => return Ok(Err(faults)),
            },
        };
        for outcome in outcomes.as_array().into_iter().flatten() {
            match outcome.as_str().and_then(RowOutcome::of_name) {
                Some(RowOutcome::Made) => self.report.made += 1,
                Some(RowOutcome::Changed) => self.report.changed += 1,
                _ => self.report.same += 1,
            }
        }
        Ok(Ok(()))
    }

    /// How many rows have been through.
    fn tell(&self) {
        let Report { made, changed, same, refused, .. } = self.report;
        (self.progress)(made + changed + same + refused);
    }

    fn refuse(&mut self, (row, cells): &Cells, faults: &Faults) {
        self.report.refused += 1;
        let mut told = Vec::new();
        for fault in &faults.0 {
            let place = fault.field.as_deref().and_then(|field| self.plan.place_of(field));
            let column = place.map(|place| self.plan.columns[place].head.as_str());
            let value = place.and_then(|place| cells.get(place)).map(|value| first_of(value));
            let mut refusal = Map::from_iter([
                ("row".to_owned(), json!(row)),
                ("column".to_owned(), json!(column)),
                ("value".to_owned(), json!(value)),
            ]);
            if let Json::Object(members) = fault_json(fault, self.actor.language) {
                refusal.extend(members);
            }
            told.push(Json::Object(refusal));
        }
        self.refused.push((*row, Json::Array(told.clone())));
        self.report.refusals.extend(told);
    }

    /// Keeps the refused rows and the counts.
    fn close(&self) -> Result<(), Faults> {
        let Some(batch) = self.batch else { return Ok(()) };
        for (rank, chunk) in self.refused.chunks(CHUNK).enumerate() {
            let chunk = chunk.to_vec();
            let call = Call::new(self.actor.clone()).key(format!("import:{batch}:refused:{rank}"));
            self.store.command(call, move |tx| {
                for (rank, refusals) in &chunk {
                    let text = Some(refusals.to_string()).filter(|text| short(text));
                    tx.insert(&ImportRow {
                        batch,
                        rank: *rank,
                        outcome: RowOutcome::Refused,
                        about: None,
                        record_version: None,
                        before: None,
                        refusals: text.map(LongText),
                    })?;
                }
                Ok(Json::Null)
            })?;
        }
        let Report { made, changed, refused, .. } = self.report;
        let call = Call::new(self.actor.clone()).key(format!("import:{batch}:end"));
        self.store.command(call, move |tx| {
            let mut kept = tx.lock(batch)?;
            (kept.made, kept.changed, kept.refused) = (made, changed, refused);
            kept.state = ImportState::Done;
            tx.save(&kept)?;
            Ok(Json::Null)
        })?;
        Ok(())
    }
}

/// The marker by which a trial is undone: never told to anyone.
const TRIED: &str = "import.tried";

fn tried(faults: &Faults) -> Option<Json> {
    let fault = faults.0.iter().find(|fault| fault.code == TRIED)?;
    match fault.facts.first() {
        Some((_, Value::Text(told))) => serde_json::from_str(told).ok(),
        _ => None,
    }
}

/// The beginning of a cell, enough to find it by.
fn first_of(cell: &str) -> String {
    cell.chars().take(CELL_MOST).collect()
}

/// Whether a fault is of the store and not of the row.
fn ends_import(code: &str) -> bool {
    code.starts_with("store.") && code != "store.check"
}

/// Whether a text fits in a long text.
#[must_use]
pub fn short(text: &str) -> bool {
    text.chars().count() <= TEXT_MOST
}
