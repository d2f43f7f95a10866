//! The invoice on paper.

use kernel::{Faults, Instant, Language, Text};

use super::archive::{self, Colophon};
use super::block::{Align, Block, Ink, MM};
use super::figures::{self, ASIDE, PrintedLine, PrintedPrice, TOTALS};
use super::ledger::pairs;
use super::letter::{self, Head};
use super::sheet::{Sheet, WIDTH};
use super::style::{BODY, LABEL, LEGAL, iban};
use crate::invoice::{Audience, InvoiceKind, InvoicePaper, Operation, Prepayment, Reference};

/// Sets the invoice in `language` as PDF/A-3b, with `xml` (from [`crate::facturx::invoice_xml`])
/// attached: a Factur-X file. The same arguments always give the same bytes.
///
/// # Errors
/// Those of [`InvoicePaper::check`]; `paper.archive` when the file would not conform to PDF/A.
pub fn invoice_pdf(
    paper: &InvoicePaper,
    language: Language,
    xml: &[u8],
    created: Instant,
) -> Result<Vec<u8>, Faults> {
    paper.check()?;
    let title = title(paper).say(language);
    let house = letter::house(&paper.seller, &paper.letterhead);
    let colophon = Colophon {
        title: format!("{title} {}", paper.number),
        author: house,
        language,
        created,
        invoice: Some(xml),
    };
    Ok(archive::write(sheets(paper, language), &colophon)?)
}

fn sheets(paper: &InvoicePaper, language: Language) -> Vec<Vec<super::block::Mark>> {
    let (seller, letterhead) = (&paper.seller, &paper.letterhead);
    let title = title(paper).say(language);
    let running =
        letter::running_head(letter::house(seller, letterhead), title, &paper.number, language);
    let mut sheet = Sheet::new(running, &letter::foot(seller, letterhead, language));
    sheet.place(0.0, letter::letterhead(seller, letterhead));
    sheet.place(12.0 * MM, head(paper, title, language).block(language));
    let (table_head, rows) = figures::lines(&printed(paper), QUANTITY, language);
    sheet.table(10.0 * MM, &table_head, rows, summary(paper, language), 7.0 * MM);
    sheet.place_at_foot(8.0 * MM, closing(paper, language));
    sheet.finish(language)
}

const QUANTITY: Text = Text::new("Quantité", "Quantity");

fn title(paper: &InvoicePaper) -> Text {
    match paper.kind {
        InvoiceKind::Invoice => Text::new("Facture", "Invoice"),
        InvoiceKind::Deposit => Text::new("Facture d’acompte", "Deposit invoice"),
        InvoiceKind::CreditNote => Text::new("Avoir", "Credit note"),
    }
}

fn head<'a>(paper: &'a InvoicePaper, title: &'a str, language: Language) -> Head<'a> {
    let say = |fr, en| Text { fr, en }.say(language);
    let dated = |reference: &Reference| {
        let of = Text::new("du", "of").say(language);
        format!("{} {of} {}", reference.number, language.day(reference.day))
    };
    let day = |day: Option<kernel::Day>| day.map(|day| language.day(day)).unwrap_or_default();
    let preceding: Vec<String> = paper.preceding.iter().map(dated).collect();
    let operation = match paper.operation {
        Operation::Goods => say("Livraison de biens", "Supply of goods"),
        Operation::Services => say("Prestation de services", "Supply of services"),
        Operation::Mixed => {
            say("Livraison de biens et prestation de services", "Goods and services")
        }
    };
    let delivered = match paper.operation {
        Operation::Services => say("Date de prestation", "Date of service"),
        Operation::Goods | Operation::Mixed => say("Date de livraison", "Delivery date"),
    };
    Head {
        title,
        number: &paper.number,
        facts: vec![
            (say("Date d’émission", "Issue date"), language.day(paper.issued)),
            (delivered, day(paper.delivered)),
            (say("Facture d’origine", "Original invoice"), preceding.join("\n")),
            (say("Commande", "Order"), paper.order.as_ref().map(dated).unwrap_or_default()),
            (say("Bon de livraison", "Delivery note"), paper.delivery_notes.join(", ")),
            (say("Votre commande", "Your order"), paper.purchase_order.clone().unwrap_or_default()),
            (
                say("Votre référence", "Your reference"),
                paper.buyer_reference.clone().unwrap_or_default(),
            ),
            (say("Nature", "Nature"), operation.to_owned()),
        ],
        buyer_label: match paper.kind {
            InvoiceKind::CreditNote => say("Au crédit de", "Credited to"),
            _ => say("Facturé à", "Billed to"),
        },
        buyer: &paper.buyer,
        second_label: say("Livré à", "Delivered to"),
        second: paper.delivered_to.as_ref(),
        home: &paper.seller.address.country,
    }
}

