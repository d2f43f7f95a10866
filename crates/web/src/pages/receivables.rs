//! What customers owe: by age, customer by customer; and the reminders to send.

mod aged;
mod party;
mod reminders;

use axum::Router;
use axum::routing::{get, post};
use kernel::Text;
use maud::Markup;

use crate::WebState;
use crate::door::Ask;
use crate::nav::{Entry, Group};
use crate::parts::{Tab, say, tabs};

/// The key of the receivables in the rail.
pub const RECEIVABLES: &str = "receivables";

pub const PLACE: Entry = Entry::page(
    Group::Finance,
    RECEIVABLES,
    "/receivables",
    Text::new("Créances clients", "Receivables"),
    "payment.read",
)
.letter('u')
.after("invoice");

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/receivables", get(aged::page))
        .route("/receivables/reminders", get(reminders::list))
        .route("/receivables/remind", post(reminders::remind))
        .route("/receivables/{party}", get(party::page))
}

/// The two views; `due` is how many reminders are to be sent.
fn views(ask: &Ask, reminders: bool, due: usize) -> Markup {
    let language = ask.language;
    let mut list = Tab::new(
        say(language, "Relances à envoyer", "Reminders to send"),
        "/receivables/reminders",
        reminders,
    );
    if due > 0 {
        list = list.count(due.to_string());
    }
    let aged = Tab::new(say(language, "Balance âgée", "Aged balance"), "/receivables", !reminders);
    tabs(say(language, "Créances", "Receivables"), &[aged, list])
}
