//! What an order is billed: its deposit, then what was delivered, and what mends an invoice.

use crm::interactions;
use crm::sales::{self, Invoicing, Order, OrderLine};
use erp::finance::{
    self, CreditLine, DeliveryPlace, Invoice, InvoiceKind, InvoiceState, NewInvoice, NewInvoiceLine,
};
use erp::logistics::Shipment;
use kernel::{Actor, Fault, Faults, Id, Kept, Language, Money, Origin, Price, Quantity, Rate, Tx};
use master::{Party, Totals, countries, totals};

use super::converge::{converge, converge_origin};
use super::delivery::under_way;
use super::facts::{Facts, facts};
use crate::invoice_document::invoice_paper;

/// Issues a deposit invoice: the order's own share of its total, or the one given.
///
/// # Errors
/// `order.stage`, `deposit.rate`, `deposit.above_order`, `period.*`.
pub fn deposit_invoice(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Order>,
    rate: Option<Rate>,
) -> Result<Id<Invoice>, Faults> {
    let order = tx.lock(id)?;
    under_way(&order)?;
    let rate = rate.or(order.deposit_rate).filter(|rate| *rate > Rate::ZERO);
    let rate = rate.ok_or_else(|| Fault::new("deposit.rate").on("rate"))?;
    let lines = sales::lines(tx, id)?;
    let whole = totals_of(tx, lines.iter().map(|line| (&**line, line.net)))?;
    let party = tx.get(order.party)?;
    let label = deposit_label(&party, &order, rate);
    let mut new = head(InvoiceKind::Deposit, &order);
    new.lines = whole
        .taxes
        .iter()
        .map(|share| NewInvoiceLine {
            product: None,
            description: label.clone(),
            quantity: Quantity::units(1),
            unit: Some("C62".to_owned()),
            unit_price: Price::of_money(share.base.share(rate)),
            discount: None,
            tax: Some(share.tax),
            origin: None,
            account: None,
        })
        .filter(|line| line.unit_price.scaled > 0)
        .collect();
    let deposit = finance::issue_invoice(tx, actor, new)?;
    let asked = deposits(tx, id)?.into_iter().map(|(_, left)| left);
    let asked = Money::sum(tx.currency(), asked);
    let facts = facts(tx, id)?;
    let left = due_lines(&facts, true);
    let left = totals_of(tx, left.iter().map(|(line, _, net)| (&***line, *net)))?.total;
    if asked.minor > left.minor {
        let fault = Fault::new("deposit.above_order").on("rate").with("asked", asked);
        return Err(fault.with("left", left).into());
    }
    tell(tx, deposit);
    converge(tx, id)?;
    Ok(deposit)
}

fn deposit_label(party: &Party, order: &Order, rate: Rate) -> String {
    let (language, number) = (party.language.language(), order.number.as_deref().unwrap_or(""));
    let share = language.rate(rate);
    match language {
        Language::French => format!("Acompte de {share} sur la commande {number}"),
        Language::English => format!("Deposit of {share} on order {number}"),
    }
}

/// Invoices what was delivered and is not invoiced yet (or what was ordered, by the order's
/// policy), less its paid deposits, and posts it.
///
/// # Errors
/// `order.stage`, `order.nothing_to_invoice`, `deposit.unpaid`, `period.*`.
pub fn invoice(tx: &mut Tx<'_>, actor: &Actor, id: Id<Order>) -> Result<Id<Invoice>, Faults> {
    let order = tx.lock(id)?;
    under_way(&order)?;
    let facts = facts(tx, id)?;
    let on_order = order.invoicing == Invoicing::OnOrder;
    let due = due_lines(&facts, on_order);
    if due.is_empty() {
        return Err(Fault::new("order.nothing_to_invoice").into());
    }
    let total = totals_of(tx, due.iter().map(|(line, _, net)| (&***line, *net)))?.total;
    let mut new = head(InvoiceKind::Invoice, &order);
    new.lines = due.iter().map(|(line, quantity, _)| invoice_line(line, *quantity)).collect();
    new.deductions = deductions(tx, id, total)?;
    cite_deliveries(tx, &order, &mut new)?;
    let invoice = finance::issue_invoice(tx, actor, new)?;
    tell(tx, invoice);
    converge(tx, id)?;
    Ok(invoice)
}

