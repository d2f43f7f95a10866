//! The lines inside the form of their parent: drawn as a grid, added and removed without scripts.

use std::collections::HashMap;

use kernel::{Catalog, EntityDef, FieldDef, Kind, RawId, Row};
use maud::{Markup, Render, html};

use super::draft;
use super::part;
use super::sheet::{Sheet, edited, line_def};
use crate::address::Fields;
use crate::door::Ask;
use crate::parts::{Cell, LineColumn, LineGrid, LineValue, Opt, section};
use crate::show::{self, Reader};
use crate::words;

/// Blank lines at the end, for those without scripts.
const SPARE: usize = 2;
/// How many more one press of the button brings.
const MORE: usize = 5;

/// The buttons of a line, without scripts: each tells its rank.
pub const BUTTONS: [&str; 3] = ["remove", "up", "down"];

/// Whether the button pressed asks for other lines, and saves nothing.
pub fn asked(fields: &Fields) -> bool {
    fields.get("do") == Some("add_lines")
        || BUTTONS.iter().any(|button| fields.get(button).is_some())
}

/// The form with a line less, with one moved, or with more blank ones: the button says which.
pub fn reshaped(catalog: &Catalog, def: &'static EntityDef, fields: Fields) -> Fields {
    for (button, by) in [("up", -1), ("down", 1)] {
        if let Some(rank) = fields.get(button).and_then(|rank| rank.parse::<usize>().ok()) {
            let fields = fields.without(&[button]);
            return match list_with(def, &fields, rank).zip(rank.checked_add_signed(by)) {
                Some((list, other)) => swapped(fields, list, rank, other),
                None => fields,
            };
        }
    }
    let Some(gone) = fields.get("remove").and_then(|rank| rank.parse::<usize>().ok()) else {
        // Kept as it is: the grid draws more blank lines when it sees the button.
        return fields;
    };
    let list = list_with(def, &fields, gone);
    let mut out = fields.without(&["remove"]);
    if let Some(list) = list {
        let prefix = format!("{list}.{gone}.");
        out.0.retain(|(name, value)| {
            !name.starts_with(&prefix) && (name != "flags" || !value.starts_with(&prefix))
        });
        // Numbers without a gap again.
        out = draft::tidied(catalog, def, &out);
    }
    out
}

/// The same form with two lines in each other's place; unchanged when there is no such line.
fn swapped(mut fields: Fields, list: &str, one: usize, other: usize) -> Fields {
    if one.max(other) >= draft::count(&fields, list) {
        return fields;
    }
    let prefixes = [format!("{list}.{one}."), format!("{list}.{other}.")];
    let change = |text: &mut String| {
        let at = prefixes.iter().position(|prefix| text.starts_with(prefix));
        if let Some(at) = at {
            *text = format!("{}{}", prefixes[1 - at], &text[prefixes[at].len()..]);
        }
    };
    for (name, value) in &mut fields.0 {
        change(name);
        if name == "flags" {
            change(value);
        }
    }
    fields
}

