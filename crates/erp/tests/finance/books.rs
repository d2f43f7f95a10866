//! The books: periods, numbers, readers.

use erp::finance::*;
use kernel::Fault;

use crate::world::{day, deposit, eur, on_both};

fn entry(on: &str, label: &str, cents: i64) -> NewEntry {
    NewEntry {
        journal: "OD",
        day: day(on),
        label: label.into(),
        piece: "OD-1".into(),
        piece_day: day(on),
        origin: None,
        lines: vec![
            NewLine::debit("627000", eur(cents)),
            NewLine::credit("512000", eur(cents)).labelled("Frais bancaires"),
        ],
    }
}

#[test]
fn nothing_is_posted_on_a_locked_or_missing_day() {
    on_both(|world| {
        let year = world.act(|tx, _| Ok(year_of(tx, day("2026-06-30"))?.id)).unwrap();
        world.act(move |tx, _| lock_fiscal_year(tx, year, day("2026-06-30"))).unwrap();
        let posted = |on: &'static str| world.act(move |tx, _| post(tx, entry(on, "Frais", 10_00)));
        assert!(posted("2026-06-30").unwrap_err().has("period.locked"));
        assert!(posted("2024-12-31").unwrap_err().has("period.missing"));
        posted("2026-07-01").unwrap();
        posted("2025-12-31").unwrap();
        let back = world.act(move |tx, _| lock_fiscal_year(tx, year, day("2026-05-31")));
        assert!(back.unwrap_err().has("fiscal_year.lock"));
        let overlap =
            world.act(|tx, _| open_fiscal_year(tx, &NewFiscalYear::from(day("2026-07-01"))));
        assert!(overlap.unwrap_err().has("fiscal_year.overlap"));
    });
}

#[test]
fn entries_are_numbered_without_gaps_in_each_journal_and_year() {
    on_both(|world| {
        let mut numbers = Vec::new();
        for (on, refused) in [
            ("2026-01-05", false),
            ("2026-02-01", true),
            ("2025-03-01", false),
            ("2026-03-01", false),
        ] {
            let posted = world.act(move |tx, _| {
                let id = post(tx, entry(on, "Frais", 1_00))?;
                if refused {
                    tx.last(|_| Err(Fault::new("forbidden").into()));
                }
                Ok(id)
            });
            let Ok(id) = posted else { continue };
            let number = world.store.read(&world.actor, |tx| Ok(tx.get(id)?.number)).unwrap();
            numbers.push(number.unwrap());
        }
        assert_eq!(numbers, [1, 1, 2]);
    });
}

#[test]
#[should_panic(expected = "store.mistake")]
fn an_entry_that_does_not_balance_is_a_mistake_of_ours() {
    on_both(|world| {
        let mut wrong = entry("2026-01-05", "Frais", 1_00);
        wrong.lines.pop();
        let done = world.act(move |tx, _| post(tx, wrong.clone()));
        panic!("{}", done.unwrap_err().codes().join(" "));
    });
}

#[test]
fn a_general_ledger_carries_its_balance() {
    on_both(|world| {
        world.act(|tx, _| post(tx, entry("2025-12-30", "Avant", 5_00))).unwrap();
        world.act(|tx, _| post(tx, entry("2026-02-01", "Deux", 2_00))).unwrap();
        world.act(|tx, _| post(tx, entry("2026-01-01", "Un", 1_00))).unwrap();
        let ledger = world
            .act(|tx, _| Ok(general_ledger(tx, "512000", day("2026-01-01"), day("2026-12-31"))?))
            .unwrap();
        assert_eq!((ledger.opening, ledger.closing), (eur(-5_00), eur(-8_00)));
        let balances: Vec<i64> = ledger.lines.iter().map(|line| line.balance.minor).collect();
        assert_eq!(balances, [-6_00, -8_00]);
        assert_eq!(ledger.lines[0].label, "Frais bancaires");
        let rows = world
            .act(|tx, _| Ok(trial_balance(tx, day("2026-01-01"), day("2026-12-31"))?))
            .unwrap();
        let bank = rows.iter().find(|row| row.number == "512000").unwrap();
        assert_eq!(
            (bank.opening, bank.credit, bank.closing()),
            (eur(-5_00), eur(3_00), eur(-8_00))
        );
    });
}

