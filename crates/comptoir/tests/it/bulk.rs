//! Many records at once: changed or refused one by one, gone on with after a cut, taken back.

use std::collections::HashSet;

use comptoir::bench::lane::{InProcess, Lane};
use comptoir::bench::world::World;
use comptoir::bulk;
use comptoir::options::Database;
use identity::{User, grants_of};
use kernel::bulk::{BulkDeed, BulkJob, BulkRefusal, BulkState, start, take_back};
use kernel::{
    Actor, CompanyNumber, CustomField, CustomKind, Door, Entity, EntityDef, Id, Kept, Language,
    Origin, Query, RawId, Record,
};
use master::Party;
use serde_json::{Value as Json, json};
use store::{Call, Location, Store};
use tempfile::TempDir;

use crate::ground::{Client, Server, comptoir as command, found, until};

/// The person who owns the measured company.
fn owner(store: &Store, company: CompanyNumber) -> Actor {
    let house = Actor::house(company, Door::Console);
    let user = store.read(&house, |tx| Ok(tx.find(User::ACTIVE.is(&true))?.remove(0)));
    let user = user.expect("an owner");
    Actor {
        company,
        user: Some(user.id.raw()),
        name: user.name.as_str().into(),
        grants: grants_of(user.role),
        door: Door::Web,
        language: Language::French,
    }
}

fn ask(store: &Store, actor: &Actor, job: BulkJob, ids: Vec<RawId>) -> Id<BulkJob> {
    let made = store.command(Call::new(actor.clone()), move |tx| {
        Ok(Json::from(start(tx, &job, &ids)?.to_string()))
    });
    id_of(&made.expect("a job"))
}

fn ask_back(store: &Store, actor: &Actor, job: Id<BulkJob>) -> Id<BulkJob> {
    let made = store.command(Call::new(actor.clone()), move |tx| {
        Ok(Json::from(take_back(tx, job)?.to_string()))
    });
    id_of(&made.expect("a job that takes back"))
}

fn id_of<E>(made: &Json) -> Id<E> {
    Id::from_raw(RawId::parse(made.as_str().expect("an id")).expect("an id"))
}

fn ids(texts: &[String]) -> Vec<RawId> {
    texts.iter().map(|text| RawId::parse(text).expect("an id")).collect()
}

/// Runs what there is to run, to its end.
fn run(store: &Store, actor: &Actor, job: Id<BulkJob>) -> Kept<BulkJob> {
    while bulk::round(store).expect("a round") {}
    store.read(actor, |tx| Ok(tx.get(job)?)).expect("the job")
}

fn refusals(store: &Store, actor: &Actor, job: Id<BulkJob>) -> Vec<Kept<BulkRefusal>> {
    store.read(actor, |tx| Ok(tx.find(BulkRefusal::JOB.is(&job))?)).expect("the refusals")
}

fn all(store: &Store, actor: &Actor, def: &'static EntityDef) -> Vec<(RawId, Record)> {
    let rows = store.read(actor, |tx| Ok(tx.rows(Query::all(def))?)).expect("rows");
    rows.into_iter().map(|row| (row.id, row.values)).collect()
}

fn world(store: Store) -> (World, Actor) {
    let world = World::found(store).expect("a company");
    let actor = owner(&world.store, world.company);
    (world, actor)
}

/// Runs a test on the embedded database, and on PostgreSQL where there is one.
fn on_both(test: impl Fn(World, Actor)) {
    let run = |location: &Location, migrate: bool| {
        let store = Store::open(comptoir::catalog(), location).expect("a database");
        if migrate {
            store.migrate(comptoir::MIGRATIONS).expect("migrated");
            store.check_schema().expect("the described schema");
        }
        let (world, actor) = world(store);
        test(world, actor);
    };
    run(&Location::Temporary, false);
    let Ok(server) = std::env::var("COMPTOIR_TEST_POSTGRES") else {
        return eprintln!("skipped on PostgreSQL: COMPTOIR_TEST_POSTGRES is not set");
    };
    let name =
        format!("bulk_test_{:016x}", u64::from_be_bytes(store::random_bytes().expect("chance")));
    let (base, _) = server.rsplit_once('/').expect("an address");
    sql(&server, &format!("create database {name}"));
    run(&Location::Postgres(format!("{base}/{name}")), true);
    sql(&server, &format!("drop database {name} with (force)"));
}

fn sql(server: &str, statement: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let opened = tokio_postgres::connect(server, tokio_postgres::NoTls).await;
        let (client, connection) = opened.expect("a server");
        let connection = tokio::spawn(connection);
        client.batch_execute(statement).await.expect("done");
        drop(client);
        connection.await.expect("its end").expect("a clean end");
    });
}

