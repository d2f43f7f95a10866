//! The thread of a document or a customer: what the house did, and what people said.

use crm::interactions::{Interaction, InteractionKind};
use crm::sales::Order;
use erp::finance::Invoice;
use erp::logistics::Shipment;
use kernel::{Choice, Entity, Fault, Instant, Kept, Language, Origin, Query, Tx};
use maud::{Markup, html};

use super::when;
use crate::door::Ask;
use crate::parts::{Button, Icon, Moment, Voice, say, thread};
use crate::{show, words};

/// The lines about any of these documents, newest first.
///
/// # Errors
/// `store.*`.
pub fn about(
    tx: &mut Tx<'_>,
    documents: &[Origin],
    most: u32,
) -> Result<Vec<Kept<Interaction>>, Fault> {
    let wanted: Vec<Option<Origin>> = documents.iter().copied().map(Some).collect();
    let filter = Interaction::ABOUT.among(&wanted);
    tx.select(Query::all(Interaction::DEF).only(filter.condition).newest().limit(most))
}

/// The lines, drawn. `back` is where finishing a task leads.
#[must_use]
pub fn drawn(ask: &Ask, lines: &[Kept<Interaction>], now: Instant, back: &str) -> Markup {
    let moments: Vec<Moment> = lines.iter().map(|line| moment(ask, line, now, back)).collect();
    if moments.is_empty() {
        let none = say(ask.language, "Rien ne s’est encore passé.", "Nothing has happened yet.");
        return html! { p.muted { (none) } };
    }
    thread(&moments)
}

fn moment(ask: &Ask, line: &Kept<Interaction>, now: Instant, back: &str) -> Moment {
    let language = ask.language;
    let author = line.author.as_deref().unwrap_or("");
    let (voice, note) = match line.kind {
        InteractionKind::Fact => (tone(line.code.as_deref().unwrap_or("")), author.to_owned()),
        _ => (Voice::Person, note(language, line, author)),
    };
    Moment {
        when: when::moment(language, line.at, now),
        machine: line.at.to_string(),
        voice,
        icon: icon_of(line),
        what: html! {
            @match line.about.and_then(|origin| address(ask, origin)) {
                Some(href) => a href=(href) { (line.says(language)) },
                None => (line.says(language)),
            }
            @if line.kind == InteractionKind::Task && !line.done { (finish(ask, line, back)) }
        },
        note,
    }
}

/// A task that is not done carries its own button.
fn finish(ask: &Ask, line: &Kept<Interaction>, back: &str) -> Markup {
    html! {
        @if ask.actor.can("interaction.finish") {
            " "
            span.acts {
                (Button::post(
                    say(ask.language, "C’est fait", "Done"),
                    format!("/interactions/{}/do/finish", line.id),
                )
                .small()
                .hidden("token", ask.token.as_str())
                .hidden("key", crate::door::new_key())
                .hidden("back", back))
            }
        }
    }
}

fn note(language: Language, line: &Interaction, author: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some(due) = line.due_on.filter(|_| line.kind == InteractionKind::Task) {
        let word = say(language, "pour le", "due");
        parts.push(format!("{word} {}", language.short_day(due)));
        if line.done {
            parts.push(say(language, "faite", "done").to_owned());
        }
    }
    if let Some(body) = &line.body {
        parts.push(body.0.clone());
    }
    if !author.is_empty() {
        parts.push(author.to_owned());
    }
    parts.join(" · ")
}

fn tone(code: &str) -> Voice {
    match code {
        "order.held" | "invoice.overdue" | "invoice.unsent" | "payment.undone" => Voice::Trouble,
        _ => Voice::Fact,
    }
}

fn icon_of(line: &Interaction) -> Option<Icon> {
    match line.kind {
        InteractionKind::Note => Some(Icon::Note),
        InteractionKind::Call => Some(Icon::Phone),
        InteractionKind::Mail => Some(Icon::Mail),
        InteractionKind::Task => Some(if line.done { Icon::Check } else { Icon::Clock }),
        InteractionKind::Fact => None,
    }
}

/// The page of a document that the person may read.
fn address(ask: &Ask, origin: Origin) -> Option<String> {
    let def = ask.state.catalog.entity(origin.entity)?;
    ask.actor.can(&format!("{}.read", def.name)).then(|| show::href(def, origin.id))
}

/// What belongs to an order: itself, its quote, its shipments, its invoices.
#[must_use]
pub fn of_order(
    order: &Kept<Order>,
    shipments: &[Kept<Shipment>],
    invoices: &[Kept<Invoice>],
) -> Vec<Origin> {
    let own = [Some(Origin::of(order.id)), order.quote.map(Origin::of)];
    let sent = shipments.iter().map(|shipment| Origin::of(shipment.id));
    let billed = invoices.iter().map(|invoice| Origin::of(invoice.id));
    own.into_iter().flatten().chain(sent).chain(billed).collect()
}

/// The form that writes a line on a customer's thread, about a document when there is one.
#[must_use]
pub fn form(ask: &Ask, party: &str, about: Option<Origin>, back: &str) -> Markup {
    let language = ask.language;
    let say = |fr, en| say(language, fr, en);
    if !ask.actor.can("interaction.create") {
        return html! {};
    }
    let kinds = [
        InteractionKind::Note,
        InteractionKind::Call,
        InteractionKind::Mail,
        InteractionKind::Task,
    ];
    let about = about.map(|origin| origin.to_string()).unwrap_or_default();
    let write = say("Noter un échange", "Write down an exchange");
    html! {
        form.say method="post" action="/interactions" {
            (crate::parts::hidden(&[
                ("token", ask.token.as_str()),
                ("key", crate::door::new_key().as_str()),
                ("party", party),
                ("about", about.as_str()),
                ("back", back),
            ]))
            label.sr for="say-subject" { (write) }
            div.first {
                input.in id="say-subject" name="subject" required maxlength="200"
                    autocomplete="off" placeholder=(write);
                (Button::submit(ask.say(words::ADD)))
            }
            details {
                summary.muted { (say("Nature, texte, échéance", "Kind, text, due day")) }
                div.kinds role="radiogroup" aria-label=(say("Nature", "Kind")) {
                    @for (rank, kind) in kinds.into_iter().enumerate() {
                        label {
                            input.cb type="radio" name="kind" value=(kind.name())
                                checked[rank == 0];
                            (kind.label().say(language))
                        }
                    }
                }
                label.sr for="say-body" { (say("Texte", "Text")) }
                textarea.in id="say-body" name="body" rows="2"
                    placeholder=(say("Texte", "Text")) {}
                label.row {
                    span.lbl { (say("Pour le (tâche)", "Due (task)")) }
                    input.in type="date" name="due_on";
                }
            }
        }
    }
}
