//! All that the page of an order shows, read on one snapshot.

use std::collections::HashMap;

use crm::sales::{Hold, Order, OrderLine, OrderStage, Quote, open_holds};
use erp::finance::{Invoice, InvoiceKind};
use erp::inventory::{self, Availability};
use erp::logistics::{self, Shipment};
use kernel::{Entity, Fault, Faults, Id, Instant, Kept, Money, Origin, Quantity, RawId, Tx};
use master::{Party, PaymentTerm, PriceList, Product, Tax, Totals, Unit, totals};
use processes::order_to_cash::facts::{Facts, LineFacts, facts, products_of};
use processes::order_to_cash::holds;

use super::book;
use super::credit::{Credit, More, credit};
use super::step::Around;
use crate::own_fields::OwnFields;

pub struct Seen {
    pub own: OwnFields,
    pub order: Kept<Order>,
    pub party: Kept<Party>,
    pub facts: Facts,
    pub products: HashMap<Id<Product>, Kept<Product>>,
    pub units: HashMap<Id<Unit>, Kept<Unit>>,
    pub holds: Vec<Kept<Hold>>,
    /// What it waits for as things are now, told in place of what a hold said when it was opened.
    pub lacking: Option<Fault>,
    pub shipments: Vec<Kept<Shipment>>,
    pub invoices: Vec<Kept<Invoice>>,
    /// Of a draft: what can be promised of each line.
    pub promises: Vec<Option<Availability>>,
    /// Whether something the order waits for has become free.
    pub freed: bool,
    /// What is reserved and on no shipment yet.
    pub ready: Quantity,
    pub totals: Totals,
    pub credit: Credit,
    pub term: Option<Kept<PaymentTerm>>,
    pub price_list: Option<Kept<PriceList>>,
    pub quote: Option<Kept<Quote>>,
    pub now: Instant,
}

/// How far the goods of an order are: all, those reserved or gone, those gone. Counted in their unit
/// when they share one, else by lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goods {
    Units { all: Quantity, kept: Quantity, gone: Quantity },
    Lines { all: usize, kept: usize, gone: usize },
}

/// Reads it.
///
/// # Errors
/// `not_found`, `store.*`.
pub fn see(tx: &mut Tx<'_>, id: RawId) -> Result<Seen, Faults> {
    let order = tx.get(Id::<Order>::from_raw(id))?;
    let party = tx.get(order.party)?;
    let facts = facts(tx, order.id)?;
    let lines: Vec<Kept<OrderLine>> = facts.lines.iter().map(|facts| facts.line.clone()).collect();
    let products = products_of(tx, &lines)?;
    let units = book::by_id(tx, products.values().map(|product| product.unit))?;
    let holds = open_holds(tx, order.id)?;
    let lacking = holds::lacking(tx, &facts)?;
    let origin = Some(Origin::of(order.id));
    let shipments = tx.find(Shipment::ORIGIN.is(&origin))?;
    let invoices = tx.find(Invoice::ORIGIN.is(&origin))?;
    let more = match order.stage {
        OrderStage::Draft => More::Draft(order.total),
        OrderStage::Confirmed => More::Counted(order.id),
        _ => More::Nothing,
    };
    let credit = credit(tx, &party, &more)?;
    let promises = promises(tx, &order, &facts)?;
    let ready = ready(tx, &facts)?;
    let freed = freed(tx, &order, &facts)?;
    let totals = totals_of(tx, &lines)?;
    let term = order.payment_term.map(|term| tx.get(term)).transpose()?;
    let price_list = party.price_list.map(|list| tx.get(list)).transpose()?;
    let quote = order.quote.map(|quote| tx.get(quote)).transpose()?;
    let own = OwnFields::of(tx, Order::DEF, order.id.raw())?;
    Ok(Seen {
        own,
        party,
        facts,
        products,
        units,
        holds,
        lacking,
        shipments,
        invoices,
        promises,
        freed,
        ready,
        totals,
        credit,
        term,
        price_list,
        quote,
        now: tx.now(),
        order,
    })
}

/// Of a draft, what inventory can promise of its goods; the same question that confirming asks.
fn promises(
    tx: &mut Tx<'_>,
    order: &Order,
    facts: &Facts,
) -> Result<Vec<Option<Availability>>, Faults> {
    if order.stage != OrderStage::Draft {
        return Ok(facts.lines.iter().map(|_| None).collect());
    }
    let goods: Vec<(Id<Product>, Quantity)> = facts
        .lines
        .iter()
        .filter(|facts| facts.stocked)
        .map(|facts| (facts.line.product, facts.line.quantity))
        .collect();
    let mut answers = inventory::availability_all(tx, &goods)?.into_iter();
    Ok(facts.lines.iter().map(|facts| if facts.stocked { answers.next() } else { None }).collect())
}

