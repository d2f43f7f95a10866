//! One's passkeys: those there are, a further one, and the way to give one up.

use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use identity::passkey::{self as kept, Made};
use identity::{Passkey, RecoveryCode, Strength, User, policy, second_factor, session};
use kernel::{Entity, Fault, Faults, Id, Kept, RawId, Text, Tx};
use maud::{Markup, html};
use serde_json::json;

use super::{PLACE, TITLE, enrol, me, proven};
use crate::WebState;
use crate::answer::{self, Answer, said, with_header};
use crate::door::Ask;
use crate::parts::{Button, Column, Field, Fold, Ledger, Row, Tone, head, hidden, state};
use crate::posted::Posted;
use crate::sign_in::{cookie, hashing, passkey, said_above};
use crate::words;

pub(super) const OWN: &str = "/me/security/passkeys";
const CHALLENGE: &str = "/me/security/passkeys/challenge";
pub(super) const ADD: Text = Text::new("Ajouter une clé d’accès", "Add a passkey");

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route(OWN, get(show).post(add))
        .route(CHALLENGE, post(challenge))
        .route("/me/security/passkeys/{id}/remove", post(remove))
}

/// What stands on the page of one's security.
pub(super) fn section(ask: &Ask, passkeys: &[Kept<Passkey>]) -> Markup {
    html! {
        @if passkeys.is_empty() { (why(ask)) } @else { (ledger(ask, passkeys)) }
        div.acts.mt { (Button::link(ask.say(ADD), OWN)) }
    }
}

fn why(ask: &Ask) -> Markup {
    let why = Text::new(
        "Une clé d’accès est gardée par votre téléphone, votre ordinateur ou une clé de sécurité. \
         Elle ouvre sans mot de passe, et seulement ici : une page qui imite la nôtre n’en obtient \
         rien.",
        "A passkey is kept by your phone, your computer or a security key. It opens without a \
         password, and only here: a page that imitates ours gets nothing from it.",
    );
    html! { p.prose { (ask.say(why)) } }
}

fn ledger(ask: &Ask, passkeys: &[Kept<Passkey>]) -> Markup {
    let columns = vec![
        Column::title(ask.say(words::NAME)).grow(),
        Column::quiet(ask.say(Text::new("Ajoutée le", "Added on"))),
        Column::quiet(ask.say(Text::new("Utilisée le", "Last used"))),
        Column::text("").fold(Fold::Marks),
    ];
    let rows = passkeys.iter().map(|passkey| {
        let used = passkey.last_used.map_or_else(
            || ask.say(Text::new("pas encore", "not yet")).to_owned(),
            |at| ask.language.instant(at),
        );
        Row::new(vec![
            html! { (passkey.name) },
            html! { (ask.language.instant(passkey.created_at)) },
            html! { (used) },
            taking_away(ask, passkey),
        ])
    });
    html! { (Ledger::new(ask.language, Passkey::DEF.labels.say(ask.language), columns).rows(rows)) }
}

fn taking_away(ask: &Ask, passkey: &Kept<Passkey>) -> Markup {
    let remove = Text::new("Retirer", "Remove");
    let sure = Text::new(
        "Retirer cette clé d’accès ? Elle n’ouvrira plus.",
        "Remove this passkey? It will open no more.",
    );
    html! {
        span.acts {
            (Button::post(ask.say(remove), format!("{OWN}/{}/remove", passkey.id))
                .hidden("token", &ask.token)
                .confirm(ask.say(sure))
                .small())
        }
    }
}

async fn show(ask: Ask) -> Answer {
    page(&ask, &Faults::default()).await
}

/// What the page needs to know.
struct Seen {
    passkeys: Vec<Kept<Passkey>>,
    asked: Strength,
    /// Whether they may add one by what they have shown.
    may: Result<(), Fault>,
}

fn seen(tx: &mut Tx<'_>, user: Id<User>, token: &str) -> Result<Seen, Faults> {
    let shown = shown(tx, token)?;
    Ok(Seen {
        passkeys: kept::of_user(tx, user)?,
        asked: policy::asked_of(tx, user)?,
        may: kept::may_add(tx, user, shown),
    })
}

/// What the session has shown.
fn shown(tx: &mut Tx<'_>, token: &str) -> Result<Strength, Fault> {
    let session = session::of_token(tx, token)?;
    Ok(session.map_or(Strength::Password, |session| session.strength))
}

async fn page(ask: &Ask, faults: &Faults) -> Answer {
    let user = me(ask)?;
    proven(ask)?;
    let token = ask.visitor.session.clone().unwrap_or_default();
    let seen = ask.read(move |tx, _| seen(tx, user, &token)).await?;
    let place = passkey::Place::of(&ask.visitor);
    let body = html! {
        (head(&html! {}, ask.say(ADD), &html! {}, &[]))
        @if seen.asked == Strength::Passkey {
            p { (state(Tone::Watch, ask.say(ASKED))) }
        }
        (why(ask))
        @match (place, seen.may) {
            (_, Err(fault)) => {
                p.prose { (kernel::sentence(&fault, ask.language)) }
                div.acts.mt {
                    (Button::link(ask.say(SHOW), "/sign-in/again?back=/me/security").primary())
                }
            },
            (Err(fault), _) => p.prose { b { (kernel::sentence(&fault, ask.language)) } },
            (Ok(_), Ok(())) => (form(ask, faults)),
        }
        @if !seen.passkeys.is_empty() { div.mt { (ledger(ask, &seen.passkeys)) } }
    };
    let crumbs = vec![
        (ask.say(words::SETTINGS).to_owned(), "/settings".to_owned()),
        (ask.say(TITLE).to_owned(), PLACE.to_owned()),
    ];
    Ok(ask.page("settings", crumbs, ask.say(ADD), &body))
}

