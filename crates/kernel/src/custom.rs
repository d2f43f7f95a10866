//! Fields that a company adds itself. Their values live in the JSON document of each record.

use serde_json::{Map, Value as Json};

use crate::{Choice, Day, EntityDef, Fault, Faults, Language, LongText, Rules, Tx, parse_decimal};

/// A field that the company added to an entity.
#[derive(Debug, Clone, PartialEq, kernel_derive::Entity)]
#[entity(
    fr = "Champ personnalisé",
    en = "Custom field",
    frs = "Champs personnalisés",
    ens = "Custom fields",
    unique = "entity, name",
    steady
)]
pub struct CustomField {
    /// The entity it belongs to, by its name in the API.
    #[field(fr = "Fiche", en = "Entity", list)]
    pub entity: String,
    /// The member's name in the JSON document: lower case letters, digits and `_`.
    #[field(fr = "Nom technique", en = "Technical name", list, title)]
    pub name: String,
    #[field(fr = "Libellé français", en = "French label", list)]
    pub label_fr: String,
    #[field(fr = "Libellé anglais", en = "English label")]
    pub label_en: String,
    #[field(fr = "Type", en = "Kind", list)]
    pub kind: CustomKind,
    /// For a choice: one value a line.
    #[field(fr = "Valeurs possibles", en = "Possible values")]
    pub values: Option<LongText>,
    #[field(fr = "Obligatoire", en = "Required", list)]
    pub required: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, kernel_derive::Choice)]
pub enum CustomKind {
    #[choice(fr = "Texte", en = "Text")]
    Text,
    #[choice(fr = "Nombre", en = "Number")]
    Number,
    #[choice(fr = "Date", en = "Date")]
    Day,
    #[choice(fr = "Oui ou non", en = "Yes or no")]
    Flag,
    #[choice(fr = "Choix", en = "Choice")]
    Choice,
}

impl Rules for CustomField {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let starts = self.name.starts_with(|c: char| c.is_ascii_lowercase());
        faults.ensure(starts && self.name.len() <= 40 && self.name.chars().all(plain), || {
            Fault::new("custom_field.name").on("name").with("given", self.name.as_str())
        });
        let listed = self.choices().next().is_some();
        faults.ensure(self.kind != CustomKind::Choice || listed, || {
            Fault::new("custom_field.values").on("values")
        });
        faults.into_result()
    }
}

impl CustomField {
    #[must_use]
    pub fn label(&self, language: Language) -> &str {
        match language {
            Language::French => &self.label_fr,
            Language::English => &self.label_en,
        }
    }
    /// The values of a choice.
    pub fn choices(&self) -> impl Iterator<Item = &str> {
        let text = self.values.as_ref().map_or("", |values| values.0.as_str());
        text.lines().map(str::trim).filter(|line| !line.is_empty())
    }

    fn accepts(&self, value: &Json) -> bool {
        match (self.kind, value) {
            (_, Json::Null) => !self.required,
            (CustomKind::Text, Json::String(text)) => {
                text.chars().count() <= 2000 && !text.contains('\0')
            }
            (CustomKind::Number, Json::String(text)) => parse_decimal(text, 6).is_ok(),
            (CustomKind::Number, Json::Number(_)) | (CustomKind::Flag, Json::Bool(_)) => true,
            (CustomKind::Day, Json::String(text)) => Day::parse(text).is_ok(),
            (CustomKind::Choice, Json::String(text)) => self.choices().any(|choice| choice == text),
            _ => false,
        }
    }
}

/// An entity as a company sees it: what the program describes and what the company added.
#[derive(Debug)]
pub struct Shape {
    pub def: &'static EntityDef,
    pub custom: Vec<CustomField>,
}

impl Shape {
    /// # Errors
    /// `store.*`.
    pub fn of(tx: &mut Tx<'_>, def: &'static EntityDef) -> Result<Self, Fault> {
        if tx.hides_extra(def) {
            return Ok(Self { def, custom: Vec::new() });
        }
        let custom = tx.find(CustomField::ENTITY.is(&def.name.to_owned()))?;
        Ok(Self { def, custom: custom.into_iter().map(crate::Kept::into_inner).collect() })
    }

    /// Merges the given members into the document a record has, and checks the whole.
    ///
    /// # Errors
    /// `field.unknown`, `custom_field.value`, each on `extra.name`.
    pub fn merge(
        &self,
        present: Option<&str>,
        given: &Map<String, Json>,
    ) -> Result<Option<String>, Faults> {
        let mut document: Map<String, Json> =
            present.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let mut faults = Faults::default();
        for (name, value) in given {
            let known = self.custom.iter().any(|field| field.name == *name);
            faults.ensure(known, || Fault::new("field.unknown").on(format!("extra.{name}")));
            document.insert(name.clone(), value.clone());
        }
        for field in &self.custom {
            let value = document.get(&field.name).unwrap_or(&Json::Null);
            faults.ensure(field.accepts(value), || {
                Fault::new("custom_field.value")
                    .on(format!("extra.{}", field.name))
                    .with("kind", field.kind.name())
            });
        }
        faults.into_result()?;
        document.retain(|_, value| !value.is_null());
        Ok((!document.is_empty()).then(|| Json::Object(document).to_string()))
    }
}
