//! Secrets at rest: nothing in clear for who reads the database by itself, on both databases.

use kernel::{
    Actor, Catalog, Condition, Direction, Entity, Faults, Filter, Id, Kept, Module, Query, RawId,
    Rules, Tx,
};
use serde_json::Value as Json;
use store::{Call, Dialect, Embedded, Key, Location, Store};

use crate::world::actor;

#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Compte", en = "Account", frs = "Comptes", ens = "Accounts")]
struct Account {
    #[field(fr = "Titulaire", en = "Owner", list, title)]
    owner: String,
    #[field(fr = "IBAN", en = "IBAN", list, index, secret)]
    iban: Option<String>,
    #[field(fr = "Code", en = "Code", sensitive, secret)]
    code: String,
}

impl Rules for Account {}

static MODULE: Module =
    Module { name: "accounts", entities: &[Account::DEF], actions: &[], settles: &[], guards: &[] };

fn catalog() -> &'static Catalog {
    static CATALOG: std::sync::OnceLock<Catalog> = std::sync::OnceLock::new();
    CATALOG.get_or_init(|| Catalog { modules: vec![&kernel::MODULE, &MODULE] })
}

const IBAN: &str = "FR7630006000011234567890189";
const OTHER: &str = "DE89370400440532013000";

struct World {
    store: Store,
    actor: Actor,
    location: Location,
    key: Key,
}

impl World {
    fn of(location: Location, key: Key) -> Self {
        let store = Store::open_under(catalog(), &location, Some(&key)).unwrap();
        store.draw_schema().unwrap();
        let company = store.open_company(kernel::Currency::EUR).unwrap();
        Self { store, actor: actor(company), location, key }
    }

    fn run<T: Into<Json>>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, Faults> + Send + Sync + 'static,
    ) -> Result<Json, Faults> {
        self.store.command(Call::new(self.actor.clone()), move |tx| Ok(work(tx)?.into()))
    }

    fn add(&self, owner: &str, iban: &str) -> Id<Account> {
        let (owner, iban) = (owner.to_owned(), iban.to_owned());
        let made = self.run(move |tx| {
            let iban = Some(iban.clone());
            let account = Account { owner: owner.clone(), iban, code: "SESAME".to_owned() };
            Ok(tx.insert(&account)?.to_string())
        });
        Id::from_raw(RawId::parse(made.unwrap().as_str().unwrap()).unwrap())
    }

    fn read<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, Faults>) -> Result<T, Faults> {
        self.store.read(&self.actor, work)
    }

    fn get(&self, id: Id<Account>) -> Result<Kept<Account>, Faults> {
        self.read(|tx| Ok(tx.get(id)?))
    }

    /// The columns as they lie in the database.
    fn raw(&self) -> String {
        let rows = self.read(|tx| {
            Ok(tx.sql("select iban, code from accounts where company = $1 order by id", &[])?)
        });
        format!("{:?}", rows.unwrap())
    }

    /// What a hand with the password of the database does.
    fn by_raw_hand(&self, statement: &'static str) {
        self.run(move |tx| Ok(tx.sql(statement, &[])?.len())).unwrap();
    }
}

fn on_both(test: impl Fn(World)) {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::new().unwrap();
    let file = Embedded::clear(folder.path().join("accounts.db")).with_key(Some(key.clone()));
    test(World::of(Location::Embedded(file), key));
    let Ok(server) = std::env::var("COMPTOIR_TEST_POSTGRES") else {
        return eprintln!("skipped on PostgreSQL: COMPTOIR_TEST_POSTGRES is not set");
    };
    let name = format!("secrets_{:016x}", u64::from_be_bytes(store::random_bytes().unwrap()));
    crate::world::statement(&server, format!("create database {name}"));
    let (base, _) = server.rsplit_once('/').unwrap();
    let location = Location::Postgres(format!("{base}/{name}"));
    test(World::of(location, Key::new().unwrap()));
    crate::world::statement(&server, format!("drop database {name} with (force)"));
}

#[test]
fn business_reads_clear_text_and_the_database_holds_none() {
    on_both(|world| {
        let id = world.add("Aulnes", IBAN);
        let kept = world.get(id).unwrap();
        assert_eq!((kept.iban.as_deref(), kept.code.as_str()), (Some(IBAN), "SESAME"));
        let raw = world.raw();
        assert!(raw.contains("~1.") && !raw.contains("FR76") && !raw.contains("SESAME"), "{raw}");
        world
            .run(move |tx| {
                let mut account = tx.get(id)?;
                account.iban = Some(OTHER.to_owned());
                tx.save(&account)?;
                Ok(Json::Null)
            })
            .unwrap();
        assert_eq!(world.get(id).unwrap().iban.as_deref(), Some(OTHER));
        assert!(!world.raw().contains("DE89"));
        // The audit says that it changed, not what it was.
        let told = world.read(|tx| {
            Ok(tx.sql("select changes from audit where company = $1 order by seq", &[])?)
        });
        let told = format!("{:?}", told.unwrap());
        assert!(told.contains("•••") && told.contains("Aulnes"), "{told}");
        for clear in ["FR76", "DE89", "SESAME"] {
            assert!(!told.contains(clear), "{told}");
        }
    });
}

