//! Tokens of programs. Only the SHA-256 of a token is kept: who reads the database cannot come in
//! with it. The chance in a token is the caller's. A token may stand for itself, or be the secret of
//! a client that asks for short-lived ones (RFC 6749, section 4.4). A declared certificate stands in
//! the place of a token: it reaches as far, is listed and revoked alike.

use kernel::{
    ActionDef, Actor, Choice, Door, Entity, Fault, Faults, Id, Instant, Kept, LongText, Origin,
    Rules, Text, Tx,
};
use sha2::{Digest, Sha256};

use crate::certificate::Certificate;
use crate::{Proof, User, access};

/// How long a short-lived token is good, in seconds.
pub const BEARER_SECONDS: i64 = 3600;
/// How old the mark of a last use may become before it is written again.
const USED_EVERY: i64 = 10 * 60 * Instant::SECOND;

/// What the print of a certificate begins with, where that of a token would stand.
const CERTIFICATE: &str = "x509:";

/// How far a token reaches, within what its user may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum Scope {
    #[choice(fr = "Tout ce que la personne peut", en = "All that the person may")]
    All,
    #[choice(fr = "Lecture seule", en = "Read only")]
    Read,
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
    #[field(fr = "Portée", en = "Scope", list)]
    pub scope: Scope,
    #[field(fr = "Dernier usage", en = "Last used", list)]
    pub last_used: Option<Instant>,
    /// The token whose client was given this short-lived one.
    #[field(fr = "Donné à", en = "Given to", index)]
    pub client: Option<Id<ApiToken>>,
    /// These rights alone, `entity.act` each, of those of the user; all of them when it is empty.
    #[field(fr = "Droits", en = "Rights")]
    pub rights: Option<LongText>,
}

impl ApiToken {
    /// Whether a certificate stands in its place.
    #[must_use]
    pub fn is_certificate(&self) -> bool {
        self.token_hash.starts_with(CERTIFICATE)
    }
    /// The list of its rights; empty when it reaches as far as its user.
    #[must_use]
    pub fn list(&self) -> Vec<&str> {
        let text = self.rights.as_ref().map_or("", |rights| rights.0.as_str());
        text.split(|mark: char| mark == ',' || mark.is_whitespace())
            .filter(|right| !right.is_empty())
            .collect()
    }
    /// Whether it has neither run out nor been revoked.
    #[must_use]
    pub fn lives(&self, now: Instant) -> bool {
        self.expires_at.is_none_or(|at| at > now)
    }
}

