//! VAT that becomes due as the customer pays: of deposits and, without the option for debits, of
//! services. Source: CGI, art. 269, 2, a and c.
//!
//! The accounts 44574 of the invoice's own entry tell how much waits, by rate; what is due is the
//! same share of it as what is paid of the invoice.

use kernel::{Day, Fault, Faults, Kept, Money, Origin, Tx};

use crate::finance::booking::{due_account, now_due, tax_released};
use crate::finance::chart::MISCELLANEOUS;
use crate::finance::entry::{JournalLine, NewEntry, NewLine, draft, seal};
use crate::finance::invoice::Invoice;

/// The VAT that an invoice put in waiting, by account; a credit when positive.
fn waiting(tx: &mut Tx<'_>, invoice: &Invoice) -> Result<Vec<(String, Money)>, Fault> {
    let Some(entry) = invoice.entry else { return Ok(Vec::new()) };
    if invoice.tax_on_payment.is_zero() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for line in tx.find(JournalLine::ENTRY.is(&entry))? {
        let number = tx.get(line.account)?.number.clone();
        // The debit side of a final invoice holds what its deposits released, not what it waits for.
        let credit_note = invoice.is_credit();
        let own = if credit_note { line.credit.is_zero() } else { line.debit.is_zero() };
        if own && due_account(&number).is_some() {
            found.push((number, line.credit - line.debit));
        }
    }
    Ok(found)
}

/// Posts the VAT that becomes due, or waits again, now that another part of the invoice is paid.
pub(crate) fn follow(
    tx: &mut Tx<'_>,
    invoice: &Kept<Invoice>,
    paid_before: Money,
    day: Day,
) -> Result<(), Faults> {
    let (due, paid) = (invoice.due, invoice.settled());
    let mut lines: Vec<NewLine> = Vec::new();
    for (account, whole) in waiting(tx, invoice)? {
        lines.extend(now_due(&account, tax_released(whole, due, paid_before, paid)));
    }
    if lines.is_empty() {
        return Ok(());
    }
    let id = invoice.id;
    let entry = NewEntry {
        journal: MISCELLANEOUS,
        day,
        label: String::new(),
        piece: String::new(),
        piece_day: invoice.issued_on.unwrap_or(day),
        origin: Some(Origin::of(id)),
        lines,
    };
    let entry = draft(tx, entry)?.entry;
    // The invoice may get its number in this very transaction.
    tx.last(move |tx| {
        let number = tx.get(id)?.number.clone().unwrap_or_default();
        seal(tx, entry, |entry| {
            entry.label = format!("TVA exigible à l’encaissement {number}");
            entry.piece = number;
        })
    });
    Ok(())
}

/// What still waits of a deposit that an invoice now deducts; it waits no more, paid or not.
pub(crate) fn take_all(
    tx: &mut Tx<'_>,
    mut deposit: Kept<Invoice>,
) -> Result<Vec<(String, Money)>, Faults> {
    let (due, paid) = (deposit.due, deposit.settled());
    let left: Vec<(String, Money)> = waiting(tx, &deposit)?
        .into_iter()
        .map(|(account, whole)| (account, tax_released(whole, due, paid, due)))
        .filter(|(_, left)| !left.is_zero())
        .collect();
    deposit.tax_on_payment = Money::zero(deposit.due.currency);
    tx.save(&deposit)?;
    Ok(left)
}
