//! The door of programs: REST for every entity and act of the catalogue, drawn from their
//! description; files in and out; the feed of what happened; the document that describes it all.

mod answered;
pub mod attachments;
mod audit;
pub mod docs;
pub mod door;
pub mod export;
pub mod feed;
mod gate;
pub mod import;
pub mod listing;
pub mod many;
mod oauth;
pub mod openapi;
pub mod problem;
pub mod rest;
mod second;
pub mod strict;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use kernel::{Catalog, Language};
use store::Store;

pub use exchange::MODULE;
pub use problem::Problem;

/// What the door is given.
#[derive(Clone)]
pub struct ApiState {
    pub store: Store,
    pub catalog: &'static Catalog,
}

/// What every route has at hand.
#[derive(Clone)]
pub struct Api {
    pub store: Store,
    pub catalog: &'static Catalog,
    companies: gate::Companies,
    openapi: &'static str,
}

/// Every route below `/api`.
pub fn router(state: ApiState) -> Router {
    let ApiState { store, catalog } = state;
    // Drawn once: the catalogue lives as long as the program, and so does its description.
    let openapi = openapi::document(catalog).to_string().leak();
    let api = Api { store, catalog, companies: gate::Companies::default(), openapi };
    let own = Router::new()
        .route("/api/openapi.json", get(document).fallback(rest::wrong_method))
        .route("/api/docs", get(docs_page).fallback(rest::wrong_method))
        .route("/api", any(rest::nowhere));
    // Every other depth, told one by one: a fallback would be that of the pages too.
    let ends = ["", "{a}/", "{a}/{b}/", "{a}/{b}/{c}/", "{a}/{b}/{c}/{*rest}"];
    let own =
        ends.iter().fold(own, |own, end| own.route(&format!("/api/{end}"), any(rest::nowhere)));
    own.merge(import::routes())
        .merge(attachments::routes())
        .merge(many::routes())
        .merge(oauth::routes())
        .merge(feed::routes())
        .merge(audit::routes())
        .merge(rest::routes())
        .with_state(api)
}

async fn document(State(api): State<Api>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], api.openapi).into_response()
}

async fn docs_page(State(api): State<Api>, asked: door::Asked) -> Response {
    let given = rest::pairs(&asked).unwrap_or_default();
    let wanted = given.iter().find(|(name, _)| name == "lang");
    let language = wanted.and_then(|(_, tag)| Language::of_tag(tag));
    docs::page(api.catalog, language.unwrap_or_else(|| asked.language())).into_response()
}
