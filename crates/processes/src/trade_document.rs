//! Quotes, order confirmations and delivery notes, as they stand.

use std::collections::HashMap;

use crm::sales::{self, Order, OrderLine, Quote, quote};
use erp::logistics::{self, Shipment};
use kernel::{Day, Fault, Faults, Id, Instant, Kept, Language, Money, Price, Quantity, Rate, Tx};
use master::{Party, Product, Tax, company, totals};
use paper::invoice::{Reference, Totals, VatTotal};
use paper::trade::{TradeKind, TradeLine, TradePaper, TradePrice};

use crate::invoice_document::Document;
use crate::letter_sides::{Side, place, vat};

/// The quote as a PDF.
///
/// # Errors
/// `company.missing`, `paper.archive`.
pub fn quote_pdf(tx: &mut Tx<'_>, id: Id<Quote>) -> Result<Document, Faults> {
    let found = tx.get(id)?;
    let party = tx.get(found.party)?;
    let (sure, options): (Vec<_>, Vec<_>) =
        quote::lines(tx, id)?.into_iter().partition(|line| line.counts());
    let lines: Vec<Sold> = sure.iter().map(|line| Sold::of_quote(line)).collect();
    let mut paper = sold(tx, TradeKind::Quote, found.number.clone(), &party, lines)?;
    paper.issued = found.quoted_on;
    paper.valid_until = found.valid_until;
    paper.buyer_reference.clone_from(&found.reference);
    let language = party.language.language();
    paper.deposit = deposit(&paper, found.deposit_rate);
    paper.terms = terms(tx, found.payment_term, language)?;
    paper.notes = found.note.iter().map(|note| note.0.clone()).collect();
    paper.notes.extend(options.iter().map(|line| offered(line, language)));
    paper.signed = signed(&found)?;
    set(&paper, language)
}

/// An option that no total counts: `Option, non comprise : Chariot, 2 pour 80,00 € HT.`
fn offered(line: &sales::QuoteLine, language: Language) -> String {
    let name = line.description.as_deref().unwrap_or("");
    let (count, net) = (language.quantity(line.quantity), language.money(line.net));
    match language {
        Language::French => format!("Option, non comprise : {name}, {count} pour {net} HT."),
        Language::English => format!("Option, not included: {name}, {count} for {net} excl. tax."),
    }
}

/// Who accepted it, with the signature drawn then.
fn signed(quote: &Quote) -> Result<Option<paper::trade::Signed>, Fault> {
    let (Some(by), Some(at)) = (&quote.accepted_by, quote.accepted_at) else { return Ok(None) };
    let kept = quote.signature.as_ref().map_or("", |path| path.0.as_str());
    let strokes = sales::Drawing::parse(kept)?.map_or_else(Vec::new, |drawing| drawing.strokes);
    let sheet = (sales::signature::WIDTH, sales::signature::HEIGHT);
    let (by, role) = (by.clone(), quote.accepted_role.clone());
    Ok(Some(paper::trade::Signed { by, role, at, strokes, sheet }))
}

/// The order, confirmed to its customer, as a PDF.
///
/// # Errors
/// `company.missing`, `paper.archive`.
pub fn order_pdf(tx: &mut Tx<'_>, id: Id<Order>) -> Result<Document, Faults> {
    let order = tx.get(id)?;
    let party = tx.get(order.party)?;
    let lines: Vec<Sold> =
        sales::lines(tx, id)?.into_iter().map(|line| Sold::of_order(&line)).collect();
    let mut paper = sold(tx, TradeKind::OrderConfirmation, order.number.clone(), &party, lines)?;
    paper.issued = order.confirmed_at.map_or(paper.issued, Instant::day);
    paper.purchase_order.clone_from(&order.reference);
    paper.delivery_day = order.promised_on;
    paper.delivered_to = delivered_to(&order);
    let language = party.language.language();
    paper.deposit = deposit(&paper, order.deposit_rate);
    paper.terms = terms(tx, order.payment_term, language)?;
    set(&paper, language)
}

