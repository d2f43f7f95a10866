//! The warehouse: goods are prepared, sent, received, ordered again and counted.

use std::collections::HashMap;

use crm::sales::{Order, Progress};
use erp::inventory::{
    ExpectedReceipt, Shortage, StockCount, StockCountLine, StockLevel, apply_count,
    receive_expected,
};
use erp::logistics::{self, Packing, Shipment, ShipmentState};
use identity::Role;
use kernel::{Actor, Day, Door, Entity, Faults, Id, Price, Quantity, Tx};
use master::Product;
use processes::order_to_cash;

use super::shop::{Shop, filled, make, unless, with_lines};

const CARRIERS: [&str; 3] = ["Transports Rivaloire", "Messagerie du Forez", "Rivaloire Palettes"];
/// How often one tries to prepare what never comes, before the rest is given up.
const MOST_TRIES: u32 = 16;

/// What came of an attempt to prepare an order.
enum Prepared {
    Ready(Id<Shipment>),
    Held,
    Nothing,
    /// Only services: there is nothing to send.
    Rendered,
    Over,
}

/// Draws up and picks the shipments of the day.
///
/// # Errors
/// Those of the process, `store.*`.
pub fn prepare(shop: &mut Shop, day: Day) -> Result<(), Faults> {
    let due = shop.diary.preparations.take(day);
    if due.is_empty() {
        return Ok(());
    }
    let orders: Vec<Id<Order>> = due.iter().map(|rank| shop.deals[*rank].order).collect();
    let (who, at) = (shop.someone(Role::Warehouse, 1), shop.calendar.at(day, 13, 40));
    let done = shop.act(&who, at, move |tx, actor| {
        orders.iter().map(|order| prepare_one(tx, actor, *order)).collect::<Result<Vec<_>, _>>()
    })?;
    for (rank, done) in due.into_iter().zip(done) {
        match done {
            Prepared::Ready(shipment) => {
                let wait = i64::from(!shop.chance.percent(30));
                shop.diary.departures.put(shop.calendar.after(day, wait), (rank, shipment));
            }
            Prepared::Held => shop.diary.preparations.put(shop.calendar.after(day, 2), rank),
            Prepared::Nothing => try_again(shop, day, rank),
            Prepared::Rendered => shop.diary.bills.put(day, rank),
            Prepared::Over => {}
        }
    }
    Ok(())
}

fn prepare_one(tx: &mut Tx<'_>, actor: &Actor, order: Id<Order>) -> Result<Prepared, Faults> {
    match order_to_cash::prepare(tx, actor, order) {
        Ok(shipment) => {
            logistics::pick(tx, shipment, false)?;
            Ok(Prepared::Ready(shipment))
        }
        Err(faults) if faults.has("order.held") => Ok(Prepared::Held),
        Err(faults) if faults.has("order.stage") => Ok(Prepared::Over),
        Err(faults) if faults.has("order.nothing_to_prepare") => {
            let rendered = tx.get(order)?.delivery == Progress::Full;
            Ok(if rendered { Prepared::Rendered } else { Prepared::Nothing })
        }
        Err(faults) => Err(faults),
    }
}

fn try_again(shop: &mut Shop, day: Day, rank: usize) {
    shop.deals[rank].tries += 1;
    if shop.deals[rank].tries > MOST_TRIES {
        shop.diary.ends.put(day, (rank, "Reliquat abandonné en accord avec le client"));
    } else {
        shop.diary.preparations.put(shop.calendar.after(day, 3), rank);
    }
}

/// Packs and sends what is ready; tells of what arrived at the customers'. On the last day, one
/// shipment of two is left in its parcels.
///
/// # Errors
/// Those of the process, `store.*`.
pub fn send(shop: &mut Shop, day: Day) -> Result<(), Faults> {
    let delivered = shop.diary.deliveries.take(day);
    let due = shop.diary.departures.take(day);
    if due.is_empty() && delivered.is_empty() {
        return Ok(());
    }
    let last = day == shop.calendar.back(0);
    let mut parcels = Vec::new();
    for (rank, (deal, shipment)) in due.iter().enumerate() {
        let carrier = CARRIERS[usize::from(shop.chance.percent(30))].to_owned();
        let tracking = format!("RV{:09}FR", shop.chance.between(100_000_000, 999_999_999));
        let packing = Packing {
            parcels: Some(shop.chance.between(1, 5)),
            weight_g: None,
            carrier: Some(carrier),
            tracking: Some(tracking),
        };
        parcels.push((*shipment, shop.deals[*deal].order, packing, last && rank % 2 == 0));
    }
    let (who, at) = (shop.someone(Role::Warehouse, 0), shop.calendar.at(day, 15, 50));
    let done = shop.act(&who, at, move |tx, actor| {
        for shipment in &delivered {
            logistics::deliver(tx, *shipment, None)?;
        }
        parcels
            .iter()
            .map(|(shipment, order, packing, wait)| {
                send_one(tx, actor, *shipment, *order, packing, *wait)
            })
            .collect::<Result<Vec<_>, Faults>>()
    })?;
    for ((rank, shipment), progress) in due.into_iter().zip(done) {
        follow(shop, day, rank, shipment, progress);
    }
    Ok(())
}

