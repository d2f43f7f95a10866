//! The books as a reader wants them: general ledger, trial balance, the file of entries (FEC).

use kernel::{Day, Fault, Faults, Id, Instant, Money, Tx};
use master::Party;

use crate::finance::entry::{JournalEntry, JournalLine};
use crate::finance::fiscal_year::FiscalYear;
use crate::finance::rows::Cells;

/// An account over some days.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneralLedger {
    /// The balance just before; a debit when positive.
    pub opening: Money,
    pub lines: Vec<LedgerLine>,
    pub closing: Money,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LedgerLine {
    pub line: Id<JournalLine>,
    pub entry: Id<JournalEntry>,
    pub day: Day,
    pub journal: String,
    pub number: Option<i64>,
    pub piece: String,
    pub label: String,
    pub party: Option<Id<Party>>,
    pub party_name: Option<String>,
    pub debit: Money,
    pub credit: Money,
    pub lettering: Option<String>,
    /// The balance after this line.
    pub balance: Money,
}

/// The lines of an account, by day, with the balance that they carry.
///
/// # Errors
/// `store.*`.
pub fn general_ledger(
    tx: &mut Tx<'_>,
    number: &str,
    from: Day,
    to: Day,
) -> Result<GeneralLedger, Fault> {
    let currency = tx.currency();
    let opening = balance_of(tx, number, from + -1)?;
    let rows = tx.sql(LEDGER_LINES, &[number.into(), from.into(), to.into()])?;
    let mut balance = opening;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let mut cells = Cells::of(row);
        let mut line = LedgerLine {
            line: cells.id(),
            entry: cells.id(),
            day: cells.day(),
            journal: cells.text(),
            number: cells.integer_if_any(),
            piece: cells.text(),
            label: cells.text(),
            party: cells.id_if_any(),
            party_name: cells.text_if_any(),
            debit: cells.money(currency),
            credit: cells.money(currency),
            lettering: cells.text_if_any(),
            balance,
        };
        balance += line.debit - line.credit;
        line.balance = balance;
        lines.push(line);
    }
    Ok(GeneralLedger { opening, lines, closing: balance })
}

const LEDGER_LINES: &str = "
    select line.id, entry.id, entry.day, journal.code, entry.number, entry.piece,
           coalesce(line.label, entry.label), party.id, party.name, line.debit, line.credit,
           line.lettering
    from journal_lines line
    join accounts account on account.company = line.company and account.id = line.account
    join journal_entries entry on entry.company = line.company and entry.id = line.entry
    join journals journal on journal.company = entry.company and journal.id = entry.journal
    left join parties party on party.company = line.company and party.id = line.party
    where line.company = $1 and account.number = $2 and entry.day >= $3 and entry.day <= $4
    order by entry.day, entry.id, line.id";

/// The balance of an account at the end of a day; a debit when positive.
///
/// # Errors
/// `store.*`.
pub fn balance_of(tx: &mut Tx<'_>, number: &str, to: Day) -> Result<Money, Fault> {
    let currency = tx.currency();
    let rows = tx.sql(BALANCE, &[number.into(), to.into()])?;
    Ok(Cells::of(rows.into_iter().next().unwrap_or_default()).money(currency))
}

const BALANCE: &str = "
    select cast(coalesce(sum(line.debit - line.credit), 0) as bigint)
    from journal_lines line
    join accounts account on account.company = line.company and account.id = line.account
    join journal_entries entry on entry.company = line.company and entry.id = line.entry
    where line.company = $1 and account.number = $2 and entry.day <= $3";

/// One account of the trial balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialRow {
    pub number: String,
    pub name: String,
    /// Before the first day; a debit when positive.
    pub opening: Money,
    pub debit: Money,
    pub credit: Money,
}

impl TrialRow {
    /// At the end of the last day; a debit when positive.
    #[must_use]
    pub fn closing(&self) -> Money {
        self.opening + self.debit - self.credit
    }
}

