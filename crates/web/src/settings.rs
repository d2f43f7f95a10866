//! What a person sets for themselves: language, look, password; and the way to what the company
//! sets: itself, its people, its numbers, its taxes, its own fields.

mod account;
pub mod company;
pub mod fields;
mod index;
mod numbering;
pub mod tokens;
pub mod users;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use identity::{User, set_password, sign_in, token};
use kernel::{Fault, Faults, Id, Language};
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use crate::address::back;
use crate::answer::{self, Answer, go, with_header};
use crate::door::Ask;
use crate::parts::{Tone, head, rows};
use crate::posted::{Posted, PostedByVisitor};
use crate::shell::{Density, Theme};
use crate::{WebState, nav, sign_in as door, words};

/// A year, in seconds: how long a choice of look is kept.
const YEAR: u32 = 31_536_000;

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/preferences", post(prefer))
        .route("/settings", get(settings))
        .route("/settings/password", post(change_password))
        .route("/settings/users", get(users::list).post(users::add))
        .route("/settings/users/{id}/password", post(users::renew))
        .route("/settings/tokens", get(tokens::list).post(tokens::add))
        .route("/settings/numbering", get(numbering::show))
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
    index::page(&ask, &Faults::default()).await
}

/// Changes one's own password: the old one is asked, every session ends, and a new one begins.
async fn change_password(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let Some(user) = ask.actor.user else {
        return Err(ask.refusal(Fault::new("forbidden").with("right", "user.set_password")));
    };
    let changed = change(&ask, Id::from_raw(user), &fields.without(&["key"])).await;
    match changed {
        Ok(session) => {
            let said = ask.say(words::PASSWORD_CHANGED);
            let response = ask.go_saying("/settings", Tone::Done, said);
            Ok(with_header(response, header::SET_COOKIE, &door::cookie(&ask.state, &session)))
        }
        Err(faults) => {
            let status = answer::status(&faults);
            Ok((status, index::page(&ask, &faults).await?).into_response())
        }
    }
}

async fn change(
    ask: &Ask,
    user: Id<User>,
    fields: &crate::address::Fields,
) -> Result<String, Faults> {
    let text = |name: &str| fields.get(name).unwrap_or("").to_owned();
    let (current, wanted) = (text("current"), text("password"));
    let (salt, chance) = (store::random_bytes::<16>()?, store::random_bytes::<32>()?);
    ask.look(move |tx, _| {
        let email = tx.get(user)?.email.clone();
        sign_in(tx, &email, &current).map_err(|fault| fault.on("current"))?;
        Ok(())
    })
    .await?;
    let opened = ask
        .command(fields, move |tx, _, _| {
            set_password(tx, user, &wanted, salt)?;
            Ok(json!(token::open_session(tx, user, chance)?))
        })
        .await?;
    match opened {
        Json::String(session) => Ok(session),
        _ => Err(Fault::new("internal").into()),
    }
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