/// Adds so many customers, and gives them all.
fn customers(store: &Store, actor: &Actor, count: usize) -> Vec<RawId> {
    let made = store.command(Call::new(actor.clone()), move |tx| {
        for number in 0..count {
            let code = Some(format!("K{number:05}"));
            let named = Party::named(&format!("Client {number}"));
            tx.insert(&Party { code, country: Some("FR".into()), customer: true, ..named })?;
        }
        Ok(Json::Null)
    });
    made.expect("customers");
    all(store, actor, Party::DEF).into_iter().map(|(id, _)| id).collect()
}

#[test]
fn a_field_is_set_on_all_but_what_is_gone_and_everything_comes_back() {
    on_both(|World { store, .. }, actor| {
        let mut wanted = customers(&store, &actor, 600);
        let before = all(&store, &actor, Party::DEF);
        let unknown = RawId::parse("00000000-0000-7000-8000-000000000001").expect("an id");
        wanted.insert(300, unknown);
        let content = json!({ "city": "Roubaix" });
        let job = BulkJob::new(Party::DEF, BulkDeed::Set, content, wanted.len());
        let job = ask(&store, &actor, job, wanted);
        let done = run(&store, &actor, job);
        assert_eq!((done.state, done.done, done.refused), (BulkState::Done, 650, 1));
        let refused = refusals(&store, &actor, job);
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].about, Origin { entity: Party::DEF.name, id: unknown });
        assert!(refused[0].reason_fr.0.contains("n’existe pas"), "{:?}", refused[0]);
        let rank = Party::DEF.rank("city").expect("a field");
        let now = all(&store, &actor, Party::DEF);
        assert!(now.iter().all(|(_, values)| values[rank] == "Roubaix".into()));
        // Someone moves one of them on: it is left alone, and told.
        let moved: Id<Party> = Id::from_raw(before[7].0);
        let other = store.command(Call::new(actor.clone()), move |tx| {
            let mut party = tx.lock(moved)?;
            party.city = Some("Lille".into());
            tx.save(&party)?;
            Ok(Json::Null)
        });
        other.expect("moved on");
        let back = ask_back(&store, &actor, job);
        let undone = run(&store, &actor, back);
        assert_eq!((undone.state, undone.done, undone.refused), (BulkState::Done, 649, 1));
        assert!(refusals(&store, &actor, back)[0].reason_en.0.contains("Lille"));
        let after = all(&store, &actor, Party::DEF);
        for (one, other) in before.iter().zip(&after).filter(|(one, _)| one.0 != moved.raw()) {
            assert_eq!(one, other);
        }
    });
}

#[test]
fn what_a_company_added_is_set_on_many_and_comes_back() {
    on_both(|World { store, .. }, actor| {
        let made = store.command(Call::new(actor.clone()), |tx| {
            let added = CustomField {
                entity: Party::DEF.name.to_owned(),
                name: "channel".into(),
                label_fr: "Canal".into(),
                label_en: "Channel".into(),
                kind: CustomKind::Text,
                values: None,
                required: false,
            };
            Ok(Json::from(tx.insert(&added)?.to_string()))
        });
        made.expect("a field");
        let wanted = customers(&store, &actor, 30);
        let extras = || -> Vec<Option<String>> {
            let rows = store.read(&actor, |tx| Ok(tx.rows(Query::all(Party::DEF))?));
            rows.expect("rows").into_iter().map(|row| row.extra).collect()
        };
        let before = extras();
        let content = json!({ "extra": { "channel": "Salon" } });
        let job = BulkJob::new(Party::DEF, BulkDeed::Set, content, wanted.len());
        let job = ask(&store, &actor, job, wanted);
        let done = run(&store, &actor, job);
        assert_eq!((done.state, done.refused), (BulkState::Done, 0));
        let salon = r#"{"channel":"Salon"}"#;
        assert!(extras().iter().all(|extra| extra.as_deref() == Some(salon)));
        let back = ask_back(&store, &actor, job);
        assert_eq!(run(&store, &actor, back).refused, 0);
        assert_eq!(extras(), before);
    });
}

#[test]
fn what_is_used_stays_the_rest_is_deleted_and_comes_back_as_it_was() {
    on_both(|world, actor| {
        let store = world.store.clone();
        let mut lane = InProcess { store: store.clone(), actor: actor.clone() };
        for rank in [0, 20, 49] {
            let line = json!({ "product": world.products[0], "quantity": "1" });
            let order = json!({ "party": world.parties[rank], "lines": [line] });
            lane.create("order", order, &format!("order {rank}")).expect("an order");
        }
        let before = all(&store, &actor, Party::DEF);
        let wanted = ids(&world.parties);
        let job = BulkJob::new(Party::DEF, BulkDeed::Delete, json!({}), wanted.len());
        let job = ask(&store, &actor, job, wanted);
        let done = run(&store, &actor, job);
        assert_eq!((done.done, done.refused), (47, 3));
        assert_eq!(all(&store, &actor, Party::DEF).len(), before.len() - 47);
        let back = ask_back(&store, &actor, job);
        let undone = run(&store, &actor, back);
        assert_eq!((undone.done, undone.refused), (47, 0));
        assert_eq!(all(&store, &actor, Party::DEF), before);
        // What is taken back is not taken back twice.
        let again = store.command(Call::new(actor.clone()), move |tx| {
            Ok(Json::from(take_back(tx, job)?.to_string()))
        });
        assert!(again.expect_err("refused").has("bulk.taken_back"));
        // But the taking back is, which deletes them again.
        let redone = ask_back(&store, &actor, back);
        assert_eq!(run(&store, &actor, redone).done, 47);
        assert_eq!(all(&store, &actor, Party::DEF).len(), before.len() - 47);
    });
}

