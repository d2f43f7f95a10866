//! Records made, edited and deleted by hand: the one engine behind the form, REST and import.

mod fits;
mod places;

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value as Json};

use crate::backend::Row;
use crate::custom::{CustomField, Shape};
use crate::work::not_found;
use crate::{
    Actor, Catalog, Entity, EntityDef, Fault, Faults, FieldDef, Kind, Money, Price, Quantity, Rate,
    RawId, Record, Tx, Value, json, rights, wish,
};
pub(crate) use fits::fits;

/// What a door was given for one record: values by field, custom members, lines.
#[derive(Debug, Default, Clone)]
pub struct Draft {
    pub values: Vec<(&'static FieldDef, Value)>,
    pub extra: Map<String, Json>,
    /// For each field of lines given, the whole list. A line with an id is kept and edited (as it
    /// is when its draft is empty); one without is new; a stored line not listed is removed.
    pub lines: Vec<(&'static FieldDef, Vec<LineDraft>)>,
}

/// One line of a draft: a stored one when it has an id, else a new one.
#[derive(Debug, Default, Clone)]
pub struct LineDraft {
    pub id: Option<RawId>,
    pub draft: Draft,
}

/// The entity whose records are the lines of `field`.
pub(crate) fn line_def(catalog: &Catalog, field: &FieldDef) -> &'static EntityDef {
    let Kind::Lines(name) = field.kind else { unreachable!("only fields of lines hold lines") };
    catalog.entity(name).unwrap_or_else(|| unreachable!("the catalogue is checked at start"))
}

impl Draft {
    fn is_empty(&self) -> bool {
        self.values.is_empty() && self.extra.is_empty() && self.lines.is_empty()
    }

    /// Reads a JSON object. All faults at once.
    ///
    /// # Errors
    /// `field.unknown`, `field.system`, `field.type` and the like, each on its field.
    pub fn of_json(
        catalog: &Catalog,
        def: &'static EntityDef,
        members: &Map<String, Json>,
        tx: &Tx<'_>,
    ) -> Result<Self, Faults> {
        let (mut draft, mut faults) = (Self::default(), Faults::default());
        for (name, given) in members {
            // What the store owns comes back in every answer and is let through unread.
            if matches!(name.as_str(), "id" | "version" | "created_at" | "updated_at") {
                continue;
            }
            if name == "extra" {
                match given {
                    Json::Object(members) => draft.extra = members.clone(),
                    Json::Null => {}
                    _ => faults.0.push(crate::wrong_type().on("extra")),
                }
                continue;
            }
            let Some(field) = def.field(name) else {
                faults.0.push(Fault::new("field.unknown").on(name.clone()));
                continue;
            };
            if let Kind::Lines(_) = field.kind {
                let lines = Self::lines_of_json(catalog, field, given, tx);
                if let Some(lines) = faults.gather(lines) {
                    draft.lines.push((field, lines));
                }
                continue;
            }
            match json::to_known_value(catalog, field, given, tx.currency()) {
                Ok(value) => draft.values.push((field, value)),
                Err(fault) => faults.0.push(fault.on(field.name)),
            }
        }
        faults.into_result()?;
        Ok(draft)
    }

