//! The documents whose story an order tells.

use crm::sales::Order;
use erp::finance::Invoice;
use erp::logistics::Shipment;
use kernel::{Kept, Origin};

/// What belongs to an order: itself, its quote, its shipments, its invoices.
#[must_use]
pub fn of_order(
    order: &Kept<Order>,
    shipments: &[Kept<Shipment>],
    invoices: &[Kept<Invoice>],
) -> Vec<Origin> {
    let own = [Some(Origin::of(order.id)), order.quote.map(Origin::of)];
    let sent = shipments.iter().map(|shipment| Origin::of(shipment.id));
    let billed = invoices.iter().map(|invoice| Origin::of(invoice.id));
    own.into_iter().flatten().chain(sent).chain(billed).collect()
}
