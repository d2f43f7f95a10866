//! What the stock of a product is worth: the weighted average of what its receipts cost.

use kernel::{Currency, Entity, Fault, Faults, Id, Money, Price, Quantity, Rules, divide_half_up};
use master::Product;

/// The goods of one product that are in our stock, over all stock places, and their cost.
///
/// Source: plan comptable général, art. 213-34 (weighted average unit cost).
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Valeur de stock",
    en = "Stock value",
    frs = "Valeurs de stock",
    ens = "Stock values",
    kept,
    derived
)]
pub struct Valuation {
    #[field(fr = "Article", en = "Product", list, unique)]
    pub product: Id<Product>,
    #[field(fr = "Quantité", en = "Quantity", list)]
    pub quantity: Quantity,
    #[field(fr = "Valeur", en = "Value", list)]
    pub value: Money,
}

impl Rules for Valuation {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.quantity >= Quantity::ZERO, || {
            Fault::new("stock.negative").on("quantity").with("on_hand", self.quantity)
        });
        faults.ensure(self.value.minor >= 0, || Fault::new("stock.value").on("value"));
        faults.into_result()
    }
}

impl Valuation {
    #[must_use]
    pub const fn nothing(product: Id<Product>, currency: Currency) -> Self {
        Self { product, quantity: Quantity::ZERO, value: Money::zero(currency) }
    }
    /// The average cost of one unit; `None` when there is no stock to have a cost.
    #[must_use]
    pub fn unit_cost(&self) -> Option<Price> {
        (self.quantity > Quantity::ZERO).then(|| unit_cost(self.value, self.quantity))
    }
    /// Goods come in with what they cost.
    pub(super) fn take_in(&mut self, quantity: Quantity, value: Money) {
        self.quantity += quantity;
        self.value += value;
    }
    /// Goods go out with their share of the value, rounded half up; the last unit takes the rest, so
    /// that an empty stock is worth nothing.
    pub(super) fn take_out(&mut self, quantity: Quantity) -> Money {
        assert!(quantity <= self.quantity, "the valuation follows the levels");
        let value = if quantity == self.quantity {
            self.value
        } else {
            self.value.part(quantity.0, self.quantity.0)
        };
        self.quantity -= quantity;
        self.value -= value;
        value
    }
}

/// The cost of one unit of what cost `value` in all, rounded half up to the fourth decimal; zero
/// for nothing.
#[must_use]
pub fn unit_cost(value: Money, quantity: Quantity) -> Price {
    if quantity.is_zero() {
        return Price::zero(value.currency);
    }
    let scaled = i128::from(Price::of_money(value).scaled) * i128::from(Quantity::SCALE);
    let scaled = divide_half_up(scaled, i128::from(quantity.0));
    // Amounts are bounded at the doors, far below this.
    Price::new(i64::try_from(scaled).unwrap_or(i64::MAX), value.currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stock(units: i64, cents: i64) -> Valuation {
        let product = Id::from_raw(kernel::RawId([7; 16]));
        Valuation { product, quantity: Quantity::units(units), value: Money::eur(cents) }
    }

    #[test]
    fn receipts_at_two_costs_leave_at_their_average() {
        let mut stock = stock(10, 100_00);
        stock.take_in(Quantity::units(10), Money::eur(200_00));
        assert_eq!(stock.unit_cost(), Some(Price::new(15_0000, Currency::EUR)));
        assert_eq!(stock.take_out(Quantity::units(4)), Money::eur(60_00));
        assert_eq!((stock.quantity, stock.value), (Quantity::units(16), Money::eur(240_00)));
    }

    #[test]
    fn the_last_unit_takes_the_rest_of_the_cents() {
        let mut stock = stock(3, 10_00);
        let out: Vec<Money> = (0..3).map(|_| stock.take_out(Quantity::units(1))).collect();
        // 3.33, then half of 6.67 rounded up, then what is left.
        assert_eq!(out, [Money::eur(3_33), Money::eur(3_34), Money::eur(3_33)]);
        assert_eq!((stock.quantity, stock.value), (Quantity::ZERO, Money::eur(0)));
        assert_eq!(stock.unit_cost(), None);
    }

    #[test]
    fn any_cut_of_the_stock_gives_back_the_whole_value() {
        for cut in 1..50 {
            let mut stock = stock(50, 9_97);
            let first = stock.take_out(Quantity::units(cut));
            let rest = stock.take_out(Quantity::units(50 - cut));
            assert_eq!(first + rest, Money::eur(9_97));
            assert!(first.minor >= 0 && rest.minor >= 0);
        }
    }
}
