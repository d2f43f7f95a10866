//! `/{plural}`: the list of any entity. Filters, order and place are all in the address.

mod filters;
mod wanted;

use axum::extract::Path;
use kernel::{EntityDef, Faults, FieldDef, Row as Stored, Tx};
use maud::{Markup, Render, html};

use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{Button, Icon, Ledger, Sort, empty, head, pager};
use crate::show::Reader;
use crate::titles::{self, Titles};
use crate::{columns, nav, pages, words};

pub use wanted::{Filter, PAGE, Wanted, indexed};

/// What a list shows: read in one go, drawn after.
pub struct Found {
    pub rows: Vec<Stored>,
    /// The address of the page that follows.
    pub next: Option<String>,
    pub titles: Titles,
}

/// The list of an entity.
pub async fn list(ask: Ask, Path(plural): Path<String>) -> Answer {
    let def = ask.state.plural(&plural).map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.read", def.name))?;
    if let Some(by_hand) = pages::hand_made(def.name).and_then(|made| made.list) {
        return by_hand(ask).await;
    }
    let (wanted, found) = ask.read(move |tx, ask| look(tx, ask, def)).await?;
    let title = def.labels.say(ask.language);
    let body = html! {
        (head(&html! {}, title, &html! {}, &buttons(&ask, def, &wanted)))
        div #list { (shown(&ask, def, &wanted, &found)) }
    };
    Ok(ask.page(def.plural, Vec::new(), title, &body))
}

/// Reads what the address asks for, and one page of it.
///
/// # Errors
/// `query.*`, `store.*`.
pub fn look(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
) -> Result<(Wanted, Found), Faults> {
    let wanted = Wanted::of(tx, ask, def)?;
    let mut rows = tx.rows(wanted.query())?;
    let next = wanted.next(&mut rows);
    let mut titles = Titles::default();
    let named = titles::wanted(def, &rows).chain(wanted.named()).collect::<Vec<_>>();
    titles.gather(ask.state.catalog, tx, &ask.actor, named)?;
    Ok((wanted, Found { rows, next, titles }))
}

fn buttons(ask: &Ask, def: &EntityDef, wanted: &Wanted) -> Vec<Button> {
    let export = wanted.address(&format!("/api/{}.csv", def.plural));
    let mut buttons =
        vec![Button::link(ask.say(words::EXPORT), export).icon(Icon::Download).desk_only()];
    if nav::creates(ask, def) {
        let new = format!("/{}/new", def.plural);
        let button = Button::link(ask.say(words::CREATE), new).primary().icon(Icon::Plus).key("c");
        buttons.push(button);
    }
    buttons
}

/// The filters, the ledger, the way on: the part of the page that a change of filter replaces.
#[must_use]
pub fn shown(ask: &Ask, def: &'static EntityDef, wanted: &Wanted, found: &Found) -> Markup {
    let first = (wanted.first > 1).then(|| wanted.without_place());
    html! {
        (filters::bar(ask, def, wanted, &found.titles))
        (ledger(ask, def, wanted, found))
        @if !found.rows.is_empty() {
            // A whole page, not a swap: one reads it from its top.
            (pager(ask.language, found.rows.len(), first.as_deref(), found.next.as_deref(), None))
        }
    }
}

fn ledger(ask: &Ask, def: &'static EntityDef, wanted: &Wanted, found: &Found) -> Markup {
    let reader = Reader {
        catalog: ask.state.catalog,
        actor: &ask.actor,
        language: ask.language,
        titles: &found.titles,
    };
    let fields = columns::listed(&ask.actor, def);
    let sort = |field: &FieldDef| {
        wanted::sorts(def, field).then(|| Sort {
            href: wanted.sorted_by(field.name),
            ascending: wanted.ascending(field.name),
        })
    };
    let columns = columns::columns(ask.language, &fields, sort);
    let rows = found.rows.iter().map(|row| columns::row(&reader, def, &fields, row, true));
    Ledger::new(ask.language, def.labels.say(ask.language), columns)
        .first(wanted.first)
        .pinned()
        .rows(rows)
        .empty(nothing(ask, def, wanted))
        .render()
}

fn nothing(ask: &Ask, def: &EntityDef, wanted: &Wanted) -> Markup {
    if wanted.narrowed() {
        let all = Button::link(ask.say(words::CLEAR), format!("/{}", def.plural));
        return empty(ask.say(words::NOTHING_MATCHES), "", &[all]);
    }
    if nav::creates(ask, def) {
        let new = Button::link(ask.say(words::CREATE), format!("/{}/new", def.plural)).primary();
        return empty(ask.say(words::NOTHING_YET), ask.say(words::FIRST_ONE), &[new]);
    }
    let next = if def.kept { ask.say(words::KEPT_BY_HOUSE) } else { "" };
    empty(ask.say(words::NOTHING_YET), next, &[])
}
