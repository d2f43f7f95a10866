//! Quotes by hand: the page of one, its editor, its document.

mod accept;
mod compare;
mod lines;
pub mod paper;
mod record_page;
pub use record_page::standing;
pub mod seen;
mod signed;

use axum::Router;
use axum::routing::{get, post};

use super::HandMade;
use super::orders::{editor, preview, worth};
use crate::WebState;

/// The pages of quotes.
pub const QUOTES: HandMade = HandMade {
    entity: "quote",
    list: None,
    record: Some(|ask, id| Box::pin(record_page::record(ask, id))),
    form: Some(|ask, sheet| Box::pin(editor::page(ask, worth::Paper::Quote, sheet))),
};

/// Further paths.
pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/quotes/preview", post(preview::of_quote))
        .route("/quotes/{id}/do/{act}", get(record_page::ask).post(record_page::run))
        .route("/quotes/{id}/compare", get(compare::page))
        .route("/quotes/{id}/paper.pdf", get(paper::of_quote))
        .route("/orders/{id}/paper.pdf", get(paper::of_order))
}
