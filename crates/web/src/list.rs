//! `/{plural}`: the list of any entity. Filters, order and place are all in the address.

pub mod bar;
mod builder;
mod calendar;
pub mod export;
mod filters;
mod grouped;
mod kanban;
pub mod moved;
mod over_time;
mod place;
mod questions;
mod shape;
mod sifted;
mod spoken;
pub mod tile;
mod wanted;
pub mod workbook;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use kernel::{EntityDef, Fault, Faults, FieldDef, Row as Stored, Tx};
use maud::{Markup, Render, html};

use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::parts::{Button, Icon, Ledger, Sort, empty, head, pager, say};
use crate::show::Reader;
use crate::titles::{self, Titles};
use crate::views::{self, Views};
use crate::{bulk, columns, import, nav, pages, words};
use builder::Builder;
use grouped::Grouped;
use shape::Look;
use sifted::Adding;

pub use wanted::{Filter, PAGE, Wanted, indexed};

/// What a list shows: read in one go, drawn after.
pub struct Found {
    pub rows: Vec<Stored>,
    /// The address of the page that follows.
    pub next: Option<String>,
    pub titles: Titles,
    /// The records counted by group, when the list is grouped.
    grouped: Option<Grouped>,
    /// The latest records of each group, when the list is a board.
    lanes: Option<Vec<kanban::Kept>>,
    /// The records of a month, when it is a calendar.
    month: Option<calendar::Month>,
    /// The views that were kept of this list.
    views: Views,
}

/// Parameters that only the drawn list knows: with one of them it takes over from one made by hand.
const DRAWN: [&str; 4] = ["columns", "group", "build", ALL];

/// The parameter of the drawn list of what has a list made by hand: it stays as filters go.
pub const ALL: &str = "all";

/// From a list made by hand to the drawn one, with its sieve and its columns.
#[must_use]
pub fn all_of(ask: &Ask, def: &EntityDef) -> Markup {
    let label = say(ask.language, "Toutes les colonnes et filtres", "All columns and filters");
    html! { p.mt { a.muted href={ "/" (def.plural) "?" (ALL) "=1" } { (label) } } }
}

/// The list of an entity.
pub async fn list(ask: Ask, Path(plural): Path<String>) -> Answer {
    let def = ask.state.plural(&plural).map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.read", def.name))?;
    let sifted =
        ask.query.get("where").is_some() || kernel::RawId::parse(ask.query.text("view")).is_ok();
    let drawn = DRAWN.iter().any(|name| ask.query.get(name).is_some());
    let drawn = drawn || (sifted && !pages::sieves(def.name));
    if !drawn && let Some(by_hand) = pages::hand_made(def.name).and_then(|made| made.list) {
        return by_hand(ask).await;
    }
    let (wanted, found) = ask.read(move |tx, ask| look(tx, ask, def)).await?;
    let adding = Adding::of(&ask.query);
    let mut refused = None;
    if adding.is_whole() {
        let (scope, sieve) = (wanted.sifted.scope(&ask), wanted.sifted.sieve.clone());
        match adding.added(&scope, def, sieve) {
            Ok(sieve) => {
                let text = wanted.sifted.written(&ask, def, sieve.as_ref());
                let address = wanted.with("where", Some(&text));
                return Ok(answer::go(&format!("{address}&build=1")));
            }
            Err(fault) => refused = Some(fault),
        }
    }
    let title = def.labels.say(ask.language);
    let shown = drawn_with(&ask, def, &wanted, &found, &adding, refused.as_ref());
    let body = html! {
        (head(&html! {}, title, &html! {}, &buttons(&ask, def)))
        div #list { (shown) }
    };
    let page = ask.page(def.plural, Vec::new(), title, &body);
    let wrong = wanted.sifted.fault.is_some() || refused.is_some();
    Ok(if wrong { (StatusCode::UNPROCESSABLE_ENTITY, page).into_response() } else { page })
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
    let views = views::of_list(tx, ask, def)?;
    let fields = shape::shown(ask, def, &wanted);
    let mut titles = Titles::across(def, &fields);
    if let Some(by) = wanted.group {
        let grouped = grouped::look(tx, ask, def, &wanted, by)?;
        let lanes = match wanted.look {
            Look::Board => Some(kanban::look(tx, def, &wanted, &grouped)?),
            Look::Ledger | Look::Line | Look::Calendar => None,
        };
        let month = match wanted.look {
            Look::Calendar => Some(calendar::look(tx, ask, def, &wanted, by)?),
            Look::Ledger | Look::Line | Look::Board => None,
        };
        let days = month.iter().flat_map(|month| month.rows.iter().map(|(_, row)| row));
        let cards = lanes.iter().flatten().flat_map(|lane| &lane.rows).chain(days);
        let named = grouped.named().into_iter().chain(wanted.named());
        let named: Vec<_> = named.chain(titles::wanted(def, cards)).collect();
        titles.gather(ask.state.catalog, tx, &ask.actor, named)?;
        let cards = lanes.iter().flatten().flat_map(|lane| &lane.rows);
        let beyond = titles.beyond(def, &fields, cards);
        titles.gather(ask.state.catalog, tx, &ask.actor, beyond)?;
        let (rows, next) = (Vec::new(), None);
        let grouped = Some(grouped);
        return Ok((wanted, Found { rows, next, titles, grouped, lanes, month, views }));
    }
    let mut rows = tx.rows(wanted.query())?;
    let next = wanted.next(&mut rows);
    let named = titles::wanted(def, &rows).chain(wanted.named()).collect::<Vec<_>>();
    titles.gather(ask.state.catalog, tx, &ask.actor, named)?;
    let beyond = titles.beyond(def, &fields, &rows);
    titles.gather(ask.state.catalog, tx, &ask.actor, beyond)?;
    Ok((wanted, Found { rows, next, titles, grouped: None, lanes: None, month: None, views }))
}

