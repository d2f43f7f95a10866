//! The bank and the books side by side.

use std::collections::BTreeMap;

use erp::finance::{self, BankStatement, accounts};
use kernel::{Condition, Day, Fault, Filter, Id, Kept, Money, Tx};

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

/// The last statement of each account that tells a closing balance. Accounts are kept sealed: a
/// statement by hand could not tell them apart.
fn last_balances(tx: &mut Tx<'_>) -> Result<Vec<Kept<BankStatement>>, Fault> {
    let told = Filter::<BankStatement>::new(Condition::Not(Box::new(Condition::Empty("closing"))));
    let mut last: BTreeMap<String, Kept<BankStatement>> = BTreeMap::new();
    for statement in tx.find(told)? {
        let later = |known: &Kept<BankStatement>| {
            (known.ends_on, known.id) > (statement.ends_on, statement.id)
        };
        if !last.get(&statement.iban).is_some_and(later) {
            last.insert(statement.iban.clone(), statement);
        }
    }
    Ok(last.into_values().collect())
}

/// # Errors
/// `store.*`.
pub fn matching(tx: &mut Tx<'_>) -> Result<Matching, Fault> {
    let currency = tx.currency();
    let counts = tx.sql(LINES, &[])?.into_iter().next().unwrap_or_default();
    let mut counts = Cells::of(counts);
    let (open, matched) = (counts.integer(), counts.integer());
    let (mut bank, mut as_of) = (None, None);
    for statement in last_balances(tx)? {
        let closing = statement.closing.unwrap_or(Money::zero(currency));
        bank = Some(bank.unwrap_or(Money::zero(currency)) + closing);
        as_of = as_of.max(Some(statement.ends_on));
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
select s.id, s.reference, s.starts_on, s.ends_on, s.opening, s.closing,
  cast(count(l.id) as bigint),
  cast(coalesce(sum(case when l.state = 'open' then 1 else 0 end), 0) as bigint)
from bank_statements s
  left join bank_lines l on l.company = s.company and l.statement = s.id
where s.company = $1
group by s.id, s.reference, s.starts_on, s.ends_on, s.opening, s.closing
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
        let (id, reference, iban) = (cells.id(), cells.text(), String::new());
        let (starts_on, ends_on) = (cells.day_if_any(), cells.day_if_any());
        let mut money = || cells.integer_if_any().map(|minor| Money::new(minor, currency));
        let (opening, closing) = (money(), money());
        let (lines, open) = (cells.integer(), cells.integer());
        StatementRow { id, reference, iban, starts_on, ends_on, opening, closing, lines, open }
    };
    let mut rows: Vec<StatementRow> = tx.sql(STATEMENTS, &[])?.into_iter().map(read).collect();
    let ids = rows.iter().map(|row| row.id.into()).collect();
    let known = tx.find(Filter::<BankStatement>::new(Condition::Among("id", ids)))?;
    for row in &mut rows {
        // The account is kept sealed: the record opens it.
        if let Some(statement) = known.iter().find(|statement| statement.id == row.id) {
            row.iban.clone_from(&statement.iban);
        }
    }
    Ok(rows)
}
