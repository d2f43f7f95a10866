//! One step that brings an order in line with the facts. It runs after each event that touches the
//! order, in the same transaction; run again, it changes nothing.

use crm::interactions;
use crm::sales::{self, Order, OrderStage, PaymentState, Progress};
use kernel::{Event, Faults, Id, Kept, Origin, Tx};

use super::facts::{Facts, facts};
use super::holds;

/// Derives how far an order is from what the departments know: its lines, its states, the holds
/// whose reason is gone, its end when nothing is left to do. A draft or cancelled order is left
/// alone; of a closed one only the payment still moves.
///
/// # Errors
/// `not_found`, `store.*`.
pub fn converge(tx: &mut Tx<'_>, id: Id<Order>) -> Result<(), Faults> {
    let order = tx.lock(id)?;
    if matches!(order.stage, OrderStage::Draft | OrderStage::Cancelled) {
        return Ok(());
    }
    let facts = facts(tx, id)?;
    if order.stage == OrderStage::Confirmed && facts.held {
        holds::release_groundless(tx, &order, &facts)?;
    }
    settle(tx, &order, &facts)
}

/// Writes what the facts say of an order, and closes it when nothing is left to do.
///
/// # Errors
/// `store.*`.
pub(super) fn settle(tx: &mut Tx<'_>, order: &Kept<Order>, facts: &Facts) -> Result<(), Faults> {
    let mut states = facts.states(order, tx.today());
    if order.stage == OrderStage::Closed {
        // What a closed order was is history: credit notes do not open it again.
        states.reservation = order.reservation;
        states.delivery = order.delivery;
        states.invoicing = order.invoicing_state;
    } else {
        settle_lines(tx, facts)?;
    }
    sales::set_states(tx, order.id, states)?;
    tell(tx, order, &states)?;
    let done = states.delivery == Progress::Full
        && states.invoicing == Progress::Full
        && states.payment == PaymentState::Full;
    if done && order.stage == OrderStage::Confirmed {
        if facts.held {
            holds::release_all(tx, order.id)?;
        }
        sales::close(tx, order.id, None)?;
        fact(tx, order, "order.closed")?;
    }
    Ok(())
}

/// Converges the order that a document was made from, if it was made from one.
///
/// # Errors
/// Those of [`converge`].
pub fn converge_origin(tx: &mut Tx<'_>, origin: Option<Origin>) -> Result<(), Faults> {
    match origin.and_then(|origin| origin.as_a::<Order>()) {
        Some(order) => converge(tx, order),
        None => Ok(()),
    }
}

fn settle_lines(tx: &mut Tx<'_>, facts: &Facts) -> Result<(), Faults> {
    for facts in &facts.lines {
        let mut line = facts.line.clone();
        line.reserved = facts.reserved;
        line.delivered = facts.delivered;
        line.invoiced = facts.invoiced;
        tx.save(&line)?;
    }
    Ok(())
}

/// Tells once each that all was delivered, invoiced and paid.
fn tell(tx: &mut Tx<'_>, before: &Kept<Order>, states: &sales::OrderStates) -> Result<(), Faults> {
    let mut reached = Vec::new();
    if before.delivery != Progress::Full && states.delivery == Progress::Full {
        reached.push("order.delivered");
    }
    if before.invoicing_state != Progress::Full && states.invoicing == Progress::Full {
        reached.push("order.invoiced");
    }
    if before.payment != PaymentState::Full && states.payment == PaymentState::Full {
        reached.push("order.paid");
    }
    for name in reached {
        let event = Event::new(name, Origin::of(before.id)).with("party", before.party);
        tx.emit(event.with("total", before.total));
    }
    Ok(())
}

/// A line of the customer's timeline about an order.
pub(super) fn fact(tx: &mut Tx<'_>, order: &Kept<Order>, code: &'static str) -> Result<(), Faults> {
    let number = order.number.clone().unwrap_or_default();
    interactions::fact(tx, order.party, Some(Origin::of(order.id)), code, &number)?;
    Ok(())
}
