//! How much of each product is in each place.

use std::collections::{BTreeSet, HashMap};

use kernel::work::not_found;
use kernel::{
    ActionDef, Condition, Direction, Entity, Fault, Faults, FieldDef, Id, Kept, Origin, Quantity,
    Query, Rules, Text, Tx,
};
use master::Product;

use super::flow::transfer;
use super::location::{Location, LocationKind};

/// What one place holds of one product: the sum of the moves into it less those out of it.
///
/// Over all places, counterparts included, the levels of a product add up to zero.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Niveau de stock",
    en = "Stock level",
    frs = "Niveaux de stock",
    ens = "Stock levels",
    kept,
    derived,
    unique = "product, location"
)]
pub struct StockLevel {
    #[field(fr = "Article", en = "Product", list)]
    pub product: Id<Product>,
    #[field(fr = "Emplacement", en = "Location", list)]
    pub location: Id<Location>,
    /// The kind of the place, repeated here so that the rules of a level need nothing else.
    #[field(fr = "Nature", en = "Kind", list, index)]
    pub kind: LocationKind,
    #[field(fr = "En stock", en = "On hand", list)]
    pub on_hand: Quantity,
    /// The sum of the reservations of this product in this place.
    #[field(fr = "Réservé", en = "Reserved", list)]
    pub reserved: Quantity,
}

impl StockLevel {
    /// What may still be reserved or taken.
    #[must_use]
    pub fn free(&self) -> Quantity {
        self.on_hand - self.reserved
    }
}

impl Rules for StockLevel {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.kind.is_counterpart() || self.on_hand >= Quantity::ZERO, || {
            Fault::new("stock.negative").on("on_hand").with("on_hand", self.on_hand)
        });
        let most = if self.kind == LocationKind::Stock { self.on_hand } else { Quantity::ZERO };
        faults.ensure(self.reserved.is_zero() || self.reserved <= most, || {
            Fault::new("stock.oversold")
                .on("reserved")
                .with("reserved", self.reserved)
                .with("on_hand", self.on_hand)
        });
        faults.ensure(self.reserved >= Quantity::ZERO, || {
            Fault::new("stock.negative").on("reserved").with("on_hand", self.reserved)
        });
        faults.into_result()
    }
}

pub const ACTIONS: &[ActionDef] = &[ActionDef {
    on: "stock_level",
    name: "transfer",
    label: Text { fr: "Transférer", en: "Transfer" },
    doc: Text {
        fr: "Porte des unités de cet emplacement vers un autre de la maison.",
        en: "Brings units from this place to another of ours.",
    },
    inputs: &[
        FieldDef::of::<Quantity>("quantity", Text { fr: "Quantité", en: "Quantity" }, ""),
        FieldDef::of::<Id<Location>>("target", Text { fr: "Vers", en: "To" }, ""),
    ],
    offered: |record| {
        StockLevel::of_record(record.clone())
            .is_ok_and(|level| !level.kind.is_counterpart() && level.free() > Quantity::ZERO)
    },
    run: |tx, _, id, inputs| {
        let id = Id::<StockLevel>::from_raw(id);
        let (product, source) = (tx.get(id)?.product, tx.get(id)?.location);
        let (quantity, target) = (inputs.take("quantity")?, inputs.take("target")?);
        transfer(tx, product, quantity, source, target, Origin::of(id))?;
        Ok(Some(Origin::of(id)))
    },
}];

/// The levels of a few products, held until the transaction ends: no one else changes them.
pub(super) struct Levels {
    rows: Vec<Kept<StockLevel>>,
    ranks: HashMap<(Id<Product>, Id<Location>), usize>,
}

impl Levels {
    /// One query, whatever the number of products. The rows are locked in the order of the products,
    /// so that two commands never wait for each other.
    ///
    /// # Errors
    /// `store.*`.
    pub(super) fn hold(tx: &mut Tx<'_>, products: &BTreeSet<Id<Product>>) -> Result<Self, Fault> {
        let mut levels = Self { rows: Vec::new(), ranks: HashMap::new() };
        if products.is_empty() {
            return Ok(levels);
        }
        let theirs = StockLevel::PRODUCT.among(products).condition;
        let query = Query::all(StockLevel::DEF).only(theirs).sorted("product", Direction::Up);
        for level in tx.select(query.locked())? {
            levels.keep(level);
        }
        Ok(levels)
    }

    /// The same, and each product has a level in each of these places, if only of zero.
    ///
    /// Goods that go out almost always have their levels: only what lacks one is looked at closer.
    ///
    /// # Errors
    /// Those of [`Levels::hold_new`].
    pub(super) fn hold_in(
        tx: &mut Tx<'_>,
        products: &BTreeSet<Id<Product>>,
        places: &[(Id<Location>, LocationKind)],
    ) -> Result<Self, Faults> {
        let mut levels = Self::hold(tx, products)?;
        let lacking =
            |product: &&Id<Product>| places.iter().any(|(place, _)| !levels.has(**product, *place));
        let new: BTreeSet<Id<Product>> = products.iter().filter(lacking).copied().collect();
        if !new.is_empty() {
            for level in Self::hold_new(tx, &new, places)?.rows {
                levels.keep(level);
            }
        }
        Ok(levels)
    }

