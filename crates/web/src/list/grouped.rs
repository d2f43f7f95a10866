//! A list grouped by a field: how many records each value has, and their sums.

use kernel::sieve::{self, Style};
use kernel::{
    Currency, EntityDef, Faults, FieldDef, Kind, Money, Quantity, RawId, Tx, Value, typed,
};
use maud::{Markup, Render, html};
use store::{By, Groups};

use kernel::number::{decimal, trimmed};

use super::shape::Look;
use super::wanted::Wanted;
use super::workbook::{Cell, Table};
use super::{nothing, over_time, shape};
use crate::charts::{self, About, Bar};
use crate::door::Ask;
use crate::member;
use crate::parts::{Column, Ledger, Row, Sum, say};
use crate::show::Reader;
use crate::titles::{Named, Titles};

/// The most groups shown.
pub const MOST: u32 = 200;

/// A list by groups, read.
pub struct Grouped {
    pub by: &'static FieldDef,
    how: By,
    sums: Vec<&'static FieldDef>,
    /// The value of each group, how many records it has, and their sums.
    pub rows: Vec<(Value, i64, Vec<i64>)>,
    currency: Currency,
    /// Drawn as a line over the months.
    pub line: bool,
    /// Whether the figures are means: a month without records has none.
    pub means: bool,
}

/// Counts and sums the records of a list.
///
/// # Errors
/// `store.*`.
pub fn look(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
    wanted: &Wanted,
    by: &'static FieldDef,
) -> Result<Grouped, Faults> {
    // What is beyond a reference is of other records: adding it up would count it again.
    let here = |field: &FieldDef| member::through(def, field).is_none();
    let figure =
        |field: &&'static FieldDef| is_figure(field) && field.name != by.name && here(field);
    let sums: Vec<_> = shape::shown(ask, def, wanted).into_iter().filter(figure).take(4).collect();
    summed(tx, ask, def, wanted, by, sums)
}

/// Whether the values of a field can be added up.
pub(super) const fn is_figure(field: &FieldDef) -> bool {
    matches!(field.kind, Kind::Money | Kind::Quantity | Kind::Integer)
}

/// The same, with the sums of these fields.
pub(super) fn summed(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
    wanted: &Wanted,
    by: &'static FieldDef,
    sums: Vec<&'static FieldDef>,
) -> Result<Grouped, Faults> {
    let how = if matches!(by.kind, Kind::Day | Kind::Instant) { By::Month } else { By::Value };
    let through = far(ask, def, wanted, by);
    let groups = Groups {
        def,
        condition: wanted.condition(),
        by: through.map_or(by, |(_, _, far)| far),
        through: through.map(|(link, target, _)| (link, target)),
        how,
        sums: sums.clone(),
        currency: tx.currency(),
        most: MOST,
    };
    let (text, params) = groups.statement(ask.state.store.dialect());
    let number = |value: &Value| if let Value::Integer(number) = value { *number } else { 0 };
    let rows = tx.sql(&text, &params)?.into_iter().filter_map(|row| {
        let mut cells = row.into_iter();
        let (value, count) = (cells.next()?, number(&cells.next()?));
        Some((value, count, cells.map(|cell| number(&cell)).collect()))
    });
    let rows = rows.collect();
    let line = wanted.look == Look::Line;
    Ok(Grouped { by, how, sums, rows, currency: tx.currency(), line, means: false })
}