const ASKED: Text = Text::new("demandée à votre rôle", "asked of your role");
const SHOW: Text = Text::new("Montrer ma clé d’accès", "Show my passkey");

fn form(ask: &Ask, faults: &Faults) -> Markup {
    let language = ask.language;
    let hint = Text::new("« Téléphone », « Clé du trousseau »…", "“Phone”, “Key on my ring”…");
    let unknown = Text::new(
        "Ce navigateur ne connaît pas les clés d’accès. Le mot de passe et l’application de codes \
         suffisent partout où aucun rôle n’en demande une.",
        "This browser knows no passkeys. The password and the application of codes will do wherever \
         no role asks for one.",
    );
    let without = Text::new(
        "Une clé d’accès demande JavaScript. Sans lui, le mot de passe et l’application de codes \
         suffisent partout où aucun rôle n’en demande une.",
        "A passkey needs JavaScript. Without it, the password and the application of codes will do \
         wherever no role asks for one.",
    );
    html! {
        form.form.mt method="post" action=(OWN) {
            (hidden(&[("token", ask.token.as_str())]))
            (said_above(&said(faults, language)))
            div.fields {
                (Field::typed(language, "name", ask.say(words::NAME), "text", None)
                    .hint(ask.say(hint))
                    .required(true)
                    .focus())
            }
            (passkey::Button::makes(language, CHALLENGE, ask.say(ADD)))
            p.prose data-passkey-unknown hidden { (ask.say(unknown)) }
            noscript { p.prose { (ask.say(without)) } }
            div.acts { (Button::link(ask.say(words::CANCEL), PLACE)) }
        }
    }
}

/// `POST …/challenge`: what the browser is to ask a device for.
async fn challenge(posted: Posted) -> Result<Response, answer::Refused> {
    let ask = posted.ask;
    proven(&ask)?;
    let user = me(&ask)?;
    let session = ask.visitor.session.clone().unwrap_or_default();
    let token = session.clone();
    let read = ask.look(move |tx, _| {
        let shown = shown(tx, &token)?;
        kept::may_add(tx, user, shown)?;
        let person = tx.get(user)?;
        let (name, email) = (person.name.clone(), person.email.clone());
        let there = kept::of_user(tx, user)?.into_iter().map(Kept::into_inner).collect();
        Ok((passkey::Maker { user, name, email }, there))
    });
    let asked = read.await.and_then(|(maker, there): (_, Vec<Passkey>)| {
        let place = passkey::Place::of(&ask.visitor)?;
        let challenges = &ask.state.challenges;
        Ok(passkey::ask_to_make(&place, challenges, &session, &maker, &there, store::now())?)
    });
    Ok(passkey::asked(&ask.visitor, asked))
}

/// `POST`: keeps the passkey that was made. It is a proof as well: the session has a new token.
/// With the first, codes on paper are drawn, for the day the device is missing.
async fn add(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    proven(&ask)?;
    let user = me(&ask)?;
    let session = ask.visitor.session.clone().unwrap_or_default();
    let answer = fields.get("answer").unwrap_or("");
    let made = passkey::Place::of(&ask.visitor).and_then(|place| {
        passkey::made(&place, &ask.state.challenges, &session, answer, store::now())
    });
    let added = match made {
        Ok(made) => keep(&ask, user, fields.text("name").to_owned(), made).await,
        Err(fault) => Err(fault.into()),
    };
    match added {
        Ok((drawn, session)) => {
            let done = Text::new("La clé d’accès est ajoutée.", "The passkey is added.");
            let answered = match drawn {
                Some(drawn) => enrol::shown_once(&ask, &drawn),
                None => ask.go_saying(PLACE, Tone::Done, ask.say(done)),
            };
            Ok(with_header(answered, header::SET_COOKIE, &cookie(&ask.state, &session)))
        }
        Err(faults) => Ok((answer::status(&faults), page(&ask, &faults).await?).into_response()),
    }
}

type Added = (Option<second_factor::DrawnCodes>, String);

async fn keep(ask: &Ask, user: Id<User>, name: String, made: Made) -> Result<Added, Faults> {
    let token = ask.visitor.session.clone().unwrap_or_default();
    let actor = ask.actor.clone();
    hashing(&ask.visitor, move |state| {
        let none = |tx: &mut Tx<'_>| Ok(tx.first(RecoveryCode::USER.is(&user))?.is_none());
        let first = state.store.read(&actor, none)?;
        let drawn = if first { Some(enrol::draw(user)?) } else { None };
        let hashes = drawn.as_ref().map(|drawn| drawn.hashes.clone());
        let chance = store::random_bytes::<32>()?;
        let session = state.store.command(store::Call::new(actor.clone()), move |tx| {
            let shown = shown(tx, &token)?;
            kept::may_add(tx, user, shown)?;
            kept::add(tx, user, &name, &made)?;
            if let Some(hashes) = &hashes {
                second_factor::keep_codes(tx, user, hashes)?;
            }
            Ok(json!(session::prove(tx, &token, chance, Strength::Passkey)?))
        })?;
        Ok((drawn, session.as_str().unwrap_or("").to_owned()))
    })
    .await
}

/// `POST …/{id}/remove`.
async fn remove(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    proven(&ask)?;
    let user = me(&ask)?;
    let id = RawId::parse(&id).map(Id::from_raw).map_err(|fault| ask.refusal(fault))?;
    let removed = ask.command(&fields, move |tx, _, _| {
        kept::remove(tx, user, id)?;
        Ok(json!(null))
    });
    removed.await.map_err(|faults| ask.refusal(faults))?;
    let done = Text::new("La clé d’accès est retirée.", "The passkey is removed.");
    Ok(ask.go_saying(PLACE, Tone::Done, ask.say(done)))
}
