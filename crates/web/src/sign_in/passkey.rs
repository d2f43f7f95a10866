//! Signing in by a passkey alone: nobody types a name, the device knows whose it is. What is asked
//! of it and how its answer is judged serves the second step, the proof asked again and the page of
//! one's security as well.

mod button;
mod ceremony;
mod challenges;

use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json as Answered, Router};
use identity::passkey::{self, Signed};
use identity::{Arrival, Strength, User};
use kernel::{Actor, CompanyNumber, Door, Fault, Faults, Filter, Id, Tx};
use serde_json::{Value as Json, json};
use store::Call;

use super::{Throttle, arrived, throttle};
use crate::WebState;
use crate::address::back;
use crate::answer::{go, refused_as, refused_plain, said, status, with_header};
use crate::audit::entrance;
use crate::door::Visitor;
use crate::posted::PostedByVisitor;

pub(crate) use button::Button;
pub(crate) use ceremony::{Maker, Place, ask_to_make, ask_to_sign, made};
pub use challenges::Challenges;

use ceremony::Answer;

const OWN: &str = "/sign-in/passkey";

pub(super) fn routes() -> Router<WebState> {
    Router::new().route(OWN, post(enter)).route("/sign-in/passkey/challenge", post(ask))
}

/// The button of the sign-in page, where anyone has a passkey and it would do.
pub(super) async fn offer(visitor: &Visitor) -> Option<Button> {
    Place::of(visitor).ok()?;
    let any = visitor.waiting(|state| {
        for company in state.store.companies()? {
            let first = |tx: &mut Tx<'_>| Ok(tx.first::<identity::Passkey>(Filter::everything())?);
            if state.store.read(&house(company), first)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    });
    any.await.is_ok_and(|any| any).then(|| Button::sign(visitor.language, OWN))
}

fn house(company: CompanyNumber) -> Actor {
    Actor::house(company, Door::Web)
}

/// What a script asked for: the question, or why there is none.
pub(crate) fn asked(visitor: &Visitor, question: Result<Json, Faults>) -> Response {
    match question {
        Ok(question) => Answered(question).into_response(),
        Err(faults) => {
            let said = said(&faults, visitor.language).join(" ");
            (status(&faults), Answered(json!({ "said": said }))).into_response()
        }
    }
}

/// `POST /sign-in/passkey/challenge`.
async fn ask(
    Extension(throttle): Extension<Arc<Throttle>>,
    PostedByVisitor { visitor, .. }: PostedByVisitor,
) -> Response {
    let from = visitor.address.map_or_else(String::new, |address| address.to_string());
    let names = [(format!("passkeys from {from}"), throttle::FREE_BY_ADDRESS)];
    let question = throttle.attempt(&names, store::now()).and_then(|()| {
        let place = Place::of(&visitor)?;
        ask_to_sign(&place, &visitor.state.challenges, "", &[], store::now())
    });
    asked(&visitor, question.map_err(Faults::from))
}

/// A signature that held.
pub(crate) struct Shown {
    pub company: CompanyNumber,
    pub user: Id<User>,
    pub signed: Signed,
}

/// Judges what a browser answered to the question asked of `whose`. A passkey that is named there
/// already need not say whose it is; one that is found must. Waits for the store.
///
/// # Errors
/// `passkey.expired`, `passkey.refused`; `passkey.counter`, which is noted in the audit.
pub(crate) fn judge(
    state: &WebState,
    place: &Place,
    visitor: &Visitor,
    whose: &str,
    answer: &str,
) -> Result<Shown, Faults> {
    let answer = Answer::read(&state.challenges, whose, answer, store::now())?;
    for company in state.store.companies()? {
        let known = |tx: &mut Tx<'_>| Ok(passkey::of_credential(tx, answer.credential())?);
        let Some(kept) = state.store.read(&house(company), known)? else { continue };
        let (user, said) = (kept.user, answer.user());
        let own = said.map_or(!whose.is_empty(), |said| said == user);
        if !own {
            return Err(Fault::new("passkey.refused").into());
        }
        return match answer.verify(place, &kept) {
            Ok(signed) => Ok(Shown { company, user, signed }),
            Err(fault) => Err(noted(state, visitor, (company, user), fault.into())),
        };
    }
    Err(Fault::new("passkey.refused").into())
}

/// Notes a counter that went back: there may be two of what there should be one of.
pub(crate) fn noted(
    state: &WebState,
    visitor: &Visitor,
    (company, user): (CompanyNumber, Id<User>),
    faults: Faults,
) -> Faults {
    if faults.has("passkey.counter") {
        entrance::not_proved(&state.store, (company, user), visitor.address, "passkey.counter");
    }
    faults
}

/// `POST /sign-in/passkey`.
async fn enter(
    Extension(throttle): Extension<Arc<Throttle>>,
    PostedByVisitor { visitor, fields }: PostedByVisitor,
) -> Response {
    let place = match Place::of(&visitor) {
        Ok(place) => place,
        Err(fault) => return refused(&visitor, &fault.into()).await,
    };
    let answer = fields.get("answer").unwrap_or("").to_owned();
    let (asking, arrival) = (visitor.clone(), arrived(&visitor));
    let opened = visitor.waiting(move |state| open(state, &place, &asking, &answer, arrival));
    match opened.await {
        Ok((session, email)) => {
            let address = visitor.address.map(|address| address.to_string());
            let from = address.clone().unwrap_or_default();
            throttle.forgive(&[(format!("passkeys from {from}"), 0)]);
            throttle.entered(&email, address.as_deref());
            if let Err(faults) = entrance::entered(&visitor, &session).await {
                return refused_plain(&visitor, &faults);
            }
            let to = fields.get("back").map_or("/", back);
            with_header(go(to), header::SET_COOKIE, &super::cookie(&visitor.state, &session))
        }
        Err(faults) => refused(&visitor, &faults).await,
    }
}

fn open(
    state: &WebState,
    place: &Place,
    visitor: &Visitor,
    answer: &str,
    arrival: Arrival,
) -> Result<(String, String), Faults> {
    let Shown { company, user, signed } = judge(state, place, visitor, "", answer)?;
    let chance = store::random_bytes::<32>()?;
    let arrival = Arrival { strength: Strength::Passkey, ..arrival };
    let opened = state.store.command(Call::new(house(company)), move |tx| {
        let user = passkey::take(tx, &signed)?;
        let session = identity::session::open_from(tx, user, chance, arrival.clone())?;
        Ok(json!([session, tx.get(user)?.email]))
    });
    let opened = opened.map_err(|faults| noted(state, visitor, (company, user), faults))?;
    let text = |at: usize| opened[at].as_str().unwrap_or("").to_owned();
    Ok((text(0), text(1)))
}

/// Turned away: the page again, and why.
async fn refused(visitor: &Visitor, faults: &Faults) -> Response {
    if !faults.has("passkey.counter")
        && let Err(faults) = entrance::refused(visitor, "passkey").await
    {
        return refused_plain(visitor, &faults);
    }
    refused_as(status(faults), faults, super::page(visitor, "", false, faults).await)
}
