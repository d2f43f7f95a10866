//! Bank statements come in, and their lines are matched with what customers owe.

use kernel::{
    Actor, Condition, Day, Event, Fault, Faults, Filter, Id, Kept, Lines, Money, Origin, Tx, Value,
};
use master::Party;

use crate::finance::allocation::write_off_shortfall;
use crate::finance::bank::{BankLine, BankLineState, BankStatement};
use crate::finance::bank_booking::{book_automatically, unbook_line};
use crate::finance::invoice::Invoice;
use crate::finance::matching::{Movement, OpenItem, Proposal, match_movement};
use crate::finance::payment::{Payment, PaymentMethod};
use crate::finance::recording::{
    NewPayment, collect, record_payment, reverse_collection, undo_payment,
};
use crate::finance::rows::Cells;

/// A statement as a bank sent it.
#[derive(Debug, Clone)]
pub struct NewStatement {
    /// The bank's identifier of the statement.
    pub reference: String,
    pub iban: String,
    pub starts_on: Day,
    pub ends_on: Day,
    pub opening: Option<Money>,
    pub closing: Option<Money>,
    pub lines: Vec<NewBankLine>,
}

#[derive(Debug, Clone)]
pub struct NewBankLine {
    pub booked_on: Day,
    /// Positive when it comes in.
    pub amount: Money,
    pub counterparty: Option<String>,
    pub counterparty_iban: Option<String>,
    pub remittance: String,
    pub end_to_end: Option<String>,
}

/// Takes a statement in. Lines that a rule books by itself are booked.
///
/// # Errors
/// `statement.taken` when it was taken before, `statement.balance` when its lines do not lead from
/// the opening to the closing balance, `currency.other`.
pub fn import_statement(
    tx: &mut Tx<'_>,
    actor: &Actor,
    new: NewStatement,
) -> Result<Id<BankStatement>, Faults> {
    let same = BankStatement::REFERENCE.is(&new.reference) & BankStatement::IBAN.is(&new.iban);
    if tx.first(same)?.is_some() {
        let taken = Fault::new("statement.taken").with("reference", new.reference.as_str());
        return Err(taken.into());
    }
    let mut faults = Faults::default();
    for (rank, line) in new.lines.iter().enumerate() {
        let own = master::own_currency(tx.currency(), line.amount.currency, "amount");
        faults.gather(own.map_err(|fault| fault.within(&format!("lines.{rank}")).into()));
    }
    faults.into_result()?;
    if let (Some(opening), Some(closing)) = (new.opening, new.closing) {
        master::own_currency(tx.currency(), opening.currency, "opening")?;
        master::own_currency(tx.currency(), closing.currency, "closing")?;
        let moved = Money::sum(tx.currency(), new.lines.iter().map(|line| line.amount));
        if opening + moved != closing {
            let fault = Fault::new("statement.balance").with("closing", closing);
            return Err(fault.with("found", opening + moved).into());
        }
    }
    let count = new.lines.len();
    let id = tx.insert(&BankStatement {
        reference: new.reference,
        iban: new.iban,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        opening: new.opening,
        closing: new.closing,
        lines: Lines::HERE,
    })?;
    // A line without an amount says something, but moves nothing.
    let mut lines = Vec::new();
    for line in new.lines.into_iter().filter(|line| !line.amount.is_zero()) {
        lines.push(tx.insert(&BankLine {
            statement: id,
            booked_on: line.booked_on,
            amount: line.amount,
            counterparty: line.counterparty,
            counterparty_iban: line.counterparty_iban,
            remittance: line.remittance,
            end_to_end: line.end_to_end,
            state: BankLineState::Open,
            payment: None,
            entry: None,
        })?);
    }
    book_automatically(tx, actor, &lines)?;
    tx.emit(Event::new("bank_statement.imported", Origin::of(id)).with("lines", count));
    Ok(id)
}

const OPEN_ITEMS: &str = "
    select invoice.id, invoice.party, party.name, party.code, invoice.number,
           invoice.order_number, invoice.open, invoice.due_on
    from invoices invoice
    join parties party on party.company = invoice.company and party.id = invoice.party
    where invoice.company = $1 and invoice.state = 'posted' and invoice.open > 0
      and case when invoice.kind = 'credit_note' then 'out' else 'in' end = $2
    order by invoice.id desc limit 5000";

