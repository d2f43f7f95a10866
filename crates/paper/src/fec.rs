//! The accounting entries file (fichier des écritures comptables): Livre des procédures fiscales,
//! art. A. 47 A-1. Eighteen columns, tabs, decimal comma, days as `AAAAMMJJ`, UTF-8.

use std::collections::BTreeMap;

use kernel::number::decimal;
use kernel::{Currency, Day, Fault, Money};

/// The columns, in the order and the spelling of the text.
const COLUMNS: [&str; 18] = [
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
];

/// One line of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FecRow {
    pub journal_code: String,
    pub journal_label: String,
    /// The number of the entry on a continuous sequence, for all journals or for each.
    pub number: String,
    pub day: Day,
    /// At least three digits of the chart of accounts.
    pub account: String,
    pub account_label: String,
    /// Number and name of the third party, on 401 and 411.
    pub auxiliary: Option<(String, String)>,
    pub piece: String,
    pub piece_day: Day,
    pub label: String,
    /// In euros; one of debit and credit is zero, the other is positive.
    pub debit: Money,
    pub credit: Money,
    /// The letter that pairs the line with others, and the day it was given.
    pub lettering: Option<(String, Day)>,
    /// The day the entry was validated and can no longer change.
    pub validated: Day,
    /// The amount in its own currency, when it is not the euro.
    pub foreign: Option<Money>,
}

/// The name of the file: SIREN, `FEC`, day of closing.
///
/// # Errors
/// `fec.siren` when it is not nine digits.
pub fn fec_name(siren: &str, closing: Day) -> Result<String, Fault> {
    if siren.len() != 9 || !siren.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::new("fec.siren").with("given", siren));
    }
    Ok(format!("{siren}FEC{}.txt", closing.compact()))
}

/// Writes the rows, which come in the order of their validation, opening balances first.
///
/// # Errors
/// `fec.empty` with the column and the entry, `fec.account`, `fec.amount`, `fec.currency`,
/// `fec.order`, `fec.unbalanced`: a file that the tax office would refuse is not written.
pub fn fec_file(rows: impl IntoIterator<Item = FecRow>) -> Result<Vec<u8>, Fault> {
    let mut out = COLUMNS.join("\t");
    out.push_str("\r\n");
    let mut balances: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut last: Option<Day> = None;
    for row in rows {
        check(&row)?;
        if last.is_some_and(|day| row.validated < day) {
            return Err(on(&row, "fec.order"));
        }
        last = Some(row.validated);
        let entry = (row.journal_code.clone(), row.number.clone());
        *balances.entry(entry).or_default() += row.debit.minor - row.credit.minor;
        out.push_str(&fields(&row)?.join("\t"));
        out.push_str("\r\n");
    }
    match balances.into_iter().find(|(_, balance)| *balance != 0) {
        Some(((journal, number), _)) => {
            Err(Fault::new("fec.unbalanced").with("journal", journal).with("entry", number))
        }
        None => Ok(out.into_bytes()),
    }
}

fn on(row: &FecRow, code: &'static str) -> Fault {
    Fault::new(code).with("journal", row.journal_code.as_str()).with("entry", row.number.as_str())
}

fn check(row: &FecRow) -> Result<(), Fault> {
    let numbered =
        row.account.len() >= 3 && row.account.bytes().take(3).all(|b| b.is_ascii_digit());
    if !numbered {
        return Err(on(row, "fec.account").with("account", row.account.as_str()));
    }
    if row.debit.currency != Currency::EUR || row.credit.currency != Currency::EUR {
        return Err(on(row, "fec.currency"));
    }
    let (debit, credit) = (row.debit.minor, row.credit.minor);
    if debit < 0 || credit < 0 || (debit == 0) == (credit == 0) {
        return Err(on(row, "fec.amount"));
    }
    Ok(())
}