fn freed(tx: &mut Tx<'_>, order: &Order, facts: &Facts) -> Result<bool, Faults> {
    if order.stage != OrderStage::Confirmed {
        return Ok(false);
    }
    let waiting: Vec<(Id<Product>, Quantity)> = facts
        .lines
        .iter()
        .filter(|facts| facts.waiting() > Quantity::ZERO)
        .map(|facts| (facts.line.product, facts.waiting()))
        .collect();
    let there = inventory::availability_all(tx, &waiting)?;
    Ok(there.iter().any(|there| there.free > Quantity::ZERO))
}

fn ready(tx: &mut Tx<'_>, facts: &Facts) -> Result<Quantity, Fault> {
    let kept: Vec<Origin> = facts
        .lines
        .iter()
        .filter(|facts| facts.reserved > Quantity::ZERO)
        .map(|facts| Origin::of(facts.line.id))
        .collect();
    let prepared = logistics::in_preparation(tx, &kept)?;
    let reserved = Quantity::sum(facts.lines.iter().map(|facts| facts.reserved));
    Ok((reserved - Quantity::sum(prepared.into_values())).max(Quantity::ZERO))
}

/// What the stored lines amount to, tax by tax.
///
/// # Errors
/// `store.*`.
pub fn totals_of(tx: &mut Tx<'_>, lines: &[Kept<OrderLine>]) -> Result<Totals, Fault> {
    let taxes: HashMap<Id<Tax>, Kept<Tax>> =
        book::by_id(tx, lines.iter().filter_map(|line| line.tax))?;
    let known = lines.iter().filter_map(|line| {
        let tax = taxes.get(&line.tax?)?;
        Some((tax.id, tax.rate, line.net))
    });
    Ok(totals(tx.currency(), known.collect::<Vec<_>>()))
}

impl Seen {
    #[must_use]
    pub fn around(&self) -> Around {
        Around {
            held: book::blocking(&self.holds).is_some(),
            shipping: self.shipments.iter().any(|shipment| shipment.state.is_open()),
            billable: self.to_invoice() > Quantity::ZERO,
        }
    }
    /// How much may be invoiced now, whatever the units.
    #[must_use]
    pub fn to_invoice(&self) -> Quantity {
        if self.order.stage != OrderStage::Confirmed {
            return Quantity::ZERO;
        }
        let on_order = self.order.invoicing == crm::sales::Invoicing::OnOrder;
        Quantity::sum(self.facts.lines.iter().map(|facts| facts.to_invoice(on_order)))
    }
    /// Invoiced excluding tax, deposits left out, credit notes taken off.
    #[must_use]
    pub fn invoiced(&self) -> Money {
        let mut sum = Money::zero(self.order.net.currency);
        for invoice in &self.invoices {
            match invoice.kind {
                InvoiceKind::Invoice => sum += invoice.net,
                InvoiceKind::CreditNote => sum -= invoice.net,
                InvoiceKind::Deposit => {}
            }
        }
        sum
    }
    /// How far the goods of an order are.
    #[must_use]
    pub fn goods(&self) -> Goods {
        let goods = || self.facts.lines.iter().filter(|facts| facts.stocked);
        let unit = |facts: &LineFacts| self.products.get(&facts.line.product).map(|p| p.unit);
        let first = goods().next().and_then(unit);
        if goods().all(|facts| unit(facts) == first) {
            return Goods::Units {
                all: Quantity::sum(goods().map(|f| f.line.quantity)),
                kept: Quantity::sum(goods().map(|f| f.reserved + f.delivered)),
                gone: Quantity::sum(goods().map(|f| f.delivered)),
            };
        }
        let kept = goods().filter(|f| f.reserved + f.delivered >= f.line.quantity).count();
        let gone = goods().filter(|f| f.delivered >= f.line.quantity).count();
        Goods::Lines { all: goods().count(), kept, gone }
    }
    /// Whether a line of a draft cannot be served today.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.promises.iter().flatten().any(Availability::is_short)
    }
    #[must_use]
    pub fn unit(&self, product: Id<Product>, language: kernel::Language) -> &str {
        let unit = self.products.get(&product).and_then(|product| self.units.get(&product.unit));
        unit.map_or("", |unit| unit.label(language))
    }
}
