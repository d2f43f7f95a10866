//! Goods on their way to us: what lets a date be promised.

use kernel::{
    ActionDef, Actor, Day, Entity, Fault, Faults, FieldDef, Id, Origin, Price, Quantity, RawId,
    Rules, Text, Tx,
};
use master::{Product, own_currency};

use super::flow::receive;
use super::location::{Location, LocationKind, main_location};

/// Goods that should come in on a day: ordered from a supplier, or being made.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Réception attendue",
    en = "Expected receipt",
    frs = "Réceptions attendues",
    ens = "Expected receipts",
    index = "product, due_on"
)]
pub struct ExpectedReceipt {
    #[field(fr = "Article", en = "Product", list)]
    pub product: Id<Product>,
    #[field(fr = "Quantité", en = "Quantity", list)]
    pub quantity: Quantity,
    #[field(fr = "Attendue le", en = "Due on", list, index)]
    pub due_on: Day,
    /// What one unit will cost; the product's own cost when left empty.
    #[field(fr = "Coût unitaire", en = "Unit cost")]
    pub unit_cost: Option<Price>,
    #[field(fr = "Référence", en = "Reference", list, search, title)]
    pub reference: Option<String>,
    #[field(fr = "Reçue", en = "Received", list, system)]
    pub received: Quantity,
    /// Nothing more is awaited.
    #[field(fr = "Soldée", en = "Done", list, index, system)]
    pub done: bool,
    #[field(fr = "Origine", en = "Origin", system)]
    pub origin: Option<Origin>,
}

impl ExpectedReceipt {
    /// What is still to come.
    #[must_use]
    pub fn awaited(&self) -> Quantity {
        if self.done { Quantity::ZERO } else { self.quantity - self.received }
    }
}

impl Rules for ExpectedReceipt {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.quantity > Quantity::ZERO, || {
            Fault::new("stock_move.quantity").on("quantity").with("given", self.quantity)
        });
        faults.ensure(self.unit_cost.is_none_or(|cost| cost.scaled >= 0), || {
            Fault::new("stock.cost").on("unit_cost")
        });
        faults.into_result()
    }
    fn editable(&self) -> Result<(), Faults> {
        if self.done || self.received > Quantity::ZERO {
            return Err(Fault::new("expected_receipt.received").into());
        }
        Ok(())
    }
}

pub const ACTIONS: &[ActionDef] = &[ActionDef {
    on: "expected_receipt",
    name: "receive",
    label: Text { fr: "Réceptionner", en: "Receive" },
    doc: Text {
        fr: "Fait entrer en stock ce qui est arrivé ; le reste est encore attendu.",
        en: "Takes what has arrived into stock; the rest is still awaited.",
    },
    inputs: &[
        FieldDef::of::<Option<Quantity>>(
            "quantity",
            Text { fr: "Quantité reçue", en: "Quantity received" },
            "All that is awaited when left empty.",
        ),
        FieldDef::of::<Option<Id<Location>>>(
            "location",
            Text { fr: "Emplacement", en: "Location" },
            "The main stock when left empty.",
        ),
    ],
    offered: |record| ExpectedReceipt::of_record(record.clone()).is_ok_and(|receipt| !receipt.done),
    run: |tx, _, id, inputs| {
        let (quantity, location) = (inputs.take("quantity")?, inputs.take("location")?);
        let id = Id::from_raw(id);
        receive_expected(tx, id, quantity, location)?;
        Ok(Some(Origin::of::<ExpectedReceipt>(id)))
    },
}];

/// Takes awaited goods in: `quantity` of them (all that is awaited by default), into `location` (the
/// main stock by default). They cost what the receipt says, else what the product says.
///
/// # Errors
/// `expected_receipt.done`, `expected_receipt.more` for more than is awaited,
/// `stock_move.quantity`, `stock.cost`, `location.none`, `location.stock`.
pub fn receive_expected(
    tx: &mut Tx<'_>,
    id: Id<ExpectedReceipt>,
    quantity: Option<Quantity>,
    location: Option<Id<Location>>,
) -> Result<(), Faults> {
    let mut receipt = tx.lock(id)?;
    if receipt.done {
        return Err(Fault::new("expected_receipt.done").into());
    }
    let quantity = quantity.unwrap_or(receipt.awaited());
    if quantity > receipt.awaited() {
        let more = Fault::new("expected_receipt.more").on("quantity");
        return Err(more.with("asked", quantity).with("awaited", receipt.awaited()).into());
    }
    let location = match location {
        Some(location) if tx.get(location)?.kind.is_counterpart() => {
            return Err(Fault::new("location.stock").on("location").into());
        }
        Some(location) => location,
        None => main_location(tx, LocationKind::Stock)?,
    };
    let unit_cost = match receipt.unit_cost {
        Some(cost) => cost,
        None => tx.get(receipt.product)?.unit_cost(),
    };
    receive(tx, receipt.product, location, quantity, unit_cost, Origin::of(id))?;
    receipt.received += quantity;
    receipt.done = receipt.received >= receipt.quantity;
    tx.save(&receipt)
}

/// Refuses what could not be received: a service, a cost in another currency.
///
/// # Errors
/// `stock.service`, `currency.other`.
pub fn settle(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    let receipt = tx.get(Id::<ExpectedReceipt>::from_raw(id))?;
    let product = tx.get(receipt.product)?;
    if !product.stocked() {
        return Err(product.named_in(Fault::new("stock.service").on("product")).into());
    }
    if let Some(cost) = receipt.unit_cost {
        own_currency(tx.currency(), cost.currency, "unit_cost")?;
    }
    Ok(())
}
