//! The record that a request is answered with.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::work::not_found;
use kernel::{Actor, Catalog, EntityDef, Faults, RawId, Tx};
use serde_json::{Map, Value as Json, json};

use crate::Api;
use crate::rest::whole_record;

pub fn find(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    def: &'static EntityDef,
    id: RawId,
) -> Result<Map<String, Json>, Faults> {
    let row = tx.row(def, id)?;
    let row = row.filter(|row| identity::personal::sees(def, actor, &row.values));
    let row = row.ok_or_else(|| not_found(def, id))?;
    Ok(whole_record(catalog, tx, actor, def, &row)?)
}

/// The record as it is once the command is done: totals and numbers are set last. Who may write
/// but not read gets the id alone.
pub fn after(
    api: &Api,
    actor: &Actor,
    def: &'static EntityDef,
    id: RawId,
) -> Result<Map<String, Json>, Faults> {
    let alone = || Map::from_iter([("id".to_owned(), json!(id.to_string()))]);
    if !actor.can(&format!("{}.read", def.name)) {
        return Ok(alone());
    }
    match api.store.read(actor, |tx| find(api.catalog, tx, actor, def, id)) {
        // The answer of a key used again may be about a record that is gone since.
        Err(faults) if faults.has("not_found") => Ok(alone()),
        found => found,
    }
}

/// The record that a command answers with, taken from its own transaction when all else is done: it
/// is not read again. A key used again runs nothing and leaves nothing.
#[derive(Clone, Default)]
pub struct Left(Arc<Mutex<Option<Map<String, Json>>>>);

impl Left {
    pub fn record(
        &self,
        catalog: &'static Catalog,
        tx: &mut Tx<'_>,
        actor: &Actor,
        def: &'static EntityDef,
        id: RawId,
    ) {
        if !actor.can(&format!("{}.read", def.name)) {
            return;
        }
        let (left, actor) = (Arc::clone(&self.0), actor.clone());
        tx.at_end(move |tx| {
            let found = match find(catalog, tx, &actor, def, id) {
                Err(faults) if faults.has("not_found") => None,
                found => Some(found?),
            };
            *left.lock().unwrap_or_else(PoisonError::into_inner) = found;
            Ok(())
        });
    }

    pub fn or_read(
        &self,
        api: &Api,
        actor: &Actor,
        def: &'static EntityDef,
        id: RawId,
    ) -> Result<Map<String, Json>, Faults> {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        left.map_or_else(|| after(api, actor, def, id), Ok)
    }
}
