//! How the records of an entity stand in a ledger: which column looks how, and where it goes on a
//! phone.

use kernel::{Actor, EntityDef, FieldDef, Kind, Language, Row as Stored};
use maud::{Markup, html};

use crate::cell;
use crate::parts::{Column, Fold, Row, Sort};
use crate::show::{self, Reader};
use crate::titles::title_of;

/// The fields that are columns, in their order.
#[must_use]
pub fn listed(actor: &Actor, def: &'static EntityDef) -> Vec<&'static FieldDef> {
    let seen = |field: &&FieldDef| {
        !show::hidden(actor, def, field) && !of_the_other_tongue(actor.language, def, field)
    };
    // A line without the record that holds it says little.
    let fields: Vec<_> =
        def.stored().filter(|field| field.list || field.parent).filter(seen).collect();
    if fields.is_empty() {
        return def.stored().filter(|field| !field.parent).filter(seen).take(5).collect();
    }
    fields
}

/// Of a sentence kept in both languages, the reader's is enough.
#[must_use]
pub fn of_the_other_tongue(language: Language, def: &EntityDef, field: &FieldDef) -> bool {
    let (own, other) = match language {
        Language::French => ("_fr", "_en"),
        Language::English => ("_en", "_fr"),
    };
    let base = field.name.strip_suffix(other);
    base.is_some_and(|base| def.field(&format!("{base}{own}")).is_some())
}

/// The parts that some columns play in the record's line.
struct Parts {
    /// The column that the line is about, and that leads to the record.
    title: Option<&'static str>,
    number: Option<&'static str>,
    amount: Option<&'static str>,
    state: Option<&'static str>,
    /// The column that takes the width left, and is cut when there is none: a long text if any.
    grows: Option<&'static str>,
}

impl Parts {
    fn of(fields: &[&'static FieldDef]) -> Self {
        let find = |test: &dyn Fn(&FieldDef) -> bool| {
            fields.iter().find(|field| test(field)).map(|field| field.name)
        };
        let number = find(&|field| {
            matches!(field.kind, Kind::Text { .. }) && (field.unique || field.name == "number")
        });
        let title = find(&|field| field.title && Some(field.name) != number)
            .or_else(|| {
                find(&|field| match field.kind {
                    Kind::Ref(_) | Kind::LongText => !field.parent,
                    Kind::Text { .. } => Some(field.name) != number,
                    _ => false,
                })
            })
            .or(number)
            .or_else(|| fields.first().map(|field| field.name));
        let last_money = fields.iter().rev().find(|field| matches!(field.kind, Kind::Money));
        let amount = last_money
            .or_else(|| {
                let figure =
                    |field: &&&FieldDef| matches!(field.kind, Kind::Price | Kind::Quantity);
                fields.iter().rev().find(figure)
            })
            .map(|field| field.name);
        let number = number
            .filter(|name| Some(*name) != title)
            .or_else(|| find(&|field| matches!(field.kind, Kind::Day | Kind::Instant)));
        let grows = find(&|field| matches!(field.kind, Kind::LongText)).or(title);
        Self { title, number, amount, state: find(&|field| show::is_state(field)), grows }
    }
}

/// The columns of these fields, of which the least folds away first where room is short; `sort`
/// gives the address that sorts by a field, if lists can.
#[must_use]
pub fn columns(
    language: Language,
    fields: &[&'static FieldDef],
    sort: impl Fn(&FieldDef) -> Option<Sort>,
) -> Vec<Column> {
    let rooms = rooms(language, fields, &Parts::of(fields));
    let folded = |(column, room): (Column, Option<u32>)| match room {
        Some(pixels) => column.room(pixels),
        None => column,
    };
    chosen(language, fields, sort).into_iter().zip(rooms).map(folded).collect()
}

/// The same where a person chose the fields: none folds away.
#[must_use]
pub fn chosen(
    language: Language,
    fields: &[&'static FieldDef],
    sort: impl Fn(&FieldDef) -> Option<Sort>,
) -> Vec<Column> {
    let parts = Parts::of(fields);
    let drawn = fields.iter().map(|field| {
        let column = column(language, field, &parts);
        match sort(field) {
            Some(sort) => column.sorted(sort),
            None => column,
        }
    });
    drawn.collect()
}

/// How wide a ledger must be for each column to stand in it, in pixels; `None` for those that always
/// do. The description names its fields in the order of their weight: the last fold away first.
fn rooms(language: Language, fields: &[&'static FieldDef], parts: &Parts) -> Vec<Option<u32>> {
    let stays = |field: &FieldDef| {
        let known = [parts.title, parts.number, parts.amount, parts.state, parts.grows];
        known.contains(&Some(field.name))
    };
    let wide = |field: &FieldDef| wide(language, field);
    let mut room =
        34 + fields.iter().filter(|field| stays(field)).map(|one| wide(one)).sum::<u32>();
    let mut needed = |field: &&'static FieldDef| {
        if stays(field) {
            return None;
        }
        room += wide(field);
        Some(room)
    };
    fields.iter().map(&mut needed).collect()
}

/// About how wide the column of a field is, in pixels: its head, or what it holds.
fn wide(language: Language, field: &FieldDef) -> u32 {
    let head = u32::try_from(field.label.say(language).chars().count()).unwrap_or(0) * 6 + 20;
    let held = match field.kind {
        Kind::Flag | Kind::Integer | Kind::Quantity | Kind::Rate => 66,
        Kind::Money | Kind::Price | Kind::Day => 96,
        Kind::Choice(_) | Kind::Instant => 130,
        Kind::Text { .. } => 170,
        _ => 195,
    };
    head.max(held)
}

fn column(language: Language, field: &FieldDef, parts: &Parts) -> Column {
    let label = field.label.say(language);
    let is = |part: Option<&str>| part == Some(field.name);
    if is(parts.title) {
        let title = Column::title(label);
        return if parts.grows == parts.title { title.grow() } else { title };
    }
    if is(parts.grows) {
        return Column::quiet(label).grow();
    }
    if is(parts.amount) {
        return Column::amount(label);
    }
    if is(parts.state) {
        return Column::state(label);
    }
    let column = match field.kind {
        Kind::Money | Kind::Price | Kind::Quantity | Kind::Rate | Kind::Integer => {
            Column::figure(label)
        }
        Kind::Text { .. } if field.unique || field.name == "number" => {
            Column::number(label).fold(Fold::Hidden)
        }
        Kind::Choice(_) if show::is_state(field) => Column::state(label).fold(Fold::Hidden),
        Kind::Day | Kind::Instant | Kind::Ref(_) | Kind::Origin => Column::text(label),
        _ => Column::quiet(label),
    };
    if is(parts.number) { column.fold(Fold::Number) } else { column }
}

/// The line of a record. Its title, and its number when it has one, lead to the record.
#[must_use]
pub fn row(
    reader: &Reader<'_>,
    def: &'static EntityDef,
    fields: &[&'static FieldDef],
    stored: &Stored,
    leads: bool,
) -> Row {
    let parts = Parts::of(fields);
    let href = show::href(def, stored.id);
    let linked = fields
        .iter()
        .find(|field| matches!(field.kind, Kind::Text { .. }) && Some(field.name) == parts.title)
        .or_else(|| fields.iter().find(|field| field.title || field.unique))
        .map(|field| field.name);
    let held = |field: &FieldDef| reader.titles.held(def, stored, field);
    let text = |field: &FieldDef| reader.text(def, field, &held(field));
    // What the record is called, aloud and where it is clicked: never nothing.
    let mut name = title_of(def, stored, reader.language);
    let mut cells: Vec<Markup> = Vec::with_capacity(fields.len());
    for field in fields {
        let drawn = cell(reader, def, field, &held(field));
        let also = matches!(field.kind, Kind::Text { .. }) && field.unique;
        let leading = linked == Some(field.name);
        let drawn = match drawn {
            None if leads && leading => html! { a href=(href) { (name) } },
            // What leads elsewhere leads to the record here, as plain words: no link in a link.
            Some(drawn) if leads && leading && drawn.0.contains("<a ") => {
                let said = text(field);
                if !def.fields.iter().any(|field| field.title) && !said.is_empty() {
                    name.clone_from(&said);
                }
                html! { a href=(href) { @if said.is_empty() { (name) } @else { (said) } } }
            }
            Some(drawn) if leads && (leading || also) => html! { a href=(href) { (drawn) } },
            drawn => drawn.unwrap_or_default(),
        };
        cells.push(if leads {
            cell::closed(reader.actor, def, stored, field, Some(drawn), true).unwrap_or_default()
        } else {
            drawn
        });
    }
    if leads && linked.is_none() {
        lead(&mut cells, &href);
    }
    let whole = fields.iter().map(|field| {
        let long = matches!(field.kind, Kind::Text { .. } | Kind::LongText | Kind::Ref(_));
        Some(text(field)).filter(|said| long && said.chars().count() > CUT)
    });
    let whole = whole.collect();
    Row::new(cells).whole(whole).record(stored.id.to_string(), name)
}

/// A record without a name still needs a way to its page: the first cell that leads nowhere.
fn lead(cells: &mut [Markup], href: &str) {
    let free = |cell: &&mut Markup| {
        !cell.0.is_empty() && !cell.0.ends_with("></span>") && !cell.0.contains("<a ")
    };
    if let Some(cell) = cells.iter_mut().find(free) {
        *cell = html! { a href=(href) { (cell) } };
    }
}

/// A text of more letters than this may be cut, and is told whole where the mouse rests.
const CUT: usize = 18;

/// In a list a flag that is off is a blank, and a long text is its first line.
pub(crate) fn cell(
    reader: &Reader<'_>,
    def: &EntityDef,
    field: &FieldDef,
    value: &kernel::Value,
) -> Option<Markup> {
    match (field.kind, value) {
        (Kind::Flag, kernel::Value::Flag(false)) => None,
        (Kind::LongText, kernel::Value::Text(text)) if !show::hidden(reader.actor, def, field) => {
            let first = text.lines().next().unwrap_or("");
            (!first.is_empty()).then(|| html! { (first) })
        }
        _ => reader.value(def, field, value),
    }
}
