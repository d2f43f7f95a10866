//! `/quotes/{id}`: the page of a quote, and its acts.

use axum::extract::Path;
use axum::response::IntoResponse;
use crm::sales::{Quote, QuoteState};
use kernel::{Choice, Entity, Faults, Id, Inputs, Origin, RawId};
use maud::{Markup, html};

use super::seen::{Seen, see};
use super::{accept, compare, lines, signed};
use crate::address::encoded;
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::pages::orders::{acts, doing, line_columns, lines_page, when};
use crate::parts::{Button, Figure, Icon, Tone, banner, definitions, figures, say, state};
use crate::posted::Posted;
use crate::together::{self, Story};
use crate::{act, record, show, words};

/// `GET /quotes/{id}/do/{act}`.
pub async fn ask(ask: Ask, Path((id, name)): Path<(String, String)>) -> Answer {
    if name == "accept" {
        return accept::ask(ask, &id).await;
    }
    act::ask(ask, Path((Quote::DEF.plural.to_owned(), id, name))).await
}

/// `POST /quotes/{id}/do/{act}`.
pub async fn run(Path((id, name)): Path<(String, String)>, posted: Posted) -> Answer {
    let action = posted.ask.state.catalog.action(Quote::DEF.name, &name);
    if name == "accept" && action.is_some() {
        return accept::run(&id, posted).await;
    }
    if action.is_none_or(|action| !action.inputs.is_empty()) {
        return act::run(Path((Quote::DEF.plural.to_owned(), id, name)), posted).await;
    }
    let Posted { ask, fields } = posted;
    let id: Id<Quote> = Id::from_raw(record::id_of(&ask, Quote::DEF, &id)?);
    match doing::run(&ask, &fields, &name, id, Inputs::default()).await {
        Ok(made) => Ok(doing::done(&ask, &fields, &name, id, made)),
        Err(faults) if faults.has("not_found") || faults.has("forbidden") => {
            Err(ask.refusal(faults))
        }
        Err(faults) => page(ask, id.raw(), &faults).await,
    }
}

/// The page.
pub async fn record(ask: Ask, id: RawId) -> Answer {
    page(ask, id, &Faults::default()).await
}

async fn page(ask: Ask, id: RawId, faults: &Faults) -> Answer {
    let seen = ask.read(move |tx, _| see(tx, id)).await?;
    let number = seen.quote.number.as_deref().unwrap_or("—");
    let crumbs = vec![(Quote::DEF.labels.say(ask.language).to_owned(), "/quotes".to_owned())];
    let opportunity = seen.opportunity.as_ref().map(|sale| Origin::of(sale.id));
    let order = seen.order.as_ref().map(|order| Origin::of(order.id));
    let documents = opportunity.into_iter().chain(order).collect();
    let story = together::story(&ask, Quote::DEF, id, documents).await?;
    let body = html! {
        (head(&ask, &seen, &story))
        (record::refusals(&ask, faults))
        (around(&ask, &seen))
        div.cols.with-side {
            div {
                (strip(&ask, &seen))
                (terms(&ask, &seen))
                (lines::ledger(&ask, &seen))
                div.cols.g2c.mt {
                    div {
                        @if let Some(note) = &seen.quote.note {
                            p.lbl { (say(ask.language, "Note", "Note")) }
                            p.prose { (show::paragraph(&note.0)) }
                        }
                    }
                    div { (lines_page::sums(&ask, &seen.totals, seen.quote.deposit_rate)) }
                }
            }
            aside.side {
                (signed::drawn(&ask, &seen))
                (seen.own.drawn(&ask))
                (story.told(&ask))
            }
        }
    };
    let response = ask.page(Quote::DEF.plural, crumbs, number, &body);
    let status =
        if faults.0.is_empty() { axum::http::StatusCode::OK } else { answer::status(faults) };
    Ok((status, response).into_response())
}

/// Where a quote stands on a day: one past its last day is expired before anyone marks it.
#[must_use]
pub fn standing(quote: &Quote, today: kernel::Day, language: kernel::Language) -> Markup {
    let past = quote.valid_until.is_some_and(|day| day < today);
    let (tone, label) = match quote.state {
        QuoteState::Draft => (Tone::Wait, QuoteState::Draft),
        QuoteState::Sent if past => (Tone::Watch, QuoteState::Expired),
        QuoteState::Sent => (Tone::Half, QuoteState::Sent),
        QuoteState::Accepted => (Tone::Yours, QuoteState::Accepted),
        QuoteState::Refused | QuoteState::Expired => (Tone::Watch, quote.state),
        QuoteState::Superseded => (Tone::Done, QuoteState::Superseded),
    };
    state(tone, &label.label().say(language).to_lowercase())
}

