//! Every path of the API and every page of a kind of record, asked by every ready role and by roles
//! that reach a part of the company: the answer is what the rules say, and the records of another
//! company are not there.

use std::collections::HashMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use comptoir::opening::found;
use comptoir::serve::Face;
use identity::{
    AccessRole, Role, Team, TeamMember, User, UserRole, access, grants_of, issue_token,
    open_session,
};
use kernel::{Actor, Choice, CompanyNumber, Currency, Door, Id, Lines, LongText, Origin, RawId};
use master::{Address, AddressKind, Company, Party};
use serde_json::{Value as Json, json};
use store::{Call, Location, Store};
use tower::ServiceExt;
use web::live::Live;

pub(crate) struct World {
    pub(crate) store: Store,
    router: Router,
    pub(crate) company: CompanyNumber,
    /// The bearer token and the session of each person, by their name.
    pub(crate) people: HashMap<String, (Id<User>, String, String)>,
}

/// Someone with a role, a token and a session.
pub(crate) fn person(
    store: &Store,
    company: CompanyNumber,
    name: &str,
    role: Role,
) -> (Id<User>, String, String) {
    let chance: [[u8; 32]; 2] = [store::random_bytes().unwrap(), store::random_bytes().unwrap()];
    let name = name.to_owned();
    let made = store.command(Call::new(Actor::house(company, Door::Console)), move |tx| {
        let email = format!("{}@maison.example", name.to_lowercase());
        let user = User { active: true, ..User::named(&name, &email, role) };
        let id = tx.insert(&user)?;
        let token = issue_token(tx, id, "test", chance[0], None)?;
        let session = open_session(tx, id, chance[1])?;
        Ok(json!([id.to_string(), token, session]))
    });
    let made = made.unwrap();
    let text = |at: usize| made[at].as_str().unwrap().to_owned();
    (Id::from_raw(RawId::parse(&text(0)).unwrap()), text(1), text(2))
}

impl World {
    pub(crate) fn open() -> Self {
        let store = Store::open(comptoir::catalog(), &Location::Temporary).unwrap();
        let now = store::now();
        let named = |name: &str| Company { siren: None, ..Company::named(name) };
        let company = found(&store, Currency::EUR, named("Une"), &[now.day()], now).unwrap();
        let other = found(&store, Currency::EUR, named("Autre"), &[now.day()], now).unwrap();
        for one in [company, other] {
            let call = Call::new(Actor::house(one, Door::Console));
            let seeded = store.command(call, |tx| {
                access::seed(tx)?;
                Ok(Json::Null)
            });
            seeded.unwrap();
        }
        let mut people = HashMap::new();
        for (key, _) in Role::VALUES {
            let role = Role::of_name(key).unwrap();
            people.insert((*key).to_owned(), person(&store, company, key, role));
        }
        people.insert("stranger".to_owned(), person(&store, other, "stranger", Role::Owner));
        let router =
            comptoir::serve::router(store.clone(), Live::new(store.clone()), Face::default());
        Self { store, router, company, people }
    }

    pub(crate) fn house(&self) -> Call {
        Call::new(Actor::house(self.company, Door::Console))
    }

    /// Gives someone a further role of these rules.
    pub(crate) fn give(&mut self, name: &str, rules: &'static str) {
        let who = person(&self.store, self.company, name, Role::Custom);
        let (user, title) = (who.0, name.to_owned());
        let made = self.store.command(self.house(), move |tx| {
            let (name, rules) = (title.clone(), LongText(rules.to_owned()));
            let role = AccessRole { name, key: None, description: None, rules, active: true };
            let role = tx.insert(&role)?;
            tx.insert(&UserRole { user, role })?;
            Ok(Json::Null)
        });
        made.unwrap();
        self.people.insert(name.to_owned(), who);
    }

    pub(crate) async fn api(
        &self,
        who: &str,
        method: &str,
        path: &str,
        body: &Json,
    ) -> (StatusCode, Json) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.people[who].1))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        let (status, text) = self.send(request).await;
        (status, serde_json::from_str(&text).unwrap_or(Json::String(text)))
    }

    pub(crate) async fn page(&self, who: &str, path: &str) -> (StatusCode, String) {
        let cookie = format!("session={}", self.people[who].2);
        let request = Request::builder().uri(path).header(header::COOKIE, cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, String) {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), 50_000_000).await.unwrap();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }
}

