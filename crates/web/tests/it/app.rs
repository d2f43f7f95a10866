//! A small world: two companies, a person in each, and an entity that only these tests know.

use std::sync::OnceLock;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use identity::{Role, User, set_password};
use kernel::{
    ActionDef, Actor, Catalog, Choice, CompanyNumber, Currency, Day, Door, Entity, Fault, Faults,
    FieldDef, Id, Lines, LongText, Module, Money, Origin, Quantity, Rules, Settle, Text, Tx,
};
use serde_json::{Value as Json, json};
use store::{Call, Location, Store};
use tower::ServiceExt;
use web::WebState;

#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Atelier", en = "Workshop", frs = "Ateliers", ens = "Workshops")]
pub struct Workshop {
    #[field(fr = "Nom", en = "Name", list, search, title)]
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Objet", en = "Gadget", frs = "Objets", ens = "Gadgets")]
pub struct Gadget {
    #[field(fr = "Code", en = "Code", list, search, unique)]
    pub code: Option<String>,
    #[field(fr = "Nom", en = "Name", list, search, title)]
    pub name: String,
    #[field(fr = "Atelier", en = "Workshop", list, index)]
    pub workshop: Option<Id<Workshop>>,
    #[field(fr = "Prix", en = "Price", list)]
    pub price: Option<Money>,
    #[field(fr = "Fait le", en = "Made on", list, index)]
    pub made_on: Option<Day>,
    #[field(fr = "Fragile", en = "Fragile", list)]
    pub fragile: bool,
    #[field(fr = "État", en = "State", list, system)]
    pub state: GadgetState,
    #[field(fr = "Note", en = "Note")]
    pub note: Option<LongText>,
    #[field(fr = "Recette", en = "Recipe", sensitive)]
    pub recipe: Option<String>,
    #[field(fr = "Pièces", en = "Parts")]
    pub parts: Lines<GadgetPart>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum GadgetState {
    #[choice(fr = "Brouillon", en = "Draft")]
    Draft,
    #[choice(fr = "Terminé", en = "Done")]
    Done,
}

#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Pièce", en = "Part", frs = "Pièces", ens = "Parts")]
pub struct GadgetPart {
    #[field(fr = "Objet", en = "Gadget", parent)]
    pub gadget: Id<Gadget>,
    #[field(fr = "Désignation", en = "Label", list, title)]
    pub label: String,
    #[field(fr = "Quantité", en = "Quantity", list)]
    pub quantity: Quantity,
    #[field(fr = "Double", en = "Double", list, system)]
    pub double: Quantity,
}

impl Rules for Workshop {}
impl Rules for GadgetPart {}
impl Rules for Gadget {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let price = self.price.is_none_or(|price| price.minor >= 0);
        faults.ensure(price, || Fault::new("number.range").on("price").with("given", "-1"));
        faults.into_result()
    }
    fn editable(&self) -> Result<(), Faults> {
        match self.state {
            GadgetState::Draft => Ok(()),
            GadgetState::Done => Err(Fault::new("field.system").into()),
        }
    }
}

const NAME: &[FieldDef] = &[FieldDef::of::<String>("name", Text::new("Nom", "Name"), "")];

const ACTIONS: &[ActionDef] = &[
    ActionDef {
        on: "gadget",
        name: "finish",
        label: Text::new("Terminer", "Finish"),
        doc: Text::new("L’objet est fini.", "The gadget is done."),
        inputs: &[],
        offered: |record| record[6] == "draft".into(),
        run: |tx, _, id, _| {
            let mut gadget = tx.lock(Id::<Gadget>::from_raw(id))?;
            if gadget.state == GadgetState::Done {
                return Err(Fault::new("field.control").into());
            }
            gadget.state = GadgetState::Done;
            tx.save(&gadget)?;
            Ok(Some(Origin::of(gadget.id)))
        },
    },
    ActionDef {
        on: "gadget",
        name: "rename",
        label: Text::new("Renommer", "Rename"),
        doc: Text::new("Change le nom.", "Changes the name."),
        inputs: NAME,
        offered: |_| true,
        run: |tx, _, id, inputs| {
            let mut gadget = tx.lock(Id::<Gadget>::from_raw(id))?;
            gadget.name = inputs.take("name")?;
            tx.save(&gadget)?;
            Ok(None)
        },
    },
];

fn settle(tx: &mut Tx<'_>, _: &Actor, id: kernel::RawId) -> Result<(), Faults> {
    for mut part in tx.find(GadgetPart::GADGET.is(&Id::from_raw(id)))? {
        part.double = Quantity(part.quantity.0 * 2);
        tx.save(&part)?;
    }
    Ok(())
}

static MODULE: Module = Module {
    name: "tests",
    entities: &[Workshop::DEF, Gadget::DEF, GadgetPart::DEF],
    actions: &[ACTIONS],
    settles: &[Settle { on: "gadget", run: settle }],
    guards: &[],
};

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let modules = vec![&kernel::MODULE, &identity::MODULE, &web::MODULE, &MODULE];
        Catalog { modules }
    })
}

pub const PASSWORD: &str = "une tasse de lin bleu";

/// The pages, and the session of one person.
pub struct App {
    pub store: Store,
    pub company: CompanyNumber,
    pub router: Router,
    pub session: Option<String>,
    pub language: &'static str,
}

