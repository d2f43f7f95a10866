//! Those the company deals with: customers and suppliers, companies and persons.

use kernel::{
    Actor, Choice, Entity, Fault, Faults, Id, Language, Lines, Money, Origin, RawId, Rules, Tx,
};

use crate::{PaymentTerm, PriceList, countries, identifiers, own_currency};

/// A company or a person that we sell to or buy from.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Tiers", en = "Partner", frs = "Tiers", ens = "Partners", plural = "parties", steady)]
pub struct Party {
    /// Drawn when left empty: `C00001`.
    #[field(fr = "Code", en = "Code", list, search, unique)]
    pub code: Option<String>,
    #[field(fr = "Nom", en = "Name", list, search, title)]
    pub name: String,
    #[field(fr = "Nature", en = "Kind")]
    pub kind: PartyKind,
    #[field(fr = "Client", en = "Customer", list, index)]
    pub customer: bool,
    #[field(fr = "Fournisseur", en = "Supplier", list, index)]
    pub supplier: bool,
    #[field(fr = "SIREN", en = "SIREN", search, index)]
    pub siren: Option<String>,
    #[field(fr = "SIRET", en = "SIRET", search)]
    pub siret: Option<String>,
    #[field(fr = "N° de TVA", en = "VAT number", search)]
    pub vat_number: Option<String>,
    #[field(fr = "Courriel", en = "E-mail", search)]
    pub email: Option<String>,
    #[field(fr = "Téléphone", en = "Phone", search)]
    pub phone: Option<String>,
    #[field(fr = "Adresse", en = "Street")]
    pub street: Option<String>,
    #[field(fr = "Code postal", en = "Postcode")]
    pub postcode: Option<String>,
    #[field(fr = "Ville", en = "City", list, search)]
    pub city: Option<String>,
    /// Two letters; the company's own when left empty.
    #[field(fr = "Pays", en = "Country", list)]
    pub country: Option<String>,
    #[field(fr = "Langue", en = "Language")]
    pub language: Tongue,
    #[field(fr = "Secteur", en = "Sector", list, index)]
    pub sector: Option<String>,
    #[field(fr = "Condition de paiement", en = "Payment term")]
    pub payment_term: Option<Id<PaymentTerm>>,
    #[field(fr = "Tarif", en = "Price list")]
    pub price_list: Option<Id<PriceList>>,
    /// The most it may owe us at any time, taxes included; the company's own when empty.
    #[field(fr = "Encours autorisé", en = "Credit limit")]
    pub credit_limit: Option<Money>,
    /// The person whose customer or supplier it is: what is theirs follows it. Who signs in is
    /// unknown here.
    #[field(fr = "Responsable", en = "Responsible", list, index)]
    pub responsible: Option<Origin>,
    /// Kept by the payment follow-up.
    #[field(fr = "Situation", en = "Standing", list, index, system)]
    pub standing: Standing,
    #[field(fr = "Adresses", en = "Addresses")]
    pub addresses: Lines<Address>,
    #[field(fr = "Contacts", en = "Contacts")]
    pub contacts: Lines<Contact>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum PartyKind {
    #[choice(fr = "Société", en = "Company")]
    Company,
    #[choice(fr = "Particulier", en = "Person")]
    Person,
}

/// The language we write to someone in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum Tongue {
    #[choice(fr = "Français", en = "French")]
    Fr,
    #[choice(fr = "Anglais", en = "English")]
    En,
}