/// What a bank line may pay, best first, each proposal with its reasons.
///
/// # Errors
/// `not_found`, `bank_line.matched`, `store.*`.
pub fn propose_matches(tx: &mut Tx<'_>, id: Id<BankLine>) -> Result<Vec<Proposal>, Faults> {
    let line = tx.get(id)?;
    if line.state == BankLineState::Matched {
        return Err(Fault::new("bank_line.matched").into());
    }
    let known_payers = match &line.counterparty_iban {
        None => Vec::new(),
        Some(iban) => known_payers(tx, iban)?,
    };
    let movement = Movement {
        amount: line.amount,
        counterparty: line.counterparty.clone(),
        text: format!("{} / {}", line.remittance, line.end_to_end.as_deref().unwrap_or_default()),
        known_payers,
    };
    let items = open_items(tx, line.amount.minor < 0)?;
    Ok(match_movement(&movement, &items))
}

/// The parties whose payments came from an account before. Accounts are kept sealed: the store finds
/// them, a statement by hand would not.
fn known_payers(tx: &mut Tx<'_>, iban: &String) -> Result<Vec<Id<Party>>, Fault> {
    let lines = tx.find(BankLine::COUNTERPARTY_IBAN.has(iban))?;
    let mut payments: Vec<Id<Payment>> = lines.iter().filter_map(|line| line.payment).collect();
    payments.sort_unstable();
    payments.dedup();
    let mut parties = Vec::new();
    for payment in tx.find(Filter::new(Condition::Among(
        "id",
        payments.into_iter().map(Value::from).collect(),
    )))? {
        let payment: Kept<Payment> = payment;
        if payment.undone_at.is_none() && !parties.contains(&payment.party) {
            parties.push(payment.party);
        }
    }
    Ok(parties)
}

