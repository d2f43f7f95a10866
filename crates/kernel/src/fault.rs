//! What can go wrong, told once: a stable code, the field it concerns, and the facts.
//!
//! The sentence shown to a person is not here: it is looked up by code, in French or English.

use std::borrow::Cow;

use crate::Value;

/// One refusal. `code` is part of the public contract of the API and never reworded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static str,
    /// The field concerned; `lines.2.quantity` for a field of the third line.
    pub field: Option<Cow<'static, str>>,
    pub facts: Vec<(&'static str, Value)>,
}

impl Fault {
    #[must_use]
    pub const fn new(code: &'static str) -> Self {
        Self { code, field: None, facts: Vec::new() }
    }
    #[must_use]
    pub fn on(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(field.into());
        self
    }
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.facts.push((name, value.into()));
        self
    }
    /// Puts the field inside a place: `quantity` becomes `lines.2.quantity`.
    #[must_use]
    pub fn within(mut self, place: &str) -> Self {
        self.field = Some(match self.field {
            Some(field) => format!("{place}.{field}").into(),
            None => place.to_owned().into(),
        });
        self
    }
}

/// Every refusal found in one pass, so that a form shows them all together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    pub fn ensure(&mut self, holds: bool, fault: impl FnOnce() -> Fault) {
        if !holds {
            self.0.push(fault());
        }
    }
    /// Keeps the faults of one attempt and goes on to the next.
    pub fn gather<T>(&mut self, attempt: Result<T, Faults>) -> Option<T> {
        match attempt {
            Ok(value) => Some(value),
            Err(faults) => {
                self.0.extend(faults.0);
                None
            }
        }
    }
    /// # Errors
    /// All the faults gathered so far, if any.
    pub fn into_result(self) -> Result<(), Faults> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
    #[must_use]
    pub fn within(self, place: &str) -> Self {
        Self(self.0.into_iter().map(|fault| fault.within(place)).collect())
    }
    /// Whether one of the refusals has this code.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.0.iter().any(|fault| fault.code == code)
    }
    #[must_use]
    pub fn codes(&self) -> Vec<&'static str> {
        self.0.iter().map(|fault| fault.code).collect()
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Faults(vec![fault])
    }
}
