//! The accounting entries file before its judge.

use kernel::{Currency, Day, Money};
use paper::fec::{FecRow, fec_file, fec_name};

use crate::judges::{Folder, judge, verdict};
use crate::samples::day;

/// A sale and its payment, lettered, then a purchase in pounds.
fn rows() -> Vec<FecRow> {
    let sale = day("2026-11-24");
    let paid = day("2026-12-31");
    let lettered = Some(("AA".to_owned(), paid));
    let hotel = Some(("C0042".to_owned(), "Hôtel des Remparts".to_owned()));
    let mut rows = vec![
        row("VE", "1", sale, "411000", "Clients", 1_049_100),
        row("VE", "1", sale, "707000", "Ventes de marchandises", -874_250),
        row("VE", "1", sale, "445710", "TVA collectée", -174_850),
        row("BQ", "2", paid, "512000", "Banque", 1_049_100),
        row("BQ", "2", paid, "411000", "Clients", -1_049_100),
        row("AC", "3", paid, "607000", "Achats de marchandises", 11_500),
        row("AC", "3", paid, "401000", "Fournisseurs", -11_500),
    ];
    for rank in [0, 4] {
        rows[rank].auxiliary.clone_from(&hotel);
        rows[rank].lettering.clone_from(&lettered);
    }
    rows[6].foreign = Some(Money::new(-10_000, Currency::GBP));
    rows
}

fn row(journal: &str, number: &str, day: Day, account: &str, label: &str, cents: i64) -> FecRow {
    FecRow {
        journal_code: journal.to_owned(),
        journal_label: format!("Journal {journal}"),
        number: number.to_owned(),
        day,
        account: account.to_owned(),
        account_label: label.to_owned(),
        auxiliary: None,
        piece: format!("P-{number}"),
        piece_day: day,
        label: format!("Écriture {number} : {label}"),
        debit: Money::eur(cents.max(0)),
        credit: Money::eur((-cents).max(0)),
        lettering: None,
        validated: day,
        foreign: None,
    }
}

#[test]
fn the_tax_office_would_take_the_file() {
    let folder = Folder::new("fec");
    let name = fec_name("100000009", day("2026-12-31")).expect("a name");
    let bytes = fec_file(rows()).expect("a file");
    let file = folder.write(&name, &bytes);
    let Some(script) = judge("fec_check.py", "decimal") else { return };
    let output = verdict(&script, &[], &[file]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.trim_end().ends_with("E 0 A 0 X 0"), "{said}");
    let spoiled = String::from_utf8(bytes).expect("UTF-8").replace("10491,00", "10491.00");
    let output = verdict(&script, &[], &[folder.write(&name, spoiled.as_bytes())]);
    assert!(!output.status.success());
}
