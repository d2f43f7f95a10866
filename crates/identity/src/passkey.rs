//! Passkeys: what a device or a password manager keeps to sign for one place and no other (W3C Web
//! Authentication, level 3). Here is what is kept of them and what they are worth; what reads and
//! verifies a signature is the door's.

use kernel::{Entity, Fault, Faults, Id, Instant, Kept, LongText, Rules, Tx};
use sha2::{Digest, Sha256};

use crate::token::hex;
use crate::{Strength, User, policy, provider, second_factor};

/// More than anyone has devices.
pub const MOST: usize = 20;

/// A passkey of someone.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Clé d’accès", en = "Passkey", frs = "Clés d’accès", ens = "Passkeys", kept)]
pub struct Passkey {
    #[field(fr = "Utilisateur", en = "User", list, index)]
    pub user: Id<User>,
    /// What its owner calls it: the telephone, the key on the ring.
    #[field(fr = "Nom", en = "Name", list, title)]
    pub name: String,
    /// The SHA-256 of its number, which is up to 1,023 bytes long (section 4, Credential ID).
    #[field(fr = "Empreinte", en = "Hash", unique, sensitive)]
    pub credential_hash: String,
    /// What its signatures are verified by, as JSON: no secret, but nobody else's business.
    #[field(fr = "Clé publique", en = "Public key", sensitive)]
    pub credential: LongText,
    /// How many times the device has signed, as it says; zero for one that does not count.
    #[field(fr = "Compteur", en = "Counter")]
    pub counter: i64,
    #[field(fr = "Utilisée le", en = "Last used", list)]
    pub last_used: Option<Instant>,
}

impl Rules for Passkey {}

/// A passkey as a device has just made it.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its number.
    pub id: Vec<u8>,
    /// What its signatures are verified by, as JSON.
    pub credential: String,
}

/// A signature that held: whose passkey, and what is to be kept of it.
#[derive(Debug, Clone)]
pub struct Signed {
    pub passkey: Id<Passkey>,
    pub counter: i64,
    /// The passkey after this use, as JSON.
    pub credential: String,
}

fn hash_of(id: &[u8]) -> String {
    hex(&Sha256::digest(id))
}

/// Those of someone, the first made first.
///
/// # Errors
/// `store.*`.
pub fn of_user(tx: &mut Tx<'_>, user: Id<User>) -> Result<Vec<Kept<Passkey>>, Fault> {
    tx.find(Passkey::USER.is(&user))
}

/// The one of this number.
///
/// # Errors
/// `store.*`.
pub fn of_credential(tx: &mut Tx<'_>, id: &[u8]) -> Result<Option<Kept<Passkey>>, Fault> {
    tx.first(Passkey::CREDENTIAL_HASH.is(&hash_of(id)))
}

/// Keeps a passkey that someone has just made.
///
/// # Errors
/// `field.required` without a name; `passkey.there` when it is known here already; `passkey.most`.
pub fn add(
    tx: &mut Tx<'_>,
    user: Id<User>,
    name: &str,
    made: &Made,
) -> Result<Id<Passkey>, Faults> {
    if name.trim().is_empty() {
        return Err(Fault::new("field.required").on("name").into());
    }
    if of_credential(tx, &made.id)?.is_some() {
        return Err(Fault::new("passkey.there").into());
    }
    if of_user(tx, user)?.len() >= MOST {
        return Err(Fault::new("passkey.most").with("most", MOST.to_string()).into());
    }
    tx.insert(&Passkey {
        user,
        name: name.trim().to_owned(),
        credential_hash: hash_of(&made.id),
        credential: LongText(made.credential.clone()),
        counter: 0,
        last_used: None,
    })
}

/// Whether someone may add a passkey by what they have shown: where their role asks for a passkey
/// and they have one, only that one binds another (NIST SP 800-63B-4, section 4.1.2).
///
/// # Errors
/// `passkey.first` when they are to show the one they have.
pub fn may_add(tx: &mut Tx<'_>, user: Id<User>, shown: Strength) -> Result<(), Fault> {
    let asked = policy::asked_of(tx, user)?;
    if shown < asked && asked == Strength::Passkey && !of_user(tx, user)?.is_empty() {
        return Err(Fault::new("passkey.first"));
    }
    Ok(())
}

/// A signature has held: tells whose it is, if they may come in. The row is locked meanwhile, and a
/// counter that does not go forward shows that there are two of what there should be one of
/// (section 6.1.1).
///
/// # Errors
/// `passkey.counter`; `passkey.refused` when the passkey is gone, or its owner is shut out or comes in by
/// their provider alone.
pub fn take(tx: &mut Tx<'_>, signed: &Signed) -> Result<Id<User>, Faults> {
    let refused = || Fault::new("passkey.refused");
    if tx.row(Passkey::DEF, signed.passkey.raw())?.is_none() {
        return Err(refused().into());
    }
    let mut passkey = tx.lock(signed.passkey)?;
    if !tx.get(passkey.user)?.active || provider::is_only_way(tx, passkey.user)? {
        return Err(refused().into());
    }
    let counts = signed.counter > 0 || passkey.counter > 0;
    if counts && signed.counter <= passkey.counter {
        return Err(Fault::new("passkey.counter").into());
    }
    passkey.counter = signed.counter;
    passkey.credential = LongText(signed.credential.clone());
    passkey.last_used = Some(tx.now());
    tx.save(&passkey)?;
    Ok(passkey.user)
}

/// Removes a passkey of someone; the codes on paper go with the last proof that they replace.
///
/// # Errors
/// `not_found` when it is not theirs; `sign_in.last_proof` when their role asks for more than would
/// be left.
pub fn remove(tx: &mut Tx<'_>, user: Id<User>, id: Id<Passkey>) -> Result<(), Faults> {
    let passkey = tx.get(id)?;
    if passkey.user != user {
        return Err(kernel::work::not_found(Passkey::DEF, id.raw()).into());
    }
    tx.delete(id)?;
    second_factor::left_is_enough(tx, user)
}
