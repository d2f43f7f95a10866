//! A bank line that is several things at once: part of it pays invoices, part stays on the account of
//! their party, part is booked on accounts. The bank's fee is the usual one: it took 5.00 of the
//! 1,000.00 that the customer paid, and 995.00 came in.

use kernel::{Actor, Event, Fault, Faults, Id, Money, Origin, Tx};

use crate::finance::bank::{BankLine, BankLineState};
use crate::finance::bank_booking::{Share, write_shares};
use crate::finance::payment::Payment;
use crate::finance::reconcile::{Match, accept_match, pay_from_line, record_line};

/// Matches a bank line of which some shares are booked on accounts. A share is positive where it
/// goes in the direction of the line, and negative where it was kept back; one of no amount is what
/// lies between the line and the invoices. The payment is of what the shares leave; what the
/// invoices do not take of it stays on account.
///
/// # Errors
/// `match.shares` for a payment recorded before, `bank_line.shares` when the shares leave nothing
/// to pay with, `field.required` for a share whose amount nothing tells, those of
/// [`accept_match`] and of [`crate::finance::write_entry`].
pub fn accept_split(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<BankLine>,
    what: &Match,
    shares: Vec<Share>,
) -> Result<Id<Payment>, Faults> {
    let mut line = tx.lock(id)?;
    if line.state == BankLineState::Matched {
        return Err(Fault::new("bank_line.matched").into());
    }
    let shares = told(tx, &line, what, shares)?;
    if shares.is_empty() {
        return accept_match(tx, actor, id, what);
    }
    let whole = line.amount.abs();
    let shared = Money::sum(tx.currency(), shares.iter().map(|share| share.amount));
    let paid = whole - shared;
    if paid.minor <= 0 {
        let fault = Fault::new("bank_line.shares").on("shares").with("amount", whole);
        return Err(fault.with("shared", shared).into());
    }
    // Recorded as if the line were of what is paid.
    let mut part: BankLine = line.clone().into_inner();
    part.amount = if line.amount.minor > 0 { paid } else { -paid };
    let payment = match what {
        Match::Invoices(invoices) => pay_from_line(tx, actor, id, &part, invoices)?,
        Match::Party(party) => record_line(tx, actor, id, &part, *party, Vec::new())?,
        Match::Payment(_) => return Err(Fault::new("match.shares").on("shares").into()),
    };
    line.entry = Some(write_shares(tx, actor, id, &line, &shares, None)?);
    line.state = BankLineState::Matched;
    line.payment = Some(payment);
    tx.save(&line)?;
    tx.emit(Event::new("bank_line.matched", Origin::of(id)).with("payment", payment));
    Ok(payment)
}

/// The shares with their amounts: the one of none takes what is between the line and the invoices,
/// and goes when that is nothing.
fn told(
    tx: &mut Tx<'_>,
    line: &BankLine,
    what: &Match,
    mut shares: Vec<Share>,
) -> Result<Vec<Share>, Faults> {
    let untold = |share: &Share| share.amount.is_zero();
    let mut open = shares.iter().enumerate().filter(|(_, share)| untold(share));
    let Some((at, _)) = open.next() else { return Ok(shares) };
    let required = |rank: usize| {
        Faults::from(Fault::new("field.required").on(format!("shares.{rank}.amount")))
    };
    if let Some((second, _)) = open.next() {
        return Err(required(second));
    }
    let Match::Invoices(invoices) = what else { return Err(required(at)) };
    let mut left = line.amount.abs() - Money::sum(tx.currency(), shares.iter().map(|s| s.amount));
    for invoice in invoices {
        left -= tx.lock(*invoice)?.open;
    }
    shares[at].amount = left;
    shares.retain(|share| !untold(share));
    Ok(shares)
}
