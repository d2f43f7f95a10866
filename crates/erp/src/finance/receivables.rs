//! What customers owe: one party's exposure, the aged balance, what is overdue.

use kernel::{Currency, Day, Fault, Id, Money, Tx};
use master::Party;

use crate::finance::invoice::Invoice;
use crate::finance::rows::Cells;

/// What a party owes in the ledger, less its payments on account and its open credit notes. The
/// lettered lines are left out: they balance.
///
/// # Errors
/// `store.*`.
pub fn open_receivables(tx: &mut Tx<'_>, party: Id<Party>) -> Result<Money, Fault> {
    let currency = tx.currency();
    let rows = tx.sql(OPEN_RECEIVABLES, &[party.into()])?;
    Ok(sum(rows, currency))
}

const OPEN_RECEIVABLES: &str = "
    select cast(coalesce(sum(line.debit - line.credit), 0) as bigint)
    from journal_lines line
    join accounts account on account.company = line.company and account.id = line.account
    where line.company = $1 and line.party = $2 and line.lettering is null
      and account.number = '411000'";

fn sum(rows: Vec<Vec<kernel::Value>>, currency: Currency) -> Money {
    let row = rows.into_iter().next().unwrap_or_default();
    Cells::of(row).money(currency)
}

/// The parts of a customer's exposure that finance knows. What is confirmed and not invoiced is for
/// those who know orders to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExposureParts {
    /// Open in account 411, credits deducted.
    pub receivables: Money,
    /// Draft invoices, VAT included, less draft credit notes.
    pub drafts: Money,
    /// Deposits invoiced that no invoice deducts yet, VAT included.
    pub deposits: Money,
}

impl ExposureParts {
    /// What finance alone puts at risk: what is owed and about to be, less the deposits.
    #[must_use]
    pub fn total(self) -> Money {
        self.receivables + self.drafts - self.deposits
    }
}

/// # Errors
/// `store.*`.
pub fn exposure_parts(tx: &mut Tx<'_>, party: Id<Party>) -> Result<ExposureParts, Fault> {
    let currency = tx.currency();
    let receivables = open_receivables(tx, party)?;
    let drafts = sum(tx.sql(DRAFTS, &[party.into()])?, currency);
    let asked = sum(tx.sql(DEPOSITS, &[party.into()])?, currency);
    let mut deposits = asked;
    // Only of a customer who was asked for deposits are all invoices looked through.
    if !asked.is_zero() {
        let row = tx.sql(DEDUCTED, &[party.into()])?.into_iter().next().unwrap_or_default();
        let mut cells = Cells::of(row);
        deposits = asked - cells.money(currency) - cells.money(currency);
    }
    Ok(ExposureParts { receivables, drafts, deposits })
}

/// To be paid on what is not posted yet, less draft credit notes.
const DRAFTS: &str = "
    select cast(coalesce(sum(case when invoice.kind = 'credit_note' then -invoice.due
                                  else invoice.due end), 0) as bigint)
    from invoices invoice
    where invoice.company = $1 and invoice.party = $2 and invoice.state = 'draft'";

const DEPOSITS: &str = "
    select cast(coalesce(sum(case when invoice.state = 'posted' then invoice.total else 0 end), 0)
      as bigint)
    from invoices invoice
    where invoice.company = $1 and invoice.party = $2 and invoice.kind = 'deposit'";

/// What invoices deduct of the deposits; what credit notes gave back of them.
const DEDUCTED: &str = "
    select
      cast(coalesce(sum(invoice.prepaid), 0) as bigint),
      cast(coalesce(sum(case when invoice.kind = 'credit_note' and credited.kind = 'deposit'
                             then invoice.total else 0 end), 0) as bigint)
    from invoices invoice
    left join invoices credited
      on credited.company = invoice.company and credited.id = invoice.preceding
    where invoice.company = $1 and invoice.party = $2";

/// What one customer owes, by how late it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgedRow {
    pub party: Id<Party>,
    pub code: Option<String>,
    pub name: String,
    /// Not due, then late by 1 to 30, 31 to 60, 61 to 90, and more than 90 days.
    pub buckets: [Money; BUCKETS],
    /// Payments on account and open credit notes, as a positive amount.
    pub credits: Money,
}

impl AgedRow {
    /// What the customer owes in the end.
    #[must_use]
    pub fn balance(&self) -> Money {
        Money::sum(self.credits.currency, self.buckets) - self.credits
    }
}

pub const BUCKETS: usize = 5;

/// The bucket of what falls due on a day, seen on another.
#[must_use]
pub fn bucket(due_on: Option<Day>, seen_on: Day) -> usize {
    match due_on.map_or(0, |due| seen_on - due) {
        ..=0 => 0,
        1..=30 => 1,
        31..=60 => 2,
        61..=90 => 3,
        _ => 4,
    }
}

