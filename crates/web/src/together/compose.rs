//! What one writes on the timeline of a record: a note, a call, a mail, a task. The form sends to
//! `/say`, which makes the same record as `POST /api/interactions` would.

use axum::response::IntoResponse;
use crm::interactions::{Interaction, InteractionKind};
use identity::User;
use kernel::edit::{self, Draft};
use kernel::{Choice, Day, Entity, Fault, Faults, FieldDef, Id, Origin, RawId, Value};
use maud::{Markup, html};
use serde_json::json;

use super::people::{Person, people};
use super::words;
use crate::address::{Fields, back};
use crate::answer::{self, Answer};
use crate::door::{Ask, new_key};
use crate::parts::{Button, head, hidden};
use crate::posted::Posted;
use crate::record;

/// The longest subject.
const SUBJECT_MOST: usize = 200;

/// What the form holds when it is drawn.
pub(super) struct Typed {
    /// The record it is about, as `order/0190…`; empty for a task about nothing but itself.
    about: String,
    back: String,
    kind: InteractionKind,
    text: String,
    due_on: String,
    assignee: String,
    /// Only a task may be written here.
    only_task: bool,
}

impl Typed {
    /// Nothing yet, about a record whose page is `back`.
    pub(super) fn about(about: Origin, back: &str) -> Self {
        Self { about: about.to_string(), ..Self::task(back) }.of_any_kind()
    }
    /// Nothing yet of a task of one's own.
    pub(super) fn task(back: &str) -> Self {
        Self {
            about: String::new(),
            back: back.to_owned(),
            kind: InteractionKind::Task,
            text: String::new(),
            due_on: String::new(),
            assignee: String::new(),
            only_task: true,
        }
    }
    fn of_any_kind(self) -> Self {
        Self { kind: InteractionKind::Note, only_task: false, ..self }
    }
    /// As it was sent.
    fn of(fields: &Fields) -> Self {
        let text = |name: &str| fields.text(name).to_owned();
        Self {
            about: text("about"),
            back: back(fields.text("back")).to_owned(),
            kind: InteractionKind::of_name(fields.text("kind")).unwrap_or(InteractionKind::Note),
            text: text("text"),
            due_on: text("due_on"),
            assignee: text("assignee"),
            only_task: fields.text("about").is_empty(),
        }
    }
}

/// The form; nothing for those who may not write.
#[must_use]
pub(super) fn form(ask: &Ask, people: &[Person], typed: &Typed) -> Markup {
    if !ask.actor.can("interaction.create") {
        return html! {};
    }
    let write = ask.say(if typed.only_task { words::NEW_TASK } else { words::WRITE });
    let hint = ask.say(if typed.only_task { words::NEW_TASK } else { words::WRITE_HINT });
    html! {
        form.say.compose method="post" action="/say" data-guard {
            (hidden(&[
                ("token", ask.token.as_str()),
                ("key", new_key().as_str()),
                ("about", typed.about.as_str()),
                ("back", typed.back.as_str()),
            ]))
            @if typed.only_task { input type="hidden" name="kind" value="task"; }
            @else { (kinds(ask, typed.kind)) }
            label.sr for="say-text" { (write) }
            textarea.in id="say-text" name="text" required maxlength="20000" rows="2"
                placeholder=(hint) data-names { (typed.text) }
            (task(ask, people, typed))
            div.acts { (Button::submit(ask.say(words::ADD)).key("ctrl+enter")) }
        }
    }
}

fn kinds(ask: &Ask, chosen: InteractionKind) -> Markup {
    let kinds = [
        (InteractionKind::Note, words::NOTE),
        (InteractionKind::Call, words::CALL),
        (InteractionKind::Mail, words::MAIL),
        (InteractionKind::Task, words::TASK),
    ];
    html! {
        div.kinds role="radiogroup" aria-label=(ask.say(words::KIND)) {
            @for (kind, label) in kinds {
                label {
                    input.cb type="radio" name="kind" value=(kind.name()) checked[kind == chosen];
                    (ask.say(label))
                }
            }
        }
    }
}

