//! Choosing a password by a mailed link: invited, or having forgotten one's own. The answer to who
//! asks says nothing of who is known; the link does not stand for the second factor.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use identity::link::{self, LinkPurpose};
use identity::{SignInLink, User, user};
use kernel::{Actor, CompanyNumber, Door, Fault, Faults, Id, Kept, Language, Text};
use maud::{Markup, html};
use serde_json::json;
use store::Call;

use super::provider::{self, Purpose};
use super::{Throttle, hashing, said_above};
use crate::answer::{go, html as page_of, refused_as, said, status};
use crate::door::Visitor;
use crate::parts::{Button, Field, banner};
use crate::parts::{Tone, hidden};
use crate::posted::PostedByVisitor;
use crate::shell::page_plain;
use crate::{WebState, words};

pub(super) const FORGOTTEN: Text = Text::new("Mot de passe oublié ?", "Forgot your password?");
pub(super) const ASK: &str = "/sign-in/forgotten";
const CHOOSE: Text = Text::new("Choisir un mot de passe", "Choose a password");
const SEND: Text = Text::new("Envoyer le lien", "Send the link");

/// Letters that may be asked for freely for one address; then each makes one wait.
const FREE: u32 = 3;

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route(ASK, get(form).post(send))
        .route("/sign-in/link/{token}", get(open).post(choose))
        .route("/sign-in/link/{token}/provider/{id}", post(accept))
}

async fn form(visitor: Visitor) -> Response {
    if visitor.state.mailed.is_none() {
        return go("/sign-in");
    }
    ask_page(&visitor, "", &Faults::default())
}

fn ask_page(visitor: &Visitor, email: &str, faults: &Faults) -> Response {
    let language = visitor.language;
    let body = html! {
        h1.h1 { (FORGOTTEN.say(language)) }
        form.form.mt method="post" action=(ASK) {
            (said_above(&said(faults, language)))
            (Field::email(language, "email", words::EMAIL.say(language))
                .value(email)
                .required(true)
                .focus()
                .all())
            div.acts {
                (Button::submit(SEND.say(language)).primary())
                (Button::link(words::CANCEL.say(language), "/sign-in"))
            }
        }
    };
    plain(visitor, FORGOTTEN, &body)
}

fn plain(visitor: &Visitor, title: Text, body: &Markup) -> Response {
    page_of(&page_plain(&visitor.shell(), title.say(visitor.language), true, body))
}

/// `POST /sign-in/forgotten`: the same answer at the same time, whoever it is: what is done for
/// those who are known is done afterwards.
async fn send(
    Extension(throttle): Extension<Arc<Throttle>>,
    PostedByVisitor { visitor, fields }: PostedByVisitor,
) -> Response {
    let Some(origin) = visitor.state.mailed.clone() else { return go("/sign-in") };
    let email = fields.text("email").to_owned();
    let mut names = vec![(format!("letter {}", email.to_lowercase()), FREE)];
    if let Some(address) = visitor.address {
        names.push((format!("letters from {address}"), super::throttle::FREE_BY_ADDRESS));
    }
    if let Err(fault) = throttle.attempt(&names, store::now()) {
        let faults = Faults::from(fault);
        let page = ask_page(&visitor, &email, &faults);
        return refused_as(status(&faults), &faults, page);
    }
    let asking = visitor.clone();
    tokio::spawn(async move {
        let asked = asking.waiting(move |state| ask_letter(state, &email, &origin)).await;
        if let Err(faults) = asked {
            tracing::error!(codes = ?faults.codes(), "a link could not be asked for");
        }
    });
    let language = visitor.language;
    let what = Text::new("C’est noté", "Noted");
    let ends = Text::new(
        "Si cette adresse est connue ici, un lien y arrive dans la minute. Il est bon un quart \
         d’heure, une seule fois.",
        "If this address is known here, a link arrives there within a minute. It is good for a \
         quarter of an hour, once.",
    );
    let body = html! {
        h1.h1 { (FORGOTTEN.say(language)) }
        div.mt { (banner(Tone::Done, what.say(language), &html! {}, ends.say(language), &[])) }
        div.acts.mt { (Button::link(words::SIGN_IN_TITLE.say(language), "/sign-in")) }
    };
    plain(&visitor, FORGOTTEN, &body)
}

fn ask_letter(state: &WebState, email: &str, origin: &str) -> Result<(), Faults> {
    for company in state.store.companies()? {
        let house = Actor::house(company, Door::Web);
        let found = state.store.read(&house, |tx| Ok(user::with_password(tx, email)?))?;
        let Some(user) = found else { continue };
        let (user, origin) = (user.id, origin.to_owned());
        state.store.command(Call::new(house), move |tx| {
            let link = link::make(tx, user, LinkPurpose::Reset, &origin)?;
            link::ask_letter(tx, link);
            Ok(json!(null))
        })?;
    }
    Ok(())
}

/// The living link of a token, and whose it is.
type Found = (CompanyNumber, Kept<SignInLink>, Kept<User>);

fn found(state: &WebState, token: &str) -> Result<Option<Found>, Faults> {
    for company in state.store.companies()? {
        let house = Actor::house(company, Door::Web);
        let link = state.store.read(&house, |tx| match link::of_token(tx, token)? {
            Some(link) => {
                let user = tx.get(link.user)?;
                Ok(Some((link, user)))
            }
            None => Ok(None),
        })?;
        if let Some((link, user)) = link {
            return Ok(Some((company, link, user)));
        }
    }
    Ok(None)
}

