//! The steps of a shipment. Each is one function and one transaction.

use std::collections::{BTreeSet, HashMap};

use kernel::{
    Actor, Condition, Day, Event, Fault, Faults, Filter, Id, Kept, Money, Origin, Quantity, RawId,
    Tx, divide_half_up,
};
use master::{Address, AddressKind, Party, Product};

use super::picking;
use super::shipment::{Shipment, ShipmentLine, ShipmentState};
use crate::inventory::{Outgoing, Shortage, issue_all, products_among};

/// A shipment to be prepared. What is left empty of the address comes from the customer.
#[derive(Debug, Clone)]
pub struct NewShipment {
    pub party: Id<Party>,
    /// What it delivers: an order.
    pub origin: Option<Origin>,
    pub carrier: Option<String>,
    pub name: Option<String>,
    pub street: Option<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
    pub planned_on: Option<Day>,
    pub lines: Vec<NewShipmentLine>,
}

#[derive(Debug, Clone)]
pub struct NewShipmentLine {
    pub product: Id<Product>,
    /// The product's name when left empty.
    pub description: Option<String>,
    pub quantity: Quantity,
    /// What it delivers: an order line.
    pub origin: Option<Origin>,
}

/// What the packing of a shipment tells; what is left empty keeps what was known.
#[derive(Debug, Clone, Default)]
pub struct Packing {
    pub parcels: Option<i64>,
    /// In grams.
    pub weight_g: Option<i64>,
    pub carrier: Option<String>,
    pub tracking: Option<String>,
}

/// A line that has left, and what its goods cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShippedLine {
    pub line: Id<ShipmentLine>,
    pub product: Id<Product>,
    pub quantity: Quantity,
    pub origin: Option<Origin>,
    pub cost: Money,
}

/// Draws up a shipment; its number follows at the end of the transaction.
///
/// # Errors
/// `shipment.empty`, `stock_move.quantity`, `shipment.country` and the other rules of a shipment.
pub fn draft(tx: &mut Tx<'_>, new: NewShipment) -> Result<Id<Shipment>, Faults> {
    if new.lines.is_empty() {
        return Err(Fault::new("shipment.empty").on("lines").into());
    }
    let id = tx.insert(&Shipment {
        number: None,
        party: new.party,
        origin: new.origin,
        state: ShipmentState::Draft,
        carrier: new.carrier,
        tracking: None,
        parcels: None,
        weight_g: None,
        name: new.name,
        street: new.street,
        postcode: new.postcode,
        city: new.city,
        country: new.country,
        planned_on: new.planned_on,
        shipped_on: None,
        delivered_on: None,
        lines: kernel::Lines::HERE,
    })?;
    let (mut faults, mut lines) = (Faults::default(), Vec::new());
    for (rank, NewShipmentLine { product, description, quantity, origin }) in
        new.lines.into_iter().enumerate()
    {
        let picked = Quantity::ZERO;
        let line = ShipmentLine { shipment: id, product, description, quantity, picked, origin };
        let made = tx.insert(&line).map_err(|broken| broken.within(&format!("lines.{rank}")));
        if let Some(made) = faults.gather(made) {
            lines.push(tx.get(made)?);
        }
    }
    faults.into_result()?;
    complete(tx, id, lines)?;
    tx.emit(Event::new("shipment.drafted", Origin::of(id)));
    Ok(id)
}

/// A shipment drawn up or edited by hand is completed like any other.
pub fn settle(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    let id = Id::<Shipment>::from_raw(id);
    let lines = tx.find(ShipmentLine::SHIPMENT.is(&id))?;
    complete(tx, id, lines)
}

/// Fills what is known elsewhere: names and weights from the products, the address from the
/// customer, the number.
fn complete(
    tx: &mut Tx<'_>,
    id: Id<Shipment>,
    lines: Vec<Kept<ShipmentLine>>,
) -> Result<(), Faults> {
    let ids: BTreeSet<Id<Product>> = lines.iter().map(|line| line.product).collect();
    let products: HashMap<Id<Product>, Kept<Product>> =
        products_among(tx, &ids)?.into_iter().map(|product| (product.id, product)).collect();
    let mut shipment = tx.get(id)?;
    let party = tx.get(shipment.party)?;
    if shipment.weight_g.is_none() {
        shipment.weight_g = weigh(tx, &lines)?;
    }
    for mut line in lines {
        // Edited by hand, a line may ask for less than was picked.
        line.picked = line.picked.min(line.quantity);
        if line.description.is_none()
            && let Some(product) = products.get(&line.product)
        {
            line.description = Some(product.label(party.language.language()).to_owned());
        }
        tx.save(&line)?;
    }
    if shipment.name.is_none() {
        shipment.name = Some(party.name.clone());
    }
    if shipment.street.is_none() && shipment.city.is_none() {
        let theirs = Address::PARTY.is(&party.id);
        let elsewhere = tx.first(theirs & Address::KIND.is(&AddressKind::Delivery))?;
        let at = elsewhere.map_or_else(
            || (party.street.clone(), party.postcode.clone(), party.city.clone(), None),
            |address| {
                let Address { street, postcode, city, country, .. } = address.into_inner();
                (street, postcode, city, country)
            },
        );
        (shipment.street, shipment.postcode, shipment.city) = (at.0, at.1, at.2);
        shipment.country = at.3.or(shipment.country.take());
    }
    if shipment.country.is_none() {
        shipment.country = Some(party.country_code().to_owned());
    }
    tx.save(&shipment)?;
    if shipment.number.is_none() {
        let year = tx.today().year();
        tx.last(move |tx| number(tx, id, year));
    }
    Ok(())
}

