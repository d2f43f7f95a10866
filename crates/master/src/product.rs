//! What is sold, bought and made.

use kernel::{
    Actor, Choice, Entity, Fault, Faults, Id, Kept, Language, Price, Quantity, RawId, Rules, Tx,
};

use crate::{Tax, identifiers, own_currency};

/// A unit of measure, by its UN/ECE Recommendation 20 code.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Unité", en = "Unit", frs = "Unités", ens = "Units", steady)]
pub struct Unit {
    #[field(fr = "Code", en = "Code", list, search, unique)]
    pub code: String,
    #[field(fr = "Libellé", en = "French name", list, search, title)]
    pub name: String,
    #[field(fr = "Libellé anglais", en = "English name", list)]
    pub name_en: Option<String>,
}

impl Rules for Unit {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let plain =
            self.code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        faults.ensure(plain && (1..=3).contains(&self.code.len()), || {
            Fault::new("unit.code").on("code").with("given", self.code.as_str())
        });
        faults.into_result()
    }
}

impl Unit {
    #[must_use]
    pub fn label(&self, language: Language) -> &str {
        match language {
            Language::French => &self.name,
            Language::English => self.name_en.as_deref().unwrap_or(&self.name),
        }
    }
}

/// A thing or a service with a price.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Produit", en = "Product", frs = "Produits", ens = "Products", steady)]
pub struct Product {
    #[field(fr = "Référence", en = "SKU", list, search, unique, title)]
    pub sku: String,
    #[field(fr = "Désignation", en = "Name", list, search, title)]
    pub name: String,
    #[field(fr = "Désignation anglaise", en = "English name", search)]
    pub name_en: Option<String>,
    #[field(fr = "Nature", en = "Kind", list)]
    pub kind: ProductKind,
    #[field(fr = "Famille", en = "Family", list, index)]
    pub family: Option<String>,
    #[field(fr = "Unité", en = "Unit")]
    pub unit: Id<Unit>,
    /// Price of one unit, excluding tax.
    #[field(fr = "Prix de vente HT", en = "Price excl. tax", list)]
    pub price: Price,
    /// What one unit costs us, excluding tax: the margin is counted from it.
    #[field(fr = "Coût de revient", en = "Cost")]
    pub cost: Option<Price>,
    #[field(fr = "TVA", en = "VAT", list)]
    pub tax: Id<Tax>,
    /// Made here rather than bought.
    #[field(fr = "Fabriqué", en = "Made here")]
    pub made: bool,
    #[field(fr = "Code-barres", en = "Barcode", search, unique)]
    pub barcode: Option<String>,
    /// Weight of one unit, in grams.
    #[field(fr = "Poids (g)", en = "Weight (g)")]
    pub weight_g: Option<i64>,
    /// Days to buy or make more.
    #[field(fr = "Délai (jours)", en = "Lead time (days)")]
    pub lead_days: Option<i64>,
    /// Below this quantity it is time to buy or make more.
    #[field(fr = "Seuil de réapprovisionnement", en = "Reorder point")]
    pub reorder_point: Option<Quantity>,
    /// No longer sold; kept for its history.
    #[field(fr = "Archivé", en = "Archived", list)]
    pub archived: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum ProductKind {
    #[choice(fr = "Bien", en = "Goods")]
    Goods,
    #[choice(fr = "Service", en = "Service")]
    Service,
}

impl Rules for Product {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.price.scaled >= 0, || Fault::new("product.price").on("price"));
        faults.ensure(self.cost.is_none_or(|cost| cost.scaled >= 0), || {
            Fault::new("product.price").on("cost")
        });
        for (number, field) in [(self.weight_g, "weight_g"), (self.lead_days, "lead_days")] {
            faults.ensure(number.is_none_or(|number| (0..=100_000_000).contains(&number)), || {
                Fault::new("product.number").on(field)
            });
        }
        faults.ensure(self.lead_days.is_none_or(|days| days <= 3650), || {
            Fault::new("product.number").on("lead_days")
        });
        if let Some(barcode) = self.barcode.as_deref() {
            faults.ensure(identifiers::gtin_holds(barcode), || {
                Fault::new("product.barcode").on("barcode").with("given", barcode)
            });
        }
        let point = self.reorder_point.is_none_or(|point| point >= Quantity::ZERO);
        faults.ensure(point, || Fault::new("product.number").on("reorder_point"));
        faults.into_result()
    }
}

impl Product {
    /// What it is called in the reader's language.
    #[must_use]
    pub fn label(&self, language: Language) -> &str {
        match language {
            Language::French => &self.name,
            Language::English => self.name_en.as_deref().unwrap_or(&self.name),
        }
    }
    /// A refusal about it, which calls it by its reference and its name in the reader's language:
    /// the facts `product` and `product_en`.
    #[must_use]
    pub fn named_in(&self, fault: Fault) -> Fault {
        let name = |language| format!("{} · {}", self.sku, self.label(language));
        fault.with("product", name(Language::French)).with("product_en", name(Language::English))
    }
    /// Whether a code read from a label is its barcode or its reference.
    #[must_use]
    pub fn is_called(&self, code: &str) -> bool {
        let barcode = self.barcode.as_deref();
        barcode.is_some_and(|barcode| identifiers::same_gtin(barcode, code))
            || self.sku.eq_ignore_ascii_case(code)
    }
    /// Whether it is kept in stock.
    #[must_use]
    pub fn stocked(&self) -> bool {
        self.kind == ProductKind::Goods
    }
    /// The cost of one unit; zero when no one has told it.
    #[must_use]
    pub fn unit_cost(&self) -> Price {
        self.cost.unwrap_or(Price::zero(self.price.currency))
    }
}

/// The product whose barcode or reference a label reads, among all.
///
/// # Errors
/// `store.*`.
pub fn called(tx: &mut Tx<'_>, code: &str) -> Result<Option<Kept<Product>>, Fault> {
    let codes: Vec<Option<String>> = identifiers::lengths(code).into_iter().map(Some).collect();
    match tx.first(Product::BARCODE.among(&codes))? {
        Some(product) => Ok(Some(product)),
        None => tx.first(Product::SKU.is(&code.to_owned())),
    }
}

/// # Errors
/// `currency.other`.
pub fn settle(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    let product = tx.get(Id::<Product>::from_raw(id))?;
    own_currency(tx.currency(), product.price.currency, "price")?;
    if let Some(cost) = product.cost {
        own_currency(tx.currency(), cost.currency, "cost")?;
    }
    Ok(())
}
