//! Links by which someone gives themselves a password: invited, or having forgotten theirs. Good
//! once and shortly. The token is drawn when the letter is written and is kept as its hash alone.

use kernel::{Choice, Entity, Event, Fault, Faults, Id, Instant, Kept, Origin, Rules, Tx};

use crate::token::{hex, print_of};
use crate::{User, set_password};

/// How long a link to a new password is good (ASVS 6.4.1, 6.5.5).
pub const RESET_MINUTES: i64 = 15;
/// How long an invitation is good.
pub const INVITATION_HOURS: i64 = 72;
const MINUTE: i64 = 60 * Instant::SECOND;

/// The event that asks for the letter of a link.
pub const ASKED: &str = "sign_in_link.asked";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum LinkPurpose {
    #[choice(fr = "Invitation", en = "Invitation")]
    Invitation,
    #[choice(fr = "Nouveau mot de passe", en = "New password")]
    Reset,
}

impl LinkPurpose {
    const fn life(self) -> i64 {
        match self {
            LinkPurpose::Invitation => INVITATION_HOURS * 60 * MINUTE,
            LinkPurpose::Reset => RESET_MINUTES * MINUTE,
        }
    }
}

/// A link that lets someone choose a password.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Lien de connexion",
    en = "Sign-in link",
    frs = "Liens de connexion",
    ens = "Sign-in links",
    kept
)]
pub struct SignInLink {
    #[field(fr = "Utilisateur", en = "User", list, index)]
    pub user: Id<User>,
    #[field(fr = "Pour", en = "For", list)]
    pub purpose: LinkPurpose,
    /// Where this installation is reached: `https://comptoir.example`.
    #[field(fr = "Adresse", en = "Address")]
    pub origin: String,
    /// Empty as long as the letter is not written.
    #[field(fr = "Empreinte", en = "Hash", unique, sensitive)]
    pub token_hash: Option<String>,
    #[field(fr = "Expire le", en = "Expires at", list)]
    pub expires_at: Instant,
    #[field(fr = "Utilisé le", en = "Used at", list)]
    pub used_at: Option<Instant>,
}

impl Rules for SignInLink {}

impl SignInLink {
    fn lives(&self, now: Instant) -> bool {
        self.used_at.is_none() && self.expires_at > now
    }
    /// The address that the letter gives.
    #[must_use]
    pub fn address(&self, token: &str) -> String {
        format!("{}/sign-in/link/{token}", self.origin)
    }
}

/// Makes a link for someone; the ones before it are worth nothing any more.
///
/// # Errors
/// `store.*`.
pub fn make(
    tx: &mut Tx<'_>,
    user: Id<User>,
    purpose: LinkPurpose,
    origin: &str,
) -> Result<Id<SignInLink>, Faults> {
    for old in tx.find(SignInLink::USER.is(&user))? {
        tx.delete(old.id)?;
    }
    tx.insert(&SignInLink {
        user,
        purpose,
        origin: origin.to_owned(),
        token_hash: None,
        expires_at: Instant(tx.now().0 + purpose.life()),
        used_at: None,
    })
}

/// Asks for the letter of a link.
pub fn ask_letter(tx: &mut Tx<'_>, link: Id<SignInLink>) {
    tx.emit(Event::new(ASKED, Origin::of(link)));
}

/// Draws the token of a link that is still good; a token drawn before is worth nothing any more.
///
/// # Errors
/// `store.*`.
pub fn draw(
    tx: &mut Tx<'_>,
    id: Id<SignInLink>,
    chance: [u8; 32],
) -> Result<Option<String>, Faults> {
    // A later one may have taken its place.
    let known = tx.row(SignInLink::DEF, id.raw())?.is_some();
    let found = if known { Some(tx.lock(id)?) } else { None };
    let Some(mut link) = found.filter(|link| link.lives(tx.now())) else { return Ok(None) };
    let token = hex(&chance);
    link.token_hash = Some(print_of(&token));
    tx.save(&link)?;
    Ok(Some(token))
}

/// The living link of a token, of someone who may use it.
///
/// # Errors
/// `store.*`.
pub fn of_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Kept<SignInLink>>, Fault> {
    let found = tx.first(SignInLink::TOKEN_HASH.is(&Some(print_of(token))))?;
    let Some(link) = found.filter(|link| link.lives(tx.now())) else { return Ok(None) };
    let user = tx.get(link.user)?;
    // Someone whom an owner shut out does not come back in by a letter.
    let usable = user.active || link.purpose == LinkPurpose::Invitation;
    Ok(usable.then_some(link))
}

/// Gives the user of a link the password they chose; the link is spent, and their sessions end.
///
/// # Errors
/// `link.spent` when it is not good (any more), and those of
/// [`check_password`](crate::check_password).
pub fn spend(tx: &mut Tx<'_>, token: &str, password: &str, salt: [u8; 16]) -> Result<(), Faults> {
    let found = of_token(tx, token)?.ok_or_else(|| Fault::new("link.spent"))?;
    let mut link = tx.lock(found.id)?;
    if !link.lives(tx.now()) {
        return Err(Fault::new("link.spent").into());
    }
    set_password(tx, link.user, password, salt)?;
    link.used_at = Some(tx.now());
    tx.save(&link)
}
