//! Coming in and going out.

mod link;
pub(crate) mod passkey;
pub(crate) mod provider;
mod second_step;
mod throttle;

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use identity::{Arrival, Strength};
use kernel::{Fault, Faults, Text};
use maud::{Markup, html};
use tokio::sync::Semaphore;

use crate::address::{back, encoded};
use crate::answer::{go, html as page_of, refused_as, refused_plain, said, status, with_header};
use crate::audit::entrance;
use crate::door::Visitor;
use crate::gate::Entered;
use crate::parts::{Button, Field, Tone, banner, definitions, empty, hidden};
use crate::posted::{Posted, PostedByVisitor};
use crate::shell::page_plain;
use crate::{WebState, first_run, gate, words};

pub(crate) use link::invite;
pub use passkey::Challenges;
pub use provider::Exchanges;
pub(crate) use throttle::Throttle;

/// How many passwords are hashed at once: each takes 19 MiB and a tenth of a second, so that more
/// would stop everything else.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Runs what hashes a password, in turn.
///
/// # Errors
/// Those of `work`.
pub(crate) async fn hashing<T: Send + 'static>(
    visitor: &Visitor,
    work: impl FnOnce(&WebState) -> Result<T, Faults> + Send + 'static,
) -> Result<T, Faults> {
    let _turn = HASHING.acquire().await.map_err(|_| Fault::new("store.busy"))?;
    visitor.waiting(work).await
}

/// What a session keeps of how someone came.
pub(crate) fn arrived(visitor: &Visitor) -> Arrival {
    Arrival {
        strength: Strength::Password,
        address: visitor.address.map(|address| address.to_string()),
        browser: visitor.header("user-agent").map(browser),
    }
}

/// A browser and its system, in words: `Firefox · Windows`.
fn browser(agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        let found = known.iter().find(|(mark, _)| agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    // The order matters: each of these names the ones before it as well.
    let name = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} · {system}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => agent.chars().take(60).collect(),
    }
}

pub fn routes() -> Router<WebState> {
    let throttle = Arc::new(Throttle::default());
    Router::new()
        .route("/sign-in", get(form).post(enter))
        .route("/sign-out", post(leave))
        .merge(second_step::routes())
        .merge(link::routes())
        .merge(passkey::routes())
        .merge(provider::routes())
        .layer(Extension(throttle))
}

async fn form(visitor: Visitor) -> Response {
    if visitor.waiting(first_run::is_due).await.is_ok_and(|due| due) {
        return go("/welcome");
    }
    let empty = visitor.waiting(gate::anyone).await.is_ok_and(|anyone| !anyone);
    page(&visitor, "", empty, &Faults::default()).await
}

async fn enter(
    Extension(throttle): Extension<Arc<Throttle>>,
    PostedByVisitor { visitor, fields }: PostedByVisitor,
) -> Response {
    let (email, password) = (fields.text("email").to_owned(), fields.get("password"));
    let password = password.unwrap_or("").to_owned();
    let address = visitor.address.map(|address| address.to_string());
    let names = throttle.names(&email, address.as_deref());
    let (given, quick) = (email.clone(), throttle.attempt(&names, store::now()));
    let arrival = arrived(&visitor);
    let entered = match quick {
        Err(fault) => Err(fault.into()),
        Ok(()) => {
            hashing(&visitor, move |state| gate::enter(state, &given, &password, &arrival)).await
        }
    };
    let to = fields.get("back").map_or("/", back);
    match entered {
        Ok(Entered::Session(session)) => {
            throttle.forgive(&names);
            throttle.entered(&email, address.as_deref());
            if let Err(faults) = entrance::entered(&visitor, &session).await {
                return refused_plain(&visitor, &faults);
            }
            with_header(go(to), header::SET_COOKIE, &cookie(&visitor.state, &session))
        }
        Ok(Entered::Awaited(token)) => {
            throttle.forgive(&names);
            let awaited = second_step::cookie(&visitor.state, &token, AWAITED);
            let next = go(&format!("/sign-in/code{}", way_back(to)));
            with_header(next, header::SET_COOKIE, &awaited)
        }
        Err(faults) => {
            let refused = faults.has("sign_in.refused");
            if let Err(faults) = entrance::refused(&visitor, &email).await {
                return refused_plain(&visitor, &faults);
            }
            let code = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { status(&faults) };
            refused_as(code, &faults, page(&visitor, &email, false, &faults).await)
        }
    }
}

