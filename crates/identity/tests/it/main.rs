//! Stories of the gate, on the embedded database.

use identity::{Proof, Role, User, gate};
use kernel::edit::{self, Draft};
use kernel::{
    Actor, Catalog, CompanyNumber, Currency, Door, Entity, Faults, Grants, Id, Instant, RawId, Tx,
};
use serde_json::json;
use store::{Call, Location, Store};

struct House {
    store: Store,
    actor: Actor,
    now: Instant,
}

const PASSWORD: &str = "trois lins écrus";

impl House {
    fn open() -> Self {
        let modules = vec![&kernel::MODULE, &identity::MODULE];
        let catalog: &'static Catalog = Box::leak(Box::new(Catalog { modules }));
        assert_eq!(catalog.mistakes(), Vec::<String>::new());
        let store = Store::open(catalog, &Location::Temporary).unwrap();
        let company: CompanyNumber = store.open_company(Currency::EUR).unwrap();
        Self { store, actor: Actor::house(company, Door::Console), now: store::now() }
    }
    fn act(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<String, Faults> + Send + Sync + 'static,
    ) -> Result<String, Faults> {
        let call = Call::new(self.actor.clone()).at(self.now);
        let answer = self.store.command(call, move |tx| Ok(json!(work(tx)?)))?;
        Ok(answer.as_str().unwrap().to_owned())
    }
    /// A user with a password.
    fn user(&self, email: &'static str, role: Role) -> Id<User> {
        let made = self.act(move |tx| {
            let id = tx.insert(&User::named("Hélène Aubrelle", email, role))?;
            identity::set_password(tx, id, PASSWORD, [7; 16])?;
            Ok(id.to_string())
        });
        Id::from_raw(RawId::parse(&made.unwrap()).unwrap())
    }
    fn signs_in(&self, email: &str, password: &str) -> bool {
        let signed = self.store.read(&self.actor, |tx| {
            identity::sign_in(tx, email, password).map(|user| user.id).map_err(Faults::from)
        });
        match signed {
            Ok(_) => true,
            Err(faults) => {
                assert_eq!(faults.codes(), ["sign_in.refused"]);
                false
            }
        }
    }
    fn enters(&self, proof: Proof<'_>) -> Result<Actor, Faults> {
        self.store.read(&self.actor, |tx| Ok(gate(tx, proof, Door::Web)?))
    }
    fn update(&self, actor: Actor, id: Id<User>, members: serde_json::Value) -> Result<(), Faults> {
        let catalog = self.store.catalog();
        self.act(move |tx| {
            let draft = Draft::of_json(catalog, User::DEF, members.as_object().unwrap(), tx)?;
            edit::update(catalog, tx, &actor, User::DEF, id.raw(), None, &draft)?;
            Ok(String::new())
        })
        .map(drop)
    }
}

#[test]
fn only_an_active_user_with_the_right_password_signs_in() {
    let house = House::open();
    let id = house.user("Helene@maison.example", Role::Seller);
    assert!(house.signs_in(" helene@MAISON.example ", PASSWORD));
    assert!(!house.signs_in("helene@maison.example", "trois lins ecrus"));
    assert!(!house.signs_in("inconnu@maison.example", PASSWORD));
    assert!(!house.signs_in("helene@maison.example", ""));
    house.update(house.actor.clone(), id, json!({ "active": false })).unwrap();
    assert!(!house.signs_in("helene@maison.example", PASSWORD));
}

#[test]
fn a_session_opens_the_gate_until_it_is_closed_or_too_old() {
    let house = House::open();
    let id = house.user("helene@maison.example", Role::Seller);
    let open = |chance: [u8; 32], at: Instant| {
        let call = Call::new(house.actor.clone()).at(at);
        let token =
            house.store.command(call, move |tx| Ok(json!(identity::open_session(tx, id, chance)?)));
        token.unwrap().as_str().unwrap().to_owned()
    };
    let token = open([1; 32], house.now);
    let actor = house.enters(Proof::Session(&token)).unwrap();
    assert_eq!((actor.user, &*actor.name), (Some(id.raw()), "Hélène Aubrelle"));
    assert!(actor.can("quote.send") && !actor.can("user.read"));
    assert_eq!(house.enters(Proof::Session("")).unwrap_err().codes(), ["sign_in.needed"]);
    assert_eq!(house.enters(Proof::Token(&token)).unwrap_err().codes(), ["sign_in.needed"]);

    let old = open([2; 32], Instant(house.now.0 - 8 * Instant::DAY));
    assert_eq!(house.enters(Proof::Session(&old)).unwrap_err().codes(), ["sign_in.needed"]);
    let swept = house.act(|tx| Ok(identity::session::sweep(tx)?.to_string())).unwrap();
    assert_eq!(swept, "1");

    let closed = token.clone();
    house.act(move |tx| identity::close_session(tx, &closed).map(|()| String::new())).unwrap();
    assert_eq!(house.enters(Proof::Session(&token)).unwrap_err().codes(), ["sign_in.needed"]);
}

