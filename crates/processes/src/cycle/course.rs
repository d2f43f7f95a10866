//! The course of one order, put together from its events.

use std::collections::HashMap;

use crm::sales::{Order, Quote};
use kernel::{Day, Id, Instant, RawId, parse_decimal};
use master::Party;
use serde_json::Value as Json;

use super::Step;
use crate::rows::id_of_origin;

/// What happened to one order, and when.
#[derive(Debug, Default, Clone)]
pub struct Course {
    pub party: Option<Id<Party>>,
    quoted: Option<Instant>,
    accepted: Option<Instant>,
    pub confirmed: Option<Instant>,
    shipped: Option<Instant>,
    pub delivered: Option<Instant>,
    invoiced: Option<Instant>,
    pub paid: Option<Instant>,
    pub shipments: usize,
    invoices: usize,
    credited: bool,
    /// By hold: when it was opened, when it was released.
    holds: HashMap<String, (Instant, Option<Instant>)>,
}

impl Course {
    /// How long a step took, in microseconds; none when it is not done, or was done before it began
    /// (an order billed before it is delivered).
    pub fn duration(&self, step: Step) -> Option<i64> {
        let (from, to) = match step {
            Step::Quote => (self.quoted?, self.accepted?),
            Step::Confirm => (self.accepted?, self.confirmed?),
            Step::Deliver => (self.confirmed?, self.delivered.and(self.shipped)?),
            Step::Invoice => (self.shipped?, self.invoiced?),
            Step::Pay => (self.invoiced?, self.paid?),
            Step::Whole => (self.confirmed?, self.paid?),
        };
        (to >= from).then_some(to.0 - from.0)
    }
    pub fn was_held(&self) -> bool {
        !self.holds.is_empty()
    }
    /// How long it was held, in microseconds, each moment counted once; none while it still is.
    pub fn held_for(&self) -> Option<i64> {
        let mut spans: Vec<(i64, i64)> = self
            .holds
            .values()
            .map(|(opened, released)| released.map(|released| (opened.0, released.0)))
            .collect::<Option<_>>()?;
        spans.sort_unstable();
        let (mut sum, mut reached) = (0, i64::MIN);
        for (from, to) in spans {
            let from = from.max(reached);
            sum += (to - from).max(0);
            reached = reached.max(to);
        }
        Some(sum)
    }
    pub fn first_time_right(&self) -> bool {
        !self.was_held() && self.shipments <= 1 && self.invoices <= 1 && !self.credited
    }
}

/// An invoice paid in full.
#[derive(Debug, Clone, Copy)]
pub struct Settled {
    pub at: Instant,
    pub party: Option<Id<Party>>,
    /// Its total, taxes included, in minor units.
    pub minor: i64,
    /// From its issue to its payment.
    pub days: i64,
}

/// All courses, put together event by event.
#[derive(Debug, Default)]
pub struct Courses {
    orders: HashMap<Id<Order>, Course>,
    quotes: HashMap<Id<Quote>, Instant>,
    /// By invoice: its total in minor units.
    totals: HashMap<RawId, i64>,
    pub settled: Vec<Settled>,
}

impl Courses {
    pub fn orders(&self) -> impl Iterator<Item = &Course> {
        self.orders.values()
    }

    /// Takes in one event, in the order of the feed.
    pub fn hear(&mut self, at: Instant, name: &str, record: RawId, facts: &str) {
        let facts: Json = serde_json::from_str(facts).unwrap_or(Json::Null);
        let text = |name: &str| facts.get(name).and_then(Json::as_str);
        let party = text("party").and_then(|id| RawId::parse(id).ok()).map(Id::from_raw);
        let origin = text("origin").and_then(id_of_origin::<Order>);
        match name {
            "quote.sent" => {
                self.quotes.entry(Id::from_raw(record)).or_insert(at);
            }
            "quote.accepted" => {
                let order = text("order").and_then(|id| RawId::parse(id).ok());
                if let Some(order) = order {
                    let quoted = self.quotes.get(&Id::from_raw(record)).copied();
                    let course = self.orders.entry(Id::from_raw(order)).or_default();
                    (course.quoted, course.accepted) = (quoted, Some(at));
                }
            }
            "shipment.shipped" => {
                if let Some(order) = origin {
                    let course = self.orders.entry(order).or_default();
                    course.shipments += 1;
                    course.shipped = Some(at);
                }
            }
            "invoice.posted" => self.posted(record, origin, &facts),
            "invoice.settled" => self.settle(at, record, party, &facts),
            _ => {
                let course = self.orders.entry(Id::from_raw(record)).or_default();
                course.party = course.party.or(party);
                course.step(at, name, text("hold"));
            }
        }
    }

    fn posted(&mut self, record: RawId, origin: Option<Id<Order>>, facts: &Json) {
        let kind = facts.get("kind").and_then(Json::as_str).unwrap_or("");
        if kind != "credit_note" {
            self.totals.insert(record, minor(facts.get("total")));
        }
        if let Some(order) = origin {
            let course = self.orders.entry(order).or_default();
            course.invoices += usize::from(kind == "invoice");
            course.credited |= kind == "credit_note";
        }
    }

    fn settle(&mut self, at: Instant, record: RawId, party: Option<Id<Party>>, facts: &Json) {
        let paid = facts.get("paid").and_then(Json::as_bool).unwrap_or(false);
        let issued = facts.get("issued_on").and_then(Json::as_str);
        let (Some(issued), Some(minor)) =
            (issued.and_then(|day| Day::parse(day).ok()), self.totals.get(&record))
        else {
            return;
        };
        if paid {
            let (minor, days) = (*minor, i64::from(at.day() - issued).max(0));
            self.settled.push(Settled { at, party, minor, days });
        }
    }
}

impl Course {
    fn step(&mut self, at: Instant, name: &str, hold: Option<&str>) {
        match name {
            "order.confirmed" => self.confirmed = Some(at),
            "order.delivered" => self.delivered = Some(at),
            "order.invoiced" => self.invoiced = Some(at),
            "order.paid" => self.paid = Some(at),
            "order.held" => {
                if let Some(hold) = hold {
                    self.holds.entry(hold.to_owned()).or_insert((at, None));
                }
            }
            "order.released" => {
                if let Some((_, released)) = hold.and_then(|hold| self.holds.get_mut(hold)) {
                    released.get_or_insert(at);
                }
            }
            _ => {}
        }
    }
}

/// The minor units of an amount told in an event.
fn minor(amount: Option<&Json>) -> i64 {
    let text = amount.and_then(|amount| amount.get("amount")).and_then(Json::as_str).unwrap_or("0");
    let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let decimals = u32::try_from(decimals).unwrap_or(0);
    parse_decimal(text, decimals).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_held_once_however_many_reasons_there_are() {
        let mut course = Course::default();
        course.step(Instant(0), "order.held", Some("a"));
        course.step(Instant(10), "order.held", Some("b"));
        assert_eq!(course.held_for(), None);
        course.step(Instant(20), "order.released", Some("a"));
        course.step(Instant(30), "order.released", Some("b"));
        course.step(Instant(50), "order.held", Some("c"));
        course.step(Instant(55), "order.released", Some("c"));
        assert_eq!(course.held_for(), Some(35));
        assert!(!course.first_time_right());
    }

    #[test]
    fn an_amount_is_read_in_its_minor_unit() {
        let amount = serde_json::json!({"amount": "1234.50", "currency": "EUR"});
        assert_eq!(minor(Some(&amount)), 123_450);
        assert_eq!(minor(None), 0);
    }
}
