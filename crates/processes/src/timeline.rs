//! What is written about a record is also on the timeline of the partner whose record it is.

use crm::interactions::Interaction;
use kernel::{Actor, EntityDef, Fault, Faults, Id, Kind, RawId, Row, Tx, Value};
use master::Party;

use crate::MODULES;

/// Finds the partner of what was written about a record.
///
/// # Errors
/// `forbidden` about a record that its author may not read, `reference.unknown` about none.
pub fn settle(tx: &mut Tx<'_>, actor: &Actor, id: RawId) -> Result<(), Faults> {
    let mut line = tx.get(Id::<Interaction>::from_raw(id))?;
    let Some(about) = line.about else { return Ok(()) };
    actor.may(&format!("{}.read", about.entity))?;
    let mut entities = MODULES.iter().flat_map(|module| module.entities);
    let Some(def) = entities.find(|def| def.name == about.entity) else { return Ok(()) };
    let row = tx.row(def, about.id)?;
    let row = row
        .ok_or_else(|| Fault::new("reference.unknown").on("about").with("id", about.to_string()))?;
    if line.party.is_none()
        && let Some(party) = party_of(def, &row)
    {
        line.party = Some(party);
        tx.save(&line)?;
    }
    Ok(())
}

/// The partner that a record is of: the record itself, or the first that it names.
pub(crate) fn party_of(def: &EntityDef, row: &Row) -> Option<Id<Party>> {
    let party = <Party as kernel::Entity>::DEF;
    if def.name == party.name {
        return Some(Id::from_raw(row.id));
    }
    let named = def.fields.iter().zip(&row.values).find_map(|(field, value)| match value {
        Value::Ref(id) if field.kind == Kind::Ref(party.name) => Some(*id),
        _ => None,
    });
    named.map(Id::from_raw)
}
