//! The rules asked about a record at hand, and about those of a query.

use super::{Path, path};
use crate::work::not_found;
use crate::{
    Actor, Catalog, Condition, EntityDef, Fault, Kind, Origin, RawId, Record, Row, Tx, Value,
};

/// The records of an entity that the rules let this person read.
#[must_use]
pub fn visible(catalog: &Catalog, def: &'static EntityDef, actor: &Actor) -> Condition {
    if !depends(catalog, def, actor) {
        return Condition::Everything;
    }
    let decision = actor.grants.decision(catalog, (def, "read"), actor.user);
    // Who may read none is told so at the door; what the business reads for them is its own.
    if decision.permits.is_empty() { Condition::Everything } else { decision.condition() }
}

/// A condition whose relations lead to records that the rules let this person read alone: a list
/// tells nothing of the others by what it lets through.
#[must_use]
pub fn narrowed(catalog: &Catalog, actor: &Actor, condition: Condition) -> Condition {
    let each = |parts: Vec<Condition>| {
        parts.into_iter().map(|part| narrowed(catalog, actor, part)).collect()
    };
    let on = |def, inner| narrowed(catalog, actor, inner).and(visible(catalog, def, actor));
    match condition {
        Condition::All(all) => Condition::All(each(all)),
        Condition::Any(any) => Condition::Any(each(any)),
        Condition::Not(inner) => Condition::Not(Box::new(narrowed(catalog, actor, *inner))),
        Condition::Through(field, def, inner) => {
            Condition::Through(field, def, Box::new(on(def, *inner)))
        }
        Condition::Some(related, inner) => {
            Condition::Some(related, Box::new(on(related.def, *inner)))
        }
        Condition::Measure(mut measure) => {
            measure.only = on(measure.of.def, measure.only);
            Condition::Measure(measure)
        }
        plain => plain,
    }
}

/// Whether reading depends on the record, or on the record whose line it is.
fn depends(catalog: &Catalog, def: &'static EntityDef, actor: &Actor) -> bool {
    if !actor.grants.asks() {
        return false;
    }
    let holder = def.parent().and_then(|(_, holder)| catalog.entity(holder));
    actor.grants.depends(def.name, "read")
        || holder.is_some_and(|holder| depends(catalog, holder, actor))
}

/// Whether the rules let this person read this record.
///
/// # Errors
/// `store.*`.
pub fn sees(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    def: &'static EntityDef,
    record: &Record,
) -> Result<bool, Fault> {
    if !depends(catalog, def, actor) {
        return Ok(true);
    }
    let decision = actor.grants.decision(catalog, (def, "read"), actor.user);
    if decision.permits.is_empty() {
        return Ok(true);
    }
    holds(tx, &decision, def, record)
}

fn holds(
    tx: &mut Tx<'_>,
    decision: &super::Decision,
    def: &'static EntityDef,
    record: &Record,
) -> Result<bool, Fault> {
    let mut broken = None;
    let held = decision.holds(def, record, &mut |target, id| match tx.any_row(target, id) {
        Ok(row) => row.map(|row| row.values),
        Err(fault) => {
            broken = Some(fault);
            None
        }
    });
    broken.map_or(Ok(held), Err)
}

/// Whether this person may do this to this record: the same answer as if it did not exist when
/// they may not read it.
///
/// # Errors
/// `not_found`; `forbidden` when the rules refuse the act on this record.
pub fn may_on(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    (def, act): (&'static EntityDef, &str),
    row: &Row,
) -> Result<(), Fault> {
    if !actor.grants.asks() {
        return Ok(());
    }
    if !sees(catalog, tx, actor, def, &row.values)? {
        return Err(not_found(def, row.id));
    }
    may_make(catalog, tx, actor, (def, act), &row.values)
}

/// Whether the rules permit the act on a record of these values.
///
/// # Errors
/// `forbidden`.
pub fn may_make(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    (def, act): (&'static EntityDef, &str),
    values: &Record,
) -> Result<(), Fault> {
    if !actor.grants.depends(def.name, act) {
        return Ok(());
    }
    let decision = actor.grants.decision(catalog, (def, act), actor.user);
    if holds(tx, &decision, def, values)? {
        return Ok(());
    }
    Err(Fault::new("forbidden.record").with("right", format!("{}.{act}", def.name)))
}

/// Whether the rules permit what an edit made of a record: no one gives away what they may not
/// change, or makes what is not theirs to make.
///
/// # Errors
/// `forbidden.record`.
pub fn may_have(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    (def, act): (&'static EntityDef, &str),
    id: RawId,
) -> Result<(), Fault> {
    if !actor.grants.depends(def.name, act) {
        return Ok(());
    }
    match tx.any_row(def, id)? {
        Some(row) => may_make(catalog, tx, actor, (def, act), &row.values),
        None => Ok(()),
    }
}

/// What someone makes whose reach is not the whole company is theirs at first, where a field of the
/// record says whose it is.
pub fn own(catalog: &Catalog, actor: &Actor, def: &'static EntityDef, values: &mut Record) {
    let limited =
        actor.grants.depends(def.name, "create") || actor.grants.depends(def.name, "read");
    let Some(user) = actor.user.filter(|_| limited) else { return };
    let Some(Path::Field(field)) = path(catalog, def) else { return };
    let value = match field.kind {
        Kind::Origin => Value::Origin(Origin { entity: "user", id: user }),
        _ => Value::Ref(user),
    };
    if let Some(at) = def.rank(field.name).filter(|at| values[*at].is_null()) {
        values[at] = value;
    }
}

/// The same for a record known by its id, before an act on it.
///
/// # Errors
/// `not_found`, `forbidden.record`.
pub fn may_write(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    (def, act): (&'static EntityDef, &str),
    id: RawId,
) -> Result<(), Fault> {
    if !actor.grants.asks() {
        return Ok(());
    }
    // What is not there is the act's own refusal.
    match tx.any_row(def, id)? {
        Some(row) => may_on(catalog, tx, actor, (def, act), &row),
        None => Ok(()),
    }
}
