//! Who came in, went out, or was turned away: written before the answer leaves. A refusal says what
//! was typed and not whether there is such an account.

use std::net::IpAddr;

use identity::{User, user};
use kernel::{Actor, CompanyNumber, Door, Faults, Id};
use serde_json::json;
use store::Store;
use store::audit::Access;

use crate::door::Visitor;
use crate::{WebState, gate};

/// The longest name that is kept of what was typed.
const LONGEST: usize = 200;

/// Notes whoever has just opened a session.
///
/// # Errors
/// `store.*`: who cannot be noted does not come in.
pub async fn entered(visitor: &Visitor, session: &str) -> Result<(), Faults> {
    let (session, address) = (session.to_owned(), visitor.address);
    let note = move |state: &WebState| match gate::who(state, &session, false)? {
        Some(who) => state.store.note_each(&who.actor, Access::new("signed_in", "").from(address)),
        None => Ok(()),
    };
    visitor.waiting(note).await
}

/// Notes whoever ends their session.
///
/// # Errors
/// `store.*`.
pub async fn left(visitor: &Visitor, actor: &Actor) -> Result<(), Faults> {
    let (actor, address) = (actor.clone(), visitor.address);
    let note = move |state: &WebState| {
        state.store.note_each(&actor, Access::new("signed_out", "").from(address))
    };
    visitor.waiting(note).await
}

/// Notes that someone whose password was right, or who was in already, has not proved more: by the
/// code of the refusal.
pub fn not_proved(
    store: &Store,
    (company, user): (CompanyNumber, Id<User>),
    address: Option<IpAddr>,
    why: &str,
) {
    let house = Actor::house(company, Door::Web);
    let typed = store.read(&house, |tx| Ok(tx.get(user)?.email.clone())).unwrap_or_default();
    let nobody = Actor { name: "".into(), ..house };
    let access = Access::new("sign_in_refused", "").from(address);
    let access = access.detail(json!({ "typed": typed, "why": why }));
    if let Err(faults) = store.note_each(&nobody, access) {
        tracing::error!(codes = ?faults.codes(), "a proof that was refused is not noted");
    }
}

/// Notes that someone was not let in, in the books where such an address is known, and else in the
/// oldest.
///
/// # Errors
/// `store.*`.
pub async fn refused(visitor: &Visitor, typed: &str) -> Result<(), Faults> {
    let typed: String = typed.chars().take(LONGEST).collect();
    let address = visitor.address;
    let note = move |state: &WebState| {
        let companies = state.store.companies()?;
        let mut whose = companies.first().copied();
        // As many look-ups for an address that nobody has: the time tells nothing.
        for company in companies {
            let house = Actor::house(company, Door::Web);
            let known =
                state.store.read(&house, |tx| Ok(user::with_password(tx, &typed)?.is_some()))?;
            if known {
                whose = Some(company);
            }
        }
        let Some(company) = whose else { return Ok(()) };
        let nobody = Actor { name: "".into(), ..Actor::house(company, Door::Web) };
        let access = Access::new("sign_in_refused", "").from(address);
        state.store.note(&nobody, access.detail(json!({ "typed": typed })));
        Ok(())
    };
    visitor.waiting(note).await
}
