//! Values as they are read: amounts the language's way, choices by their label, references by the
//! title of the record, states with their shape.

use identity::Role;
use kernel::{
    Actor, Catalog, Choice, EntityDef, FieldDef, Kind, Language, RawId, Text, Value, written,
};
use maud::{Markup, html};

use crate::parts::{Tone, state};
use crate::titles::Titles;
use crate::words;

/// Who reads, and what is known of the records referred to.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub catalog: &'static Catalog,
    pub actor: &'a Actor,
    pub language: Language,
    pub titles: &'a Titles,
}

impl Reader<'_> {
    /// The value, drawn; `None` when there is nothing.
    #[must_use]
    pub fn value(&self, def: &EntityDef, field: &FieldDef, value: &Value) -> Option<Markup> {
        if hidden(self.actor, def, field) {
            return Some(html! { span.muted { (words::HIDDEN.say(self.language)) } });
        }
        match (field.kind, value) {
            (_, Value::Null) => None,
            (Kind::LongText, Value::Text(text)) => Some(paragraph(text)),
            (Kind::Choice(_), Value::Text(name)) if is_state(field) => {
                Some(state(tone(name), self.choice(field, name)))
            }
            (_, Value::Text(text)) if text.is_empty() => None,
            (Kind::Choice(_), Value::Text(name)) => Some(html! { (self.choice(field, name)) }),
            (Kind::Ref(target), Value::Ref(id)) => Some(self.reference(target, *id)),
            (_, Value::Origin(origin)) => Some(self.reference(origin.entity, origin.id)),
            // The company's own numbers are kept as they were typed.
            (Kind::Quantity, Value::Text(text)) => Some(html! { (self.language.decimal(text)) }),
            (_, Value::Text(text)) => Some(html! { (owner(field, text, self.language)) }),
            _ => Some(html! { (written(value, self.language)) }),
        }
    }

    /// The value as plain text; empty when there is nothing.
    #[must_use]
    pub fn text(&self, def: &EntityDef, field: &FieldDef, value: &Value) -> String {
        if hidden(self.actor, def, field) {
            return words::HIDDEN.say(self.language).to_owned();
        }
        match (field.kind, value) {
            (_, Value::Null) => String::new(),
            (Kind::Choice(_), Value::Text(name)) => self.choice(field, name).to_owned(),
            (Kind::Ref(target), Value::Ref(id)) => self.title(target, *id).to_owned(),
            (_, Value::Origin(origin)) => self.title(origin.entity, origin.id).to_owned(),
            (Kind::Quantity, Value::Text(text)) => self.language.decimal(text),
            (_, Value::Text(text)) => owner(field, text, self.language).to_owned(),
            _ => written(value, self.language),
        }
    }

    fn choice<'f>(&self, field: &FieldDef, name: &'f str) -> &'f str {
        let found = field.choices().iter().find(|(known, _)| *known == name);
        found.map_or(name, |(_, label)| label.say(self.language))
    }

    fn title(&self, entity: &str, id: RawId) -> &str {
        self.titles.of(entity, id).unwrap_or_else(|| words::HIDDEN.say(self.language))
    }

    fn reference(&self, entity: &str, id: RawId) -> Markup {
        match (self.titles.of(entity, id), self.catalog.entity(entity)) {
            (Some(title), Some(def)) if self.actor.can(&format!("{entity}.read")) => html! {
                a href=(href(def, id)) { (title) }
            },
            (Some(title), _) => html! { (title) },
            _ => html! { span.muted { (words::HIDDEN.say(self.language)) } },
        }
    }
}

/// Who is to act may be a person, by name, or whoever has a role, by its code.
fn owner<'t>(field: &FieldDef, text: &'t str, language: Language) -> &'t str {
    match Role::of_name(text) {
        Some(role) if field.name == "owner" => role.label().say(language),
        _ => text,
    }
}

/// The address of a record.
#[must_use]
pub fn href(def: &EntityDef, id: RawId) -> String {
    format!("/{}/{id}", def.plural)
}

/// Whether this value is not for the eyes of this person.
#[must_use]
pub fn hidden(actor: &Actor, def: &EntityDef, field: &FieldDef) -> bool {
    kernel::rights::hidden(actor, def, field)
}

/// Whether this person neither sees this value nor sets it: forms leave the field as it is.
#[must_use]
pub fn closed(actor: &Actor, def: &EntityDef, field: &FieldDef) -> bool {
    hidden(actor, def, field) || kernel::rights::locked(actor, def, field)
}

/// Text of several lines, its line ends kept.
#[must_use]
pub fn paragraph(text: &str) -> Markup {
    html! {
        @for (rank, line) in text.lines().enumerate() {
            @if rank > 0 { br; }
            (line)
        }
    }
}

/// Whether a choice says where a record stands, and is drawn with a shape.
#[must_use]
pub fn is_state(field: &FieldDef) -> bool {
    let named = matches!(field.name, "state" | "stage" | "standing" | "status" | "payment");
    matches!(field.kind, Kind::Choice(_)) && (named || field.name.ends_with("_state"))
}

/// What a state means to the person who looks, by its name.
#[must_use]
pub fn tone(name: &str) -> Tone {
    match name {
        "blocked" | "held" | "overdue" | "failed" | "broken" => Tone::Blocked,
        "late" | "expired" | "lost" | "refused" => Tone::Watch,
        "done" | "closed" | "paid" | "full" | "delivered" | "posted" | "won" | "accepted"
        | "matched" | "applied" | "good" => Tone::Done,
        "partial" | "sent" | "confirmed" | "picked" | "packed" | "shipped" | "proposal"
        | "negotiation" | "qualified" => Tone::Half,
        "active" => Tone::Yours,
        _ => Tone::Wait,
    }
}

/// Yes or no.
#[must_use]
pub const fn yes_no(flag: bool) -> Text {
    if flag { words::YES } else { words::NO }
}