impl Rules for ApiToken {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(!self.name.trim().is_empty(), || Fault::new("field.required").on("name"));
        let list = self.list();
        let shaped = |right: &&str| right.split('.').filter(|part| !part.is_empty()).count() >= 2;
        faults.ensure(list.iter().all(shaped), || Fault::new("token.rights").on("rights"));
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

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is kept of a token.
pub(crate) fn print_of(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// What is kept of what a program shows; nothing of what persons show.
fn kept_of(proof: Proof<'_>) -> Option<String> {
    match proof {
        Proof::Session(_) => None,
        Proof::Token(token) => Some(print_of(token)),
        Proof::Certificate(print) => Some(format!("{CERTIFICATE}{print}")),
    }
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
    issue_scoped(tx, user, name, chance, expires_at, Scope::All)
}

/// The same, for a token that reaches less far.
///
/// # Errors
/// `field.required` without a name; `not_found`.
pub fn issue_scoped(
    tx: &mut Tx<'_>,
    user: Id<User>,
    name: &str,
    chance: [u8; 32],
    expires_at: Option<Instant>,
    scope: Scope,
) -> Result<String, Faults> {
    issue_listed(tx, user, name, chance, expires_at, (scope, None))
}

/// The same, for a token that has these rights alone, of those of its user.
///
/// # Errors
/// `field.required` without a name; `token.rights`, `token.approver`; `not_found`.
pub fn issue_listed(
    tx: &mut Tx<'_>,
    user: Id<User>,
    name: &str,
    chance: [u8; 32],
    expires_at: Option<Instant>,
    (scope, rights): (Scope, Option<LongText>),
) -> Result<String, Faults> {
    tx.get(user)?;
    crate::own_way::own_hand(tx, user)?;
    // Told apart at a glance, and found by those who look for leaked secrets.
    let token = format!("cpt_{}", hex(&chance));
    let (name, token_hash) = (name.to_owned(), print_of(&token));
    let (last_used, client) = (None, None);
    tx.insert(&ApiToken { user, name, token_hash, expires_at, scope, last_used, rights, client })?;
    Ok(token)
}

/// Lets a program in by its certificate, for as long as that holds.
///
/// # Errors
/// `certificate.ended`, `certificate.declared` when it stands for a program already;
/// `field.required` without a name; `not_found`.
pub fn declare(
    tx: &mut Tx<'_>,
    user: Id<User>,
    name: &str,
    certificate: &Certificate,
    scope: Scope,
) -> Result<Id<ApiToken>, Faults> {
    tx.get(user)?;
    if certificate.until <= tx.now() {
        let day = certificate.until.day();
        return Err(Fault::new("certificate.ended").on("certificate").with("day", day).into());
    }
    let token_hash = format!("{CERTIFICATE}{}", certificate.print);
    if tx.first(ApiToken::TOKEN_HASH.is(&token_hash))?.is_some() {
        return Err(Fault::new("certificate.declared").on("certificate").into());
    }
    let (name, expires_at) = (name.trim().to_owned(), Some(certificate.until));
    crate::own_way::own_hand(tx, user)?;
    let (last_used, rights, client) = (None, None, None);
    tx.insert(&ApiToken { user, name, token_hash, expires_at, scope, last_used, rights, client })
}

/// Gives a client a short-lived token for the secret that it shows: the id of a token, and the
/// token itself. Those given before and run out are forgotten. Nothing when the secret is worth
/// nothing.
///
/// # Errors
/// `store.*`.
pub fn exchange(
    tx: &mut Tx<'_>,
    client: Id<ApiToken>,
    secret: &str,
    (scope, rights): (Scope, Option<LongText>),
    chance: [u8; 32],
) -> Result<Option<(String, Scope)>, Faults> {
    let Some(found) = living(tx, Proof::Token(secret))? else { return Ok(None) };
    if found.id != client || found.client.is_some() || !tx.get(found.user)?.active {
        return Ok(None);
    }
    for old in tx.find(ApiToken::CLIENT.is(&Some(client)))? {
        if !old.lives(tx.now()) {
            tx.delete(old.id)?;
        }
    }
    let token = format!("cpt_{}", hex(&chance));
    let ends = Instant(tx.now().0 + BEARER_SECONDS * Instant::SECOND);
    let scope = if found.scope == Scope::Read { Scope::Read } else { scope };
    let mut client_token = tx.lock(found.id)?;
    client_token.last_used = Some(tx.now());
    tx.save(&client_token)?;
    tx.insert(&ApiToken {
        user: found.user,
        name: found.name.clone(),
        token_hash: print_of(&token),
        expires_at: Some(found.expires_at.map_or(ends, |at| at.min(ends))),
        scope,
        last_used: None,
        // Besides those of the client's own token, which are asked too.
        rights,
        client: Some(client),
    })?;
    Ok(Some((token, scope)))
}

/// The living token of what a program shows; one given to a client lives no longer than the client's
/// own.
fn living(tx: &mut Tx<'_>, proof: Proof<'_>) -> Result<Option<Kept<ApiToken>>, Fault> {
    let Some(print) = kept_of(proof) else { return Ok(None) };
    let found = tx.first(ApiToken::TOKEN_HASH.is(&print))?;
    let now = tx.now();
    let Some(token) = found.filter(|token| token.lives(now)) else { return Ok(None) };
    match token.client {
        Some(client) if !tx.get(client)?.lives(now) => Ok(None),
        _ => Ok(Some(token)),
    }
}

/// Whether the mark of the last use is to be written again.
///
/// # Errors
/// `store.*`.
pub fn is_unmarked(tx: &mut Tx<'_>, proof: Proof<'_>) -> Result<bool, Fault> {
    let now = tx.now();
    let old = |token: Kept<ApiToken>| token.last_used.is_none_or(|at| now.0 - at.0 > USED_EVERY);
    Ok(living(tx, proof)?.is_some_and(old))
}

/// Marks a token as used now.
///
/// # Errors
/// `store.*`.
pub fn mark_used(tx: &mut Tx<'_>, proof: Proof<'_>) -> Result<(), Faults> {
    let Some(found) = living(tx, proof)? else { return Ok(()) };
    let mut token = tx.lock(found.id)?;
    token.last_used = Some(tx.now());
    tx.save(&token)
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
    actor_of(tx, Proof::Token(token), door)
}

/// Who came with this token or certificate, if it is a living one of an active user.
///
/// # Errors
/// `store.*`.
pub fn actor_of(tx: &mut Tx<'_>, proof: Proof<'_>, door: Door) -> Result<Option<Actor>, Fault> {
    let Some(token) = living(tx, proof)? else { return Ok(None) };
    let mut actor = actor_as(tx, token.user, door)?;
    let holder = token.client.map(|client| tx.get(client)).transpose()?;
    for token in [Some(&token), holder.as_ref()].into_iter().flatten() {
        let Some(actor) = actor.as_mut() else { continue };
        if token.scope == Scope::Read {
            actor.grants = std::mem::take(&mut actor.grants).reading();
        }
        let list = token.list();
        if !list.is_empty() {
            actor.grants = std::mem::take(&mut actor.grants).listed(list);
        }
    }
    Ok(actor)
}

/// Someone as they act through a door, if they are active.
pub(crate) fn actor_as(
    tx: &mut Tx<'_>,
    user: Id<User>,
    door: Door,
) -> Result<Option<Actor>, Fault> {
    let user = tx.get(user)?;
    if !user.active {
        return Ok(None);
    }
    Ok(Some(Actor {
        company: tx.company(),
        user: Some(user.id.raw()),
        name: user.name.as_str().into(),
        grants: access::grants_for(tx, &user, door)?,
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
