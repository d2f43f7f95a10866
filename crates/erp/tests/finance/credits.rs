//! Credit notes.

use erp::finance::*;
use kernel::{Id, Origin, Quantity};

use crate::world::{World, eur, on_both};

fn first_line(world: &World, invoice: Id<Invoice>) -> Id<InvoiceLine> {
    world.store.read(&world.actor, |tx| Ok(invoice_lines(tx, invoice)?[0].id)).unwrap()
}

#[test]
fn a_credit_note_on_an_unpaid_invoice_settles_it() {
    on_both(|world| {
        let invoice = world.issue(&[(world.goods, 1, 100_00)]);
        let note = world.act(move |tx, actor| credit_all(tx, actor, invoice, None)).unwrap();
        let posted = world.invoice(note);
        assert_eq!(posted.number.as_deref(), Some("AV-2026-0001"));
        assert_eq!((posted.kind, posted.preceding), (InvoiceKind::CreditNote, Some(invoice)));
        assert_eq!((posted.total, posted.open, posted.due_on), (eur(120_00), eur(0), None));
        assert_eq!(world.invoice(invoice).open, eur(0));
        assert_eq!(world.letters("411000"), ["AAA", "AAA"]);
        for number in ["411000", "707000", "445711"] {
            assert_eq!(world.balance(number), 0, "{number}");
        }
        let twice = world.act(move |tx, actor| credit_all(tx, actor, invoice, None));
        assert!(twice.unwrap_err().has("credit.nothing"));
        let of_note = world.act(move |tx, actor| credit_all(tx, actor, note, None));
        assert!(of_note.unwrap_err().has("credit.unfit"));
    });
}

#[test]
fn a_part_is_credited_and_never_more_than_was_invoiced() {
    on_both(|world| {
        let invoice = world.issue(&[(world.goods, 3, 33)]);
        let line = first_line(world, invoice);
        let credit = move |count: i64| {
            world.act(move |tx, actor| {
                let lines = [CreditLine { line, quantity: Quantity::units(count) }];
                credit_note(tx, actor, invoice, &lines, None)
            })
        };
        credit(2).unwrap();
        let faults = credit(2).unwrap_err();
        assert!(faults.has("credit.quantity"));
        assert_eq!(faults.0[0].field.as_deref(), Some("lines.0.quantity"));
        credit(1).unwrap();
        assert_eq!(world.balance("707000"), 0);
        assert!(credit(1).unwrap_err().has("credit.quantity"));
    });
}

#[test]
fn a_credit_note_on_a_paid_invoice_is_paid_back_or_pays_the_next() {
    on_both(|world| {
        let invoice = world.issue(&[(world.service, 1, 100_00)]);
        world.pay(invoice, 120_00);
        let note = world.act(move |tx, actor| credit_all(tx, actor, invoice, None)).unwrap();
        assert_eq!(world.invoice(note).open, eur(120_00));
        // The VAT of the service waits, the other way round, until the money went back.
        assert_eq!((world.balance("445741"), world.balance("445711")), (20_00, -20_00));
        let next = world.issue(&[(world.goods, 1, 50_00)]);
        let source = Origin::of(note);
        world.act(move |tx, _| allocate(tx, source, next, eur(60_00))).unwrap();
        assert_eq!((world.balance("445741"), world.balance("445711")), (10_00, -20_00));
        world.pay(note, 60_00);
        assert_eq!((world.balance("445741"), world.balance("445711")), (0, -10_00));
        assert_eq!(world.balance("512000"), 60_00);
        // Invoice and payment; then the note with what it settled.
        assert_eq!(world.letters("411000"), ["AAA", "AAA", "AAB", "AAB", "AAB"]);
    });
}

#[test]
fn money_goes_only_in_its_direction() {
    on_both(|world| {
        let invoice = world.issue(&[(world.goods, 1, 100_00)]);
        world.pay(invoice, 120_00);
        let note = world.act(move |tx, actor| credit_all(tx, actor, invoice, None)).unwrap();
        let party = world.party;
        let wrong = world.act(move |tx, actor| {
            let day = tx.today();
            record_payment(
                tx,
                actor,
                NewPayment {
                    party,
                    day,
                    amount: eur(120_00),
                    method: PaymentMethod::Card,
                    reference: None,
                    origin: None,
                    allocations: vec![(note, eur(120_00))],
                },
            )
        });
        assert!(wrong.unwrap_err().has("allocation.direction"));
    });
}
