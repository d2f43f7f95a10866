//! Where the forms of views are sent: each runs an act of the catalogue, through the gate.

use axum::Router;
use axum::extract::Path;
use axum::routing::post;
use kernel::{EntityDef, Fault, Faults, RawId, json};
use serde_json::{Value as Json, json as document};

use super::bar::inputs;
use crate::address::back;
use crate::answer::Answer;
use crate::parts::{Tone, say};
use crate::posted::Posted;
use crate::{WebState, act, words};

/// The paths of views.
pub fn routes() -> Router<WebState> {
    Router::new().route("/views", post(save)).route("/views/{id}/{act}", post(change))
}

/// `POST /views`: keeps the list shown.
async fn save(posted: Posted) -> Answer {
    let user = posted.ask.actor.user.ok_or_else(|| Fault::new("view.owner"));
    let user = user.map_err(|fault| posted.ask.refusal(fault))?;
    let made = run(&posted, "user", user, "save_view").await;
    let Posted { ask, fields } = &posted;
    let made = made.map_err(|faults| ask.refusal(faults))?;
    let entity = |name: &str| ask.state.catalog.entity(name);
    let made = made.as_str().and_then(|text| json::origin(text, entity));
    let address = back(fields.text("back"));
    let without = without_view(address);
    let and = if without.contains('?') { '&' } else { '?' };
    let address = match made {
        Some(origin) => format!("{without}{and}view={}", origin.id),
        None => address.to_owned(),
    };
    let said = say(ask.language, "La vue est enregistrée.", "The view is saved.");
    Ok(ask.go_saying(&address, Tone::Done, said))
}

/// `POST /views/{id}/{act}`: renames, shares, pins, replaces or deletes a view.
async fn change(Path((id, act)): Path<(String, String)>, posted: Posted) -> Answer {
    let id = RawId::parse(&id).map_err(|fault| posted.ask.refusal(fault))?;
    let done = run(&posted, "saved_view", id, &act).await;
    let Posted { ask, fields } = &posted;
    done.map_err(|faults| ask.refusal(faults))?;
    Ok(ask.go_saying(back(fields.text("back")), Tone::Done, ask.say(words::DONE)))
}

async fn run(posted: &Posted, entity: &str, id: RawId, act: &str) -> Result<Json, Faults> {
    let catalog = posted.ask.state.catalog;
    let unknown = || Fault::new("path.unknown").with("path", format!("/views/{act}"));
    let action = catalog.action(entity, act).ok_or_else(unknown)?;
    let def: &'static EntityDef = catalog.entity(entity).ok_or_else(unknown)?;
    let (language, fields) = (posted.ask.language, inputs(&posted.fields));
    posted
        .ask
        .command(&fields, move |tx, actor, fields| {
            tx.row(def, id)?.ok_or_else(|| kernel::work::not_found(def, id))?;
            let inputs = act::inputs(tx, actor, language, catalog, action, fields)?;
            let made = catalog.run(tx, actor, action, id, &inputs)?;
            Ok(made.map_or(Json::Null, |origin| document!(origin.to_string())))
        })
        .await
}

/// The address without the view that one looked through before.
fn without_view(address: &str) -> String {
    let Some((path, query)) = address.split_once('?') else { return address.to_owned() };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("view=")).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}
