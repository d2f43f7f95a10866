//! What records are called, for all the references of a page at once: one query for each entity
//! referred to, never one for each row.

use std::borrow::Cow;
use std::collections::HashMap;

use identity::User;
use kernel::{
    Actor, Catalog, Condition, Entity, EntityDef, Fault, FieldDef, Kind, Language, Query, RawId,
    Record, Row, Tx, Value,
};

use crate::{columns, member, words};

/// The most ids that one query asks for.
const AT_ONCE: usize = 500;

/// Names of records, by id: no two records share one, whatever their entity.
#[derive(Debug, Clone, Default)]
pub struct Titles {
    names: HashMap<RawId, (&'static str, String)>,
    /// Entities of which the records are kept whole, for the columns through a relation.
    whole: Vec<&'static str>,
    records: HashMap<RawId, (&'static EntityDef, Row)>,
}

/// A record by the name of its entity.
pub type Named = (&'static str, RawId);

impl Titles {
    /// Titles that keep the records too, of what these columns go through.
    #[must_use]
    pub fn across(def: &EntityDef, fields: &[&'static FieldDef]) -> Self {
        let through = fields.iter().filter_map(|field| member::through(def, field));
        Self { whole: through.map(|(_, target)| target).collect(), ..Self::default() }
    }

    /// What a record holds in a column: its own field, one that the company added, or one of the
    /// record that it refers to; nothing where that one may not be read.
    #[must_use]
    pub fn held<'r>(&'r self, def: &EntityDef, row: &'r Row, field: &FieldDef) -> Cow<'r, Value> {
        let Some((by, _)) = member::through(def, field) else {
            return member::held(def, row, field);
        };
        let id = def.rank(by.name).and_then(|rank| row.values.get(rank));
        let known = match id {
            Some(Value::Ref(id)) => self.records.get(id),
            _ => None,
        };
        let Some((target, record)) = known else { return Cow::Owned(Value::Null) };
        let name: &'static str = field.name.split_once('.').map_or("", |(_, name)| name);
        let inner = FieldDef { kind: field.kind, ..FieldDef::of::<String>(name, field.label, "") };
        member::held(target, record, &inner)
    }

    /// The records that columns through a relation refer to in their turn.
    pub fn beyond<'r>(
        &'r self,
        def: &'static EntityDef,
        fields: &'r [&'static FieldDef],
        rows: impl IntoIterator<Item = &'r Row> + 'r,
    ) -> Vec<Named> {
        let crossing: Vec<&'static FieldDef> =
            fields.iter().copied().filter(|field| member::through(def, field).is_some()).collect();
        let mut named = Vec::new();
        for row in rows {
            for field in &crossing {
                match (field.kind, self.held(def, row, field).as_ref()) {
                    (Kind::Ref(target), Value::Ref(id)) => named.push((target, *id)),
                    (Kind::Origin, Value::Origin(of)) => named.push((of.entity, of.id)),
                    _ => {}
                }
            }
        }
        named
    }

    /// The title of a record; `None` when the person may not read it, or it is gone.
    #[must_use]
    pub fn of(&self, entity: &str, id: RawId) -> Option<&str> {
        let known = self.names.get(&id).filter(|(name, _)| *name == entity);
        known.map(|(_, title)| title.as_str())
    }

    /// Adds the titles of these records, as far as the actor may read them. A record without a name
    /// goes by that of the one it is about.
    ///
    /// # Errors
    /// `store.*`.
    pub fn gather(
        &mut self,
        catalog: &Catalog,
        tx: &mut Tx<'_>,
        actor: &Actor,
        wanted: impl IntoIterator<Item = Named>,
    ) -> Result<(), Fault> {
        let nameless = self.add(catalog, tx, actor, wanted)?;
        if nameless.is_empty() {
            return Ok(());
        }
        self.add(catalog, tx, actor, nameless.iter().map(|(_, _, about)| *about))?;
        for (id, def, (entity, about)) in nameless {
            let Some(name) = self.of(entity, about) else { continue };
            let name = words::colon(actor.language, def.label.say(actor.language), name);
            self.names.insert(id, (def.name, name));
        }
        Ok(())
    }

    /// Adds titles, and tells which records have no name, with what they are about.
    fn add(
        &mut self,
        catalog: &Catalog,
        tx: &mut Tx<'_>,
        actor: &Actor,
        wanted: impl IntoIterator<Item = Named>,
    ) -> Result<Vec<(RawId, &'static EntityDef, Named)>, Fault> {
        let mut nameless = Vec::new();
        let mut by_entity: HashMap<&'static str, Vec<RawId>> = HashMap::new();
        for (entity, id) in wanted {
            if !self.names.contains_key(&id) {
                by_entity.entry(entity).or_default().push(id);
            }
        }
        for (entity, mut ids) in by_entity {
            ids.sort_unstable_by_key(|id| id.0);
            ids.dedup();
            let Some(def) = catalog.entity(entity) else { continue };
            // Whoever works here is known by name to all who do: they sign what they write.
            let reads = actor.can(&format!("{entity}.read"));
            if !reads && entity != User::DEF.name {
                continue;
            }
            for ids in ids.chunks(AT_ONCE) {
                let values = ids.iter().copied().map(Value::Ref).collect();
                for row in tx.rows(Query::all(def).only(Condition::Among("id", values)))? {
                    if !identity::personal::sees(def, actor, &row.values) {
                        continue;
                    }
                    if let Some(about) = about(def, &row, actor.language) {
                        nameless.push((row.id, def, about));
                    }
                    let title = title_of(def, &row, actor.language);
                    self.names.insert(row.id, (def.name, title));
                    if reads && self.whole.contains(&def.name) {
                        self.records.insert(row.id, (def, row));
                    }
                }
            }
        }
        Ok(nameless)
    }
}

/// What a person calls this record; one without a name goes by what it says, else by the day it was
/// made.
#[must_use]
pub fn title_of(def: &EntityDef, row: &Row, language: Language) -> String {
    let title = match language {
        Language::French => def.title(&row.values),
        Language::English => def.title(&in_english(def, row)),
    };
    if !title.is_empty() {
        return title;
    }
    if let Some(said) = spoken(def, row, language) {
        return words::colon(language, def.label.say(language), &said);
    }
    let day = language.day(row.created_at.day());
    match language {
        Language::French => format!("{} du {day}", def.label.fr),
        Language::English => format!("{} of {day}", def.label.en),
    }
}

/// The most letters of a text that stands for a name.
const SPOKEN: usize = 60;

/// What a record without a name says of itself: its description, else a text or a choice that its
/// list shows.
fn spoken(def: &EntityDef, row: &Row, language: Language) -> Option<String> {
    let said = |field: &'static FieldDef, value: &Value| -> Option<String> {
        let other = columns::of_the_other_tongue(language, def, field);
        let Value::Text(text) = value else { return None };
        let line = text.lines().next().unwrap_or("").trim();
        if field.sensitive || other || line.is_empty() {
            return None;
        }
        let label = field.choices().iter().find(|(name, _)| *name == line);
        let line = label.map_or(line, |(_, label)| label.say(language));
        Some(line.chars().take(SPOKEN).collect())
    };
    let find = |fits: &dyn Fn(&FieldDef) -> bool| {
        let mut all = def.fields.iter().zip(&row.values).filter(|(field, _)| fits(field));
        all.find_map(|(field, value)| said(field, value))
    };
    find(&|field| matches!(field.name, "description" | "label"))
        .or_else(|| find(&|field| field.list && matches!(field.kind, Kind::LongText)))
        .or_else(|| find(&|field| field.list && matches!(field.kind, Kind::Text { .. })))
        .or_else(|| find(&|field| field.list && matches!(field.kind, Kind::Choice(_))))
}

/// The record that one without a name and without words is about: the product of a line.
fn about(def: &EntityDef, row: &Row, language: Language) -> Option<Named> {
    if !def.title(&row.values).is_empty() || spoken(def, row, language).is_some() {
        return None;
    }
    def.fields.iter().zip(&row.values).find_map(|(field, value)| match (field.kind, value) {
        (Kind::Ref(target), Value::Ref(id)) if !field.parent => Some((target, *id)),
        (_, Value::Origin(origin)) => Some((origin.entity, origin.id)),
        _ => None,
    })
}

/// The values with each field that has an English twin, filled, under its English words.
fn in_english(def: &EntityDef, row: &Row) -> Record {
    let english = |field: &FieldDef| {
        let twin = def.rank(&format!("{}_en", field.name))?;
        row.values.get(twin).filter(|value| matches!(value, Value::Text(text) if !text.is_empty()))
    };
    let named = |(field, value)| if let Some(twin) = english(field) { twin } else { value };
    def.fields.iter().zip(&row.values).map(named).cloned().collect()
}

/// The records that these rows refer to.
pub fn wanted<'a>(
    def: &'static EntityDef,
    rows: impl IntoIterator<Item = &'a Row> + 'a,
) -> impl Iterator<Item = Named> + 'a {
    rows.into_iter().flat_map(move |row| {
        def.fields.iter().zip(&row.values).filter_map(|(field, value)| match (field.kind, value) {
            (Kind::Ref(target), Value::Ref(id)) => Some((target, *id)),
            (Kind::Origin, Value::Origin(origin)) => Some((origin.entity, origin.id)),
            _ => None,
        })
    })
}
