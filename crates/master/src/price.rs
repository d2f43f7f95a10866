//! Price lists: what a product costs a given customer.

use kernel::{
    Actor, Entity, Fault, Faults, Id, Kept, Lines, Price, Quantity, Rate, RawId, Rules, Tx,
};

use crate::{Party, Product, own_currency};

/// Prices for a kind of customer: a general discount, and prices of their own for some products.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Tarif", en = "Price list", frs = "Tarifs", ens = "Price lists", steady)]
pub struct PriceList {
    #[field(fr = "Code", en = "Code", list, search, unique)]
    pub code: String,
    #[field(fr = "Libellé", en = "Name", list, search, title)]
    pub name: String,
    /// Off the product's own price, where the list holds none.
    #[field(fr = "Remise générale", en = "General discount", list)]
    pub discount: Option<Rate>,
    #[field(fr = "Prix", en = "Prices")]
    pub lines: Lines<PriceListLine>,
}

/// The price of one product in a list.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Prix",
    en = "Price",
    frs = "Prix",
    ens = "Prices",
    index = "price_list, product",
    steady
)]
pub struct PriceListLine {
    #[field(fr = "Tarif", en = "Price list", parent)]
    pub price_list: Id<PriceList>,
    #[field(fr = "Produit", en = "Product", list)]
    pub product: Id<Product>,
    /// Holds from this quantity on; from the first unit when empty.
    #[field(fr = "À partir de", en = "From quantity", list)]
    pub from_quantity: Option<Quantity>,
    #[field(fr = "Prix HT", en = "Price excl. tax", list)]
    pub price: Price,
}

impl Rules for PriceList {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.discount.is_none_or(discount_holds), || {
            Fault::new("discount.range").on("discount")
        });
        faults.into_result()
    }
}

impl Rules for PriceListLine {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.price.scaled >= 0, || Fault::new("product.price").on("price"));
        faults.ensure(self.from_quantity.is_none_or(|from| from >= Quantity::ZERO), || {
            Fault::new("product.number").on("from_quantity")
        });
        faults.into_result()
    }
}

/// Whether a discount lies between nothing and everything.
#[must_use]
pub fn discount_holds(discount: Rate) -> bool {
    (Rate::ZERO..=Rate::percent(100)).contains(&discount)
}

/// What one unit costs a party that takes `quantity` of it, and the discount it has on that: the
/// price of its list, or else the product's own with the general discount of the list.
///
/// # Errors
/// `store.*`.
pub fn price_for(
    tx: &mut Tx<'_>,
    party: &Party,
    product: &Kept<Product>,
    quantity: Quantity,
) -> Result<(Price, Option<Rate>), Fault> {
    let Some(list) = party.price_list else { return Ok((product.price, None)) };
    let lines =
        tx.find(PriceListLine::PRICE_LIST.is(&list) & PriceListLine::PRODUCT.is(&product.id))?;
    if let Some(price) = best(lines.iter().map(|line| &**line), quantity) {
        return Ok((price, None));
    }
    Ok((product.price, tx.get(list)?.discount.filter(|discount| !discount.is_zero())))
}

/// The price of the highest step that the quantity reaches.
fn best<'a>(lines: impl Iterator<Item = &'a PriceListLine>, quantity: Quantity) -> Option<Price> {
    let from = |line: &PriceListLine| line.from_quantity.unwrap_or(Quantity::ZERO);
    lines.filter(|line| from(line) <= quantity).max_by_key(|line| from(line)).map(|line| line.price)
}

/// # Errors
/// `currency.other`.
pub fn settle(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    for line in tx.find(PriceListLine::PRICE_LIST.is(&Id::from_raw(id)))? {
        own_currency(tx.currency(), line.price.currency, "lines")?;
    }
    Ok(())
}
