//! Picking line by line: what was scanned or counted of each line, and the part that leaves when not
//! all of it was found.

use kernel::{Fault, Faults, Id, Kept, Quantity, Tx};
use master::identifiers;

use super::flow::{refused, weigh};
use super::shipment::{Shipment, ShipmentLine, ShipmentState};

/// Counts one unit of the product whose barcode or reference was read, on its first line that lacks
/// some. Tells which line.
///
/// # Errors
/// `shipment.state`, `field.required`, `scan.unknown` for a code of no product, `scan.not_here` for
/// a product of no line, `scan.too_many` when all of it was picked already.
pub fn scan(tx: &mut Tx<'_>, id: Id<Shipment>, code: &str) -> Result<Id<ShipmentLine>, Faults> {
    let code = identifiers::scanned(code);
    if code.is_empty() {
        return Err(Fault::new("field.required").on("code").into());
    }
    being_picked(tx, id)?;
    let (mut here, mut asked) = (None, Quantity::ZERO);
    for mut line in tx.find(ShipmentLine::SHIPMENT.is(&id))? {
        let product = tx.get(line.product)?;
        if !product.is_called(&code) {
            continue;
        }
        let left = line.quantity - line.picked;
        if left > Quantity::ZERO {
            line.picked += left.min(Quantity::units(1));
            tx.save(&line)?;
            return Ok(line.id);
        }
        asked += line.quantity;
        here = Some(product);
    }
    let fault = match (here, master::product::called(tx, &code)?) {
        (Some(product), _) => product.named_in(Fault::new("scan.too_many")).with("asked", asked),
        (None, Some(product)) => product.named_in(Fault::new("scan.not_here")),
        (None, None) => Fault::new("scan.unknown"),
    };
    Err(fault.on("code").with("code", code).into())
}

/// Says by hand how much of a line was picked.
///
/// # Errors
/// `shipment.state`, `not_found` for a line of another shipment, `scan.count` for less than nothing
/// or more than the line asks.
pub fn count(
    tx: &mut Tx<'_>,
    id: Id<Shipment>,
    line: Id<ShipmentLine>,
    picked: Quantity,
) -> Result<(), Faults> {
    being_picked(tx, id)?;
    let mut found = tx.get(line)?;
    if found.shipment != id {
        let def = <ShipmentLine as kernel::Entity>::DEF;
        return Err(kernel::work::not_found(def, line.raw()).into());
    }
    if picked < Quantity::ZERO || picked > found.quantity {
        let fault = Fault::new("scan.count").on("quantity").with("asked", found.quantity);
        return Err(fault.with("given", picked).into());
    }
    found.picked = picked;
    tx.save(&found)
}

fn being_picked(tx: &mut Tx<'_>, id: Id<Shipment>) -> Result<(), Faults> {
    let shipment = tx.lock(id)?;
    if shipment.state == ShipmentState::Draft {
        return Ok(());
    }
    Err(refused(shipment.state, ShipmentState::Picked).into())
}

/// The shipment is picked as a whole when nothing was counted. When something was, it holds what was
/// counted: all of it, or with `partial` that part alone; what is taken off stays kept for its
/// order.
///
/// # Errors
/// `shipment.empty`, `shipment.incomplete` with what was picked and asked.
pub(super) fn close(
    tx: &mut Tx<'_>,
    shipment: &mut Kept<Shipment>,
    partial: bool,
) -> Result<(), Faults> {
    let lines = tx.find(ShipmentLine::SHIPMENT.is(&shipment.id))?;
    if lines.is_empty() {
        return Err(Fault::new("shipment.empty").on("lines").into());
    }
    let picked = Quantity::sum(lines.iter().map(|line| line.picked));
    let asked = Quantity::sum(lines.iter().map(|line| line.quantity));
    if picked.is_zero() {
        for mut line in lines {
            line.picked = line.quantity;
            tx.save(&line)?;
        }
        return Ok(());
    }
    if picked == asked {
        return Ok(());
    }
    if !partial {
        let fault = Fault::new("shipment.incomplete").on("partial");
        return Err(fault.with("picked", picked).with("asked", asked).into());
    }
    let mut kept = Vec::with_capacity(lines.len());
    for mut line in lines {
        if line.picked.is_zero() {
            tx.delete(line.id)?;
            continue;
        }
        line.quantity = line.picked;
        tx.save(&line)?;
        kept.push(line);
    }
    shipment.weight_g = weigh(tx, &kept)?;
    Ok(())
}
