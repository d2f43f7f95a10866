//! Goods come in, go out and come back. Each act takes several lines and reads what it needs in a
//! handful of queries.

use std::collections::{BTreeSet, HashMap};

use kernel::{Event, Fault, Faults, Id, Money, Origin, Price, Quantity, Rate, Tx};
use master::Product;

use super::availability::shortages;
use super::level::Levels;
use super::location::{Location, LocationKind, Places};
use super::movement::{Cost, Course, Handling, Reason, Shift, StockMove};
use super::reservation::Reservations;

/// Goods that come in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Incoming {
    pub product: Id<Product>,
    pub quantity: Quantity,
    /// In the currency of the accounts.
    pub unit_cost: Price,
}

/// Goods that go out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outgoing {
    pub product: Id<Product>,
    pub quantity: Quantity,
    /// Whose reservation is used first (an order line).
    pub reserved_by: Option<Origin>,
}

/// Goods that come back from a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Returned {
    pub product: Id<Product>,
    pub quantity: Quantity,
    /// What they went out for (a shipment): they come back at the cost they left at. At the present
    /// cost when that is not known.
    pub issued_for: Option<Origin>,
}

/// What to do when more goes out than the records hold free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortage {
    Refuse,
    /// The goods did leave, as history tells: what is missing is first recorded as found.
    Adjust,
}

/// Takes goods in, into one place of ours. Emits `stock.received` for each product.
///
/// # Errors
/// `stock.cost`, `stock_move.quantity`, `location.none`, `not_found`.
pub fn receive_all(
    tx: &mut Tx<'_>,
    into: Id<Location>,
    lines: &[Incoming],
    origin: Origin,
) -> Result<(), Faults> {
    let mut faults = positive(lines.iter().map(|line| line.quantity));
    for (rank, line) in lines.iter().enumerate() {
        let sound = line.unit_cost.scaled >= 0 && line.unit_cost.currency == tx.currency();
        faults.ensure(sound, || Fault::new("stock.cost").on(format!("lines.{rank}.unit_cost")));
    }
    faults.into_result()?;
    let places = Places::read(tx)?;
    let source = places.main(LocationKind::Supplier)?;
    let products = lines.iter().map(|line| line.product).collect();
    // The customers' level is made with the first receipt, so that the first sales, when many sell
    // at once, need not make it.
    let through = [source, into, places.main(LocationKind::Customer)?];
    let mut handling = Handling::begin(tx, places, products, &through, Course::In)?;
    for Incoming { product, quantity, unit_cost } in lines.iter().copied() {
        let cost = Cost::Known(unit_cost.amount(quantity, Rate::ZERO));
        let (target, reason) = (into, Reason::Receipt);
        handling.shift(tx, &Shift { product, quantity, source, target, reason, cost, origin })?;
        let received = Event::new("stock.received", Origin::of(product));
        tx.emit(received.with("quantity", quantity));
    }
    handling.end(tx)
}

/// Takes one product in.
///
/// # Errors
/// Those of [`receive_all`].
pub fn receive(
    tx: &mut Tx<'_>,
    product: Id<Product>,
    into: Id<Location>,
    quantity: Quantity,
    unit_cost: Price,
    origin: Origin,
) -> Result<(), Faults> {
    receive_all(tx, into, &[Incoming { product, quantity, unit_cost }], origin)
}

