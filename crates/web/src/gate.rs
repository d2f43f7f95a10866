//! Who is behind a session. What decides is in `identity`; here it is asked, in each company's
//! books, and the frame of the page is filled in.

use identity::{Proof, User, gate, sign_in, token};
use kernel::{
    Actor, CompanyNumber, Currency, Door, Entity, EntityDef, Fault, Faults, Id, Query, RawId, Row,
    Text, Tx, Value,
};
use serde_json::Value as Json;
use store::Call;

use crate::WebState;
use crate::together::{Notification, inbox};

/// Someone signed in, as the frame shows them.
pub struct Who {
    pub actor: Actor,
    pub role: Text,
    /// The company: its name, and its town.
    pub house: (String, String),
    /// Of the company's accounts.
    pub currency: Currency,
    /// How many notifications they have not read.
    pub unread: i64,
}

/// The name of the cookie that holds the session. Over TLS, one that no other host can set.
#[must_use]
pub const fn cookie(state: &WebState) -> &'static str {
    if state.secure_cookies { "__Host-session" } else { "session" }
}

fn doorkeeper(company: CompanyNumber) -> Actor {
    Actor::house(company, Door::Web)
}

/// The living session of this token, in whichever company it was opened.
///
/// # Errors
/// `store.*`.
pub fn who(state: &WebState, session: &str) -> Result<Option<Who>, Faults> {
    for company in state.store.companies()? {
        let found = state.store.read(&doorkeeper(company), |tx| known(state, tx, session))?;
        let Some((who, stale)) = found else { continue };
        if stale {
            let session = session.to_owned();
            let call = Call::new(doorkeeper(company));
            // The visit is noted; that it could not be is no reason to turn someone away.
            let noted = state.store.command(call, move |tx| {
                token::mark_seen(tx, &session)?;
                Ok(Json::Null)
            });
            if let Err(faults) = noted {
                tracing::warn!(codes = ?faults.codes(), "a visit could not be noted");
            }
        }
        return Ok(Some(who));
    }
    Ok(None)
}

fn known(state: &WebState, tx: &mut Tx<'_>, session: &str) -> Result<Option<(Who, bool)>, Faults> {
    let actor = match gate(tx, Proof::Session(session), Door::Web) {
        Ok(actor) => actor,
        Err(fault) if fault.code == "sign_in.needed" => return Ok(None),
        Err(fault) => return Err(fault.into()),
    };
    let role = match actor.user {
        Some(user) => role(tx, user)?,
        None => Text::new("", ""),
    };
    let (house, currency) = (house(state, tx)?, tx.currency());
    // A catalogue without these pages' own records knows of no notifications.
    let told = state.catalog.entity(Notification::DEF.name).and(actor.user);
    let unread = told.map_or(Ok(0), |user| inbox::unread(tx, user))?;
    Ok(Some((Who { actor, role, house, currency, unread }, token::is_stale(tx, session)?)))
}

fn role(tx: &mut Tx<'_>, user: RawId) -> Result<Text, Fault> {
    use kernel::Choice;
    Ok(tx.get(Id::<User>::from_raw(user))?.role.label())
}

/// What the frame says of the company.
fn house(state: &WebState, tx: &mut Tx<'_>) -> Result<(String, String), Fault> {
    let Some(def) = state.catalog.entity("company") else { return Ok(Default::default()) };
    let row = tx.rows(Query::all(def).limit(1))?.pop();
    let text = |row: &Row, name: &str| text(def, row, name);
    Ok(row.map_or_else(Default::default, |row| (text(&row, "name"), text(&row, "city"))))
}

fn text(def: &EntityDef, row: &Row, name: &str) -> String {
    match def.rank(name).and_then(|rank| row.values.get(rank)) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

/// Opens a session for an address and a password: the token for the cookie, and the person's name.
///
/// # Errors
/// `sign_in.refused`, the same for an unknown address and a wrong password; `store.*`.
pub fn enter(state: &WebState, email: &str, password: &str) -> Result<String, Faults> {
    let mut refused = Faults::from(Fault::new("sign_in.refused"));
    for company in state.store.companies()? {
        let found = state
            .store
            .read(&doorkeeper(company), |tx| Ok(sign_in(tx, email, password).map(|user| user.id)?));
        match found {
            Ok(user) => return open(state, company, user),
            Err(faults) => refused = faults,
        }
    }
    Err(refused)
}

fn open(state: &WebState, company: CompanyNumber, user: Id<User>) -> Result<String, Faults> {
    let chance = store::random_bytes::<32>()?;
    let opened = state.store.command(Call::new(doorkeeper(company)), move |tx| {
        Ok(Json::String(token::open_session(tx, user, chance)?))
    })?;
    match opened {
        Json::String(token) => Ok(token),
        _ => Err(Fault::new("internal").into()),
    }
}

/// Ends a session.
///
/// # Errors
/// `store.*`.
pub fn leave(state: &WebState, actor: &Actor, session: &str) -> Result<(), Faults> {
    let session = session.to_owned();
    let call = Call::new(doorkeeper(actor.company));
    let closed = state.store.command(call, move |tx| {
        token::close_session(tx, &session)?;
        Ok(Json::Null)
    });
    closed.map(drop)
}

/// Whether anyone may sign in at all.
///
/// # Errors
/// `store.*`.
pub fn anyone(state: &WebState) -> Result<bool, Faults> {
    for company in state.store.companies()? {
        let users = state
            .store
            .read(&doorkeeper(company), |tx| Ok(tx.rows(Query::all(user_def()).limit(1))?))?;
        if !users.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn user_def() -> &'static EntityDef {
    <User as kernel::Entity>::DEF
}
