//! My security: the password, the second factor, the sessions that are open.

mod accounts;
mod enrol;
mod passkeys;
mod sessions;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use identity::session::{self, IDLE_HOURS, SESSION_DAYS};
use identity::{
    IdentityProvider, LinkedAccount, Passkey, SecondFactor, Session, Strength, User, passkey,
    policy, provider, second_factor, set_password, sign_in,
};
use kernel::{Entity, Fault, Faults, Id, Kept, Text};
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use crate::WebState;
use crate::address::Fields;
use crate::answer::{self, Answer, with_header};
use crate::door::Ask;
use crate::parts::{Button, Field, Tone, error_summary, head, hidden, section, state};
use crate::posted::Posted;
use crate::sign_in::{self as door, hashing};
use crate::words;

pub(super) const TITLE: Text = Text::new("Ma sécurité", "My security");
pub(super) const PLACE: &str = "/me/security";
const SECOND: Text = Text::new("Second facteur", "Second factor");

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route(PLACE, get(show))
        .route("/settings/password", post(change_password))
        .route("/me/security/sessions/others/end", post(sessions::end_others))
        .route("/me/security/sessions/{id}/end", post(sessions::end_one))
        .merge(enrol::routes())
        .merge(passkeys::routes())
        .merge(accounts::routes())
}

/// What the page shows.
struct Seen {
    factor: Option<Kept<SecondFactor>>,
    codes: usize,
    passkeys: Vec<Kept<Passkey>>,
    providers: Vec<Kept<IdentityProvider>>,
    accounts: Vec<Kept<LinkedAccount>>,
    sessions: Vec<Kept<Session>>,
    here: Option<Id<Session>>,
    asked: Strength,
}

/// The person who asks; a program has no security of its own.
fn me(ask: &Ask) -> Result<Id<User>, answer::Refused> {
    let user = ask.actor.user.map(Id::from_raw);
    user.ok_or_else(|| ask.refusal(Fault::new("forbidden").with("right", "user.security")))
}

/// One's own means of signing in are changed by who has shown lately who they are (ASVS 7.5.1).
fn proven(ask: &Ask) -> Result<(), answer::Refused> {
    ask.actor.proven_for("user.security").map_err(|fault| ask.refusal(fault))
}

async fn show(ask: Ask) -> Answer {
    page(&ask, &Faults::default()).await
}

async fn page(ask: &Ask, faults: &Faults) -> Answer {
    let user = me(ask)?;
    let token = ask.visitor.session.clone().unwrap_or_default();
    let seen = ask
        .read(move |tx, _| {
            Ok(Seen {
                factor: second_factor::of(tx, user)?,
                codes: second_factor::codes_left(tx, user)?,
                passkeys: passkey::of_user(tx, user)?,
                providers: provider::active(tx)?,
                accounts: provider::of_user(tx, user)?,
                sessions: session::of_user(tx, user)?,
                here: session::of_token(tx, &token)?.map(|session| session.id),
                asked: policy::asked_of(tx, user)?,
            })
        })
        .await?;
    let crumbs = vec![(ask.say(words::SETTINGS).to_owned(), "/settings".to_owned())];
    let title = ask.say(TITLE);
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        div.cols.with-side {
            div {
                (section(
                    Passkey::DEF.labels.say(ask.language),
                    &html! {},
                    &passkeys::section(ask, &seen.passkeys),
                ))
                (section(ask.say(SECOND), &html! {}, &factor(ask, &seen)))
                @if !seen.providers.is_empty() || !seen.accounts.is_empty() {
                    (section(
                        LinkedAccount::DEF.labels.say(ask.language),
                        &html! {},
                        &accounts::section(ask, &seen.providers, &seen.accounts),
                    ))
                }
                (section(
                    ask.say(Text::new("Sessions ouvertes", "Open sessions")),
                    &html! {},
                    &sessions::ledger(ask, &seen.sessions, seen.here),
                ))
            }
            aside.side {
                (section(ask.say(words::PASSWORD), &html! {}, &password(ask, faults)))
            }
        }
    };
    Ok(ask.page("settings", crumbs, title, &body))
}

fn factor(ask: &Ask, seen: &Seen) -> Markup {
    let Some(factor) = &seen.factor else {
        let asked = if seen.passkeys.is_empty() { seen.asked } else { Strength::Password };
        return html! {
            @if seen.codes > 0 { p { (left(ask, seen.codes)) } }
            (no_factor(ask, asked, seen.codes > 0))
        };
    };
    let since = factor.confirmed_at.map_or(String::new(), |at| ask.language.day(at.day()));
    let on = Text::new("actif depuis le", "on since");
    let remove = Text::new("Retirer le second facteur", "Remove the second factor");
    let sure = Text::new(
        "Retirer le second facteur ? Sans clé d’accès, le mot de passe seul suffira.",
        "Remove the second factor? Without a passkey, the password alone will do.",
    );
    html! {
        p {
            (state(Tone::Done, &format!("{} {since}", ask.say(on))))
            " · "
            (left(ask, seen.codes))
        }
        div.acts.mt {
            (renewing(ask))
            (Button::post(ask.say(remove), "/me/security/second-factor/remove")
                .hidden("token", &ask.token)
                .confirm(ask.say(sure))
                .danger())
        }
    }
}