/// Sends goods from stock to the customers: first what the line's own reservation keeps, then what
/// is free. Tells what each line cost. Hand in goods only: services have no stock.
///
/// # Errors
/// One `stock.short` for each line that cannot be served (unless the shortage is adjusted), with
/// the product, what was asked, what is free and when the rest comes; `stock_move.quantity`.
pub fn issue_all(
    tx: &mut Tx<'_>,
    lines: &[Outgoing],
    origin: Origin,
    shortage: Shortage,
) -> Result<Vec<Money>, Faults> {
    positive(lines.iter().map(|line| line.quantity)).into_result()?;
    let places = Places::read(tx)?;
    let customers = places.main(LocationKind::Customer)?;
    let mut through = vec![customers];
    if shortage == Shortage::Adjust {
        through.extend([places.main(LocationKind::Stock)?, places.main(LocationKind::Loss)?]);
    }
    let products = lines.iter().map(|line| line.product).collect();
    let origins: Vec<Origin> = lines.iter().filter_map(|line| line.reserved_by).collect();
    let mut handling = Handling::begin(tx, places, products, &through, Course::Out)?;
    let mut reservations = Reservations::of(tx, &origins)?;
    let mut costs = Vec::with_capacity(lines.len());
    let (mut asked, mut short) = (Vec::with_capacity(lines.len()), Vec::new());
    for (rank, line) in lines.iter().enumerate() {
        let kept = line.reserved_by.map_or(Quantity::ZERO, |origin| reservations.kept_for(origin));
        asked.push((line.product, (line.quantity - kept).max(Quantity::ZERO)));
        let taken = take(&mut handling.levels, &mut reservations, line);
        let missing = line.quantity - Quantity::sum(taken.iter().map(|(_, part)| *part));
        let mut cost = Money::zero(tx.currency());
        for (source, quantity) in taken {
            cost += handling.shift(tx, &out(line.product, quantity, source, customers, origin))?;
        }
        if missing > Quantity::ZERO && shortage == Shortage::Adjust {
            cost += issue_found(tx, &mut handling, line.product, missing, origin)?;
        } else if missing > Quantity::ZERO {
            short.push((rank, line.quantity, line.quantity - missing));
        }
        costs.push(cost);
    }
    if !short.is_empty() {
        return Err(shortages(tx, &asked, &short)?);
    }
    handling.end(tx)?;
    reservations.store(tx)?;
    Ok(costs)
}

/// Sends one product from stock to the customers and tells its cost.
///
/// # Errors
/// Those of [`issue_all`].
pub fn issue(
    tx: &mut Tx<'_>,
    product: Id<Product>,
    quantity: Quantity,
    reserved_by: Option<Origin>,
    origin: Origin,
    shortage: Shortage,
) -> Result<Money, Faults> {
    let line = Outgoing { product, quantity, reserved_by };
    let costs = issue_all(tx, &[line], origin, shortage)?;
    Ok(Money::sum(tx.currency(), costs))
}

/// Takes goods back from the customers, into a place of ours. Tells the cost of each line.
///
/// # Errors
/// `stock_move.quantity`, `location.none`, `not_found`.
pub fn take_back_all(
    tx: &mut Tx<'_>,
    into: Id<Location>,
    lines: &[Returned],
    origin: Origin,
) -> Result<Vec<Money>, Faults> {
    positive(lines.iter().map(|line| line.quantity)).into_result()?;
    let places = Places::read(tx)?;
    let (source, target) = (places.main(LocationKind::Customer)?, into);
    let products = lines.iter().map(|line| line.product).collect();
    let mut handling = Handling::begin(tx, places, products, &[source, target], Course::In)?;
    let issued = issued_for(tx, lines)?;
    let mut costs = Vec::with_capacity(lines.len());
    for Returned { product, quantity, issued_for } in lines.iter().copied() {
        let left_at = issued_for.and_then(|origin| issued.get(&(origin, product)));
        let cost = left_at
            .map_or(Cost::Present, |(gone, value)| Cost::Known(value.part(quantity.0, gone.0)));
        let reason = Reason::Return;
        let shift = Shift { product, quantity, source, target, reason, cost, origin };
        costs.push(handling.shift(tx, &shift)?);
    }
    handling.end(tx)?;
    Ok(costs)
}

/// Takes one product back from the customers, and tells its cost.
///
/// # Errors
/// Those of [`take_back_all`].
pub fn take_back(
    tx: &mut Tx<'_>,
    product: Id<Product>,
    quantity: Quantity,
    issued_for: Option<Origin>,
    into: Id<Location>,
    origin: Origin,
) -> Result<Money, Faults> {
    let line = Returned { product, quantity, issued_for };
    Ok(Money::sum(tx.currency(), take_back_all(tx, into, &[line], origin)?))
}

