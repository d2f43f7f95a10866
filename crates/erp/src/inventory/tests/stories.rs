use kernel::{Currency, Faults, Lines};
use kernel::{Day, Entity, Id, LongText, Money, Origin, Price, Quantity, RawId, Value};

use super::memory::{House, all};
use crate::inventory::*;

fn line(rank: u8) -> Origin {
    Origin { entity: "order_line", id: RawId([rank; 16]) }
}

fn units(count: i64) -> Quantity {
    Quantity::units(count)
}

/// So many units of each product in the main stock, at `cents` each.
fn stocked(products: usize, count: i64, cents: i64) -> House {
    let mut house = House::new(products);
    fill(&mut house, count, cents);
    house
}

fn fill(house: &mut House, count: i64, cents: i64) {
    let products = house.products.clone();
    let filled = house.act(|tx| {
        let stock = main_location(tx, LocationKind::Stock)?;
        let unit_cost = Price::of_money(Money::eur(cents));
        let quantity = units(count);
        let lines: Vec<Incoming> = products
            .iter()
            .map(|product| Incoming { product: *product, quantity, unit_cost })
            .collect();
        receive_all(tx, stock, &lines, line(200))
    });
    filled.unwrap();
}

fn stock(house: &mut House) -> StockLevel {
    let levels = all::<StockLevel>(house);
    levels.into_iter().find(|level| level.kind == LocationKind::Stock).unwrap()
}

fn issue_units(house: &mut House, count: i64, of: Option<Origin>) -> Result<Money, Faults> {
    let product = house.products[0];
    house.act(|tx| issue(tx, product, units(count), of, line(100), Shortage::Refuse))
}

#[test]
fn twenty_people_get_the_last_ten_units_and_not_one_more() {
    let mut house = stocked(1, 10, 6_00);
    let product = house.products[0];
    let kept: Vec<Quantity> = (0..20)
        .map(|rank| house.act(|tx| reserve(tx, product, units(1), line(rank))).unwrap())
        .collect();
    assert_eq!(kept.iter().filter(|kept| **kept == units(1)).count(), 10);
    assert_eq!(Quantity::sum(kept), units(10));
    let seen = house.act(|tx| availability(tx, product, units(1))).unwrap();
    assert_eq!((seen.on_hand, seen.reserved, seen.free), (units(10), units(10), units(0)));
    assert_eq!(seen.promised_on, Some(house.now.day() + 14));
}

#[test]
fn what_is_kept_for_one_is_not_given_to_another() {
    let mut house = stocked(1, 10, 6_00);
    let product = house.products[0];
    house.act(|tx| reserve(tx, product, units(8), line(1))).unwrap();
    let refusal = issue_units(&mut house, 3, None).unwrap_err();
    assert_eq!(refusal.codes(), ["stock.short"]);
    let facts = &refusal.0[0].facts;
    assert!(facts.contains(&("asked", Value::Quantity(units(3)))));
    assert!(facts.contains(&("free", Value::Quantity(units(2)))));
    assert!(facts.contains(&("product", Value::Text("P-0 · Vase 0".to_owned()))));
    assert!(facts.contains(&("promised_on", Value::Day(house.now.day() + 14))));
    issue_units(&mut house, 2, None).unwrap();
    issue_units(&mut house, 8, Some(line(1))).unwrap();
    assert_eq!(stock(&mut house).on_hand, Quantity::ZERO);
    assert_eq!(all::<Reservation>(&mut house), []);
}

#[test]
fn a_partial_delivery_shrinks_the_reservation() {
    let mut house = stocked(1, 10, 6_00);
    let product = house.products[0];
    house.act(|tx| reserve(tx, product, units(8), line(1))).unwrap();
    assert_eq!(issue_units(&mut house, 5, Some(line(1))), Ok(Money::eur(30_00)));
    assert_eq!(all::<Reservation>(&mut house)[0].quantity, units(3));
    let level = stock(&mut house);
    assert_eq!((level.on_hand, level.reserved), (units(5), units(3)));
}

