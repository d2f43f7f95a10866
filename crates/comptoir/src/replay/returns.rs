//! What customers bring back: credit notes on the invoices that sold it, and the goods in stock
//! again.

use crm::sales::Order;
use erp::finance::{self, CreditLine, Invoice, InvoiceKind};
use erp::inventory::{self, Returned};
use erp::logistics::Shipment;
use kernel::{Actor, Faults, Id, Origin, Quantity, Tx};
use processes::order_to_cash;

use super::book::Year;
use super::classify::{Credit, Document};
use super::founding::is_service;

/// What was made of a document that sold: its shipment, none without goods, and its invoice.
struct Made {
    shipment: Option<Id<Shipment>>,
    invoice: Id<Invoice>,
}

fn made(tx: &mut Tx<'_>, order: Id<Order>) -> Result<Made, Faults> {
    let about = Origin::of(order);
    let shipment = tx.first(Shipment::ORIGIN.has(&about))?.map(|shipment| shipment.id);
    let invoice = Invoice::ORIGIN.has(&about) & Invoice::KIND.is(&InvoiceKind::Invoice);
    let invoice = tx.first(invoice)?.ok_or_else(super::book::changed)?.id;
    Ok(Made { shipment, invoice })
}

/// Books a document that takes back: one credit note for each invoice that it mends, and the goods
/// back in stock at the cost they left at. `orders` are those of each of its credits.
///
/// # Errors
/// Those of the acts, `replay.changed`.
pub fn take_back(
    tx: &mut Tx<'_>,
    actor: &Actor,
    year: &Year,
    document: &Document,
    orders: &[Id<Order>],
) -> Result<(), Faults> {
    let made = orders.iter().map(|order| made(tx, *order));
    let sold: Vec<Made> = made.collect::<Result<_, Faults>>()?;
    let mut invoices: Vec<Id<Invoice>> = sold.iter().map(|made| made.invoice).collect();
    invoices.sort_unstable();
    invoices.dedup();
    let mut note = None;
    for invoice in invoices {
        let credits = document.credits().iter().zip(&sold);
        let theirs = credits.filter(|(_, made)| made.invoice == invoice);
        let lines = credit_lines(tx, invoice, theirs.map(|(credit, _)| credit))?;
        let reason = Some(year.name(document).to_owned());
        note = Some(order_to_cash::credit_invoice(tx, actor, invoice, &lines, reason)?);
    }
    let goods = goods(year, document, &sold);
    match note {
        Some(note) if !goods.is_empty() => {
            inventory::take_back_all(tx, year.known.stock, &goods, Origin::of(note))?;
            Ok(())
        }
        _ => Ok(()),
    }
}

fn goods(year: &Year, document: &Document, sold: &[Made]) -> Vec<Returned> {
    let credits = document.credits().iter().zip(sold);
    let stocked =
        credits.filter(|(credit, _)| !is_service(&year.retail.products[credit.product].code));
    let returned = stocked.map(|(credit, made)| Returned {
        product: year.known.products[credit.product],
        quantity: Quantity::units(credit.quantity),
        issued_for: made.shipment.map(Origin::of),
    });
    returned.collect()
}

/// The lines of the invoice that are credited: an invoice has those of its document, in their order.
fn credit_lines<'a>(
    tx: &mut Tx<'_>,
    invoice: Id<Invoice>,
    credits: impl Iterator<Item = &'a Credit>,
) -> Result<Vec<CreditLine>, Faults> {
    let lines = finance::invoice_lines(tx, invoice)?;
    let mut asked = Vec::new();
    for credit in credits {
        let rank = i64::try_from(credit.place).map_or(i64::MAX, |place| place + 1);
        let line = lines.iter().find(|line| line.rank == rank);
        let line = line.ok_or_else(super::book::changed)?.id;
        asked.push(CreditLine { line, quantity: Quantity::units(credit.quantity) });
    }
    Ok(asked)
}
