use crm::interactions;
use crm::sales::{self, Opportunity, OpportunityStage, Order, Quote, QuoteState};
use kernel::{Entity, Id, Inputs, RawId};
use serde_json::json;

use crate::shop::{DAY, Shop, eur};

fn quote(shop: &Shop, more: serde_json::Value) -> RawId {
    let lines = json!([{ "product": shop.cloth.to_string(), "quantity": 10, "unit_price": "50" }]);
    let mut made = json!({ "party": shop.party.to_string(), "lines": lines,
        "deposit_rate": "0.3", "reference": "Chantier Nord" });
    made.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    shop.create(Quote::DEF, made).unwrap()
}

fn named() -> Inputs {
    Inputs::default().with("name", "Thibaut Delangre")
}

#[test]
fn an_accepted_quote_becomes_an_order_at_the_same_price_once() {
    let shop = Shop::open();
    let opportunity = json!({ "title": "Salle du haut", "party": shop.party.to_string() });
    let opportunity = shop.create(Opportunity::DEF, opportunity).unwrap();
    let id = quote(&shop, json!({ "opportunity": opportunity.to_string() }));
    assert_eq!(shop.get::<Quote>(id).number.as_deref(), Some("DE-2026-00001"));
    let early = shop.press("quote", "accept", id, named());
    assert_eq!(early.unwrap_err().codes(), ["quote.state"]);
    shop.press("quote", "send", id, Inputs::default()).unwrap();
    let order = shop.press("quote", "accept", id, named()).unwrap();
    assert_eq!(shop.press("quote", "accept", id, named()).unwrap(), order);

    let (quote, order) = (shop.get::<Quote>(id), shop.get::<Order>(order));
    assert_eq!((quote.state, quote.total), (QuoteState::Accepted, eur(60_000)));
    assert_eq!(quote.accepted_by.as_deref(), Some("Thibaut Delangre"));
    assert_eq!((order.total, order.margin), (quote.total, quote.margin));
    assert_eq!((order.quote, order.deposit_rate), (Some(quote.id), quote.deposit_rate));
    assert_eq!(order.reference.as_deref(), Some("Chantier Nord"));
    assert_eq!(order.number.as_deref(), Some("CC-2026-00001"));
    assert_eq!(shop.get::<Opportunity>(opportunity).stage, OpportunityStage::Won);
    let said: Vec<String> = shop.read(|tx| {
        let lines = interactions::timeline(tx, shop.party, 10)?;
        Ok(lines.iter().map(|line| line.says(kernel::Language::English)).collect())
    });
    let told = [
        "Quote DE-2026-00001 accepted",
        "Opportunity won: Salle du haut",
        "Quote DE-2026-00001 sent",
    ];
    assert_eq!(said, told);
}

#[test]
fn who_holds_the_link_finds_the_quote_and_no_one_else() {
    let shop = Shop::open();
    let ids = [quote(&shop, json!({})), quote(&shop, json!({}))];
    let tokens = ids.map(|id| {
        shop.press("quote", "send", id, Inputs::default()).unwrap();
        shop.get::<Quote>(id).acceptance_token.clone().unwrap()
    });
    assert_ne!(tokens[0], tokens[1]);
    assert_eq!(tokens[0].len(), 64);
    let found = |token: &str| shop.read(|tx| Ok(sales::quote_by_token(tx, token)?));
    assert_eq!(found(&tokens[0]).unwrap().id.raw(), ids[0]);
    assert!(found("").is_none() && found(&tokens[0][1..]).is_none());
}

#[test]
fn a_quote_is_accepted_until_its_last_day() {
    let shop = Shop::open();
    let id = quote(&shop, json!({ "valid_until": "2026-11-30" }));
    shop.press("quote", "send", id, Inputs::default()).unwrap();
    shop.wait(6 * DAY);
    shop.act(move |tx| {
        assert_eq!(sales::expire(tx)?, 0);
        Ok(id)
    })
    .unwrap();
    shop.wait(DAY);
    let late = shop.press("quote", "accept", id, named());
    assert_eq!(late.unwrap_err().codes(), ["quote.expired"]);
    shop.act(move |tx| {
        assert_eq!(sales::expire(tx)?, 1);
        assert_eq!(sales::expire(tx)?, 0);
        Ok(id)
    })
    .unwrap();
    assert_eq!(shop.get::<Quote>(id).state, QuoteState::Expired);
}

#[test]
fn a_revision_takes_the_place_of_the_quote_sent() {
    let shop = Shop::open();
    let id = quote(&shop, json!({}));
    let draft = shop.press("quote", "revise", id, Inputs::default());
    assert_eq!(draft.unwrap_err().codes(), ["quote.state"]);
    shop.press("quote", "send", id, Inputs::default()).unwrap();
    let sent = shop.update(Quote::DEF, id, json!({ "subject": "Autre" }));
    assert_eq!(sent.unwrap_err().codes(), ["quote.sent"]);
    assert!(shop.offers(Quote::DEF, "revise", id));
    let second = shop.press("quote", "revise", id, Inputs::default()).unwrap();
    let quote = shop.get::<Quote>(second);
    assert_eq!(quote.number.as_deref(), Some("DE-2026-00001-2"));
    assert_eq!((quote.revision, quote.state), (2, QuoteState::Draft));
    assert_eq!((quote.previous, quote.total), (Some(Id::from_raw(id)), eur(60_000)));
    assert!(quote.acceptance_token.is_none());
    assert_eq!(shop.get::<Quote>(id).state, QuoteState::Superseded);
    let old = shop.press("quote", "accept", id, named());
    assert_eq!(old.unwrap_err().codes(), ["quote.state"]);
    shop.update(Quote::DEF, second, json!({ "subject": "Autre" })).unwrap();
}

#[test]
fn nothing_is_not_sent_and_a_refusal_keeps_its_reason() {
    let shop = Shop::open();
    let empty = shop.create(Quote::DEF, json!({ "party": shop.party.to_string() })).unwrap();
    let sent = shop.press("quote", "send", empty, Inputs::default());
    assert_eq!(sent.unwrap_err().codes(), ["quote.empty"]);
    let id = quote(&shop, json!({}));
    shop.press("quote", "send", id, Inputs::default()).unwrap();
    shop.press("quote", "refuse", id, Inputs::default().with("reason", "Trop cher")).unwrap();
    let quote = shop.get::<Quote>(id);
    assert_eq!(quote.state, QuoteState::Refused);
    assert_eq!(quote.refused_reason.as_deref(), Some("Trop cher"));
}
