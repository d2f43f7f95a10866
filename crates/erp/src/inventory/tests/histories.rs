//! Whatever people do, in whatever order, the records of the stock agree with each other.

use std::collections::HashMap;

use kernel::{Currency, Faults, Id, Money, Origin, Price, Quantity, RawId};
use master::Product;

use super::memory::{House, all};
use crate::inventory::*;

/// Chance that can be played again (Numerical Recipes' linear congruence).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
    /// Between a tenth of a unit and twelve units.
    fn quantity(&mut self) -> Quantity {
        Quantity(i64::try_from(1 + self.below(120)).unwrap() * 1_000)
    }
    fn origin(&mut self) -> Origin {
        let rank = u8::try_from(self.below(6)).unwrap();
        Origin { entity: "order_line", id: RawId([rank; 16]) }
    }
}

fn any_act(house: &mut House, dice: &mut Dice, shelf: Id<Location>) -> Result<(), Faults> {
    let product = house.products[usize::try_from(dice.below(3)).unwrap()];
    // One origin keeps one product, as an order line does.
    let mut origin = dice.origin();
    origin.id.0[0] = product.raw().0[15];
    let (quantity, choice) = (dice.quantity(), dice.below(9));
    let cents = i64::try_from(dice.below(2_000)).unwrap();
    house.act(|tx| {
        let stock = main_location(tx, LocationKind::Stock)?;
        let place = if choice % 2 == 0 { stock } else { shelf };
        match choice {
            0 | 1 => {
                let cost = Price::of_money(Money::eur(cents));
                receive(tx, product, place, quantity, cost, origin)
            }
            2 => reserve(tx, product, quantity, origin).map(drop),
            3 => issue(tx, product, quantity, Some(origin), origin, Shortage::Refuse).map(drop),
            4 => issue(tx, product, quantity, Some(origin), origin, Shortage::Adjust).map(drop),
            5 => take_back(tx, product, quantity, Some(origin), place, origin).map(drop),
            6 => keep_at_most(tx, &[(origin, Quantity(quantity.0 / 3))]),
            7 => transfer(tx, product, quantity, stock, shelf, origin),
            _ => release(tx, origin),
        }
    })
}

fn agree(house: &mut House) {
    let mut moved: HashMap<(Id<Product>, Id<Location>), Quantity> = HashMap::new();
    let mut value: HashMap<Id<Product>, Money> = HashMap::new();
    let kinds: HashMap<Id<Location>, LocationKind> = house
        .act(|tx| Ok(tx.find(kernel::Filter::<Location>::everything())?))
        .unwrap()
        .iter()
        .map(|place| (place.id, place.kind))
        .collect();
    for made in all::<StockMove>(house) {
        *moved.entry((made.product, made.source)).or_default() -= made.quantity;
        *moved.entry((made.product, made.target)).or_default() += made.quantity;
        let sum = value.entry(made.product).or_insert(Money::zero(Currency::EUR));
        if kinds[&made.source] == LocationKind::Stock {
            *sum -= made.value;
        }
        if kinds[&made.target] == LocationKind::Stock {
            *sum += made.value;
        }
    }
    let mut kept: HashMap<(Id<Product>, Id<Location>), Quantity> = HashMap::new();
    for row in all::<Reservation>(house) {
        *kept.entry((row.product, row.location)).or_default() += row.quantity;
    }
    let (mut balance, mut in_stock) = (HashMap::new(), HashMap::new());
    for level in all::<StockLevel>(house) {
        let key = (level.product, level.location);
        assert_eq!(level.on_hand, moved.remove(&key).unwrap_or_default(), "on hand = moves");
        assert_eq!(level.reserved, kept.remove(&key).unwrap_or_default(), "reserved = rows");
        assert!(level.reserved.is_zero() || level.reserved <= level.on_hand);
        *balance.entry(level.product).or_insert(Quantity::ZERO) += level.on_hand;
        if level.kind == LocationKind::Stock {
            *in_stock.entry(level.product).or_insert(Quantity::ZERO) += level.on_hand;
        }
    }
    assert!(moved.values().all(|quantity| quantity.is_zero()), "each move has its levels");
    assert!(kept.is_empty(), "each reservation has its level");
    assert!(balance.values().all(|sum| sum.is_zero()), "all places add up to zero");
    for row in all::<Valuation>(house) {
        assert_eq!(row.quantity, in_stock.remove(&row.product).unwrap_or_default());
        assert_eq!(row.value, value[&row.product], "value = moves");
        assert!(!row.quantity.is_zero() || row.value.is_zero(), "no stock, no value");
    }
    assert!(in_stock.values().all(|quantity| quantity.is_zero()));
}

#[test]
fn after_any_history_the_records_agree() {
    for seed in 1..=12 {
        let (mut house, mut dice) = (House::new(3), Dice(seed));
        let shelf = house.act(|tx| {
            tx.insert(&Location {
                code: "RESERVE".to_owned(),
                name: "Réserve".to_owned(),
                name_en: None,
                kind: LocationKind::Stock,
            })
        });
        let shelf = shelf.unwrap();
        let mut refused = 0;
        for _ in 0..150 {
            if let Err(faults) = any_act(&mut house, &mut dice, shelf) {
                let known = ["stock.short", "stock.lacking"];
                assert!(faults.codes().iter().all(|code| known.contains(code)), "{faults:?}");
                refused += 1;
            }
            agree(&mut house);
        }
        assert!((1..140).contains(&refused), "seed {seed}: {refused} refusals of 150");
    }
}
