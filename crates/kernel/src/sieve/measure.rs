//! Sums and counts of related records: `sum(invoices.total where state:posted) > 5000`.

use super::read::{COUNT, Reader};
use super::{Found, Gauge, Operand, Sieve, Step, Test, values};
use crate::query::Sign;
use crate::{EntityDef, Fault, FieldDef, Kind, Language, Value};

impl Reader<'_, '_> {
    pub(super) fn measure(&mut self, def: &'static EntityDef, sum: bool) -> Result<Sieve, Fault> {
        self.at += 1;
        let (mut def, mut steps): (_, Vec<Step>) = (def, Vec::new());
        let mut summed = None;
        loop {
            self.blank();
            let start = self.at;
            let word = self.word(def)?;
            let found = self.meaning(def, &word, start)?;
            let goes_on = self.next() == Some('.');
            let step = match &found {
                Found::Step(step) => Some(*step),
                Found::Field(field) if goes_on => self.scope.along(field)?,
                _ => None,
            };
            match (step, found) {
                (Some(step), _) => {
                    steps.push(step);
                    def = step.entity;
                }
                (None, Found::Field(field)) if sum && is_figure(field.kind) => {
                    summed = Some(field);
                }
                _ => {
                    let fault = Fault::new("sieve.measure").with("at", start + 1);
                    return Err(fault.with("given", word));
                }
            }
            if !goes_on || summed.is_some() {
                break;
            }
            self.at += 1;
        }
        let Some(of) = steps.pop().filter(|step| step.many() && sum == summed.is_some()) else {
            return Err(self.expected(
                "des fiches liées et, pour une somme, leur montant : sum(factures.total)",
                "related records and, for a sum, their amount: sum(invoices.total)",
            ));
        };
        let only = if self.keyword(&["where", "avec", "with", "dont"]) {
            Some(self.either(of.entity)?)
        } else {
            None
        };
        self.close()?;
        let (sign, value) = self.measured(summed.unwrap_or(&COUNT))?;
        let gauge = Gauge { of, sum: summed, only, sign, value };
        let end = Sieve::Measure(Box::new(gauge));
        Ok(steps.into_iter().rev().fold(end, |inner, step| Sieve::Step(step, Box::new(inner))))
    }

    pub(super) fn measured(&mut self, field: &'static FieldDef) -> Result<(Sign, Value), Fault> {
        let found = Found::Field(field);
        let asked = self.sign(&found)?;
        let start = self.at;
        let (text, quoted) = self.value_text(&found)?;
        let read = values::read(self.scope, &found, &text, quoted);
        match (read, asked.other, asked.not) {
            (Ok(Operand::Value(value)), Test::Compare(sign), false) => Ok((sign, value)),
            (Err(fault), ..) => Err(self.misread(&found, &text, start, &fault)),
            _ => Err(self.refused(&found, &text, start, "un nombre", "a number")),
        }
    }
}

pub(super) const fn is_figure(kind: Kind) -> bool {
    matches!(kind, Kind::Money | Kind::Quantity | Kind::Integer)
}

/// What a person calls it.
pub(super) fn label(found: &Found, language: Language) -> String {
    match found {
        Found::Field(field) => field.label.say(language).to_owned(),
        Found::Custom(custom) => custom.label(language).to_owned(),
        Found::Step(step) => step.entity.labels.say(language).to_owned(),
    }
}
