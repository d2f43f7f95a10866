//! The end of an order: all was done, the rest is given up, or nothing ever left.

use crm::sales::{self, Order, OrderStage, PaymentState};
use erp::finance::{self, Invoice, InvoiceState};
use kernel::{Actor, Event, Fault, Faults, Id, Money, Origin, Quantity, Tx};

use super::converge::{converge, fact};
use super::facts::{Facts, LineFacts, facts};
use super::{delivery, holds};

/// Closes an order: what was not delivered is given up, for the reason said, and its goods are free
/// again.
///
/// # Errors
/// `order.stage`, `order.uninvoiced` when something delivered is not invoiced yet,
/// `order.undelivered` when something invoiced will not be delivered, `field.required` without a
/// reason while something is given up.
pub fn close(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Order>,
    reason: Option<String>,
) -> Result<(), Faults> {
    let order = tx.lock(id)?;
    delivery::under_way(&order)?;
    let known = facts(tx, id)?;
    let mut faults = Faults::default();
    let unbilled = known.lines.iter().any(|facts| facts.to_invoice(false) > Quantity::ZERO);
    faults.ensure(!(unbilled && begun(&known)), || Fault::new("order.uninvoiced"));
    let ahead = known.lines.iter().any(|facts| facts.invoiced > facts.delivered);
    faults.ensure(!ahead, || Fault::new("order.undelivered"));
    faults.into_result()?;
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    let undone = known.lines.iter().any(|facts| facts.delivered < facts.line.quantity);
    if undone && reason.is_none() {
        return Err(Fault::new("field.required").on("reason").into());
    }
    end(tx, actor, id)?;
    sales::close(tx, id, reason)?;
    fact(tx, &order, "order.closed")?;
    converge(tx, id)
}

/// Whether something left the house or was billed: a service alone may be given up until then.
fn begun(facts: &Facts) -> bool {
    let left = |facts: &LineFacts| facts.stocked && facts.delivered > Quantity::ZERO;
    facts.lines.iter().any(|facts| left(facts) || facts.invoiced > Quantity::ZERO)
}

/// Cancels an order of which nothing has left and nothing is billed: its goods are free again, its
/// draft invoices go.
///
/// # Errors
/// `order.stage`, `order.shipped`, `order.billed` (a deposit or an invoice is to be credited
/// first).
pub fn cancel(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Order>,
    reason: Option<String>,
) -> Result<(), Faults> {
    let order = tx.lock(id)?;
    if order.stage == OrderStage::Confirmed {
        let facts = facts(tx, id)?;
        if facts.lines.iter().any(|facts| facts.stocked && facts.delivered > Quantity::ZERO) {
            return Err(Fault::new("order.shipped").into());
        }
        drop_drafts(tx, id)?;
        end(tx, actor, id)?;
        // Told before the stage changes: a cancelled order no longer converges.
        let mut left = tx.get(id)?;
        for mut line in sales::lines(tx, id)? {
            (line.reserved, line.delivered) = (Quantity::ZERO, Quantity::ZERO);
            line.invoiced = Quantity::ZERO;
            tx.save(&line)?;
        }
        left.reservation = sales::Progress::None;
        left.delivery = sales::Progress::None;
        left.invoicing_state = sales::Progress::None;
        left.payment = PaymentState::None;
        left.promised_on = None;
        tx.save(&left)?;
    }
    sales::cancel(tx, id, reason)?;
    fact(tx, &order, "order.cancelled")
}

/// Nothing more leaves: open shipments are cancelled, goods given back, holds released.
fn end(tx: &mut Tx<'_>, _: &Actor, id: Id<Order>) -> Result<(), Faults> {
    delivery::cancel_open(tx, id)?;
    delivery::give_back(tx, id)?;
    holds::release_all(tx, id)
}

/// Deletes the draft invoices of an order; refuses when a posted one is not credited in full.
fn drop_drafts(tx: &mut Tx<'_>, id: Id<Order>) -> Result<(), Faults> {
    let mut balance = Money::zero(tx.currency());
    for invoice in tx.find(Invoice::ORIGIN.has(&Origin::of(id)))? {
        match (invoice.state, invoice.kind) {
            (InvoiceState::Draft, _) => drop_draft(tx, invoice.id)?,
            (_, finance::InvoiceKind::CreditNote) => balance -= invoice.total,
            _ => balance += invoice.total,
        }
    }
    if balance.is_zero() {
        return Ok(());
    }
    Err(Fault::new("order.billed").with("amount", balance).into())
}

fn drop_draft(tx: &mut Tx<'_>, id: Id<Invoice>) -> Result<(), Faults> {
    for deduction in finance::deductions_of(tx, id)? {
        tx.delete(deduction.id)?;
    }
    for line in finance::invoice_lines(tx, id)? {
        tx.delete(line.id)?;
    }
    tx.delete(id)?;
    tx.emit(Event::new("invoice.dropped", Origin::of(id)));
    Ok(())
}