fn head(ask: &Ask, seen: &Seen, story: &Story) -> Markup {
    let (language, quote) = (ask.language, &seen.quote);
    let say = |fr, en| say(language, fr, en);
    let (buttons, others) = buttons(ask, seen);
    html! {
        div.head {
            div {
                span.lbl {
                    (Quote::DEF.label.say(language)) " "
                    b.b { (quote.number.as_deref().unwrap_or("—")) }
                    " · " (say("du", "of")) " " (language.day(quote.quoted_on))
                    @if let Some(seller) = &quote.seller { " " (say("par", "by")) " " (seller) }
                    @if quote.revision > 1 {
                        " · " (say("révision", "revision")) " " (quote.revision)
                    }
                    " · " a href={ "/quotes/" (quote.id) "?tab=history" } {
                        (say("historique", "history"))
                    }
                }
                div.title {
                    h1 { a href={ "/parties/" (seen.party.id) } { (seen.party.name) } }
                    (standing(quote, seen.now.day(), language))
                }
            }
            div.acts {
                @if let Some(follow) = story.follow(ask) { (follow.bare()) }
                @for button in &buttons { (button) }
                (acts::menu(ask, &others))
            }
        }
    }
}

fn buttons(ask: &Ask, seen: &Seen) -> (Vec<Button>, Vec<Button>) {
    let (language, quote) = (ask.language, &seen.quote);
    let href = format!("/quotes/{}", quote.id);
    let pdf = Button::link("PDF", format!("{href}/paper.pdf")).bare().icon(Icon::Print);
    let (mut buttons, mut others) = (vec![pdf], Vec::new());
    if quote.state == QuoteState::Draft && ask.actor.can("quote.update") {
        let edit = Button::link(ask.say(words::EDIT), format!("{href}/edit"));
        buttons.push(edit.icon(Icon::Edit).key("e"));
    }
    if quote.state == QuoteState::Draft && ask.actor.can("quote.delete") {
        others.push(Button::link(ask.say(words::DELETE), format!("{href}/delete")));
    }
    if let Some(order) = &seen.order {
        let label = say(language, "Voir la commande", "See the order");
        buttons.push(Button::link(label, format!("/orders/{}", order.id)).primary());
    }
    if seen.previous.is_some() || seen.next.is_some() {
        others.push(Button::link(compare::title(language), format!("{href}/compare")));
    }
    let offered = |name: &str| {
        let row = quote.to_record();
        acts::act(ask, Quote::DEF.name, name).filter(|act| (act.offered)(&row))
    };
    if let Some(refuse) = offered("refuse") {
        others.push(acts::button(ask, &href, refuse, true));
    }
    if let Some(revise) = offered("revise") {
        buttons.push(acts::button(ask, &href, revise, false));
    }
    if let Some(accept) = offered("accept") {
        buttons.push(acts::button(ask, &href, accept, true).primary());
    }
    if let Some(send) = offered("send") {
        let send = acts::button(ask, &href, send, false).icon(Icon::Mail);
        buttons.push(if seen.lines.is_empty() {
            send.held(say(language, "le devis n’a aucune ligne", "the quote has no line"))
        } else {
            send.primary()
        });
    }
    (buttons, others)
}

/// The link the customer accepts by, the revisions, what came of it.
fn around(ask: &Ask, seen: &Seen) -> Markup {
    let (language, quote) = (ask.language, &seen.quote);
    let say = |fr, en| say(language, fr, en);
    let reads = ask.actor.can("quote.acceptance_token.read");
    let token = quote.acceptance_token.as_deref().filter(|_| reads);
    html! {
        @if let Some(next) = &seen.next {
            (banner(
                Tone::Watch,
                say(
                    "Une révision a pris la place de ce devis.",
                    "A revision took the place of this quote.",
                ),
                &html! {
                    a href={ "/quotes/" (next.id) } { (next.number.as_deref().unwrap_or("—")) }
                },
                "",
                &[],
            ))
        }
        @if let Some(token) = token.filter(|_| quote.state == QuoteState::Sent) {
            div.banner.info {
                (crate::parts::icon(Icon::Link))
                div.grow {
                    b { (say("Lien d’acceptation du client", "Acceptance link of the customer")) }
                    input.in.link readonly aria-label=(say("Lien", "Link"))
                        value=(link(ask, token));
                    span.muted {
                        (say(
                            "Qui l’ouvre voit le devis et peut l’accepter, sans compte.",
                            "Whoever opens it sees the quote and may accept it, no account needed.",
                        ))
                    }
                }
                span.acts {
                    @if let Some(href) = letter(ask, seen, token) {
                        (Button::link(say("Écrire au client", "Write to the customer"), href)
                            .icon(Icon::Mail))
                    }
                    (Button::link(say("Ouvrir", "Open"), format!("/q/{token}")))
                }
            }
        }
        @if let (Some(by), Some(at)) = (&quote.accepted_by, quote.accepted_at) {
            (banner(
                Tone::Yours,
                &format!("{} {by}", say("Accepté par", "Accepted by")),
                &html! { (language.instant(at)) },
                "",
                &[],
            ))
        }
        @if let Some(reason) = &quote.refused_reason {
            (banner(Tone::Watch, say("Refusé :", "Refused:"), &html! { (reason) }, "", &[]))
        }
    }
}

