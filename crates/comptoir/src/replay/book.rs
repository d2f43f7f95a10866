//! The year itself: every task of the schedule run through the acts of order to cash, each command
//! under its key, so that a run that was cut off goes on where it stopped.

use std::ops::Range;
use std::sync::Arc;

use crm::sales::{self, Order, OrderLine};
use erp::inventory::Shortage;
use erp::logistics::Shipment;
use kernel::{Actor, Fault, Faults, Id, Instant, Origin, Price, Quantity, RawId, Tx};
use processes::order_to_cash;
use serde_json::Value as Json;
use store::{Call, Store};

use super::classify::{Document, Plan};
use super::founding::Known;
use super::reader::{POUND, Retail};
use super::schedule::{Schedule, Task};
use super::{returns, settle};

/// All that the commands read.
#[derive(Debug)]
pub struct Year {
    pub retail: &'static Retail,
    pub plan: Plan,
    pub schedule: Schedule,
    pub known: Known,
}

impl Year {
    /// A document by its place in the schedule.
    #[must_use]
    pub fn document(&self, place: usize) -> &Document {
        &self.plan.documents[self.schedule.order[place]]
    }
    #[must_use]
    pub fn name(&self, document: &Document) -> &'static str {
        &self.retail.documents[document.rank]
    }
    #[must_use]
    pub fn party(&self, customer: Option<usize>) -> Id<master::Party> {
        customer.map_or(self.known.walk_in, |rank| self.known.customers[rank])
    }
}

/// A run over the year: what it has made so far is asked of the store again when it goes on after
/// being cut off.
pub struct Run<'s> {
    store: &'s Store,
    actor: Actor,
    year: Arc<Year>,
    /// The orders of the documents that sold, by the rank of the file's documents.
    made: Vec<Option<Id<Order>>>,
}

impl<'s> Run<'s> {
    #[must_use]
    pub fn new(store: &'s Store, actor: Actor, year: Arc<Year>) -> Self {
        let made = vec![None; year.retail.documents.len()];
        Self { store, actor, year, made }
    }

    /// Runs one task of the schedule; tells how many lines of the file it booked. A task that an
    /// earlier run has done is not done again.
    ///
    /// # Errors
    /// Those of the acts, `replay.changed`, `store.*`.
    pub fn task(&mut self, rank: usize) -> Result<usize, Faults> {
        let year = self.year.clone();
        match &year.schedule.tasks[rank] {
            Task::Sell { at, documents } => self.sell(rank, *at, documents)?,
            Task::TakeBack { at, documents } => {
                let sold = self.sold(documents)?;
                let (year, range) = (year.clone(), documents.clone());
                self.command(rank, "credit", *at, move |tx, actor| {
                    range.clone().zip(&sold).try_for_each(|(place, sold)| {
                        returns::take_back(tx, actor, &year, year.document(place), sold)
                    })?;
                    Ok(Json::Null)
                })?;
            }
            Task::Settle { at, day, payers } => {
                let payers: Vec<_> = payers.iter().map(|payer| year.party(*payer)).collect();
                let day = *day;
                self.command(rank, "pay", *at, move |tx, actor| {
                    payers.iter().try_for_each(|payer| settle::pay(tx, actor, *payer, day))?;
                    Ok(Json::Null)
                })?;
            }
        }
        let lines = |documents: &Range<usize>| {
            documents.clone().map(|place| year.document(place).lines.len()).sum()
        };
        Ok(match &year.schedule.tasks[rank] {
            Task::Sell { documents, .. } | Task::TakeBack { documents, .. } => lines(documents),
            Task::Settle { .. } => 0,
        })
    }

    /// Enters the orders, and goes through them to the invoices, in one command. A document gets
    /// its number in the last part of a command, and the next one cites it: each step puts the one
    /// that follows behind the numbers that it asked for.
    fn sell(&mut self, rank: usize, at: Instant, range: &Range<usize>) -> Result<(), Faults> {
        let (year, places) = (self.year.clone(), range.clone());
        let orders = self.command(rank, "sell", at, move |tx, actor| {
            let made = places.clone().map(|place| {
                let order = order(tx, actor, &year, year.document(place))?;
                let actor = actor.clone();
                tx.last(move |tx| prepare(tx, &actor, order));
                Ok(Json::String(order.to_string()))
            });
            made.collect::<Result<Vec<_>, Faults>>().map(Json::Array)
        })?;
        for (place, order) in range.clone().zip(ids(&orders)?) {
            let document = self.year.document(place).rank;
            self.made[document] = Some(order);
        }
        Ok(())
    }

