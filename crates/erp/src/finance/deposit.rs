//! Deposit invoices: what is left of them to deduct, and the VAT that goes with it.

use kernel::{Fault, Faults, Id, Kept, Money, Rate, Tx};

use crate::finance::booking::{Deducted, RateTax, TaxedLine, rate_taxes};
use crate::finance::drafting::{Draft, invoice_lines};
use crate::finance::invoice::{Invoice, InvoiceDeduction, InvoiceKind, InvoiceLine, InvoiceState};
use crate::finance::tax_on_payment;

/// What of a posted deposit invoice no invoice deducts yet and no credit note gave back, VAT
/// included.
///
/// # Errors
/// `not_found`, `store.*`.
pub fn available_deposit(tx: &mut Tx<'_>, deposit: Id<Invoice>) -> Result<Money, Faults> {
    let total = tx.get(deposit)?.total;
    Ok(total - deducted_elsewhere(tx, deposit, None)? - credited(tx, deposit)?)
}

/// The sum of the credit notes on an invoice, drafts included.
pub(crate) fn credited(tx: &mut Tx<'_>, invoice: Id<Invoice>) -> Result<Money, Fault> {
    let notes = tx.find(Invoice::PRECEDING.has(&invoice))?;
    Ok(Money::sum(tx.currency(), notes.iter().map(|note| note.total)))
}

fn deducted_elsewhere(
    tx: &mut Tx<'_>,
    deposit: Id<Invoice>,
    except: Option<Id<Invoice>>,
) -> Result<Money, Fault> {
    let all = tx.find(InvoiceDeduction::DEPOSIT.is(&deposit))?;
    let others = all.iter().filter(|deduction| Some(deduction.invoice) != except);
    Ok(Money::sum(tx.currency(), others.map(|deduction| deduction.amount)))
}

/// Checks the deductions of a draft and computes the VAT in each.
pub(crate) fn reckon_deductions(tx: &mut Tx<'_>, draft: &mut Draft) -> Result<(), Faults> {
    let mut faults = Faults::default();
    for rank in 0..draft.deductions.len() {
        let done = reckon_deduction(tx, draft, rank);
        faults.gather(done.map_err(|faults| faults.within(&format!("deductions.{rank}"))));
    }
    faults.into_result()
}

fn reckon_deduction(tx: &mut Tx<'_>, draft: &mut Draft, rank: usize) -> Result<(), Faults> {
    let (invoice, party) = (draft.invoice.id, draft.invoice.party);
    let asked = draft.deductions[rank].amount;
    master::own_currency(tx.currency(), asked.currency, "amount")?;
    // Held, so that two invoices cannot deduct the same euros.
    let deposit = tx.lock(draft.deductions[rank].deposit)?;
    let fits = deposit.kind == InvoiceKind::Deposit
        && deposit.state == InvoiceState::Posted
        && deposit.party == party
        && draft.invoice.kind == InvoiceKind::Invoice;
    if !fits {
        return Err(Fault::new("deposit.unfit").on("deposit").into());
    }
    let taken = deducted_elsewhere(tx, deposit.id, Some(invoice))?;
    let before_here = draft.deductions[..rank].iter().filter(|other| other.deposit == deposit.id);
    let before = taken + Money::sum(tx.currency(), before_here.map(|other| other.amount));
    let free = deposit.total - before - credited(tx, deposit.id)?;
    if asked.minor > free.minor {
        return Err(Fault::new("deposit.short")
            .on("amount")
            .with("asked", asked)
            .with("free", free)
            .into());
    }
    let taxes = deposit_taxes(tx, deposit.id)?;
    let taxes = taxes_between(&taxes, deposit.total, before, before + asked);
    let deduction = &mut draft.deductions[rank];
    deduction.tax_amount = Money::sum(tx.currency(), taxes.iter().map(|(_, tax)| *tax));
    tx.save(deduction)
}

fn deposit_taxes(tx: &mut Tx<'_>, deposit: Id<Invoice>) -> Result<Vec<RateTax>, Fault> {
    let lines = invoice_lines(tx, deposit)?;
    let lines = taxed_lines(tx, &lines)?;
    Ok(rate_taxes(tx.currency(), &lines))
}

/// The lines as the booking sees them; those without a tax or an account are left out.
pub(crate) fn taxed_lines(
    tx: &mut Tx<'_>,
    lines: &[Kept<InvoiceLine>],
) -> Result<Vec<TaxedLine>, Fault> {
    let mut taxed = Vec::with_capacity(lines.len());
    for line in lines {
        let (Some(tax), Some(account)) = (line.tax, line.account.clone()) else { continue };
        let rate = tx.get(tax)?.rate;
        taxed.push(TaxedLine {
            account,
            tax,
            rate,
            net: line.net,
            on_payment: line.tax_on_payment,
        });
    }
    Ok(taxed)
}

/// The VAT in the part of a deposit that goes from `before` to `after`: in all, the deposit's own
/// exactly, whatever the number of invoices that deduct it.
fn taxes_between(
    taxes: &[RateTax],
    total: Money,
    before: Money,
    after: Money,
) -> Vec<(Rate, Money)> {
    let part = |tax: &RateTax| {
        let whole = tax.at_once + tax.on_payment;
        whole.part(after.minor, total.minor) - whole.part(before.minor, total.minor)
    };
    taxes.iter().map(|tax| (tax.rate, part(tax))).collect()
}

/// The deductions as the booking sees them; the VAT of a deposit that still waits becomes due.
pub(crate) fn deduct(tx: &mut Tx<'_>, draft: &Draft) -> Result<Vec<Deducted>, Faults> {
    let mut deducted = Vec::with_capacity(draft.deductions.len());
    for (rank, deduction) in draft.deductions.iter().enumerate() {
        let deposit = tx.lock(deduction.deposit)?;
        let mut before = deducted_elsewhere(tx, deposit.id, Some(draft.invoice.id))?;
        let here = draft.deductions[..rank].iter().filter(|other| other.deposit == deposit.id);
        before += Money::sum(tx.currency(), here.map(|other| other.amount));
        let taxes = deposit_taxes(tx, deposit.id)?;
        let taxes = taxes_between(&taxes, deposit.total, before, before + deduction.amount);
        let number = deposit.number.clone();
        let still_waiting = tax_on_payment::take_all(tx, deposit)?;
        deducted.push(Deducted { number, amount: deduction.amount, taxes, still_waiting });
    }
    Ok(deducted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    #[test]
    fn two_deductions_share_the_vat_of_a_deposit_exactly() {
        let tax = |percent, cents| RateTax {
            rate: Rate::percent(percent),
            at_once: Money::eur(0),
            on_payment: Money::eur(cents),
        };
        let taxes = [tax(20, 1_667), tax(10, 91)];
        let (total, cut) = (Money::eur(11_001), Money::eur(3_333));
        let first = taxes_between(&taxes, total, Money::zero(Currency::EUR), cut);
        let second = taxes_between(&taxes, total, cut, total);
        for (rank, tax) in taxes.iter().enumerate() {
            assert_eq!(first[rank].1 + second[rank].1, tax.on_payment);
        }
    }
}
