//! An import taken back: what it made is deleted, what it changed is restored, as long as nobody
//! touched it since.

use kernel::edit::{self, Draft};
use kernel::{Actor, Catalog, Direction, Entity, EntityDef, Fault, Faults, Id, Kept, Query, Tx};
use serde_json::{Map, Value as Json, json};
use store::{Call, Store};

use crate::batch::{ImportBatch, ImportRow, ImportState, RowOutcome};
use crate::fault_json;

/// How many rows are read at a time.
const PAGE: u32 = 200;

/// What became of the rows of an import.
#[derive(Debug, Clone, Default)]
pub struct Undone {
    pub undone: i64,
    /// The rows that could not be taken back, and why.
    pub refusals: Vec<Json>,
}

/// Takes an import back, its last row first. Run again, it takes back what it could not before.
/// `progress` is told how many rows were looked at, each time some were.
///
/// # Errors
/// `not_found`, `forbidden`, `import.running`, `store.*`.
pub fn undo(
    store: &Store,
    actor: &Actor,
    id: Id<ImportBatch>,
    progress: &dyn Fn(i64),
) -> Result<Undone, Faults> {
    actor.may("import_batch.read")?;
    let batch = store.read(actor, |tx| Ok(tx.get(id)?))?;
    let unknown = || Fault::new("path.unknown").with("path", batch.entity.as_str());
    let def = store.catalog().entity(&batch.entity).ok_or_else(unknown)?;
    if batch.made > 0 {
        actor.may(&format!("{}.delete", def.name))?;
    }
    if batch.changed > 0 {
        actor.may(&format!("{}.update", def.name))?;
    }
    if batch.state == ImportState::Running {
        return Err(Fault::new("import.running").into());
    }
    let (mut undone, mut after, mut seen) = (Undone::default(), None, 0);
    loop {
        let rows = page(store, actor, id, after)?;
        let Some(last) = rows.last() else { break };
        after = Some(last.rank);
        for row in &rows {
            match take_back(store, actor, def, row) {
                Ok(true) => undone.undone += 1,
                Ok(false) => {}
                Err(faults) if faults.0.iter().any(|fault| fault.code.starts_with("store.")) => {
                    return Err(faults);
                }
                Err(faults) => undone.refusals.push(refusal(row, &faults, actor)),
            }
        }
        seen += i64::try_from(rows.len()).unwrap_or(0);
        progress(seen);
    }
    let state = match undone.refusals.is_empty() {
        true => ImportState::Undone,
        false => ImportState::PartlyUndone,
    };
    store.command(Call::new(actor.clone()), move |tx| {
        let mut batch = tx.lock(id)?;
        batch.state = state;
        tx.save(&batch)?;
        Ok(Json::Null)
    })?;
    Ok(undone)
}

fn page(
    store: &Store,
    actor: &Actor,
    id: Id<ImportBatch>,
    before: Option<i64>,
) -> Result<Vec<Kept<ImportRow>>, Faults> {
    let mut only = ImportRow::BATCH.is(&id);
    if let Some(before) = before {
        only = only & ImportRow::RANK.at_most(&(before - 1));
    }
    let query =
        Query::all(ImportRow::DEF).only(only.condition).sorted("rank", Direction::Down).limit(PAGE);
    store.read(actor, |tx| Ok(tx.select(query)?))
}

fn refusal(row: &Kept<ImportRow>, faults: &Faults, actor: &Actor) -> Json {
    let told: Vec<Json> = faults.0.iter().map(|fault| fault_json(fault, actor.language)).collect();
    json!({ "row": row.rank, "faults": told })
}

/// Takes one row back; false when there was nothing to take back.
fn take_back(
    store: &Store,
    actor: &Actor,
    def: &'static EntityDef,
    row: &Kept<ImportRow>,
) -> Result<bool, Faults> {
    if !matches!(row.outcome, RowOutcome::Made | RowOutcome::Changed) {
        return Ok(false);
    }
    let (catalog, who, id) = (store.catalog(), actor.clone(), row.id);
    let done = store.command(Call::new(actor.clone()), move |tx| {
        let mut row = tx.lock(id)?;
        let Some(about) = row.about else { return Ok(json!(false)) };
        // Deleted since: there is nothing left to take back.
        let Some(present) = tx.lock_row(def, about.id)? else { return done(tx, &mut row) };
        if Some(present.version) != row.record_version {
            return Err(Fault::new("import.touched").with("row", row.rank).into());
        }
        match row.outcome {
            RowOutcome::Made => edit::delete(catalog, tx, &who, def, about.id, row.record_version)?,
            RowOutcome::Changed => {
                let draft = restored(catalog, tx, def, &row)?;
                edit::update(catalog, tx, &who, def, about.id, row.record_version, &draft)?;
            }
            _ => return Ok(json!(false)),
        }
        done(tx, &mut row)
    })?;
    Ok(done == json!(true))
}

fn done(tx: &mut Tx<'_>, row: &mut Kept<ImportRow>) -> Result<Json, Faults> {
    row.outcome = RowOutcome::Undone;
    tx.save(row)?;
    Ok(json!(true))
}

/// What the record held before, as a draft.
fn restored(
    catalog: &Catalog,
    tx: &Tx<'_>,
    def: &'static EntityDef,
    row: &ImportRow,
) -> Result<Draft, Faults> {
    let lost = || Fault::new("import.lost").with("row", row.rank);
    let text = row.before.as_ref().ok_or_else(lost)?;
    let members: Map<String, Json> = serde_json::from_str(&text.0).map_err(|_| lost())?;
    Draft::of_json(catalog, def, &members, tx)
}
