//! The documents of a quote and of an order, as PDF.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use crm::sales::{Order, Quote};
use kernel::{Entity, Id};
use processes::invoice_document::Document;
use processes::trade_document::{order_pdf, quote_pdf};

use crate::answer::Answer;
use crate::door::Ask;
use crate::record;

/// `GET /quotes/{id}/paper.pdf`.
pub async fn of_quote(ask: Ask, Path(id): Path<String>) -> Answer {
    ask.may("quote.read")?;
    let id = record::id_of(&ask, Quote::DEF, &id)?;
    Ok(shown(ask.read(move |tx, _| quote_pdf(tx, Id::from_raw(id))).await?))
}

/// `GET /orders/{id}/paper.pdf`.
pub async fn of_order(ask: Ask, Path(id): Path<String>) -> Answer {
    ask.may("order.read")?;
    let id = record::id_of(&ask, Order::DEF, &id)?;
    Ok(shown(ask.read(move |tx, _| order_pdf(tx, Id::from_raw(id))).await?))
}

/// The file, shown by the browser under its own name.
#[must_use]
pub fn shown(document: Document) -> Response {
    let plain =
        |letter: char| if letter.is_ascii_graphic() && letter != '"' { letter } else { '-' };
    let name: String = document.name.chars().map(plain).collect();
    let about = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ];
    (about, document.bytes).into_response()
}
