//! All that matters of one customer, on one page and in a few queries.

use crm::sales::{Opportunity, Order, OrderStage, Quote, QuoteState};
use erp::finance::{self, Invoice, InvoiceState, OverdueInvoice, Payment};
use erp::logistics::Shipment;
use kernel::{
    Condition, Direction, Entity, Fault, Faults, Filter, Id, Kept, Money, Query, Tx, Value,
};
use master::Party;

use crate::order_to_cash::{Exposure, exposure};
use crate::rows::Cells;

/// What the page of a customer shows.
#[derive(Debug, Clone)]
pub struct CustomerView {
    pub party: Kept<Party>,
    pub exposure: Exposure,
    pub overdue: Vec<OverdueInvoice>,
    pub opportunities: Vec<Kept<Opportunity>>,
    /// Sent, and not answered yet.
    pub quotes: Vec<Kept<Quote>>,
    /// Drafts and confirmed orders, newest first.
    pub open_orders: Vec<Kept<Order>>,
    pub shipments: Vec<Kept<Shipment>>,
    pub invoices: Vec<Kept<Invoice>>,
    pub payments: Vec<Kept<Payment>>,
    pub figures: Figures,
}

/// The last twelve months in figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Invoiced, excluding tax, less the credit notes.
    pub sales: Money,
    pub invoices: i64,
    /// Days from an invoice to the money, weighted by amount; none when nothing was paid.
    pub dso_days: Option<i64>,
}

/// How many of each kind of document the page shows.
const SHOWN: u32 = 10;

/// Gathers what is known of a customer.
///
/// # Errors
/// `not_found`, `company.missing`.
pub fn customer_view(tx: &mut Tx<'_>, id: Id<Party>) -> Result<CustomerView, Faults> {
    let party = tx.get(id)?;
    let today = tx.today();
    let exposure = exposure(tx, &party, &[])?;
    let sent = Quote::PARTY.is(&id) & Quote::STATE.is(&QuoteState::Sent);
    let posted = Invoice::PARTY.is(&id) & Invoice::STATE.is(&InvoiceState::Posted);
    Ok(CustomerView {
        exposure,
        overdue: finance::overdue_invoices(tx, today, Some(id))?,
        opportunities: newest(tx, Opportunity::PARTY.is(&id))?,
        quotes: last_quoted(tx, sent)?,
        open_orders: open_orders(tx, id)?,
        shipments: newest(tx, Shipment::PARTY.is(&id))?,
        invoices: last_issued(tx, posted)?,
        payments: newest(tx, Payment::PARTY.is(&id))?,
        figures: figures(tx, id)?,
        party,
    })
}

fn newest<E: Entity>(tx: &mut Tx<'_>, filter: Filter<E>) -> Result<Vec<Kept<E>>, Fault> {
    let condition: Condition = filter.condition;
    tx.select(Query::all(E::DEF).only(condition).newest().limit(SHOWN))
}

/// The drafts and the confirmed orders, newest first: each stage is a walk along an index, however
/// many orders the customer has.
fn open_orders(tx: &mut Tx<'_>, id: Id<Party>) -> Result<Vec<Kept<Order>>, Fault> {
    let mut found = newest(tx, Order::PARTY.is(&id) & Order::STAGE.is(&OrderStage::Draft))?;
    found.extend(newest(tx, Order::PARTY.is(&id) & Order::STAGE.is(&OrderStage::Confirmed))?);
    found.sort_by_key(|order| std::cmp::Reverse(order.id));
    found.truncate(SHOWN as usize);
    Ok(found)
}

fn last_quoted(tx: &mut Tx<'_>, filter: Filter<Quote>) -> Result<Vec<Kept<Quote>>, Fault> {
    let by_day = Query::all(Quote::DEF).only(filter.condition);
    tx.select(by_day.sorted(Quote::QUOTED_ON.name, Direction::Down).limit(SHOWN))
}

fn last_issued(tx: &mut Tx<'_>, filter: Filter<Invoice>) -> Result<Vec<Kept<Invoice>>, Fault> {
    let by_day = Query::all(Invoice::DEF).only(filter.condition);
    tx.select(by_day.sorted(Invoice::ISSUED_ON.name, Direction::Down).limit(SHOWN))
}

const SALES: &str = "\
select cast(coalesce(sum(case when i.kind = 'credit_note' then -i.net else i.net end), 0)
  as bigint), cast(coalesce(sum(case when i.kind = 'invoice' then 1 else 0 end), 0) as bigint)
from invoices i
where i.company = $1 and i.party = $2 and i.state = 'posted' and i.kind <> 'deposit'
  and i.issued_on > $3";

/// 86,400,000,000 microseconds make a day: an instant divided by it is its day in Greenwich.
const PAID: &str = "\
select cast(coalesce(sum(a.amount), 0) as bigint),
  cast(coalesce(sum(a.amount * (a.at / 86400000000 - i.issued_on)), 0) as bigint)
from allocations a join invoices i on i.company = a.company and i.id = a.invoice
where a.company = $1 and i.party = $2 and i.state = 'posted' and a.undone_at is null
  and i.kind <> 'credit_note'
  and i.issued_on > $3";

/// The figures of the last twelve months of a customer.
///
/// # Errors
/// `store.*`.
pub fn figures(tx: &mut Tx<'_>, party: Id<Party>) -> Result<Figures, Fault> {
    let (currency, since) = (tx.currency(), tx.today().plus_months(-12));
    let about = [Value::Ref(party.raw()), Value::Day(since)];
    let mut sales = Cells::of(tx.sql(SALES, &about)?.pop().unwrap_or_default());
    let mut paid = Cells::of(tx.sql(PAID, &about)?.pop().unwrap_or_default());
    let (amount, weighted) = (paid.integer(), paid.integer());
    let days = || kernel::divide_half_up(i128::from(weighted), i128::from(amount));
    Ok(Figures {
        sales: sales.money(currency),
        invoices: sales.integer(),
        dso_days: (amount > 0).then(|| i64::try_from(days().max(0)).unwrap_or(0)),
    })
}
