//! When an invoice is to be paid.

use kernel::{Day, Entity, Fault, Faults, Language, Rules};

/// The days a customer has to pay, counted from the day of issue.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Condition de paiement",
    en = "Payment term",
    frs = "Conditions de paiement",
    ens = "Payment terms",
    steady
)]
pub struct PaymentTerm {
    #[field(fr = "Code", en = "Code", list, search, unique)]
    pub code: String,
    #[field(fr = "Libellé", en = "French name", list, search, title)]
    pub name: String,
    #[field(fr = "Libellé anglais", en = "English name", list)]
    pub name_en: Option<String>,
    #[field(fr = "Jours", en = "Days", list)]
    pub days: i64,
    /// The day found is moved to the end of its month.
    #[field(fr = "Fin de mois", en = "End of month", list)]
    pub end_of_month: bool,
}

impl Rules for PaymentTerm {
    /// At most 60 days, or 45 days end of month. Source: Code de commerce, art. L441-10 I.
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let most = if self.end_of_month { 45 } else { 60 };
        faults.ensure((0..=most).contains(&self.days), || {
            Fault::new("payment_term.days").on("days").with("most", most)
        });
        faults.into_result()
    }
}

impl PaymentTerm {
    /// What it is called in the reader's language.
    #[must_use]
    pub fn label(&self, language: Language) -> &str {
        match language {
            Language::French => &self.name,
            Language::English => self.name_en.as_deref().unwrap_or(&self.name),
        }
    }
}

/// The day an invoice issued on `issued` falls due.
#[must_use]
pub fn due_on(term: &PaymentTerm, issued: Day) -> Day {
    let due = issued + i32::try_from(term.days).unwrap_or(0);
    if term.end_of_month { due.end_of_month() } else { due }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(days: i64, end_of_month: bool) -> PaymentTerm {
        PaymentTerm { code: "x".into(), name: "x".into(), name_en: None, days, end_of_month }
    }

    #[test]
    fn the_end_of_the_month_comes_after_the_days() {
        let issued = Day::parse("2026-01-20").unwrap();
        assert_eq!(due_on(&term(30, false), issued).to_string(), "2026-02-19");
        assert_eq!(due_on(&term(45, true), issued).to_string(), "2026-03-31");
        assert_eq!(due_on(&term(0, false), issued), issued);
    }

    #[test]
    fn a_term_beyond_the_law_is_refused() {
        assert!(term(60, false).check().is_ok());
        assert!(term(45, true).check().is_ok());
        assert_eq!(term(61, false).check().unwrap_err().codes(), ["payment_term.days"]);
        assert_eq!(term(60, true).check().unwrap_err().codes(), ["payment_term.days"]);
    }
}
