//! The one place where tax is computed: quote, order and invoice all come here.

use kernel::{Currency, Id, Money, Rate};

use crate::Tax;

/// What a document amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// Excluding tax.
    pub net: Money,
    /// One share for each tax, in the order first met.
    pub taxes: Vec<TaxShare>,
    pub tax: Money,
    /// Including tax.
    pub total: Money,
}

/// The part of a document under one tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxShare {
    pub tax: Id<Tax>,
    pub rate: Rate,
    pub base: Money,
    pub amount: Money,
}

/// Adds up lines: the tax of each rate is computed once, on the sum of its lines, and rounded half
/// up to the cent. Source: EN 16931, BR-CO-10, BR-CO-13 to BR-CO-15, BR-CO-17.
#[must_use]
pub fn totals(
    currency: Currency,
    lines: impl IntoIterator<Item = (Id<Tax>, Rate, Money)>,
) -> Totals {
    let mut taxes: Vec<TaxShare> = Vec::new();
    for (tax, rate, net) in lines {
        match taxes.iter_mut().find(|share| share.tax == tax && share.rate == rate) {
            Some(share) => share.base += net,
            None => {
                taxes.push(TaxShare { tax, rate, base: net, amount: Money::zero(currency) });
            }
        }
    }
    for share in &mut taxes {
        share.amount = share.base.share(share.rate);
    }
    let net = Money::sum(currency, taxes.iter().map(|share| share.base));
    let tax = Money::sum(currency, taxes.iter().map(|share| share.amount));
    Totals { net, taxes, tax, total: net + tax }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::RawId;

    fn tax(rank: u8) -> Id<Tax> {
        Id::from_raw(RawId([rank; 16]))
    }

    #[test]
    fn tax_is_computed_on_the_sum_not_on_each_line() {
        // Three lines of 0.33 at 20 %: 0.20 on the sum, 0.21 if each were rounded.
        let lines = [(tax(1), Rate::percent(20), Money::eur(33)); 3];
        let totals = totals(Currency::EUR, lines);
        assert_eq!(totals.tax, Money::eur(20));
        assert_eq!(totals.total, Money::eur(119));
    }

    #[test]
    fn each_rate_has_its_share_in_the_order_first_met() {
        let totals = totals(
            Currency::EUR,
            [
                (tax(1), Rate::percent(20), Money::eur(10_000)),
                (tax(2), Rate(55_000), Money::eur(1_010)),
                (tax(1), Rate::percent(20), Money::eur(-2_500)),
            ],
        );
        assert_eq!(totals.taxes.len(), 2);
        assert_eq!(totals.taxes[0].base, Money::eur(7_500));
        assert_eq!(totals.taxes[0].amount, Money::eur(1_500));
        // 10.10 × 5.5 % = 0.5555
        assert_eq!(totals.taxes[1].amount, Money::eur(56));
        assert_eq!(totals.total, Money::eur(7_500 + 1_010 + 1_500 + 56));
    }

    #[test]
    fn nothing_amounts_to_nothing() {
        let totals = totals(Currency::EUR, []);
        assert!(totals.taxes.is_empty() && totals.total.is_zero());
    }
}
