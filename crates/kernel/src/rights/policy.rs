//! Rules made ready to be asked: what no record need be read for is one look in a table.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::{Decision, Effect, Fields, Rule, halves};
use crate::{Catalog, Door, EntityDef, Fault, FieldDef, Money, RawId, Tx};

/// What the rules say of one act before any record is read.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    /// Some rule permits it, on some records at least.
    permitted: bool,
    /// Some rule forbids it on all records.
    forbidden: bool,
}

/// Rules, looked up by entity and act.
#[derive(Debug, Default)]
pub struct Policy {
    rules: Vec<Rule>,
    acts: HashMap<String, HashMap<String, Mark>>,
    /// Whether some rule asks something of the record.
    asks: bool,
    /// Whether some rule hides a field.
    hides: bool,
    fields: Fields,
}

impl Policy {
    /// The rules that hold through this door.
    #[must_use]
    pub fn new(rules: Vec<Rule>, door: Door) -> Self {
        let holds = |rule: &Rule| rule.doors.is_empty() || rule.doors.contains(&door);
        let rules: Vec<Rule> = rules.into_iter().filter(holds).collect();
        let (asks, fields) = (rules.iter().any(Rule::asks), Fields::of(&rules));
        let mut policy = Self { asks, hides: fields.hides(), fields, ..Self::default() };
        for rule in &rules {
            for right in &rule.rights {
                let (entity, act) = halves(right);
                let acts = policy.acts.entry(entity.to_owned()).or_default();
                let mark = acts.entry(act.to_owned()).or_default();
                match rule.effect {
                    Effect::Permit => mark.permitted = true,
                    Effect::Forbid => {
                        policy.hides |= act.ends_with(".read");
                        mark.forbidden |= !rule.asks();
                    }
                }
            }
        }
        Self { rules, ..policy }
    }
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
    /// The mark of `entity.field.what`: two steps, so that no text is made to look one up.
    fn field(&self, entity: &str, field: &str, what: &str) -> Option<Mark> {
        let acts = self.acts.get(entity)?;
        let named = |name: &&String| {
            name.split_once('.').is_some_and(|(on, may)| on == field && may == what)
        };
        // Few roles name a field, and those name few.
        acts.keys()
            .filter(|name| name.contains('.'))
            .find(named)
            .and_then(|name| acts.get(name).copied())
    }
    fn allow(&self, entity: &str, act: &str) -> bool {
        let by_name = act.contains('.');
        let mut all = Mark::default();
        for entity in [entity, "*"] {
            let Some(acts) = self.acts.get(entity) else { continue };
            for act in [act, "*"].into_iter().take(if by_name { 1 } else { 2 }) {
                if let Some(mark) = acts.get(act) {
                    all.permitted |= mark.permitted;
                    all.forbidden |= mark.forbidden;
                }
            }
        }
        all.permitted && !all.forbidden
    }
}

/// A person's rights: the rules of their roles, and the people of their teams.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    policy: Arc<Policy>,
    mates: Arc<[RawId]>,
    /// The rights that wait until the person has shown again who they are.
    waiting: Option<fn(&str) -> bool>,
    /// Whatever the rules permit, nothing but reading.
    reads_only: bool,
    /// Whatever the rules permit, the rights of each of these lists alone.
    lists: Vec<Arc<Policy>>,
    /// Says whether an act waits for a second person.
    second: Option<Second>,
}

/// Refuses with `approval.needed` what a second person must approve: what is done, and the amount
/// when there is one.
pub type Second = fn(&mut Tx<'_>, &'static str, Option<Money>) -> Result<(), Fault>;

