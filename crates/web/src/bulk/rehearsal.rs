//! What a job would do: the first records changed for good measure, each in a transaction that is
//! given up.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::bulk::{BulkDeed, BulkJob, Deed};
use kernel::{Actor, Catalog, EntityDef, Fault, Faults, FieldDef, RawId, Row};
use store::{Call, Store};

use super::which::Which;
use crate::show;
use crate::titles::{Titles, title_of, wanted};

/// How many records are rehearsed.
const SAMPLE: usize = 100;

/// A record that would change: before, after.
pub struct Change {
    pub before: Row,
    pub after: Option<Row>,
}

/// What the rehearsal showed.
pub struct Seen {
    /// How many records are meant; more than [`kernel::bulk::MOST`] are too many.
    pub total: usize,
    /// How many of them were rehearsed.
    pub tried: usize,
    pub changes: Vec<Change>,
    /// What each refused record is called, and why.
    pub refusals: Vec<(String, Faults)>,
    /// The fields of which before and after are shown.
    pub fields: Vec<&'static FieldDef>,
    pub titles: Titles,
}

/// Rehearses a job on its first records.
///
/// # Errors
/// `store.*`.
pub fn run(
    store: &Store,
    catalog: &'static Catalog,
    actor: &Actor,
    def: &'static EntityDef,
    job: &BulkJob,
    which: &Which,
) -> Result<Seen, Faults> {
    let ids = which.ids(store, actor, def)?;
    let mut seen = Seen {
        total: ids.len(),
        tried: ids.len().min(SAMPLE),
        changes: Vec::new(),
        refusals: Vec::new(),
        fields: fields(actor, def, job),
        titles: Titles::default(),
    };
    for id in ids.into_iter().take(SAMPLE) {
        match one(store, catalog, actor, def, job, id) {
            Ok(Some(change)) => seen.changes.push(change),
            Ok(None) => {}
            Err(faults) if faults.0.iter().any(|fault| fault.code == "store.unavailable") => {
                return Err(faults);
            }
            Err(faults) => {
                let row = store.read(actor, |tx| Ok(tx.row(def, id)?))?;
                let name =
                    row.map_or_else(|| id.to_string(), |row| title_of(def, &row, actor.language));
                seen.refusals.push((name, faults));
            }
        }
    }
    let rows: Vec<&Row> = seen
        .changes
        .iter()
        .flat_map(|change| [Some(&change.before), change.after.as_ref()])
        .flatten()
        .collect();
    let named: Vec<_> = wanted(def, rows).collect();
    let mut titles = Titles::default();
    store.read(actor, |tx| Ok(titles.gather(catalog, tx, actor, named)?))?;
    seen.titles = titles;
    Ok(seen)
}

/// The fields that the job sets, or the states that an act moves.
fn fields(actor: &Actor, def: &'static EntityDef, job: &BulkJob) -> Vec<&'static FieldDef> {
    let asked = job.asked().unwrap_or_default();
    let shown = |field: &&FieldDef| match job.deed {
        BulkDeed::Set => asked.contains_key(field.name),
        BulkDeed::Act => show::is_state(field),
        _ => false,
    };
    def.stored().filter(|field| !show::hidden(actor, def, field)).filter(shown).collect()
}

/// Changes one record and gives it up.
fn one(
    store: &Store,
    catalog: &'static Catalog,
    actor: &Actor,
    def: &'static EntityDef,
    job: &BulkJob,
    id: RawId,
) -> Result<Option<Change>, Faults> {
    let seen: Arc<Mutex<Option<Change>>> = Arc::default();
    let (noted, who, job) = (seen.clone(), actor.clone(), job.clone());
    let done = store.command(Call::new(actor.clone()), move |tx| {
        let before = tx.row(def, id)?.ok_or_else(|| kernel::work::not_found(def, id))?;
        Deed::of(catalog, tx, def, &job)?.run(catalog, tx, &who, def, id)?;
        // The database has its say too: a key that is taken, a record that is referred to.
        tx.flush()?;
        let after = tx.row(def, id)?;
        *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(Change { before, after });
        Err(Fault::new("bulk.rehearsed").into())
    });
    match done {
        Err(faults) if !faults.has("bulk.rehearsed") => Err(faults),
        _ => Ok(seen.lock().unwrap_or_else(PoisonError::into_inner).take()),
    }
}
