//! How the invoice is paid, taxed and summed.

use super::tree::Tree;
use super::{amount, date, vat_rate};
use crate::invoice::{InvoicePaper, Operation, PaymentMeans, Reference, VatTotal};

pub fn settlement(tree: &mut Tree, paper: &InvoicePaper) {
    tree.node("ram:ApplicableHeaderTradeSettlement", |tree| {
        tree.leaf("ram:PaymentReference", &paper.number);
        if paper.tax_in_euro.is_some() {
            tree.leaf("ram:TaxCurrencyCode", "EUR");
        }
        tree.leaf("ram:InvoiceCurrencyCode", paper.currency.code());
        payment_means(tree, paper);
        for total in &paper.vat {
            tax(tree, paper, total);
        }
        terms(tree, paper);
        totals(tree, paper);
        let deposits = paper.prepayments.iter().filter_map(|payment| payment.invoice.as_ref());
        for invoice in paper.preceding.iter().chain(deposits) {
            preceding(tree, invoice);
        }
    });
}

fn payment_means(tree: &mut Tree, paper: &InvoicePaper) {
    let account = paper.account.as_ref().filter(|_| paper.means == PaymentMeans::Transfer);
    // A transfer without an account to send it to is not announced (BR-61).
    if paper.means == PaymentMeans::Transfer && account.is_none() {
        return;
    }
    tree.node("ram:SpecifiedTradeSettlementPaymentMeans", |tree| {
        tree.leaf("ram:TypeCode", paper.means.code());
        let Some(account) = account else { return };
        tree.node("ram:PayeePartyCreditorFinancialAccount", |tree| {
            let iban: String = account.iban.chars().filter(|c| !c.is_whitespace()).collect();
            tree.leaf("ram:IBANID", &iban);
            tree.leaf_opt("ram:AccountName", account.holder.as_ref());
        });
        if let Some(bic) = &account.bic {
            tree.node("ram:PayeeSpecifiedCreditorFinancialInstitution", |tree| {
                tree.leaf("ram:BICID", bic);
            });
        }
    });
}

fn tax(tree: &mut Tree, paper: &InvoicePaper, total: &VatTotal) {
    tree.node("ram:ApplicableTradeTax", |tree| {
        tree.leaf("ram:CalculatedAmount", &amount(total.tax));
        tree.leaf("ram:TypeCode", "VAT");
        let exemption = total.vat.exemption.as_ref();
        tree.leaf("ram:ExemptionReason", exemption.map_or("", |reason| &reason.text));
        tree.leaf("ram:BasisAmount", &amount(total.base));
        tree.leaf("ram:CategoryCode", total.vat.category.code());
        tree.leaf("ram:ExemptionReasonCode", exemption.map_or("", |reason| &reason.code));
        tree.leaf("ram:DueDateTypeCode", due_date_type(paper));
        vat_rate(tree, &total.vat);
    });
}

/// When the tax is due (BT-8): 5 on the invoice, 72 on payment; for goods the law says it alone.
fn due_date_type(paper: &InvoicePaper) -> &'static str {
    match (paper.vat_on_debits, paper.operation) {
        (true, _) => "5",
        (false, Operation::Services) => "72",
        (false, Operation::Goods | Operation::Mixed) => "",
    }
}

fn terms(tree: &mut Tree, paper: &InvoicePaper) {
    let due = if paper.already_paid() {
        // What is already paid was due the day it was paid (BR-FR-CO-09).
        paper.prepayments.iter().map(|payment| payment.paid_on).max()
    } else {
        paper.due
    };
    if paper.terms.trim().is_empty() && due.is_none() {
        return;
    }
    tree.node("ram:SpecifiedTradePaymentTerms", |tree| {
        tree.leaf("ram:Description", &paper.terms);
        if let Some(day) = due {
            date(tree, "ram:DueDateDateTime", day);
        }
    });
}

fn totals(tree: &mut Tree, paper: &InvoicePaper) {
    let totals = &paper.totals;
    tree.node("ram:SpecifiedTradeSettlementHeaderMonetarySummation", |tree| {
        tree.leaf("ram:LineTotalAmount", &amount(totals.net));
        tree.leaf("ram:TaxBasisTotalAmount", &amount(totals.net));
        let currency = [("currencyID", paper.currency.code())];
        tree.leaf_with("ram:TaxTotalAmount", &currency, &amount(totals.tax));
        if let Some(tax) = paper.tax_in_euro {
            tree.leaf_with("ram:TaxTotalAmount", &[("currencyID", "EUR")], &amount(tax));
        }
        tree.leaf("ram:GrandTotalAmount", &amount(totals.gross));
        if !totals.prepaid.is_zero() {
            tree.leaf("ram:TotalPrepaidAmount", &amount(totals.prepaid));
        }
        tree.leaf("ram:DuePayableAmount", &amount(totals.due));
    });
}

fn preceding(tree: &mut Tree, invoice: &Reference) {
    tree.node("ram:InvoiceReferencedDocument", |tree| {
        tree.leaf("ram:IssuerAssignedID", &invoice.number);
        tree.node("ram:FormattedIssueDateTime", |tree| {
            tree.leaf_with("qdt:DateTimeString", &[("format", "102")], &invoice.day.compact());
        });
    });
}
