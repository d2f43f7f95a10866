//! Deposits: rows 3, 3b, 6 and 7 of order to cash, with their figures.

use erp::finance::*;
use kernel::{Faults, Id};

use crate::world::{World, deposit, eur, line, on_both};

/// The final invoice of so many articles at 100 €, that deducts so much of the deposit.
fn finish(
    world: &World,
    count: i64,
    deposit: Id<Invoice>,
    cents: i64,
) -> Result<Id<Invoice>, Faults> {
    let (party, goods) = (world.party, world.goods);
    world.act(move |tx, actor| {
        let mut new = NewInvoice::of(InvoiceKind::Invoice, party);
        new.lines = vec![line(goods, count, 100_00)];
        new.deductions = vec![(deposit, eur(cents))];
        issue_invoice(tx, actor, new)
    })
}

fn named(lines: &[(&str, i64)]) -> Vec<(String, i64)> {
    lines.iter().map(|(number, sum)| ((*number).to_owned(), *sum)).collect()
}

#[test]
fn a_deposit_its_payment_the_final_invoice_and_the_rest() {
    on_both(|world| {
        let deposit = deposit(world);
        let posted = world.invoice(deposit);
        assert_eq!(posted.due_on, posted.issued_on);
        let wanted = named(&[("411000", 360_00), ("419100", -300_00), ("445741", -60_00)]);
        assert_eq!(world.entry(posted.entry.unwrap()), wanted);

        world.pay(deposit, 360_00);
        assert_eq!((world.balance("445741"), world.balance("445711")), (0, -60_00));
        assert_eq!(world.letters("411000"), ["AAA", "AAA"]);

        let last = finish(world, 10, deposit, 360_00).unwrap();
        let posted = world.invoice(last);
        assert_eq!(
            (posted.total, posted.prepaid, posted.due),
            (eur(1200_00), eur(360_00), eur(840_00))
        );
        let wanted = named(&[
            ("419100", 300_00),
            ("411000", 840_00),
            ("707000", -1000_00),
            ("445711", -140_00),
        ]);
        assert_eq!(world.entry(posted.entry.unwrap()), wanted);
        assert_eq!(world.letters("419100"), ["AAA", "AAA"]);

        world.pay(last, 840_00);
        assert_eq!(world.letters("411000"), ["AAA", "AAA", "AAB", "AAB"]);
        assert_eq!((world.balance("411000"), world.balance("419100")), (0, 0));
        assert_eq!((world.balance("512000"), world.balance("445711")), (1200_00, -200_00));
    });
}

#[test]
fn two_deliveries_share_a_deposit_to_the_cent() {
    on_both(|world| {
        let deposit = deposit(world);
        world.pay(deposit, 360_00);
        finish(world, 3, deposit, 100_01).unwrap();
        let left = world.act(move |tx, _| available_deposit(tx, deposit)).unwrap();
        assert_eq!(left, eur(259_99));
        assert_eq!(world.letters("419100"), ["-", "-"]);
        let faults = finish(world, 7, deposit, 260_00).unwrap_err();
        assert!(faults.has("deposit.short"));
        assert_eq!(faults.0[0].field.as_deref(), Some("deductions.0.amount"));
        finish(world, 7, deposit, 259_99).unwrap();
        assert_eq!((world.balance("419100"), world.balance("445711")), (0, -200_00));
        assert_eq!(world.letters("419100"), ["AAA", "AAA", "AAA"]);
    });
}

#[test]
fn delivery_makes_the_vat_of_an_unpaid_deposit_due_and_its_payment_does_not_again() {
    on_both(|world| {
        let deposit = deposit(world);
        finish(world, 10, deposit, 360_00).unwrap();
        assert_eq!((world.balance("445741"), world.balance("445711")), (0, -200_00));
        let payment = world.pay(deposit, 360_00);
        assert_eq!((world.balance("445741"), world.balance("445711")), (0, -200_00));
        world.act(move |tx, actor| undo_payment(tx, actor, payment)).unwrap();
        assert_eq!((world.balance("445741"), world.balance("445711")), (0, -200_00));
        assert_eq!(world.balance("411000"), 1200_00);
    });
}

#[test]
fn exposure_counts_what_is_owed_and_drafted_less_the_deposits() {
    on_both(|world| {
        let (party, goods) = (world.party, world.goods);
        let parts = || world.act(move |tx, _| Ok(exposure_parts(tx, party)?)).unwrap();
        let deposit = deposit(world);
        let unpaid = parts();
        assert_eq!(
            (unpaid.receivables, unpaid.deposits, unpaid.total()),
            (eur(360_00), eur(360_00), eur(0))
        );
        world.pay(deposit, 360_00);
        assert_eq!(parts().total(), eur(-360_00));
        let draft = world.act(move |tx, _| {
            let mut new = NewInvoice::of(InvoiceKind::Invoice, party);
            new.lines = vec![line(goods, 10, 100_00)];
            new.deductions = vec![(deposit, eur(360_00))];
            draft_invoice(tx, new)
        });
        let drafted = parts();
        assert_eq!((drafted.drafts, drafted.deposits), (eur(840_00), eur(0)));
        let draft = draft.unwrap();
        world.act(move |tx, actor| post_invoice(tx, actor, draft)).unwrap();
        let posted = parts();
        assert_eq!(
            (posted.receivables, posted.drafts, posted.deposits),
            (eur(840_00), eur(0), eur(0))
        );
    });
}

#[test]
fn a_deposit_given_back_leaves_nothing() {
    on_both(|world| {
        let deposit = deposit(world);
        world.pay(deposit, 360_00);
        let note = world
            .act(move |tx, actor| credit_all(tx, actor, deposit, Some("Commande annulée".into())))
            .unwrap();
        assert_eq!(world.invoice(note).open, eur(360_00));
        world.pay(note, 360_00);
        for number in ["411000", "419100", "445741", "445711", "512000"] {
            assert_eq!(world.balance(number), 0, "{number}");
        }
        assert_eq!(world.letters("419100"), ["AAA", "AAA"]);
        assert!(finish(world, 10, deposit, 360_00).unwrap_err().has("deposit.short"));
    });
}
