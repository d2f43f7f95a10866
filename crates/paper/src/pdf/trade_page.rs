//! Quotes, order confirmations and delivery notes on paper.

use kernel::{Fault, Instant, Language, Text};

use super::archive::{self, Colophon};
use super::block::{Align, Block, Ink, MM, Mark};
use super::figures::{self, ASIDE, PrintedLine, PrintedPrice, TOTALS};
use super::letter::{self, Head};
use super::sheet::{Sheet, WIDTH};
use super::style::{BODY, LABEL, LEGAL};
use crate::trade::{Signed, TradeKind, TradePaper};

/// Sets the document in `language` as PDF/A-3b. The same arguments always give the same bytes.
///
/// # Errors
/// `paper.archive` when the file would not conform to PDF/A.
pub fn trade_pdf(
    paper: &TradePaper,
    language: Language,
    created: Instant,
) -> Result<Vec<u8>, Fault> {
    let colophon = Colophon {
        title: format!("{} {}", title(paper.kind).say(language), paper.number),
        author: letter::house(&paper.seller, &paper.letterhead),
        language,
        created,
        invoice: None,
    };
    archive::write(sheets(paper, language), &colophon)
}

fn sheets(paper: &TradePaper, language: Language) -> Vec<Vec<Mark>> {
    let (seller, letterhead) = (&paper.seller, &paper.letterhead);
    let title = title(paper.kind).say(language);
    let running =
        letter::running_head(letter::house(seller, letterhead), title, &paper.number, language);
    let mut sheet = Sheet::new(running, &letter::foot(seller, letterhead, language));
    sheet.place(0.0, letter::letterhead(seller, letterhead));
    sheet.place(12.0 * MM, head(paper, title, language).block(language));
    let quantity = match paper.kind {
        TradeKind::DeliveryNote => Text::new("Livré", "Delivered"),
        TradeKind::Quote | TradeKind::OrderConfirmation => Text::new("Quantité", "Quantity"),
    };
    let (table_head, rows) = figures::lines(&printed(paper), quantity, language);
    sheet.table(10.0 * MM, &table_head, rows, summary(paper, language), 7.0 * MM);
    sheet.place_at_foot(8.0 * MM, closing(paper, language));
    sheet.finish(language)
}

fn title(kind: TradeKind) -> Text {
    match kind {
        TradeKind::Quote => Text::new("Devis", "Quotation"),
        TradeKind::OrderConfirmation => Text::new("Confirmation de commande", "Order confirmation"),
        TradeKind::DeliveryNote => Text::new("Bon de livraison", "Delivery note"),
    }
}

fn head<'a>(paper: &'a TradePaper, title: &'a str, language: Language) -> Head<'a> {
    let say = |fr, en| Text { fr, en }.say(language);
    let day = |day: Option<kernel::Day>| day.map(|day| language.day(day)).unwrap_or_default();
    let order = paper.order.as_ref().map(|reference| {
        format!("{} {} {}", reference.number, say("du", "of"), language.day(reference.day))
    });
    let plain = |text: &Option<String>| text.clone().unwrap_or_default();
    let delivery = match paper.kind {
        TradeKind::DeliveryNote => say("Date d’expédition", "Dispatch date"),
        TradeKind::Quote | TradeKind::OrderConfirmation => {
            say("Livraison prévue", "Planned delivery")
        }
    };
    let reference = match paper.kind {
        TradeKind::OrderConfirmation => say("Devis", "Quotation"),
        TradeKind::DeliveryNote | TradeKind::Quote => say("Commande", "Order"),
    };
    Head {
        title,
        number: &paper.number,
        facts: vec![
            (say("Date", "Date"), language.day(paper.issued)),
            (say("Valable jusqu’au", "Valid until"), day(paper.valid_until)),
            (delivery, day(paper.delivery_day)),
            (reference, order.unwrap_or_default()),
            (say("Votre commande", "Your order"), plain(&paper.purchase_order)),
            (say("Votre référence", "Your reference"), plain(&paper.buyer_reference)),
            (say("Transporteur", "Carrier"), plain(&paper.carrier)),
            (say("Colis", "Parcels"), plain(&paper.parcels)),
        ],
        buyer_label: say("Client", "Customer"),
        buyer: &paper.buyer,
        second_label: say("Livraison à", "Delivery to"),
        second: paper.delivered_to.as_ref(),
        home: &paper.seller.address.country,
    }
}

