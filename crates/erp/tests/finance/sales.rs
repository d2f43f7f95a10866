//! Invoices, and what pays them.

use erp::finance::*;
use kernel::edit::{Draft, create, delete, update};
use kernel::{Entity, Id, Origin, RawId};
use master::Party;
use serde_json::json;

use crate::world::{catalog, customer, day, eur, line, on_both};

#[test]
fn an_invoice_is_booked_by_what_it_sells_and_paid_in_two_times() {
    on_both(|world| {
        let invoice = world.issue(&[(world.goods, 10, 100_00), (world.made, 1, 50_00)]);
        let posted = world.invoice(invoice);
        assert_eq!(posted.number.as_deref(), Some("FA-2026-0001"));
        assert_eq!(
            (posted.net, posted.tax_amount, posted.total),
            (eur(1050_00), eur(210_00), eur(1260_00))
        );
        assert_eq!(posted.due_on, Some(day("2026-12-24")));
        let wanted =
            [("411000", 1260_00), ("707000", -1000_00), ("701000", -50_00), ("445711", -210_00)];
        let found = world.entry(posted.entry.unwrap());
        assert_eq!(found, wanted.map(|(number, sum)| (number.to_owned(), sum)));

        world.pay(invoice, 260_00);
        assert_eq!(world.invoice(invoice).open, eur(1000_00));
        assert_eq!(world.letters("411000"), ["-", "-"]);
        world.pay(invoice, 1000_00);
        assert_eq!(world.invoice(invoice).open, eur(0));
        assert_eq!(world.letters("411000"), ["AAA", "AAA", "AAA"]);
        assert_eq!(world.balance("512000"), 1260_00);
    });
}

#[test]
fn sales_abroad_have_their_own_accounts_and_no_vat() {
    on_both(|world| {
        let parties = world.act(|tx, _| {
            let german = customer(tx, "Tuchhaus", "DE")?;
            let mut kept = tx.get(german)?;
            kept.vat_number = Some("DE136695976".into());
            tx.save(&kept)?;
            Ok((german, customer(tx, "Linen Ltd", "GB")?))
        });
        let (german, british) = parties.unwrap();
        for (party, account) in [(german, "707200"), (british, "707300")] {
            let invoice = world.issue_to(party, &[(world.goods, 1, 100_00)]);
            let entry = world.entry(world.invoice(invoice).entry.unwrap());
            assert_eq!(entry, [("411000".to_owned(), 100_00), (account.to_owned(), -100_00)]);
        }
    });
}

#[test]
fn the_vat_of_services_becomes_due_as_they_are_paid() {
    on_both(|world| {
        let invoice = world.issue(&[(world.service, 1, 100_00), (world.goods, 1, 100_00)]);
        assert_eq!((world.balance("445741"), world.balance("445711")), (-20_00, -20_00));
        let first = world.pay(invoice, 80_00);
        assert_eq!((world.balance("445741"), world.balance("445711")), (-13_33, -26_67));
        world.pay(invoice, 160_00);
        assert_eq!((world.balance("445741"), world.balance("445711")), (0, -40_00));
        world.act(move |tx, actor| undo_payment(tx, actor, first)).unwrap();
        assert_eq!((world.balance("445741"), world.balance("445711")), (-6_67, -33_33));
        assert_eq!(world.invoice(invoice).open, eur(80_00));
    });
}

#[test]
fn an_undone_payment_leaves_a_counter_entry_and_frees_the_letters() {
    on_both(|world| {
        let invoice = world.issue(&[(world.goods, 1, 100_00)]);
        let payment = world.pay(invoice, 120_00);
        assert_eq!(world.letters("411000"), ["AAA", "AAA"]);
        world.act(move |tx, actor| undo_payment(tx, actor, payment)).unwrap();
        // The invoice is open again; the payment and its counter-entry letter each other.
        assert_eq!(world.letters("411000"), ["-", "AAB", "AAB"]);
        assert_eq!(world.balance("512000"), 0);
        let again = world.act(move |tx, actor| undo_payment(tx, actor, payment));
        assert!(again.unwrap_err().has("payment.undone"));
        world.pay(invoice, 120_00);
        assert_eq!(world.letters("411000"), ["AAC", "AAB", "AAB", "AAC"]);
    });
}

#[test]
fn one_payment_settles_several_invoices_and_they_share_a_letter() {
    on_both(|world| {
        let invoices = [100_00, 30_00, 7_00].map(|cents| world.issue(&[(world.goods, 1, cents)]));
        let party = world.party;
        let payment = world.act(move |tx, actor| {
            let day = tx.today();
            record_payment(
                tx,
                actor,
                NewPayment {
                    party,
                    day,
                    amount: eur(170_00),
                    method: PaymentMethod::Transfer,
                    reference: None,
                    origin: None,
                    allocations: vec![(invoices[0], eur(120_00)), (invoices[1], eur(36_00))],
                },
            )
        });
        let payment = payment.unwrap();
        // 14.00 stay on account: nothing is lettered yet.
        assert_eq!(world.letters("411000"), ["-", "-", "-", "-"]);
        let (source, third) = (Origin::of(payment), invoices[2]);
        let too_much = world.act(move |tx, _| allocate(tx, source, third, eur(14_00)));
        assert!(too_much.unwrap_err().has("allocation.above_open"));
        world.act(move |tx, _| allocate(tx, source, third, eur(8_40))).unwrap();
        assert_eq!(world.letters("411000"), ["-", "-", "-", "-"]);
        let last = world.issue(&[(world.goods, 1, 4_67)]);
        world.act(move |tx, _| allocate(tx, source, last, eur(5_60))).unwrap();
        assert_eq!(world.letters("411000"), ["AAA"; 5]);
    });
}