/// The delivery note of a shipment as a PDF: no prices.
///
/// # Errors
/// `company.missing`, `paper.archive`.
pub fn delivery_note_pdf(tx: &mut Tx<'_>, id: Id<Shipment>) -> Result<Document, Faults> {
    let shipment = tx.get(id)?;
    let party = tx.get(shipment.party)?;
    let rows = logistics::lines(tx, id)?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        let product = tx.get(row.product)?;
        let ordered = match row.origin.and_then(|origin| origin.as_a::<OrderLine>()) {
            Some(line) => Some(tx.get(line)?.quantity),
            None => None,
        };
        lines.push(TradeLine {
            sku: Some(product.sku.clone()),
            name: row.description.clone().unwrap_or_else(|| product.name.clone()),
            detail: None,
            ordered,
            quantity: row.quantity,
            unit: tx.get(product.unit)?.code.clone(),
            price: None,
        });
    }
    let mut paper = blank(tx, TradeKind::DeliveryNote, shipment.number.clone(), &party)?;
    paper.lines = lines;
    paper.issued = shipment.shipped_on.or(shipment.planned_on).unwrap_or(paper.issued);
    paper.delivery_day = shipment.shipped_on;
    paper.carrier.clone_from(&shipment.carrier);
    paper.delivered_to = place(
        shipment.name.as_ref(),
        shipment.street.as_ref(),
        shipment.postcode.as_ref(),
        shipment.city.as_ref(),
        shipment.country.as_ref(),
    );
    if let Some(order) = shipment.origin.and_then(|origin| origin.as_a::<Order>()) {
        let order = tx.get(order)?;
        paper.purchase_order.clone_from(&order.reference);
        paper.order = reference(order.number.as_ref(), order.ordered_on);
    }
    let language = party.language.language();
    paper.parcels = parcels(&shipment, language);
    set(&paper, language)
}

/// A line with its price, of a quote or of an order.
struct Sold {
    product: Id<Product>,
    name: Option<String>,
    quantity: Quantity,
    unit_price: Option<Price>,
    discount: Option<Rate>,
    tax: Option<Id<Tax>>,
    net: Money,
    promised_on: Option<Day>,
}

impl Sold {
    fn of_quote(line: &sales::QuoteLine) -> Self {
        Self {
            product: line.product,
            name: line.description.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            discount: line.discount,
            tax: line.tax,
            net: line.net,
            promised_on: None,
        }
    }
    fn of_order(line: &OrderLine) -> Self {
        Self {
            product: line.product,
            name: line.description.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            discount: line.discount,
            tax: line.tax,
            net: line.net,
            promised_on: line.promised_on,
        }
    }
}

/// A document with prices: its lines, its taxes, its sums.
fn sold(
    tx: &mut Tx<'_>,
    kind: TradeKind,
    number: Option<String>,
    party: &Kept<Party>,
    lines: Vec<Sold>,
) -> Result<TradePaper, Faults> {
    let language = party.language.language();
    let mut paper = blank(tx, kind, number, party)?;
    let (mut taxed, mut taxes) = (Vec::new(), HashMap::new());
    for line in lines {
        let product = tx.get(line.product)?;
        let mut rate = Rate::ZERO;
        if let Some(id) = line.tax {
            let tax = tx.get(id)?;
            rate = tax.rate;
            taxed.push((id, rate, line.net));
            let told = tax.into_inner();
            taxes.insert(
                id,
                vat(told.category, told.rate, told.exemption_code, told.exemption_text),
            );
        }
        let today = tx.today();
        paper.lines.push(TradeLine {
            sku: Some(product.sku.clone()),
            name: line.name.unwrap_or_else(|| product.label(language).to_owned()),
            detail: line.promised_on.filter(|day| *day > today).map(|day| promised(day, language)),
            ordered: None,
            quantity: line.quantity,
            unit: tx.get(product.unit)?.code.clone(),
            price: Some(TradePrice {
                unit_price: line.unit_price.unwrap_or(product.price),
                discount: line.discount.unwrap_or(Rate::ZERO),
                vat_rate: rate,
                net: line.net,
            }),
        });
    }
    let whole = totals(tx.currency(), taxed);
    for share in &whole.taxes {
        if let Some(vat) = taxes.get(&share.tax) {
            let (base, tax) = (share.base, share.amount);
            paper.vat.push(VatTotal { vat: vat.clone(), base, tax });
        }
    }
    let (net, tax, gross) = (whole.net, whole.tax, whole.total);
    let prepaid = Money::zero(net.currency);
    paper.totals = Some(Totals { net, tax, gross, prepaid, due: gross });
    Ok(paper)
}