impl Tongue {
    #[must_use]
    pub const fn language(self) -> Language {
        match self {
            Tongue::Fr => Language::French,
            Tongue::En => Language::English,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum Standing {
    #[choice(fr = "À jour", en = "Good")]
    Good,
    #[choice(fr = "En retard", en = "Late")]
    Late,
    #[choice(fr = "Bloqué", en = "Blocked")]
    Blocked,
}

/// Another address of a partner.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Adresse",
    en = "Address",
    frs = "Adresses",
    ens = "Addresses",
    plural = "addresses",
    steady
)]
pub struct Address {
    #[field(fr = "Tiers", en = "Partner", parent)]
    pub party: Id<Party>,
    #[field(fr = "Libellé", en = "Label", list, title)]
    pub label: Option<String>,
    #[field(fr = "Usage", en = "Use", list)]
    pub kind: AddressKind,
    #[field(fr = "Adresse", en = "Street", list)]
    pub street: Option<String>,
    #[field(fr = "Code postal", en = "Postcode", list)]
    pub postcode: Option<String>,
    #[field(fr = "Ville", en = "City", list)]
    pub city: Option<String>,
    #[field(fr = "Pays", en = "Country", list)]
    pub country: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum AddressKind {
    #[choice(fr = "Livraison", en = "Delivery")]
    Delivery,
    #[choice(fr = "Facturation", en = "Billing")]
    Billing,
}

/// Someone to speak to at a partner's.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Contact", en = "Contact", frs = "Contacts", ens = "Contacts")]
pub struct Contact {
    #[field(fr = "Tiers", en = "Partner", parent)]
    pub party: Id<Party>,
    #[field(fr = "Prénom", en = "First name", list, title)]
    pub first_name: Option<String>,
    #[field(fr = "Nom", en = "Last name", list, title)]
    pub last_name: String,
    #[field(fr = "Fonction", en = "Role", list)]
    pub role: Option<String>,
    #[field(fr = "Courriel", en = "E-mail", list)]
    pub email: Option<String>,
    #[field(fr = "Téléphone", en = "Phone", list)]
    pub phone: Option<String>,
}

impl Rules for Party {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        identifiers::check_french(&mut faults, self.siren.as_deref(), self.siret.as_deref());
        identifiers::check_vat(&mut faults, self.vat_number.as_deref(), self.siren.as_deref());
        identifiers::check_country(&mut faults, self.country.as_deref());
        identifiers::check_email(&mut faults, self.email.as_deref());
        let limit = self.credit_limit.is_none_or(|limit| limit.minor >= 0);
        faults.ensure(limit, || Fault::new("credit_limit.negative").on("credit_limit"));
        faults.into_result()
    }
}

impl Rules for Address {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.country.as_deref().is_none_or(countries::exists), || {
            let given = self.country.clone().unwrap_or_default();
            Fault::new("country.unknown").on("country").with("given", given)
        });
        faults.into_result()
    }
}

impl Rules for Contact {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        identifiers::check_email(&mut faults, self.email.as_deref());
        faults.into_result()
    }
}

impl Party {
    /// A customer company in France of which only the name is known.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            code: None,
            name: name.to_owned(),
            kind: PartyKind::Company,
            customer: true,
            supplier: false,
            siren: None,
            siret: None,
            vat_number: None,
            email: None,
            phone: None,
            street: None,
            postcode: None,
            city: None,
            country: Some(countries::FRANCE.to_owned()),
            language: Tongue::Fr,
            sector: None,
            payment_term: None,
            price_list: None,
            credit_limit: None,
            responsible: None,
            standing: Standing::Good,
            addresses: Lines::HERE,
            contacts: Lines::HERE,
        }
    }
    /// The two letters of its country.
    #[must_use]
    pub fn country_code(&self) -> &str {
        self.country.as_deref().unwrap_or(countries::FRANCE)
    }
}

/// Writes identifiers without spaces, fills the country, and has a code drawn when none was given.
///
/// # Errors
/// `currency.other`.
pub fn settle(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    let id = Id::<Party>::from_raw(id);
    let mut party = tx.get(id)?;
    if let Some(limit) = party.credit_limit {
        own_currency(tx.currency(), limit.currency, "credit_limit")?;
    }
    let own = &mut *party;
    for text in [&mut own.siren, &mut own.siret, &mut own.vat_number, &mut own.country] {
        identifiers::tidy(text);
    }
    if party.siren.is_none() {
        party.siren = party.siret.as_deref().and_then(|siret| siret.get(..9)).map(str::to_owned);
    }
    if party.country.is_none() {
        party.country = Some(countries::FRANCE.to_owned());
    }
    let own = &mut *party;
    for text in [&mut own.code, &mut own.email] {
        if text.as_deref().is_some_and(|text| text.trim().is_empty()) {
            *text = None;
        }
    }
    tx.save(&party)?;
    if party.code.is_none() {
        tx.last(move |tx| draw_code(tx, id));
    }
    Ok(())
}

/// Gives the party the next free code of the series `party`.
///
/// # Errors
/// `not_found`, `store.*`.
pub fn draw_code(tx: &mut Tx<'_>, id: Id<Party>) -> Result<(), Faults> {
    let mut party = tx.get(id)?;
    while party.code.is_none() {
        let code = format!("C{:05}", tx.number("party")?);
        // A code typed by hand may lie ahead of the series.
        if tx.first(Party::CODE.has(&code))?.is_none() {
            party.code = Some(code);
        }
    }
    tx.save(&party)
}
