//! `/q/{token}`: a quote as its customer sees it, without an account. Whoever holds the link may
//! accept; accepting makes the order.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use crm::sales::{self, QuoteState, quote_by_token};
use kernel::{Actor, CompanyNumber, Door, Fault, Faults, Id, Kept, Rate, Tx};
use master::{Company, company};
use maud::{Markup, Render, html};
use processes::trade_document::quote_pdf;
use serde_json::Value as Json;
use store::Call;

use super::orders::{lines_page, when};
use super::quotes::paper;
use super::quotes::seen::{Seen, of};
use crate::WebState;
use crate::answer::{self, refused_plain, said, with_header};
use crate::door::{Visitor, new_key};
use crate::parts::{
    Button, Column, Field, Fold, Icon, Ledger, Row, Tone, banner, definitions, error_summary,
    hidden, say,
};
use crate::posted::PostedByVisitor;
use crate::shell::{Shell, page_plain};
use crate::show;

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/q/{token}", get(look).post(accept))
        .route("/q/{token}/paper.pdf", get(pdf))
}

/// A quote found by its link, in whichever company it was made.
struct Offer {
    number: CompanyNumber,
    company: Kept<Company>,
    seen: Seen,
}

fn outsider(company: CompanyNumber) -> Actor {
    Actor::house(company, Door::Web)
}

