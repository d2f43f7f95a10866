//! What lists of orders need besides the orders: customers, holds, read for all rows at once.

use std::collections::{HashMap, HashSet};

use crm::sales::{Hold, Order, OrderLine, Progress};
use erp::logistics::Shipment;
use kernel::{
    Choice, Condition, Entity, Fault, Filter, Id, Instant, Kept, Language, Origin, Query, Tx, Value,
};
use processes::order_to_cash::holds;

use super::step::{Around, maybe_billable};

/// The most ids that one query asks for.
const AT_ONCE: usize = 500;

/// The records of these ids, by id.
///
/// # Errors
/// `store.*`.
pub fn by_id<E: Entity>(
    tx: &mut Tx<'_>,
    ids: impl IntoIterator<Item = Id<E>>,
) -> Result<HashMap<Id<E>, Kept<E>>, Fault> {
    let ids: Vec<Id<E>> = ids.into_iter().collect::<HashSet<_>>().into_iter().collect();
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let among = Condition::Among("id", some.iter().map(|id| Value::from(*id)).collect());
        let rows = tx.find(Filter::<E>::new(among))?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// The holds of these orders that nobody released, the eldest first.
///
/// # Errors
/// `store.*`.
pub fn holds_of(
    tx: &mut Tx<'_>,
    orders: &[Id<Order>],
) -> Result<HashMap<Id<Order>, Vec<Kept<Hold>>>, Fault> {
    let mut found: HashMap<Id<Order>, Vec<Kept<Hold>>> = HashMap::new();
    for some in orders.chunks(AT_ONCE) {
        for hold in tx.find(Hold::ORDER.among(some) & Hold::RELEASED_AT.empty())? {
            found.entry(hold.order).or_default().push(hold);
        }
    }
    Ok(found)
}

/// The first hold that lets nothing leave.
#[must_use]
pub fn blocking(holds: &[Kept<Hold>]) -> Option<&Kept<Hold>> {
    holds.iter().find(|hold| holds::blocks(hold.kind))
}

/// The orders with a shipment that has not left.
///
/// # Errors
/// `store.*`.
pub fn shipping(tx: &mut Tx<'_>) -> Result<HashSet<Id<Order>>, Fault> {
    const OPEN: &str = "\
select distinct s.origin from shipments s
where s.company = $1 and s.state in ('draft', 'picked', 'packed') and s.origin is not null";
    let rows = tx.sql(OPEN, &[])?;
    let origin = |row: Vec<Value>| match row.into_iter().next()? {
        Value::Text(text) => order_of(&text),
        Value::Origin(origin) => origin.as_a(),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(origin).collect())
}

/// Those of a few orders with a shipment that has not left.
///
/// # Errors
/// `store.*`.
pub fn shipping_of(tx: &mut Tx<'_>, orders: &[Id<Order>]) -> Result<HashSet<Id<Order>>, Fault> {
    let origins: Vec<Option<Origin>> = orders.iter().map(|id| Some(Origin::of(*id))).collect();
    let open =
        if origins.is_empty() { Vec::new() } else { tx.find(Shipment::ORIGIN.among(&origins))? };
    let open = open.iter().filter(|shipment| shipment.state.is_open());
    Ok(open.filter_map(|shipment| shipment.origin.and_then(|origin| origin.as_a())).collect())
}

fn order_of(text: &str) -> Option<Id<Order>> {
    let (entity, id) = text.split_once('/')?;
    (entity == Order::NAME).then(|| kernel::RawId::parse(id).ok().map(Id::from_raw)).flatten()
}

/// Which of these orders have something to invoice now. Only those delivered and invoiced in part
/// need their lines read.
///
/// # Errors
/// `store.*`.
pub fn billable<'a>(
    tx: &mut Tx<'_>,
    orders: impl IntoIterator<Item = (Id<Order>, &'a Order)>,
) -> Result<HashSet<Id<Order>>, Fault> {
    let (mut sure, mut unsure) = (HashSet::new(), Vec::new());
    for (id, order) in orders {
        if !maybe_billable(order) {
            continue;
        }
        let both = order.delivery == Progress::Partial && order.invoicing_state != Progress::None;
        if both {
            unsure.push(id);
        } else {
            sure.insert(id);
        }
    }
    for some in unsure.chunks(AT_ONCE) {
        for line in tx.find(OrderLine::ORDER.among(some))? {
            if line.delivered > line.invoiced {
                sure.insert(line.order);
            }
        }
    }
    Ok(sure)
}

/// What surrounds one order of a list.
#[must_use]
pub fn around(
    id: Id<Order>,
    holds: &HashMap<Id<Order>, Vec<Kept<Hold>>>,
    shipping: &HashSet<Id<Order>>,
    billable: &HashSet<Id<Order>>,
) -> Around {
    Around {
        held: holds.get(&id).is_some_and(|holds| blocking(holds).is_some()),
        shipping: shipping.contains(&id),
        billable: billable.contains(&id),
    }
}

/// Who is to see to a hold: a person, or the name of a role in the reader's language.
#[must_use]
pub fn owner(hold: &Hold, language: Language) -> String {
    match identity::Role::of_name(&hold.owner) {
        Some(role) => role.label().say(language).to_owned(),
        None => hold.owner.clone(),
    }
}

/// For how many days a hold has been open.
#[must_use]
pub fn days_held(hold: &Hold, now: Instant) -> i32 {
    now.day() - hold.opened_at.day()
}

/// The orders that a hold keeps from leaving: those held last come first.
///
/// # Errors
/// `store.*`.
pub fn held(tx: &mut Tx<'_>, most: u32) -> Result<Vec<Id<Order>>, Fault> {
    let open = Hold::RELEASED_AT.empty();
    let query = Query::all(Hold::DEF).only(open.condition).newest().limit(most);
    let mut orders: Vec<Id<Order>> = Vec::new();
    for hold in tx.select::<Hold>(query)? {
        if holds::blocks(hold.kind) && !orders.contains(&hold.order) {
            orders.push(hold.order);
        }
    }
    Ok(orders)
}

/// The letters of a person's name: `LB`.
#[must_use]
pub fn initials(name: &str) -> String {
    crate::shell::User { name: name.to_owned(), role: String::new() }.initials()
}
