//! What happened to a record, from the audit: who, when, through which door, each field before and
//! after, in the words of the screen.

use kernel::{EntityDef, FieldDef, Kind, Origin, RawId, Text, Value, json};
use maud::{Markup, html};
use serde_json::Value as Json;
use store::Audited;

use super::record_tabs;
use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{Moment, Voice, empty, head, thread};
use crate::show::{self, Reader};
use crate::titles::{Named, Titles, title_of};
use crate::{undo, words};

/// The most lines shown.
const MOST: u32 = 200;
/// How many of the last lines are offered to be undone.
const UNDONE_FROM: usize = 10;

/// One change, read back into the kinds of the fields.
pub(crate) type Changed = (&'static FieldDef, Value, Value);
/// A line of the audit with its changes.
pub(crate) type Told = (Audited, Vec<Changed>);

pub(super) async fn page(ask: Ask, def: &'static EntityDef, id: RawId) -> Answer {
    let about = Origin { entity: def.name, id };
    let company = ask.actor.company;
    let row = ask.read(move |tx, _| super::row_seen(tx, def, id)).await?;
    let lines = ask
        .visitor
        .waiting(move |state| state.store.audit(company, about, MOST))
        .await
        .map_err(|faults| ask.refusal(faults))?;
    let last: Vec<i64> = lines.iter().take(UNDONE_FROM).map(|line| line.seq).collect();
    let again = ask.clone();
    let offered = ask
        .visitor
        .waiting(move |state| undo::offered(&again, &state.store, def, id, last))
        .await
        .map_err(|faults| ask.refusal(faults))?;
    let (lines, titles) = ask.read(move |tx, ask| titled(tx, ask, def, lines)).await?;
    let title = title_of(def, &row, ask.language);
    let crumbs = vec![(def.labels.say(ask.language).to_owned(), format!("/{}", def.plural))];
    let reader = Reader {
        catalog: ask.state.catalog,
        actor: &ask.actor,
        language: ask.language,
        titles: &titles,
    };
    let way = |line: &Audited| {
        let here = format!("{}?tab=history", crate::show::href(def, id));
        offered
            .contains(&line.seq)
            .then(|| undo::button(&ask.token, ask.say(words::UNDO), line.seq, &here).small())
    };
    let moments: Vec<Moment> = lines
        .iter()
        .map(|(line, changes)| {
            let mut moment = moment(&reader, def, line, changes);
            if let Some(button) = way(line) {
                moment.what = html! { (moment.what) div.mt { (button) } };
            }
            moment
        })
        .collect();
    let body = html! {
        (head(&html! { (def.label.say(ask.language)) }, &title, &html! {}, &[]))
        (record_tabs(&ask, def, id, true))
        @if moments.is_empty() { (empty(ask.say(words::NO_HISTORY), "", &[])) }
        @else { (thread(&moments)) }
    };
    Ok(ask.page(def.plural, crumbs, &title, &body))
}

/// The lines with their changes read, and the titles of the records they name.
fn titled(
    tx: &mut kernel::Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
    lines: Vec<Audited>,
) -> Result<(Vec<Told>, Titles), kernel::Faults> {
    let read = told(ask, def, lines, tx.currency());
    let mut titles = Titles::default();
    titles.gather(ask.state.catalog, tx, &ask.actor, named(&read))?;
    Ok((read, titles))
}

/// The lines, each with its changes read back.
pub(crate) fn told(
    ask: &Ask,
    def: &'static EntityDef,
    lines: Vec<Audited>,
    currency: kernel::Currency,
) -> Vec<Told> {
    let read = |line: Audited| {
        let changes = changes(ask, def, &line.changes, currency);
        (line, changes)
    };
    lines.into_iter().map(read).collect()
}

/// The records that the changes name.
pub(crate) fn named(told: &[Told]) -> Vec<Named> {
    told.iter().flat_map(|(_, changes)| named_in(changes)).collect()
}

/// The records that the changes of one line name.
pub(crate) fn named_in(changes: &[Changed]) -> impl Iterator<Item = Named> {
    let both = |(field, was, is): &Changed| [name(field, was), name(field, is)];
    changes.iter().flat_map(both).flatten()
}

fn name(field: &FieldDef, value: &Value) -> Option<Named> {
    match (field.kind, value) {
        (Kind::Ref(target), Value::Ref(id)) => Some((target, *id)),
        (_, Value::Origin(origin)) => Some((origin.entity, origin.id)),
        _ => None,
    }
}

fn changes(
    ask: &Ask,
    def: &'static EntityDef,
    told: &Json,
    currency: kernel::Currency,
) -> Vec<Changed> {
    let Json::Object(members) = told else { return Vec::new() };
    let read = |field: &FieldDef, value: &Json| {
        let value = json::to_known_value(ask.state.catalog, field, value, currency);
        // A veiled value, or one of a kind that the field no longer has, is shown as it is kept.
        value.unwrap_or_else(|_| Value::Text("•••".to_owned()))
    };
    members
        .iter()
        .filter_map(|(name, pair)| {
            // Sensitive values were veiled when they were written: that they changed is seen.
            let seen = |field: &&FieldDef| field.sensitive || !show::hidden(&ask.actor, def, field);
            let field = def.field(name).filter(seen)?;
            let Json::Array(pair) = pair else { return None };
            Some((field, read(field, pair.first()?), read(field, pair.get(1)?)))
        })
        .collect()
}

fn moment(
    reader: &Reader<'_>,
    def: &'static EntityDef,
    line: &Audited,
    changes: &[Changed],
) -> Moment {
    let language = reader.language;
    let did = did(&line.verb);
    let shown: Vec<Markup> = changes
        .iter()
        // What was made empty says nothing by being empty.
        .filter(|(_, was, is)| line.verb != "created" || was != is && !blank(is))
        .map(|(field, was, is)| change(reader, def, field, was, is, line.verb == "created"))
        .collect();
    let own = line.changes.get("extra").is_some();
    let (hour, minute) = line.at.clock();
    let voice = if line.actor.is_some() { Voice::Person } else { Voice::Fact };
    Moment {
        when: language.day(line.at.day()),
        machine: format!("{}T{hour:02}:{minute:02}", line.at.day()),
        voice,
        icon: None,
        what: html! {
            b { (line.actor_name) } " " (did.say(language))
            @for change in &shown { br; (change) }
            @if own { br; (words::OWN_FIELDS.say(language)) }
        },
        note: format!("{} · {}", language.instant(line.at), door(&line.door).say(language)),
    }
}

/// What was done to the record, after the name of whoever did it.
pub(crate) fn did(verb: &str) -> Text {
    match verb {
        "created" => words::DID_CREATE,
        "deleted" => words::DID_DELETE,
        _ => words::DID_UPDATE,
    }
}

fn blank(value: &Value) -> bool {
    value.is_null() || matches!(value, Value::Text(text) if text.is_empty())
}

/// One change: the field, what it was, what it is. `made` leaves out what it was.
pub(crate) fn change(
    reader: &Reader<'_>,
    def: &'static EntityDef,
    field: &FieldDef,
    was: &Value,
    is: &Value,
    made: bool,
) -> Markup {
    let label = field.label.say(reader.language);
    let say = |value: &Value| {
        let text = reader.text(def, field, value);
        if text.is_empty() { words::NOT_FILLED.say(reader.language).to_owned() } else { text }
    };
    html! {
        span.muted { (words::colon(reader.language, label, "")) }
        @if !made { s { (say(was)) } " → " }
        (say(is))
    }
}

fn door(name: &str) -> Text {
    match name {
        "rest" => words::BY_REST,
        "import" => words::BY_IMPORT,
        "event" => words::BY_EVENT,
        "console" => words::BY_CONSOLE,
        _ => words::BY_WEB,
    }
}
