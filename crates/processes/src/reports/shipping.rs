//! Orders whose goods are kept and on no shipment yet: what the warehouse may prepare.

use std::collections::BTreeMap;

use crm::sales::{HoldKind, Order, OrderLine};
use erp::logistics;
use kernel::{Choice, Day, Fault, Id, Origin, Quantity, Tx};
use master::Party;

use crate::order_to_cash::holds;
use crate::rows::Cells;

/// An order with something to prepare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToPrepare {
    pub order: Id<Order>,
    pub number: String,
    pub party: Id<Party>,
    pub party_name: String,
    pub city: Option<String>,
    pub wanted_on: Option<Day>,
    pub promised_on: Option<Day>,
    /// How many of its lines have goods to be prepared.
    pub lines: usize,
    pub quantity: Quantity,
    /// The hold that keeps it back, if any.
    pub held: Option<HoldKind>,
}

const KEPT: &str = "\
select o.id, o.number, o.party, p.name, o.delivery_city, o.wanted_on, o.promised_on, l.id,
  l.reserved,
  (select min(h.kind) from holds h
   where h.company = o.company and h.\"order\" = o.id and h.released_at is null
     and h.kind <> 'stock')
from orders o
  join order_lines l on l.company = o.company and l.\"order\" = o.id
  join parties p on p.company = o.company and p.id = o.party
where o.company = $1 and o.stage = 'confirmed' and l.reserved > 0";

/// The orders with goods to prepare, the most urgent first.
///
/// # Errors
/// `store.*`.
pub fn to_prepare(tx: &mut Tx<'_>) -> Result<Vec<ToPrepare>, Fault> {
    let mut found: BTreeMap<Id<Order>, ToPrepare> = BTreeMap::new();
    let mut kept: Vec<(Id<Order>, Origin, Quantity)> = Vec::new();
    for row in tx.sql(KEPT, &[])? {
        let mut cells = Cells::of(row);
        let order: Id<Order> = cells.id();
        let (number, party, party_name) = (cells.text(), cells.id(), cells.text());
        let city = cells.text_if_any();
        let (wanted_on, promised_on) = (cells.day_if_any(), cells.day_if_any());
        let (line, reserved) = (cells.id::<OrderLine>(), cells.quantity());
        let held = cells.text_if_any().and_then(|kind| HoldKind::of_name(&kind));
        kept.push((order, Origin::of(line), reserved));
        found.entry(order).or_insert_with(|| ToPrepare {
            order,
            number,
            party,
            party_name,
            city,
            wanted_on,
            promised_on,
            lines: 0,
            quantity: Quantity::ZERO,
            held: held.filter(|kind| holds::blocks(*kind)),
        });
    }
    let origins: Vec<Origin> = kept.iter().map(|(_, origin, _)| *origin).collect();
    let prepared = logistics::in_preparation(tx, &origins)?;
    for (order, origin, reserved) in kept {
        let left = reserved - prepared.get(&origin).copied().unwrap_or_default();
        if let (Some(row), true) = (found.get_mut(&order), left > Quantity::ZERO) {
            row.lines += 1;
            row.quantity += left;
        }
    }
    let mut ready: Vec<ToPrepare> = found.into_values().filter(|row| row.lines > 0).collect();
    let urgency = |row: &ToPrepare| row.wanted_on.or(row.promised_on).map_or(i32::MAX, |day| day.0);
    ready.sort_by_key(|row| (row.held.is_some(), urgency(row), row.order));
    Ok(ready)
}
