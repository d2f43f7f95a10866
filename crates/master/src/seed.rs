//! What a new French company starts with.

use kernel::{Faults, Filter, Id, Lines, Rate, Tx};

use crate::{PaymentTerm, PriceList, Tax, TaxCategory, Unit};

/// Code (UN/ECE Recommendation 20), French, English.
const UNITS: &[(&str, &str, &str)] = &[
    ("C62", "Unité", "Unit"),
    ("H87", "Pièce", "Piece"),
    ("PR", "Paire", "Pair"),
    ("SET", "Lot", "Set"),
    ("XBX", "Carton", "Box"),
    ("KGM", "Kilogramme", "Kilogram"),
    ("GRM", "Gramme", "Gram"),
    ("LTR", "Litre", "Litre"),
    ("MTR", "Mètre", "Metre"),
    ("MTK", "Mètre carré", "Square metre"),
    ("HUR", "Heure", "Hour"),
    ("DAY", "Jour", "Day"),
    ("MON", "Mois", "Month"),
    ("KMT", "Kilomètre", "Kilometre"),
];

/// Code, French, English, days, end of month.
const TERMS: &[(&str, &str, &str, i64, bool)] = &[
    ("on_receipt", "À réception", "On receipt", 0, false),
    ("30_days", "30 jours", "30 days", 30, false),
    ("30_days_eom", "30 jours fin de mois", "30 days end of month", 30, true),
    ("45_days_eom", "45 jours fin de mois", "45 days end of month", 45, true),
    ("60_days", "60 jours", "60 days", 60, false),
];

/// Code, French, English, rate in millionths.
const RATES: &[(&str, &str, &str, i64)] = &[
    ("FR20", "TVA 20 %", "VAT 20%", 200_000),
    ("FR10", "TVA 10 %", "VAT 10%", 100_000),
    ("FR55", "TVA 5,5 %", "VAT 5.5%", 55_000),
    ("FR21", "TVA 2,1 %", "VAT 2.1%", 21_000),
];

/// Code, French, English, category, code of the exemption, mention on the invoice.
type Without = (&'static str, &'static str, &'static str, TaxCategory, &'static str, &'static str);
const WITHOUT: &[Without] = &[
    (
        "INTRA",
        "Livraison intracommunautaire",
        "Intra-Community supply",
        TaxCategory::IntraCommunity,
        "VATEX-EU-IC",
        "Exonération de TVA, article 262 ter I du CGI",
    ),
    (
        "EXPORT",
        "Exportation hors Union",
        "Export outside the Union",
        TaxCategory::Export,
        "VATEX-EU-G",
        "Exonération de TVA, article 262 I du CGI",
    ),
    (
        "REVERSE",
        "Service à un assujetti de l’Union",
        "Service to a VAT payer of the Union",
        TaxCategory::ReverseCharge,
        "VATEX-EU-AE",
        "Autoliquidation, article 283-2 du CGI",
    ),
    (
        "OUTSIDE",
        "Service hors Union",
        "Service outside the Union",
        TaxCategory::OutOfScope,
        "VATEX-EU-O",
        "TVA non applicable, article 259-1° du CGI",
    ),
    (
        "EXEMPT",
        "Franchise en base",
        "VAT exempt small business",
        TaxCategory::Exempt,
        "VATEX-FR-FRANCHISE",
        "TVA non applicable, article 293 B du CGI",
    ),
];

/// Inserts the units, taxes, payment terms and the price list `standard` of a new French company.
/// Does nothing in a company that already has taxes.
///
/// # Errors
/// `store.*`.
pub fn seed(tx: &mut Tx<'_>) -> Result<(), Faults> {
    if tx.first::<Tax>(Filter::everything())?.is_some() {
        return Ok(());
    }
    for (code, name, name_en) in UNITS {
        let name_en = Some((*name_en).to_owned());
        tx.insert(&Unit { code: (*code).to_owned(), name: (*name).to_owned(), name_en })?;
    }
    for term in terms() {
        tx.insert(&term)?;
    }
    for tax in taxes() {
        tx.insert(&tax)?;
    }
    let (code, name) = ("standard".to_owned(), "Tarif standard".to_owned());
    tx.insert(&PriceList { code, name, discount: None, lines: Lines::HERE })?;
    Ok(())
}

/// The unit of a code, when the company has it.
///
/// # Errors
/// `store.*`.
pub fn unit(tx: &mut Tx<'_>, code: &str) -> Result<Option<Id<Unit>>, Faults> {
    Ok(tx.first(Unit::CODE.is(&code.to_owned()))?.map(|unit| unit.id))
}

fn terms() -> impl Iterator<Item = PaymentTerm> {
    TERMS.iter().map(|&(code, name, name_en, days, end_of_month)| PaymentTerm {
        code: code.to_owned(),
        name: name.to_owned(),
        name_en: Some(name_en.to_owned()),
        days,
        end_of_month,
    })
}

fn taxes() -> impl Iterator<Item = Tax> {
    let rated = RATES.iter().map(|&(code, name, name_en, rate)| Tax {
        code: code.to_owned(),
        name: name.to_owned(),
        name_en: Some(name_en.to_owned()),
        rate: Rate(rate),
        category: TaxCategory::Standard,
        exemption_code: None,
        exemption_text: None,
    });
    let without = WITHOUT.iter().map(|&(code, name, name_en, category, exemption, text)| Tax {
        code: code.to_owned(),
        name: name.to_owned(),
        name_en: Some(name_en.to_owned()),
        rate: Rate::ZERO,
        category,
        exemption_code: Some(exemption.to_owned()),
        exemption_text: Some(text.to_owned()),
    });
    rated.chain(without)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Rules;

    #[test]
    fn what_a_company_starts_with_keeps_the_rules() {
        assert!(taxes().all(|tax| tax.check().is_ok()));
        assert!(terms().all(|term| term.check().is_ok()));
        let categories: Vec<TaxCategory> = taxes().map(|tax| tax.category).collect();
        for category in [TaxCategory::Export, TaxCategory::Exempt, TaxCategory::OutOfScope] {
            assert!(categories.contains(&category));
        }
    }
}
