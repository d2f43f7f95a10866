//! Values as JSON: amounts are strings with a point, never JSON numbers, so that no reader's floats
//! touch them.

use serde_json::{Map, Value as Json, json};

use crate::backend::Row;
use crate::number::{decimal, parse_decimal, trimmed};
use crate::{
    Catalog, Currency, Day, EntityDef, Fault, FieldDef, Instant, Kind, Money, Origin, Price,
    Quantity, Rate, RawId, Value, wrong_type,
};

#[must_use]
pub fn of_value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Flag(flag) => Json::Bool(*flag),
        Value::Integer(number) => json!(number),
        Value::Text(text) => Json::String(text.clone()),
        Value::Money(amount) => json!({
            "amount": decimal(amount.minor, amount.currency.decimals()),
            "currency": amount.currency.code(),
        }),
        Value::Price(price) => json!({
            "amount": trimmed(price.scaled, Price::DECIMALS),
            "currency": price.currency.code(),
        }),
        Value::Quantity(quantity) => Json::String(trimmed(quantity.0, Quantity::DECIMALS)),
        Value::Rate(rate) => Json::String(trimmed(rate.0, Rate::DECIMALS)),
        Value::Day(day) => Json::String(day.to_string()),
        Value::Instant(at) => Json::String(at.to_string()),
        Value::Ref(id) => Json::String(id.to_string()),
        Value::Origin(origin) => Json::String(origin.to_string()),
    }
}

/// Reads a JSON member as a field of a kind. An amount may be a string, an integer, or an object
/// with its currency; `currency` stands where none is given.
///
/// # Errors
/// `field.type`, and those of the numbers, days and ids.
pub fn to_value(field: &FieldDef, json: &Json, currency: Currency) -> Result<Value, Fault> {
    if json.is_null() {
        return Ok(Value::Null);
    }
    let text = || json.as_str().ok_or_else(wrong_type);
    let scaled = |json: &Json, decimals| match json {
        Json::String(text) => parse_decimal(text, decimals),
        // The shortest text that reads back as the number is the number the sender wrote.
        Json::Number(number) => parse_decimal(&number.to_string(), decimals),
        _ => Err(wrong_type()),
    };
    let with_currency = |decimals: Option<u32>| -> Result<(i64, Currency), Fault> {
        let (figure, currency) = match json {
            Json::Object(members) => {
                let code = members.get("currency").and_then(Json::as_str);
                let currency = code.map_or(Ok(currency), Currency::of)?;
                (members.get("amount").ok_or_else(wrong_type)?, currency)
            }
            figure => (figure, currency),
        };
        Ok((scaled(figure, decimals.unwrap_or_else(|| currency.decimals()))?, currency))
    };
    Ok(match field.kind {
        Kind::Text { .. } | Kind::LongText | Kind::Choice(_) => Value::Text(text()?.to_owned()),
        Kind::Integer => Value::Integer(json.as_i64().ok_or_else(wrong_type)?),
        Kind::Flag => Value::Flag(json.as_bool().ok_or_else(wrong_type)?),
        Kind::Money => {
            let (minor, currency) = with_currency(None)?;
            Value::Money(Money::new(minor, currency))
        }
        Kind::Price => {
            let (scaled, currency) = with_currency(Some(Price::DECIMALS))?;
            Value::Price(Price::new(scaled, currency))
        }
        Kind::Quantity => Value::Quantity(Quantity(scaled(json, Quantity::DECIMALS)?)),
        Kind::Rate => Value::Rate(Rate(scaled(json, Rate::DECIMALS)?)),
        Kind::Day => Value::Day(Day::parse(text()?)?),
        Kind::Instant => Value::Instant(Instant::parse(text()?)?),
        Kind::Ref(_) => Value::Ref(RawId::parse(text()?)?),
        Kind::Origin | Kind::Lines(_) => return Err(wrong_type()),
    })
}

/// The same, where the catalogue is at hand: a record of any entity is read by its name.
///
/// # Errors
/// Those of [`to_value`].
pub fn to_known_value(
    catalog: &Catalog,
    field: &FieldDef,
    json: &Json,
    currency: Currency,
) -> Result<Value, Fault> {
    match (field.kind, json) {
        (Kind::Origin, Json::String(text)) => {
            origin(text, |name| catalog.entity(name)).map(Value::Origin).ok_or_else(wrong_type)
        }
        _ => to_value(field, json, currency),
    }
}

