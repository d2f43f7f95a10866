//! What the stock is worth, how a product moved, and whether the records agree with each other.

use kernel::{
    Day, Entity, Fault, Faults, Id, Kept, Money, Price, Quantity, Query, RawId, Tx, Value,
};
use master::Product;

use super::movement::StockMove;
use super::valuation::unit_cost;

/// One product of the stock at cost.
#[derive(Debug, Clone, PartialEq)]
pub struct StockAtCost {
    pub product: Id<Product>,
    pub sku: String,
    pub name: String,
    /// Over all stock places.
    pub quantity: Quantity,
    pub unit_cost: Price,
    pub value: Money,
}

const AT_PRESENT: &str = "\
select v.product, p.sku, p.name, v.quantity, v.value
from valuations v join products p on p.company = v.company and p.id = v.product
where v.company = $1 and v.quantity <> 0
order by p.sku";

const ON_A_DAY: &str = "\
select m.product, p.sku, p.name,
  cast(sum(m.quantity * ((case when t.kind = 'stock' then 1 else 0 end)
    - (case when s.kind = 'stock' then 1 else 0 end))) as bigint),
  cast(sum(m.value * ((case when t.kind = 'stock' then 1 else 0 end)
    - (case when s.kind = 'stock' then 1 else 0 end))) as bigint)
from stock_moves m
  join locations s on s.company = m.company and s.id = m.source
  join locations t on t.company = m.company and t.id = m.target
  join products p on p.company = m.company and p.id = m.product
where m.company = $1 and m.day <= $2
group by m.product, p.sku, p.name
having sum(m.quantity * ((case when t.kind = 'stock' then 1 else 0 end)
    - (case when s.kind = 'stock' then 1 else 0 end))) <> 0
order by p.sku";

/// Every product in stock with its weighted average cost, by SKU: at present, or as it was at the
/// end of a day.
///
/// # Errors
/// `store.*`.
pub fn stock_at_cost(tx: &mut Tx<'_>, on: Option<Day>) -> Result<Vec<StockAtCost>, Fault> {
    let rows = match on {
        None => tx.sql(AT_PRESENT, &[])?,
        Some(day) => tx.sql(ON_A_DAY, &[Value::Day(day)])?,
    };
    let currency = tx.currency();
    rows.into_iter()
        .map(|row| {
            let mut cells = row.into_iter();
            let product = Id::from_raw(id_of(cells.next())?);
            let (sku, name) = (text_of(cells.next())?, text_of(cells.next())?);
            let quantity = Quantity(integer_of(cells.next())?);
            let value = Money::new(integer_of(cells.next())?, currency);
            let unit_cost = unit_cost(value, quantity);
            Ok(StockAtCost { product, sku, name, quantity, unit_cost, value })
        })
        .collect()
}

/// The latest moves of a product, the last one first.
///
/// # Errors
/// `store.*`.
pub fn moves_of(
    tx: &mut Tx<'_>,
    product: Id<Product>,
    limit: u32,
) -> Result<Vec<Kept<StockMove>>, Fault> {
    let theirs = StockMove::PRODUCT.is(&product).condition;
    tx.select(Query::all(StockMove::DEF).only(theirs).newest().limit(limit))
}

/// Each is empty when the records agree: the product, what is recorded, what should be.
const AGREEMENTS: &[(&str, &str)] = &[
    (
        "stock.audit_level",
        "\
select x.product, cast(sum(x.recorded) as bigint), cast(sum(x.moved) as bigint)
from (
  select product, location as place, on_hand as recorded, 0 as moved
  from stock_levels where company = $1
  union all
  select product, target, 0, quantity from stock_moves where company = $1
  union all
  select product, source, 0, -quantity from stock_moves where company = $1
) x
group by x.product, x.place having sum(x.recorded) <> sum(x.moved)",
    ),
    (
        "stock.audit_balance",
        "\
select product, cast(sum(on_hand) as bigint), cast(0 as bigint)
from stock_levels where company = $1
group by product having sum(on_hand) <> 0",
    ),
    (
        "stock.audit_reserved",
        "\
select x.product, cast(sum(x.recorded) as bigint), cast(sum(x.kept) as bigint)
from (
  select product, location as place, reserved as recorded, 0 as kept
  from stock_levels where company = $1
  union all
  select product, location, 0, quantity from reservations where company = $1
) x
group by x.product, x.place having sum(x.recorded) <> sum(x.kept)",
    ),
    (
        "stock.audit_oversold",
        "\
select product, reserved, on_hand from stock_levels
where company = $1 and kind = 'stock' and (on_hand < 0 or reserved < 0 or reserved > on_hand)",
    ),
    (
        "stock.audit_quantity",
        "\
select x.product, cast(sum(x.recorded) as bigint), cast(sum(x.held) as bigint)
from (
  select product, quantity as recorded, 0 as held from valuations where company = $1
  union all
  select product, 0, on_hand from stock_levels where company = $1 and kind = 'stock'
) x
group by x.product having sum(x.recorded) <> sum(x.held)",
    ),
    (
        "stock.audit_value",
        "\
select x.product, cast(sum(x.recorded) as bigint), cast(sum(x.moved) as bigint)
from (
  select product, value as recorded, 0 as moved from valuations where company = $1
  union all
  select m.product, 0, m.value * ((case when t.kind = 'stock' then 1 else 0 end)
    - (case when s.kind = 'stock' then 1 else 0 end))
  from stock_moves m
    join locations s on s.company = m.company and s.id = m.source
    join locations t on t.company = m.company and t.id = m.target
  where m.company = $1
) x
group by x.product having sum(x.recorded) <> sum(x.moved)",
    ),
];

/// Where the records of the stock contradict each other: levels and moves, the balance of each
/// product over all places, reservations, quantities and values. Empty when all is well.
///
/// # Errors
/// `store.*`.
pub fn contradictions(tx: &mut Tx<'_>) -> Result<Faults, Fault> {
    let mut faults = Faults::default();
    for (code, statement) in AGREEMENTS {
        for row in tx.sql(statement, &[])? {
            let mut cells = row.into_iter();
            let product = id_of(cells.next())?;
            let (recorded, expected) = (integer_of(cells.next())?, integer_of(cells.next())?);
            let figure = |number: i64| match *code {
                "stock.audit_value" => Value::Money(Money::new(number, tx.currency())),
                _ => Value::Quantity(Quantity(number)),
            };
            faults.0.push(
                Fault::new(code)
                    .with("product", product)
                    .with("recorded", figure(recorded))
                    .with("expected", figure(expected)),
            );
        }
    }
    Ok(faults)
}

fn unread() -> Fault {
    Fault::new("stock.unread")
}

fn id_of(cell: Option<Value>) -> Result<RawId, Fault> {
    if let Some(Value::Ref(id)) = cell { Ok(id) } else { Err(unread()) }
}

fn text_of(cell: Option<Value>) -> Result<String, Fault> {
    if let Some(Value::Text(text)) = cell { Ok(text) } else { Err(unread()) }
}

fn integer_of(cell: Option<Value>) -> Result<i64, Fault> {
    if let Some(Value::Integer(number)) = cell { Ok(number) } else { Err(unread()) }
}
