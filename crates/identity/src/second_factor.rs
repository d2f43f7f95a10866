//! The second factor: an application that shows codes, and codes on paper for the day it is lost.

use kernel::{ActionDef, Entity, Fault, Faults, Id, Instant, Kept, Origin, Rules, Text, Tx};
use sha2::{Digest, Sha256};

use crate::password::hash_password;
use crate::user::owners_are_owners_business;
use crate::{Strength, User, passkey, policy, session, totp};

/// The application of a phone that shows someone's codes.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Second facteur",
    en = "Second factor",
    frs = "Seconds facteurs",
    ens = "Second factors",
    kept
)]
pub struct SecondFactor {
    #[field(fr = "Utilisateur", en = "User", list, unique)]
    pub user: Id<User>,
    /// What the application knows, in base 32.
    #[field(fr = "Secret", en = "Secret", sensitive, secret)]
    pub secret: String,
    /// It counts from here on: a code has shown that the application has the secret.
    #[field(fr = "Confirmé le", en = "Confirmed at", list)]
    pub confirmed_at: Option<Instant>,
    /// The step of the last code taken: that code and those before it are spent.
    #[field(fr = "Dernier pas", en = "Last step")]
    pub last_step: i64,
}

/// A code on paper, good once.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Code de secours",
    en = "Recovery code",
    frs = "Codes de secours",
    ens = "Recovery codes",
    kept
)]
pub struct RecoveryCode {
    #[field(fr = "Utilisateur", en = "User", list, index)]
    pub user: Id<User>,
    /// Argon2id, as a PHC string.
    #[field(fr = "Empreinte", en = "Hash", sensitive)]
    pub code_hash: String,
    #[field(fr = "Utilisé le", en = "Used at", list)]
    pub used_at: Option<Instant>,
}

impl Rules for SecondFactor {}
impl Rules for RecoveryCode {}

pub const ACTIONS: &[ActionDef] = &[ActionDef {
    on: "user",
    name: "remove_second_factor",
    label: Text::new("Retirer le second facteur", "Remove the second factor"),
    doc: Text::new(
        "Pour qui a perdu son téléphone et ses codes de secours : retire l’application, les clés \
         d’accès et les codes, et ferme ses sessions.",
        "For someone who lost their phone and their recovery codes: removes the application, the \
         passkeys and the codes, and ends their sessions.",
    ),
    inputs: &[],
    offered: |_| true,
    run: |tx, actor, id, _| {
        let id = Id::from_raw(id);
        owners_are_owners_business(tx, actor, id)?;
        remove(tx, id)?;
        session::close_all(tx, id)?;
        Ok(Some(Origin::of(id)))
    },
}];

/// Someone's second factor, once it counts.
///
/// # Errors
/// `store.*`.
pub fn of(tx: &mut Tx<'_>, user: Id<User>) -> Result<Option<Kept<SecondFactor>>, Fault> {
    let found = tx.first(SecondFactor::USER.is(&user))?;
    Ok(found.filter(|factor| factor.confirmed_at.is_some()))
}

/// Begins an enrolment, or goes on with the one begun: the secret, in base 32, for the application.
///
/// # Errors
/// `second_factor.there` when one counts already.
pub fn begin(tx: &mut Tx<'_>, user: Id<User>) -> Result<String, Faults> {
    match tx.first(SecondFactor::USER.is(&user))? {
        Some(factor) if factor.confirmed_at.is_some() => {
            Err(Fault::new("second_factor.there").into())
        }
        Some(factor) => Ok(factor.secret.clone()),
        None => {
            let secret = totp::written(&tx.secret()[..totp::SECRET]);
            let begun = secret.clone();
            tx.insert(&SecondFactor { user, secret, confirmed_at: None, last_step: 0 })?;
            Ok(begun)
        }
    }
}

