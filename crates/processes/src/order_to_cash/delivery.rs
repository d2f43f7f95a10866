//! The goods of an order: kept, prepared, sent.

use crm::interactions;
use crm::sales::{self, Order, OrderLine, OrderStage};
use erp::inventory::{self, Shortage};
use erp::logistics::{self, NewShipment, NewShipmentLine, Shipment, ShippedLine};
use kernel::{Actor, Choice, Fault, Faults, Id, Kept, Origin, Quantity, Tx};
use master::Product;

use super::converge::converge;
use super::facts::facts;
use super::holds;
use crate::rows::Cells;

/// Refuses an act on an order that is not under way.
pub(super) fn under_way(order: &Order) -> Result<(), Fault> {
    if order.stage == OrderStage::Confirmed {
        return Ok(());
    }
    Err(Fault::new("order.stage").with("stage", order.stage.name()))
}

/// Draws up a shipment of what is kept for the order and on no shipment yet.
///
/// # Errors
/// `order.stage`, one `order.held` for each blocking hold, `order.nothing_to_prepare`.
pub fn prepare(tx: &mut Tx<'_>, _: &Actor, id: Id<Order>) -> Result<Id<Shipment>, Faults> {
    let order = tx.lock(id)?;
    under_way(&order)?;
    holds::ensure_free(tx, id)?;
    let lines = sales::lines(tx, id)?;
    let origins: Vec<Origin> = lines.iter().map(|line| Origin::of(line.id)).collect();
    let kept = inventory::reserved_for(tx, &origins)?;
    let prepared = logistics::in_preparation(tx, &origins)?;
    let of = |amounts: &std::collections::HashMap<Origin, Quantity>, line: &Kept<OrderLine>| {
        amounts.get(&Origin::of(line.id)).copied().unwrap_or_default()
    };
    let ready: Vec<NewShipmentLine> = lines
        .iter()
        .map(|line| NewShipmentLine {
            product: line.product,
            description: line.description.clone(),
            quantity: of(&kept, line) - of(&prepared, line),
            origin: Some(Origin::of(line.id)),
        })
        .filter(|line| line.quantity > Quantity::ZERO)
        .collect();
    if ready.is_empty() {
        return Err(Fault::new("order.nothing_to_prepare").into());
    }
    logistics::draft(tx, new_shipment(tx, &order, ready))
}

fn new_shipment(tx: &Tx<'_>, order: &Kept<Order>, lines: Vec<NewShipmentLine>) -> NewShipment {
    NewShipment {
        party: order.party,
        origin: Some(Origin::of(order.id)),
        carrier: None,
        name: order.delivery_name.clone(),
        street: order.delivery_street.clone(),
        postcode: order.delivery_postcode.clone(),
        city: order.delivery_city.clone(),
        country: order.delivery_country.clone(),
        planned_on: Some(order.wanted_on.map_or(tx.today(), |day| day.max(tx.today()))),
        lines,
    }
}

/// The goods of a shipment leave; its order follows. What the shipment does not hold stays kept
/// for the order, to be prepared again.
///
/// # Errors
/// `order.stage`, one `order.held` for each blocking hold, `shipment.state`, `shipment.empty`, one
/// `stock.short` for each line that cannot be served.
pub fn ship(
    tx: &mut Tx<'_>,
    _: &Actor,
    id: Id<Shipment>,
    shortage: Shortage,
) -> Result<Vec<ShippedLine>, Faults> {
    let shipment = tx.get(id)?;
    let order = shipment.origin.and_then(|origin| origin.as_a::<Order>());
    if let Some(order) = order {
        under_way(&*tx.lock(order)?)?;
        holds::ensure_free(tx, order)?;
    }
    let shipped = logistics::ship(tx, id, shortage)?;
    if let Some(order) = order {
        converge(tx, order)?;
    }
    // The number may be given in this very transaction.
    tx.last(move |tx| {
        let shipment = tx.get(id)?;
        let number = shipment.number.clone().unwrap_or_default();
        let about = Some(Origin::of(id));
        interactions::fact(tx, shipment.party, about, "shipment.shipped", &number)?;
        Ok(())
    });
    Ok(shipped)
}

/// Keeps for an order what has become free of what it waits for. Says how many units it got.
///
/// # Errors
/// `order.stage`.
pub fn reserve(tx: &mut Tx<'_>, _: &Actor, id: Id<Order>) -> Result<Quantity, Faults> {
    let order = tx.lock(id)?;
    under_way(&order)?;
    let waiting: Vec<(Id<Product>, Quantity, Origin)> = facts(tx, id)?
        .lines
        .iter()
        .filter(|facts| facts.waiting() > Quantity::ZERO)
        .map(|facts| (facts.line.product, facts.waiting(), Origin::of(facts.line.id)))
        .collect();
    if waiting.is_empty() {
        return Ok(Quantity::ZERO);
    }
    let got = Quantity::sum(inventory::reserve_all(tx, &waiting)?);
    if got > Quantity::ZERO {
        converge(tx, id)?;
    }
    Ok(got)
}

/// The orders that wait for a product, the first confirmed first.
const WAITING: &str = "\
select distinct o.id, o.confirmed_at
from order_lines l join orders o on o.company = l.company and o.id = l.\"order\"
where l.company = $1 and l.product = $2 and o.stage = 'confirmed' and o.reservation <> 'full'
  and l.quantity > l.delivered + l.reserved
order by o.confirmed_at, o.id";

/// Serves those who wait for a product with what is free of it: what follows the events
/// `stock.received` and `stock.released`. Says how many orders got something.
///
/// # Errors
/// `store.*`.
pub fn serve_waiting(
    tx: &mut Tx<'_>,
    actor: &Actor,
    product: Id<Product>,
) -> Result<usize, Faults> {
    let mut served = 0;
    for row in tx.sql(WAITING, &[product.into()])? {
        let order: Id<Order> = Cells::of(row).id();
        if inventory::availability(tx, product, Quantity(1))?.is_short() {
            break;
        }
        // Someone may have closed it since the search.
        if tx.lock(order)?.stage == OrderStage::Confirmed
            && reserve(tx, actor, order)? > Quantity::ZERO
        {
            served += 1;
        }
    }
    Ok(served)
}

/// Cancels the shipments of an order that have not left.
///
/// # Errors
/// `store.*`.
pub(super) fn cancel_open(tx: &mut Tx<'_>, order: Id<Order>) -> Result<(), Faults> {
    let theirs = Shipment::ORIGIN.has(&Origin::of(order));
    for shipment in tx.find(theirs)?.iter().filter(|shipment| shipment.state.is_open()) {
        logistics::cancel(tx, shipment.id)?;
    }
    Ok(())
}

/// Gives back all that is kept for the lines of an order.
///
/// # Errors
/// `store.*`.
pub(super) fn give_back(tx: &mut Tx<'_>, order: Id<Order>) -> Result<(), Faults> {
    let lines = sales::lines(tx, order)?;
    let origins: Vec<Origin> = lines.iter().map(|line| Origin::of(line.id)).collect();
    inventory::release_all(tx, &origins)
}
