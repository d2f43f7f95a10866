//! The general ledger of an account: its lines by day, with the balance that they carry.

use axum::extract::Path;
use erp::finance::{self, Account, GeneralLedger, LedgerLine};
use kernel::{Entity, Fault, Faults, Id, Kept, Money, RawId};
use maud::{Markup, Render, html};

use super::BALANCE;
use super::balance::usual;
use super::entry::blank_if_zero;
use crate::address::Fields;
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::pages::acting;
use crate::pages::period::{self, Period};
use crate::parts::{
    Button, Column, Figure, Fold, Icon, Ledger, Row, Sum, Tone, bulk_bar, chips, empty, figures,
    head, pager, say,
};
use crate::posted::Posted;
use crate::{together, words};

/// How many lines a page has.
const PAGE: usize = 200;

/// `GET /accounts/{id}`: an account is read in its ledger.
pub async fn record(ask: Ask, id: RawId) -> Answer {
    ask.may("journal_entry.read")?;
    let account = ask.read(move |tx, _| Ok(tx.get(Id::<Account>::from_raw(id))?)).await?;
    Ok(answer::go(&format!("/ledgers/accounts/{}", account.number)))
}

/// What the page shows.
struct Seen {
    account: Kept<Account>,
    period: Period,
    ledger: GeneralLedger,
}

/// `GET /ledgers/accounts/{number}?from=&to=&page=`.
pub async fn page(ask: Ask, Path(number): Path<String>) -> Answer {
    drawn(&ask, number, &Faults::default()).await
}

async fn drawn(ask: &Ask, number: String, faults: &Faults) -> Answer {
    ask.may("journal_entry.read")?;
    let seen = ask
        .read(move |tx, ask| {
            let missing = || Fault::new("account.missing").with("number", number.as_str());
            let account = tx.first(Account::NUMBER.is(&number))?.ok_or_else(missing)?;
            let period = Period::of(ask, usual(tx)?);
            let ledger = finance::general_ledger(tx, &number, period.from, period.to)?;
            Ok(Seen { account, period, ledger })
        })
        .await?;
    let language = ask.language;
    let title = format!("{} {}", seen.account.number, seen.account.name);
    let path = format!("/ledgers/accounts/{}", seen.account.number);
    let all = format!("/ledgers/balance?{}", seen.period.query());
    let crumbs = vec![(say(language, "Balance générale", "Trial balance").to_owned(), all)];
    let mut buttons = Vec::new();
    if ask.actor.can("account.update") {
        let edit = format!("/accounts/{}/edit", seen.account.id);
        buttons.push(Button::link(ask.say(words::EDIT), edit).icon(Icon::Edit).key("e"));
    }
    let story = together::story(ask, Account::DEF, seen.account.id.raw(), Vec::new()).await?;
    buttons.splice(0..0, story.follow(ask).map(Button::bare));
    let form = period::form(ask, &path, seen.period, &[], "#ledger");
    let over = html! { (say(language, "Grand livre", "General ledger")) };
    let body = html! {
        (head(&over, &title, &html! {}, &buttons))
        (crate::record::refusals(ask, faults))
        div #ledger {
            (chips(language, &[], &form))
            (summary(ask, &seen))
            (lines(ask, &seen, &path))
            @if letters(ask, &seen) { (lettering(ask, &seen, &path)) }
        }
        (story.told(ask))
    };
    Ok(acting::with_status(ask.page(BALANCE, crumbs, &title, &body), faults))
}

/// Whether lines of the account are lettered here, by this person.
fn letters(ask: &Ask, seen: &Seen) -> bool {
    finance::letters_by_hand(&seen.account.number)
        && ask.actor.can("account.letter")
        && !seen.ledger.lines.is_empty()
}

/// What is done with the lines chosen.
fn lettering(ask: &Ask, seen: &Seen, path: &str) -> Markup {
    let language = ask.language;
    let to = |act: &str| format!("{path}/{act}?{}", seen.period.query());
    bulk_bar(
        language,
        "lettering",
        &acting::unseen(ask),
        &[
            Button::submit(say(language, "Lettrer", "Letter")).to(to("letter")).key("l"),
            Button::submit(say(language, "Délettrer", "Unletter"))
                .to(to("unletter"))
                .key("shift+l"),
        ],
    )
}

/// `POST /ledgers/accounts/{number}/{letter|unletter}`: the lines chosen.
pub async fn letter(Path((number, act)): Path<(String, String)>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let act = if act == "letter" { "letter" } else { "unletter" };
    let wanted = number.clone();
    let account = ask
        .read(move |tx, _| {
            let missing = || Fault::new("account.missing").with("number", wanted.as_str());
            Ok(tx.first(Account::NUMBER.is(&wanted))?.ok_or_else(missing)?.id)
        })
        .await?;
    let mut given = Fields::default();
    given.push("key", fields.text("key"));
    given.push("lines", fields.all("id").collect::<Vec<_>>().join("\n"));
    match acting::run(&ask, &given, act, account, &[]).await {
        Ok(_) => {
            let said = match act {
                "letter" => {
                    say(ask.language, "Les lignes sont lettrées.", "The lines are lettered.")
                }
                _ => say(ask.language, "Les lignes sont délettrées.", "The lines are unlettered."),
            };
            let query = ask.query.after(&format!("/ledgers/accounts/{number}"));
            Ok(ask.go_saying(&query, Tone::Done, said))
        }
        Err(faults) => drawn(&ask, number, &faults).await,
    }
}

