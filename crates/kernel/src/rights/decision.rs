//! All that the rules say of one act on one entity, read in memory and as a condition.

use super::test::Look;
use super::{Effect, Policy, Reach, Rule, Test, path};
use crate::{Catalog, Condition, EntityDef, FieldDef, RawId, Record, Value};

/// The tests of the rules about one act on one entity, for one person.
#[derive(Debug, Clone, Default)]
pub struct Decision {
    /// One of them must hold.
    pub permits: Vec<Test>,
    /// None of them may hold.
    pub forbids: Vec<Test>,
    /// A line is read with the record it belongs to.
    pub within: Option<(&'static FieldDef, &'static EntityDef, Box<Decision>)>,
}

impl Decision {
    pub(super) fn of(
        policy: &Policy,
        catalog: &Catalog,
        (def, act): (&'static EntityDef, &str),
        (user, mates): (Option<RawId>, &[RawId]),
    ) -> Self {
        let mut decision = Self::default();
        for rule in policy.rules().iter().filter(|rule| rule.means(def.name, act)) {
            let test = bound(rule, catalog, def, (user, mates));
            match rule.effect {
                Effect::Permit => decision.permits.extend(test),
                // What cannot be asked cannot clear anyone.
                Effect::Forbid => decision.forbids.push(test.unwrap_or(Test::always())),
            }
        }
        if act == "read"
            && let Some((field, target)) = def.parent()
            && let Some(target) = catalog.entity(target)
        {
            let holder = Self::of(policy, catalog, (target, act), (user, mates));
            // Who reads lines and not what holds them is told so by the rights of the entity.
            if !holder.permits.is_empty() && !holder.is_open() {
                decision.within = Some((field, target, Box::new(holder)));
            }
        }
        decision
    }

    /// Whether it asks nothing of any record.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.permits.contains(&Test::always()) && self.forbids.is_empty() && self.within.is_none()
    }

    /// Whether this record is permitted.
    pub fn holds(&self, def: &EntityDef, record: &Record, look: Look<'_>) -> bool {
        let mut yes = |test: &Test| test.answer(def, record, look) == Some(true);
        if !self.permits.iter().any(&mut yes) || self.forbids.iter().any(&mut yes) {
            return false;
        }
        let Some((field, target, holder)) = &self.within else { return true };
        let id = match def.rank(field.name).and_then(|rank| record.get(rank)) {
            Some(Value::Ref(id)) => *id,
            _ => return false,
        };
        look(target, id).is_some_and(|record| holder.holds(target, &record, look))
    }

    /// The records that are permitted.
    #[must_use]
    pub fn condition(&self) -> Condition {
        let any = |tests: &[Test]| -> Condition {
            if tests.contains(&Test::always()) {
                return Condition::Everything;
            }
            Condition::Any(tests.iter().map(|test| test.condition(true)).collect())
        };
        let mut condition = any(&self.permits);
        if !self.forbids.is_empty() {
            condition = condition.and(Condition::Not(Box::new(any(&self.forbids))));
        }
        if let Some((field, target, holder)) = &self.within {
            let inner = Box::new(holder.condition());
            condition = condition.and(Condition::Through(field.name, target, inner));
        }
        condition
    }
}

/// What a rule asks of a record of this entity; nothing when it cannot be asked.
fn bound(
    rule: &Rule,
    catalog: &Catalog,
    def: &'static EntityDef,
    (user, mates): (Option<RawId>, &[RawId]),
) -> Option<Test> {
    let mut tests = Vec::new();
    if rule.reach != Reach::Company {
        let way = path(catalog, def)?;
        let mut people: Vec<RawId> = user.into_iter().collect();
        if rule.reach == Reach::Team {
            people.extend(mates.iter().filter(|mate| Some(**mate) != user));
        }
        tests.push(super::test::belongs(&way, &people));
    }
    for clause in &rule.when {
        tests.push(super::test::clause(def, clause)?);
    }
    Some(if tests.len() == 1 { tests.remove(0) } else { Test::All(tests) })
}