fn link(ask: &Ask, token: &str) -> String {
    format!("{}/q/{token}", ask.visitor.origin().unwrap_or_default())
}

/// A letter to the customer with the link, in its own language, for the person's mail program.
fn letter(ask: &Ask, seen: &Seen, token: &str) -> Option<String> {
    let email = seen.party.email.as_deref().filter(|email| !email.is_empty())?;
    let language = seen.party.language.language();
    let number = seen.quote.number.as_deref().unwrap_or("");
    let (subject, body) = match language {
        kernel::Language::French => (
            format!("Devis {number}"),
            format!("Bonjour,\n\nVoici notre devis {number}, à lire et accepter en ligne :"),
        ),
        kernel::Language::English => (
            format!("Quote {number}"),
            format!("Hello,\n\nHere is our quote {number}, to read and accept online:"),
        ),
    };
    let body = format!("{body}\n{}\n\n{}", link(ask, token), ask.user.name);
    let (subject, body) = (encoded(&subject), encoded(&body));
    Some(format!("mailto:{email}?subject={subject}&body={body}"))
}

fn strip(ask: &Ask, seen: &Seen) -> Markup {
    let (language, quote) = (ask.language, &seen.quote);
    let say = |fr, en| say(language, fr, en);
    let margin = if quote.net.is_zero() {
        "—".to_owned()
    } else {
        when::percent(language, quote.margin.ratio(quote.net))
    };
    let until = quote.valid_until.map_or_else(|| "—".to_owned(), |day| language.short_day(day));
    let left = quote.valid_until.map(|day| day - seen.now.day());
    let left = match left.filter(|_| quote.state == QuoteState::Sent) {
        Some(days) if days >= 0 => {
            format!("{} {}", say("encore", "still"), when::age(language, days))
        }
        Some(days) => {
            format!("{} {}", say("passé depuis", "past since"), when::age(language, -days))
        }
        None => String::new(),
    };
    let sent = quote
        .sent_at
        .map_or_else(|| say("non", "no").to_owned(), |at| when::moment(language, at, seen.now));
    let margin = line_columns::sees_margin(&ask.actor)
        .then(|| Figure::new(say("Marge", "Margin"), margin, language.money(quote.margin)));
    let net = Figure::new(say("Total HT", "Total excl. tax"), language.money(quote.net), "");
    let others = [
        Figure::new(say("Envoyé", "Sent"), sent, ""),
        Figure::new(say("Valable jusqu’au", "Valid until"), until, left),
    ];
    figures(&std::iter::once(net).chain(margin).chain(others).collect::<Vec<_>>())
}

fn terms(ask: &Ask, seen: &Seen) -> Markup {
    let (language, quote) = (ask.language, &seen.quote);
    let say = |fr: &'static str, en: &'static str| say(language, fr, en).to_owned();
    let text = |text: &Option<String>| {
        text.as_deref().filter(|text| !text.is_empty()).map(|text| html! { (text) })
    };
    html! {
        div.cols.g3c.mb {
            (definitions(&[
                (say("Objet", "Subject"), text(&quote.subject)),
                (say("Votre réf.", "Your ref."), text(&quote.reference)),
            ]))
            (definitions(&[
                (
                    say("Règlement", "Payment"),
                    seen.term.as_ref().map(|term| html! { (term.label(language)) }),
                ),
                (
                    say("Acompte", "Deposit"),
                    quote.deposit_rate.map(|rate| html! { (language.rate(rate)) }),
                ),
            ]))
            (definitions(&[
                (
                    say("Opportunité", "Opportunity"),
                    seen.opportunity.as_ref().map(|found| html! {
                        a href={ "/opportunities/" (found.id) } { (found.title) }
                    }),
                ),
                (
                    say("Remplace", "Replaces"),
                    seen.previous.as_ref().map(|found| html! {
                        a href={ "/quotes/" (found.id) } {
                            (found.number.as_deref().unwrap_or("—"))
                        }
                    }),
                ),
            ]))
        }
    }
}
