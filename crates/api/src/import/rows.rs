//! The rows of a file become commands: tried, or applied.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::edit::{self, Draft};
use kernel::work::not_found;
use kernel::{
    Actor, Choice, Condition, CustomField, CustomKind, Day, EntityDef, Fault, FieldDef, Faults, Id,
    Kind, Language, LongText, Origin, Query, RawId, Row, Text, Tx, Value, json, parse_decimal,
    typed,
};
use serde_json::{Map, Value as Json, json};
use store::Call;

use super::batch::{ImportBatch, ImportRow, ImportState, RowOutcome};
use super::columns::{Plan, Target};
use super::text::Sheet;
use crate::ApiState;
use crate::problem::fault_json;

/// Rows that share a transaction as long as none of them is refused.
const CHUNK: usize = 100;
/// The most that a row's memory of what was before may hold, in characters.
const BEFORE_MOST: usize = 20_000;

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
    /// One for each fault of each refused row: its row, its column, and the fault.
    pub refusals: Vec<Json>,
}

type Cells = (i64, Vec<String>);

struct Run<'a> {
    api: &'a ApiState,
    actor: &'a Actor,
    plan: Arc<Plan>,
    batch: Option<Id<ImportBatch>>,
    report: Report,
    /// The refused rows and why, kept with the import at its end.
    refused: Vec<(i64, Json)>,
}

/// Runs a file against the store: every row is tried, those that are refused change nothing.
///
/// # Errors
/// Those of opening the import; `store.*` when the store gave up: the same key then goes on.
pub fn run(api: &ApiState, actor: &Actor, plan: Plan, source: Source) -> Result<Report, Faults> {
    let rows = i64::try_from(source.sheet.rows.len()).unwrap_or(i64::MAX);
    let report = Report { rows, columns: plan.told(), ..Report::default() };
    let batch = match source.mode {
        Mode::Dry => None,
        Mode::Apply => Some(open(api, &plan, &source, rows)?),
    };
    let plan = Arc::new(plan);
    let mut run = Run { api, actor, plan, batch, report, refused: Vec::new() };
    let good = run.sound_rows(source.sheet.rows);
    for chunk in good.chunks(CHUNK) {
        if run.attempt(chunk.to_vec())?.is_err() {
            for row in chunk {
                if let Err(faults) = run.attempt(vec![row.clone()])? {
                    run.refuse(row.0, &faults);
                }
            }
        }
    }
    run.close()?;
    run.report.batch = batch.map(Id::raw);
    Ok(run.report)
}

