//! References: what is offered as one types, and what a typed text means.

use axum::extract::Path;
use identity::personal;
use kernel::{
    Actor, Catalog, Condition, EntityDef, Fault, Faults, Kind, Query, RawId, Row, Tx, Value,
};

use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::parts::{PickOption, pick_options};
use crate::titles::title_of;

/// How many are offered.
const OFFERED: u32 = 12;

/// `/pick/{entity}?q=`: the records of an entity that match what was typed.
pub async fn pick(ask: Ask, Path(entity): Path<String>) -> Answer {
    let unknown = || Fault::new("path.unknown").with("path", format!("/pick/{entity}"));
    let def = ask.state.catalog.entity(&entity).ok_or_else(unknown);
    let def = def.map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.read", def.name))?;
    let typed = ask.query.text("q").to_owned();
    let words = typed.clone();
    let rows = ask.read(move |tx, _| Ok(matching(tx, def, &words, OFFERED)?)).await?;
    let options: Vec<PickOption> = rows.iter().map(|row| option(&ask, def, row)).collect();
    Ok(answer::html(&pick_options(ask.language, &typed, &options)))
}

fn option(ask: &Ask, def: &'static EntityDef, row: &Row) -> PickOption {
    let key = def.key().filter(|field| !field.sensitive && !field.title);
    let code = key.and_then(|field| def.rank(field.name)).and_then(|rank| row.values.get(rank));
    let town = def.rank("city").and_then(|rank| row.values.get(rank));
    let text = |value: Option<&Value>| match value {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    PickOption {
        id: row.id.to_string(),
        label: title_of(def, row, ask.language),
        code: text(code),
        note: text(town),
        ..PickOption::default()
    }
}

/// The records that match some words, newest first; without words the newest.
///
/// # Errors
/// `store.*`.
pub fn matching(
    tx: &mut Tx<'_>,
    def: &'static EntityDef,
    words: &str,
    most: u32,
) -> Result<Vec<Row>, Fault> {
    let words: String = words.chars().filter(|c| !c.is_control()).take(100).collect();
    let searched = def.fields.iter().any(|field| field.search);
    let own = personal::visible(def, tx.actor());
    let mut query = Query::all(def).only(own).newest().limit(most);
    if !words.trim().is_empty() && searched {
        query = query.only(Condition::Search(words.clone()));
    }
    let mut rows = tx.rows(query)?;
    // The one whose code or number was typed comes first.
    if let Some(exact) = keyed(tx, def, words.trim())? {
        rows.retain(|row| row.id != exact.id);
        rows.insert(0, exact);
    }
    if !searched && !words.trim().is_empty() {
        let folded = store::fold(&words);
        rows.retain(|row| store::fold(&def.title(&row.values)).contains(&folded));
    }
    Ok(rows)
}

/// The record whose unique field is this text.
fn keyed(tx: &mut Tx<'_>, def: &'static EntityDef, text: &str) -> Result<Option<Row>, Fault> {
    let plain = |field: &&kernel::FieldDef| {
        field.unique && !field.sensitive && matches!(field.kind, Kind::Text { .. })
    };
    if text.is_empty() {
        return Ok(None);
    }
    for field in def.fields.iter().filter(plain) {
        let is = Condition::Is(field.name, Value::Text(text.to_owned()));
        if let Some(row) = tx.rows(Query::all(def).only(is).limit(1))?.pop() {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// The record that a person means by a text: its code, its whole title, or the only one that
/// matches.
///
/// # Errors
/// `pick.none`, `pick.many`, `forbidden`.
pub fn resolve(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    actor: &Actor,
    entity: &str,
    text: &str,
) -> Result<RawId, Fault> {
    let none = || Fault::new("pick.none").with("given", text);
    let def = catalog.entity(entity).ok_or_else(none)?;
    actor.may(&format!("{}.read", def.name))?;
    if let Some(row) = keyed(tx, def, text)? {
        return Ok(row.id);
    }
    let rows = matching(tx, def, text, 20)?;
    let wanted = store::fold(text);
    let named = |row: &&Row| store::fold(&title_of(def, row, actor.language)) == wanted;
    let mut same = rows.iter().filter(named);
    match (same.next(), same.next(), rows.as_slice()) {
        (Some(row), None, _) | (None, None, [row]) => Ok(row.id),
        (None, _, []) => Err(none()),
        _ => Err(Fault::new("pick.many").with("given", text)),
    }
}

/// The same with the refusal on a field.
///
/// # Errors
/// Those of [`resolve`].
pub fn resolve_on(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    actor: &Actor,
    entity: &str,
    text: &str,
    field: &str,
) -> Result<RawId, Faults> {
    Ok(resolve(tx, catalog, actor, entity, text).map_err(|fault| fault.on(field.to_owned()))?)
}
