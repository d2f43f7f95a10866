//! What pays what: payments and credit notes against invoices, and what undoes them.

use kernel::{Day, Event, Fault, Faults, Id, Kept, Money, Origin, Tx};

use crate::finance::chart::{MISCELLANEOUS, RECEIVABLES, SHORTFALLS};
use crate::finance::entry::{JournalEntry, NewEntry, NewLine, draft, seal};
use crate::finance::fiscal_year::year_of;
use crate::finance::invoice::{Invoice, InvoiceState};
use crate::finance::lettering::{letter_entries, letter_set_of, unletter};
use crate::finance::payment::{Allocation, Payment};
use crate::finance::tax_on_payment;

/// The most that is written off for good: a few minor units lost in transfer or rounding.
pub const SHORTFALL_MOST_MINOR: i64 = 5;

/// Sets a payment or a credit note against an invoice, or a refund against a credit note. When all
/// the documents that settle each other are settled in full, their lines are lettered.
///
/// # Errors
/// `amount.positive`, `invoice.draft`, `allocation.above_open`, `allocation.above_source`,
/// `allocation.party`, `allocation.direction`, `payment.undone`.
pub fn allocate(
    tx: &mut Tx<'_>,
    source: Origin,
    invoice: Id<Invoice>,
    amount: Money,
) -> Result<Id<Allocation>, Faults> {
    let mut invoice = tx.lock(invoice)?;
    master::own_currency(tx.currency(), amount.currency, "amount")?;
    if invoice.state != InvoiceState::Posted {
        return Err(Fault::new("invoice.draft").on("invoice").into());
    }
    if amount.minor <= 0 {
        return Err(Fault::new("amount.positive").on("amount").into());
    }
    if amount.minor > invoice.open.minor {
        return Err(above("allocation.above_open", amount, invoice.open).into());
    }
    let (day, source_entry, whole) = if let Some(id) = source.as_a::<Payment>() {
        draw_payment(tx, id, &invoice, amount)?
    } else if let Some(id) = source.as_a::<Invoice>() {
        draw_credit_note(tx, id, &invoice, amount)?
    } else {
        return Err(Fault::new("allocation.direction").on("source").into());
    };
    let paid_before = invoice.settled();
    invoice.open -= amount;
    let one_to_one = whole && amount == invoice.due;
    let id = record(tx, source, &invoice, amount)?;
    tax_on_payment::follow(tx, &invoice, paid_before, day)?;
    let (party, own_entry) = (invoice.party, invoice.entry);
    match (one_to_one, own_entry, source_entry) {
        // The usual case needs no search for who else settles whom.
        (true, Some(own), Some(other)) => {
            tx.last(move |tx| letter_entries(tx, RECEIVABLES, party, &[own, other]));
        }
        _ if invoice.open.is_zero() => {
            let invoice = invoice.id;
            tx.last(move |tx| letter_set_of(tx, invoice));
        }
        _ => {}
    }
    Ok(id)
}

fn above(code: &'static str, asked: Money, open: Money) -> Fault {
    Fault::new(code).on("amount").with("asked", asked).with("open", open)
}

/// Saves the invoice and the allocation, and tells both.
fn record(
    tx: &mut Tx<'_>,
    source: Origin,
    invoice: &Kept<Invoice>,
    amount: Money,
) -> Result<Id<Allocation>, Faults> {
    tx.save(invoice)?;
    tell(tx, invoice);
    let at = tx.now();
    tx.insert(&Allocation { source, invoice: invoice.id, amount, at, undone_at: None })
}

/// Tells that another part of an invoice is paid, or no longer is.
fn tell(tx: &mut Tx<'_>, invoice: &Kept<Invoice>) {
    let paid = invoice.open.is_zero();
    let mut told = Event::new("invoice.settled", Origin::of(invoice.id))
        .with("party", invoice.party)
        .with("open", invoice.open)
        .with("paid", paid);
    if let Some(origin) = invoice.origin {
        told = told.with("origin", origin);
    }
    if let Some(issued) = invoice.issued_on {
        told = told.with("issued_on", issued);
    }
    tx.emit(told);
}

/// The day of the money, the entry of the source, and whether it goes whole to this invoice.
type Drawn = (Day, Option<Id<JournalEntry>>, bool);

fn draw_payment(
    tx: &mut Tx<'_>,
    id: Id<Payment>,
    invoice: &Invoice,
    amount: Money,
) -> Result<Drawn, Faults> {
    let mut payment = tx.lock(id)?;
    if payment.undone_at.is_some() {
        return Err(Fault::new("payment.undone").into());
    }
    if payment.party != invoice.party {
        return Err(Fault::new("allocation.party").on("invoice").into());
    }
    // Money in pays an invoice, money out pays a credit note back.
    let incoming = payment.amount.minor > 0;
    if incoming == invoice.is_credit() {
        return Err(Fault::new("allocation.direction").on("invoice").into());
    }
    if amount.minor > payment.unallocated.abs().minor {
        let left = payment.unallocated.abs();
        return Err(above("allocation.above_source", amount, left).into());
    }
    payment.unallocated -= if incoming { amount } else { -amount };
    tx.save(&payment)?;
    // VAT is due on the day of the money, or today when that day's books are locked.
    let day = if year_of(tx, payment.day).is_ok() { payment.day } else { tx.today() };
    Ok((day, payment.entry, payment.amount.abs() == amount))
}

