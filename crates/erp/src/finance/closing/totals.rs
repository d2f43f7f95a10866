//! The totals of a closing: from the documents of a day, or from the days of a month or a year.

use std::collections::BTreeMap;

use kernel::{Choice, Currency, Fault, FieldDef, Id, Kept, Money, Rate, Text, Value};
use serde_json::Value as Json;

use super::content::{Posted, Recorded};
use super::{Closing, ClosingTopic, ClosingTotal};
use crate::finance::invoice::Invoice;

/// The totals by topic and series.
pub(super) type Totals = BTreeMap<(ClosingTopic, String), ClosingTotal>;

/// Amounts as the snapshots of invoices write them.
const AMOUNT: FieldDef = FieldDef::of::<Money>("amount", Text::new("Montant", "Amount"), "");

fn blank(topic: ClosingTopic, name: &str, currency: Currency) -> ClosingTotal {
    let zero = Money::zero(currency);
    ClosingTotal {
        closing: Id::from_raw(kernel::RawId([0; 16])),
        topic,
        name: name.to_owned(),
        documents: 0,
        first_number: None,
        last_number: None,
        net: zero,
        tax: zero,
        total: zero,
        year_total: zero,
        perpetual_total: zero,
    }
}

/// What a document adds to a line.
struct Share<'a> {
    number: &'a str,
    net: Money,
    tax: Money,
    total: Money,
}

fn add(totals: &mut Totals, topic: ClosingTopic, name: &str, share: &Share<'_>) {
    let key = (topic, name.to_owned());
    let line = totals.entry(key).or_insert_with(|| blank(topic, name, share.total.currency));
    line.documents += 1;
    line.first_number.get_or_insert_with(|| share.number.to_owned());
    line.last_number = Some(share.number.to_owned());
    line.net += share.net;
    line.tax += share.tax;
    line.total += share.total;
}

/// The totals of what was recorded, without what came before.
pub(super) fn of_documents(currency: Currency, recorded: &Recorded) -> Result<Totals, Fault> {
    let (mut totals, zero) = (Totals::new(), Money::zero(currency));
    let plain = |number, total| Share { number, net: zero, tax: zero, total };
    for document in &recorded.documents {
        let number = document.number.as_str();
        match &document.posted {
            Posted::Invoice { invoice, deductions } => {
                add_invoice(&mut totals, invoice, number)?;
                for deduction in deductions {
                    let (total, tax) = (-deduction.amount, -deduction.tax_amount);
                    let share = Share { number, net: total - tax, tax, total };
                    add(&mut totals, ClosingTopic::Deductions, "AC", &share);
                }
            }
            Posted::Payment(payment) => {
                let share = plain(number, payment.amount);
                add(&mut totals, ClosingTopic::Payments, payment.method.name(), &share);
            }
            Posted::Entry { journal, debit } => {
                add(&mut totals, ClosingTopic::Entries, journal, &plain(number, *debit));
            }
        }
    }
    for payment in &recorded.undone {
        let number = payment.number.as_deref().unwrap_or_default();
        let share = plain(number, -payment.amount);
        add(&mut totals, ClosingTopic::Undone, "RG", &share);
    }
    Ok(totals)
}

fn add_invoice(totals: &mut Totals, invoice: &Kept<Invoice>, number: &str) -> Result<(), Fault> {
    let sign = |amount: Money| if invoice.is_credit() { -amount } else { amount };
    let (net, tax) = (sign(invoice.net), sign(invoice.tax_amount));
    let share = Share { number, net, tax, total: sign(invoice.total) };
    let topic = if invoice.is_credit() {
        (ClosingTopic::CreditNotes, "AV")
    } else {
        (ClosingTopic::Invoices, "FA")
    };
    add(totals, topic.0, topic.1, &share);
    let told = invoice.snapshot.as_ref().map(|told| serde_json::from_str::<Json>(&told.0));
    let told = told.and_then(Result::ok).unwrap_or_default();
    for part in told["taxes"].as_array().into_iter().flatten() {
        let text = |name: &str| part[name].as_str().unwrap_or_default().to_owned();
        let amount = |name: &str| match &part[name] {
            Json::Null => Ok(Money::zero(invoice.total.currency)),
            json => match kernel::json::to_value(&AMOUNT, json, invoice.total.currency)? {
                Value::Money(amount) => Ok(sign(amount)),
                _ => Err(kernel::wrong_type()),
            },
        };
        let (net, tax) = (amount("base")?, amount("amount")?);
        let rate = Rate(kernel::number::parse_decimal(&text("rate"), Rate::DECIMALS).unwrap_or(0));
        let name = format!("{} {}", text("category"), rate.percentage());
        add(totals, ClosingTopic::Vat, &name, &Share { number, net, tax, total: net + tax });
    }
    Ok(())
}