/// How much of the order has left; nothing when the shipment stays.
fn send_one(
    tx: &mut Tx<'_>,
    actor: &Actor,
    shipment: Id<Shipment>,
    order: Id<Order>,
    packing: &Packing,
    wait: bool,
) -> Result<Option<Progress>, Faults> {
    let state = tx.get(shipment)?.state;
    if state == ShipmentState::Picked {
        logistics::pack(tx, shipment, packing.clone())?;
    }
    if wait || !state.is_open() {
        return Ok(None);
    }
    let sent = order_to_cash::ship(tx, actor, shipment, Shortage::Refuse);
    let sent = unless(&["order.held", "order.stage"], sent)?;
    Ok(match sent {
        Some(_) => Some(tx.get(order)?.delivery),
        None => None,
    })
}

fn follow(
    shop: &mut Shop,
    day: Day,
    rank: usize,
    shipment: Id<Shipment>,
    progress: Option<Progress>,
) {
    let Some(progress) = progress else {
        shop.diary.departures.put(shop.calendar.after(day, 2), (rank, shipment));
        return;
    };
    let travel = shop.chance.between(1, 3);
    shop.diary.deliveries.put(shop.calendar.after(day, travel), shipment);
    shop.diary.bills.put(shop.calendar.after(day, 1), rank);
    if progress == Progress::Partial {
        shop.diary.preparations.put(shop.calendar.after(day, 3), rank);
    }
}

/// Takes in what arrived; then those who waited for it are served.
///
/// # Errors
/// Those of inventory and of the process, `store.*`.
pub fn receive(shop: &mut Shop, day: Day) -> Result<(), Faults> {
    let due = shop.diary.arrivals.take(day);
    if due.is_empty() {
        return Ok(());
    }
    let mut products: Vec<Id<Product>> =
        due.iter().map(|(_, item, _)| shop.items[*item].id).collect();
    products.sort();
    products.dedup();
    let (who, at) = (shop.someone(Role::Warehouse, 0), shop.calendar.at(day, 8, 10));
    shop.act(&who, at, move |tx, _| {
        for (receipt, _, quantity) in &due {
            receive_expected(tx, *receipt, *quantity, None)?;
        }
        Ok(())
    })?;
    let house = Actor::house(shop.company, Door::Event);
    shop.act(&house, shop.calendar.at(day, 8, 12), move |tx, actor| {
        for product in &products {
            order_to_cash::serve_waiting(tx, actor, *product)?;
        }
        Ok(())
    })
}

