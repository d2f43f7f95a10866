//! Coming in and going out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use kernel::{Fault, Faults, Instant};
use maud::{Markup, html};

use crate::address::{back, encoded};
use crate::answer::{go, html as page_of, said, status, with_header};
use crate::door::Visitor;
use crate::parts::{Button, Field, definitions, empty, hidden};
use crate::posted::{Posted, PostedByVisitor};
use crate::shell::page_plain;
use crate::{WebState, first_run, gate, words};

/// How many times one may be wrong in a quarter of an hour: for an account, and for an address.
const WRONG_BY_ACCOUNT: u32 = 8;
const WRONG_BY_ADDRESS: u32 = 40;
const QUARTER: i64 = 15 * 60 * Instant::SECOND;
/// The most accounts and addresses remembered.
const REMEMBERED: usize = 20_000;

/// Counts failed attempts, in memory: a restart forgives.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<String, (u32, Instant)>>);

impl Throttle {
    /// Counts an attempt under each name before it is made, so that many at once are counted too.
    ///
    /// # Errors
    /// `sign_in.throttled`, with the minutes left, when one of the names had too many.
    pub(crate) fn attempt(&self, names: &[(String, u32)], now: Instant) -> Result<(), Fault> {
        let Ok(mut known) = self.0.lock() else { return Ok(()) };
        if known.len() > REMEMBERED {
            known.retain(|_, (_, since)| now.0 - since.0 < QUARTER);
        }
        for (name, most) in names {
            let (count, since) = known.entry(name.clone()).or_insert((0, now));
            if now.0 - since.0 >= QUARTER {
                (*count, *since) = (0, now);
            }
            if *count >= *most {
                let left = (QUARTER - (now.0 - since.0)) / (60 * Instant::SECOND) + 1;
                return Err(Fault::new("sign_in.throttled").with("minutes", left));
            }
            *count += 1;
        }
        Ok(())
    }

    pub(crate) fn forgive(&self, names: &[(String, u32)]) {
        if let Ok(mut known) = self.0.lock() {
            for (name, _) in names {
                known.remove(name);
            }
        }
    }
}

pub fn routes() -> Router<WebState> {
    let throttle = Arc::new(Throttle::default());
    Router::new()
        .route("/sign-in", get(form).post(enter))
        .route("/sign-out", post(leave))
        .layer(Extension(throttle))
}

async fn form(visitor: Visitor) -> Response {
    if visitor.waiting(first_run::is_due).await.is_ok_and(|due| due) {
        return go("/welcome");
    }
    let empty = visitor.waiting(gate::anyone).await.is_ok_and(|anyone| !anyone);
    page(&visitor, "", empty, &Faults::default())
}

async fn enter(
    Extension(throttle): Extension<Arc<Throttle>>,
    PostedByVisitor { visitor, fields }: PostedByVisitor,
) -> Response {
    let (email, password) = (fields.text("email").to_owned(), fields.get("password"));
    let password = password.unwrap_or("").to_owned();
    let mut names = vec![(format!("account {}", email.to_lowercase()), WRONG_BY_ACCOUNT)];
    if let Some(address) = visitor.address {
        names.push((format!("address {address}"), WRONG_BY_ADDRESS));
    }
    let (given, quick) = (email.clone(), throttle.attempt(&names, store::now()));
    let entered = match quick {
        Err(fault) => Err(fault.into()),
        Ok(()) => visitor.waiting(move |state| gate::enter(state, &given, &password)).await,
    };
    match entered {
        Ok(session) => {
            throttle.forgive(&names);
            let to = fields.get("back").map_or("/", back);
            with_header(go(to), header::SET_COOKIE, &cookie(&visitor.state, &session))
        }
        Err(faults) => {
            let refused = faults.has("sign_in.refused");
            let code = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { status(&faults) };
            (code, page(&visitor, &email, false, &faults)).into_response()
        }
    }
}

async fn leave(posted: Posted) -> Response {
    let ask = posted.ask;
    if let Some(session) = ask.visitor.session.clone() {
        let actor = ask.actor.clone();
        let left = ask.visitor.waiting(move |state| gate::leave(state, &actor, &session)).await;
        if let Err(faults) = left {
            return ask.refused(faults);
        }
    }
    let gone = cookie_of(&ask.state, "", 0);
    with_header(go("/sign-in"), header::SET_COOKIE, &gone)
}

/// The cookie of a session.
#[must_use]
pub fn cookie(state: &WebState, session: &str) -> String {
    cookie_of(state, session, identity::token::SESSION_DAYS * 86_400)
}

fn cookie_of(state: &WebState, session: &str, seconds: i64) -> String {
    let name = gate::cookie(state);
    let secure = if state.secure_cookies { "; Secure" } else { "" };
    let value = encoded(session);
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

fn page(visitor: &Visitor, email: &str, nobody: bool, faults: &Faults) -> Response {
    let language = visitor.language;
    let back = match visitor.query.get("back") {
        Some(wanted) => back(wanted),
        None => "/",
    };
    let errors: Vec<(String, String)> =
        said(faults, language).into_iter().map(|said| (String::new(), said)).collect();
    let email_field = Field::email(language, "email", words::EMAIL.say(language)).value(email);
    let password = Field::password(language, "password", words::PASSWORD.say(language), false);
    let (email_field, password) = if email.is_empty() {
        (email_field.focus(), password)
    } else {
        (email_field, password.focus())
    };
    let body = html! {
        h1.h1 { (words::SIGN_IN_TITLE.say(language)) }
        @if nobody { (empty(words::NOBODY_YET.say(language), "", &[])) }
        form.form.mt method="post" action="/sign-in" {
            (hidden(&[("back", back)]))
            @if !errors.is_empty() { (refused(&errors)) }
            (email_field.required(true).all())
            (password.required(true).all())
            div.acts { (Button::submit(words::SIGN_IN.say(language)).primary()) }
        }
        (demo(visitor))
    };
    page_of(&page_plain(&visitor.shell(), words::SIGN_IN_TITLE.say(language), true, &body))
}

/// The sentence alone: nothing was to be saved here.
fn refused(errors: &[(String, String)]) -> Markup {
    html! {
        div.banner role="alert" {
            div { @for (_, said) in errors { b { (said) } " " } }
        }
    }
}

fn demo(visitor: &Visitor) -> Markup {
    let language = visitor.language;
    let known: Vec<(String, Option<Markup>)> = visitor
        .state
        .demo
        .iter()
        .map(|person| {
            let shown = html! { (person.email) br; span.muted { (person.password) } };
            (person.role.say(language).to_owned(), Some(shown))
        })
        .collect();
    html! {
        @if !known.is_empty() {
            section.mt {
                p.muted { (words::DEMO_HINT.say(language)) }
                (definitions(&known))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_mistakes_make_one_wait_a_quarter_of_an_hour() {
        let (throttle, names) = (Throttle::default(), vec![("account a".to_owned(), 3)]);
        let now = Instant(1_000 * Instant::SECOND);
        for _ in 0..3 {
            assert!(throttle.attempt(&names, now).is_ok());
        }
        let refused = throttle.attempt(&names, now).unwrap_err();
        assert_eq!(refused.code, "sign_in.throttled");
        assert_eq!(refused.facts, [("minutes", kernel::Value::Integer(16))]);
        assert!(throttle.attempt(&names, Instant(now.0 + QUARTER)).is_ok());
        throttle.forgive(&names);
        assert!(throttle.attempt(&names, now).is_ok());
    }
}
