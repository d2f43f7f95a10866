use crm::sales::{
    self, HoldKind, Order, OrderLine, OrderStage, OrderStates, PaymentState, Progress, Wanted,
};
use kernel::{Day, Entity, Fault, Id, Inputs, Language, Quantity, RawId};
use master::{Party, PriceList, Product, Tax};
use serde_json::json;

use crate::shop::{Shop, eur};

fn order(shop: &Shop) -> RawId {
    let lines = json!([
        { "product": shop.cloth.to_string(), "quantity": "3" },
        { "product": shop.delivery.to_string(), "quantity": 1, "discount": "0.5" },
    ]);
    let made = json!({ "party": shop.party.to_string(), "reference": "BC 12", "lines": lines });
    shop.create(Order::DEF, made).unwrap()
}

#[test]
fn an_order_is_filled_from_customer_and_products() {
    let shop = Shop::open();
    let id = order(&shop);
    let order = shop.get::<Order>(id);
    assert_eq!(order.number.as_deref(), Some("CC-2026-00001"));
    // 3 × 58.00 + 12.00 less half = 180.00; 20 %; cost 3 × 27.40 + 9.00.
    assert_eq!((order.net, order.tax_amount, order.total), (eur(18_000), eur(3_600), eur(21_600)));
    assert_eq!(order.margin, eur(18_000 - 8_220 - 900));
    assert_eq!(order.ordered_on, Some(Day::parse("2026-11-24").unwrap()));
    assert_eq!(order.delivery_name.as_deref(), Some("Le Héron"));
    assert_eq!(order.seller.as_deref(), Some("Hélène"));
    assert!(order.payment_term.is_some());
    let lines = shop.read(|tx| Ok(sales::lines(tx, Id::from_raw(id))?));
    assert_eq!(lines[0].description.as_deref(), Some("Produit NAP-1"));
    assert_eq!((lines[0].rank, lines[1].rank), (Some(1), Some(2)));
    assert_eq!(lines[1].net, eur(600));
}

#[test]
fn what_the_editor_shows_is_what_is_stored() {
    let shop = Shop::open();
    let stored = shop.get::<Order>(order(&shop));
    let (party, cloth, delivery) = (shop.party, shop.cloth, shop.delivery);
    let shown = shop.read(move |tx| {
        let half = Some(kernel::Rate::percent(50));
        let wanted = [
            Wanted::of(cloth, Quantity::units(3)),
            Wanted { discount: half, ..Wanted::of(delivery, Quantity::units(1)) },
        ];
        let party = tx.get(party)?;
        sales::price_document(tx, &party, &wanted)
    });
    assert_eq!(shown.totals.total, stored.total);
    assert_eq!(shown.margin, stored.margin);
}

#[test]
fn numbers_follow_each_other_and_a_refusal_takes_none() {
    let shop = Shop::open();
    order(&shop);
    let nothing = json!({ "party": shop.party.to_string(),
        "lines": [{ "product": shop.cloth.to_string(), "quantity": "0" }] });
    let refused = shop.create(Order::DEF, nothing).unwrap_err();
    assert_eq!(refused.codes(), ["line.quantity"]);
    assert_eq!(refused.0[0].field.as_deref(), Some("lines.0.quantity"));
    assert_eq!(shop.get::<Order>(order(&shop)).number.as_deref(), Some("CC-2026-00002"));
}

#[test]
fn the_price_list_of_the_customer_gives_price_or_discount() {
    let shop = Shop::open();
    let lines = json!([
        { "product": shop.cloth.to_string(), "price": "50" },
        { "product": shop.cloth.to_string(), "price": "45", "from_quantity": "10" },
    ]);
    let list = json!({ "code": "hotels", "name": "Hôtels", "discount": "0.1", "lines": lines });
    let list = shop.create(PriceList::DEF, list).unwrap();
    let party = shop.party.raw();
    shop.update(Party::DEF, party, json!({ "price_list": list.to_string() })).unwrap();
    let net = |product: Id<Product>, quantity: i64| {
        let lines = json!([{ "product": product.to_string(), "quantity": quantity }]);
        let made = json!({ "party": party.to_string(), "lines": lines });
        shop.get::<Order>(shop.create(Order::DEF, made).unwrap()).net
    };
    assert_eq!(net(shop.cloth, 2), eur(10_000));
    assert_eq!(net(shop.cloth, 10), eur(45_000));
    assert_eq!(net(shop.delivery, 1), eur(1_080));
}

#[test]
fn a_customer_of_another_country_pays_the_tax_of_the_sale() {
    let shop = Shop::open();
    let german = json!({ "name": "Berlin", "country": "DE", "vat_number": "DE136695976" });
    let german = shop.create(Party::DEF, german).unwrap();
    let lines = json!([
        { "product": shop.cloth.to_string(), "quantity": 1 },
        { "product": shop.delivery.to_string(), "quantity": 1 },
    ]);
    let made = json!({ "party": german.to_string(), "lines": lines });
    let id = shop.create(Order::DEF, made).unwrap();
    assert_eq!(shop.get::<Order>(id).tax_amount, eur(0));
    let codes: Vec<String> = shop.read(|tx| {
        let lines = sales::lines(tx, Id::from_raw(id))?;
        let taxes = lines.iter().map(|line| Ok(tx.get::<Tax>(line.tax.unwrap())?.code.clone()));
        taxes.collect()
    });
    assert_eq!(codes, ["INTRA", "REVERSE"]);
}

