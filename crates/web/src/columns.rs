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

/// The columns of these fields; `sort` gives the address that sorts by a field, if lists can.
#[must_use]
pub fn columns(
    language: Language,
    fields: &[&'static FieldDef],
    sort: impl Fn(&FieldDef) -> Option<Sort>,
) -> Vec<Column> {
    let parts = Parts::of(fields);
    fields
        .iter()
        .map(|field| {
            let column = column(language, field, &parts);
            match sort(field) {
                Some(sort) => column.sorted(sort),
                None => column,
            }
        })
        .collect()
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
    let cells = fields.iter().map(|field| {
        let value = def.rank(field.name).and_then(|rank| stored.values.get(rank));
        let drawn = value.and_then(|value| cell(reader, def, field, value));
        let also = matches!(field.kind, Kind::Text { .. }) && field.unique;
        let leading = linked == Some(field.name);
        let drawn = match drawn {
            None if leads && leading => {
                html! { a href=(href) { (title_of(def, stored, reader.language)) } }
            }
            Some(drawn) if leads && (leading || also) => html! { a href=(href) { (drawn) } },
            drawn => drawn.unwrap_or_default(),
        };
        if !leads {
            return drawn;
        }
        cell::closed(reader.actor, def, stored, field, Some(drawn), true).unwrap_or_default()
    });
    let mut cells: Vec<Markup> = cells.collect();
    // A record without a name still needs a way to its page: the first cell that leads nowhere.
    let free = |cell: &&mut Markup| {
        !cell.0.is_empty() && !cell.0.ends_with("></span>") && !cell.0.contains("<a ")
    };
    if leads
        && linked.is_none()
        && let Some(cell) = cells.iter_mut().find(free)
    {
        *cell = html! { a href=(href) { (cell) } };
    }
    Row::new(cells).record(stored.id.to_string(), title_of(def, stored, reader.language))
}

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
