//! What records are called, for all the references of a page at once: one query for each entity
//! referred to, never one for each row.

use std::collections::HashMap;

use kernel::{
    Actor, Catalog, Condition, EntityDef, Fault, FieldDef, Kind, Language, Query, RawId, Record,
    Row, Tx, Value,
};

/// The most ids that one query asks for.
const AT_ONCE: usize = 500;

/// Names of records, by id: no two records share one, whatever their entity.
#[derive(Debug, Clone, Default)]
pub struct Titles(HashMap<RawId, (&'static str, String)>);

/// A record by the name of its entity.
pub type Named = (&'static str, RawId);

impl Titles {
    /// The title of a record; `None` when the person may not read it, or it is gone.
    #[must_use]
    pub fn of(&self, entity: &str, id: RawId) -> Option<&str> {
        let known = self.0.get(&id).filter(|(name, _)| *name == entity);
        known.map(|(_, title)| title.as_str())
    }

    /// Adds the titles of these records, as far as the actor may read them.
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
        let mut by_entity: HashMap<&'static str, Vec<RawId>> = HashMap::new();
        for (entity, id) in wanted {
            let ids = by_entity.entry(entity).or_default();
            if !ids.contains(&id) && !self.0.contains_key(&id) {
                ids.push(id);
            }
        }
        for (entity, ids) in by_entity {
            let Some(def) = catalog.entity(entity) else { continue };
            if !actor.can(&format!("{entity}.read")) {
                continue;
            }
            for ids in ids.chunks(AT_ONCE) {
                let values = ids.iter().copied().map(Value::Ref).collect();
                for row in tx.rows(Query::all(def).only(Condition::Among("id", values)))? {
                    let title = title_of(def, &row, actor.language);
                    self.0.insert(row.id, (def.name, title));
                }
            }
        }
        Ok(())
    }
}

/// What a person calls this record; one without a name goes by the day it was made.
#[must_use]
pub fn title_of(def: &EntityDef, row: &Row, language: Language) -> String {
    let title = match language {
        Language::French => def.title(&row.values),
        Language::English => def.title(&in_english(def, row)),
    };
    if title.is_empty() {
        let day = language.day(row.created_at.day());
        return match language {
            Language::French => format!("{} du {day}", def.label.fr),
            Language::English => format!("{} of {day}", def.label.en),
        };
    }
    title
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
