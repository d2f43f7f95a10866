//! The companies and people that a document names.

use kernel::Money;

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Department, street, complement; EN 16931 keeps three lines.
    pub lines: Vec<String>,
    pub postcode: String,
    pub city: String,
    /// ISO 3166-1, two capital letters.
    pub country: String,
}

/// Where electronic documents of a party are delivered (BT-34, BT-49).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElectronicAddress {
    /// A code of the EAS list: `0225` for the French directory, `EM` for e-mail.
    pub scheme: String,
    /// In the French directory: the SIREN, then a suffix if any.
    pub address: String,
}

/// A seller, a buyer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// The full legal name, or the name of the person.
    pub name: String,
    pub address: Address,
    /// French company number, 9 digits.
    pub siren: Option<String>,
    /// French establishment number, 14 digits, the SIREN first.
    pub siret: Option<String>,
    /// VAT number with its country prefix: `FR64431207918`.
    pub vat_number: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// When absent: the SIREN in the French directory, or else the e-mail.
    pub electronic_address: Option<ElectronicAddress>,
}

impl Party {
    /// Where its electronic documents go: what it says itself, its SIREN, its e-mail, or nowhere.
    #[must_use]
    pub fn endpoint(&self) -> Option<ElectronicAddress> {
        let of = |scheme: &str, address: &String| ElectronicAddress {
            scheme: scheme.to_owned(),
            address: address.clone(),
        };
        self.electronic_address
            .clone()
            .or_else(|| self.siren.as_ref().map(|siren| of("0225", siren)))
            .or_else(|| self.email.as_ref().map(|email| of("EM", email)))
    }
}

/// What the letter paper of the seller shows besides its party.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letterhead {
    /// The trade name, when it is not the legal name.
    pub trade_name: Option<String>,
    /// One line under the name: what the house does.
    pub trade: Option<String>,
    pub website: Option<String>,
    /// `SAS`, `SARL` (Code de commerce, R. 123-238).
    pub legal_form: Option<String>,
    pub capital: Option<Money>,
    /// The town of the trade register (R. 123-237).
    pub register: Option<String>,
}

/// Where the seller is paid.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BankAccount {
    pub iban: String,
    pub bic: Option<String>,
    /// The holder, when it is not the seller's name.
    pub holder: Option<String>,
}