const AWAITED: i64 = identity::pending::PENDING_SECONDS;

/// `?back=/orders`, or nothing when it is the home page.
fn way_back(to: &str) -> String {
    if to == "/" { String::new() } else { format!("?back={}", encoded(to)) }
}

/// Ends the session, and has the browser forget what it kept of it (ASVS 7.4.1, 14.3.1).
async fn leave(posted: Posted) -> Response {
    let ask = posted.ask;
    if let Some(session) = ask.visitor.session.clone() {
        let actor = ask.actor.clone();
        if let Err(faults) = entrance::left(&ask.visitor, &actor).await {
            return ask.refused(faults);
        }
        let left = ask.visitor.waiting(move |state| gate::leave(state, &actor, &session)).await;
        if let Err(faults) = left {
            return ask.refused(faults);
        }
    }
    let gone = cookie_of(&ask.state, "", 0);
    let left = with_header(go("/sign-in"), header::SET_COOKIE, &gone);
    // Not the cookies: those of language and look are no secrets, and stay.
    let clear = header::HeaderName::from_static("clear-site-data");
    with_header(left, clear, "\"cache\", \"storage\"")
}

/// The cookie of a session.
#[must_use]
pub fn cookie(state: &WebState, session: &str) -> String {
    cookie_of(state, session, identity::session::SESSION_DAYS * 86_400)
}

fn cookie_of(state: &WebState, session: &str, seconds: i64) -> String {
    let name = gate::cookie(state);
    let secure = if state.secure_cookies { "; Secure" } else { "" };
    let value = encoded(session);
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

async fn page(visitor: &Visitor, email: &str, nobody: bool, faults: &Faults) -> Response {
    let language = visitor.language;
    let passkey = passkey::offer(visitor).await;
    let back = match visitor.query.get("back") {
        Some(wanted) => back(wanted),
        None => "/",
    };
    let email_field = Field::email(language, "email", words::EMAIL.say(language)).value(email);
    let password = Field::password(language, "password", words::PASSWORD.say(language), false);
    let providers = visitor.waiting(provider::offered).await.unwrap_or_default();
    let providers = provider::buttons(visitor, &providers, provider::address, &[("back", back)]);
    let (email_field, password) = if email.is_empty() {
        (email_field.focus(), password)
    } else {
        (email_field, password.focus())
    };
    let body = html! {
        h1.h1 { (words::SIGN_IN_TITLE.say(language)) }
        @if visitor.query.get("chosen").is_some() {
            div.mt { (banner(Tone::Done, CHOSEN.say(language), &html! {}, "", &[])) }
        }
        @if nobody { (empty(words::NOBODY_YET.say(language), "", &[])) }
        form.form.mt method="post" action="/sign-in" {
            (hidden(&[("back", back)]))
            (said_above(&said(faults, language)))
            (email_field.required(true).all())
            (password.required(true).all())
            div.acts { (Button::submit(words::SIGN_IN.say(language)).primary()) }
        }
        @if let Some(button) = passkey { (button.with(&[("back", back)])) }
        (providers)
        @if visitor.state.mailed.is_some() {
            p.mt { a href=(link::ASK) { (link::FORGOTTEN.say(language)) } }
        }
        (demo(visitor))
    };
    page_of(&page_plain(&visitor.shell(), words::SIGN_IN_TITLE.say(language), true, &body))
}

const CHOSEN: Text = Text::new(
    "Votre mot de passe est enregistré : connectez-vous.",
    "Your password is saved: sign in.",
);

/// The sentences alone: nothing was to be saved here.
pub(crate) fn said_above(errors: &[String]) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.banner role="alert" {
                div { @for said in errors { b { (said) } " " } }
            }
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
    use super::browser;

    #[test]
    fn a_browser_is_told_in_words() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
            Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0";
        assert_eq!(browser(edge), "Edge · Windows");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 \
            (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(browser(phone), "Safari · iPhone");
        let fox = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
        assert_eq!(browser(fox), "Firefox · Linux");
        assert_eq!(browser("curl/8.1"), "curl/8.1");
    }
}
