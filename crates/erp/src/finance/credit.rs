//! Credit notes: what mends a posted invoice. Source: CGI, art. 272 and 289, I, 5.

use kernel::{Actor, Entity, Event, Fault, Faults, Id, Kept, Money, Origin, Quantity, Rate, Tx};

use crate::finance::allocation::allocate;
use crate::finance::deposit::available_deposit;
use crate::finance::drafting::{Draft, NewInvoice, drafted, invoice_lines, reckon};
use crate::finance::invoice::{Invoice, InvoiceKind, InvoiceLine, InvoiceState};
use crate::finance::posting::{letter_deposit, post_draft};

/// How much of an invoice line to give back.
#[derive(Debug, Clone, Copy)]
pub struct CreditLine {
    pub line: Id<InvoiceLine>,
    pub quantity: Quantity,
}

/// Issues a credit note on some lines of a posted invoice, and sets it against what is still to pay.
/// What is more than that stays open, to be paid back or set against another invoice.
///
/// # Errors
/// `invoice.draft`, `credit.unfit`, `credit.quantity`, `credit.nothing`, `deposit.short`,
/// `period.*`.
pub fn credit_note(
    tx: &mut Tx<'_>,
    actor: &Actor,
    invoice: Id<Invoice>,
    lines: &[CreditLine],
    reason: Option<String>,
) -> Result<Id<Invoice>, Faults> {
    let credited = tx.lock(invoice)?;
    creditable(&credited)?;
    let mut draft = drafted(tx, head(&credited))?;
    draft.invoice.preceding = Some(invoice);
    draft.invoice.reason = reason;
    let (mut rank, mut faults) = (0, Faults::default());
    for asked in lines {
        let line = credit_line(tx, &credited, asked, draft.invoice.id);
        if let Some(line) = faults.gather(line.map_err(|f| f.within(&format!("lines.{rank}")))) {
            draft.lines.push(line);
        }
        rank += 1;
    }
    faults.into_result()?;
    issue(tx, actor, &credited, draft)
}

/// Issues a credit note on all that was not credited yet.
///
/// # Errors
/// Those of [`credit_note`].
pub fn credit_all(
    tx: &mut Tx<'_>,
    actor: &Actor,
    invoice: Id<Invoice>,
    reason: Option<String>,
) -> Result<Id<Invoice>, Faults> {
    let mut left = Vec::new();
    for line in invoice_lines(tx, invoice)? {
        let (done, _) = credited_of(tx, line.id)?;
        if line.quantity != done {
            left.push(CreditLine { line: line.id, quantity: line.quantity - done });
        }
    }
    if left.is_empty() {
        creditable(&*tx.get(invoice)?)?;
        return Err(Fault::new("credit.nothing").into());
    }
    credit_note(tx, actor, invoice, &left, reason)
}

fn creditable(invoice: &Invoice) -> Result<(), Fault> {
    match (invoice.state, invoice.kind) {
        (InvoiceState::Draft, _) => Err(Fault::new("invoice.draft")),
        (_, InvoiceKind::CreditNote) => Err(Fault::new("credit.unfit")),
        _ => Ok(()),
    }
}

fn head(credited: &Kept<Invoice>) -> NewInvoice {
    let mut head = NewInvoice::of(InvoiceKind::CreditNote, credited.party);
    head.origin = credited.origin;
    head.order_number.clone_from(&credited.order_number);
    head.order_day = credited.order_day;
    head.purchase_order.clone_from(&credited.purchase_order);
    head.buyer_reference.clone_from(&credited.buyer_reference);
    head.payment_term = credited.payment_term;
    head
}

/// What earlier credit notes gave back of a line: quantity and net.
fn credited_of(tx: &mut Tx<'_>, line: Id<InvoiceLine>) -> Result<(Quantity, Money), Fault> {
    let earlier = tx.find(InvoiceLine::CREDITS.has(&line))?;
    let net = Money::sum(tx.currency(), earlier.iter().map(|line| line.net));
    Ok((Quantity::sum(earlier.iter().map(|line| line.quantity)), net))
}

