//! The invoice as machines read it: UN/CEFACT CII D22B, profile EN 16931, with the rules of the
//! French reform (BR-FR).

mod parties;
mod settlement;
mod tree;

use kernel::number::{decimal, trimmed};
use kernel::{Day, Faults, Money, Price, Quantity, Rate};

use crate::invoice::{Audience, InvoiceLine, InvoicePaper, Vat, VatCategory};
use tree::Tree;

/// The specification identifier of the core profile (BT-24).
pub const PROFILE: &str = "urn:cen.eu:en16931:2017";

const ROOT: [(&str, &str); 4] = [
    ("xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
    ("xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"),
    (
        "xmlns:ram",
        "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    ),
    ("xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"),
];

/// Writes the invoice as CII XML.
///
/// # Errors
/// Those of [`InvoicePaper::check`]: nothing is written of an invoice that does not hold.
pub fn invoice_xml(paper: &InvoicePaper) -> Result<Vec<u8>, Faults> {
    paper.check()?;
    let mut tree = Tree::new();
    tree.node_with("rsm:CrossIndustryInvoice", &ROOT, |tree| {
        context(tree, paper);
        document(tree, paper);
        tree.node("rsm:SupplyChainTradeTransaction", |tree| {
            for (rank, invoice_line) in paper.lines.iter().enumerate() {
                line(tree, rank + 1, invoice_line);
            }
            parties::agreement(tree, paper);
            parties::delivery(tree, paper);
            settlement::settlement(tree, paper);
        });
    });
    Ok(tree.into_bytes())
}

fn context(tree: &mut Tree, paper: &InvoicePaper) {
    tree.node("rsm:ExchangedDocumentContext", |tree| {
        tree.node("ram:BusinessProcessSpecifiedDocumentContextParameter", |tree| {
            tree.leaf("ram:ID", &paper.process());
        });
        tree.node("ram:GuidelineSpecifiedDocumentContextParameter", |tree| {
            tree.leaf("ram:ID", PROFILE);
        });
    });
}

fn document(tree: &mut Tree, paper: &InvoicePaper) {
    let audience = match paper.audience {
        Audience::Business => "B2B",
        Audience::BusinessAbroad => "B2BINT",
        Audience::Consumer => "B2C",
    };
    tree.node("rsm:ExchangedDocument", |tree| {
        tree.leaf("ram:ID", &paper.number);
        tree.leaf("ram:TypeCode", paper.kind.code());
        date(tree, "ram:IssueDateTime", paper.issued);
        for text in &paper.notes {
            note(tree, text, "");
        }
        // The subjects of UNTDID 4451 that BR-FR-05 and BR-FR-20 ask for, once each.
        note(tree, &paper.mentions.recovery, "PMT");
        note(tree, &paper.mentions.penalties, "PMD");
        note(tree, &paper.mentions.discount, "AAB");
        note(tree, audience, "BAR");
    });
}

fn note(tree: &mut Tree, text: &str, subject: &str) {
    if text.trim().is_empty() {
        return;
    }
    tree.node("ram:IncludedNote", |tree| {
        tree.leaf("ram:Content", text);
        tree.leaf("ram:SubjectCode", subject);
    });
}

fn line(tree: &mut Tree, rank: usize, line: &InvoiceLine) {
    tree.node("ram:IncludedSupplyChainTradeLineItem", |tree| {
        tree.node("ram:AssociatedDocumentLineDocument", |tree| {
            tree.leaf("ram:LineID", &rank.to_string());
            note(tree, line.detail.as_deref().unwrap_or(""), "");
        });
        tree.node("ram:SpecifiedTradeProduct", |tree| {
            tree.leaf_opt("ram:SellerAssignedID", line.sku.as_ref());
            tree.leaf("ram:Name", &line.name);
        });
        tree.node("ram:SpecifiedLineTradeAgreement", |tree| {
            tree.node("ram:NetPriceProductTradePrice", |tree| {
                tree.leaf("ram:ChargeAmount", &price(line.unit_price));
            });
        });
        tree.node("ram:SpecifiedLineTradeDelivery", |tree| {
            let unit = [("unitCode", line.unit.as_str())];
            tree.leaf_with("ram:BilledQuantity", &unit, &quantity(line.quantity));
        });
        tree.node("ram:SpecifiedLineTradeSettlement", |tree| {
            tree.node("ram:ApplicableTradeTax", |tree| {
                tree.leaf("ram:TypeCode", "VAT");
                tree.leaf("ram:CategoryCode", line.vat.category.code());
                vat_rate(tree, &line.vat);
            });
            if !line.discount.is_zero() {
                discount(tree, line);
            }
            tree.node("ram:SpecifiedTradeSettlementLineMonetarySummation", |tree| {
                tree.leaf("ram:LineTotalAmount", &amount(line.net));
            });
        });
    });
}

/// The discount of a line (BG-27), so that `quantity × price − discount = net` holds to the cent.
fn discount(tree: &mut Tree, line: &InvoiceLine) {
    let base = line.unit_price.amount(line.quantity, Rate::ZERO);
    tree.node("ram:SpecifiedTradeAllowanceCharge", |tree| {
        tree.node("ram:ChargeIndicator", |tree| tree.leaf("udt:Indicator", "false"));
        tree.leaf("ram:CalculationPercent", &line.discount.percentage());
        tree.leaf("ram:BasisAmount", &amount(base));
        tree.leaf("ram:ActualAmount", &amount(base - line.net));
        // UNTDID 5189, 95: discount.
        tree.leaf("ram:ReasonCode", "95");
        tree.leaf("ram:Reason", "Remise");
    });
}

/// The rate; a line out of the scope of VAT has none (BR-O-05).
fn vat_rate(tree: &mut Tree, vat: &Vat) {
    if vat.category != VatCategory::OutOfScope {
        tree.leaf("ram:RateApplicablePercent", &vat.rate.percentage());
    }
}

fn date(tree: &mut Tree, name: &str, day: Day) {
    tree.node(name, |tree| {
        tree.leaf_with("udt:DateTimeString", &[("format", "102")], &day.compact());
    });
}

fn amount(amount: Money) -> String {
    decimal(amount.minor, amount.currency.decimals())
}
fn price(price: Price) -> String {
    trimmed(price.scaled, Price::DECIMALS)
}
fn quantity(quantity: Quantity) -> String {
    trimmed(quantity.0, Quantity::DECIMALS)
}