#[test]
fn a_line_takes_its_reservation_then_what_is_free() {
    let mut house = stocked(1, 10, 6_00);
    let product = house.products[0];
    house.act(|tx| reserve(tx, product, units(4), line(1))).unwrap();
    house.act(|tx| reserve(tx, product, units(3), line(2))).unwrap();
    let refusal = issue_units(&mut house, 8, Some(line(1))).unwrap_err();
    assert!(refusal.0[0].facts.contains(&("free", Value::Quantity(units(7)))));
    assert_eq!(issue_units(&mut house, 7, Some(line(1))), Ok(Money::eur(42_00)));
    let level = stock(&mut house);
    assert_eq!((level.on_hand, level.reserved), (units(3), units(3)));
    let moves = all::<StockMove>(&mut house);
    let gone: Vec<Quantity> = moves
        .iter()
        .filter(|gone| gone.reason == Reason::Issue)
        .map(|gone| gone.quantity)
        .collect();
    assert_eq!(gone, [units(7)], "one place, one move");
}

#[test]
fn every_short_line_is_told_and_those_before_count() {
    let mut house = stocked(2, 10, 6_00);
    let (one, other) = (house.products[0], house.products[1]);
    let out = |product, count| Outgoing { product, quantity: units(count), reserved_by: None };
    let lines = [out(one, 8), out(other, 11), out(one, 5)];
    let refusal = house.act(|tx| issue_all(tx, &lines, line(100), Shortage::Refuse)).unwrap_err();
    assert_eq!(refusal.codes(), ["stock.short", "stock.short"]);
    assert_eq!(refusal.0[0].field.as_deref(), Some("lines.1.quantity"));
    assert_eq!(refusal.0[1].field.as_deref(), Some("lines.2.quantity"));
    assert!(refusal.0[1].facts.contains(&("free", Value::Quantity(units(2)))));
    assert!(refusal.0[1].facts.contains(&("promised_on", Value::Day(house.now.day() + 14))));
    assert_eq!(stock(&mut house).on_hand, units(10), "a refusal changes nothing");
}

#[test]
fn history_that_took_more_than_the_records_is_adjusted_and_told() {
    let mut house = stocked(1, 2, 5_00);
    let product = house.products[0];
    let cost = house.act(|tx| issue(tx, product, units(5), None, line(100), Shortage::Adjust));
    // Two at 5.00, then three found at the product's own cost, 6.00: the stock was empty.
    assert_eq!(cost, Ok(Money::eur(28_00)));
    let moves = all::<StockMove>(&mut house);
    let found = moves.iter().find(|made| made.reason == Reason::Found).unwrap();
    assert_eq!((found.quantity, found.value), (units(3), Money::eur(18_00)));
    assert_eq!(found.origin.entity, "stock_move");
    assert_eq!(stock(&mut house).on_hand, Quantity::ZERO);
}

#[test]
fn goods_come_back_at_the_cost_they_left_at() {
    let mut house = stocked(1, 10, 6_00);
    let product = house.products[0];
    issue_units(&mut house, 4, None).unwrap();
    fill(&mut house, 10, 12_00);
    let back = house.act(|tx| {
        let stock = main_location(tx, LocationKind::Stock)?;
        take_back(tx, product, units(2), Some(line(100)), stock, line(101))
    });
    assert_eq!(back, Ok(Money::eur(12_00)));
    let value = all::<Valuation>(&mut house).remove(0);
    assert_eq!((value.quantity, value.value), (units(18), Money::eur(36_00 + 120_00 + 12_00)));
}

#[test]
fn goods_in_quarantine_are_neither_valued_nor_promised() {
    let mut house = stocked(1, 10, 6_00);
    let product = house.products[0];
    issue_units(&mut house, 10, None).unwrap();
    let back = house.act(|tx| {
        let quarantine = main_location(tx, LocationKind::Quarantine)?;
        take_back(tx, product, units(3), Some(line(100)), quarantine, line(101))
    });
    assert_eq!(back, Ok(Money::eur(18_00)));
    assert_eq!(all::<Valuation>(&mut house)[0].quantity, Quantity::ZERO);
    let seen = house.act(|tx| availability(tx, product, units(1))).unwrap();
    assert!(seen.is_short());
    let done = house.act(|tx| {
        let (from, to) = (LocationKind::Quarantine, LocationKind::Stock);
        let (from, to) = (main_location(tx, from)?, main_location(tx, to)?);
        transfer(tx, product, units(2), from, to, line(102))
    });
    done.unwrap();
    let value = all::<Valuation>(&mut house).remove(0);
    assert_eq!((value.quantity, value.value), (units(2), Money::eur(12_00)));
}

