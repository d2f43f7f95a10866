//! Who pays late, what it is told, and how it stands with us.

use std::collections::HashMap;

use crm::interactions;
use crm::sales::Order;
use erp::finance::{self, Invoice, InvoiceState, OverdueInvoice};
use kernel::{
    ActionDef, Actor, Day, Event, Fault, Faults, Id, Money, Origin, RawId, Record, Text, Tx,
};
use kernel::{Entity, Value};
use master::{Party, Standing};

use crate::order_to_cash::{converge, credit};
use crate::rows::Cells;

/// From this many days late, a customer is blocked: each new order waits for a person.
pub const BLOCKED_DAYS: i64 = 60;
/// The first reminder leaves this many days after the due day: a transfer may be on its way.
pub const REMINDER_DAYS: i64 = 5;
/// The only dunning level so far: a friendly reminder.
pub const REMINDER: i64 = 1;

pub const ACTIONS: &[ActionDef] = &[
    ActionDef {
        on: "invoice",
        name: "remind",
        label: Text::new("Relancer", "Remind"),
        doc: Text::new(
            "Envoie au client un premier rappel de cette facture échue.",
            "Sends the customer a first reminder of this overdue invoice.",
        ),
        inputs: &[],
        offered: |record| is_open_invoice(record),
        run: |tx, actor, id, _| {
            let id = Id::from_raw(id);
            remind(tx, actor, id)?;
            Ok(Some(Origin::of(id)))
        },
    },
    ActionDef {
        on: "party",
        name: "review",
        label: Text::new("Revoir la situation", "Review standing"),
        doc: Text::new(
            "Recalcule la situation du client d’après ses factures échues.",
            "Derives the customer's standing again from its overdue invoices.",
        ),
        inputs: &[],
        offered: |_| true,
        run: |tx, _, id, _| {
            let id = Id::from_raw(id);
            review(tx, id)?;
            Ok(Some(Origin::of(id)))
        },
    },
];

fn is_open_invoice(record: &Record) -> bool {
    let at = Invoice::DEF.rank(Invoice::OPEN.name).and_then(|at| record.get(at));
    let due = Invoice::DEF.rank(Invoice::DUE_ON.name).and_then(|at| record.get(at));
    matches!(at, Some(Value::Money(open)) if open.minor > 0)
        && due.is_some_and(|due| !due.is_null())
}

/// How a customer stands: told by its most overdue invoice.
#[must_use]
pub fn standing_of(late: &[OverdueInvoice]) -> Standing {
    match late.iter().map(|invoice| invoice.days_late).max() {
        None => Standing::Good,
        Some(days) if days > BLOCKED_DAYS => Standing::Blocked,
        Some(_) => Standing::Late,
    }
}

/// Derives the standing of a customer again; a better one may release what its credit holds.
///
/// # Errors
/// `not_found`.
pub fn review(tx: &mut Tx<'_>, id: Id<Party>) -> Result<Standing, Faults> {
    let mut party = tx.lock(id)?;
    let today = tx.today();
    let standing = standing_of(&finance::overdue_invoices(tx, today, Some(id))?);
    if party.standing != standing {
        use kernel::Choice;
        let was = party.standing;
        party.standing = standing;
        tx.save(&party)?;
        let event = Event::new("party.standing", Origin::of(id));
        tx.emit(event.with("was", was.name()).with("is", standing.name()));
        credit::relieve(tx, id)?;
    }
    Ok(standing)
}

/// Those whose standing may have changed: with something overdue, or not in good standing.
const TO_REVIEW: &str = "\
select p.id from parties p
where p.company = $1 and (p.standing <> 'good' or p.id in (
  select i.party from invoices i
  where i.company = $1 and i.state = 'posted' and i.due_on < $2 and i.open > 0))
order by p.id";

/// The orders whose invoices fell due meanwhile.
const FALLEN_DUE: &str = "\
select distinct i.origin from invoices i
where i.company = $1 and i.state = 'posted' and i.due_on < $2 and i.open > 0
  and i.origin is not null";

/// The work of each morning: standings are derived again, and the orders whose invoices fell due
/// are told so. Says how many customers were looked at.
///
/// # Errors
/// `store.*`.
pub fn review_all(tx: &mut Tx<'_>) -> Result<usize, Faults> {
    let today = tx.today();
    let parties = tx.sql(TO_REVIEW, &[Value::Day(today)])?;
    let parties: Vec<Id<Party>> = parties.into_iter().map(|row| Cells::of(row).id()).collect();
    for party in &parties {
        review(tx, *party)?;
    }
    for row in tx.sql(FALLEN_DUE, &[Value::Day(today)])? {
        if let Some(order) = Cells::of(row).origin::<Order>() {
            converge(tx, order)?;
        }
    }
    Ok(parties.len())
}

