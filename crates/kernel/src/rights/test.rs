//! What a rule asks of a record, bound to its description and to the person; read in memory.

use std::cmp::Ordering;

use super::text::ordered;
use super::{Asked, Clause, Path};
use crate::{Condition, Currency, EntityDef, FieldDef, Kind, RawId, Record, Sign, Value, json};

/// A tree of questions to one record. `All` of none holds, `Any` of none does not.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
    /// Amounts are compared by their figures, whatever the currency.
    Compare(&'static FieldDef, Sign, Value),
    Among(&'static FieldDef, Vec<Value>),
    Empty(&'static FieldDef),
    /// Asked of the record that the reference names.
    Through(&'static FieldDef, &'static EntityDef, Box<Test>),
}

/// Reads the record that a reference names.
pub type Look<'l> = &'l mut dyn FnMut(&'static EntityDef, RawId) -> Option<Record>;

impl Test {
    #[must_use]
    pub const fn always() -> Self {
        Test::All(Vec::new())
    }

    // ——— in memory ———

    /// The answer for a record: nothing where it is unknown.
    pub fn answer(&self, def: &EntityDef, record: &Record, look: Look<'_>) -> Option<bool> {
        let value = |field: &FieldDef| def.rank(field.name).and_then(|rank| record.get(rank));
        match self {
            Test::All(all) => of_all(all, false, def, record, look),
            Test::Any(any) => of_all(any, true, def, record, look),
            Test::Not(inner) => inner.answer(def, record, look).map(|answer| !answer),
            Test::Empty(field) => Some(value(field).is_none_or(Value::is_null)),
            Test::Compare(field, sign, asked) => {
                let order = compared(value(field)?, asked)?;
                Some(match sign {
                    Sign::Is => order == Ordering::Equal,
                    Sign::Above => order == Ordering::Greater,
                    Sign::AtLeast => order != Ordering::Less,
                    Sign::Below => order == Ordering::Less,
                    Sign::AtMost => order != Ordering::Greater,
                })
            }
            Test::Among(field, asked) => {
                let value = value(field).filter(|value| !value.is_null())?;
                Some(asked.contains(value))
            }
            Test::Through(field, target, inner) => {
                let Some(Value::Ref(id)) = value(field) else { return None };
                let record = look(target, *id)?;
                inner.answer(target, &record, look)
            }
        }
    }

    // ——— as a condition ———

    /// What holds of the records that answer yes, or of those that answer no: `not` is pushed down
    /// to the fields, where an empty one answers neither.
    #[must_use]
    pub fn condition(&self, yes: bool) -> Condition {
        let each = |parts: &[Test]| parts.iter().map(|part| part.condition(yes)).collect();
        match (self, yes) {
            (Test::All(all), true) | (Test::Any(all), false) if all.is_empty() => {
                Condition::Everything
            }
            (Test::All(all), true) | (Test::Any(all), false) => Condition::All(each(all)),
            (Test::Any(any), true) | (Test::All(any), false) => Condition::Any(each(any)),
            (Test::Not(inner), _) => inner.condition(!yes),
            (Test::Empty(field), true) => Condition::Empty(field.name),
            (Test::Empty(field), false) => Condition::Not(Box::new(Condition::Empty(field.name))),
            (Test::Through(field, target, inner), _) => {
                Condition::Through(field.name, target, Box::new(inner.condition(yes)))
            }
            (Test::Compare(field, sign, value), _) => {
                let (field, value) = (field.name, value.clone());
                let asked = match sign {
                    Sign::Is => Condition::Is(field, value),
                    Sign::Above => Condition::Above(field, value),
                    Sign::AtLeast => Condition::AtLeast(field, value),
                    Sign::Below => Condition::Below(field, value),
                    Sign::AtMost => Condition::AtMost(field, value),
                };
                if yes { asked } else { filled_and_not(field, asked) }
            }
            (Test::Among(field, values), _) => {
                let asked = Condition::Among(field.name, values.clone());
                if yes { asked } else { filled_and_not(field.name, asked) }
            }
        }
    }
}

fn filled_and_not(field: &'static str, asked: Condition) -> Condition {
    let filled = Condition::Not(Box::new(Condition::Empty(field)));
    Condition::All(vec![filled, Condition::Not(Box::new(asked))])
}

/// Kleene: one part that decides decides; else one unknown leaves the whole unknown.
fn of_all(
    parts: &[Test],
    decides: bool,
    def: &EntityDef,
    record: &Record,
    look: Look<'_>,
) -> Option<bool> {
    let mut unknown = false;
    for part in parts {
        match part.answer(def, record, look) {
            Some(answer) if answer == decides => return Some(decides),
            Some(_) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(!decides)
}

fn compared(value: &Value, asked: &Value) -> Option<Ordering> {
    Some(match (value, asked) {
        (Value::Integer(one), Value::Integer(other)) => one.cmp(other),
        (Value::Flag(one), Value::Flag(other)) => one.cmp(other),
        (Value::Text(one), Value::Text(other)) => one.cmp(other),
        (Value::Money(one), Value::Money(other)) => one.minor.cmp(&other.minor),
        (Value::Price(one), Value::Price(other)) => one.scaled.cmp(&other.scaled),
        (Value::Quantity(one), Value::Quantity(other)) => one.cmp(other),
        (Value::Rate(one), Value::Rate(other)) => one.cmp(other),
        (Value::Day(one), Value::Day(other)) => one.cmp(other),
        (Value::Instant(one), Value::Instant(other)) => one.cmp(other),
        (Value::Ref(one), Value::Ref(other)) => one.cmp(other),
        (Value::Origin(one), Value::Origin(other)) if one == other => Ordering::Equal,
        (Value::Origin(_), Value::Origin(_)) => Ordering::Less,
        _ => return None,
    })
}

/// A clause bound to an entity: nothing when it has no such field, or one of another kind.
pub(super) fn clause(def: &'static EntityDef, clause: &Clause) -> Option<Test> {
    let field = def.field(&clause.field)?;
    let test = match &clause.asked {
        Asked::Empty if matches!(field.kind, Kind::Lines(_)) => return None,
        Asked::Empty => Test::Empty(field),
        Asked::Compare(sign, _) if *sign != Sign::Is && !ordered(field.kind) => return None,
        Asked::Compare(sign, text) => Test::Compare(field, *sign, value(field, text)?),
    };
    Some(if clause.not { Test::Not(Box::new(test)) } else { test })
}

/// A value as a rule writes it. The currency of an amount is not compared.
fn value(field: &FieldDef, text: &str) -> Option<Value> {
    let given = match field.kind {
        Kind::Flag => serde_json::Value::Bool(text == "true"),
        Kind::Integer => serde_json::Value::from(text.parse::<i64>().ok()?),
        _ => serde_json::Value::from(text),
    };
    json::to_value(field, &given, Currency::EUR).ok()
}

/// The test that the record belongs to one of these people, along the way to its owner.
pub(super) fn belongs(way: &Path, people: &[RawId]) -> Test {
    match way {
        Path::Field(field) => {
            let named = |id: &RawId| match field.kind {
                Kind::Origin => Value::Origin(crate::Origin { entity: "user", id: *id }),
                _ => Value::Ref(*id),
            };
            Test::Among(field, people.iter().map(named).collect())
        }
        Path::Through(field, target, rest) => {
            Test::Through(field, target, Box::new(belongs(rest, people)))
        }
    }
}