/// Puts what came before behind the totals of a day: every series goes on, also without a document.
pub(super) fn carry(totals: &mut Totals, before: &Totals, same_year: bool) {
    for (key, last) in before {
        let line =
            totals.entry(key.clone()).or_insert_with(|| blank(key.0, &key.1, last.total.currency));
        line.perpetual_total = last.perpetual_total;
        if same_year {
            line.year_total = last.year_total;
        }
    }
    for line in totals.values_mut() {
        line.year_total += line.total;
        line.perpetual_total += line.total;
    }
}

/// The totals of several days in order: what each sold, and where the last one stands.
pub(super) fn of_days<'a>(days: impl Iterator<Item = &'a Totals>) -> Totals {
    let mut sum = Totals::new();
    for day in days {
        for (key, own) in day {
            let currency = own.total.currency;
            let line = sum.entry(key.clone()).or_insert_with(|| blank(key.0, &key.1, currency));
            line.documents += own.documents;
            if line.first_number.is_none() {
                line.first_number.clone_from(&own.first_number);
            }
            if own.last_number.is_some() {
                line.last_number.clone_from(&own.last_number);
            }
            line.net += own.net;
            line.tax += own.tax;
            line.total += own.total;
            (line.year_total, line.perpetual_total) = (own.year_total, own.perpetual_total);
        }
    }
    sum
}

/// The heads of the totals: what a closing says of itself.
pub(super) struct Heads {
    pub net: Money,
    pub tax: Money,
    pub total: Money,
    pub year_total: Money,
    pub perpetual_total: Money,
    pub received: Money,
    pub perpetual_received: Money,
    pub documents: i64,
}

pub(super) fn heads(currency: Currency, totals: &Totals) -> Heads {
    use ClosingTopic::{CreditNotes, Deductions, Entries, Invoices, Payments, Undone};
    let sum = |topics: &[ClosingTopic], of: fn(&ClosingTotal) -> Money| {
        let own = totals.values().filter(|line| topics.contains(&line.topic));
        Money::sum(currency, own.map(of))
    };
    let sold = [Invoices, CreditNotes, Deductions];
    let received = [Payments, Undone];
    let posted = [Invoices, CreditNotes, Payments, Entries];
    let counted = totals.values().filter(|line| posted.contains(&line.topic));
    Heads {
        net: sum(&sold, |line| line.net),
        tax: sum(&sold, |line| line.tax),
        total: sum(&sold, |line| line.total),
        year_total: sum(&sold, |line| line.year_total),
        perpetual_total: sum(&sold, |line| line.perpetual_total),
        received: sum(&received, |line| line.total),
        perpetual_received: sum(&received, |line| line.perpetual_total),
        documents: counted.map(|line| line.documents).sum(),
    }
}

/// Whether a closing says what its totals say.
pub(super) fn agree(closing: &Closing, heads: &Heads) -> bool {
    (closing.net, closing.tax, closing.total) == (heads.net, heads.tax, heads.total)
        && (closing.year_total, closing.perpetual_total)
            == (heads.year_total, heads.perpetual_total)
        && (closing.received, closing.perpetual_received)
            == (heads.received, heads.perpetual_received)
        && closing.documents == heads.documents
}
