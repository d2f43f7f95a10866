//! Who is behind a session. What decides is in `identity`; here it is asked, in each company's
//! books, and the frame of the page is filled in.

use identity::{
    Arrival, Proof, Strength, User, gate, password_holds, pending, policy, session, user,
};
use kernel::{
    Actor, CompanyNumber, Currency, Door, Entity, EntityDef, Fault, Faults, Id, Query, RawId, Row,
    Text, Tx, Value,
};
use serde_json::{Value as Json, json};
use store::{Call, Store};

use crate::WebState;
use crate::together::{Notification, inbox};

/// Someone signed in, as the frame shows them.
pub struct Who {
    pub actor: Actor,
    pub role: Text,
    /// The company: its name, and its town.
    pub house: (String, String),
    /// Whether the company is a demonstration.
    pub demonstration: bool,
    /// Of the company's accounts.
    pub currency: Currency,
    /// How many notifications they have not read.
    pub unread: i64,
    /// What their role asks for, when they have shown less: they may do nothing before.
    pub must_enrol: Option<Strength>,
}

/// The name of the cookie that holds the session. Over TLS, one that no other host can set.
#[must_use]
pub const fn cookie(state: &WebState) -> &'static str {
    if state.secure_cookies { "__Host-session" } else { "session" }
}

fn doorkeeper(company: CompanyNumber) -> Actor {
    Actor::house(company, Door::Web)
}

/// The living session of this token, in whichever company it was opened. `used` says that a person
/// asks, and not a page that was left open.
///
/// # Errors
/// `store.*`.
pub fn who(state: &WebState, session: &str, used: bool) -> Result<Option<Who>, Faults> {
    for company in state.store.companies()? {
        let found = state.store.read(&doorkeeper(company), |tx| known(state, tx, session))?;
        let Some((mut who, stale)) = found else { continue };
        if stale && used {
            let session = session.to_owned();
            let call = Call::new(doorkeeper(company));
            // The visit is noted; that it could not be is no reason to turn someone away.
            let noted = state.store.command(call, move |tx| {
                session::mark_seen(tx, &session)?;
                Ok(Json::Null)
            });
            if let Err(faults) = noted {
                tracing::warn!(codes = ?faults.codes(), "a visit could not be noted");
            }
        }
        who.demonstration = state.store.is_demonstration(company)?;
        return Ok(Some(who));
    }
    Ok(None)
}

/// Whether this token still opens the gate, in the company where it did.
///
/// # Errors
/// `store.*`.
pub fn still_in(store: &Store, company: CompanyNumber, session: &str) -> Result<bool, Faults> {
    let proof = Proof::Session(session);
    match store.read(&doorkeeper(company), |tx| Ok(gate(tx, proof, Door::Web)?)) {
        Ok(_) => Ok(true),
        Err(faults) if faults.has("sign_in.needed") || faults.has("sign_in.enrol") => Ok(false),
        Err(faults) => Err(faults),
    }
}

fn known(state: &WebState, tx: &mut Tx<'_>, token: &str) -> Result<Option<(Who, bool)>, Faults> {
    let (actor, must_enrol) = match gate(tx, Proof::Session(token), Door::Web) {
        Ok(actor) => (actor, None),
        Err(fault) if fault.code == "sign_in.needed" => return Ok(None),
        Err(fault) if fault.code == "sign_in.enrol" => {
            match session::actor_of_session(tx, token, Door::Web)? {
                Some(actor) => {
                    let user = actor.user.map(Id::from_raw);
                    let asked = user.map(|user| policy::asked_of(tx, user)).transpose()?;
                    (actor, asked)
                }
                None => return Ok(None),
            }
        }
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
    let now = tx.now();
    let session = session::of_token(tx, token)?;
    let stale = session.is_some_and(|session| session::is_stale(&session, now));
    let demonstration = false;
    let who = Who { actor, role, house, demonstration, currency, unread, must_enrol };
    Ok(Some((who, stale)))
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

/// What a right password opens.
pub enum Entered {
    /// A session, by its token.
    Session(String),
    /// The second question, by the token of the answer awaited.
    Awaited(String),
}

/// Opens a session for an address and a password, or the question for the second factor of someone
/// who has one. Slow on purpose, and as slow for an unknown address.
///
/// # Errors
/// `sign_in.refused`, the same for an unknown address and a wrong password; `store.*`.
pub fn enter(
    state: &WebState,
    email: &str,
    password: &str,
    arrival: &Arrival,
) -> Result<Entered, Faults> {
    let mut known = Vec::new();
    for company in state.store.companies()? {
        let read = |tx: &mut Tx<'_>| Ok(user::with_password(tx, email)?);
        let found = state.store.read(&doorkeeper(company), read)?;
        known.extend(found.map(|user| (company, user.id, user.password_hash.clone())));
    }
    if known.is_empty() {
        // The same work for nothing, so that the same time passes.
        let _ = password_holds(password, None);
    }
    let right = known.into_iter().find(|(_, _, hash)| password_holds(password, Some(hash)));
    match right {
        Some((company, user, _)) => open(state, company, user, arrival),
        None => Err(Fault::new("sign_in.refused").into()),
    }
}

/// Opens a session for someone who has shown this much, or the question for their second factor when
/// that is not enough for who has one.
///
/// # Errors
/// `store.*`.
pub fn open(
    state: &WebState,
    company: CompanyNumber,
    user: Id<User>,
    arrival: &Arrival,
) -> Result<Entered, Faults> {
    let (chance, arrival) = (store::random_bytes::<32>()?, arrival.clone());
    let opened = state.store.command(Call::new(doorkeeper(company)), move |tx| {
        let more = arrival.strength == Strength::Password;
        if more && pending::is_due(tx, user)? {
            return Ok(json!({ "awaited": pending::begin(tx, user, chance)? }));
        }
        Ok(json!({ "session": session::open_from(tx, user, chance, arrival.clone())? }))
    })?;
    let token = |name: &str| opened[name].as_str().map(ToOwned::to_owned);
    let awaited = token("awaited").map(Entered::Awaited);
    let entered = awaited.or_else(|| token("session").map(Entered::Session));
    entered.ok_or_else(|| Fault::new("internal").into())
}

/// Ends a session.
///
/// # Errors
/// `store.*`.
pub fn leave(state: &WebState, actor: &Actor, session: &str) -> Result<(), Faults> {
    let session = session.to_owned();
    let call = Call::new(doorkeeper(actor.company));
    let closed = state.store.command(call, move |tx| {
        session::close_session(tx, &session)?;
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
