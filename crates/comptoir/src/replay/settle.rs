//! Payments, as they might have been: the file says nothing of them.

use erp::finance::{Invoice, InvoiceKind, InvoiceState, NewPayment, PaymentMethod};
use kernel::{Actor, Day, Faults, Id, Kept, Money, Tx};
use master::Party;
use processes::order_to_cash::{self, Paying};

/// A customer pays all that is due by one transfer, and is paid back what credit notes left open.
///
/// # Errors
/// Those of the acts.
pub fn pay(tx: &mut Tx<'_>, actor: &Actor, party: Id<Party>, day: Day) -> Result<(), Faults> {
    let penny = Money::new(1, tx.currency());
    let open = Invoice::PARTY.is(&party)
        & Invoice::STATE.is(&InvoiceState::Posted)
        & Invoice::OPEN.at_least(&penny);
    let (notes, invoices): (Vec<Kept<Invoice>>, Vec<Kept<Invoice>>) =
        tx.find(open)?.into_iter().partition(|it| it.kind == InvoiceKind::CreditNote);
    let due: Vec<(Id<Invoice>, Money)> = invoices
        .iter()
        .filter(|invoice| invoice.due_on.is_some_and(|due_on| due_on <= day))
        .map(|invoice| (invoice.id, invoice.open))
        .collect();
    if !due.is_empty() {
        let amount = Money::sum(tx.currency(), due.iter().map(|(_, open)| *open));
        let payment = NewPayment {
            party,
            day,
            amount,
            method: PaymentMethod::Transfer,
            reference: None,
            origin: None,
            allocations: due,
        };
        order_to_cash::record(tx, actor, payment)?;
    }
    for note in notes {
        let method = PaymentMethod::Transfer;
        let paying = Paying { day, amount: None, method, reference: None };
        order_to_cash::pay(tx, actor, note.id, paying)?;
    }
    Ok(())
}
