//! What was done, taken back: the button on the toast and in the history, Ctrl Z, and the answer of
//! `POST /undo`.
//!
//! What one did last is a short stack in a cookie: lines of the audit, each standing for its
//! command. Undoing takes the last one off; what is undone is offered again at once.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use kernel::backend::Verb;
use kernel::{EntityDef, Faults, Instant, Kind, Origin, RawId, Text, undo};
use maud::{Markup, html};
use serde_json::json;
use store::{Done, Store};

use crate::WebState;
use crate::address::back;
use crate::answer::{self, Answer, flash_cookie};
use crate::door::{Ask, new_key};
use crate::parts::{Button, Tone, head, toast};
use crate::posted::Posted;
use crate::shell::{Shell, WayBack};
use crate::titles::title_of;
use crate::{show, words};

/// The cookie of what one did last.
pub const COOKIE: &str = "undo";
/// How many commands it remembers.
const DEEP: usize = 20;

/// The route of this face.
pub fn routes() -> Router<WebState> {
    Router::new().route("/undo", post(run))
}

/// The lines of the audit in the cookie, the last command last.
#[must_use]
pub(crate) fn stack(cookie: &str) -> Vec<i64> {
    cookie.split('.').filter_map(|seq| seq.parse().ok()).collect()
}

fn cookie(stack: &[i64]) -> String {
    let kept = &stack[stack.len().saturating_sub(DEEP)..];
    let told: Vec<String> = kept.iter().map(ToString::to_string).collect();
    let age = if told.is_empty() { 0 } else { 1_800 };
    format!("{COOKIE}={}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax", told.join("."))
}

/// What a command left in the audit, as the kernel reads it.
#[must_use]
pub fn deeds(done: &[Done]) -> Vec<undo::Deed> {
    let told = done
        .iter()
        .map(|Done { about, line }| undo::Deed::told(*about, &line.verb, line.at, &line.changes));
    told.flatten().collect()
}

/// The line of the audit of what this person has just done to a record, if it could be undone.
///
/// # Errors
/// `store.*`.
pub(crate) fn just_done(
    ask: &Ask,
    store: &Store,
    about: Origin,
    since: Instant,
) -> Result<Option<i64>, Faults> {
    let company = ask.actor.company;
    let line = store.audit(company, about, 1)?.pop();
    let mine = line.filter(|line| line.at >= since && line.actor == ask.actor.user);
    let Some(line) = mine else { return Ok(None) };
    let done = deeds(&store.command_lines(company, line.seq)?);
    let possible = store.read(&ask.actor, |tx| {
        Ok(undo::possible(ask.state.catalog, tx, &ask.actor, &done).is_ok())
    })?;
    Ok(possible.then_some(line.seq))
}

impl Ask {
    /// Leads to an address where what was just done to a record is said, with the way to undo it.
    pub async fn go_having(
        &self,
        href: &str,
        text: &str,
        about: Origin,
        since: Instant,
    ) -> Response {
        let seq = self.just_done(about, since).await;
        let way = if seq.is_some() { WayBack::Undo } else { WayBack::None };
        let said = answer::go(href);
        let said =
            answer::with_header(said, header::SET_COOKIE, &flash_cookie(Tone::Done, text, way));
        answer::with_header(said, header::SET_COOKIE, &self.stacked(seq))
    }

    /// The line of the audit of what this person has just done to a record, if it can be undone.
    pub(crate) async fn just_done(&self, about: Origin, since: Instant) -> Option<i64> {
        let ask = self.clone();
        let found =
            self.visitor.waiting(move |state| just_done(&ask, &state.store, about, since)).await;
        found.unwrap_or_else(|faults| {
            tracing::warn!(codes = ?faults.codes(), "no way back could be offered");
            None
        })
    }

    /// The cookie of what one did last, with one command more. What cannot be undone ends the
    /// series: one does not undo past it unawares.
    pub(crate) fn stacked(&self, seq: Option<i64>) -> String {
        let mut stack = self.visitor.undo.clone();
        match seq {
            Some(seq) => stack.push(seq),
            None => stack.clear(),
        }
        cookie(&stack)
    }
}