#[test]
fn an_exact_search_finds_by_the_blind_index_and_nothing_else_does() {
    on_both(|world| {
        let (one, two) = (world.add("Aulnes", IBAN), world.add("Bruyère", IBAN));
        let other = world.add("Cèdre", OTHER);
        let found = |filter: Filter<Account>| -> Vec<Id<Account>> {
            let rows = world.read(|tx| Ok(tx.find(filter)?)).unwrap();
            rows.iter().map(|row| row.id).collect()
        };
        assert_eq!(found(Account::IBAN.has(&IBAN.to_owned())), [one, two]);
        let spaced = "fr76 3000 6000 0112 3456 7890 189".to_owned();
        assert_eq!(found(Account::IBAN.has(&spaced)), [one, two]);
        let among = [Some(OTHER.to_owned()), Some(IBAN.to_owned())];
        assert_eq!(found(Account::IBAN.among(&among)), [one, two, other]);
        assert_eq!(found(!Account::IBAN.has(&IBAN.to_owned())), [other]);
        assert_eq!(found(Account::IBAN.has(&"FR76".to_owned())), []);
        let part = Condition::Contains("iban", "FR76".to_owned());
        assert_eq!(found(Filter::new(part)), []);
        let whole = Condition::Contains("iban", IBAN.to_owned());
        assert_eq!(found(Filter::new(whole)), [one, two]);
        assert_eq!(found(Account::IBAN.at_least(&Some("A".to_owned()))), []);
        assert_eq!(found(Account::IBAN.empty()), []);
        // Sealed texts have no order: they are listed as they were made.
        let sorted = Query::all(Account::DEF).sorted("iban", Direction::Down);
        let rows = world.read(|tx| Ok(tx.select::<Account>(sorted)?)).unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [other, two, one]);
    });
}

#[test]
fn a_sealed_value_moved_to_another_place_is_refused_and_told() {
    on_both(|world| {
        let (one, two) = (world.add("Aulnes", IBAN), world.add("Bruyère", OTHER));
        assert_eq!(world.store.examine_secrets(world.actor.company).unwrap(), []);
        world.by_raw_hand(
            "update accounts set iban = (select iban from accounts other \
             where other.company = $1 and other.owner = 'Aulnes') \
             where company = $1 and owner = 'Bruyère' returning owner",
        );
        assert_eq!(world.get(two).unwrap_err().codes(), ["secret.moved"]);
        assert_eq!(world.get(one).unwrap().iban.as_deref(), Some(IBAN));
        world.by_raw_hand(
            "update accounts set code = iban where company = $1 and owner = 'Aulnes' \
             returning owner",
        );
        assert_eq!(world.get(one).unwrap_err().codes(), ["secret.moved"]);
        let told = world.store.examine_secrets(world.actor.company).unwrap();
        assert_eq!(told.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["secret.moved"; 2]);
        assert!(told.iter().any(|fault| fault.facts.contains(&("id", two.into()))), "{told:?}");

        // Nor does it open in another company.
        let company = world.store.open_company(kernel::Currency::EUR).unwrap();
        let house = actor(company);
        world
            .store
            .command(Call::new(house.clone()), |tx| {
                let code = "X".to_owned();
                tx.insert(&Account { owner: "Dune".to_owned(), iban: None, code })?;
                Ok(Json::Null)
            })
            .unwrap();
        world.by_raw_hand(
            "update accounts set id = (select id from accounts other \
             where other.company = $1 and other.owner = 'Aulnes'), \
             iban = (select iban from accounts other \
             where other.company = $1 and other.owner = 'Aulnes') \
             where company = $1 + 1 returning owner",
        );
        let elsewhere =
            world.store.read(&house, |tx| Ok(tx.find(Filter::<Account>::everything())?));
        assert_eq!(elsewhere.unwrap_err().codes(), ["secret.moved"]);
    });
}

