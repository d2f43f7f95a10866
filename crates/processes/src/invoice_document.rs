//! The document of a posted invoice: what was true at its issue, set in type and written as
//! Factur-X. Nothing here looks at what has changed since.

use std::collections::HashMap;

use erp::finance::{self, Invoice, InvoiceKind, InvoiceLine, InvoiceState};
use kernel::{
    Choice, Fault, Faults, Id, Instant, Kept, Language, Price, Quantity, Rate, RawId, Text, Tx,
};
use master::{Tax, TaxCategory, countries};
use paper::invoice::{
    Audience, InvoicePaper, Mentions, Operation, PaymentMeans, Prepayment, Reference, Totals, Vat,
    VatTotal, vat_totals,
};
use serde_json::Value as Json;

use crate::letter_sides::{Side, place, vat};

/// A file to be sent or kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// `FA-2026-1031.pdf`.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The invoice as a Factur-X file: a PDF/A-3 for people that carries the XML for machines. The same
/// invoice always gives the same bytes.
///
/// # Errors
/// `invoice.unposted`, and those of [`InvoicePaper::check`].
pub fn invoice_pdf(tx: &mut Tx<'_>, id: Id<Invoice>) -> Result<Document, Faults> {
    invoice_pdf_in(tx, id, None)
}

/// The same in a language of choice; in the customer's when none is named.
///
/// # Errors
/// Those of [`invoice_pdf`].
pub fn invoice_pdf_in(
    tx: &mut Tx<'_>,
    id: Id<Invoice>,
    language: Option<Language>,
) -> Result<Document, Faults> {
    let (paper, language) = invoice_paper_in(tx, id, language)?;
    let xml = paper::facturx::invoice_xml(&paper)?;
    let created = Instant::noon(paper.issued);
    let bytes = paper::pdf::invoice_pdf(&paper, language, &xml, created)?;
    Ok(Document { name: format!("{}.pdf", paper.number), bytes })
}

/// The invoice as CII XML (EN 16931).
///
/// # Errors
/// `invoice.unposted`, and those of [`InvoicePaper::check`].
pub fn invoice_xml(tx: &mut Tx<'_>, id: Id<Invoice>) -> Result<Document, Faults> {
    let (paper, _) = invoice_paper(tx, id)?;
    let bytes = paper::facturx::invoice_xml(&paper)?;
    Ok(Document { name: format!("{}.xml", paper.number), bytes })
}

/// What was kept of the parties and of the taxes when the invoice was posted.
struct Snapshot {
    seller: Side,
    buyer: Side,
    term: Json,
    vat_on_debits: bool,
    taxes: HashMap<Id<Tax>, Vat>,
}

impl Snapshot {
    fn read(invoice: &Invoice) -> Result<Self, Fault> {
        let unreadable = || Fault::new("invoice.snapshot");
        let text = invoice.snapshot.as_ref().ok_or_else(unreadable)?;
        let json: Json = serde_json::from_str(&text.0).map_err(|_| unreadable())?;
        let mut taxes = HashMap::new();
        for tax in json["taxes"].as_array().map_or(&[][..], Vec::as_slice) {
            let side = Side::of_json(tax);
            let id =
                side.text("tax").and_then(|id| RawId::parse(&id).ok()).ok_or_else(unreadable)?;
            let category = side.text("category").and_then(|name| TaxCategory::of_name(&name));
            let category = category.ok_or_else(unreadable)?;
            let rate = side.rate("rate").unwrap_or(Rate::ZERO);
            let (code, text) = (side.text("exemption_code"), side.text("exemption_text"));
            taxes.insert(Id::from_raw(id), vat(category, rate, code, text));
        }
        Ok(Self {
            seller: Side::of_json(&json["seller"]),
            buyer: Side::of_json(&json["buyer"]),
            term: json["term"].clone(),
            vat_on_debits: json["vat_on_debits"].as_bool().unwrap_or(false),
            taxes,
        })
    }

    fn audience(&self) -> Audience {
        if self.buyer.is("kind", "person") {
            Audience::Consumer
        } else if countries::french_for_vat(&self.buyer.country()) {
            Audience::Business
        } else {
            Audience::BusinessAbroad
        }
    }
}

