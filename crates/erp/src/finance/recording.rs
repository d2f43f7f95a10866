//! Payments are recorded, posted and undone.

use kernel::{Actor, Choice, Day, Event, Fault, Faults, Id, Kept, Money, Origin, RawId, Tx};
use master::Party;

use crate::finance::allocation::{
    allocate, allocations_of, undo_allocation, undo_shortfalls, write_off_shortfall,
};
use crate::finance::bank::{BankLine, BankLineState};
use crate::finance::by_hand::post_reversal;
use crate::finance::chart::{BANK, BANK_ACCOUNT, CARDS, CASH, CASH_ACCOUNT, CHEQUES, RECEIVABLES};
use crate::finance::closing::cash_day;
use crate::finance::entry::{JournalEntry, NewEntry, NewLine, draft, seal};
use crate::finance::invoice::{Invoice, InvoiceState};
use crate::finance::lettering::letter_entries;
use crate::finance::payment::{Payment, PaymentMethod};
use crate::finance::posting::draw_number;

/// A payment to record.
#[derive(Debug, Clone)]
pub struct NewPayment {
    pub party: Id<Party>,
    pub day: Day,
    /// Positive when it comes in, negative when it goes back to the customer.
    pub amount: Money,
    pub method: PaymentMethod,
    pub reference: Option<String>,
    pub origin: Option<Origin>,
    /// What it pays, each with a positive amount; the rest stays unallocated.
    pub allocations: Vec<(Id<Invoice>, Money)>,
}

/// Records a payment, posts it and sets it against invoices.
///
/// # Errors
/// `amount.zero`, `closing.*`, `period.*`, and those of [`allocate`].
pub fn record_payment(tx: &mut Tx<'_>, _: &Actor, new: NewPayment) -> Result<Id<Payment>, Faults> {
    // What a bank says has left is a fact already.
    if new.origin.is_none() {
        seconded(tx, new.amount)?;
    }
    let id = tx.insert(&Payment {
        number: None,
        party: new.party,
        day: new.day,
        amount: new.amount,
        method: new.method,
        reference: new.reference,
        unallocated: new.amount,
        origin: new.origin,
        entry: None,
        undone_at: None,
        counter_entry: None,
    })?;
    book(tx, id)?;
    for (invoice, amount) in new.allocations {
        allocate(tx, Origin::of(id), invoice, amount)?;
    }
    Ok(id)
}

/// What follows when a payment is entered by hand: it is posted, unallocated.
///
/// # Errors
/// `period.*`, `currency.other`.
pub fn settle_payment(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    let mut payment = tx.get(Id::<Payment>::from_raw(id))?;
    seconded(tx, payment.amount)?;
    payment.unallocated = payment.amount;
    tx.save(&payment)?;
    book(tx, payment.id)
}

/// Money that goes out may wait for a second person.
fn seconded(tx: &mut Tx<'_>, amount: Money) -> Result<(), Fault> {
    if amount.minor < 0 { tx.second_person("payment.out", Some(amount.abs())) } else { Ok(()) }
}

/// The account where money of each kind arrives.
const fn account_of(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Transfer => BANK_ACCOUNT,
        PaymentMethod::Card => CARDS,
        PaymentMethod::Cheque => CHEQUES,
        PaymentMethod::Cash => CASH_ACCOUNT,
    }
}

const fn journal_of(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Cash => CASH,
        _ => BANK,
    }
}

/// Posts D 512 · C 411, the other way round when the money goes back.
fn book(tx: &mut Tx<'_>, id: Id<Payment>) -> Result<(), Faults> {
    let mut payment = tx.get(id)?;
    master::own_currency(tx.currency(), payment.amount.currency, "amount")?;
    cash_day(tx, payment.method, payment.day)?;
    let entry = draft(tx, entry_of(&payment, payment.day, payment.amount))?.entry;
    payment.entry = Some(entry);
    tx.save(&payment)?;
    let name = tx.get(payment.party)?.name.clone();
    tx.last(move |tx| {
        let mut payment = tx.get(id)?;
        let number = draw_number(tx, "RG", "payment", payment.day)?;
        seal(tx, entry, |entry| {
            entry.label = format!("Règlement {number} {name}").chars().take(200).collect();
            entry.piece.clone_from(&number);
        })?;
        payment.number = Some(number.clone());
        tx.save(&payment)?;
        let mut told = Event::new("payment.recorded", Origin::of(id))
            .with("number", number)
            .with("party", payment.party)
            .with("amount", payment.amount)
            .with("day", payment.day);
        if let Some(origin) = payment.origin {
            told = told.with("origin", origin);
        }
        tx.emit(told);
        Ok(())
    });
    Ok(())
}

fn entry_of(payment: &Kept<Payment>, day: Day, amount: Money) -> NewEntry {
    NewEntry {
        journal: journal_of(payment.method),
        day,
        label: String::new(),
        piece: String::new(),
        piece_day: payment.day,
        origin: Some(Origin::of(payment.id)),
        lines: vec![
            NewLine::debit(account_of(payment.method), amount),
            NewLine::credit(RECEIVABLES, amount).of_party(payment.party),
        ],
    }
}

