//! Sessions of people and tokens of programs. Only the SHA-256 of a token is kept: who reads the
//! database cannot come in with it. The chance in a token is the caller's.

use kernel::{
    ActionDef, Actor, Door, Entity, Fault, Faults, Id, Instant, Kept, Origin, Rules, Text, Tx,
};
use sha2::{Digest, Sha256};

use crate::{User, roles};

/// How long a session lasts from sign-in.
pub const SESSION_DAYS: i64 = 7;
/// How old the mark of a last visit may become before it is written again.
const SEEN_EVERY: i64 = 10 * 60 * Instant::SECOND;

/// Someone signed in.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Session", en = "Session", frs = "Sessions", ens = "Sessions", kept, steady)]
pub struct Session {
    #[field(fr = "Utilisateur", en = "User", list, index)]
    pub user: Id<User>,
    #[field(fr = "Empreinte", en = "Hash", unique, sensitive)]
    pub token_hash: String,
    #[field(fr = "Expire le", en = "Expires at", list)]
    pub expires_at: Instant,
    #[field(fr = "Vue le", en = "Last seen", list)]
    pub last_seen: Instant,
}

/// A program that may act for a user.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Jeton d’API",
    en = "API token",
    frs = "Jetons d’API",
    ens = "API tokens",
    kept,
    steady
)]
pub struct ApiToken {
    #[field(fr = "Utilisateur", en = "User", list, index)]
    pub user: Id<User>,
    #[field(fr = "Nom", en = "Name", list, title)]
    pub name: String,
    #[field(fr = "Empreinte", en = "Hash", unique, sensitive)]
    pub token_hash: String,
    /// Never when empty.
    #[field(fr = "Expire le", en = "Expires at", list)]
    pub expires_at: Option<Instant>,
}

impl Rules for Session {}
impl Rules for ApiToken {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(!self.name.trim().is_empty(), || Fault::new("field.required").on("name"));
        faults.into_result()
    }
}

pub const ACTIONS: &[ActionDef] = &[ActionDef {
    on: "api_token",
    name: "revoke",
    label: Text::new("Révoquer", "Revoke"),
    doc: Text::new("Le programme n’entre plus.", "The program may no longer come in."),
    inputs: &[],
    offered: |_| true,
    run: |tx, _, id, _| {
        let id = Id::from_raw(id);
        revoke_token(tx, id)?;
        Ok(Some(Origin::of(id)))
    },
}];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is kept of a token.
fn print_of(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Opens a session and gives its token, for the cookie: `chance` is 32 bytes of it.
///
/// # Errors
/// `store.*`.
pub fn open_session(tx: &mut Tx<'_>, user: Id<User>, chance: [u8; 32]) -> Result<String, Faults> {
    let token = hex(&chance);
    let now = tx.now();
    tx.insert(&Session {
        user,
        token_hash: print_of(&token),
        expires_at: Instant(now.0 + SESSION_DAYS * Instant::DAY),
        last_seen: now,
    })?;
    Ok(token)
}

fn session(tx: &mut Tx<'_>, token: &str) -> Result<Option<Kept<Session>>, Fault> {
    let found = tx.first(Session::TOKEN_HASH.is(&print_of(token)))?;
    Ok(found.filter(|session| session.expires_at > tx.now()))
}

/// Who signed in and was given this token, if they are active and it still holds.
///
/// # Errors
/// `store.*`.
pub fn actor_of_session(tx: &mut Tx<'_>, token: &str, door: Door) -> Result<Option<Actor>, Fault> {
    match session(tx, token)? {
        Some(session) => actor_of(tx, session.user, door),
        None => Ok(None),
    }
}

/// Signs out: the session is no more. An unknown token changes nothing.
///
/// # Errors
/// `store.*`.
pub fn close_session(tx: &mut Tx<'_>, token: &str) -> Result<(), Faults> {
    if let Some(session) = tx.first(Session::TOKEN_HASH.is(&print_of(token)))? {
        tx.delete(session.id)?;
    }
    Ok(())
}

/// Ends every session of a user.
///
/// # Errors
/// `store.*`.
pub fn close_all(tx: &mut Tx<'_>, user: Id<User>) -> Result<(), Faults> {
    for session in tx.find(Session::USER.is(&user))? {
        tx.delete(session.id)?;
    }
    Ok(())
}

/// Whether the mark of the last visit is old enough to be written again.
///
/// # Errors
/// `store.*`.
pub fn is_stale(tx: &mut Tx<'_>, token: &str) -> Result<bool, Fault> {
    let now = tx.now();
    Ok(session(tx, token)?.is_some_and(|session| now.0 - session.last_seen.0 > SEEN_EVERY))
}

/// Marks a session as seen now.
///
/// # Errors
/// `store.*`.
pub fn mark_seen(tx: &mut Tx<'_>, token: &str) -> Result<(), Faults> {
    if let Some(mut session) = session(tx, token)? {
        session.last_seen = tx.now();
        tx.save(&session)?;
    }
    Ok(())
}

/// Deletes the sessions that have run out, and says how many.
///
/// # Errors
/// `store.*`.
pub fn sweep(tx: &mut Tx<'_>) -> Result<usize, Faults> {
    let past = tx.find(Session::EXPIRES_AT.at_most(&tx.now()))?;
    for session in &past {
        tx.delete(session.id)?;
    }
    Ok(past.len())
}

/// Makes a token for a program and gives it, once: `chance` is 32 bytes of it.
///
/// # Errors
/// `field.required` without a name; `not_found`.
pub fn issue_token(
    tx: &mut Tx<'_>,
    user: Id<User>,
    name: &str,
    chance: [u8; 32],
    expires_at: Option<Instant>,
) -> Result<String, Faults> {
    tx.get(user)?;
    // Told apart at a glance, and found by those who look for leaked secrets.
    let token = format!("cpt_{}", hex(&chance));
    let (name, token_hash) = (name.to_owned(), print_of(&token));
    tx.insert(&ApiToken { user, name, token_hash, expires_at })?;
    Ok(token)
}

/// The token opens nothing any more.
///
/// # Errors
/// `not_found`.
pub fn revoke_token(tx: &mut Tx<'_>, id: Id<ApiToken>) -> Result<(), Faults> {
    let mut token = tx.lock(id)?;
    let now = tx.now();
    if token.expires_at.is_none_or(|at| at > now) {
        token.expires_at = Some(now);
        tx.save(&token)?;
    }
    Ok(())
}

/// Who came with this API token, if it is a living one of an active user.
///
/// # Errors
/// `store.*`.
pub fn actor_of_token(tx: &mut Tx<'_>, token: &str, door: Door) -> Result<Option<Actor>, Fault> {
    let found = tx.first(ApiToken::TOKEN_HASH.is(&print_of(token)))?;
    let now = tx.now();
    match found.filter(|token| token.expires_at.is_none_or(|at| at > now)) {
        Some(token) => actor_of(tx, token.user, door),
        None => Ok(None),
    }
}

fn actor_of(tx: &mut Tx<'_>, user: Id<User>, door: Door) -> Result<Option<Actor>, Fault> {
    let user = tx.get(user)?;
    Ok(user.active.then(|| Actor {
        company: tx.company(),
        user: Some(user.id.raw()),
        name: user.name.as_str().into(),
        grants: roles::grants_of(user.role),
        door,
        language: user.language.language(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_token_is_its_hash() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            print_of("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
