//! JSON read so that no two readers could take it for different things: a member stands once, and a
//! number is what was written.
//!
//! Source: RFC 8259, 4 and 6; RFC 7493 (I-JSON), 2.2 and 2.3; OWASP ASVS 5.0.0, 1.5.3.

use std::cell::RefCell;
use std::fmt;

use kernel::Fault;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};

/// A double keeps this many decimal digits, whatever they are (IEEE 754, `DBL_DIG`).
const DIGITS: usize = 15;
/// Between these a reader that multiplies by a power of ten is exact (Clinger, 1990); no amount is
/// beyond.
const SMALLEST: f64 = 1e-22;
const LARGEST: f64 = 1e22;

/// Reads a JSON object. Nesting beyond 128 levels is refused by the reader itself.
///
/// # Errors
/// `json.malformed`, with the line and the column; `json.twice`, with the member; `json.digits`.
pub fn members(text: &[u8]) -> Result<Map<String, Json>, Fault> {
    let wrong = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read = Whole(&wrong).deserialize(&mut reader).and_then(|json| {
        reader.end()?;
        Ok(json)
    });
    match read {
        Ok(Json::Object(members)) => Ok(members),
        Ok(_) => Err(Fault::new("json.malformed").with("line", 1_i64).with("column", 1_i64)),
        Err(error) => Err(wrong.into_inner().unwrap_or_else(|| {
            let fault = Fault::new("json.malformed");
            fault.with("line", error.line()).with("column", error.column())
        })),
    }
}

/// One value; what is wrong beyond the grammar is left in the cell.
#[derive(Clone, Copy)]
struct Whole<'a>(&'a RefCell<Option<Fault>>);

impl Whole<'_> {
    fn wrong<E: Error>(self, fault: Fault) -> E {
        let said = E::custom(fault.code);
        self.0.replace(Some(fault));
        said
    }
}

impl<'de> DeserializeSeed<'de> for Whole<'_> {
    type Value = Json;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Json, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_> {
    type Value = Json;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }
    fn visit_bool<E>(self, given: bool) -> Result<Json, E> {
        Ok(Json::Bool(given))
    }
    fn visit_i64<E>(self, given: i64) -> Result<Json, E> {
        Ok(given.into())
    }
    fn visit_u64<E>(self, given: u64) -> Result<Json, E> {
        Ok(given.into())
    }
    fn visit_f64<E: Error>(self, given: f64) -> Result<Json, E> {
        let number = Number::from_f64(given).ok_or_else(|| E::custom("no number"))?;
        // The shortest text that reads back as the number is what was written, as long as that is
        // no longer than what any number keeps.
        let shortest = format!("{given:e}");
        let digits = shortest.split('e').next().unwrap_or_default();
        let kept = given == 0.0 || (SMALLEST..LARGEST).contains(&given.abs());
        if !kept || digits.bytes().filter(u8::is_ascii_digit).count() > DIGITS {
            return Err(self.wrong(Fault::new("json.digits")));
        }
        Ok(Json::Number(number))
    }
    fn visit_str<E>(self, given: &str) -> Result<Json, E> {
        Ok(given.into())
    }
    fn visit_string<E>(self, given: String) -> Result<Json, E> {
        Ok(Json::String(given))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            all.push(item);
        }
        Ok(Json::Array(all))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut given: A) -> Result<Json, A::Error> {
        let mut all = Map::new();
        while let Some(name) = given.next_key::<String>()? {
            if all.contains_key(&name) {
                return Err(self.wrong(Fault::new("json.twice").with("member", name)));
            }
            let value = given.next_value_seed(self)?;
            all.insert(name, value);
        }
        Ok(Json::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> &'static str {
        members(text.as_bytes()).expect_err(text).code
    }

    #[test]
    fn json_nested_too_deep_is_refused() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
        assert_eq!(refused(&deep), "json.malformed");
        assert_eq!(refused("[1]"), "json.malformed");
        assert_eq!(refused("{\"a\": 1} {}"), "json.malformed");
        assert_eq!(members(b"{\"a\": 1}").unwrap().len(), 1);
    }

    #[test]
    fn a_member_stands_once_however_deep_and_however_it_is_escaped() {
        assert_eq!(refused(r#"{"role": 1, "role": 2}"#), "json.twice");
        assert_eq!(refused(r#"{"role": 1, "r\u006fle": 2}"#), "json.twice");
        assert_eq!(refused(r#"{"lines": [{"a": 1}, {"a": 1, "b": 1, "a": 1}]}"#), "json.twice");
        assert!(members(br#"{"lines": [{"a": 1}, {"a": 1}], "a": 1}"#).is_ok());
    }

    #[test]
    fn a_number_is_what_was_written() {
        let given = r#"{"a": 0.1, "b": 12345678901234.5, "c": 18446744073709551615, "d": -3}"#;
        let read = members(given.as_bytes()).unwrap();
        assert_eq!(read["a"].to_string(), "0.1");
        assert_eq!(read["b"].to_string(), "12345678901234.5");
        assert_eq!(read["c"].to_string(), "18446744073709551615");
        for many in ["90071992547409.93", "1e300", "-1e22", "1e-23", "1000000000000000000000001"] {
            assert_eq!(refused(&format!("{{\"a\": {many}}}")), "json.digits", "{many}");
        }
        for none in ["1e400", "NaN", "Infinity", "-", "01", "0x10", "1_000"] {
            assert_eq!(refused(&format!("{{\"a\": {none}}}")), "json.malformed", "{none}");
        }
    }
}