/// All that the document of a posted invoice says, and the language it says it in.
///
/// # Errors
/// `invoice.unposted`, `invoice.snapshot`.
pub fn invoice_paper(tx: &mut Tx<'_>, id: Id<Invoice>) -> Result<(InvoicePaper, Language), Faults> {
    invoice_paper_in(tx, id, None)
}

fn invoice_paper_in(
    tx: &mut Tx<'_>,
    id: Id<Invoice>,
    language: Option<Language>,
) -> Result<(InvoicePaper, Language), Faults> {
    let invoice = tx.get(id)?;
    let (Some(number), Some(issued), InvoiceState::Posted) =
        (invoice.number.clone(), invoice.issued_on, invoice.state)
    else {
        return Err(Fault::new("invoice.unposted").into());
    };
    let snapshot = Snapshot::read(&invoice)?;
    let language = language.unwrap_or_else(|| snapshot.buyer.language());
    let rows = finance::invoice_lines(tx, id)?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        lines.push(line(row, &snapshot, language)?);
    }
    let currency = invoice.total.currency;
    let prepayments = prepayments(tx, id)?;
    let vat: Vec<VatTotal> = vat_totals(currency, &lines);
    let totals = Totals::of(currency, &lines, &vat, &prepayments);
    let paper = InvoicePaper {
        kind: kind_of(invoice.kind),
        number,
        issued,
        due: invoice.due_on,
        delivered: (invoice.kind == InvoiceKind::Invoice).then_some(invoice.delivered_on).flatten(),
        currency,
        operation: operation(&rows),
        audience: snapshot.audience(),
        seller: snapshot.seller.party(),
        letterhead: snapshot.seller.letterhead(),
        buyer: snapshot.buyer.party(),
        delivered_to: delivered_to(&invoice),
        order: invoice
            .order_number
            .clone()
            .map(|number| Reference { number, day: invoice.order_day.unwrap_or(issued) }),
        delivery_notes: split(invoice.delivery_note.as_deref()),
        purchase_order: invoice.purchase_order.clone(),
        buyer_reference: invoice.buyer_reference.clone(),
        preceding: preceding(tx, &invoice)?,
        lines,
        vat,
        totals,
        tax_in_euro: None,
        vat_on_debits: snapshot.vat_on_debits,
        prepayments,
        means: PaymentMeans::Transfer,
        terms: terms(&invoice, &snapshot.term, language),
        account: snapshot.seller.account(),
        mentions: Mentions::usual(language, snapshot.seller.rate("late_penalty_rate")),
        notes: invoice.reason.iter().map(|reason| reason.to_owned()).collect(),
    };
    Ok((paper, language))
}

const fn kind_of(kind: InvoiceKind) -> paper::invoice::InvoiceKind {
    match kind {
        InvoiceKind::Invoice => paper::invoice::InvoiceKind::Invoice,
        InvoiceKind::Deposit => paper::invoice::InvoiceKind::Deposit,
        InvoiceKind::CreditNote => paper::invoice::InvoiceKind::CreditNote,
    }
}

fn line(
    row: &InvoiceLine,
    snapshot: &Snapshot,
    language: Language,
) -> Result<paper::invoice::InvoiceLine, Fault> {
    let vat = row.tax.and_then(|tax| snapshot.taxes.get(&tax)).cloned();
    let discount = row.discount.unwrap_or(Rate::ZERO);
    let mut line = paper::invoice::InvoiceLine {
        sku: row.sku.clone(),
        name: row.description.clone(),
        detail: None,
        quantity: row.quantity,
        unit: row.unit.clone().unwrap_or_else(|| "C62".to_owned()),
        unit_price: row.unit_price,
        discount,
        net: row.net,
        vat: vat.ok_or(Fault::new("invoice.snapshot"))?,
    };
    if row.unit_price.amount(row.quantity, discount) != row.net {
        as_a_lump(&mut line, language);
    }
    Ok(line)
}

/// The last part of a line that several credit notes share takes the cents that are left: no price
/// gives its amount, so that it is told as one lump, with the quantity in words.
fn as_a_lump(line: &mut paper::invoice::InvoiceLine, language: Language) {
    let word = Text::new("Quantité", "Quantity").say(language);
    line.detail = Some(format!("{word} {}", language.quantity(line.quantity)));
    line.unit = "C62".to_owned();
    line.quantity = Quantity::units(if line.net.minor < 0 { -1 } else { 1 });
    line.unit_price = Price::of_money(line.net.abs());
    line.discount = Rate::ZERO;
}

