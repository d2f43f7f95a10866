//! What the words of a sieve mean to the person who types them: fields, lines, custom fields, and
//! the records that refer to this one. What a person may not see has no name.

use super::{Step, Via};
use crate::{
    Actor, Catalog, Currency, CustomField, EntityDef, Fault, FieldDef, Instant, Kind, Language,
    Query, Text, Tx, personal, rights, typed,
};

/// When a record was made, as any other field.
pub static CREATED: FieldDef =
    FieldDef::of::<Instant>("created_at", Text::new("Création", "Created"), "");
/// When a record was last changed.
pub static UPDATED: FieldDef =
    FieldDef::of::<Instant>("updated_at", Text::new("Dernière modification", "Last change"), "");

/// Who asks, and what there is to be asked.
pub struct Scope<'a> {
    pub catalog: &'a Catalog,
    pub actor: &'a Actor,
    pub currency: Currency,
    /// Of every entity of the company.
    pub custom: Vec<CustomField>,
}

/// What a word means.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    Field(&'static FieldDef),
    Custom(CustomField),
    Step(Step),
}

impl<'a> Scope<'a> {
    /// # Errors
    /// `store.*`.
    pub fn of(tx: &mut Tx<'_>, catalog: &'a Catalog, actor: &'a Actor) -> Result<Self, Fault> {
        let custom = tx.select::<CustomField>(Query::all(<CustomField as crate::Entity>::DEF))?;
        let custom = custom.into_iter().map(crate::Kept::into_inner).collect();
        Ok(Self { catalog, actor, currency: tx.currency(), custom })
    }

    /// Whether the value is not for the eyes of this person.
    #[must_use]
    pub fn hides(&self, def: &EntityDef, field: &FieldDef) -> bool {
        rights::hidden(self.actor, def, field)
    }
    /// Whether a step may lead there. What is its owner's alone is reached by no relation: a test
    /// through one would tell what others keep for themselves.
    fn reads(&self, def: &EntityDef) -> bool {
        personal::marks(def).is_none() && self.actor.can(&format!("{}.read", def.name))
    }

    /// Every word there is on an entity, with what it means and its label: fields first.
    #[must_use]
    pub fn words(&self, def: &'static EntityDef) -> Vec<(String, Found, String)> {
        let language = self.actor.language;
        let mut out = Vec::new();
        let own = [&CREATED, &UPDATED].into_iter().filter(|own| def.field(own.name).is_none());
        for field in def.fields.iter().chain(own) {
            if self.hides(def, field) {
                continue;
            }
            if let Some(found) = self.of_field(field)
                && !matches!(&found, Found::Step(step) if !self.reads(step.entity))
            {
                out.push((field.name.to_owned(), found, field.label.say(language).to_owned()));
            }
        }
        for custom in self.custom_of(def) {
            let label = custom.label(language).to_owned();
            out.push((format!("extra.{}", custom.name), Found::Custom(custom.clone()), label));
        }
        for (step, word) in self.back(def) {
            let label = step.entity.labels.say(language);
            let label = match (word.split_once('@'), step.via) {
                (Some(_), Via::Back(by)) => {
                    let by = step.entity.field(by).map_or(by, |field| field.label.say(language));
                    format!("{label} ({by})")
                }
                _ => label.to_owned(),
            };
            out.push((word, Found::Step(step), label));
        }
        out
    }

    /// What one word means on an entity: its name in the API, or its label in either language.
    ///
    /// # Errors
    /// `forbidden` for what is hidden; `Ok(None)` when it means nothing.
    pub fn find(&self, def: &'static EntityDef, word: &str) -> Result<Option<Found>, Fault> {
        if let Some(field) = def.field(word) {
            return self.seen(def, field);
        }
        let own = [&CREATED, &UPDATED].into_iter().find(|own| own.name == word);
        if let Some(own) = own {
            return Ok(Some(Found::Field(own)));
        }
        let named = self.back(def).into_iter().find(|(_, name)| name == word);
        if let Some((step, _)) = named {
            return Ok(Some(Found::Step(step)));
        }
        let typed = typed::folded(word);
        let labelled = |label: Text| self.both(label).contains(&typed);
        if let Some(field) = def.fields.iter().find(|field| labelled(field.label)) {
            return self.seen(def, field);
        }
        let custom = self.custom_of(def).find(|custom| {
            [&custom.name, &custom.label_fr, &custom.label_en]
                .iter()
                .any(|known| typed::folded(known) == typed)
        });
        if let Some(custom) = custom {
            return Ok(Some(Found::Custom(custom.clone())));
        }
        if let Some(own) = [&CREATED, &UPDATED].into_iter().find(|own| labelled(own.label)) {
            return Ok(Some(Found::Field(own)));
        }
        let mut back = self.back(def).into_iter();
        let back = back.find(|(step, word)| {
            !word.contains('@') && (labelled(step.entity.labels) || labelled(step.entity.label))
        });
        Ok(back.map(|(step, _)| Found::Step(step)))
    }

