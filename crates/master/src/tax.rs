//! Value added tax: the rates, and which one applies to a sale.

use kernel::{Choice, Entity, Fault, Faults, Id, Rate, Rules, Tx};

use crate::party::PartyKind;
use crate::product::{Product, ProductKind};
use crate::{Party, company, countries};

/// A rate of value added tax, or a reason why there is none. One for each category and rate: the
/// breakdown of an invoice (EN 16931, BG-23) groups by these two.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Taxe",
    en = "Tax",
    frs = "Taxes",
    ens = "Taxes",
    plural = "taxes",
    unique = "category, rate",
    steady
)]
pub struct Tax {
    #[field(fr = "Code", en = "Code", list, search, unique)]
    pub code: String,
    #[field(fr = "Libellé", en = "French name", list, search, title)]
    pub name: String,
    #[field(fr = "Libellé anglais", en = "English name")]
    pub name_en: Option<String>,
    #[field(fr = "Taux", en = "Rate", list)]
    pub rate: Rate,
    #[field(fr = "Catégorie", en = "Category", list)]
    pub category: TaxCategory,
    /// The code of the exemption in the European list (VATEX), BT-121.
    #[field(fr = "Code d’exonération", en = "Exemption code", list)]
    pub exemption_code: Option<String>,
    /// The mention that the law wants on the invoice, BT-120.
    #[field(fr = "Mention d’exonération", en = "Exemption text")]
    pub exemption_text: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum TaxCategory {
    #[choice(fr = "TVA française", en = "French VAT")]
    Standard,
    #[choice(fr = "Livraison intracommunautaire", en = "Intra-Community supply")]
    IntraCommunity,
    #[choice(fr = "Export", en = "Export")]
    Export,
    #[choice(fr = "Exonéré", en = "Exempt")]
    Exempt,
    #[choice(fr = "Autoliquidation", en = "Reverse charge")]
    ReverseCharge,
    #[choice(fr = "Hors champ", en = "Out of scope")]
    OutOfScope,
}

impl TaxCategory {
    /// The letter of EN 16931 (UNTDID 5305).
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            TaxCategory::Standard => "S",
            TaxCategory::IntraCommunity => "K",
            TaxCategory::Export => "G",
            TaxCategory::Exempt => "E",
            TaxCategory::ReverseCharge => "AE",
            TaxCategory::OutOfScope => "O",
        }
    }
}

impl Rules for Tax {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let taxed = self.category == TaxCategory::Standard;
        let fits = if taxed { self.rate > Rate::ZERO } else { self.rate.is_zero() };
        faults.ensure(fits && self.rate <= Rate::percent(100), || {
            Fault::new("tax.rate").on("rate").with("given", self.rate)
        });
        let told = self.exemption_code.is_some() || self.exemption_text.is_some();
        faults.ensure(taxed || told, || Fault::new("tax.exemption").on("exemption_text"));
        faults.into_result()
    }
}

/// Where a sale is taxed, told from what is known of the two sides and of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The product's own rate.
    Here,
    Elsewhere(TaxCategory),
}

/// The tax of a sale: the product's own in France, none with its reason for a supply to a VAT
/// payer of another country of the Union or outside the Union. The customer's own country is taken
/// for the place of supply. Sources: CGI, art. 262 I, 262 ter I, 259-1°, 283-2, 293 B, 294.
///
/// # Errors
/// `tax.missing` when the company has no tax of the category that applies; `company.missing`.
pub fn tax_for(tx: &mut Tx<'_>, party: &Party, product: &Product) -> Result<Id<Tax>, Faults> {
    let franchise = company::company(tx)?.vat_franchise;
    tax_under(tx, franchise, party, product)
}

/// The same, when it is known whether the company charges tax at all.
///
/// # Errors
/// `tax.missing`.
pub fn tax_under(
    tx: &mut Tx<'_>,
    franchise: bool,
    party: &Party,
    product: &Product,
) -> Result<Id<Tax>, Faults> {
    let category = match (franchise, place(party, product.kind)) {
        (true, _) => TaxCategory::Exempt,
        (false, Place::Elsewhere(category)) => category,
        (false, Place::Here) => return Ok(product.tax),
    };
    let tax = tx.first(Tax::CATEGORY.is(&category))?;
    let missing = || Fault::new("tax.missing").on("tax").with("category", category.name());
    Ok(tax.ok_or_else(missing)?.id)
}

fn place(party: &Party, kind: ProductKind) -> Place {
    let country = party.country_code();
    if countries::french_for_vat(country) {
        return Place::Here;
    }
    let goods = kind == ProductKind::Goods;
    if countries::in_union(country) {
        return match (party.vat_number.is_some(), goods) {
            (true, true) => Place::Elsewhere(TaxCategory::IntraCommunity),
            (true, false) => Place::Elsewhere(TaxCategory::ReverseCharge),
            (false, _) => Place::Here,
        };
    }
    match (goods, party.kind) {
        (true, _) => Place::Elsewhere(TaxCategory::Export),
        (false, PartyKind::Company) => Place::Elsewhere(TaxCategory::OutOfScope),
        (false, PartyKind::Person) => Place::Here,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(country: &str, vat: Option<&str>, kind: PartyKind, product: ProductKind) -> Place {
        let mut party = Party::named("Essai");
        party.country = Some(country.into());
        party.vat_number = vat.map(Into::into);
        party.kind = kind;
        place(&party, product)
    }

    #[test]
    fn the_place_of_supply_follows_country_vat_number_and_kind() {
        use PartyKind::{Company, Person};
        use ProductKind::{Goods, Service};
        let away = Place::Elsewhere;
        assert_eq!(at("FR", None, Person, Goods), Place::Here);
        assert_eq!(at("MC", None, Company, Goods), Place::Here);
        let vat = Some("DE136695976");
        assert_eq!(at("DE", vat, Company, Goods), away(TaxCategory::IntraCommunity));
        assert_eq!(at("DE", vat, Company, Service), away(TaxCategory::ReverseCharge));
        assert_eq!(at("DE", None, Company, Goods), Place::Here);
        assert_eq!(at("GB", None, Company, Goods), away(TaxCategory::Export));
        assert_eq!(at("CH", None, Company, Service), away(TaxCategory::OutOfScope));
        assert_eq!(at("CH", None, Person, Service), Place::Here);
        assert_eq!(at("RE", None, Person, Goods), away(TaxCategory::Export));
    }

    #[test]
    fn a_tax_without_rate_says_why() {
        let mut tax = Tax {
            code: "X".into(),
            name: "X".into(),
            name_en: None,
            rate: Rate::ZERO,
            category: TaxCategory::Export,
            exemption_code: None,
            exemption_text: None,
        };
        assert_eq!(tax.check().unwrap_err().codes(), ["tax.exemption"]);
        tax.exemption_code = Some("VATEX-EU-G".into());
        assert!(tax.check().is_ok());
        tax.rate = Rate::percent(20);
        assert_eq!(tax.check().unwrap_err().codes(), ["tax.rate"]);
        tax.category = TaxCategory::Standard;
        assert!(tax.check().is_ok());
    }
}
