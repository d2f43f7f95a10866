//! People who work together: named, given a task, told of what they follow; each alone reads it.

use comptoir::bench::world::World;
use crm::interactions::{self, Interaction};
use erp::finance::Payment;
use identity::{Role, User, grants_of, personal};
use kernel::edit::{self, Draft};
use kernel::{
    Actor, Condition, Door, Entity, Faults, Id, Inputs, Kept, Language, Origin, Outcome, Query,
    RawId,
};
use master::{Party, Product};
use serde_json::{Value as Json, json};
use store::{Call, Location, Store};
use web::together::{Follow, Notification, Why, tell};

use crate::ground::{OwnPostgres, until};

/// The company, with two people who may sign in.
struct Team {
    world: World,
    claire: Actor,
    didier: Actor,
}

/// Tells a story on the embedded database, then on PostgreSQL where there is one.
fn with_team(name: &str, story: impl Fn(Team)) {
    let store = Store::open(comptoir::catalog(), &Location::Temporary).expect("a database");
    story(Team::of(store));
    let Some(own) = OwnPostgres::new(name) else { return };
    let place = Location::Postgres(own.url.clone());
    let store = Store::open(comptoir::catalog(), &place).expect("a database");
    store.draw_schema().expect("the tables");
    story(Team::of(store));
    own.drop_it();
}

impl Team {
    fn of(store: Store) -> Self {
        let world = World::found(store).expect("a company");
        let enters = |name: &'static str, email: &'static str, role: Role| {
            let call = Call::new(Actor::house(world.company, Door::Console));
            let made = world.store.command(call, move |tx| {
                let id = tx.insert(&User { active: true, ..User::named(name, email, role) })?;
                Ok(json!(id.to_string()))
            });
            let id = RawId::parse(made.expect("made").as_str().expect("an id")).expect("an id");
            Actor {
                company: world.company,
                user: Some(id),
                name: name.into(),
                grants: grants_of(role),
                door: Door::Web,
                language: Language::French,
            }
        };
        let claire = enters("Claire Petit", "claire@maison.example", Role::Seller);
        let didier = enters("Didier Faure", "didier@maison.example", Role::Warehouse);
        let team = Self { world, claire, didier };
        team.told();
        team
    }

    fn store(&self) -> &Store {
        &self.world.store
    }

    /// Waits until everything that moved has been told: on PostgreSQL the audit stays behind the
    /// oldest transaction of the whole server.
    fn told(&self) {
        let company = self.world.company;
        let last = self.store().last_line(company).expect("the audit");
        until("what moved was told", || {
            tell::tell(self.store(), company).expect("told");
            let place = self.store().place(company, tell::CONSUMER).expect("a place");
            place.filter(|place| *place >= last)
        });
    }

    fn run(
        &self,
        actor: &Actor,
        work: impl Fn(&mut kernel::Tx<'_>, &Actor) -> Result<Json, Faults> + Send + Sync + 'static,
    ) -> Result<Json, Faults> {
        let who = actor.clone();
        self.store().command(Call::new(actor.clone()), move |tx| work(tx, &who))
    }

    /// Presses an act through the gate.
    fn press(
        &self,
        actor: &Actor,
        on: &'static str,
        act: &'static str,
        id: RawId,
        inputs: Inputs,
    ) -> Result<Json, Faults> {
        self.run(actor, move |tx, actor| {
            let catalog = comptoir::catalog();
            let action = catalog.action(on, act).expect("an act");
            let done: Outcome = catalog.run(tx, actor, action, id, &inputs);
            done.map(|_| Json::Null)
        })
    }

    /// Writes a line of a timeline, as REST and the form do.
    fn writes(&self, actor: &Actor, members: Json) -> Result<Id<Interaction>, Faults> {
        let made = self.run(actor, move |tx, actor| {
            let catalog = comptoir::catalog();
            let Json::Object(members) = &members else { unreachable!("an object") };
            let draft = Draft::of_json(catalog, Interaction::DEF, members, tx)?;
            let id = edit::create(catalog, tx, actor, Interaction::DEF, &draft)?;
            Ok(json!(id.to_string()))
        })?;
        Ok(Id::from_raw(RawId::parse(made.as_str().expect("an id")).expect("an id")))
    }

    fn renames(&self, actor: &Actor, party: Id<Party>, name: &'static str) {
        let done = self.run(actor, move |tx, _| {
            let mut party = tx.lock(party)?;
            party.name = name.into();
            tx.save(&party)?;
            Ok(Json::Null)
        });
        done.expect("renamed");
    }

    /// What this person is told of, the first first.
    fn told_to(&self, actor: &Actor) -> Vec<Kept<Notification>> {
        let seen = personal::visible(Notification::DEF, actor);
        let found =
            self.store().read(actor, |tx| Ok(tx.select(Query::all(Notification::DEF).only(seen))?));
        found.expect("notifications")
    }

    fn party(&self) -> Id<Party> {
        Id::from_raw(RawId::parse(&self.world.parties[0]).expect("an id"))
    }
    fn product(&self) -> Id<Product> {
        Id::from_raw(RawId::parse(&self.world.products[0]).expect("an id"))
    }
}

fn about(origin: Origin) -> Inputs {
    Inputs::default().with("about", origin)
}

#[test]
fn who_is_named_is_told_once_even_when_it_is_told_twice() {
    with_team("mention", |team| {
        let (company, product) = (team.world.company, Origin::of(team.product()));
        let before = team.store().last_line(company).expect("the audit");
        let note = json!({ "kind": "note", "about": product.to_string(),
            "subject": "À voir avec @didier faure, et @Claire Petit." });
        let note = team.writes(&team.claire, note).expect("written");
        team.told();
        tell::tell_after(team.store(), company, before).expect("told again");
        let told = team.told_to(&team.didier);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].why, told[0].about, told[0].times), (Why::Mentioned, product, 1));
        assert_eq!(told[0].who, "Claire Petit");
        // One who names oneself is not told; who writes about a record follows it.
        assert_eq!(team.told_to(&team.claire).len(), 0);
        let follows =
            team.store().read(&team.claire, |tx| Ok(tx.find(Follow::ABOUT.is(&product))?));
        let owners: Vec<RawId> =
            follows.expect("follows").iter().map(|follow| follow.owner.raw()).collect();
        assert_eq!(owners, [team.claire.user.expect("a user")]);
        // A product is of no partner: the note has none either.
        let note = team.store().read(&team.claire, |tx| Ok(tx.get(note)?)).expect("the note");
        assert_eq!((note.party, note.author.as_deref()), (None, Some("Claire Petit")));
    });
}