    fn lines_of_json(
        catalog: &Catalog,
        field: &'static FieldDef,
        given: &Json,
        tx: &Tx<'_>,
    ) -> Result<Vec<LineDraft>, Faults> {
        let def = line_def(catalog, field);
        let Json::Array(items) = given else {
            return Err(crate::wrong_type().on(field.name).into());
        };
        let (mut lines, mut faults) = (Vec::new(), Faults::default());
        for (rank, item) in items.iter().enumerate() {
            let place = format!("{}.{rank}", field.name);
            let Json::Object(members) = item else {
                faults.0.push(crate::wrong_type().on(place));
                continue;
            };
            let id = members.get("id").and_then(Json::as_str).map(RawId::parse).transpose();
            let draft = Self::of_json(catalog, def, members, tx).map_err(|f| f.within(&place));
            match id {
                Err(fault) => faults.0.push(fault.on("id").within(&place)),
                Ok(id) => {
                    if let Some(draft) = faults.gather(draft) {
                        lines.push(LineDraft { id, draft });
                    }
                }
            }
        }
        faults.into_result()?;
        Ok(lines)
    }
}

/// Makes a record.
///
/// # Errors
/// `forbidden`, `entity.kept`, `field.*`, `reference.unknown`, the rules of the entity.
pub fn create(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    def: &'static EntityDef,
    draft: &Draft,
) -> Result<RawId, Faults> {
    gate(actor, def, "create")?;
    let mut values: Record = def.fields.iter().map(|field| blank(field, tx)).collect();
    rights::own(catalog, actor, def, &mut values);
    let id = tx.draw_id::<()>().raw();
    store(catalog, tx, def, id, values, draft, None)?;
    let settled = settle(catalog, tx, actor, def, id);
    settled.map_err(|faults| wish::carried(faults, || wish::of_draft(def, None, draft)))?;
    rights::may_have(catalog, tx, actor, (def, "create"), id)?;
    Ok(id)
}

/// Edits a record. `version`, when given, is the one the editor saw.
///
/// # Errors
/// `step_up.needed`, `not_found`, `record.stale`, and those of [`create`] and of [`EntityDef::editable`].
pub fn update(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    def: &'static EntityDef,
    id: RawId,
    version: Option<i64>,
    draft: &Draft,
) -> Result<(), Faults> {
    gate(actor, def, "update")?;
    let row = tx.lock_row(def, id)?.ok_or_else(|| not_found(def, id))?;
    rights::may_on(catalog, tx, actor, (def, "update"), &row)?;
    proven(actor, def, draft, &row)?;
    fresh(&row, version, draft)?;
    (def.editable)(&row.values)?;
    store(catalog, tx, def, id, row.values.clone(), draft, Some(&row))?;
    let settled = settle(catalog, tx, actor, def, id);
    let seen = Some((id, row.version));
    settled.map_err(|faults| wish::carried(faults, || wish::of_draft(def, seen, draft)))?;
    Ok(rights::may_have(catalog, tx, actor, (def, "update"), id)?)
}

/// Deletes a record and its lines.
///
/// # Errors
/// `not_found`, `record.stale`, `record.used`, and those of [`EntityDef::editable`].
pub fn delete(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    def: &'static EntityDef,
    id: RawId,
    version: Option<i64>,
) -> Result<(), Faults> {
    gate(actor, def, "delete")?;
    let row = tx.lock_row(def, id)?.ok_or_else(|| not_found(def, id))?;
    rights::may_on(catalog, tx, actor, (def, "delete"), &row)?;
    fresh(&row, version, &Draft::default())?;
    (def.editable)(&row.values)?;
    for field in def.fields.iter().filter(|field| matches!(field.kind, Kind::Lines(_))) {
        let lines = line_def(catalog, field);
        for line in lines_of(tx, lines, id)? {
            tx.delete_row(lines, line.id)?;
        }
    }
    Ok(tx.delete_row(def, id)?)
}

/// The stored lines of a record, in order.
///
/// # Errors
/// `store.*`.
pub fn lines_of(
    tx: &mut Tx<'_>,
    lines: &'static EntityDef,
    parent: RawId,
) -> Result<Vec<Row>, Fault> {
    let (field, _) = lines.parent().unwrap_or_else(|| unreachable!("a line has a parent"));
    let of = crate::Condition::Is(field.name, Value::Ref(parent));
    let mut rows = tx.rows(crate::Query::all(lines).only(of))?;
    places::sort(lines, &mut rows);
    Ok(rows)
}

fn gate(actor: &Actor, def: &EntityDef, act: &str) -> Result<(), Faults> {
    actor.may(&format!("{}.{act}", def.name))?;
    if def.kept || def.parent().is_some() {
        return Err(Fault::new("entity.kept").with("entity", def.name).into());
    }
    Ok(())
}

/// A field that weighs more than its record, a bank account, is changed by who has shown lately who
/// they are.
fn proven(actor: &Actor, def: &EntityDef, draft: &Draft, row: &Row) -> Result<(), Fault> {
    let changes = |(field, value): &&(&'static FieldDef, Value)| {
        def.rank(field.name).and_then(|rank| row.values.get(rank)) != Some(value)
    };
    let mut changed = draft.values.iter().filter(changes);
    changed
        .try_for_each(|(field, _)| actor.proven_for(&format!("field:{}.{}", def.name, field.name)))
}

/// Two people who edit the same record: the second sees what the first wrote.
fn fresh(row: &Row, version: Option<i64>, draft: &Draft) -> Result<(), Faults> {
    if version.is_none_or(|version| version == row.version) {
        return Ok(());
    }
    let given =
        draft.values.iter().map(|(field, value)| (field.name, value.clone())).collect::<Vec<_>>();
    let fault = Fault::new("record.stale")
        .with("version", row.version)
        .with("yours", Json::Object(json::of_facts(&given)).to_string());
    Err(fault.into())
}

/// What a field holds before anyone filled it.
fn blank(field: &FieldDef, tx: &Tx<'_>) -> Value {
    if !field.required {
        return Value::Null;
    }
    match field.kind {
        Kind::Flag => Value::Flag(false),
        Kind::Choice(values) => {
            Value::Text(values.first().map_or("", |(name, _)| *name).to_owned())
        }
        _ if !field.system => Value::Null,
        Kind::Text { .. } | Kind::LongText => Value::Text(String::new()),
        Kind::Integer => Value::Integer(0),
        Kind::Money => Value::Money(Money::zero(tx.currency())),
        Kind::Price => Value::Price(Price::zero(tx.currency())),
        Kind::Quantity => Value::Quantity(Quantity::ZERO),
        Kind::Rate => Value::Rate(Rate::ZERO),
        Kind::Day => Value::Day(tx.today()),
        Kind::Instant => Value::Instant(tx.now()),
        Kind::Ref(_) | Kind::Origin | Kind::Lines(_) => Value::Null,
    }
}

fn store(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    def: &'static EntityDef,
    id: RawId,
    mut values: Record,
    draft: &Draft,
    present: Option<&Row>,
) -> Result<(), Faults> {
    let mut faults = Faults::default();
    for (field, value) in &draft.values {
        let at = def.rank(field.name).unwrap_or_else(|| unreachable!("a draft holds known fields"));
        if field.system && values[at] != *value {
            faults.0.push(Fault::new("field.system").on(field.name));
        } else if values[at] != *value && rights::locked(tx.actor(), def, field) {
            faults.0.push(Fault::new("field.locked").on(field.name));
        // A line stays with the record it was given in, whatever parent it names.
        } else if !field.system && !field.parent {
            values[at] = value.clone();
        }
    }
    faults.ensure(draft.extra.is_empty() || !rights::extra_locked(tx.actor(), def), || {
        Fault::new("field.locked").on("extra")
    });
    faults.gather(fits(catalog, tx, def, &values));
    // Most companies add no field to most entities: the definitions are read once they matter.
    let needs_shape =
        !draft.extra.is_empty() || (present.is_none() && def.name != CustomField::DEF.name);
    let extra = if needs_shape {
        let shape = Shape::of(tx, def)?;
        let present = present.and_then(|row| row.extra.as_deref());
        faults.gather(shape.merge(present, &draft.extra)).flatten()
    } else {
        present.and_then(|row| row.extra.clone())
    };
    faults.gather((def.check)(&values));
    unrepeated(&mut faults);
    faults.into_result()?;
    if present.is_some() {
        tx.save_values(def, id, values)?;
        tx.save_extra(def, id, extra)?;
    } else {
        tx.insert_row(def, id, values, extra)?;
    }
    for (field, lines) in &draft.lines {
        store_lines(catalog, tx, field, id, lines)?;
    }
    Ok(())
}

/// A required field that is missing would also break its own rule: one refusal is enough.
fn unrepeated(faults: &mut Faults) {
    let mut seen = Vec::new();
    faults.0.retain(|fault| {
        let kind = matches!(fault.code, "field.type" | "field.choice");
        let repeated = kind && seen.contains(&fault.field);
        seen.push(fault.field.clone());
        !repeated
    });
}

fn store_lines(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    field: &'static FieldDef,
    parent: RawId,
    lines: &[LineDraft],
) -> Result<(), Faults> {
    let def = line_def(catalog, field);
    let (link, _) = def.parent().unwrap_or_else(|| unreachable!("a line has a parent"));
    let at = def.rank(link.name).unwrap_or_else(|| unreachable!("the parent is a field"));
    let rows = lines_of(tx, def, parent)?;
    let kept: HashSet<RawId> = lines.iter().filter_map(|line| line.id).collect();
    for row in rows.iter().filter(|row| !kept.contains(&row.id)) {
        tx.delete_row(def, row.id)?;
    }
    let stored: HashMap<RawId, &Row> = rows.iter().map(|row| (row.id, row)).collect();
    let places = places::given(def, lines, &stored);
    let mut faults = Faults::default();
    for (rank, line) in lines.iter().enumerate() {
        let place = format!("{}.{rank}", field.name);
        let present = match line.id {
            Some(id) => match stored.get(&id) {
                Some(row) if line.draft.is_empty() && places.keeps(rank, row) => continue,
                Some(row) => Some(*row),
                None => {
                    faults.0.push(not_found(def, id).on("id").within(&place));
                    continue;
                }
            },
            None => None,
        };
        let mut values: Record = match present {
            Some(row) => row.values.clone(),
            None => def.fields.iter().map(|field| blank(field, tx)).collect(),
        };
        values[at] = Value::Ref(parent);
        places.put(rank, &mut values);
        let id = present.map_or_else(|| tx.draw_id::<()>().raw(), |row| row.id);
        let done = store(catalog, tx, def, id, values, &line.draft, present);
        faults.gather(done.map_err(|broken| broken.within(&place)));
    }
    faults.into_result()
}

pub(crate) fn settle(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    def: &EntityDef,
    id: RawId,
) -> Result<(), Faults> {
    for settle in catalog.settles(def.name) {
        (settle.run)(tx, actor, id)?;
    }
    Ok(())
}
