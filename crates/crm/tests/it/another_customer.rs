//! A draft that changes hands.

use crm::sales::{self, Opportunity, Order, OrderLine, Quote, quote};
use kernel::{Entity, Id, Inputs, Kept, Rate, RawId};
use master::{Party, PaymentTerm, PriceList, Tax};
use serde_json::{Value as Json, json};

use crate::shop::{Shop, eur};

/// A German company with a price list and a term of its own.
fn berlin(shop: &Shop) -> RawId {
    let lines = json!([{ "product": shop.cloth.to_string(), "price": "50" }]);
    let list = json!({ "code": "de", "name": "Allemagne", "discount": "0.1", "lines": lines });
    let list = shop.create(PriceList::DEF, list).unwrap();
    let term = json!({ "code": "J10", "name": "10 jours", "days": 10 });
    let term = shop.create(PaymentTerm::DEF, term).unwrap();
    let party = json!({
        "name": "Berlin", "country": "DE", "vat_number": "DE136695976", "language": "en",
        "street": "Unter den Linden 1", "postcode": "10117", "city": "Berlin",
        "price_list": list.to_string(), "payment_term": term.to_string(),
    });
    shop.create(Party::DEF, party).unwrap()
}

fn draft(shop: &Shop, more: Json) -> RawId {
    let lines = json!([
        { "product": shop.cloth.to_string(), "quantity": "2" },
        { "product": shop.delivery.to_string(), "quantity": 1, "unit_price": "15" },
    ]);
    let mut made = json!({ "party": shop.party.to_string(), "lines": lines });
    made.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    shop.create(Order::DEF, made).unwrap()
}

fn lines(shop: &Shop, order: RawId) -> Vec<Kept<OrderLine>> {
    shop.read(|tx| Ok(sales::lines(tx, Id::from_raw(order))?))
}

fn tax(shop: &Shop, line: &OrderLine) -> String {
    shop.get::<Tax>(line.tax.unwrap().raw()).code.clone()
}

#[test]
fn what_came_of_the_former_customer_follows_the_new_one_and_what_was_typed_stays() {
    let shop = Shop::open();
    let (berlin, id) = (berlin(&shop), draft(&shop, json!({})));
    let former = shop.get::<Order>(id);
    assert_eq!((former.net, former.tax_amount), (eur(13_100), eur(2_620)));
    shop.update(Order::DEF, id, json!({ "party": berlin.to_string() })).unwrap();

    let order = shop.get::<Order>(id);
    // 2 × 50.00 of its list and 15.00 by hand, without VAT.
    assert_eq!((order.net, order.tax_amount), (eur(11_500), eur(0)));
    let lines = lines(&shop, id);
    let taxes: Vec<String> = lines.iter().map(|line| tax(&shop, line)).collect();
    assert_eq!(taxes, ["INTRA", "REVERSE"]);
    assert_eq!(lines[0].description.as_deref(), Some("Product NAP-1"));
    assert_eq!(lines[1].discount, None, "the price was typed: no discount of a list is added");
    assert_eq!(order.payment_term, shop.get::<Party>(berlin).payment_term);
    assert_eq!(order.delivery_name.as_deref(), Some("Berlin"));
    assert_eq!(order.delivery_street.as_deref(), Some("Unter den Linden 1"));
    assert_eq!(order.delivery_country.as_deref(), Some("DE"));

    // And back: it is the first order again, but for the price typed.
    shop.update(Order::DEF, id, json!({ "party": shop.party.to_string() })).unwrap();
    let back = shop.get::<Order>(id);
    assert_eq!((back.net, back.total), (former.net, former.total));
    assert_eq!(back.payment_term, former.payment_term);
    assert_eq!(back.delivery_name, former.delivery_name);
    assert_eq!(back.delivery_street, former.delivery_street);
}

#[test]
fn an_edit_that_keeps_the_customer_changes_no_price_and_a_place_typed_stays() {
    let shop = Shop::open();
    let berlin = berlin(&shop);
    let site = json!({ "delivery_name": "Chantier", "delivery_street": "Quai Sud" });
    let id = draft(&shop, site);
    let raise = json!({ "price": "70" });
    shop.update(master::Product::DEF, shop.cloth.raw(), raise).unwrap();
    shop.update(Order::DEF, id, json!({ "reference": "BC 9" })).unwrap();
    assert_eq!(shop.get::<Order>(id).net, eur(13_100), "the price offered holds");
    shop.update(Order::DEF, id, json!({ "party": berlin.to_string() })).unwrap();
    let order = shop.get::<Order>(id);
    assert_eq!(order.delivery_name.as_deref(), Some("Chantier"));
    assert_eq!(order.delivery_street.as_deref(), Some("Quai Sud"));
}

