//! Signing in by someone else's word: providers of OpenID Connect, and which of their accounts are
//! whose. An account is its issuer and its subject, together (OpenID Connect Core 1.0, section 5.7;
//! ASVS 6.8.1): an e-mail address names nobody, for a provider may give it to another tomorrow.

use kernel::{Entity, Fault, Faults, Id, Instant, Kept, LongText, Rules, Tx};
use sha2::{Digest, Sha256};

use crate::link::LinkPurpose;
use crate::token::hex;
use crate::{Strength, User, link, passkey};

/// Who vouches for people.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Fournisseur d’identité",
    en = "Identity provider",
    frs = "Fournisseurs d’identité",
    ens = "Identity providers",
    plural = "identity_providers",
    kept,
    steady
)]
pub struct IdentityProvider {
    /// What the button says: `Se connecter avec …`.
    #[field(fr = "Nom", en = "Name", list, title)]
    pub name: String,
    /// `https://…`, exactly as it calls itself.
    #[field(fr = "Émetteur", en = "Issuer", list, unique)]
    pub issuer: String,
    #[field(fr = "Identifiant client", en = "Client ID", list)]
    pub client_id: String,
    #[field(fr = "Secret client", en = "Client secret", sensitive, secret)]
    pub client_secret: String,
    /// Those who have an account of it linked come in by it alone.
    #[field(fr = "Seule entrée", en = "Only way in", list)]
    pub only: bool,
    #[field(fr = "Actif", en = "Active", list)]
    pub active: bool,
}

/// An account of a provider, and the person here whose it is.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Compte lié",
    en = "Linked account",
    frs = "Comptes liés",
    ens = "Linked accounts",
    kept,
    steady
)]
pub struct LinkedAccount {
    #[field(fr = "Utilisateur", en = "User", list, index)]
    pub user: Id<User>,
    #[field(fr = "Fournisseur", en = "Provider", list, index)]
    pub provider: Id<IdentityProvider>,
    /// The SHA-256 of issuer and subject, which is up to 255 letters long.
    #[field(fr = "Empreinte", en = "Hash", unique, sensitive)]
    pub account_hash: String,
    #[field(fr = "Sujet", en = "Subject")]
    pub subject: LongText,
    /// What the provider called the account when it was linked: to be recognised, not believed.
    #[field(fr = "Compte", en = "Account", list, title)]
    pub called: String,
    #[field(fr = "Utilisé le", en = "Last used", list)]
    pub last_used: Option<Instant>,
}

impl Rules for IdentityProvider {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        for (field, text) in
            [("name", &self.name), ("issuer", &self.issuer), ("client_id", &self.client_id)]
        {
            faults.ensure(!text.trim().is_empty(), || Fault::new("field.required").on(field));
        }
        let long = Fault::new("field.long").with("most", "100").on("client_secret");
        faults.ensure(self.client_secret.chars().count() <= 100, || long);
        faults.into_result()
    }
}
impl Rules for LinkedAccount {}

/// What a provider has vouched for.
#[derive(Debug, Clone)]
pub struct Vouched {
    pub issuer: String,
    pub subject: String,
    /// A name or an address to recognise the account by.
    pub called: String,
    /// A second factor when the provider says that it asked for one, else a password's worth.
    pub strength: Strength,
}

fn hash_of(issuer: &str, subject: &str) -> String {
    // The length keeps apart what would read the same run together.
    hex(&Sha256::digest(format!("{}:{issuer}{subject}", issuer.len()).as_bytes()))
}

/// What a provider says of how it asked (RFC 8176 for `amr`; the EAP values for `acr`): whether that
/// was more than one thing.
#[must_use]
pub fn strength_of(amr: &[String], acr: Option<&str>) -> Strength {
    let several = amr.iter().any(|method| method == "mfa")
        || acr.is_some_and(|class| ["phr", "phrh", "mfa"].contains(&class));
    if several { Strength::SecondFactor } else { Strength::Password }
}

/// The providers that people may come in by.
///
/// # Errors
/// `store.*`.
pub fn active(tx: &mut Tx<'_>) -> Result<Vec<Kept<IdentityProvider>>, Fault> {
    tx.find(IdentityProvider::ACTIVE.is(&true))
}

/// The accounts that someone has linked.
///
/// # Errors
/// `store.*`.
pub fn of_user(tx: &mut Tx<'_>, user: Id<User>) -> Result<Vec<Kept<LinkedAccount>>, Fault> {
    tx.find(LinkedAccount::USER.is(&user))
}

