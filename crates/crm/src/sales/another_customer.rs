//! A draft that changes hands: what came of its former customer follows the new one, what a person
//! set stays, and what can do neither is refused.

use kernel::{Fault, Faults, Id, Kept, Tx};
use master::{Address, Party};

use super::opportunity::Opportunity;
use super::order::Order;
use super::pricing::{self, Wanted, price_document};

/// The customer on whose terms the document was drawn up, when it is no longer `party`.
///
/// # Errors
/// `store.*`.
pub fn former(
    tx: &mut Tx<'_>,
    priced_for: Option<Id<Party>>,
    party: &Kept<Party>,
) -> Result<Option<Kept<Party>>, Fault> {
    priced_for.filter(|former| *former != party.id).map(|former| tx.get(former)).transpose()
}

/// Empties what the lines have of the former customer, so that it is filled anew: the price and
/// discount of its list when both are untouched, its VAT, the product's name in its language.
///
/// # Errors
/// `tax.by_hand` on a line whose VAT was chosen by hand while the new customer is taxed otherwise;
/// those of [`price_document`].
pub fn follow(
    tx: &mut Tx<'_>,
    former: &Party,
    party: &Party,
    wanted: &mut [Wanted],
) -> Result<(), Faults> {
    let blank: Vec<Wanted> =
        wanted.iter().map(|line| Wanted::of(line.product, line.quantity)).collect();
    let (was, is) = (price_document(tx, former, &blank)?, price_document(tx, party, &blank)?);
    let mut faults = Faults::default();
    for (rank, line) in wanted.iter_mut().enumerate() {
        let (was, is) = (&was.lines[rank], &is.lines[rank]);
        let listed = line.unit_price == Some(was.unit_price);
        if listed && line.discount.unwrap_or_default() == was.discount {
            (line.unit_price, line.discount) = (None, None);
        }
        if line.description.as_ref() == Some(&was.description) {
            line.description = None;
        }
        if line.tax == Some(was.tax) {
            line.tax = None;
        }
        // A rate chosen by hand holds as long as both are taxed in the same way.
        let fits = was.tax == is.tax || line.tax.is_none_or(|tax| tax == is.tax);
        faults.ensure(fits, || {
            Fault::new("tax.by_hand").on(format!("lines.{rank}.tax")).with("party", &*party.name)
        });
    }
    faults.into_result()
}

/// Empties what an order has of its former customer besides its lines.
///
/// # Errors
/// `order.quoted` when the lines are those that the former customer accepted.
pub(super) fn order_follows(
    tx: &mut Tx<'_>,
    order: &mut Order,
    former: &Kept<Party>,
) -> Result<(), Faults> {
    if order.quote.is_some() {
        let fault = Fault::new("order.quoted").on("party");
        return Err(fault.with("party", former.name.as_str()).into());
    }
    if order.payment_term == pricing::payment_term(tx, former)? {
        order.payment_term = None;
    }
    if goes_to(tx, order, former)? {
        (order.delivery_name, order.delivery_street) = (None, None);
        (order.delivery_postcode, order.delivery_city) = (None, None);
        order.delivery_country = None;
    }
    Ok(())
}

/// Whether the goods were to go to this customer: under its name, or to a place of its own.
fn goes_to(tx: &mut Tx<'_>, order: &Order, party: &Kept<Party>) -> Result<bool, Fault> {
    let name = order.delivery_name.as_deref().unwrap_or("");
    let rest = name.strip_prefix(party.name.as_str());
    if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" –")) {
        return Ok(true);
    }
    let street = &order.delivery_street;
    if street.is_none() {
        return Ok(false);
    }
    let others = tx.find(Address::PARTY.is(&party.id))?;
    let mut places = others.iter().map(|other| (&other.street, &other.city));
    let here = (street, &order.delivery_city);
    Ok((&party.street, &party.city) == here || places.any(|place| place == here))
}

/// An opportunity is won by the customer it was opened for.
///
/// # Errors
/// `quote.opportunity`.
pub(super) fn opportunity_fits(
    tx: &mut Tx<'_>,
    opportunity: Option<Id<Opportunity>>,
    party: &Kept<Party>,
) -> Result<(), Fault> {
    let Some(opportunity) = opportunity else { return Ok(()) };
    if tx.get(opportunity)?.party == party.id {
        return Ok(());
    }
    Err(Fault::new("quote.opportunity").on("opportunity").with("party", party.name.as_str()))
}
