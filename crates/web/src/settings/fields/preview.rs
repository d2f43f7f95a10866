//! How a field will look, where it will be found.

use kernel::{CustomField, CustomKind, Day, Language, Text};
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use crate::door::Ask;
use crate::parts::{Column, Field, Ledger, Opt, Row, section};
use crate::words;

/// The previews: each with an id, so that a script can renew them as one types.
#[must_use]
pub fn drawn(ask: &Ask, field: &CustomField) -> Markup {
    let list = Text::new("Dans la liste", "In the list");
    let form = Text::new("Dans le formulaire", "In the form");
    let file = Text::new("Dans un fichier", "In a file");
    let api = Text::new("Pour un programme", "To a program");
    html! {
        div #field-preview aria-live="polite" {
            (section(ask.say(list), &html! {}, &in_list(ask, field)))
            (section(ask.say(form), &html! {}, &in_form(ask.language, field, ask)))
            (section(ask.say(file), &html! {}, &in_file(ask, field)))
            (section(ask.say(api), &html! {}, &to_program(ask, field)))
        }
    }
}

/// The label, or what stands for it while nothing is typed.
fn label(field: &CustomField, language: Language) -> &str {
    let own = field.label(language);
    if own.is_empty() { "…" } else { own }
}

const AN_EXAMPLE: Day = Day(20_781);

/// A value as people read it.
fn shown(field: &CustomField, language: Language) -> String {
    match field.kind {
        CustomKind::Text => Text::new("un texte", "some text").say(language).to_owned(),
        CustomKind::Number => language.decimal("1234.5"),
        CustomKind::Day => language.day(AN_EXAMPLE),
        CustomKind::Flag => words::YES.say(language).to_owned(),
        CustomKind::Choice => field.choices().next().unwrap_or("…").to_owned(),
    }
}

fn in_list(ask: &Ask, field: &CustomField) -> Markup {
    let def = ask.state.catalog.entity(&field.entity);
    let record = def.map_or("…", |def| def.label.say(ask.language));
    let own = label(field, ask.language);
    let column = match field.kind {
        CustomKind::Number => Column::figure(own),
        _ => Column::text(own),
    };
    let columns = vec![Column::text(record), column];
    let row = Row::new(vec![html! { "…" }, html! { (shown(field, ask.language)) }]);
    html! { (Ledger::new(ask.language, own, columns).no_margin().row(row)) }
}

fn in_form(language: Language, field: &CustomField, ask: &Ask) -> Markup {
    let (name, label) = ("preview", label(field, language));
    let control = match field.kind {
        CustomKind::Text => Field::text(language, name, label),
        CustomKind::Number => Field::figure(language, name, label, ""),
        CustomKind::Day => Field::day(language, name, label),
        CustomKind::Flag => Field::flag(language, name, label),
        CustomKind::Choice => {
            let options = field.choices().map(|word| Opt::new(word, word)).collect();
            Field::choice(language, name, label, options, Some(ask.say(words::NO_CHOICE)))
        }
    };
    html! { (control.id("preview-control").required(field.required && field.kind != CustomKind::Flag)) }
}

fn in_file(ask: &Ask, field: &CustomField) -> Markup {
    let note = Text::new(
        "Une colonne de ce nom est reconnue à l’import ; l’export l’écrit ainsi.",
        "A column of this name is recognised on import; the export writes it so.",
    );
    let mut labels = vec![label(field, Language::French), label(field, Language::English)];
    labels.dedup();
    html! {
        p { code { "extra." (field.name) } " · " (labels.join(" · ")) }
        p.muted { (ask.say(note)) }
    }
}

fn to_program(ask: &Ask, field: &CustomField) -> Markup {
    let value = match field.kind {
        CustomKind::Text => json!("…"),
        CustomKind::Number => json!("1234.5"),
        CustomKind::Day => json!(AN_EXAMPLE.to_string()),
        CustomKind::Flag => json!(true),
        CustomKind::Choice => json!(field.choices().next().unwrap_or("…")),
    };
    let mut extra = serde_json::Map::new();
    extra.insert(field.name.clone(), value);
    let document = json!({ "extra": Json::Object(extra) });
    let plural = ask.state.catalog.entity(&field.entity).map_or("…", |def| def.plural);
    html! {
        p { code { "PATCH /api/" (plural) "/{id}" } }
        pre.code { (serde_json::to_string_pretty(&document).unwrap_or_default()) }
    }
}
