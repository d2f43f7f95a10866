//! A workshop that makes chairs: the entities, and a client that speaks to the door.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use identity::{Role, User, issue_token, open_session};
use kernel::{
    ActionDef, Actor, Catalog, Choice, Currency, Day, Door, Entity, Fault, Faults, FieldDef, Id,
    Instant, Lines, LongText, Module, Money, Origin, Price, Quantity, Rate, RawId, Rules, Settle,
    Text, Tx,
};
use serde_json::Value as Json;
use store::{Call, Location, Store};
use tower::ServiceExt;

use crate::postgres;

/// Someone who makes chairs.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Fabricant", en = "Maker", frs = "Fabricants", ens = "Makers")]
pub struct Maker {
    #[field(fr = "Code", en = "Code", list, unique)]
    pub code: String,
    #[field(fr = "Raison sociale", en = "Name", list, search, title)]
    pub name: String,
    #[field(fr = "IBAN", en = "IBAN", sensitive)]
    pub iban: Option<String>,
}

impl Rules for Maker {}

/// A chair, with the parts it is made of.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Chaise", en = "Chair", frs = "Chaises", ens = "Chairs")]
pub struct Chair {
    #[field(fr = "Référence", en = "Reference", list, unique, title)]
    pub sku: String,
    #[field(fr = "Désignation", en = "Designation", list, search, title)]
    pub name: String,
    #[field(fr = "Fabricant", en = "Maker", list, index)]
    pub maker: Option<Id<Maker>>,
    #[field(fr = "Finition", en = "Finish", list)]
    pub finish: Finish,
    #[field(fr = "Prix", en = "Price", list, index)]
    pub price: Money,
    #[field(fr = "Poids", en = "Weight")]
    pub weight: Option<Quantity>,
    #[field(fr = "Remise", en = "Discount")]
    pub discount: Option<Rate>,
    #[field(fr = "Fabriquée le", en = "Made on", list, index)]
    pub made_on: Option<Day>,
    #[field(fr = "Vue le", en = "Seen at")]
    pub seen_at: Option<Instant>,
    #[field(fr = "Active", en = "Active", list)]
    pub active: bool,
    #[field(fr = "Note", en = "Note")]
    pub note: Option<LongText>,
    #[field(fr = "Vient de", en = "Comes from")]
    pub source: Option<Origin>,
    #[field(fr = "Numéro", en = "Number", system)]
    pub number: Option<i64>,
    #[field(fr = "Coût", en = "Cost", system)]
    pub cost: Money,
    #[field(fr = "Pièces", en = "Parts")]
    pub parts: Lines<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum Finish {
    #[choice(fr = "Brute", en = "Raw")]
    Raw,
    #[choice(fr = "Peinte", en = "Painted")]
    Painted,
}

impl Rules for Chair {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.price.minor >= 0, || Fault::new("number.range").on("price"));
        faults.into_result()
    }
}

#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Pièce", en = "Part", frs = "Pièces", ens = "Parts", plural = "parts")]
pub struct Part {
    #[field(fr = "Chaise", en = "Chair", parent)]
    pub chair: Id<Chair>,
    #[field(fr = "Pièce", en = "Part")]
    pub name: String,
    #[field(fr = "Nombre", en = "Count")]
    pub count: Quantity,
    #[field(fr = "Prix unitaire", en = "Unit price")]
    pub unit_price: Price,
}

impl Rules for Part {}

