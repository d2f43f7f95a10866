//! The second question, after the password: a code of the application, or one on paper.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use identity::pending::{self, Answered, Judged};
use identity::{Arrival, second_factor};
use kernel::{Actor, CompanyNumber, Door, Fault, Faults, Text};
use maud::{Markup, html};
use serde_json::json;
use store::Call;

use super::{Throttle, arrived, passkey, said_above};
use crate::address::{Fields, back};
use crate::answer::{go, html as page_of, refused_as, said, status, with_header};
use crate::audit::entrance;
use crate::door::Visitor;
use crate::parts::{Button, Field, hidden};
use crate::posted::PostedByVisitor;
use crate::shell::page_plain;
use crate::{WebState, words};

const TITLE: Text = Text::new("Second facteur", "Second factor");
const CODE: Text = Text::new("Code à six chiffres", "Six-digit code");
const ON_PAPER: Text = Text::new("Code de secours", "Recovery code");
const HINT: Text = Text::new(
    "Celui que montre votre application, ou l’un de vos codes de secours.",
    "The one your application shows, or one of your recovery codes.",
);
const AGAIN: Text = Text::new("Reprendre au mot de passe", "Start again with the password");

const CHALLENGE: &str = "/sign-in/code/challenge";

/// Wrong codes that are free; then each makes one wait (see [`Throttle`]).
const FREE: u32 = 5;

pub(super) fn routes() -> Router<WebState> {
    Router::new().route("/sign-in/code", get(form).post(enter)).route(CHALLENGE, post(challenge))
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
        Ok(Some(awaited)) => page(&visitor, awaited, &Faults::default()).await,
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
    let arrival = arrived(&visitor);
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
        return refused(&visitor, awaited, &fault.into()).await;
    }
    let (asking, given) = (visitor.clone(), fields.clone());
    let judged = super::hashing(&visitor, move |state| {
        let answered = read(state, &asking, awaited, &token, &given)?;
        answer(state, awaited, &token, answered, arrival)
            .map_err(|faults| passkey::noted(state, &asking, awaited, faults))
    });
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
        Ok(Came::Wrong) => {
            note(&visitor, awaited, "second_factor.code").await;
            let wrong = Fault::new("second_factor.code").on("code");
            refused(&visitor, awaited, &wrong.into()).await
        }
        Ok(Came::Over) => over(&visitor),
        Err(faults) => {
            // That a passkey counts backwards is noted where it is seen.
            if let Some(code) = faults.codes().first().filter(|code| **code != "passkey.counter") {
                note(&visitor, awaited, code).await;
            }
            refused(&visitor, awaited, &faults).await
        }
    }
}

/// Notes that the second step was not passed.
async fn note(visitor: &Visitor, awaited: Awaited, why: &'static str) {
    let address = visitor.address;
    let noted = visitor.waiting(move |state| {
        entrance::not_proved(&state.store, awaited, address, why);
        Ok(())
    });
    // What fails has said so.
    let _ = noted.await;
}

/// What was given: a passkey's signature, a code on paper, or one of the application.
fn read(
    state: &WebState,
    visitor: &Visitor,
    (_, user): Awaited,
    token: &str,
    fields: &Fields,
) -> Result<Answered, Faults> {
    let code = fields.text("code");
    if let Some(signed) = fields.get("answer").filter(|answer| !answer.is_empty()) {
        let place = passkey::Place::of(visitor)?;
        let shown = passkey::judge(state, &place, visitor, token, signed)?;
        return Ok(Answered::Passkey(shown.signed));
    }
    if second_factor::is_recovery_shaped(code) {
        return Ok(Answered::Recovery(second_factor::hash_code(user, code)?));
    }
    Ok(Answered::Code(code.to_owned()))
}

fn answer(
    state: &WebState,
    (company, _): Awaited,
    token: &str,
    answered: Answered,
    arrival: Arrival,
) -> Result<Came, Faults> {
    let (chance, token) = (store::random_bytes::<32>()?, token.to_owned());
    let call = Call::new(Actor::house(company, Door::Web));
    let done = state.store.command(call, move |tx| {
        Ok(match pending::judge(tx, &token, &answered)? {
            Judged::In(user, strength) => {
                let arrival = Arrival { strength, ..arrival.clone() };
                let session = identity::session::open_from(tx, user, chance, arrival)?;
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

async fn refused(visitor: &Visitor, awaited: Awaited, faults: &Faults) -> Response {
    let wrong = faults.has("second_factor.code");
    let code = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { status(faults) };
    refused_as(code, faults, page(visitor, awaited, faults).await)
}

/// `POST /sign-in/code/challenge`: the passkeys of the person whose password was right.
async fn challenge(PostedByVisitor { visitor, .. }: PostedByVisitor) -> Response {
    let token = visitor.cookie(cookie_name(&visitor.state)).unwrap_or_default();
    let asking = visitor.clone();
    let asked = visitor.waiting(move |state| {
        let place = passkey::Place::of(&asking)?;
        let awaited = whose(state, &token)?;
        let (company, user) = awaited.ok_or_else(|| Fault::new("passkey.expired"))?;
        let known = state.store.read(&Actor::house(company, Door::Web), |tx| {
            let kept = identity::passkey::of_user(tx, user)?;
            Ok(kept.into_iter().map(|kept| kept.into_inner()).collect::<Vec<_>>())
        })?;
        let challenges = &state.challenges;
        Ok(passkey::ask_to_sign(&place, challenges, &token, &known, store::now())?)
    });
    passkey::asked(&visitor, asked.await)
}

/// What someone has besides their password: an application, passkeys.
async fn has(visitor: &Visitor, (company, user): Awaited) -> Result<(bool, bool), Faults> {
    let read = move |state: &WebState| {
        state.store.read(&Actor::house(company, Door::Web), |tx| {
            let application = second_factor::of(tx, user)?.is_some();
            Ok((application, !identity::passkey::of_user(tx, user)?.is_empty()))
        })
    };
    visitor.waiting(read).await
}

async fn page(visitor: &Visitor, awaited: Awaited, faults: &Faults) -> Response {
    let language = visitor.language;
    let wanted = visitor.query.get("back").map_or("/", back);
    let (application, passkeys) = match has(visitor, awaited).await {
        Ok(has) => has,
        Err(faults) => return crate::answer::refused_plain(visitor, &faults),
    };
    let label = if application { CODE } else { ON_PAPER };
    let code = Field::typed(language, "code", label.say(language), "text", Some("one-time-code"));
    let code = if application { code.hint(HINT.say(language)) } else { code };
    let code = code.required(true).focus().all();
    let place = passkey::Place::of(visitor);
    let button = passkey::Button::within(language, CHALLENGE);
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
            @match place {
                Ok(_) if passkeys => (button),
                Err(fault) if passkeys => p.muted { (kernel::sentence(&fault, language)) },
                _ => {},
            }
        }
    };
    page_of(&page_plain(&visitor.shell(), TITLE.say(language), true, &body))
}
