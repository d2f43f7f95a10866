//! The company whose books these are.

use kernel::{Actor, Entity, Fault, Faults, Filter, Id, Kept, Money, Rate, RawId, Rules, Tx};

use crate::{PaymentTerm, countries, identifiers, own_currency};

/// The company itself: what its documents say of it, and what its processes go by. One record.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Société",
    en = "Company",
    frs = "Sociétés",
    ens = "Companies",
    plural = "companies",
    steady
)]
pub struct Company {
    #[field(fr = "Raison sociale", en = "Name", list, title)]
    pub name: String,
    #[field(fr = "Forme juridique", en = "Legal form", list)]
    pub legal_form: Option<String>,
    #[field(fr = "Capital social", en = "Share capital")]
    pub capital: Option<Money>,
    #[field(fr = "SIREN", en = "SIREN", list)]
    pub siren: Option<String>,
    #[field(fr = "SIRET", en = "SIRET")]
    pub siret: Option<String>,
    #[field(fr = "N° de TVA", en = "VAT number")]
    pub vat_number: Option<String>,
    /// The town of the trade register, as documents cite it: `Roanne`.
    #[field(fr = "Greffe du RCS", en = "Trade register")]
    pub register: Option<String>,
    #[field(fr = "Code NAF", en = "NAF code")]
    pub naf: Option<String>,
    #[field(fr = "Adresse", en = "Street")]
    pub street: Option<String>,
    #[field(fr = "Code postal", en = "Postcode")]
    pub postcode: Option<String>,
    #[field(fr = "Ville", en = "City", list)]
    pub city: Option<String>,
    #[field(fr = "Pays", en = "Country")]
    pub country: Option<String>,
    #[field(fr = "Courriel", en = "E-mail")]
    pub email: Option<String>,
    #[field(fr = "Téléphone", en = "Phone")]
    pub phone: Option<String>,
    #[field(fr = "Site web", en = "Website")]
    pub website: Option<String>,
    #[field(fr = "IBAN", en = "IBAN", secret)]
    pub iban: Option<String>,
    #[field(fr = "BIC", en = "BIC")]
    pub bic: Option<String>,
    /// Tax is due on invoicing for services too. Source: CGI, art. 269, 2 c.
    #[field(fr = "TVA sur les débits", en = "VAT on invoicing")]
    pub vat_on_debits: bool,
    /// No tax is charged. Source: CGI, art. 293 B.
    #[field(fr = "Franchise en base de TVA", en = "VAT exempt small business")]
    pub vat_franchise: bool,
    /// The limit of a customer who has none of its own, taxes included.
    #[field(fr = "Encours autorisé par défaut", en = "Default credit limit")]
    pub credit_limit: Option<Money>,
    #[field(fr = "Condition de paiement par défaut", en = "Default payment term")]
    pub payment_term: Option<Id<PaymentTerm>>,
    /// Yearly rate of the penalties for late payment. Source: Code de commerce, art. L441-10 II.
    #[field(fr = "Taux des pénalités de retard", en = "Late payment rate")]
    pub late_penalty_rate: Option<Rate>,
    /// The first month of the fiscal year, 1 to 12; January when empty.
    #[field(fr = "Premier mois de l’exercice", en = "First month of the fiscal year")]
    pub fiscal_year_month: Option<i64>,
}

impl Rules for Company {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        identifiers::check_french(&mut faults, self.siren.as_deref(), self.siret.as_deref());
        identifiers::check_vat(&mut faults, self.vat_number.as_deref(), self.siren.as_deref());
        identifiers::check_country(&mut faults, self.country.as_deref());
        identifiers::check_email(&mut faults, self.email.as_deref());
        faults.ensure(
            self.iban
                .as_deref()
                .is_none_or(|iban| iban.is_empty() || identifiers::iban_holds(iban)),
            || Fault::new("iban.key").on("iban"),
        );
        faults.ensure(
            self.bic.as_deref().is_none_or(|bic| bic.is_empty() || identifiers::bic_holds(bic)),
            || Fault::new("bic.shape").on("bic"),
        );
        faults.ensure(self.fiscal_year_month.is_none_or(|month| (1..=12).contains(&month)), || {
            Fault::new("company.fiscal_year_month").on("fiscal_year_month")
        });
        let limit = self.credit_limit.is_none_or(|limit| limit.minor >= 0);
        faults.ensure(limit, || Fault::new("credit_limit.negative").on("credit_limit"));
        faults.into_result()
    }
}

impl Company {
    /// A company of which only the name is known.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            legal_form: None,
            capital: None,
            siren: None,
            siret: None,
            vat_number: None,
            register: None,
            naf: None,
            street: None,
            postcode: None,
            city: None,
            country: Some(countries::FRANCE.to_owned()),
            email: None,
            phone: None,
            website: None,
            iban: None,
            bic: None,
            vat_on_debits: false,
            vat_franchise: false,
            credit_limit: None,
            payment_term: None,
            late_penalty_rate: None,
            fiscal_year_month: None,
        }
    }
    /// The two letters of its country.
    #[must_use]
    pub fn country_code(&self) -> &str {
        self.country.as_deref().unwrap_or(countries::FRANCE)
    }
}

/// The company of this transaction.
///
/// # Errors
/// `company.missing` when no one has described it yet.
pub fn company(tx: &mut Tx<'_>) -> Result<Kept<Company>, Fault> {
    tx.first::<Company>(Filter::everything())?.ok_or(Fault::new("company.missing"))
}

/// Writes identifiers without spaces, and refuses foreign money and a second record.
///
/// # Errors
/// `company.single`, `currency.other`.
pub fn settle(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    if tx.find::<Company>(Filter::everything())?.len() > 1 {
        return Err(Fault::new("company.single").into());
    }
    let mut company = tx.get(Id::<Company>::from_raw(id))?;
    for (amount, field) in [(company.capital, "capital"), (company.credit_limit, "credit_limit")] {
        if let Some(amount) = amount {
            own_currency(tx.currency(), amount.currency, field)?;
        }
    }
    let own = &mut *company;
    for text in [
        &mut own.siren,
        &mut own.siret,
        &mut own.vat_number,
        &mut own.iban,
        &mut own.bic,
        &mut own.country,
    ] {
        identifiers::tidy(text);
    }
    tx.save(&company)?;
    let was = tx.before(Company::DEF, id).map(|row| Company::of_record(row.values)).transpose()?;
    // Money that others send goes where this says.
    if was.is_some_and(|was| was.iban != company.iban) {
        tx.second_person("bank_account", None)?;
    }
    Ok(())
}