fn fields(row: &FecRow) -> Result<[String; 18], Fault> {
    let (auxiliary, auxiliary_label) = row.auxiliary.clone().unwrap_or_default();
    let (letter, letter_day) = match &row.lettering {
        Some((letter, day)) => (clean(letter), day.compact()),
        None => Default::default(),
    };
    let (foreign, currency) = match row.foreign {
        Some(amount) => (figure(amount), amount.currency.code().to_owned()),
        None => Default::default(),
    };
    let fields = [
        clean(&row.journal_code),
        clean(&row.journal_label),
        clean(&row.number),
        row.day.compact(),
        clean(&row.account),
        clean(&row.account_label),
        clean(&auxiliary),
        clean(&auxiliary_label),
        clean(&row.piece),
        row.piece_day.compact(),
        clean(&row.label),
        figure(row.debit),
        figure(row.credit),
        letter,
        letter_day,
        row.validated.compact(),
        foreign,
        currency,
    ];
    // Third party, lettering and foreign currency may be blank; nothing else may.
    const OPTIONAL: [usize; 6] = [6, 7, 13, 14, 16, 17];
    for (rank, field) in fields.iter().enumerate() {
        if field.is_empty() && !OPTIONAL.contains(&rank) {
            return Err(on(row, "fec.empty").with("column", COLUMNS[rank]));
        }
    }
    Ok(fields)
}

/// Text that cannot break the columns: no tab, no line end, no bar, single plain spaces.
fn clean(text: &str) -> String {
    let plain = text.replace('|', "/");
    let words: Vec<&str> = plain
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    words.join(" ")
}

fn figure(amount: Money) -> String {
    decimal(amount.minor, amount.currency.decimals()).replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: &str, debit: i64, credit: i64) -> FecRow {
        let day = Day::parse("2026-11-24").unwrap();
        FecRow {
            journal_code: "VE".to_owned(),
            journal_label: "Ventes".to_owned(),
            number: number.to_owned(),
            day,
            account: "411000".to_owned(),
            account_label: "Clients".to_owned(),
            auxiliary: None,
            piece: "FA-1".to_owned(),
            piece_day: day,
            label: "Facture\tFA-1 |\u{a0}Hôtel".to_owned(),
            debit: Money::eur(debit),
            credit: Money::eur(credit),
            lettering: None,
            validated: day,
            foreign: None,
        }
    }

    fn refusal(rows: Vec<FecRow>) -> &'static str {
        fec_file(rows).expect_err("a refusal").code
    }

    #[test]
    fn a_row_has_eighteen_columns_and_commas() {
        let bytes = fec_file([row("1", 123_456, 0), row("1", 0, 123_456)]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[..3].iter().all(|line| line.split('\t').count() == 18));
        assert!(lines[1].contains("\tFacture FA-1 / Hôtel\t1234,56\t0,00\t"));
    }

    #[test]
    fn what_the_tax_office_would_refuse_is_refused() {
        assert_eq!(refusal(vec![row("1", 100, 0)]), "fec.unbalanced");
        assert_eq!(refusal(vec![row("1", 0, 0)]), "fec.amount");
        assert_eq!(refusal(vec![row("1", -5, 0)]), "fec.amount");
        let mut blank = row("1", 5, 0);
        blank.label = "\t".to_owned();
        assert_eq!(refusal(vec![blank]), "fec.empty");
        let mut early = row("2", 5, 0);
        early.validated = early.validated + -1;
        assert_eq!(refusal(vec![row("1", 5, 0), row("1", 0, 5), early]), "fec.order");
        let mut account = row("1", 5, 0);
        account.account = "C11".to_owned();
        assert_eq!(refusal(vec![account]), "fec.account");
    }

    #[test]
    fn the_name_tells_whose_and_until_when() {
        let closing = Day::parse("2026-12-31").unwrap();
        assert_eq!(fec_name("100000009", closing).unwrap(), "100000009FEC20261231.txt");
        assert_eq!(fec_name("12", closing).unwrap_err().code, "fec.siren");
    }
}