/// A button tells the rank alone: of several lists, the one that has such a line.
fn list_with(def: &'static EntityDef, fields: &Fields, rank: usize) -> Option<&'static str> {
    let lists = def.fields.iter().filter(|field| matches!(field.kind, Kind::Lines(_)));
    lists.map(|field| field.name).find(|list| draft::count(fields, list) > rank)
}

/// The grid of a list of lines, with its title.
#[must_use]
pub fn grid(ask: &Ask, sheet: &Sheet, list: &'static FieldDef) -> Markup {
    let Some(def) = line_def(ask, sheet.def, list.name) else { return html! {} };
    let fields = columns_of(ask, def);
    let rows = sheet.lines.get(list.name).map(Vec::as_slice).unwrap_or_default();
    let wrong = sheet.wrong_lines(list.name);
    let stored: HashMap<RawId, &Row> = rows.iter().map(|row| (row.id, row)).collect();
    let lines = draft::by_rank(&sheet.typed, list.name).into_iter().map(|(rank, line)| {
        let id = Some(line.text("id").to_owned()).filter(|id| !id.is_empty());
        let row = RawId::parse(line.text("id")).ok().and_then(|id| stored.get(&id).copied());
        let place = wrong.contains(&rank).then(|| format!("{}.{rank}", list.name));
        let cells =
            fields.iter().map(|field| cell(ask, sheet, place.as_deref(), (def, row), field, &line));
        (id.clone(), cells.collect())
    });
    let mut columns: Vec<LineColumn> =
        fields.iter().map(|field| column(ask, sheet, field)).collect();
    // One column takes the width that is left, else they all would.
    if columns.iter().all(|column| column.width != "grow")
        && let Some(first) = columns.iter_mut().find(|column| column.width == "w-l")
    {
        first.width = "grow";
    }
    let more = sheet.typed.get("do") == Some("add_lines");
    let drawn = LineGrid {
        language: ask.language,
        name: list.name,
        label: list.label.say(ask.language).to_owned(),
        moves: def.place().is_some(),
        columns,
        lines: lines.collect(),
        spare: if more { MORE } else { SPARE },
        numbers: part::numbers(sheet, list.name),
    };
    html! {
        (section(
            list.label.say(ask.language),
            &html! {},
            &html! {
                input type="hidden" name="lists" value=(list.name);
                (part::bar(ask, sheet, list.name))
                @if let Some(error) = sheet.error(list.name, ask.language) {
                    p.stop-t { (error) }
                }
                (drawn.render())
            },
        ))
    }
}

/// Fields that are typed, then those that Comptoir computes and lists show.
fn columns_of(ask: &Ask, def: &'static EntityDef) -> Vec<&'static FieldDef> {
    let mut fields = edited(ask, def);
    // A place is where the line stands.
    fields.retain(|field| !matches!(field.kind, Kind::Origin) && !field.place);
    let computed = def
        .stored()
        .filter(|field| field.system && field.list && !show::hidden(&ask.actor, def, field));
    fields.extend(computed);
    fields
}

fn column(ask: &Ask, sheet: &Sheet, field: &'static FieldDef) -> LineColumn {
    let cell = match field.kind {
        _ if field.system => Cell::Computed,
        Kind::Ref(target) => match sheet.choices.get(target).filter(|list| !list.is_empty()) {
            Some(options) => Cell::Choice(with_blank(ask, options.clone())),
            None => Cell::Reference(target),
        },
        Kind::Choice(values) => {
            let options: Vec<Opt> = values
                .iter()
                .map(|(name, label)| Opt::new(*name, label.say(ask.language)))
                .collect();
            Cell::Choice(if field.required { options } else { with_blank(ask, options) })
        }
        Kind::Flag => Cell::Choice(vec![
            Opt::new("false", ask.say(words::NO)),
            Opt::new("true", ask.say(words::YES)),
        ]),
        Kind::Day => Cell::Day,
        Kind::Integer | Kind::Money | Kind::Price | Kind::Quantity | Kind::Rate => Cell::Figure,
        _ => Cell::Text,
    };
    let width = match field.kind {
        Kind::Integer | Kind::Quantity | Kind::Rate => "w-s",
        Kind::Money | Kind::Price | Kind::Day | Kind::Choice(_) | Kind::Flag => "w-m",
        Kind::Ref(_) if matches!(cell, Cell::Choice(_)) => "w-m",
        Kind::Ref(_) => "w-l",
        Kind::Text { .. } | Kind::LongText => "grow",
        _ => "",
    };
    LineColumn { field: field.name, label: field.label.say(ask.language).to_owned(), cell, width }
}

fn with_blank(ask: &Ask, options: Vec<Opt>) -> Vec<Opt> {
    let blank = Opt::new("", ask.say(words::NO_CHOICE));
    std::iter::once(blank).chain(options).collect()
}

fn cell(
    ask: &Ask,
    sheet: &Sheet,
    wrong: Option<&str>,
    (def, row): (&'static EntityDef, Option<&Row>),
    field: &'static FieldDef,
    line: &Fields,
) -> LineValue {
    if field.system {
        let drawn = row.and_then(|row| {
            let reader = Reader {
                catalog: ask.state.catalog,
                actor: &ask.actor,
                language: ask.language,
                titles: &sheet.titles,
            };
            reader.value(def, field, row.values.get(def.rank(field.name)?)?)
        });
        return LineValue::computed(drawn.unwrap_or_default());
    }
    let error = wrong.and_then(|line| sheet.error(&format!("{line}.{}", field.name), ask.language));
    let value = line.get(field.name).unwrap_or("");
    let in_list = |target: &str| sheet.choices.get(target).is_some_and(|list| !list.is_empty());
    match field.kind {
        Kind::Ref(target) if !in_list(target) => {
            LineValue::reference(value, shown(sheet, line, field.name, target)).error(error)
        }
        _ => LineValue::typed(value).error(error),
    }
}

/// What a reference shows: the text typed, or the title of the record.
pub(crate) fn shown(sheet: &Sheet, line: &Fields, name: &str, target: &str) -> String {
    let typed = line.get(&format!("{name}.text"));
    let title = || {
        let id = RawId::parse(line.get(name)?).ok()?;
        sheet.titles.of(target, id).map(ToOwned::to_owned)
    };
    typed.map(ToOwned::to_owned).or_else(title).unwrap_or_default()
}