fn in_each<T>(
    state: &WebState,
    token: &str,
    work: impl Fn(&mut Tx<'_>, CompanyNumber, Kept<sales::Quote>) -> Result<T, Faults>,
) -> Result<Option<T>, Faults> {
    // A token is 64 hexadecimal digits: anything else is nobody's.
    if token.len() > 100 || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(None);
    }
    for number in state.store.companies()? {
        let found = state.store.read(&outsider(number), |tx| {
            let quote = quote_by_token(tx, token)?;
            quote.map(|quote| work(tx, number, quote)).transpose()
        })?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

async fn offer(visitor: &Visitor, token: &str) -> Result<Offer, Response> {
    let wanted = token.to_owned();
    let found = visitor
        .waiting(move |state| {
            in_each(state, &wanted, |tx, number, quote| {
                Ok(Offer { number, company: company(tx)?, seen: of(tx, quote)? })
            })
        })
        .await;
    match found {
        Ok(Some(offer)) => Ok(offer),
        Ok(None) => Err(unknown(visitor)),
        Err(faults) => Err(refused_plain(visitor, &faults)),
    }
}

fn unknown(visitor: &Visitor) -> Response {
    let fault = Fault::new("path.unknown").with("path", "/q/…");
    refused_plain(visitor, &fault.into())
}

async fn look(visitor: Visitor, Path(token): Path<String>) -> Response {
    match offer(&visitor, &token).await {
        Ok(offer) => page(&visitor, &token, &offer, "", &Faults::default()),
        Err(response) => response,
    }
}

async fn pdf(visitor: Visitor, Path(token): Path<String>) -> Response {
    let found = visitor
        .waiting(move |state| in_each(state, &token, |tx, _, quote| quote_pdf(tx, quote.id)))
        .await;
    match found {
        Ok(Some(document)) => paper::shown(document),
        Ok(None) => unknown(&visitor),
        Err(faults) => refused_plain(&visitor, &faults),
    }
}

async fn accept(Path(token): Path<String>, posted: PostedByVisitor) -> Response {
    let PostedByVisitor { visitor, fields } = posted;
    let offer = match offer(&visitor, &token).await {
        Ok(offer) => offer,
        Err(response) => return response,
    };
    let (number, id) = (offer.number, offer.seen.quote.id);
    let name: String = fields.text("name").chars().filter(|c| !c.is_control()).take(200).collect();
    let given = name.clone();
    let accepted = visitor.waiting(move |state| sign(state, number, id, given)).await;
    match accepted {
        Ok(()) => answer::go(&format!("/q/{token}")),
        Err(faults) => page(&visitor, &token, &offer, &name, &faults),
    }
}

fn sign(
    state: &WebState,
    company: CompanyNumber,
    id: Id<sales::Quote>,
    name: String,
) -> Result<(), Faults> {
    let actor = outsider(company);
    let call = Call::new(actor.clone());
    let done = state.store.command(call, move |tx| {
        sales::accept(tx, &actor, id, name.clone())?;
        Ok(Json::Null)
    });
    done.map(drop)
}

fn page(visitor: &Visitor, token: &str, offer: &Offer, name: &str, faults: &Faults) -> Response {
    let (language, quote) = (visitor.language, &offer.seen.quote);
    let number = quote.number.as_deref().unwrap_or("—");
    let title = format!("{} {number}", say(language, "Devis", "Quote"));
    let own = &offer.company;
    let house = (own.name.clone(), own.city.clone().unwrap_or_default());
    let shell = Shell { house, ..visitor.shell() };
    let body = html! {
        div.head {
            div {
                span.lbl { (own.name) }
                div.title { h1 { (title) } }
            }
            div.acts {
                (Button::link("PDF", format!("/q/{token}/paper.pdf")).bare().icon(Icon::Download))
            }
        }
        (standing(visitor, offer))
        (error_summary(language, &said(faults, language).into_iter()
            .map(|sentence| ("name".to_owned(), sentence)).collect::<Vec<_>>()))
        (sides(visitor, offer))
        div.offer { (lines(visitor, offer)) }
        div.cols.g2c.mt {
            div {
                @if let Some(note) = &quote.note { p.prose { (show::paragraph(&note.0)) } }
            }
            div { (sums(visitor, offer)) }
        }
        (form(visitor, token, offer, name))
    };
    let status = if faults.0.is_empty() { StatusCode::OK } else { answer::status(faults) };
    let response = answer::html(&page_plain(&shell, &title, false, &body));
    let response = (status, response).into_response();
    with_header(response, HeaderName::from_static("x-robots-tag"), "noindex")
}

/// Whether it may still be accepted.
fn is_open(offer: &Offer) -> bool {
    let quote = &offer.seen.quote;
    let in_time = quote.valid_until.is_none_or(|day| day >= offer.seen.now.day());
    quote.state == QuoteState::Sent && in_time
}

fn standing(visitor: &Visitor, offer: &Offer) -> Markup {
    let (language, quote) = (visitor.language, &offer.seen.quote);
    let say = |fr, en| say(language, fr, en);
    let nothing = html! {};
    let contact = [offer.company.phone.as_deref(), offer.company.email.as_deref()];
    let contact: Vec<&str> = contact.into_iter().flatten().collect();
    let contact = contact.join(" · ");
    match quote.state {
        QuoteState::Accepted => {
            let by = quote.accepted_by.as_deref().unwrap_or("");
            let on = quote.accepted_at.map(|at| language.instant(at)).unwrap_or_default();
            banner(
                Tone::Yours,
                say("Ce devis est accepté. Merci !", "This quote is accepted. Thank you!"),
                &html! { (by) ", " (on) },
                say(
                    "Votre commande est enregistrée ; nous la confirmons sans tarder.",
                    "Your order is recorded; we will confirm it shortly.",
                ),
                &[],
            )
        }
        QuoteState::Sent if is_open(offer) => html! {
            @if let Some(day) = quote.valid_until {
                p.mb {
                    (say("Valable jusqu’au", "Valid until")) " " b { (language.day(day)) }
                    " (" (when::age(language, day - offer.seen.now.day())) ")."
                }
            }
        },
        QuoteState::Sent | QuoteState::Expired => banner(
            Tone::Watch,
            say("Ce devis a expiré.", "This quote has expired."),
            &nothing,
            &format!(
                "{} {contact}",
                say("Demandez-nous une mise à jour :", "Ask us for an update:")
            ),
            &[],
        ),
        QuoteState::Superseded => banner(
            Tone::Watch,
            say("Une nouvelle version remplace ce devis.", "A new version replaces this quote."),
            &nothing,
            &format!(
                "{} {contact}",
                say("Son lien vous a été envoyé :", "Its link was sent to you:")
            ),
            &[],
        ),
        QuoteState::Refused | QuoteState::Draft => banner(
            Tone::Watch,
            say("Ce devis n’est plus ouvert.", "This quote is no longer open."),
            &nothing,
            &contact,
            &[],
        ),
    }
}

fn sides(visitor: &Visitor, offer: &Offer) -> Markup {
    let (language, quote) = (visitor.language, &offer.seen.quote);
    let say = |fr: &'static str, en: &'static str| say(language, fr, en).to_owned();
    let (own, party) = (&offer.company, &offer.seen.party);
    let town = |postcode: &Option<String>, city: &Option<String>| {
        let parts = [postcode.as_deref(), city.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let place = |street: &Option<String>, town: String| {
        let parts = [street.clone().unwrap_or_default(), town];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("\n")
    };
    let ours = place(&own.street, town(&own.postcode, &own.city));
    let theirs = place(&party.street, town(&party.postcode, &party.city));
    html! {
        div.cols.g2c.mb {
            (definitions(&[
                (
                    say("De", "From"),
                    Some(html! { b { (own.name) } br; (show::paragraph(&ours)) }),
                ),
                (
                    say("Règlement", "Payment"),
                    offer.seen.term.as_ref().map(|term| html! { (term.label(language)) }),
                ),
            ]))
            (definitions(&[
                (
                    say("Pour", "To"),
                    Some(html! { b { (party.name) } br; (show::paragraph(&theirs)) }),
                ),
                (
                    say("Votre réf.", "Your ref."),
                    quote.reference.as_ref().map(|text| html! { (text) }),
                ),
            ]))
        }
    }
}

fn lines(visitor: &Visitor, offer: &Offer) -> Markup {
    let language = visitor.language;
    let say = |fr, en| say(language, fr, en);
    let columns = vec![
        Column::title(say("Désignation", "Description")).grow(),
        Column::figure(say("Quantité et prix", "Quantity and price")).fold(Fold::Number),
        Column::figure(say("TVA", "VAT")),
        Column::amount(say("Total HT", "Excl. tax")),
    ];
    let rows = offer.seen.lines.iter().map(|line| {
        let unit = offer.seen.unit(line.product, language);
        let price = line.unit_price.map(|price| language.price(price)).unwrap_or_default();
        let discount = line.discount.filter(|discount| !discount.is_zero());
        let tax = line.tax.and_then(|tax| offer.seen.taxes.get(&tax));
        Row::new(vec![
            html! { (line.description.as_deref().unwrap_or("")) },
            html! {
                (language.quantity(line.quantity)) " " (unit.to_lowercase()) " × " (price)
                @if let Some(discount) = discount { ", −" (language.rate(discount)) }
            },
            html! { (language.rate(tax.map_or(Rate::ZERO, |tax| tax.rate))) },
            html! { (language.money(line.net)) },
        ])
    });
    Ledger::new(language, say("Lignes du devis", "Lines of the quote"), columns).rows(rows).render()
}

fn sums(visitor: &Visitor, offer: &Offer) -> Markup {
    lines_page::sums_in(visitor.language, &offer.seen.totals, offer.seen.quote.deposit_rate)
}

/// The name, and the button.
fn form(visitor: &Visitor, token: &str, offer: &Offer, name: &str) -> Markup {
    let language = visitor.language;
    let say = |fr, en| say(language, fr, en);
    if !is_open(offer) {
        return html! {};
    }
    html! {
        form.accept method="post" action={ "/q/" (token) } {
            (hidden(&[("key", new_key().as_str())]))
            h2 { (say("Accepter ce devis", "Accept this quote")) }
            p.muted {
                (say(
                    "Vous passez commande aux prix et conditions ci-dessus. Rien n’est prélevé.",
                    "You order at the prices and terms above. Nothing is charged.",
                ))
            }
            (Field::typed(
                language,
                "name",
                say("Votre nom et votre fonction", "Your name and position"),
                "text",
                Some("name"),
            )
            .value(name)
            .required(true))
            (Button::submit(say("Accepter et commander", "Accept and order"))
                .primary()
                .icon(Icon::Check))
        }
    }
}
