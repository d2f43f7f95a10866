//! Orders against the facts: each state is derived again and must come out the same.

use std::collections::{HashMap, HashSet};

use crm::sales::{Order, OrderLine, OrderStates, PaymentState};
use erp::inventory::Reservation;
use kernel::{Choice, Day, Faults, Filter, Id, Kept, Money, Origin, Quantity, Tx};

use super::Finding;
use crate::order_to_cash::facts::{Facts, facts};
use crate::rows::Cells;

pub const CODES: &[&str] = &[
    "doctor.order_states",
    "doctor.order_line",
    "doctor.order_tax",
    "doctor.reservation_orphan",
    "doctor.hold_orphan",
];

const UNDER_WAY: &str = "\
select o.id from orders o where o.company = $1 and o.stage = 'confirmed' order by o.id";

/// Checks every order that was confirmed.
///
/// # Errors
/// `store.*`.
pub fn check(tx: &mut Tx<'_>, found: &mut Vec<Finding>) -> Result<(), Faults> {
    for row in tx.sql(UNDER_WAY, &[])? {
        let order: Kept<Order> = tx.get(Cells::of(row).id())?;
        let facts = facts(tx, order.id)?;
        states(&order, &facts, tx.today(), found);
        lines(&facts, found);
    }
    closed(tx, found)?;
    taxes(tx, found)?;
    reservations(tx, found)?;
    holds(tx, found)
}

const CLOSED: &str = "\
select o.id, o.payment from orders o where o.company = $1 and o.stage = 'closed'";

const OPEN: &str = "\
select i.origin, cast(sum(i.open) as bigint)
from invoices i
where i.company = $1 and i.state = 'posted' and i.kind <> 'credit_note' and i.open > 0
  and i.origin is not null
group by i.origin";

/// Of a closed order only the payment still moves: it is full when nothing is open. There are many
/// of them: they are told by sums, not one by one.
fn closed(tx: &mut Tx<'_>, found: &mut Vec<Finding>) -> Result<(), Faults> {
    let open: HashSet<Id<Order>> =
        tx.sql(OPEN, &[])?.into_iter().filter_map(|row| Cells::of(row).origin::<Order>()).collect();
    for row in tx.sql(CLOSED, &[])? {
        let mut cells = Cells::of(row);
        let (order, payment) = (cells.id(), cells.choice::<PaymentState>());
        let owed = matches!(payment, Some(PaymentState::Full)) && open.contains(&order);
        let paid = matches!(payment, Some(PaymentState::Overdue)) && !open.contains(&order);
        if owed || paid {
            let name = payment.map_or("", Choice::name);
            let finding = Finding::on("doctor.order_states", Origin::of(order));
            let should = if owed { PaymentState::Partial } else { PaymentState::Full };
            found.push(finding.with("found", name).with("expected", should.name()));
        }
    }
    Ok(())
}

fn states(order: &Kept<Order>, facts: &Facts, today: Day, found: &mut Vec<Finding>) {
    let mut derived = facts.states(order, today);
    let stored = OrderStates {
        reservation: order.reservation,
        delivery: order.delivery,
        invoicing: order.invoicing_state,
        payment: order.payment,
        promised_on: order.promised_on,
    };
    // Between two mornings an invoice may have fallen due: no act told the order.
    if derived.payment == PaymentState::Overdue {
        derived.payment = stored.payment;
    }
    if stored != derived {
        let words = |states: OrderStates| {
            let OrderStates { reservation, delivery, invoicing, payment, .. } = states;
            let names = [reservation.name(), delivery.name(), invoicing.name(), payment.name()];
            names.join(", ")
        };
        let finding = Finding::on("doctor.order_states", Origin::of(order.id));
        found.push(finding.with("found", words(stored)).with("expected", words(derived)));
    }
}

fn lines(facts: &Facts, found: &mut Vec<Finding>) {
    for facts in &facts.lines {
        let line = &facts.line;
        for (stored, derived) in [
            (line.reserved, facts.reserved),
            (line.delivered, facts.delivered),
            (line.invoiced, facts.invoiced),
        ] {
            if stored != derived {
                let finding = Finding::on("doctor.order_line", Origin::of(line.id));
                found.push(finding.with("found", stored).with("expected", derived));
            }
        }
    }
}

/// The invoices of orders, with their tax; credit notes and drafts make an order incomparable.
const INVOICES: &str = "\
select i.origin, i.kind, i.state, i.net, i.tax_amount
from invoices i
where i.company = $1 and i.origin is not null and i.kind <> 'deposit'";

const ORDERS: &str = "\
select o.id, o.net, o.tax_amount from orders o where o.company = $1 and o.invoicing_state = 'full'";

/// An order that one invoice bills whole has the tax of that invoice.
fn taxes(tx: &mut Tx<'_>, found: &mut Vec<Finding>) -> Result<(), Faults> {
    let currency = tx.currency();
    let mut billed: HashMap<Id<Order>, Vec<(bool, Money, Money)>> = HashMap::new();
    for row in tx.sql(INVOICES, &[])? {
        let mut cells = Cells::of(row);
        let Some(order) = cells.origin::<Order>() else { continue };
        let plain = cells.text() == "invoice" && cells.text() == "posted";
        let sums = (plain, cells.money(currency), cells.money(currency));
        billed.entry(order).or_default().push(sums);
    }
    for row in tx.sql(ORDERS, &[])? {
        let mut cells = Cells::of(row);
        let (order, own_net) = (cells.id(), cells.money(currency));
        let own_tax = cells.money(currency);
        let Some(&[(true, net, tax)]) = billed.get(&order).map(Vec::as_slice) else { continue };
        if own_net == net && own_tax != tax {
            let finding = Finding::on("doctor.order_tax", Origin::of(order));
            found.push(finding.with("found", own_tax).with("expected", tax));
        }
    }
    Ok(())
}

const LINES_UNDER_WAY: &str = "\
select l.id from order_lines l join orders o on o.company = l.company and o.id = l.\"order\"
where l.company = $1 and o.stage = 'confirmed'";

/// Goods are kept for order lines under way only, and never more than is still to leave.
fn reservations(tx: &mut Tx<'_>, found: &mut Vec<Finding>) -> Result<(), Faults> {
    let rows = tx.sql(LINES_UNDER_WAY, &[])?;
    let alive: HashSet<Id<OrderLine>> = rows.into_iter().map(|row| Cells::of(row).id()).collect();
    for kept in tx.find(Filter::<Reservation>::everything())? {
        let Some(line) = kept.origin.as_a::<OrderLine>() else { continue };
        if !alive.contains(&line) {
            let finding = Finding::on("doctor.reservation_orphan", Origin::of(kept.id));
            found.push(finding.with("found", kept.quantity).with("expected", Quantity::ZERO));
        }
    }
    Ok(())
}

const HELD_AFTER_THE_END: &str = "\
select h.id from holds h join orders o on o.company = h.company and o.id = h.\"order\"
where h.company = $1 and h.released_at is null and o.stage <> 'confirmed'";

/// Only an order under way is held.
fn holds(tx: &mut Tx<'_>, found: &mut Vec<Finding>) -> Result<(), Faults> {
    for row in tx.sql(HELD_AFTER_THE_END, &[])? {
        let hold: Id<crm::sales::Hold> = Cells::of(row).id();
        let finding = Finding::on("doctor.hold_orphan", Origin::of(hold));
        found.push(finding.with("found", 1_i64).with("expected", 0_i64));
    }
    Ok(())
}
