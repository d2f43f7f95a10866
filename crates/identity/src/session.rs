//! Sessions of people: opened at the sign-in, ended by the person, by an owner, by disuse or by age.
//! Only the SHA-256 of a token is kept: who reads the database cannot come in with it.

use kernel::{
    ActionDef, Actor, Choice, Door, Entity, Fault, Faults, Id, Instant, Kept, Origin, Rules, Text,
    Tx,
};

use crate::token::{actor_as, hex, print_of};
use crate::{User, weighty};

/// How long a session lasts from sign-in, however much it is used (ASVS 7.3.2).
pub const SESSION_DAYS: i64 = 7;
/// How long a session lasts without being used (ASVS 7.3.1): a night at home ends it.
pub const IDLE_HOURS: i64 = 12;
/// How long who signed in, or proved again who they are, may do weighty acts without being asked
/// (ASVS 7.5.3).
pub const FRESH_MINUTES: i64 = 15;

const HOUR: i64 = 3600 * Instant::SECOND;
/// How old the mark of a last visit may become before it is written again.
const SEEN_EVERY: i64 = 10 * 60 * Instant::SECOND;

/// By what someone has shown who they are, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Choice)]
pub enum Strength {
    #[choice(fr = "Mot de passe", en = "Password")]
    Password,
    #[choice(fr = "Second facteur", en = "Second factor")]
    SecondFactor,
    /// Bound to our address: whoever imitates our pages gets nothing that would open them.
    #[choice(fr = "Clé d’accès", en = "Passkey")]
    Passkey,
}

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
    /// When the person last showed who they are.
    #[field(fr = "Prouvée le", en = "Proved at")]
    pub proved_at: Instant,
    #[field(fr = "Ouverte par", en = "Opened by", list)]
    pub strength: Strength,
    /// The address that it was opened from.
    #[field(fr = "Adresse", en = "Address", list)]
    pub address: Option<String>,
    /// The browser and the system that it was opened from, in words.
    #[field(fr = "Navigateur", en = "Browser", list)]
    pub browser: Option<String>,
}

impl Rules for Session {}

/// How someone came in: what a session keeps of it.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub strength: Strength,
    pub address: Option<String>,
    pub browser: Option<String>,
}

impl Default for Arrival {
    fn default() -> Self {
        Self { strength: Strength::Password, address: None, browser: None }
    }
}

pub const ACTIONS: &[ActionDef] = &[ActionDef {
    on: "user",
    name: "end_sessions",
    label: Text::new("Fermer ses sessions", "End their sessions"),
    doc: Text::new(
        "La personne est dehors partout, et se connecte à nouveau.",
        "The person is out everywhere, and signs in again.",
    ),
    inputs: &[],
    offered: |_| true,
    run: |tx, _, id, _| {
        let id = Id::from_raw(id);
        close_all(tx, id)?;
        Ok(Some(Origin::of(id)))
    },
}];

/// Opens a session by a password and gives its token, for the cookie: `chance` is 32 bytes of it.
///
/// # Errors
/// `store.*`.
pub fn open_session(tx: &mut Tx<'_>, user: Id<User>, chance: [u8; 32]) -> Result<String, Faults> {
    open_from(tx, user, chance, Arrival::default())
}

/// The same, and what is known of how the person came is kept.
///
/// # Errors
/// `store.*`.
pub fn open_from(
    tx: &mut Tx<'_>,
    user: Id<User>,
    chance: [u8; 32],
    arrival: Arrival,
) -> Result<String, Faults> {
    let token = hex(&chance);
    let now = tx.now();
    let Arrival { strength, address, browser } = arrival;
    tx.insert(&Session {
        user,
        token_hash: print_of(&token),
        expires_at: Instant(now.0 + SESSION_DAYS * Instant::DAY),
        last_seen: now,
        proved_at: now,
        strength,
        address,
        browser,
    })?;
    Ok(token)
}

