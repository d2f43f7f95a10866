//! All that the page of a quote shows, read on one snapshot.

use std::collections::HashMap;

use crm::sales::{Opportunity, Order, Quote, QuoteLine, quote};
use kernel::{Entity, Fault, Faults, Id, Instant, Kept, RawId, Tx};
use master::{Party, PaymentTerm, Product, Tax, Totals, Unit, totals};

use crate::own_fields::OwnFields;
use crate::pages::orders::book;

pub struct Seen {
    pub own: OwnFields,
    pub quote: Kept<Quote>,
    pub party: Kept<Party>,
    pub lines: Vec<Kept<QuoteLine>>,
    pub products: HashMap<Id<Product>, Kept<Product>>,
    pub units: HashMap<Id<Unit>, Kept<Unit>>,
    pub taxes: HashMap<Id<Tax>, Kept<Tax>>,
    pub totals: Totals,
    pub term: Option<Kept<PaymentTerm>>,
    pub opportunity: Option<Kept<Opportunity>>,
    /// What came of it once accepted.
    pub order: Option<Kept<Order>>,
    pub previous: Option<Kept<Quote>>,
    pub next: Option<Kept<Quote>>,
    pub now: Instant,
}

/// Reads it.
///
/// # Errors
/// `not_found`, `store.*`.
pub fn see(tx: &mut Tx<'_>, id: RawId) -> Result<Seen, Faults> {
    let found = tx.get(Id::<Quote>::from_raw(id))?;
    Ok(of(tx, found)?)
}

/// The same for a quote already found.
///
/// # Errors
/// `store.*`.
pub fn of(tx: &mut Tx<'_>, found: Kept<Quote>) -> Result<Seen, Fault> {
    let party = tx.get(found.party)?;
    let lines = quote::lines(tx, found.id)?;
    let products = book::by_id(tx, lines.iter().map(|line| line.product))?;
    let units = book::by_id(tx, products.values().map(|product: &Kept<Product>| product.unit))?;
    let taxes: HashMap<Id<Tax>, Kept<Tax>> =
        book::by_id(tx, lines.iter().filter_map(|line| line.tax))?;
    let known = lines.iter().filter_map(|line| {
        let tax = taxes.get(&line.tax?)?;
        Some((tax.id, tax.rate, line.net))
    });
    let totals = totals(tx.currency(), known.collect::<Vec<_>>());
    let term = found.payment_term.map(|term| tx.get(term)).transpose()?;
    let opportunity = found.opportunity.map(|id| tx.get(id)).transpose()?;
    let order = tx.first(Order::QUOTE.has(&found.id))?;
    let previous = found.previous.map(|id| tx.get(id)).transpose()?;
    let next = tx.first(Quote::PREVIOUS.has(&found.id))?;
    let own = OwnFields::of(tx, Quote::DEF, found.id.raw())?;
    Ok(Seen {
        own,
        quote: found,
        party,
        lines,
        products,
        units,
        taxes,
        totals,
        term,
        opportunity,
        order,
        previous,
        next,
        now: tx.now(),
    })
}

impl Seen {
    #[must_use]
    pub fn unit(&self, product: Id<Product>, language: kernel::Language) -> &str {
        let unit = self.products.get(&product).and_then(|product| self.units.get(&product.unit));
        unit.map_or("", |unit| unit.label(language))
    }
}
