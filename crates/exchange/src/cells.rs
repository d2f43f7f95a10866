//! The cells of one row as a record made, changed, or found the same.

use kernel::edit::{self, Draft};
use kernel::work::not_found;
use kernel::{
    Actor, Catalog, Condition, Currency, CustomField, CustomKind, Day, EntityDef, Fault, Faults,
    FieldDef, Id, Kind, Language, LongText, Origin, Query, RawId, Row, Text, Tx, Value, json,
    parse_decimal, typed,
};
use serde_json::{Map, Value as Json, json};

use crate::batch::{ImportBatch, ImportRow, RowOutcome};
use crate::columns::{Plan, Target};
use crate::rows::short;

/// What one row did.
pub struct Taken {
    pub outcome: RowOutcome,
    pub id: RawId,
    pub version: i64,
    /// What the record held in the fields that the row changed.
    pub before: Option<String>,
}

impl Taken {
    /// What is kept of the row.
    #[must_use]
    pub fn record(self, batch: Id<ImportBatch>, def: &'static EntityDef, rank: i64) -> ImportRow {
        ImportRow {
            batch,
            rank,
            outcome: self.outcome,
            about: Some(Origin { entity: def.name, id: self.id }),
            record_version: Some(self.version),
            before: self.before.filter(|text| short(text)).map(LongText),
            refusals: None,
        }
    }
}

/// Makes or edits the record of one row, by the same engine as a form.
///
/// # Errors
/// Those of the cells, of [`edit::create`] and of [`edit::update`].
pub fn take(
    catalog: &Catalog,
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
    catalog: &Catalog,
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
fn reference(catalog: &Catalog, tx: &mut Tx<'_>, target: &str, cell: &str) -> Result<Value, Fault> {
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
        typed::to_value(field, cell, language, Currency::EUR).map(|value| json::of_value(&value))
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
            let found =
                custom.choices().find(|choice| typed::folded(choice) == typed::folded(cell));
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