/// The balance of every account that moved up to a day. Debits equal credits, in each column.
///
/// # Errors
/// `store.*`.
pub fn trial_balance(tx: &mut Tx<'_>, from: Day, to: Day) -> Result<Vec<TrialRow>, Fault> {
    let currency = tx.currency();
    let rows = tx.sql(TRIAL_BALANCE, &[to.into(), from.into()])?;
    let read = |row| {
        let mut cells = Cells::of(row);
        TrialRow {
            number: cells.text(),
            name: cells.text(),
            opening: cells.money(currency),
            debit: cells.money(currency),
            credit: cells.money(currency),
        }
    };
    Ok(rows.into_iter().map(read).collect())
}

const TRIAL_BALANCE: &str = "
    select account.number, account.name,
           cast(sum(moved.earlier) as bigint), cast(sum(moved.debit) as bigint),
           cast(sum(moved.credit) as bigint)
    from (
      select line.account as account, 0 as earlier, line.debit as debit, line.credit as credit
      from journal_lines line
      join journal_entries entry on entry.company = line.company and entry.id = line.entry
      where line.company = $1 and entry.day <= $2 and entry.day >= $3
      union all
      select line.account, line.debit - line.credit, 0, 0
      from journal_lines line
      join journal_entries entry on entry.company = line.company and entry.id = line.entry
      where line.company = $1 and entry.day < $3
    ) moved
    join accounts account on account.company = $1 and account.id = moved.account
    group by account.number, account.name
    order by account.number";

/// One line of the file of entries, its 18 columns in order.
///
/// Source: Livre des procédures fiscales, art. A47 A-1, VII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FecRow {
    pub journal_code: String,
    pub journal_name: String,
    pub entry_number: String,
    pub entry_day: Day,
    pub account_number: String,
    pub account_name: String,
    pub party_code: Option<String>,
    pub party_name: Option<String>,
    pub piece: String,
    pub piece_day: Day,
    pub label: String,
    pub debit: Money,
    pub credit: Money,
    pub lettering: Option<String>,
    pub lettered_on: Option<Day>,
    pub posted_on: Day,
    /// The amount in another currency, when the entry was made in one.
    pub foreign_amount: Option<Money>,
    pub foreign_currency: Option<String>,
}

/// Every posted line of a fiscal year, in the order of posting.
///
/// # Errors
/// `not_found`, `store.*`.
pub fn fec_rows(tx: &mut Tx<'_>, year: Id<FiscalYear>) -> Result<Vec<FecRow>, Faults> {
    tx.get(year)?;
    let currency = tx.currency();
    let rows = tx.sql(FEC, &[year.into()])?;
    let read = |row| {
        let mut cells = Cells::of(row);
        FecRow {
            journal_code: cells.text(),
            journal_name: cells.text(),
            entry_number: cells.integer().to_string(),
            entry_day: cells.day(),
            account_number: cells.text(),
            account_name: cells.text(),
            party_code: cells.text_if_any(),
            party_name: cells.text_if_any(),
            piece: cells.text(),
            piece_day: cells.day(),
            label: cells.text(),
            debit: cells.money(currency),
            credit: cells.money(currency),
            lettering: cells.text_if_any(),
            lettered_on: cells.day_if_any(),
            posted_on: Instant(cells.integer()).day(),
            foreign_amount: None,
            foreign_currency: None,
        }
    };
    Ok(rows.into_iter().map(read).collect())
}

const FEC: &str = "
    select journal.code, journal.name, entry.number, entry.day, account.number, account.name,
           party.code, party.name, entry.piece, entry.piece_day,
           coalesce(line.label, entry.label), line.debit, line.credit,
           line.lettering, line.lettered_on, entry.posted_at
    from journal_entries entry
    join journals journal on journal.company = entry.company and journal.id = entry.journal
    join journal_lines line on line.company = entry.company and line.entry = entry.id
    join accounts account on account.company = line.company and account.id = line.account
    left join parties party on party.company = line.company and party.id = line.party
    where entry.company = $1 and entry.fiscal_year = $2 and entry.state = 'posted'
    order by entry.posted_at, journal.code, entry.number, line.id";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_row_closes_where_its_movements_lead() {
        let row = TrialRow {
            number: "411000".into(),
            name: "Clients".into(),
            opening: Money::eur(100),
            debit: Money::eur(50),
            credit: Money::eur(120),
        };
        assert_eq!(row.closing(), Money::eur(30));
    }
}
