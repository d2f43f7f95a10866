//! What can be promised, and for when.

use std::collections::{BTreeSet, HashMap, VecDeque};

use kernel::{Day, Entity, Fault, Faults, Id, Kept, Quantity, Query, Tx, Value};
use master::Product;

use super::expected::ExpectedReceipt;
use super::level::StockLevel;
use super::location::LocationKind;
use super::movement::products_among;

/// What can be said to someone who asks for a quantity of a product.
#[derive(Debug, Clone, PartialEq)]
pub struct Availability {
    pub product: Id<Product>,
    pub asked: Quantity,
    /// In stock, over all stock places.
    pub on_hand: Quantity,
    pub reserved: Quantity,
    /// Neither reserved nor promised to an earlier line of the same question.
    pub free: Quantity,
    /// When all of it can leave. None when the product says no lead time.
    pub promised_on: Option<Day>,
}

impl Availability {
    /// What is not there today.
    #[must_use]
    pub fn missing(&self) -> Quantity {
        (self.asked - self.free.max(Quantity::ZERO)).max(Quantity::ZERO)
    }
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.missing() > Quantity::ZERO
    }
}

/// What is there of a product and what is to come, as lines are promised one after the other.
#[derive(Debug, Default)]
struct Outlook {
    on_hand: Quantity,
    reserved: Quantity,
    free: Quantity,
    /// By day.
    receipts: VecDeque<(Day, Quantity)>,
    /// When it can be had if it is asked for today.
    obtainable_on: Option<Day>,
}

impl Outlook {
    /// Sets a quantity aside and says when all of it can leave: today if it is there, else on the
    /// day of the receipt that completes it, else after the product's lead time.
    fn promise(&mut self, asked: Quantity, today: Day) -> Option<Day> {
        let now = asked.min(self.free).max(Quantity::ZERO);
        self.free -= now;
        let (mut left, mut day) = (asked - now, today);
        while left > Quantity::ZERO {
            let Some((due_on, quantity)) = self.receipts.front_mut() else {
                return self.obtainable_on.map(|obtainable| obtainable.max(day));
            };
            // A receipt that is late is still awaited.
            day = day.max(*due_on);
            let part = left.min(*quantity);
            *quantity -= part;
            left -= part;
            if quantity.is_zero() {
                self.receipts.pop_front();
            }
        }
        Some(day)
    }
}

/// What can be promised of each line: product, quantity. Lines of the same product share what there
/// is, the first served first. Three queries at most; nothing is held.
///
/// # Errors
/// `store.*`.
pub fn availability_all(
    tx: &mut Tx<'_>,
    lines: &[(Id<Product>, Quantity)],
) -> Result<Vec<Availability>, Faults> {
    let mut outlooks = present(tx, lines.iter().map(|(product, _)| *product).collect())?;
    let mut asked: HashMap<Id<Product>, Quantity> = HashMap::new();
    for (product, quantity) in lines {
        *asked.entry(*product).or_default() += *quantity;
    }
    let short: BTreeSet<Id<Product>> = asked
        .into_iter()
        .filter(|(product, sum)| outlooks.get(product).is_none_or(|seen| seen.free < *sum))
        .map(|(product, _)| product)
        .collect();
    if !short.is_empty() {
        look_ahead(tx, &mut outlooks, &short)?;
    }
    let today = tx.today();
    let answer = lines.iter().map(|(product, asked)| {
        let (product, asked) = (*product, *asked);
        let seen = outlooks.entry(product).or_default();
        let (on_hand, reserved, free) = (seen.on_hand, seen.reserved, seen.free);
        let promised_on = seen.promise(asked, today);
        Availability { product, asked, on_hand, reserved, free, promised_on }
    });
    Ok(answer.collect())
}

/// What can be promised of one product.
///
/// # Errors
/// `store.*`.
pub fn availability(
    tx: &mut Tx<'_>,
    product: Id<Product>,
    quantity: Quantity,
) -> Result<Availability, Faults> {
    let answer = availability_all(tx, &[(product, quantity)])?.pop();
    Ok(answer.unwrap_or_else(|| unreachable!("one question, one answer")))
}

fn present(
    tx: &mut Tx<'_>,
    products: BTreeSet<Id<Product>>,
) -> Result<HashMap<Id<Product>, Outlook>, Fault> {
    let mut outlooks: HashMap<Id<Product>, Outlook> = HashMap::new();
    if products.is_empty() {
        return Ok(outlooks);
    }
    let stock = StockLevel::KIND.is(&LocationKind::Stock);
    for level in tx.find(StockLevel::PRODUCT.among(&products) & stock)? {
        let seen = outlooks.entry(level.product).or_default();
        seen.on_hand += level.on_hand;
        seen.reserved += level.reserved;
        seen.free += level.free();
    }
    Ok(outlooks)
}

