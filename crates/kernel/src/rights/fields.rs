//! Which fields of an entity the rules open: all of them, or those that they name.

use std::collections::{BTreeSet, HashMap};

use super::{Effect, Rule};

/// The acts whose fields a rule may name. Making and changing are writing.
const READ: &str = "read";
const WRITES: [&str; 2] = ["create", "update"];

/// The lists of allowed fields of some entities; of all others every field is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    read: HashMap<String, BTreeSet<String>>,
    write: HashMap<String, BTreeSet<String>>,
}

impl Fields {
    /// What the rules say together. A field is open where it is on every record that they reach: a
    /// list has one shape, so a rule that asks something of the record opens none that the rules
    /// which ask nothing leave closed.
    #[must_use]
    pub fn of(rules: &[Rule]) -> Self {
        let naming = rules.iter().filter(|rule| !rule.only.is_empty());
        let entities = naming.flat_map(|rule| &rule.rights).map(|right| super::halves(right).0);
        let entities: BTreeSet<&str> = entities.collect();
        let mut fields = Self::default();
        for entity in entities {
            if let Some(open) = open(rules, entity, READ) {
                fields.read.insert(entity.to_owned(), open);
            }
            let both = WRITES.iter().filter_map(|act| open(rules, entity, act));
            if let Some(open) = both.reduce(|one, other| &one & &other) {
                fields.write.insert(entity.to_owned(), open);
            }
        }
        fields
    }
    /// Whether some field is closed to readers.
    #[must_use]
    pub fn hides(&self) -> bool {
        !self.read.is_empty()
    }
    #[must_use]
    pub fn reads(&self, entity: &str, field: &str) -> bool {
        self.read.get(entity).is_none_or(|open| open.contains(field))
    }
    #[must_use]
    pub fn writes(&self, entity: &str, field: &str) -> bool {
        self.write.get(entity).is_none_or(|open| open.contains(field))
    }
}

/// The fields that the rules open to an act; nothing when they open all of them.
fn open(rules: &[Rule], entity: &str, act: &str) -> Option<BTreeSet<String>> {
    let permits =
        || rules.iter().filter(|rule| rule.effect == Effect::Permit && rule.means(entity, act));
    let named = |rule: &Rule| -> Option<BTreeSet<String>> {
        (!rule.only.is_empty()).then(|| rule.only.iter().cloned().collect())
    };
    let plain: Vec<_> = permits().filter(|rule| !rule.asks()).map(named).collect();
    if plain.is_empty() {
        // Each may be the only one that reaches a record.
        return permits().filter_map(named).reduce(|one, other| &one & &other);
    }
    plain.into_iter().reduce(|one, other| Some(&one? | &other?)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::parse;

    fn read(text: &str, field: &str) -> bool {
        Fields::of(&parse(text).unwrap()).reads("party", field)
    }

    #[test]
    fn a_rule_opens_the_fields_that_it_names_and_no_other() {
        let text = "permit party.read only name, city";
        assert!(read(text, "name") && read(text, "city") && !read(text, "phone"));
        assert!(read("permit party.read", "phone"));
        let fields = Fields::of(&parse("permit party.* only name").unwrap());
        assert!(fields.writes("party", "name") && !fields.writes("party", "phone"));
        assert!(fields.hides() && fields.reads("order", "total"));
        let fields = Fields::of(
            &parse(
                "permit party.read, party.create\n\
             permit party.update only phone",
            )
            .unwrap(),
        );
        assert!(!fields.hides() && fields.writes("party", "phone"));
        assert!(!fields.writes("party", "name"), "what is made by hand may be changed likewise");
    }

    #[test]
    fn two_rules_open_what_either_does_and_one_about_some_records_opens_nothing_more() {
        let two = "permit party.read only name\npermit party.read only city";
        assert!(read(two, "name") && read(two, "city") && !read(two, "phone"));
        assert!(read("permit party.read only name\npermit *.read", "phone"));
        let own = "permit party.read to own\npermit party.read only name";
        assert!(read(own, "name") && !read(own, "phone"), "a list has one shape");
        let apart = "permit party.read only name, city to own\n\
                     permit party.read only name when city is Roanne";
        assert!(read(apart, "name") && !read(apart, "city"));
    }
}