/// Brings goods from one place of ours to another. What is reserved stays where it is.
///
/// # Errors
/// `stock.lacking`, `stock_move.quantity`, `stock_move.still`, `stock_move.outside` when a place is
/// not ours.
pub fn transfer(
    tx: &mut Tx<'_>,
    product: Id<Product>,
    quantity: Quantity,
    source: Id<Location>,
    target: Id<Location>,
    origin: Origin,
) -> Result<(), Faults> {
    if quantity <= Quantity::ZERO {
        let fault = Fault::new("stock_move.quantity").on("quantity");
        return Err(fault.with("given", quantity).into());
    }
    if source == target {
        return Err(Fault::new("stock_move.still").on("target").into());
    }
    let places = Places::read(tx)?;
    if places.kind(source)?.is_counterpart() || places.kind(target)?.is_counterpart() {
        return Err(Fault::new("stock_move.outside").on("target").into());
    }
    let mut handling =
        Handling::begin(tx, places, BTreeSet::from([product]), &[source, target], Course::In)?;
    let (reason, cost) = (Reason::Transfer, Cost::Present);
    handling.shift(tx, &Shift { product, quantity, source, target, reason, cost, origin })?;
    handling.end(tx)
}

fn positive(quantities: impl IntoIterator<Item = Quantity>) -> Faults {
    let mut faults = Faults::default();
    for (rank, quantity) in quantities.into_iter().enumerate() {
        faults.ensure(quantity > Quantity::ZERO, || {
            let fault = Fault::new("stock_move.quantity").with("given", quantity);
            fault.on(format!("lines.{rank}.quantity"))
        });
    }
    faults
}

fn out(
    product: Id<Product>,
    quantity: Quantity,
    source: Id<Location>,
    target: Id<Location>,
    origin: Origin,
) -> Shift {
    let (reason, cost) = (Reason::Issue, Cost::Present);
    Shift { product, quantity, source, target, reason, cost, origin }
}

/// Where a line's goods are taken: its own reservation, then what is free. Each place once.
fn take(
    levels: &mut Levels,
    reservations: &mut Reservations,
    line: &Outgoing,
) -> Vec<(Id<Location>, Quantity)> {
    let mut taken = match line.reserved_by {
        Some(origin) => reservations.consume(levels, origin, line.product, line.quantity),
        None => Vec::new(),
    };
    let mut left = line.quantity - Quantity::sum(taken.iter().map(|(_, part)| *part));
    for place in levels.stock_places(line.product) {
        // What the reservation gave back is free now, and already promised to this line.
        let own = taken.iter_mut().find(|(taken_at, _)| *taken_at == place);
        let promised = own.as_ref().map_or(Quantity::ZERO, |(_, part)| *part);
        let part = left.min(levels.at(line.product, place).free() - promised);
        if part > Quantity::ZERO {
            left -= part;
            match own {
                Some((_, quantity)) => *quantity += part,
                None => taken.push((place, part)),
            }
        }
    }
    taken
}

/// Goods leave that the records did not know: they are found, then issued. The finding's origin is
/// the move that took them out.
fn issue_found(
    tx: &mut Tx<'_>,
    handling: &mut Handling,
    product: Id<Product>,
    quantity: Quantity,
    origin: Origin,
) -> Result<Money, Faults> {
    let stock = handling.places.main(LocationKind::Stock)?;
    let losses = handling.places.main(LocationKind::Loss)?;
    let customers = handling.places.main(LocationKind::Customer)?;
    let leaving: Id<StockMove> = tx.draw_id();
    let found = Shift {
        product,
        quantity,
        source: losses,
        target: stock,
        reason: Reason::Found,
        cost: Cost::Present,
        origin: Origin::of(leaving),
    };
    handling.shift(tx, &found)?;
    handling.shift_as(tx, leaving, &out(product, quantity, stock, customers, origin))
}

/// What left for each of these origins: how many, and at what cost in all.
fn issued_for(
    tx: &mut Tx<'_>,
    lines: &[Returned],
) -> Result<HashMap<(Origin, Id<Product>), (Quantity, Money)>, Fault> {
    let origins: Vec<Origin> = lines.iter().filter_map(|line| line.issued_for).collect();
    let mut issued = HashMap::new();
    if origins.is_empty() {
        return Ok(issued);
    }
    let moves = StockMove::ORIGIN.among(&origins) & StockMove::REASON.is(&Reason::Issue);
    let nothing = (Quantity::ZERO, Money::zero(tx.currency()));
    for gone in tx.find(moves)? {
        let sum = issued.entry((gone.origin, gone.product)).or_insert(nothing);
        sum.0 += gone.quantity;
        sum.1 += gone.value;
    }
    Ok(issued)
}
