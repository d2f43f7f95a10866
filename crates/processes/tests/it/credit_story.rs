//! What a customer may owe: the hold on credit, and who lifts it.

use crm::sales::{HoldKind, open_holds};
use kernel::{Choice, Money};
use master::Standing;
use processes::order_to_cash::{self, Exposure};
use processes::{order_board, payment_follow_up};

use crate::shop::{Shop, tell};

fn exposure(shop: &Shop, party: kernel::Id<master::Party>) -> Exposure {
    shop.read(|tx| {
        let party = tx.get(party)?;
        Ok(order_to_cash::exposure(tx, &party, &[])?)
    })
}

fn held(shop: &Shop, order: kernel::Id<crm::sales::Order>) -> Vec<(HoldKind, String)> {
    shop.read(|tx| {
        let open = open_holds(tx, order)?;
        Ok(open.into_iter().map(|hold| (hold.kind, hold.owner.clone())).collect())
    })
}

#[test]
fn an_order_over_the_limit_is_held_until_the_money_comes() {
    tell(|shop| {
        shop.stock(shop.lamp, 100, 60);
        let party = shop.party("Hôtel du Parc", Some(1_500));
        let first = shop.order_of(party, &[(shop.lamp, 10)], None);
        let confirmed = shop.confirm(first).expect("within the limit");
        assert!(confirmed.held.is_empty());
        let second = shop.order_of(party, &[(shop.lamp, 5)], None);
        let confirmed = shop.confirm(second).expect("confirmed all the same");
        assert_eq!(confirmed.held, [HoldKind::Credit]);
        assert_eq!(held(shop, second), [(HoldKind::Credit, "accountant".to_owned())]);
        let refusal = shop.prepare(second).expect_err("nothing leaves");
        assert_eq!(refusal.codes(), ["order.held"]);

        // The board says so, with the owner and the age.
        shop.wait(3);
        let columns = shop.read(|tx| Ok(order_board::board(tx, kernel::Language::French)?));
        let column = columns
            .iter()
            .find(|column| column.column == order_board::Column::Held)
            .expect("the column of the held");
        assert_eq!(column.cards.len(), 1);
        assert_eq!(column.cards[0].order, second);
        assert_eq!(column.cards[0].holds[0].owner, "accountant");
        assert!(column.cards[0].holds[0].reason.contains("L’encours autorisé"));

        // The first order is invoiced: it is owed rather than ordered, and counts the same.
        assert_eq!(exposure(shop, party).total(), Money::eur(1_800_00));
        let shipment = shop.prepare(first).expect("prepared");
        shop.ship(shipment).expect("shipped");
        let invoice = shop.invoice(first).expect("invoiced");
        let owed = exposure(shop, party);
        assert_eq!((owed.receivables, owed.ordered), (Money::eur(1_200_00), Money::eur(600_00)));
        assert_eq!(owed.left(), Some(Money::eur(-300_00)));

        // Part of the money is not enough, all of it is.
        shop.pay(invoice, Some(200)).expect("paid in part");
        assert_eq!(held(shop, second).len(), 1);
        shop.pay(invoice, None).expect("paid");
        assert!(held(shop, second).is_empty(), "the payment lifts the hold");
        shop.prepare(second).expect("it may leave now");
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}

#[test]
fn a_person_may_lift_a_hold_and_put_another() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let party = shop.party("Café de la Gare", Some(100));
        let order = shop.order_of(party, &[(shop.lamp, 1)], None);
        shop.confirm(order).expect("confirmed");
        assert_eq!(held(shop, order).len(), 1);
        let release = move |tx: &mut kernel::Tx<'_>, actor: &kernel::Actor| {
            let note = Some("vu avec la gérante".to_owned());
            order_to_cash::release_hold(tx, actor, order, Some(HoldKind::Credit), note)
        };
        shop.act(release).expect("released");
        assert!(held(shop, order).is_empty());
        assert_eq!(shop.act(release).expect_err("none is left").codes(), ["hold.none"]);
        shop.act(move |tx, actor| {
            order_to_cash::hold(tx, actor, order, "adresse à confirmer", Some("Léa".to_owned()))
        })
        .expect("held");
        assert_eq!(held(shop, order), [(HoldKind::Manual, "Léa".to_owned())]);
        assert_eq!(shop.prepare(order).expect_err("held").codes(), ["order.held"]);
    });
}

#[test]
fn what_the_invoice_will_need_and_lacks_holds_the_order_until_it_is_there() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let party = shop.party("Sans adresse", None);
        shop.run(move |tx| {
            let mut party = tx.get(party)?;
            party.siren = None;
            tx.save(&party)
        })
        .expect("no SIREN");
        let order = shop.order_of(party, &[(shop.lamp, 1)], None);
        let confirmed = shop.confirm(order).expect("confirmed");
        assert_eq!(confirmed.held, [HoldKind::Data]);
        shop.act(move |tx, actor| {
            let mut kept = tx.get(party)?;
            kept.siren = Some("732829320".into());
            tx.save(&kept)?;
            payment_follow_up::settle_party(tx, actor, party.raw())
        })
        .expect("completed");
        assert!(held(shop, order).is_empty());
    });
}

#[test]
fn a_customer_who_pays_late_is_reminded_then_blocked_and_good_again_once_it_pays() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let invoice = shop.sell(shop.lamps(2));
        let morning = || shop.run(payment_follow_up::review_all).expect("reviewed");
        let standing = || shop.read(|tx| Ok(tx.get(shop.customer)?.standing.name()));
        morning();
        assert_eq!(standing(), Standing::Good.name());
        shop.wait(36);
        morning();
        assert_eq!(standing(), Standing::Late.name());
        let due = shop.run(|tx| Ok(payment_follow_up::reminders(tx)?)).expect("reminders");
        assert_eq!(due.len(), 1);
        assert_eq!((due[0].party, due[0].open), (shop.customer, Money::eur(240_00)));
        let remind = move |tx: &mut kernel::Tx<'_>, actor: &kernel::Actor| {
            payment_follow_up::remind(tx, actor, invoice)
        };
        shop.act(remind).expect("reminded");
        assert_eq!(shop.act(remind).expect_err("once").codes(), ["invoice.reminded"]);
        assert_eq!(shop.get_invoice(invoice).dunning_level, 1);
        let none = shop.run(|tx| Ok(payment_follow_up::reminders(tx)?)).expect("reminders");
        assert!(none.is_empty());

        shop.wait(60);
        morning();
        assert_eq!(standing(), Standing::Blocked.name());
        let order = shop.lamps(1);
        let confirmed = shop.confirm(order).expect("confirmed");
        assert_eq!(confirmed.held, [HoldKind::Credit]);
        shop.pay(invoice, None).expect("paid at last");
        morning();
        assert_eq!(standing(), Standing::Good.name());
        assert!(held(shop, order).is_empty());
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}
