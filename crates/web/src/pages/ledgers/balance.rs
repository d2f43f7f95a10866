//! The trial balance: every account that moved, class by class, and that debits equal credits.

use erp::finance::{self, FiscalYear, TrialRow};
use kernel::{Currency, Day, Faults, Language, Money, Tx};
use maud::{Markup, Render, html};

use super::BALANCE;
use super::entry::blank_if_zero;
use crate::answer::Answer;
use crate::door::Ask;
use crate::pages::period::{self, Period};
use crate::parts::{
    Button, Column, Fold, Icon, Ledger, Row, Sum, Tone, chips, empty, head, say, state,
};

/// The fiscal year of a day, or the calendar year when there is none.
///
/// # Errors
/// `store.*`.
pub fn usual(tx: &mut Tx<'_>) -> Result<Period, Faults> {
    let today = tx.today();
    let holding = FiscalYear::STARTS_ON.at_most(&today) & FiscalYear::ENDS_ON.at_least(&today);
    let from = match tx.first(holding)? {
        Some(year) => year.starts_on,
        None => Day::of(today.year(), 1, 1)?,
    };
    Ok(Period { from, to: today })
}

/// `GET /ledgers/balance?from=&to=`.
pub async fn page(ask: Ask) -> Answer {
    ask.may("journal_entry.read")?;
    let (period, rows, currency) = ask
        .read(|tx, ask| {
            let period = Period::of(ask, usual(tx)?);
            let rows = finance::trial_balance(tx, period.from, period.to)?;
            Ok((period, rows, tx.currency()))
        })
        .await?;
    let language = ask.language;
    let title = say(language, "Balance générale", "Trial balance");
    let totals = Totals::of(currency, &rows);
    let beside = if totals.debit == totals.credit && totals.debtors == totals.creditors {
        state(Tone::Done, say(language, "équilibrée", "balanced"))
    } else {
        state(Tone::Blocked, say(language, "déséquilibrée", "out of balance"))
    };
    let years = say(language, "Exercices et FEC", "Fiscal years and FEC");
    let mut buttons = vec![
        Button::link(years, "/fiscal_years").icon(Icon::File),
        Button::link(say(language, "Écritures", "Entries"), "/journal_entries"),
    ];
    if ask.actor.can("journal.write") {
        let write = say(language, "Saisir une écriture", "Write an entry");
        buttons.push(Button::link(write, "/ledgers/write").icon(Icon::Plus).key("c"));
    }
    let form = period::form(&ask, "/ledgers/balance", period, &[], "#balance");
    let body = html! {
        (head(&html! { (period.said(language)) }, title, &beside, &buttons))
        div #balance {
            (chips(language, &[], &form))
            (ledger(&ask, period, &rows, &totals))
        }
    };
    Ok(ask.page(BALANCE, Vec::new(), title, &body))
}

/// The sums of the columns.
struct Totals {
    debit: Money,
    credit: Money,
    debtors: Money,
    creditors: Money,
}

impl Totals {
    fn of(currency: Currency, rows: &[TrialRow]) -> Self {
        let zero = Money::zero(currency);
        let sum = |value: &dyn Fn(&TrialRow) -> Money| Money::sum(currency, rows.iter().map(value));
        Self {
            debit: sum(&|row| row.debit),
            credit: sum(&|row| row.credit),
            debtors: sum(&|row| row.closing().max(zero)),
            creditors: sum(&|row| (-row.closing()).max(zero)),
        }
    }
    /// On a phone the two balances share one column: one is blank on a line, neither in a sum.
    fn cells(&self, language: Language) -> Vec<Markup> {
        [self.debit, self.credit, self.debtors, self.creditors]
            .into_iter()
            .map(|amount| html! { span.d-only { (language.amount(amount)) } })
            .collect()
    }
}

/// What the accounts of a class are (plan comptable général, art. 911-1).
const fn class(language: Language, digit: char) -> &'static str {
    match digit {
        '1' => say(language, "1. Capitaux", "1. Equity and loans"),
        '2' => say(language, "2. Immobilisations", "2. Fixed assets"),
        '3' => say(language, "3. Stocks", "3. Inventories"),
        '4' => say(language, "4. Tiers", "4. Third parties"),
        '5' => say(language, "5. Financiers", "5. Cash and banks"),
        '6' => say(language, "6. Charges", "6. Expenses"),
        '7' => say(language, "7. Produits", "7. Income"),
        _ => say(language, "8. Comptes spéciaux", "8. Special accounts"),
    }
}

fn ledger(ask: &Ask, period: Period, rows: &[TrialRow], totals: &Totals) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::number(say(language, "Compte", "Account")),
        Column::title(say(language, "Libellé", "Name")).grow(),
        Column::figure(say(language, "Solde initial €", "Opening €")),
        Column::figure(say(language, "Débit €", "Debit €")),
        Column::figure(say(language, "Crédit €", "Credit €")),
        Column::figure(say(language, "Solde débiteur €", "Debit balance €")).fold(Fold::Amount),
        Column::figure(say(language, "Solde créditeur €", "Credit balance €")).fold(Fold::Amount),
    ];
    let name = say(language, "Balance générale", "Trial balance");
    let mut ledger = Ledger::new(language, name, columns).pinned().empty(empty(
        say(language, "Aucun mouvement sur cette période.", "No movement in this period."),
        say(language, "Choisissez d’autres dates.", "Choose other days."),
        &[],
    ));
    for group in rows.chunk_by(|one, other| one.number.as_bytes()[0] == other.number.as_bytes()[0])
    {
        let digit = group[0].number.chars().next().unwrap_or('8');
        let sums = Totals::of(group[0].debit.currency, group);
        ledger = ledger
            .group(Sum::new(class(language, digit), sums.cells(language)))
            .rows(group.iter().map(|row| line(ask, period, row)));
    }
    let total = Sum::new(say(language, "Total", "Total"), totals.cells(language));
    ledger.total(total).render()
}

fn line(ask: &Ask, period: Period, row: &TrialRow) -> Row {
    let zero = Money::zero(row.debit.currency);
    let closing = row.closing();
    let href = format!("/ledgers/accounts/{}?{}", row.number, period.query());
    Row::new(vec![
        html! { a href=(href) { (row.number) } },
        html! { a href=(href) { (row.name) } },
        html! { (blank_if_zero(ask, row.opening)) },
        html! { (blank_if_zero(ask, row.debit)) },
        html! { (blank_if_zero(ask, row.credit)) },
        html! { (blank_if_zero(ask, closing.max(zero))) },
        html! { (blank_if_zero(ask, (-closing).max(zero))) },
    ])
}