fn open(
    api: &ApiState,
    plan: &Plan,
    source: &Source,
    rows: i64,
) -> Result<Id<ImportBatch>, Faults> {
    let record = ImportBatch {
        entity: plan.def.name.to_owned(),
        file_name: source.file_name.chars().take(200).collect(),
        state: ImportState::Running,
        rows,
        made: 0,
        changed: 0,
        refused: 0,
    };
    let opened = api.store.command(source.call.clone(), move |tx| {
        Ok(json!(tx.insert(&record)?.to_string()))
    })?;
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
                self.refuse(number, &fault.into());
                continue;
            }
            let key = plan.key().map(|(place, field)| (field, cells[place].as_str()));
            if let Some((field, key)) = key.filter(|(_, key)| !key.is_empty()) {
                if let Some(first) = seen.get(key) {
                    let fault = Fault::new("import.repeated").on(field.name).with("row", *first);
                    self.refuse(number, &fault.into());
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
        let (catalog, who, plan) = (self.api.catalog, self.actor.clone(), Arc::clone(&self.plan));
        let (batch, first, last) = (self.batch, rows[0].0, rows[rows.len() - 1].0);
        let mut call = Call::new(self.actor.clone());
        if let Some(batch) = batch {
            call = call.key(format!("import:{batch}:{first}-{last}"));
        }
        let done = self.api.store.command(call, move |tx| {
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

    fn refuse(&mut self, row: i64, faults: &Faults) {
        self.report.refused += 1;
        let mut told = Vec::new();
        for fault in &faults.0 {
            let mut refusal = Map::from_iter([("row".to_owned(), json!(row))]);
            let column = fault.field.as_deref().and_then(|field| self.plan.column_of(field));
            refusal.insert("column".to_owned(), json!(column));
            if let Json::Object(members) = fault_json(fault, self.actor.language) {
                refusal.extend(members);
            }
            told.push(Json::Object(refusal));
        }
        self.refused.push((row, Json::Array(told.clone())));
        self.report.refusals.extend(told);
        // Rows refused before the store saw them come first otherwise.
        self.report.refusals.sort_by_key(|refusal| refusal["row"].as_i64());
    }

    /// Keeps the refused rows and the counts.
    fn close(&self) -> Result<(), Faults> {
        let Some(batch) = self.batch else { return Ok(()) };
        for (rank, chunk) in self.refused.chunks(CHUNK).enumerate() {
            let chunk = chunk.to_vec();
            let call =
                Call::new(self.actor.clone()).key(format!("import:{batch}:refused:{rank}"));
            self.api.store.command(call, move |tx| {
                for (rank, refusals) in &chunk {
                    let text = Some(refusals.to_string()).filter(|text| short(text));
                    tx.insert(&ImportRow {
                        batch,
                        rank: *rank,
                        outcome: RowOutcome::Refused,
                        about: None,
                        version: None,
                        before: None,
                        refusals: text.map(LongText),
                    })?;
                }
                Ok(Json::Null)
            })?;
        }
        let Report { made, changed, refused, .. } = self.report;
        let call = Call::new(self.actor.clone()).key(format!("import:{batch}:end"));
        self.api.store.command(call, move |tx| {
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

/// Whether a fault is of the store and not of the row.
fn ends_import(code: &str) -> bool {
    code.starts_with("store.") && code != "store.check"
}

fn short(text: &str) -> bool {
    text.chars().count() <= BEFORE_MOST
}

/// What one row did.
struct Taken {
    outcome: RowOutcome,
    id: RawId,
    version: i64,
    before: Option<String>,
}

impl Taken {
    fn record(self, batch: Id<ImportBatch>, def: &'static EntityDef, rank: i64) -> ImportRow {
        ImportRow {
            batch,
            rank,
            outcome: self.outcome,
            about: Some(Origin { entity: def.name, id: self.id }),
            version: Some(self.version),
            before: self.before.filter(|text| short(text)).map(LongText),
            refusals: None,
        }
    }
}

fn take(
    catalog: &kernel::Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    plan: &Plan,
    cells: &[String],
) -> Result<Taken, Faults> {
    let def = plan.def;
    let present = existing(tx, plan, cells)?;
    let draft = draft(catalog, tx, plan, cells, present.is_none())?;
    let Some(row) = present else {
        let id = edit::create(catalog, tx, actor, def, &draft)?;
        let version = tx.row(def, id)?.map_or(1, |row| row.version);
        return Ok(Taken { outcome: RowOutcome::Made, id, version, before: None });
    };
    let before = before(def, &row, &draft);
    if before.is_empty() {
        actor.may(&format!("{}.update", def.name))?;
        let version = row.version;
        return Ok(Taken { outcome: RowOutcome::Same, id: row.id, version, before: None });
    }
    edit::update(catalog, tx, actor, def, row.id, None, &draft)?;
    let version = tx.row(def, row.id)?.map_or(row.version, |row| row.version);
    let before = Some(Json::Object(before).to_string());
    Ok(Taken { outcome: RowOutcome::Changed, id: row.id, version, before })
}

/// The record that a row is about: by its id, or by its key.
fn existing(tx: &mut Tx<'_>, plan: &Plan, cells: &[String]) -> Result<Option<Row>, Fault> {
    let id = plan.place(|target| matches!(target, Target::Id)).map(|place| cells[place].as_str());
    if let Some(text) = id.filter(|text| !text.is_empty()) {
        let id = RawId::parse(text).map_err(|fault| fault.on("id"))?;
        return match tx.row(plan.def, id)? {
            Some(row) => Ok(Some(row)),
            None => Err(not_found(plan.def, id).on("id")),
        };
    }
    let Some((place, field)) = plan.key() else { return Ok(None) };
    if cells[place].is_empty() {
        return Ok(None);
    }
    let key = typed::to_value(field, &cells[place], plan.language, tx.currency())?;
    let query = Query::all(plan.def).only(Condition::Is(field.name, key)).limit(1);
    Ok(tx.rows(query)?.pop())
}

/// The cells of a row as values. A blank cell empties the field of a record that is there, and
/// leaves a new one as it begins. All faults at once.
fn draft(
    catalog: &kernel::Catalog,
    tx: &mut Tx<'_>,
    plan: &Plan,
    cells: &[String],
    is_new: bool,
) -> Result<Draft, Faults> {
    let (mut draft, mut faults) = (Draft::default(), Faults::default());
    for (column, cell) in plan.columns.iter().zip(cells) {
        if is_new && cell.is_empty() {
            continue;
        }
        match &column.target {
            Target::Field(field) => {
                let value = match field.kind {
                    Kind::Ref(target) if !cell.is_empty() => {
                        reference(catalog, tx, target, cell).map_err(|fault| fault.on(field.name))
                    }
                    _ => typed::to_value(field, cell, plan.language, tx.currency()),
                };
                match value {
                    Ok(value) => draft.values.push((*field, value)),
                    Err(fault) => faults.0.push(fault),
                }
            }
            Target::Custom(custom) => match custom_value(custom, cell, plan.language) {
                Ok(value) => {
                    draft.extra.insert(custom.name.clone(), value);
                }
                Err(fault) => faults.0.push(fault.on(format!("extra.{}", custom.name))),
            },
            Target::Id | Target::Left => {}
        }
    }
    faults.into_result()?;
    Ok(draft)
}

/// A record by its id or by the key of its entity.
fn reference(
    catalog: &kernel::Catalog,
    tx: &mut Tx<'_>,
    target: &str,
    cell: &str,
) -> Result<Value, Fault> {
    if let Ok(id) = RawId::parse(cell) {
        return Ok(Value::Ref(id));
    }
    let unknown = || Fault::new("import.reference").with("given", cell).with("entity", target);
    let def = catalog.entity(target).ok_or_else(unknown)?;
    let named = |field: &&FieldDef| matches!(field.kind, Kind::Text { .. }) && !field.sensitive;
    let key = def.key().filter(named).ok_or_else(unknown)?;
    let is = Condition::Is(key.name, Value::Text(cell.to_owned()));
    let row = tx.rows(Query::all(def).only(is).limit(1))?.pop();
    row.map(|row| Value::Ref(row.id)).ok_or_else(unknown)
}

const A_DAY: FieldDef = FieldDef::of::<Option<Day>>("extra", Text::new("", ""), "");
const A_FLAG: FieldDef = FieldDef::of::<Option<bool>>("extra", Text::new("", ""), "");

/// A cell as the JSON of a field that the company added.
fn custom_value(custom: &CustomField, cell: &str, language: Language) -> Result<Json, Fault> {
    if cell.is_empty() {
        return Ok(Json::Null);
    }
    let typed = |field| {
        typed::to_value(field, cell, language, kernel::Currency::EUR)
            .map(|value| json::of_value(&value))
    };
    match custom.kind {
        CustomKind::Text => Ok(json!(cell)),
        CustomKind::Number => {
            let plain = language.plain(cell);
            parse_decimal(&plain, 6)?;
            Ok(json!(plain))
        }
        CustomKind::Day => typed(&A_DAY),
        CustomKind::Flag => typed(&A_FLAG),
        CustomKind::Choice => {
            let found = custom.choices().find(|choice| typed::folded(choice) == typed::folded(cell));
            found
                .map(|choice| json!(choice))
                .ok_or_else(|| Fault::new("field.choice").with("given", cell))
        }
    }
}

/// What the record holds in the fields that the draft would change.
fn before(def: &EntityDef, row: &Row, draft: &Draft) -> Map<String, Json> {
    let mut before = Map::new();
    for (field, value) in &draft.values {
        let was = def.rank(field.name).and_then(|rank| row.values.get(rank));
        if let Some(was) = was.filter(|was| *was != value) {
            before.insert(field.name.to_owned(), json::of_value(was));
        }
    }
    let document: Map<String, Json> =
        row.extra.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let mut extra = Map::new();
    for (name, value) in &draft.extra {
        let was = document.get(name).unwrap_or(&Json::Null);
        if was != value {
            extra.insert(name.clone(), was.clone());
        }
    }
    if !extra.is_empty() {
        before.insert("extra".to_owned(), Json::Object(extra));
    }
    before
}