const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

fn action(entity: &str, name: &str) -> bool {
    comptoir::catalog().action(entity, name).is_some()
}

/// The right that a path of the API asks, by the entity, the act and the method.
fn right_of(path: &str, method: &str) -> Option<String> {
    let parts: Vec<&str> = path.trim_start_matches("/api/").split('/').collect();
    let def = comptoir::catalog().plural(parts[0])?;
    let act = match (parts.get(1), parts.get(2), method) {
        (None, None, "get") | (Some(&"{id}"), None, "get") => "read",
        (None, None, "post") => "create",
        (Some(&"{id}"), None, "patch") => "update",
        (Some(&"{id}"), None, "delete") => "delete",
        (Some(&"{id}"), Some(act), "post") if action(def.name, act) => act,
        _ => return None,
    };
    Some(format!("{}.{act}", def.name))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asvs_8_2_1_every_path_of_the_api_answers_each_role_as_the_rules_say() {
    let world = World::open();
    let document = api::openapi::document(comptoir::catalog());
    let paths = document["paths"].as_object().unwrap();
    let (mut asked, mut others) = (0, Vec::new());
    for (path, methods) in paths {
        for (method, _) in methods.as_object().unwrap() {
            let Some(right) = right_of(path, method) else {
                others.push(format!("{method} {path}"));
                continue;
            };
            let address = path.replace("{id}", NOBODY);
            for (key, _) in Role::VALUES {
                let may = grants_of(Role::of_name(key).unwrap()).allow(&right);
                let (status, body) =
                    world.api(key, &method.to_uppercase(), &address, &json!({})).await;
                let code = body["faults"][0]["code"].as_str().or(body["code"].as_str());
                let refused = status == StatusCode::FORBIDDEN;
                assert_eq!(refused, !may, "{key} {method} {path}: {status} {code:?} {body}");
                if may && path.contains("{id}") {
                    // What is not there is not found, or the request is refused for what it lacks.
                    assert!(status.is_client_error(), "{key} {method} {path}: {status}");
                }
                asked += 1;
            }
        }
    }
    assert!(asked > 3_000, "{asked} questions");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asvs_8_2_2_every_list_shows_each_role_what_the_rules_say() {
    let world = World::open();
    let mut asked = 0;
    for def in comptoir::catalog().entities() {
        for (key, _) in Role::VALUES {
            let may = grants_of(Role::of_name(key).unwrap()).allow(&format!("{}.read", def.name));
            let (status, _) = world.page(key, &format!("/{}/{NOBODY}", def.plural)).await;
            let gone = status == StatusCode::NOT_FOUND;
            assert!(gone || !may, "{key} {}: {status}", def.plural);
            assert!(may || status != StatusCode::OK, "{key} reads {}", def.plural);
            asked += 1;
        }
    }
    assert!(asked > 500, "{asked} questions");
}

/// Four customers: one of `own`, one of `mate`, one of `team` who works with `mate`, one of nobody.
fn shared() -> (World, Vec<String>) {
    let mut world = World::open();
    world.give("own", "permit party.*, address.read to own");
    world.give("mate", "permit party.read to own");
    world.give("team", "permit party.* to team");
    world.give("blind", "permit party.*\nforbid party.city.read, party.phone.write");
    let (own, mate, team) = (world.people["own"].0, world.people["mate"].0, world.people["team"].0);
    let made = world.store.command(world.house(), move |tx| {
        let group = tx.insert(&Team { name: "Nord".into(), members: Lines::HERE })?;
        for user in [mate, team] {
            tx.insert(&TeamMember { team: group, user })?;
        }
        let mut ids = Vec::new();
        for (name, user) in [
            ("Amarante", Some(own)),
            ("Bergamote", Some(mate)),
            ("Camomille", Some(team)),
            ("Dahlia", None),
        ] {
            let responsible = user.map(Origin::of);
            let city = Some("Roanne".to_owned());
            let party = Party { responsible, city, ..Party::named(name) };
            let id = tx.insert(&party)?;
            tx.insert(&Address {
                party: id,
                label: Some(name.to_owned()),
                kind: AddressKind::Delivery,
                street: None,
                postcode: None,
                city: None,
                country: None,
            })?;
            ids.push(id.to_string());
        }
        Ok(json!(ids))
    });
    let made = made.unwrap();
    let ids = made.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned());
    let ids = ids.collect();
    (world, ids)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn own_team_and_other_are_told_apart_at_every_face() {
    let (world, ids) = shared();
    let names = ["Amarante", "Bergamote", "Camomille", "Dahlia"];
    for (who, sees) in [
        ("own", [true, false, false, false]),
        ("team", [false, true, true, false]),
        ("seller", [true; 4]),
        ("blind", [true; 4]),
        ("stranger", [false; 4]),
    ] {
        let (_, list) = world.api(who, "GET", "/api/parties?limit=100", &Json::Null).await;
        let (_, page) = world.page(who, "/parties").await;
        let (_, search) = world.page(who, "/parties?q=a").await;
        for ((id, name), sees) in ids.iter().zip(names).zip(sees) {
            assert_eq!(list.to_string().contains(name), sees, "{who} list {name}");
            assert_eq!(page.contains(name), sees, "{who} page {name}");
            assert!(sees || !search.contains(name), "{who} search {name}");
            let expected = if sees { StatusCode::OK } else { StatusCode::NOT_FOUND };
            let path = format!("/api/parties/{id}");
            assert_eq!(world.api(who, "GET", &path, &Json::Null).await.0, expected, "{who} {name}");
            let record = world.page(who, &format!("/parties/{id}")).await.0;
            assert_eq!(record, expected, "{who} page of {name}");
            let change = world.api(who, "PATCH", &path, &json!({ "sector": "Lin" })).await;
            assert_eq!(change.0, expected, "{who} changes {name}: {}", change.1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_belongs_to_a_record_is_seen_as_it_is() {
    let (world, ids) = shared();
    // The lines follow what holds them; an export and the feed tell no more than the list.
    let (_, lines) = world.api("own", "GET", "/api/addresses", &Json::Null).await;
    assert!(lines.to_string().contains("Amarante") && !lines.to_string().contains("Dahlia"));
    let (_, csv) = world.api("own", "GET", "/api/parties.csv", &Json::Null).await;
    assert!(csv.to_string().contains("Amarante") && !csv.to_string().contains("Dahlia"), "{csv}");
    let audit = format!("/api/audit?entity=party&id={}", ids[3]);
    assert_eq!(world.api("own", "GET", &audit, &Json::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_one_gives_away_what_they_may_not_change_and_what_one_makes_is_ones_own() {
    let (world, ids) = shared();
    let (own, mate) = (world.people["own"].0, world.people["mate"].0);
    let given = json!({ "responsible": format!("user/{mate}") });
    let (status, _) = world.api("own", "PATCH", &format!("/api/parties/{}", ids[0]), &given).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let new = json!({
        "name": "Épine", "kind": "company", "customer": true, "supplier": false, "language": "fr",
    });
    let (status, body) = world.api("own", "POST", "/api/parties", &new).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    assert_eq!(body["responsible"], json!(format!("user/{own}")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asvs_8_2_3_a_field_that_is_hidden_is_nowhere_and_one_that_is_locked_is_refused() {
    let (world, ids) = shared();
    let path = format!("/api/parties/{}", ids[0]);
    let (_, record) = world.api("blind", "GET", &path, &Json::Null).await;
    assert_eq!(record.get("city"), None, "{record}");
    let (status, _) = world.api("blind", "GET", "/api/parties?city=Roanne", &Json::Null).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    for (who, page) in [("blind", false), ("seller", true)] {
        let shown = world.page(who, &format!("/parties/{}", ids[3])).await.1;
        assert_eq!(shown.contains("Roanne"), page, "{who}");
    }
    let (_, audit) = world
        .api("blind", "GET", &format!("/api/audit?entity=party&id={}", ids[0]), &Json::Null)
        .await;
    assert!(!audit.to_string().contains("Roanne"), "{audit}");
    let (status, body) = world.api("blind", "PATCH", &path, &json!({ "phone": "0477" })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    assert!(body.to_string().contains("field.locked"), "{body}");
}

#[test]
fn the_ready_roles_name_rights_that_exist() {
    for (key, _) in Role::VALUES {
        let rules = identity::roles::ready_rules(Role::of_name(key).unwrap());
        let checked = kernel::rights::mistakes(comptoir::catalog(), rules);
        assert_eq!(checked, Ok(()), "{key}");
    }
}