    fn both(&self, label: Text) -> [String; 2] {
        [Language::French, Language::English].map(|language| typed::folded(label.say(language)))
    }

    fn seen(&self, def: &EntityDef, field: &'static FieldDef) -> Result<Option<Found>, Fault> {
        if self.hides(def, field) {
            let right = format!("{}.{}.read", def.name, field.name);
            return Err(Fault::new("forbidden").with("right", right));
        }
        let found = self.of_field(field);
        if let Some(Found::Step(step)) = &found
            && step.many()
        {
            if personal::marks(step.entity).is_some() {
                return Ok(None);
            }
            self.actor.may(&format!("{}.read", step.entity.name))?;
        }
        Ok(found)
    }

    fn of_field(&self, field: &'static FieldDef) -> Option<Found> {
        let Kind::Lines(target) = field.kind else { return Some(Found::Field(field)) };
        let entity = self.catalog.entity(target)?;
        let (parent, _) = entity.parent()?;
        Some(Found::Step(Step { entity, via: Via::Lines(field, parent.name) }))
    }

    /// The step along a reference.
    ///
    /// # Errors
    /// `forbidden` without the right to read what it leads to.
    pub fn along(&self, field: &'static FieldDef) -> Result<Option<Step>, Fault> {
        let Kind::Ref(target) = field.kind else { return Ok(None) };
        let Some(entity) = self.catalog.entity(target) else { return Ok(None) };
        if personal::marks(entity).is_some() {
            return Ok(None);
        }
        self.actor.may(&format!("{}.read", entity.name))?;
        Ok(Some(Step { entity, via: Via::Reference(field) }))
    }

    pub(super) fn custom_of<'s>(
        &'s self,
        def: &'static EntityDef,
    ) -> impl Iterator<Item = &'s CustomField> {
        let closed = rights::extra_hidden(self.actor, def);
        self.custom.iter().filter(move |custom| !closed && custom.entity == def.name)
    }

    /// The records that refer to those of an entity, along an index: by the plural of their entity,
    /// and by `plural@field` for its further references.
    pub(super) fn back(&self, def: &'static EntityDef) -> Vec<(Step, String)> {
        let mut out = Vec::new();
        let shown =
            |line: &EntityDef| def.fields.iter().any(|field| field.kind == Kind::Lines(line.name));
        for entity in self.catalog.entities().filter(|entity| self.reads(entity)) {
            let refers = |field: &&FieldDef| {
                field.kind == Kind::Ref(def.name)
                    && leads(entity, field)
                    && !(field.parent && shown(entity))
                    && !self.hides(entity, field)
            };
            for (rank, field) in entity.fields.iter().filter(refers).enumerate() {
                let word = match rank {
                    0 if def.field(entity.plural).is_none() => entity.plural.to_owned(),
                    _ => format!("{}@{}", entity.plural, field.name),
                };
                out.push((Step { entity, via: Via::Back(field.name) }, word));
            }
        }
        out
    }

    /// The words nearest to one that means nothing.
    pub(super) fn near(&self, def: &'static EntityDef, word: &str) -> String {
        let typed = typed::folded(word);
        let mut all: Vec<(usize, String)> = self
            .words(def)
            .into_iter()
            .map(|(name, _, label)| {
                let far = distance(&typed, &typed::folded(&name))
                    .min(distance(&typed, &typed::folded(&label)));
                (far, name)
            })
            .collect();
        all.sort();
        all.into_iter().take(3).map(|(_, name)| name).collect::<Vec<_>>().join(", ")
    }
}

/// Whether an index of the entity begins with the field.
fn leads(def: &EntityDef, field: &FieldDef) -> bool {
    let first = |groups: &[&[&str]]| groups.iter().any(|group| group.first() == Some(&field.name));
    field.index || field.unique || field.parent || first(def.indexes) || first(def.uniques)
}

/// How many letters differ, one containing the other counting for little (Levenshtein, 1965).
fn distance(one: &str, other: &str) -> usize {
    if !one.is_empty() && (other.contains(one) || one.contains(other)) {
        return 1;
    }
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut corner = at;
        row[0] = at + 1;
        for (rank, facing) in other.iter().enumerate() {
            let kept = corner + usize::from(letter != *facing);
            corner = row[rank + 1];
            row[rank + 1] = kept.min(corner + 1).min(row[rank] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

/// A label as one word of a sieve; `None` when it holds what a word cannot.
#[must_use]
pub fn word(label: &str) -> Option<String> {
    let word = label.trim().to_lowercase().replace([' ', '\u{a0}', '\u{202f}'], "_");
    let fits = word.chars().next().is_some_and(char::is_alphabetic) && word.chars().all(is_letter);
    fits.then_some(word)
}

/// Whether a word may hold the letter.
pub(super) fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '’' | '\'' | '°' | '@' | '-')
}