#[test]
fn the_aged_balance_sorts_what_is_owed_by_lateness() {
    on_both(|world| {
        for (on, cents) in [("2026-07-01", 100_00), ("2026-09-30", 10_00), ("2026-11-20", 1_00)] {
            world.on(on);
            world.issue(&[(world.goods, 1, cents)]);
        }
        world.on("2026-11-24");
        let party = world.party;
        world
            .act(move |tx, actor| {
                let day = tx.today();
                record_payment(
                    tx,
                    actor,
                    NewPayment {
                        party,
                        day,
                        amount: eur(7_00),
                        method: PaymentMethod::Cash,
                        reference: None,
                        origin: None,
                        allocations: vec![],
                    },
                )
            })
            .unwrap();
        let rows = world.act(|tx, _| Ok(aged_balance(tx, day("2026-11-24"))?)).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].buckets, [1_20, 12_00, 0, 0, 120_00].map(eur));
        assert_eq!((rows[0].credits, rows[0].balance()), (eur(7_00), eur(126_20)));
        let late = world.act(|tx, _| Ok(overdue_invoices(tx, day("2026-11-24"), None)?)).unwrap();
        let days: Vec<i64> = late.iter().map(|invoice| invoice.days_late).collect();
        assert_eq!(days, [116, 25]);
        let of_party = world
            .act(move |tx, _| Ok(overdue_invoices(tx, day("2026-11-24"), Some(party))?))
            .unwrap();
        assert_eq!(of_party, late);
    });
}

#[test]
fn the_file_of_entries_holds_every_line_in_the_order_of_posting() {
    on_both(|world| {
        let deposit = deposit(world);
        world.pay(deposit, 360_00);
        let year = world.act(|tx, _| Ok(year_of(tx, tx.today())?.id)).unwrap();
        let rows = world.act(move |tx, _| fec_rows(tx, year)).unwrap();
        let seen: Vec<(&str, &str, &str)> = rows
            .iter()
            .map(|row| (row.journal_code.as_str(), row.account_number.as_str(), row.piece.as_str()))
            .collect();
        assert_eq!(seen.len(), 7);
        assert_eq!(seen[0], ("VE", "411000", "FA-2026-0001"));
        assert!(seen.contains(&("BQ", "512000", "RG-2026-0001")));
        assert!(seen.contains(&("OD", "445741", "FA-2026-0001")));
        for row in &rows {
            assert!(row.debit.is_zero() != row.credit.is_zero());
            assert!(!row.label.is_empty() && row.label.len() <= 200);
            assert_eq!(row.lettering.is_some(), row.lettered_on.is_some());
            assert_eq!(row.posted_on, day("2026-11-24"));
            assert_eq!(
                row.party_code.is_some(),
                row.account_number.starts_with('4') && !row.account_number.starts_with("44")
            );
        }
        let sum: i64 = rows.iter().map(|row| row.debit.minor - row.credit.minor).sum();
        assert_eq!(sum, 0);
    });
}

#[test]
fn an_invoice_keeps_the_look_of_its_parties() {
    on_both(|world| {
        let invoice = world.issue(&[(world.goods, 1, 100_00)]);
        let party = world.party;
        world
            .act(move |tx, _| {
                let mut kept = tx.get(party)?;
                kept.name = "Ferrand et fils".into();
                tx.save(&kept)
            })
            .unwrap();
        let snapshot = world.invoice(invoice).snapshot.unwrap().0;
        let snapshot: serde_json::Value = serde_json::from_str(&snapshot).unwrap();
        assert_eq!(snapshot["buyer"]["name"], "Maison Ferrand");
        assert_eq!(snapshot["seller"]["name"], "Toiles de Roanne");
        assert_eq!(snapshot["taxes"][0]["category"], "standard");
        assert_eq!(snapshot["taxes"][0]["amount"]["amount"], "20.00");
        assert_eq!(snapshot["term"]["fr"], "30 jours");
    });
}
