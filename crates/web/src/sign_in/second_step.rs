//! The second question, after the password: a code of the application, or one on paper.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router, routing::get};
use identity::pending::{self, Answered, Judged};
use identity::{Strength, second_factor};
use kernel::{Actor, CompanyNumber, Door, Fault, Faults, Text};
use maud::{Markup, html};
use serde_json::json;
use store::Call;

use super::{Throttle, arrived, said_above};
use crate::address::back;
use crate::answer::{go, html as page_of, said, status, with_header};
use crate::audit::entrance;
use crate::door::Visitor;
use crate::parts::{Button, Field, hidden};
use crate::posted::PostedByVisitor;
use crate::shell::page_plain;
use crate::{WebState, words};

const TITLE: Text = Text::new("Second facteur", "Second factor");
const CODE: Text = Text::new("Code à six chiffres", "Six-digit code");
const HINT: Text = Text::new(
    "Celui que montre votre application, ou l’un de vos codes de secours.",
    "The one your application shows, or one of your recovery codes.",
);
const AGAIN: Text = Text::new("Reprendre au mot de passe", "Start again with the password");

/// Wrong codes that are free; then each makes one wait (see [`Throttle`]).
const FREE: u32 = 5;

pub(super) fn routes() -> Router<WebState> {
    Router::new().route("/sign-in/code", get(form).post(enter))
}

const fn cookie_name(state: &WebState) -> &'static str {
    if state.secure_cookies { "__Host-pending" } else { "pending" }
}

/// The cookie of a password given and a second factor awaited; it opens nothing.
pub(super) fn cookie(state: &WebState, token: &str, seconds: i64) -> String {
    let secure = if state.secure_cookies { "; Secure" } else { "" };
    let name = cookie_name(state);
    format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

async fn form(visitor: Visitor) -> Response {
    let Some(token) = visitor.cookie(cookie_name(&visitor.state)) else { return go("/sign-in") };
    match visitor.waiting(move |state| whose(state, &token)).await {
        Ok(Some(_)) => page(&visitor, &Faults::default()),
        Ok(None) => go("/sign-in"),
        Err(faults) => crate::answer::refused_plain(&visitor, &faults),
    }
}

/// The company and the person of whom the second factor is awaited.
type Awaited = (CompanyNumber, kernel::Id<identity::User>);

fn whose(state: &WebState, token: &str) -> Result<Option<Awaited>, Faults> {
    for company in state.store.companies()? {
        let house = Actor::house(company, Door::Web);
        let found = state.store.read(&house, |tx| Ok(pending::of_token(tx, token)?))?;
        if let Some(pending) = found {
            return Ok(Some((company, pending.user)));
        }
    }
    Ok(None)
}

/// What came of an answer.
enum Came {
    In { session: String, email: String },
    Wrong,
    Over,
}

async fn enter(
    Extension(throttle): Extension<Arc<Throttle>>,
    PostedByVisitor { visitor, fields }: PostedByVisitor,
) -> Response {
    let Some(token) = visitor.cookie(cookie_name(&visitor.state)) else { return go("/sign-in") };
    let (code, arrival) = (fields.text("code").to_owned(), arrived(&visitor));
    let asked = token.clone();
    let awaited = match visitor.waiting(move |state| whose(state, &asked)).await {
        Ok(Some(awaited)) => awaited,
        Ok(None) => return over(&visitor),
        Err(faults) => return crate::answer::refused_plain(&visitor, &faults),
    };
    let mut names = vec![(format!("code {}", awaited.1), FREE)];
    if let Some(address) = visitor.address {
        names.push((format!("address {address}"), super::throttle::FREE_BY_ADDRESS));
    }
    if let Err(fault) = throttle.attempt(&names, store::now()) {
        return refused(&visitor, &fault.into());
    }
    let arrival = identity::Arrival { strength: Strength::SecondFactor, ..arrival };
    let judged =
        super::hashing(&visitor, move |state| answer(state, awaited, &token, code, arrival));
    match judged.await {
        Ok(Came::In { session, email }) => {
            throttle.forgive(&names);
            let address = visitor.address.map(|address| address.to_string());
            throttle.entered(&email, address.as_deref());
            if let Err(faults) = entrance::entered(&visitor, &session).await {
                return crate::answer::refused_plain(&visitor, &faults);
            }
            let to = fields.get("back").map_or("/", back);
            let response =
                with_header(go(to), header::SET_COOKIE, &super::cookie(&visitor.state, &session));
            with_header(response, header::SET_COOKIE, &cookie(&visitor.state, "", 0))
        }
        Ok(Came::Wrong) => refused(&visitor, &Fault::new("second_factor.code").on("code").into()),
        Ok(Came::Over) => over(&visitor),
        Err(faults) => refused(&visitor, &faults),
    }
}

fn answer(
    state: &WebState,
    (company, user): Awaited,
    token: &str,
    code: String,
    arrival: identity::Arrival,
) -> Result<Came, Faults> {
    let answered = if second_factor::is_recovery_shaped(&code) {
        Answered::Recovery(second_factor::hash_code(user, &code)?)
    } else {
        Answered::Code(code)
    };
    let (chance, token) = (store::random_bytes::<32>()?, token.to_owned());
    let call = Call::new(Actor::house(company, Door::Web));
    let done = state.store.command(call, move |tx| {
        Ok(match pending::judge(tx, &token, &answered)? {
            Judged::In(user) => {
                let session = identity::session::open_from(tx, user, chance, arrival.clone())?;
                json!([session, tx.get(user)?.email])
            }
            Judged::Wrong => json!("wrong"),
            Judged::Over => json!("over"),
        })
    })?;
    let text = |at: usize| done[at].as_str().unwrap_or("").to_owned();
    Ok(match done.as_str() {
        None => Came::In { session: text(0), email: text(1) },
        Some("wrong") => Came::Wrong,
        Some(_) => Came::Over,
    })
}

/// The question is over: back to the password.
fn over(visitor: &Visitor) -> Response {
    with_header(go("/sign-in"), header::SET_COOKIE, &cookie(&visitor.state, "", 0))
}

fn refused(visitor: &Visitor, faults: &Faults) -> Response {
    let wrong = faults.has("second_factor.code");
    let code = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { status(faults) };
    (code, page(visitor, faults)).into_response()
}

fn page(visitor: &Visitor, faults: &Faults) -> Response {
    let language = visitor.language;
    let wanted = visitor.query.get("back").map_or("/", back);
    let code = Field::typed(language, "code", CODE.say(language), "text", Some("one-time-code"))
        .hint(HINT.say(language))
        .required(true)
        .focus()
        .all();
    let body: Markup = html! {
        h1.h1 { (TITLE.say(language)) }
        form.form.mt method="post" action={ "/sign-in/code" (super::way_back(wanted)) } {
            (hidden(&[("back", wanted)]))
            (said_above(&said(faults, language)))
            (code)
            div.acts {
                (Button::submit(words::SIGN_IN.say(language)).primary())
                (Button::link(AGAIN.say(language), "/sign-in"))
            }
        }
    };
    page_of(&page_plain(&visitor.shell(), TITLE.say(language), true, &body))
}
