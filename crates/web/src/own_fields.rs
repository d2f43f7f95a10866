//! The fields that a company added, on the records whose page is made by hand.

use kernel::{CustomField, CustomKind, EntityDef, Fault, RawId, Shape, Tx};
use maud::{Markup, html};
use serde_json::{Map, Value as Json};

use crate::door::Ask;
use crate::parts::{definitions, section};
use crate::{show, words};

/// The fields of an entity, and what one record holds in them.
#[derive(Debug, Default)]
pub struct OwnFields {
    custom: Vec<CustomField>,
    document: Map<String, Json>,
}

impl OwnFields {
    /// Reads them; a company without fields of its own costs one query.
    ///
    /// # Errors
    /// `store.*`.
    pub fn of(tx: &mut Tx<'_>, def: &'static EntityDef, id: RawId) -> Result<Self, Fault> {
        let custom = Shape::of(tx, def)?.custom;
        if custom.is_empty() {
            return Ok(Self::default());
        }
        let extra = tx.row(def, id)?.and_then(|row| row.extra);
        let document = extra.and_then(|text| serde_json::from_str(&text).ok());
        Ok(Self { custom, document: document.unwrap_or_default() })
    }

    /// A section with each field and its value; nothing when the company added none.
    #[must_use]
    pub fn drawn(&self, ask: &Ask) -> Markup {
        if self.custom.is_empty() {
            return html! {};
        }
        let fields: Vec<(String, Option<Markup>)> = self
            .custom
            .iter()
            .map(|field| (field.label(ask.language).to_owned(), self.value(ask, field)))
            .collect();
        section(ask.say(words::OWN_FIELDS), &html! {}, &definitions(&fields))
    }

    fn value(&self, ask: &Ask, field: &CustomField) -> Option<Markup> {
        let value = self.document.get(&field.name)?;
        Some(match (field.kind, value) {
            (CustomKind::Number, Json::String(text)) => html! { (ask.language.decimal(text)) },
            (CustomKind::Number, value) => html! { (ask.language.decimal(&value.to_string())) },
            (CustomKind::Flag, Json::Bool(flag)) => html! { (ask.say(show::yes_no(*flag))) },
            (CustomKind::Day, Json::String(text)) => match kernel::Day::parse(text) {
                Ok(day) => html! { (ask.language.day(day)) },
                Err(_) => html! { (text) },
            },
            (_, Json::String(text)) => html! { (text) },
            (_, other) => html! { (other.to_string()) },
        })
    }
}
