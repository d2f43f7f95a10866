//! The lines of an order, and the papers that came of it.

use crm::sales::OrderStage;
use erp::finance::{Invoice, InvoiceKind, InvoiceState};
use erp::inventory::Availability;
use erp::logistics::{Shipment, ShipmentState};
use kernel::{Choice, Day, Kept, Language, Quantity, Rate};
use master::Totals;
use maud::{Markup, html};
use processes::order_to_cash::facts::LineFacts;

use super::line_columns::{self, Said};
use super::seen::Seen;
use super::when;
use crate::door::Ask;
use crate::parts::{Tone, say, section, state};

/// The lines of the order.
#[must_use]
pub fn ledger(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let label = say(language, "Lignes de la commande", "Lines of the order");
    let lines = seen.facts.lines.iter().zip(&seen.promises).map(|(facts, promise)| {
        let line = &facts.line;
        let product = seen.products.get(&line.product);
        let name = line.description.as_deref();
        Said {
            product: line.product,
            sku: product.map_or("—", |product| product.sku.as_str()),
            name: html! {
                (name.unwrap_or_else(|| product.map_or("", |product| product.label(language))))
            },
            quantity: line.quantity,
            unit: seen.unit(line.product, language),
            unit_price: line.unit_price,
            discount: line.discount,
            tax: None,
            standing: Some(standing(language, seen, facts, promise.as_ref())),
            unit_cost: line.unit_cost,
            net: line.net,
        }
    });
    line_columns::ledger(ask, (label, format!("/orders/{}", seen.order.id)), true, lines)
}

fn standing(
    language: Language,
    seen: &Seen,
    facts: &LineFacts,
    promise: Option<&Availability>,
) -> Markup {
    let (line, today) = (&facts.line, seen.now.day());
    let say = |fr, en| say(language, fr, en);
    let day = |day: Day| when::day_of(language, day, today);
    let of = |done: Quantity, word: &str| {
        let (done, whole) = (language.quantity(done), language.quantity(line.quantity));
        format!("{done} / {whole} {word}")
    };
    if let Some(promise) = promise {
        return promised(language, promise, today);
    }
    match seen.order.stage {
        OrderStage::Cancelled => return state(Tone::Done, "—"),
        OrderStage::Draft => return state(Tone::Done, say("service", "service")),
        _ => {}
    }
    if facts.delivered >= line.quantity {
        return state(
            Tone::Done,
            if facts.stocked { say("livré", "delivered") } else { say("rendu", "rendered") },
        );
    }
    if !facts.stocked {
        return state(Tone::Wait, say("à rendre", "to render"));
    }
    if facts.waiting() > Quantity::ZERO {
        let some = facts.reserved + facts.delivered > Quantity::ZERO;
        let word = line.promised_on.map_or_else(|| say("sans date", "no date").to_owned(), day);
        let tone = if some { Tone::Half } else { Tone::Wait };
        let missing = of(facts.reserved + facts.delivered, say("en main", "in hand"));
        return html! { span title=(missing) { (state(tone, &word)) } };
    }
    if facts.delivered > Quantity::ZERO {
        return state(Tone::Half, &of(facts.delivered, say("livrés", "delivered")));
    }
    state(Tone::Yours, say("réservé", "reserved"))
}

/// What can be promised of a line that is not reserved yet.
#[must_use]
pub fn promised(language: Language, promise: &Availability, today: Day) -> Markup {
    let say = |fr, en| say(language, fr, en);
    let free = language.quantity(promise.free.max(Quantity::ZERO));
    let told = format!("{free} {}", say("disponibles", "available"));
    let drawn = match promise.promised_on {
        _ if !promise.is_short() => state(Tone::Yours, say("en stock", "in stock")),
        Some(day) if promise.free > Quantity::ZERO => {
            state(Tone::Half, &when::day_of(language, day, today))
        }
        Some(day) => state(Tone::Wait, &when::day_of(language, day, today)),
        None => state(Tone::Watch, say("sans date", "no date")),
    };
    html! { span title=(told) { (drawn) } }
}

/// The totals: one line for each tax, the deposit asked below.
#[must_use]
pub fn sums(ask: &Ask, totals: &Totals, deposit: Option<Rate>) -> Markup {
    sums_in(ask.language, totals, deposit)
}