#[test]
fn changes_to_what_one_follows_are_folded_until_they_are_read() {
    with_team("follow", |team| {
        let party = Origin::of(team.party());
        let me = team.didier.user.expect("a user");
        for _ in 0..2 {
            team.press(&team.didier, "user", "follow", me, about(party)).expect("followed");
        }
        team.renames(&team.claire, team.party(), "Un");
        team.renames(&team.claire, team.party(), "Deux");
        team.renames(&team.didier, team.party(), "De moi");
        team.told();
        let told = team.told_to(&team.didier);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(
            (told[0].why, told[0].times, told[0].who.as_str()),
            (Why::Changed, 2, "Claire Petit")
        );
        let mark = |actor: &Actor| {
            let id = told[0].id.raw();
            team.press(actor, "notification", "mark_read", id, Inputs::default())
        };
        assert_eq!(mark(&team.claire).expect_err("not hers").codes(), ["together.owner"]);
        mark(&team.didier).expect("read");
        team.renames(&team.claire, team.party(), "Trois");
        team.told();
        let told = team.told_to(&team.didier);
        assert_eq!(told.iter().filter(|one| one.read_at.is_none()).count(), 1, "{told:?}");
        team.press(&team.didier, "user", "unfollow", me, about(party)).expect("unfollowed");
        team.renames(&team.claire, team.party(), "Quatre");
        team.told();
        assert_eq!(team.told_to(&team.didier).len(), told.len());
    });
}

#[test]
fn nobody_is_told_of_what_they_may_not_read() {
    with_team("unread", |team| {
        let payment = Origin { entity: Payment::DEF.name, id: team.party().raw() };
        let me = team.didier.user.expect("a user");
        let refused = team.press(&team.didier, "user", "follow", me, about(payment));
        assert_eq!(refused.expect_err("hidden").codes(), ["forbidden"]);
        let other = team.press(&team.claire, "user", "follow", me, about(Origin::of(team.party())));
        assert_eq!(other.expect_err("for another").codes(), ["together.owner"]);
        let house = Actor::house(team.world.company, Door::Console);
        let known = team.product();
        let forced = team.run(&house, move |tx, _| {
            let about = Origin { entity: Payment::DEF.name, id: known.raw() };
            tx.insert(&Follow { about, owner: Id::from_raw(me) })?;
            tx.insert(&Interaction {
                party: None,
                about: Some(about),
                kind: interactions::InteractionKind::Note,
                at: tx.now(),
                subject: "Pour @Didier Faure".into(),
                body: None,
                due_on: None,
                done: false,
                assignee: None,
                author: Some("Comptoir".into()),
                code: None,
            })?;
            Ok(Json::Null)
        });
        forced.expect("written");
        team.told();
        assert_eq!(team.told_to(&team.didier).len(), 0);
        let program = Actor { user: None, ..team.claire.clone() };
        assert_ne!(personal::visible(Notification::DEF, &program), Condition::Everything);
        let written = json!({ "kind": "note", "about": payment.to_string(), "subject": "Non" });
        let refused = team.writes(&team.didier, written);
        assert_eq!(refused.expect_err("hidden").codes(), ["forbidden"]);
    });
}

#[test]
fn a_task_goes_to_whoever_is_given_it_and_is_told_of_when_it_is_due() {
    with_team("task", |team| {
        let today = store::now().day();
        let user = Origin { entity: User::DEF.name, id: team.didier.user.expect("a user") };
        let task = json!({ "kind": "task", "about": Origin::of(team.party()).to_string(),
            "subject": "Préparer l’échantillon", "due_on": today.to_string(),
            "assignee": user.to_string() });
        let task = team.writes(&team.claire, task).expect("written");
        team.told();
        let told = team.told_to(&team.didier);
        assert_eq!(told.iter().map(|one| one.why).collect::<Vec<_>>(), [Why::Assigned]);
        // What is written about a partner is on its timeline too.
        let line = team.store().read(&team.claire, |tx| Ok(tx.get(task)?)).expect("the task");
        assert_eq!(line.party, Some(team.party()));
        let house = Actor::house(team.world.company, Door::Event);
        let count = || {
            let counted = team.run(&house, |tx, _| Ok(json!(tell::due(tx)?)));
            counted.expect("counted")
        };
        assert_eq!((count(), count()), (json!(1), json!(0)));
        // Finished and taken back, it stays the same task.
        let id = task.raw();
        team.press(&team.didier, "interaction", "finish", id, Inputs::default()).expect("finished");
        team.press(&team.didier, "interaction", "reopen", id, Inputs::default()).expect("reopened");
        let own = team.writes(&team.didier, json!({ "kind": "task", "subject": "Ranger" }));
        let own = own.expect("a task about nothing else");
        let own = team.store().read(&team.didier, |tx| Ok(tx.get(own)?)).expect("the task");
        assert_eq!(own.assignee, Some(user));
    });
}
