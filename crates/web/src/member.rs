//! Columns that are no field of the entity itself: the fields that a company added (`extra.note`),
//! and those of the records that this one refers to (`customer.country`). Each is described as a
//! field is, so that whatever draws fields draws them too.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use kernel::query::CustomTest;
use kernel::{
    Actor, Catalog, Condition, CustomField, CustomKind, Day, EntityDef, Fault, FieldDef, Kind, Row,
    Sign, Text, Value,
};
use serde_json::{Map, Value as Json};

use crate::show;

/// What stands before the name of a field that the company added.
const EXTRA: &str = "extra.";

/// The descriptions made so far. A description lives as long as the program does: there are as many
/// as the fields that companies added and the columns that people chose through a relation.
static DESCRIBED: LazyLock<Mutex<HashMap<String, &'static FieldDef>>> =
    LazyLock::new(Mutex::default);

fn described(key: String, make: impl FnOnce() -> FieldDef) -> &'static FieldDef {
    let mut known = DESCRIBED.lock().unwrap_or_else(PoisonError::into_inner);
    known.entry(key).or_insert_with(|| Box::leak(Box::new(make())))
}

fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// A field that the company added, described: a number is drawn as a quantity, and its values are
/// texts.
#[must_use]
pub fn own(custom: &CustomField) -> &'static FieldDef {
    let words: Vec<&str> = custom.choices().collect();
    let key = format!(
        "{}.{}\n{}\n{}\n{:?}\n{}\n{}",
        custom.entity,
        custom.name,
        custom.label_fr,
        custom.label_en,
        custom.kind,
        custom.required,
        words.join("\n"),
    );
    described(key, || {
        let label = Text::new(kept(custom.label_fr.clone()), kept(custom.label_en.clone()));
        let name = kept(format!("{EXTRA}{}", custom.name));
        let kind = match custom.kind {
            CustomKind::Text => Kind::Text { max: 2_000 },
            CustomKind::Number => Kind::Quantity,
            CustomKind::Day => Kind::Day,
            CustomKind::Flag => Kind::Flag,
            CustomKind::Choice => {
                let values = words.iter().map(|word| {
                    let word = kept((*word).to_owned());
                    (word, Text::new(word, word))
                });
                Kind::Choice(Box::leak(values.collect::<Vec<_>>().into_boxed_slice()))
            }
        };
        // A flag is on or off, never neither.
        let required = custom.required || custom.kind == CustomKind::Flag;
        FieldDef { kind, required, ..FieldDef::of::<Option<String>>(name, label, "") }
    })
}

/// A field of the record that another one refers to, under both names.
fn across(def: &EntityDef, by: &'static FieldDef, field: &'static FieldDef) -> &'static FieldDef {
    let (fr, en) = (
        format!("{} · {}", by.label.fr, field.label.fr),
        format!("{} · {}", by.label.en, field.label.en),
    );
    let key = format!("{}>{}.{}\n{fr}\n{en}\n{:?}", def.name, by.name, field.name, field.kind);
    described(key, || {
        let label = Text::new(kept(fr), kept(en));
        let name = kept(format!("{}.{}", by.name, field.name));
        // Read here, changed on its own record.
        FieldDef { kind: field.kind, ..FieldDef::of::<Option<String>>(name, label, "").system() }
    })
}

/// Whether a company added this field.
#[must_use]
pub fn is_own(field: &FieldDef) -> bool {
    field.name.starts_with(EXTRA)
}

/// The reference that the column goes through, when it goes through one.
#[must_use]
pub fn through(def: &EntityDef, field: &FieldDef) -> Option<(&'static FieldDef, &'static str)> {
    let (by, _) = field.name.split_once('.').filter(|_| !is_own(field))?;
    let by = def.field(by)?;
    match by.kind {
        Kind::Ref(target) => Some((by, target)),
        _ => None,
    }
}

/// Where columns are looked for: who reads, and what there is.
#[derive(Clone, Copy)]
pub struct Members<'a> {
    pub catalog: &'static Catalog,
    pub actor: &'a Actor,
    /// The fields that the company added, of every entity.
    pub custom: &'a [CustomField],
}