/// Ends an enrolment: the code shows that the application has the secret.
///
/// # Errors
/// `second_factor.code` when it does not; `second_factor.none` when nothing was begun.
pub fn confirm(tx: &mut Tx<'_>, user: Id<User>, code: &str) -> Result<(), Faults> {
    let begun = tx.first(SecondFactor::USER.is(&user))?;
    let begun = begun.filter(|factor| factor.confirmed_at.is_none());
    let begun = begun.ok_or_else(|| Fault::new("second_factor.none"))?;
    let mut factor = tx.lock(begun.id)?;
    if !spend(tx, &mut factor, code) {
        return Err(Fault::new("second_factor.code").on("code").into());
    }
    factor.confirmed_at = Some(tx.now());
    tx.save(&factor)
}

/// Whether this is a code of the application, not taken before; it is spent by that. The record is
/// locked meanwhile: of two who send the same code at once, one is refused.
///
/// # Errors
/// `store.*`.
pub fn take_code(tx: &mut Tx<'_>, user: Id<User>, code: &str) -> Result<bool, Faults> {
    let Some(found) = of(tx, user)? else { return Ok(false) };
    let mut factor = tx.lock(found.id)?;
    let taken = factor.confirmed_at.is_some() && spend(tx, &mut factor, code);
    if taken {
        tx.save(&factor)?;
    }
    Ok(taken)
}

fn spend(tx: &Tx<'_>, factor: &mut Kept<SecondFactor>, code: &str) -> bool {
    let secret = totp::read(&factor.secret).unwrap_or_default();
    let step = totp::step_of(&secret, code, tx.now(), factor.last_step);
    if let Some(step) = step {
        factor.last_step = step;
    }
    step.is_some()
}

/// What someone is able to show: the strongest of it.
///
/// # Errors
/// `store.*`.
pub fn strongest(tx: &mut Tx<'_>, user: Id<User>) -> Result<Strength, Fault> {
    if !passkey::of_user(tx, user)?.is_empty() {
        return Ok(Strength::Passkey);
    }
    let counts = of(tx, user)?.is_some();
    Ok(if counts { Strength::SecondFactor } else { Strength::Password })
}

/// Gives up one's own application; the codes on paper go with the last proof that they replace.
///
/// # Errors
/// `sign_in.last_proof` when one's role asks for more than would be left.
pub fn give_up(tx: &mut Tx<'_>, user: Id<User>) -> Result<(), Faults> {
    for factor in tx.find(SecondFactor::USER.is(&user))? {
        tx.delete(factor.id)?;
    }
    left_is_enough(tx, user)
}

/// A proof was given up: what is left must be what the role asks for.
pub(crate) fn left_is_enough(tx: &mut Tx<'_>, user: Id<User>) -> Result<(), Faults> {
    let left = strongest(tx, user)?;
    if left < policy::asked_of(tx, user)? {
        return Err(Fault::new("sign_in.last_proof").into());
    }
    if left == Strength::Password {
        forget_codes(tx, user)?;
    }
    Ok(())
}

fn forget_codes(tx: &mut Tx<'_>, user: Id<User>) -> Result<(), Faults> {
    for code in tx.find(RecoveryCode::USER.is(&user))? {
        tx.delete(code.id)?;
    }
    Ok(())
}

/// The application, the passkeys and the codes on paper of someone are no more: they lost them.
///
/// # Errors
/// `store.*`.
pub fn remove(tx: &mut Tx<'_>, user: Id<User>) -> Result<(), Faults> {
    for factor in tx.find(SecondFactor::USER.is(&user))? {
        tx.delete(factor.id)?;
    }
    for passkey in passkey::of_user(tx, user)? {
        tx.delete(passkey.id)?;
    }
    forget_codes(tx, user)
}

// ——— codes on paper ———

/// How many codes are drawn at once.
pub const CODES: usize = 10;
/// The letters of a code: twelve of thirty-two, 60 bits.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const LONG: usize = 12;

/// Codes, to be shown once, and what is kept of them.
#[derive(Debug, Clone)]
pub struct DrawnCodes {
    pub codes: Vec<String>,
    pub hashes: Vec<String>,
}