#[test]
fn a_new_password_closes_the_sessions_of_the_old_one() {
    let house = House::open();
    let id = house.user("helene@maison.example", Role::Seller);
    let token = house.act(move |tx| identity::open_session(tx, id, [3; 32])).unwrap();
    house.enters(Proof::Session(&token)).unwrap();
    let catalog = house.store.catalog();
    let press = |password: &'static str| {
        let actor = house.actor.clone();
        house.act(move |tx| {
            let action = catalog.action("user", "set_password").unwrap();
            let inputs = kernel::Inputs::default().with("password", password);
            catalog.run(tx, &actor, action, id.raw(), &inputs).map(|_| String::new())
        })
    };
    assert_eq!(press("court").unwrap_err().codes(), ["password.short"]);
    assert!(house.signs_in("helene@maison.example", PASSWORD));
    press("sept paniers d'osier").unwrap();
    assert!(house.signs_in("helene@maison.example", "sept paniers d'osier"));
    assert!(!house.signs_in("helene@maison.example", PASSWORD));
    assert_eq!(house.enters(Proof::Session(&token)).unwrap_err().codes(), ["sign_in.needed"]);
}

#[test]
fn a_token_acts_for_its_user_until_it_is_revoked() {
    let house = House::open();
    let id = house.user("helene@maison.example", Role::Accountant);
    let nameless = house.act(move |tx| identity::issue_token(tx, id, " ", [4; 32], None));
    assert_eq!(nameless.unwrap_err().codes(), ["field.required"]);
    let token = house.act(move |tx| identity::issue_token(tx, id, "caisse", [4; 32], None));
    let token = token.unwrap();
    assert!(token.starts_with("cpt_"));
    assert!(house.enters(Proof::Token(&token)).unwrap().can("invoice.post"));
    assert!(house.enters(Proof::Session(&token)).is_err());
    house
        .act(|tx| {
            let id = tx.find(identity::ApiToken::NAME.is(&"caisse".to_owned()))?[0].id;
            identity::revoke_token(tx, id).map(|()| String::new())
        })
        .unwrap();
    assert_eq!(house.enters(Proof::Token(&token)).unwrap_err().codes(), ["sign_in.needed"]);
}

/// Someone who may edit people, and nothing else, becomes no owner: neither by their own role, nor
/// by the mail of an owner.
#[test]
fn only_an_owner_makes_an_owner_or_touches_one() {
    let house = House::open();
    let owner = house.user("helene@maison.example", Role::Owner);
    let clerk = house.user("zoe@maison.example", Role::Seller);
    let rights = Grants::new(["user.*", "user_role.*", "access_role.read"]);
    let by = Actor { user: Some(clerk.raw()), grants: rights, ..house.actor.clone() };
    for (whom, change) in [
        (clerk, json!({ "role": "owner" })),
        (owner, json!({ "email": "zoe@elsewhere.example" })),
        (owner, json!({ "active": false })),
    ] {
        let refused = house.update(by.clone(), whom, change.clone());
        assert_eq!(refused.unwrap_err().codes(), ["user.owners_only"], "{change}");
    }
    house.update(by, clerk, json!({ "name": "Zoé Petit" })).unwrap();
}

/// Whoever could come in as another who approves would approve what they ask for themselves.
#[test]
fn asvs_2_3_5_nobody_opens_the_door_of_one_who_approves_but_themselves() {
    let house = House::open();
    let owner = house.user("helene@maison.example", Role::Owner);
    let other = house.user("bastien@maison.example", Role::Owner);
    let seller = house.user("zoe@maison.example", Role::Seller);
    let token = house.act(move |tx| identity::issue_token(tx, owner, "clé", [4; 32], None));
    let by = house.enters(Proof::Token(&token.unwrap())).unwrap();
    let give = |whom: Id<User>| {
        let (by, catalog) = (by.clone(), house.store.catalog());
        let done = house.store.command(Call::new(by.clone()).at(house.now), move |tx| {
            let action = catalog.action("user", "set_password").unwrap();
            let inputs = kernel::Inputs::default().with("password", "sept paniers d'osier");
            catalog.run(tx, &by, action, whom.raw(), &inputs).map(|_| json!(null))
        });
        done.map(drop)
    };
    assert_eq!(give(other).unwrap_err().codes(), ["user.own_way"]);
    assert!(house.signs_in("bastien@maison.example", PASSWORD));
    give(owner).unwrap();
    give(seller).unwrap();
    let update = |whom: Id<User>, members: serde_json::Value| {
        let (by, catalog) = (by.clone(), house.store.catalog());
        let done = house.store.command(Call::new(by.clone()).at(house.now), move |tx| {
            let draft = Draft::of_json(catalog, User::DEF, members.as_object().unwrap(), tx)?;
            edit::update(catalog, tx, &by, User::DEF, whom.raw(), None, &draft)?;
            Ok(json!(null))
        });
        done.map(drop)
    };
    let mail = update(other, json!({ "email": "helene@elsewhere.example" }));
    assert_eq!(mail.unwrap_err().codes(), ["approval.needed"]);
    update(seller, json!({ "email": "zoe@elsewhere.example" })).unwrap();
    update(seller, json!({ "active": false })).unwrap();
    let back = update(seller, json!({ "active": true }));
    assert_eq!(back.unwrap_err().codes(), ["approval.needed"]);
}

#[test]
fn the_last_owner_does_not_lock_everyone_out() {
    let house = House::open();
    let id = house.user("helene@maison.example", Role::Owner);
    let owner = Actor { user: Some(id.raw()), ..house.actor.clone() };
    for change in [json!({ "role": "seller" }), json!({ "active": false })] {
        let refused = house.update(owner.clone(), id, change);
        assert_eq!(refused.unwrap_err().codes(), ["user.last_owner"]);
    }
    house.user("bastien@maison.example", Role::Owner);
    house.update(owner, id, json!({ "role": "seller" })).unwrap();
}