#[test]
fn a_few_missing_cents_are_written_off() {
    on_both(|world| {
        let invoice = world.issue(&[(world.goods, 1, 100_00)]);
        let payment = world.pay(invoice, 119_97);
        assert_eq!(world.invoice(invoice).open, eur(0));
        assert_eq!(world.balance("658000"), 3);
        assert_eq!(world.letters("411000"), ["AAA", "AAA", "AAA"]);
        world.act(move |tx, actor| undo_payment(tx, actor, payment)).unwrap();
        assert_eq!(world.invoice(invoice).open, eur(120_00));
        assert_eq!(world.balance("658000"), 0);
        let other = world.issue(&[(world.goods, 1, 100_00)]);
        world.pay(other, 119_00);
        assert_eq!(world.invoice(other).open, eur(1_00));
    });
}

#[test]
fn a_posted_invoice_is_not_edited_and_a_draft_is() {
    on_both(|world| {
        let party = world.party;
        let draft = move |price: &str| {
            json!({
                "party": party.to_string(),
                "lines": [{"description": "Nappe", "quantity": "2", "unit_price": price,
                           "product": world.goods.to_string()}]
            })
        };
        let given = draft("58");
        let made = world.act(move |tx, actor| {
            let members = given.as_object().unwrap();
            let draft = Draft::of_json(catalog(), Invoice::DEF, members, tx)?;
            create(catalog(), tx, actor, Invoice::DEF, &draft)
        });
        let id = made.unwrap();
        let kept = world.invoice(Id::from_raw(id));
        assert_eq!((kept.net, kept.total, kept.number), (eur(116_00), eur(139_20), None));
        let edit = |values: serde_json::Value| {
            world.act(move |tx, actor| {
                let members = values.as_object().unwrap();
                let draft = Draft::of_json(catalog(), Invoice::DEF, members, tx)?;
                update(catalog(), tx, actor, Invoice::DEF, id, None, &draft)
            })
        };
        edit(draft("60")).unwrap();
        assert_eq!(world.invoice(Id::from_raw(id)).net, eur(120_00));
        world.act(move |tx, actor| post_invoice(tx, actor, Id::from_raw(id))).unwrap();
        assert!(edit(json!({"reason": "x"})).unwrap_err().has("invoice.posted"));
        let gone = world.act(move |tx, actor| delete(catalog(), tx, actor, Invoice::DEF, id, None));
        assert!(gone.unwrap_err().has("invoice.posted"));
        let twice = world.act(move |tx, actor| post_invoice(tx, actor, Id::from_raw(id)));
        assert!(twice.unwrap_err().has("invoice.posted"));
    });
}

#[test]
fn a_payment_entered_by_hand_is_posted_at_once() {
    on_both(|world| {
        let given = json!({"party": world.party.to_string(), "day": "2026-11-20", "amount": "50",
                           "method": "cheque"});
        let made = world.act(move |tx, actor| {
            let draft = Draft::of_json(catalog(), Payment::DEF, given.as_object().unwrap(), tx)?;
            create(catalog(), tx, actor, Payment::DEF, &draft)
        });
        let id: RawId = made.unwrap();
        let payment = world
            .store
            .read(&world.actor, |tx| Ok(tx.get(Id::<Payment>::from_raw(id))?.into_inner()))
            .unwrap();
        assert_eq!(payment.number.as_deref(), Some("RG-2026-0001"));
        assert_eq!((payment.unallocated, world.balance("511200")), (eur(50_00), 50_00));
        assert!(payment.entry.is_some());
    });
}

#[test]
fn numbers_have_no_gap_after_a_refusal() {
    on_both(|world| {
        world.issue(&[(world.goods, 1, 1_00)]);
        let party = world.party;
        let goods = world.goods;
        let refused = world.act(move |tx, actor| {
            let mut new = NewInvoice::of(InvoiceKind::Invoice, party);
            new.lines = vec![line(goods, 1, 5_00)];
            issue_invoice(tx, actor, new)?;
            tx.last(|_| Err(kernel::Fault::new("forbidden").into()));
            Ok(())
        });
        assert!(refused.unwrap_err().has("forbidden"));
        let next = world.issue(&[(world.goods, 1, 1_00)]);
        assert_eq!(world.invoice(next).number.as_deref(), Some("FA-2026-0002"));
    });
}

#[test]
fn what_does_not_make_an_invoice_is_refused() {
    on_both(|world| {
        let (party, goods) = (world.party, world.goods);
        let issue = |change: fn(&mut NewInvoice)| {
            world.act(move |tx, actor| {
                let mut new = NewInvoice::of(InvoiceKind::Invoice, party);
                new.lines = vec![line(goods, 1, 5_00)];
                change(&mut new);
                issue_invoice(tx, actor, new)
            })
        };
        assert!(issue(|new| new.lines.clear()).unwrap_err().has("invoice.empty"));
        let negative = |new: &mut NewInvoice| new.lines[0].quantity = kernel::Quantity::units(-1);
        assert!(issue(negative).unwrap_err().has("invoice.negative"));
        let foreign = issue(|new| {
            new.lines[0].unit_price = kernel::Price::new(1, kernel::Currency::GBP);
        });
        let faults = foreign.unwrap_err();
        assert!(faults.has("currency.other"));
        assert_eq!(faults.0[0].field.as_deref(), Some("lines.0.unit_price"));
        let unknown = issue(|new| new.party = Id::<Party>::from_raw(RawId([3; 16])));
        assert!(unknown.unwrap_err().has("not_found"));
    });
}
