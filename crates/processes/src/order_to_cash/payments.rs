//! Money comes in, or goes back: the invoices it settles, the orders they were made from, and the
//! holds that it lifts.

use std::collections::BTreeSet;

use crm::interactions;
use crm::sales::Order;
use erp::finance::{self, BankLine, Invoice, Match, NewPayment, Payment, PaymentMethod};
use kernel::{Actor, Day, Faults, Id, Money, Origin, RawId, Tx};
use master::Party;

use super::billing::hold_order_of;
use super::converge::converge;
use super::credit;

/// A payment of an invoice, or of what a credit note gives back.
#[derive(Debug, Clone)]
pub struct Paying {
    pub day: Day,
    /// What is open, when absent.
    pub amount: Option<Money>,
    pub method: PaymentMethod,
    pub reference: Option<String>,
}

/// Pays an invoice: the payment is posted and set against it, and its order follows.
///
/// # Errors
/// `invoice.draft`, `invoice.paid`, `amount.positive`, `period.*`.
pub fn pay(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Invoice>,
    paying: Paying,
) -> Result<Id<Payment>, Faults> {
    let orders = hold_orders(tx, &[id])?;
    let Paying { day, amount, method, reference } = paying;
    let payment = finance::pay_invoice(tx, actor, id, day, amount, method, reference)?;
    follow(tx, payment, &orders)?;
    Ok(payment)
}

/// Records a payment and sets it against invoices; their orders follow.
///
/// # Errors
/// Those of [`finance::record_payment`].
pub fn record(tx: &mut Tx<'_>, actor: &Actor, new: NewPayment) -> Result<Id<Payment>, Faults> {
    let paid: Vec<Id<Invoice>> = new.allocations.iter().map(|(invoice, _)| *invoice).collect();
    let orders = hold_orders(tx, &paid)?;
    let payment = finance::record_payment(tx, actor, new)?;
    follow(tx, payment, &orders)?;
    Ok(payment)
}

/// What follows when a payment is entered by hand: the credit of its customer is judged again.
///
/// # Errors
/// `store.*`.
pub fn settle(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    follow(tx, Id::from_raw(id), &BTreeSet::new())
}

/// Sets a payment, or a credit note, against an invoice; its order follows.
///
/// # Errors
/// Those of [`finance::allocate`].
pub fn allocate(
    tx: &mut Tx<'_>,
    _: &Actor,
    source: Origin,
    invoice: Id<Invoice>,
    amount: Money,
) -> Result<(), Faults> {
    let orders = hold_orders(tx, &[invoice])?;
    finance::allocate(tx, source, invoice, amount)?;
    converge_all(tx, &orders)
}

/// Undoes a payment by a counter-entry; the orders it paid are open again.
///
/// # Errors
/// `payment.undone`, `period.*`.
pub fn undo(tx: &mut Tx<'_>, actor: &Actor, id: Id<Payment>) -> Result<(), Faults> {
    let orders = hold_orders_paid_by(tx, id)?;
    finance::undo_payment(tx, actor, id)?;
    undone(tx, id, &orders)
}

/// Accepts what a bank line pays; the orders follow.
///
/// # Errors
/// Those of [`finance::accept_match`].
pub fn accept_match(
    tx: &mut Tx<'_>,
    actor: &Actor,
    line: Id<BankLine>,
    what: &Match,
) -> Result<Id<Payment>, Faults> {
    let paid: &[Id<Invoice>] = if let Match::Invoices(invoices) = what { invoices } else { &[] };
    let orders = hold_orders(tx, paid)?;
    let payment = finance::accept_match(tx, actor, line, what)?;
    match what {
        // It was told when it was recorded.
        Match::Payment(_) => {}
        _ => follow(tx, payment, &orders)?,
    }
    Ok(payment)
}

/// What follows when a bank line was matched: the orders that its payment pays, unless the payment
/// was recorded before.
pub(super) fn matched(tx: &mut Tx<'_>, line: RawId, payment: Id<Payment>) -> Result<(), Faults> {
    let made_here = tx.get(payment)?.origin == Some(Origin::of(Id::<BankLine>::from_raw(line)));
    if !made_here {
        return Ok(());
    }
    let orders = hold_orders_paid_by(tx, payment)?;
    follow(tx, payment, &orders)
}

/// Undoes the match of a bank line; the orders that its payment paid are open again.
///
/// # Errors
/// Those of [`finance::undo_match`].
pub fn undo_match(tx: &mut Tx<'_>, actor: &Actor, line: Id<BankLine>) -> Result<(), Faults> {
    let payment = tx.get(line)?.payment;
    let orders = match payment {
        Some(payment) => hold_orders_paid_by(tx, payment)?,
        None => BTreeSet::new(),
    };
    finance::undo_match(tx, actor, line)?;
    match payment {
        Some(payment) if tx.get(payment)?.undone_at.is_some() => undone(tx, payment, &orders),
        _ => Ok(()),
    }
}

/// Locks the orders that invoices were made from, before the invoices themselves.
pub(super) fn hold_orders(
    tx: &mut Tx<'_>,
    invoices: &[Id<Invoice>],
) -> Result<BTreeSet<Id<Order>>, Faults> {
    let mut orders = BTreeSet::new();
    for invoice in invoices {
        let origin = hold_order_of(tx, *invoice)?;
        orders.extend(origin.and_then(|origin| origin.as_a::<Order>()));
    }
    Ok(orders)
}

fn hold_orders_paid_by(
    tx: &mut Tx<'_>,
    payment: Id<Payment>,
) -> Result<BTreeSet<Id<Order>>, Faults> {
    let paid = finance::allocations_of(tx, Origin::of(payment))?;
    let paid: Vec<Id<Invoice>> = paid.iter().map(|allocation| allocation.invoice).collect();
    hold_orders(tx, &paid)
}

pub(super) fn converge_all(tx: &mut Tx<'_>, orders: &BTreeSet<Id<Order>>) -> Result<(), Faults> {
    orders.iter().try_for_each(|order| converge(tx, *order))
}

/// What a payment brings about: its orders are in line, its customer's credit is judged again, and
/// the timeline tells it.
fn follow(tx: &mut Tx<'_>, id: Id<Payment>, orders: &BTreeSet<Id<Order>>) -> Result<(), Faults> {
    let party = tx.get(id)?.party;
    converge_all(tx, orders)?;
    credit::relieve(tx, party)?;
    tell(tx, id, party, "payment.received");
    Ok(())
}

fn undone(tx: &mut Tx<'_>, id: Id<Payment>, orders: &BTreeSet<Id<Order>>) -> Result<(), Faults> {
    let party = tx.get(id)?.party;
    converge_all(tx, orders)?;
    tell(tx, id, party, "payment.undone");
    Ok(())
}

/// Writes the payment on the customer's timeline, once it has its number.
fn tell(tx: &mut Tx<'_>, id: Id<Payment>, party: Id<Party>, code: &'static str) {
    tx.last(move |tx| {
        let number = tx.get(id)?.number.clone().unwrap_or_default();
        interactions::fact(tx, party, Some(Origin::of(id)), code, &number)?;
        Ok(())
    });
}
