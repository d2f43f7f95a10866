//! The stories of a shipment.

use kernel::{Faults, Id, Money, Origin, Price, Quantity, RawId};
use master::{Address, AddressKind};

use super::*;
use crate::inventory::tests::memory::{House, all};
use crate::inventory::{
    LocationKind, Reason, Reservation, Shortage, StockMove, main_location, receive, reserve,
};

fn origin(entity: &'static str, rank: u8) -> Origin {
    Origin { entity, id: RawId([rank; 16]) }
}

/// Ten units in stock at 6.00, of which eight are kept for an order line.
fn house() -> House {
    let mut house = House::new(1);
    let product = house.products[0];
    house
        .act(|tx| {
            let stock = main_location(tx, LocationKind::Stock)?;
            let cost = Price::of_money(Money::eur(6_00));
            receive(tx, product, stock, Quantity::units(10), cost, origin("receipt", 9))?;
            reserve(tx, product, Quantity::units(8), origin("order_line", 1)).map(drop)
        })
        .unwrap();
    house
}

fn drafted(house: &mut House, count: i64) -> Result<Id<Shipment>, Faults> {
    let (party, product) = (house.party, house.products[0]);
    house.act(|tx| {
        draft(
            tx,
            NewShipment {
                party,
                origin: Some(origin("order", 1)),
                carrier: None,
                name: None,
                street: None,
                postcode: None,
                city: None,
                country: None,
                planned_on: None,
                lines: vec![NewShipmentLine {
                    product,
                    description: None,
                    quantity: Quantity::units(count),
                    origin: Some(origin("order_line", 1)),
                }],
            },
        )
    })
}

#[test]
fn a_shipment_knows_its_number_its_weight_and_where_it_goes() {
    let mut house = house();
    let party = house.party;
    house
        .act(|tx| {
            tx.insert(&Address {
                party,
                label: Some("Dépôt".to_owned()),
                kind: AddressKind::Delivery,
                street: Some("2 quai Sud".to_owned()),
                postcode: Some("1000".to_owned()),
                city: Some("Bruxelles".to_owned()),
                country: Some("BE".to_owned()),
            })
        })
        .unwrap();
    let id = drafted(&mut house, 5).unwrap();
    let shipment = house.act(|tx| Ok(tx.get(id)?)).unwrap();
    assert_eq!(shipment.number.as_deref(), Some("BL-2026-00001"));
    assert_eq!(shipment.weight_g, Some(1_250));
    assert_eq!(shipment.name.as_deref(), Some("Atelier Morel"));
    let at = (shipment.city.as_deref(), shipment.country.as_deref());
    assert_eq!(at, (Some("Bruxelles"), Some("BE")));
    assert_eq!(all::<ShipmentLine>(&mut house)[0].description.as_deref(), Some("Vase 0"));
    let other = drafted(&mut house, 1).unwrap();
    let other = house.act(|tx| Ok(tx.get(other)?)).unwrap();
    assert_eq!(other.number.as_deref(), Some("BL-2026-00002"));
}

#[test]
fn goods_leave_from_the_reservation_and_arrive() {
    let mut house = house();
    let id = drafted(&mut house, 5).unwrap();
    let line = origin("order_line", 1);
    let prepared = house.act(|tx| Ok(in_preparation(tx, &[line])?)).unwrap();
    assert_eq!(prepared[&line], Quantity::units(5));
    house.act(|tx| pick(tx, id, false)).unwrap();
    house.act(|tx| pack(tx, id, Packing { parcels: Some(2), ..Packing::default() })).unwrap();
    let shipped = house.act(|tx| ship(tx, id, Shortage::Refuse)).unwrap();
    assert_eq!((shipped[0].cost, shipped[0].origin), (Money::eur(30_00), Some(line)));
    assert_eq!(all::<Reservation>(&mut house)[0].quantity, Quantity::units(3));
    let gone = all::<StockMove>(&mut house);
    let gone = gone.iter().find(|made| made.reason == Reason::Issue).unwrap();
    assert_eq!(gone.origin, Origin::of(id));
    assert_eq!(house.act(|tx| Ok(in_preparation(tx, &[line])?)), Ok(Default::default()));
    let early = house.now.day() + -1;
    let refusal = house.act(|tx| deliver(tx, id, Some(early))).unwrap_err();
    assert_eq!(refusal.codes(), ["shipment.delivered_on"]);
    house.act(|tx| deliver(tx, id, None)).unwrap();
    let told: Vec<&str> =
        house.memory.events.iter().copied().filter(|n| n.starts_with("ship")).collect();
    assert_eq!(
        told,
        [
            "shipment.drafted",
            "shipment.picked",
            "shipment.packed",
            "shipment.shipped",
            "shipment.delivered"
        ]
    );
}

#[test]
fn goods_leave_once() {
    let mut house = house();
    let id = drafted(&mut house, 5).unwrap();
    house.act(|tx| ship(tx, id, Shortage::Refuse)).unwrap();
    let again = house.act(|tx| ship(tx, id, Shortage::Refuse)).unwrap_err();
    assert_eq!(again.codes(), ["shipment.state"]);
    let cancelled = house.act(|tx| cancel(tx, id)).unwrap_err();
    assert_eq!(cancelled.codes(), ["shipment.state"]);
}

#[test]
fn a_cancelled_shipment_leaves_the_order_its_goods() {
    let mut house = house();
    let id = drafted(&mut house, 5).unwrap();
    house.act(|tx| cancel(tx, id)).unwrap();
    assert_eq!(all::<Reservation>(&mut house)[0].quantity, Quantity::units(8));
    let prepared = house.act(|tx| Ok(in_preparation(tx, &[origin("order_line", 1)])?)).unwrap();
    assert!(prepared.is_empty());
}

#[test]
fn what_cannot_be_served_does_not_leave() {
    let mut house = house();
    let id = drafted(&mut house, 11).unwrap();
    let refusal = house.act(|tx| ship(tx, id, Shortage::Refuse)).unwrap_err();
    assert_eq!(refusal.codes(), ["stock.short"]);
    let shipment = house.act(|tx| Ok(tx.get(id)?)).unwrap();
    assert_eq!((shipment.state, shipment.shipped_on), (ShipmentState::Draft, None));
    let nothing = drafted(&mut house, 0).unwrap_err();
    assert_eq!(nothing.codes(), ["stock_move.quantity"]);
    assert_eq!(nothing.0[0].field.as_deref(), Some("lines.0.quantity"));
}

#[test]
fn the_tracking_number_may_come_after_the_departure() {
    let mut house = house();
    let id = drafted(&mut house, 1).unwrap();
    house.act(|tx| ship(tx, id, Shortage::Refuse)).unwrap();
    house.act(|tx| track(tx, id, Some("Colis Ouest".to_owned()), Some("CO42".to_owned()))).unwrap();
    house.act(|tx| deliver(tx, id, None)).unwrap();
    let refusal = house.act(|tx| track(tx, id, None, Some("CO43".to_owned()))).unwrap_err();
    assert_eq!(refusal.codes(), ["shipment.state"]);
    let shipment = house.act(|tx| Ok(tx.get(id)?)).unwrap();
    assert_eq!(shipment.tracking.as_deref(), Some("CO42"));
}