fn summary(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let zero = Money::zero(seen.ledger.opening.currency);
    let sum = |side: fn(&LedgerLine) -> Money| {
        seen.ledger.lines.iter().fold(zero, |sum, line| sum + side(line))
    };
    let on = |day| language.day(day);
    figures(&[
        Figure::new(
            say(language, "Solde initial", "Opening balance"),
            balance(ask, seen.ledger.opening),
            on(seen.period.from),
        ),
        Figure::new(
            say(language, "Débits", "Debits"),
            language.money(sum(|line| line.debit)),
            String::new(),
        ),
        Figure::new(
            say(language, "Crédits", "Credits"),
            language.money(sum(|line| line.credit)),
            String::new(),
        ),
        Figure::new(
            say(language, "Solde final", "Closing balance"),
            balance(ask, seen.ledger.closing),
            on(seen.period.to),
        ),
    ])
}

/// `1 234,00 € D`: on which side an account stands.
fn balance(ask: &Ask, amount: Money) -> String {
    let side = match amount.minor {
        0 => "",
        1.. => say(ask.language, " D", " Dr"),
        _ => say(ask.language, " C", " Cr"),
    };
    format!("{}{side}", ask.language.money(amount.abs()))
}

fn lines(ask: &Ask, seen: &Seen, path: &str) -> Markup {
    let language = ask.language;
    let all = &seen.ledger.lines;
    let pages = all.len().div_ceil(PAGE).max(1);
    let page = ask.query.text("page").parse::<usize>().unwrap_or(1).clamp(1, pages);
    let start = (page - 1) * PAGE;
    let shown = &all[start..all.len().min(start + PAGE)];
    let carried = if start == 0 { seen.ledger.opening } else { all[start - 1].balance };
    let columns = vec![
        Column::quiet(say(language, "Date", "Day")).fold(Fold::Number),
        Column::number(say(language, "Écriture", "Entry")).fold(Fold::Hidden),
        Column::number(say(language, "Pièce", "Document")).fold(Fold::Hidden),
        Column::title(say(language, "Libellé", "Label")).grow(),
        Column::quiet(say(language, "Lettrage", "Lettering")),
        Column::figure(say(language, "Débit €", "Debit €")).fold(Fold::State),
        Column::figure(say(language, "Crédit €", "Credit €")).fold(Fold::State),
        Column::figure(say(language, "Solde €", "Balance €")).fold(Fold::Amount),
    ];
    let last = shown.last().map_or(carried, |line| line.balance);
    let total = |label, amount| Sum::new(label, vec![html! { (language.amount(amount)) }]);
    let at = |page: usize| format!("{path}?{}&page={page}", seen.period.query());
    let (first, next) = ((page > 1).then(|| at(1)), (page < pages).then(|| at(page + 1)));
    let ledger = Ledger::new(language, say(language, "Grand livre", "General ledger"), columns)
        .first(start + 1)
        .pinned()
        .group(total(say(language, "Report", "Carried forward"), carried))
        .rows(shown.iter().map(|line| row(ask, line)))
        .total(total(say(language, "Solde", "Balance"), last))
        .empty(empty(
            say(language, "Aucun mouvement sur cette période.", "No movement in this period."),
            say(language, "Choisissez d’autres dates.", "Choose other days."),
            &[],
        ));
    let ledger = if letters(ask, seen) { ledger.choose("lettering") } else { ledger };
    html! {
        (ledger.render())
        @if pages > 1 {
            (pager(language, shown.len(), first.as_deref(), next.as_deref(), Some("#ledger")))
        }
    }
}

fn row(ask: &Ask, line: &LedgerLine) -> Row {
    let language = ask.language;
    let href = format!("/journal_entries/{}", line.entry);
    let number = line.number.map_or_else(|| "—".to_owned(), |number| number.to_string());
    Row::new(vec![
        html! { (language.day(line.day)) },
        html! { a href=(href) { (line.journal) " " (number) } },
        html! { (line.piece) },
        html! {
            a href=(href) { (line.label) }
            @if let (Some(id), Some(name)) = (line.party, &line.party_name) {
                // Most labels name the party already.
                @if !line.label.contains(name.as_str()) {
                    " " small.d-only { a href={ "/parties/" (id) } { (name) } }
                }
            }
        },
        html! { @if let Some(code) = &line.lettering { (code) } },
        side(ask, line.debit, say(language, "D", "Dr")),
        side(ask, line.credit, say(language, "C", "Cr")),
        html! { (language.amount(line.balance)) },
    ])
    .record(line.line.to_string(), line.label.as_str())
}

/// A debit or a credit; on a phone, where both share a place, it says which.
fn side(ask: &Ask, amount: Money, word: &str) -> Markup {
    html! {
        @if !amount.is_zero() {
            (blank_if_zero(ask, amount)) span.m-only { " " (word) }
        }
    }
}
