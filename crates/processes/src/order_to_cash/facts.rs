//! What is true of an order, read from the departments: the ground of its derived states.

use std::collections::HashMap;

use crm::sales::{self, Order, OrderLine, OrderStage, OrderStates, PaymentState, Progress};
use erp::inventory;
use kernel::{Condition, Day, Fault, Filter, Id, Kept, Money, Origin, Quantity, Tx, Value};
use master::Product;

use crate::rows::Cells;

/// A line with what the departments know of it.
#[derive(Debug, Clone)]
pub struct LineFacts {
    pub line: Kept<OrderLine>,
    /// Goods are reserved and shipped; a service is rendered once all goods of its order have left.
    pub stocked: bool,
    pub reserved: Quantity,
    pub delivered: Quantity,
    /// On invoices, drafts included, less what credit notes gave back.
    pub invoiced: Quantity,
}

/// The invoices of an order, in sums.
#[derive(Debug, Clone, Copy)]
pub struct Billed {
    /// Open on posted invoices and deposits.
    pub open: Money,
    /// Settled on posted invoices and deposits, credit notes not counted.
    pub paid: Money,
    /// The earliest day on which something open fell due.
    pub due_on: Option<Day>,
    pub invoices: i64,
}

/// All that is known of an order.
#[derive(Debug, Clone)]
pub struct Facts {
    pub lines: Vec<LineFacts>,
    pub billed: Billed,
}

/// Order lines on the shipments that have left.
const DELIVERED: &str = "\
select l.origin, cast(sum(l.quantity) as bigint)
from shipments s join shipment_lines l on l.company = s.company and l.shipment = s.id
where s.company = $1 and s.origin = $2 and s.state in ('shipped', 'delivered')
group by l.origin";

/// Order lines on its invoices; a posted credit note takes back what it credits.
const INVOICED: &str = "\
select l.origin, cast(sum(case when i.kind = 'credit_note' then -l.quantity else l.quantity end)
  as bigint)
from invoices i join invoice_lines l on l.company = i.company and l.invoice = i.id
where i.company = $1 and i.origin = $2 and i.kind <> 'deposit'
  and (i.kind = 'invoice' or i.state = 'posted')
group by l.origin";

const BILLED: &str = "\
select i.kind, i.open, i.due, i.due_on
from invoices i
where i.company = $1 and i.origin = $2 and i.state = 'posted'";

/// Reads what the departments know of an order and of these lines.
///
/// # Errors
/// `store.*`.
pub fn facts_of(
    tx: &mut Tx<'_>,
    order: Id<Order>,
    lines: Vec<Kept<OrderLine>>,
) -> Result<Facts, Fault> {
    let origins: Vec<Origin> = lines.iter().map(|line| Origin::of(line.id)).collect();
    let products = products_of(tx, &lines)?;
    let about = [Value::Origin(Origin::of(order))];
    let reserved = inventory::reserved_for(tx, &origins)?;
    let delivered = by_line(tx.sql(DELIVERED, &about)?);
    let invoiced = by_line(tx.sql(INVOICED, &about)?);
    let billed = billed(tx.currency(), tx.sql(BILLED, &about)?);
    let stocked = |line: &OrderLine| products.get(&line.product).is_none_or(|p| p.stocked());
    let mut lines: Vec<LineFacts> = lines
        .into_iter()
        .map(|line| LineFacts {
            stocked: stocked(&line),
            reserved: reserved.get(&Origin::of(line.id)).copied().unwrap_or_default(),
            delivered: delivered.get(&line.id).copied().unwrap_or_default(),
            invoiced: invoiced.get(&line.id).copied().unwrap_or_default().max(Quantity::ZERO),
            line,
        })
        .collect();
    render_services(&mut lines);
    Ok(Facts { lines, billed })
}

/// A service is rendered with the last goods; where there are none, with the order itself.
pub(crate) fn render_services(lines: &mut [LineFacts]) {
    let goods_left =
        lines.iter().filter(|facts| facts.stocked).all(|f| f.delivered >= f.line.quantity);
    for facts in lines.iter_mut().filter(|facts| !facts.stocked) {
        facts.delivered = if goods_left { facts.line.quantity } else { Quantity::ZERO };
    }
}

/// The products of some lines, in one query.
///
/// # Errors
/// `store.*`.
pub fn products_of(
    tx: &mut Tx<'_>,
    lines: &[Kept<OrderLine>],
) -> Result<HashMap<Id<Product>, Kept<Product>>, Fault> {
    let mut ids: Vec<Id<Product>> = lines.iter().map(|line| line.product).collect();
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let among = Condition::Among("id", ids.into_iter().map(Into::into).collect());
    let found = tx.find(Filter::<Product>::new(among))?;
    Ok(found.into_iter().map(|product| (product.id, product)).collect())
}

