//! What settles the invoice, and what it booked.

use maud::{Markup, Render, html};

use super::read::{Paid, Seen};
use crate::door::Ask;
use crate::pages::ledgers::entry;
use crate::parts::{Column, Fold, Ledger, Row, Sum, Tone, say, section, state};
use crate::show;

/// The payments and credit notes set against the invoice; nothing when there are none.
pub fn allocations(ask: &Ask, seen: &Seen) -> Markup {
    if seen.paid.is_empty() {
        return html! {};
    }
    let language = ask.language;
    let columns = vec![
        Column::title(say(language, "Pièce", "Document")),
        Column::text(say(language, "Date", "Day")).fold(Fold::Number).grow(),
        Column::state(say(language, "État", "State")),
        Column::amount(say(language, "Montant €", "Amount €")),
    ];
    let live = seen.paid.iter().filter(|paid| paid.undone.is_none());
    let sum =
        live.fold(kernel::Money::zero(seen.invoice.due.currency), |sum, paid| sum + paid.amount);
    let title = say(language, "Règlements et imputations", "Payments and credits");
    let ledger = Ledger::new(language, title, columns)
        .rows(seen.paid.iter().map(|paid| row(ask, paid)))
        .total(Sum::new(
            say(language, "Imputé", "Allocated"),
            vec![html! { (language.amount(sum)) }],
        ));
    section(title, &html! {}, &ledger.render())
}

fn row(ask: &Ask, paid: &Paid) -> Row {
    let language = ask.language;
    let def = ask.state.catalog.entity(paid.source.entity);
    let standing = match paid.undone {
        None => state(Tone::Done, say(language, "imputé", "allocated")),
        Some(at) => {
            let word = say(language, "annulé le", "undone on");
            state(Tone::Watch, &format!("{word} {}", language.short_day(at.day())))
        }
    };
    Row::new(vec![
        html! {
            @match def {
                Some(def) => a href=(show::href(def, paid.source.id)) { (paid.title) },
                None => (paid.title),
            }
        },
        html! { (language.day(paid.day)) },
        standing,
        html! {
            @if paid.undone.is_some() { s { (language.amount(paid.amount)) } }
            @else { (language.amount(paid.amount)) }
        },
    ])
}

/// The entries made from the invoice; nothing for those who may not read the books.
pub fn entries(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    html! {
        @for booked in &seen.entries {
            @let right = html! {
                a href={ "/journal_entries/" (booked.entry.id) } { (booked.number()) }
                " · " (language.day(booked.entry.day))
            };
            @let label = booked.entry.label.as_str();
            (section(
                &format!("{} · {label}", say(language, "Écriture", "Entry")),
                &right,
                &entry::lines(ask, booked, &seen.titles),
            ))
        }
    }
}
