//! The first opening of an empty installation: four questions, then the owner is in. It is asked
//! once, on the machine itself; from elsewhere with the code that the console shows.

mod answers;
mod filling;
mod page;

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use identity::{Role, User};
use kernel::{Actor, CompanyNumber, Door, Fault, Faults, Filter};
use master::Company;
use processes::founding::open_books;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use store::{Call, Store};
use tokio::sync::Mutex;

use crate::answer::{go, refused_as, refused_plain, status, with_header};
use crate::door::{Visitor, hexadecimal};
use crate::gate::Entered;
use crate::posted::PostedByVisitor;
use crate::sign_in::{Throttle, arrived, cookie};
use crate::{WebState, gate};

use answers::{Answers, Start};
use filling::Filling;

pub use filling::Fill;

/// How many wrong codes a quarter of an hour takes.
const WRONG_CODES: u32 = 10;

/// The letters of a code: none that is taken for another.
const LETTERS: &[u8; 30] = b"ABCDEFGHJKMNPQRSTVWXYZ23456789";

/// Questions are answered one at a time: the first to come is the owner.
type Turn = Arc<Mutex<()>>;

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/welcome", get(ask).post(found))
        .route("/welcome/filling", get(filling::watch))
        .route("/welcome/filling/{ticket}", get(filling::enter))
        .layer(Extension(Turn::default()))
        .layer(Extension(Filling::default()))
        .layer(Extension(Arc::new(Throttle::default())))
}

/// Whether nobody may sign in yet, and the program knows what a company is.
///
/// # Errors
/// `store.*`.
pub fn is_due(state: &WebState) -> Result<bool, Faults> {
    Ok(state.catalog.entity("company").is_some() && !gate::anyone(state)?)
}

/// A code for the console, when the store has nobody yet: eight letters and digits.
///
/// # Errors
/// `store.*`.
pub fn code(store: &Store) -> Result<Option<String>, Faults> {
    let state = WebState::new(store.clone(), store.catalog(), false);
    if !is_due(&state)? {
        return Ok(None);
    }
    let chance = store::random_bytes::<8>()?;
    let letter = |byte: &u8| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]);
    let letters: String = chance.iter().map(letter).collect();
    Ok(Some(format!("{}-{}", &letters[..4], &letters[4..])))
}

/// Whether a visitor may answer at all: with the code of the console where there is one, else from
/// this very machine, under its own name, so that no page of elsewhere may stand in between.
fn may_answer(visitor: &Visitor) -> Result<(), Fault> {
    if visitor.state.first_run_code.is_some() {
        return Ok(());
    }
    let near = visitor.address.is_some_and(|address| address.is_loopback());
    let host = visitor.origin().unwrap_or_default();
    let host = host.split_once("://").map_or("", |(_, host)| host);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let named = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
    if near && named { Ok(()) } else { Err(Fault::new("first_run.elsewhere")) }
}

/// `GET /welcome`.
async fn ask(Extension(filling): Extension<Filling>, visitor: Visitor) -> Response {
    match visitor.waiting(is_due).await {
        Ok(true) => {}
        Ok(false) => return go("/sign-in"),
        Err(faults) => return refused_plain(&visitor, &faults),
    }
    if filling.is_busy() {
        return go(filling::PLACE);
    }
    match may_answer(&visitor) {
        Ok(()) => page::questions(&visitor, &Answers::of_visitor(&visitor), &Faults::default()),
        Err(fault) => (StatusCode::FORBIDDEN, page::elsewhere(&visitor, &fault)).into_response(),
    }
}