#[test]
fn what_lay_in_clear_is_sealed_once_and_opened_when_the_key_is_taken_away() {
    on_both(|world| {
        let ids: Vec<Id<Account>> =
            (0..3).map(|rank| world.add(&format!("Client {rank}"), IBAN)).collect();
        world.by_raw_hand(
            "update accounts set iban = 'ES9121000418450200051332' where company = $1 \
             and owner <> 'Client 0' returning owner",
        );
        assert!(world.raw().contains("ES91"));
        assert_eq!(world.store.seal_secrets().unwrap(), 2);
        assert_eq!(world.store.seal_secrets().unwrap(), 0, "done again it does nothing");
        assert!(!world.raw().contains("ES91"));
        assert_eq!(world.get(ids[1]).unwrap().iban.as_deref(), Some("ES9121000418450200051332"));

        assert_eq!(world.store.open_secrets().unwrap(), 6);
        let raw = world.raw();
        assert!(raw.contains("FR76") && raw.contains("SESAME") && !raw.contains("~1."), "{raw}");
        assert_eq!(world.get(ids[0]).unwrap().iban.as_deref(), Some(IBAN));
        // With its key the store seals again.
        assert_eq!(world.store.seal_secrets().unwrap(), 6);
        assert_eq!(world.get(ids[0]).unwrap().iban.as_deref(), Some(IBAN));
    });
}

#[test]
fn the_data_keys_are_wrapped_by_another_key_and_what_they_seal_stays() {
    on_both(|world| {
        if world.store.dialect() == Dialect::Sqlite {
            return;
        }
        let id = world.add("Aulnes", IBAN);
        let (raw, next) = (world.raw(), Key::new().unwrap());
        let under = |key: Option<&Key>| Store::open_under(catalog(), &world.location, key).unwrap();
        assert_eq!(under(Some(&next)).unlocks().unwrap(), Some(false));
        world.store.rewrap(&next).unwrap();
        assert_eq!(world.raw(), raw, "no value was written again");
        let after = under(Some(&next));
        assert_eq!(after.unlocks().unwrap(), Some(true));
        let kept = after.read(&world.actor, |tx| Ok(tx.get(id)?)).unwrap();
        assert_eq!(kept.iban.as_deref(), Some(IBAN));
        let former = under(Some(&world.key)).read(&world.actor, |tx| Ok(tx.get(id)?));
        assert_eq!(former.unwrap_err().codes(), ["key.wrong"]);
        let without = under(None);
        assert_eq!(without.seal_secrets().unwrap_err().codes(), ["secret.no_key"]);
        let read = without.read(&world.actor, |tx| Ok(tx.get(id)?));
        assert_eq!(read.unwrap_err().codes(), ["secret.no_key"]);
    });
}

#[test]
fn an_embedded_database_written_again_under_another_key_opens_its_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (Key::new().unwrap(), Key::new().unwrap());
    let at = |name: &str, key: &Key| {
        Embedded::clear(folder.path().join(name)).with_key(Some(key.clone()))
    };
    let (first, second) = (at("one.db", &one), at("two.db", &two));
    let world = World::of(Location::Embedded(first.clone()), one);
    let id = world.add("Aulnes", IBAN);
    let actor = world.actor.clone();
    drop(world);
    store::rewrite(&first, &second).unwrap();
    let store = Store::open(catalog(), &Location::Embedded(second)).unwrap();
    assert_eq!(store.unlocks().unwrap(), Some(true));
    let kept = store.read(&actor, |tx| Ok(tx.get(id)?)).unwrap();
    assert_eq!(kept.iban.as_deref(), Some(IBAN));
}

#[test]
fn the_bytes_of_files_are_sealed_on_postgresql() {
    on_both(|world| {
        let file = RawId([5; 16]);
        let clear = b"%PDF-1.7 a contract".repeat(1_000);
        let bytes = clear.clone();
        world
            .run(move |tx| {
                tx.keep_chunk(file, 0, &bytes)?;
                tx.keep_chunk(file, 1, b"end")?;
                Ok(Json::Null)
            })
            .unwrap();
        let part = |rank| world.read(|tx| Ok(tx.chunk(file, rank)?));
        assert_eq!(part(0).unwrap().unwrap(), clear);
        assert_eq!(part(1).unwrap().unwrap(), b"end");
        if world.store.dialect() == Dialect::Sqlite {
            return;
        }
        let clear = "select count(*) from file_chunk where company = $1 \
                     and position('\\x25504446'::bytea in bytes) > 0";
        let count = || {
            let rows = world.read(|tx| Ok(tx.sql(clear, &[])?)).unwrap();
            rows[0][0].clone()
        };
        assert_eq!(count(), kernel::Value::Integer(0));
        world.by_raw_hand(
            "update file_chunk set bytes = (select bytes from file_chunk other \
             where other.company = $1 and other.rank = 0) where company = $1 and rank = 1 \
             returning rank",
        );
        assert_eq!(part(1).unwrap_err().codes(), ["secret.moved"]);
        // A part written before there was a key is sealed at the next start.
        world.by_raw_hand(
            "update file_chunk set bytes = '\\x2550444620'::bytea where company = $1 \
             and rank = 1 returning rank",
        );
        assert_eq!(count(), kernel::Value::Integer(1));
        assert_eq!(world.store.seal_secrets().unwrap(), 1);
        assert_eq!(count(), kernel::Value::Integer(0));
        assert_eq!(part(1).unwrap().unwrap(), b"%PDF ");
    });
}