#[test]
fn an_act_is_run_on_each_and_refused_where_it_has_no_place() {
    on_both(|world, actor| {
        let store = world.store.clone();
        let mut lane = InProcess { store: store.clone(), actor: actor.clone() };
        let mut orders = Vec::new();
        for rank in 0..4 {
            let line = json!({ "product": world.products[rank], "quantity": "1" });
            let order = json!({ "party": world.parties[rank], "lines": [line] });
            orders.push(lane.create("order", order, &format!("order {rank}")).expect("an order"));
        }
        lane.act("order", &orders[1], "confirm", json!({}), "one").expect("confirmed");
        let order = store.catalog().entity("order").expect("orders");
        let job = BulkJob::new(order, BulkDeed::Act, json!({ "act": "confirm" }), orders.len());
        let job = ask(&store, &actor, job, ids(&orders));
        let done = run(&store, &actor, job);
        assert_eq!((done.state, done.done, done.refused), (BulkState::Done, 3, 1));
        // What is confirmed has another way back: each says why it stays.
        let back = ask_back(&store, &actor, job);
        let undone = run(&store, &actor, back);
        assert_eq!((undone.state, undone.done, undone.refused), (BulkState::Done, 0, 3));
    });
}

#[test]
fn a_job_goes_no_further_than_the_rights_of_who_asked() {
    on_both(|World { store, company, parties, .. }, actor| {
        let wanted = ids(&parties);
        let job = BulkJob::new(Party::DEF, BulkDeed::Delete, json!({}), wanted.len());
        let job = ask(&store, &actor, job, wanted);
        let (user, house) = (actor.user.expect("a person"), Actor::house(company, Door::Console));
        let gone = store.command(Call::new(house), move |tx| {
            let mut user = tx.lock(Id::<User>::from_raw(user))?;
            user.active = false;
            tx.save(&user)?;
            Ok(Json::Null)
        });
        gone.expect("deactivated");
        let stopped = run(&store, &actor, job);
        assert_eq!((stopped.state, stopped.done), (BulkState::Stopped, 0));
        assert!(stopped.stopped.is_some());
    });
}

#[test]
fn a_job_goes_on_where_it_was_when_the_server_is_killed() {
    let folder = TempDir::new().expect("a folder");
    let company = found(folder.path());
    let database = Database { data: folder.path().to_owned(), ..Database::default() };
    let store = database.open().expect("a database");
    let actor = owner(&store, store.companies().expect("companies")[0]);
    let wanted = customers(&store, &actor, 8_000);
    let total = i64::try_from(wanted.len()).expect("a number");
    let content = json!({ "city": "Tourcoing" });
    let job = BulkJob::new(Party::DEF, BulkDeed::Set, content, wanted.len());
    let job = ask(&store, &actor, job, wanted);
    drop(store);
    let path = format!("/api/bulk_jobs/{job}");
    let mut cut = 0;
    loop {
        let server = Server::start(folder.path(), &[]);
        let client = Client::new(&server.base, &company.token);
        let before = client.get(&path).done()["done"].as_i64().expect("a number");
        let seen = until("progress", || {
            let job = client.get(&path).done();
            (job["done"].as_i64() > Some(before) || job["state"] == "done").then_some(job)
        });
        server.kill();
        cut += 1;
        if seen["state"] == "done" || cut > 200 {
            break;
        }
    }
    assert!(cut > 1, "it was over before it could be cut");
    let store = database.open().expect("a database");
    let done = store.read(&actor, |tx| Ok(tx.get(job)?)).expect("the job");
    assert_eq!((done.state, done.done, done.refused), (BulkState::Done, total, 0));
    // Each was changed once: its second version, and no other.
    let rows = store.read(&actor, |tx| Ok(tx.rows(Query::all(Party::DEF))?)).expect("rows");
    let versions: HashSet<i64> = rows.iter().map(|row| row.version).collect();
    assert_eq!(versions, HashSet::from([2]));
    drop(store);
    let doctor = command("doctor", folder.path()).output().expect("the doctor");
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
}