/// What came back.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }
    /// The value of a hidden field of the page.
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let from = self.text.find(&start).unwrap_or_else(|| panic!("{name} in {}", self.main()));
        let rest = &self.text[from + start.len()..];
        rest[..rest.find('"').unwrap()].to_owned()
    }
    /// What is inside the frame.
    pub fn main(&self) -> &str {
        let from = self.text.find("<main").unwrap_or(0);
        let to = self.text.find("</main>").unwrap_or(self.text.len());
        &self.text[from..to]
    }
    #[track_caller]
    pub fn has(&self, part: &str) {
        let found = self.text.contains(part);
        assert!(found, "{part} is not in ({}) {}", self.status, self.main());
    }
    #[track_caller]
    pub fn has_not(&self, part: &str) {
        assert!(!self.text.contains(part), "{part} is in {}", self.main());
    }
}

impl App {
    /// Two companies; the person of the first is signed in.
    pub async fn open(role: Role) -> Self {
        let app = Self::outside(role);
        app.enter("ada@maison.example").await
    }

    pub fn outside(role: Role) -> Self {
        Self::outside_of(catalog(), role)
    }

    pub fn outside_of(catalog: &'static Catalog, role: Role) -> Self {
        Self::built(catalog, role, |_| ())
    }

    /// The same, served as this says.
    pub fn outside_with(role: Role, served: impl FnOnce(&mut WebState)) -> Self {
        Self::built(catalog(), role, served)
    }

    fn built(catalog: &'static Catalog, role: Role, served: impl FnOnce(&mut WebState)) -> Self {
        let store = Store::open(catalog, &Location::Temporary).unwrap();
        let company = store.open_company(Currency::EUR).unwrap();
        let other = store.open_company(Currency::EUR).unwrap();
        for (company, email) in [(company, "ada@maison.example"), (other, "bob@ailleurs.example")] {
            command(&store, company, move |tx| {
                let id = tx.insert(&User::named("Ada Martin", email, role))?;
                set_password(tx, id, PASSWORD, [7; 16])?;
                Ok(Json::Null)
            });
        }
        let mut state = WebState::new(store.clone(), catalog, false);
        served(&mut state);
        let router = web::router(state);
        Self { store, company, router, session: None, language: "fr" }
    }

    pub async fn enter(mut self, email: &str) -> Self {
        let page =
            self.post_raw("/sign-in", &[("email", email), ("password", PASSWORD)], &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        self.session = Some(cookie.split(';').next().unwrap().to_owned());
        self
    }

    /// The same pages, asked for with another cookie.
    pub fn bearing(&self, cookie: &str) -> Self {
        Self {
            store: self.store.clone(),
            company: self.company,
            router: self.router.clone(),
            session: Some(cookie.to_owned()),
            language: self.language,
        }
    }

    pub fn write(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<Json, Faults> + Send + Sync + 'static,
    ) -> Json {
        command(&self.store, self.company, work)
    }

    /// Makes a gadget and gives its id.
    pub fn gadget(&self, gadget: Gadget) -> String {
        let id = self.write(move |tx| Ok(json!(tx.insert(&gadget)?.to_string())));
        id.as_str().unwrap().to_owned()
    }

    pub async fn send(&self, request: Request<Body>) -> Page {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 10_000_000).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Page { status: parts.status, headers: parts.headers, text }
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        self.request_to("comptoir.test", method, path)
    }

    fn request_to(&self, host: &str, method: &str, path: &str) -> axum::http::request::Builder {
        let mut builder = Request::builder()
            .method(method)
            .uri(path)
            .header("host", host)
            .header("accept-language", self.language);
        if let Some(session) = &self.session {
            let cookie = format!("{session}; language={}", self.language);
            builder = builder.header(header::COOKIE, cookie);
        }
        builder
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(self.request("GET", path).body(Body::empty()).unwrap()).await
    }

    /// The same, by this name of ours.
    pub async fn get_at(&self, host: &str, path: &str) -> Page {
        self.send(self.request_to(host, "GET", path).body(Body::empty()).unwrap()).await
    }

    /// The same, with headers that a script adds.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Page {
        let builder = self.request("GET", path);
        let with =
            headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
        self.send(with.body(Body::empty()).unwrap()).await
    }

    pub async fn post_raw(
        &self,
        path: &str,
        pairs: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Page {
        self.post_raw_to("comptoir.test", path, pairs, headers).await
    }

    pub async fn post_raw_to(
        &self,
        host: &str,
        path: &str,
        pairs: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Page {
        let body = pairs
            .iter()
            .map(|(name, value)| {
                format!("{}={}", web::address::encoded(name), web::address::encoded(value))
            })
            .collect::<Vec<_>>()
            .join("&");
        let mut builder = self
            .request_to(host, "POST", path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        self.send(builder.body(Body::from(body)).unwrap()).await
    }

    /// Sends a form of the person who signed in, with its token.
    pub async fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Page {
        self.post_to("comptoir.test", path, pairs).await
    }

    /// The same, by this name of ours.
    pub async fn post_to(&self, host: &str, path: &str, pairs: &[(&str, &str)]) -> Page {
        let session = self.session.as_deref().unwrap().split_once('=').unwrap().1;
        let token = web::door::form_token(session);
        let mut all = vec![("token", token.as_str())];
        all.extend_from_slice(pairs);
        self.post_raw_to(host, path, &all, &[("sec-fetch-site", "same-origin")]).await
    }
}

pub fn gadget(name: &str) -> Gadget {
    Gadget {
        code: None,
        name: name.to_owned(),
        workshop: None,
        price: None,
        made_on: None,
        fragile: false,
        state: GadgetState::Draft,
        note: None,
        recipe: None,
        parts: Lines::HERE,
    }
}

fn command(
    store: &Store,
    company: CompanyNumber,
    work: impl Fn(&mut Tx<'_>) -> Result<Json, Faults> + Send + Sync + 'static,
) -> Json {
    store.command(Call::new(Actor::house(company, Door::Console)), work).unwrap()
}