/// A drawing that someone keeps for themselves, or shares.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Esquisse",
    en = "Sketch",
    frs = "Esquisses",
    ens = "Sketches",
    plural = "sketches",
    kept
)]
pub struct Sketch {
    #[field(fr = "Titre", en = "Title", list, search, title)]
    pub title: String,
    #[field(fr = "Chaise", en = "Chair", list, index)]
    pub chair: Id<Chair>,
    #[field(fr = "Partage", en = "Sharing", list)]
    pub audience: Audience,
    #[field(fr = "Propriétaire", en = "Owner", list, index)]
    pub owner: Id<User>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum Audience {
    #[choice(fr = "Moi seul", en = "Only me")]
    Private,
    #[choice(fr = "Tout le monde", en = "Everyone")]
    Everyone,
}

impl Rules for Sketch {}

const PAINT: &[FieldDef] =
    &[FieldDef::of::<String>("colour", Text::new("Couleur", "Colour"), "The name of a colour.")];

static ACTIONS: &[ActionDef] = &[ActionDef {
    on: "chair",
    name: "paint",
    label: Text::new("Peindre", "Paint"),
    doc: Text::new("Peint la chaise.", "Paints the chair."),
    inputs: PAINT,
    offered: |_| true,
    run: |tx, _, id, inputs| {
        let mut chair = tx.lock(Id::<Chair>::from_raw(id))?;
        if chair.finish == Finish::Painted {
            return Err(Fault::new("chair.painted").on("finish").into());
        }
        let colour: String = inputs.take("colour")?;
        chair.finish = Finish::Painted;
        chair.note = Some(LongText(colour));
        tx.save(&chair)?;
        tx.emit(kernel::Event::new("chair.painted", Origin::of(chair.id)));
        Ok(Some(Origin::of(chair.id)))
    },
}];

/// The cost is the sum of the parts; the number is taken last.
fn settle(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    let id = Id::<Chair>::from_raw(id);
    let mut chair = tx.get(id)?;
    let parts = tx.find(Part::CHAIR.is(&id))?;
    let costs = parts.iter().map(|part| part.unit_price.amount(part.count, Rate::ZERO));
    chair.cost = Money::sum(tx.currency(), costs);
    tx.save(&chair)?;
    if chair.number.is_none() {
        tx.last(move |tx| {
            let mut chair = tx.get(id)?;
            chair.number = Some(tx.number("chair")?);
            tx.save(&chair)
        });
    }
    Ok(())
}

pub static WORKSHOP: Module = Module {
    name: "workshop",
    entities: &[Maker::DEF, Chair::DEF, Part::DEF, Sketch::DEF],
    actions: &[ACTIONS],
    settles: &[Settle { on: "chair", run: settle }],
    guards: &[],
};

pub fn catalog() -> &'static Catalog {
    let modules = vec![&kernel::MODULE, &identity::MODULE, &api::MODULE, &WORKSHOP];
    Box::leak(Box::new(Catalog { modules }))
}

/// A workshop with its books open, and someone of each kind at its door.
pub struct Shop {
    router: Router,
    pub store: Store,
    pub company: kernel::CompanyNumber,
    /// May do everything.
    pub owner: String,
    /// Works in the warehouse: has no right to anything of this workshop.
    pub stranger: String,
    pub session: String,
}

/// An answer as the client reads it.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }
    /// The codes of a refusal.
    pub fn codes(&self) -> Vec<String> {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.text);
        let document = self.json();
        assert_eq!(document["status"], self.status.as_u16());
        let faults = document["faults"].as_array().unwrap().clone();
        faults.iter().map(|fault| fault["code"].as_str().unwrap().to_owned()).collect()
    }
    /// Expects a status, and gives the body.
    pub fn expect(&self, status: u16) -> Json {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if self.text.is_empty() { Json::Null } else { self.json() }
    }
    /// Expects one refusal, of this field.
    pub fn refused_on(&self, status: u16, code: &str, field: &str) {
        self.refused(status, code);
        assert_eq!(self.json()["faults"][0]["field"], field, "{}", self.text);
    }
    /// Expects one refusal.
    pub fn refused(&self, status: u16, code: &str) {
        assert_eq!(self.codes(), [code], "{}", self.text);
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
    }
}

/// A workshop of its own: in a new embedded database, or in the one that `postgres` names.
pub fn shop() -> Shop {
    // A client of PostgreSQL waits on a runtime of its own, which a test's runtime would not have.
    std::thread::spawn(|| {
        let store = postgres::store();
        let store = store.unwrap_or_else(|| Store::open(catalog(), &Location::Temporary).unwrap());
        founded(store)
    })
    .join()
    .unwrap()
}

