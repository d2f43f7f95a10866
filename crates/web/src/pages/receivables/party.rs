//! What one customer owes, document by document, and what it may set against it.

use axum::extract::Path;
use erp::finance::{Invoice, InvoiceKind, InvoiceState, Payment, bucket};
use kernel::{Choice, Day, Id, Kept, Language, Money};
use master::Party;
use maud::{Markup, Render, html};
use processes::order_to_cash::{self, Exposure};

use super::RECEIVABLES;
use crate::answer::Answer;
use crate::door::Ask;
use crate::pages::acting;
use crate::parts::{
    Button, Column, Figure, Fold, Ledger, Row, Sum, Tone, empty, figures, head, say, section, state,
};
use crate::show;

struct Seen {
    party: Kept<Party>,
    /// By due day, the oldest first; credit notes with the others.
    invoices: Vec<Kept<Invoice>>,
    payments: Vec<Kept<Payment>>,
    exposure: Exposure,
    today: Day,
}

/// `GET /receivables/{party}`.
pub async fn page(ask: Ask, Path(party): Path<String>) -> Answer {
    ask.may("payment.read")?;
    let id: Id<Party> = acting::id_of(&ask, &party)?;
    let seen = ask
        .read(move |tx, _| {
            let party = tx.get(id)?;
            let zero = Money::zero(tx.currency());
            let theirs = Invoice::PARTY.is(&id) & Invoice::STATE.is(&InvoiceState::Posted);
            let mut invoices = tx.find(theirs & Invoice::OPEN.is_not(&zero))?;
            invoices.sort_by_key(|invoice| (invoice.due_on.is_none(), invoice.due_on, invoice.id));
            let advances = Payment::PARTY.is(&id) & Payment::UNALLOCATED.is_not(&zero);
            let payments = tx.find(advances)?;
            let exposure = order_to_cash::exposure(tx, &party, &[])?;
            Ok(Seen { party, invoices, payments, exposure, today: tx.today() })
        })
        .await?;
    let language = ask.language;
    let title = seen.party.name.clone();
    let crumbs =
        vec![(say(language, "Balance âgée", "Aged balance").to_owned(), "/receivables".to_owned())];
    let standing = seen.party.standing;
    let beside = state(show::tone(standing.name()), standing.label().say(language));
    let record = Button::link(say(language, "Fiche client", "Customer"), format!("/parties/{id}"));
    let body = html! {
        (head(&html! { (say(language, "Compte client", "Customer account")) }, &title, &beside,
            &[record]))
        (figures(&key_figures(&ask, &seen)))
        (section(
            say(language, "Ce qui est ouvert", "What is open"),
            &html! {},
            &documents(&ask, &seen),
        ))
        @if !seen.payments.is_empty() {
            (section(
                say(language, "Règlements à imputer", "Payments to allocate"),
                &html! {},
                &payments(&ask, &seen),
            ))
        }
    };
    Ok(ask.page(RECEIVABLES, crumbs, &title, &body))
}

fn key_figures(ask: &Ask, seen: &Seen) -> Vec<Figure> {
    let language = ask.language;
    let exposure = &seen.exposure;
    let late = Money::sum(
        exposure.receivables.currency,
        seen.invoices
            .iter()
            .filter(|invoice| bucket(invoice.due_on, seen.today) > 0)
            .map(|invoice| invoice.open),
    );
    let since = exposure.overdue_since.map(|day| match language {
        Language::French => format!("depuis le {}", language.day(day)),
        Language::English => format!("since {}", language.day(day)),
    });
    let left = exposure.left().map(|left| (language.money(left.abs()), left.minor < 0));
    let limit = match (left, language) {
        (None, _) => say(language, "sans plafond", "no limit").to_owned(),
        (Some((amount, true)), Language::French) => format!("{amount} au-dessus"),
        (Some((amount, false)), Language::French) => format!("{amount} de marge"),
        (Some((amount, true)), Language::English) => format!("{amount} beyond"),
        (Some((amount, false)), Language::English) => format!("{amount} left"),
    };
    let over = exposure.left().is_some_and(|left| left.minor < 0);
    vec![
        Figure::new(
            say(language, "Créances ouvertes", "Open receivables"),
            language.money(exposure.receivables),
            say(language, "avoirs et avances déduits", "credits deducted"),
        ),
        Figure::new(
            say(language, "Échu", "Overdue"),
            language.money(late),
            since.unwrap_or_default(),
        )
        .tone(if late.minor > 0 { Tone::Watch } else { Tone::Done }),
        Figure::new(
            say(language, "Encours", "Exposure"),
            language.money(exposure.total()),
            say(language, "avec les commandes à facturer", "with orders to invoice"),
        ),
        Figure::new(
            say(language, "Plafond", "Limit"),
            exposure.limit.map_or_else(|| "—".to_owned(), |limit| language.money(limit)),
            limit,
        )
        .tone(if over { Tone::Blocked } else { Tone::Done }),
    ]
}

