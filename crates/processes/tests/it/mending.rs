//! What mends a mistake: credit notes, payments undone, lettrage taken off.

use crm::sales::{OrderStage, PaymentState, Progress};
use erp::finance::{self, CreditLine, JournalEntry, JournalLine};
use kernel::{Id, Money, Origin, Quantity};
use processes::order_to_cash;

use crate::shop::{Shop, tell};

/// The codes of lettrage on account 411, with how many lines share each.
fn lettering(shop: &Shop) -> Vec<(String, usize)> {
    shop.read(|tx| {
        let account = finance::account(tx, finance::accounts::RECEIVABLES)?;
        let mut codes: Vec<String> = tx
            .find(JournalLine::ACCOUNT.is(&account))?
            .into_iter()
            .filter_map(|line| line.into_inner().lettering)
            .collect();
        codes.sort();
        let mut counted: Vec<(String, usize)> = Vec::new();
        for code in codes {
            match counted.last_mut() {
                Some((last, count)) if *last == code => *count += 1,
                _ => counted.push((code, 1)),
            }
        }
        Ok(counted)
    })
}

#[test]
fn what_is_paid_in_full_is_lettered_and_an_undone_payment_takes_it_off() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let order = shop.lamps(3);
        let invoice = shop.sell(order);
        let first = shop.pay(invoice, Some(100)).expect("a part");
        assert!(lettering(shop).is_empty(), "a part is not lettered");
        assert_eq!(shop.states(order).4, PaymentState::Partial);
        let second = shop.pay(invoice, None).expect("the rest");
        assert_eq!(lettering(shop), [("AAA".to_owned(), 3)]);
        assert_eq!(shop.order(order).stage, OrderStage::Closed);

        shop.act(move |tx, actor| order_to_cash::undo(tx, actor, second)).expect("undone");
        assert_eq!(shop.get_invoice(invoice).open, Money::eur(260_00));
        // The payment and its counter-entry settle each other; the invoice is open again.
        assert_eq!(lettering(shop).len(), 1);
        assert_eq!(lettering(shop)[0].1, 2);
        assert_eq!(shop.states(order).4, PaymentState::Partial);
        let twice = shop.act(move |tx, actor| order_to_cash::undo(tx, actor, second));
        assert_eq!(twice.expect_err("once").codes(), ["payment.undone"]);
        shop.act(move |tx, actor| order_to_cash::undo(tx, actor, first)).expect("undone");
        assert_eq!(shop.states(order).4, PaymentState::None);
        shop.pay(invoice, None).expect("paid again");
        assert_eq!(shop.states(order).4, PaymentState::Full);
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}

#[test]
fn a_credit_note_gives_back_what_an_invoice_asked_and_the_order_may_be_billed_again() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let order = shop.lamps(4);
        let invoice = shop.sell(order);
        let line = shop.read(|tx| Ok(finance::invoice_lines(tx, invoice)?[0].id));
        let note = shop
            .act(move |tx, actor| {
                let lines = [CreditLine { line, quantity: Quantity::units(1) }];
                let reason = Some("lampe cassée".to_owned());
                order_to_cash::credit_invoice(tx, actor, invoice, &lines, reason)
            })
            .expect("one is credited");
        let credit = shop.get_invoice(note);
        assert_eq!(
            (credit.number.as_deref(), credit.total),
            (Some("AV-2026-0001"), Money::eur(120_00))
        );
        assert_eq!(
            shop.booked(Origin::of(note)),
            [
                ("411000".to_owned(), 0, 120_00),
                ("445711".to_owned(), 20_00, 0),
                ("707000".to_owned(), 100_00, 0),
            ]
        );
        assert_eq!(shop.get_invoice(invoice).open, Money::eur(360_00));
        assert_eq!(shop.states(order).3, Progress::Partial);

        // The rest is credited too: all of it may be invoiced again, correctly this time.
        shop.act(move |tx, actor| order_to_cash::credit_invoice(tx, actor, invoice, &[], None))
            .expect("all is credited");
        assert_eq!(shop.get_invoice(invoice).open, Money::eur(0));
        assert_eq!(shop.states(order).3, Progress::None);
        assert_eq!(lettering(shop), [("AAA".to_owned(), 3)]);
        let again = shop.invoice(order).expect("billed again");
        assert_eq!(shop.get_invoice(again).number.as_deref(), Some("FA-2026-0002"));
        shop.pay(again, None).expect("paid");
        assert_eq!(shop.order(order).stage, OrderStage::Closed);
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}

