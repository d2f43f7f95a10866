//! What waits for a second person is answered by 202 and the address of its approval.

use axum::Json as AxumJson;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::approval;
use kernel::{Actor, Faults, Wish};
use serde_json::json;
use store::Call;

use crate::Api;

/// Asks a second person for what was refused for the lack of one; the refusal itself when it is
/// another.
///
/// # Errors
/// The refusal; `store.*`.
pub fn asked(api: &Api, actor: &Actor, refused: Faults) -> Result<Response, Faults> {
    if Wish::of_faults(&refused).is_none() {
        return Err(refused);
    }
    let who = actor.clone();
    let id = api.store.command(Call::new(actor.clone()), move |tx| {
        Ok(json!(approval::ask(tx, &who, &refused)?.to_string()))
    })?;
    let place = format!("/api/approvals/{}", id.as_str().unwrap_or_default());
    let said = json!({ "approval": { "id": id, "href": place, "state": "pending" } });
    let mut response = (StatusCode::ACCEPTED, AxumJson(said)).into_response();
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}