/// What is to be invoiced of each line, and its amount excluding tax.
fn due_lines(facts: &Facts, on_order: bool) -> Vec<(&Kept<OrderLine>, Quantity, Money)> {
    facts
        .lines
        .iter()
        .map(|facts| (&facts.line, facts.to_invoice(on_order)))
        .filter(|(_, quantity)| *quantity > Quantity::ZERO)
        .map(|(line, quantity)| (line, quantity, part_of(line, quantity)))
        .collect()
}

/// What a part of a line amounts to; as the invoice will compute it.
fn part_of(line: &OrderLine, quantity: Quantity) -> Money {
    let price = line.unit_price.unwrap_or(Price::zero(line.net.currency));
    price.amount(quantity, line.discount.unwrap_or(Rate::ZERO))
}

fn invoice_line(line: &Kept<OrderLine>, quantity: Quantity) -> NewInvoiceLine {
    NewInvoiceLine {
        product: Some(line.product),
        description: line.description.clone().unwrap_or_default(),
        quantity,
        unit: None,
        unit_price: line.unit_price.unwrap_or(Price::zero(line.net.currency)),
        discount: line.discount,
        tax: line.tax,
        origin: Some(Origin::of(line.id)),
        account: None,
    }
}

fn totals_of<'a>(
    tx: &mut Tx<'_>,
    lines: impl Iterator<Item = (&'a OrderLine, Money)>,
) -> Result<Totals, Fault> {
    let mut taxed = Vec::new();
    for (line, net) in lines {
        if let Some(tax) = line.tax {
            taxed.push((tax, tx.get(tax)?.rate, net));
        }
    }
    Ok(totals(tx.currency(), taxed))
}

/// What every document of an order says of it.
fn head(kind: InvoiceKind, order: &Kept<Order>) -> NewInvoice {
    let mut head = NewInvoice::of(kind, order.party);
    head.origin = Some(Origin::of(order.id));
    head.order_number.clone_from(&order.number);
    head.order_day = order.ordered_on;
    head.purchase_order.clone_from(&order.reference);
    if kind != InvoiceKind::Deposit {
        head.payment_term = order.payment_term;
    }
    head
}

/// The posted deposit invoices of an order, each with what no invoice deducts yet.
///
/// # Errors
/// `store.*`.
pub fn deposits(tx: &mut Tx<'_>, order: Id<Order>) -> Result<Vec<(Kept<Invoice>, Money)>, Faults> {
    let theirs = Invoice::ORIGIN.has(&Origin::of(order))
        & Invoice::KIND.is(&InvoiceKind::Deposit)
        & Invoice::STATE.is(&InvoiceState::Posted);
    let mut found = Vec::new();
    for deposit in tx.find(theirs)? {
        let left = finance::available_deposit(tx, deposit.id)?;
        found.push((deposit, left));
    }
    Ok(found)
}

/// What an invoice of this total deducts: the deposits, as far as they go. A deposit that is not
/// paid is paid or credited first: an invoice cannot say it was received.
fn deductions(
    tx: &mut Tx<'_>,
    order: Id<Order>,
    total: Money,
) -> Result<Vec<(Id<Invoice>, Money)>, Faults> {
    let (mut room, mut deducted, mut faults) = (total, Vec::new(), Faults::default());
    for (deposit, left) in deposits(tx, order)? {
        let part = left.min(room);
        if part.minor <= 0 {
            continue;
        }
        faults.ensure(deposit.open.is_zero(), || {
            let number = deposit.number.as_deref().unwrap_or("—");
            Fault::new("deposit.unpaid").with("number", number).with("open", deposit.open)
        });
        room -= part;
        deducted.push((deposit.id, part));
    }
    faults.into_result()?;
    Ok(deducted)
}

