//! `/{plural}/{id}`: the page of any record: what it says, what may be done with it, its lines, what
//! refers to it, and what happened to it.

mod deletion;
pub(crate) mod history;
mod related;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use identity::personal;
use kernel::work::not_found;
use kernel::{
    ActionDef, CustomField, CustomKind, EntityDef, Faults, FieldDef, Kind, Origin, RawId, Row,
    Shape, Tx, edit,
};
use maud::{Markup, Render, html};
use serde_json::{Map, Value as Json};

use crate::answer::{self, Answer, Refused};
use crate::audit::{self, seen};
use crate::door::{Ask, new_key};
use crate::parts::{Button, Icon, Ledger, Tab, Tone, banner, definitions, head, section, tabs};
use crate::show::{self, Reader};
use crate::titles::{self, Titles, title_of};
use crate::together::{self, Story};
use crate::{cell, columns, pages, words};

pub use deletion::{ask_delete, delete};
pub use related::Related;

/// A record with all that its page shows.
pub struct Seen {
    pub def: &'static EntityDef,
    pub row: Row,
    pub custom: Vec<CustomField>,
    /// Its lines, list by list.
    pub lines: Vec<(&'static FieldDef, &'static EntityDef, Vec<Row>)>,
    pub related: Vec<Related>,
    pub titles: Titles,
    pub story: Story,
}

/// The page of a record.
pub async fn record(ask: Ask, Path((plural, id)): Path<(String, String)>) -> Answer {
    let def = ask.state.plural(&plural).map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.read", def.name))?;
    let id = id_of(&ask, def, &id)?;
    if ask.query.get("tab") == Some("history") {
        return history::page(ask, def, id).await;
    }
    if seen::asked(&ask) {
        return seen::page(ask, def, id).await;
    }
    if let Some(by_hand) = pages::hand_made(def.name).and_then(|made| made.record) {
        return by_hand(ask, id).await;
    }
    page(ask, def, id, &Faults::default()).await
}

/// The id of a path; one that is no id names nothing.
pub(crate) fn id_of(ask: &Ask, def: &'static EntityDef, id: &str) -> Result<RawId, Refused> {
    let unknown = || {
        let fault = kernel::Fault::new("not_found");
        ask.refusal(fault.with("entity", def.label.say(ask.language)).with("id", id))
    };
    RawId::parse(id).map_err(|_| unknown())
}

/// The page of a record, with what was refused at its top.
///
/// # Errors
/// `not_found`, `store.*`, as a page.
pub async fn page(ask: Ask, def: &'static EntityDef, id: RawId, faults: &Faults) -> Answer {
    let seen = ask.read(move |tx, ask| see(tx, ask, def, id)).await?;
    if let Some((parent, holder)) = def.parent() {
        // A line is shown in the record that holds it.
        let at = def.rank(parent.name).and_then(|rank| seen.row.values.get(rank));
        if let (Some(kernel::Value::Ref(id)), Some(holder)) = (at, ask.state.catalog.entity(holder))
        {
            return Ok(answer::go(&show::href(holder, *id)));
        }
    }
    let title = title_of(def, &seen.row, ask.language);
    let crumbs = vec![(def.labels.say(ask.language).to_owned(), format!("/{}", def.plural))];
    let body = html! {
        (header(&ask, &seen))
        (record_tabs(&ask, def, id, false))
        (refusals(&ask, faults))
        (content(&ask, &seen))
    };
    let response = ask.page(def.plural, crumbs, &title, &body);
    let status = if faults.0.is_empty() { StatusCode::OK } else { answer::status(faults) };
    Ok((status, response).into_response())
}

/// A record; what others keep for themselves is not there.
///
/// # Errors
/// `not_found`, `store.*`.
fn row_seen(tx: &mut Tx<'_>, def: &'static EntityDef, id: RawId) -> Result<Row, Faults> {
    let row = tx.row(def, id)?;
    let row = row.filter(|row| personal::sees(def, tx.actor(), &row.values));
    Ok(row.ok_or_else(|| not_found(def, id))?)
}

/// Reads a record with its lines and what refers to it.
///
/// # Errors
/// `not_found`, `store.*`.
pub fn see(tx: &mut Tx<'_>, ask: &Ask, def: &'static EntityDef, id: RawId) -> Result<Seen, Faults> {
    let catalog = ask.state.catalog;
    let row = row_seen(tx, def, id)?;
    let custom = Shape::of(tx, def)?.custom;
    let mut lines = Vec::new();
    for field in def.fields {
        let Kind::Lines(target) = field.kind else { continue };
        let Some(line) = catalog.entity(target) else { continue };
        if ask.actor.can(&format!("{}.read", line.name)) {
            lines.push((field, line, edit::lines_of(tx, line, id)?));
        }
    }
    let related = related::read(tx, ask, def, id)?;
    let mut wanted: Vec<titles::Named> = titles::wanted(def, [&row]).collect();
    for (_, def, rows) in &lines {
        wanted.extend(titles::wanted(def, rows));
    }
    for related in &related {
        wanted.extend(titles::wanted(related.def, &related.rows));
    }
    let mut titles = Titles::default();
    titles.gather(catalog, tx, &ask.actor, wanted)?;
    let story = together::read(tx, ask, def, id, &[])?;
    Ok(Seen { def, row, custom, lines, related, titles, story })
}

