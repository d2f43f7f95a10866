//! What a customer owes us and will owe, against what it may.

use std::collections::HashMap;

use crm::sales::{self, HoldKind, Order};
use erp::finance;
use kernel::{Day, Fault, Faults, Id, Kept, Money, Quantity, Rate, Tx, Value};
use master::{Party, Standing, Tax, company, totals};

use super::converge::fact;
use super::holds;
use crate::rows::Cells;

/// An invoice overdue for longer than this stops new orders until a person has looked.
pub const OVERDUE_DAYS: i32 = 30;

/// All that a customer owes or will owe, taxes included, part by part.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposure {
    /// Open on posted invoices and deposits, less what was paid on account and credit notes.
    pub receivables: Money,
    /// To be paid on invoices not posted yet.
    pub drafts: Money,
    /// On confirmed orders and no invoice yet.
    pub ordered: Money,
    /// Deposits invoiced that no invoice deducts yet: they are part of what was ordered.
    pub deposits: Money,
    /// The earliest day on which something still open fell due.
    pub overdue_since: Option<Day>,
    /// The most it may owe: its own limit, or the company's; none when there is no limit.
    pub limit: Option<Money>,
}

impl Exposure {
    /// What it owes and will owe, in all.
    #[must_use]
    pub fn total(&self) -> Money {
        self.receivables + self.drafts + self.ordered - self.deposits
    }
    /// What it may still order; none when there is no limit.
    #[must_use]
    pub fn left(&self) -> Option<Money> {
        self.limit.map(|limit| limit - self.total())
    }
    /// Why an order of this amount more needs a person's consent; nothing when it does not.
    #[must_use]
    pub fn doubt(&self, more: Money, standing: Standing, today: Day) -> Option<Fault> {
        if standing == Standing::Blocked {
            return Some(Fault::new("credit.blocked"));
        }
        if let Some(since) = self.overdue_since.filter(|since| *since + OVERDUE_DAYS < today) {
            let days = i64::from(today - since);
            return Some(Fault::new("credit.overdue").with("since", since).with("days", days));
        }
        let (limit, total) = (self.limit?, self.total() + more);
        (total.minor > limit.minor).then(|| {
            let fault = Fault::new("credit.limit").with("limit", limit).with("total", total);
            fault.with("over", total - limit)
        })
    }
}

/// Reads what a customer owes and will owe. `except` names confirmed orders that do not count.
///
/// # Errors
/// `company.missing`, `store.*`.
pub fn exposure(
    tx: &mut Tx<'_>,
    party: &Kept<Party>,
    except: &[Id<Order>],
) -> Result<Exposure, Fault> {
    let owed = finance::exposure_parts(tx, party.id)?;
    let today = tx.today();
    let late = finance::overdue_invoices(tx, today, Some(party.id))?;
    let limit = match party.credit_limit {
        Some(limit) => Some(limit),
        None => company(tx)?.credit_limit,
    };
    Ok(Exposure {
        receivables: owed.receivables,
        drafts: owed.drafts,
        ordered: ordered(tx, party.id, except)?,
        deposits: owed.deposits,
        overdue_since: late.first().map(|invoice| invoice.due_on),
        limit,
    })
}

/// The lines of the confirmed orders of a customer that are not invoiced in full.
const ORDERED: &str = "\
select o.id, l.tax, t.rate, l.net, l.quantity, l.invoiced
from orders o
  join order_lines l on l.company = o.company and l.\"order\" = o.id
  join taxes t on t.company = l.company and t.id = l.tax
where o.company = $1 and o.party = $2 and o.stage = 'confirmed' and o.invoicing_state <> 'full'";

/// A line to be invoiced: its tax, the rate, and the net.
type Taxed = (Id<Tax>, Rate, Money);