/// The same, for someone outside.
#[must_use]
pub fn sums_in(language: Language, totals: &Totals, deposit: Option<Rate>) -> Markup {
    let say = |fr, en| say(language, fr, en);
    html! {
        table.plain-t {
            tbody {
                tr {
                    td.muted { (say("Total HT", "Total excl. tax")) }
                    td.n { (language.money(totals.net)) }
                }
                @for share in &totals.taxes {
                    tr {
                        td.muted { (say("TVA", "VAT")) " " (language.rate(share.rate)) }
                        td.n { (language.money(share.amount)) }
                    }
                }
                tr {
                    td.total { (say("Total TTC", "Total incl. tax")) }
                    td.n.total.big { (language.money(totals.total)) }
                }
                @if let Some(rate) = deposit.filter(|rate| !rate.is_zero()) {
                    tr {
                        td.muted {
                            (say("Acompte demandé,", "Deposit asked,")) " " (language.rate(rate))
                        }
                        td.n.muted { (language.money(totals.total.share(rate))) }
                    }
                }
            }
        }
    }
}

/// The shipments and invoices of the order.
#[must_use]
pub fn papers(ask: &Ask, seen: &Seen) -> Markup {
    let today = seen.now.day();
    let say = |fr, en| say(ask.language, fr, en);
    html! {
        @if !seen.shipments.is_empty() {
            (section(say("Expéditions", "Shipments"), &html! {}, &html! {
                ul.rows {
                    @for shipment in &seen.shipments {
                        (shipment_row(ask.language, shipment, today))
                    }
                }
            }))
        }
        @if !seen.invoices.is_empty() {
            (section(say("Factures", "Invoices"), &html! {}, &html! {
                ul.rows {
                    @for invoice in &seen.invoices {
                        (invoice_row(ask.language, invoice, today))
                    }
                }
            }))
        }
    }
}

/// One shipment: its number, its state, its day.
#[must_use]
pub fn shipment_row(language: Language, shipment: &Kept<Shipment>, today: Day) -> Markup {
    let tone = match shipment.state {
        ShipmentState::Draft => Tone::Wait,
        ShipmentState::Picked | ShipmentState::Packed | ShipmentState::Shipped => Tone::Half,
        ShipmentState::Delivered | ShipmentState::Cancelled => Tone::Done,
    };
    let day = shipment.delivered_on.or(shipment.shipped_on).or(shipment.planned_on);
    html! {
        li {
            a href={ "/shipments/" (shipment.id) } { (shipment.number.as_deref().unwrap_or("—")) }
            span.n { (state(tone, &shipment.state.label().say(language).to_lowercase())) }
            span.n { (day.map(|day| when::day_of(language, day, today)).unwrap_or_default()) }
        }
    }
}

/// One invoice: its number, whether it is paid or due, its amount.
#[must_use]
pub fn invoice_row(language: Language, invoice: &Kept<Invoice>, today: Day) -> Markup {
    let (tone, word) = invoice_state(language, invoice, today);
    html! {
        li {
            a href={ "/invoices/" (invoice.id) } {
                (invoice.number.as_deref().unwrap_or_else(|| say(language, "brouillon", "draft")))
            }
            span.n { (state(tone, &word)) }
            span.n {
                @if invoice.kind == InvoiceKind::CreditNote { (language.money(-invoice.total)) }
                @else { (language.money(invoice.total)) }
            }
        }
    }
}

fn invoice_state(language: Language, invoice: &Invoice, today: Day) -> (Tone, String) {
    let say = |fr: &'static str, en: &'static str| say(language, fr, en);
    if invoice.state == InvoiceState::Draft {
        return (Tone::Wait, say("à valider", "to post").to_owned());
    }
    if invoice.kind == InvoiceKind::CreditNote {
        return (Tone::Done, say("avoir", "credit note").to_owned());
    }
    if invoice.open.is_zero() {
        return (Tone::Done, say("payée", "paid").to_owned());
    }
    match invoice.due_on {
        Some(due) if due < today => {
            let days = when::age(language, today - due);
            (Tone::Watch, format!("{} {days}", say("échue", "overdue")))
        }
        Some(due) => {
            let day = when::day_of(language, due, today);
            (Tone::Wait, format!("{} {day}", say("due le", "due")))
        }
        None => (Tone::Wait, say("à payer", "to pay").to_owned()),
    }
}