fn founded(store: Store) -> Shop {
    let catalog = store.catalog();
    assert_eq!(catalog.mistakes(), Vec::<String>::new());
    let company = store.open_company(Currency::EUR).unwrap();
    let house = Actor::house(company, Door::Console);
    let person = |name: &'static str, role: Role| {
        let made = store.command(Call::new(house.clone()), move |tx| {
            let email = format!("{name}@example.com");
            let user = tx.insert(&User { active: true, ..User::named(name, &email, role) })?;
            let token = issue_token(tx, user, "test", store::random_bytes()?, None)?;
            let session = open_session(tx, user, store::random_bytes()?)?;
            Ok(serde_json::json!([token, session]))
        });
        let made = made.unwrap();
        (made[0].as_str().unwrap().to_owned(), made[1].as_str().unwrap().to_owned())
    };
    let (owner, session) = person("anne", Role::Owner);
    let (stranger, _) = person("luc", Role::Warehouse);
    let router = api::router(api::ApiState { store: store.clone(), catalog });
    Shop { router, store, company, owner, stranger, session }
}

impl Shop {
    /// Another company in the same database, with its own people.
    pub fn neighbour(&self) -> Shop {
        let store = self.store.clone();
        std::thread::spawn(|| founded(store)).join().unwrap()
    }
    /// What Luc drew of a chair: one for himself, one for everyone.
    pub fn sketches(&self, chair: &str) -> (String, String) {
        let chair = Id::<Chair>::from_raw(RawId::parse(chair).unwrap());
        let (store, company) = (self.store.clone(), self.company);
        let made = std::thread::spawn(move || {
            let call = Call::new(Actor::house(company, Door::Console));
            store.command(call, move |tx| {
                let luc = tx.find(User::EMAIL.is(&"luc@example.com".to_owned()))?;
                let owner = luc.first().map(|user| user.id).unwrap();
                let one = |title: &str, audience| Sketch {
                    title: title.to_owned(),
                    chair,
                    audience,
                    owner,
                };
                let own = tx.insert(&one("Secret", Audience::Private))?;
                let shared = tx.insert(&one("Partagé", Audience::Everyone))?;
                Ok(serde_json::json!([own.to_string(), shared.to_string()]))
            })
        });
        let made = made.join().unwrap().unwrap();
        (made[0].as_str().unwrap().to_owned(), made[1].as_str().unwrap().to_owned())
    }

    /// Seals the audit, and gives the public key of its checkpoints.
    pub fn seal(&self) -> String {
        let (store, company) = (self.store.clone(), self.company);
        let sealed = std::thread::spawn(move || {
            let key = store::tree::note::SigningKey::new([1; 8], [2; 32]).unwrap();
            // On PostgreSQL a line waits for the transactions that began before it.
            while store.unsealed(company).unwrap().0 > 0 {
                store.seal(company, &key, store::audit::Reach::All).unwrap();
                std::thread::yield_now();
            }
            key.public(company.0).to_string()
        });
        sealed.join().unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> RequestParts {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let named = |wanted: &str| headers.iter().any(|(name, _)| *name == wanted);
        if !named("authorization") && !named("cookie") {
            request = request.header("authorization", format!("Bearer {}", self.owner));
        }
        RequestParts(request)
    }

    /// What the feed tells whoever bears this token after this number, once it tells anything:
    /// PostgreSQL waits for the transactions that began before.
    pub async fn told(&self, after: i64, token: &str) -> Json {
        let path = format!("/api/changes?after={after}");
        let bearer = format!("Bearer {token}");
        for _ in 0..400 {
            let request = Request::builder().uri(&path).header("authorization", &bearer);
            let answer = self.send(request.body(Body::empty()).expect("a request")).await;
            let feed = answer.expect(200);
            if feed["next"] != after {
                return feed;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("nothing was told after {after}");
    }
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path, &[]).body("")).await
    }
    pub async fn json(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Json,
    ) -> Answer {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/json"));
        self.send(self.request(method, path, &headers).body(&body.to_string())).await
    }
    pub async fn post(&self, path: &str, body: &Json) -> Answer {
        self.json("POST", path, &[], body).await
    }
    pub async fn csv(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "text/csv"));
        let request = self.request("POST", path, &headers);
        self.send(request.0.body(Body::from(body.to_vec())).unwrap()).await
    }
}

pub struct RequestParts(pub axum::http::request::Builder);

impl RequestParts {
    pub fn body(self, text: &str) -> Request<Body> {
        self.0.body(Body::from(text.to_owned())).unwrap()
    }
}
