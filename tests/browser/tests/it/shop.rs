//! A small company with two articles in stock and one customer, served as the binary serves it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{OnceLock, mpsc};

use comptoir::demo;
use comptoir::opening::{self, NewUser};
use comptoir::options::{Database, Serving};
use erp::inventory::{LocationKind, main_location, receive};
use identity::{Role, User};
use kernel::{
    Actor, CompanyNumber, Currency, Door, Faults, Filter, Id, Language, Money, Origin, Price,
    Quantity, Tx,
};
use master::{Company, Party, Product, ProductKind, Tax, Tongue, Unit};
use serde_json::Value as Json;
use store::{Call, Store};
use tempfile::TempDir;

pub const EMAIL: &str = "ada@lumen.example";
/// Another person of the same company, with the same password.
pub const SECOND: &str = "bob@lumen.example";
pub const PASSWORD: &str = "lampes-et-tabourets";

/// The company at work.
pub struct Shop {
    /// `http://127.0.0.1:…`
    pub address: String,
    _data: TempDir,
}

impl Shop {
    /// Founds the company and serves it on a free port until the test ends; people work, and the
    /// customer is written to, in this language.
    pub fn open(language: Language) -> Self {
        let data = TempDir::new().expect("a folder");
        let database = Database { data: data.path().to_owned(), ..Database::default() };
        let store = database.open().expect("a database");
        found(&store, language).expect("a company");
        Self::serve(data, database, store, None)
    }

    /// The demonstration company, with two months of history; people work in this language. It is
    /// written once, and copied for each journey.
    pub fn of_the_demonstration(language: Language) -> Self {
        let data = TempDir::new().expect("a folder");
        let (pattern, company, _) = DEMONSTRATION.get_or_init(demonstration);
        std::fs::copy(pattern, data.path().join("comptoir.db")).expect("a copy");
        let database = Database { data: data.path().to_owned(), ..Database::default() };
        let store = database.open().expect("a database");
        let tongue = match language {
            Language::French => identity::Tongue::Fr,
            Language::English => identity::Tongue::En,
        };
        let call = Call::new(Actor::house(*company, Door::Console));
        let told = store.command(call, move |tx| {
            for mut user in tx.find(Filter::<User>::everything())? {
                user.language = tongue;
                tx.save(&user)?;
            }
            Ok(Json::Null)
        });
        told.expect("a language");
        Self::serve(data, database, store, None)
    }

    /// The last statement of the demonstration's bank, which did not come in yet.
    pub fn last_statement() -> String {
        DEMONSTRATION.get_or_init(demonstration).2.clone()
    }

    /// Nobody yet: an empty folder.
    pub fn empty() -> Self {
        let data = TempDir::new().expect("a folder");
        let database = Database { data: data.path().to_owned(), ..Database::default() };
        let store = database.open().expect("a database");
        Self::serve(data, database, store, None)
    }

    /// The small company, with more in it, and a mail server where there is one.
    pub fn with(
        language: Language,
        smtp: Option<String>,
        more: impl Fn(&mut Tx<'_>) -> Result<Json, Faults> + Send + Sync + 'static,
    ) -> Self {
        let data = TempDir::new().expect("a folder");
        let database = Database { data: data.path().to_owned(), ..Database::default() };
        let store = database.open().expect("a database");
        let company = found(&store, language).expect("a company");
        let call = Call::new(Actor::house(company, Door::Console));
        store.command(call, more).expect("more of it");
        Self::serve(data, database, store, smtp)
    }

    /// An empty database: in this folder, or at this address of PostgreSQL.
    pub fn ground(data: &TempDir, database: Option<String>) -> (Database, Store) {
        let database = Database { data: data.path().to_owned(), database, ..Database::default() };
        let store = database.open().expect("a database");
        (database, store)
    }

    /// Serves what is in this database until the test ends.
    pub fn serve(data: TempDir, database: Database, store: Store, smtp: Option<String>) -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let serving = Serving {
            database,
            listen,
            behind_proxy: false,
            tls: Default::default(),
            address: None,
            smtp,
            allow_outgoing: vec!["127.0.0.1".to_owned()],
            sealing: Default::default(),
        };
        let (ready, told) = mpsc::channel();
        std::thread::spawn(move || {
            comptoir::serve::serve(store, &serving, Vec::new(), move |address| {
                ready.send(address.to_owned()).expect("the test waits");
            })
        });
        let address = told.recv().expect("the server answers");
        Self { address, _data: data }
    }
}