/// One record with what the store knows of it; `hidden` names the sensitive fields left out.
#[must_use]
pub fn of_row(def: &EntityDef, row: &Row, hidden: impl Fn(&FieldDef) -> bool) -> Map<String, Json> {
    let mut out = Map::new();
    out.insert("id".into(), json!(row.id.to_string()));
    out.insert("version".into(), json!(row.version));
    for (field, value) in def.fields.iter().zip(&row.values) {
        if !matches!(field.kind, Kind::Lines(_)) && !hidden(field) {
            out.insert(field.name.into(), of_value(value));
        }
    }
    if let Some(extra) = row.extra.as_deref().and_then(|text| serde_json::from_str(text).ok()) {
        out.insert("extra".into(), extra);
    }
    out.insert("created_at".into(), json!(row.created_at.to_string()));
    out.insert("updated_at".into(), json!(row.updated_at.to_string()));
    out
}

/// The facts of an event or a refusal as a JSON object.
#[must_use]
pub fn of_facts(facts: &[(&'static str, Value)]) -> Map<String, Json> {
    facts.iter().map(|(name, value)| ((*name).to_owned(), of_value(value))).collect()
}

/// `{"field": [before, after]}` for the fields that differ; sensitive values are veiled.
///
/// Written straight into the text: every record of every command passes here.
#[must_use]
pub fn changes(def: &EntityDef, before: Option<&Row>, after: Option<&Row>) -> String {
    fn value_of(row: Option<&Row>, rank: usize) -> &Value {
        row.and_then(|row| row.values.get(rank)).unwrap_or(&Value::Null)
    }
    let mut out = String::with_capacity(32 * def.fields.len());
    let open = |out: &mut String, name: &str, first: &mut bool| {
        out.push_str(if std::mem::take(first) { "{\"" } else { ",\"" });
        out.push_str(name);
        out.push_str("\":[");
    };
    let mut first = true;
    for (rank, field) in def.fields.iter().enumerate() {
        let (was, is) = (value_of(before, rank), value_of(after, rank));
        if was == is {
            continue;
        }
        open(&mut out, field.name, &mut first);
        for (value, end) in [(was, ','), (is, ']')] {
            match value {
                Value::Null => out.push_str("null"),
                _ if field.veiled() => out.push_str("\"•••\""),
                value => write_value(&mut out, value),
            }
            out.push(end);
        }
    }
    let extra = |row: Option<&Row>| row.and_then(|row| row.extra.clone());
    let (was, is) = (extra(before), extra(after));
    if was != is {
        open(&mut out, "extra", &mut first);
        out.push_str(&format!("{},{}]", json!(was), json!(is)));
    }
    out.push_str(if first { "{}" } else { "}" });
    out
}

/// Writes what [`of_value`] gives, as text.
fn write_value(out: &mut String, value: &Value) {
    use std::fmt::Write;
    // Writing into a text cannot fail.
    let _ = match value {
        Value::Null => write!(out, "null"),
        Value::Flag(flag) => write!(out, "{flag}"),
        Value::Integer(number) => write!(out, "{number}"),
        Value::Text(text) => write!(out, "{}", json!(text)),
        Value::Money(amount) => {
            let figure = decimal(amount.minor, amount.currency.decimals());
            write!(out, r#"{{"amount":"{figure}","currency":"{}"}}"#, amount.currency.code())
        }
        Value::Price(price) => {
            let figure = trimmed(price.scaled, Price::DECIMALS);
            write!(out, r#"{{"amount":"{figure}","currency":"{}"}}"#, price.currency.code())
        }
        Value::Quantity(quantity) => {
            write!(out, "\"{}\"", trimmed(quantity.0, Quantity::DECIMALS))
        }
        Value::Rate(rate) => write!(out, "\"{}\"", trimmed(rate.0, Rate::DECIMALS)),
        Value::Day(day) => write!(out, "\"{day}\""),
        Value::Instant(at) => write!(out, "\"{at}\""),
        Value::Ref(id) => write!(out, "\"{id}\""),
        Value::Origin(origin) => write!(out, "\"{origin}\""),
    };
}

/// Reads an origin written `order/0190…` by its entity's place in the catalogue.
#[must_use]
pub fn origin(text: &str, entity: impl Fn(&str) -> Option<&'static EntityDef>) -> Option<Origin> {
    let (name, id) = text.split_once('/')?;
    Some(Origin { entity: entity(name)?.name, id: RawId::parse(id).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_as_it_is_told() {
        let id = RawId([7; 16]);
        let values = [
            Value::Null,
            Value::Flag(true),
            Value::Integer(-12),
            Value::Text("deux \"lignes\"\n\\ é".into()),
            Value::Money(Money::eur(-1)),
            Value::Price(Price::new(12_300, Currency::GBP)),
            Value::Quantity(Quantity(25_000)),
            Value::Rate(Rate(200_000)),
            Value::Day(Day(20_000)),
            Value::Instant(Instant(1_800_000_000_000_001)),
            Value::Ref(id),
            Value::Origin(Origin { entity: "order", id }),
        ];
        for value in values {
            let mut text = String::new();
            write_value(&mut text, &value);
            assert_eq!(text, of_value(&value).to_string());
        }
    }
}
