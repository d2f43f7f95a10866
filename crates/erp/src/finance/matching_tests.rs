use kernel::RawId;

use super::*;

fn item(rank: u8, party: u8, name: &str, number: &str, cents: i64) -> OpenItem {
    OpenItem {
        invoice: Id::from_raw(RawId([rank; 16])),
        party: Id::from_raw(RawId([party; 16])),
        party_name: name.into(),
        party_code: None,
        number: number.into(),
        order_number: Some(format!("CO-2026-{:04}", u32::from(rank) + 500)),
        open: Money::eur(cents),
        due_on: Some(Day(i32::from(rank))),
    }
}
fn movement(cents: i64, from: &str, text: &str) -> Movement {
    Movement {
        amount: Money::eur(cents),
        counterparty: Some(from.into()),
        text: text.into(),
        known_payers: vec![],
    }
}
fn codes(proposal: &Proposal) -> Vec<&'static str> {
    proposal.reasons.iter().map(|reason| reason.code).collect()
}
fn items() -> Vec<OpenItem> {
    vec![
        item(1, 1, "Maison Ferrand", "FA-2026-1031", 84_000),
        item(2, 1, "Maison Ferrand", "FA-2026-1032", 12_000),
        item(3, 2, "Hôtel des Arcades SARL", "FA-2026-1033", 84_000),
        item(4, 2, "Hôtel des Arcades SARL", "FA-2026-0934", 5_050),
    ]
}

#[test]
fn a_number_and_its_amount_are_sure() {
    let found = match_movement(&movement(84_000, "M FERRAND", "VIR FA 2026-1031 MERCI"), &items());
    assert_eq!(found[0].invoices, [items()[0].invoice]);
    assert_eq!(codes(&found[0])[..2], ["match.number", "match.amount"]);
    assert!(found[0].score >= SURE, "{}", found[0].score);
    // The other invoice of 840.00 is proposed too, far behind.
    assert!(found[1].score < 500);
}

#[test]
fn two_numbers_pay_two_invoices() {
    let found = match_movement(&movement(96_000, "MAISON FERRAND", "FA1031 + FA1032"), &items());
    assert_eq!(found[0].invoices, [items()[0].invoice, items()[1].invoice]);
    assert!(codes(&found[0]).contains(&"match.sum"));
    assert!(found[0].score >= SURE);
}

#[test]
fn an_order_number_speaks_for_its_invoice() {
    let found = match_movement(&movement(12_000, "INCONNU", "COMMANDE CO-2026-0502"), &items());
    assert_eq!(found[0].invoices, [items()[1].invoice]);
    assert_eq!(codes(&found[0]), ["match.order", "match.amount"]);
}

#[test]
fn the_same_amount_twice_is_told_by_the_payer() {
    let found = match_movement(&movement(84_000, "HOTEL DES ARCADES", "VIREMENT SEPA"), &items());
    assert_eq!(found[0].invoices, [items()[2].invoice]);
    assert_eq!(codes(&found[0]), ["match.amount", "match.name"]);
    assert!(found[0].score > found[1].score);
}

#[test]
fn the_same_amount_twice_without_a_payer_is_a_guess() {
    let found = match_movement(&movement(84_000, "", "VIREMENT"), &items());
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|proposal| codes(proposal).contains(&"match.rivals")));
    assert!(found.iter().all(|proposal| proposal.score < 300));
}

#[test]
fn several_invoices_of_a_known_payer_add_up() {
    let mut from = movement(89_050, "X", "REGLEMENT");
    from.known_payers = vec![items()[2].party];
    let found = match_movement(&from, &items());
    assert_eq!(found[0].invoices.len(), 2);
    assert_eq!(codes(&found[0]), ["match.sum", "match.account"]);
}

#[test]
fn a_part_of_a_named_invoice_is_proposed_as_a_part() {
    let found = match_movement(&movement(40_000, "MAISON FERRAND", "FA-2026-1031"), &items());
    assert_eq!(found[0].amount, Money::eur(40_000));
    assert!(codes(&found[0]).contains(&"match.part"));
    assert!(found[0].score >= SURE);
}

#[test]
fn nothing_speaks_for_an_unknown_amount_of_an_unknown_payer() {
    assert!(match_movement(&movement(77_777, "EDF", "PRELEVEMENT"), &items()).is_empty());
}

#[test]
fn a_longer_number_is_another_number() {
    assert!(mentions("VIRFA20261031MERCI", "FA-2026-1031"));
    assert!(mentions("REFFA1031", "FA-2026-1031"));
    assert!(!mentions("VIRFA202610311", "FA-2026-1031"));
    assert!(!mentions("1031", "FA-2026-1031"));
}

#[test]
fn names_are_alike_without_legal_form_case_or_accent() {
    assert_eq!(alike("Hôtel des Arcades SARL", "HOTEL DES ARCADES"), 1000);
    assert!(alike("Ets Maison Ferrand", "MAISON FERAND") >= 700);
    assert!(alike("Maison Ferrand", "Hôtel des Arcades") < 300);
    assert_eq!(alike("", "Maison"), 0);
}
