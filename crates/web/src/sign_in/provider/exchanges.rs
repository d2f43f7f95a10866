//! The sign-ins that are under way at a provider: kept here, so that each is answered once, and by
//! the browser that began it. In memory, as what is asked of passkeys is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use identity::{IdentityProvider, User};
use kernel::{CompanyNumber, Fault, Id, Instant};

use super::exchange::Exchange;
use crate::address::Fields;

/// How long a person may take at their provider.
pub(super) const LIFE_SECONDS: i64 = 10 * 60;
/// More than are ever under way at once.
const MOST: usize = 2_000;

/// What a sign-in at a provider is for.
#[derive(Debug)]
pub(crate) enum Purpose {
    /// To come in, and go on there.
    Enter { back: String },
    /// To link the account to the person who is signed in.
    Link { user: Id<User>, session: String },
    /// To accept an invitation.
    Accept { token: String },
    /// To show again who one is, and go on with what was put aside.
    Again { user: Id<User>, session: String, to: String, aside: Option<Fields> },
}

#[derive(Debug)]
pub(super) struct Begun {
    pub exchange: Exchange,
    pub company: CompanyNumber,
    pub provider: Id<IdentityProvider>,
    pub purpose: Purpose,
    /// What the browser that began it holds.
    pub browser: String,
    pub until: Instant,
}

/// Sign-ins by their `state`. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Exchanges(Arc<Mutex<HashMap<String, Begun>>>);

impl Exchanges {
    /// # Errors
    /// `store.busy` when too many are under way.
    pub(super) fn keep(&self, state: String, begun: Begun, now: Instant) -> Result<(), Fault> {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.retain(|_, one| one.until > now);
        if under_way.len() >= MOST {
            return Err(Fault::new("store.busy"));
        }
        under_way.insert(state, begun);
        Ok(())
    }

    /// Takes the sign-in that this answer is to: whatever comes of it, it is over.
    ///
    /// # Errors
    /// `provider.expired` when it was not begun, or not by this browser, or is over.
    pub(super) fn take(&self, state: &str, browser: &str, now: Instant) -> Result<Begun, Fault> {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = under_way.remove(state);
        let found = found.filter(|one| one.until > now && one.browser == browser);
        found.ok_or(Fault::new("provider.expired"))
    }
}