/// How many codes on paper are left.
fn left(ask: &Ask, codes: usize) -> Markup {
    let left = match (ask.language, codes) {
        (kernel::Language::French, 0 | 1) => format!("{codes} code de secours restant"),
        (kernel::Language::French, many) => format!("{many} codes de secours restants"),
        (kernel::Language::English, 1) => "1 recovery code left".to_owned(),
        (kernel::Language::English, many) => format!("{many} recovery codes left"),
    };
    state(if codes < 3 { Tone::Watch } else { Tone::Done }, &left)
}

fn renewing(ask: &Ask) -> Button {
    let renew = Text::new("Nouveaux codes de secours", "New recovery codes");
    Button::post(ask.say(renew), "/me/security/second-factor/codes").hidden("token", &ask.token)
}

/// `codes` says whether there are codes on paper without an application: those of a passkey.
fn no_factor(ask: &Ask, asked: Strength, codes: bool) -> Markup {
    let why = Text::new(
        "Avec un second facteur, un mot de passe volé ne suffit plus : la connexion demande aussi un \
         code que montre une application de votre téléphone.",
        "With a second factor a stolen password is not enough: signing in also asks for a code that \
         an application of your phone shows.",
    );
    let set_up = Text::new("Activer le second facteur", "Turn on the second factor");
    let set_up = Button::post(ask.say(set_up), "/me/security/second-factor");
    let set_up = set_up.hidden("token", &ask.token);
    html! {
        @if asked > Strength::Password {
            p { (state(Tone::Watch, ask.say(Text::new("demandé à votre rôle", "asked of your role")))) }
        }
        p.prose { (ask.say(why)) }
        div.acts.mt {
            @if codes { (set_up) (renewing(ask)) } @else { (set_up.primary()) }
            @if asked > Strength::Password {
                (Button::link(ask.say(passkeys::ADD), passkeys::OWN))
            }
        }
    }
}

fn password(ask: &Ask, faults: &Faults) -> Markup {
    let language = ask.language;
    let error = |name: &str| {
        let mut own = faults.0.iter().filter(|fault| fault.field.as_deref() == Some(name));
        own.next().map(|fault| kernel::sentence(fault, language))
    };
    let errors: Vec<(String, String)> = faults
        .0
        .iter()
        .map(|fault| {
            let name = fault.field.as_deref().unwrap_or("");
            (name.to_owned(), kernel::sentence(fault, language))
        })
        .collect();
    html! {
        form.form method="post" action="/settings/password" {
            // No key: what is remembered of a key must hold nothing of a password.
            (hidden(&[("token", ask.token.as_str())]))
            (error_summary(language, &errors))
            (Field::password(language, "current", ask.say(words::CURRENT_PASSWORD), false)
                .required(true)
                .error(error("current")))
            (Field::password(language, "password", ask.say(words::NEW_PASSWORD), true)
                .required(true)
                .error(error("password")))
            div.acts { (Button::submit(ask.say(words::CHANGE_PASSWORD))) }
        }
    }
}

/// Changes one's own password: the old one is asked, every session ends, and a new one begins.
async fn change_password(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let user = me(&ask)?;
    match change(&ask, user, &fields.without(&["key"])).await {
        Ok(session) => Ok(renewed(&ask, &session, words::PASSWORD_CHANGED)),
        Err(faults) => {
            let status = answer::status(&faults);
            Ok((status, page(&ask, &faults).await?).into_response())
        }
    }
}

/// Back to the page, with the session's new token.
fn renewed(ask: &Ask, session: &str, said: Text) -> Response {
    let response = ask.go_saying(PLACE, Tone::Done, ask.say(said));
    with_header(response, header::SET_COOKIE, &door::cookie(&ask.state, session))
}

async fn change(ask: &Ask, user: Id<User>, fields: &Fields) -> Result<String, Faults> {
    let text = |name: &str| fields.get(name).unwrap_or("").to_owned();
    let (current, wanted) = (text("current"), text("password"));
    let (salt, chance) = (store::random_bytes::<16>()?, store::random_bytes::<32>()?);
    let (actor, token) = (ask.actor.clone(), ask.visitor.session.clone().unwrap_or_default());
    let arrival = door::arrived(&ask.visitor);
    let opened = hashing(&ask.visitor, move |state| {
        let strength = state.store.read(&actor, |tx| {
            let email = tx.get(user)?.email.clone();
            sign_in(tx, &email, &current).map_err(|fault| fault.on("current"))?;
            let session = session::of_token(tx, &token)?;
            Ok(session.map_or(Strength::Password, |session| session.strength))
        })?;
        let arrival = identity::Arrival { strength, ..arrival };
        state.store.command(store::Call::new(actor.clone()), move |tx| {
            set_password(tx, user, &wanted, salt)?;
            Ok(json!(session::open_from(tx, user, chance, arrival.clone())?))
        })
    })
    .await?;
    match opened {
        Json::String(session) => Ok(session),
        _ => Err(Fault::new("internal").into()),
    }
}

/// How long sessions last, in a sentence.
fn limits(ask: &Ask) -> String {
    match ask.language {
        kernel::Language::French => format!(
            "Une session se ferme après {IDLE_HOURS} heures sans usage, et {SESSION_DAYS} jours \
             après la connexion."
        ),
        kernel::Language::English => format!(
            "A session ends after {IDLE_HOURS} hours without use, and {SESSION_DAYS} days after the \
             sign-in."
        ),
    }
}