    /// The same for goods that may be new to these places. Two first moves of one product must not
    /// both make its level: the products are held first, in order, then their levels.
    ///
    /// # Errors
    /// `not_found` for a product that does not exist, `stock.service` for one without stock.
    pub(super) fn hold_new(
        tx: &mut Tx<'_>,
        products: &BTreeSet<Id<Product>>,
        places: &[(Id<Location>, LocationKind)],
    ) -> Result<Self, Faults> {
        let ids = products.iter().map(|product| (*product).into()).collect();
        let query = Query::all(Product::DEF).only(Condition::Among("id", ids));
        let known: Vec<Kept<Product>> = tx.select(query.locked())?;
        for product in products {
            match known.iter().find(|known| known.id == *product) {
                None => return Err(not_found(Product::DEF, product.raw()).into()),
                Some(known) if !known.stocked() => {
                    return Err(known.named_in(Fault::new("stock.service")).into());
                }
                Some(_) => {}
            }
        }
        let mut levels = Self::hold(tx, products)?;
        for product in products.iter().copied() {
            for (location, kind) in places.iter().copied() {
                if !levels.has(product, location) {
                    let (on_hand, reserved) = (Quantity::ZERO, Quantity::ZERO);
                    let level = StockLevel { product, location, kind, on_hand, reserved };
                    let id = tx.insert(&level)?;
                    levels.keep(tx.get(id)?);
                }
            }
        }
        Ok(levels)
    }

    /// A level that is read again takes the place of the first reading.
    fn keep(&mut self, level: Kept<StockLevel>) {
        let rank = self.ranks.get(&(level.product, level.location)).copied();
        if let Some(rank) = rank {
            self.rows[rank] = level;
            return;
        }
        self.ranks.insert((level.product, level.location), self.rows.len());
        self.rows.push(level);
    }

    fn has(&self, product: Id<Product>, place: Id<Location>) -> bool {
        self.ranks.contains_key(&(product, place))
    }

    /// The level of a product in a place it was held in.
    pub(super) fn at(&mut self, product: Id<Product>, place: Id<Location>) -> &mut StockLevel {
        let rank = self.ranks.get(&(product, place)).copied();
        let rank = rank.unwrap_or_else(|| unreachable!("a level is held before it changes"));
        &mut self.rows[rank]
    }

    /// The places where a product is in stock, the oldest first.
    pub(super) fn stock_places(&self, product: Id<Product>) -> Vec<Id<Location>> {
        let stock = |level: &&Kept<StockLevel>| {
            level.product == product && level.kind == LocationKind::Stock
        };
        let mut places: Vec<Id<Location>> =
            self.rows.iter().filter(stock).map(|level| level.location).collect();
        places.sort();
        places
    }

    /// Writes what changed.
    ///
    /// # Errors
    /// The rules of a level.
    pub(super) fn store(self, tx: &mut Tx<'_>) -> Result<(), Faults> {
        let mut faults = Faults::default();
        for level in &self.rows {
            faults.gather(tx.save(level));
        }
        faults.into_result()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(kind: LocationKind, on_hand: i64, reserved: i64) -> StockLevel {
        StockLevel {
            product: Id::from_raw(kernel::RawId([1; 16])),
            location: Id::from_raw(kernel::RawId([2; 16])),
            kind,
            on_hand: Quantity::units(on_hand),
            reserved: Quantity::units(reserved),
        }
    }

    #[test]
    fn what_is_not_there_cannot_be_reserved() {
        assert!(level(LocationKind::Stock, 10, 10).check().is_ok());
        assert_eq!(
            level(LocationKind::Stock, 10, 11).check().unwrap_err().codes(),
            ["stock.oversold"]
        );
        assert!(level(LocationKind::Stock, 10, -1).check().unwrap_err().has("stock.negative"));
        assert!(level(LocationKind::Quarantine, 10, 1).check().unwrap_err().has("stock.oversold"));
    }

    #[test]
    fn only_the_world_outside_may_hold_less_than_nothing() {
        assert!(level(LocationKind::Supplier, -10, 0).check().is_ok());
        assert!(level(LocationKind::Loss, -10, 0).check().is_ok());
        assert!(level(LocationKind::Stock, -1, 0).check().unwrap_err().has("stock.negative"));
        assert!(level(LocationKind::Quarantine, -1, 0).check().unwrap_err().has("stock.negative"));
    }
}
