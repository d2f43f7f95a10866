//! What takes two persons, at the doors: a request, its approval, and what is refused.

use axum::http::StatusCode;
use erp::finance::Payment;
use identity::{AccessRole, Role, approval};
use kernel::{Actor, Door, Filter, Id, LongText, RawId};
use master::Party;
use serde_json::{Value as Json, json};

use crate::rights::{World, person};

/// A house with two owners.
fn house() -> World {
    let mut world = World::open();
    let second = person(&world.store, world.company, "second", Role::Owner);
    world.people.insert("second".to_owned(), second);
    world
}

async fn role(world: &World, key: &str) -> String {
    let (_, roles) =
        world.api("owner", "GET", &format!("/api/access_roles?key={key}"), &Json::Null).await;
    format!("/api/access_roles/{}", roles["items"][0]["id"].as_str().unwrap())
}

fn address(body: &Json) -> String {
    body["approval"]["href"].as_str().unwrap_or_else(|| panic!("no approval: {body}")).to_owned()
}

fn code(body: &Json) -> &str {
    body["faults"][0]["code"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asvs_2_3_5_a_change_of_rights_is_asked_by_one_owner_and_approved_by_another() {
    let world = house();
    let place = role(&world, "seller").await;
    let rules = json!({ "rules": "permit party.read" });
    let (status, body) = world.api("owner", "PATCH", &place, &rules).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    let approval = address(&body);
    let seller = world.api("seller", "GET", "/api/orders", &Json::Null).await.0;
    assert_eq!(seller, StatusCode::OK, "nothing has changed yet");
    let approve = format!("{approval}/approve");
    let (status, own) = world.api("owner", "POST", &approve, &json!({})).await;
    assert_eq!((status, code(&own)), (StatusCode::UNPROCESSABLE_ENTITY, "approval.own"));
    for other in ["accountant", "integrator", "seller"] {
        let (status, body) = world.api(other, "POST", &approve, &json!({})).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{other} {body}");
    }
    let (page, shown) = world.page("second", &approval.replace("/api", "")).await;
    assert_eq!(page, StatusCode::OK);
    assert!(shown.contains("permit party.read") && shown.contains("owner"), "{shown}");
    let (status, done) = world.api("second", "POST", &approve, &json!({})).await;
    assert_eq!((status, &done["record"]["state"]), (StatusCode::OK, &json!("approved")));
    let seller = world.api("seller", "GET", "/api/orders", &Json::Null).await.0;
    assert_eq!(seller, StatusCode::FORBIDDEN, "the change holds from the next request on");
    let (status, again) = world.api("second", "POST", &approve, &json!({})).await;
    assert_eq!((status, code(&again)), (StatusCode::UNPROCESSABLE_ENTITY, "approval.decided"));
    // Both names are in the audit, of the change and of its approval.
    let id = place.rsplit('/').next().unwrap();
    let trail = format!("/api/audit?entity=access_role&id={id}");
    let (_, trail) = world.api("owner", "GET", &trail, &Json::Null).await;
    assert!(trail.to_string().contains("second"), "{trail}");
    let (_, record) = world.api("owner", "GET", &approval, &Json::Null).await;
    assert_eq!(record["asked_by"], json!(world.people["owner"].0.to_string()));
    assert_eq!(record["decided_by"], json!(world.people["second"].0.to_string()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_moved_since_it_was_asked_is_not_done_and_what_is_withdrawn_neither() {
    let world = house();
    let place = role(&world, "buyer").await;
    let rules = json!({ "rules": "permit party.*" });
    let (_, body) = world.api("owner", "PATCH", &place, &rules).await;
    let approval = address(&body);
    let moved = world.store.command(world.house(), |tx| {
        let key = Some("buyer".to_owned());
        let role = tx.first(AccessRole::KEY.is(&key))?.unwrap();
        let mut role = tx.lock(role.id)?;
        role.rules = LongText("permit party.read".to_owned());
        tx.save(&role)?;
        Ok(Json::Null)
    });
    moved.unwrap();
    let (status, body) =
        world.api("second", "POST", &format!("{approval}/approve"), &json!({})).await;
    assert_eq!((status, code(&body)), (StatusCode::CONFLICT, "record.stale"));
    let (status, _) = world.api("owner", "POST", &format!("{approval}/withdraw"), &json!({})).await;
    assert_eq!(status, StatusCode::OK);
    let (_, record) = world.api("second", "GET", &approval, &Json::Null).await;
    assert_eq!(record["state"], json!("withdrawn"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn someone_new_and_a_role_given_wait_for_a_second_owner() {
    let world = house();
    let new = json!({
        "name": "Nina", "email": "nina@maison.example", "role": "owner", "language": "fr",
        "active": false,
    });
    let (status, body) = world.api("owner", "POST", "/api/users", &new).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    let (_, found) =
        world.api("owner", "GET", "/api/users?email=nina@maison.example", &Json::Null).await;
    assert_eq!(found["items"], json!([]), "she is not there yet");
    let approve = format!("{}/approve", address(&body));
    let (status, done) = world.api("second", "POST", &approve, &json!({})).await;
    assert_eq!((status, &done["made"]["entity"]), (StatusCode::OK, &json!("user")), "{done}");
    // A narrower role is given at once; a wider one waits.
    let seller = format!("/api/users/{}", world.people["owner"].0);
    let (status, _) = world.api("second", "PATCH", &seller, &json!({ "role": "seller" })).await;
    assert_eq!(status, StatusCode::OK);
    let (status, body) = world.api("second", "PATCH", &seller, &json!({ "role": "owner" })).await;
    assert!(matches!(status, StatusCode::OK | StatusCode::ACCEPTED), "{status} {body}");
}

/// A customer of the house.
fn customer(world: &World) -> Id<Party> {
    let made = world
        .store
        .command(world.house(), |tx| Ok(json!(tx.insert(&Party::named("Amarante"))?.to_string())));
    Id::from_raw(RawId::parse(made.unwrap().as_str().unwrap()).unwrap())
}

fn payments(world: &World) -> usize {
    let read = world.store.read(&Actor::house(world.company, Door::Console), |tx| {
        Ok(tx.find::<Payment>(Filter::everything())?.len())
    });
    read.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asvs_2_3_5_money_that_goes_out_waits_above_what_the_owner_sets() {
    let world = World::open();
    let party = customer(&world);
    let out = |cents: i64| {
        json!({
            "party": party.to_string(), "day": "2026-11-24", "method": "transfer",
            "amount": { "amount": format!("{}.{:02}", cents / 100, (cents % 100).abs()),
                "currency": "EUR" },
        })
    };
    let (status, body) = world.api("accountant", "POST", "/api/payments", &out(5_000)).await;
    assert_eq!(status, StatusCode::CREATED, "what comes in waits for nobody: {body}");
    let (status, body) = world.api("accountant", "POST", "/api/payments", &out(-5_000)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    assert_eq!(payments(&world), 1);
    let approve = format!("{}/approve", address(&body));
    let (status, done) = world.api("owner", "POST", &approve, &json!({})).await;
    assert_eq!((status, &done["made"]["entity"]), (StatusCode::OK, &json!("payment")), "{done}");
    assert_eq!(payments(&world), 2);
    // The owner lets small amounts through; with one owner, that is at once.
    let rule = json!({
        "kind": "payment", "asks": true, "above": { "amount": "100.00", "currency": "EUR" },
    });
    let (status, body) = world.api("owner", "POST", "/api/approval_rules", &rule).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    for (cents, expected) in [(-10_000, StatusCode::CREATED), (-10_001, StatusCode::ACCEPTED)] {
        let (status, body) = world.api("accountant", "POST", "/api/payments", &out(cents)).await;
        assert_eq!(status, expected, "{cents}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_home_page_approves_by_one_key_and_a_request_expires() {
    let world = house();
    let place = role(&world, "support").await;
    let rules = json!({ "rules": "permit party.*" });
    let (_, body) = world.api("owner", "PATCH", &place, &rules).await;
    let approval = address(&body);
    let page = approval.replace("/api", "");
    let (_, home) = world.page("second", "/").await;
    assert!(home.contains(&format!("{page}/do/approve")) && home.contains("data-key=\"a\""));
    let (_, own) = world.page("owner", "/").await;
    assert!(!own.contains(&format!("{page}/do/approve")), "nobody approves their own");
    let late = kernel::Instant(store::now().0 + (approval::DAYS + 1) * kernel::Instant::DAY);
    let id = Id::from_raw(RawId::parse(approval.rsplit('/').next().unwrap()).unwrap());
    let user = world.people["second"].0;
    let call = world.house().at(late);
    let done = world.store.command(call, move |tx| {
        let actor = Actor { user: Some(user.raw()), ..tx.actor().clone() };
        let action = comptoir::catalog().action("approval", "approve").unwrap();
        comptoir::catalog().run(tx, &actor, action, Id::raw(id), &kernel::Inputs::default())?;
        Ok(json!(tx.get::<identity::Approval>(id)?.state == identity::ApprovalState::Expired))
    });
    assert_eq!(done.unwrap(), json!(true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_warehouse_sees_no_cost_and_no_margin() {
    let world = World::open();
    let first = async |plural: &str| {
        let (_, all) =
            world.api("owner", "GET", &format!("/api/{plural}?limit=1"), &Json::Null).await;
        all["items"][0]["id"].as_str().unwrap_or_else(|| panic!("no {plural}")).to_owned()
    };
    let new = json!({
        "sku": "LIN-1", "name": "Lin", "kind": "goods", "made": false, "archived": false,
        "unit": first("units").await, "tax": first("taxes").await,
        "price": { "amount": "20.00", "currency": "EUR" },
        "cost": { "amount": "12.34", "currency": "EUR" },
    });
    let (status, body) = world.api("owner", "POST", "/api/products", &new).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let id = body["id"].as_str().unwrap().to_owned();
    for (who, sees) in [("warehouse", false), ("production", false), ("buyer", true)] {
        let (_, record) = world.api(who, "GET", &format!("/api/products/{id}"), &Json::Null).await;
        assert_eq!(record.get("cost").is_some(), sees, "{who}: {record}");
        let (_, csv) = world.api(who, "GET", "/api/products.csv", &Json::Null).await;
        assert_eq!(csv.to_string().contains("12.34") || csv.to_string().contains("12,34"), sees);
        let (_, page) = world.page(who, &format!("/products/{id}")).await;
        assert_eq!(page.contains("12,34"), sees, "{who}");
        let (status, _) = world.api(who, "GET", "/api/valuations", &Json::Null).await;
        let reads = status == StatusCode::OK;
        assert!(reads == sees || who == "production" && !reads, "{who} {status}");
        let summed = world.store.read(&actor_of(&world, who), |tx| {
            Ok(tx.sql(
                "select cast(coalesce(sum(cost), 0) as bigint) from products \
                where company = $1",
                &[],
            )?)
        });
        assert_eq!(summed.unwrap()[0][0] == kernel::Value::from(0_i64), !sees, "{who}");
    }
}

/// Someone as the gate lets them in.
fn actor_of(world: &World, who: &str) -> Actor {
    let token = world.people[who].1.clone();
    let read = world.store.read(&Actor::house(world.company, Door::Console), move |tx| {
        Ok(identity::gate(tx, identity::Proof::Token(&token), Door::Rest)?)
    });
    read.unwrap()
}