#[test]
fn a_rate_chosen_by_hand_does_not_pass_to_one_who_is_taxed_otherwise() {
    let shop = Shop::open();
    let (berlin, id) = (berlin(&shop), draft(&shop, json!({})));
    let reduced = shop.read(|tx| Ok(tx.first(Tax::CODE.is(&"FR10".to_owned()))?.unwrap().id));
    let [first, second] = <[Kept<OrderLine>; 2]>::try_from(lines(&shop, id)).unwrap();
    let kept = json!({ "id": first.id.to_string() });
    let chosen = json!({ "id": second.id.to_string(), "tax": reduced.to_string() });
    shop.update(Order::DEF, id, json!({ "lines": [kept, chosen] })).unwrap();
    let refused = shop.update(Order::DEF, id, json!({ "party": berlin.to_string() })).unwrap_err();
    assert_eq!(refused.codes(), ["tax.by_hand"]);
    assert_eq!(refused.0[0].field.as_deref(), Some("lines.1.tax"));
    assert_eq!(shop.get::<Order>(id).party, shop.party, "nothing changed");

    // To a customer taxed in the same way it stays.
    let other = shop.create(Party::DEF, json!({ "name": "Auberge" })).unwrap();
    shop.update(Order::DEF, id, json!({ "party": other.to_string() })).unwrap();
    assert_eq!(tax(&shop, &lines(&shop, id)[1]), "FR10");

    // Emptied, it follows.
    let emptied = json!({ "id": second.id.to_string(), "tax": null });
    let given = json!({ "party": berlin.to_string(), "lines": [kept, emptied] });
    shop.update(Order::DEF, id, given).unwrap();
    assert_eq!(tax(&shop, &lines(&shop, id)[1]), "REVERSE");
}

#[test]
fn a_quote_follows_its_customer_and_does_not_win_the_opportunity_of_another() {
    let shop = Shop::open();
    let berlin = berlin(&shop);
    let opportunity = json!({ "title": "Salle du haut", "party": shop.party.to_string() });
    let opportunity = shop.create(Opportunity::DEF, opportunity).unwrap();
    let line = json!({ "product": shop.cloth.to_string(), "quantity": 1, "discount": "0.2" });
    let made = json!({ "party": shop.party.to_string(), "lines": [line],
        "opportunity": opportunity.to_string() });
    let id = shop.create(Quote::DEF, made).unwrap();
    let moved = json!({ "party": berlin.to_string() });
    let refused = shop.update(Quote::DEF, id, moved).unwrap_err();
    assert_eq!(refused.codes(), ["quote.opportunity"]);
    let freed = json!({ "party": berlin.to_string(), "opportunity": null });
    shop.update(Quote::DEF, id, freed).unwrap();
    let quoted = shop.get::<Quote>(id);
    // The discount was granted by hand: price and discount stay, 58.00 less a fifth.
    assert_eq!((quoted.net, quoted.tax_amount), (eur(4_640), eur(0)));
    assert_eq!(quoted.payment_term, shop.get::<Party>(berlin).payment_term);
    let lines = shop.read(|tx| Ok(quote::lines(tx, Id::from_raw(id))?));
    assert_eq!(lines[0].discount, Some(Rate::percent(20)));
}

#[test]
fn the_order_of_an_accepted_quote_keeps_its_customer() {
    let shop = Shop::open();
    let berlin = berlin(&shop);
    let line = json!({ "product": shop.cloth.to_string(), "quantity": 1 });
    let made = json!({ "party": shop.party.to_string(), "lines": [line] });
    let id = shop.create(Quote::DEF, made).unwrap();
    shop.press("quote", "send", id, Inputs::default()).unwrap();
    let name = Inputs::default().with("name", "Thibaut Delangre");
    let order = shop.press("quote", "accept", id, name).unwrap();
    let refused = shop.update(Order::DEF, order, json!({ "party": berlin.to_string() }));
    let refused = refused.unwrap_err();
    assert_eq!(refused.codes(), ["order.quoted"]);
    assert_eq!(refused.0[0].field.as_deref(), Some("party"));
}