fn documents(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::title(say(language, "Pièce", "Document")),
        Column::quiet(say(language, "Émise le", "Issued on")),
        Column::text(say(language, "Échéance", "Due on")).fold(Fold::Number),
        Column::state(say(language, "Retard", "Late")).grow(),
        Column::quiet(say(language, "Relance", "Reminder")),
        Column::figure(say(language, "Total €", "Total €")),
        Column::amount(say(language, "Reste dû €", "Open €")),
    ];
    let day = |day: Option<Day>| day.map(|day| language.day(day)).unwrap_or_default();
    let signed = |invoice: &Invoice, amount: Money| {
        if invoice.kind == InvoiceKind::CreditNote { -amount } else { amount }
    };
    let row = |invoice: &Kept<Invoice>| {
        let late = invoice.due_on.map_or(0, |due| i64::from(seen.today - due));
        Row::new(vec![
            html! {
                a href={ "/invoices/" (invoice.id) } { (invoice.number.as_deref().unwrap_or("—")) }
            },
            html! { (day(invoice.issued_on)) },
            html! { (day(invoice.due_on)) },
            lateness(language, invoice.kind, late),
            html! { (day(invoice.dunned_on)) },
            html! { (language.amount(signed(invoice, invoice.total))) },
            html! { (language.amount(signed(invoice, invoice.open))) },
        ])
    };
    let sum = Money::sum(
        seen.exposure.receivables.currency,
        seen.invoices.iter().map(|invoice| signed(invoice, invoice.open)),
    );
    Ledger::new(language, say(language, "Pièces ouvertes", "Open documents"), columns)
        .rows(seen.invoices.iter().map(row))
        .total(Sum::new(say(language, "Total", "Total"), vec![html! { (language.amount(sum)) }]))
        .empty(empty(say(language, "Rien n’est dû.", "Nothing is due."), "", &[]))
        .render()
}

fn lateness(language: Language, kind: InvoiceKind, late: i64) -> Markup {
    match (kind, language, late) {
        (InvoiceKind::CreditNote, _, _) => {
            state(Tone::Yours, say(language, "avoir à imputer", "credit to set off"))
        }
        (_, Language::French, 61..) => state(Tone::Blocked, &format!("{late} j")),
        (_, Language::English, 61..) => state(Tone::Blocked, &format!("{late} d")),
        (_, Language::French, 1..) => state(Tone::Watch, &format!("{late} j")),
        (_, Language::English, 1..) => state(Tone::Watch, &format!("{late} d")),
        _ => state(Tone::Wait, say(language, "à échoir", "not due")),
    }
}

fn payments(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::title(say(language, "Règlement", "Payment")),
        Column::text(say(language, "Date", "Day")).fold(Fold::Number),
        Column::quiet(say(language, "Moyen", "Method")).grow(),
        Column::figure(say(language, "Montant €", "Amount €")),
        Column::amount(say(language, "À imputer €", "To allocate €")),
        Column::text(""),
    ];
    let row = |payment: &Kept<Payment>| {
        Row::new(vec![
            html! {
                a href={ "/payments/" (payment.id) } { (payment.number.as_deref().unwrap_or("—")) }
            },
            html! { (language.day(payment.day)) },
            html! { (payment.method.label().say(language)) },
            html! { (language.amount(payment.amount)) },
            html! { (language.amount(payment.unallocated)) },
            html! {
                @if ask.actor.can("payment.allocate") {
                    (Button::link(
                        say(language, "Imputer", "Allocate"),
                        format!("/payments/{}/do/allocate", payment.id),
                    ).small())
                }
            },
        ])
    };
    Ledger::new(language, say(language, "Règlements à imputer", "Payments to allocate"), columns)
        .rows(seen.payments.iter().map(row))
        .render()
}
