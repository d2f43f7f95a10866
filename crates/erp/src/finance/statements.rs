//! The annual accounts: the balance sheet on a day, the income statement up to it, and those of the
//! year before beside them.
//!
//! The ledger is never closed by entries, so a balance runs from the first entry on: the result of
//! the year is what classes 6 and 7 moved since its first day, and what they moved before is the
//! result of earlier years, which waits in the equity until an entry appropriates it.

use std::collections::BTreeMap;

use kernel::{Currency, Day, Fault, Money, Tx};

use crate::finance::fiscal_year::FiscalYear;
use crate::finance::rows::Cells;
use crate::finance::rubrics::{self, Part, Place, RESULT, Rubric, WAITING, rubrics};

/// The days that the statements are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first day of the year.
    pub from: Day,
    /// The day of the balance sheet.
    pub to: Day,
    /// The first day of the year before.
    pub before_from: Day,
    /// The income statement beside goes to the same day of the year before, or to its end when the
    /// year is whole. The balance sheet beside is always the one of its end.
    pub before_to: Day,
}

impl Span {
    /// A year up to a day, and the year before it when there is one.
    #[must_use]
    pub fn of(year: &FiscalYear, before: Option<&FiscalYear>, until: Day) -> Self {
        let to = until.max(year.starts_on).min(year.ends_on);
        let last = year.starts_on + -1;
        let before_from = before.map_or(year.starts_on.plus_months(-12), |year| year.starts_on);
        let same_day = to.plus_months(-12).max(before_from);
        let before_to = if to == year.ends_on { last } else { same_day.min(last) };
        Self { from: year.starts_on, to, before_from, before_to }
    }
}

/// A figure of the statements, up in the direction of its rubric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    pub gross: Money,
    /// Amortisation and impairment; nothing but in assets.
    pub less: Money,
}

impl Figure {
    const fn zero(currency: Currency) -> Self {
        Self { gross: Money::zero(currency), less: Money::zero(currency) }
    }
    #[must_use]
    pub fn net(self) -> Money {
        self.gross - self.less
    }
    fn add(&mut self, other: Self) {
        self.gross += other.gross;
        self.less += other.less;
    }
}

/// This year and the year before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    pub now: Figure,
    pub before: Figure,
}

impl Pair {
    const fn zero(currency: Currency) -> Self {
        Self { now: Figure::zero(currency), before: Figure::zero(currency) }
    }
    /// Whether it says nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        [self.now.gross, self.now.less, self.before.gross, self.before.less]
            .into_iter()
            .all(Money::is_zero)
    }
    fn add(&mut self, other: Self) {
        self.now.add(other.now);
        self.before.add(other.before);
    }
}

/// What one account gives to a rubric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountShare {
    pub number: String,
    pub name: String,
    pub pair: Pair,
}

/// A rubric with its figures and the accounts behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    pub rubric: &'static Rubric,
    pub pair: Pair,
    pub accounts: Vec<AccountShare>,
}

/// The balance sheet and the income statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statements {
    pub span: Span,
    pub currency: Currency,
    /// Every rubric, in the order of the models, blank ones too.
    pub rubrics: Vec<Filled>,
    /// Special accounts (class 8), which no model shows: debits less credits on the day.
    pub outside: Money,
}

impl Statements {
    /// The sum of the rubrics that are asked for.
    #[must_use]
    pub fn sum(&self, wanted: impl Fn(&Rubric) -> bool) -> Pair {
        let mut sum = Pair::zero(self.currency);
        for filled in self.rubrics.iter().filter(|filled| wanted(filled.rubric)) {
            sum.add(filled.pair);
        }
        sum
    }
    /// The sum of some parts.
    #[must_use]
    pub fn total(&self, parts: &[Part]) -> Pair {
        self.sum(|rubric| parts.contains(&rubric.part))
    }
    /// What the assets come to, net.
    #[must_use]
    pub fn assets(&self) -> Pair {
        self.sum(|rubric| rubric.part.is_asset())
    }
    /// What the equity and the liabilities come to.
    #[must_use]
    pub fn liabilities(&self) -> Pair {
        self.sum(|rubric| !rubric.part.is_asset() && !rubric.part.is_income())
    }
    /// Income less expenses, of some parts of the income statement: this year, the year before.
    #[must_use]
    pub fn result_of(&self, parts: &[Part]) -> (Money, Money) {
        let zero = Money::zero(self.currency);
        let shown = self.rubrics.iter().filter(|filled| parts.contains(&filled.rubric.part));
        shown.fold((zero, zero), |(now, before), filled| {
            let (one, other) = (filled.pair.now.net(), filled.pair.before.net());
            if filled.rubric.part.is_debit() {
                (now - one, before - other)
            } else {
                (now + one, before + other)
            }
        })
    }
    /// The result of the income statement: this year, the year before.
    #[must_use]
    pub fn result(&self) -> (Money, Money) {
        let all: Vec<Part> = Part::all().filter(|part| part.is_income()).collect();
        self.result_of(&all)
    }
}

