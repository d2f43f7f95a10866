//! The aged balance: what each customer owes, and how late it is.

use std::collections::HashMap;

use erp::finance::{self, AgedRow, BUCKETS};
use kernel::{
    Choice, Condition, Currency, Day, Entity, Fault, Id, Language, Money, Query, Tx, Value,
};
use master::{Party, Standing};
use maud::{Markup, Render, html};
use processes::payment_follow_up::{self, Reminder};

use super::{RECEIVABLES, views};
use crate::answer::Answer;
use crate::door::Ask;
use crate::pages::ledgers::entry::blank_if_zero;
use crate::parts::{
    Button, Column, Figure, Fold, Ledger, Row, Sum, Tone, empty, figures, head, say, state,
};
use crate::show;

struct Seen {
    rows: Vec<AgedRow>,
    standings: HashMap<Id<Party>, Standing>,
    reminders: Vec<Reminder>,
    today: Day,
    currency: Currency,
}

/// `GET /receivables`.
pub async fn page(ask: Ask) -> Answer {
    ask.may("payment.read")?;
    let seen = ask
        .read(|tx, _| {
            let today = tx.today();
            let mut rows = finance::aged_balance(tx, today)?;
            rows.sort_by_key(|row| std::cmp::Reverse((overdue(row).minor, row.balance().minor)));
            let standings = standings(tx, &rows)?;
            let reminders = payment_follow_up::reminders(tx)?;
            Ok(Seen { rows, standings, reminders, today, currency: tx.currency() })
        })
        .await?;
    let language = ask.language;
    let title = say(language, "Balance âgée", "Aged balance");
    let due = seen.reminders.iter().map(|reminder| reminder.invoices.len()).sum();
    let over = match language {
        Language::French => format!("au {}", language.day(seen.today)),
        Language::English => format!("on {}", language.day(seen.today)),
    };
    let mut buttons = Vec::new();
    if due > 0 && ask.actor.can("invoice.remind") {
        let label = say(language, "Préparer les relances", "Prepare the reminders");
        buttons.push(Button::link(label, "/receivables/reminders").primary());
    }
    let body = html! {
        (head(&html! { (over) }, title, &html! {}, &buttons))
        (views(&ask, false, due))
        (figures(&key_figures(&ask, &seen)))
        (ledger(&ask, &seen))
    };
    Ok(ask.page(RECEIVABLES, Vec::new(), title, &body))
}

/// What of a customer's debt should have been paid.
fn overdue(row: &AgedRow) -> Money {
    Money::sum(row.credits.currency, row.buckets.iter().skip(1).copied())
}

fn standings(tx: &mut Tx<'_>, rows: &[AgedRow]) -> Result<HashMap<Id<Party>, Standing>, Fault> {
    let mut found = HashMap::new();
    for some in rows.chunks(500) {
        let ids = some.iter().map(|row| Value::Ref(row.party.raw())).collect();
        let query = Query::all(Party::DEF).only(Condition::Among("id", ids));
        for party in tx.select::<Party>(query)? {
            found.insert(party.id, party.standing);
        }
    }
    Ok(found)
}

fn bucket_sum(seen: &Seen, rank: usize) -> Money {
    Money::sum(seen.currency, seen.rows.iter().map(|row| row.buckets[rank]))
}

