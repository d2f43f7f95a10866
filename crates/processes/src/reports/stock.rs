//! Every product that is kept in stock: what is there, for whom, what is to come.

use kernel::{Day, Fault, Id, Money, Quantity, Tx};
use master::Product;

use crate::rows::Cells;

/// One product, over all stock places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockRow {
    pub product: Id<Product>,
    pub sku: String,
    pub name: String,
    pub name_en: Option<String>,
    pub on_hand: Quantity,
    pub reserved: Quantity,
    /// Ordered by customers, confirmed, not delivered: what is reserved and what waits.
    pub promised: Quantity,
    /// Still to come from suppliers or from the workshop.
    pub awaited: Quantity,
    pub next_due: Option<Day>,
    /// At weighted average cost.
    pub value: Money,
    pub reorder_point: Option<Quantity>,
}

impl StockRow {
    #[must_use]
    pub fn free(&self) -> Quantity {
        self.on_hand - self.reserved
    }
    /// What customers wait for and nothing is kept for.
    #[must_use]
    pub fn waiting(&self) -> Quantity {
        (self.promised - self.reserved).max(Quantity::ZERO)
    }
    /// Whether it is time to buy or make more.
    #[must_use]
    pub fn is_low(&self) -> bool {
        let after = self.free() + self.awaited - self.waiting();
        self.reorder_point.is_some_and(|point| after < point) || after < Quantity::ZERO
    }
}

const STOCK: &str = "\
select p.id, p.sku, p.name, p.name_en, p.reorder_point,
  coalesce(level.on_hand, 0), coalesce(level.reserved, 0), coalesce(v.value, 0),
  coalesce(due.awaited, 0), due.next_due, coalesce(sold.promised, 0)
from products p
  left join (
    select product, cast(sum(on_hand) as bigint) as on_hand,
      cast(sum(reserved) as bigint) as reserved
    from stock_levels where company = $1 and kind = 'stock' group by product
  ) level on level.product = p.id
  left join valuations v on v.company = p.company and v.product = p.id
  left join (
    select product, cast(sum(quantity - received) as bigint) as awaited, min(due_on) as next_due
    from expected_receipts where company = $1 and done = 0 group by product
  ) due on due.product = p.id
  left join (
    select l.product, cast(sum(l.quantity - l.delivered) as bigint) as promised
    from orders o join order_lines l on l.company = o.company and l.\"order\" = o.id
    where o.company = $1 and o.stage = 'confirmed' and l.quantity > l.delivered
    group by l.product
  ) sold on sold.product = p.id
where p.company = $1 and p.kind = 'goods'
  and (p.archived = 0 or coalesce(level.on_hand, 0) <> 0)";

/// Every product that is kept in stock, by SKU.
///
/// # Errors
/// `store.*`.
pub fn stock(tx: &mut Tx<'_>) -> Result<Vec<StockRow>, Fault> {
    let currency = tx.currency();
    let read = |row| {
        let mut cells = Cells::of(row);
        let (product, sku, name) = (cells.id(), cells.text(), cells.text());
        let (name_en, reorder_point) = (cells.text_if_any(), cells.integer_if_any().map(Quantity));
        let (on_hand, reserved) = (cells.quantity(), cells.quantity());
        let value = cells.money(currency);
        let (awaited, next_due) = (cells.quantity(), cells.day_if_any());
        let promised = cells.quantity();
        StockRow {
            product,
            sku,
            name,
            name_en,
            on_hand,
            reserved,
            promised,
            awaited,
            next_due,
            value,
            reorder_point,
        }
    };
    let mut rows: Vec<StockRow> = tx.sql(STOCK, &[])?.into_iter().map(read).collect();
    // Databases sort letters each their own way.
    rows.sort_by(|one, other| one.sku.cmp(&other.sku));
    Ok(rows)
}
