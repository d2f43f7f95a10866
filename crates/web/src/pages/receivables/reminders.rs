//! The reminders to send: invoices late enough that no one recalled yet, customer by customer.

use std::collections::HashMap;

use erp::finance::{Invoice, OverdueInvoice};
use kernel::{Day, Faults, Id, Language, Money, RawId};
use master::Party;
use maud::{Markup, Render, html};
use processes::payment_follow_up::{self, REMINDER_DAYS, Reminder};
use serde_json::json;

use super::{RECEIVABLES, views};
use crate::answer::Answer;
use crate::door::{Ask, new_key};
use crate::pages::acting;
use crate::parts::{
    Button, Column, Fold, Icon, Ledger, Row, Sum, Tone, bulk_bar, empty, head, say, state,
};
use crate::posted::Posted;
use crate::record;

/// The customers to be reminded, with their names and their addresses.
struct Seen {
    reminders: Vec<Reminder>,
    parties: HashMap<Id<Party>, (String, Option<String>)>,
    today: Day,
}

/// `GET /receivables/reminders`.
pub async fn list(ask: Ask) -> Answer {
    ask.may("payment.read")?;
    page(&ask, &Faults::default()).await
}

async fn page(ask: &Ask, faults: &Faults) -> Answer {
    let seen = ask
        .read(|tx, _| {
            let reminders = payment_follow_up::reminders(tx)?;
            let mut parties = HashMap::new();
            for reminder in &reminders {
                let party = tx.get(reminder.party)?;
                parties.insert(party.id, (party.name.clone(), party.email.clone()));
            }
            Ok(Seen { reminders, parties, today: tx.today() })
        })
        .await?;
    let language = ask.language;
    let title = say(language, "Relances à envoyer", "Reminders to send");
    let count = seen.reminders.iter().map(|reminder| reminder.invoices.len()).sum();
    let crumbs =
        vec![(say(language, "Balance âgée", "Aged balance").to_owned(), "/receivables".to_owned())];
    let may = ask.actor.can("invoice.remind");
    let note = match language {
        Language::French => format!(
            "Premier rappel, courtois : les factures échues depuis {REMINDER_DAYS} jours au moins \
             et jamais relancées."
        ),
        Language::English => format!(
            "First reminder, a friendly one: invoices at least {REMINDER_DAYS} days late that were \
             never recalled."
        ),
    };
    let chosen = say(language, "Relancer", "Remind");
    let body = html! {
        (head(&html! {}, title, &html! {}, &buttons(ask, &seen, count, may)))
        (record::refusals(ask, faults))
        (views(ask, true, count))
        p.muted.mb { (note) }
        (ledger(ask, &seen, may))
        @if may && count > 0 {
            (bulk_bar(language, "reminders", &acting::unseen(ask), &[
                Button::submit(chosen).to("/receivables/remind").icon(Icon::Mail).key("r"),
            ]))
        }
    };
    Ok(acting::with_status(ask.page(RECEIVABLES, crumbs, title, &body), faults))
}

fn buttons(ask: &Ask, seen: &Seen, count: usize, may: bool) -> Vec<Button> {
    if count == 0 || !may {
        return Vec::new();
    }
    let (label, sure) = match (ask.language, count) {
        (Language::French, 1) => {
            ("Envoyer la relance".to_owned(), "Envoyer cette relance ?".to_owned())
        }
        (Language::French, _) => {
            (format!("Envoyer les {count} relances"), format!("Envoyer {count} relances ?"))
        }
        (Language::English, 1) => {
            ("Send the reminder".to_owned(), "Send this reminder?".to_owned())
        }
        (Language::English, _) => {
            (format!("Send the {count} reminders"), format!("Send {count} reminders?"))
        }
    };
    let mut all = Button::post(label, "/receivables/remind").hidden("token", ask.token.as_str());
    all = all.hidden("key", new_key());
    for invoice in seen.reminders.iter().flat_map(|reminder| &reminder.invoices) {
        all = all.hidden("id", invoice.invoice.to_string());
    }
    vec![all.primary().icon(Icon::Mail).confirm(sure)]
}

fn ledger(ask: &Ask, seen: &Seen, may: bool) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::title(say(language, "Facture", "Invoice")),
        Column::text(say(language, "Échéance", "Due on")).fold(Fold::Number).grow(),
        Column::state(say(language, "Retard", "Late")),
        Column::amount(say(language, "Reste dû €", "Open €")),
    ];
    let name = say(language, "Relances à envoyer", "Reminders to send");
    let mut ledger = Ledger::new(language, name, columns).empty(empty(
        say(language, "Aucune relance à envoyer.", "No reminder to send."),
        say(
            language,
            "Chaque facture en retard a déjà été rappelée, ou l’est depuis trop peu de jours.",
            "Each late invoice was recalled already, or is late for too few days.",
        ),
        &[],
    ));
    if may {
        ledger = ledger.choose("reminders");
    }
    for reminder in &seen.reminders {
        let (name, email) = match seen.parties.get(&reminder.party) {
            Some((name, email)) => (name.as_str(), email.as_deref()),
            None => ("—", None),
        };
        let to = email.unwrap_or(say(language, "sans adresse électronique", "no e-mail address"));
        ledger = ledger
            .group(Sum::new(name, vec![html! { (language.amount(reminder.open)) }]).note(to))
            .rows(reminder.invoices.iter().map(|invoice| row(ask, invoice)));
    }
    let all = seen.reminders.iter().map(|reminder| reminder.open);
    let zero =
        seen.reminders.first().map_or(Money::eur(0), |first| Money::zero(first.open.currency));
    let sum = all.fold(zero, |sum, amount| sum + amount);
    debug_assert!(seen.reminders.iter().all(|reminder| reminder.oldest_due_on < seen.today));
    ledger
        .total(Sum::new(say(language, "Total", "Total"), vec![html! { (language.amount(sum)) }]))
        .render()
}

fn row(ask: &Ask, invoice: &OverdueInvoice) -> Row {
    let language = ask.language;
    let late = match language {
        Language::French => format!("{} j", invoice.days_late),
        Language::English => format!("{} d", invoice.days_late),
    };
    let tone = if invoice.days_late > 60 { Tone::Blocked } else { Tone::Watch };
    Row::new(vec![
        html! { a href={ "/invoices/" (invoice.invoice) } { (invoice.number) } },
        html! { (language.day(invoice.due_on)) },
        state(tone, &late),
        html! { (language.amount(invoice.open)) },
    ])
    .record(invoice.invoice.to_string(), invoice.number.as_str())
}

/// `POST /receivables/remind`: reminds of each of these invoices. All of them, or none.
pub async fn remind(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("invoice.remind")?;
    let done = ask
        .command(&fields, |tx, actor, fields| {
            let mut sent = 0;
            for text in fields.all("id") {
                let invoice = Id::<Invoice>::from_raw(RawId::parse(text)?);
                payment_follow_up::remind(tx, actor, invoice)?;
                sent += 1;
            }
            Ok(json!(sent))
        })
        .await;
    match done {
        Ok(count) => {
            let count = count.as_i64().unwrap_or(0);
            let said = match (ask.language, count) {
                (Language::French, 0 | 1) => format!("{count} relance part."),
                (Language::French, _) => format!("{count} relances partent."),
                (Language::English, 1) => "1 reminder is on its way.".to_owned(),
                (Language::English, _) => format!("{count} reminders are on their way."),
            };
            Ok(ask.go_saying("/receivables/reminders", Tone::Done, &said))
        }
        Err(faults) => page(&ask, &faults).await,
    }
}
