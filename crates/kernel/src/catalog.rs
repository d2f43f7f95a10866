//! What the whole program is made of: entities, the acts that a person may ask for, and what is
//! recomputed when a record is edited by hand.

use crate::{
    Actor, EntityDef, Fault, Faults, FieldDef, Kind, Origin, RawId, Record, Text, Tx, Value,
    rights, wish,
};

/// What an act was given: its inputs by name.
#[derive(Debug, Clone, Default)]
pub struct Inputs(pub Vec<(&'static str, Value)>);

impl Inputs {
    /// The value of an input; [`Value::Null`] when none was given.
    #[must_use]
    pub fn value(&self, name: &str) -> Value {
        let found = self.0.iter().find(|(given, _)| *given == name);
        found.map_or(Value::Null, |(_, value)| value.clone())
    }
    /// The value of an input as a Rust type.
    ///
    /// # Errors
    /// `field.required` when it is missing, `field.type` when it is of another kind.
    pub fn take<T: crate::FieldType>(&self, name: &'static str) -> Result<T, Fault> {
        let value = self.value(name);
        if value.is_null() && T::REQUIRED {
            return Err(Fault::new("field.required").on(name));
        }
        T::take(value).map_err(|fault| fault.on(name))
    }
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.push((name, value.into()));
        self
    }
}

/// What an act made, so that a face can lead there.
pub type Outcome = Result<Option<Origin>, Faults>;

/// An act a person or an API client may ask for on one record: a button, a REST `POST`.
#[derive(Debug)]
pub struct ActionDef {
    pub on: &'static str,
    pub name: &'static str,
    pub label: Text,
    /// What it does, in one sentence, for the API's readers and the button's title.
    pub doc: Text,
    pub inputs: &'static [FieldDef],
    /// Whether a record in this state offers the act. Only a hint for faces: the act itself checks.
    pub offered: fn(&Record) -> bool,
    pub run: fn(&mut Tx<'_>, &Actor, RawId, &Inputs) -> Outcome,
}

impl ActionDef {
    #[must_use]
    pub fn right(&self) -> String {
        format!("{}.{}", self.on, self.name)
    }
}

/// What follows, in the same transaction, when a record was made or edited by hand: totals, numbers,
/// defaults that come from other records.
#[derive(Debug)]
pub struct Settle {
    pub on: &'static str,
    pub run: fn(&mut Tx<'_>, &Actor, RawId) -> Result<(), Faults>,
}

/// A constraint that the description cannot say, kept by the database itself: triggers, in the SQL
/// of each database. Every statement must be one that a database holding it already accepts.
#[derive(Debug)]
pub struct Guard {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

/// What one crate of the business brings to the whole. Entities come in an order such that each
/// refers only to earlier ones, or to itself.
#[derive(Debug)]
pub struct Module {
    pub name: &'static str,
    pub entities: &'static [&'static EntityDef],
    pub actions: &'static [&'static [ActionDef]],
    pub settles: &'static [Settle],
    pub guards: &'static [Guard],
}

/// Every entity and act of the running program, looked up by name.
#[derive(Debug)]
pub struct Catalog {
    pub modules: Vec<&'static Module>,
}

impl Catalog {
    pub fn entities(&self) -> impl Iterator<Item = &'static EntityDef> + '_ {
        self.modules.iter().flat_map(|module| module.entities.iter().copied())
    }
    #[must_use]
    pub fn entity(&self, name: &str) -> Option<&'static EntityDef> {
        self.entities().find(|def| def.name == name)
    }
    /// By the plural: the path of REST and of the pages.
    #[must_use]
    pub fn plural(&self, plural: &str) -> Option<&'static EntityDef> {
        self.entities().find(|def| def.plural == plural)
    }
    pub fn actions(&self) -> impl Iterator<Item = &'static ActionDef> + '_ {
        self.modules.iter().flat_map(|module| module.actions.iter().copied().flatten())
    }
    pub fn actions_on<'a>(
        &'a self,
        entity: &'a str,
    ) -> impl Iterator<Item = &'static ActionDef> + 'a {
        self.actions().filter(move |action| action.on == entity)
    }
    #[must_use]
    pub fn action(&self, entity: &str, name: &str) -> Option<&'static ActionDef> {
        self.actions().find(|action| action.on == entity && action.name == name)
    }
    pub fn settles<'a>(&'a self, entity: &'a str) -> impl Iterator<Item = &'static Settle> + 'a {
        let all = self.modules.iter().flat_map(|module| module.settles);
        all.filter(move |settle| settle.on == entity)
    }

    /// Runs an act through the gate: the actor's right first, on this record too, then the act.
    ///
    /// # Errors
    /// `forbidden`, `forbidden.record`, `approval.needed` with the wish, and those of the act.
    pub fn run(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        action: &ActionDef,
        id: RawId,
        inputs: &Inputs,
    ) -> Outcome {
        actor.may(&action.right())?;
        if let Some(def) = self.entity(action.on).filter(|_| actor.grants.asks()) {
            rights::may_write(self, tx, actor, (def, action.name), id)?;
        }
        let made = (action.run)(tx, actor, id, inputs).map_err(|faults| {
            let seen = self.entity(action.on).and_then(|def| tx.before(def, id));
            wish::carried(faults, || wish::of_act(action, id, seen.map(|row| row.version), inputs))
        })?;
        let Some((wish, asker)) = tx.handed() else { return Ok(made) };
        Ok(tx.approved(|tx| wish.run(self, tx, &asker))?.or(made))
    }

    /// The rights that exist: those of each entity, one for each act.
    #[must_use]
    pub fn rights(&self) -> Vec<String> {
        let acts = self.entities().flat_map(|def| {
            let acts: &[&str] = match def.kept {
                true => &["read", "export", "bulk"],
                false => &["read", "create", "update", "delete", "export", "bulk"],
            };
            acts.iter().map(move |act| format!("{}.{act}", def.name))
        });
        acts.chain(self.actions().map(ActionDef::right)).collect()
    }

    /// Checks what the compiler cannot: unique names, references to earlier entities, labels in both
    /// languages, one parent for each line.
    #[must_use]
    pub fn mistakes(&self) -> Vec<String> {
        let mut seen: Vec<&'static EntityDef> = Vec::new();
        let mut mistakes = Vec::new();
        for def in self.entities() {
            if seen.iter().any(|other| other.name == def.name || other.plural == def.plural) {
                mistakes.push(format!("{} is there twice", def.name));
            }
            seen.push(def);
            for field in def.fields {
                mistakes.extend(self.field_mistake(def, field, &seen));
            }
            let named = def.uniques.iter().chain(def.indexes).copied().flatten();
            mistakes.extend(
                named
                    .filter(|name| def.field(name).is_none())
                    .map(|name| format!("{}: no field `{name}` to index", def.name)),
            );
        }
        mistakes.extend(
            self.actions()
                .filter(|action| self.entity(action.on).is_none())
                .map(|action| format!("act {} is on no entity", action.right())),
        );
        mistakes
    }

    fn field_mistake(
        &self,
        def: &EntityDef,
        field: &FieldDef,
        seen: &[&'static EntityDef],
    ) -> Option<String> {
        let place = format!("{}.{}", def.name, field.name);
        if field.label.fr.is_empty() || field.label.en.is_empty() {
            return Some(format!("{place} lacks a label"));
        }
        match field.kind {
            Kind::Ref(target) if !seen.iter().any(|other| other.name == target) => {
                Some(format!("{place} refers to `{target}`, which does not come earlier"))
            }
            Kind::Lines(target) => {
                let parent = self.entity(target).and_then(EntityDef::parent);
                (parent.map(|(_, of)| of) != Some(def.name))
                    .then(|| format!("{place}: `{target}` has no parent field towards it"))
            }
            _ => None,
        }
    }
}
