//! A sieve: the tree of tests that a list lets its records through. A person types it, builds it
//! or keeps it; the address of a list holds it as text. It crosses relations, looks inside lines
//! and custom fields, and says days by what they are today (`this_month`, `-30d`).
//!
//! ```text
//! customer.country:FR and (total > 5000 or stage:confirmed) and not lines.product.sku:LAMPE
//! party.country:FR and sum(party.payments.amount where received_on >= -12m) > 5000
//! ```
//!
//! [`read`] makes the tree, [`write`] the text, [`Sieve::condition`] what the store is asked.

mod compare;
mod complete;
mod edit;
mod letters;
mod measure;
mod moments;
mod names;
mod read;
mod values;
mod write;

#[cfg(test)]
mod tests;

pub use complete::{Offer, Offers, complete};
pub use moments::{Moment, Unit};
pub use names::{CREATED, Found, Scope, UPDATED, word};
pub use read::{MOST_LETTERS, read};
pub use write::{Style, write};

use crate::query::{CustomTest, Measure, Related, Sign};
use crate::{Condition, CustomKind, Day, EntityDef, FieldDef, Instant, Kind, RawId, Value, typed};

/// A tree of tests on the records of one entity.
#[derive(Debug, Clone, PartialEq)]
pub enum Sieve {
    /// Every one holds; two or more, none of them [`Sieve::All`].
    All(Vec<Sieve>),
    /// One holds at least; two or more, none of them [`Sieve::Any`].
    Any(Vec<Sieve>),
    Not(Box<Sieve>),
    /// The record a step away passes; where the step leads to many, some of them.
    Step(Step, Box<Sieve>),
    Field(&'static FieldDef, Test, Operand),
    /// A custom field, by its name and kind.
    Custom(String, CustomKind, Test, Operand),
    Measure(Box<Gauge>),
    /// The text index of the entity holds every word.
    Words(String),
}

/// A sum over related records, or their count, compared with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Gauge {
    /// Leads to many.
    pub of: Step,
    /// What is summed; without it the records are counted.
    pub sum: Option<&'static FieldDef>,
    /// Only the records that pass.
    pub only: Option<Sieve>,
    pub sign: Sign,
    pub value: Value,
}