fn draw_credit_note(
    tx: &mut Tx<'_>,
    id: Id<Invoice>,
    invoice: &Invoice,
    amount: Money,
) -> Result<Drawn, Faults> {
    let mut note = tx.lock(id)?;
    if note.party != invoice.party {
        return Err(Fault::new("allocation.party").on("invoice").into());
    }
    if !note.is_credit() || invoice.is_credit() || note.state != InvoiceState::Posted {
        return Err(Fault::new("allocation.direction").on("invoice").into());
    }
    if amount.minor > note.open.minor {
        return Err(above("allocation.above_source", amount, note.open).into());
    }
    let paid_before = note.settled();
    note.open -= amount;
    tx.save(&note)?;
    tell(tx, &note);
    let today = tx.today();
    tax_on_payment::follow(tx, &note, paid_before, today)?;
    Ok((today, note.entry, note.due == amount))
}

/// Undoes an allocation: the invoice is open again, its set is no longer lettered.
pub(crate) fn undo_allocation(
    tx: &mut Tx<'_>,
    mut allocation: Kept<Allocation>,
) -> Result<(), Faults> {
    allocation.undone_at = Some(tx.now());
    tx.save(&allocation)?;
    let mut invoice = tx.lock(allocation.invoice)?;
    let paid_before = invoice.settled();
    invoice.open += allocation.amount;
    tx.save(&invoice)?;
    tell(tx, &invoice);
    let today = tx.today();
    tax_on_payment::follow(tx, &invoice, paid_before, today)?;
    if let Some(entry) = invoice.entry {
        unletter(tx, entry)?;
    }
    Ok(())
}

/// Writes off the last cents of an invoice, when they are few: D 658 · C 411. Tells whether it did.
///
/// # Errors
/// `period.*`.
pub fn write_off_shortfall(tx: &mut Tx<'_>, id: Id<Invoice>, day: Day) -> Result<bool, Faults> {
    let mut invoice = tx.lock(id)?;
    let gap = invoice.open;
    if invoice.is_credit() || !(1..=SHORTFALL_MOST_MINOR).contains(&gap.minor) {
        return Ok(false);
    }
    let entry = shortfall(tx, &invoice, gap, day)?;
    let paid_before = invoice.settled();
    invoice.open -= gap;
    record(tx, Origin::of(entry), &invoice, gap)?;
    tax_on_payment::follow(tx, &invoice, paid_before, day)?;
    tx.last(move |tx| letter_set_of(tx, id));
    Ok(true)
}

/// The entry that writes an amount off, or books it back when the amount is negative.
fn shortfall(
    tx: &mut Tx<'_>,
    invoice: &Kept<Invoice>,
    gap: Money,
    day: Day,
) -> Result<Id<JournalEntry>, Faults> {
    let id = invoice.id;
    let entry = NewEntry {
        journal: MISCELLANEOUS,
        day,
        label: String::new(),
        piece: String::new(),
        piece_day: invoice.issued_on.unwrap_or(day),
        origin: Some(Origin::of(id)),
        lines: vec![
            NewLine::debit(SHORTFALLS, gap),
            NewLine::credit(RECEIVABLES, gap).of_party(invoice.party),
        ],
    };
    let entry = draft(tx, entry)?.entry;
    tx.last(move |tx| {
        let number = tx.get(id)?.number.clone().unwrap_or_default();
        seal(tx, entry, |entry| {
            entry.label = format!("Écart de règlement {number}");
            entry.piece = number;
        })
    });
    Ok(entry)
}

/// Books back what was written off on an invoice: its payment is undone.
pub(crate) fn undo_shortfalls(tx: &mut Tx<'_>, invoice: Id<Invoice>) -> Result<(), Faults> {
    let live = tx.find(Allocation::INVOICE.is(&invoice) & Allocation::UNDONE_AT.empty())?;
    for allocation in live {
        let Some(written_off) = allocation.source.as_a::<JournalEntry>() else { continue };
        let (amount, today) = (allocation.amount, tx.today());
        undo_allocation(tx, allocation)?;
        let invoice = tx.get(invoice)?;
        let back = shortfall(tx, &invoice, -amount, today)?;
        let party = invoice.party;
        tx.last(move |tx| letter_entries(tx, RECEIVABLES, party, &[written_off, back]));
    }
    Ok(())
}

/// The allocations of a source that are not undone, oldest first.
///
/// # Errors
/// `store.*`.
pub fn allocations_of(tx: &mut Tx<'_>, source: Origin) -> Result<Vec<Kept<Allocation>>, Fault> {
    tx.find(Allocation::SOURCE.is(&source) & Allocation::UNDONE_AT.empty())
}

/// What pays an invoice, oldest first, without what was undone.
///
/// # Errors
/// `store.*`.
pub fn allocations_on(
    tx: &mut Tx<'_>,
    invoice: Id<Invoice>,
) -> Result<Vec<Kept<Allocation>>, Fault> {
    tx.find(Allocation::INVOICE.is(&invoice) & Allocation::UNDONE_AT.empty())
}