/// What is open: invoices to be paid, or credit notes to be given back.
fn open_items(tx: &mut Tx<'_>, outgoing: bool) -> Result<Vec<OpenItem>, Fault> {
    let currency = tx.currency();
    let way = if outgoing { "out" } else { "in" };
    let rows = tx.sql(OPEN_ITEMS, &[way.into()])?;
    let item = |row| {
        let mut cells = Cells::of(row);
        OpenItem {
            invoice: cells.id(),
            party: cells.id(),
            party_name: cells.text(),
            party_code: cells.text_if_any(),
            number: cells.text(),
            order_number: cells.text_if_any(),
            open: cells.money(currency),
            due_on: cells.day_if_any(),
        }
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Payments recorded before, by hand, that a bank line may be: the same amount, not matched yet.
///
/// # Errors
/// `not_found`, `store.*`.
pub fn propose_payments(tx: &mut Tx<'_>, id: Id<BankLine>) -> Result<Vec<Id<Payment>>, Faults> {
    let line = tx.get(id)?;
    let rows = tx.sql(UNMATCHED_PAYMENTS, &[line.amount.into(), line.booked_on.into()])?;
    Ok(rows.into_iter().map(|row| Cells::of(row).id()).collect())
}

const UNMATCHED_PAYMENTS: &str = "
    select payment.id from payments payment
    where payment.company = $1 and payment.amount = $2 and payment.undone_at is null
      and payment.method <> 'cash' and payment.day <= $3
      and not exists (select 1 from bank_lines line
                      where line.company = payment.company and line.payment = payment.id)
    order by payment.id desc limit 5";

/// What a bank line is.
#[derive(Debug, Clone)]
pub enum Match {
    /// A payment of these invoices (or the refund of these credit notes), in this order; what is
    /// left over stays on the account of their party.
    Invoices(Vec<Id<Invoice>>),
    /// A payment on account, of no invoice yet.
    Party(Id<Party>),
    /// A payment that was recorded before.
    Payment(Id<Payment>),
}

/// Matches a bank line: records its payment and sets it against the invoices, or finds the payment
/// recorded before.
///
/// # Errors
/// `bank_line.matched`, `match.empty`, `match.parties`, `match.payment`, `period.*`, and those of
/// [`record_payment`].
pub fn accept_match(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<BankLine>,
    what: &Match,
) -> Result<Id<Payment>, Faults> {
    let mut line = tx.lock(id)?;
    if line.state == BankLineState::Matched {
        return Err(Fault::new("bank_line.matched").into());
    }
    let payment = match what {
        Match::Payment(payment) => {
            fits_line(tx, *payment, &line)?;
            line.entry = collect(tx, *payment, line.booked_on, line.amount)?;
            *payment
        }
        Match::Party(party) => record_line(tx, actor, id, &line, *party, Vec::new())?,
        Match::Invoices(invoices) => pay_from_line(tx, actor, id, &line, invoices)?,
    };
    line.state = BankLineState::Matched;
    line.payment = Some(payment);
    tx.save(&line)?;
    tx.emit(Event::new("bank_line.matched", Origin::of(id)).with("payment", payment));
    Ok(payment)
}

fn fits_line(tx: &mut Tx<'_>, id: Id<Payment>, line: &BankLine) -> Result<(), Faults> {
    let payment = tx.lock(id)?;
    let taken = tx.first(BankLine::PAYMENT.has(&id))?.is_some();
    if taken || payment.undone_at.is_some() || payment.amount != line.amount {
        return Err(Fault::new("match.payment").on("payment").into());
    }
    Ok(())
}

pub(crate) fn pay_from_line(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<BankLine>,
    line: &BankLine,
    invoices: &[Id<Invoice>],
) -> Result<Id<Payment>, Faults> {
    let mut left = line.amount.abs();
    let (mut party, mut allocations) = (None, Vec::new());
    for invoice in invoices {
        let invoice = tx.lock(*invoice)?;
        if *party.get_or_insert(invoice.party) != invoice.party {
            return Err(Fault::new("match.parties").on("invoices").into());
        }
        let part = left.min(invoice.open);
        if part.minor > 0 {
            left -= part;
            allocations.push((invoice.id, part));
        }
    }
    let party = party.ok_or_else(|| Fault::new("match.empty").on("invoices"))?;
    let payment = record_line(tx, actor, id, line, party, allocations)?;
    for invoice in invoices {
        write_off_shortfall(tx, *invoice, line.booked_on)?;
    }
    Ok(payment)
}

pub(crate) fn record_line(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<BankLine>,
    line: &BankLine,
    party: Id<Party>,
    allocations: Vec<(Id<Invoice>, Money)>,
) -> Result<Id<Payment>, Faults> {
    let said = line.end_to_end.clone().filter(|text| !text.is_empty());
    let reference = said.unwrap_or_else(|| line.remittance.chars().take(200).collect());
    let new = NewPayment {
        party,
        day: line.booked_on,
        amount: line.amount,
        method: PaymentMethod::Transfer,
        reference: (!reference.is_empty()).then_some(reference),
        origin: Some(Origin::of(id)),
        allocations,
    };
    record_payment(tx, actor, new)
}

/// Undoes a match. The payment that it made is undone; one that was recorded before stays.
///
/// # Errors
/// `bank_line.open`, and those of [`undo_payment`].
pub fn undo_match(tx: &mut Tx<'_>, actor: &Actor, id: Id<BankLine>) -> Result<(), Faults> {
    let mut line = tx.lock(id)?;
    let Some(payment) = line.payment else {
        let entry = line.entry.ok_or_else(|| Fault::new("bank_line.open"))?;
        unbook_line(tx, id, entry)?;
        tx.emit(Event::new("bank_line.freed", Origin::of(id)).with("entry", entry));
        return Ok(());
    };
    if tx.get(payment)?.origin == Some(Origin::of(id)) {
        undo_payment(tx, actor, payment)?;
    } else {
        if let Some(entry) = line.entry.take() {
            reverse_collection(tx, payment, entry, line.amount)?;
        }
        line.state = BankLineState::Open;
        line.payment = None;
        tx.save(&line)?;
    }
    tx.emit(Event::new("bank_line.freed", Origin::of(id)).with("payment", payment));
    Ok(())
}
