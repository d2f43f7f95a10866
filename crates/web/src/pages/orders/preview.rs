//! `POST /orders/preview`, `POST /quotes/preview`: what the document comes to as it is typed. A
//! script gets the computed parts alone; without one the whole form comes back, recomputed.

use axum::extract::State;
use kernel::{Faults, Language, RawId};
use maud::{Markup, html};

use super::editor;
use super::line_columns::margin;
use super::lines_page::{self, promised};
use super::when;
use super::worth::{LineWorth, Paper, Worth, worth};
use crate::WebState;
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::form::{Sheet, draft};
use crate::parts::{Figure, Tone, figures, light, say, state};
use crate::posted::Posted;

/// The preview of an order.
pub async fn of_order(State(_): State<WebState>, posted: Posted) -> Answer {
    preview(Paper::Order, posted).await
}

/// The preview of a quote.
pub async fn of_quote(State(_): State<WebState>, posted: Posted) -> Answer {
    preview(Paper::Quote, posted).await
}

async fn preview(paper: Paper, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may(&format!("{}.read", paper.def().name))?;
    let id = match ask.query.text("id") {
        "" => None,
        text => Some(RawId::parse(text).map_err(|fault| ask.refusal(fault))?),
    };
    if ask.visitor.fragment.as_deref() == Some("preview") {
        let worth = ask.read(move |tx, ask| worth(tx, ask, paper, id, &fields)).await?;
        return Ok(answer::html(&fragments(&ask, &worth)));
    }
    let def = paper.def();
    let typed =
        draft::tidied(ask.state.catalog, def, &fields).without(&["do", "remove", "up", "down"]);
    let sheet = ask
        .read(move |tx, ask| Sheet::of_typed(tx, ask, def, id, typed, Faults::default()))
        .await?;
    editor::page(ask, paper, sheet).await
}

/// All that is computed, each part under its id.
fn fragments(ask: &Ask, worth: &Worth) -> Markup {
    html! {
        @for (rank, line) in worth.seen() {
            @for (name, cell) in cells(ask, line, worth) {
                span id={ "f-lines-" (rank) "-" (name) } { (cell) }
            }
        }
        (strip(ask, worth))
        (sums(ask, worth))
        (credit(ask, worth))
    }
}

/// The computed cells of a line, by the names of their columns.
#[must_use]
pub fn cells(ask: &Ask, line: &LineWorth, worth: &Worth) -> [(&'static str, Markup); 4] {
    let language = ask.language;
    let unit = html! {
        (line.unit)
        @if let Some(priced) = line.priced.as_ref().filter(|_| line.listed) {
            " " span.q { (say(language, "à", "at")) " " (language.price_amount(priced.unit_price)) }
        }
    };
    let left = line.priced.as_ref().map(|priced| {
        margin(language, priced.net, priced.unit_cost.amount(priced.quantity, kernel::Rate::ZERO))
    });
    let promise = match (&line.promise, &line.priced, &line.fault) {
        (_, _, Some(fault)) => html! {
            span.stop-t title=(kernel::sentence(fault, language)) {
                (say(language, "à corriger", "to mend"))
            }
        },
        (Some(promise), ..) => promised(language, promise, worth.today),
        (None, Some(_), _) => state(Tone::Done, say(language, "service", "service")),
        _ => html! {},
    };
    let net = line.priced.as_ref().map(|priced| html! { b { (language.amount(priced.net)) } });
    [
        ("unit", unit),
        ("margin", left.unwrap_or_default()),
        ("promise", promise),
        ("net", net.unwrap_or_default()),
    ]
}

/// The figures at the top.
#[must_use]
pub fn strip(ask: &Ask, worth: &Worth) -> Markup {
    let language = ask.language;
    let say = |fr, en| say(language, fr, en);
    let net = worth.totals.net;
    let margin = if net.is_zero() {
        "—".to_owned()
    } else {
        when::percent(language, worth.margin.ratio(net))
    };
    let goods = worth.lines.values().filter(|line| line.promise.is_some()).count();
    let short = worth.lines.values().filter_map(|line| line.promise.as_ref());
    let short = short.filter(|promise| promise.is_short()).count();
    let (when, note) = match (goods, short, worth.promised_on.filter(|_| worth.certain)) {
        (0, ..) => ("—".to_owned(), String::new()),
        (_, 0, _) => (
            say("aujourd’hui", "today").to_owned(),
            say("tout est en stock", "all in stock").to_owned(),
        ),
        (_, short, Some(day)) => {
            (when::day_of(language, day, worth.today), waiting(language, short))
        }
        (_, short, None) => (say("sans date", "no date").to_owned(), waiting(language, short)),
    };
    let (credit, told) = match &worth.credit {
        Some(credit) => match credit.limit {
            Some(limit) => (language.money(limit - credit.total()), String::new()),
            None => (say("sans plafond", "no limit").to_owned(), String::new()),
        },
        None => ("—".to_owned(), say("choisissez le client", "choose the customer").to_owned()),
    };
    let tone = worth.credit.as_ref().map_or(Tone::Wait, super::credit::Credit::tone);
    let told = match tone {
        Tone::Blocked => say("la commande serait retenue", "the order would be held").to_owned(),
        _ => told,
    };
    html! {
        div id="document-figures" {
            (figures(&[
                Figure::new(say("Total HT", "Total excl. tax"), language.money(net), ""),
                Figure::new(say("Marge", "Margin"), margin, language.money(worth.margin)),
                Figure::new(say("Peut partir", "Can leave"), when, note),
                Figure::new(say("Crédit après", "Credit left"), credit, told).tone(tone),
            ]))
        }
    }
}

fn waiting(language: Language, short: usize) -> String {
    match (language, short) {
        (Language::French, 1) => "1 ligne attendue".to_owned(),
        (Language::French, many) => format!("{many} lignes attendues"),
        (Language::English, 1) => "1 line awaited".to_owned(),
        (Language::English, many) => format!("{many} lines awaited"),
    }
}

/// The totals, one line for each tax.
#[must_use]
pub fn sums(ask: &Ask, worth: &Worth) -> Markup {
    html! { div id="document-totals" { (lines_page::sums(ask, &worth.totals, worth.deposit)) } }
}

/// The credit of the customer with this document.
#[must_use]
pub fn credit(ask: &Ask, worth: &Worth) -> Markup {
    match &worth.credit {
        Some(credit) => credit.drawn(ask, "", false),
        None => html! {
            section.sec id="document-credit" {
                header {
                    h2 { (light(ask.language, Tone::Wait)) (say(ask.language, "Crédit", "Credit")) }
                }
                p.muted {
                    (say(
                        ask.language,
                        "L’encours s’affiche dès que le client est choisi.",
                        "The exposure shows once the customer is chosen.",
                    ))
                }
            }
        },
    }
}
