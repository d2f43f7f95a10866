//! The documents of a customer: what is offered, ordered, sent, invoiced, paid.

use kernel::{Choice, Kept};
use maud::{Markup, html};

use super::Seen;
use crate::door::Ask;
use crate::pages::orders::{book, lines_page, step, when};
use crate::parts::{Tone, say, section, state};

/// How many of each are shown.
const SHOWN: usize = 6;

pub fn drawn(ask: &Ask, seen: &Seen) -> Markup {
    let parts = [
        opportunities(ask, seen),
        quotes(ask, seen),
        orders(ask, seen),
        shipments(ask, seen),
        invoices(ask, seen),
        payments(ask, seen),
    ];
    html! {
        div.docs {
            @for part in parts { @if let Some(part) = part { (part) } }
        }
    }
}

/// A short list with the way to all of it; nothing when there is none.
fn list(
    ask: &Ask,
    title: (&'static str, &'static str),
    all: String,
    rows: &[Markup],
) -> Option<Markup> {
    if rows.is_empty() {
        return None;
    }
    let right = html! { a href=(all) { (say(ask.language, "Tout voir", "See all")) } };
    let content = html! { ul.rows { @for row in rows.iter().take(SHOWN) { (row) } } };
    Some(section(say(ask.language, title.0, title.1), &right, &content))
}

fn of(seen: &Seen, plural: &str) -> String {
    format!("/{plural}?party={}", seen.view.party.id)
}

fn opportunities(ask: &Ask, seen: &Seen) -> Option<Markup> {
    let language = ask.language;
    let rows: Vec<Markup> = seen
        .view
        .opportunities
        .iter()
        .filter(|one| one.stage.open())
        .map(|one| {
            html! {
                li {
                    a.cut href={ "/opportunities/" (one.id) } title=(one.title) { (one.title) }
                    span.n { (state(Tone::Half, &one.stage.label().say(language).to_lowercase())) }
                    span.n { (one.amount.map(|amount| language.money(amount)).unwrap_or_default()) }
                }
            }
        })
        .collect();
    list(ask, ("Opportunités", "Opportunities"), of(seen, "opportunities"), &rows)
}

fn quotes(ask: &Ask, seen: &Seen) -> Option<Markup> {
    let (language, today) = (ask.language, seen.now.day());
    let rows: Vec<Markup> = seen
        .view
        .quotes
        .iter()
        .map(|quote| {
            html! {
                li {
                    a href={ "/quotes/" (quote.id) } { (quote.number.as_deref().unwrap_or("—")) }
                    span.n { (crate::pages::quotes::standing(quote, today, language)) }
                    span.n { (language.money(quote.net)) }
                }
            }
        })
        .collect();
    list(ask, ("Devis envoyés", "Quotes sent"), of(seen, "quotes"), &rows)
}

fn orders(ask: &Ask, seen: &Seen) -> Option<Markup> {
    let (language, today) = (ask.language, seen.now.day());
    let rows: Vec<Markup> = seen
        .view
        .open_orders
        .iter()
        .map(|order| {
            let around = book::around(order.id, &seen.holds, &seen.shipping, &seen.billable);
            html! {
                li {
                    a href={ "/orders/" (order.id) } { (order.number.as_deref().unwrap_or("—")) }
                    span.n { (step::drawn(order, around, today, language)) }
                    span.n { (language.money(order.net)) }
                }
            }
        })
        .collect();
    let all = format!("/orders?view=all&party={}", seen.view.party.id);
    list(ask, ("Commandes en cours", "Open orders"), all, &rows)
}

fn shipments(ask: &Ask, seen: &Seen) -> Option<Markup> {
    let today = seen.now.day();
    let rows: Vec<Markup> = seen
        .view
        .shipments
        .iter()
        .map(|shipment| lines_page::shipment_row(ask.language, shipment, today))
        .collect();
    list(ask, ("Expéditions", "Shipments"), of(seen, "shipments"), &rows)
}

fn invoices(ask: &Ask, seen: &Seen) -> Option<Markup> {
    let today = seen.now.day();
    let mut found: Vec<&Kept<erp::finance::Invoice>> = seen.view.invoices.iter().collect();
    // What is still open comes before what is history.
    found.sort_by_key(|invoice| invoice.open.is_zero());
    let rows: Vec<Markup> = found
        .into_iter()
        .map(|invoice| lines_page::invoice_row(ask.language, invoice, today))
        .collect();
    list(ask, ("Factures", "Invoices"), of(seen, "invoices"), &rows)
}

fn payments(ask: &Ask, seen: &Seen) -> Option<Markup> {
    if !ask.actor.can("payment.read") {
        return None;
    }
    let (language, today) = (ask.language, seen.now.day());
    let rows: Vec<Markup> = seen
        .view
        .payments
        .iter()
        .map(|payment| html! {
            li {
                a href={ "/payments/" (payment.id) } { (payment.number.as_deref().unwrap_or("—")) }
                span.n.muted { (when::day_of(language, payment.day, today)) }
                span.n { (language.money(payment.amount)) }
            }
        })
        .collect();
    list(ask, ("Paiements", "Payments"), of(seen, "payments"), &rows)
}
