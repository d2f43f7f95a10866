//! A sheet as a form.

use kernel::{CustomKind, FieldDef, Kind, Language, sentence};
use maud::{Markup, html};

use super::lines::{self, shown};
use super::part;
use super::sheet::Sheet;
use super::stale;
use crate::door::{Ask, new_key};
use crate::parts::{Button, Field, Opt, Tone, banner, error_summary, fieldset, form_end, hidden};
use crate::{member, words};

/// The whole form: its hidden values, what is wrong, the fields, the lines, the buttons.
#[must_use]
pub fn drawn(ask: &Ask, sheet: &Sheet) -> Markup {
    let language = ask.language;
    let lists = sheet.def.fields.iter().filter(|field| matches!(field.kind, Kind::Lines(_)));
    html! {
        form.form #form method="post" action=(sheet.action()) data-guard {
            (frame(ask, sheet))
            (summary(ask, sheet))
            (fieldset(sheet.def.label.say(language), &fields_of(ask, sheet)))
            @if !sheet.custom.is_empty() {
                (fieldset(ask.say(words::OWN_FIELDS), &custom(ask, sheet)))
            }
            @for list in lists { (lines::grid(ask, sheet, list)) }
            (form_end(language, &html! {
                (Button::submit(ask.say(if sheet.id.is_some() { words::SAVE } else { words::CREATE }))
                    .primary()
                    .key("ctrl+s"))
                (part::staying(ask, sheet))
                (Button::link(ask.say(words::CANCEL), sheet.way_out()))
            }))
        }
    }
}

/// What the form sends and nobody sees. The first button of a form is the one that Enter presses:
/// it must be the one that saves.
#[must_use]
pub fn frame(ask: &Ask, sheet: &Sheet) -> Markup {
    let version = sheet.version.map(|version| version.to_string()).unwrap_or_default();
    html! {
        (hidden(&[
            ("token", ask.token.as_str()),
            ("key", new_key().as_str()),
            ("version", version.as_str()),
            ("back", sheet.value("back")),
        ]))
        button.sr type="submit" tabindex="-1" aria-hidden="true" { (ask.say(words::SAVE)) }
    }
}

/// What is wrong, said at the top: each refusal a link to its field; when someone else was quicker,
/// both values.
#[must_use]
pub fn summary(ask: &Ask, sheet: &Sheet) -> Markup {
    if sheet.faults.has("record.stale") {
        return stale::drawn(ask, sheet);
    }
    if sheet.faults.has("idempotency.reused") {
        let said = ask.say(words::SEND_AGAIN);
        return banner(Tone::Watch, said, &html! {}, "", &[]);
    }
    let errors: Vec<(String, String)> = sheet
        .faults
        .0
        .iter()
        .map(|fault| {
            let name = fault.field.as_deref().unwrap_or("");
            let place = match part::address(sheet, name) {
                Some(address) => address,
                None if on_form(ask, sheet, name) => name.to_owned(),
                None => String::new(),
            };
            let told = sentence(fault, ask.language);
            match label(sheet, name, ask.language) {
                Some(label) => (place, words::colon(ask.language, &label, &told)),
                None => (place, told),
            }
        })
        .collect();
    error_summary(ask.language, &errors)
}

fn on_form(ask: &Ask, sheet: &Sheet, name: &str) -> bool {
    let base = name.split('.').next().unwrap_or("");
    let own = sheet.edited(ask).iter().any(|field| field.name == base);
    let list = sheet.def.field(base).is_some_and(|field| matches!(field.kind, Kind::Lines(_)));
    own || base == "extra" || (list && name != base)
}

/// `Lignes, 2 : Quantité`, from `lines.1.quantity`.
fn label(sheet: &Sheet, name: &str, language: Language) -> Option<String> {
    if let Some(custom) = name.strip_prefix("extra.") {
        let found = sheet.custom.iter().find(|field| field.name == custom)?;
        return Some(found.label(language).to_owned());
    }
    let (base, rest) = name.split_once('.').unwrap_or((name, ""));
    let label = sheet.def.field(base)?.label.say(language);
    match part::number(sheet, base, rest) {
        Some(number) => Some(format!("{label}, {number}")),
        None => Some(label.to_owned()),
    }
}

/// The controls of the record's own fields, in their order.
#[must_use]
pub fn fields_of(ask: &Ask, sheet: &Sheet) -> Markup {
    let first = sheet.edited(ask).first().map(|field| field.name);
    html! {
        @for field in sheet.edited(ask) {
            @if matches!(field.kind, Kind::Origin) && !sheet.choices.contains_key(field.name) {
                (about(ask, sheet, field))
            }
            @else {
                @let drawn = control(ask, sheet, field);
                @if first == Some(field.name) && sheet.faults.0.is_empty() && sheet.id.is_none() {
                    (drawn.focus())
                } @else { (drawn) }
                @if matches!(field.kind, Kind::Flag) && field.required {
                    input type="hidden" name="flags" value=(field.name);
                }
            }
        }
    }
}