fn look_ahead(
    tx: &mut Tx<'_>,
    outlooks: &mut HashMap<Id<Product>, Outlook>,
    short: &BTreeSet<Id<Product>>,
) -> Result<(), Fault> {
    let awaited = ExpectedReceipt::PRODUCT.among(short) & ExpectedReceipt::DONE.is(&false);
    let query = Query::all(ExpectedReceipt::DEF).only(awaited.condition);
    let mut receipts = tx.select::<ExpectedReceipt>(query)?;
    receipts.sort_by_key(|receipt| (receipt.due_on, receipt.id));
    for receipt in receipts {
        let seen = outlooks.entry(receipt.product).or_default();
        seen.receipts.push_back((receipt.due_on, receipt.awaited()));
    }
    let today = tx.today();
    for product in products_among(tx, short)? {
        let obtainable_on = lead_time(&product).map(|days| today + days);
        outlooks.entry(product.id).or_default().obtainable_on = obtainable_on;
    }
    Ok(())
}

/// In days; none when the product says none.
fn lead_time(product: &Product) -> Option<i32> {
    i32::try_from(product.lead_days?).ok()
}

/// The refusals of lines that cannot be served. `asked` is what each line, short or not, needs
/// beyond its own reservation; `short` tells the rank, all that was asked and what there was for it.
pub(super) fn shortages(
    tx: &mut Tx<'_>,
    asked: &[(Id<Product>, Quantity)],
    short: &[(usize, Quantity, Quantity)],
) -> Result<Faults, Faults> {
    let answers = availability_all(tx, asked)?;
    let ids: BTreeSet<Id<Product>> = short.iter().map(|(rank, ..)| asked[*rank].0).collect();
    let products: HashMap<Id<Product>, Kept<Product>> =
        products_among(tx, &ids)?.into_iter().map(|product| (product.id, product)).collect();
    let faults = short.iter().map(|(rank, whole, free)| {
        let fault = Fault::new("stock.short").on(format!("lines.{rank}.quantity"));
        let product = products.get(&asked[*rank].0);
        product
            .map_or_else(|| fault.clone(), |product| product.named_in(fault.clone()))
            .with("asked", *whole)
            .with("free", *free)
            .with("promised_on", answers[*rank].promised_on.map_or(Value::Null, Value::Day))
    });
    Ok(Faults(faults.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Day = Day(20_000);

    fn outlook(free: i64, receipts: &[(i32, i64)], lead: Option<i32>) -> Outlook {
        let receipts =
            receipts.iter().map(|(days, units)| (TODAY + *days, Quantity::units(*units)));
        Outlook {
            free: Quantity::units(free),
            receipts: receipts.collect(),
            obtainable_on: lead.map(|days| TODAY + days),
            ..Outlook::default()
        }
    }

    #[test]
    fn what_is_free_is_promised_for_today() {
        let mut seen = outlook(10, &[(5, 100)], Some(21));
        assert_eq!(seen.promise(Quantity::units(10), TODAY), Some(TODAY));
        assert_eq!(seen.free, Quantity::ZERO);
    }

    #[test]
    fn the_receipt_that_completes_the_quantity_gives_the_day() {
        let mut seen = outlook(10, &[(5, 20), (9, 20)], Some(21));
        assert_eq!(seen.promise(Quantity::units(30), TODAY), Some(TODAY + 5));
        let mut seen = outlook(10, &[(5, 20), (9, 20)], Some(21));
        assert_eq!(seen.promise(Quantity::units(31), TODAY), Some(TODAY + 9));
    }

    #[test]
    fn without_enough_receipts_the_lead_time_gives_the_day() {
        assert_eq!(outlook(0, &[], Some(21)).promise(Quantity::units(1), TODAY), Some(TODAY + 21));
        // The last part cannot leave before the receipt that the first part waits for.
        assert_eq!(
            outlook(0, &[(30, 5)], Some(21)).promise(Quantity::units(6), TODAY),
            Some(TODAY + 30)
        );
        assert_eq!(outlook(0, &[], None).promise(Quantity::units(1), TODAY), None);
    }

    #[test]
    fn a_late_receipt_is_promised_for_today_at_the_earliest() {
        let mut seen = outlook(0, &[(-3, 5)], Some(21));
        assert_eq!(seen.promise(Quantity::units(5), TODAY), Some(TODAY));
    }

    #[test]
    fn two_lines_do_not_share_the_same_goods() {
        let mut seen = outlook(10, &[(5, 10)], Some(21));
        assert_eq!(seen.promise(Quantity::units(8), TODAY), Some(TODAY));
        assert_eq!(seen.promise(Quantity::units(8), TODAY), Some(TODAY + 5));
        assert_eq!(seen.promise(Quantity::units(8), TODAY), Some(TODAY + 21));
    }
}
