//! Invoices before they are posted: their lines, their sums, the deposits they deduct.

use kernel::{
    Actor, Day, Event, Fault, Faults, Id, Kept, Lines, Money, Origin, Price, Quantity, Rate, RawId,
    Tx,
};
use master::{Party, PaymentTerm, Product, Tax, amounts};

use crate::finance::invoice::{Invoice, InvoiceDeduction, InvoiceKind, InvoiceLine, InvoiceState};

/// An invoice to make. [`NewInvoice::of`] fills what most leave empty.
#[derive(Debug, Clone)]
pub struct NewInvoice {
    pub kind: InvoiceKind,
    pub party: Id<Party>,
    pub origin: Option<Origin>,
    pub delivered_on: Option<Day>,
    pub order_number: Option<String>,
    pub order_day: Option<Day>,
    pub purchase_order: Option<String>,
    pub buyer_reference: Option<String>,
    pub delivery_note: Option<String>,
    /// When the goods went elsewhere than to the buyer.
    pub delivered_to: Option<DeliveryPlace>,
    pub payment_term: Option<Id<PaymentTerm>>,
    pub lines: Vec<NewInvoiceLine>,
    /// Deposit invoices to deduct, each with the amount, VAT included.
    pub deductions: Vec<(Id<Invoice>, Money)>,
}

impl NewInvoice {
    #[must_use]
    pub const fn of(kind: InvoiceKind, party: Id<Party>) -> Self {
        Self {
            kind,
            party,
            origin: None,
            delivered_on: None,
            order_number: None,
            order_day: None,
            purchase_order: None,
            buyer_reference: None,
            delivery_note: None,
            delivered_to: None,
            payment_term: None,
            lines: Vec::new(),
            deductions: Vec::new(),
        }
    }
}

/// Where the goods went.
#[derive(Debug, Clone, Default)]
pub struct DeliveryPlace {
    pub name: Option<String>,
    pub street: Option<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
}

#[derive(Debug, Clone)]
pub struct NewInvoiceLine {
    pub product: Option<Id<Product>>,
    pub description: String,
    pub quantity: Quantity,
    /// A code of UN/ECE recommendation 20; the product's when absent.
    pub unit: Option<String>,
    pub unit_price: Price,
    pub discount: Option<Rate>,
    /// From the customer and the product when absent.
    pub tax: Option<Id<Tax>>,
    /// The line it is made from.
    pub origin: Option<Origin>,
    /// From the product and the tax when absent; carriage asks for its own.
    pub account: Option<String>,
}

/// A draft as it stands: the invoice, its lines and its deductions.
pub(crate) struct Draft {
    pub invoice: Kept<Invoice>,
    pub lines: Vec<Kept<InvoiceLine>>,
    pub deductions: Vec<Kept<InvoiceDeduction>>,
}

/// Makes a draft invoice, or a draft deposit invoice.
///
/// # Errors
/// `invoice_line.*`, `deposit.*`, `currency.other`, `tax.missing`.
pub fn draft_invoice(tx: &mut Tx<'_>, new: NewInvoice) -> Result<Id<Invoice>, Faults> {
    let draft = drafted(tx, new)?;
    let invoice = &draft.invoice;
    let mut told = Event::new("invoice.drafted", Origin::of(invoice.id))
        .with("party", invoice.party)
        .with("total", invoice.total);
    if let Some(origin) = invoice.origin {
        told = told.with("origin", origin);
    }
    tx.emit(told);
    Ok(invoice.id)
}

pub(crate) fn drafted(tx: &mut Tx<'_>, new: NewInvoice) -> Result<Draft, Faults> {
    let (lines, deductions) = (new.lines.clone(), new.deductions.clone());
    let id = tx.insert(&blank(tx, new))?;
    let mut kept_lines = Vec::with_capacity(lines.len());
    for line in lines {
        let line = tx.insert(&blank_line(tx, id, line))?;
        kept_lines.push(tx.get(line)?);
    }
    let mut kept_deductions = Vec::with_capacity(deductions.len());
    for (deposit, amount) in deductions {
        let tax_amount = Money::zero(tx.currency());
        let deduction = InvoiceDeduction { invoice: id, deposit, amount, tax_amount, line: None };
        let deduction = tx.insert(&deduction)?;
        kept_deductions.push(tx.get(deduction)?);
    }
    let mut draft = Draft { invoice: tx.get(id)?, lines: kept_lines, deductions: kept_deductions };
    reckon(tx, &mut draft)?;
    Ok(draft)
}

fn blank(tx: &Tx<'_>, new: NewInvoice) -> Invoice {
    let zero = Money::zero(tx.currency());
    let place = new.delivered_to.unwrap_or_default();
    Invoice {
        number: None,
        kind: new.kind,
        party: new.party,
        origin: new.origin,
        state: InvoiceState::Draft,
        issued_on: None,
        due_on: None,
        delivered_on: new.delivered_on,
        order_number: new.order_number,
        order_day: new.order_day,
        purchase_order: new.purchase_order,
        buyer_reference: new.buyer_reference,
        delivery_note: new.delivery_note,
        delivery_name: place.name,
        delivery_street: place.street,
        delivery_postcode: place.postcode,
        delivery_city: place.city,
        delivery_country: place.country,
        payment_term: new.payment_term,
        preceding: None,
        reason: None,
        lines: Lines::HERE,
        deductions: Lines::HERE,
        net: zero,
        tax_amount: zero,
        total: zero,
        prepaid: zero,
        due: zero,
        open: zero,
        tax_on_payment: zero,
        dunning_level: 0,
        dunned_on: None,
        entry: None,
        snapshot: None,
        sent_at: None,
        sent_to: None,
    }
}

