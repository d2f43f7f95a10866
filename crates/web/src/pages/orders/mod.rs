//! Orders by hand: the book, the page of one, its editor, its confirmation.

pub mod acts;
pub mod book;
mod confirm;
pub mod credit;
pub mod doing;
pub mod editor;
pub mod line_columns;
pub mod lines_page;
mod list;
pub mod list_page;
pub mod preview;
mod products;
mod record_page;
mod seen;
pub mod step;
pub mod thread;
pub mod when;
pub mod worth;

use axum::Router;
use axum::routing::{get, post};

use super::HandMade;
use crate::WebState;

/// The pages of orders.
pub const ORDERS: HandMade = HandMade {
    entity: "order",
    list: Some(|ask| Box::pin(list::list(ask))),
    record: Some(|ask, id| Box::pin(record_page::record(ask, id))),
    form: Some(|ask, sheet| Box::pin(editor::page(ask, worth::Paper::Order, sheet))),
};

/// Further paths.
pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/orders/preview", post(preview::of_order))
        .route("/orders/{id}/do/{act}", get(confirm::ask).post(confirm::run))
        .route("/pick/product", get(products::pick))
}
