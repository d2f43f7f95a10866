//! The document as it looks on paper: parties, lines, VAT per rate, totals, how it is paid.

use erp::finance::{Invoice, InvoiceKind};
use kernel::{Day, Language, Money, Rate};
use maud::{Markup, html};
use paper::invoice::{InvoicePaper, VatCategory};
use paper::party::{Address, Party};

use super::read::Seen;
use crate::door::Ask;
use crate::parts::say;

/// A line as it is printed.
struct Line {
    sku: String,
    name: String,
    detail: Option<String>,
    quantity: String,
    price: String,
    discount: Option<Rate>,
    vat: Option<Rate>,
    net: Money,
}

/// The tax of one rate, and why there is none.
struct Share {
    rate: Rate,
    base: Money,
    tax: Money,
    reason: Option<String>,
}

/// In the language of the document, which is the customer's.
pub fn drawn(ask: &Ask, seen: &Seen) -> Markup {
    let language = match &seen.paper {
        Some((_, language)) => *language,
        None => seen.party.language.language(),
    };
    let paper = seen.paper.as_ref().map(|(paper, _)| paper);
    html! {
        article.paper-sheet lang=(language.tag())
            aria-label=(say(ask.language, "Le document", "The document")) {
            @if let Some(paper) = paper { (letterhead(paper)) }
            div.paper-head {
                div {
                    p.paper-title { (title(&seen.invoice, language)) }
                    p.b { (seen.invoice.number.as_deref().unwrap_or("—")) }
                    dl.kv { @for (label, value) in facts(seen, language) {
                        dt { (label) } dd { (value) }
                    } }
                }
                (addressees(seen, paper, language))
            }
            (lines(&printed(seen, paper, language), language))
            div.paper-sums {
                (taxes(&shares(seen, paper), paper, language))
                (sums(seen, language))
            }
            @if let Some(paper) = paper { (closing(paper, language)) }
        }
    }
}

fn title(invoice: &Invoice, language: Language) -> &'static str {
    match invoice.kind {
        InvoiceKind::Invoice => say(language, "Facture", "Invoice"),
        InvoiceKind::Deposit => say(language, "Facture d’acompte", "Deposit invoice"),
        InvoiceKind::CreditNote => say(language, "Avoir", "Credit note"),
    }
}