/// Draws codes for someone. Slow on purpose, a tenth of a second for each: draw them before the
/// transaction.
///
/// # Errors
/// `password.hash` when the machine lacks the memory.
pub fn draw_codes(user: Id<User>, chance: &[[u8; LONG]; CODES]) -> Result<DrawnCodes, Fault> {
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    let bare: Vec<String> = chance.iter().map(|bytes| bytes.iter().map(letter).collect()).collect();
    let hashes = bare.iter().map(|code| hash_code(user, code)).collect::<Result<_, _>>()?;
    let grouped = |code: &String| format!("{}-{}-{}", &code[..4], &code[4..8], &code[8..]);
    Ok(DrawnCodes { codes: bare.iter().map(grouped).collect(), hashes })
}

/// What is kept of a code, if it has the shape of one. The codes of one person have one salt, so
/// that looking for one among them is one hash. Slow on purpose.
///
/// # Errors
/// `password.hash`.
pub fn hash_code(user: Id<User>, code: &str) -> Result<String, Fault> {
    let mut salt = [0; 16];
    salt.copy_from_slice(&Sha256::digest(format!("recovery codes of {user}").as_bytes())[..16]);
    hash_password(&bare(code), salt)
}

fn bare(code: &str) -> String {
    let letters = code.chars().filter(|letter| letter.is_ascii_alphanumeric());
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Whether a text may be a code on paper, and is not one of an application.
#[must_use]
pub fn is_recovery_shaped(code: &str) -> bool {
    let bare = bare(code);
    bare.len() == LONG && bare.bytes().all(|byte| LETTERS.contains(&byte))
}

/// These codes, and no former ones, are someone's from now on.
///
/// # Errors
/// `store.*`.
pub fn keep_codes(tx: &mut Tx<'_>, user: Id<User>, hashes: &[String]) -> Result<(), Faults> {
    forget_codes(tx, user)?;
    for hash in hashes {
        tx.insert(&RecoveryCode { user, code_hash: hash.clone(), used_at: None })?;
    }
    Ok(())
}

/// Whether someone has this code on paper, by its [`hash_code`]; it is spent by that.
///
/// # Errors
/// `store.*`.
pub fn take_recovery(tx: &mut Tx<'_>, user: Id<User>, hash: &str) -> Result<bool, Faults> {
    let codes = tx.find(RecoveryCode::USER.is(&user))?;
    let Some(found) = codes.into_iter().find(|code| code.code_hash == hash) else {
        return Ok(false);
    };
    let mut code = tx.lock(found.id)?;
    if code.used_at.is_some() {
        return Ok(false);
    }
    code.used_at = Some(tx.now());
    tx.save(&code)?;
    Ok(true)
}

/// How many of someone's codes on paper are still good.
///
/// # Errors
/// `store.*`.
pub fn codes_left(tx: &mut Tx<'_>, user: Id<User>) -> Result<usize, Fault> {
    let codes = tx.find(RecoveryCode::USER.is(&user))?;
    Ok(codes.iter().filter(|code| code.used_at.is_none()).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::RawId;

    #[test]
    fn codes_on_paper_have_sixty_bits_each_and_are_read_as_typed() {
        let user = Id::from_raw(RawId([7; 16]));
        let mut chance = [[0; LONG]; CODES];
        for (rank, bytes) in chance.iter_mut().enumerate() {
            bytes.fill(u8::try_from(rank).unwrap());
        }
        let drawn = draw_codes(user, &chance).unwrap();
        assert_eq!((drawn.codes.len(), drawn.codes[1].as_str()), (CODES, "bbbb-bbbb-bbbb"));
        assert!(drawn.hashes[1].starts_with("$argon2id$"));
        assert_eq!(hash_code(user, " BBBB bbbb BBBB ").unwrap(), drawn.hashes[1]);
        let other = Id::from_raw(RawId([8; 16]));
        assert_ne!(hash_code(other, "bbbb-bbbb-bbbb").unwrap(), drawn.hashes[1]);
        assert!(is_recovery_shaped("bbbb-bbbb-bbbb") && !is_recovery_shaped("123 456"));
    }
}