/// Whose account this is, if they may come in; the use is noted.
///
/// # Errors
/// `provider.unknown`, the same whether nobody linked it or its owner is shut out.
pub fn enter(tx: &mut Tx<'_>, vouched: &Vouched) -> Result<Kept<User>, Faults> {
    let unknown = || Fault::new("provider.unknown");
    let hash = hash_of(&vouched.issuer, &vouched.subject);
    let found = tx.first(LinkedAccount::ACCOUNT_HASH.is(&hash))?.ok_or_else(unknown)?;
    let user = tx.get(found.user)?;
    if !user.active || !tx.get(found.provider)?.active {
        return Err(unknown().into());
    }
    let mut account = tx.lock(found.id)?;
    account.last_used = Some(tx.now());
    tx.save(&account)?;
    Ok(user)
}

/// Links an account to someone who has shown who they are.
///
/// # Errors
/// `provider.taken` when it is linked already.
pub fn link(
    tx: &mut Tx<'_>,
    user: Id<User>,
    provider: Id<IdentityProvider>,
    vouched: &Vouched,
) -> Result<Id<LinkedAccount>, Faults> {
    let account_hash = hash_of(&vouched.issuer, &vouched.subject);
    if tx.first(LinkedAccount::ACCOUNT_HASH.is(&account_hash))?.is_some() {
        return Err(Fault::new("provider.taken").into());
    }
    tx.insert(&LinkedAccount {
        user,
        provider,
        account_hash,
        subject: LongText(vouched.subject.clone()),
        called: vouched.called.chars().take(200).collect(),
        last_used: None,
    })
}

/// Links an account to the person who was invited by this link, and lets them in: the link is spent.
///
/// # Errors
/// `link.spent` when it is no invitation, or not good any more; `provider.taken`.
pub fn accept(
    tx: &mut Tx<'_>,
    token: &str,
    provider: Id<IdentityProvider>,
    vouched: &Vouched,
) -> Result<Id<User>, Faults> {
    let spent = || Fault::new("link.spent");
    let found = link::of_token(tx, token)?.ok_or_else(spent)?;
    if found.purpose != LinkPurpose::Invitation {
        return Err(spent().into());
    }
    let mut link_used = tx.lock(found.id)?;
    if link_used.used_at.is_some() {
        return Err(spent().into());
    }
    link_used.used_at = Some(tx.now());
    tx.save(&link_used)?;
    let mut user = tx.lock(found.user)?;
    if !user.active {
        user.active = true;
        tx.save(&user)?;
    }
    link(tx, user.id, provider, vouched)?;
    Ok(user.id)
}

/// Takes a linked account away from someone.
///
/// # Errors
/// `not_found` when it is not theirs; `provider.last_way` when they could not come in any more.
pub fn unlink(tx: &mut Tx<'_>, user: Id<User>, id: Id<LinkedAccount>) -> Result<(), Faults> {
    let account = tx.get(id)?;
    if account.user != user {
        return Err(kernel::work::not_found(LinkedAccount::DEF, id.raw()).into());
    }
    tx.delete(id)?;
    let password = !tx.get(user)?.password_hash.is_empty();
    let others = !of_user(tx, user)?.is_empty() || !passkey::of_user(tx, user)?.is_empty();
    if !password && !others {
        return Err(Fault::new("provider.last_way").into());
    }
    Ok(())
}

/// Whether someone comes in by their provider alone.
///
/// # Errors
/// `store.*`.
pub fn is_only_way(tx: &mut Tx<'_>, user: Id<User>) -> Result<bool, Fault> {
    for account in of_user(tx, user)? {
        let provider = tx.get(account.provider)?;
        if provider.active && provider.only {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_issuer_and_subject_and_nothing_runs_together() {
        assert_ne!(hash_of("https://a.example", "1x"), hash_of("https://a.example1", "x"));
        assert_ne!(hash_of("https://a.example", "x"), hash_of("https://b.example", "x"));
        assert_eq!(hash_of("https://a.example", "x"), hash_of("https://a.example", "x"));
    }

    #[test]
    fn a_provider_counts_for_more_only_when_it_says_so() {
        let said = |amr: &[&str], acr| {
            let amr: Vec<String> = amr.iter().map(|one| (*one).to_owned()).collect();
            strength_of(&amr, acr)
        };
        assert_eq!(said(&[], None), Strength::Password);
        assert_eq!(said(&["pwd"], Some("0")), Strength::Password);
        assert_eq!(said(&["pwd", "otp", "mfa"], None), Strength::SecondFactor);
        assert_eq!(said(&[], Some("phr")), Strength::SecondFactor);
    }
}
