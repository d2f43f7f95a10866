//! What is there and what is not: shortages, promises, back-orders, twenty people at once.

use crm::sales::{HoldKind, OrderStage, PaymentState, Progress, open_holds};
use erp::inventory::{self, ExpectedReceipt, LocationKind, StockLevel};
use kernel::{Money, Origin, Price, Quantity, Value};
use processes::order_to_cash;

use crate::shop::{Shop, tell};

/// A receipt of lamps that is awaited.
fn expect(shop: &Shop, units: i64, in_days: i32) {
    let (lamp, due_on) = (shop.lamp, shop.today() + in_days);
    shop.run(move |tx| {
        tx.insert(&ExpectedReceipt {
            product: lamp,
            quantity: Quantity::units(units),
            due_on,
            unit_cost: None,
            reference: None,
            received: Quantity::ZERO,
            done: false,
            origin: None,
        })
    })
    .expect("an expected receipt");
}

#[test]
fn twenty_people_confirm_the_last_ten_units_and_ten_are_told_what_is_short_and_when_it_comes() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        expect(shop, 50, 6);
        let orders: Vec<_> = (0..20).map(|_| shop.lamps(1)).collect();
        let answers: Vec<_> = std::thread::scope(|scope| {
            let people: Vec<_> =
                orders.iter().map(|order| scope.spawn(|| shop.confirm(*order))).collect();
            people.into_iter().map(|person| person.join().expect("an answer")).collect()
        });
        let (accepted, refused): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.is_ok());
        assert_eq!((accepted.len(), refused.len()), (10, 10));
        for refusal in refused {
            let faults = refusal.expect_err("a refusal");
            assert_eq!(faults.codes(), ["stock.short"]);
            let facts = &faults.0[0].facts;
            let fact =
                |name| facts.iter().find(|(known, _)| *known == name).map(|(_, v)| v.clone());
            assert_eq!(fact("asked"), Some(Value::Quantity(Quantity::units(1))));
            assert_eq!(fact("free"), Some(Value::Quantity(Quantity::ZERO)));
            assert_eq!(fact("promised_on"), Some(Value::Day(shop.today() + 6)));
            assert_eq!(faults.0[0].field.as_deref(), Some("lines.0.quantity"));
        }
        let level = shop.read(|tx| {
            let stock = StockLevel::KIND.is(&LocationKind::Stock);
            Ok(tx.first(StockLevel::PRODUCT.is(&shop.lamp) & stock)?.expect("a level"))
        });
        assert_eq!((level.on_hand, level.reserved), (Quantity::units(10), Quantity::units(10)));
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}