/// What is open now, by customer and by age on a day; customers who owe nothing are left out.
///
/// # Errors
/// `store.*`.
pub fn aged_balance(tx: &mut Tx<'_>, day: Day) -> Result<Vec<AgedRow>, Fault> {
    let currency = tx.currency();
    let rows = tx.sql(OPEN_BY_DUE_DAY, &[])?;
    let mut aged: Vec<AgedRow> = Vec::new();
    for row in rows {
        let mut cells = Cells::of(row);
        let (party, code, name) = (cells.id(), cells.text_if_any(), cells.text());
        let (credit, due_on) = (cells.integer() == 1, cells.day_if_any());
        let amount = cells.money(currency);
        if aged.last().is_none_or(|last| last.party != party) {
            let zero = Money::zero(currency);
            aged.push(AgedRow { party, code, name, buckets: [zero; BUCKETS], credits: zero });
        }
        let Some(last) = aged.last_mut() else { continue };
        if credit {
            last.credits += amount;
        } else {
            last.buckets[bucket(due_on, day)] += amount;
        }
    }
    Ok(aged)
}

const OPEN_BY_DUE_DAY: &str = "
    select party.id, party.code, party.name, unpaid.credit, unpaid.due_on,
           cast(sum(unpaid.amount) as bigint)
    from (
      select invoice.party as party, invoice.due_on as due_on, invoice.open as amount,
             case when invoice.kind = 'credit_note' then 1 else 0 end as credit
      from invoices invoice
      where invoice.company = $1 and invoice.state = 'posted' and invoice.open <> 0
      union all
      select payment.party, null, payment.unallocated, 1
      from payments payment
      where payment.company = $1 and payment.unallocated <> 0
    ) unpaid
    join parties party on party.company = $1 and party.id = unpaid.party
    group by party.id, party.code, party.name, unpaid.credit, unpaid.due_on
    order by party.name, party.id";

/// An invoice that was to be paid before today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueInvoice {
    pub invoice: Id<Invoice>,
    pub party: Id<Party>,
    pub number: String,
    pub due_on: Day,
    pub open: Money,
    pub dunning_level: i64,
    pub dunned_on: Option<Day>,
    pub days_late: i64,
}

/// The invoices that are late on a day, of one party or of all; the latest first.
///
/// # Errors
/// `store.*`.
pub fn overdue_invoices(
    tx: &mut Tx<'_>,
    day: Day,
    party: Option<Id<Party>>,
) -> Result<Vec<OverdueInvoice>, Fault> {
    let currency = tx.currency();
    let rows = match party {
        None => tx.sql(OVERDUE, &[day.into()])?,
        Some(party) => tx.sql(OVERDUE_OF_PARTY, &[day.into(), party.into()])?,
    };
    let read = |row| {
        let mut cells = Cells::of(row);
        let mut late = OverdueInvoice {
            invoice: cells.id(),
            party: cells.id(),
            number: cells.text(),
            due_on: cells.day(),
            open: cells.money(currency),
            dunning_level: cells.integer(),
            dunned_on: cells.day_if_any(),
            days_late: 0,
        };
        late.days_late = i64::from(day - late.due_on);
        late
    };
    Ok(rows.into_iter().map(read).collect())
}

const OVERDUE: &str = "
    select invoice.id, invoice.party, invoice.number, invoice.due_on, invoice.open,
           invoice.dunning_level, invoice.dunned_on
    from invoices invoice
    where invoice.company = $1 and invoice.state = 'posted' and invoice.due_on < $2
      and invoice.open > 0
    order by invoice.due_on, invoice.id";

const OVERDUE_OF_PARTY: &str = "
    select invoice.id, invoice.party, invoice.number, invoice.due_on, invoice.open,
           invoice.dunning_level, invoice.dunned_on
    from invoices invoice
    where invoice.company = $1 and invoice.state = 'posted' and invoice.due_on < $2
      and invoice.party = $3 and invoice.open > 0
    order by invoice.due_on, invoice.id";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_counted_from_the_day_after_the_due_day() {
        let due = Day::parse("2026-06-30").unwrap();
        let days = [(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)];
        for (late, wanted) in days {
            assert_eq!(bucket(Some(due), due + late), wanted, "{late} days late");
        }
        assert_eq!(bucket(None, due), 0);
    }

    #[test]
    fn the_balance_of_a_customer_is_what_is_due_less_its_credits() {
        let money = Money::eur;
        let row = AgedRow {
            party: Id::from_raw(kernel::RawId([1; 16])),
            code: None,
            name: "Maison Ferrand".into(),
            buckets: [money(100), money(20), money(3), money(0), money(1)],
            credits: money(24),
        };
        assert_eq!(row.balance(), money(100));
    }

    #[test]
    fn exposure_is_what_is_owed_and_drafted_less_the_deposits() {
        let parts = ExposureParts {
            receivables: Money::eur(36_000),
            drafts: Money::eur(10_000),
            deposits: Money::eur(36_000),
        };
        assert_eq!(parts.total(), Money::eur(10_000));
    }
}
