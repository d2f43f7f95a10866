//! What the books say, compared with what the file says.

use std::collections::BTreeMap;

use erp::inventory;
use kernel::{Actor, Day, Fault, Faults, Money, Tx, Value};
use store::Store;

use super::book::Year;
use super::classify::month;
use super::reader::POUND;

/// Posted invoices less credit notes, excluding tax, by day.
const INVOICED: &str = "\
select issued_on, cast(sum(case when kind = 'credit_note' then -net else net end) as bigint)
from invoices where company = $1 and state = 'posted' group by issued_on";

/// The turnover of the ledger: what the accounts of class 70 were credited, by day.
const LEDGER: &str = "\
select e.day, cast(sum(l.credit - l.debit) as bigint)
from journal_entries e
  join journal_lines l on l.company = e.company and l.entry = e.id
  join accounts a on a.company = l.company and a.id = l.account
where e.company = $1 and e.state = 'posted' and a.number >= '70' and a.number < '71'
group by e.day";

/// The lines of what was invoiced and of what was credited, and the units that left and came back.
const LINES: &str = "\
select cast(count(l.id) as bigint),
  cast(sum(case when i.kind = 'credit_note' then 0 else 1 end) as bigint)
from invoices i join invoice_lines l on l.company = i.company and l.invoice = i.id
where i.company = $1 and i.state = 'posted'";

const BALANCE: &str = "\
select cast(coalesce(sum(debit - credit), 0) as bigint) from journal_lines where company = $1";

/// Entries that do not balance by themselves.
const UNBALANCED: &str = "\
select cast(count(*) as bigint) from (
  select entry from journal_lines where company = $1
  group by entry having sum(debit) <> sum(credit)
) unbalanced";

/// Compares the books with the file: sales excluding tax month by month, on invoices and in the
/// ledger; the number of lines; the trial balance; the stock with its moves. Returns the sales.
///
/// # Errors
/// `replay.sales`, `replay.lines`, `replay.balance`, and the contradictions of the stock.
pub fn verify(
    store: &Store,
    actor: &Actor,
    year: &Year,
) -> Result<BTreeMap<String, Money>, Faults> {
    store.read(actor, |tx| {
        let wanted = year.plan.sales(year.retail);
        let mut faults = Faults::default();
        for (place, statement) in [("invoices", INVOICED), ("ledger", LEDGER)] {
            compare(&mut faults, place, &wanted, &by_month(tx, statement)?);
        }
        let sold = year.plan.documents.iter().filter(|document| document.credits().is_empty());
        let sold: usize = sold.map(|document| document.lines.len()).sum();
        let credited: usize =
            year.plan.documents.iter().map(|document| document.credits().len()).sum();
        let found = integers(tx, LINES)?;
        let wanted_lines = [sold + credited, sold].map(|count| count as i64);
        faults.ensure(found == wanted_lines, || {
            Fault::new("replay.lines").with("wanted", wanted_lines[0]).with("found", found[0])
        });
        let (balance, unbalanced) = (integers(tx, BALANCE)?[0], integers(tx, UNBALANCED)?[0]);
        faults.ensure(balance == 0 && unbalanced == 0, || {
            let balance = Money::new(balance, POUND);
            Fault::new("replay.balance").with("balance", balance).with("entries", unbalanced)
        });
        faults.0.extend(inventory::contradictions(tx)?.0);
        faults.into_result()?;
        Ok(wanted)
    })
}

fn compare(
    faults: &mut Faults,
    place: &'static str,
    wanted: &BTreeMap<String, Money>,
    found: &BTreeMap<String, Money>,
) {
    let zero = Money::zero(POUND);
    let months: std::collections::BTreeSet<&String> = wanted.keys().chain(found.keys()).collect();
    for month in months {
        let of = |sums: &BTreeMap<String, Money>| sums.get(month).copied().unwrap_or(zero);
        let (wanted, found) = (of(wanted), of(found));
        faults.ensure(wanted == found, || {
            Fault::new("replay.sales")
                .with("month", month.as_str())
                .with("place", place)
                .with("wanted", wanted)
                .with("found", found)
        });
    }
}

fn by_month(tx: &mut Tx<'_>, statement: &str) -> Result<BTreeMap<String, Money>, Fault> {
    let mut months = BTreeMap::new();
    for row in tx.sql(statement, &[])? {
        let [Value::Integer(day), Value::Integer(minor)] = row[..] else { continue };
        let day = Day(i32::try_from(day).unwrap_or(0));
        *months.entry(month(day)).or_insert(Money::zero(POUND)) += Money::new(minor, POUND);
    }
    months.retain(|_, sum| !sum.is_zero());
    Ok(months)
}

/// The first row of a statement.
fn integers(tx: &mut Tx<'_>, statement: &str) -> Result<Vec<i64>, Fault> {
    let row = tx.sql(statement, &[])?.into_iter().next().unwrap_or_default();
    let integer = |value| if let Value::Integer(number) = value { number } else { 0 };
    Ok(row.into_iter().map(integer).collect())
}