/// Names the deliveries that no earlier invoice named, the day of the last one, and the place.
fn cite_deliveries(
    tx: &mut Tx<'_>,
    order: &Kept<Order>,
    new: &mut NewInvoice,
) -> Result<(), Faults> {
    let about = Origin::of(order.id);
    let cited: Vec<String> = tx
        .find(Invoice::ORIGIN.has(&about) & Invoice::KIND.is(&InvoiceKind::Invoice))?
        .into_iter()
        .filter_map(|invoice| invoice.into_inner().delivery_note)
        .collect();
    let left = tx.find(Shipment::ORIGIN.has(&about))?;
    let mut numbers = String::new();
    for shipment in left.iter().filter(|shipment| shipment.state.has_left()) {
        let Some(number) = shipment.number.as_deref() else { continue };
        if cited.iter().any(|cited| cited.split(", ").any(|cited| cited == number)) {
            continue;
        }
        new.delivered_on = new.delivered_on.max(shipment.shipped_on);
        if numbers.chars().count() + number.len() + 2 <= 200 {
            numbers =
                if numbers.is_empty() { number.into() } else { format!("{numbers}, {number}") };
        }
    }
    new.delivery_note = (!numbers.is_empty()).then_some(numbers);
    let party = tx.get(order.party)?;
    if order.delivery_street != party.street || order.delivery_city != party.city {
        new.delivered_to = Some(DeliveryPlace {
            name: order.delivery_name.clone(),
            street: order.delivery_street.clone(),
            postcode: order.delivery_postcode.clone(),
            city: order.delivery_city.clone(),
            country: order.delivery_country.clone(),
        });
    }
    Ok(())
}

/// Posts a draft invoice made by hand; its order follows, if it has one.
///
/// # Errors
/// Those of [`finance::post_invoice`].
pub fn post(tx: &mut Tx<'_>, actor: &Actor, id: Id<Invoice>) -> Result<(), Faults> {
    let origin = hold_order_of(tx, id)?;
    finance::post_invoice(tx, actor, id)?;
    tell(tx, id);
    converge_origin(tx, origin)
}

/// Issues a credit note on some lines of an invoice, or on all that is left of it; its order
/// follows. What was invoiced and is credited may be invoiced again.
///
/// # Errors
/// Those of [`finance::credit_note`].
pub fn credit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Invoice>,
    lines: &[CreditLine],
    reason: Option<String>,
) -> Result<Id<Invoice>, Faults> {
    let origin = hold_order_of(tx, id)?;
    let note = if lines.is_empty() {
        finance::credit_all(tx, actor, id, reason)?
    } else {
        finance::credit_note(tx, actor, id, lines, reason)?
    };
    tell(tx, note);
    converge_origin(tx, origin)?;
    Ok(note)
}

/// Locks the order that an invoice was made from, before the invoice itself.
pub(super) fn hold_order_of(
    tx: &mut Tx<'_>,
    invoice: Id<Invoice>,
) -> Result<Option<Origin>, Fault> {
    let origin = tx.get(invoice)?.origin;
    if let Some(order) = origin.and_then(|origin| origin.as_a::<Order>()) {
        tx.lock(order)?;
    }
    Ok(origin)
}

/// Writes the invoice on the customer's timeline, once it has its number. One that lacks what the
/// law wants on it (CGI, ann. II, art. 242 nonies A) is not posted.
fn tell(tx: &mut Tx<'_>, id: Id<Invoice>) {
    tx.last(move |tx| {
        let country = master::company(tx)?.country.clone();
        if country.is_none_or(|country| countries::french_for_vat(&country)) {
            invoice_paper(tx, id)?.0.check()?;
        }
        let invoice = tx.get(id)?;
        let code = match invoice.kind {
            InvoiceKind::Invoice => "invoice.posted",
            InvoiceKind::Deposit => "deposit.posted",
            InvoiceKind::CreditNote => "credit_note.posted",
        };
        let number = invoice.number.clone().unwrap_or_default();
        interactions::fact(tx, invoice.party, Some(Origin::of(id)), code, &number)?;
        Ok(())
    });
}