#[test]
fn a_deposit_that_is_not_paid_is_credited_before_the_rest_is_billed() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let order =
            shop.order_of(shop.customer, &[(shop.lamp, 2)], Some(kernel::Rate::percent(50)));
        shop.confirm(order).expect("confirmed");
        let ask = move |tx: &mut kernel::Tx<'_>, actor: &kernel::Actor| {
            order_to_cash::deposit_invoice(tx, actor, order, None)
        };
        let deposit = shop.act(ask).expect("half of it");
        shop.act(ask).expect("the other half");
        assert_eq!(shop.act(ask).expect_err("too much").codes(), ["deposit.above_order"]);
        let cancel = shop.act(move |tx, actor| order_to_cash::cancel(tx, actor, order, None));
        assert_eq!(cancel.expect_err("billed").codes(), ["order.billed"]);
        let shipment = shop.prepare(order).expect("prepared");
        shop.ship(shipment).expect("shipped");
        let refusal = shop.invoice(order).expect_err("the deposits are not paid");
        assert_eq!(refusal.codes(), ["deposit.unpaid", "deposit.unpaid"]);
        shop.pay(deposit, None).expect("one is paid");
        let other = shop.read(|tx| {
            let found = order_to_cash::billing::deposits(tx, order)?;
            Ok(found.iter().map(|(kept, _)| kept.id).find(|id| *id != deposit).expect("two"))
        });
        shop.act(move |tx, actor| order_to_cash::credit_invoice(tx, actor, other, &[], None))
            .expect("the other is credited");
        let invoice = shop.invoice(order).expect("billed");
        let found = shop.get_invoice(invoice);
        assert_eq!((found.prepaid, found.due), (Money::eur(120_00), Money::eur(120_00)));
        shop.pay(invoice, None).expect("paid");
        assert_eq!(shop.order(order).stage, OrderStage::Closed);
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}

#[test]
fn the_doctor_names_the_row_that_does_not_hold() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let order = shop.lamps(1);
        let invoice = shop.sell(order);
        assert_eq!(shop.ailments(), Vec::<String>::new());
        shop.run(move |tx| {
            let mut order = tx.get(order)?;
            order.delivery = Progress::None;
            tx.save(&order)?;
            let mut invoice = tx.get(invoice)?;
            invoice.open = Money::eur(1);
            tx.save(&invoice)
        })
        .expect("harm is done");
        let found = shop.read(processes::doctor::findings);
        let at = |code: &str| found.iter().find(|finding| finding.code == code);
        let states = at("doctor.order_states").expect("the order is found");
        assert_eq!(states.record, Some(Origin::of(order)));
        let settled = at("doctor.settled").expect("the invoice is found");
        assert_eq!(settled.record, Some(Origin::of(invoice)));
        let owed = at("doctor.receivables").expect("the customer is found");
        assert_eq!(owed.record, Some(Origin::of(shop.customer)));
        let said = kernel::sentence(&settled.fault(), kernel::Language::English);
        assert!(said.starts_with(&format!("Invoice invoice/{invoice} is settled by")), "{said}");
    });
}

#[test]
fn an_entry_names_its_document_and_its_customer() {
    tell(|shop| {
        shop.stock(shop.lamp, 1, 60);
        let invoice = shop.sell(shop.lamps(1));
        let (label, piece) = shop.read(|tx| {
            let id: Id<JournalEntry> = tx.get(invoice)?.entry.expect("an entry");
            let entry = tx.get(id)?;
            Ok((entry.label.clone(), entry.piece.clone()))
        });
        assert_eq!(piece, "FA-2026-0001");
        assert_eq!(label, "Facture FA-2026-0001 Maison Ferrand");
    });
}
