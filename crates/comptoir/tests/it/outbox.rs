//! What the house does by itself: events answered, mornings.

use std::sync::Mutex;

use comptoir::bench::lane::{InProcess, Lane};
use comptoir::bench::world::World;
use comptoir::dispatch::{self, Consumer};
use comptoir::morning;
use comptoir::waiting::Waiting;
use crm::interactions::Interaction;
use crm::sales::{Order, PaymentState, Progress, Quote, QuoteState};
use erp::inventory::{self, LocationKind};
use kernel::{
    Actor, CompanyNumber, Currency, Day, Door, Entity, Faults, Id, Instant, Money, Origin, Price,
    Quantity, RawId, Tx,
};
use master::{Party, Product, Standing};
use serde_json::{Value as Json, json};
use store::{Call, Due, Location, Store, Told};

use crate::ground::{OwnPostgres, until};

/// Tells a story on the embedded database, then on PostgreSQL where there is one.
fn tell(name: &str, story: impl Fn(World)) {
    let store = Store::open(comptoir::catalog(), &Location::Temporary).expect("a database");
    story(World::found(store).expect("a company"));
    let Some(own) = OwnPostgres::new(name) else { return };
    let place = Location::Postgres(own.url.clone());
    let store = Store::open(comptoir::catalog(), &place).expect("a database");
    store.draw_schema().expect("the tables");
    story(World::found(store).expect("a company"));
    own.drop_it();
}

/// What the feed tells once it has told so many of the event: on PostgreSQL it stays behind the
/// oldest transaction of the whole server, other tests' included.
fn told(world: &World, event: &str, count: usize) -> Vec<Told> {
    until("the feed", || {
        let told = world.store.changes(world.company, 0, 10_000).expect("events");
        (told.iter().filter(|told| told.name == event).count() >= count).then_some(told)
    })
}

/// Runs a command and gives the id it tells.
fn run<E: 'static>(
    world: &World,
    work: fn(&mut Tx<'_>, RawId) -> Result<Id<E>, Faults>,
    on: RawId,
) -> Id<E> {
    let call = Call::new(Actor::house(world.company, Door::Console));
    let made = world.store.command(call, move |tx| Ok(Json::from(work(tx, on)?.to_string())));
    let made = made.expect("done");
    Id::from_raw(RawId::parse(made.as_str().expect("an id")).expect("an id"))
}

fn new_product(tx: &mut Tx<'_>, like: RawId) -> Result<Id<Product>, Faults> {
    let known = tx.get(Id::<Product>::from_raw(like))?;
    tx.insert(&Product { sku: "RARE".into(), ..known.into_inner() })
}

fn receive(tx: &mut Tx<'_>, product: RawId) -> Result<Id<Product>, Faults> {
    let product: Id<Product> = Id::from_raw(product);
    let stock = inventory::main_location(tx, LocationKind::Stock)?;
    let cost = Price::of_money(Money::new(60_00, Currency::EUR));
    inventory::receive(tx, product, stock, Quantity::units(5), cost, Origin::of(product))?;
    Ok(product)
}

fn reservation(world: &World, order: &str) -> Progress {
    let id: Id<Order> = Id::from_raw(RawId::parse(order).expect("an id"));
    let actor = Actor::house(world.company, Door::Console);
    world.store.read(&actor, |tx| Ok(tx.get(id)?.reservation)).expect("an order")
}

#[test]
fn goods_that_come_in_go_to_the_order_that_waits_for_them() {
    tell("goods", |world| {
        let known = RawId::parse(&world.products[0]).expect("an id");
        let product = run(&world, new_product, known);
        let actor = Actor::house(world.company, Door::Console);
        let mut lane = InProcess { store: world.store.clone(), actor };
        let line = json!({ "product": product.to_string(), "quantity": "3" });
        let body = json!({ "party": world.parties[0], "lines": [line] });
        let order = lane.create("order", body, "made").expect("an order");
        lane.act("order", &order, "confirm", json!({ "partial": true }), "confirmed")
            .expect("held");
        let consumers: [Box<dyn Consumer>; 1] = [Box::new(Waiting::new(world.store.clone()))];
        told(&world, "order.confirmed", 1);
        while dispatch::round(&world.store, &consumers) {}
        assert_eq!(reservation(&world, &order), Progress::None, "nothing has come yet");

        run(&world, receive, product.raw());
        let received = until("the receipt", || {
            let due = world.store.due(world.company, Waiting::NAME, store::now(), 100);
            due.expect("events").into_iter().find(|due| due.told.name == "stock.received")
        });
        assert!(dispatch::round(&world.store, &consumers));
        assert_eq!(reservation(&world, &order), Progress::Full);

        let order = RawId::parse(&order).expect("an id");
        let version = || {
            let actor = Actor::house(world.company, Door::Console);
            let row = world.store.read(&actor, |tx| Ok(tx.row(Order::DEF, order)?));
            row.expect("a reading").expect("an order").version
        };
        let before = version();
        consumers[0].handle(world.company, &received).expect("handled again");
        assert_eq!(version(), before, "the second time does nothing");
    });
}

