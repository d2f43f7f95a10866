//! From a token to an actor: the one gate of `identity`, asked in the company the token is of.

use std::sync::{Arc, PoisonError, RwLock};

use identity::{Proof, token};
use kernel::{Actor, CompanyNumber, Door, Fault, Faults};
use serde_json::Value as Json;
use store::Call;
use store::audit::Access;

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

/// Who shows a token or a certificate. One that is worth nothing is noted, in the oldest books: whose
/// it was meant to be is not known.
///
/// # Errors
/// Those of [`pass`].
pub fn pass_program(
    api: &Api,
    proof: Proof<'_>,
    from: Option<std::net::IpAddr>,
) -> Result<Actor, Faults> {
    let passed = pass(api, proof);
    if passed.as_ref().is_err_and(|faults| faults.has("sign_in.needed"))
        && let Some(company) = api.store.companies()?.first()
    {
        let nobody = Actor { name: "".into(), ..Actor::house(*company, Door::Rest) };
        api.store.note(&nobody, Access::new("token_refused", "").from(from));
    }
    passed
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
                Proof::Session(_) => false,
                Proof::Token(_) | Proof::Certificate(_) => token::is_unmarked(tx, proof)?,
            };
            Ok((actor, unmarked))
        });
        match passed {
            Ok((actor, unmarked)) => {
                if unmarked {
                    mark(api, house, proof);
                }
                return Ok(Some(actor));
            }
            Err(faults) if faults.has("sign_in.needed") => {}
            Err(faults) => return Err(faults),
        }
    }
    Ok(None)
}

/// Notes that a token or certificate was used. That it could not be is no reason to turn a program
/// away.
fn mark(api: &Api, house: Actor, used: Proof<'_>) {
    let (Proof::Session(text) | Proof::Token(text) | Proof::Certificate(text)) = used;
    let (text, certificate) = (text.to_owned(), matches!(used, Proof::Certificate(_)));
    let noted = api.store.command(Call::new(house), move |tx| {
        let used =
            if certificate { Proof::Certificate(&text) } else { Proof::Token(text.as_str()) };
        token::mark_used(tx, used)?;
        Ok(Json::Null)
    });
    if let Err(faults) = noted {
        tracing::warn!(codes = ?faults.codes(), "the use of a token could not be noted");
    }
}
