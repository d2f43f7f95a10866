//! The lines of an order, and the papers that came of it.

use crm::sales::OrderStage;
use erp::finance::{Invoice, InvoiceKind, InvoiceState};
use erp::inventory::Availability;
use erp::logistics::{Shipment, ShipmentState};
use kernel::{Choice, Day, Kept, Language, Money, Quantity, Rate};
use master::Totals;
use maud::{Markup, Render, html};
use processes::order_to_cash::facts::LineFacts;

use super::seen::Seen;
use super::when;
use crate::door::Ask;
use crate::parts::{Column, Fold, Ledger, Row, Tone, empty, say, section, state};

/// So many lines stand on the page at once; of a longer order one turns the pages.
const AT_ONCE: usize = 200;

/// The lines: all of them, or of a long order those from `?lines=` on.
#[must_use]
pub fn ledger(ask: &Ask, seen: &Seen) -> Markup {
    let say = |fr, en| say(ask.language, fr, en);
    let columns = vec![
        Column::number(say("Article", "Item")),
        Column::title(say("Désignation", "Description")).grow(),
        Column::figure(say("Quantité", "Quantity")),
        Column::quiet(say("Un.", "Unit")),
        Column::figure(say("PU HT", "Unit price")),
        Column::figure(say("Remise", "Discount")),
        Column::figure(say("Marge", "Margin")),
        Column::state(say("Promesse", "Promise")),
        Column::amount(say("Total HT", "Excl. tax")).fold(Fold::Amount),
    ];
    let all = seen.facts.lines.len();
    let from = first_of(ask.query.text("lines"), all);
    let rows = seen
        .facts
        .lines
        .iter()
        .zip(&seen.promises)
        .skip(from)
        .take(AT_ONCE)
        .map(|(facts, promise)| row(ask, seen, facts, promise.as_ref()));
    let drawn =
        Ledger::new(ask.language, say("Lignes de la commande", "Lines of the order"), columns)
            .rows(rows)
            .empty(empty(say("Aucune ligne.", "No line."), "", &[]))
            .render();
    html! {
        div #lines {
            (drawn)
            @if all > AT_ONCE {
                (turning(ask.language, &format!("/orders/{}", seen.order.id), from, all))
            }
        }
    }
}

/// How many lines stand before the page that has this line, counted from 1 as one reads it; what is
/// no line of the order is the first.
fn first_of(asked: &str, all: usize) -> usize {
    let line = asked.parse::<usize>().ok().filter(|line| (1..=all).contains(line));
    line.map_or(0, |line| (line - 1) / AT_ONCE * AT_ONCE)
}

/// Which lines are shown, and the way to those before and after.
fn turning(language: Language, href: &str, from: usize, all: usize) -> Markup {
    let say = |fr, en| say(language, fr, en);
    let last = all.min(from + AT_ONCE);
    let page = |first: usize| format!("{href}?lines={}#lines", first + 1);
    let number = |number: usize| language.integer(i64::try_from(number).unwrap_or(i64::MAX));
    html! {
        nav.pager aria-label=(say("Pages de lignes", "Pages of lines")) {
            span {
                (say("Lignes", "Lines")) " " (number(from + 1)) "–" (number(last)) " "
                (say("sur", "of")) " " (number(all))
            }
            span.acts {
                @if from > 0 {
                    a.btn.bare href=(page(from.saturating_sub(AT_ONCE))) rel="prev" {
                        (say("Lignes précédentes", "Previous lines"))
                    }
                }
                @if last < all {
                    a.btn href=(page(last)) rel="next" { (say("Lignes suivantes", "Next lines")) }
                }
            }
        }
    }
}

fn row(ask: &Ask, seen: &Seen, facts: &LineFacts, promise: Option<&Availability>) -> Row {
    let (language, line) = (ask.language, &facts.line);
    let product = seen.products.get(&line.product);
    let name = line
        .description
        .as_deref()
        .unwrap_or_else(|| product.map_or("", |product| product.label(language)));
    let href = format!("/products/{}", line.product);
    Row::new(vec![
        html! { a href=(href) { (product.map_or("—", |product| product.sku.as_str())) } },
        html! { (name) },
        html! { (language.quantity(line.quantity)) },
        html! { (seen.unit(line.product, language)) },
        html! { (line.unit_price.map(|price| language.price_amount(price)).unwrap_or_default()) },
        html! {
            @match line.discount.filter(|discount| !discount.is_zero()) {
                Some(discount) => (language.rate(discount)),
                None => span.q { "—" },
            }
        },
        margin(language, line.net, line.unit_cost.amount(line.quantity, Rate::ZERO)),
        standing(language, seen, facts, promise),
        html! { (language.amount(line.net)) },
    ])
}

/// The margin of a line: its share of the amount.
#[must_use]
pub fn margin(language: Language, net: Money, cost: Money) -> Markup {
    if net.is_zero() {
        return html! { span.q { "—" } };
    }
    let margin = net - cost;
    let rate = margin.ratio(net);
    html! { span .stop-t[margin.minor < 0] { (when::percent(language, rate)) } }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_long_order_is_on_one_page_alone() {
        let all = 3 * AT_ONCE + 1;
        for line in 1..=all {
            let from = first_of(&line.to_string(), all);
            assert!((from + 1..=from + AT_ONCE).contains(&line), "{line} after {from}");
            assert_eq!(from % AT_ONCE, 0, "pages do not overlap");
        }
        for odd in ["", "0", "-1", "x", "602"] {
            assert_eq!(first_of(odd, all), 0, "{odd}");
        }
    }

    #[test]
    fn one_turns_back_from_the_last_page_and_on_from_the_first() {
        let drawn = |from| turning(Language::English, "/orders/x", from, 500).into_string();
        let (first, last) = (drawn(0), drawn(400));
        assert!(first.contains("1–200 of 500") && first.contains("?lines=201#lines"), "{first}");
        assert!(!first.contains("Previous"), "{first}");
        assert!(last.contains("401–500 of 500") && last.contains("?lines=201#lines"), "{last}");
        assert!(!last.contains("Next"), "{last}");
    }
}