#[test]
fn what_is_released_is_free_again() {
    let mut house = stocked(1, 10, 6_00);
    let product = house.products[0];
    house
        .act(|tx| reserve_all(tx, &[(product, units(4), line(1)), (product, units(9), line(2))]))
        .unwrap();
    assert_eq!(stock(&mut house).reserved, units(10));
    house.act(|tx| keep_at_most(tx, &[(line(1), units(1))])).unwrap();
    let kept = house.act(|tx| Ok(reserved_for(tx, &[line(1), line(2)])?)).unwrap();
    assert_eq!((kept[&line(1)], kept[&line(2)]), (units(1), units(6)));
    house.act(|tx| release_all(tx, &[line(1), line(2), line(3)])).unwrap();
    assert_eq!(stock(&mut house).reserved, Quantity::ZERO);
    assert_eq!(all::<Reservation>(&mut house), []);
    assert!(house.memory.events.contains(&"stock.released"));
}

#[test]
fn a_release_and_a_new_reservation_fit_in_one_command() {
    let mut house = stocked(1, 10, 6_00);
    let product = house.products[0];
    house.act(|tx| reserve(tx, product, units(4), line(1))).unwrap();
    let again = house.act(|tx| {
        release(tx, line(1))?;
        reserve(tx, product, units(7), line(1))
    });
    assert_eq!(again, Ok(units(7)));
    assert_eq!(all::<Reservation>(&mut house)[0].quantity, units(7));
}

#[test]
fn a_count_makes_the_records_say_what_was_seen() {
    let mut house = stocked(2, 10, 6_00);
    let (one, other) = (house.products[0], house.products[1]);
    house.act(|tx| reserve(tx, one, units(5), line(1))).unwrap();
    let count = |house: &mut House, counted: [i64; 2]| {
        house.act(|tx| {
            let count = StockCount {
                number: None,
                location: main_location(tx, LocationKind::Stock)?,
                counted_on: tx.today(),
                state: CountState::Draft,
                applied_at: None,
                note: Some(LongText("Allée 3".to_owned())),
                lines: Lines::HERE,
            };
            let stock_count = tx.insert(&count)?;
            for (product, counted) in [(one, counted[0]), (other, counted[1])] {
                let (counted, expected) = (units(counted), Quantity::ZERO);
                tx.insert(&StockCountLine { stock_count, product, counted, expected })?;
            }
            let actor = tx.actor().clone();
            settle_count(tx, &actor, stock_count.raw())?;
            apply_count(tx, stock_count)?;
            Ok(stock_count)
        })
    };
    let refusal = count(&mut house, [4, 12]).unwrap_err();
    assert_eq!(refusal.codes(), ["stock_count.reserved"]);
    let id = count(&mut house, [7, 12]).unwrap();
    let kept = house.act(|tx| Ok(tx.get(id)?)).unwrap();
    assert_eq!(kept.number.as_deref(), Some("INV-2026-00001"));
    let values: Vec<(Quantity, Money)> =
        all::<Valuation>(&mut house).iter().map(|value| (value.quantity, value.value)).collect();
    assert_eq!(values, [(units(7), Money::eur(42_00)), (units(12), Money::eur(72_00))]);
    let again = house.act(|tx| apply_count(tx, id)).unwrap_err();
    assert_eq!(again.codes(), ["stock_count.closed"]);
}

