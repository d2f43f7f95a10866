//! The worked example: ten lamps at 100 €, VAT 20 %, a deposit of 30 %, two deliveries.

use crm::interactions;
use crm::sales::{OrderStage, PaymentState, Progress};
use erp::logistics::ShipmentLine;
use kernel::{Language, Money, Origin, Quantity, Rate};
use processes::order_to_cash;

use crate::shop::{Shop, tell};

fn lines(of: &[(&str, i64, i64)]) -> Vec<(String, i64, i64)> {
    let mut lines: Vec<_> = of
        .iter()
        .map(|(account, debit, credit)| ((*account).to_owned(), *debit, *credit))
        .collect();
    lines.sort();
    lines
}

/// Sends six of the ten lamps: the draft shipment is cut down by hand first.
fn ship_six(shop: &Shop, order: kernel::Id<crm::sales::Order>) {
    let shipment = shop.prepare(order).expect("prepared");
    shop.run(move |tx| {
        let mut line = tx.first(ShipmentLine::SHIPMENT.is(&shipment))?.expect("a line");
        assert_eq!(line.quantity, Quantity::units(10));
        line.quantity = Quantity::units(6);
        tx.save(&line)
    })
    .expect("cut down");
    shop.ship(shipment).expect("shipped");
}

#[test]
fn ten_lamps_are_ordered_deposited_sent_twice_billed_twice_and_paid_to_the_cent() {
    tell(|shop| {
        use Progress::{Full, None, Partial};
        shop.stock(shop.lamp, 10, 60);
        let order = shop.order_of(shop.customer, &[(shop.lamp, 10)], Some(Rate::percent(30)));
        assert_eq!(shop.order(order).total, Money::eur(1_200_00));
        shop.confirm(order).expect("confirmed");
        let confirmed = OrderStage::Confirmed;
        assert_eq!(shop.states(order), (confirmed, Full, None, None, PaymentState::None));

        // The deposit: 360 € asked, VAT waiting for the payment.
        let deposit = shop
            .act(move |tx, actor| order_to_cash::deposit_invoice(tx, actor, order, Option::None))
            .expect("the deposit invoice");
        assert_eq!(
            shop.booked(Origin::of(deposit)),
            lines(&[("411000", 360_00, 0), ("419100", 0, 300_00), ("445741", 0, 60_00)])
        );
        shop.wait(2);
        let payment = shop.pay(deposit, Option::None).expect("paid");
        assert_eq!(
            shop.booked(Origin::of(payment)),
            lines(&[("411000", 0, 360_00), ("512000", 360_00, 0)])
        );
        assert!(
            shop.booked(Origin::of(deposit)).contains(&("445711".into(), 0, 60_00)),
            "the VAT of a deposit is due when it is paid"
        );
        assert_eq!(shop.states(order).4, PaymentState::Partial);

        // Six leave; the four that stay are still kept.
        shop.wait(3);
        ship_six(shop, order);
        assert_eq!(shop.states(order).2, Partial);
        assert_eq!(shop.states(order).1, Full);
        let first = shop.invoice(order).expect("the first invoice");
        let found = shop.get_invoice(first);
        assert_eq!((found.total, found.prepaid), (Money::eur(720_00), Money::eur(360_00)));
        assert_eq!(
            shop.booked(Origin::of(first)),
            lines(&[
                ("411000", 360_00, 0),
                ("419100", 300_00, 0),
                ("445711", 0, 60_00),
                ("707000", 0, 600_00),
            ])
        );
        let again = shop.invoice(order).expect_err("nothing left to invoice");
        assert_eq!(again.codes(), ["order.nothing_to_invoice"]);

        shop.wait(4);
        let shipment = shop.prepare(order).expect("the rest");
        shop.ship(shipment).expect("shipped");
        let second = shop.invoice(order).expect("the second invoice");
        assert_eq!(
            shop.booked(Origin::of(second)),
            lines(&[("411000", 480_00, 0), ("445711", 0, 80_00), ("707000", 0, 400_00)])
        );
        assert_eq!(shop.states(order), (confirmed, Full, Full, Full, PaymentState::Partial));

        shop.wait(20);
        shop.pay(first, Option::None).expect("paid");
        let last = shop.pay(second, Option::None).expect("paid");
        assert_eq!(
            shop.booked(Origin::of(last)),
            lines(&[("411000", 0, 480_00), ("512000", 480_00, 0)])
        );
        assert_eq!(shop.states(order), (OrderStage::Closed, Full, Full, Full, PaymentState::Full));
        assert_eq!(shop.ailments(), Vec::<String>::new());
        told(shop);
        analysed(shop);
    });
}

/// Everything is on the customer's timeline, in both languages.
fn told(shop: &Shop) {
    let said: Vec<String> = shop.read(|tx| {
        let lines = interactions::timeline(tx, shop.customer, 50)?;
        Ok(lines.iter().rev().map(|line| line.says(Language::English)).collect())
    });
    for wanted in [
        "Order CC-2026-00001 confirmed",
        "Deposit invoice FA-2026-0001 issued",
        "Payment received: RG-2026-0001",
        "Shipment BL-2026-00001 shipped",
        "Invoice FA-2026-0002 issued",
        "Invoice FA-2026-0003 issued",
        "Order CC-2026-00001 closed",
    ] {
        assert!(said.iter().any(|line| line == wanted), "{wanted} is not in {said:?}");
    }
}

/// The events alone tell how long it took.
fn analysed(shop: &Shop) {
    use processes::cycle::{Step, cycle};
    let (from, to) = (crate::shop::day("2026-03-01"), crate::shop::day("2026-03-31"));
    let found = shop.read(|tx| Ok(cycle(tx, from, to)?));
    assert_eq!(found.whole.orders, 1);
    let days = |step| found.whole.step(step).map(|spread| spread.median / 86_400);
    assert_eq!(days(Step::Deliver), Some(9));
    assert_eq!(days(Step::Invoice), Some(0));
    assert_eq!(days(Step::Pay), Some(20));
    assert_eq!(days(Step::Whole), Some(29));
    assert_eq!(found.whole.partial, Rate::percent(100));
    assert_eq!(found.whole.first_time_right, Rate::ZERO);
    assert_eq!(found.months.len(), 1);
    assert_eq!(found.parties.len(), 1);
    // 360 × 2 + 720 × 24 + 480 × 20 over 1,560 is 17.7 days.
    assert_eq!(found.whole.dso_days, Some(18));
}