/// The button that undoes a command, in a form of its own.
#[must_use]
pub fn button(token: &str, label: &str, seq: i64, back: &str) -> Button {
    Button::post(label, "/undo")
        .hidden("token", token)
        .hidden("key", new_key())
        .hidden("line", seq.to_string())
        .hidden("back", back)
}

// ——— doing it ———

/// `POST /undo`: takes back the command of the line `line`.
async fn run(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let Ok(seq) = fields.text("line").parse::<i64>() else {
        return Err(ask.refusal(kernel::Fault::new("form.malformed")));
    };
    let company = ask.actor.company;
    let found = ask.visitor.waiting(move |state| state.store.command_lines(company, seq)).await;
    let done = found.map_err(|faults| ask.refusal(faults))?;
    let (catalog, told, since) = (ask.state.catalog, deeds(&done), store::now());
    let lines = told.clone();
    let undone = ask
        .command(&fields, move |tx, actor, _| {
            let tops = undo::undo(catalog, tx, actor, &lines)?;
            Ok(json!(tops.iter().map(ToString::to_string).collect::<Vec<_>>()))
        })
        .await;
    match undone {
        Ok(_) => {
            let href = way(&ask, &told, back(fields.text("back")));
            Ok(popped(&ask, &href, &told, seq, since).await)
        }
        Err(faults) => refused(&ask, faults, &told, back(fields.text("back"))).await,
    }
}

/// Back to where one was, unless it is the page of a record that is no more.
fn way(ask: &Ask, told: &[undo::Deed], back: &str) -> String {
    for deed in told.iter().filter(|deed| deed.verb == Verb::Created) {
        let Some(def) = ask.state.catalog.entity(deed.about.entity) else { continue };
        if back.starts_with(&show::href(def, deed.about.id)) {
            return format!("/{}", def.plural);
        }
    }
    back.to_owned()
}

/// The stack without what was undone. Undoing it again does it again: this is offered, but Ctrl Z
/// goes on with what was done before.
async fn popped(ask: &Ask, href: &str, told: &[undo::Deed], seq: i64, since: Instant) -> Response {
    let stack: Vec<i64> = ask.visitor.undo.iter().copied().filter(|line| *line != seq).collect();
    let again = match told.last() {
        Some(deed) => ask.just_done(deed.about, since).await,
        None => None,
    };
    let way = again.map_or(WayBack::None, WayBack::Redo);
    let flash = flash_cookie(Tone::Done, ask.say(words::UNDONE), way);
    let response = answer::with_header(answer::go(href), header::SET_COOKIE, &flash);
    answer::with_header(response, header::SET_COOKIE, &cookie(&stack))
}

/// Why not, and the lawful way back where there is one.
async fn refused(ask: &Ask, faults: Faults, told: &[undo::Deed], back: &str) -> Answer {
    let abouts: Vec<Origin> = told.iter().map(|deed| deed.about).collect();
    let ways = ask.read(move |tx, ask| ways(tx, ask, &abouts)).await?;
    let status = answer::status(&faults);
    let title = ask.say(words::UNDO_REFUSED);
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        div.prose {
            @for fault in &faults.0 { p { (sentence(ask, fault, told)) } }
            p { (ask.say(words::UNDO_REFUSED_NEXT)) }
            @if !ways.is_empty() {
                p { (ask.say(words::UNDO_WAYS)) }
                ul {
                    @for (name, href, acts) in &ways {
                        li { a href=(href) { (name) } " — " (acts.join(", ")) }
                    }
                }
            }
            div.acts.mt {
                (Button::link(ask.say(words::BACK), back).primary())
            }
        }
    };
    Ok((status, ask.page("", Vec::new(), title, &body)).into_response())
}

