//! Two entities, and a fresh database of each kind for every test.

use kernel::{
    Actor, Catalog, Choice, CompanyNumber, Currency, Day, Door, Entity, Fault, Faults, Id, Lines,
    Module, Money, Quantity, Rules,
};
use store::{Call, Embedded, Location, Store};

#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Livre", en = "Book", frs = "Livres", ens = "Books", index = "kind, price")]
pub struct Book {
    #[field(fr = "Titre", en = "Title", list, search, title, unique)]
    pub title: String,
    #[field(fr = "Genre", en = "Kind", list)]
    pub kind: Genre,
    #[field(fr = "Prix", en = "Price", list)]
    pub price: Money,
    #[field(fr = "Paru le", en = "Published on", index)]
    pub published: Option<Day>,
    #[field(fr = "Chapitres", en = "Chapters")]
    pub chapters: Lines<Chapter>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum Genre {
    #[choice(fr = "Roman", en = "Novel")]
    Novel,
    #[choice(fr = "Essai", en = "Essay")]
    Essay,
}

impl Rules for Book {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.price.minor >= 0, || Fault::new("number.range").on("price"));
        faults.into_result()
    }
}

#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Chapitre", en = "Chapter", frs = "Chapitres", ens = "Chapters")]
pub struct Chapter {
    #[field(fr = "Livre", en = "Book", parent)]
    pub book: Id<Book>,
    #[field(fr = "Titre", en = "Title")]
    pub title: String,
    #[field(fr = "Pages", en = "Pages")]
    pub pages: Quantity,
}

impl Rules for Chapter {}

/// Read by many, seldom changed.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Éditeur", en = "Publisher", frs = "Éditeurs", ens = "Publishers", steady)]
pub struct Publisher {
    #[field(fr = "Nom", en = "Name", list, title, unique)]
    pub name: String,
    #[field(fr = "Ville", en = "City", list)]
    pub city: String,
}

impl Rules for Publisher {}

static MODULE: Module = Module {
    name: "library",
    entities: &[
        Book::DEF,
        Chapter::DEF,
        Publisher::DEF,
        crate::rights::User::DEF,
        crate::rights::Shelf::DEF,
        crate::rights::Loan::DEF,
    ],
    actions: &[],
    settles: &[],
    guards: &[],
};

pub fn catalog() -> &'static Catalog {
    static CATALOG: std::sync::OnceLock<Catalog> = std::sync::OnceLock::new();
    CATALOG.get_or_init(|| Catalog { modules: vec![&kernel::MODULE, &MODULE] })
}

pub struct World {
    pub store: Store,
    pub actor: Actor,
    /// Where another machine finds the same database, if it can.
    pub location: Location,
}

impl World {
    pub fn of(store: Store) -> Self {
        Self::at(store, Location::Temporary)
    }
    pub fn at(store: Store, location: Location) -> Self {
        let company = store.open_company(Currency::EUR).unwrap();
        Self { store, actor: actor(company), location }
    }
    pub fn call(&self) -> Call {
        Call::new(self.actor.clone())
    }
    pub fn add(&self, title: &str, kind: Genre, cents: i64) -> Result<Id<Book>, Faults> {
        let title = title.to_owned();
        let answer = self.store.command(self.call(), move |tx| {
            let id = tx.insert(&book(&title, kind, cents))?;
            Ok(id.to_string().into())
        })?;
        Ok(Id::from_raw(kernel::RawId::parse(answer.as_str().unwrap()).unwrap()))
    }
}

pub fn book(title: &str, kind: Genre, cents: i64) -> Book {
    let (price, chapters) = (Money::eur(cents), Lines::HERE);
    Book { title: title.to_owned(), kind, price, published: None, chapters }
}

pub fn actor(company: CompanyNumber) -> Actor {
    Actor::house(company, Door::Console)
}

/// Runs a test on the embedded database, and on PostgreSQL where there is one.
pub fn on_both(test: impl Fn(World)) {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Embedded(Embedded::clear(folder.path().join("library.db")).unsynced());
    let store = Store::open(catalog(), &location).unwrap();
    store.draw_schema().unwrap();
    test(World::at(store, location));
    match std::env::var("COMPTOIR_TEST_POSTGRES") {
        Ok(server) => on_postgres(&server, &test),
        Err(_) => eprintln!("skipped on PostgreSQL: COMPTOIR_TEST_POSTGRES is not set"),
    }
}

fn on_postgres(server: &str, test: &impl Fn(World)) {
    let name = format!("store_test_{:016x}", u64::from_be_bytes(store::random_bytes().unwrap()));
    let run = |text: String| statement(server, text);
    run(format!("create database {name}"));
    let (base, _) = server.rsplit_once('/').unwrap();
    let location = Location::Postgres(format!("{base}/{name}"));
    let store = Store::open(catalog(), &location).unwrap();
    store.draw_schema().unwrap();
    test(World::at(store, location));
    run(format!("drop database {name} with (force)"));
}

/// Runs a statement on the server itself.
pub fn statement(server: &str, text: String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(server, tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(&text).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
    });
}