/// `GET /sign-in/link/{token}`: the question. Looking spends nothing: programs that read letters
/// before people do follow their links.
async fn open(Path(token): Path<String>, visitor: Visitor) -> Response {
    let given = token.clone();
    match visitor.waiting(move |state| found(state, &given)).await {
        Ok(Some((_, _, user))) => {
            choose_page(&visitor, &token, &user.email, &Faults::default()).await
        }
        Ok(None) => spent(&visitor),
        Err(faults) => crate::answer::refused_plain(&visitor, &faults),
    }
}

/// `POST /sign-in/link/{token}`: the password is theirs; they sign in by it as anyone does, with
/// their second factor if they have one (ASVS 6.4.3).
async fn choose(
    Path(token): Path<String>,
    PostedByVisitor { visitor, fields }: PostedByVisitor,
) -> Response {
    let (given, password) = (token.clone(), fields.get("password").unwrap_or("").to_owned());
    let done = hashing(&visitor, move |state| {
        let (company, _, user) = found(state, &given)?.ok_or_else(|| Fault::new("link.spent"))?;
        identity::check_password(&password, &[&user.email, &user.name])?;
        let salt = store::random_bytes::<16>()?;
        let call = Call::new(Actor::house(company, Door::Web));
        state.store.command(call, move |tx| {
            link::spend(tx, &given, &password, salt)?;
            Ok(json!(null))
        })?;
        Ok(())
    });
    match done.await {
        Ok(()) => go("/sign-in?chosen=1"),
        Err(faults) if faults.has("link.spent") => spent(&visitor),
        Err(faults) => {
            let page = choose_page(&visitor, &token, fields.text("email"), &faults).await;
            (status(&faults), page).into_response()
        }
    }
}

/// `POST /sign-in/link/{token}/provider/{id}`: whoever is invited comes in by the account they have.
async fn accept(
    Path((token, id)): Path<(String, String)>,
    PostedByVisitor { visitor, .. }: PostedByVisitor,
) -> Response {
    match provider::leave(&visitor, &id, Purpose::Accept { token }).await {
        Ok(page) => page,
        Err(faults) => crate::answer::refused_plain(&visitor, &faults),
    }
}

/// The providers that an invitation may be accepted by: those of the company that invites.
async fn providers(visitor: &Visitor, token: &str) -> Vec<provider::Offered> {
    let given = token.to_owned();
    let all = visitor.waiting(move |state| {
        let Some((company, link, _)) = found(state, &given)? else { return Ok(Vec::new()) };
        let invited = link.purpose == LinkPurpose::Invitation;
        let all = provider::offered(state)?.into_iter();
        Ok(all.filter(|one| invited && one.company == company).collect())
    });
    all.await.unwrap_or_default()
}

async fn choose_page(visitor: &Visitor, token: &str, email: &str, faults: &Faults) -> Response {
    let language = visitor.language;
    let providers = providers(visitor, token).await;
    let address = |one: &provider::Offered| format!("/sign-in/link/{token}/provider/{}", one.id);
    let hint = match language {
        Language::French => format!("{} caractères au moins.", identity::password::LEAST),
        Language::English => format!("{} characters at least.", identity::password::LEAST),
    };
    let said = said(faults, language);
    let body = html! {
        h1.h1 { (CHOOSE.say(language)) }
        p.muted { (email) }
        form.form.mt method="post" action={ "/sign-in/link/" (token) } {
            // Password managers keep the password under this name.
            (hidden(&[("email", email)]))
            (said_above(&said))
            (Field::password(language, "password", words::NEW_PASSWORD.say(language), true)
                .hint(hint)
                .required(true)
                .focus()
                .all())
            div.acts { (Button::submit(words::SAVE.say(language)).primary()) }
        }
        (provider::buttons(visitor, &providers, address, &[]))
    };
    plain(visitor, CHOOSE, &body)
}

fn spent(visitor: &Visitor) -> Response {
    let language = visitor.language;
    let faults = Faults::from(Fault::new("link.spent"));
    let body = html! {
        h1.h1 { (CHOOSE.say(language)) }
        div.mt { (said_above(&said(&faults, language))) }
        div.acts.mt {
            @if visitor.state.mailed.is_some() {
                (Button::link(FORGOTTEN.say(language), ASK))
            }
            (Button::link(words::SIGN_IN_TITLE.say(language), "/sign-in"))
        }
    };
    (StatusCode::GONE, plain(visitor, CHOOSE, &body)).into_response()
}

/// Invites someone: asks for the letter when letters leave, else gives the address to hand over.
///
/// # Errors
/// `not_found`, `store.*`.
pub(crate) fn invite(
    tx: &mut kernel::Tx<'_>,
    user: Id<User>,
    mailed: Option<&str>,
    here: &str,
    chance: [u8; 32],
) -> Result<Option<String>, Faults> {
    let link = link::make(tx, user, LinkPurpose::Invitation, mailed.unwrap_or(here))?;
    if mailed.is_some() {
        link::ask_letter(tx, link);
        return Ok(None);
    }
    let token = link::draw(tx, link, chance)?;
    let link = tx.get(link)?;
    Ok(token.map(|token| link.address(&token)))
}
