//! One statement: its balances, and each of its lines with what it was matched with.

use erp::finance::{BankLine, BankLineState, BankStatement};
use kernel::{Entity, Faults, Id, Kept, Money};
use maud::{Markup, Render, html};

use super::matching::wording;
use crate::answer::Answer;
use crate::door::Ask;
use crate::pages::acting;
use crate::parts::{
    Button, Column, Figure, Fold, Icon, Ledger, Row, Sum, Tone, figures, head, say, state,
};
use crate::record;
use crate::titles::Titles;
use crate::together;

pub async fn page(ask: &Ask, id: Id<BankStatement>, faults: &Faults) -> Answer {
    let (statement, lines, titles) = ask
        .read(move |tx, ask| {
            let statement = tx.get(id)?;
            let lines = tx.find(BankLine::STATEMENT.is(&id))?;
            let payments = lines.iter().filter_map(|line| line.payment);
            let named: Vec<_> = payments.map(|payment| ("payment", payment.raw())).collect();
            let mut titles = Titles::default();
            titles.gather(ask.state.catalog, tx, &ask.actor, named)?;
            Ok((statement, lines, titles))
        })
        .await?;
    let language = ask.language;
    let crumbs =
        vec![(BankStatement::DEF.labels.say(language).to_owned(), "/bank_statements".to_owned())];
    let open = lines.iter().filter(|line| line.state == BankLineState::Open).count();
    let beside = if open == 0 {
        state(Tone::Done, say(language, "rapproché", "matched"))
    } else {
        state(Tone::Half, &format!("{open} {}", say(language, "à rapprocher", "to match")))
    };
    let mut buttons =
        vec![Button::link(crate::words::HISTORY.say(language), "?tab=history").bare().desk_only()];
    let story = together::story(ask, BankStatement::DEF, id.raw(), Vec::new()).await?;
    buttons.extend(story.follow(ask).map(Button::bare));
    if open > 0 {
        let to = format!("/bank?statement={id}");
        buttons.push(Button::link(say(language, "Rapprocher", "Match"), to).primary());
    }
    let days = format!(
        "{} · {} – {}",
        statement.iban,
        language.day(statement.starts_on),
        language.day(statement.ends_on)
    );
    let body = html! {
        (head(&html! { (days) }, &statement.reference, &beside, &buttons))
        (record::refusals(ask, faults))
        (figures(&balances(ask, &statement, &lines)))
        (ledger(ask, &lines, &titles))
        (story.told(ask))
    };
    let response = ask.page("bank_statements", crumbs, &statement.reference, &body);
    Ok(acting::with_status(response, faults))
}

fn balances(ask: &Ask, statement: &BankStatement, lines: &[Kept<BankLine>]) -> Vec<Figure> {
    let language = ask.language;
    let money = |amount: Option<Money>| {
        amount.map_or_else(|| "—".to_owned(), |amount| language.money(amount))
    };
    let zero = lines.first().map_or(Money::eur(0), |line| Money::zero(line.amount.currency));
    let sum = |keep: fn(&Money) -> bool| {
        let amounts = lines.iter().map(|line| line.amount).filter(keep);
        language.money(amounts.fold(zero, |sum, amount| sum + amount))
    };
    vec![
        Figure::new(say(language, "Solde initial", "Opening"), money(statement.opening), ""),
        Figure::new(say(language, "Entrées", "In"), sum(|amount| amount.minor > 0), ""),
        Figure::new(say(language, "Sorties", "Out"), sum(|amount| amount.minor < 0), ""),
        Figure::new(say(language, "Solde final", "Closing"), money(statement.closing), ""),
    ]
}

fn ledger(ask: &Ask, lines: &[Kept<BankLine>], titles: &Titles) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::quiet(say(language, "Date", "Day")).fold(Fold::Number),
        Column::title(say(language, "Libellé de la banque", "Bank’s text")).grow(),
        Column::state(say(language, "État", "State")),
        Column::text(say(language, "Règlement", "Payment")),
        Column::amount(say(language, "Montant €", "Amount €")),
        Column::text(""),
    ];
    let row = |line: &Kept<BankLine>| {
        let done = line.state == BankLineState::Matched;
        let words = wording(line);
        let payment = line.payment.map(|id| (id, titles.of("payment", id.raw()).unwrap_or("—")));
        Row::new(vec![
            html! { (language.short_day(line.booked_on)) },
            html! { a href={ "/bank?line=" (line.id) } title=(words) { (words) } },
            state(
                if done { Tone::Done } else { Tone::Wait },
                kernel::Choice::label(line.state).say(language),
            ),
            html! {
                @if let Some((id, number)) = payment { a href={ "/payments/" (id) } { (number) } }
                @else if let Some(entry) = line.entry {
                    a href={ "/journal_entries/" (entry) } { (say(language, "écriture", "entry")) }
                }
            },
            html! { (language.amount(line.amount)) },
            html! { @if done && ask.actor.can("bank_line.undo") { (undo(ask, line.id)) } },
        ])
    };
    let zero = lines.first().map_or(Money::eur(0), |line| Money::zero(line.amount.currency));
    let sum = lines.iter().fold(zero, |sum, line| sum + line.amount);
    Ledger::new(language, say(language, "Mouvements", "Lines"), columns)
        .pinned()
        .rows(lines.iter().map(row))
        .total(Sum::new("Total", vec![html! { (language.amount(sum)) }, html! {}]))
        .render()
}

fn undo(ask: &Ask, id: Id<BankLine>) -> Button {
    Button::post(say(ask.language, "Défaire", "Undo"), format!("/bank/lines/{id}/undo"))
        .hidden("token", ask.token.as_str())
        .hidden("key", crate::door::new_key())
        .icon(Icon::Undo)
        .small()
        .confirm(say(
            ask.language,
            "Défaire ce rapprochement ? Le règlement qu’il a créé est annulé par une contre-écriture.",
            "Undo this match? The payment that it made is undone by a counter-entry.",
        ))
}
