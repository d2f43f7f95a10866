//! What there is to see: how many records in each state.

use kernel::{Actor, CompanyNumber, Door, Faults, Tx, Value};
use store::Store;

/// A group of records in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub what: String,
    pub count: i64,
}

/// Statements that give a state and how many are in it.
const GROUPS: &[(&str, &str)] = &[
    ("order", "select stage, count(*) from orders where company = $1 group by stage"),
    (
        "order.reservation",
        "select reservation, count(*) from orders \
         where company = $1 and stage = 'confirmed' group by reservation",
    ),
    (
        "order.delivery",
        "select delivery, count(*) from orders \
         where company = $1 and stage = 'confirmed' group by delivery",
    ),
    (
        "order.invoicing",
        "select invoicing_state, count(*) from orders \
         where company = $1 and stage = 'confirmed' and delivery = 'full' \
         group by invoicing_state",
    ),
    (
        "order.payment",
        "select payment, count(*) from orders \
         where company = $1 and stage = 'confirmed' group by payment",
    ),
    (
        "order.closed",
        "select case when closed_reason is null then 'done' else 'given_up' end, count(*) \
         from orders where company = $1 and stage = 'closed' \
         group by case when closed_reason is null then 'done' else 'given_up' end",
    ),
    (
        "hold",
        "select kind, count(*) from holds \
         where company = $1 and released_at is null group by kind",
    ),
    ("shipment", "select state, count(*) from shipments where company = $1 group by state"),
    ("quote", "select state, count(*) from quotes where company = $1 group by state"),
    ("opportunity", "select stage, count(*) from opportunities where company = $1 group by stage"),
    ("invoice", "select kind, count(*) from invoices where company = $1 group by kind"),
    (
        "deposit",
        "select case when open = 0 then 'paid' else 'unpaid' end, count(*) \
         from invoices where company = $1 and kind = 'deposit' \
         group by case when open = 0 then 'paid' else 'unpaid' end",
    ),
    (
        "dunning",
        "select case when dunning_level > 0 then 'reminded' else 'none' end, count(*) \
         from invoices where company = $1 and open > 0 and kind = 'invoice' \
         group by case when dunning_level > 0 then 'reminded' else 'none' end",
    ),
    ("payment", "select method, count(*) from payments where company = $1 group by method"),
    ("party", "select standing, count(*) from parties where company = $1 group by standing"),
    ("stock_count", "select state, count(*) from stock_counts where company = $1 group by state"),
    (
        "expected_receipt",
        "select case when done = $2 then 'done' else 'awaited' end, count(*) \
         from expected_receipts where company = $1 \
         group by case when done = $2 then 'done' else 'awaited' end",
    ),
    ("interaction", "select kind, count(*) from interactions where company = $1 group by kind"),
    (
        "task",
        "select case when done = $2 then 'done' else 'open' end, count(*) \
         from interactions where company = $1 and kind = 'task' \
         group by case when done = $2 then 'done' else 'open' end",
    ),
];

/// Counts all that a visitor may come upon.
///
/// # Errors
/// `store.*`.
pub fn of(store: &Store, company: CompanyNumber) -> Result<Vec<Count>, Faults> {
    let house = Actor::house(company, Door::Console);
    store.read(&house, |tx| {
        let mut counts = Vec::new();
        for (what, statement) in GROUPS {
            counts.extend(group(tx, what, statement)?);
        }
        Ok(counts)
    })
}

fn group(tx: &mut Tx<'_>, what: &str, statement: &str) -> Result<Vec<Count>, Faults> {
    let params: &[Value] = if statement.contains("$2") { &[Value::Integer(1)] } else { &[] };
    let mut counts = Vec::new();
    for row in tx.sql(statement, params)? {
        let [Value::Text(state), Value::Integer(count)] = row.as_slice() else { continue };
        counts.push(Count { what: format!("{what}.{state}"), count: *count });
    }
    counts.sort_by(|one, other| one.what.cmp(&other.what));
    Ok(counts)
}

/// How many there are of one kind; zero when there is none.
#[must_use]
pub fn count(counts: &[Count], what: &str) -> i64 {
    counts.iter().find(|count| count.what == what).map_or(0, |count| count.count)
}