fn blank_line(tx: &Tx<'_>, invoice: Id<Invoice>, new: NewInvoiceLine) -> InvoiceLine {
    InvoiceLine {
        invoice,
        rank: 0,
        product: new.product,
        sku: None,
        description: new.description,
        quantity: new.quantity,
        unit: new.unit,
        unit_price: new.unit_price,
        discount: new.discount,
        tax: new.tax,
        net: Money::zero(tx.currency()),
        origin: new.origin,
        account: new.account,
        credits: None,
        tax_on_payment: false,
    }
}

/// What follows when a draft is made or edited by hand: amounts, sums, taxes.
///
/// # Errors
/// `invoice.posted`, and those of [`draft_invoice`].
pub fn settle_invoice(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    let mut draft = read(tx, Id::from_raw(id))?;
    reckon(tx, &mut draft)
}

/// Reads a draft whole.
pub(crate) fn read(tx: &mut Tx<'_>, id: Id<Invoice>) -> Result<Draft, Faults> {
    let invoice = tx.lock(id)?;
    if invoice.state == InvoiceState::Posted {
        return Err(invoice.posted_fault().into());
    }
    Ok(Draft { invoice, lines: invoice_lines(tx, id)?, deductions: deductions_of(tx, id)? })
}

/// The lines of an invoice, in order.
///
/// # Errors
/// `store.*`.
pub fn invoice_lines(tx: &mut Tx<'_>, id: Id<Invoice>) -> Result<Vec<Kept<InvoiceLine>>, Fault> {
    tx.find(InvoiceLine::INVOICE.is(&id))
}

/// The deposits that an invoice deducts, in order.
///
/// # Errors
/// `store.*`.
pub fn deductions_of(
    tx: &mut Tx<'_>,
    id: Id<Invoice>,
) -> Result<Vec<Kept<InvoiceDeduction>>, Fault> {
    tx.find(InvoiceDeduction::INVOICE.is(&id))
}

/// Computes and saves the lines and the sums of a draft.
pub(crate) fn reckon(tx: &mut Tx<'_>, draft: &mut Draft) -> Result<(), Faults> {
    let mut faults = Faults::default();
    let party = tx.get(draft.invoice.party)?;
    for (rank, line) in draft.lines.iter_mut().enumerate() {
        let done = reckon_line(tx, &party, rank, line);
        faults.gather(done.map_err(|faults| faults.within(&format!("lines.{rank}"))));
    }
    faults.into_result()?;
    let mut taxed = Vec::with_capacity(draft.lines.len());
    for line in &draft.lines {
        if let Some(tax) = line.tax {
            taxed.push((tax, tx.get(tax)?.rate, line.net));
        }
    }
    let totals = amounts::totals(tx.currency(), taxed);
    let invoice = &mut draft.invoice;
    (invoice.net, invoice.tax_amount, invoice.total) = (totals.net, totals.tax, totals.total);
    let amounts = draft.deductions.iter().map(|deduction| deduction.amount);
    invoice.prepaid = Money::sum(tx.currency(), amounts);
    if !invoice.prepaid.is_zero() && invoice.prepaid.minor > invoice.total.minor {
        return Err(Fault::new("deposit.above_invoice")
            .on("deductions")
            .with("prepaid", invoice.prepaid)
            .with("total", invoice.total)
            .into());
    }
    invoice.due = invoice.total - invoice.prepaid;
    tx.save(&draft.invoice)?;
    for line in &draft.lines {
        tx.save(line)?;
    }
    crate::finance::deposit::reckon_deductions(tx, draft)
}

fn reckon_line(
    tx: &mut Tx<'_>,
    party: &Party,
    rank: usize,
    line: &mut Kept<InvoiceLine>,
) -> Result<(), Faults> {
    line.rank = i64::try_from(rank).unwrap_or(i64::MAX).saturating_add(1);
    master::own_currency(tx.currency(), line.unit_price.currency, "unit_price")?;
    if let Some(product) = line.product {
        let product = tx.get(product)?;
        line.sku = Some(product.sku.clone());
        if line.unit.is_none() {
            line.unit = Some(tx.get(product.unit)?.code.clone());
        }
        if line.tax.is_none() {
            line.tax = Some(master::tax_for(tx, party, &product)?);
        }
    }
    if line.tax.is_none() {
        return Err(Fault::new("invoice_line.tax").on("tax").into());
    }
    // A credit note keeps the amounts of what it mends, which add up to the invoice's.
    if line.credits.is_none() {
        let discount = line.discount.unwrap_or(Rate::ZERO);
        line.net = line.unit_price.amount(line.quantity, discount);
    }
    Ok(())
}
