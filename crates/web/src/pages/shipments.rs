//! Shipments, made for the warehouse: what is to prepare and to send, and the page of a shipment
//! whose next step is one large button, under the thumb on a phone.

mod list;
mod picking;
mod record;
mod steps;

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use crm::sales::Order;
use erp::logistics::Shipment;
use kernel::{Faults, Id, Language, RawId, parse_decimal};
use processes::{order_to_cash, trade_document};
use serde_json::json;

use super::{HandMade, acting, invoices};
use crate::WebState;
use crate::answer::{Answer, Refused};
use crate::door::Ask;
use crate::parts::Tone;
use crate::posted::Posted;

pub const SHIPMENT: HandMade = HandMade {
    list: Some(|ask| Box::pin(async move { list::page(&ask, &Faults::default()).await })),
    record: Some(|ask, id| {
        Box::pin(async move { record::page(&ask, Id::from_raw(id), &Faults::default()).await })
    }),
    ..HandMade::of("shipment")
};

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/shipments/prepare", post(prepare))
        .route("/shipments/{id}/step/{name}", post(step))
        .route("/shipments/{id}/delivery-note.pdf", get(delivery_note))
}

/// `POST /shipments/prepare`: draws up a shipment of each of these orders. All of them, or none.
async fn prepare(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("order.prepare")?;
    let done = ask
        .command(&fields, |tx, actor, fields| {
            let mut made = 0;
            for text in fields.all("id") {
                let order = Id::<Order>::from_raw(RawId::parse(text)?);
                order_to_cash::prepare(tx, actor, order)?;
                made += 1;
            }
            Ok(json!(made))
        })
        .await;
    match done {
        Ok(count) => {
            let count = count.as_i64().unwrap_or(0);
            let said = match (ask.language, count) {
                (Language::French, 0 | 1) => format!("{count} expédition préparée."),
                (Language::French, _) => format!("{count} expéditions préparées."),
                (Language::English, 1) => "1 shipment drawn up.".to_owned(),
                (Language::English, _) => format!("{count} shipments drawn up."),
            };
            Ok(ask.go_saying("/shipments", Tone::Done, &said))
        }
        Err(faults) => list::page(&ask, &faults).await,
    }
}

/// `POST /shipments/{id}/step/{name}`: scans, counts, picks, packs, ships, delivers,
/// cancels.
async fn step(Path((id, name)): Path<(String, String)>, posted: Posted) -> Answer {
    let Posted { ask, mut fields } = posted;
    let id = acting::id_of::<Shipment>(&ask, &id)?;
    let known = steps::ACTS.iter().find(|known| **known == name).copied();
    let unknown = || kernel::Fault::new("path.unknown").with("path", ask.visitor.path.as_str());
    let name = known.ok_or_else(|| ask.refusal(unknown()))?;
    // People weigh in kilograms, records in grams.
    let weight = fields.text("weight").to_owned();
    if !weight.is_empty() {
        match parse_decimal(&ask.language.plain(&weight), 3) {
            Ok(grams) => fields.push("weight_g", grams.to_string()),
            Err(fault) => {
                return record::page(&ask, id, &fault.on("weight_g").into()).await;
            }
        }
    }
    match acting::run(&ask, &fields, name, id, &["weight"]).await {
        // Each scan is answered beside its field, by the line that it counted on.
        Ok(Some(line)) if name == "scan" => {
            Ok(crate::answer::go(&format!("/shipments/{id}?scanned={}", line.id)))
        }
        Ok(_) if name == "count" => Ok(crate::answer::go(&format!("/shipments/{id}"))),
        Ok(_) => {
            let said = acting::done::<Shipment>(&ask, name);
            Ok(ask.go_saying(&format!("/shipments/{id}"), Tone::Done, &said))
        }
        Err(faults) if faults.has("not_found") => Err(ask.refusal(faults)),
        Err(faults) => record::page(&ask, id, &faults).await,
    }
}

/// `GET /shipments/{id}/delivery-note.pdf`: without prices, to go with the goods.
async fn delivery_note(ask: Ask, Path(id): Path<String>) -> Result<Response, Refused> {
    ask.may("shipment.read")?;
    let id = acting::id_of::<Shipment>(&ask, &id)?;
    let file = ask.read(move |tx, _| trade_document::delivery_note_pdf(tx, id)).await?;
    Ok(invoices::inline("application/pdf", &file.name, file.bytes))
}