fn one_line(address: &Address) -> String {
    let town = format!("{} {}", address.postcode, address.city);
    let parts = address.lines.iter().map(String::as_str).chain([town.trim()]);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn letterhead(paper: &InvoicePaper) -> Markup {
    let (seller, head) = (&paper.seller, &paper.letterhead);
    let reach = [&seller.phone, &seller.email];
    let reach: Vec<&str> = reach.into_iter().flatten().map(String::as_str).collect();
    html! {
        header.paper-letterhead {
            div {
                p.serif { (head.trade_name.as_ref().unwrap_or(&seller.name)) }
                @if let Some(trade) = &head.trade { p.lbl { (trade) } }
            }
            p.lbl.n {
                (one_line(&seller.address)) br;
                (reach.join(" · "))
                @if let Some(site) = &head.website { br; (site) }
            }
        }
    }
}

fn facts(seen: &Seen, language: Language) -> Vec<(&'static str, String)> {
    let invoice = &seen.invoice;
    let day = |day: Option<Day>| day.map(|day| language.day(day)).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let order = match (&invoice.order_number, invoice.order_day) {
        (Some(number), Some(day)) => {
            format!("{number} {} {}", say(language, "du", "of"), language.day(day))
        }
        (number, _) => number.clone().unwrap_or_default(),
    };
    let mended = seen.preceding.as_ref().and_then(|mended| mended.number.clone());
    let all = [
        (say(language, "Date d’émission", "Issued on"), day(invoice.issued_on)),
        (say(language, "Date de livraison", "Delivered on"), day(invoice.delivered_on)),
        (say(language, "Commande", "Order"), order),
        (say(language, "Bon de livraison", "Delivery note"), text(&invoice.delivery_note)),
        (say(language, "Votre commande", "Your order"), text(&invoice.purchase_order)),
        (say(language, "Votre référence", "Your reference"), text(&invoice.buyer_reference)),
        (say(language, "Facture corrigée", "Invoice mended"), mended.unwrap_or_default()),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn addressees(seen: &Seen, paper: Option<&InvoicePaper>, language: Language) -> Markup {
    let label = say(language, "Facturé à", "Billed to");
    let Some(paper) = paper else {
        let party = &seen.party;
        let town = [&party.postcode, &party.city];
        let town: Vec<&str> = town.into_iter().flatten().map(String::as_str).collect();
        return html! {
            div {
                p.lbl { (label) }
                p.paper-name { (party.name) }
                @if let Some(street) = &party.street { p { (street) } }
                p { (town.join(" ")) }
            }
        };
    };
    let buyer = &paper.buyer;
    html! {
        div {
            p.lbl { (label) }
            p.paper-name { (buyer.name) }
            @for line in &buyer.address.lines { p { (line) } }
            p { (buyer.address.postcode) " " (buyer.address.city) }
            @let numbers = numbers(buyer, language);
            @if !numbers.is_empty() { p.lbl { (numbers) } }
            @if let Some(other) = &paper.delivered_to {
                p.lbl.mt { (say(language, "Livré à", "Delivered to")) }
                p {
                    @if !other.name.is_empty() && other.name != buyer.name { (other.name) ", " }
                    (one_line(&other.address))
                }
            }
        }
    }
}

fn numbers(party: &Party, language: Language) -> String {
    let siren = party.siren.as_ref().map(|siren| format!("SIREN {siren}"));
    let vat = party.vat_number.as_ref().map(|number| match language {
        Language::French => format!("TVA {number}"),
        Language::English => format!("VAT {number}"),
    });
    siren.into_iter().chain(vat).collect::<Vec<_>>().join(" · ")
}

fn printed(seen: &Seen, paper: Option<&InvoicePaper>, language: Language) -> Vec<Line> {
    let discount = |rate: Rate| (!rate.is_zero()).then_some(rate);
    if let Some(paper) = paper {
        let line = |line: &paper::invoice::InvoiceLine| Line {
            sku: line.sku.clone().unwrap_or_default(),
            name: line.name.clone(),
            detail: line.detail.clone(),
            quantity: language.quantity(line.quantity),
            price: language.price_amount(line.unit_price),
            discount: discount(line.discount),
            vat: (line.vat.category == VatCategory::Standard).then_some(line.vat.rate),
            net: line.net,
        };
        return paper.lines.iter().map(line).collect();
    }
    let line = |(line, tax): &(kernel::Kept<erp::finance::InvoiceLine>, _)| {
        let tax: &Option<kernel::Kept<master::Tax>> = tax;
        Line {
            sku: line.sku.clone().unwrap_or_default(),
            name: line.description.clone(),
            detail: None,
            quantity: language.quantity(line.quantity),
            price: language.price_amount(line.unit_price),
            discount: line.discount.and_then(discount),
            vat: tax.as_ref().map(|tax| tax.rate),
            net: line.net,
        }
    };
    seen.lines.iter().map(line).collect()
}

fn lines(lines: &[Line], language: Language) -> Markup {
    let has_sku = lines.iter().any(|line| !line.sku.is_empty());
    let has_discount = lines.iter().any(|line| line.discount.is_some());
    let rate = |rate: Option<Rate>| rate.map_or_else(|| "—".to_owned(), |rate| language.rate(rate));
    html! {
        div.scroll {
            table.ledger.paper-lines {
                thead { tr {
                    @if has_sku { th.d-only scope="col" { (say(language, "Article", "Item")) } }
                    th scope="col" { (say(language, "Désignation", "Description")) }
                    th.n.d-only scope="col" { (say(language, "Quantité", "Quantity")) }
                    th.n.d-only scope="col" { (say(language, "PU HT", "Unit price")) }
                    @if has_discount { th.n.d-only scope="col" { (say(language, "Remise", "Discount")) } }
                    th.n.d-only scope="col" { (say(language, "TVA", "VAT")) }
                    th.n scope="col" { (say(language, "Total HT €", "Net €")) }
                } }
                tbody { @for line in lines { tr {
                    @if has_sku { td.no.d-only { (line.sku) } }
                    td.wrap {
                        span.b { (line.name) }
                        @if let Some(detail) = &line.detail { br; span.lbl { (detail) } }
                        // What the columns say, where there is no room for them.
                        div.m-only.lbl {
                            (line.quantity) " × " (line.price)
                            @if let Some(discount) = line.discount {
                                " − " (language.rate(discount))
                            }
                            @if let Some(vat) = line.vat {
                                " · " (say(language, "TVA", "VAT")) " " (language.rate(vat))
                            }
                        }
                    }
                    td.n.d-only { (line.quantity) }
                    td.n.d-only { (line.price) }
                    @if has_discount { td.n.d-only { (rate(line.discount)) } }
                    td.n.d-only { (rate(line.vat)) }
                    td.n.b { (language.amount(line.net)) }
                } } }
            }
        }
    }
}

/// The taxes as the document gives them, or as the lines of a draft add up.
fn shares(seen: &Seen, paper: Option<&InvoicePaper>) -> Vec<Share> {
    if let Some(paper) = paper {
        let share = |total: &paper::invoice::VatTotal| Share {
            rate: total.vat.rate,
            base: total.base,
            tax: total.tax,
            reason: total.vat.exemption.as_ref().map(|exemption| exemption.text.clone()),
        };
        return paper.vat.iter().map(share).collect();
    }
    let taxed = seen
        .lines
        .iter()
        .filter_map(|(line, tax)| tax.as_ref().map(|tax| (tax.id, tax.rate, line.net)));
    let reason = |id| {
        let known = seen.lines.iter().filter_map(|(_, tax)| tax.as_ref()).find(|tax| tax.id == id);
        known.and_then(|tax| tax.exemption_text.clone())
    };
    let totals = master::totals(seen.invoice.total.currency, taxed);
    let share = |share: &master::TaxShare| Share {
        rate: share.rate,
        base: share.base,
        tax: share.amount,
        reason: reason(share.tax),
    };
    totals.taxes.iter().map(share).collect()
}

fn taxes(shares: &[Share], paper: Option<&InvoicePaper>, language: Language) -> Markup {
    html! {
        div {
            table.ledger {
                thead { tr {
                    th scope="col" { (say(language, "Taux de TVA", "VAT rate")) }
                    th.n scope="col" { (say(language, "Base HT €", "Net €")) }
                    th.n scope="col" { (say(language, "TVA €", "VAT €")) }
                } }
                tbody { @for share in shares { tr {
                    td { (language.rate(share.rate)) }
                    td.n { (language.amount(share.base)) }
                    td.n { (language.amount(share.tax)) }
                } } }
            }
            @for share in shares {
                @if let Some(reason) = &share.reason { p.lbl { (reason) } }
            }
            @if paper.is_some_and(|paper| paper.vat_on_debits) {
                p.lbl {
                    (say(
                        language,
                        "Option pour le paiement de la taxe d’après les débits.",
                        "VAT is due on invoicing, by option.",
                    ))
                }
            }
        }
    }
}

fn sums(seen: &Seen, language: Language) -> Markup {
    let invoice = &seen.invoice;
    let credit = invoice.kind == InvoiceKind::CreditNote;
    let due = if credit {
        say(language, "Total de l’avoir", "Total credited")
    } else {
        say(language, "Net à payer", "Amount due")
    };
    html! {
        table.plain-t {
            tbody {
                tr {
                    td { (say(language, "Total HT", "Total net")) }
                    td.n { (language.money(invoice.net)) }
                }
                tr {
                    td { (say(language, "TVA", "VAT")) }
                    td.n { (language.money(invoice.tax_amount)) }
                }
                @for (deduction, deposit) in &seen.deposits {
                    tr {
                        td {
                            (say(language, "Acompte", "Deposit")) " "
                            (deposit.number.as_deref().unwrap_or(""))
                        }
                        td.n { (language.money(-deduction.amount)) }
                    }
                }
                tr {
                    td.total { (due) }
                    td.n.total.big { (language.money(invoice.due)) }
                }
                @if let Some(day) = invoice.due_on {
                    tr {
                        td.b { (say(language, "Échéance", "Due on")) }
                        td.n.b { (language.day(day)) }
                    }
                }
            }
        }
    }
}

/// How it is paid, the mentions of the law, who we are.
fn closing(paper: &InvoicePaper, language: Language) -> Markup {
    let mentions = &paper.mentions;
    html! {
        div.paper-closing {
            div {
                p.lbl { (say(language, "Règlement", "Payment")) }
                p { (paper.terms) }
                @for note in &paper.notes { p { (note) } }
            }
            @if let Some(account) = &paper.account {
                dl.kv {
                    dt { "IBAN" } dd { (grouped(&account.iban)) }
                    @if let Some(bic) = &account.bic { dt { "BIC" } dd { (bic) } }
                    dt { (say(language, "Titulaire", "Holder")) }
                    dd { (account.holder.as_ref().unwrap_or(&paper.seller.name)) }
                }
            }
        }
        p.paper-legal {
            (mentions.discount) " " (mentions.penalties) " " (mentions.recovery)
        }
    }
}

/// `FR76 3000 6000 …`: an IBAN in groups of four.
fn grouped(iban: &str) -> String {
    let letters: Vec<char> = iban.chars().filter(|c| !c.is_whitespace()).collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}
