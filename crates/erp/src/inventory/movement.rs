//! Moves: every unit that enters a place leaves another.

use std::collections::{BTreeSet, HashMap};

use kernel::{
    Choice, Day, Entity, Fault, Faults, Id, Instant, Kept, Money, Origin, Price, Quantity, Rate,
    Rules, Tx,
};
use master::Product;

use super::level::Levels;
use super::location::{Location, LocationKind, Places};
use super::valuation::{Valuation, unit_cost};

/// Goods that went from one place to another. Never edited, never deleted: a mistake is mended by
/// the move back.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Mouvement de stock",
    en = "Stock move",
    frs = "Mouvements de stock",
    ens = "Stock moves",
    kept,
    index = "product, day"
)]
pub struct StockMove {
    #[field(fr = "Jour", en = "Day", list)]
    pub day: Day,
    #[field(fr = "Article", en = "Product", list)]
    pub product: Id<Product>,
    #[field(fr = "De", en = "From", list)]
    pub source: Id<Location>,
    #[field(fr = "Vers", en = "To", list)]
    pub target: Id<Location>,
    #[field(fr = "Motif", en = "Reason", list)]
    pub reason: Reason,
    /// Always above zero: the direction is told by the places.
    #[field(fr = "Quantité", en = "Quantity", list)]
    pub quantity: Quantity,
    #[field(fr = "Coût unitaire", en = "Unit cost", list)]
    pub unit_cost: Price,
    /// What the goods cost, in all: what enters or leaves the value of the stock.
    #[field(fr = "Valeur", en = "Value", list)]
    pub value: Money,
    #[field(fr = "Moment", en = "Moment")]
    pub at: Instant,
    /// What the goods moved for: a shipment, a count, a receipt.
    #[field(fr = "Origine", en = "Origin", list, index)]
    pub origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum Reason {
    #[choice(fr = "Entrée", en = "Receipt")]
    Receipt,
    #[choice(fr = "Sortie", en = "Issue")]
    Issue,
    #[choice(fr = "Retour", en = "Return")]
    Return,
    #[choice(fr = "Inventaire", en = "Count")]
    Count,
    /// Goods that left although the records did not know them: their origin is the move that took
    /// them out.
    #[choice(fr = "Stock retrouvé", en = "Found stock")]
    Found,
    #[choice(fr = "Transfert", en = "Transfer")]
    Transfer,
}

impl Rules for StockMove {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.quantity > Quantity::ZERO, || {
            Fault::new("stock_move.quantity").on("quantity").with("given", self.quantity)
        });
        faults.ensure(self.source != self.target, || Fault::new("stock_move.still").on("target"));
        faults.ensure(self.value.minor >= 0, || Fault::new("stock.value").on("value"));
        faults.into_result()
    }
}

/// What goods cost when they move.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cost {
    /// Their share of the stock's value; the product's present cost when they come from outside.
    Present,
    /// Known in all: what the supplier asks, what a return once cost.
    Known(Money),
}

/// Which way goods mostly go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// To us: they may be new here.
    In,
    /// Away: they were here, so that their levels exist.
    Out,
}

/// One move to be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shift {
    pub product: Id<Product>,
    pub quantity: Quantity,
    pub source: Id<Location>,
    pub target: Id<Location>,
    pub reason: Reason,
    pub cost: Cost,
    pub origin: Origin,
}

/// The goods that a command moves: their levels and values, held until the transaction ends.
pub(super) struct Handling {
    pub places: Places,
    pub levels: Levels,
    products: BTreeSet<Id<Product>>,
    values: HashMap<Id<Product>, Kept<Valuation>>,
    /// The products' own costs, read once when a product has no stock to tell its cost.
    costs: Option<HashMap<Id<Product>, Price>>,
}

impl Handling {
    /// Holds the levels of these products, with one in each of `places`, then their values.
    ///
    /// # Errors
    /// `not_found`, `store.*`.
    pub(super) fn begin(
        tx: &mut Tx<'_>,
        places: Places,
        products: BTreeSet<Id<Product>>,
        through: &[Id<Location>],
        course: Course,
    ) -> Result<Self, Faults> {
        let through: Vec<(Id<Location>, LocationKind)> = through
            .iter()
            .map(|place| Ok((*place, places.kind(*place)?)))
            .collect::<Result<_, Fault>>()?;
        let levels = match course {
            Course::In => Levels::hold_new(tx, &products, &through)?,
            Course::Out => Levels::hold_in(tx, &products, &through)?,
        };
        let found = tx.find(Valuation::PRODUCT.among(&products))?;
        let values = found.into_iter().map(|value| (value.product, value)).collect();
        Ok(Self { places, levels, products, values, costs: None })
    }

    /// Makes a move and tells its value.
    ///
    /// # Errors
    /// `stock.lacking` when the source holds less than that free, the rules of a move.
    pub(super) fn shift(&mut self, tx: &mut Tx<'_>, shift: &Shift) -> Result<Money, Faults> {
        let id = tx.draw_id();
        self.shift_as(tx, id, shift)
    }