/// A customer to be reminded, with what it owes for too long.
#[derive(Debug, Clone)]
pub struct Reminder {
    pub party: Id<Party>,
    pub open: Money,
    pub oldest_due_on: Day,
    pub invoices: Vec<OverdueInvoice>,
}

/// The customers to be reminded today: those with an invoice late enough that was not recalled yet.
/// Those who owe the most come first.
///
/// # Errors
/// `store.*`.
pub fn reminders(tx: &mut Tx<'_>) -> Result<Vec<Reminder>, Fault> {
    let (today, currency) = (tx.today(), tx.currency());
    let mut found: HashMap<Id<Party>, Reminder> = HashMap::new();
    for invoice in finance::overdue_invoices(tx, today, None)? {
        if invoice.dunning_level >= REMINDER || invoice.days_late < REMINDER_DAYS {
            continue;
        }
        let reminder = found.entry(invoice.party).or_insert_with(|| Reminder {
            party: invoice.party,
            open: Money::zero(currency),
            oldest_due_on: invoice.due_on,
            invoices: Vec::new(),
        });
        reminder.open += invoice.open;
        reminder.oldest_due_on = reminder.oldest_due_on.min(invoice.due_on);
        reminder.invoices.push(invoice);
    }
    let mut reminders: Vec<Reminder> = found.into_values().collect();
    reminders.sort_by_key(|reminder| (std::cmp::Reverse(reminder.open.minor), reminder.party));
    Ok(reminders)
}

/// Reminds a customer of an overdue invoice: the mailer hears of it, the timeline keeps it.
///
/// # Errors
/// `invoice.draft`, `invoice.not_due`, `invoice.reminded` when it was reminded already.
pub fn remind(tx: &mut Tx<'_>, _: &Actor, id: Id<Invoice>) -> Result<(), Faults> {
    let mut invoice = tx.lock(id)?;
    let today = tx.today();
    if invoice.state != InvoiceState::Posted {
        return Err(Fault::new("invoice.draft").into());
    }
    let late = invoice.due_on.filter(|due| *due < today && invoice.open.minor > 0);
    let Some(due_on) = late else { return Err(Fault::new("invoice.not_due").into()) };
    if invoice.dunning_level >= REMINDER {
        let fault = Fault::new("invoice.reminded");
        return Err(match invoice.dunned_on {
            Some(day) => fault.with("day", day),
            None => fault,
        }
        .into());
    }
    invoice.dunning_level = REMINDER;
    invoice.dunned_on = Some(today);
    tx.save(&invoice)?;
    let event = Event::new("invoice.reminded", Origin::of(id)).with("party", invoice.party);
    tx.emit(event.with("open", invoice.open).with("due_on", due_on).with("level", REMINDER));
    let number = invoice.number.clone().unwrap_or_default();
    interactions::fact(tx, invoice.party, Some(Origin::of(id)), "invoice.dunned", &number)?;
    review(tx, invoice.party)?;
    Ok(())
}

/// What follows when a customer's record is edited: what was missing may be there now.
///
/// # Errors
/// `store.*`.
pub fn settle_party(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    let party: Id<Party> = Id::from_raw(id);
    for row in tx.sql(HELD_ON_DATA, &[Value::Ref(id)])? {
        converge(tx, Cells::of(row).id())?;
    }
    credit::relieve(tx, party)?;
    Ok(())
}

const HELD_ON_DATA: &str = "\
select o.id
from holds h join orders o on o.company = h.company and o.id = h.\"order\"
where h.company = $1 and h.kind = 'data' and h.released_at is null
  and o.party = $2 and o.stage = 'confirmed'
order by o.id";

#[cfg(test)]
mod tests {
    use super::*;

    fn late(days_late: i64) -> OverdueInvoice {
        OverdueInvoice {
            invoice: Id::from_raw(RawId([1; 16])),
            party: Id::from_raw(RawId([2; 16])),
            number: "FA-2026-0001".into(),
            due_on: Day(20_000),
            open: Money::eur(100),
            dunning_level: 0,
            dunned_on: None,
            days_late,
        }
    }

    #[test]
    fn the_most_overdue_invoice_tells_the_standing() {
        assert_eq!(standing_of(&[]), Standing::Good);
        assert_eq!(standing_of(&[late(1)]), Standing::Late);
        assert_eq!(standing_of(&[late(1), late(BLOCKED_DAYS)]), Standing::Late);
        assert_eq!(standing_of(&[late(1), late(BLOCKED_DAYS + 1)]), Standing::Blocked);
    }
}
