//! Which records: those chosen one by one, or all those that the list holds.

use exchange::many;
use kernel::{Actor, Condition, EntityDef, Faults, RawId};
use store::Store;

use crate::address::Fields;

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

    /// The records, oldest first: [`kernel::bulk::MOST`] and one more at most.
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
        many::ids(store, actor, def, &self.condition)
    }
}
