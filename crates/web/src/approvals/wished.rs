//! What a request asks for, field by field: as it is, and as it would be.

use kernel::{
    Currency, EntityDef, Faults, FieldDef, Kind, RawId, Row, Text, Tx, Value, Wish, json,
};
use maud::{Markup, html};
use serde_json::Value as Json;

use crate::door::Ask;
use crate::parts::{Column, Ledger, Row as Drawn};
use crate::show::Reader;
use crate::titles::{Named, Titles};

/// One field of a request.
pub struct Line {
    label: String,
    /// As it is; nothing for what is made or given.
    before: Option<String>,
    after: String,
}

/// The fields that would change, or the inputs of the act.
///
/// # Errors
/// `store.*`.
pub fn lines(
    tx: &mut Tx<'_>,
    ask: &Ask,
    wish: &Wish,
    row: Option<&Row>,
) -> Result<Vec<Line>, Faults> {
    let catalog = ask.state.catalog;
    let Some(def) = catalog.entity(&wish.entity) else { return Ok(Vec::new()) };
    let inputs = catalog.action(&wish.entity, &wish.act).map(|action| action.inputs);
    let fields = inputs.unwrap_or(def.fields);
    let row = row.filter(|_| inputs.is_none());
    let currency = tx.currency();
    let read = |field: &FieldDef| {
        let given = wish.values.get(field.name)?;
        json::to_known_value(catalog, field, given, currency).ok()
    };
    let given: Vec<(&'static FieldDef, Value)> =
        fields.iter().filter_map(|field| Some((field, read(field)?))).collect();
    let mut titles = Titles::default();
    titles.gather(catalog, tx, &ask.actor, named(def, &given, row, wish))?;
    let reader = Reader { catalog, actor: &ask.actor, language: ask.language, titles: &titles };
    let mut lines = Vec::new();
    for (field, value) in given {
        let before = row.and_then(|row| row.values.get(def.rank(field.name)?));
        if before == Some(&value) || (before.is_none() && value.is_null()) {
            continue;
        }
        lines.push(Line {
            label: field.label.say(ask.language).to_owned(),
            before: before.map(|value| reader.text(def, field, value)),
            after: reader.text(def, field, &value),
        });
    }
    for field in def.fields.iter().filter(|field| matches!(field.kind, Kind::Lines(_))) {
        let new = wish.values.get(field.name).and_then(Json::as_array);
        for line in new.into_iter().flatten().filter_map(Json::as_object) {
            let after = of_line(ask, (&reader, currency), field, line);
            if !after.is_empty() {
                let label = field.label.say(ask.language).to_owned();
                lines.push(Line { label, before: None, after });
            }
        }
    }
    Ok(lines)
}

/// What a line of a record says; nothing for one that stays as it is.
fn of_line(
    ask: &Ask,
    (reader, currency): (&Reader<'_>, Currency),
    field: &FieldDef,
    line: &serde_json::Map<String, Json>,
) -> String {
    let Some(def) = lines_of(ask, field) else { return String::new() };
    let said = def.fields.iter().filter(|field| !field.parent).filter_map(|field| {
        let given = line.get(field.name)?;
        let value = json::to_known_value(ask.state.catalog, field, given, currency).ok()?;
        Some(reader.text(def, field, &value)).filter(|text| !text.is_empty())
    });
    said.collect::<Vec<_>>().join(" · ")
}

fn lines_of(ask: &Ask, field: &FieldDef) -> Option<&'static EntityDef> {
    let Kind::Lines(name) = field.kind else { return None };
    ask.state.catalog.entity(name)
}

/// The records that values and lines refer to.
fn named(
    def: &'static EntityDef,
    given: &[(&'static FieldDef, Value)],
    row: Option<&Row>,
    wish: &Wish,
) -> Vec<Named> {
    let of = |field: &FieldDef, value: &Value| match (field.kind, value) {
        (Kind::Ref(target), Value::Ref(id)) => Some((target, *id)),
        (_, Value::Origin(origin)) => Some((origin.entity, origin.id)),
        _ => None,
    };
    let mut all: Vec<Named> = given.iter().filter_map(|(field, value)| of(field, value)).collect();
    if let Some(row) = row {
        all.extend(
            def.fields.iter().zip(&row.values).filter_map(|(field, value)| of(field, value)),
        );
    }
    // Lines of rights name roles and people.
    let lines = wish.values.values().filter_map(Json::as_array).flatten();
    for (name, value) in lines.filter_map(Json::as_object).flatten() {
        let target = match name.as_str() {
            "role" => "access_role",
            "user" => "user",
            _ => continue,
        };
        let id = value.as_str().and_then(|text| RawId::parse(text).ok());
        all.extend(id.map(|id| (target, id)));
    }
    all
}

/// The fields as a table: as it is, and as it would be.
#[must_use]
pub fn drawn(ask: &Ask, lines: &[Line]) -> Markup {
    let say = |text: Text| ask.say(text);
    let none = Text::new("L’acte ne demande rien de plus.", "The act takes nothing more.");
    if lines.is_empty() {
        return html! { p.muted { (say(none)) } };
    }
    let before = lines.iter().any(|line| line.before.is_some());
    let mut columns = vec![Column::title(say(Text::new("Champ", "Field")))];
    if before {
        columns.push(Column::text(say(Text::new("Aujourd’hui", "Today"))));
    }
    columns.push(Column::text(say(Text::new("Demandé", "Asked for"))).grow());
    let rows = lines.iter().map(|line| {
        let mut cells = vec![html! { b { (line.label) } }];
        if before {
            cells.push(html! { (shown(line.before.as_deref())) });
        }
        cells.push(html! { (shown(Some(&line.after))) });
        Drawn::new(cells)
    });
    let label = say(Text::new("Ce qui changera", "What will change"));
    html! { (Ledger::new(ask.language, label, columns).no_margin().rows(rows)) }
}

fn shown(text: Option<&str>) -> Markup {
    match text.filter(|text| !text.is_empty()) {
        None => html! { span.muted { "—" } },
        Some(text) if text.contains('\n') => {
            html! { @for line in text.lines() { p { code { (line) } } } }
        }
        Some(text) => html! { (text) },
    }
}
