//! Prices and totals of a quote or an order, from what was asked: the one way for the editor that
//! shows them as one types and for the document that is stored.

use kernel::{Fault, Faults, Id, Kept, Money, Price, Quantity, Rate, Tx};
use master::{Party, PaymentTerm, Product, Tax, Totals, own_currency, totals};

/// A line as it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    pub product: Id<Product>,
    pub description: Option<String>,
    pub quantity: Quantity,
    pub unit_price: Option<Price>,
    pub discount: Option<Rate>,
    pub tax: Option<Id<Tax>>,
    /// Offered beside the document: priced, and in no total.
    pub optional: bool,
}

impl Wanted {
    /// So many of a product, at the customer's price.
    #[must_use]
    pub const fn of(product: Id<Product>, quantity: Quantity) -> Self {
        Self {
            product,
            description: None,
            quantity,
            unit_price: None,
            discount: None,
            tax: None,
            optional: false,
        }
    }
}

/// A line with everything filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct PricedLine {
    pub product: Id<Product>,
    pub description: String,
    pub quantity: Quantity,
    pub unit_price: Price,
    pub discount: Rate,
    pub tax: Id<Tax>,
    pub rate: Rate,
    pub net: Money,
    pub unit_cost: Price,
}

/// A document with everything computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Priced {
    pub lines: Vec<PricedLine>,
    pub totals: Totals,
    /// The total excluding tax less the cost of the goods.
    pub margin: Money,
}

/// A hundred billion of the currency: what one line may amount to, so that sums stay in bounds.
const MOST: i128 = 100_000_000_000;

/// The rules of every line: something is bought, at a price of at least nothing, with a discount
/// between nothing and everything.
///
/// # Errors
/// `line.quantity`, `line.price`, `discount.range`, `line.amount`.
pub fn check_line(
    quantity: Quantity,
    unit_price: Option<Price>,
    discount: Option<Rate>,
) -> Result<(), Faults> {
    let mut faults = Faults::default();
    faults.ensure(quantity > Quantity::ZERO, || {
        Fault::new("line.quantity").on("quantity").with("given", quantity)
    });
    faults.ensure(unit_price.is_none_or(|price| price.scaled >= 0), || {
        Fault::new("line.price").on("unit_price")
    });
    faults.ensure(discount.is_none_or(master::price::discount_holds), || {
        Fault::new("discount.range").on("discount")
    });
    faults.ensure(unit_price.is_none_or(|price| bounded(price, quantity)), || {
        Fault::new("line.amount").on("quantity")
    });
    faults.into_result()
}

fn bounded(price: Price, quantity: Quantity) -> bool {
    let scale = 10_i128.pow(Price::DECIMALS + Quantity::DECIMALS);
    (i128::from(price.scaled) * i128::from(quantity.0)).abs() <= MOST * scale
}

/// The rank of a line by its place in a list that is entered whole, from 1.
#[must_use]
pub fn rank_of(place: usize) -> i64 {
    i64::try_from(place).map_or(i64::MAX, |place| place + 1)
}

/// The rank of a line that was given none: after the last one, whatever lines were removed since.
#[must_use]
pub const fn rank_after(last: i64) -> i64 {
    last.saturating_add(1)
}

/// Fills what was left empty from the products and the customer's price list, and computes.
///
/// # Errors
/// `not_found`, `currency.other`, `line.amount`, `tax.missing`, each on its line;
/// `company.missing`.
pub fn price_document(tx: &mut Tx<'_>, party: &Party, wanted: &[Wanted]) -> Result<Priced, Faults> {
    let (mut lines, mut faults) = (Vec::with_capacity(wanted.len()), Faults::default());
    let untaxed = wanted.iter().any(|wanted| wanted.tax.is_none());
    let franchise = untaxed && master::company(tx)?.vat_franchise;
    for (rank, wanted) in wanted.iter().enumerate() {
        let priced = price_line(tx, party, franchise, wanted);
        let priced = priced.map_err(|faults| faults.within(&format!("lines.{rank}")));
        lines.extend(faults.gather(priced));
    }
    faults.into_result()?;
    let sold =
        || lines.iter().zip(wanted).filter(|(_, asked)| !asked.optional).map(|(line, _)| line);
    let totals = totals(tx.currency(), sold().map(|line| (line.tax, line.rate, line.net)));
    let costs = sold().map(|line: &PricedLine| line.unit_cost.amount(line.quantity, Rate::ZERO));
    let margin = totals.net - Money::sum(tx.currency(), costs);
    Ok(Priced { lines, totals, margin })
}

fn price_line(
    tx: &mut Tx<'_>,
    party: &Party,
    franchise: bool,
    wanted: &Wanted,
) -> Result<PricedLine, Faults> {
    let product = tx.get(wanted.product).map_err(|fault| fault.on("product"))?;
    let (unit_price, listed) = match wanted.unit_price {
        Some(price) => (price, None),
        None => master::price_for(tx, party, &product, wanted.quantity)?,
    };
    own_currency(tx.currency(), unit_price.currency, "unit_price")?;
    let (discount, unit_cost) =
        (wanted.discount.or(listed).unwrap_or_default(), product.unit_cost());
    if !bounded(unit_price, wanted.quantity) || !bounded(unit_cost, wanted.quantity) {
        return Err(Fault::new("line.amount").on("quantity").into());
    }
    let tax = match wanted.tax {
        Some(tax) => tax,
        None => master::tax::tax_under(tx, franchise, party, &product)?,
    };
    let rate = tx.get(tax).map_err(|fault| fault.on("tax"))?.rate;
    let description = wanted.description.clone().filter(|text| !text.trim().is_empty());
    Ok(PricedLine {
        product: product.id,
        description: description
            .unwrap_or_else(|| product.label(party.language.language()).to_owned()),
        quantity: wanted.quantity,
        unit_price,
        discount,
        tax,
        rate,
        net: unit_price.amount(wanted.quantity, discount),
        unit_cost,
    })
}

/// The term a customer pays by: its own, or the company's.
///
/// # Errors
/// `company.missing`.
pub fn payment_term(
    tx: &mut Tx<'_>,
    party: &Kept<Party>,
) -> Result<Option<Id<PaymentTerm>>, Fault> {
    match party.payment_term {
        Some(term) => Ok(Some(term)),
        None => Ok(master::company(tx)?.payment_term),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    fn codes(quantity: i64, price: i64, discount: Rate) -> Vec<&'static str> {
        let price = Some(Price::new(price, Currency::EUR));
        match check_line(Quantity(quantity), price, Some(discount)) {
            Ok(()) => Vec::new(),
            Err(faults) => faults.codes(),
        }
    }

    #[test]
    fn a_line_buys_something_at_a_price() {
        assert!(codes(10_000, 50_000, Rate::percent(10)).is_empty());
        assert!(codes(1, 0, Rate::percent(100)).is_empty());
        assert_eq!(codes(0, 50_000, Rate::ZERO), ["line.quantity"]);
        assert_eq!(codes(-10_000, -1, Rate::ZERO), ["line.quantity", "line.price"]);
        assert_eq!(codes(10_000, 1, Rate::percent(101)), ["discount.range"]);
        assert_eq!(codes(10_000, 1, Rate(-1)), ["discount.range"]);
    }

    #[test]
    fn an_amount_beyond_all_reason_is_refused_before_it_is_computed() {
        let most = 1_000_000_000_000_000;
        assert_eq!(codes(most, most, Rate::ZERO), ["line.amount"]);
        assert!(codes(most, 10_000, Rate::ZERO).is_empty());
    }
}