/// A copy of the demonstration company, and its id.
static DEMONSTRATION: OnceLock<(PathBuf, CompanyNumber, String)> = OnceLock::new();

fn demonstration() -> (PathBuf, CompanyNumber, String) {
    let data = TempDir::new().expect("a folder");
    // In clear: it is copied without its key.
    let database =
        Database { data: data.path().to_owned(), unencrypted: true, ..Database::default() };
    let store = database.open().expect("a database");
    let history = demo::write(&store, store::now(), 2, |_, _| {}).expect("a history");
    let name = format!("demonstration-{}.db", std::process::id());
    let pattern = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&pattern);
    store.copy_to(&pattern).expect("a copy");
    (pattern, history.company, history.statement)
}

fn found(store: &Store, language: Language) -> Result<CompanyNumber, Faults> {
    let now = store::now();
    let company = opening::found(store, Currency::EUR, own(), &[now.day()], now)?;
    let ada = NewUser {
        name: "Ada Martin".into(),
        email: EMAIL.into(),
        role: Role::Owner,
        language,
        password: PASSWORD.into(),
    };
    let bob = NewUser { name: "Bob Petit".into(), email: SECOND.into(), ..ada.clone() };
    opening::add_users(store, company, &[ada, bob], now)?;
    let call = Call::new(Actor::house(company, Door::Console));
    store.command(call, move |tx| stock(tx, language))?;
    Ok(company)
}

fn stock(tx: &mut Tx<'_>, language: Language) -> Result<Json, Faults> {
    let unit = tx.first::<Unit>(Unit::CODE.is(&"C62".to_owned()))?.expect("the unit").id;
    let articles = [
        ("LAM-100", "Lampe d’atelier", "Workshop lamp", 100, 60, "FR20"),
        ("TAB-200", "Tabouret de chêne", "Oak stool", 80, 50, "FR55"),
    ];
    let shelf = main_location(tx, LocationKind::Stock)?;
    for (sku, name, name_en, price, cost, tax) in articles {
        let tax = tx.first::<Tax>(Tax::CODE.is(&tax.to_owned()))?.expect("the tax").id;
        let article = article((sku, name, name_en), unit, tax);
        let (price, cost) = (euros(price), euros(cost));
        let article = tx.insert(&Product { price, cost: Some(cost), ..article })?;
        receive(tx, article, shelf, Quantity::units(20), cost, Origin::of(article))?;
    }
    tx.insert(&customer(language))?;
    Ok(Json::Null)
}

fn euros(amount: i64) -> Price {
    Price::of_money(Money::eur(amount * 100))
}

fn article(words: (&str, &str, &str), unit: Id<Unit>, tax: Id<Tax>) -> Product {
    Product {
        sku: words.0.into(),
        name: words.1.into(),
        name_en: Some(words.2.into()),
        kind: ProductKind::Goods,
        family: None,
        unit,
        price: euros(0),
        cost: None,
        tax,
        made: false,
        barcode: None,
        weight_g: Some(500),
        lead_days: Some(21),
        reorder_point: None,
        archived: false,
    }
}

fn customer(language: Language) -> Party {
    Party {
        code: Some("C00042".into()),
        customer: true,
        siren: Some("732829320".into()),
        street: Some("12 rue des Arts".into()),
        postcode: Some("59000".into()),
        city: Some("Lille".into()),
        credit_limit: Some(Money::eur(500_000)),
        language: match language {
            Language::French => Tongue::Fr,
            Language::English => Tongue::En,
        },
        ..Party::named("Maison Ferrand")
    }
}

fn own() -> Company {
    Company {
        legal_form: Some("SAS".into()),
        siren: Some("552100554".into()),
        siret: Some("55210055400013".into()),
        vat_number: Some("FR96552100554".into()),
        street: Some("3 place du Marché".into()),
        postcode: Some("69001".into()),
        city: Some("Lyon".into()),
        iban: Some("FR7630006000011234567890189".into()),
        vat_on_debits: true,
        ..Company::named("Atelier Lumen")
    }
}