impl Session {
    /// Whether it is neither too old nor too long unused.
    #[must_use]
    pub const fn lives(&self, now: Instant) -> bool {
        self.expires_at.0 > now.0 && self.last_seen.0 + IDLE_HOURS * HOUR > now.0
    }
    /// Whether the person showed who they are lately enough for weighty acts.
    #[must_use]
    pub const fn is_fresh(&self, now: Instant) -> bool {
        now.0 - self.proved_at.0 <= FRESH_MINUTES * 60 * Instant::SECOND
    }
}

/// The living session of a token.
///
/// # Errors
/// `store.*`.
pub fn of_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Kept<Session>>, Fault> {
    let found = tx.first(Session::TOKEN_HASH.is(&print_of(token)))?;
    Ok(found.filter(|session| session.lives(tx.now())))
}

/// The living sessions of someone, the last opened first.
///
/// # Errors
/// `store.*`.
pub fn of_user(tx: &mut Tx<'_>, user: Id<User>) -> Result<Vec<Kept<Session>>, Fault> {
    let mut sessions = tx.find(Session::USER.is(&user))?;
    let now = tx.now();
    sessions.retain(|session| session.lives(now));
    sessions.reverse();
    Ok(sessions)
}

/// Who signed in and was given this token, if they are active and it still holds. When the session
/// is no longer fresh, weighty acts are refused to them with `step_up.needed`.
///
/// # Errors
/// `store.*`.
pub fn actor_of_session(tx: &mut Tx<'_>, token: &str, door: Door) -> Result<Option<Actor>, Fault> {
    Ok(enter(tx, token, door)?.map(|(actor, _)| actor))
}

/// The same, with the session.
///
/// # Errors
/// `store.*`.
pub fn enter(
    tx: &mut Tx<'_>,
    token: &str,
    door: Door,
) -> Result<Option<(Actor, Kept<Session>)>, Fault> {
    let Some(session) = of_token(tx, token)? else { return Ok(None) };
    let Some(mut actor) = actor_as(tx, session.user, door)? else { return Ok(None) };
    if !session.is_fresh(tx.now()) {
        actor.grants = actor.grants.asking_again(weighty::is_weighty);
    }
    Ok(Some((actor, session)))
}

/// Gives the session a new token, and ends the old one: the person has shown again who they are.
///
/// # Errors
/// `sign_in.needed` when it has ended meanwhile.
pub fn prove(
    tx: &mut Tx<'_>,
    token: &str,
    chance: [u8; 32],
    strength: Strength,
) -> Result<String, Faults> {
    let found = of_token(tx, token)?.ok_or_else(|| Fault::new("sign_in.needed"))?;
    let mut session = tx.lock(found.id)?;
    let token = hex(&chance);
    session.token_hash = print_of(&token);
    session.proved_at = tx.now();
    session.last_seen = tx.now();
    session.strength = session.strength.max(strength);
    tx.save(&session)?;
    Ok(token)
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

/// Ends one session of a user.
///
/// # Errors
/// `not_found` when it is not theirs, or has ended.
pub fn close_one(tx: &mut Tx<'_>, user: Id<User>, id: Id<Session>) -> Result<(), Faults> {
    let session = tx.get(id)?;
    if session.user != user {
        return Err(kernel::work::not_found(Session::DEF, id.raw()).into());
    }
    Ok(tx.delete(id)?)
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
#[must_use]
pub const fn is_stale(session: &Session, now: Instant) -> bool {
    now.0 - session.last_seen.0 > SEEN_EVERY
}

/// Marks a session as seen now.
///
/// # Errors
/// `store.*`.
pub fn mark_seen(tx: &mut Tx<'_>, token: &str) -> Result<(), Faults> {
    if let Some(mut session) = of_token(tx, token)? {
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
    let unused = Instant(tx.now().0 - IDLE_HOURS * HOUR);
    let mut past = tx.find(Session::EXPIRES_AT.at_most(&tx.now()))?;
    past.extend(tx.find(Session::LAST_SEEN.at_most(&unused))?);
    past.sort_by_key(|session| session.id.raw());
    past.dedup_by_key(|session| session.id);
    for session in &past {
        tx.delete(session.id)?;
    }
    Ok(past.len())
}
