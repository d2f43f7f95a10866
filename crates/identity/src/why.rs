//! Why someone can, or cannot: the one rule that decides.

use kernel::rights::{Decision, Effect, Policy, Rule};
use kernel::{Catalog, Door, EntityDef, Fault, Grants, Kept, RawId, Tx};

use crate::User;
use crate::access::{Held, held, mates};

/// What decides of an act.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// This rule of this role permits it; on some records alone when it asks something of them and
    /// no record was named.
    Permitted { role: String, rule: Rule },
    /// This rule of this role forbids it.
    Forbidden { role: String, rule: Rule },
    /// This rule opens some fields alone, and this is none of them.
    Unlisted { role: String, rule: Rule },
    /// This rule would permit it, but not on this record.
    Elsewhere { role: String, rule: Rule },
    /// None of these roles permits it.
    Unsaid { roles: Vec<String> },
    /// Who may not come in may do nothing.
    Inactive,
}

impl Why {
    /// Whether the act is permitted, on some records at least.
    #[must_use]
    pub const fn yes(&self) -> bool {
        matches!(self, Why::Permitted { .. })
    }
}

/// Who asks to do what, to which record.
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    pub user: &'q Kept<User>,
    pub def: &'static EntityDef,
    /// `read`, `confirm`, `credit_limit.read`.
    pub act: &'q str,
    pub record: Option<RawId>,
    pub door: Door,
}

/// The rule that decides, as the gate does: forbids first, then permits, then nothing.
///
/// # Errors
/// `not_found` when there is no such record; `store.*`.
pub fn why(tx: &mut Tx<'_>, catalog: &Catalog, asked: Question<'_>) -> Result<Why, Fault> {
    let Question { user, def, act, record, door } = asked;
    if !user.active {
        return Ok(Why::Inactive);
    }
    let values = match record {
        Some(id) => Some(tx.row(def, id)?.ok_or_else(|| kernel::work::not_found(def, id))?.values),
        None => None,
    };
    let (roles, mates) = (held(tx, user)?, mates(tx, user.id)?);
    if let Some((field, to)) = act.split_once('.') {
        return Ok(of_field(&roles, def, (field, to), door));
    }
    let mut elsewhere = None;
    for effect in [Effect::Forbid, Effect::Permit] {
        for (role, rule) in rules(&roles, def, act, effect, door) {
            let mut holds = values.is_none() && (effect == Effect::Permit || !rule.asks());
            if let Some(values) = &values {
                // Alone, a rule is asked as a permit: whether its test holds.
                let alone = Rule { effect: Effect::Permit, ..rule.clone() };
                let policy = std::sync::Arc::new(Policy::new(vec![alone], door));
                let grants = Grants::of(policy, mates.iter().copied());
                let decision: Decision = grants.decision(catalog, (def, act), Some(user.id.raw()));
                let mut look = |def, id| tx.row(def, id).ok().flatten().map(|row| row.values);
                holds = decision.holds(def, values, &mut look);
            }
            let role = role.name.clone();
            match (effect, holds) {
                (Effect::Forbid, true) => return Ok(Why::Forbidden { role, rule }),
                (Effect::Permit, true) => return Ok(Why::Permitted { role, rule }),
                (Effect::Permit, false) => {
                    elsewhere.get_or_insert(Why::Elsewhere { role, rule });
                }
                (Effect::Forbid, false) => {}
            }
        }
    }
    let roles = roles.into_iter().map(|role| role.name).collect();
    Ok(elsewhere.unwrap_or(Why::Unsaid { roles }))
}

/// The rule that decides of a field, on every record alike.
fn of_field(roles: &[Held], def: &EntityDef, (field, to): (&str, &str), door: Door) -> Why {
    let rules_of = |act: &str, effect| rules(roles, def, act, effect, door);
    for what in [to, "read"] {
        if let Some((role, rule)) = rules_of(&format!("{field}.{what}"), Effect::Forbid).pop() {
            return Why::Forbidden { role: role.name.clone(), rule };
        }
    }
    let act = if to == "write" { "update" } else { "read" };
    let permits = rules_of(act, Effect::Permit);
    let all: Vec<Rule> = permits.iter().map(|(_, rule)| rule.clone()).collect();
    let fields = kernel::rights::Fields::of(&all);
    let open = match to {
        "write" => fields.writes(def.name, field),
        _ => fields.reads(def.name, field),
    };
    let unsaid = || Why::Unsaid { roles: roles.iter().map(|role| role.name.clone()).collect() };
    let sensitive = def.field(field).is_some_and(|field| field.sensitive);
    let named = rules_of(&format!("{field}.{to}"), Effect::Permit).pop();
    match (named.filter(|_| sensitive), sensitive) {
        (Some((role, rule)), _) => return Why::Permitted { role: role.name.clone(), rule },
        (None, true) => return unsaid(),
        (None, false) => {}
    }
    let says = |rule: &Rule| match open {
        true => rule.only.is_empty() || rule.only.iter().any(|name| name == field),
        false => !rule.only.is_empty() && !rule.only.iter().any(|name| name == field),
    };
    let found = permits.into_iter().find(|(_, rule)| says(rule));
    found.map_or_else(unsaid, |(role, rule)| {
        let role = role.name.clone();
        if open { Why::Permitted { role, rule } } else { Why::Unlisted { role, rule } }
    })
}

/// The rules of an effect that mean the act, each with its role.
fn rules<'r>(
    roles: &'r [Held],
    def: &EntityDef,
    act: &str,
    effect: Effect,
    door: Door,
) -> Vec<(&'r Held, Rule)> {
    let mut found = Vec::new();
    for role in roles {
        let all = kernel::rights::parse(&role.rules).unwrap_or_default();
        let means = |rule: &Rule| {
            rule.effect == effect
                && (rule.doors.is_empty() || rule.doors.contains(&door))
                && rule.means(def.name, act)
        };
        found.extend(all.into_iter().filter(means).map(|rule| (role, rule)));
    }
    found
}