/// What a record is about comes with the address, from the page of that record; nobody types it.
fn about(ask: &Ask, sheet: &Sheet, field: &'static FieldDef) -> Markup {
    let value = sheet.value(field.name);
    let origin = kernel::json::origin(value, |name| ask.state.catalog.entity(name));
    let Some(origin) = origin else { return html! {} };
    let title = sheet.titles.of(origin.entity, origin.id).unwrap_or(value);
    html! {
        (Field::text(ask.language, field.name, field.label.say(ask.language))
            .value(title)
            .locked(true)
            .error(sheet.error(field.name, ask.language)))
        input type="hidden" name=(field.name) value=(value);
    }
}

/// The control of one field, as its kind asks.
#[must_use]
pub fn control(ask: &Ask, sheet: &Sheet, field: &'static FieldDef) -> Field {
    let (language, name, label) = (ask.language, field.name, field.label.say(ask.language));
    // The company's own numbers are kept with a point.
    let comma = member::is_own(field)
        && matches!(field.kind, Kind::Quantity)
        && language == Language::French;
    let value = sheet.value(name);
    let value = if comma { value.replace('.', ",") } else { value.to_owned() };
    let choice = |options: Vec<Opt>| {
        let blank = !field.required || value.is_empty();
        Field::choice(language, name, label, options, blank.then(|| ask.say(words::NO_CHOICE)))
    };
    let control = match field.kind {
        Kind::Text { .. } if name.ends_with("email") => Field::email(language, name, label),
        Kind::Text { .. } if name.ends_with("phone") => {
            Field::typed(language, name, label, "tel", None)
        }
        Kind::Text { .. } if field.title => Field::text(language, name, label).wide(),
        Kind::Text { .. } | Kind::Lines(_) => Field::text(language, name, label),
        Kind::LongText => Field::long(language, name, label),
        Kind::Integer | Kind::Quantity => Field::figure(language, name, label, ""),
        Kind::Money | Kind::Price => Field::figure(language, name, label, ask.currency.as_str()),
        Kind::Rate => Field::figure(language, name, label, "%"),
        Kind::Day => Field::day(language, name, label),
        Kind::Instant => Field::instant(language, name, label),
        Kind::Flag if field.required => Field::flag(language, name, label),
        Kind::Flag => choice(vec![
            Opt::new("true", ask.say(words::YES)),
            Opt::new("false", ask.say(words::NO)),
        ]),
        Kind::Choice(values) => {
            let option =
                |(name, label): &(&str, kernel::Text)| Opt::new(*name, label.say(language));
            choice(values.iter().map(option).collect())
        }
        Kind::Ref(target) => match sheet.choices.get(target).filter(|list| !list.is_empty()) {
            Some(options) => choice(options.clone()),
            None => {
                let shown = shown(sheet, &sheet.typed, name, target);
                Field::reference(language, name, label, target, shown)
            }
        },
        Kind::Origin => match sheet.choices.get(field.name) {
            Some(people) => choice(people.clone()),
            None => Field::text(language, name, label),
        },
    };
    control
        .value(value)
        .required(field.required && !matches!(field.kind, Kind::Flag))
        .error(sheet.error(name, language))
}

/// The controls of the company's own fields.
#[must_use]
pub fn custom(ask: &Ask, sheet: &Sheet) -> Markup {
    let language = ask.language;
    html! {
        @for field in &sheet.custom {
            @let name = format!("extra.{}", field.name);
            @let label = field.label(language);
            @let control = match field.kind {
                CustomKind::Text => Field::text(language, name.as_str(), label),
                CustomKind::Number => Field::figure(language, name.as_str(), label, ""),
                CustomKind::Day => Field::day(language, name.as_str(), label),
                CustomKind::Flag => Field::flag(language, name.as_str(), label),
                CustomKind::Choice => {
                    let options = field.choices().map(|word| Opt::new(word, word)).collect();
                    Field::choice(language, name.as_str(), label, options, Some(ask.say(words::NO_CHOICE)))
                }
            };
            @let text = sheet.value(&name);
            @let number = matches!(field.kind, CustomKind::Number) && language == Language::French;
            (control
                .value(if number { text.replace('.', ",") } else { text.to_owned() })
                .required(field.required && field.kind != CustomKind::Flag)
                .error(sheet.error(&name, language)))
            @if field.kind == CustomKind::Flag {
                input type="hidden" name="flags" value=(name);
            }
        }
    }
}
