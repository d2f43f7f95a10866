//! What someone wanted done, kept as data until a second person approves it.

use serde_json::{Map, Value as Json, json};

use crate::edit::{self, Draft, LineDraft};
use crate::work::not_found;
use crate::{
    ActionDef, Actor, Catalog, EntityDef, Fault, Faults, Inputs, Origin, Outcome, RawId, Tx, Value,
};

/// The refusal of what a second person must approve; its fact of this name is the wish.
pub const NEEDED: &str = "approval.needed";
const FACT: &str = "wish";

/// An act on a record, the making of one, or a change of one, with what it was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    pub entity: String,
    /// `create`, `update`, or an act of the catalogue.
    pub act: String,
    pub id: Option<RawId>,
    /// The version of the record that was seen.
    pub version: Option<i64>,
    /// The inputs of the act, or the values of the record, as the API writes them.
    pub values: Map<String, Json>,
}

impl Wish {
    /// The wish that a refusal carries, when all it lacks is a second person.
    #[must_use]
    pub fn of_faults(faults: &Faults) -> Option<Self> {
        let [fault] = faults.0.as_slice() else { return None };
        let fact = fault.facts.iter().find(|(name, _)| *name == FACT);
        match fact {
            Some((_, Value::Text(text))) if fault.code == NEEDED => Self::of_text(text),
            _ => None,
        }
    }
    /// As it is kept.
    #[must_use]
    pub fn text(&self) -> String {
        let id = self.id.map(|id| id.to_string());
        json!({
            "entity": self.entity,
            "act": self.act,
            "id": id,
            "version": self.version,
            "values": self.values,
        })
        .to_string()
    }
    /// Reads what [`Wish::text`] wrote.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        let read: Json = serde_json::from_str(text).ok()?;
        let word = |name: &str| read[name].as_str().map(str::to_owned);
        Some(Self {
            entity: word("entity")?,
            act: word("act")?,
            id: word("id").map(|id| RawId::parse(&id)).transpose().ok()?,
            version: read["version"].as_i64(),
            values: read["values"].as_object()?.clone(),
        })
    }
    /// The right that it takes.
    #[must_use]
    pub fn right(&self) -> String {
        format!("{}.{}", self.entity, self.act)
    }

    /// Does it, as this person: the record must be as it was seen.
    ///
    /// # Errors
    /// `record.stale`, `not_found`, `forbidden`, and those of what is done.
    pub fn run(&self, catalog: &Catalog, tx: &mut Tx<'_>, actor: &Actor) -> Outcome {
        let unknown = || Fault::new("path.unknown").with("path", self.right());
        let def = catalog.entity(&self.entity).ok_or_else(unknown)?;
        if self.act == "create" {
            let draft = Draft::of_json(catalog, def, &self.values, tx)?;
            let id = edit::create(catalog, tx, actor, def, &draft)?;
            return Ok(Some(Origin { entity: def.name, id }));
        }
        let id = self.id.ok_or_else(unknown)?;
        let row = tx.lock_row(def, id)?.ok_or_else(|| not_found(def, id))?;
        if self.version.is_some_and(|version| version != row.version) {
            return Err(Fault::new("record.stale").with("version", row.version).into());
        }
        if self.act == "update" {
            let draft = Draft::of_json(catalog, def, &self.values, tx)?;
            edit::update(catalog, tx, actor, def, id, self.version, &draft)?;
            return Ok(None);
        }
        let action = catalog.action(def.name, &self.act).ok_or_else(unknown)?;
        let mut inputs = Inputs::default();
        for field in action.inputs {
            let given = self.values.get(field.name).unwrap_or(&Json::Null);
            let value = crate::json::to_known_value(catalog, field, given, tx.currency());
            inputs = inputs.with(field.name, value.map_err(|fault| fault.on(field.name))?);
        }
        catalog.run(tx, actor, action, id, &inputs)
    }
}

/// The refusal with what was wanted, when all that it lacks is a second person.
pub(crate) fn carried(mut faults: Faults, wish: impl FnOnce() -> Wish) -> Faults {
    if let [fault] = faults.0.as_mut_slice()
        && fault.code == NEEDED
        && !fault.facts.iter().any(|(name, _)| *name == FACT)
    {
        fault.facts.push((FACT, wish().text().into()));
    }
    faults
}

/// An act of the catalogue. What was typed as a secret is never kept: such an act is no wish.
pub(crate) fn of_act(action: &ActionDef, id: RawId, version: Option<i64>, given: &Inputs) -> Wish {
    let secret =
        |name: &str| action.inputs.iter().any(|field| field.name == name && field.sensitive);
    let given = given.0.iter().filter(|(name, value)| !value.is_null() && !secret(name));
    let values = given.map(|(name, value)| ((*name).to_owned(), crate::json::of_value(value)));
    Wish {
        entity: action.on.to_owned(),
        act: action.name.to_owned(),
        id: Some(id),
        version,
        values: values.collect(),
    }
}

/// A record made, or changed when its id and version are given.
pub(crate) fn of_draft(def: &EntityDef, at: Option<(RawId, i64)>, draft: &Draft) -> Wish {
    Wish {
        entity: def.name.to_owned(),
        act: if at.is_some() { "update" } else { "create" }.to_owned(),
        id: at.map(|(id, _)| id),
        version: at.map(|(_, version)| version),
        values: members(draft),
    }
}

fn members(draft: &Draft) -> Map<String, Json> {
    let values = draft.values.iter();
    let mut all: Map<String, Json> = values
        .map(|(field, value)| (field.name.to_owned(), crate::json::of_value(value)))
        .collect();
    if !draft.extra.is_empty() {
        all.insert("extra".to_owned(), Json::Object(draft.extra.clone()));
    }
    for (field, lines) in &draft.lines {
        let line = |line: &LineDraft| {
            let mut members = members(&line.draft);
            members.extend(line.id.map(|id| ("id".to_owned(), json!(id.to_string()))));
            Json::Object(members)
        };
        all.insert(field.name.to_owned(), lines.iter().map(line).collect());
    }
    all
}