    /// The same, under an id drawn before.
    pub(super) fn shift_as(
        &mut self,
        tx: &mut Tx<'_>,
        id: Id<StockMove>,
        shift: &Shift,
    ) -> Result<Money, Faults> {
        let Shift { product, quantity, source, target, reason, origin, .. } = *shift;
        let kinds = (self.places.kind(source)?, self.places.kind(target)?);
        let level = self.levels.at(product, source);
        if !kinds.0.is_counterpart() && level.free() < quantity {
            return Err(lacking(product, quantity, level.free()).into());
        }
        level.on_hand -= quantity;
        self.levels.at(product, target).on_hand += quantity;
        let value = self.revalue(tx, shift, kinds)?;
        let made = StockMove {
            day: tx.today(),
            product,
            source,
            target,
            reason,
            quantity,
            unit_cost: unit_cost(value, quantity),
            value,
            at: tx.now(),
            origin,
        };
        tx.insert_row(StockMove::DEF, id.raw(), made.to_record(), None)?;
        Ok(value)
    }

    fn revalue(
        &mut self,
        tx: &mut Tx<'_>,
        shift: &Shift,
        kinds: (LocationKind, LocationKind),
    ) -> Result<Money, Faults> {
        const STOCK: LocationKind = LocationKind::Stock;
        let (product, quantity) = (shift.product, shift.quantity);
        match (kinds, shift.cost) {
            // From shelf to shelf, the stock as a whole is worth what it was.
            ((STOCK, STOCK), _) => self.present(tx, product, quantity),
            ((STOCK, _), _) => Ok(self.value_of(tx, product)?.take_out(quantity)),
            ((_, STOCK), cost) => {
                let value = match cost {
                    Cost::Known(value) => value,
                    Cost::Present => self.present(tx, product, quantity)?,
                };
                self.value_of(tx, product)?.take_in(quantity, value);
                Ok(value)
            }
            (_, Cost::Known(value)) => Ok(value),
            (_, Cost::Present) => self.present(tx, product, quantity),
        }
    }

    /// What so many units cost at present: by the stock's average, else by the product's own cost,
    /// else nothing.
    pub(super) fn present(
        &mut self,
        tx: &mut Tx<'_>,
        product: Id<Product>,
        quantity: Quantity,
    ) -> Result<Money, Faults> {
        if let Some(value) = self.values.get(&product).filter(|value| !value.quantity.is_zero()) {
            return Ok(value.value.part(quantity.0, value.quantity.0));
        }
        let costs = match &self.costs {
            Some(costs) => costs,
            None => self.costs.insert(own_costs(tx, &self.products)?),
        };
        let cost = costs.get(&product).copied();
        Ok(cost.unwrap_or(Price::zero(tx.currency())).amount(quantity, Rate::ZERO))
    }

    fn value_of(
        &mut self,
        tx: &mut Tx<'_>,
        product: Id<Product>,
    ) -> Result<&mut Valuation, Faults> {
        if !self.values.contains_key(&product) {
            let id = tx.insert(&Valuation::nothing(product, tx.currency()))?;
            self.values.insert(product, tx.get(id)?);
        }
        let value = self.values.get_mut(&product);
        Ok(value.unwrap_or_else(|| unreachable!("it was just put there")))
    }

    /// Writes what changed.
    ///
    /// # Errors
    /// The rules of a level and of a value.
    pub(super) fn end(self, tx: &mut Tx<'_>) -> Result<(), Faults> {
        self.levels.store(tx)?;
        for product in &self.products {
            if let Some(value) = self.values.get(product) {
                tx.save(value)?;
            }
        }
        Ok(())
    }
}

/// What the products say they cost, where they say so in the currency of the accounts.
fn own_costs(
    tx: &mut Tx<'_>,
    products: &BTreeSet<Id<Product>>,
) -> Result<HashMap<Id<Product>, Price>, Fault> {
    let currency = tx.currency();
    let found = products_among(tx, products)?;
    let costs = found.iter().filter_map(|product| Some((product.id, product.cost?)));
    Ok(costs.filter(|(_, cost)| cost.currency == currency).collect())
}

/// Products by their ids, in one query.
pub(crate) fn products_among<'a>(
    tx: &mut Tx<'_>,
    products: impl IntoIterator<Item = &'a Id<Product>>,
) -> Result<Vec<Kept<Product>>, Fault> {
    let ids = products.into_iter().map(|product| (*product).into()).collect();
    tx.find(kernel::Filter::new(kernel::Condition::Among("id", ids)))
}

fn lacking(product: Id<Product>, asked: Quantity, free: Quantity) -> Fault {
    Fault::new("stock.lacking").with("product", product).with("asked", asked).with("free", free)
}
