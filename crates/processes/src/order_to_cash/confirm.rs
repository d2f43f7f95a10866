//! An order is confirmed: it is firm, its goods are kept, and what stands in its way is a hold.

use std::collections::HashMap;

use crm::sales::{self, HoldKind, Order};
use erp::inventory;
use kernel::{Actor, Day, Fault, Faults, Id, Kept, Origin, Quantity, Tx};
use master::Product;

use super::converge::{fact, settle};
use super::credit;
use super::facts::{Facts, products_of};
use super::holds;

/// What came of a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    pub order: Id<Order>,
    /// The kinds of the holds it was given.
    pub held: Vec<HoldKind>,
    /// The day by which all of it can leave; none when no one can tell.
    pub promised_on: Option<Day>,
}

/// Confirms a draft order: judges the customer's credit and data, keeps the goods.
///
/// What is short refuses the order, with the day it can be had, unless `partial`: then what is
/// there is kept and the rest waits. Credit and data never refuse: they hold the order, and a
/// person decides. All or nothing: on any fault nothing has changed.
///
/// # Errors
/// `order.stage`, `order.empty`, and one `stock.short` for each line that cannot be served.
pub fn confirm(
    tx: &mut Tx<'_>,
    _: &Actor,
    id: Id<Order>,
    partial: bool,
) -> Result<Confirmed, Faults> {
    // The order, then the customer, then the goods: every act locks in this order.
    let order = tx.lock(id)?;
    let party = tx.lock(order.party)?;
    let doubt = credit::judge(tx, &party, order.total)?;
    sales::confirm(tx, id)?;

    let (facts, shortages) = keep_goods(tx, id)?;
    if !partial {
        Faults(shortages).into_result()?;
    }
    let lacking = holds::lacking(tx, &facts)?;
    let held = hold(
        tx,
        id,
        [
            (HoldKind::Credit, doubt),
            (HoldKind::Data, holds::missing_data(&party)),
            (HoldKind::Stock, lacking),
        ],
    )?;
    fact(tx, &order, "order.confirmed")?;
    if !held.is_empty() {
        fact(tx, &order, "order.held")?;
    }
    let mut order = tx.get(id)?;
    order.promised_on = last_promise(&facts);
    settle(tx, &order, &facts)?;
    Ok(Confirmed { order: id, held, promised_on: order.promised_on })
}

/// Opens a hold for each reason there is, and tells which.
fn hold(
    tx: &mut Tx<'_>,
    id: Id<Order>,
    reasons: [(HoldKind, Option<Fault>); 3],
) -> Result<Vec<HoldKind>, Faults> {
    let mut held = Vec::new();
    for (kind, reason) in reasons {
        if let Some(fault) = reason {
            holds::open(tx, id, kind, &fault)?;
            held.push(kind);
        }
    }
    Ok(held)
}

/// Keeps aside what is free for each line that needs it, and tells what is then true of the order.
/// Every line is tried, so that the seller sees all the shortages in one answer. Each line learns
/// the day it can leave.
fn keep_goods(tx: &mut Tx<'_>, id: Id<Order>) -> Result<(Facts, Vec<Fault>), Faults> {
    let lines = sales::lines(tx, id)?;
    let products = products_of(tx, &lines)?;
    let mut facts = Facts::fresh(tx.currency(), lines, &products);
    let goods: Vec<usize> = (0..facts.lines.len()).filter(|at| facts.lines[*at].stocked).collect();
    let wanted: Vec<(Id<Product>, Quantity, Origin)> = goods
        .iter()
        .map(|at| &facts.lines[*at].line)
        .map(|line| (line.product, line.quantity, Origin::of(line.id)))
        .collect();
    let kept = inventory::reserve_all(tx, &wanted)?;
    let today = tx.today();
    for line in &mut facts.lines {
        line.line.promised_on = Some(today);
    }
    for (at, kept) in goods.iter().zip(kept) {
        facts.lines[*at].reserved = kept;
    }
    let shortages = promise(tx, &mut facts, &products)?;
    Ok((facts, shortages))
}

/// Says when what is missing can be had: one refusal for each line that lacks something. The goods
/// are held: what is told of them stays true until the end.
fn promise(
    tx: &mut Tx<'_>,
    facts: &mut Facts,
    products: &HashMap<Id<Product>, Kept<Product>>,
) -> Result<Vec<Fault>, Faults> {
    let short: Vec<usize> =
        (0..facts.lines.len()).filter(|at| !facts.lines[*at].waiting().is_zero()).collect();
    if short.is_empty() {
        return Ok(Vec::new());
    }
    let missing = |at: &usize| (facts.lines[*at].line.product, facts.lines[*at].waiting());
    let asked: Vec<(Id<Product>, Quantity)> = short.iter().map(missing).collect();
    let answers = inventory::availability_all(tx, &asked)?;
    let mut faults = Vec::with_capacity(short.len());
    for (at, answer) in short.iter().zip(answers) {
        let line = &mut facts.lines[*at];
        line.line.promised_on = answer.promised_on;
        let mut fault = Fault::new("stock.short").on(format!("lines.{at}.quantity"));
        if let Some(product) = products.get(&line.line.product) {
            fault = product.named_in(fault);
        }
        let fault = fault.with("asked", line.line.quantity).with("free", line.reserved);
        faults.push(match answer.promised_on {
            Some(day) => fault.with("promised_on", day),
            None => fault.with("promised_on", kernel::Value::Null),
        });
    }
    Ok(faults)
}

/// The day by which every line can leave; none when that of one is not known.
fn last_promise(facts: &Facts) -> Option<Day> {
    let days: Option<Vec<Day>> = facts.lines.iter().map(|facts| facts.line.promised_on).collect();
    days?.into_iter().max()
}
