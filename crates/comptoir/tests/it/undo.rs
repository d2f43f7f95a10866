//! What is confirmed or told by processes, and the way back from it.

use comptoir::bench::lane::{InProcess, Lane};
use comptoir::bench::world::World;
use crm::sales::{Opportunity, OpportunityStage, StageChange};
use kernel::{Actor, Door, Entity, Faults, Id, Origin, RawId, undo};
use serde_json::{Value as Json, json};
use store::{Call, Location, Store};

struct House {
    world: World,
    actor: Actor,
}

impl House {
    fn open() -> (Self, InProcess) {
        let store = Store::open(comptoir::catalog(), &Location::Temporary).expect("a database");
        let world = World::found(store).expect("a company");
        let actor = Actor::house(world.company, Door::Web);
        let lane = InProcess { store: world.store.clone(), actor: actor.clone() };
        (Self { world, actor }, lane)
    }

    /// The line of the audit of what was last done to a record.
    fn last(&self, entity: &'static str, id: &str) -> i64 {
        let about = Origin { entity, id: RawId::parse(id).expect("an id") };
        self.world.store.audit(self.world.company, about, 1).expect("the audit")[0].seq
    }

    fn take_back(&self, seq: i64) -> Result<(), Faults> {
        let store = &self.world.store;
        let done = store.command_lines(self.world.company, seq)?;
        let told = done.iter().filter_map(|done| {
            undo::Deed::told(done.about, &done.line.verb, done.line.at, &done.line.changes)
        });
        let (deeds, actor): (Vec<_>, _) = (told.collect(), self.actor.clone());
        let catalog = store.catalog();
        let undone = store.command(Call::new(actor.clone()), move |tx| {
            undo::undo(catalog, tx, &actor, &deeds)?;
            Ok(Json::Null)
        });
        undone.map(drop)
    }

    fn stage(&self, id: &str) -> (OpportunityStage, usize) {
        let id: Id<Opportunity> = Id::from_raw(RawId::parse(id).expect("an id"));
        let read = self.world.store.read(&self.actor, |tx| {
            Ok((tx.get(id)?.stage, tx.find(StageChange::OPPORTUNITY.is(&id))?.len()))
        });
        read.expect("an opportunity")
    }
}

#[test]
fn a_step_is_taken_back_with_its_trace_unless_another_followed() {
    let (house, mut lane) = House::open();
    let body = json!({ "title": "Linge", "party": house.world.parties[0] });
    let id = lane.create("opportunity", body, "made").expect("made");
    let made = house.last(Opportunity::NAME, &id);
    let step = |lane: &mut InProcess, stage: &str| {
        lane.act("opportunity", &id, "advance", json!({ "stage": stage }), stage).expect("a step");
        house.last(Opportunity::NAME, &id)
    };
    let first = step(&mut lane, "qualified");
    let second = step(&mut lane, "proposal");
    assert_eq!(house.stage(&id), (OpportunityStage::Proposal, 3));
    assert!(house.take_back(first).expect_err("moved on").has("undo.moved"));
    house.take_back(second).expect("taken back");
    assert_eq!(house.stage(&id), (OpportunityStage::Qualified, 2));
    house.take_back(first).expect("taken back");
    assert_eq!(house.stage(&id), (OpportunityStage::New, 1));
    house.take_back(made).expect("taken back");
    let gone = house
        .world
        .store
        .read(&house.actor, |tx| Ok(tx.row(Opportunity::DEF, RawId::parse(&id)?)?.is_none()));
    assert!(gone.expect("a read"));
}

#[test]
fn what_is_confirmed_says_its_lawful_way_back() {
    let (house, mut lane) = House::open();
    let line = json!({ "product": house.world.products[0], "quantity": "1" });
    let order = json!({ "party": house.world.parties[0], "lines": [line] });
    let id = lane.create("order", order, "made").expect("an order");
    let made = house.last("order", &id);
    lane.act("order", &id, "confirm", json!({}), "confirmed").expect("confirmed");
    let confirmed = house.last("order", &id);
    for seq in [made, confirmed] {
        let refused = house.take_back(seq).expect_err("refused");
        assert!(refused.has("order.confirmed") || refused.has("undo.kept"), "{refused:?}");
    }
    let catalog = house.world.store.catalog();
    let def = catalog.entity("order").expect("orders");
    let row = house.world.store.read(&house.actor, |tx| Ok(tx.row(def, RawId::parse(&id)?)?));
    let row = row.expect("a read").expect("an order");
    let ways: Vec<&str> = undo::ways_back(catalog, def, &row).map(|act| act.name).collect();
    assert_eq!(ways, ["cancel"]);
}