/// By when and by whom: of a task only, which the style sheet sees to.
fn task(ask: &Ask, people: &[Person], typed: &Typed) -> Markup {
    let me = ask.actor.user.map(|id| id.to_string()).unwrap_or_default();
    let chosen = if typed.assignee.is_empty() { &me } else { &typed.assignee };
    html! {
        div.task {
            label {
                span.lbl { (ask.say(words::DUE)) }
                input.in type="date" name="due_on" value=(typed.due_on);
            }
            label {
                span.lbl { (ask.say(words::ASSIGNEE)) }
                select.in name="assignee" {
                    @for person in people {
                        @let id = person.id.to_string();
                        option value=(id) selected[id == *chosen] { (person.name) }
                    }
                }
            }
        }
    }
}

/// `POST /say`: writes it, and leads back.
pub(super) async fn say(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let (catalog, since) = (ask.state.catalog, store::now());
    let done = ask
        .command(&fields, move |tx, actor, fields| {
            let draft = draft(
                |text| {
                    kernel::json::origin(text, |name| catalog.entity(name))
                        .ok_or_else(|| kernel::wrong_type().on("about"))
                },
                fields,
            )?;
            let made = edit::create(catalog, tx, actor, Interaction::DEF, &draft)?;
            Ok(json!(made.to_string()))
        })
        .await;
    match done {
        Ok(made) => {
            let id = RawId::parse(made.as_str().unwrap_or(""));
            let id = id.map_err(|fault| ask.refusal(fault))?;
            let about = Origin { entity: Interaction::DEF.name, id };
            let href = back(fields.text("back"));
            Ok(ask.go_having(href, ask.say(words::WRITTEN), about, since).await)
        }
        Err(faults) => refused(&ask, &fields, &faults).await,
    }
}

/// What was typed comes back, with the reasons.
async fn refused(ask: &Ask, fields: &Fields, faults: &Faults) -> Answer {
    let people = ask.read(|tx, _| Ok(people(tx)?)).await?;
    let title = ask.say(words::WRITE);
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        (record::refusals(ask, faults))
        div.narrow { (form(ask, &people, &Typed::of(fields))) }
    };
    let status = answer::status(faults);
    Ok((status, ask.page("interactions", Vec::new(), title, &body)).into_response())
}

/// What was typed, as a draft of a line. What only a task has is left out of others.
fn draft(origin: impl Fn(&str) -> Result<Origin, Fault>, fields: &Fields) -> Result<Draft, Faults> {
    let typed = |name: &str| Some(fields.text(name).trim()).filter(|text| !text.is_empty());
    let text = typed("text").ok_or_else(|| Fault::new("field.required").on("text"))?;
    let kind = fields.text("kind");
    let (subject, body) = split(text);
    let mut draft = Draft::default();
    let mut put = |name: &str, value: Value| {
        let field: Option<&'static FieldDef> = Interaction::DEF.field(name);
        draft.values.extend(field.map(|field| (field, value)));
    };
    put("kind", kind.into());
    put("subject", subject.into());
    if let Some(body) = body {
        put("body", body.into());
    }
    if let Some(about) = typed("about") {
        put("about", Value::Origin(origin(about)?));
    }
    if kind == InteractionKind::Task.name() {
        if let Some(day) = typed("due_on") {
            put("due_on", Value::Day(Day::parse(day).map_err(|fault| fault.on("due_on"))?));
        }
        if let Some(id) = typed("assignee") {
            let id = Id::<User>::from_raw(RawId::parse(id).map_err(|fault| fault.on("assignee"))?);
            put("assignee", Value::Origin(Origin::of(id)));
        }
    }
    Ok(draft)
}

/// One text as a subject of one line, and the rest. A first line that is too long is cut at a word,
/// and the whole text follows.
fn split(text: &str) -> (String, Option<String>) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (first, rest) = (first.trim(), rest.trim());
    if first.chars().count() <= SUBJECT_MOST {
        return (first.to_owned(), (!rest.is_empty()).then(|| rest.to_owned()));
    }
    let kept: String = first.chars().take(SUBJECT_MOST - 1).collect();
    let words = kept.rsplit_once(' ').map_or(kept.as_str(), |(words, _)| words);
    (format!("{words}…"), Some(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_becomes_a_subject_and_what_follows() {
        assert_eq!(split("Rappeler"), ("Rappeler".to_owned(), None));
        let two = split("Rappeler\n\nlundi matin");
        assert_eq!(two, ("Rappeler".to_owned(), Some("lundi matin".to_owned())));
        let long = "mot ".repeat(80);
        let (subject, body) = split(long.trim());
        assert!(subject.chars().count() <= SUBJECT_MOST && subject.ends_with("mot…"), "{subject}");
        assert_eq!(body.as_deref(), Some(long.trim()));
    }
}
