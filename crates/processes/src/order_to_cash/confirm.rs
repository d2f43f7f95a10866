//! An order is confirmed: it is firm, its goods are kept, and what stands in its way is a hold.

use crm::sales::{self, HoldKind, Order, OrderLine};
use erp::inventory;
use kernel::{Actor, Day, Entity, Fault, Faults, Id, Kept, Origin, Quantity, Tx};
use master::Product;

use super::converge::{converge, fact};
use super::credit;
use super::facts::products_of;
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
    let standing = credit::judge(tx, &party, order.total)?;
    sales::confirm(tx, id)?;

    let mut lines = sales::lines(tx, id)?;
    let shortages = keep_goods(tx, &mut lines)?;
    if !partial {
        Faults(shortages.clone()).into_result()?;
    }
    let promised_on = promise(tx, id, &lines)?;

    let mut held = Vec::new();
    let shortage = shortages.into_iter().next().map(|fault| (HoldKind::Stock, fault));
    let data = holds::missing_data(&party).map(|fault| (HoldKind::Data, fault));
    let doubt = standing.map(|fault| (HoldKind::Credit, fault));
    for (kind, fault) in [doubt, data, shortage].into_iter().flatten() {
        holds::open(tx, id, kind, &fault)?;
        held.push(kind);
    }
    fact(tx, &order, "order.confirmed")?;
    if !held.is_empty() {
        fact(tx, &order, "order.held")?;
    }
    converge(tx, id)?;
    Ok(Confirmed { order: id, held, promised_on })
}

/// Keeps aside what is free for each line that needs it. Every line is tried, so that the seller
/// sees all the shortages in one answer. Each line learns the day it can leave.
fn keep_goods(tx: &mut Tx<'_>, lines: &mut [Kept<OrderLine>]) -> Result<Vec<Fault>, Faults> {
    let products = products_of(tx, lines)?;
    let stocked = |line: &OrderLine| products.get(&line.product).is_none_or(|p| p.stocked());
    let goods: Vec<usize> = (0..lines.len()).filter(|at| stocked(&lines[*at])).collect();
    let wanted: Vec<(Id<Product>, Quantity, Origin)> = goods
        .iter()
        .map(|at| &lines[*at])
        .map(|line| (line.product, line.quantity, Origin::of(line.id)))
        .collect();
    let kept = inventory::reserve_all(tx, &wanted)?;

    // The goods are held now: what is told of them stays true until the end.
    let missing = |rank: usize| wanted[rank].1 - kept[rank];
    let short: Vec<usize> =
        (0..wanted.len()).filter(|rank| missing(*rank) > Quantity::ZERO).collect();
    let asked: Vec<(Id<Product>, Quantity)> =
        short.iter().map(|rank| (wanted[*rank].0, missing(*rank))).collect();
    let answers =
        if asked.is_empty() { Vec::new() } else { inventory::availability_all(tx, &asked)? };
    let today = tx.today();
    for line in lines.iter_mut() {
        line.promised_on = Some(today);
    }
    let mut faults = Vec::new();
    for (rank, answer) in short.iter().zip(answers) {
        let line = &mut lines[goods[*rank]];
        line.promised_on = answer.promised_on;
        let title = products.get(&line.product).map(|p| Product::DEF.title(&p.to_record()));
        let fault = Fault::new("stock.short")
            .on(format!("lines.{}.quantity", goods[*rank]))
            .with("product", title.unwrap_or_default())
            .with("asked", line.quantity)
            .with("free", kept[*rank]);
        faults.push(match answer.promised_on {
            Some(day) => fault.with("promised_on", day),
            None => fault.with("promised_on", kernel::Value::Null),
        });
    }
    Ok(faults)
}

/// Writes the days the lines are promised for, and the last of them on the order.
fn promise(
    tx: &mut Tx<'_>,
    id: Id<Order>,
    lines: &[Kept<OrderLine>],
) -> Result<Option<Day>, Faults> {
    let mut last = Some(tx.today());
    for line in lines {
        tx.save(line)?;
        last = last.zip(line.promised_on).map(|(last, day)| last.max(day));
    }
    let mut order = tx.get(id)?;
    order.promised_on = last;
    tx.save(&order)?;
    Ok(last)
}
