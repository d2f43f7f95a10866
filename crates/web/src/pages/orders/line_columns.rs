//! What each line of a quote and of an order says, in the same columns on both pages.

use crm::sales::Order;
use kernel::{Actor, Entity, Id, Language, Money, Price, Quantity, Rate};
use master::Product;
use maud::{Markup, Render, html};

use super::when;
use crate::door::Ask;
use crate::form::first_of;
use crate::parts::{Column, Fold, Ledger, Row, Turns, empty, say};
use crate::show;

/// So many lines stand on a page at once; of a longer document one turns the pages.
const AT_ONCE: usize = 200;

/// Whether someone sees what a sale earns: who draws up offers or orders does, unless the field is
/// kept from them.
#[must_use]
pub fn sees_margin(actor: &Actor) -> bool {
    let kept = |field| show::hidden(actor, Order::DEF, field);
    let draws_up = actor.can("order.update") || actor.can("quote.update");
    draws_up && !Order::DEF.field(Order::MARGIN.name).is_some_and(kept)
}

/// One line, in words and figures.
pub struct Said<'a> {
    pub product: Id<Product>,
    pub sku: &'a str,
    pub name: Markup,
    pub quantity: Quantity,
    pub unit: &'a str,
    pub unit_price: Option<Price>,
    pub discount: Option<Rate>,
    pub tax: Option<Rate>,
    /// How the goods stand, of an order.
    pub standing: Option<Markup>,
    pub unit_cost: Price,
    pub net: Money,
}

/// The lines: all of them, or of a long document those from `?lines=` on. Those of an order tell how
/// the goods stand, those of a quote their tax.
#[must_use]
pub fn ledger<'a>(
    ask: &Ask,
    (label, href): (&str, String),
    of_order: bool,
    lines: impl ExactSizeIterator<Item = Said<'a>>,
) -> Markup {
    let all = lines.len();
    let from = first_of(ask.query.text("lines"), AT_ONCE, all);
    let margin = sees_margin(&ask.actor);
    let rows = lines.skip(from).take(AT_ONCE).map(|line| row(ask.language, line, margin));
    let language = ask.language;
    let drawn = Ledger::new(language, label, columns(language, of_order, margin))
        .rows(rows)
        .empty(empty(say(language, "Aucune ligne.", "No line."), "", &[]))
        .render();
    html! {
        div #lines {
            (drawn)
            @if all > AT_ONCE {
                (Turns { language, href, name: "lines", from, at_once: AT_ONCE, all })
            }
        }
    }
}

fn columns(language: Language, of_order: bool, margin: bool) -> Vec<Column> {
    let say = |fr, en| say(language, fr, en);
    let mut columns = vec![
        Column::number(say("Article", "Item")),
        Column::title(say("Désignation", "Description")).grow(),
        Column::figure(say("Quantité", "Quantity")),
        Column::quiet(say("Un.", "Unit")),
        Column::figure(say("PU HT", "Unit price")),
        Column::figure(say("Remise", "Discount")),
    ];
    if !of_order {
        columns.push(Column::figure(say("TVA", "VAT")));
    }
    if margin {
        columns.push(Column::figure(say("Marge", "Margin")));
    }
    if of_order {
        columns.push(Column::state(say("Promesse", "Promise")));
    }
    columns.push(Column::amount(say("Total HT", "Excl. tax")).fold(Fold::Amount));
    columns
}

fn row(language: Language, line: Said<'_>, margin: bool) -> Row {
    let discount = line.discount.filter(|discount| !discount.is_zero());
    let of_order = line.standing.is_some();
    let cost = line.unit_cost.amount(line.quantity, Rate::ZERO);
    let cells = [
        Some(html! { a href={ "/products/" (line.product) } { (line.sku) } }),
        Some(line.name),
        Some(html! { (language.quantity(line.quantity)) }),
        Some(html! { (line.unit) }),
        Some(html! {
            (line.unit_price.map(|price| language.price_amount(price)).unwrap_or_default())
        }),
        Some(html! {
            @match discount {
                Some(discount) => (language.rate(discount)),
                None => span.q { "—" },
            }
        }),
        (!of_order).then(|| html! { (line.tax.map(|tax| language.rate(tax)).unwrap_or_default()) }),
        margin.then(|| self::margin(language, line.net, cost)),
        line.standing,
        Some(html! { (language.amount(line.net)) }),
    ];
    Row::new(cells.into_iter().flatten().collect())
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
