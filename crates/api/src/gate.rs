//! From a token to an actor: the one gate of `identity`, asked in the company the token is of.

use std::sync::{Arc, PoisonError, RwLock};

use identity::{Proof, token};
use kernel::{Actor, CompanyNumber, Door, Fault, Faults};
use serde_json::Value as Json;
use store::Call;

use crate::Api;

/// The names of the cookie of a session: the one that no other host can set first.
pub const COOKIES: [&str; 2] = ["__Host-session", "session"];

/// The companies of this installation, as last seen.
#[derive(Debug, Clone, Default)]
pub struct Companies(Arc<RwLock<Vec<CompanyNumber>>>);

impl Companies {
    fn known(&self) -> Vec<CompanyNumber> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
    fn learn(&self, all: Vec<CompanyNumber>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = all;
    }
}

/// Who shows this proof.
///
/// # Errors
/// `sign_in.needed` when it is worth nothing in any company; `store.*`.
pub fn pass(api: &Api, proof: Proof<'_>) -> Result<Actor, Faults> {
    let known = api.companies.known();
    if let Some(actor) = pass_one_of(api, &known, proof)? {
        return Ok(actor);
    }
    // The company may be younger than our list.
    let all = api.store.companies()?;
    let new: Vec<CompanyNumber> =
        all.iter().copied().filter(|company| !known.contains(company)).collect();
    if !new.is_empty() {
        api.companies.learn(all);
    }
    pass_one_of(api, &new, proof)?.ok_or_else(|| Fault::new("sign_in.needed").into())
}

fn pass_one_of(
    api: &Api,
    companies: &[CompanyNumber],
    proof: Proof<'_>,
) -> Result<Option<Actor>, Faults> {
    for company in companies {
        let house = Actor::house(*company, Door::Rest);
        let passed = api.store.read(&house, |tx| {
            let actor = identity::gate(tx, proof, Door::Rest)?;
            let unmarked = match proof {
                Proof::Token(token) => token::is_unmarked(tx, token)?,
                Proof::Session(_) => false,
            };
            Ok((actor, unmarked))
        });
        match passed {
            Ok((actor, unmarked)) => {
                if let Proof::Token(token) = proof
                    && unmarked
                {
                    mark(api, house, token);
                }
                return Ok(Some(actor));
            }
            Err(faults) if faults.has("sign_in.needed") => {}
            Err(faults) => return Err(faults),
        }
    }
    Ok(None)
}

/// Notes that a token was used. That it could not be is no reason to turn a program away.
fn mark(api: &Api, house: Actor, used: &str) {
    let used = used.to_owned();
    let noted = api.store.command(Call::new(house), move |tx| {
        token::mark_used(tx, &used)?;
        Ok(Json::Null)
    });
    if let Err(faults) = noted {
        tracing::warn!(codes = ?faults.codes(), "the use of a token could not be noted");
    }
}
