//! What refers to a record: the first lines of each list, and the way to the rest.

use identity::personal;
use kernel::{Condition, EntityDef, Faults, FieldDef, Kind, Origin, Query, RawId, Row, Tx, Value};
use maud::{Markup, Render, html};

use super::Seen;
use crate::door::Ask;
use crate::parts::{Button, Ledger, section};
use crate::{columns, list, nav, together, words};

/// How many are shown.
const FIRST: usize = 10;
/// The most columns of a related list: it is a summary.
const COLUMNS: usize = 6;

/// The records of one entity that refer to the record by one field.
pub struct Related {
    pub def: &'static EntityDef,
    pub field: &'static FieldDef,
    pub rows: Vec<Row>,
    /// Whether there are more than shown.
    pub more: bool,
    /// The same in the address of a list: `party=0190…`.
    query: String,
}

/// Every list that has something to show.
pub(super) fn read(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
    id: RawId,
) -> Result<Vec<Related>, Faults> {
    let mut found = Vec::new();
    let listed = |other: &&'static EntityDef| {
        nav::reads(ask, other) && !together::IN_STORIES.contains(&other.name)
    };
    for other in ask.state.catalog.entities().filter(listed) {
        for field in other.fields {
            let Some((value, written)) = points_here(field, def, id) else { continue };
            // No page waits for a search through every record.
            if !list::indexed(other, field) {
                continue;
            }
            let is = Condition::Is(field.name, value);
            let most = u32::try_from(FIRST + 1).unwrap_or(u32::MAX);
            let own = personal::visible(other, tx.actor());
            let mut rows = tx.rows(Query::all(other).only(is.and(own)).newest().limit(most))?;
            let more = rows.len() > FIRST;
            rows.truncate(FIRST);
            if !rows.is_empty() {
                let query = format!("{}={written}", field.name);
                found.push(Related { def: other, field, rows, more, query });
            }
        }
    }
    Ok(found)
}

/// The value by which a field of another entity would refer to this record. Lines are shown with
/// their parent, so they are left out.
fn points_here(field: &FieldDef, def: &'static EntityDef, id: RawId) -> Option<(Value, String)> {
    match field.kind {
        Kind::Ref(target) if target == def.name && !field.parent => {
            Some((Value::Ref(id), id.to_string()))
        }
        Kind::Origin => {
            let origin = Origin { entity: def.name, id };
            Some((Value::Origin(origin), crate::address::encoded(&origin.to_string())))
        }
        _ => None,
    }
}

impl Related {
    /// The list, with the way to all of it.
    #[must_use]
    pub fn drawn(&self, ask: &Ask, seen: &Seen) -> Markup {
        let reader = seen.reader(ask);
        let fields: Vec<_> = columns::listed(&ask.actor, self.def)
            .into_iter()
            .filter(|field| field.name != self.field.name)
            .take(COLUMNS)
            .collect();
        let columns = columns::columns(ask.language, &fields, |_| None);
        let rows = self.rows.iter();
        let ledger = Ledger::new(ask.language, self.def.labels.say(ask.language), columns)
            .rows(rows.map(|row| columns::row(&reader, self.def, &fields, row, true)));
        let list = format!("/{}?{}", self.def.plural, self.query);
        let new = format!("/{}/new?{}", self.def.plural, self.query);
        let creates = nav::creates(ask, self.def) && !self.field.system;
        let right = html! {
            @if creates { (Button::link(ask.say(words::ADD), new).small().bare()) " " }
            a href=(list) {
                (ask.say(if self.more { words::SEE_ALL } else { words::SEE_LIST }))
            }
        };
        let label = self.def.labels.say(ask.language);
        let own = self.def.fields.iter().filter(|field| same_target(field, self.field)).count();
        let title = if own > 1 {
            format!("{label} · {}", self.field.label.say(ask.language))
        } else {
            label.to_owned()
        };
        section(&title, &right, &ledger.render())
    }
}

fn same_target(field: &FieldDef, other: &FieldDef) -> bool {
    matches!((field.kind, other.kind), (Kind::Ref(one), Kind::Ref(two)) if one == two)
}