/// The number of the delivery note: `BL-2026-00001`.
fn number(tx: &mut Tx<'_>, id: Id<Shipment>, year: i16) -> Result<(), Faults> {
    let mut shipment = tx.get(id)?;
    if shipment.number.is_none() {
        let rank = tx.number(&format!("shipment:BL:{year}"))?;
        shipment.number = Some(format!("BL-{year}-{rank:05}"));
        tx.save(&shipment)?;
    }
    Ok(())
}

/// What some lines weigh in grams; none when nothing is known of it.
pub(super) fn weigh(tx: &mut Tx<'_>, lines: &[Kept<ShipmentLine>]) -> Result<Option<i64>, Fault> {
    let ids: BTreeSet<Id<Product>> = lines.iter().map(|line| line.product).collect();
    let products: HashMap<Id<Product>, Kept<Product>> =
        products_among(tx, &ids)?.into_iter().map(|product| (product.id, product)).collect();
    let weights = lines.iter().map(|line| {
        let each = products.get(&line.product).and_then(|product| product.weight_g);
        weight(each.unwrap_or(0), line.quantity)
    });
    Ok(Some(weights.sum::<i64>()).filter(|weight| *weight > 0))
}

/// Grams of so many units, rounded half up.
fn weight(each: i64, quantity: Quantity) -> i64 {
    let product = i128::from(each) * i128::from(quantity.0);
    i64::try_from(divide_half_up(product, i128::from(Quantity::SCALE))).unwrap_or(i64::MAX)
}

/// The goods are off the shelf: all of them when none was counted; those that were counted, and with
/// `partial` no more than those.
///
/// # Errors
/// `shipment.state`, `shipment.empty`, `shipment.incomplete`.
pub fn pick(tx: &mut Tx<'_>, id: Id<Shipment>, partial: bool) -> Result<(), Faults> {
    let mut shipment = tx.lock(id)?;
    shipment.step_to(ShipmentState::Picked)?;
    picking::close(tx, &mut shipment, partial)?;
    tx.save(&shipment)?;
    tx.emit(about(&shipment, "shipment.picked"));
    Ok(())
}

/// The goods are in their parcels.
///
/// # Errors
/// `shipment.state`, `shipment.parcels`, `shipment.weight`, `shipment.empty`, `shipment.incomplete`.
pub fn pack(tx: &mut Tx<'_>, id: Id<Shipment>, packing: Packing) -> Result<(), Faults> {
    let mut shipment = tx.lock(id)?;
    let unpicked = shipment.state == ShipmentState::Draft;
    shipment.step_to(ShipmentState::Packed)?;
    if unpicked {
        picking::close(tx, &mut shipment, false)?;
    }
    shipment.parcels = packing.parcels.or(shipment.parcels);
    shipment.weight_g = packing.weight_g.or(shipment.weight_g);
    shipment.carrier = packing.carrier.or(shipment.carrier.take());
    shipment.tracking = packing.tracking.or(shipment.tracking.take());
    tx.save(&shipment)?;
    tx.emit(about(&shipment, "shipment.packed"));
    Ok(())
}

/// The carrier took the goods or will: who, and under which number. For a shipment that is neither
/// cancelled nor delivered.
///
/// # Errors
/// `shipment.state`.
pub fn track(
    tx: &mut Tx<'_>,
    id: Id<Shipment>,
    carrier: Option<String>,
    tracking: Option<String>,
) -> Result<(), Faults> {
    let mut shipment = tx.lock(id)?;
    if !shipment.state.is_open() && shipment.state != ShipmentState::Shipped {
        return Err(refused(shipment.state, ShipmentState::Shipped).into());
    }
    shipment.carrier = carrier.or(shipment.carrier.take());
    shipment.tracking = tracking.or(shipment.tracking.take());
    tx.save(&shipment)
}

