//! Who acts, and by which right.

use std::sync::Arc;

use crate::{Fault, Language, RawId};

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

/// Rights, each `entity.act`; `*` stands for any entity or any act, but not for the sight of a
/// sensitive field.
#[derive(Debug, Clone, Default)]
pub struct Grants(Arc<[String]>);

impl Grants {
    #[must_use]
    pub fn new(rights: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(rights.into_iter().map(Into::into).collect())
    }
    #[must_use]
    pub fn everything() -> Self {
        Self::new(["*.*"])
    }
    #[must_use]
    pub fn allow(&self, right: &str) -> bool {
        let (entity, act) = right.split_once('.').unwrap_or((right, ""));
        self.0.iter().any(|grant| {
            let (on, may) = grant.split_once('.').unwrap_or((grant, ""));
            // A sensitive field (`party.email.read`) is given by its name only.
            (on == "*" || on == entity) && (may == act || (may == "*" && !act.contains('.')))
        })
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
    /// `forbidden` when the actor lacks the right `entity.act`.
    pub fn may(&self, right: &str) -> Result<(), Fault> {
        if self.can(right) { Ok(()) } else { Err(Fault::new("forbidden").with("right", right)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_entity_or_any_act() {
        let grants = Grants::new(["order.*", "*.read"]);
        assert!(grants.allow("order.confirm"));
        assert!(grants.allow("invoice.read"));
        assert!(!grants.allow("invoice.post"));
        assert!(Grants::everything().allow("invoice.post"));
        assert!(!Grants::everything().allow("user.password_hash.read"));
        assert!(Grants::new(["quote.acceptance_token.read"]).allow("quote.acceptance_token.read"));
    }
}