/// Pays an invoice, or gives a credit note back, by one payment. Without an amount: what is open. A
/// few cents that lack are written off; what is too much stays unallocated.
///
/// # Errors
/// `invoice.draft`, `invoice.paid`, and those of [`record_payment`].
pub fn pay_invoice(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Invoice>,
    day: Day,
    amount: Option<Money>,
    method: PaymentMethod,
    reference: Option<String>,
) -> Result<Id<Payment>, Faults> {
    let invoice = tx.lock(id)?;
    if invoice.state != InvoiceState::Posted {
        return Err(Fault::new("invoice.draft").into());
    }
    if invoice.open.is_zero() {
        return Err(Fault::new("invoice.paid").into());
    }
    let given = amount.unwrap_or(invoice.open);
    master::own_currency(tx.currency(), given.currency, "amount")?;
    if given.minor <= 0 {
        return Err(Fault::new("amount.positive").on("amount").into());
    }
    let signed = if invoice.is_credit() { -given } else { given };
    let allocations = vec![(id, given.min(invoice.open))];
    let new = NewPayment {
        party: invoice.party,
        day,
        amount: signed,
        method,
        reference,
        origin: None,
        allocations,
    };
    let payment = record_payment(tx, actor, new)?;
    write_off_shortfall(tx, id, day)?;
    Ok(payment)
}

/// Undoes a payment by a counter-entry of today; the invoices it paid are open again.
///
/// # Errors
/// `payment.undone`, `period.*`.
pub fn undo_payment(tx: &mut Tx<'_>, _: &Actor, id: Id<Payment>) -> Result<(), Faults> {
    let mut payment = tx.lock(id)?;
    let Some(entry) = payment.entry.filter(|_| payment.undone_at.is_none()) else {
        return Err(Fault::new("payment.undone").into());
    };
    for allocation in allocations_of(tx, Origin::of(id))? {
        let invoice = allocation.invoice;
        undo_allocation(tx, allocation)?;
        undo_shortfalls(tx, invoice)?;
    }
    free_bank_lines(tx, id)?;
    let today = tx.today();
    let counter = draft(tx, entry_of(&payment, today, -payment.amount))?.entry;
    payment.unallocated = Money::zero(payment.amount.currency);
    payment.undone_at = Some(tx.now());
    payment.counter_entry = Some(counter);
    tx.save(&payment)?;
    let party = payment.party;
    tx.last(move |tx| {
        let number = tx.get(id)?.number.clone().unwrap_or_default();
        seal(tx, counter, |entry| {
            entry.label = format!("Annulation du règlement {number}");
            entry.piece = number;
        })?;
        letter_entries(tx, RECEIVABLES, party, &[entry, counter])
    });
    let told = Event::new("payment.undone", Origin::of(id));
    tx.emit(told.with("party", party).with("amount", payment.amount));
    Ok(())
}

/// The bank lines that the payment was matched with are to match again.
fn free_bank_lines(tx: &mut Tx<'_>, payment: Id<Payment>) -> Result<(), Faults> {
    let origin = tx.get(payment)?.origin;
    for mut line in tx.find(BankLine::PAYMENT.has(&payment))? {
        match line.entry.take() {
            // The line made the payment: its entry is of the shares booked on accounts.
            Some(entry) if origin == Some(Origin::of(line.id)) => {
                let today = tx.today();
                post_reversal(tx, entry, today)?;
            }
            Some(entry) => reverse_collection(tx, payment, entry, line.amount)?,
            None => {}
        }
        line.state = BankLineState::Open;
        line.payment = None;
        tx.save(&line)?;
    }
    Ok(())
}

/// Brings a cheque or a card payment to the bank account: D 512 · C 511. Nothing to do for a
/// transfer, which is there already.
pub(crate) fn collect(
    tx: &mut Tx<'_>,
    payment: Id<Payment>,
    day: Day,
    amount: Money,
) -> Result<Option<Id<JournalEntry>>, Faults> {
    let payment = tx.get(payment)?;
    let from = account_of(payment.method);
    if from == BANK_ACCOUNT {
        return Ok(None);
    }
    let number = payment.number.clone().unwrap_or_default();
    let entry = NewEntry {
        journal: BANK,
        day,
        label: format!("Encaissement {} {number}", payment.method.label().fr),
        piece: number,
        piece_day: payment.day,
        origin: Some(Origin::of(payment.id)),
        lines: vec![NewLine::debit(BANK_ACCOUNT, amount), NewLine::credit(from, amount)],
    };
    crate::finance::entry::post(tx, entry).map(Some)
}

/// Takes back what [`collect`] posted.
pub(crate) fn reverse_collection(
    tx: &mut Tx<'_>,
    payment: Id<Payment>,
    entry: Id<JournalEntry>,
    amount: Money,
) -> Result<(), Faults> {
    debug_assert_eq!(tx.get(entry)?.origin, Some(Origin::of(payment)));
    let today = tx.today();
    collect(tx, payment, today, -amount).map(drop)
}