#[test]
fn an_expected_receipt_gives_a_date_then_goods() {
    let mut house = House::new(1);
    let product = house.products[0];
    let due_on = house.now.day() + 5;
    let receipt = house
        .act(|tx| {
            tx.insert(&ExpectedReceipt {
                product,
                quantity: units(20),
                due_on,
                unit_cost: Some(Price::new(4_5000, Currency::EUR)),
                reference: None,
                received: Quantity::ZERO,
                done: false,
                origin: None,
            })
        })
        .unwrap();
    let promised = |house: &mut House, count| -> Option<Day> {
        house.act(|tx| availability(tx, product, units(count))).unwrap().promised_on
    };
    assert_eq!(promised(&mut house, 20), Some(due_on));
    assert_eq!(promised(&mut house, 21), Some(house.now.day() + 14));
    house.act(|tx| receive_expected(tx, receipt, Some(units(15)), None)).unwrap();
    assert_eq!(promised(&mut house, 15), Some(house.now.day()));
    assert_eq!(promised(&mut house, 20), Some(due_on));
    let more = house.act(|tx| receive_expected(tx, receipt, Some(units(6)), None));
    assert_eq!(more.unwrap_err().codes(), ["expected_receipt.more"]);
    house.act(|tx| receive_expected(tx, receipt, None, None)).unwrap();
    let done = house.act(|tx| receive_expected(tx, receipt, None, None));
    assert_eq!(done.unwrap_err().codes(), ["expected_receipt.done"]);
    assert_eq!(all::<Valuation>(&mut house)[0].value, Money::eur(90_00));
}

#[test]
fn a_hundred_lines_cost_a_handful_of_queries() {
    let mut house = stocked(100, 10, 6_00);
    let products = house.products.clone();
    let origin = |rank: usize| line(u8::try_from(rank).unwrap());
    house.memory.queries = 0;
    let wanted: Vec<_> = products
        .iter()
        .enumerate()
        .map(|(rank, product)| (*product, units(2), origin(rank)))
        .collect();
    house.act(|tx| reserve_all(tx, &wanted)).unwrap();
    assert!(house.memory.queries <= 3, "{} queries to reserve", house.memory.queries);
    house.memory.queries = 0;
    let goods: Vec<Outgoing> = wanted
        .iter()
        .map(|(product, quantity, origin)| Outgoing {
            product: *product,
            quantity: *quantity,
            reserved_by: Some(*origin),
        })
        .collect();
    let costs = house.act(|tx| issue_all(tx, &goods, line(200), Shortage::Refuse)).unwrap();
    assert_eq!(costs, vec![Money::eur(12_00); 100]);
    assert!(house.memory.queries <= 4, "{} queries to issue", house.memory.queries);
    house.memory.queries = 0;
    let asked: Vec<_> = products.iter().map(|product| (*product, units(50))).collect();
    house.act(|tx| availability_all(tx, &asked)).unwrap();
    assert!(house.memory.queries <= 3, "{} queries to look", house.memory.queries);
}

#[test]
fn a_service_has_no_stock() {
    let mut house = House::new(1);
    let product = house.products[0];
    house
        .act(|tx| {
            let mut kept = tx.get(product)?;
            kept.kind = master::ProductKind::Service;
            tx.save(&kept)
        })
        .unwrap();
    let refusal = house.act(|tx| {
        let stock = main_location(tx, LocationKind::Stock)?;
        receive(tx, product, stock, units(1), Price::zero(Currency::EUR), line(1))
    });
    assert_eq!(refusal.unwrap_err().codes(), ["stock.service"]);
}

#[test]
fn a_place_that_goods_went_through_keeps_its_kind() {
    let mut house = stocked(1, 10, 6_00);
    let refusal = house.act(|tx| {
        let mut place = tx.first(Location::CODE.is(&"STOCK".to_owned()))?.unwrap();
        place.kind = LocationKind::Loss;
        tx.save(&place)?;
        let (actor, id): (_, Id<Location>) = (tx.actor().clone(), place.id);
        settle_location(tx, &actor, id.raw())
    });
    assert_eq!(refusal.unwrap_err().codes(), ["location.kind"]);
    assert_eq!(Location::DEF.plural, "locations");
}
