//! The two sides of a document, from the JSON in which an invoice keeps them: the same reading for
//! what was said at issue and for what is true now.

use kernel::{Currency, Entity, EntityDef, Language, Money, Rate, Record, json, parse_decimal};
use master::{Company, Party, TaxCategory};
use paper::invoice::{Exemption, Vat, VatCategory};
use paper::party::{Address, BankAccount, Letterhead};
use serde_json::{Map, Value as Json};

/// A company or a party as a JSON object of its fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct Side(Map<String, Json>);

impl Side {
    pub(crate) fn of_json(json: &Json) -> Self {
        Self(json.as_object().cloned().unwrap_or_default())
    }
    pub(crate) fn of_company(company: &Company) -> Self {
        Self::of_record(Company::DEF, &company.to_record())
    }
    pub(crate) fn of_party(party: &Party) -> Self {
        Self::of_record(Party::DEF, &party.to_record())
    }
    fn of_record(def: &EntityDef, record: &Record) -> Self {
        let fields = def.fields.iter().zip(record).filter(|(_, value)| !value.is_null());
        Self(fields.map(|(field, value)| (field.name.into(), json::of_value(value))).collect())
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let text = self.0.get(name).and_then(Json::as_str)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
    pub(crate) fn rate(&self, name: &str) -> Option<Rate> {
        let text = self.0.get(name).and_then(Json::as_str)?;
        parse_decimal(text, Rate::DECIMALS).ok().map(Rate)
    }
    fn money(&self, name: &str) -> Option<Money> {
        let amount = self.0.get(name)?;
        let currency = Currency::of(amount.get("currency")?.as_str()?).ok()?;
        let figure = parse_decimal(amount.get("amount")?.as_str()?, currency.decimals()).ok()?;
        Some(Money::new(figure, currency))
    }
    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.0.get(name).and_then(Json::as_str) == Some(value)
    }
    pub(crate) fn country(&self) -> String {
        self.text("country").unwrap_or_else(|| master::countries::FRANCE.to_owned())
    }
    /// The language its documents are written in.
    pub(crate) fn language(&self) -> Language {
        self.text("language").and_then(|tag| Language::of_tag(&tag)).unwrap_or_default()
    }

    pub(crate) fn party(&self) -> paper::party::Party {
        paper::party::Party {
            name: self.text("name").unwrap_or_default(),
            address: Address {
                lines: self.text("street").into_iter().collect(),
                postcode: self.text("postcode").unwrap_or_default(),
                city: self.text("city").unwrap_or_default(),
                country: self.country(),
            },
            siren: self.text("siren"),
            siret: self.text("siret"),
            vat_number: self.text("vat_number"),
            email: self.text("email"),
            phone: self.text("phone"),
            electronic_address: None,
        }
    }
    pub(crate) fn letterhead(&self) -> Letterhead {
        Letterhead {
            trade_name: None,
            trade: None,
            website: self.text("website"),
            legal_form: self.text("legal_form"),
            capital: self.money("capital"),
            register: self.text("register"),
        }
    }
    pub(crate) fn account(&self) -> Option<BankAccount> {
        let bic = self.text("bic");
        self.text("iban").map(|iban| BankAccount { iban, bic, holder: None })
    }
}

/// Where goods go, as a document names it; nothing when it is nowhere else.
pub(crate) fn place(
    name: Option<&String>,
    street: Option<&String>,
    postcode: Option<&String>,
    city: Option<&String>,
    country: Option<&String>,
) -> Option<paper::party::Party> {
    if street.is_none() && city.is_none() {
        return None;
    }
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let france = || master::countries::FRANCE.to_owned();
    Some(paper::party::Party {
        name: text(name),
        address: Address {
            lines: street.cloned().into_iter().collect(),
            postcode: text(postcode),
            city: text(city),
            country: country.cloned().unwrap_or_else(france),
        },
        ..paper::party::Party::default()
    })
}

/// How a document says that a line is taxed.
pub(crate) fn vat(
    category: TaxCategory,
    rate: Rate,
    code: Option<String>,
    text: Option<String>,
) -> Vat {
    let category = match category {
        TaxCategory::Standard => VatCategory::Standard,
        TaxCategory::IntraCommunity => VatCategory::IntraCommunity,
        TaxCategory::Export => VatCategory::Export,
        TaxCategory::Exempt => VatCategory::Exempt,
        TaxCategory::ReverseCharge => VatCategory::ReverseCharge,
        TaxCategory::OutOfScope => VatCategory::OutOfScope,
    };
    let exemption = (category != VatCategory::Standard)
        .then(|| Exemption { code: code.unwrap_or_default(), text: text.unwrap_or_default() });
    Vat { category, rate, exemption }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_reads_the_same_from_a_record_and_from_its_json() {
        let mut company = Company::named("Atelier Lumen");
        company.capital = Some(Money::eur(24_000_000));
        company.late_penalty_rate = Some(Rate::percent(12));
        company.iban = Some("FR7630006000011234567890189".into());
        let side = Side::of_company(&company);
        let again = Side::of_json(&Json::Object(side.0.clone()));
        for side in [side, again] {
            assert_eq!(side.letterhead().capital, Some(Money::eur(24_000_000)));
            assert_eq!(side.rate("late_penalty_rate"), Some(Rate::percent(12)));
            assert_eq!(side.party().name, "Atelier Lumen");
            assert!(side.account().is_some());
        }
    }
}
