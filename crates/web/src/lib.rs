//! The pages: what people see and press. Every entity of the catalogue has a list, a record and a
//! form drawn from its description; the screens of processes are made by hand in [`pages`].
//!
//! A request passes [`door`] (who asks, in which language, with which form token), reads or commands
//! through [`door::Ask`], and is answered by [`answer`].

pub mod act;
pub mod address;
pub mod answer;
pub mod approvals;
pub mod archive;
pub mod assets;
pub mod attachments;
pub mod audit;
pub mod bulk;
pub mod cell;
pub mod charts;
pub mod columns;
mod cookies;
pub mod dashboard;
pub mod design_page;
pub mod door;
pub mod first_run;
pub mod form;
mod gate;
pub mod help;
pub mod home;
pub mod import;
pub mod list;
pub mod live;
pub mod member;
pub mod nav;
pub mod outgoing;
pub mod own_fields;
pub mod pages;
pub mod palette;
pub mod parts;
pub mod pick;
pub mod policy;
pub mod posted;
pub mod record;
pub mod settings;
pub mod shell;
pub mod show;
pub mod sign_in;
pub mod standing;
mod step_up;
mod titles;
pub mod together;
pub mod undo;
pub mod views;
pub mod words;
pub mod zip;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};
use kernel::{Catalog, EntityDef, Fault, Text};
use live::Live;
use store::Store;

pub use standing::Standing;
pub use views::MODULE;

use door::{Ask, Visitor};

/// What every page needs.
#[derive(Clone)]
pub struct WebState {
    pub store: Store,
    pub catalog: &'static Catalog,
    /// Whether the pages are served over TLS: cookies are then bound to this host and to TLS.
    pub secure_cookies: bool,
    /// How to sign in to a demonstration, told on the sign-in page; empty elsewhere.
    pub demo: Arc<[DemoSignIn]>,
    /// What the first to open an empty installation must know, when they may come from elsewhere
    /// than this machine: the console shows it.
    pub first_run_code: Option<Arc<str>>,
    /// Those who have a page open.
    pub live: Live,
    /// Where the links of letters lead, `https://comptoir.example`; none when no letter leaves.
    pub mailed: Option<Arc<str>>,
    /// What fills a demonstration; without it none is offered.
    pub fill: Option<Arc<first_run::Fill>>,
    /// How this installation is kept.
    pub standing: Standing,
    /// Where people reach this installation, as its operator says; none when nobody told.
    pub address: Option<Arc<str>>,
    /// What browsers were asked and have not answered.
    pub challenges: sign_in::Challenges,
    /// The way to other machines.
    pub outgoing: outgoing::Outgoing,
    /// The sign-ins that are under way at a provider.
    pub exchanges: sign_in::Exchanges,
}

/// A person of the demonstration company.
#[derive(Debug, Clone)]
pub struct DemoSignIn {
    /// What this person does: `Comptable`.
    pub role: Text,
    pub email: String,
    pub password: String,
}

impl WebState {
    #[must_use]
    pub fn new(store: Store, catalog: &'static Catalog, secure_cookies: bool) -> Self {
        let live = Live::new(store.clone());
        Self {
            store,
            catalog,
            secure_cookies,
            demo: Arc::new([]),
            first_run_code: None,
            live,
            mailed: None,
            fill: None,
            standing: Standing::default(),
            address: None,
            challenges: sign_in::Challenges::default(),
            outgoing: outgoing::Outgoing::default(),
            exchanges: sign_in::Exchanges::default(),
        }
    }
    /// The entity of a path.
    ///
    /// # Errors
    /// `path.unknown`.
    pub fn plural(&self, plural: &str) -> Result<&'static EntityDef, Fault> {
        let unknown = || Fault::new("path.unknown").with("path", format!("/{plural}"));
        self.catalog.plural(plural).ok_or_else(unknown)
    }
}

/// Every page.
pub fn router(state: WebState) -> Router {
    let pages = Router::new()
        .route("/", get(home::home))
        .route("/search", get(palette::search))
        .route("/palette", get(palette::palette))
        .route("/pick/{entity}", get(pick::pick))
        .route("/pick/where/{plural}", get(list::bar::complete))
        .route("/design", get(design))
        .merge(sign_in::routes())
        .merge(first_run::routes())
        .merge(import::routes())
        .merge(settings::routes())
        .merge(help::routes())
        .merge(undo::routes())
        .merge(live::routes())
        .merge(bulk::routes())
        .merge(generic())
        .merge(pages::routes())
        .merge(views::routes())
        .merge(dashboard::routes())
        .merge(together::routes())
        .merge(audit::routes())
        .merge(attachments::routes())
        .fallback(unknown);
    let secure = state.secure_cookies;
    step_up::over(pages, &state)
        .layer(map_response(move |response| guarded(response, secure)))
        .merge(assets::routes().with_state(state))
}

/// The pages drawn from the description. A path with a word in it comes before these.
fn generic() -> Router<WebState> {
    Router::new()
        .route("/{plural}", get(list::list).post(form::create))
        .route("/{plural}/new", get(form::blank))
        .route("/{plural}/export.csv", get(list::export::csv))
        .route("/{plural}/export.xlsx", get(list::export::xlsx))
        .route("/{plural}/{id}", get(record::record).post(form::update))
        .route("/{plural}/{id}/edit", get(form::edit))
        .route("/{plural}/{id}/cell/{field}", get(cell::open).post(cell::save))
        .route("/{plural}/{id}/move", post(list::moved::run))
        .route("/{plural}/bulk", get(bulk::none).post(bulk::ask))
        .route("/{plural}/{id}/delete", get(record::ask_delete).post(record::delete))
        .route("/{plural}/{id}/do/{act}", get(act::ask).post(act::run))
}

async fn unknown(visitor: Visitor, ask: Result<Ask, Response>) -> Response {
    let fault = Fault::new("path.unknown").with("path", visitor.path.as_str());
    match ask {
        Ok(ask) => ask.refused(fault),
        Err(response) => response,
    }
}

async fn design(visitor: Visitor) -> Response {
    answer::html(&design_page::design(&visitor.shell()))
}

/// Nothing runs or loads but what we serve, and no one frames us.
async fn guarded(mut response: Response, secure: bool) -> Response {
    let status = response.status();
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    let policy = policy::of(headers);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(fixed("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(fixed("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(fixed("no-store"));
    if secure {
        cookies::bind(headers);
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.entry(header::RETRY_AFTER).or_insert(fixed("1"));
    }
    response
}