impl Members<'_> {
    /// The column of this name; `None` when there is none.
    ///
    /// # Errors
    /// `forbidden` for what this person may not see.
    pub fn find(
        &self,
        def: &'static EntityDef,
        name: &str,
    ) -> Result<Option<&'static FieldDef>, Fault> {
        if let Some(field) = self.here(def, name)? {
            return Ok(Some(field));
        }
        let Some((by, rest)) = name.split_once('.') else { return Ok(None) };
        let Some(by) = self.here(def, by)? else { return Ok(None) };
        let Some(entity) = self.target(by) else { return Ok(None) };
        self.actor.may(&format!("{}.read", entity.name))?;
        Ok(self.here(entity, rest)?.map(|field| across(def, by, field)))
    }

    fn here(
        &self,
        def: &'static EntityDef,
        name: &str,
    ) -> Result<Option<&'static FieldDef>, Fault> {
        if name.starts_with(EXTRA) {
            return Ok(self.own(def).find(|field| field.name == name));
        }
        let field = def.field(name).filter(|field| !matches!(field.kind, Kind::Lines(_)));
        if let Some(field) = field.filter(|field| show::hidden(self.actor, def, field)) {
            let right = format!("{}.{}.read", def.name, field.name);
            return Err(Fault::new("forbidden").with("right", right));
        }
        Ok(field)
    }

    fn target(&self, by: &FieldDef) -> Option<&'static EntityDef> {
        match by.kind {
            Kind::Ref(target) => self.catalog.entity(target),
            _ => None,
        }
    }

    /// The fields that the company added to an entity.
    pub fn own(&self, def: &'static EntityDef) -> impl Iterator<Item = &'static FieldDef> + '_ {
        self.custom.iter().filter(move |custom| custom.entity == def.name).map(own)
    }

    /// The fields of an entity that may be columns, and those that the company added.
    #[must_use]
    pub fn all(&self, def: &'static EntityDef) -> Vec<&'static FieldDef> {
        let language = self.actor.language;
        let seen = def.stored().filter(|field| {
            !show::hidden(self.actor, def, field)
                && !crate::columns::of_the_other_tongue(language, def, field)
        });
        seen.chain(self.own(def)).collect()
    }

    /// The references through which columns may be chosen, and where each leads.
    #[must_use]
    pub fn relations(
        &self,
        def: &'static EntityDef,
    ) -> Vec<(&'static FieldDef, &'static EntityDef)> {
        let seen = def.stored().filter(|field| !show::hidden(self.actor, def, field));
        let leads = |by: &'static FieldDef| {
            let entity = self.target(by)?;
            self.actor.can(&format!("{}.read", entity.name)).then_some((by, entity))
        };
        seen.filter_map(leads).collect()
    }

    /// The columns of the record that a reference names.
    #[must_use]
    pub fn beyond(&self, def: &'static EntityDef, by: &'static FieldDef) -> Vec<&'static FieldDef> {
        let Some(entity) = self.target(by) else { return Vec::new() };
        self.all(entity).into_iter().map(|field| across(def, by, field)).collect()
    }
}

/// What a record holds in one of its fields, or in one that the company added.
#[must_use]
pub fn held<'r>(def: &EntityDef, row: &'r Row, field: &FieldDef) -> Cow<'r, Value> {
    let Some(name) = field.name.strip_prefix(EXTRA) else {
        let value = def.rank(field.name).and_then(|rank| row.values.get(rank));
        return value.map_or(Cow::Owned(Value::Null), Cow::Borrowed);
    };
    let document = row.extra.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let document: Map<String, Json> = document.unwrap_or_default();
    Cow::Owned(document.get(name).map_or(Value::Null, |value| read(field.kind, value)))
}

/// A value of the JSON document. What an earlier kind of the field left behind is a text.
fn read(kind: Kind, value: &Json) -> Value {
    match (kind, value) {
        (_, Json::Null) => Value::Null,
        (_, Json::Bool(flag)) => Value::Flag(*flag),
        (Kind::Day, Json::String(text)) => {
            Day::parse(text).map_or_else(|_| Value::Text(text.clone()), Value::Day)
        }
        (_, Json::String(text)) => Value::Text(text.clone()),
        (_, other) => Value::Text(other.to_string()),
    }
}

/// The test that the records with this value pass, or those with one after it, or before.
#[must_use]
pub fn compared(field: &'static FieldDef, sign: Sign, value: Value) -> Condition {
    let Some(name) = field.name.strip_prefix(EXTRA) else {
        return match (sign, value) {
            (_, Value::Null) => Condition::Empty(field.name),
            (Sign::Is, value) => Condition::Is(field.name, value),
            (Sign::Above, value) => Condition::Above(field.name, value),
            (Sign::AtLeast, value) => Condition::AtLeast(field.name, value),
            (Sign::Below, value) => Condition::Below(field.name, value),
            (Sign::AtMost, value) => Condition::AtMost(field.name, value),
        };
    };
    let kind = match field.kind {
        Kind::Quantity => CustomKind::Number,
        Kind::Day => CustomKind::Day,
        Kind::Flag => CustomKind::Flag,
        Kind::Choice(_) => CustomKind::Choice,
        _ => CustomKind::Text,
    };
    let test = match value {
        Value::Null => CustomTest::Empty,
        Value::Text(text) => CustomTest::Compare(sign, text),
        Value::Flag(flag) => CustomTest::Compare(sign, flag.to_string()),
        Value::Day(day) => CustomTest::Compare(sign, day.to_string()),
        other => CustomTest::Compare(sign, kernel::written(&other, kernel::Language::English)),
    };
    Condition::Custom(name.to_owned(), kind, test)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::LongText;

    fn field(kind: CustomKind, values: &str) -> CustomField {
        CustomField {
            entity: "party".into(),
            name: "note".into(),
            label_fr: "Remarque".into(),
            label_en: "Note".into(),
            kind,
            values: (!values.is_empty()).then(|| LongText(values.to_owned())),
            required: false,
        }
    }

    #[test]
    fn a_field_of_the_company_is_described_once() {
        let one = own(&field(CustomKind::Choice, "or\nargent"));
        assert!(std::ptr::eq(one, own(&field(CustomKind::Choice, "or\nargent"))));
        assert_eq!(
            one.choices().iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            ["or", "argent"]
        );
        let other = own(&field(CustomKind::Choice, "or"));
        assert_eq!(other.choices().len(), 1);
        assert_eq!((other.name, other.label.fr), ("extra.note", "Remarque"));
    }

    #[test]
    fn what_an_earlier_kind_left_behind_is_read_as_text() {
        assert_eq!(read(Kind::Day, &Json::from("demain")), Value::Text("demain".into()));
        assert_eq!(read(Kind::Quantity, &Json::from(12)), Value::Text("12".into()));
        assert_eq!(read(Kind::Flag, &Json::Bool(true)), Value::Flag(true));
    }
}