/// The statements of a year up to a day.
///
/// # Errors
/// `store.*`.
pub fn statements(tx: &mut Tx<'_>, year: &FiscalYear, until: Day) -> Result<Statements, Fault> {
    let last = year.starts_on + -1;
    let before = tx.first(FiscalYear::ENDS_ON.is(&last))?;
    let span = Span::of(year, before.as_deref(), until);
    let currency = tx.currency();
    let days = [span.to, span.from, span.before_from, span.before_to];
    let rows = tx.sql(BALANCES, &days.map(Into::into))?;
    let mut filling = Filling::of(span, currency);
    for row in rows {
        filling.take(&Balance::read(row));
    }
    Ok(filling.done())
}

/// The sums of an account, and of a party where third parties are told apart; debits positive.
struct Balance {
    number: String,
    name: String,
    /// Up to the day.
    whole: i64,
    /// From the first day of the year to the day.
    year: i64,
    /// Up to the end of the year before.
    earlier: i64,
    /// In the year before, up to the same day.
    before: i64,
    /// In the whole year before.
    before_year: i64,
}

impl Balance {
    fn read(row: Vec<kernel::Value>) -> Self {
        let mut cells = Cells::of(row);
        Self {
            number: cells.text(),
            name: cells.text(),
            whole: cells.integer(),
            year: cells.integer(),
            earlier: cells.integer(),
            before: cells.integer(),
            before_year: cells.integer(),
        }
    }
}

// A customer in credit is no receivable: what third parties owe and are owed is not set off
// against each other (plan comptable général, art. 112-2).
const BALANCES: &str = "
    select account.number, account.name,
      cast(sum(line.debit - line.credit) as bigint),
      cast(sum(case when entry.day >= $3 then line.debit - line.credit else 0 end) as bigint),
      cast(sum(case when entry.day < $3 then line.debit - line.credit else 0 end) as bigint),
      cast(sum(case when entry.day >= $4 and entry.day <= $5
               then line.debit - line.credit else 0 end) as bigint),
      cast(sum(case when entry.day >= $4 and entry.day < $3
               then line.debit - line.credit else 0 end) as bigint)
    from journal_lines line
    join journal_entries entry on entry.company = line.company and entry.id = line.entry
    join accounts account on account.company = line.company and account.id = line.account
    where line.company = $1 and entry.day <= $2
    group by account.number, account.name,
      case when account.number >= '40' and account.number < '42' then line.party end
    order by account.number";

/// The statements while the balances are being placed.
struct Filling {
    span: Span,
    currency: Currency,
    /// By rubric and account.
    shares: BTreeMap<(&'static str, String), AccountShare>,
    outside: Money,
    /// The results: of the year, of earlier years; then those of the year before.
    result: i64,
    waiting: i64,
    result_before: i64,
    waiting_before: i64,
}

impl Filling {
    fn of(span: Span, currency: Currency) -> Self {
        let outside = Money::zero(currency);
        let (result, waiting, result_before, waiting_before) = (0, 0, 0, 0);
        let shares = BTreeMap::new();
        Self { span, currency, shares, outside, result, waiting, result_before, waiting_before }
    }

    fn take(&mut self, balance: &Balance) {
        if matches!(balance.number.as_bytes().first(), Some(b'6' | b'7')) {
            self.result -= balance.year;
            self.waiting -= balance.earlier;
            self.result_before -= balance.before_year;
            self.waiting_before -= balance.earlier - balance.before_year;
            self.put(balance, balance.year, balance.before);
        } else {
            self.put(balance, balance.whole, balance.earlier);
        }
    }

    fn put(&mut self, balance: &Balance, now: i64, before: i64) {
        for (amount, is_now) in [(now, true), (before, false)] {
            if amount == 0 {
                continue;
            }
            match rubrics::place(&balance.number, amount < 0) {
                Some(place) => self.add(balance, place, amount, is_now),
                None if is_now => self.outside += Money::new(amount, self.currency),
                None => {}
            }
        }
    }

    fn add(&mut self, balance: &Balance, place: Place, amount: i64, is_now: bool) {
        let currency = self.currency;
        let key = (place.rubric.code, balance.number.clone());
        let share = self.shares.entry(key).or_insert_with(|| AccountShare {
            number: balance.number.clone(),
            name: balance.name.clone(),
            pair: Pair::zero(currency),
        });
        let figure = if is_now { &mut share.pair.now } else { &mut share.pair.before };
        let amount = Money::new(amount, currency);
        if place.less {
            figure.less += -amount;
        } else {
            figure.gross += if place.rubric.part.is_debit() { amount } else { -amount };
        }
    }

    fn done(mut self) -> Statements {
        let filled = rubrics().map(|rubric| self.filled(rubric)).collect();
        Statements {
            span: self.span,
            currency: self.currency,
            rubrics: filled,
            outside: self.outside,
        }
    }

    fn filled(&mut self, rubric: &'static Rubric) -> Filled {
        let mut pair = Pair::zero(self.currency);
        let mine = (rubric.code, String::new())..(rubric.code, "9".to_owned());
        let accounts: Vec<AccountShare> =
            self.shares.range(mine).map(|(_, share)| share.clone()).collect();
        for share in &accounts {
            pair.add(share.pair);
        }
        let (now, before) = match rubric.code {
            RESULT => (self.result, self.result_before),
            WAITING => (self.waiting, self.waiting_before),
            _ => (0, 0),
        };
        pair.now.gross += Money::new(now, self.currency);
        pair.before.gross += Money::new(before, self.currency);
        Filled { rubric, pair, accounts }
    }
}
