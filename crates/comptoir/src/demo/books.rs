//! The books: what was sent is billed, what was billed is mended, what is late is recalled.

use crm::sales::{HoldKind, Order, OrderStage, order_acts};
use erp::finance::{self, CreditLine, FiscalYear, Invoice};
use erp::inventory::take_back;
use identity::Role;
use kernel::{Actor, Day, Door, Faults, Filter, Id, Origin, Quantity, Tx};
use processes::letters::{self, Outcome};
use processes::{order_to_cash, payment_follow_up};

use super::bank::Movement;
use super::chance::Chance;
use super::diary::Bill;
use super::shop::{Customer, Deal, Pays, Shop, unless};

/// An order's share of the evening's work.
#[derive(Debug, Clone, Copy)]
struct Due {
    rank: usize,
    order: Id<Order>,
}

/// What was billed: the invoice and the days of issue and payment.
type Billed = Option<(Id<Invoice>, Option<Day>)>;

fn dues(deals: &[Deal], ranks: Vec<usize>) -> Vec<Due> {
    ranks.into_iter().map(|rank| Due { rank, order: deals[rank].order }).collect()
}

/// The evening's work: holds are released, deposits and deliveries billed, orders ended.
///
/// # Errors
/// Those of the process, `store.*`.
pub fn evening(shop: &mut Shop, day: Day) -> Result<(), Faults> {
    let releases = dues(&shop.deals, shop.diary.releases.take(day));
    let deposits = dues(&shop.deals, shop.diary.deposits.take(day));
    let bills = dues(&shop.deals, shop.diary.bills.take(day));
    let ends: Vec<(Due, &'static str)> = shop
        .diary
        .ends
        .take(day)
        .into_iter()
        .map(|(rank, reason)| (Due { rank, order: shop.deals[rank].order }, reason))
        .collect();
    if releases.is_empty() && deposits.is_empty() && bills.is_empty() && ends.is_empty() {
        return Ok(());
    }
    let (who, at) = (shop.someone(Role::Accountant, 1), shop.calendar.at(day, 17, 0));
    let (asked, billed) = (deposits.clone(), bills.clone());
    let (deposited, invoiced) = shop.act(&who, at, move |tx, actor| {
        for due in &releases {
            release(tx, actor, due.order)?;
        }
        let mut deposited = Vec::new();
        for due in &asked {
            let invoice = order_to_cash::deposit_invoice(tx, actor, due.order, None)?;
            deposited.push(Some((invoice, tx.get(invoice)?.due_on)));
        }
        let mut invoiced = Vec::new();
        for due in &billed {
            invoiced.push(bill(tx, actor, due.order)?);
        }
        for (due, reason) in &ends {
            let reason = Some((*reason).to_owned());
            let done = order_to_cash::close(tx, actor, due.order, reason);
            unless(&["order.stage", "order.uninvoiced"], done)?;
        }
        Ok((deposited, invoiced))
    })?;
    let issued = deposited.iter().chain(&invoiced).flatten().map(|(invoice, _)| *invoice).collect();
    post(shop, day, issued)?;
    for (due, billed) in deposits.iter().zip(deposited) {
        plan_deposit(shop, day, due.rank, billed);
    }
    for (due, billed) in bills.iter().zip(invoiced) {
        plan_payment(shop, day, due.rank, billed);
    }
    Ok(())
}

/// Invoices leave by letter as soon as they are issued, when their customer has an address.
fn post(shop: &Shop, day: Day, issued: Vec<Id<Invoice>>) -> Result<(), Faults> {
    let house = Actor::house(shop.company, Door::Event);
    shop.act(&house, shop.calendar.at(day, 17, 2), move |tx, _| {
        for invoice in &issued {
            let party = tx.get(*invoice)?.party;
            let Some(to) = tx.get(party)?.email.clone() else { continue };
            let sent = Outcome::Sent { to };
            letters::note(tx, "invoice.posted", Origin::of(*invoice), &sent)?;
        }
        Ok(())
    })
}

/// The accountant knows the customer, and lets the order go.
fn release(tx: &mut Tx<'_>, actor: &Actor, order: Id<Order>) -> Result<(), Faults> {
    let note = Some("Vu avec le client au téléphone".to_owned());
    for kind in [HoldKind::Credit, HoldKind::Manual] {
        let done = order_to_cash::release_hold(tx, actor, order, Some(kind), note.clone());
        unless(&["hold.none"], done)?;
    }
    Ok(())
}

fn bill(tx: &mut Tx<'_>, actor: &Actor, order: Id<Order>) -> Result<Billed, Faults> {
    let done = order_to_cash::invoice(tx, actor, order);
    let idle = ["order.nothing_to_invoice", "order.stage", "deposit.unpaid"];
    Ok(match unless(&idle, done)? {
        Some(invoice) => Some((invoice, tx.get(invoice)?.due_on)),
        None => None,
    })
}

fn plan_deposit(shop: &mut Shop, day: Day, rank: usize, billed: Billed) {
    let (Some((invoice, _)), false) = (billed, shop.deals[rank].unpaid) else { return };
    let customer = shop.deals[rank].customer;
    let wait = shop.chance.between(3, 7);
    let paid_on = shop.calendar.after(day, wait);
    shop.diary.movements.put(paid_on, Movement::transfer(customer, vec![invoice], paid_on));
    if shop.deals[rank].waits {
        return;
    }
    // The statement that tells of it comes a few days later.
    shop.diary.preparations.put(shop.calendar.after(paid_on, 5), rank);
}

fn plan_payment(shop: &mut Shop, day: Day, rank: usize, billed: Billed) {
    let (Some((invoice, due_on)), false) = (billed, shop.deals[rank].unpaid) else { return };
    let customer = shop.deals[rank].customer;
    let bill = Bill { invoice, customer };
    let paid_on = pay_day(&shop.customers[customer], customer, day, due_on.unwrap_or(day));
    let disputes = shop.customers[customer].pays == Pays::SlowDisputes;
    if disputes && !shop.deals[rank].deposit && shop.chance.percent(22) {
        shop.diary.disputes.put(shop.calendar.on_or_after(due_on.unwrap_or(day) + 4), (rank, bill));
        return;
    }
    if shop.chance.percent(2) {
        let seen_on = shop.calendar.after(paid_on.max(day), 6);
        shop.diary.breakages.put(seen_on, (rank, bill.clone()));
    }
    shop.diary.payments.put(shop.calendar.on_or_after(paid_on), bill);
}

/// When a customer pays an invoice. All that falls due on one day is paid together.
fn pay_day(customer: &Customer, rank: usize, issued: Day, due_on: Day) -> Day {
    let mut chance = Chance::new(u64::from(due_on.0.unsigned_abs()) << 16 | rank as u64);
    let forgotten = if chance.percent(4) { 24 } else { 0 };
    let late = match customer.pays {
        Pays::Early => chance.between(-9, -3),
        Pays::OnTime => chance.between(-1, 3) + forgotten,
        Pays::Late15 => chance.between(7, 19),
        Pays::Late40 => chance.between(26, 52),
        Pays::SlowDisputes => chance.between(18, 74),
    };
    (due_on + i32::try_from(late).unwrap_or(0)).max(issued + 1)
}

/// Invoices that customers refuse are credited, with the number they asked for on the next one;
/// goods found broken are credited once they were paid for.
///
/// # Errors
/// Those of the process, `store.*`.
pub fn mend(shop: &mut Shop, day: Day) -> Result<(), Faults> {
    let (disputes, breakages) = (shop.diary.disputes.take(day), shop.diary.breakages.take(day));
    if disputes.is_empty() && breakages.is_empty() {
        return Ok(());
    }
    let (who, at) = (shop.someone(Role::Accountant, 1), shop.calendar.at(day, 10, 20));
    let orders: Vec<(Id<Order>, Id<Invoice>, String)> = disputes
        .iter()
        .map(|(rank, bill)| {
            let number = format!("BC-{}", shop.chance.between(1_000, 9_999));
            (shop.deals[*rank].order, bill.invoice, number)
        })
        .collect();
    let broken: Vec<(Id<Order>, Id<Invoice>, i64)> = breakages
        .iter()
        .map(|(rank, bill)| (shop.deals[*rank].order, bill.invoice, shop.chance.between(1, 3)))
        .collect();
    let shelf = shop.shelf;
    let notes = shop.act(&who, at, move |tx, actor| {
        for (order, invoice, number) in &orders {
            let reason = Some("Numéro de bon de commande manquant : facture refaite".to_owned());
            order_to_cash::credit_invoice(tx, actor, *invoice, &[], reason)?;
            order_acts::annotate(tx, *order, Some(number.clone()), None, None)?;
        }
        broken
            .iter()
            .map(|(order, invoice, units)| give_back(tx, actor, *order, *invoice, *units, shelf))
            .collect::<Result<Vec<_>, _>>()
    })?;
    for (rank, _) in disputes {
        shop.diary.bills.put(shop.calendar.after(day, 1), rank);
    }
    for ((_, bill), note) in breakages.into_iter().zip(notes) {
        let Some(note) = note.filter(|_| shop.chance.percent(65)) else { continue };
        let day = shop.calendar.after(day, 4);
        shop.diary.movements.put(day, Movement::transfer(bill.customer, vec![note], day));
    }
    Ok(())
}

/// Credits a few units of the first goods of an invoice whose order has ended; every other time the
/// goods come back.
fn give_back(
    tx: &mut Tx<'_>,
    actor: &Actor,
    order: Id<Order>,
    invoice: Id<Invoice>,
    units: i64,
    shelf: Id<erp::inventory::Location>,
) -> Result<Option<Id<Invoice>>, Faults> {
    if tx.get(order)?.stage != OrderStage::Closed {
        return Ok(None);
    }
    let mut found = None;
    for line in finance::invoice_lines(tx, invoice)? {
        let Some(product) = line.product else { continue };
        if line.quantity >= Quantity::units(4) && tx.get(product)?.stocked() {
            found = Some((line.id, product));
            break;
        }
    }
    let Some((line, product)) = found else { return Ok(None) };
    let quantity = Quantity::units(units);
    let returned = units == 2;
    let reason = if returned { "Articles repris" } else { "Articles arrivés abîmés" };
    let lines = [CreditLine { line, quantity }];
    let note = order_to_cash::credit_invoice(tx, actor, invoice, &lines, Some(reason.to_owned()))?;
    if returned {
        take_back(tx, product, quantity, None, shelf, Origin::of(note))?;
    }
    Ok(Some(note))
}

/// The weekly look at what is late: standings, reminders, quotes that have run out.
///
/// # Errors
/// Those of the process, `store.*`.
pub fn follow_up(shop: &mut Shop, day: Day) -> Result<(), Faults> {
    let (who, at) = (shop.someone(Role::Accountant, 1), shop.calendar.at(day, 9, 5));
    let seed = shop.chance.draw();
    shop.act(&who, at, move |tx, actor| {
        let mut chance = Chance::new(seed);
        crm::sales::expire(tx)?;
        payment_follow_up::review_all(tx)?;
        for reminder in payment_follow_up::reminders(tx)? {
            // Not everyone is written to: some are called, some are known to pay.
            if chance.percent(70) {
                for late in &reminder.invoices {
                    payment_follow_up::remind(tx, actor, late.invoice)?;
                }
            }
        }
        Ok(())
    })
}

/// In April the books of the year before are locked.
///
/// # Errors
/// `store.*`.
pub fn lock_past_year(shop: &Shop, day: Day) -> Result<(), Faults> {
    let (who, at) = (shop.someone(Role::Accountant, 0), shop.calendar.at(day, 18, 0));
    shop.act(&who, at, move |tx, _| {
        for year in tx.find(Filter::<FiscalYear>::everything())? {
            if year.ends_on.plus_months(3) < tx.today() && year.locked_until.is_none() {
                finance::lock_fiscal_year(tx, year.id, year.ends_on)?;
            }
        }
        Ok(())
    })
}

/// The look of the last day: what fell due until today is known to be late.
///
/// # Errors
/// `store.*`.
pub fn review(shop: &Shop, day: Day) -> Result<(), Faults> {
    let (who, at) = (shop.someone(Role::Accountant, 1), shop.calendar.at(day, 23, 0));
    shop.act(&who, at, |tx, _| {
        crm::sales::expire(tx)?;
        payment_follow_up::review_all(tx).map(drop)
    })
}
