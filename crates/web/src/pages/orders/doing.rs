//! The acts of orders and quotes, pressed on their own pages: what is refused is said there.

use kernel::work::not_found;
use kernel::{Entity, Fault, Faults, Id, Inputs, Origin};
use serde_json::{Value as Json, json};

use axum::response::Response;

use crate::address::{Fields, back};
use crate::door::Ask;
use crate::parts::Tone;
use crate::{show, words};

/// Runs an act with inputs that the page read itself. Tells what the act made.
///
/// # Errors
/// `forbidden`, `not_found`, those of the act.
pub async fn run<E: Entity>(
    ask: &Ask,
    fields: &Fields,
    name: &str,
    id: Id<E>,
    inputs: Inputs,
) -> Result<Option<Origin>, Faults> {
    let catalog = ask.state.catalog;
    let unknown = || Fault::new("path.unknown").with("path", ask.visitor.path.as_str());
    let action = catalog.action(E::DEF.name, name).ok_or_else(unknown)?;
    let done = ask
        .command(fields, move |tx, actor, _| {
            tx.row(E::DEF, id.raw())?.ok_or_else(|| not_found(E::DEF, id.raw()))?;
            let made = catalog.run(tx, actor, action, id.raw(), &inputs)?;
            Ok(made.map_or(Json::Null, |origin| json!(origin.to_string())))
        })
        .await?;
    let entity = |name: &str| catalog.entity(name);
    Ok(done.as_str().and_then(|text| kernel::json::origin(text, entity)))
}

/// Leads to what an act made, or to where the form asked to come back, and says that it is done.
#[must_use]
pub fn done<E: Entity>(
    ask: &Ask,
    fields: &Fields,
    name: &str,
    id: Id<E>,
    made: Option<Origin>,
) -> Response {
    let catalog = ask.state.catalog;
    let page = |origin: Origin| {
        let def = catalog.entity(origin.entity)?;
        ask.actor.can(&format!("{}.read", def.name)).then(|| show::href(def, origin.id))
    };
    let href = match fields.text("back") {
        "" => made.and_then(page).unwrap_or_else(|| show::href(E::DEF, id.raw())),
        wanted => back(wanted).to_owned(),
    };
    let label = catalog.action(E::DEF.name, name).map_or("", |act| act.label.say(ask.language));
    ask.go_saying(&href, Tone::Done, &words::done(ask.language, label))
}