/// What confirmed orders will be invoiced, taxes included.
fn ordered(tx: &mut Tx<'_>, party: Id<Party>, except: &[Id<Order>]) -> Result<Money, Fault> {
    let currency = tx.currency();
    let mut orders: HashMap<Id<Order>, Vec<Taxed>> = HashMap::new();
    for row in tx.sql(ORDERED, &[Value::Ref(party.raw())])? {
        let mut cells = Cells::of(row);
        let order = cells.id();
        let (tax, rate) = (cells.id(), cells.rate());
        let net = cells.money(currency);
        let (quantity, invoiced) = (cells.quantity(), cells.quantity());
        let left = (quantity - invoiced).max(Quantity::ZERO);
        if !except.contains(&order) {
            orders.entry(order).or_default().push((tax, rate, net.part(left.0, quantity.0)));
        }
    }
    Ok(Money::sum(currency, orders.into_values().map(|lines| totals(currency, lines).total)))
}

/// Whether a customer may order so much more: nothing when it may, or the reason of a hold.
///
/// # Errors
/// `company.missing`, `store.*`.
pub fn judge(tx: &mut Tx<'_>, party: &Kept<Party>, more: Money) -> Result<Option<Fault>, Faults> {
    let today = tx.today();
    Ok(exposure(tx, party, &[])?.doubt(more, party.standing, today))
}

/// The confirmed orders of a customer that its credit holds, the first held first.
const HELD: &str = "\
select o.id
from holds h join orders o on o.company = h.company and o.id = h.\"order\"
where h.company = $1 and h.kind = 'credit' and h.released_at is null
  and o.party = $2 and o.stage = 'confirmed'
order by h.opened_at, h.id";

/// Judges again the orders that a customer's credit holds, the first held first, and releases
/// those that fit. Says how many.
///
/// # Errors
/// `store.*`.
pub fn relieve(tx: &mut Tx<'_>, party: Id<Party>) -> Result<usize, Faults> {
    let rows = tx.sql(HELD, &[Value::Ref(party.raw())])?;
    let mut held: Vec<Id<Order>> = rows.into_iter().map(|row| Cells::of(row).id()).collect();
    let mut released = 0;
    while !held.is_empty() {
        let party = tx.lock(party)?;
        let (first, others) = (held.remove(0), &held);
        let (today, none) = (tx.today(), Money::zero(tx.currency()));
        let doubt = exposure(tx, &party, others)?.doubt(none, party.standing, today);
        if doubt.is_some() {
            break;
        }
        let order = tx.lock(first)?;
        let open = sales::open_holds(tx, first)?;
        if open.iter().any(|hold| hold.kind == HoldKind::Credit) {
            holds::release_kind(tx, first, HoldKind::Credit)?;
            fact(tx, &order, "order.released")?;
            released += 1;
        }
    }
    Ok(released)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exposure(receivables: i64, limit: Option<i64>, overdue: Option<i32>) -> Exposure {
        let nothing = Money::eur(0);
        Exposure {
            receivables: Money::eur(receivables),
            drafts: nothing,
            ordered: Money::eur(60_000),
            deposits: Money::eur(18_000),
            overdue_since: overdue.map(|days| Day(20_000 - days)),
            limit: limit.map(Money::eur),
        }
    }

    fn code(exposure: &Exposure, more: i64) -> Option<&'static str> {
        exposure.doubt(Money::eur(more), Standing::Good, Day(20_000)).map(|fault| fault.code)
    }

    #[test]
    fn a_limit_is_reached_only_when_it_is_passed() {
        let owed = exposure(8_000, Some(60_000), None);
        assert_eq!(owed.total(), Money::eur(50_000));
        assert_eq!(code(&owed, 10_000), None);
        assert_eq!(code(&owed, 10_001), Some("credit.limit"));
        assert_eq!(owed.left(), Some(Money::eur(10_000)));
        assert_eq!(code(&exposure(10_000, None, None), 1_000_000), None);
    }

    #[test]
    fn an_invoice_long_overdue_asks_for_a_person() {
        assert_eq!(code(&exposure(0, None, Some(OVERDUE_DAYS)), 1), None);
        assert_eq!(code(&exposure(0, None, Some(OVERDUE_DAYS + 1)), 1), Some("credit.overdue"));
        let blocked = exposure(0, None, None);
        let doubt = blocked.doubt(Money::eur(1), Standing::Blocked, Day(20_000));
        assert_eq!(doubt.map(|fault| fault.code), Some("credit.blocked"));
    }
}
