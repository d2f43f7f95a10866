//! Signing in by a provider of OpenID Connect: a browser goes there, comes back with a code, and the
//! code is worth what the provider vouches for. The way there is a page that leads on, and no answer
//! that redirects: forms of ours go nowhere else (`form-action` of [`crate::policy`]).

mod arriving;
mod exchange;
mod exchanges;

use axum::extract::Path;
use axum::http::header;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use identity::IdentityProvider;
use kernel::{Actor, CompanyNumber, Door, Entity, Fault, Faults, Id, RawId, Text};
use maud::{Markup, html};
use std::sync::Arc;

use super::{Throttle, throttle};
use crate::WebState;
use crate::address::back;
use crate::answer::{html as page_of, refused_as, status, with_header};
use crate::door::{Visitor, hexadecimal};
use crate::parts::{Button, hidden};
use crate::posted::PostedByVisitor;
use crate::shell::page_plain;

pub(crate) use exchange::try_out;
pub use exchanges::Exchanges;
pub(crate) use exchanges::Purpose;

use exchange::Exchange;
use exchanges::{Begun, LIFE_SECONDS};

/// Where a provider sends browsers back to; it must know this address beforehand.
pub(crate) const CALLBACK: &str = "/sign-in/provider/callback";

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route(CALLBACK, get(arriving::arrive))
        .route("/sign-in/provider/{id}", post(enter))
}

/// A provider that one may come in by.
#[derive(Debug, Clone)]
pub(crate) struct Offered {
    pub company: CompanyNumber,
    pub id: Id<IdentityProvider>,
    pub name: String,
}

/// Those of every company. Waits for the store.
///
/// # Errors
/// `store.*`.
pub(crate) fn offered(state: &WebState) -> Result<Vec<Offered>, Faults> {
    let mut all = Vec::new();
    // A catalogue without the providers knows of none.
    if state.catalog.entity(IdentityProvider::DEF.name).is_none() {
        return Ok(all);
    }
    for company in state.store.companies()? {
        let house = Actor::house(company, Door::Web);
        let active = state.store.read(&house, |tx| Ok(identity::provider::active(tx)?))?;
        all.extend(active.into_iter().map(|provider| {
            let (id, name) = (provider.id, provider.name.clone());
            Offered { company, id, name }
        }));
    }
    Ok(all)
}

/// The buttons of a page for those who are not signed in: each sends a form of its own.
pub(super) fn buttons(
    visitor: &Visitor,
    all: &[Offered],
    address: impl Fn(&Offered) -> String,
    fields: &[(&str, &str)],
) -> Markup {
    html! {
        @for one in all {
            form.mt method="post" action=(address(one)) {
                (hidden(fields))
                (Button::submit(with(visitor, &one.name)))
            }
        }
    }
}

pub(super) fn address(offered: &Offered) -> String {
    format!("/sign-in/provider/{}", offered.id)
}

fn with(visitor: &Visitor, name: &str) -> String {
    let with = Text::new("Se connecter avec", "Sign in with");
    format!("{} {name}", with.say(visitor.language))
}

/// `POST /sign-in/provider/{id}`.
async fn enter(
    Path(id): Path<String>,
    Extension(throttle): Extension<Arc<Throttle>>,
    PostedByVisitor { visitor, fields }: PostedByVisitor,
) -> Response {
    let from = visitor.address.map_or_else(String::new, |address| address.to_string());
    let names = [(format!("providers from {from}"), throttle::FREE_BY_ADDRESS)];
    if let Err(fault) = throttle.attempt(&names, store::now()) {
        return refused(&visitor, &fault.into()).await;
    }
    let back = fields.get("back").map_or("/", back).to_owned();
    match leave(&visitor, &id, Purpose::Enter { back }).await {
        Ok(page) => page,
        Err(faults) => refused(&visitor, &faults).await,
    }
}

/// Turned away: the sign-in page again, and why.
async fn refused(visitor: &Visitor, faults: &Faults) -> Response {
    refused_as(status(faults), faults, super::page(visitor, "", false, faults).await)
}

/// Leads a browser to a provider, by the page that says so.
///
/// # Errors
/// `not_found` when there is no such provider; `provider.nowhere` when nobody said by which address
/// this installation is reached; those of the network.
pub(crate) async fn leave(
    visitor: &Visitor,
    id: &str,
    purpose: Purpose,
) -> Result<Response, Faults> {
    let id = RawId::parse(id).map(Id::<IdentityProvider>::from_raw)?;
    let redirect = redirect(visitor)?;
    let anew = matches!(purpose, Purpose::Again { .. });
    let (name, address, browser) = visitor
        .waiting(move |state| {
            let known = offered(state)?.into_iter().find(|one| one.id == id);
            let not_found = || kernel::work::not_found(IdentityProvider::DEF, id.raw());
            let Offered { company, name, .. } = known.ok_or_else(not_found)?;
            let house = Actor::house(company, Door::Web);
            let provider = state.store.read(&house, |tx| Ok(tx.get(id)?))?;
            let (outgoing, now) = (&state.outgoing, store::now());
            let begun = Exchange::begin(outgoing, &provider, &redirect, anew, now)?;
            let (address, known_by, exchange) = begun;
            let browser = hexadecimal(&store::random_bytes::<32>()?);
            let until = kernel::Instant(now.0 + LIFE_SECONDS * kernel::Instant::SECOND);
            let (held, provider) = (browser.clone(), id);
            let begun = Begun { exchange, company, provider, purpose, browser: held, until };
            state.exchanges.keep(known_by, begun, now)?;
            Ok((name, address, browser))
        })
        .await?;
    let page = with_header(
        towards(visitor, &name, &address),
        header::REFRESH,
        &format!("0;url={address}"),
    );
    Ok(with_header(page, header::SET_COOKIE, &cookie(&visitor.state, &browser, LIFE_SECONDS)))
}

/// Where the provider is to send browsers back to: by the address that the operator gave, or by the
/// one of this very machine.
///
/// # Errors
/// `provider.nowhere`.
pub(crate) fn redirect(visitor: &Visitor) -> Result<String, Fault> {
    let told = visitor.state.address.as_deref().map(|told| told.trim_end_matches('/').to_owned());
    let near = |origin: &String| {
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| {
            host.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        })
    };
    let origin = told.or_else(|| visitor.origin().filter(near));
    let origin = origin.ok_or_else(|| Fault::new("provider.nowhere"))?;
    Ok(format!("{origin}{CALLBACK}"))
}

/// The page that leads on, for those whose browser does not by itself.
fn towards(visitor: &Visitor, name: &str, address: &str) -> Response {
    let title = Text::new("Connexion", "Sign in").say(visitor.language);
    let go_on = Text::new("Continuer chez", "Go on to").say(visitor.language);
    let body = html! {
        h1.h1 { (title) }
        div.acts.mt { (Button::link(format!("{go_on} {name}"), address).primary()) }
    };
    page_of(&page_plain(&visitor.shell(), title, true, &body))
}

const fn cookie_name(state: &WebState) -> &'static str {
    if state.secure_cookies { "__Host-provider" } else { "provider" }
}

/// What a browser holds while it is away: the answer must come by it.
fn cookie(state: &WebState, token: &str, seconds: i64) -> String {
    let secure = if state.secure_cookies { "; Secure" } else { "" };
    let name = cookie_name(state);
    format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}