/// Deposits deducted, each with the day it was paid.
fn prepayments(tx: &mut Tx<'_>, id: Id<Invoice>) -> Result<Vec<Prepayment>, Faults> {
    let mut paid = Vec::new();
    for deduction in finance::deductions_of(tx, id)? {
        let deposit = tx.get(deduction.deposit)?;
        let day = deposit.issued_on.unwrap_or(tx.today());
        let last = finance::allocations_on(tx, deposit.id)?.into_iter().map(|a| a.at.day()).max();
        let number = deposit.number.clone().unwrap_or_default();
        paid.push(Prepayment {
            invoice: Some(Reference { number, day }),
            paid_on: last.unwrap_or(day),
            amount: deduction.amount,
        });
    }
    Ok(paid)
}

/// What a credit note mends.
fn preceding(tx: &mut Tx<'_>, invoice: &Kept<Invoice>) -> Result<Vec<Reference>, Fault> {
    let Some(id) = invoice.preceding else { return Ok(Vec::new()) };
    let mended = tx.get(id)?;
    let number = mended.number.clone().unwrap_or_default();
    Ok(vec![Reference { number, day: mended.issued_on.unwrap_or(tx.today()) }])
}

/// Goods or services, as the accounts of the lines tell.
fn operation(lines: &[Kept<InvoiceLine>]) -> Operation {
    let service =
        |line: &&Kept<InvoiceLine>| line.account.as_deref().is_some_and(|a| a.starts_with("706"));
    match lines.iter().filter(service).count() {
        0 => Operation::Goods,
        services if services == lines.len() => Operation::Services,
        _ => Operation::Mixed,
    }
}

fn delivered_to(invoice: &Invoice) -> Option<paper::party::Party> {
    if invoice.kind != InvoiceKind::Invoice {
        return None;
    }
    place(
        invoice.delivery_name.as_ref(),
        invoice.delivery_street.as_ref(),
        invoice.delivery_postcode.as_ref(),
        invoice.delivery_city.as_ref(),
        invoice.delivery_country.as_ref(),
    )
}

fn split(notes: Option<&str>) -> Vec<String> {
    let notes = notes.unwrap_or("").split(", ");
    notes.filter(|note| !note.is_empty()).map(str::to_owned).collect()
}

/// How and when it is paid, in words.
fn terms(invoice: &Invoice, term: &Json, language: Language) -> String {
    let say = |fr: &str, en: &str| match language {
        Language::French => fr.to_owned(),
        Language::English => en.to_owned(),
    };
    if invoice.kind == InvoiceKind::CreditNote {
        return say(
            "À déduire de vos prochains règlements, ou remboursé à votre demande.",
            "To be deducted from your next payments, or refunded at your request.",
        );
    }
    if invoice.due.is_zero() {
        return say("Rien à régler.", "Nothing to pay.");
    }
    let name = term[language.tag()].as_str().or(term["fr"].as_str());
    let due = invoice.due_on.map(|day| language.day(day)).unwrap_or_default();
    match (name, language) {
        (Some(name), Language::French) => format!("{name}, soit le {due}, par virement."),
        (Some(name), Language::English) => format!("{name}, that is by {due}, by bank transfer."),
        (None, Language::French) => format!("Par virement, au plus tard le {due}."),
        (None, Language::English) => format!("By bank transfer, by {due} at the latest."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lump_keeps_the_amount_and_tells_the_quantity() {
        let mut line = paper::invoice::InvoiceLine {
            sku: None,
            name: "Serviette".into(),
            detail: None,
            quantity: Quantity::units(3),
            unit: "C62".into(),
            unit_price: Price::new(3_350, kernel::Currency::EUR),
            discount: Rate::ZERO,
            net: kernel::Money::eur(100),
            vat: Vat::standard(Rate::percent(20)),
        };
        as_a_lump(&mut line, Language::French);
        assert_eq!(line.unit_price.amount(line.quantity, line.discount), line.net);
        assert_eq!(line.detail.as_deref(), Some("Quantité 3"));
    }
}
