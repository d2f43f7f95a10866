//! A browser comes back from a provider: the answer is taken once, verified, and does what it was
//! asked for.

use std::sync::Arc;

use axum::Extension;
use axum::http::header;
use axum::response::Response;
use identity::provider::{self, Vouched};
use identity::{Arrival, IdentityProvider, User, session};
use kernel::{Actor, CompanyNumber, Door, Fault, Faults, Id, Text};
use maud::html;
use serde_json::json;
use store::Call;

use super::exchanges::{Begun, Purpose};
use super::{cookie, cookie_name};
use crate::address::Fields;
use crate::answer::{go, html as page_of, refused_plain, with_header};
use crate::audit::entrance;
use crate::door::{Ask, Visitor, form_token};
use crate::gate::{self, Entered};
use crate::parts::{Button, Tone, hidden};
use crate::shell::page_plain;
use crate::sign_in::{AWAITED, Throttle, arrived, second_step, way_back};
use crate::words;

/// Whose word was taken, in which books.
struct Came {
    company: CompanyNumber,
    provider: Id<IdentityProvider>,
    vouched: Vouched,
}

/// `GET /sign-in/provider/callback`.
pub(super) async fn arrive(
    Extension(throttle): Extension<Arc<Throttle>>,
    visitor: Visitor,
) -> Response {
    let browser = visitor.cookie(cookie_name(&visitor.state)).unwrap_or_default();
    let state = visitor.query.text("state").to_owned();
    let response = match visitor.state.exchanges.take(&state, &browser, store::now()) {
        Ok(begun) => answered(&visitor, &throttle, begun).await,
        Err(fault) => turned_away(&visitor, &fault.into()).await,
    };
    with_header(response, header::SET_COOKIE, &cookie(&visitor.state, "", 0))
}

async fn answered(visitor: &Visitor, throttle: &Throttle, begun: Begun) -> Response {
    let Begun { exchange, company, provider, purpose, .. } = begun;
    let query = &visitor.query;
    let code = query.get("code").filter(|_| exchange.is_from(query.get("iss")));
    let vouched = match code.map(ToOwned::to_owned) {
        Some(code) => {
            visitor.waiting(move |state| Ok(exchange.finish(&state.outgoing, code)?)).await
        }
        None => Err(Fault::new("provider.refused").into()),
    };
    let came = match vouched {
        Ok(vouched) => Came { company, provider, vouched },
        Err(faults) => return not_in(visitor, &purpose, &faults).await,
    };
    let done = match &purpose {
        Purpose::Enter { back } => enter(visitor, throttle, came, back).await,
        Purpose::Accept { token } => accept(visitor, throttle, came, token.clone()).await,
        Purpose::Link { user, session } => link(visitor, came, *user, session).await,
        Purpose::Again { user, session, to, aside } => {
            again(visitor, came, (*user, session), to, aside.as_ref()).await
        }
    };
    match done {
        Ok(response) => response,
        Err(faults) => not_in(visitor, &purpose, &faults).await,
    }
}

/// Says why nothing came of it: on the sign-in page to who wanted in, else on a page of its own.
async fn not_in(visitor: &Visitor, purpose: &Purpose, faults: &Faults) -> Response {
    match purpose {
        Purpose::Enter { .. } => turned_away(visitor, faults).await,
        _ => refused_plain(visitor, faults),
    }
}

async fn turned_away(visitor: &Visitor, faults: &Faults) -> Response {
    if let Err(faults) = entrance::refused(visitor, "OpenID Connect").await {
        return refused_plain(visitor, &faults);
    }
    super::refused(visitor, faults).await
}

fn house(company: CompanyNumber) -> Actor {
    Actor::house(company, Door::Web)
}

async fn enter(
    visitor: &Visitor,
    throttle: &Throttle,
    came: Came,
    back: &str,
) -> Result<Response, Faults> {
    let arrival = Arrival { strength: came.vouched.strength, ..arrived(visitor) };
    let (company, vouched) = (came.company, came.vouched);
    let entered = visitor.waiting(move |state| {
        let user = state.store.command(Call::new(house(company)), move |tx| {
            Ok(json!(provider::enter(tx, &vouched)?.id.to_string()))
        })?;
        open(state, company, &user, &arrival)
    });
    let (entered, email) = entered.await?;
    Ok(let_in(visitor, throttle, entered, &email, back).await)
}

/// An invitation is accepted: the account is linked, and the person is in.
async fn accept(
    visitor: &Visitor,
    throttle: &Throttle,
    came: Came,
    token: String,
) -> Result<Response, Faults> {
    let arrival = Arrival { strength: came.vouched.strength, ..arrived(visitor) };
    let Came { company, provider, vouched } = came;
    let entered = visitor.waiting(move |state| {
        let user = state.store.command(Call::new(house(company)), move |tx| {
            Ok(json!(provider::accept(tx, &token, provider, &vouched)?.to_string()))
        })?;
        open(state, company, &user, &arrival)
    });
    let (entered, email) = entered.await?;
    Ok(let_in(visitor, throttle, entered, &email, "/").await)
}