#[test]
fn what_is_short_is_told_line_by_line_and_nothing_is_kept() {
    tell(|shop| {
        let shade = shop.product("ABAT-JOUR", 20, 8, master::ProductKind::Goods);
        shop.stock(shop.lamp, 3, 60);
        let order = shop.order_of(shop.customer, &[(shop.lamp, 5), (shade, 2)], None);
        let refusal = shop.confirm(order).expect_err("short");
        assert_eq!(refusal.codes(), ["stock.short", "stock.short"]);
        assert_eq!(refusal.0[1].field.as_deref(), Some("lines.1.quantity"));
        // Three weeks to get more, as the product says.
        let promised = refusal.0[1].facts.iter().find(|(name, _)| *name == "promised_on");
        assert_eq!(promised.map(|(_, day)| day.clone()), Some(Value::Day(shop.today() + 21)));
        let none = Progress::None;
        let draft = (OrderStage::Draft, none, none, none, PaymentState::None);
        assert_eq!(shop.states(order), draft);
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}

#[test]
fn a_partial_confirmation_keeps_what_is_there_and_the_rest_is_served_when_it_comes() {
    tell(|shop| {
        shop.stock(shop.lamp, 4, 60);
        let order = shop.lamps(10);
        let confirmed = shop
            .act(move |tx, actor| order_to_cash::confirm(tx, actor, order, true))
            .expect("confirmed in part");
        assert_eq!(confirmed.held, [HoldKind::Stock]);
        assert_eq!(confirmed.promised_on, Some(shop.today() + 21));
        assert_eq!(shop.states(order).1, Progress::Partial);

        // A shortage does not keep back what is there.
        let shipment = shop.prepare(order).expect("four are prepared");
        shop.ship(shipment).expect("four leave");
        assert_eq!(shop.states(order).2, Progress::Partial);
        let nothing = shop.prepare(order).expect_err("nothing more is kept");
        assert_eq!(nothing.codes(), ["order.nothing_to_prepare"]);

        let (lamp, second) = (shop.lamp, shop.lamps(1));
        shop.run(move |tx| {
            let stock = inventory::main_location(tx, LocationKind::Stock)?;
            let cost = Price::of_money(Money::eur(60_00));
            inventory::receive(tx, lamp, stock, Quantity::units(7), cost, Origin::of(lamp))?;
            let actor = tx.actor().clone();
            let served = order_to_cash::serve_waiting(tx, &actor, lamp)?;
            assert_eq!(served, 1);
            Ok(())
        })
        .expect("goods come in");
        assert_eq!(shop.states(order).1, Progress::Full);
        let open = shop.read(|tx| Ok(open_holds(tx, order)?.len()));
        assert_eq!(open, 0, "nothing waits any more");
        shop.confirm(second).expect("the seventh is for the next one");
        let rest = shop.prepare(order).expect("prepared");
        shop.ship(rest).expect("shipped");
        assert_eq!(shop.states(order).2, Progress::Full);
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}

#[test]
fn an_order_cancelled_before_anything_left_gives_its_goods_back() {
    tell(|shop| {
        shop.stock(shop.lamp, 5, 60);
        let order = shop.lamps(5);
        shop.confirm(order).expect("confirmed");
        shop.prepare(order).expect("a draft shipment");
        let other = shop.lamps(5);
        assert!(shop.confirm(other).is_err());
        let why = || Some("le client a changé d’avis".to_owned());
        shop.act(move |tx, actor| order_to_cash::cancel(tx, actor, order, why()))
            .expect("cancelled");
        assert_eq!(shop.order(order).stage, OrderStage::Cancelled);
        shop.confirm(other).expect("the goods are free again");
        let shipment = shop.prepare(other).expect("prepared");
        shop.ship(shipment).expect("shipped");
        let late = shop.act(move |tx, actor| order_to_cash::cancel(tx, actor, other, why()));
        assert_eq!(late.expect_err("too late").codes(), ["order.shipped"]);
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}

#[test]
fn closing_gives_up_what_was_not_delivered_but_not_what_was_not_invoiced() {
    tell(|shop| {
        shop.stock(shop.lamp, 2, 60);
        let order = shop.lamps(3);
        shop.act(move |tx, actor| order_to_cash::confirm(tx, actor, order, true))
            .expect("confirmed");
        let shipment = shop.prepare(order).expect("prepared");
        shop.ship(shipment).expect("shipped");
        let close = |reason: Option<&'static str>| {
            shop.act(move |tx, actor| {
                order_to_cash::close(tx, actor, order, reason.map(str::to_owned))
            })
        };
        let refusal = close(Some("plus rien")).expect_err("not invoiced");
        assert_eq!(refusal.codes(), ["order.uninvoiced"]);
        let invoice = shop.invoice(order).expect("two are invoiced");
        assert_eq!(shop.get_invoice(invoice).total, Money::eur(240_00));
        assert_eq!(close(None).expect_err("why?").codes(), ["field.required"]);
        close(Some("le client renonce au reste")).expect("closed");
        shop.pay(invoice, None).expect("paid");
        let (partial, full) = (Progress::Partial, PaymentState::Full);
        assert_eq!(shop.states(order), (OrderStage::Closed, partial, partial, partial, full));
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}

#[test]
fn what_was_billed_ahead_and_is_not_delivered_is_credited_before_the_order_is_closed() {
    tell(|shop| {
        shop.stock(shop.lamp, 1, 60);
        let order = shop.lamps(2);
        shop.run(move |tx| {
            let mut kept = tx.get(order)?;
            kept.invoicing = crm::sales::Invoicing::OnOrder;
            tx.save(&kept)
        })
        .expect("billed on order");
        shop.act(move |tx, actor| order_to_cash::confirm(tx, actor, order, true))
            .expect("confirmed");
        let invoice = shop.invoice(order).expect("billed at once");
        assert_eq!(shop.get_invoice(invoice).total, Money::eur(240_00));
        let close = || {
            let why = || Some("introuvable".to_owned());
            shop.act(move |tx, actor| order_to_cash::close(tx, actor, order, why()))
        };
        assert_eq!(close().expect_err("billed ahead").codes(), ["order.undelivered"]);
        shop.act(move |tx, actor| {
            order_to_cash::credit_invoice(tx, actor, invoice, &[], None).map(drop)
        })
        .expect("credited");
        close().expect("closed");
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}

#[test]
fn a_part_picked_by_its_code_leaves_and_the_order_tells_what_is_still_missing() {
    tell(|shop| {
        shop.stock(shop.lamp, 4, 60);
        let lamp = shop.lamp;
        shop.run(move |tx| {
            let mut lamp = tx.get(lamp)?;
            lamp.barcode = Some("2994230000016".into());
            tx.save(&lamp)
        })
        .expect("a barcode");
        let order = shop.order_of(shop.customer, &[(shop.lamp, 4)], None);
        shop.confirm(order).expect("confirmed");
        let shipment = shop.prepare(order).expect("prepared");
        let scan = |code: &'static str| {
            shop.act(move |tx, _| erp::logistics::scan(tx, shipment, code).map(drop))
        };
        for code in ["2994230000016", "02994230000016", "]C10102994230000016"] {
            scan(code).expect(code);
        }
        assert_eq!(scan("4006381333931").unwrap_err().codes(), ["scan.unknown"]);
        let whole = shop.act(move |tx, _| erp::logistics::pick(tx, shipment, false));
        assert_eq!(whole.unwrap_err().codes(), ["shipment.incomplete"]);
        shop.act(move |tx, _| erp::logistics::pick(tx, shipment, true)).expect("a part");
        shop.ship(shipment).expect("shipped");
        assert_eq!(shop.order(order).delivery, crm::sales::Progress::Partial);
        let rest = shop.prepare(order).expect("the rest is still kept");
        let units = |code: &'static str| {
            shop.act(move |tx, _| erp::logistics::scan(tx, rest, code).map(drop))
        };
        units("2994230000016").expect("the last one");
        assert_eq!(units("2994230000016").unwrap_err().codes(), ["scan.too_many"]);
        shop.ship(rest).expect("shipped");
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}
