//! Which records: those chosen one by one, or all those that the list holds.

use kernel::bulk::MOST;
use kernel::{Actor, Condition, EntityDef, Faults, Query, RawId, Value};
use store::Store;

use crate::address::Fields;

/// How many records are read at a time.
const PAGE: u32 = 1_000;

/// A choice of records.
#[derive(Clone)]
pub struct Which {
    /// The ids chosen, as they were sent.
    pub chosen: Vec<RawId>,
    /// Whether all the records of the list are meant.
    pub everything: bool,
    condition: Condition,
}

impl Which {
    /// Reads the form; `condition` is that of the list.
    #[must_use]
    pub fn of(fields: &Fields, condition: Condition) -> Self {
        let mut chosen: Vec<RawId> =
            fields.all("id").filter_map(|id| RawId::parse(id).ok()).collect();
        chosen.sort_unstable();
        chosen.dedup();
        Self { chosen, everything: fields.text("which") == "all", condition }
    }

    /// The records, oldest first: [`MOST`] and one more at most.
    ///
    /// # Errors
    /// `store.*`.
    pub fn ids(
        &self,
        store: &Store,
        actor: &Actor,
        def: &'static EntityDef,
    ) -> Result<Vec<RawId>, Faults> {
        if !self.everything {
            return Ok(self.chosen.clone());
        }
        self.all(store, actor, def)
    }

    /// All the records of the list, whatever was chosen.
    ///
    /// # Errors
    /// `store.*`.
    pub fn all(
        &self,
        store: &Store,
        actor: &Actor,
        def: &'static EntityDef,
    ) -> Result<Vec<RawId>, Faults> {
        let mut ids: Vec<RawId> = Vec::new();
        while ids.len() <= MOST {
            let mut query = Query::all(def).only(self.condition.clone()).limit(PAGE);
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
}