fn by_line(rows: Vec<Vec<Value>>) -> HashMap<Id<OrderLine>, Quantity> {
    rows.into_iter()
        .filter_map(|row| {
            let mut cells = Cells::of(row);
            Some((cells.origin::<OrderLine>()?, cells.quantity()))
        })
        .collect()
}

fn billed(currency: kernel::Currency, rows: Vec<Vec<Value>>) -> Billed {
    let zero = Money::zero(currency);
    let mut billed = Billed { open: zero, paid: zero, due_on: None, invoices: 0 };
    for row in rows {
        let mut cells = Cells::of(row);
        let credit = cells.text() == "credit_note";
        let (open, due) = (cells.money(currency), cells.money(currency));
        let due_on = cells.day_if_any();
        if credit {
            billed.paid -= due - open;
            continue;
        }
        billed.invoices += 1;
        billed.open += open;
        billed.paid += due - open;
        if !open.is_zero() {
            billed.due_on = [billed.due_on, due_on].into_iter().flatten().min();
        }
    }
    billed
}

impl LineFacts {
    /// What is neither reserved nor gone.
    #[must_use]
    pub fn waiting(&self) -> Quantity {
        if !self.stocked {
            return Quantity::ZERO;
        }
        (self.line.quantity - self.delivered - self.reserved).max(Quantity::ZERO)
    }
    /// What may be invoiced now, by the order's policy.
    #[must_use]
    pub fn to_invoice(&self, on_order: bool) -> Quantity {
        let whole = if on_order { self.line.quantity } else { self.delivered };
        (whole - self.invoiced).max(Quantity::ZERO)
    }
}

impl Facts {
    /// The states that these facts give.
    #[must_use]
    pub fn states(&self, order: &Order, today: Day) -> OrderStates {
        let goods = || self.lines.iter().filter(|facts| facts.stocked);
        let invoicing = progress(self.lines.iter().map(|f| (f.invoiced, f.line.quantity)));
        OrderStates {
            reservation: if goods().next().is_none() {
                Progress::Full
            } else {
                progress(goods().map(|f| (f.reserved + f.delivered, f.line.quantity)))
            },
            delivery: progress(self.lines.iter().map(|f| (f.delivered, f.line.quantity))),
            invoicing,
            payment: self
                .payment(invoicing == Progress::Full || order.stage == OrderStage::Closed, today),
            promised_on: order.promised_on,
        }
    }

    fn payment(&self, all_invoiced: bool, today: Day) -> PaymentState {
        let Billed { open, paid, due_on, invoices } = self.billed;
        if due_on.is_some_and(|due_on| due_on < today) {
            PaymentState::Overdue
        } else if all_invoiced && open.is_zero() && invoices > 0 {
            PaymentState::Full
        } else if paid.minor > 0 {
            PaymentState::Partial
        } else {
            PaymentState::None
        }
    }

    /// Whether something still waits for goods.
    #[must_use]
    pub fn lacking(&self) -> bool {
        self.lines.iter().any(|facts| facts.waiting() > Quantity::ZERO)
    }
}

/// How far a whole is done, told by its parts.
fn progress(parts: impl Iterator<Item = (Quantity, Quantity)>) -> Progress {
    let (mut some, mut all, mut any) = (false, true, false);
    for (done, whole) in parts {
        any = true;
        some |= done > Quantity::ZERO;
        all &= done >= whole;
    }
    match (any && all, some) {
        (true, _) => Progress::Full,
        (false, true) => Progress::Partial,
        (false, false) => Progress::None,
    }
}

/// The lines of an order with their facts.
///
/// # Errors
/// `store.*`.
pub fn facts(tx: &mut Tx<'_>, order: Id<Order>) -> Result<Facts, Fault> {
    let lines = sales::lines(tx, order)?;
    facts_of(tx, order, lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_is_full_only_when_each_part_is() {
        let units = |done: i64, whole: i64| (Quantity::units(done), Quantity::units(whole));
        assert_eq!(progress([units(1, 1), units(0, 2)].into_iter()), Progress::Partial);
        assert_eq!(progress([units(1, 1), units(2, 2)].into_iter()), Progress::Full);
        assert_eq!(progress([units(0, 1)].into_iter()), Progress::None);
        assert_eq!(progress(std::iter::empty()), Progress::None);
    }
}