fn credit_line(
    tx: &mut Tx<'_>,
    credited: &Kept<Invoice>,
    asked: &CreditLine,
    note: Id<Invoice>,
) -> Result<Kept<InvoiceLine>, Faults> {
    let line = tx.get(asked.line)?;
    if line.invoice != credited.id {
        return Err(kernel::work::not_found(InvoiceLine::DEF, asked.line.raw()).on("line").into());
    }
    let (done, net_done) = credited_of(tx, asked.line)?;
    let left = line.quantity - done;
    let within = asked.quantity.0.signum() == left.0.signum()
        && asked.quantity.abs() <= left.abs()
        && !left.is_zero();
    if !within {
        return Err(Fault::new("credit.quantity")
            .on("quantity")
            .with("asked", asked.quantity)
            .with("left", left)
            .into());
    }
    let mut copy = line.clone().into_inner();
    copy.invoice = note;
    copy.credits = Some(asked.line);
    copy.quantity = asked.quantity;
    copy.net = credit_net(&line, asked.quantity, left, net_done);
    let id = tx.insert(&copy)?;
    Ok(tx.get(id)?)
}

/// The net of a part of a line. The last part takes what is left, so that the parts add up.
fn credit_net(line: &InvoiceLine, quantity: Quantity, left: Quantity, done: Money) -> Money {
    let rest = line.net - done;
    if quantity == left {
        return rest;
    }
    let net = line.unit_price.amount(quantity, line.discount.unwrap_or(Rate::ZERO));
    if net.abs().minor > rest.abs().minor { rest } else { net }
}

fn issue(
    tx: &mut Tx<'_>,
    actor: &Actor,
    credited: &Kept<Invoice>,
    mut draft: Draft,
) -> Result<Id<Invoice>, Faults> {
    reckon(tx, &mut draft)?;
    let (id, amount) = (draft.invoice.id, draft.invoice.total);
    let deposit = credited.kind == InvoiceKind::Deposit;
    if deposit {
        // The note itself is counted already: what is left may be nothing, never less.
        let left = available_deposit(tx, credited.id)?;
        if left.minor < 0 {
            let free = left + amount;
            let fault = Fault::new("deposit.short").with("asked", amount).with("free", free);
            return Err(fault.into());
        }
    }
    post_draft(tx, actor, draft)?;
    let about = Origin::of(credited.id);
    tx.emit(Event::new("invoice.credited", about).with("credit_note", id).with("amount", amount));
    let to_set = amount.min(tx.get(credited.id)?.open);
    if to_set.minor > 0 {
        allocate(tx, Origin::of(id), credited.id, to_set)?;
    }
    if deposit {
        let deposit = credited.id;
        tx.last(move |tx| letter_deposit(tx, deposit));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Currency, Price, RawId};

    #[test]
    fn the_parts_of_a_credited_line_add_up_to_it() {
        let line = InvoiceLine {
            invoice: Id::from_raw(RawId([1; 16])),
            rank: 1,
            product: None,
            sku: None,
            description: "Serviette".into(),
            quantity: Quantity::units(3),
            unit: None,
            unit_price: Price::new(3_350, Currency::EUR),
            discount: None,
            tax: None,
            net: Money::eur(101),
            origin: None,
            account: None,
            credits: None,
            tax_on_payment: false,
        };
        let one = Quantity::units(1);
        let (mut done, mut left) = (Money::eur(0), line.quantity);
        let mut parts = Vec::new();
        while !left.is_zero() {
            let part = credit_net(&line, one, left, done);
            parts.push(part.minor);
            done += part;
            left = left - one;
        }
        assert_eq!(parts, [34, 34, 33]);
        assert_eq!(done, line.net);
    }
}
