//! The sentence of a refusal, in the reader's language. One file a crate and a language in
//! `locales/`, a line a code: `code = sentence with {facts}`.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::{Fault, Language, Value};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        const FRENCH: &[&str] = &[$(include_str!(concat!("../../../locales/fr/", $name, ".txt"))),*];
        const ENGLISH: &[&str] = &[$(include_str!(concat!("../../../locales/en/", $name, ".txt"))),*];
    };
}
files!("kernel", "store", "identity", "master", "crm", "erp", "processes", "paper", "doors");

fn table(language: Language) -> &'static HashMap<&'static str, &'static str> {
    static TABLES: OnceLock<[HashMap<&'static str, &'static str>; 2]> = OnceLock::new();
    let read = |files: &[&'static str]| {
        let lines = files.iter().flat_map(|file| file.lines());
        lines
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(" = "))
            .collect()
    };
    let [french, english] = TABLES.get_or_init(|| [read(FRENCH), read(ENGLISH)]);
    match language {
        Language::French => french,
        Language::English => english,
    }
}

/// Every code that has a sentence in a language.
pub fn codes(language: Language) -> impl Iterator<Item = &'static str> {
    table(language).keys().copied()
}

/// Says why, with the facts written the reader's way. A code without a sentence says itself.
#[must_use]
pub fn sentence(fault: &Fault, language: Language) -> String {
    let Some(model) = table(language).get(fault.code) else { return fault.code.to_owned() };
    let mut out = (*model).to_owned();
    for (name, value) in &fault.facts {
        let hole = format!("{{{name}}}");
        if out.contains(&hole) {
            out = out.replace(&hole, &written(called(fault, name, value, language), language));
        }
    }
    out
}

/// A fact that has a name of its own in English is told by it there: `product` by `product_en`.
fn called<'a>(fault: &'a Fault, name: &str, value: &'a Value, language: Language) -> &'a Value {
    let english = |fact: &&(&str, Value)| fact.0.strip_suffix("_en") == Some(name);
    match language {
        Language::French => value,
        Language::English => fault.facts.iter().find(english).map_or(value, |(_, own)| own),
    }
}

/// A value as a person reads it, without knowing its field.
#[must_use]
pub fn written(value: &Value, language: Language) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Flag(true) => Language::say_yes(language).to_owned(),
        Value::Flag(false) => Language::say_no(language).to_owned(),
        Value::Integer(number) => language.integer(*number),
        Value::Text(text) => text.clone(),
        Value::Money(amount) => language.money(*amount),
        Value::Price(price) => language.price(*price),
        Value::Quantity(quantity) => language.quantity(*quantity),
        Value::Rate(rate) => language.rate(*rate),
        Value::Day(day) => language.day(*day),
        Value::Instant(at) => language.instant(*at),
        Value::Ref(id) => id.to_string(),
        Value::Origin(origin) => origin.to_string(),
    }
}

impl Language {
    const fn say_yes(self) -> &'static str {
        match self {
            Language::French => "oui",
            Language::English => "yes",
        }
    }
    const fn say_no(self) -> &'static str {
        match self {
            Language::French => "non",
            Language::English => "no",
        }
    }
}
