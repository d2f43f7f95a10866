//! The values of a sieve: read as a person types them, and written so that they are read back.

use super::{Found, Moment, Operand, Scope, Style};
use crate::{
    Currency, CustomField, CustomKind, Day, Fault, FieldDef, Instant, Kind, Language, RawId, Text,
    Value, json, typed,
};

/// The words for what is not filled in: French, English.
const EMPTY: Text = Text::new("vide", "empty");

/// Whether the word stands for what is not filled in.
pub(super) fn is_empty(text: &str) -> bool {
    let typed = typed::folded(text);
    typed == EMPTY.fr || typed == EMPTY.en
}

/// The kind of value that a custom field holds.
pub(super) fn kind_of(custom: CustomKind) -> Kind {
    match custom {
        CustomKind::Text | CustomKind::Choice => Kind::Text { max: 2000 },
        CustomKind::Number => Kind::Rate,
        CustomKind::Day => Kind::Day,
        CustomKind::Flag => Kind::Flag,
    }
}

/// Reads what a field is compared with. `quoted` text is never a word of ours.
///
/// # Errors
/// Those of [`typed::to_value`].
pub(super) fn read(
    scope: &Scope<'_>,
    found: &Found,
    text: &str,
    quoted: bool,
) -> Result<Operand, Fault> {
    if !quoted && is_empty(text) {
        return Ok(Operand::Empty);
    }
    match found {
        Found::Field(field) => of_field(scope, field, text),
        Found::Custom(custom) => of_custom(scope, custom, text),
        Found::Step(_) => Err(Fault::new("field.type")),
    }
}

fn of_field(scope: &Scope<'_>, field: &'static FieldDef, text: &str) -> Result<Operand, Fault> {
    let language = scope.actor.language;
    let value = match field.kind {
        Kind::Day | Kind::Instant if Moment::read(text).is_some() => {
            return Ok(Moment::read(text).map_or(Operand::Empty, Operand::Moment));
        }
        Kind::Instant => match day(text, language) {
            Some(day) => return Ok(Operand::Moment(Moment::On(day))),
            None => typed::to_value(field, text, language, scope.currency)?,
        },
        Kind::Ref(_) => match RawId::parse(text) {
            Ok(id) => Value::Ref(id),
            Err(_) => Value::Text(text.to_owned()),
        },
        Kind::Origin => {
            let origin = json::origin(text, |name| scope.catalog.entity(name));
            Value::Origin(origin.ok_or_else(|| Fault::new("id.malformed").with("given", text))?)
        }
        Kind::Text { .. } | Kind::LongText => Value::Text(text.to_owned()),
        _ => typed::to_value(field, text, language, scope.currency)?,
    };
    Ok(Operand::Value(value))
}

fn of_custom(scope: &Scope<'_>, custom: &CustomField, text: &str) -> Result<Operand, Fault> {
    let language = scope.actor.language;
    let value = match custom.kind {
        CustomKind::Day => match Moment::read(text) {
            Some(moment) => return Ok(Operand::Moment(moment)),
            None => day(text, language)
                .map(Value::Day)
                .ok_or_else(|| Fault::new("day.malformed").with("given", text))?,
        },
        CustomKind::Flag => {
            let flag = FieldDef::of::<bool>("", Text::new("", ""), "");
            typed::to_value(&flag, text, language, scope.currency)?
        }
        CustomKind::Number => {
            let plain = language.plain(text);
            crate::parse_decimal(&plain, 6)?;
            Value::Text(plain)
        }
        CustomKind::Choice => {
            let known =
                custom.choices().find(|choice| typed::folded(choice) == typed::folded(text));
            let known = known.ok_or_else(|| Fault::new("field.choice").with("given", text))?;
            Value::Text(known.to_owned())
        }
        CustomKind::Text => Value::Text(text.to_owned()),
    };
    Ok(Operand::Value(value))
}

fn day(text: &str, language: Language) -> Option<Day> {
    const DAY: FieldDef = FieldDef::of::<Day>("", Text::new("", ""), "");
    match typed::to_value(&DAY, text, language, Currency::EUR) {
        Ok(Value::Day(day)) => Some(day),
        _ => None,
    }
}

/// The text of an operand, quoted where it must be.
pub(super) fn write(found: &Found, operand: &Operand, scope: &Scope<'_>, style: Style) -> String {
    let language = style.language(scope);
    match operand {
        Operand::Empty => EMPTY.say(language).to_owned(),
        Operand::Moment(moment) => moment.word(language),
        Operand::Among(all) => {
            let each = all.iter().map(|one| write(found, one, scope, style));
            each.collect::<Vec<_>>().join("|")
        }
        Operand::Value(value) => {
            let text = match found {
                Found::Field(field) => plain(field, value, scope, style),
                _ => match (found, value) {
                    (Found::Custom(custom), Value::Text(text))
                        if custom.kind == CustomKind::Number =>
                    {
                        decimal_mark(text, language)
                    }
                    _ => typed::in_file(&super::CREATED, value, language),
                },
            };
            quoted_if_needed(&text)
        }
    }
}

/// The value of a field as it is typed, without quotes.
fn plain(field: &FieldDef, value: &Value, scope: &Scope<'_>, style: Style) -> String {
    let language = style.language(scope);
    let named = |text: String, currency: Currency| {
        // `typed` leaves the euro unsaid; elsewhere than in euros it must be said.
        let unsaid = currency == Currency::EUR && scope.currency != Currency::EUR;
        if unsaid { format!("{text} EUR") } else { text }
    };
    match (field.kind, value) {
        (Kind::Choice(_), Value::Text(name)) => match style {
            Style::Names => name.clone(),
            Style::Words => {
                let label = typed::in_file(field, value, language);
                let back = typed::to_value(field, &label, language, scope.currency);
                if back.as_ref() == Ok(value) {
                    super::word(&label).unwrap_or(label)
                } else {
                    name.clone()
                }
            }
        },
        (_, Value::Money(amount)) => {
            named(typed::of_value(field, value, language), amount.currency)
        }
        (_, Value::Price(price)) => named(typed::of_value(field, value, language), price.currency),
        (_, Value::Instant(at)) => Instant::to_string(at),
        (_, Value::Day(_) | Value::Flag(_)) => typed::in_file(field, value, language),
        _ => typed::of_value(field, value, language),
    }
}

fn decimal_mark(text: &str, language: Language) -> String {
    match language {
        Language::French => text.replace('.', ","),
        Language::English => text.to_owned(),
    }
}

fn quoted_if_needed(text: &str) -> String {
    let odd = |letter: char| {
        letter.is_whitespace() || letter.is_control() || "()|\"«»\\".contains(letter)
    };
    let sign = |letter: char| ":=<>~!≤≥≠".contains(letter);
    if text.is_empty() || text.contains(odd) || text.starts_with(sign) || is_empty(text) {
        quoted(text)
    } else {
        text.to_owned()
    }
}

/// The text between quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
