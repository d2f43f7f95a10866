//! The page of a customer: its last documents, however many there are, and its figures.

use crm::sales::OrderStage;
use kernel::Money;
use processes::customer_view::customer_view;

use crate::shop::tell;

#[test]
fn the_last_orders_under_way_are_shown_whatever_their_stage() {
    tell(|shop| {
        shop.stock(shop.lamp, 100, 60);
        let mut open = Vec::new();
        for number in 0..16 {
            let order = shop.lamps(1);
            match number % 4 {
                // Sold and paid: over.
                0 => {
                    let invoice = shop.sell(order);
                    shop.pay(invoice, None).expect("paid");
                    continue;
                }
                1 => drop(shop.confirm(order).expect("confirmed")),
                _ => {}
            }
            open.push(order);
        }
        // The clock of the shop stands still: the newest are those of the highest ids.
        open.sort_by_key(|order| std::cmp::Reverse(*order));
        open.truncate(10);
        let view = shop.read(|tx| customer_view(tx, shop.customer));
        let shown: Vec<_> = view.open_orders.iter().map(|order| order.id).collect();
        assert_eq!(shown, open);
        let stage = |stage| view.open_orders.iter().filter(|order| order.stage == stage).count();
        assert!(stage(OrderStage::Draft) > 0 && stage(OrderStage::Confirmed) > 0);
        // Four lamps at 100 € were invoiced and paid on the day; four more are confirmed.
        assert_eq!(view.figures.sales, Money::eur(400_00));
        assert_eq!((view.figures.invoices, view.figures.dso_days), (4, Some(0)));
        assert_eq!(view.exposure.total(), Money::eur(480_00));
        assert_eq!(view.invoices.len(), 4);
        assert!(view.invoices.windows(2).all(|two| two[0].issued_on >= two[1].issued_on));
    });
}
