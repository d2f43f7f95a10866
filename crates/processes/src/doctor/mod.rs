//! Checks that what is stored holds together, and names the row that does not.
//!
//! The invariants of order to cash: balanced entries, receivables equal to what documents leave
//! open, stock that adds up over all places, nothing oversold, nothing over-invoiced or
//! over-credited, numbers without gaps, taxes alike on order and invoice, states equal to what the
//! facts give, and an event for every step.

mod orders;
mod statements;

use kernel::{Fault, Faults, Id, Money, Origin, Quantity, Tx, Value};
use master::Product;

use crate::rows::Cells;
use statements::{Measure, STATEMENTS};

/// Something that does not hold, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub code: &'static str,
    /// The row concerned; none when it is a series or a sum.
    pub record: Option<Origin>,
    pub facts: Vec<(&'static str, Value)>,
}

impl Finding {
    fn on(code: &'static str, record: Origin) -> Self {
        Self { code, record: Some(record), facts: Vec::new() }
    }
    fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.facts.push((name, value.into()));
        self
    }
    /// The same as a refusal, whose sentence can be said in both languages.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let record = self.record.map_or(String::new(), |record| record.to_string());
        let mut fault = Fault::new(self.code).with("record", record);
        fault.facts.extend(self.facts.iter().cloned());
        fault
    }
}

/// All that does not hold in the books of this company; empty when all is well.
///
/// # Errors
/// `store.*`.
pub fn findings(tx: &mut Tx<'_>) -> Result<Vec<Finding>, Faults> {
    let mut found = Vec::new();
    for check in STATEMENTS {
        for row in tx.sql(check.statement, &[])? {
            let mut cells = Cells::of(row);
            let record = Origin { entity: check.entity, id: cells.raw() };
            let finding = Finding::on(check.code, record);
            let (is, should) = (cells.integer(), cells.integer());
            let value = |figure: i64| match check.measure {
                Measure::Money => Value::Money(Money::new(figure, tx.currency())),
                Measure::Quantity => Value::Quantity(Quantity(figure)),
                Measure::Count => Value::Integer(figure),
            };
            found.push(finding.with("found", value(is)).with("expected", value(should)));
        }
    }
    stock(tx, &mut found)?;
    numbers(tx, &mut found)?;
    orders::check(tx, &mut found)?;
    closings(tx, &mut found)?;
    Ok(found)
}

/// The closings, and the documents that they sealed.
fn closings(tx: &mut Tx<'_>, found: &mut Vec<Finding>) -> Result<(), Faults> {
    let Some(first) = erp::finance::first_closed_day(tx)? else { return Ok(()) };
    let today = tx.today();
    for fault in erp::finance::check_closings(tx, first, today)? {
        found.push(Finding { code: fault.code, record: None, facts: fault.facts });
    }
    Ok(())
}

/// What inventory says of its own records.
fn stock(tx: &mut Tx<'_>, found: &mut Vec<Finding>) -> Result<(), Faults> {
    for fault in inventory_faults(tx)? {
        let product = fault.facts.iter().find_map(|(name, value)| match value {
            Value::Ref(id) if *name == "product" => Some(Origin::of(Id::<Product>::from_raw(*id))),
            _ => None,
        });
        found.push(Finding { code: fault.code, record: product, facts: fault.facts });
    }
    Ok(())
}

fn inventory_faults(tx: &mut Tx<'_>) -> Result<Vec<Fault>, Faults> {
    Ok(erp::inventory::contradictions(tx)?.0)
}

/// The numbers of the posted invoices.
const INVOICE_NUMBERS: &str = "\
select i.number from invoices i where i.company = $1 and i.number is not null order by i.number";

/// Each series of invoices runs from 1 without a gap: `FA-2026-0001`, `FA-2026-0002`…
fn numbers(tx: &mut Tx<'_>, found: &mut Vec<Finding>) -> Result<(), Faults> {
    let mut series: std::collections::BTreeMap<String, Vec<i64>> = Default::default();
    for row in tx.sql(INVOICE_NUMBERS, &[])? {
        let number = Cells::of(row).text();
        match number.rsplit_once('-').and_then(|(name, rank)| Some((name, rank.parse().ok()?))) {
            Some((name, rank)) => series.entry(name.to_owned()).or_default().push(rank),
            None => found.push(gap(&number, 0)),
        }
    }
    for (name, mut ranks) in series {
        ranks.sort_unstable();
        let expected = 1_i64..;
        if let Some((_, missing)) = ranks.iter().zip(expected).find(|(rank, due)| *rank != due) {
            found.push(gap(&name, missing));
        }
    }
    Ok(())
}

fn gap(series: &str, missing: i64) -> Finding {
    let finding = Finding { code: "doctor.number_gap", record: None, facts: Vec::new() };
    finding.with("series", series).with("missing", missing)
}

/// The codes that [`findings`] may give, for those who translate.
#[must_use]
pub fn codes() -> Vec<&'static str> {
    let own = STATEMENTS.iter().map(|check| check.code);
    own.chain(["doctor.number_gap"]).chain(orders::CODES.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Language, sentence};

    #[test]
    fn every_finding_has_its_sentence_in_both_languages() {
        for language in [Language::French, Language::English] {
            let known: Vec<&str> = sentence::codes(language).collect();
            for code in codes() {
                assert!(known.contains(&code), "{code} has no sentence in {language:?}");
            }
        }
    }

    #[test]
    fn every_statement_names_an_entity() {
        let catalog = crate::catalog();
        for check in STATEMENTS {
            assert!(catalog.entity(check.entity).is_some(), "{}", check.code);
        }
    }
}
