//! What a customer reads of a quote: where it stands, between whom, its lines, what it comes to.

use std::collections::BTreeSet;

use crm::sales::acceptance::worth;
use crm::sales::{QuoteLine, QuoteState};
use kernel::{Fault, Id, Kept, Rate, Tx};
use master::Totals;
use maud::{Markup, Render, html};

use super::Offer;
use crate::door::Visitor;
use crate::pages::orders::{lines_page, when};
use crate::parts::{Button, Column, Fold, Ledger, Row, Tone, banner, definitions, say};
use crate::show;

/// Whether it may still be accepted.
pub fn is_open(offer: &Offer) -> bool {
    let quote = &offer.seen.quote;
    let in_time = quote.valid_until.is_none_or(|day| day >= offer.seen.now.day());
    quote.state == QuoteState::Sent && in_time
}

/// Where the quote stands, for its customer.
pub fn standing(visitor: &Visitor, offer: &Offer) -> Markup {
    let (language, quote) = (visitor.language, &offer.seen.quote);
    let say = |fr, en| say(language, fr, en);
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
        state => closed(visitor, state, &contact),
    }
}

/// Why it may not be accepted any more, and whom to ask.
fn closed(visitor: &Visitor, state: QuoteState, contact: &str) -> Markup {
    let say = |fr, en| say(visitor.language, fr, en);
    let (what, next) = match state {
        QuoteState::Sent | QuoteState::Expired => (
            say("Ce devis a expiré.", "This quote has expired."),
            say("Demandez-nous une mise à jour :", "Ask us for an update:"),
        ),
        QuoteState::Superseded => (
            say("Une nouvelle version remplace ce devis.", "A new version replaces this quote."),
            say("Son lien vous a été envoyé :", "Its link was sent to you:"),
        ),
        QuoteState::Refused => (say("Vous avez décliné ce devis.", "You declined this quote."), ""),
        QuoteState::Draft | QuoteState::Accepted => {
            (say("Ce devis n’est plus ouvert.", "This quote is no longer open."), "")
        }
    };
    banner(Tone::Watch, what, &html! {}, format!("{next} {contact}").trim(), &[])
}

/// From whom, to whom.
pub fn sides(visitor: &Visitor, offer: &Offer) -> Markup {
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

/// What the quote comes to with these options.
///
/// # Errors
/// `store.*`.
pub fn totals(
    tx: &mut Tx<'_>,
    lines: &[Kept<QuoteLine>],
    taken: &BTreeSet<Id<QuoteLine>>,
) -> Result<Totals, Fault> {
    let (totals, _) = worth(tx, lines, |line| line.counts() || taken.contains(&line.id))?;
    Ok(totals)
}

/// The lines, each option with a box to tick while it may be taken.
pub fn lines(visitor: &Visitor, offer: &Offer, taken: &BTreeSet<Id<QuoteLine>>) -> Markup {
    let language = visitor.language;
    let say = |fr, en| say(language, fr, en);
    let open = is_open(offer);
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
        let name = line.description.as_deref().unwrap_or("");
        Row::new(vec![
            html! {
                @if line.optional && open {
                    label.option {
                        input type="checkbox" name="option" value=(line.id)
                            checked[taken.contains(&line.id)];
                        span { (name) " " span.tag { (say("option", "option")) } }
                    }
                } @else {
                    (name)
                    @if line.optional {
                        " " span.tag {
                            (if line.taken { say("option prise", "option taken") }
                             else { say("option non prise", "option not taken") })
                        }
                    }
                }
            },
            html! {
                (language.quantity(line.quantity)) " × " (price) " / " (unit.to_lowercase())
                @if let Some(discount) = discount { ", −" (language.rate(discount)) }
            },
            html! { (language.rate(tax.map_or(Rate::ZERO, |tax| tax.rate))) },
            html! {
                @if line.optional && !line.taken { span.q { (language.money(line.net)) } }
                @else { (language.money(line.net)) }
            },
        ])
    });
    Ledger::new(language, say("Lignes du devis", "Lines of the quote"), columns).rows(rows).render()
}

/// What it comes to, and the button that counts again for those without scripts.
pub fn sums(visitor: &Visitor, token: &str, offer: &Offer) -> Markup {
    let language = visitor.language;
    let choice = is_open(offer) && offer.seen.lines.iter().any(|line| line.optional);
    html! {
        div id="offer-totals" aria-live="polite" {
            (lines_page::sums_in(language, &offer.totals, offer.seen.quote.deposit_rate))
        }
        @if choice {
            noscript {
                (Button::submit(say(language, "Recalculer avec les options", "Count the options"))
                    .to(format!("/q/{token}/preview"))
                    .unchecked())
            }
        }
    }
}
