//! The lines of a quote on its page.

use crm::sales::QuoteLine;
use kernel::Language;
use maud::{Markup, html};

use super::seen::Seen;
use crate::door::Ask;
use crate::pages::orders::line_columns::{self, Said};
use crate::parts::say;

/// The lines of a quote, with what each earns; an option says so.
pub fn ledger(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let label = say(language, "Lignes du devis", "Lines of the quote");
    let lines = seen.lines.iter().map(|line| {
        let product = seen.products.get(&line.product);
        Said {
            product: line.product,
            sku: product.map_or("—", |product| product.sku.as_str()),
            name: html! { (option(language, line)) (line.description.as_deref().unwrap_or("")) },
            quantity: line.quantity,
            unit: seen.unit(line.product, language),
            unit_price: line.unit_price,
            discount: line.discount,
            tax: line.tax.and_then(|tax| seen.taxes.get(&tax)).map(|tax| tax.rate),
            standing: None,
            unit_cost: line.unit_cost,
            net: line.net,
        }
    });
    line_columns::ledger(ask, (label, format!("/quotes/{}", seen.quote.id)), false, lines)
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
