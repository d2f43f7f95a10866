//! One test of a sieve: a field, a sign, and what it is compared with.

use super::measure::label;
use super::read::Reader;
use super::{Found, Gauge, Operand, Sieve, Test, values};
use crate::query::Sign;
use crate::{EntityDef, Fault, FieldDef, Kind, Value};

impl Reader<'_, '_> {
    /// The sign and the values that follow a field.
    pub(super) fn compared(&mut self, found: &Found) -> Result<Sieve, Fault> {
        let asked = self.sign(found)?;
        if let Found::Step(step) = found {
            let start = self.at;
            let (text, quoted) = self.value_text(found)?;
            if quoted || !values::is_empty(&text) {
                return Err(self.refused(
                    found,
                    &text,
                    start,
                    "« vide », « . » ou « ( »",
                    "“empty”, “.” or “(”",
                ));
            }
            let none = Gauge {
                of: *step,
                sum: None,
                only: None,
                sign: if asked.not { Sign::Above } else { Sign::Is },
                value: Value::Integer(0),
            };
            return Ok(Sieve::Measure(Box::new(none)));
        }
        let kind = match found {
            Found::Field(field) => field.kind,
            Found::Custom(custom) => values::kind_of(custom.kind),
            Found::Step(_) => Kind::Flag,
        };
        let is_text = matches!(kind, Kind::Text { .. } | Kind::LongText);
        let test = if is_text { asked.text } else { asked.other };
        self.fits(found, kind, test)?;
        let operands = self.operands(found, test)?;
        let sieve = self.tested(found, test, operands)?;
        Ok(if asked.not { sieve.negated() } else { sieve })
    }

    /// Refuses a sign that means nothing for this kind of field.
    pub(super) fn fits(&self, found: &Found, kind: Kind, test: Test) -> Result<(), Fault> {
        let ordered = matches!(
            kind,
            Kind::Integer
                | Kind::Money
                | Kind::Price
                | Kind::Quantity
                | Kind::Rate
                | Kind::Day
                | Kind::Instant
        );
        let is_text = matches!(kind, Kind::Text { .. } | Kind::LongText);
        let fits = match test {
            Test::Contains => is_text,
            Test::Compare(Sign::Is) => true,
            Test::Compare(_) => ordered,
        };
        if fits {
            return Ok(());
        }
        let given = match test {
            Test::Contains => "~",
            Test::Compare(sign) => sign.text(),
        };
        let field = label(found, self.scope.actor.language);
        Err(Fault::new("sieve.sign").with("at", self.at).with("given", given).with("field", field))
    }

    pub(super) fn operands(&mut self, found: &Found, test: Test) -> Result<Vec<Operand>, Fault> {
        self.blank();
        let listed = self.next() == Some('(');
        if listed {
            self.at += 1;
        }
        let mut operands = Vec::new();
        loop {
            let start = self.at;
            let (text, quoted) = self.value_text(found)?;
            let read = values::read(self.scope, found, &text, quoted);
            operands.push(read.map_err(|fault| self.misread(found, &text, start, &fault))?);
            let more = if listed {
                self.keyword(&["or", "ou"])
            } else {
                self.next() == Some('|') && {
                    self.at += 1;
                    true
                }
            };
            if !more {
                break;
            }
        }
        if listed {
            self.close()?;
        }
        if operands.len() > 1 && !matches!(test, Test::Contains | Test::Compare(Sign::Is)) {
            return Err(self.expected("une seule valeur", "one value only"));
        }
        Ok(operands)
    }

    pub(super) fn tested(
        &mut self,
        found: &Found,
        test: Test,
        mut operands: Vec<Operand>,
    ) -> Result<Sieve, Fault> {
        let internal = || Fault::new("internal");
        let named = |operand: &Operand| matches!(operand, Operand::Value(Value::Text(_)));
        if let Found::Field(field) = found
            && matches!(field.kind, Kind::Ref(_))
            && operands.iter().any(named)
        {
            let parts = operands.into_iter().map(|operand| match operand {
                Operand::Value(Value::Text(words)) => self.named(field, &words),
                other => Ok(Sieve::Field(field, test, other)),
            });
            return Sieve::any(parts.collect::<Result<_, _>>()?).ok_or_else(internal);
        }
        let operand = if operands.len() > 1 {
            Operand::Among(operands)
        } else {
            operands.pop().ok_or_else(internal)?
        };
        match found {
            Found::Field(field) => Ok(Sieve::Field(field, test, operand)),
            Found::Custom(custom) => {
                Ok(Sieve::Custom(custom.name.clone(), custom.kind, test, operand))
            }
            Found::Step(_) => Err(internal()),
        }
    }

    /// The record that a reference names is found by words.
    pub(super) fn named(&mut self, field: &'static FieldDef, words: &str) -> Result<Sieve, Fault> {
        let start = self.at;
        let step = self.scope.along(field)?.ok_or_else(|| Fault::new("internal"))?;
        let inner = self.words(step.entity, words, start)?;
        Ok(Sieve::Step(step, Box::new(inner)))
    }

    pub(super) fn words(
        &mut self,
        def: &'static EntityDef,
        words: &str,
        start: usize,
    ) -> Result<Sieve, Fault> {
        if def.fields.iter().any(|field| field.search) {
            return Ok(Sieve::Words(words.to_owned()));
        }
        let title = def.fields.iter().find(|field| {
            field.title && matches!(field.kind, Kind::Text { .. }) && !self.scope.hides(def, field)
        });
        match title {
            Some(title) => {
                let text = Operand::Value(Value::Text(words.to_owned()));
                Ok(Sieve::Field(title, Test::Contains, text))
            }
            None => Err(self.unknown(def, words, start)),
        }
    }
}