#[test]
fn a_draft_is_edited_and_a_confirmed_order_only_annotated() {
    let shop = Shop::open();
    let id = order(&shop);
    let lines = json!([{ "product": shop.cloth.to_string(), "quantity": 1 }]);
    shop.update(Order::DEF, id, json!({ "lines": lines })).unwrap();
    assert_eq!(shop.get::<Order>(id).net, eur(5_800));
    assert!(!shop.offers(Order::DEF, "annotate", id));
    shop.act(move |tx| sales::confirm(tx, Id::from_raw(id)).map(|()| id)).unwrap();
    let confirmed_at = shop.now();
    let late = shop.update(Order::DEF, id, json!({ "reference": "BC 13" }));
    assert_eq!(late.unwrap_err().codes(), ["order.confirmed"]);
    assert!(shop.offers(Order::DEF, "annotate", id));
    shop.press("order", "annotate", id, Inputs::default().with("reference", "BC 14")).unwrap();
    let order = shop.get::<Order>(id);
    assert_eq!(order.reference.as_deref(), Some("BC 14"));
    assert_eq!(order.confirmed_at, Some(confirmed_at));
    let again = shop.act(move |tx| sales::confirm(tx, Id::from_raw(id)).map(|()| id));
    assert_eq!(again.unwrap_err().codes(), ["order.stage"]);
    shop.act(move |tx| sales::cancel(tx, Id::from_raw(id), None).map(|()| id)).unwrap();
    let late = shop.press("order", "annotate", id, Inputs::default());
    assert_eq!(late.unwrap_err().codes(), ["order.stage"]);
}

#[test]
fn an_order_without_lines_is_not_confirmed() {
    let shop = Shop::open();
    let id = shop.create(Order::DEF, json!({ "party": shop.party.to_string() })).unwrap();
    let refused = shop.act(move |tx| sales::confirm(tx, Id::from_raw(id)).map(|()| id));
    assert_eq!(refused.unwrap_err().codes(), ["order.empty"]);
    assert_eq!(shop.get::<Order>(id).stage, OrderStage::Draft);
}

#[test]
fn states_that_are_told_twice_change_once() {
    let shop = Shop::open();
    let id = order(&shop);
    let states = OrderStates {
        reservation: Progress::Full,
        delivery: Progress::Partial,
        invoicing: Progress::None,
        payment: PaymentState::Overdue,
        promised_on: None,
    };
    for changes in [true, false] {
        shop.act(move |tx| {
            assert_eq!(sales::set_states(tx, Id::from_raw(id), states)?, changes);
            Ok(id)
        })
        .unwrap();
    }
    let order = shop.get::<Order>(id);
    assert_eq!((order.version, order.payment), (2, PaymentState::Overdue));
}

#[test]
fn a_hold_says_why_and_is_one_of_its_kind() {
    let shop = Shop::open();
    let order = Id::<Order>::from_raw(order(&shop));
    let because = || Fault::new("line.negative").with("given", Quantity::units(7));
    let hold = move |tx: &mut kernel::Tx<'_>| {
        Ok(sales::open_hold(tx, order, HoldKind::Credit, &because(), "accountant")?.raw())
    };
    let first = shop.act(hold).unwrap();
    assert_eq!(shop.act(hold).unwrap(), first);
    let holds = shop.read(|tx| Ok(sales::open_holds(tx, order)?));
    assert_eq!(holds.len(), 1);
    assert_eq!(holds[0].version, 1);
    assert!(holds[0].says(Language::English).contains('7'));
    let actor = shop.actor.clone();
    shop.act(move |tx| {
        sales::release_hold(tx, &actor, Id::from_raw(first), Some("vu".into()))?;
        Ok(first)
    })
    .unwrap();
    assert!(shop.read(|tx| Ok(sales::open_holds(tx, order)?)).is_empty());
    let second = shop.act(hold).unwrap();
    assert_ne!(second, first);
    assert_eq!(shop.get::<sales::Hold>(first).released_by.as_deref(), Some("Hélène"));
}

#[test]
fn a_line_may_name_no_price_of_another_currency() {
    let shop = Shop::open();
    let price = json!({ "amount": "10", "currency": "USD" });
    let lines = json!([{ "product": shop.cloth.to_string(), "quantity": 1, "unit_price": price }]);
    let made = shop.create(Order::DEF, json!({ "party": shop.party.to_string(), "lines": lines }));
    let refused = made.unwrap_err();
    assert_eq!(refused.codes(), ["currency.other"]);
    assert_eq!(refused.0[0].field.as_deref(), Some("lines.0.unit_price"));
    assert!(
        shop.read(|tx| tx.find::<OrderLine>(kernel::Filter::everything()).map_err(Into::into))
            .is_empty()
    );
}