impl Seen {
    #[must_use]
    pub fn reader<'a>(&'a self, ask: &'a Ask) -> Reader<'a> {
        Reader {
            catalog: ask.state.catalog,
            actor: &ask.actor,
            language: ask.language,
            titles: &self.titles,
        }
    }
    /// A field as it is read; `None` when it is empty, or no such field exists.
    #[must_use]
    pub fn field(&self, ask: &Ask, name: &str) -> Option<Markup> {
        let field = self.def.field(name)?;
        let value = self.row.values.get(self.def.rank(name)?)?;
        self.reader(ask).value(self.def, field, value)
    }
}

/// The title, the state, and the buttons of what may be done now.
#[must_use]
pub fn header(ask: &Ask, seen: &Seen) -> Markup {
    let state = seen.def.fields.iter().find(|field| show::is_state(field));
    let beside = state.and_then(|field| seen.field(ask, field.name)).unwrap_or_default();
    let over = html! { (seen.def.label.say(ask.language)) };
    let title = title_of(seen.def, &seen.row, ask.language);
    let follow = seen.story.follow(ask).map(Button::bare);
    let own = buttons(ask, seen.def, &seen.row);
    head(&over, &title, &beside, &follow.into_iter().chain(own).collect::<Vec<_>>())
}

/// The acts offered on a record that this person may do, then edit and delete.
#[must_use]
pub fn buttons(ask: &Ask, def: &'static EntityDef, row: &Row) -> Vec<Button> {
    let href = show::href(def, row.id);
    let offered: Vec<&ActionDef> = ask
        .state
        .catalog
        .actions_on(def.name)
        .filter(|act| ask.actor.can(&act.right()) && (act.offered)(&row.values))
        .collect();
    let first = offered.first().map(|act| act.name);
    let mut buttons: Vec<Button> = Vec::new();
    if !def.kept && def.parent().is_none() && (def.editable)(&row.values).is_ok() {
        if ask.actor.can(&format!("{}.delete", def.name)) {
            let delete = Button::link(ask.say(words::DELETE), format!("{href}/delete"));
            buttons.push(delete.bare().desk_only());
        }
        if ask.actor.can(&format!("{}.update", def.name)) {
            let edit = Button::link(ask.say(words::EDIT), format!("{href}/edit")).key("e");
            buttons.push(edit.icon(Icon::Edit));
        }
    }
    for act in offered.into_iter().rev() {
        let at = format!("{href}/do/{}", act.name);
        let label = act.label.say(ask.language);
        let button = if act.inputs.is_empty() {
            Button::post(label, at)
                .hidden("token", ask.token.as_str())
                .hidden("key", new_key())
                .confirm(act.doc.say(ask.language))
        } else {
            Button::link(label, at)
        };
        buttons.push(if Some(act.name) == first { button.primary() } else { button });
    }
    buttons
}

/// The tabs of a record's page.
#[must_use]
pub fn record_tabs(ask: &Ask, def: &'static EntityDef, id: RawId, history: bool) -> Markup {
    let href = show::href(def, id);
    let watched = seen::asked(ask);
    let own = Tab::new(ask.say(words::RECORD), href.as_str(), !history && !watched);
    let past = Tab::new(ask.say(words::HISTORY), format!("{href}?tab=history"), history);
    let mut all = vec![own, past];
    if ask.actor.can(audit::RIGHT) {
        all.push(Tab::new(ask.say(seen::SEEN), format!("{href}?tab=seen"), watched));
        if def.name == "user" {
            let did = ask.say(seen::DID);
            all.push(Tab::new(did, format!("/audit?person={id}"), false));
        }
    }
    tabs(def.label.say(ask.language), &all)
}

/// What was refused, at the top of a page.
#[must_use]
pub fn refusals(ask: &Ask, faults: &Faults) -> Markup {
    if faults.0.is_empty() {
        return html! {};
    }
    let said = answer::said(faults, ask.language);
    let more = html! { @for sentence in said.iter().skip(1) { (sentence) " " } };
    let first = said.first().map_or("", String::as_str);
    banner(Tone::Blocked, first, &more, "", &[])
}

/// Everything below the head: fields in groups, lines, related lists.
#[must_use]
pub fn content(ask: &Ask, seen: &Seen) -> Markup {
    html! {
        (groups(ask, seen))
        @for (field, def, rows) in &seen.lines {
            (section(field.label.say(ask.language), &html! {}, &line_ledger(ask, seen, def, rows)))
        }
        @for related in &seen.related { (related.drawn(ask, seen)) }
        (seen.story.told(ask))
    }
}

