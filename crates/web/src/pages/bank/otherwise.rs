//! The line in hand matched another way: invoices by number, on the account of a customer, a share on
//! accounts; all three at once where it takes that.

use maud::{Markup, html};

use super::booking;
use super::matching::{at, carried};
use super::read::{Chosen, Seen};
use crate::door::Ask;
use crate::parts::{Button, Field, say};

/// Another way: invoices by number, or on the account of a customer.
pub fn form(ask: &Ask, seen: &Seen, chosen: &Chosen) -> Markup {
    let language = ask.language;
    let asked = ask.query.text("otherwise") == "1";
    let title = say(language, "Imputer autrement", "Match otherwise");
    if !asked {
        let href = format!("{}&otherwise=1", at(seen, chosen.line.id));
        return html! { p.acts.mt { (Button::link(title, href).bare().key("i")) } };
    }
    // The proposal in hand is where one begins.
    let known = chosen.proposals.first().map_or_else(String::new, |told| {
        let numbers = told.invoices.iter().filter_map(|invoice| invoice.number.as_deref());
        numbers.collect::<Vec<_>>().join(" ")
    });
    let invoices = Field::text(language, "invoices", say(language, "Factures", "Invoices"))
        .value(&known)
        .focus()
        .placeholder("FA-2026-0934 FA-2026-0988")
        .hint(say(
            language,
            "Numéros, dans l’ordre où elles sont réglées.",
            "Numbers, in the order in which they are paid.",
        ));
    let party = Field::reference(
        language,
        "party",
        say(language, "Ou un client", "Or a customer"),
        "party",
        "",
    )
    .hint(say(
        language,
        "Le montant reste à son compte, à imputer plus tard.",
        "The amount stays on its account, to be allocated later.",
    ));
    html! {
        details.otherwise.mt open {
            summary { (title) }
            form method="post" action={ "/bank/lines/" (chosen.line.id) "/accept" }
                data-swap="#matching" {
                (carried(ask, seen))
                div.fields.two { (invoices) (party) }
                // Before the grid: Enter in a field presses the first button of the form.
                p.acts.mt { (Button::submit(say(language, "Imputer", "Match")).key("ctrl+s")) }
                @if ask.actor.can("bank_line.book") {
                    p.lbl.mt { (say(language, "Part passée en compte", "Share booked on accounts")) }
                    p.muted {
                        (say(
                            language,
                            "Des frais retenus par la banque : le compte, sans montant, prend l’écart \
                             entre le mouvement et les factures. Un montant retenu est négatif.",
                            "Fees that the bank kept back: an account without an amount takes what lies \
                             between the line and the invoices. An amount kept back is negative.",
                        ))
                    }
                    (booking::grid(language, &seen.taxes))
                }
            }
        }
    }
}
