//! A sieve as text that reads back as the same sieve.

use super::{Found, Gauge, Operand, Scope, Sieve, Step, Test, Via, names, values};
use crate::query::Sign;
use crate::{CustomField, CustomKind, EntityDef, FieldDef, Kind, Language};

/// Which words a sieve is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The names of the API, the same for every reader: what addresses and saved views hold.
    Names,
    /// The labels and the figures of the reader's language.
    Words,
}

impl Style {
    pub(super) fn language(self, scope: &Scope<'_>) -> Language {
        match self {
            // A decimal point and an ISO day are read in both languages.
            Style::Names => Language::English,
            Style::Words => scope.actor.language,
        }
    }
}

/// The text of a sieve on the records of an entity.
#[must_use]
pub fn write(scope: &Scope<'_>, def: &'static EntityDef, sieve: &Sieve, style: Style) -> String {
    Writer { scope, style }.tree(def, sieve, "")
}

struct Writer<'s, 'a> {
    scope: &'s Scope<'a>,
    style: Style,
}

impl Writer<'_, '_> {
    fn say(&self, french: &'static str, english: &'static str) -> &'static str {
        match self.style.language(self.scope) {
            Language::French => french,
            Language::English => english,
        }
    }

    /// `path` is what leads here from the record, with its dots.
    fn tree(&self, def: &'static EntityDef, sieve: &Sieve, path: &str) -> String {
        match sieve {
            Sieve::All(_) | Sieve::Any(_) | Sieve::Not(_) | Sieve::Words(_) if !path.is_empty() => {
                // Words about the record that a reference names need no parentheses.
                let inner = self.tree(def, sieve, "");
                format!("{}({inner})", path.trim_end_matches('.'))
            }
            Sieve::All(parts) => self.joined(def, parts, self.say("et", "and")),
            Sieve::Any(parts) => self.joined(def, parts, self.say("ou", "or")),
            Sieve::Not(inner) => {
                format!("{} {}", self.say("non", "not"), self.grouped(def, inner))
            }
            Sieve::Words(words) => values::quoted(words),
            Sieve::Step(step, inner) => {
                let path = format!("{path}{}", self.step(def, step));
                match (step.via, &**inner) {
                    (Via::Reference(_), Sieve::Words(words)) => {
                        format!("{path}:{}", values::quoted(words))
                    }
                    _ => self.tree(step.entity, inner, &format!("{path}.")),
                }
            }
            Sieve::Field(field, test, operand) => {
                let found = Found::Field(field);
                let value = values::write(&found, operand, self.scope, self.style);
                format!("{path}{}{}{value}", self.field(def, field), sign(field.kind, *test))
            }
            Sieve::Custom(name, kind, test, operand) => {
                self.custom(def, name, *kind, *test, operand, path)
            }
            Sieve::Measure(gauge) => self.gauge(def, gauge, path),
        }
    }

    fn joined(&self, def: &'static EntityDef, parts: &[Sieve], word: &str) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.grouped(def, part)).collect();
        parts.join(&format!(" {word} "))
    }

    fn grouped(&self, def: &'static EntityDef, sieve: &Sieve) -> String {
        let text = self.tree(def, sieve, "");
        if matches!(sieve, Sieve::All(_) | Sieve::Any(_)) { format!("({text})") } else { text }
    }

    /// The reader's word when it means the same, else the name.
    fn chosen(&self, def: &'static EntityDef, name: &str, label: &str, means: &Found) -> String {
        let word = match self.style {
            Style::Names => None,
            Style::Words => names::word(label),
        };
        let same = |word: &String| {
            !reserved(word)
                && self.scope.find(def, word).is_ok_and(|found| found.as_ref() == Some(means))
        };
        word.filter(same).unwrap_or_else(|| name.to_owned())
    }

    fn field(&self, def: &'static EntityDef, field: &'static FieldDef) -> String {
        let label = field.label.say(self.style.language(self.scope));
        self.chosen(def, field.name, label, &Found::Field(field))
    }

    fn step(&self, def: &'static EntityDef, step: &Step) -> String {
        let language = self.style.language(self.scope);
        match step.via {
            Via::Reference(field) => self.field(def, field),
            Via::Lines(field, _) => {
                let label = field.label.say(language);
                self.chosen(def, field.name, label, &Found::Step(*step))
            }
            Via::Back(by) => {
                let known = self.scope.back(def);
                let name = known.into_iter().find(|(known, _)| known == step);
                let name =
                    name.map_or_else(|| format!("{}@{by}", step.entity.plural), |(_, name)| name);
                let label = step.entity.labels.say(language);
                self.chosen(def, &name, label, &Found::Step(*step))
            }
        }
    }

    fn custom(
        &self,
        def: &'static EntityDef,
        name: &str,
        kind: CustomKind,
        test: Test,
        operand: &Operand,
        path: &str,
    ) -> String {
        let mut all = self.scope.custom_of(def);
        let known: Option<&CustomField> = all.find(|custom| custom.name == name);
        let technical = format!("extra.{name}");
        let (word, value) = match known {
            Some(custom) => {
                let found = Found::Custom(custom.clone());
                let label = custom.label(self.style.language(self.scope));
                let value = values::write(&found, operand, self.scope, self.style);
                (self.chosen(def, &technical, label, &found), value)
            }
            None => (technical, String::new()),
        };
        format!("{path}{word}{}{value}", sign(values::kind_of(kind), test))
    }

    fn gauge(&self, def: &'static EntityDef, gauge: &Gauge, path: &str) -> String {
        let entity = gauge.of.entity;
        let mut inside = format!("{path}{}", self.step(def, &gauge.of));
        let word = match gauge.sum {
            Some(field) => {
                inside = format!("{inside}.{}", self.field(entity, field));
                self.say("somme", "sum")
            }
            None => self.say("nombre", "count"),
        };
        if let Some(only) = &gauge.only {
            let only = self.tree(entity, only, "");
            inside = format!("{inside} {} {only}", self.say("avec", "where"));
        }
        let operand = Operand::Value(gauge.value.clone());
        let found = Found::Field(gauge.sum.unwrap_or(&super::read::COUNT));
        let value = values::write(&found, &operand, self.scope, self.style);
        format!("{word}({inside}) {} {value}", gauge.sign.text())
    }
}

/// Words that stand between tests.
pub(super) fn joins(word: &str) -> bool {
    const JOINTS: [&str; 6] = ["and", "et", "or", "ou", "not", "non"];
    JOINTS.contains(&crate::typed::folded(word).as_str())
}

/// Words that mean something by themselves.
fn reserved(word: &str) -> bool {
    const RESERVED: [&str; 9] =
        ["sum", "somme", "count", "nombre", "where", "avec", "with", "extra", "dont"];
    joins(word) || RESERVED.contains(&crate::typed::folded(word).as_str())
}

/// The sign of a test: a colon where the usual one is meant.
fn sign(kind: Kind, test: Test) -> &'static str {
    let is_text = matches!(kind, Kind::Text { .. } | Kind::LongText);
    match test {
        Test::Contains => ":",
        Test::Compare(Sign::Is) if is_text => "=",
        Test::Compare(Sign::Is) => ":",
        Test::Compare(Sign::Above) => " > ",
        Test::Compare(Sign::AtLeast) => " >= ",
        Test::Compare(Sign::Below) => " < ",
        Test::Compare(Sign::AtMost) => " <= ",
    }
}
