//! Between the password and the second factor: a token that opens nothing but the second question.

use kernel::{Entity, Fault, Faults, Id, Instant, Kept, Rules, Tx};

use crate::passkey::{self, Signed};
use crate::token::{hex, print_of};
use crate::{Strength, User, second_factor};

/// How long the second question waits for its answer.
pub const PENDING_SECONDS: i64 = 5 * 60;
/// How many wrong codes it takes before the password is asked again.
const MISSES: i64 = 5;

/// Someone whose password was right, and whose second factor is awaited.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Connexion en attente",
    en = "Pending sign-in",
    frs = "Connexions en attente",
    ens = "Pending sign-ins",
    kept
)]
pub struct PendingSignIn {
    #[field(fr = "Utilisateur", en = "User", list, index)]
    pub user: Id<User>,
    #[field(fr = "Empreinte", en = "Hash", unique, sensitive)]
    pub token_hash: String,
    #[field(fr = "Expire le", en = "Expires at", list)]
    pub expires_at: Instant,
    /// How many wrong codes were given.
    #[field(fr = "Erreurs", en = "Misses")]
    pub misses: i64,
}

impl Rules for PendingSignIn {}

/// Whether the password of someone is not enough: they have a second factor, or a passkey.
///
/// # Errors
/// `store.*`.
pub fn is_due(tx: &mut Tx<'_>, user: Id<User>) -> Result<bool, Fault> {
    Ok(second_factor::strongest(tx, user)? > Strength::Password)
}

/// Begins to wait for the second factor of someone whose password was right; `chance` is the token.
///
/// # Errors
/// `store.*`.
pub fn begin(tx: &mut Tx<'_>, user: Id<User>, chance: [u8; 32]) -> Result<String, Faults> {
    let token = hex(&chance);
    // Those who did not go on leave nothing behind.
    for old in tx.find(PendingSignIn::EXPIRES_AT.at_most(&tx.now()))? {
        tx.delete(old.id)?;
    }
    let expires_at = Instant(tx.now().0 + PENDING_SECONDS * Instant::SECOND);
    tx.insert(&PendingSignIn { user, token_hash: print_of(&token), expires_at, misses: 0 })?;
    Ok(token)
}

/// Whose second factor is awaited.
///
/// # Errors
/// `store.*`.
pub fn of_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Kept<PendingSignIn>>, Fault> {
    let found = tx.first(PendingSignIn::TOKEN_HASH.is(&print_of(token)))?;
    Ok(found.filter(|pending| pending.expires_at > tx.now() && pending.misses < MISSES))
}

/// What a person answered to the second question.
#[derive(Debug, Clone)]
pub enum Answered {
    /// A code of the application.
    Code(String),
    /// A code on paper, by its hash.
    Recovery(String),
    /// A signature of a passkey, which held.
    Passkey(Signed),
}

/// What the answer was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// The person is in, and has shown this much.
    In(Id<User>, Strength),
    /// It was wrong: they may try again.
    Wrong,
    /// The question is over: the password is asked again.
    Over,
}

/// Judges an answer. A right one ends the question; a wrong one counts, so the transaction is to be
/// kept either way.
///
/// # Errors
/// `store.*`.
pub fn judge(tx: &mut Tx<'_>, token: &str, answered: &Answered) -> Result<Judged, Faults> {
    let Some(found) = of_token(tx, token)? else { return Ok(Judged::Over) };
    let mut pending = tx.lock(found.id)?;
    let user = pending.user;
    if pending.misses >= MISSES || !tx.get(user)?.active {
        return Ok(Judged::Over);
    }
    let (right, shown) = match answered {
        Answered::Code(code) => (second_factor::take_code(tx, user, code)?, Strength::SecondFactor),
        Answered::Recovery(hash) => {
            (second_factor::take_recovery(tx, user, hash)?, Strength::SecondFactor)
        }
        // That of another person counts as a mistake.
        Answered::Passkey(signed) => {
            let own = passkey::of_user(tx, user)?.iter().any(|own| own.id == signed.passkey);
            (own && passkey::take(tx, signed)? == user, Strength::Passkey)
        }
    };
    if right {
        tx.delete(pending.id)?;
        return Ok(Judged::In(user, shown));
    }
    pending.misses += 1;
    let over = pending.misses >= MISSES;
    tx.save(&pending)?;
    Ok(if over { Judged::Over } else { Judged::Wrong })
}

/// Whether a code is shaped as those of an application.
#[must_use]
pub fn is_code_shaped(text: &str) -> bool {
    text.chars().filter(|letter| !letter.is_whitespace()).count() == 6
        && text.chars().all(|letter| letter.is_ascii_digit() || letter.is_whitespace())
}
