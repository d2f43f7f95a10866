//! A test of a sieve as a person says it: `Client › Pays contient « FR »`.

use kernel::sieve::{Gauge, Moment, Operand, Step, Test, Unit, Via};
use kernel::{EntityDef, FieldDef, Language, Scope, Sieve, Sign, Text, Value, written};

use crate::show::Reader;

/// Who reads, and what there is to be asked.
pub struct Speaker<'a> {
    pub reader: Reader<'a>,
    pub scope: &'a Scope<'a>,
}

impl Speaker<'_> {
    fn word(&self, fr: &'static str, en: &'static str) -> &'static str {
        Text::new(fr, en).say(self.reader.language)
    }

    /// The sentence of a test on the records of an entity.
    pub fn say(&self, def: &'static EntityDef, sieve: &Sieve) -> String {
        let language = self.reader.language;
        match sieve {
            Sieve::Step(step, inner) => {
                format!("{} › {}", self.step(step), self.say(step.entity, inner))
            }
            Sieve::Field(field, test, operand) => {
                let value = self.operand(def, field, operand);
                format!("{} {} {value}", field.label.say(language), self.sign(*test, operand))
            }
            Sieve::Custom(name, _, test, operand) => {
                let known = self
                    .scope
                    .custom
                    .iter()
                    .find(|custom| custom.entity == def.name && custom.name == *name);
                let label = known.map_or(name.as_str(), |custom| custom.label(language));
                let value = self.operand(def, &kernel::sieve::CREATED, operand);
                format!("{label} {} {value}", self.sign(*test, operand))
            }
            Sieve::Measure(gauge) => self.gauge(gauge),
            Sieve::Words(words) => format!("{} « {words} »", self.word("contient", "holds")),
            Sieve::Not(inner) => {
                format!("{} ({})", self.word("sauf", "not"), self.say(def, inner))
            }
            Sieve::All(parts) => self.joined(def, parts, self.word("et", "and")),
            Sieve::Any(parts) => self.joined(def, parts, self.word("ou", "or")),
        }
    }

    fn joined(&self, def: &'static EntityDef, parts: &[Sieve], word: &str) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.say(def, part)).collect();
        parts.join(&format!(" {word} "))
    }

    /// What a relation is called.
    pub fn step(&self, step: &Step) -> &'static str {
        let language = self.reader.language;
        match step.via {
            Via::Reference(field) | Via::Lines(field, _) => field.label.say(language),
            Via::Back(_) => step.entity.labels.say(language),
        }
    }

    fn gauge(&self, gauge: &Gauge) -> String {
        let language = self.reader.language;
        let of = self.step(&gauge.of);
        let what = match gauge.sum {
            Some(field) => {
                let sum = self.word("somme de", "sum of");
                format!("{sum} {of} › {}", field.label.say(language))
            }
            None => format!("{} {of}", self.word("nombre de", "number of")),
        };
        let only = gauge.only.as_ref().map(|only| {
            format!(" ({} {})", self.word("avec", "where"), self.say(gauge.of.entity, only))
        });
        let value = written(&gauge.value, language);
        format!("{what}{} {} {value}", only.unwrap_or_default(), gauge.sign.text())
    }

    fn sign(&self, test: Test, operand: &Operand) -> &'static str {
        match (test, operand) {
            (_, Operand::Empty) => self.word("est", "is"),
            (Test::Contains, _) => self.word("contient", "contains"),
            (Test::Compare(Sign::Is), Operand::Moment(_)) => self.word("pendant", "during"),
            (Test::Compare(Sign::Is), _) => self.word("est", "is"),
            (Test::Compare(Sign::AtLeast), _) => "≥",
            (Test::Compare(Sign::AtMost), _) => "≤",
            (Test::Compare(sign), _) => sign.text(),
        }
    }

    fn operand(&self, def: &'static EntityDef, field: &FieldDef, operand: &Operand) -> String {
        let language = self.reader.language;
        match operand {
            Operand::Empty => self.word("vide", "empty").to_owned(),
            Operand::Moment(moment) => moment_said(*moment, language),
            Operand::Value(Value::Flag(flag)) => written(&Value::Flag(*flag), language),
            Operand::Value(value) => self.reader.text(def, field, value),
            Operand::Among(all) => {
                let each: Vec<String> =
                    all.iter().map(|one| self.operand(def, field, one)).collect();
                each.join(match language {
                    Language::French => " ou ",
                    Language::English => " or ",
                })
            }
        }
    }
}

/// A moment as it is said: `il y a 12 mois`, `this month`.
fn moment_said(moment: Moment, language: Language) -> String {
    let Moment::From(count, unit) = moment else {
        return match moment {
            Moment::On(day) => language.day(day),
            other => other.word(language).replace('_', " "),
        };
    };
    let many = count.unsigned_abs() > 1;
    let (fr, en) = match (unit, many) {
        (Unit::Day, false) => ("jour", "day"),
        (Unit::Day, true) => ("jours", "days"),
        (Unit::Week, false) => ("semaine", "week"),
        (Unit::Week, true) => ("semaines", "weeks"),
        (Unit::Month, false) => ("mois", "month"),
        (Unit::Month, true) => ("mois", "months"),
        (Unit::Quarter, false) => ("trimestre", "quarter"),
        (Unit::Quarter, true) => ("trimestres", "quarters"),
        (Unit::Year, false) => ("an", "year"),
        (Unit::Year, true) => ("ans", "years"),
    };
    let number = count.unsigned_abs();
    match (language, count < 0) {
        (Language::French, true) => format!("il y a {number} {fr}"),
        (Language::French, false) => format!("dans {number} {fr}"),
        (Language::English, true) => format!("{number} {en} ago"),
        (Language::English, false) => format!("in {number} {en}"),
    }
}
