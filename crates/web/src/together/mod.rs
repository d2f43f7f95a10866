//! Working together: the story of every record, with what people write on it; what they follow, and
//! what they are told of; the day of each.

mod compose;
mod drawn;
mod fold;
pub mod inbox;
mod kept;
mod people;
mod second;
mod story;
pub mod tell;
mod today;
pub(crate) mod words;

use axum::Router;
use axum::routing::{get, post};
use kernel::{Fault, Inputs};
use serde_json::Value as Json;

use crate::WebState;
use crate::address::back;
use crate::answer::Answer;
use crate::parts::Tone;
use crate::posted::Posted;

pub use inbox::NOTIFICATIONS;
pub use kept::{ACTIONS, Follow, Notification, Why, follow, following};
pub use people::{Person, mentions, people};
pub use story::{Story, read, story};

/// What the story of a record shows, and its page lists no more.
pub(crate) const IN_STORIES: [&str; 4] = ["interaction", "follow", "notification", "attachment"];

/// The paths of this face.
pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/say", post(compose::say))
        .route("/follow", post(change_follow))
        .route("/today", get(today::page))
        .route("/notifications/{id}/open", post(inbox::open))
}

/// `POST /follow`: follows the record `about`, or no longer.
async fn change_follow(posted: Posted) -> Answer {
    let catalog = posted.ask.state.catalog;
    let act = if posted.fields.text("act") == "unfollow" { "unfollow" } else { "follow" };
    let done = posted
        .command(move |tx, actor, fields| {
            let unknown = || Fault::new("path.unknown").with("path", "/follow");
            let entity = |name: &str| catalog.entity(name);
            let about = kernel::json::origin(fields.text("about"), entity).ok_or_else(unknown)?;
            let def = catalog.entity(about.entity).ok_or_else(unknown)?;
            tx.row(def, about.id)?.ok_or_else(|| kernel::work::not_found(def, about.id))?;
            let user = actor.user.ok_or_else(|| Fault::new("together.owner"))?;
            let action = catalog.action("user", act).ok_or_else(unknown)?;
            catalog.run(tx, actor, action, user, &Inputs::default().with("about", about))?;
            Ok(Json::Null)
        })
        .await;
    let Posted { ask, fields } = &posted;
    done.map_err(|faults| ask.refusal(faults))?;
    let said = if act == "follow" { words::FOLLOWING_NOW } else { words::FOLLOWING_NO_MORE };
    Ok(ask.go_saying(back(fields.text("back")), Tone::Done, ask.say(said)))
}
