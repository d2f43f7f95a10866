//! Many records meant at once: those that a condition lets through, and what a job would do to one
//! of them. Both doors, that of programs and that of people, come here.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::bulk::{BulkJob, Deed, MOST};
use kernel::{Actor, Catalog, Condition, EntityDef, Fault, Faults, Query, RawId, Row, Value};
use store::{Call, Store};

/// How many records are read at a time.
const PAGE: u32 = 1_000;

/// A record that would change: before, after.
pub struct Change {
    pub before: Row,
    /// `None` when it would be gone.
    pub after: Option<Row>,
}

/// The records that pass, oldest first: [`MOST`] and one more at most.
///
/// # Errors
/// `store.*`.
pub fn ids(
    store: &Store,
    actor: &Actor,
    def: &'static EntityDef,
    condition: &Condition,
) -> Result<Vec<RawId>, Faults> {
    let mut ids: Vec<RawId> = Vec::new();
    while ids.len() <= MOST {
        let mut query = Query::all(def).only(condition.clone()).limit(PAGE);
        if let Some(last) = ids.last() {
            query = query.after(Value::Ref(*last), *last);
        }
        let rows = store.read(actor, |tx| Ok(tx.rows(query)?))?;
        if rows.is_empty() {
            break;
        }
        ids.extend(rows.iter().map(|row| row.id));
    }
    ids.truncate(MOST + 1);
    Ok(ids)
}

/// Changes one record for good measure, in a transaction that is given up.
///
/// # Errors
/// Those of [`Deed::run`].
pub fn rehearse(
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
