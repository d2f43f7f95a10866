//! The chart of accounts and the journals: the PCG of regulation ANC 2022-06, and the few company
//! sub-accounts that selling needs.

use kernel::{Entity, Fault, Faults, Id, Rules, Tx};

use crate::finance::fiscal_year::{FiscalYear, NewFiscalYear, open_fiscal_year};

/// An account of the general ledger. Only accounts that take postings, with six digits or more.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Compte", en = "Account", frs = "Comptes", ens = "Accounts", steady)]
pub struct Account {
    #[field(fr = "Numéro", en = "Number", list, search, unique, title)]
    pub number: String,
    #[field(fr = "Libellé", en = "Name", list, search, title)]
    pub name: String,
}

impl Rules for Account {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let digits = self.number.bytes().all(|byte| byte.is_ascii_digit());
        let known = matches!(self.number.as_bytes().first(), Some(b'1'..=b'8'));
        faults.ensure(digits && known && (6..=10).contains(&self.number.len()), || {
            Fault::new("account.number").on("number").with("given", self.number.as_str())
        });
        faults.into_result()
    }
}

/// A book of entries: sales, bank, cash…
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Journal", en = "Journal", frs = "Journaux", ens = "Journals", steady)]
pub struct Journal {
    /// Two capital letters or digits.
    #[field(fr = "Code", en = "Code", list, search, unique, title)]
    pub code: String,
    #[field(fr = "Libellé", en = "Name", list, search, title)]
    pub name: String,
}

impl Rules for Journal {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let fits = (2..=4).contains(&self.code.len()) && self.code.bytes().all(plain);
        faults.ensure(fits, || {
            Fault::new("journal.code").on("code").with("given", self.code.as_str())
        });
        faults.into_result()
    }
}

/// Journals that every company starts with. Posting names them by code.
pub const JOURNALS: &[(&str, &str)] = &[
    (SALES, "Ventes"),
    ("AC", "Achats"),
    (BANK, "Banque"),
    (CASH, "Caisse"),
    (MISCELLANEOUS, "Opérations diverses"),
    ("AN", "À nouveaux"),
    ("ST", "Stocks"),
];
pub const SALES: &str = "VE";
pub const BANK: &str = "BQ";
pub const CASH: &str = "CA";
pub const MISCELLANEOUS: &str = "OD";

pub const RECEIVABLES: &str = "411000";
pub const DEPOSITS_RECEIVED: &str = "419100";
/// VAT that becomes due when the customer pays: deposits, services (CGI, art. 269, 2, a and c).
pub const TAX_ON_PAYMENT: &str = "445740";
pub const TAX_COLLECTED: &str = "445710";
pub const TAX_DEDUCTIBLE: &str = "445660";
pub const CHEQUES: &str = "511200";
pub const CARDS: &str = "511500";
pub const BANK_ACCOUNT: &str = "512000";
pub const CASH_ACCOUNT: &str = "530000";
pub const SHORTFALLS: &str = "658000";
pub const SALES_OF_MADE: &str = "701000";
pub const SERVICES: &str = "706000";
pub const SALES_OF_GOODS: &str = "707000";
pub const CARRIAGE: &str = "708500";

/// What the plan leaves to each company: sales without VAT are told apart by destination, and VAT
/// that waits by rate, for the VAT return; card payments wait for the bank.
pub const COMPANY_ACCOUNTS: &[(&str, &str)] = &[
    ("445741", "TVA collectée en attente d'exigibilité au taux de 20 %"),
    ("445742", "TVA collectée en attente d'exigibilité au taux de 10 %"),
    ("445743", "TVA collectée en attente d'exigibilité au taux de 5,5 %"),
    ("445744", "TVA collectée en attente d'exigibilité au taux de 2,1 %"),
    (CARDS, "Cartes bancaires à encaisser"),
    ("701200", "Ventes de produits finis - Livraisons intracommunautaires"),
    ("701300", "Ventes de produits finis - Exportations"),
    ("706200", "Prestations de services - Union européenne"),
    ("706300", "Prestations de services - Hors Union européenne"),
    ("707200", "Ventes de marchandises - Livraisons intracommunautaires"),
    ("707300", "Ventes de marchandises - Exportations"),
    ("708520", "Ports et frais accessoires - Livraisons intracommunautaires"),
    ("708530", "Ports et frais accessoires - Exportations"),
];

const PLAN: &str = include_str!("pcg.tsv");

/// Every account that a new company gets: number and name.
pub fn plan() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = PLAN.lines().filter_map(|line| line.split_once('\t'));
    let posting = lines.filter(|(number, _)| number.len() >= 6);
    posting.chain(COMPANY_ACCOUNTS.iter().copied())
}

/// Gives a new company its accounts, its journals and its fiscal years. What exists is kept, so
/// that it may be run again.
///
/// # Errors
/// Those of [`open_fiscal_year`].
pub fn seed_chart(tx: &mut Tx<'_>, years: &[NewFiscalYear]) -> Result<Vec<Id<FiscalYear>>, Faults> {
    let known: std::collections::HashSet<String> = tx
        .find::<Account>(kernel::Filter::everything())?
        .into_iter()
        .map(|account| account.into_inner().number)
        .collect();
    for (number, name) in plan().filter(|(number, _)| !known.contains(*number)) {
        tx.insert(&Account { number: number.to_owned(), name: name.to_owned() })?;
    }
    for (code, name) in JOURNALS {
        if tx.first(Journal::CODE.is(&(*code).to_owned()))?.is_none() {
            tx.insert(&Journal { code: (*code).to_owned(), name: (*name).to_owned() })?;
        }
    }
    years.iter().map(|year| open_fiscal_year(tx, year)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_holds_every_account_that_we_post_to_once() {
        let numbers: Vec<&str> = plan().map(|(number, _)| number).collect();
        for number in [
            RECEIVABLES,
            DEPOSITS_RECEIVED,
            TAX_ON_PAYMENT,
            TAX_COLLECTED,
            TAX_DEDUCTIBLE,
            CHEQUES,
            CARDS,
            BANK_ACCOUNT,
            CASH_ACCOUNT,
            SHORTFALLS,
            SALES_OF_MADE,
            SERVICES,
            SALES_OF_GOODS,
            CARRIAGE,
            "445711",
            "445712",
            "445713",
            "445714",
            "445741",
            "445744",
        ] {
            assert_eq!(numbers.iter().filter(|given| **given == number).count(), 1, "{number}");
        }
        let mut sorted = numbers.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), numbers.len());
    }

    #[test]
    fn the_plan_is_the_one_of_2025() {
        let numbers: Vec<&str> = plan().map(|(number, _)| number).collect();
        for gone in ["791000", "796000", "797000", "671000", "675000", "775000"] {
            assert!(!numbers.contains(&gone), "{gone} left the plan with ANC 2022-06");
        }
    }
}