fn line_ledger(ask: &Ask, seen: &Seen, def: &'static EntityDef, rows: &[Row]) -> Markup {
    let fields: Vec<_> =
        columns::listed(&ask.actor, def).into_iter().filter(|field| !field.parent).collect();
    let reader = seen.reader(ask);
    let columns = columns::columns(ask.language, &fields, |_| None);
    Ledger::new(ask.language, def.labels.say(ask.language), columns)
        .rows(rows.iter().map(|row| columns::row(&reader, def, &fields, row, false)))
        .empty(crate::parts::empty(ask.say(words::NOTHING_YET), "", &[]))
        .render()
}

/// Where a field is shown on the page.
#[derive(PartialEq, Clone, Copy)]
enum Part {
    Main,
    Amounts,
    Tracking,
    Prose,
}

const fn part(field: &FieldDef) -> Part {
    match field.kind {
        Kind::LongText => Part::Prose,
        Kind::Money | Kind::Price if field.system => Part::Amounts,
        _ if field.system => Part::Tracking,
        _ => Part::Main,
    }
}

/// The fields in groups: what a person fills in, amounts that Comptoir computes, what it follows,
/// texts, the company's own fields.
#[must_use]
pub fn groups(ask: &Ask, seen: &Seen) -> Markup {
    let of = |wanted: Part| -> Vec<(String, Option<Markup>)> {
        seen.def
            .stored()
            .filter(|field| part(field) == wanted)
            .filter(|field| !columns::of_the_other_tongue(ask.language, seen.def, field))
            .filter(|field| !for_programs(seen, field))
            .map(|field| {
                let drawn = seen.field(ask, field.name);
                let drawn = cell::closed(&ask.actor, seen.def, &seen.row, field, drawn, false);
                (field.label.say(ask.language).to_owned(), drawn)
            })
            // Blanks are worth a dash where a person could fill them, and nowhere else.
            .filter(|(_, value)| wanted == Part::Main || value.is_some())
            .collect()
    };
    let (main, amounts, mut tracking) = (of(Part::Main), of(Part::Amounts), of(Part::Tracking));
    let at = |at| Some(html! { (ask.language.instant(at)) });
    tracking.push((ask.say(words::CREATED).to_owned(), at(seen.row.created_at)));
    tracking.push((ask.say(words::UPDATED).to_owned(), at(seen.row.updated_at)));
    let half = main.len().div_ceil(2);
    let detail = html! {
        div.cols.g2c { (definitions(&main[..half])) (definitions(&main[half..])) }
    };
    html! {
        div.cols.with-side {
            (section(ask.say(words::DETAILS), &html! {}, &detail))
            div {
                @if !amounts.is_empty() {
                    (section(ask.say(words::AMOUNTS), &html! {}, &definitions(&amounts)))
                }
                @if !seen.custom.is_empty() {
                    (section(ask.say(words::OWN_FIELDS), &html! {}, &definitions(&custom(ask, seen))))
                }
                (section(ask.say(words::TRACKING), &html! {}, &definitions(&tracking)))
            }
        }
        @for (label, text) in of(Part::Prose) {
            (section(&label, &html! {}, &html! { div.prose { (text.unwrap_or_default()) } }))
        }
    }
}

/// A document that programs read (the facts of a hold, the parties of an invoice) is no prose.
fn for_programs(seen: &Seen, field: &FieldDef) -> bool {
    let value = seen.def.rank(field.name).and_then(|rank| seen.row.values.get(rank));
    match (field.kind, value) {
        (Kind::LongText, Some(kernel::Value::Text(text))) if text.starts_with('{') => {
            serde_json::from_str::<Json>(text).is_ok()
        }
        _ => false,
    }
}

fn custom(ask: &Ask, seen: &Seen) -> Vec<(String, Option<Markup>)> {
    let extra = seen.row.extra.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let extra: Map<String, Json> = extra.unwrap_or_default();
    let shown = |field: &CustomField| {
        let value = extra.get(&field.name)?;
        Some(match (field.kind, value) {
            (CustomKind::Number, Json::String(text)) => html! { (ask.language.decimal(text)) },
            (CustomKind::Number, value) => html! { (ask.language.decimal(&value.to_string())) },
            (CustomKind::Flag, Json::Bool(flag)) => html! { (ask.say(show::yes_no(*flag))) },
            (CustomKind::Day, Json::String(text)) => match kernel::Day::parse(text) {
                Ok(day) => html! { (ask.language.day(day)) },
                Err(_) => html! { (text) },
            },
            (_, Json::String(text)) => html! { (text) },
            (_, other) => html! { (other.to_string()) },
        })
    };
    let fields = seen.custom.iter();
    fields.map(|field| (field.label(ask.language).to_owned(), shown(field))).collect()
}

/// The record that an act made, to lead there.
pub(crate) fn address_of(ask: &Ask, origin: Origin) -> Option<String> {
    ask.state.catalog.entity(origin.entity).map(|def| show::href(def, origin.id))
}
