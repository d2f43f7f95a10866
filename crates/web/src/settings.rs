//! What a person sets for themselves: language, look, password; and the way to what the company
//! sets: itself, its people, its numbers, its taxes, its own fields.

mod account;
mod certificates;
pub mod company;
mod day_one;
pub mod fields;
mod index;
mod numbering;
pub mod roles;
mod security;
mod sign_in;
pub mod tokens;
pub mod users;

use axum::Router;
use axum::http::header;
use axum::response::Response;
use axum::routing::{get, post};
use kernel::Language;
use maud::{Markup, html};

use crate::address::back;
use crate::answer::{Answer, go, with_header};
use crate::door::Ask;
use crate::parts::{head, rows};
use crate::posted::PostedByVisitor;
use crate::shell::{Density, Theme};
use crate::{WebState, nav, words};

/// A year, in seconds: how long a choice of look is kept.
const YEAR: u32 = 31_536_000;

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/preferences", post(prefer))
        .route("/settings", get(settings))
        .merge(security::routes())
        .route("/settings/users", get(users::list).post(users::add))
        .route("/settings/users/{id}/password", post(users::renew))
        .route("/settings/users/{id}/invite", post(users::invite))
        .route("/settings/tokens", get(tokens::list).post(tokens::add))
        .route(sign_in::PLACE, get(sign_in::show).post(sign_in::save))
        .route("/settings/services", post(tokens::add_service))
        .route(certificates::PLACE, get(certificates::show).post(certificates::add))
        .route("/settings/numbering", get(numbering::show))
        .route(day_one::PLACE, get(day_one::show))
        .merge(roles::routes())
        .merge(sign_in::routes())
        .route("/settings/fields/preview", post(fields::preview_new))
        .route("/settings/fields/{id}/preview", post(fields::preview_of))
        .route("/custom_fields", get(fields::list).post(fields::create))
        .route("/help/keys", get(keys))
}

/// Keeps a choice of language, colours or density in this browser, and comes back.
async fn prefer(PostedByVisitor { visitor: _, fields }: PostedByVisitor) -> Response {
    let mut response = go(back(fields.text("back")));
    let chosen = [
        ("language", Language::of_tag(fields.text("language")).map(Language::tag)),
        ("theme", fields.get("theme").map(|word| Theme::of(word).word())),
        ("density", fields.get("density").map(|word| Density::of(word).word())),
    ];
    for (name, word) in chosen {
        if let Some(word) = word {
            let cookie = format!("{name}={word}; Path=/; Max-Age={YEAR}; SameSite=Lax");
            response = with_header(response, header::SET_COOKIE, &cookie);
        }
    }
    response
}

async fn settings(ask: Ask) -> Answer {
    index::page(&ask).await
}

/// The key map for those without scripts: the letters that lead to pages.
async fn keys(ask: Ask) -> Answer {
    let lines: Vec<(Markup, Markup)> = nav::seen(&ask)
        .iter()
        .filter_map(|page| {
            let letter = page.letter?.to_ascii_uppercase();
            let place = html! { a href=(page.href) { (page.label.say(ask.language)) } };
            Some((place, html! { kbd { "G" } " " kbd { (letter) } }))
        })
        .collect();
    let title = ask.say(words::KEYS);
    let body = html! { (head(&html! {}, title, &html! {}, &[])) (rows(&lines)) };
    Ok(ask.page("settings", Vec::new(), title, &body))
}
