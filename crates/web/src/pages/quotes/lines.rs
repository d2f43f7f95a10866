//! The lines of a quote on its page.

use crm::sales::QuoteLine;
use kernel::Language;
use maud::{Markup, Render, html};

use super::seen::Seen;
use crate::door::Ask;
use crate::pages::orders::lines_page;
use crate::parts::{Column, Fold, Ledger, Row, empty, say};

/// The lines of a quote, with what each earns; an option says so.
pub fn ledger(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let say = |fr, en| say(language, fr, en);
    let columns = vec![
        Column::number(say("Article", "Item")),
        Column::title(say("Désignation", "Description")).grow(),
        Column::figure(say("Quantité", "Quantity")),
        Column::quiet(say("Un.", "Unit")),
        Column::figure(say("PU HT", "Unit price")),
        Column::figure(say("Remise", "Discount")),
        Column::figure(say("TVA", "VAT")),
        Column::figure(say("Marge", "Margin")),
        Column::amount(say("Total HT", "Excl. tax")).fold(Fold::Amount),
    ];
    let rows = seen.lines.iter().map(|line| {
        let product = seen.products.get(&line.product);
        let name = line.description.as_deref();
        let tax = line.tax.and_then(|tax| seen.taxes.get(&tax));
        let cost = line.unit_cost.amount(line.quantity, kernel::Rate::ZERO);
        let discount = line.discount.filter(|discount| !discount.is_zero());
        Row::new(vec![
            html! {
                a href={ "/products/" (line.product) } {
                    (product.map_or("—", |product| product.sku.as_str()))
                }
            },
            html! { (option(language, line)) (name.unwrap_or("")) },
            html! { (language.quantity(line.quantity)) },
            html! { (seen.unit(line.product, language)) },
            html! { (line.unit_price.map(|p| language.price_amount(p)).unwrap_or_default()) },
            html! {
                @match discount {
                    Some(discount) => (language.rate(discount)),
                    None => span.q { "—" },
                }
            },
            html! { (tax.map(|tax| language.rate(tax.rate)).unwrap_or_default()) },
            lines_page::margin(language, line.net, cost),
            html! { (language.amount(line.net)) },
        ])
    });
    Ledger::new(language, say("Lignes du devis", "Lines of the quote"), columns)
        .rows(rows)
        .empty(empty(say("Aucune ligne.", "No line."), "", &[]))
        .render()
}

/// What kind of option a line is; nothing when it is none.
fn option(language: Language, line: &QuoteLine) -> Markup {
    let word = match (line.optional, line.taken) {
        (false, _) => return html! {},
        (true, false) => say(language, "option", "option"),
        (true, true) => say(language, "option prise", "option taken"),
    };
    html! { span.tag { (word) } " " }
}