/// Makes and buys again what runs low, to last about six weeks.
///
/// # Errors
/// Those of inventory, `store.*`.
pub fn replenish(shop: &mut Shop, day: Day) -> Result<(), Faults> {
    for item in &mut shop.items {
        // The days since the last look fade by a few percent each.
        item.demand = item.demand * 93 / 100;
    }
    let who = shop.someone(Role::Warehouse, 0);
    let present = shop.store.read(&who, |tx| Ok(present(tx)?))?;
    let mut wanted = Vec::new();
    for (rank, item) in shop.items.iter().enumerate() {
        if !item.stocked || shop.starved.contains(&rank) {
            continue;
        }
        // In the long run, what is remembered is 27 days of demand.
        let daily = item.demand / 27;
        let have = present.get(&item.id).copied().unwrap_or_default();
        if have.0 < item.reorder.0.max(daily * (item.lead_days * 5 / 7 + 8)) {
            wanted.push((rank, batch(daily * (item.lead_days * 5 / 7 + 32), item.reorder)));
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    for (rank, quantity) in wanted {
        let lead = i32::try_from(shop.items[rank].lead_days).unwrap_or(14);
        order_goods(shop, day, rank, quantity, day + lead)?;
    }
    Ok(())
}

/// A round number of units, at least the half of the reorder point.
fn batch(quantity: i64, reorder: Quantity) -> Quantity {
    let ten = 10 * Quantity::SCALE;
    Quantity(quantity.max(reorder.0 / 2).div_euclid(ten) * ten + ten)
}

/// Free in stock, and awaited.
fn present(tx: &mut Tx<'_>) -> Result<HashMap<Id<Product>, Quantity>, Faults> {
    let mut present: HashMap<Id<Product>, Quantity> = HashMap::new();
    let stock = StockLevel::KIND.is(&erp::inventory::LocationKind::Stock);
    for level in tx.find(stock)? {
        *present.entry(level.product).or_default() += level.free();
    }
    for receipt in tx.find(ExpectedReceipt::DONE.is(&false))? {
        *present.entry(receipt.product).or_default() += receipt.awaited();
    }
    Ok(present)
}

/// Expects goods, and writes in the diary when they will come: late sometimes, in two parts
/// sometimes.
///
/// # Errors
/// Those of inventory, `store.*`.
pub fn order_goods(
    shop: &mut Shop,
    day: Day,
    rank: usize,
    quantity: Quantity,
    due: Day,
) -> Result<(), Faults> {
    let item = shop.items[rank].clone();
    let due = shop.calendar.on_or_after(due);
    let cost = item.cost.scaled * shop.chance.between(97, 105) / 100;
    let cost = Price::new(cost, item.cost.currency);
    let number = shop.chance.between(1_000, 9_999);
    let reference = match &item.supplier {
        Some(supplier) => format!("{supplier}-{number}"),
        None => format!("OF-{number}"),
    };
    // Who buys knows what it costs; those who keep the shelves do not.
    let (who, at) = (shop.someone(Role::Owner, 0), shop.calendar.at(day, 16, 20));
    let receipt = shop.act(&who, at, move |tx, actor| {
        let values = vec![
            ("product", item.id.into()),
            ("quantity", quantity.into()),
            ("due_on", due.into()),
            ("unit_cost", cost.into()),
            ("reference", reference.as_str().into()),
        ];
        make(tx, actor, ExpectedReceipt::DEF, &filled(ExpectedReceipt::DEF, values))
    })?;
    let receipt = Id::from_raw(receipt);
    let late = if shop.chance.percent(30) { shop.chance.between(1, 5) } else { 0 };
    let arrival = shop.calendar.after(due, late);
    if shop.chance.percent(12) {
        let half = Quantity(quantity.0 / 2 / Quantity::SCALE * Quantity::SCALE);
        shop.diary.arrivals.put(arrival, (receipt, rank, Some(half)));
        shop.diary.arrivals.put(shop.calendar.after(arrival, 4), (receipt, rank, None));
    } else {
        shop.diary.arrivals.put(arrival, (receipt, rank, None));
    }
    Ok(())
}

/// Counts some shelves; `apply` makes the records say what was found.
///
/// # Errors
/// Those of inventory, `store.*`.
pub fn count(shop: &mut Shop, day: Day, apply: bool) -> Result<(), Faults> {
    let mut chance = shop.chance.clone();
    let stocked: Vec<usize> = (0..shop.items.len()).filter(|r| shop.items[*r].stocked).collect();
    let start = usize::try_from(chance.between(0, 40)).unwrap_or(0);
    let chosen: Vec<(Id<Product>, i64)> = stocked
        .iter()
        .cycle()
        .skip(start)
        .take(9)
        .map(|rank| {
            (shop.items[*rank].id, if chance.percent(45) { chance.between(-3, 2) } else { 0 })
        })
        .collect();
    shop.chance = chance;
    let (who, at) = (shop.someone(Role::Warehouse, 0), shop.calendar.at(day, 17, 10));
    let shelf = shop.shelf;
    let count = shop.act(&who, at, move |tx, actor| {
        let mut lines = Vec::new();
        for (product, difference) in &chosen {
            let here = StockLevel::PRODUCT.is(product) & StockLevel::LOCATION.is(&shelf);
            let Some(level) = tx.first(here)? else { continue };
            let counted = (level.on_hand + Quantity::units(*difference)).max(level.reserved);
            let values = vec![("product", (*product).into()), ("counted", counted.into())];
            lines.push(filled(StockCountLine::DEF, values));
        }
        let values = vec![("location", shelf.into()), ("counted_on", tx.today().into())];
        let draft = filled(StockCount::DEF, values);
        let draft = with_lines(draft, StockCount::DEF, "lines", lines);
        make(tx, actor, StockCount::DEF, &draft)
    })?;
    if apply {
        let at = shop.calendar.at(day, 17, 40);
        shop.act(&who, at, move |tx, _| apply_count(tx, Id::from_raw(count)))?;
    }
    Ok(())
}