/// The way from a record to another, or to several.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Where it leads.
    pub entity: &'static EntityDef,
    pub via: Via,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Via {
    /// A reference of this record.
    Reference(&'static FieldDef),
    /// Its lines: the field that shows them, and their reference to this record.
    Lines(&'static FieldDef, &'static str),
    /// The records whose field of this name refers to this one.
    Back(&'static str),
}

impl Step {
    /// Whether it leads to several records.
    #[must_use]
    pub const fn many(&self) -> bool {
        !matches!(self.via, Via::Reference(_))
    }
    fn related(&self) -> Option<Related> {
        match self.via {
            Via::Reference(_) => None,
            Via::Lines(_, by) | Via::Back(by) => Some(Related { def: self.entity, by }),
        }
    }
}

/// How a field is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    Compare(Sign),
    /// The text holds the words, whatever the case and the accents.
    Contains,
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// Nothing is filled in.
    Empty,
    Value(Value),
    /// A day or days that move with the calendar.
    Moment(Moment),
    /// Any of these; two or more.
    Among(Vec<Operand>),
}

impl Sieve {
    /// Every one of these; one alone is itself. Nothing at all lets everything through.
    #[must_use]
    pub fn all(parts: Vec<Sieve>) -> Option<Self> {
        let flat = parts.into_iter().flat_map(|part| match part {
            Sieve::All(inner) => inner,
            other => vec![other],
        });
        let mut flat: Vec<Sieve> = flat.collect();
        if flat.len() > 1 { Some(Sieve::All(flat)) } else { flat.pop() }
    }
    /// One of these at least; one alone is itself.
    #[must_use]
    pub fn any(parts: Vec<Sieve>) -> Option<Self> {
        let flat = parts.into_iter().flat_map(|part| match part {
            Sieve::Any(inner) => inner,
            other => vec![other],
        });
        let mut flat: Vec<Sieve> = flat.collect();
        if flat.len() > 1 { Some(Sieve::Any(flat)) } else { flat.pop() }
    }

    /// What the store is asked, on this day.
    #[must_use]
    pub fn condition(&self, today: Day) -> Condition {
        let each = |parts: &[Sieve]| parts.iter().map(|part| part.condition(today)).collect();
        match self {
            Sieve::All(parts) => Condition::All(each(parts)),
            Sieve::Any(parts) => Condition::Any(each(parts)),
            Sieve::Not(inner) => Condition::Not(Box::new(inner.condition(today))),
            Sieve::Step(step, inner) => {
                let inner = Box::new(inner.condition(today));
                match (step.via, step.related()) {
                    (Via::Reference(field), _) => {
                        Condition::Through(field.name, step.entity, inner)
                    }
                    (_, Some(related)) => Condition::Some(related, inner),
                    (_, None) => Condition::Everything,
                }
            }
            Sieve::Field(field, test, operand) => of_field(field, *test, operand, today),
            Sieve::Custom(name, kind, test, operand) => {
                of_custom(name, *kind, *test, operand, today)
            }
            Sieve::Measure(gauge) => gauge.condition(today),
            Sieve::Words(words) => Condition::Search(words.clone()),
        }
    }

    /// The records that it names, for their titles: the entity and the id.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, RawId)> {
        fn of_operand(field: &FieldDef, operand: &Operand, out: &mut Vec<(&'static str, RawId)>) {
            match (field.kind, operand) {
                (Kind::Ref(target), Operand::Value(Value::Ref(id))) => out.push((target, *id)),
                (_, Operand::Value(Value::Origin(origin))) => out.push((origin.entity, origin.id)),
                (_, Operand::Among(all)) => {
                    all.iter().for_each(|one| of_operand(field, one, out));
                }
                _ => {}
            }
        }
        let mut out = Vec::new();
        match self {
            Sieve::All(parts) | Sieve::Any(parts) => {
                parts.iter().for_each(|part| out.extend(part.named()));
            }
            Sieve::Not(inner) | Sieve::Step(_, inner) => out.extend(inner.named()),
            Sieve::Measure(gauge) => {
                out.extend(gauge.only.iter().flat_map(Sieve::named));
            }
            Sieve::Field(field, _, operand) => of_operand(field, operand, &mut out),
            Sieve::Custom(..) | Sieve::Words(_) => {}
        }
        out
    }
}

impl Gauge {
    fn condition(&self, today: Day) -> Condition {
        let Some(of) = self.of.related() else { return Condition::Everything };
        Condition::Measure(Box::new(Measure {
            of,
            sum: self.sum.map(|field| field.name),
            only: self.only.as_ref().map_or(Condition::Everything, |only| only.condition(today)),
            sign: self.sign,
            value: self.value.clone(),
        }))
    }
}

fn of_field(field: &'static FieldDef, test: Test, operand: &Operand, today: Day) -> Condition {
    let name = field.name;
    match (test, operand) {
        (_, Operand::Among(all)) => {
            Condition::Any(all.iter().map(|one| of_field(field, test, one, today)).collect())
        }
        (_, Operand::Empty) => match field.kind {
            Kind::Text { .. } | Kind::LongText => {
                let blank = Condition::Is(name, Value::Text(String::new()));
                Condition::Any(vec![Condition::Empty(name), blank])
            }
            _ => Condition::Empty(name),
        },
        (Test::Contains, Operand::Value(Value::Text(text))) => {
            Condition::Contains(name, text.clone())
        }
        (Test::Contains, Operand::Value(value)) => Condition::Is(name, value.clone()),
        (Test::Compare(sign), Operand::Value(value)) => compared(name, sign, value.clone()),
        (Test::Contains, Operand::Moment(moment)) => days(field, Sign::Is, *moment, today),
        (Test::Compare(sign), Operand::Moment(moment)) => days(field, sign, *moment, today),
    }
}

fn compared(name: &'static str, sign: Sign, value: Value) -> Condition {
    match sign {
        Sign::Is => Condition::Is(name, value),
        Sign::Above => Condition::Above(name, value),
        Sign::AtLeast => Condition::AtLeast(name, value),
        Sign::Below => Condition::Below(name, value),
        Sign::AtMost => Condition::AtMost(name, value),
    }
}

/// A day field is compared with days, a moment with the midnights in France around them.
fn days(field: &'static FieldDef, sign: Sign, moment: Moment, today: Day) -> Condition {
    let (first, last) = moment.days(today);
    let name = field.name;
    if matches!(field.kind, Kind::Instant) {
        let (from, after) = (midnight(first), midnight(last + 1));
        return match sign {
            Sign::Is => {
                Condition::All(vec![Condition::AtLeast(name, from), Condition::Below(name, after)])
            }
            Sign::Above => Condition::AtLeast(name, after),
            Sign::AtLeast => Condition::AtLeast(name, from),
            Sign::Below => Condition::Below(name, from),
            Sign::AtMost => Condition::Below(name, after),
        };
    }
    let (first, last) = (Value::Day(first), Value::Day(last));
    match sign {
        Sign::Is if first == last => Condition::Is(name, first),
        Sign::Is => {
            Condition::All(vec![Condition::AtLeast(name, first), Condition::AtMost(name, last)])
        }
        Sign::Above => Condition::Above(name, last),
        Sign::AtLeast => Condition::AtLeast(name, first),
        Sign::Below => Condition::Below(name, first),
        Sign::AtMost => Condition::AtMost(name, last),
    }
}

fn midnight(day: Day) -> Value {
    let text = format!("{day}T00:00");
    let read = typed::to_value(&CREATED, &text, crate::Language::French, crate::Currency::EUR);
    // Midnight may be skipped by the clock nowhere in France; a day out of range has no midnight.
    read.unwrap_or(Value::Instant(Instant(i64::from(day.0) * 86_400_000_000)))
}

fn of_custom(name: &str, kind: CustomKind, test: Test, operand: &Operand, today: Day) -> Condition {
    let custom = |test| Condition::Custom(name.to_owned(), kind, test);
    let compare = |sign, day: Day| custom(CustomTest::Compare(sign, day.to_string()));
    match (test, operand) {
        (_, Operand::Empty) => custom(CustomTest::Empty),
        (_, Operand::Among(all)) => {
            Condition::Any(all.iter().map(|one| of_custom(name, kind, test, one, today)).collect())
        }
        (Test::Contains, Operand::Value(value)) => custom(CustomTest::Contains(plain(value))),
        (Test::Compare(sign), Operand::Value(value)) => {
            custom(CustomTest::Compare(sign, plain(value)))
        }
        (test, Operand::Moment(moment)) => {
            let (first, last) = moment.days(today);
            match test {
                Test::Compare(Sign::Above) => compare(Sign::Above, last),
                Test::Compare(Sign::AtLeast) => compare(Sign::AtLeast, first),
                Test::Compare(Sign::Below) => compare(Sign::Below, first),
                Test::Compare(Sign::AtMost) => compare(Sign::AtMost, last),
                Test::Compare(Sign::Is) | Test::Contains => {
                    Condition::All(vec![compare(Sign::AtLeast, first), compare(Sign::AtMost, last)])
                }
            }
        }
    }
}

/// A value as the JSON document of custom fields holds it.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Flag(flag) => flag.to_string(),
        Value::Day(day) => day.to_string(),
        other => crate::written(other, crate::Language::English),
    }
}