/// Counts what it is given.
struct Counting(&'static Mutex<Vec<String>>);

impl Consumer for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }
    fn wants(&self, event: &str) -> bool {
        event == "stock.received"
    }
    fn handle(&self, _: CompanyNumber, due: &Due) -> Result<(), String> {
        self.0.lock().expect("the list").push(due.told.name.clone());
        Ok(())
    }
}

#[test]
fn a_consumer_is_given_what_it_wants_and_the_rest_is_passed_over() {
    tell("wants", |world| {
        static GIVEN: Mutex<Vec<String>> = Mutex::new(Vec::new());
        GIVEN.lock().expect("the list").clear();
        let actor = Actor::house(world.company, Door::Console);
        let mut lane = InProcess { store: world.store.clone(), actor };
        let line = json!({ "product": world.products[0], "quantity": "1" });
        let body = json!({ "party": world.parties[0], "lines": [line] });
        let order = lane.create("order", body, "made").expect("an order");
        lane.act("order", &order, "confirm", json!({}), "confirmed").expect("confirmed");
        let told = told(&world, "order.confirmed", 1);
        let wanted = told.iter().filter(|told| told.name == "stock.received").count();
        assert!(wanted > 0 && wanted < told.len(), "{wanted} of {}", told.len());
        let consumers: [Box<dyn Consumer>; 1] = [Box::new(Counting(&GIVEN))];
        while dispatch::round(&world.store, &consumers) {}
        assert_eq!(GIVEN.lock().expect("the list").len(), wanted);
        let left = world.store.due(world.company, "counting", store::now(), 100).expect("events");
        assert!(left.is_empty(), "{left:?}");
    });
}

#[test]
fn a_quote_that_nobody_accepted_expires_on_the_morning_after_once() {
    tell("expiry", |world| {
        let actor = Actor::house(world.company, Door::Console);
        let mut lane = InProcess { store: world.store.clone(), actor: actor.clone() };
        let line = json!({ "product": world.products[0], "quantity": "1" });
        let body = json!({
            "party": world.parties[0], "lines": [line], "valid_until": store::now().day().to_string(),
        });
        let quote = lane.create("quote", body, "made").expect("a quote");
        lane.act("quote", &quote, "send", json!({}), "sent").expect("sent");
        let quote: Id<Quote> = Id::from_raw(RawId::parse(&quote).expect("an id"));
        let state = || world.store.read(&actor, |tx| Ok(tx.get(quote)?.state)).expect("a quote");
        let today: Day = store::now().day();
        let at = |day: Day| Instant::noon(day);
        morning::work(&world.store, world.company, at(today)).expect("a morning");
        assert_eq!(state(), QuoteState::Sent, "it is valid all day");
        morning::work(&world.store, world.company, at(today + 1)).expect("a morning");
        assert_eq!(state(), QuoteState::Expired);
        morning::work(&world.store, world.company, at(today + 1)).expect("the same morning");
        let told = told(&world, "quote.expired", 1);
        assert_eq!(told.iter().filter(|told| told.name == "quote.expired").count(), 1);
        let facts = world.store.read(&actor, |tx| {
            let party = tx.get(quote)?.party;
            let lines = tx.find(Interaction::PARTY.has(&party))?;
            Ok(lines.into_iter().filter_map(|line| line.into_inner().code).collect::<Vec<_>>())
        });
        assert_eq!(facts.expect("the timeline"), ["quote.sent", "quote.expired"]);
    });
}

#[test]
fn a_customer_whose_invoice_fell_due_is_late_the_morning_after() {
    tell("late", |world| {
        let actor = Actor::house(world.company, Door::Console);
        let mut lane = InProcess { store: world.store.clone(), actor: actor.clone() };
        let line = json!({ "product": world.products[0], "quantity": "1" });
        let body = json!({ "party": world.parties[0], "lines": [line] });
        let order = lane.create("order", body, "made").expect("an order");
        lane.act("order", &order, "confirm", json!({}), "confirmed").expect("confirmed");
        let shipment =
            lane.act("order", &order, "prepare", json!({}), "prepared").expect("prepared");
        lane.act("shipment", &shipment, "ship", json!({}), "shipped").expect("shipped");
        lane.act("order", &order, "invoice", json!({}), "invoiced").expect("invoiced");
        let party: Id<Party> = Id::from_raw(RawId::parse(&world.parties[0]).expect("an id"));
        let order: Id<Order> = Id::from_raw(RawId::parse(&order).expect("an id"));
        let seen = || {
            let seen = world
                .store
                .read(&actor, |tx| Ok((tx.get(party)?.standing, tx.get(order)?.payment)));
            seen.expect("a customer and its order")
        };
        let at = |days: i32| Instant::noon(store::now().day() + days);
        morning::work(&world.store, world.company, at(1)).expect("a morning");
        assert_eq!(seen(), (Standing::Good, PaymentState::None));
        morning::work(&world.store, world.company, at(50)).expect("a later morning");
        assert_eq!(seen(), (Standing::Late, PaymentState::Overdue));
    });
}
