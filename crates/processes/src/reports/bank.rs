//! The bank and the books side by side.

use erp::finance::{self, BankStatement, accounts};
use kernel::{Day, Fault, Id, Money, Tx};

use crate::rows::Cells;

/// How far the matching has come, and what the two sides say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matching {
    pub open: i64,
    pub matched: i64,
    /// The last closing balance of each account, added up; none before the first statement.
    pub bank: Option<Money>,
    /// The day of the latest of these balances.
    pub as_of: Option<Day>,
    /// The bank account in the ledger, on that day or today.
    pub books: Money,
}

impl Matching {
    /// What is at the bank and not in the books.
    #[must_use]
    pub fn gap(&self) -> Option<Money> {
        self.bank.map(|bank| bank - self.books)
    }
}

const LINES: &str = "\
select cast(coalesce(sum(case when l.state = 'open' then 1 else 0 end), 0) as bigint),
  cast(coalesce(sum(case when l.state = 'matched' then 1 else 0 end), 0) as bigint)
from bank_lines l
where l.company = $1";

const LAST_BALANCES: &str = "\
select s.closing, s.ends_on
from bank_statements s
where s.company = $1 and s.closing is not null and not exists (
  select 1 from bank_statements later
  where later.company = s.company and later.iban = s.iban and later.closing is not null
    and (later.ends_on > s.ends_on or (later.ends_on = s.ends_on and later.id > s.id)))";

/// # Errors
/// `store.*`.
pub fn matching(tx: &mut Tx<'_>) -> Result<Matching, Fault> {
    let currency = tx.currency();
    let counts = tx.sql(LINES, &[])?.into_iter().next().unwrap_or_default();
    let mut counts = Cells::of(counts);
    let (open, matched) = (counts.integer(), counts.integer());
    let (mut bank, mut as_of) = (None, None);
    for row in tx.sql(LAST_BALANCES, &[])? {
        let mut cells = Cells::of(row);
        bank = Some(bank.unwrap_or(Money::zero(currency)) + cells.money(currency));
        as_of = as_of.max(cells.day_if_any());
    }
    let day = as_of.unwrap_or(tx.today());
    let books = finance::balance_of(tx, accounts::BANK_ACCOUNT, day)?;
    Ok(Matching { open, matched, bank, as_of, books })
}

/// A statement, and how much of it is matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRow {
    pub id: Id<BankStatement>,
    pub reference: String,
    pub iban: String,
    pub starts_on: Option<Day>,
    pub ends_on: Option<Day>,
    pub opening: Option<Money>,
    pub closing: Option<Money>,
    pub lines: i64,
    pub open: i64,
}

const STATEMENTS: &str = "\
select s.id, s.reference, s.iban, s.starts_on, s.ends_on, s.opening, s.closing,
  cast(count(l.id) as bigint),
  cast(coalesce(sum(case when l.state = 'open' then 1 else 0 end), 0) as bigint)
from bank_statements s
  left join bank_lines l on l.company = s.company and l.statement = s.id
where s.company = $1
group by s.id, s.reference, s.iban, s.starts_on, s.ends_on, s.opening, s.closing
order by s.ends_on desc, s.id desc
limit 100";

/// The hundred latest statements, the last one first.
///
/// # Errors
/// `store.*`.
pub fn statements(tx: &mut Tx<'_>) -> Result<Vec<StatementRow>, Fault> {
    let currency = tx.currency();
    let read = |row| {
        let mut cells = Cells::of(row);
        let (id, reference, iban) = (cells.id(), cells.text(), cells.text());
        let (starts_on, ends_on) = (cells.day_if_any(), cells.day_if_any());
        let mut money = || cells.integer_if_any().map(|minor| Money::new(minor, currency));
        let (opening, closing) = (money(), money());
        let (lines, open) = (cells.integer(), cells.integer());
        StatementRow { id, reference, iban, starts_on, ends_on, opening, closing, lines, open }
    };
    Ok(tx.sql(STATEMENTS, &[])?.into_iter().map(read).collect())
}
