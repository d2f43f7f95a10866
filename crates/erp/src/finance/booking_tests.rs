use kernel::{Currency, Id, Money, Rate, RawId};
use master::{ProductKind, TaxCategory};

use super::*;
use crate::finance::chart::COMPANY_ACCOUNTS;

fn party() -> Id<Party> {
    Id::from_raw(RawId([1; 16]))
}
fn line(account: &str, percent: i64, cents: i64, on_payment: bool) -> TaxedLine {
    let rate = Rate::percent(percent);
    let raw = RawId([u8::try_from(percent).unwrap(); 16]);
    TaxedLine {
        account: account.into(),
        tax: Id::from_raw(raw),
        rate,
        net: Money::eur(cents),
        on_payment,
    }
}
fn book(kind: InvoiceKind, lines: &[TaxedLine], deducted: &[Deducted]) -> Vec<(String, i64)> {
    let currency = Currency::EUR;
    let booking = Booking { kind, party: party(), currency, lines, deducted, due_on: None };
    let booked = entry_lines(&booking);
    let sum: i64 = booked.lines.iter().map(|line| line.amount.minor).sum();
    assert_eq!(sum, 0, "{:?}", booked.lines);
    let kept = booked.lines.into_iter().filter(|line| !line.amount.is_zero());
    kept.map(|line| (line.account, line.amount.minor)).collect()
}
fn expect(found: Vec<(String, i64)>, wanted: &[(&str, i64)]) {
    let found: Vec<(&str, i64)> = found.iter().map(|(a, m)| (a.as_str(), *m)).collect();
    assert_eq!(found, wanted);
}

#[test]
fn a_deposit_owes_the_customer_and_its_vat_waits() {
    // 30 % of 10 × 100 € and 20 % VAT.
    let lines = [line("419100", 20, 30_000, true)];
    expect(
        book(InvoiceKind::Deposit, &lines, &[]),
        &[("411000", 36_000), ("419100", -30_000), ("445741", -6_000)],
    );
}

#[test]
fn the_final_invoice_deducts_a_paid_deposit() {
    let lines = [line("707000", 20, 100_000, false)];
    let deposit = Deducted {
        number: Some("FA-2026-0001".into()),
        amount: Money::eur(36_000),
        taxes: vec![(Rate::percent(20), Money::eur(6_000))],
        still_waiting: vec![],
    };
    expect(
        book(InvoiceKind::Invoice, &lines, &[deposit]),
        &[("419100", 30_000), ("411000", 84_000), ("707000", -100_000), ("445711", -14_000)],
    );
}

#[test]
fn delivery_makes_the_vat_of_an_unpaid_deposit_due() {
    let lines = [line("707000", 20, 100_000, false)];
    let deposit = Deducted {
        number: None,
        amount: Money::eur(36_000),
        taxes: vec![(Rate::percent(20), Money::eur(6_000))],
        still_waiting: vec![("445741".into(), Money::eur(6_000))],
    };
    let found = book(InvoiceKind::Invoice, &lines, &[deposit]);
    let on = |number: &str| -> i64 {
        found.iter().filter(|(account, _)| account == number).map(|(_, sum)| sum).sum()
    };
    assert_eq!((on("411000"), on("445711"), on("445741")), (84_000, -20_000, 6_000));
}

#[test]
fn a_credit_note_is_the_invoice_the_other_way_round() {
    let lines = [line("707000", 20, 10_000, false), line("708500", 20, 1_000, false)];
    expect(
        book(InvoiceKind::CreditNote, &lines, &[]),
        &[("411000", -13_200), ("707000", 10_000), ("708500", 1_000), ("445711", 2_200)],
    );
}

#[test]
fn a_rebate_line_lowers_its_account_and_never_makes_a_negative_side() {
    let lines = [line("707000", 20, 10_000, false), line("709700", 20, -2_000, false)];
    expect(
        book(InvoiceKind::Invoice, &lines, &[]),
        &[("411000", 9_600), ("707000", -10_000), ("709700", 2_000), ("445711", -1_600)],
    );
}

#[test]
fn vat_of_goods_and_services_of_one_rate_is_rounded_on_the_sum() {
    // 0.33 + 0.33 + 0.33 at 20 %: 0.20 in all, of which 0.07 waits.
    let lines = [
        line("707000", 20, 33, false),
        line("707000", 20, 33, false),
        line("706000", 20, 33, true),
    ];
    let taxes = rate_taxes(Currency::EUR, &lines);
    let wanted =
        RateTax { rate: Rate::percent(20), at_once: Money::eur(13), on_payment: Money::eur(7) };
    assert_eq!(taxes, [wanted]);
}

#[test]
fn a_deposit_first_takes_the_vat_that_would_wait() {
    let lines = [line("706000", 20, 100_000, true)];
    let deposit = Deducted {
        number: None,
        amount: Money::eur(36_000),
        taxes: vec![(Rate::percent(20), Money::eur(6_000))],
        still_waiting: vec![],
    };
    expect(
        book(InvoiceKind::Invoice, &lines, &[deposit]),
        &[("419100", 30_000), ("411000", 84_000), ("706000", -100_000), ("445741", -14_000)],
    );
}

#[test]
fn sales_abroad_go_to_accounts_that_the_company_has() {
    let of = |kind, made, category| sales_account(kind, made, category);
    assert_eq!(of(ProductKind::Goods, false, TaxCategory::Standard), "707000");
    assert_eq!(of(ProductKind::Goods, true, TaxCategory::Exempt), "701000");
    for kind in [ProductKind::Goods, ProductKind::Service] {
        for made in [true, false] {
            for category in [TaxCategory::Export, TaxCategory::IntraCommunity] {
                let number = of(kind, made, category);
                assert!(COMPANY_ACCOUNTS.iter().any(|(known, _)| *known == number), "{number}");
            }
        }
    }
    assert_eq!(abroad(chart::CARRIAGE, TaxCategory::Export), "708530");
}

#[test]
fn waiting_vat_becomes_due_exactly_whatever_the_payments() {
    let (waiting, due) = (Money::eur(1_001), Money::eur(6_007));
    let steps = [0, 1_999, 2_000, 4_444, 6_007].map(Money::eur);
    let released = steps.windows(2).map(|step| tax_released(waiting, due, step[0], step[1]));
    assert_eq!(Money::sum(Currency::EUR, released), waiting);
    assert_eq!(tax_released(waiting, due, due, Money::eur(0)), -waiting);
    assert_eq!(due_account("445743").as_deref(), Some("445713"));
    assert_eq!(due_account("445711"), None);
}
