//! The life of the invoice: made, posted, sent, reminded, paid.

use erp::finance::{InvoiceKind, Payment};
use kernel::{Instant, Language};
use maud::{Markup, html};

use super::read::{Paid, Seen};
use crate::door::Ask;
use crate::pages::orders::when;
use crate::parts::{Icon, Moment, Voice, say};
use crate::show;
use crate::together::Story;

/// Its story, with how it was made and paid.
pub fn told(ask: &Ask, seen: &Seen, story: &Story) -> Markup {
    let mut moments: Vec<(Instant, Moment)> = Vec::new();
    for paid in &seen.paid {
        moments.extend(settled(ask, seen, paid));
    }
    for note in &seen.notes {
        let what = html! {
            (say(ask.language, "Avoir", "Credit note")) " "
            a href={ "/invoices/" (note.id) } { (note.number.as_deref().unwrap_or("—")) }
            " · " (ask.language.money(note.total))
        };
        let reason = note.reason.clone().unwrap_or_default();
        moments
            .push((note.created_at, moment(ask, note.created_at, Voice::Fact, None, what, reason)));
    }
    // What happened at the same moment follows the making.
    moments.push(made(ask, seen));
    story.told_with(ask, moments)
}

fn made(ask: &Ask, seen: &Seen) -> (Instant, Moment) {
    let at = seen.invoice.created_at;
    let feminine = seen.invoice.kind != InvoiceKind::CreditNote;
    let what = match (ask.language, feminine) {
        (Language::French, true) => "Facture établie",
        (Language::French, false) => "Avoir établi",
        (Language::English, true) => "Invoice drawn up",
        (Language::English, false) => "Credit note drawn up",
    };
    let origin = seen.invoice.origin.and_then(|origin| {
        let def = ask.state.catalog.entity(origin.entity)?;
        let title = seen.titles.of(origin.entity, origin.id)?;
        Some((show::href(def, origin.id), title))
    });
    let what = html! {
        (what)
        @if let Some((href, title)) = origin {
            (say(ask.language, " depuis ", " from ")) a href=(href) { (title) }
        }
    };
    (at, moment(ask, at, Voice::Fact, None, what, String::new()))
}

/// A payment set against it, and that it was undone.
fn settled(ask: &Ask, seen: &Seen, paid: &Paid) -> Vec<(Instant, Moment)> {
    let language = ask.language;
    let def = ask.state.catalog.entity(paid.source.entity);
    let document = html! {
        @match def {
            Some(def) => a href=(show::href(def, paid.source.id)) { (paid.title) },
            None => (paid.title),
        }
    };
    let payment = paid.source.as_a::<Payment>().is_some();
    let word = match (payment, seen.invoice.kind) {
        (true, InvoiceKind::CreditNote) => say(language, "Remboursement", "Refund"),
        (true, _) => say(language, "Règlement", "Payment"),
        (false, _) => say(language, "Imputation", "Allocation"),
    };
    let amount = language.money(paid.amount);
    let what = html! { (word) " " (document) " · " b { (amount) } };
    let day = match language {
        Language::French => format!("du {}", language.day(paid.day)),
        Language::English => format!("of {}", language.day(paid.day)),
    };
    let mut told = vec![(paid.at, moment(ask, paid.at, Voice::Fact, None, what, day))];
    if let Some(at) = paid.undone {
        let what = html! { (say(language, "Annulé :", "Undone:")) " " (document) " · " (amount) };
        told.push((at, moment(ask, at, Voice::Trouble, Some(Icon::Undo), what, String::new())));
    }
    told
}

fn moment(
    ask: &Ask,
    at: Instant,
    voice: Voice,
    icon: Option<Icon>,
    what: Markup,
    note: String,
) -> Moment {
    Moment {
        when: when::moment(ask.language, at, store::now()),
        machine: at.to_string(),
        voice,
        icon,
        what,
        note,
    }
}