fn open(
    state: &crate::WebState,
    company: CompanyNumber,
    user: &serde_json::Value,
    arrival: &Arrival,
) -> Result<(Entered, String), Faults> {
    let user = kernel::RawId::parse(user.as_str().unwrap_or(""))?;
    let user: Id<User> = Id::from_raw(user);
    let email = state.store.read(&house(company), |tx| Ok(tx.get(user)?.email.clone()))?;
    Ok((gate::open(state, company, user, arrival)?, email))
}

async fn let_in(
    visitor: &Visitor,
    throttle: &Throttle,
    entered: Entered,
    email: &str,
    to: &str,
) -> Response {
    match entered {
        Entered::Session(session) => {
            let address = visitor.address.map(|address| address.to_string());
            throttle.entered(email, address.as_deref());
            if let Err(faults) = entrance::entered(visitor, &session).await {
                return refused_plain(visitor, &faults);
            }
            let cookie = crate::sign_in::cookie(&visitor.state, &session);
            with_header(go(to), header::SET_COOKIE, &cookie)
        }
        Entered::Awaited(token) => {
            let awaited = second_step::cookie(&visitor.state, &token, AWAITED);
            let next = go(&format!("/sign-in/code{}", way_back(to)));
            with_header(next, header::SET_COOKIE, &awaited)
        }
    }
}

/// Who is signed in, if it is still the one who left, in the same session.
async fn still(visitor: &Visitor, user: Id<User>, session: &str) -> Result<Ask, Faults> {
    let over = || Faults::from(Fault::new("provider.expired"));
    if visitor.session.as_deref() != Some(session) {
        return Err(over());
    }
    let ask = Ask::of(visitor.clone()).await.map_err(|_| over())?;
    if ask.actor.user == Some(user.raw()) { Ok(ask) } else { Err(over()) }
}

async fn link(
    visitor: &Visitor,
    came: Came,
    user: Id<User>,
    session: &str,
) -> Result<Response, Faults> {
    let ask = still(visitor, user, session).await?;
    if ask.actor.company != came.company {
        return Err(Fault::new("provider.refused").into());
    }
    ask.command(&Fields::default(), move |tx, _, _| {
        provider::link(tx, user, came.provider, &came.vouched)?;
        Ok(json!(null))
    })
    .await?;
    let done = Text::new("Le compte est lié.", "The account is linked.");
    Ok(ask.go_saying("/me/security", Tone::Done, ask.say(done)))
}

/// The person has shown again who they are: the session has a new token, and what was put aside is
/// there to go on with, by a press: an answer that others could have brought about sends no form.
async fn again(
    visitor: &Visitor,
    came: Came,
    (user, session): (Id<User>, &str),
    to: &str,
    aside: Option<&Fields>,
) -> Result<Response, Faults> {
    let ask = still(visitor, user, session).await?;
    let (old, chance) = (session.to_owned(), store::random_bytes::<32>()?);
    let keyless = Fields::default();
    let turned = ask.command(&keyless, move |tx, _, _| {
        if provider::enter(tx, &came.vouched)?.id != user {
            return Err(Fault::new("provider.unknown").into());
        }
        Ok(json!(session::prove(tx, &old, chance, came.vouched.strength)?))
    });
    let turned = turned.await?;
    let session = turned.as_str().ok_or_else(|| Fault::new("internal"))?;
    let next = match aside {
        None => go(to),
        Some(aside) => page_of(&going_on(visitor, session, to, aside)),
    };
    Ok(with_header(next, header::SET_COOKIE, &crate::sign_in::cookie(&visitor.state, session)))
}

fn going_on(visitor: &Visitor, session: &str, to: &str, aside: &Fields) -> maud::Markup {
    let language = visitor.language;
    let token = form_token(session);
    let kept: Vec<(&str, &str)> =
        aside.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let title = Text::new("Vérification", "Verification").say(language);
    let what = Text::new(
        "C’est bien vous. Ce que vous aviez saisi est prêt à partir.",
        "It is you. What you typed is ready to go.",
    );
    let body = html! {
        h1.h1 { (title) }
        form.form.mt method="post" action=(to) {
            (hidden(&[("token", token.as_str())]))
            (hidden(&kept))
            p.prose { (what.say(language)) }
            div.acts {
                (Button::submit(Text::new("Continuer", "Continue").say(language)).primary())
                (Button::link(words::CANCEL.say(language), "/"))
            }
        }
    };
    page_plain(&visitor.shell(), title, true, &body)
}
