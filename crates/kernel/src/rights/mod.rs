//! Rights as one tree of rules, with two readers: in memory, for the record at hand, and as a
//! [`Condition`], for the records of a list. Default deny; forbid wins.
//!
//! An unknown (an empty field compared with a value, a reference to nothing) permits nothing and
//! forbids nothing, whatever `not` stands before it: a rule that means empty fields says `is
//! empty`. That is Cedar's way with a policy that cannot be evaluated, and Kleene's logic. So a
//! forbid that must also hold where the field is empty is two lines.

mod decision;
mod fields;
mod own;
mod policy;
mod record;
mod test;
mod text;

pub use decision::Decision;
pub use fields::Fields;
pub use own::{Path, names_person, path};
pub use policy::{Grants, Policy};
pub use record::{may_have, may_make, may_on, may_write, narrowed, own, sees, visible};
pub use test::Test;
pub use text::{mistakes, parse, write};

use crate::{Actor, Door, EntityDef, FieldDef, Sign};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Permit,
    Forbid,
}

/// Whose records a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Those of the whole company.
    #[default]
    Company,
    /// Those of the person's teams, their own included.
    Team,
    /// The person's own.
    Own,
}

/// What a rule asks of one field of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    pub field: String,
    pub asked: Asked,
    /// The opposite is asked. An empty field answers neither.
    pub not: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Compared with a value, as the API writes it.
    Compare(Sign, String),
    Empty,
}

/// One rule: `permit order.read, order.update to own when state is draft through web`; `permit
/// order.read only number, state` opens two fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub effect: Effect,
    /// Each `entity.act`, where `*` stands for any entity or any act; or `entity.field.read` and
    /// `entity.field.write`, by their whole name. A field's right asks nothing of the record.
    pub rights: Vec<String>,
    pub reach: Reach,
    /// The fields that it lets one read or set; all of them when there is none. Of permits alone.
    pub only: Vec<String>,
    /// All of them.
    pub when: Vec<Clause>,
    /// The doors through which it holds; all of them when there is none.
    pub doors: Vec<Door>,
}

impl Rule {
    /// A rule about every record, through every door.
    #[must_use]
    pub const fn plain(effect: Effect, rights: Vec<String>) -> Self {
        let reach = Reach::Company;
        Self { effect, rights, only: Vec::new(), reach, when: Vec::new(), doors: Vec::new() }
    }
    /// Whether it asks something of the record.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.reach != Reach::Company || !self.when.is_empty()
    }
    /// Whether one of its rights means this act on this entity.
    #[must_use]
    pub fn means(&self, entity: &str, act: &str) -> bool {
        self.rights.iter().any(|right| {
            let (on, may) = halves(right);
            (on == "*" || on == entity) && (may == act || (may == "*" && !act.contains('.')))
        })
    }
}

/// What a list of allowed fields calls those that a company added.
pub const EXTRA: &str = "extra";

/// The entity of a right, and the rest.
pub(crate) fn halves(right: &str) -> (&str, &str) {
    right.split_once('.').unwrap_or((right, ""))
}

/// Whether the values of this field are not for this person's eyes: on pages, in filters, sorts,
/// searches and groups, in exports, timelines and feeds. Every face asks here.
#[must_use]
pub fn hidden(actor: &Actor, def: &EntityDef, field: &FieldDef) -> bool {
    !actor.grants.reads(def, field)
}

/// Whether the fields that a company added to an entity are not for this person's eyes: a list of
/// allowed fields closes them, unless it names `extra`.
#[must_use]
pub fn extra_hidden(actor: &Actor, def: &EntityDef) -> bool {
    !actor.grants.fields().reads(def.name, EXTRA)
}

/// Whether this person may not set the fields that a company added.
#[must_use]
pub fn extra_locked(actor: &Actor, def: &EntityDef) -> bool {
    extra_hidden(actor, def) || !actor.grants.fields().writes(def.name, EXTRA)
}

/// Whether this person may not set this field, by form, API or file.
#[must_use]
pub fn locked(actor: &Actor, def: &EntityDef, field: &FieldDef) -> bool {
    !actor.grants.writes(def, field)
}
