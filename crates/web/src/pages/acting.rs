//! Acts of the catalogue asked for from a page made by hand, which shows the refusal itself.

use axum::response::{IntoResponse, Response};
use kernel::work::not_found;
use kernel::{Entity, Fault, Faults, Id, Origin, RawId, Row};
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use crate::act;
use crate::address::Fields;
use crate::answer::{self, Refused};
use crate::door::{Ask, new_key};
use crate::parts::hidden;
use crate::words;

/// Runs an act on a record with what a form sent; `own` names the fields that are the page's and no
/// input of the act. Tells what the act made.
///
/// # Errors
/// `forbidden`, `not_found`, those of the inputs and of the act.
pub async fn run<E: Entity>(
    ask: &Ask,
    fields: &Fields,
    name: &'static str,
    id: Id<E>,
    own: &[&str],
) -> Result<Option<Origin>, Faults> {
    let (catalog, language) = (ask.state.catalog, ask.language);
    let unknown = || Fault::new("path.unknown").with("path", ask.visitor.path.as_str());
    let action = catalog.action(E::NAME, name).ok_or_else(unknown)?;
    let own: Vec<String> = own.iter().map(|name| (*name).to_owned()).collect();
    let done = ask
        .command(fields, move |tx, actor, fields| {
            actor.may(&action.right())?;
            tx.row(E::DEF, id.raw())?.ok_or_else(|| not_found(E::DEF, id.raw()))?;
            let kept: Vec<&str> = own.iter().map(String::as_str).collect();
            let given = fields.without(&kept);
            let inputs = act::inputs(tx, actor, language, catalog, action, &given)?;
            let made = catalog.run(tx, actor, action, id.raw(), &inputs)?;
            Ok(made.map_or(Json::Null, |origin| json!(origin.to_string())))
        })
        .await?;
    let entity = |name: &str| catalog.entity(name);
    Ok(done.as_str().and_then(|text| kernel::json::origin(text, entity)))
}

/// What is said when an act is done: its name, and that it is.
#[must_use]
pub fn done<E: Entity>(ask: &Ask, name: &str) -> String {
    let act = ask.state.catalog.action(E::NAME, name);
    let label = act.map_or("", |act| act.label.say(ask.language));
    words::done(ask.language, label)
}

/// Whether the record offers an act, and the person may do it.
#[must_use]
pub fn offered<E: Entity>(ask: &Ask, name: &str, row: &Row) -> bool {
    let action = ask.state.catalog.action(E::NAME, name);
    action.is_some_and(|act| ask.actor.can(&act.right()) && (act.offered)(&row.values))
}

/// What every form of a page sends unseen: the session's token, and a key of its own.
#[must_use]
pub fn unseen(ask: &Ask) -> Markup {
    html! { (hidden(&[("token", ask.token.as_str()), ("key", new_key().as_str())])) }
}

/// A page that says what was refused has the status of the refusal.
#[must_use]
pub fn with_status(response: Response, faults: &Faults) -> Response {
    if faults.0.is_empty() {
        return response;
    }
    (answer::status(faults), response).into_response()
}

/// The id of a path; one that is no id names nothing.
///
/// # Errors
/// `not_found`, as a page.
pub fn id_of<E: Entity>(ask: &Ask, text: &str) -> Result<Id<E>, Refused> {
    RawId::parse(text).map(Id::from_raw).map_err(|_| {
        let fault = Fault::new("not_found").with("entity", E::DEF.label.say(ask.language));
        ask.refusal(fault.with("id", text))
    })
}