fn buttons(ask: &Ask, def: &EntityDef) -> Vec<Button> {
    let mut buttons = Vec::new();
    let by_hand = pages::hand_made(def.name).and_then(|made| made.list).is_some();
    if by_hand && !pages::sieves(def.name) {
        let usual = say(ask.language, "Vue habituelle", "Usual view");
        buttons.push(Button::link(usual, format!("/{}", def.plural)).bare());
    }
    if import::imports(ask, def) {
        let button = Button::link(ask.say(import::IMPORT), import::href(def));
        buttons.push(button.desk_only());
    }
    if nav::creates(ask, def) {
        let new = format!("/{}/new", def.plural);
        let button = Button::link(ask.say(words::CREATE), new).primary().icon(Icon::Plus).key("c");
        buttons.push(button);
    }
    buttons
}

/// The views, the filters, the ledger, the way on: the part of the page that a change of filter
/// replaces.
#[must_use]
pub fn shown(ask: &Ask, def: &'static EntityDef, wanted: &Wanted, found: &Found) -> Markup {
    drawn_with(ask, def, wanted, found, &Adding::of(&ask.query), None)
}

fn drawn_with(
    ask: &Ask,
    def: &'static EntityDef,
    wanted: &Wanted,
    found: &Found,
    adding: &Adding,
    refused: Option<&Fault>,
) -> Markup {
    let first = (wanted.first > 1).then(|| wanted.without_place());
    let building = ask.query.get("build").is_some();
    html! {
        (views::bar(ask, def, wanted, &found.views))
        (filters::bar(ask, def, wanted, &found.titles))
        (bar::tools(ask, def, wanted, &found.views, building))
        @if building {
            (Builder { ask, def, wanted, adding, refused, titles: &found.titles }.draw())
        }
        @if let Some(month) = &found.month { (calendar::shown(ask, def, wanted, month, &found.titles)) }
        @else { @match (&found.grouped, &found.lanes) {
            (Some(grouped), Some(lanes)) => {
                (kanban::shown(ask, def, wanted, grouped, lanes, &found.titles))
            },
            (Some(grouped), None) => { (grouped::shown(ask, def, wanted, grouped, &found.titles)) },
            (None, _) => {
                (ledger(ask, def, wanted, found))
                @if !found.rows.is_empty() { (bulk::bar(ask, def, wanted)) }
            },
        } }
        @if !found.rows.is_empty() {
            // A whole page, not a swap: one reads it from its top.
            (pager(ask.language, found.rows.len(), first.as_deref(), found.next.as_deref(), None))
        }
    }
}

fn ledger(ask: &Ask, def: &'static EntityDef, wanted: &Wanted, found: &Found) -> Markup {
    let fields = shape::shown(ask, def, wanted);
    let sort = |field: &FieldDef| {
        wanted::sorts(def, field).then(|| Sort {
            href: wanted.sorted_by(field.name),
            ascending: wanted.ascending(field.name),
        })
    };
    let columns = match wanted.columns {
        Some(_) => columns::chosen(ask.language, &fields, sort),
        None => columns::columns(ask.language, &fields, sort),
    };
    let ledger = Ledger::new(ask.language, def.labels.say(ask.language), columns);
    let ledger = if bulk::offers(ask, def) { ledger.choose("bulk") } else { ledger };
    ledger
        .first(wanted.first)
        .pinned()
        .wide(wanted.columns.is_some())
        .rows(rows(ask, def, &fields, found))
        .empty(nothing(ask, def, wanted))
        .render()
}

/// The lines of the ledger.
fn rows(
    ask: &Ask,
    def: &'static EntityDef,
    fields: &[&'static FieldDef],
    found: &Found,
) -> Vec<crate::parts::Row> {
    let reader = Reader {
        catalog: ask.state.catalog,
        actor: &ask.actor,
        language: ask.language,
        titles: &found.titles,
    };
    found.rows.iter().map(|row| columns::row(&reader, def, fields, row, true)).collect()
}

fn nothing(ask: &Ask, def: &EntityDef, wanted: &Wanted) -> Markup {
    if wanted.narrowed() {
        let all = Button::link(ask.say(words::CLEAR), wanted.whole());
        return empty(ask.say(words::NOTHING_MATCHES), "", &[all]);
    }
    if nav::creates(ask, def) {
        let new = Button::link(ask.say(words::CREATE), format!("/{}/new", def.plural)).primary();
        return empty(ask.say(words::NOTHING_YET), ask.say(words::FIRST_ONE), &[new]);
    }
    let next = if def.kept { ask.say(words::KEPT_BY_HOUSE) } else { "" };
    empty(ask.say(words::NOTHING_YET), next, &[])
}
