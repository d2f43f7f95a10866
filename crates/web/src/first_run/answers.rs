//! What was answered, and what it makes of the company.

use kernel::{Currency, Fault, Faults, Rules};
use master::{Company, countries, identifiers};

use crate::address::Fields;
use crate::door::Visitor;

/// The answers to the four questions, as typed.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    pub name: String,
    pub siren: String,
    /// Two letters.
    pub country: String,
    /// 1 to 12.
    pub month: String,
    pub start: Start,
    pub person: String,
    pub email: String,
    pub password: String,
}

/// How to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start {
    #[default]
    Empty,
    /// With a file of what one had before.
    Import,
    /// With an invented company at work.
    Demo,
}

impl Start {
    /// The word of the form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Import => "import",
            Self::Demo => "demo",
        }
    }
    fn of(word: &str) -> Self {
        let known = [Self::Import, Self::Demo].into_iter().find(|start| start.word() == word);
        known.unwrap_or_default()
    }
}

/// Where the euro is not the money: the country, and its currency.
const CURRENCIES: &[(&str, &str)] = &[
    ("CA", "CAD"),
    ("CH", "CHF"),
    ("CZ", "CZK"),
    ("DK", "DKK"),
    ("DZ", "DZD"),
    ("GB", "GBP"),
    ("HU", "HUF"),
    ("LI", "CHF"),
    ("MA", "MAD"),
    ("NC", "XPF"),
    ("NO", "NOK"),
    ("PF", "XPF"),
    ("PL", "PLN"),
    ("RO", "RON"),
    ("SE", "SEK"),
    ("TN", "TND"),
    ("US", "USD"),
    ("WF", "XPF"),
];

impl Answers {
    /// Nothing answered yet; the country is that of the language.
    #[must_use]
    pub fn of_visitor(_: &Visitor) -> Self {
        Self { country: countries::FRANCE.to_owned(), month: "1".to_owned(), ..Self::default() }
    }

    #[must_use]
    pub fn of_fields(fields: &Fields) -> Self {
        let text = |name: &str| fields.text(name).to_owned();
        Self {
            name: text("name"),
            siren: text("siren"),
            country: text("country"),
            month: text("month"),
            start: Start::of(fields.text("start")),
            person: text("person"),
            email: text("email"),
            // A password may begin with a blank.
            password: fields.get("password").unwrap_or("").to_owned(),
        }
    }

    /// All that is wrong, each on its field.
    ///
    /// # Errors
    /// `field.required`, `first_run.name`, `user.email`, `password.*`, those of the company's rules.
    pub fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        // The company of a demonstration is invented already.
        if self.start != Start::Demo {
            faults.gather(self.check_company());
        }
        faults.ensure(!self.person.is_empty(), || Fault::new("field.required").on("person"));
        let owner = identity::User::named(&self.person, &self.email, identity::Role::Owner);
        faults.gather(owner.check());
        let known = [self.email.as_str(), self.person.as_str(), self.name.as_str()];
        let checked = identity::check_password(&self.password, &known);
        faults.gather(checked.map_err(|found| {
            Faults(found.0.into_iter().map(|fault| fault.on("password")).collect())
        }));
        faults.into_result()
    }

    fn check_company(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(!self.name.is_empty() || !self.siren.is_empty(), || {
            Fault::new("first_run.name").on("name")
        });
        faults.gather(self.company().check().map_err(|found| {
            // The VAT number comes from the SIREN: its key tells on the SIREN alone.
            let own =
                found.0.into_iter().filter(|fault| fault.field.as_deref() != Some("vat_number"));
            Faults(own.collect())
        }));
        faults.into_result()
    }

    /// The company as far as it is known.
    #[must_use]
    pub fn company(&self) -> Company {
        let mut siren = (!self.siren.is_empty()).then(|| self.siren.clone());
        identifiers::tidy(&mut siren);
        let vat_number = siren.as_deref().and_then(identifiers::french_vat);
        let name = match (self.name.is_empty(), &siren) {
            (true, Some(siren)) => format!("SIREN {}", grouped(siren)),
            _ => self.name.clone(),
        };
        Company {
            siren,
            vat_number,
            country: Some(self.country.clone()),
            fiscal_year_month: self.month.parse().ok(),
            ..Company::named(&name)
        }
    }

    /// The currency of the country, in which the books are kept.
    ///
    /// # Errors
    /// `currency.unknown`.
    pub fn currency(&self) -> Result<Currency, Fault> {
        let own = CURRENCIES.iter().find(|(country, _)| *country == self.country);
        own.map_or(Ok(Currency::EUR), |(_, code)| Currency::of(code))
    }
}

/// `732829320` as `732 829 320`.
fn grouped(siren: &str) -> String {
    let letters: Vec<char> = siren.chars().collect();
    letters.chunks(3).map(|three| three.iter().collect()).collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers() -> Answers {
        Answers {
            name: "Maison du Lin".into(),
            siren: "732 829 320".into(),
            country: "FR".into(),
            month: "7".into(),
            start: Start::Empty,
            person: "Ada Martin".into(),
            email: "ada@lin.example".into(),
            password: "une tasse de thé bleu".into(),
        }
    }

    #[test]
    fn the_siren_gives_the_vat_number_and_a_name_where_there_is_none() {
        let company = Answers { name: String::new(), ..answers() }.company();
        assert_eq!(company.name, "SIREN 732 829 320");
        assert_eq!(company.vat_number.as_deref(), Some("FR44732829320"));
        assert_eq!(company.fiscal_year_month, Some(7));
        assert!(answers().check().is_ok());
    }

    #[test]
    fn everything_wrong_is_told_at_once_on_its_field() {
        let wrong = Answers {
            siren: "123456789".into(),
            month: "13".into(),
            country: "ZZ".into(),
            person: String::new(),
            email: "ada".into(),
            password: "court".into(),
            ..answers()
        };
        let faults = wrong.check().unwrap_err();
        let fields: Vec<&str> = faults.0.iter().filter_map(|f| f.field.as_deref()).collect();
        for field in ["person", "siren", "country", "fiscal_year_month", "email", "password"] {
            assert!(fields.contains(&field), "{field} {fields:?}");
        }
        assert!(!fields.contains(&"vat_number"), "{fields:?}");
        let nameless = Answers { name: String::new(), siren: String::new(), ..answers() };
        assert_eq!(nameless.check().unwrap_err().codes()[0], "first_run.name");
    }

    #[test]
    fn a_demonstration_asks_of_the_person_alone() {
        let demo =
            Answers { name: String::new(), siren: "1".into(), start: Start::Demo, ..answers() };
        assert_eq!(demo.check(), Ok(()));
        let nobody = Answers { person: String::new(), ..demo };
        assert_eq!(nobody.check().unwrap_err().0[0].field.as_deref(), Some("person"));
    }

    #[test]
    fn the_books_are_kept_in_the_money_of_the_country() {
        let of = |country: &str| Answers { country: country.into(), ..answers() }.currency();
        assert_eq!(of("FR"), Ok(Currency::EUR));
        assert_eq!(of("GB"), Ok(Currency::GBP));
    }
}
