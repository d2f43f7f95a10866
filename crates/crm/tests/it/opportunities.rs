use crm::sales::{Opportunity, OpportunityStage, StageChange};
use kernel::{Entity, Id, Inputs, Rate};
use serde_json::json;

use crate::shop::Shop;

#[test]
fn an_opportunity_leaves_a_row_for_each_step() {
    let shop = Shop::open();
    let made =
        json!({ "title": "Salle du haut", "party": shop.party.to_string(), "amount": "2400" });
    let id = shop.create(Opportunity::DEF, made).unwrap();
    assert_eq!(shop.get::<Opportunity>(id).number.as_deref(), Some("OP-2026-00001"));
    assert_eq!(shop.get::<Opportunity>(id).chance(), Rate::percent(10));
    shop.press("opportunity", "advance", id, Inputs::default()).unwrap();
    let to = Inputs::default().with("stage", "negotiation");
    shop.press("opportunity", "advance", id, to).unwrap();
    assert!(!shop.offers(Opportunity::DEF, "advance", id));
    let past = shop.press("opportunity", "advance", id, Inputs::default());
    assert_eq!(past.unwrap_err().codes(), ["opportunity.stage"]);
    let silent = shop.press("opportunity", "lose", id, Inputs::default());
    assert_eq!(silent.unwrap_err().codes(), ["field.required"]);
    let why = Inputs::default().with("reason", "Parti chez un autre");
    shop.press("opportunity", "lose", id, why).unwrap();
    assert!(!shop.offers(Opportunity::DEF, "win", id));
    let lost = shop.get::<Opportunity>(id);
    assert_eq!(lost.lost_reason.as_deref(), Some("Parti chez un autre"));
    let steps = shop.read(|tx| Ok(tx.find(StageChange::OPPORTUNITY.is(&Id::from_raw(id)))?));
    let steps: Vec<_> = steps.iter().map(|step| (step.from_stage, step.to_stage)).collect();
    use OpportunityStage::{Lost, Negotiation, New, Qualified};
    let path = [
        (None, New),
        (Some(New), Qualified),
        (Some(Qualified), Negotiation),
        (Some(Negotiation), Lost),
    ];
    assert_eq!(steps, path);
}

#[test]
fn a_stage_is_not_set_by_hand() {
    let shop = Shop::open();
    let made = json!({ "title": "x", "party": shop.party.to_string(), "stage": "won" });
    let refused = shop.create(Opportunity::DEF, made).unwrap_err();
    assert_eq!(refused.codes(), ["field.system"]);
    let to = Inputs::default().with("stage", "won");
    let id = json!({ "title": "x", "party": shop.party.to_string() });
    let id = shop.create(Opportunity::DEF, id).unwrap();
    let jump = shop.press("opportunity", "advance", id, to);
    assert_eq!(jump.unwrap_err().codes(), ["opportunity.stage"]);
}