fn printed(paper: &InvoicePaper) -> Vec<PrintedLine<'_>> {
    let lines = paper.lines.iter().map(|line| PrintedLine {
        sku: line.sku.as_ref(),
        name: &line.name,
        detail: line.detail.as_ref(),
        ordered: None,
        quantity: line.quantity,
        unit: &line.unit,
        price: Some(PrintedPrice {
            unit_price: line.unit_price,
            discount: line.discount,
            vat_rate: line.vat.rate,
            net: line.net,
        }),
    });
    lines.collect()
}

/// Taxes to the left, sums to the right.
fn summary(paper: &InvoicePaper, language: Language) -> Block {
    let say = |fr, en| Text { fr, en }.say(language);
    let mut taxes = figures::taxes(&paper.vat, language);
    let mut aside = Vec::new();
    if paper.vat_on_debits {
        aside.push(
            say("Option pour le paiement de la taxe d’après les débits.", "VAT due on invoicing.")
                .to_owned(),
        );
    }
    if let Some(tax) = paper.tax_in_euro {
        let label = say("TVA en euros :", "VAT in euros:");
        aside.push(format!("{label} {}", language.money(tax)));
    }
    for text in aside {
        taxes = taxes.under(2.0 * MM, Block::text(&text, LABEL, ASIDE, Align::Left));
    }
    let totals = &paper.totals;
    let mut rows = vec![(say("Total HT", "Total net").to_owned(), language.money(totals.net))];
    rows.extend(figures::tax_rows(&paper.vat, language));
    if !paper.prepayments.is_empty() {
        rows.push((say("Total TTC", "Total with VAT").to_owned(), language.money(totals.gross)));
        rows.extend(paper.prepayments.iter().map(|payment| prepayment(payment, language)));
    }
    let label = match paper.kind {
        InvoiceKind::CreditNote => say("Net à votre crédit", "Credit to you"),
        _ => say("Net à payer", "Amount due"),
    };
    let due = paper.due.filter(|_| !paper.already_paid()).map(|due| language.day(due));
    let after: Vec<(String, String)> =
        due.into_iter().map(|due| (say("Échéance", "Due date").to_owned(), due)).collect();
    let sums = figures::sums(&rows, (label, language.money(totals.due)), &after);
    taxes.beside(WIDTH - TOTALS, 0.0, sums)
}

fn prepayment(payment: &Prepayment, language: Language) -> (String, String) {
    let say = |fr, en| Text { fr, en }.say(language);
    let day = language.short_day(payment.paid_on);
    let label = match &payment.invoice {
        Some(invoice) => format!("{} {}, {day}", say("Acompte", "Deposit"), invoice.number),
        None => format!("{} {day}", say("Payé le", "Paid on")),
    };
    (label, language.money(-payment.amount))
}

/// How to pay, and the mentions of the law.
fn closing(paper: &InvoicePaper, language: Language) -> Block {
    let say = |fr, en| Text { fr, en }.say(language);
    let owed = paper.kind != InvoiceKind::CreditNote && !paper.totals.due.is_zero();
    let mut left = Block::default();
    if !paper.terms.trim().is_empty() {
        left = Block::text(say("Règlement", "Payment"), LABEL, ASIDE, Align::Left)
            .under(0.3 * MM, Block::text(&paper.terms, BODY, ASIDE, Align::Left));
    }
    let mut right = Block::default();
    if let Some(account) = paper.account.as_ref().filter(|_| owed) {
        let holder = account.holder.as_ref().unwrap_or(&paper.seller.name);
        let facts = [
            ("IBAN", iban(&account.iban)),
            ("BIC", account.bic.clone().unwrap_or_default()),
            (say("Titulaire", "Holder"), holder.clone()),
            (say("À rappeler", "Reference"), paper.number.clone()),
        ];
        right = pairs(&facts, TOTALS, 0.7 * MM);
    }
    let mut block = Block::default();
    if !left.marks.is_empty() || !right.marks.is_empty() {
        block = Block::rule(WIDTH, 0.25 * MM, Ink::Black)
            .under(3.0 * MM, left.beside(WIDTH - TOTALS, 0.0, right))
            .under(4.0 * MM, Block::default());
    }
    let mentions = &paper.mentions;
    let mut legal = vec![mentions.discount.clone()];
    // Penalties and the 40 € are between professionals only (Code de commerce, L. 441-10).
    if paper.audience != Audience::Consumer {
        legal.extend([mentions.penalties.clone(), mentions.recovery.clone()]);
    }
    let mut paragraphs = paper.notes.clone();
    if paper.kind != InvoiceKind::CreditNote {
        paragraphs.insert(0, legal.join(" "));
    }
    for (rank, text) in paragraphs.iter().filter(|text| !text.trim().is_empty()).enumerate() {
        let gap = if rank == 0 { 0.0 } else { 1.0 * MM };
        block = block.under(gap, Block::text(text, LEGAL, WIDTH, Align::Left));
    }
    block
}