    /// For each document that takes goods back, the order of each that sold them.
    fn sold(&self, documents: &Range<usize>) -> Result<Vec<Vec<Id<Order>>>, Fault> {
        let each = documents.clone().map(|place| {
            let credits = self.year.document(place).credits().iter();
            let made = credits.map(|credit| self.made[credit.document].ok_or_else(changed));
            made.collect()
        });
        each.collect()
    }

    fn command(
        &self,
        rank: usize,
        step: &str,
        at: Instant,
        work: impl Fn(&mut Tx<'_>, &Actor) -> Result<Json, Faults> + Send + Sync + 'static,
    ) -> Result<Json, Faults> {
        let actor = self.actor.clone();
        let call = Call::new(actor.clone())
            .key(format!("online-retail:{rank}:{step}"))
            .fingerprint(self.fingerprint(rank))
            .at(at);
        self.store.command(call, move |tx| work(tx, &actor))
    }

    /// What a task is about: another file, or another way to cut it, is refused.
    fn fingerprint(&self, rank: usize) -> String {
        match &self.year.schedule.tasks[rank] {
            Task::Sell { documents, .. } | Task::TakeBack { documents, .. } => {
                let name = |place| self.year.name(self.year.document(place));
                format!("{} to {}", name(documents.start), name(documents.end - 1))
            }
            Task::Settle { day, payers, .. } => format!("{} payers on {day}", payers.len()),
        }
    }
}

pub(super) fn changed() -> Fault {
    Fault::new("replay.changed").with("code", "—")
}

/// The ids of an answer.
fn ids<E>(answer: &Json) -> Result<Vec<Id<E>>, Fault> {
    let items = answer.as_array().ok_or_else(changed)?.iter();
    let read = |item: &Json| RawId::parse(item.as_str().ok_or_else(changed)?).map(Id::from_raw);
    items.map(read).collect()
}

/// Enters an order as the file tells it.
fn order(
    tx: &mut Tx<'_>,
    actor: &Actor,
    year: &Year,
    document: &Document,
) -> Result<Id<Order>, Faults> {
    let mut order = Order::of(year.party(document.customer), POUND);
    order.reference = Some(year.name(document).to_owned());
    let id = tx.insert(&order)?;
    for (place, line) in document.lines.iter().map(|at| &year.retail.lines[*at]).enumerate() {
        let (product, quantity) = (year.known.products[line.product], line.quantity);
        let mut wanted = OrderLine::of(id, product, Quantity::units(quantity), POUND);
        wanted.rank = Some(sales::pricing::rank_of(place));
        wanted.unit_price = Some(Price::new(line.price, POUND));
        wanted.tax = Some(year.known.tax);
        tx.insert(&wanted)?;
    }
    sales::order::settle(tx, actor, id.raw())?;
    Ok(id)
}

/// Confirms an order and draws up its delivery, when it has goods; the rest follows its numbers.
fn prepare(tx: &mut Tx<'_>, actor: &Actor, order: Id<Order>) -> Result<(), Faults> {
    let confirmed = order_to_cash::confirm(tx, actor, order, false)?;
    if !confirmed.held.is_empty() {
        // Nothing of the year may be held: its customers have no limit and pay in time.
        return Err(Fault::new("replay.held").with("order", Origin::of(order)).into());
    }
    let shipment = match order_to_cash::prepare(tx, actor, order) {
        Ok(shipment) => Some(shipment),
        Err(faults) if faults.has("order.nothing_to_prepare") => None,
        Err(faults) => return Err(faults),
    };
    let actor = actor.clone();
    tx.last(move |tx| deliver(tx, &actor, order, shipment));
    Ok(())
}

/// Sends the goods of an order, and invoices it.
fn deliver(
    tx: &mut Tx<'_>,
    actor: &Actor,
    order: Id<Order>,
    shipment: Option<Id<Shipment>>,
) -> Result<(), Faults> {
    if let Some(shipment) = shipment {
        order_to_cash::ship(tx, actor, shipment, Shortage::Refuse)?;
    }
    order_to_cash::invoice(tx, actor, order).map(drop)
}