impl Grants {
    /// Rights without conditions, each `entity.act`; `*` stands for any entity or any act, but not
    /// for the sight of a sensitive field.
    #[must_use]
    pub fn new(rights: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let rights = rights.into_iter().map(Into::into).collect();
        Self::of(Arc::new(Policy::new(vec![Rule::plain(Effect::Permit, rights)], Door::Web)), [])
    }
    #[must_use]
    pub fn everything() -> Self {
        static EVERYTHING: LazyLock<Grants> = LazyLock::new(|| Grants::new(["*.*"]));
        EVERYTHING.clone()
    }
    /// The rights of rules, for someone whose teams are made of these people.
    #[must_use]
    pub fn of(policy: Arc<Policy>, mates: impl IntoIterator<Item = RawId>) -> Self {
        Self { policy, mates: mates.into_iter().collect(), ..Self::default() }
    }
    /// The same rights, of which those told by `waiting` are still there and wait for a proof.
    #[must_use]
    pub fn asking_again(self, waiting: fn(&str) -> bool) -> Self {
        Self { waiting: Some(waiting), ..self }
    }
    /// Of these rights, those to read.
    #[must_use]
    pub fn reading(self) -> Self {
        Self { reads_only: true, ..self }
    }
    /// Of these rights, those of a list: each `entity.act`, with its stars.
    #[must_use]
    pub fn listed(self, rights: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let rights = rights.into_iter().map(Into::into).collect();
        let list = Policy::new(vec![Rule::plain(Effect::Permit, rights)], Door::Web);
        let lists = self.lists.into_iter().chain([Arc::new(list)]).collect();
        Self { lists, ..self }
    }
    /// The same rights, where `second` says what waits for another person.
    #[must_use]
    pub fn seconded(self, second: Second) -> Self {
        Self { second: Some(second), ..self }
    }
    pub(crate) fn second(&self) -> Option<Second> {
        self.second
    }
    /// Whether this waits until the person has shown again who they are.
    #[must_use]
    pub fn waits(&self, what: &str) -> bool {
        self.waiting.is_some_and(|waiting| waiting(what))
    }
    /// Whether the right is given, on some records at least.
    #[must_use]
    pub fn allow(&self, right: &str) -> bool {
        let (entity, act) = halves(right);
        let reads = act == "read" || act.ends_with(".read");
        (reads || !self.reads_only)
            && self.policy.allow(entity, act)
            && self.lists.iter().all(|list| list.allow(entity, act))
    }
    /// The lists of allowed fields.
    #[must_use]
    pub fn fields(&self) -> &Fields {
        &self.policy.fields
    }
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        self.policy.rules()
    }
    /// Whether some right depends on the record.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.policy.asks
    }
    /// Whether some field that others see is hidden.
    #[must_use]
    pub fn hides(&self) -> bool {
        self.policy.hides
    }
    /// Whether the values of a field are for this person's eyes.
    #[must_use]
    pub fn reads(&self, def: &EntityDef, field: &FieldDef) -> bool {
        let mark = self.policy.field(def.name, field.name, "read").unwrap_or_default();
        let named = || {
            let by = |list: &Arc<Policy>| list.field(def.name, field.name, "read");
            self.lists.iter().all(|list| by(list).is_some_and(|mark| mark.permitted))
        };
        !mark.forbidden
            && (!field.sensitive || (mark.permitted && named()))
            && self.fields().reads(def.name, field.name)
    }
    /// Whether this person may set a field.
    #[must_use]
    pub fn writes(&self, def: &EntityDef, field: &FieldDef) -> bool {
        let forbidden =
            |what| self.policy.field(def.name, field.name, what).unwrap_or_default().forbidden;
        let open = self.fields();
        !forbidden("write")
            && !forbidden("read")
            && open.reads(def.name, field.name)
            && open.writes(def.name, field.name)
    }
    /// What the rules ask of the records of an entity for an act.
    #[must_use]
    pub fn decision(
        &self,
        catalog: &Catalog,
        (def, act): (&'static EntityDef, &str),
        user: Option<RawId>,
    ) -> Decision {
        Decision::of(&self.policy, catalog, (def, act), (user, &self.mates))
    }
    /// Whether the act depends on the record: when it does not, no decision need be made.
    pub(super) fn depends(&self, entity: &str, act: &str) -> bool {
        self.policy.asks && self.rules().iter().any(|rule| rule.asks() && rule.means(entity, act))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(text: &str) -> Grants {
        Grants::of(Arc::new(Policy::new(super::super::parse(text).unwrap(), Door::Web)), [])
    }

    #[test]
    fn a_star_stands_for_any_entity_or_any_act() {
        let grants = Grants::new(["order.*", "*.read"]);
        assert!(grants.allow("order.confirm"));
        assert!(grants.allow("invoice.read"));
        assert!(!grants.allow("invoice.post"));
        assert!(Grants::everything().allow("invoice.post"));
        assert!(!Grants::everything().allow("user.password_hash.read"));
        let reading = Grants::new(["order.*", "party.email.read"]).reading();
        assert!(reading.allow("order.read") && reading.allow("party.email.read"));
        assert!(!reading.allow("order.confirm"));
        assert!(Grants::new(["quote.acceptance_token.read"]).allow("quote.acceptance_token.read"));
    }

    #[test]
    fn what_no_rule_permits_is_denied_and_a_forbid_wins() {
        let grants =
            grants("permit order.*\nforbid order.delete\nforbid order.update when lost is true");
        assert!(grants.allow("order.confirm") && !grants.allow("order.delete"));
        assert!(!grants.allow("invoice.read"));
        // It depends on the record.
        assert!(grants.allow("order.update") && grants.depends("order", "update"));
        assert!(!grants.depends("order", "confirm"));
    }

    #[test]
    fn a_list_of_rights_narrows_and_never_widens() {
        let listed = grants("permit order.*, party.read").listed(["order.read", "invoice.read"]);
        assert!(listed.allow("order.read") && !listed.allow("order.confirm"));
        assert!(!listed.allow("invoice.read") && !listed.allow("party.read"));
        let twice = Grants::everything().listed(["order.*"]).listed(["*.read"]);
        assert!(twice.allow("order.read") && !twice.allow("order.confirm"));
        assert!(!twice.allow("party.read"));
    }

    #[test]
    fn a_rule_holds_through_its_doors_alone() {
        assert!(!grants("permit order.read through rest").allow("order.read"));
        assert!(grants("permit order.read through web, rest").allow("order.read"));
    }
}