fn promised(day: Day, language: Language) -> String {
    match language {
        Language::French => format!("Disponible le {}", language.day(day)),
        Language::English => format!("Available on {}", language.day(day)),
    }
}

fn blank(
    tx: &mut Tx<'_>,
    kind: TradeKind,
    number: Option<String>,
    party: &Kept<Party>,
) -> Result<TradePaper, Fault> {
    let seller = Side::of_company(&*company(tx)?);
    Ok(TradePaper {
        kind,
        number: number.unwrap_or_default(),
        issued: tx.today(),
        currency: tx.currency(),
        seller: seller.party(),
        letterhead: seller.letterhead(),
        buyer: Side::of_party(party).party(),
        delivered_to: None,
        order: None,
        purchase_order: None,
        buyer_reference: None,
        valid_until: None,
        delivery_day: None,
        carrier: None,
        parcels: None,
        lines: Vec::new(),
        vat: Vec::new(),
        totals: None,
        deposit: None,
        terms: String::new(),
        notes: Vec::new(),
        signed: None,
    })
}

fn delivered_to(order: &Order) -> Option<paper::party::Party> {
    place(
        order.delivery_name.as_ref(),
        order.delivery_street.as_ref(),
        order.delivery_postcode.as_ref(),
        order.delivery_city.as_ref(),
        order.delivery_country.as_ref(),
    )
}

fn reference(number: Option<&String>, day: Option<Day>) -> Option<Reference> {
    number.cloned().zip(day).map(|(number, day)| Reference { number, day })
}

fn deposit(paper: &TradePaper, rate: Option<Rate>) -> Option<(Rate, Money)> {
    let rate = rate.filter(|rate| *rate > Rate::ZERO)?;
    paper.totals.map(|totals| (rate, totals.gross.share(rate)))
}

fn terms(
    tx: &mut Tx<'_>,
    term: Option<Id<master::PaymentTerm>>,
    language: Language,
) -> Result<String, Fault> {
    let Some(term) = term else { return Ok(String::new()) };
    let name = tx.get(term)?.label(language).to_owned();
    Ok(match language {
        Language::French => format!("Paiement : {}.", name.to_lowercase()),
        Language::English => format!("Payment: {}.", name.to_lowercase()),
    })
}

fn parcels(shipment: &Shipment, language: Language) -> Option<String> {
    let count = shipment.parcels.map(|count| match (language, count) {
        (Language::French, _) => format!("{count} colis"),
        (Language::English, 1) => "1 parcel".to_owned(),
        (Language::English, _) => format!("{count} parcels"),
    });
    let weight = shipment.weight_g.filter(|grams| *grams > 0).map(|grams| {
        let kilograms = kernel::number::trimmed(grams, 3);
        format!("{} kg", language.decimal(&kilograms))
    });
    let said: Vec<String> = count.into_iter().chain(weight).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

fn set(paper: &TradePaper, language: Language) -> Result<Document, Faults> {
    let bytes = paper::pdf::trade_pdf(paper, language, Instant::noon(paper.issued))?;
    let name = if paper.number.is_empty() { "document" } else { &paper.number };
    Ok(Document { name: format!("{name}.pdf"), bytes })
}