/// A refusal, with the label of its field and its choices in the reader's words.
fn sentence(ask: &Ask, fault: &kernel::Fault, told: &[undo::Deed]) -> String {
    let field = fault.field.as_deref().and_then(|name| {
        let defs = told.iter().filter_map(|deed| ask.state.catalog.entity(deed.about.entity));
        defs.filter_map(|def| def.field(name)).next()
    });
    let mut fault = fault.clone();
    for (name, value) in &mut fault.facts {
        let label = match (&*value, field.map(|field| field.kind)) {
            (kernel::Value::Text(text), Some(Kind::Choice(values))) => {
                let found = values.iter().find(|(known, _)| known == text);
                found.map(|(_, label)| label.say(ask.language))
            }
            (kernel::Value::Text(text), _) if *name == "entity" => {
                ask.state.catalog.entity(text).map(|def| def.label.say(ask.language))
            }
            _ => None,
        };
        if let Some(label) = label {
            *value = kernel::Value::from(label);
        }
    }
    let said = kernel::sentence(&fault, ask.language);
    match field {
        Some(field) => words::colon(ask.language, field.label.say(ask.language), &said),
        None => said,
    }
}

/// The records concerned that one may read, and the acts that reverse them.
fn ways(
    tx: &mut kernel::Tx<'_>,
    ask: &Ask,
    abouts: &[Origin],
) -> Result<Vec<(String, String, Vec<&'static str>)>, Faults> {
    let mut ways = Vec::new();
    for about in abouts {
        let Some(def) = ask.state.catalog.entity(about.entity) else { continue };
        if def.parent().is_some() || !ask.actor.can(&format!("{}.read", def.name)) {
            continue;
        }
        let Some(row) = tx.row(def, about.id)? else { continue };
        let acts: Vec<&'static str> = undo::ways_back(ask.state.catalog, def, &row)
            .filter(|act| ask.actor.can(&act.right()))
            .map(|act| act.label.say(ask.language))
            .collect();
        if !acts.is_empty() {
            ways.push((title_of(def, &row, ask.language), show::href(def, row.id), acts));
        }
    }
    Ok(ways)
}

/// The records that a person may take back from their history: the button of each line, where it
/// could be undone now.
///
/// # Errors
/// `store.*`.
pub(crate) fn offered(
    ask: &Ask,
    store: &Store,
    def: &'static EntityDef,
    id: RawId,
    lines: impl IntoIterator<Item = i64>,
) -> Result<Vec<i64>, Faults> {
    let company = ask.actor.company;
    if def.kept || !ask.actor.can(&format!("{}.update", def.name)) {
        return Ok(Vec::new());
    }
    let mut offered = Vec::new();
    for seq in lines {
        let done = deeds(&store.command_lines(company, seq)?);
        let possible = store.read(&ask.actor, |tx| {
            let here = tx.row(def, id)?.is_some();
            Ok(here && undo::possible(ask.state.catalog, tx, &ask.actor, &done).is_ok())
        })?;
        if possible {
            offered.push(seq);
        }
    }
    Ok(offered)
}

// ——— what the frame carries ———

/// What just happened and the way back from it; without news, the way back from what one did last,
/// out of sight, for the key.
#[must_use]
pub fn carried(shell: &Shell) -> Markup {
    let language = shell.language;
    let way = |text: Text, seq: i64| button(&shell.token, text.say(language), seq, &shell.path);
    let undo = shell.undo.map(|seq| way(words::UNDO, seq).key("ctrl+z"));
    let fresh = shell.flash.as_ref().map(|flash| flash.way);
    html! {
        div #undo {
            @if let Some(flash) = &shell.flash {
                @let link = flash.link.as_ref();
                @let link = link.map(|(label, href)| (label.as_str(), href.as_str()));
                @let buttons = html! {
                    @match (flash.way, &undo) {
                        (WayBack::Redo(seq), _) => (way(words::REDO, seq)),
                        (WayBack::Undo, Some(undo)) => (undo),
                        _ => {},
                    }
                };
                (toast(language, flash.tone, &flash.text, link, &buttons))
            }
            @if let (Some(undo), true) = (&undo, fresh != Some(WayBack::Undo)) {
                span.sr inert { (undo) }
            }
        }
    }
}
