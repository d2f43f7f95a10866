//! What is true of an order, read from the departments: the ground of its derived states.

use std::collections::HashMap;

use crm::sales::{self, Order, OrderLine, OrderStage, OrderStates, PaymentState, Progress};
use kernel::{
    Condition, Currency, Day, Fault, Filter, Id, Kept, Money, Origin, Quantity, Tx, Value,
};
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
    /// Whether a hold may be open; `false` is certain.
    pub held: bool,
}

/// Questions in one: the order lines on shipments that have left; those on invoices, less what
/// posted credit notes take back; what is open and due on posted invoices; how many holds are open.
/// What is kept for the lines comes behind.
const KNOWN: &str = "\
select 'delivered', l.origin, cast(sum(l.quantity) as bigint), cast(0 as bigint),
  cast(null as bigint)
from shipments s join shipment_lines l on l.company = s.company and l.shipment = s.id
where s.company = $1 and s.origin = $2 and s.state in ('shipped', 'delivered')
group by l.origin
union all
select 'invoiced', l.origin,
  cast(sum(case when i.kind = 'credit_note' then -l.quantity else l.quantity end) as bigint),
  cast(0 as bigint), cast(null as bigint)
from invoices i join invoice_lines l on l.company = i.company and l.invoice = i.id
where i.company = $1 and i.origin = $2 and i.kind <> 'deposit'
  and (i.kind = 'invoice' or i.state = 'posted')
group by l.origin
union all
select i.kind, i.origin, i.open, i.due, i.due_on
from invoices i
where i.company = $1 and i.origin = $2 and i.state = 'posted'
union all
select 'held', cast(null as text), cast(count(*) as bigint), cast(0 as bigint),
  cast(null as bigint)
from holds where company = $1 and \"order\" = $3 and released_at is null";

/// What is kept for these lines, as the last of the questions of [`KNOWN`].
fn kept_for(lines: usize) -> String {
    // Few lengths, few statements to keep: the last line fills the list up.
    let places: Vec<String> =
        (0..lines.next_multiple_of(4)).map(|at| format!("${}", at + 4)).collect();
    format!(
        " union all select 'reserved', origin, cast(sum(quantity) as bigint), \
         cast(0 as bigint), cast(null as bigint) from reservations \
         where company = $1 and origin in ({}) group by origin",
        places.join(", ")
    )
}

/// Reads what the departments know of an order and of these lines.
///
/// # Errors
/// `store.*`.
pub fn facts_of(
    tx: &mut Tx<'_>,
    order: Id<Order>,
    lines: Vec<Kept<OrderLine>>,
) -> Result<Facts, Fault> {
    let products = products_of(tx, &lines)?;
    let mut known = Known::nothing(tx.currency());
    let mut params = vec![Value::Origin(Origin::of(order)), Value::Ref(order.raw())];
    let mut text = KNOWN.to_owned();
    if let Some(last) = lines.last() {
        text.push_str(&kept_for(lines.len()));
        let more = lines.len().next_multiple_of(4) - lines.len();
        let all = lines.iter().chain(std::iter::repeat_n(last, more));
        params.extend(all.map(|line| Value::Origin(Origin::of(line.id))));
    }
    for row in tx.sql(&text, &params)? {
        known.take(Cells::of(row));
    }
    let Known { delivered, invoiced, reserved, billed, held } = known;
    let mut facts = Facts::fresh(tx.currency(), lines, &products);
    facts.held = held;
    for line in &mut facts.lines {
        let id = line.line.id;
        line.reserved = reserved.get(&id).copied().unwrap_or_default();
        line.delivered = delivered.get(&id).copied().unwrap_or_default();
        line.invoiced = invoiced.get(&id).copied().unwrap_or_default().max(Quantity::ZERO);
    }
    facts.billed = billed;
    render_services(&mut facts.lines);
    Ok(facts)
}

/// A service is rendered with the last goods; where there are none, with the order itself.
fn render_services(lines: &mut [LineFacts]) {
    let goods_left =
        lines.iter().filter(|facts| facts.stocked).all(|f| f.delivered >= f.line.quantity);
    for facts in lines.iter_mut().filter(|facts| !facts.stocked) {
        facts.delivered = if goods_left { facts.line.quantity } else { Quantity::ZERO };
    }
}

/// So few records are read one by one: the transaction keeps what it has met.
const FEW: usize = 3;

/// The products of some lines: one query, or none for the few that the transaction has met.
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
    if ids.len() <= FEW {
        return ids.into_iter().map(|id| Ok((id, tx.get(id)?))).collect();
    }
    let among = Condition::Among("id", ids.into_iter().map(Into::into).collect());
    let found = tx.find(Filter::<Product>::new(among))?;
    Ok(found.into_iter().map(|product| (product.id, product)).collect())
}

/// The answers of [`KNOWN`], put together row by row.
struct Known {
    delivered: HashMap<Id<OrderLine>, Quantity>,
    invoiced: HashMap<Id<OrderLine>, Quantity>,
    reserved: HashMap<Id<OrderLine>, Quantity>,
    billed: Billed,
    held: bool,
}

impl Known {
    fn nothing(currency: Currency) -> Self {
        Self {
            delivered: HashMap::new(),
            invoiced: HashMap::new(),
            reserved: HashMap::new(),
            billed: Billed::nothing(currency),
            held: false,
        }
    }

    fn take(&mut self, mut cells: Cells) {
        let (what, line) = (cells.text(), cells.origin::<OrderLine>());
        let lines = match what.as_str() {
            "delivered" => &mut self.delivered,
            "invoiced" => &mut self.invoiced,
            "reserved" => &mut self.reserved,
            "held" => {
                self.held = cells.quantity() > Quantity::ZERO;
                return;
            }
            kind => return self.billed.take(kind == "credit_note", cells),
        };
        if let Some(line) = line {
            lines.insert(line, cells.quantity());
        }
    }
}

impl Billed {
    #[must_use]
    pub const fn nothing(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { open: zero, paid: zero, due_on: None, invoices: 0 }
    }

    fn take(&mut self, credit: bool, mut cells: Cells) {
        let currency = self.open.currency;
        let (open, due) = (cells.money(currency), cells.money(currency));
        let due_on = cells.day_if_any();
        if credit {
            self.paid -= due - open;
            return;
        }
        self.invoices += 1;
        self.open += open;
        self.paid += due - open;
        if !open.is_zero() {
            self.due_on = [self.due_on, due_on].into_iter().flatten().min();
        }
    }
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
    /// What is true of an order of which nothing was reserved, sent or billed yet.
    #[must_use]
    pub fn fresh(
        currency: Currency,
        lines: Vec<Kept<OrderLine>>,
        products: &HashMap<Id<Product>, Kept<Product>>,
    ) -> Self {
        let stocked = |line: &OrderLine| products.get(&line.product).is_none_or(|p| p.stocked());
        let mut lines: Vec<LineFacts> = lines
            .into_iter()
            .map(|line| LineFacts {
                stocked: stocked(&line),
                reserved: Quantity::ZERO,
                delivered: Quantity::ZERO,
                invoiced: Quantity::ZERO,
                line,
            })
            .collect();
        render_services(&mut lines);
        Self { lines, billed: Billed::nothing(currency), held: true }
    }

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