/// `POST /welcome`: the company is founded and its owner signed in, or the questions come back.
async fn found(
    Extension(turn): Extension<Turn>,
    Extension(throttle): Extension<Arc<Throttle>>,
    Extension(filling): Extension<Filling>,
    PostedByVisitor { visitor, fields }: PostedByVisitor,
) -> Response {
    if let Err(fault) = may_answer(&visitor) {
        return (StatusCode::FORBIDDEN, page::elsewhere(&visitor, &fault)).into_response();
    }
    let answers = Answers::of_fields(&fields);
    let coded = coded(&visitor, &throttle, fields.text("code"));
    let founded = match coded.and_then(|()| answers.check()) {
        Err(faults) => Err(faults),
        Ok(()) => {
            let _turn = turn.lock().await;
            if filling.is_busy() {
                return go(filling::PLACE);
            }
            if answers.start == Start::Demo
                && let Some(fill) = visitor.state.fill.clone()
            {
                return filling::begin(&visitor, &filling, fill, &answers).await;
            }
            let (own, language, from) = (answers.clone(), visitor.language, arrived(&visitor));
            visitor.waiting(move |state| enter(state, &own, language, &from)).await
        }
    };
    match founded {
        Ok(session) => {
            let to = if answers.start == Start::Import { "/import" } else { "/" };
            with_header(go(to), header::SET_COOKIE, &cookie(&visitor.state, &session))
        }
        Err(faults) if faults.has("first_run.done") => {
            (StatusCode::CONFLICT, page::done(&visitor)).into_response()
        }
        Err(faults) => {
            let page = page::questions(&visitor, &answers, &faults);
            refused_as(status(&faults), &faults, page)
        }
    }
}

/// Whether the code is the one of the console, where one is asked for.
fn coded(visitor: &Visitor, throttle: &Throttle, given: &str) -> Result<(), Faults> {
    let Some(code) = &visitor.state.first_run_code else { return Ok(()) };
    let names = [("code".to_owned(), WRONG_CODES)];
    throttle.attempt(&names, store::now())?;
    let bare = |text: &str| text.replace(['-', ' '], "").to_ascii_uppercase();
    if bare(given) != bare(code) {
        return Err(Fault::new("first_run.code").on("code").into());
    }
    throttle.forgive(&names);
    Ok(())
}

/// Founds the company and opens a session for its owner. Sent twice, the same form lets the same
/// person in.
fn enter(
    state: &WebState,
    answers: &Answers,
    language: kernel::Language,
    from: &identity::Arrival,
) -> Result<String, Faults> {
    let in_by_password = || match gate::enter(state, &answers.email, &answers.password, from)? {
        Entered::Session(session) => Ok(session),
        Entered::Awaited(_) => Err(Faults::from(Fault::new("first_run.done"))),
    };
    let done = if is_due(state)? {
        found_company(state, answers, language)
    } else {
        Err(Fault::new("first_run.done").into())
    };
    match done {
        Ok(()) => in_by_password(),
        Err(faults) if taken(&faults) => {
            in_by_password().map_err(|_| Fault::new("first_run.done").into())
        }
        Err(faults) => Err(faults),
    }
}

/// Someone else was quicker.
fn taken(faults: &Faults) -> bool {
    ["first_run.done", "company.single", "idempotency.reused"].iter().any(|code| faults.has(code))
}

/// Who answered, as the owner.
fn owner(answers: &Answers, language: kernel::Language) -> Result<User, Faults> {
    Ok(User {
        password_hash: identity::hash_password(&answers.password, store::random_bytes()?)?,
        language: match language {
            kernel::Language::French => identity::Tongue::Fr,
            kernel::Language::English => identity::Tongue::En,
        },
        active: true,
        ..User::named(&answers.person, &answers.email, Role::Owner)
    })
}

fn found_company(
    state: &WebState,
    answers: &Answers,
    language: kernel::Language,
) -> Result<(), Faults> {
    let company = answers.company();
    let owner = owner(answers, language)?;
    let number = books(state, answers)?;
    // Of several servers over one database, the first to write under this key is the one.
    let mut digest = Sha256::new();
    for part in [&company.name, &owner.name, &owner.email, &owner.password_hash] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let call = Call::new(Actor::house(number, Door::Web))
        .key("first-run")
        .fingerprint(hexadecimal(&digest.finalize()));
    state.store.command(call, move |tx| {
        if tx.first::<User>(Filter::everything())?.is_some() {
            return Err(Fault::new("first_run.done").into());
        }
        let today = tx.today();
        if tx.first::<Company>(Filter::everything())?.is_none() {
            open_books(tx, &company, &[today])?;
        }
        identity::access::seed(tx)?;
        tx.insert(&owner)?;
        Ok(Json::Null)
    })?;
    Ok(())
}

/// The books to fill: the first of this installation, opened if there are none.
fn books(state: &WebState, answers: &Answers) -> Result<CompanyNumber, Faults> {
    if let Some(first) = state.store.companies()?.first() {
        return Ok(*first);
    }
    let opened = state.store.open_company(answers.currency()?)?;
    // Two servers may have opened books at once: both go by the oldest.
    Ok(state.store.companies()?.first().copied().unwrap_or(opened))
}
