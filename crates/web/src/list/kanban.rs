//! A list as a board: a lane for each value of the field that groups it, with its count, its sum
//! and its latest records. A card goes to another lane by [`moved`].

use kernel::{EntityDef, Faults, FieldDef, Kind, Language, Query, Row, Sign, Tx, Value, typed};
use maud::{Markup, html};

use super::grouped::Grouped;
use super::moved::{self, Lanes};
use super::nothing;
use super::wanted::Wanted;
use crate::door::Ask;
use crate::member;
use crate::parts::say;
use crate::show::{self, Reader};
use crate::titles::{Titles, title_of};

/// The most lanes, and the most records of one.
const LANES: usize = 12;
const RECORDS: u32 = 20;

/// A lane, read: the group it stands for, and its latest records.
pub struct Kept {
    value: Value,
    count: i64,
    sums: Vec<i64>,
    pub rows: Vec<Row>,
}

/// Reads the latest records of each group, in the order of the field's values. A value that no
/// record has is a lane too: one may be moved there.
///
/// # Errors
/// `store.*`.
pub fn look(
    tx: &mut Tx<'_>,
    def: &'static EntityDef,
    wanted: &Wanted,
    grouped: &Grouped,
) -> Result<Vec<Kept>, Faults> {
    let mut lanes: Vec<Kept> = grouped
        .rows
        .iter()
        .map(|(value, count, sums)| Kept {
            value: grouped.value(value),
            count: *count,
            sums: sums.clone(),
            rows: Vec::new(),
        })
        .collect();
    let choices = grouped.by.choices();
    for (name, _) in choices {
        let value = Value::Text((*name).to_owned());
        if !lanes.iter().any(|lane| lane.value == value) {
            lanes.push(Kept { value, count: 0, sums: Vec::new(), rows: Vec::new() });
        }
    }
    if !choices.is_empty() {
        let place = |value: &Value| {
            choices.iter().position(|(name, _)| matches!(value, Value::Text(text) if text == name))
        };
        lanes.sort_by_key(|lane| place(&lane.value).unwrap_or(usize::MAX));
    }
    lanes.truncate(LANES);
    for lane in lanes.iter_mut().filter(|lane| lane.count > 0) {
        let test = member::compared(grouped.by, Sign::Is, lane.value.clone());
        let query = Query::all(def).only(wanted.condition()).only(test).newest().limit(RECORDS);
        lane.rows = tx.rows(query)?;
    }
    Ok(lanes)
}

/// The value of a lane as a form sends it.
fn sent(by: &FieldDef, value: &Value) -> String {
    match value {
        Value::Ref(id) => id.to_string(),
        Value::Flag(flag) => flag.to_string(),
        value => typed::of_value(by, value, Language::English),
    }
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
    let (language, by) = (ask.language, grouped.by);
    let reader = Reader { catalog: ask.state.catalog, actor: &ask.actor, language, titles };
    if lanes.iter().all(|lane| lane.count == 0) {
        return nothing(ask, def, wanted);
    }
    let parts = Parts::of(&super::shape::shown(ask, def, wanted), by);
    let all: Vec<(String, String)> = lanes
        .iter()
        .filter(|lane| !(by.required && lane.value.is_null()))
        .map(|lane| (sent(by, &lane.value), grouped.label(&reader, def, &lane.value)))
        .collect();
    let ways = Lanes { def, field: by, all: &all, address: wanted.without_place() };
    html! {
        div.board data-move=(by.name) data-back=(ways.address) {
            @for lane in lanes {
                @let title = grouped.label(&reader, def, &lane.value);
                @let now = sent(by, &lane.value);
                section.lane aria-label=(title) data-to=(now) {
                    header {
                        h2 { (title) span { (language.integer(lane.count)) } }
                        strong { (grouped.first_sum(&lane.sums, language)) }
                    }
                    ol {
                        @for row in &lane.rows {
                            @let way = moved::moves(ask, def, by, row);
                            (parts.card(&reader, def, row, way.then(|| ways.menu(ask, row.id, &now))))
                        }
                    }
                    @if lane.count > i64::try_from(lane.rows.len()).unwrap_or(i64::MAX) {
                        p.tick {
                            a href=(grouped.href(ask, def, wanted, &lane.value)) {
                                (say(language, "Tout voir", "See all"))
                            }
                        }
                    }
                }
            }
        }
    }
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

    /// A card, with the way to the other lanes where it may go there.
    fn card(
        &self,
        reader: &Reader<'_>,
        def: &'static EntityDef,
        row: &Row,
        menu: Option<Markup>,
    ) -> Markup {
        let said = |field: Option<&'static FieldDef>| {
            field.map_or_else(String::new, |field| {
                reader.text(def, field, &reader.titles.held(def, row, field))
            })
        };
        let (about, title) = (said(self.about), title_of(def, row, reader.language));
        let number = Some(said(self.number)).filter(|number| !number.is_empty());
        // Whom it is about comes first, what it is called then.
        let (name, number) = match about.is_empty() {
            true => (title, number.unwrap_or_default()),
            false => (about, number.unwrap_or(title)),
        };
        let href = show::href(def, row.id);
        html! {
            li.tick draggable=[menu.is_some().then_some("true")]
                data-href=[menu.is_some().then_some(&href)] {
                div {
                    a.who href=(href) title=(name) draggable="false" { (name) }
                    span.b { (said(self.amount)) }
                }
                div.muted { span { (number) } span { (said(self.when)) } }
                @if let Some(menu) = &menu { (menu) }
            }
        }
    }
}