/// The goods leave: the stock is issued, first what each line's origin had reserved. Tells what
/// each line cost. The order is not this department's: the process that calls updates it, having
/// locked it first.
///
/// # Errors
/// `shipment.state`, `shipment.empty`, `shipment.incomplete`, one `stock.short` for each line that
/// cannot be served.
pub fn ship(
    tx: &mut Tx<'_>,
    id: Id<Shipment>,
    shortage: Shortage,
) -> Result<Vec<ShippedLine>, Faults> {
    let mut shipment = tx.lock(id)?;
    let unpicked = shipment.state == ShipmentState::Draft;
    shipment.step_to(ShipmentState::Shipped)?;
    if unpicked {
        picking::close(tx, &mut shipment, false)?;
    }
    let lines = tx.find(ShipmentLine::SHIPMENT.is(&id))?;
    if lines.is_empty() {
        return Err(Fault::new("shipment.empty").on("lines").into());
    }
    let goods: Vec<Outgoing> = lines
        .iter()
        .map(|line| Outgoing {
            product: line.product,
            quantity: line.quantity,
            reserved_by: line.origin,
        })
        .collect();
    let costs = issue_all(tx, &goods, Origin::of(id), shortage)?;
    shipment.shipped_on = Some(tx.today());
    tx.save(&shipment)?;
    tx.emit(about(&shipment, "shipment.shipped"));
    let shipped = lines.iter().zip(costs).map(|(line, cost)| ShippedLine {
        line: line.id,
        product: line.product,
        quantity: line.quantity,
        origin: line.origin,
        cost,
    });
    Ok(shipped.collect())
}

/// The customer has the goods: today, or on the day given.
///
/// # Errors
/// `shipment.state`, `shipment.delivered_on` for a day before it left or still to come.
pub fn deliver(tx: &mut Tx<'_>, id: Id<Shipment>, on: Option<Day>) -> Result<(), Faults> {
    let mut shipment = tx.lock(id)?;
    shipment.step_to(ShipmentState::Delivered)?;
    let (day, today) = (on.unwrap_or(tx.today()), tx.today());
    if day > today || shipment.shipped_on.is_some_and(|left| day < left) {
        return Err(Fault::new("shipment.delivered_on").on("delivered_on").into());
    }
    shipment.delivered_on = Some(day);
    tx.save(&shipment)?;
    tx.emit(about(&shipment, "shipment.delivered").with("delivered_on", day));
    Ok(())
}

/// The shipment will not leave. What its order keeps aside stays kept.
///
/// # Errors
/// `shipment.state` once the goods have left.
pub fn cancel(tx: &mut Tx<'_>, id: Id<Shipment>) -> Result<(), Faults> {
    let mut shipment = tx.lock(id)?;
    shipment.step_to(ShipmentState::Cancelled)?;
    tx.save(&shipment)?;
    tx.emit(about(&shipment, "shipment.cancelled"));
    Ok(())
}

/// The lines of a shipment, in order.
///
/// # Errors
/// `store.*`.
pub fn lines(tx: &mut Tx<'_>, id: Id<Shipment>) -> Result<Vec<Kept<ShipmentLine>>, Fault> {
    tx.find(ShipmentLine::SHIPMENT.is(&id))
}

/// How much of each of these origins (order lines) is on shipments that have not left; absent when
/// nothing is.
///
/// # Errors
/// `store.*`.
pub fn in_preparation(
    tx: &mut Tx<'_>,
    origins: &[Origin],
) -> Result<HashMap<Origin, Quantity>, Fault> {
    let mut prepared: HashMap<Origin, Quantity> = HashMap::new();
    let wanted: Vec<Option<Origin>> = origins.iter().copied().map(Some).collect();
    let lines =
        if wanted.is_empty() { Vec::new() } else { tx.find(ShipmentLine::ORIGIN.among(&wanted))? };
    if lines.is_empty() {
        return Ok(prepared);
    }
    let ids: BTreeSet<Id<Shipment>> = lines.iter().map(|line| line.shipment).collect();
    let among = Condition::Among("id", ids.into_iter().map(Into::into).collect());
    let open: BTreeSet<Id<Shipment>> = tx
        .find(Filter::<Shipment>::new(among))?
        .into_iter()
        .filter(|shipment| shipment.state.is_open())
        .map(|shipment| shipment.id)
        .collect();
    for line in lines.iter().filter(|line| open.contains(&line.shipment)) {
        if let Some(origin) = line.origin {
            *prepared.entry(origin).or_default() += line.quantity;
        }
    }
    Ok(prepared)
}

fn about(shipment: &Kept<Shipment>, event: &'static str) -> Event {
    let told = Event::new(event, Origin::of(shipment.id)).with("party", shipment.party);
    match shipment.origin {
        Some(origin) => told.with("origin", origin),
        None => told,
    }
}

pub(super) fn refused(state: ShipmentState, asked: ShipmentState) -> Fault {
    use kernel::Choice;
    Fault::new("shipment.state").on("state").with("state", state.name()).with("asked", asked.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_unit_weighs_its_part() {
        assert_eq!(weight(250, Quantity::units(4)), 1_000);
        assert_eq!(weight(3, Quantity(5_000)), 2);
        assert_eq!(weight(0, Quantity::units(4)), 0);
    }
}
