//! Who acts, and by which right.

use std::sync::Arc;

use crate::{Fault, Grants, Language, RawId};

/// The number of a company in this installation. It comes first in every key of every table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CompanyNumber(pub i64);

/// The way a command came in; told by the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Web,
    Rest,
    Import,
    /// Comptoir itself, answering an event.
    Event,
    /// The command line: demo, replay, benchmarks.
    Console,
}

impl Door {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Door::Web => "web",
            Door::Rest => "rest",
            Door::Import => "import",
            Door::Event => "event",
            Door::Console => "console",
        }
    }
}

/// A person or a program, signed in, with its rights.
#[derive(Debug, Clone)]
pub struct Actor {
    pub company: CompanyNumber,
    /// The user's id; absent for Comptoir itself.
    pub user: Option<RawId>,
    pub name: Arc<str>,
    pub grants: Grants,
    pub door: Door,
    pub language: Language,
}

impl Actor {
    /// Comptoir itself, through a door.
    #[must_use]
    pub fn house(company: CompanyNumber, door: Door) -> Self {
        Self {
            company,
            user: None,
            name: "Comptoir".into(),
            grants: Grants::everything(),
            door,
            language: Language::French,
        }
    }
    #[must_use]
    pub fn can(&self, right: &str) -> bool {
        self.grants.allow(right)
    }
    /// # Errors
    /// `forbidden` when the actor lacks the right `entity.act`; `step_up.needed` when they have it
    /// and must first show again who they are.
    pub fn may(&self, right: &str) -> Result<(), Fault> {
        if !self.can(right) {
            return Err(Fault::new("forbidden").with("right", right));
        }
        self.proven_for(right)
    }
    /// For what is no right of its own: an export, a change of one field.
    ///
    /// # Errors
    /// `step_up.needed` when the person must first show again who they are.
    pub fn proven_for(&self, what: &str) -> Result<(), Fault> {
        if self.grants.waits(what) {
            Err(Fault::new("step_up.needed").with("right", what))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_that_waits_for_a_proof_is_still_there() {
        let waiting = Grants::everything().asking_again(|right| right == "invoice.post");
        assert!(waiting.allow("invoice.post"), "the button is there");
        let actor = Actor { grants: waiting, ..Actor::house(CompanyNumber(1), Door::Web) };
        assert_eq!(actor.may("invoice.post").unwrap_err().code, "step_up.needed");
        assert!(actor.may("invoice.read").is_ok());
    }
}