type Far = (&'static FieldDef, &'static EntityDef, &'static FieldDef);

/// Of a field beyond a reference: the reference, the entity that it names, the field there.
fn far(ask: &Ask, def: &'static EntityDef, wanted: &Wanted, by: &'static FieldDef) -> Option<Far> {
    let (link, target) = member::through(def, by)?;
    let target = ask.state.catalog.entity(target)?;
    let name = by.name.split_once('.')?.1;
    // Asked for by its own name, it is refused to whoever may not see it.
    let field = wanted.sifted.members(ask).find(target, name).ok()??;
    Some((link, target, field))
}

impl Grouped {
    /// The records that the groups name.
    pub fn named(&self) -> Vec<Named> {
        let Kind::Ref(target) = self.by.kind else { return Vec::new() };
        let id = |(value, ..): &(Value, i64, Vec<i64>)| match value {
            Value::Ref(id) => Some((target, *id)),
            _ => None,
        };
        self.rows.iter().filter_map(id).collect()
    }

    pub(super) fn value(&self, value: &Value) -> Value {
        match (self.by.kind, value) {
            (Kind::Flag, Value::Integer(flag)) => Value::Flag(*flag != 0),
            // A flag of the company's own, as either database reads the document.
            (Kind::Flag, Value::Text(told)) => Value::Flag(matches!(told.as_str(), "1" | "true")),
            _ => value.clone(),
        }
    }

    pub(super) fn label(&self, reader: &Reader<'_>, def: &EntityDef, value: &Value) -> String {
        let language = reader.language;
        match (self.how, value) {
            (_, Value::Null) => say(language, "vide", "empty").to_owned(),
            (By::Month, Value::Text(month)) => match month.split_once('-') {
                Some((year, month)) if language == kernel::Language::French => {
                    format!("{month}/{year}")
                }
                _ => month.clone(),
            },
            _ => reader.text(def, self.by, &self.value(value)),
        }
    }

    pub(super) fn figure(&self, field: &FieldDef, sum: i64, language: kernel::Language) -> String {
        let value = match field.kind {
            Kind::Money => Value::Money(Money::new(sum, self.currency)),
            Kind::Quantity => Value::Quantity(Quantity(sum)),
            _ => Value::Integer(sum),
        };
        kernel::written(&value, language)
    }

    /// The first sum of a group, as it is read; empty when nothing is summed.
    pub(super) fn first_sum(&self, sums: &[i64], language: kernel::Language) -> String {
        let first = self.sums.first().zip(sums.first());
        first.map_or_else(String::new, |(field, sum)| self.figure(field, *sum, language))
    }

    /// The test that the records of a group pass, as text.
    fn test(&self, value: &Value) -> String {
        let name = self.by.name;
        match (self.how, value) {
            (_, Value::Null) => match name.split_once('.').filter(|_| !member::is_own(self.by)) {
                // The reference is empty, or what it leads to is.
                Some((link, _)) => format!("{link}:empty or {name}:empty"),
                None => format!("{name}:empty"),
            },
            (By::Month, Value::Text(month)) => match kernel::Day::parse(&format!("{month}-01")) {
                Ok(first) => {
                    format!("{name} >= {first} and {name} <= {}", first.end_of_month())
                }
                Err(_) => format!("{name}:empty"),
            },
            _ => {
                let english = kernel::Language::English;
                let text = match self.value(value) {
                    Value::Ref(id) => RawId::to_string(&id),
                    value => typed::of_value(self.by, &value, english),
                };
                let text = if text.is_empty() && self.by.kind == Kind::Flag {
                    "false".to_owned()
                } else {
                    text
                };
                format!("{name}=\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
            }
        }
    }

    /// The address of the records of a group.
    pub(super) fn href(
        &self,
        ask: &Ask,
        def: &'static EntityDef,
        wanted: &Wanted,
        value: &Value,
    ) -> String {
        let scope = wanted.sifted.scope(ask);
        let group = sieve::read(&scope, def, &self.test(value)).ok().flatten();
        let both = wanted.sifted.sieve.iter().cloned().chain(group).collect();
        let text = kernel::Sieve::all(both)
            .map(|sieve| sieve::write(&scope, def, &sieve, Style::Names))
            .unwrap_or_default();
        let mut address = wanted.parameters().without(&["group", "where"]);
        address.push("where", text);
        address.after(&format!("/{}", def.plural))
    }
}

/// The ledger of the groups, and their bars.
pub fn shown(
    ask: &Ask,
    def: &'static EntityDef,
    wanted: &Wanted,
    grouped: &Grouped,
    titles: &Titles,
) -> Markup {
    let language = ask.language;
    let reader = Reader { catalog: ask.state.catalog, actor: &ask.actor, language, titles };
    let mut columns = vec![
        Column::title(grouped.by.label.say(language)).grow(),
        Column::figure(say(language, "Nombre", "Count")),
    ];
    for (rank, field) in grouped.sums.iter().enumerate() {
        let label = field.label.say(language);
        columns.push(if rank == 0 { Column::amount(label) } else { Column::figure(label) });
    }
    let rows = grouped.rows.iter().map(|(value, count, sums)| {
        let label = grouped.label(&reader, def, value);
        let href = grouped.href(ask, def, wanted, value);
        let mut cells =
            vec![html! { a href=(href) { (label) } }, html! { (language.integer(*count)) }];
        for (field, sum) in grouped.sums.iter().zip(sums) {
            cells.push(html! { (grouped.figure(field, *sum, language)) });
        }
        Row::new(cells)
    });
    let mut tail = vec![html! {
        (language.integer(grouped.rows.iter().map(|(_, count, _)| *count).sum()))
    }];
    for (rank, field) in grouped.sums.iter().enumerate() {
        let sum = grouped.rows.iter().filter_map(|(.., sums)| sums.get(rank)).sum();
        tail.push(html! { (grouped.figure(field, sum, language)) });
    }
    let cut = u32::try_from(grouped.rows.len()).unwrap_or(u32::MAX) >= MOST;
    html! {
        (drawing(&reader, def, grouped))
        (Ledger::new(language, def.labels.say(language), columns)
            .pinned()
            .rows(rows)
            .total(Sum::new(say(language, "Total", "Total"), tail))
            .empty(nothing(ask, def, wanted))
            .render())
        @if cut {
            p.muted {
                (say(language, "Les 200 premiers groupes seulement.", "The first 200 groups only."))
            }
        }
    }
}

/// The groups as a table for a file.
pub fn table(ask: &Ask, def: &'static EntityDef, grouped: &Grouped, titles: &Titles) -> Table {
    let language = ask.language;
    let reader = Reader { catalog: ask.state.catalog, actor: &ask.actor, language, titles };
    let own = [grouped.by.label.say(language), say(language, "Nombre", "Count")];
    let sums = grouped.sums.iter().map(|field| field.label.say(language));
    let lines = grouped.rows.iter().map(|(value, count, sums)| {
        let sums = grouped.sums.iter().zip(sums).map(|(field, sum)| match field.kind {
            Kind::Money => Cell::Number(decimal(*sum, grouped.currency.decimals())),
            Kind::Quantity => Cell::Number(trimmed(*sum, Quantity::DECIMALS)),
            _ => Cell::Number(sum.to_string()),
        });
        let own = [Cell::Text(grouped.label(&reader, def, value)), Cell::Number(count.to_string())];
        own.into_iter().chain(sums).collect()
    });
    Table {
        heads: own.into_iter().chain(sums).map(ToOwned::to_owned).collect(),
        lines: lines.collect(),
        ..Table::default()
    }
}

/// The most bars, and how many letters fit under all of them together.
const BARS: usize = 10;
const LETTERS_UNDER: usize = 78;

/// A label that fits under a bar: the month without its century, the beginning of a name.
fn short(label: &str, how: By, bars: usize) -> String {
    match (how, label.split_once('/'), label.split_once('-')) {
        (By::Month, Some((month, year)), _) | (By::Month, None, Some((year, month))) => {
            format!("{month}.{}", year.get(2..).unwrap_or(year))
        }
        // The wider the bars stand, the longer.
        _ => {
            let most = (LETTERS_UNDER / bars.max(1)).clamp(6, 24);
            match label.chars().count() > most {
                true => label.chars().take(most - 1).chain(['…']).collect(),
                false => label.to_owned(),
            }
        }
    }
}

/// Bars of the first sum, or of the counts: the groups of most records, the months in their order.
pub(super) fn drawing(reader: &Reader<'_>, def: &'static EntityDef, grouped: &Grouped) -> Markup {
    let language = reader.language;
    if grouped.rows.len() < 2 {
        return html! {};
    }
    let first = grouped.sums.first();
    let what = first.map_or(say(language, "Nombre", "Count"), |field| field.label.say(language));
    let write = |value: i64| match first {
        Some(field) => grouped.figure(field, value, language),
        None => language.integer(value),
    };
    let title = format!("{what}, {}", grouped.by.label.say(language).to_lowercase());
    let over = grouped.by.label.say(language).to_owned();
    let about = About { language, title, gist: String::new(), over };
    if grouped.line && grouped.how == By::Month {
        let points = over_time::points(grouped, language);
        return html! { div.bars { (charts::line(&about, what, &points, None, &write)) } };
    }
    let drawn =
        |(value, ..): &&(Value, i64, Vec<i64>)| !value.is_null() || grouped.how == By::Value;
    let mut rows: Vec<&(Value, i64, Vec<i64>)> =
        grouped.rows.iter().filter(drawn).take(BARS).collect();
    // The steps of a life stand in their order, not by what they come to.
    let step = |value: &Value| match value {
        Value::Text(name) => grouped.by.choices().iter().position(|(known, _)| known == name),
        _ => None,
    };
    rows.sort_by_key(|(value, ..)| step(value));
    let count_of_bars = rows.len();
    let mut bars: Vec<Bar> = rows
        .into_iter()
        .map(|(value, count, sums)| Bar {
            label: short(&grouped.label(reader, def, value), grouped.how, count_of_bars),
            value: if first.is_some() { sums.first().copied().unwrap_or(0) } else { *count },
            before: None,
            now: false,
        })
        .collect();
    if grouped.how == By::Month {
        bars.reverse();
    }
    html! { div.bars { (charts::bars(&about, what, "", &bars, &write)) } }
}
