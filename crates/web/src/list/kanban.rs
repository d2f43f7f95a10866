//! A list as a board: a lane for each value of the field that groups it, with its count, its sum
//! and its latest records. Nothing is dragged: a step is taken by its act, on the record.

use kernel::{Condition, EntityDef, Faults, FieldDef, Kind, Query, Row, Tx, Value};
use maud::{Markup, html};

use super::grouped::Grouped;
use super::nothing;
use super::wanted::Wanted;
use crate::door::Ask;
use crate::parts::{Lane, Tick, board, say};
use crate::show::{self, Reader};
use crate::titles::{Titles, title_of};

/// The most lanes, and the most records of one.
const LANES: usize = 12;
const RECORDS: u32 = 20;

/// A lane, read: which group it is, and its latest records.
pub struct Kept {
    group: usize,
    pub rows: Vec<Row>,
}

/// Reads the latest records of each group, in the order of the field's values.
///
/// # Errors
/// `store.*`.
pub fn look(
    tx: &mut Tx<'_>,
    def: &'static EntityDef,
    wanted: &Wanted,
    grouped: &Grouped,
) -> Result<Vec<Kept>, Faults> {
    let choices = grouped.by.choices();
    let place = |value: &Value| {
        choices.iter().position(|(name, _)| matches!(value, Value::Text(text) if text == name))
    };
    let mut groups: Vec<usize> = (0..grouped.rows.len()).collect();
    if !choices.is_empty() {
        groups.sort_by_key(|rank| {
            grouped.rows.get(*rank).and_then(|(value, ..)| place(value)).unwrap_or(usize::MAX)
        });
    }
    let mut lanes = Vec::new();
    for group in groups.into_iter().take(LANES) {
        let Some((value, ..)) = grouped.rows.get(group) else { continue };
        let name = grouped.by.name;
        let test = match grouped.value(value) {
            Value::Null => Condition::Empty(name),
            value => Condition::Is(name, value),
        };
        let query = Query::all(def).only(wanted.condition()).only(test).newest().limit(RECORDS);
        lanes.push(Kept { group, rows: tx.rows(query)? });
    }
    Ok(lanes)
}

/// The board.
pub fn shown(
    ask: &Ask,
    def: &'static EntityDef,
    wanted: &Wanted,
    grouped: &Grouped,
    lanes: &[Kept],
    titles: &Titles,
) -> Markup {
    let reader =
        Reader { catalog: ask.state.catalog, actor: &ask.actor, language: ask.language, titles };
    let parts = Parts::of(&super::shape::shown(ask, def, wanted), grouped.by);
    let drawn: Vec<Lane> = lanes
        .iter()
        .filter_map(|lane| {
            let (value, count, sums) = grouped.rows.get(lane.group)?;
            let shown = i64::try_from(lane.rows.len()).unwrap_or(i64::MAX);
            let more = (*count > shown).then(|| {
                let label = say(ask.language, "Tout voir", "See all").to_owned();
                (label, grouped.href(ask, def, wanted, value))
            });
            Some(Lane {
                title: grouped.label(&reader, def, value),
                count: ask.language.integer(*count),
                sum: grouped.first_sum(sums, ask.language),
                spark: html! {},
                lead: (String::new(), String::new()),
                slow: false,
                ticks: lane.rows.iter().map(|row| parts.tick(&reader, def, row)).collect(),
                more,
            })
        })
        .collect();
    if drawn.is_empty() { nothing(ask, def, wanted) } else { board(&drawn) }
}

/// Which fields stand where on a card.
struct Parts {
    about: Option<&'static FieldDef>,
    number: Option<&'static FieldDef>,
    amount: Option<&'static FieldDef>,
    when: Option<&'static FieldDef>,
}

impl Parts {
    fn of(fields: &[&'static FieldDef], by: &FieldDef) -> Self {
        let find = |test: &dyn Fn(&FieldDef) -> bool| {
            fields.iter().copied().find(|field| field.name != by.name && test(field))
        };
        let is_text = |field: &FieldDef| matches!(field.kind, Kind::Text { .. });
        let number = find(&|field| is_text(field) && (field.unique || field.name == "number"));
        let known = number.map(|field| field.name);
        Self {
            about: find(&|field| matches!(field.kind, Kind::Ref(_)) && !field.parent),
            number: number.or_else(|| find(&|field| is_text(field) && Some(field.name) != known)),
            amount: find(&|field| matches!(field.kind, Kind::Money)),
            when: find(&|field| matches!(field.kind, Kind::Day)),
        }
    }

    fn tick(&self, reader: &Reader<'_>, def: &'static EntityDef, row: &Row) -> Tick {
        let said = |field: Option<&'static FieldDef>| {
            let value = field.and_then(|field| def.rank(field.name));
            match (field, value.and_then(|rank| row.values.get(rank))) {
                (Some(field), Some(value)) => reader.text(def, field, value),
                _ => String::new(),
            }
        };
        let title = title_of(def, row, reader.language);
        let about = said(self.about);
        Tick {
            party: if about.is_empty() { title } else { about },
            href: show::href(def, row.id),
            amount: said(self.amount),
            number: said(self.number),
            when: said(self.when),
            late: false,
            hold: None,
        }
    }
}