fn printed(paper: &TradePaper) -> Vec<PrintedLine<'_>> {
    let lines = paper.lines.iter().map(|line| PrintedLine {
        sku: line.sku.as_ref(),
        name: &line.name,
        detail: line.detail.as_ref(),
        ordered: line.ordered,
        quantity: line.quantity,
        unit: &line.unit,
        price: line.price.map(|price| PrintedPrice {
            unit_price: price.unit_price,
            discount: price.discount,
            vat_rate: price.vat_rate,
            net: price.net,
        }),
    });
    lines.collect()
}

fn summary(paper: &TradePaper, language: Language) -> Block {
    let say = |fr, en| Text { fr, en }.say(language);
    let Some(totals) = &paper.totals else { return Block::default() };
    let mut rows = vec![(say("Total HT", "Total net").to_owned(), language.money(totals.net))];
    rows.extend(figures::tax_rows(&paper.vat, language));
    let after: Vec<(String, String)> = paper
        .deposit
        .iter()
        .map(|(rate, amount)| {
            let label = say("Acompte à la commande", "Deposit on order");
            (format!("{label}, {}", language.rate(*rate)), language.money(*amount))
        })
        .collect();
    let total = (say("Total TTC", "Total with VAT"), language.money(totals.gross));
    let sums = figures::sums(&rows, total, &after);
    figures::taxes(&paper.vat, language).beside(WIDTH - TOTALS, 0.0, sums)
}

/// Terms to the left, the place to sign to the right.
fn closing(paper: &TradePaper, language: Language) -> Block {
    let say = |fr, en| Text { fr, en }.say(language);
    let mut left = Block::default();
    if !paper.terms.trim().is_empty() {
        left = Block::text(say("Conditions", "Terms"), LABEL, ASIDE, Align::Left)
            .under(0.3 * MM, Block::text(&paper.terms, BODY, ASIDE, Align::Left));
    }
    let sign = match paper.kind {
        TradeKind::Quote => {
            say("Bon pour accord : date, nom, signature", "Accepted: date, name, signature")
        }
        TradeKind::DeliveryNote => {
            say("Reçu le, nom, signature, réserves", "Received on, name, signature, remarks")
        }
        TradeKind::OrderConfirmation => "",
    };
    let mut block = Block::rule(WIDTH, 0.25 * MM, Ink::Black);
    if sign.is_empty() {
        block = block.under(3.0 * MM, left);
    } else {
        let frame = match &paper.signed {
            Some(signed) => accepted(signed, language),
            None => {
                Block::text(sign, LABEL, TOTALS, Align::Left).under(0.0, Block::space(24.0 * MM))
            }
        };
        block = block.under(3.0 * MM, left.beside(WIDTH - TOTALS, 0.0, frame));
    }
    for note in paper.notes.iter().filter(|note| !note.trim().is_empty()) {
        block = block.under(2.0 * MM, Block::text(note, LEGAL, WIDTH, Align::Left));
    }
    block
}

/// Who accepted, when, and the signature if one was drawn.
fn accepted(signed: &Signed, language: Language) -> Block {
    let say = |fr, en| Text { fr, en }.say(language);
    let who = match &signed.role {
        Some(role) => format!("{}, {role}", signed.by),
        None => signed.by.clone(),
    };
    let mut block = Block::text(say("Accepté par", "Accepted by"), LABEL, TOTALS, Align::Left)
        .under(0.3 * MM, Block::text(&who, BODY, TOTALS, Align::Left))
        .under(0.3 * MM, Block::text(&language.instant(signed.at), BODY, TOTALS, Align::Left));
    if !signed.strokes.is_empty() {
        let drawn = Block::strokes(&signed.strokes, signed.sheet, 54.0 * MM);
        block = block.under(1.0 * MM, drawn);
    }
    block
}