fn key_figures(ask: &Ask, seen: &Seen) -> Vec<Figure> {
    let language = ask.language;
    let open = Money::sum(seen.currency, seen.rows.iter().map(AgedRow::balance));
    let late = Money::sum(seen.currency, seen.rows.iter().map(overdue));
    let owing = seen.rows.iter().filter(|row| overdue(row).minor > 0).count();
    let all = Money::sum(seen.currency, (0..BUCKETS).map(|rank| bucket_sum(seen, rank)));
    let share = if all.minor > 0 { language.rate(whole_percent(late, all)) } else { String::new() };
    let of_all = match language {
        Language::French => format!("{share} des créances"),
        Language::English => format!("{share} of receivables"),
    };
    let customers = |count: usize| match (language, count) {
        (Language::French, 0 | 1) => format!("{count} client"),
        (Language::French, _) => format!("{count} clients"),
        (Language::English, 1) => "1 customer".to_owned(),
        (Language::English, _) => format!("{count} customers"),
    };
    let old = bucket_sum(seen, BUCKETS - 1);
    let to_remind = Money::sum(seen.currency, seen.reminders.iter().map(|reminder| reminder.open));
    vec![
        Figure::new(
            say(language, "À encaisser", "To collect"),
            language.money(open),
            customers(seen.rows.len()),
        ),
        Figure::new(
            say(language, "Échu", "Overdue"),
            language.money(late),
            if share.is_empty() { String::new() } else { of_all },
        )
        .tone(if late.minor > 0 { Tone::Watch } else { Tone::Done }),
        Figure::new(
            say(language, "Échu depuis plus de 90 j", "More than 90 d late"),
            language.money(old),
            "",
        )
        .tone(if old.minor > 0 { Tone::Blocked } else { Tone::Done }),
        Figure::new(say(language, "Clients en retard", "Customers late"), owing.to_string(), ""),
        Figure::new(
            say(language, "À relancer", "To remind"),
            language.money(to_remind),
            customers(seen.reminders.len()),
        )
        .href("/receivables/reminders"),
    ]
}

/// A share in whole percents.
fn whole_percent(part: Money, all: Money) -> kernel::Rate {
    let scaled = kernel::divide_half_up(i128::from(part.minor) * 100, i128::from(all.minor.max(1)));
    kernel::Rate::percent(i64::try_from(scaled).unwrap_or(0))
}

fn ledger(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::title(say(language, "Client", "Customer")).grow(),
        Column::state(say(language, "Situation", "Standing")),
        Column::figure(say(language, "À échoir €", "Not due €")),
        Column::figure(say(language, "1 à 30 j €", "1–30 d €")),
        Column::figure(say(language, "31 à 60 j €", "31–60 d €")),
        Column::figure(say(language, "61 à 90 j €", "61–90 d €")),
        Column::figure(say(language, "Plus €", "More €")),
        Column::figure(say(language, "Avances et avoirs €", "Credits €")),
        Column::figure(say(language, "Solde €", "Balance €")).fold(Fold::Amount),
    ];
    let mut totals: Vec<Money> = (0..BUCKETS).map(|rank| bucket_sum(seen, rank)).collect();
    let credits = Money::sum(seen.currency, seen.rows.iter().map(|row| row.credits));
    totals.push(-credits);
    totals.push(Money::sum(seen.currency, seen.rows.iter().map(AgedRow::balance)));
    let tail = totals.into_iter().map(|amount| html! { (language.amount(amount)) }).collect();
    Ledger::new(language, say(language, "Balance âgée", "Aged balance"), columns)
        .pinned()
        .rows(seen.rows.iter().map(|row| line(ask, seen, row)))
        .total(Sum::new(say(language, "Total", "Total"), tail))
        .empty(empty(
            say(language, "Personne ne doit rien.", "No one owes anything."),
            say(
                language,
                "Les factures validées et non payées apparaissent ici.",
                "Posted invoices that are not paid appear here.",
            ),
            &[],
        ))
        .render()
}

fn line(ask: &Ask, seen: &Seen, row: &AgedRow) -> Row {
    let language = ask.language;
    let standing = seen.standings.get(&row.party).copied().unwrap_or(Standing::Good);
    let mut cells = vec![
        html! { a href={ "/receivables/" (row.party) } { (row.name) } },
        state(show::tone(standing.name()), standing.label().say(language)),
    ];
    for (rank, amount) in row.buckets.iter().enumerate() {
        let class =
            if amount.is_zero() { "" } else { ["", "", "warn-t", "warn-t", "stop-t"][rank] };
        cells.push(html! { span class=(class) { (blank_if_zero(ask, *amount)) } });
    }
    cells.push(html! { (blank_if_zero(ask, -row.credits)) });
    cells.push(html! { (language.amount(row.balance())) });
    Row::new(cells)
}
