//! Closings: what they sum, what they refuse, and what they notice.

use erp::finance::*;
use kernel::{Day, Faults, Id, Kept, Tx};

use crate::histories::{Dice, all, any_act};
use crate::world::{World, day, deposit, eur, line, on_both};

fn close(world: &World, until: &'static str) -> Result<i64, Faults> {
    world.act(move |tx, _| close_days(tx, day(until), 400))
}

fn check(world: &World) -> Vec<(&'static str, String)> {
    let (from, to) = (day("2025-01-01"), day("2027-12-31"));
    let found = world.store.read(&world.actor, |tx| Ok(check_closings(tx, from, to)?)).unwrap();
    let fact = |fault: &kernel::Fault| match fault.facts.first() {
        Some((_, kernel::Value::Text(text))) => text.clone(),
        Some((_, value)) => format!("{value:?}"),
        None => String::new(),
    };
    found.iter().map(|fault| (fault.code, fact(fault))).collect()
}

fn closing(world: &World, code: &str) -> Kept<Closing> {
    all::<Closing>(world).into_iter().find(|closing| closing.code == code).unwrap()
}

/// What a hand with the password of the database does, where no trigger stands.
fn by_raw_hand(world: &World, statement: &'static str) -> Result<usize, Faults> {
    world.act(move |tx: &mut Tx<'_>, _| Ok(tx.sql(statement, &[])?.len()))
}

fn pay_by(
    world: &World,
    invoice: Id<Invoice>,
    method: PaymentMethod,
    on: &'static str,
) -> Result<Id<Payment>, Faults> {
    world.act(move |tx, actor| pay_invoice(tx, actor, invoice, day(on), None, method, None))
}

#[test]
fn days_months_and_the_year_close_in_order_with_their_totals() {
    on_both(|world| {
        world.on("2026-11-29");
        let first = world.issue(&[(world.goods, 2, 100_00)]);
        let paid = world.pay(first, 240_00);
        world.on("2026-12-01");
        world.issue(&[(world.service, 1, 50_00)]);
        let party = world.party;
        let acompte = deposit(world);
        world
            .act(move |tx, actor| {
                let mut new = NewInvoice::of(InvoiceKind::Invoice, party);
                let goods = tx.find(master::Product::SKU.is(&"NAP-1".to_owned()))?[0].id;
                new.lines = vec![line(goods, 10, 100_00)];
                new.deductions = vec![(acompte, eur(360_00))];
                issue_invoice(tx, actor, new)
            })
            .unwrap();
        world.act(move |tx, actor| credit_all(tx, actor, first, None)).unwrap();
        world.act(move |tx, actor| undo_payment(tx, actor, paid)).unwrap();
        world.on("2027-01-02");
        assert_eq!(close(world, "2026-12-02").unwrap(), 4);
        assert_eq!(close(world, "2027-01-01").unwrap(), 30);
        assert_eq!(close(world, "2027-01-01").unwrap(), 0);

        let month = closing(world, "2026-11");
        assert_eq!((month.kind, month.starts_on), (ClosingKind::Month, day("2026-11-01")));
        assert_eq!((month.net, month.tax, month.total), (eur(200_00), eur(40_00), eur(240_00)));
        assert_eq!(month.received, eur(240_00));
        let still = closing(world, "2026-11-30");
        assert_eq!((still.documents, still.total), (0, eur(0)));
        assert_eq!(still.perpetual_total, eur(240_00));
        // 60 of the service, 360 of the deposit, 1,200 less the deposit, less 240 credited.
        let second = closing(world, "2026-12-01");
        assert_eq!(second.total, eur(60_00 + 360_00 + 840_00 - 240_00));
        assert_eq!(second.perpetual_total, eur(1_260_00));
        assert_eq!((second.received, second.perpetual_received), (eur(-240_00), eur(0)));
        let year = closing(world, "2026");
        assert_eq!((year.kind, year.ends_on), (ClosingKind::Year, day("2026-12-31")));
        assert_eq!((year.total, year.year_total), (eur(1_260_00), eur(1_260_00)));
        let next = closing(world, "2027-01-01");
        assert_eq!((next.year_total, next.perpetual_total), (eur(0), eur(1_260_00)));
        assert_eq!(next.previous, year.hash);

        let totals = all::<ClosingTotal>(world);
        let of = |topic, name: &str| {
            let own = |total: &&Kept<ClosingTotal>| {
                total.closing == year.id && total.topic == topic && total.name == name
            };
            totals.iter().find(own).unwrap()
        };
        let invoices = of(ClosingTopic::Invoices, "FA");
        assert_eq!(invoices.documents, 4);
        assert_eq!(invoices.first_number.as_deref(), Some("FA-2026-0001"));
        assert_eq!(invoices.last_number.as_deref(), Some("FA-2026-0004"));
        assert_eq!(of(ClosingTopic::Deductions, "AC").total, eur(-360_00));
        let vat = of(ClosingTopic::Vat, "standard 20");
        assert_eq!((vat.net, vat.tax), (eur(1_350_00), eur(270_00)));
        assert_eq!(check(world), []);
    });
}

#[test]
fn nothing_joins_a_closed_day_but_what_a_bank_tells_late_is_recorded_today() {
    on_both(|world| {
        world.on("2026-11-24");
        let invoice = world.issue(&[(world.goods, 1, 100_00)]);
        let other = world.issue(&[(world.goods, 1, 100_00)]);
        assert!(close(world, "2026-11-25").unwrap_err().has("closing.future"));
        assert_eq!(close(world, "2026-11-24").unwrap(), 1);
        let late = pay_by(world, invoice, PaymentMethod::Transfer, "2026-11-24");
        assert!(late.unwrap_err().has("closing.closed"), "today is closed");
        let party = world.party;
        let more = world.act(move |tx, actor| {
            let mut new = NewInvoice::of(InvoiceKind::Invoice, party);
            let goods = tx.find(master::Product::SKU.is(&"NAP-1".to_owned()))?[0].id;
            new.lines = vec![line(goods, 1, 100_00)];
            issue_invoice(tx, actor, new)
        });
        assert!(more.unwrap_err().has("closing.closed"));

        world.on("2026-11-25");
        let cash = pay_by(world, other, PaymentMethod::Cash, "2026-11-24").unwrap_err();
        assert!(cash.has("closing.cash") && cash.0[0].field.as_deref() == Some("day"));
        pay_by(world, other, PaymentMethod::Cash, "2026-11-25").unwrap();
        let told = pay_by(world, invoice, PaymentMethod::Transfer, "2026-11-24").unwrap();
        world.on("2026-11-26");
        close(world, "2026-11-25").unwrap();
        assert_eq!(closing(world, "2026-11-24").received, eur(0));
        assert_eq!(closing(world, "2026-11-25").received, eur(240_00));
        let sealed = all::<SealedDocument>(world);
        assert!(sealed.iter().any(|document| document.about == kernel::Origin::of(told)));
        assert_eq!(check(world), []);
    });
}

#[test]
fn what_was_changed_removed_or_added_behind_the_program_is_named() {
    on_both(|world| {
        world.on("2026-11-24");
        let invoice = world.issue(&[(world.goods, 1, 100_00)]);
        world.issue(&[(world.goods, 3, 10_00)]);
        world.pay(invoice, 120_00);
        let party = world.party;
        let draft = world.act(move |tx, _| {
            let mut new = NewInvoice::of(InvoiceKind::Invoice, party);
            let goods = tx.find(master::Product::SKU.is(&"NAP-1".to_owned()))?[0].id;
            new.lines = vec![line(goods, 1, 7_00)];
            draft_invoice(tx, new)
        });
        draft.unwrap();
        world.on("2026-11-25");
        close(world, "2026-11-24").unwrap();
        assert_eq!(check(world), []);

        // What lives on is no change: an invoice is dunned, a payment unallocated.
        by_raw_hand(
            world,
            "update invoices set dunning_level = 2 where company = $1 returning dunning_level",
        )
        .unwrap();
        assert_eq!(check(world), []);
        by_raw_hand(
            world,
            "update invoices set purchase_order = 'X' where company = $1 \
             and number = 'FA-2026-0001' returning number",
        )
        .unwrap();
        assert_eq!(check(world), [("closing.document_changed", "FA-2026-0001".to_owned())]);
        by_raw_hand(
            world,
            "update invoices set purchase_order = null where company = $1 \
             and number = 'FA-2026-0001' returning number",
        )
        .unwrap();
        assert_eq!(check(world), []);
        by_raw_hand(
            world,
            "update payments set amount = amount - 100 where company = $1 \
             and number = 'RG-2026-0001' returning number",
        )
        .unwrap();
        let found = check(world);
        assert!(found.contains(&("closing.document_changed", "RG-2026-0001".to_owned())));
        assert!(found.contains(&("closing.totals", "2026-11-24".to_owned())), "{found:?}");
        by_raw_hand(
            world,
            "update invoices set state = 'posted', number = 'FA-2026-0009', issued_on = 20781 \
             where company = $1 and state = 'draft' returning number",
        )
        .unwrap();
        assert_eq!(Day(20_781), day("2026-11-24"));
        let found = check(world);
        assert!(found.contains(&("closing.document_added", "FA-2026-0009".to_owned())));
        by_raw_hand(
            world,
            "update invoices set issued_on = 20780 where company = $1 \
             and number = 'FA-2026-0002' returning number",
        )
        .unwrap();
        let found = check(world);
        assert!(found.contains(&("closing.document_removed", "FA-2026-0002".to_owned())));
    });
}

#[test]
fn the_database_itself_keeps_a_closing_as_it_is() {
    on_both(|world| {
        world.on("2026-11-24");
        world.issue(&[(world.goods, 1, 100_00)]);
        world.on("2026-11-25");
        close(world, "2026-11-24").unwrap();
        for statement in [
            "update closings set total = total + 1 where company = $1 returning rank",
            "delete from closings where company = $1 returning rank",
            "update closing_totals set documents = 9 where company = $1 returning documents",
            "update sealed_documents set number = 'X' where company = $1 returning rank",
            "delete from sealed_documents where company = $1 returning rank",
        ] {
            let refused = by_raw_hand(world, statement).unwrap_err();
            assert!(refused.has("closing.kept"), "{statement}: {refused:?}");
        }
    });
}

#[test]
fn after_any_history_the_perpetual_total_is_all_that_was_posted() {
    for seed in 11..=14 {
        on_both(|world| {
            let mut dice = Dice(seed);
            for on in ["2026-10-30", "2026-10-31", "2026-11-02", "2026-11-24"] {
                world.on(on);
                for _ in 0..12 {
                    any_act(world, &mut dice);
                }
            }
            world.on("2026-11-25");
            close(world, "2026-11-24").unwrap();
            assert_eq!(check(world), []);
            let last = closing(world, "2026-11-24");
            let sold = all::<Invoice>(world).iter().fold(0, |sum, invoice| {
                let own = (invoice.total - invoice.prepaid).minor;
                sum + if invoice.kind == InvoiceKind::CreditNote { -own } else { own }
            });
            assert_eq!(last.perpetual_total, eur(sold), "seed {seed}");
            assert_eq!(last.year_total, eur(sold));
            let kept = all::<Payment>(world);
            let received = kept.iter().filter(|payment| payment.undone_at.is_none());
            let received = received.fold(0, |sum, payment| sum + payment.amount.minor);
            assert_eq!(last.perpetual_received, eur(received), "seed {seed}");
            let months: i64 = ["2026-10", "2026-10-30", "2026-10-31"]
                .iter()
                .map(|code| closing(world, code).total.minor * if code.len() == 7 { 1 } else { -1 })
                .sum();
            assert_eq!(months, 0, "a month sums its days");
        });
    }
}
