//! Customer invoices, deposit invoices and credit notes.

use kernel::{
    Choice, Day, Entity, Fault, Faults, Id, Instant, Lines, LongText, Money, Origin, Price,
    Quantity, Rate, Rules,
};
use master::{Party, PaymentTerm, Product, Tax};

use crate::finance::entry::{JournalEntry, JournalLine};

/// What is asked of a customer, or given back. Posted, it never changes: a credit note mends it.
///
/// Source: CGI, ann. II, art. 242 nonies A; Code de commerce, art. L441-9.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Facture",
    en = "Invoice",
    frs = "Factures",
    ens = "Invoices",
    index = "party, state, issued_on",
    index = "party, state, open",
    index = "party, kind",
    index = "state, due_on"
)]
pub struct Invoice {
    /// Given at posting, without gaps in its series: `FA-2026-1031`, `AV-2026-0012`.
    #[field(fr = "Numéro", en = "Number", list, search, unique, title, system)]
    pub number: Option<String>,
    #[field(fr = "Nature", en = "Kind", list, system)]
    pub kind: InvoiceKind,
    #[field(fr = "Client", en = "Customer", list)]
    pub party: Id<Party>,
    /// What it was made from: an order.
    #[field(fr = "Origine", en = "Origin", index, system)]
    pub origin: Option<Origin>,
    #[field(fr = "État", en = "State", list, system)]
    pub state: InvoiceState,
    #[field(fr = "Émise le", en = "Issued on", list, index, system)]
    pub issued_on: Option<Day>,
    /// From the payment term, at posting. A credit note has none.
    #[field(fr = "Échéance", en = "Due on", list, system)]
    pub due_on: Option<Day>,
    /// The day of the delivery or of the end of the service.
    #[field(fr = "Livrée le", en = "Delivered on")]
    pub delivered_on: Option<Day>,
    #[field(fr = "Commande", en = "Order number", search)]
    pub order_number: Option<String>,
    #[field(fr = "Date de commande", en = "Order day")]
    pub order_day: Option<Day>,
    /// The customer's purchase order (BT-13).
    #[field(fr = "Bon de commande du client", en = "Purchase order", search)]
    pub purchase_order: Option<String>,
    /// What the customer asked to read on the invoice (BT-10).
    #[field(fr = "Référence du client", en = "Buyer reference")]
    pub buyer_reference: Option<String>,
    #[field(fr = "Bon de livraison", en = "Delivery note")]
    pub delivery_note: Option<String>,
    #[field(fr = "Livré à", en = "Delivered to")]
    pub delivery_name: Option<String>,
    #[field(fr = "Rue de livraison", en = "Delivery street")]
    pub delivery_street: Option<String>,
    #[field(fr = "Code postal de livraison", en = "Delivery postcode")]
    pub delivery_postcode: Option<String>,
    #[field(fr = "Ville de livraison", en = "Delivery city")]
    pub delivery_city: Option<String>,
    #[field(fr = "Pays de livraison", en = "Delivery country")]
    pub delivery_country: Option<String>,
    #[field(fr = "Conditions de paiement", en = "Payment term")]
    pub payment_term: Option<Id<PaymentTerm>>,
    /// The invoice that this credit note mends.
    #[field(fr = "Facture d’origine", en = "Credited invoice", index, system)]
    pub preceding: Option<Id<Invoice>>,
    #[field(fr = "Motif", en = "Reason")]
    pub reason: Option<String>,
    #[field(fr = "Lignes", en = "Lines")]
    pub lines: Lines<InvoiceLine>,
    #[field(fr = "Acomptes déduits", en = "Deducted deposits")]
    pub deductions: Lines<InvoiceDeduction>,
    #[field(fr = "Total HT", en = "Net", list, system)]
    pub net: Money,
    #[field(fr = "TVA", en = "VAT", system)]
    pub tax_amount: Money,
    #[field(fr = "Total TTC", en = "Total", list, system)]
    pub total: Money,
    /// Deposits deducted, VAT included.
    #[field(fr = "Acomptes", en = "Prepaid", system)]
    pub prepaid: Money,
    /// To pay when the invoice is issued; to give back, for a credit note.
    #[field(fr = "Net à payer", en = "Due", system)]
    pub due: Money,
    /// What is left to pay, or to give back.
    #[field(fr = "Reste dû", en = "Open", list, system)]
    pub open: Money,
    /// VAT of this invoice that becomes due as it is paid; zero when due at once.
    #[field(fr = "TVA sur encaissement", en = "VAT on payment", system)]
    pub tax_on_payment: Money,
    #[field(fr = "Niveau de relance", en = "Dunning level", system)]
    pub dunning_level: i64,
    #[field(fr = "Relancée le", en = "Dunned on", system)]
    pub dunned_on: Option<Day>,
    #[field(fr = "Écriture", en = "Journal entry", system)]
    pub entry: Option<Id<JournalEntry>>,
    /// Seller, buyer and taxes as they were at posting, in JSON.
    #[field(fr = "Parties à l’émission", en = "Parties at issue", system)]
    pub snapshot: Option<LongText>,
    #[field(fr = "Envoyée le", en = "Sent at", system)]
    pub sent_at: Option<Instant>,
    #[field(fr = "Envoyée à", en = "Sent to", system)]
    pub sent_to: Option<String>,
}

impl Rules for Invoice {
    fn editable(&self) -> Result<(), Faults> {
        match self.state {
            InvoiceState::Draft => Ok(()),
            InvoiceState::Posted => Err(self.posted_fault().into()),
        }
    }
}

impl Invoice {
    pub(crate) fn posted_fault(&self) -> Fault {
        Fault::new("invoice.posted").with("number", self.number.as_deref().unwrap_or("—"))
    }
    pub(crate) fn is_credit(&self) -> bool {
        self.kind == InvoiceKind::CreditNote
    }
    /// What was paid, or given back, since the issue.
    #[must_use]
    pub fn settled(&self) -> Money {
        self.due - self.open
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum InvoiceKind {
    #[choice(fr = "Facture", en = "Invoice")]
    Invoice,
    #[choice(fr = "Acompte", en = "Deposit")]
    Deposit,
    /// Its amounts are positive: the kind tells the sign.
    #[choice(fr = "Avoir", en = "Credit note")]
    CreditNote,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum InvoiceState {
    #[choice(fr = "Brouillon", en = "Draft")]
    Draft,
    #[choice(fr = "Validée", en = "Posted")]
    Posted,
}

/// What is sold, and how it is taxed.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Ligne de facture",
    en = "Invoice line",
    frs = "Lignes de facture",
    ens = "Invoice lines"
)]
pub struct InvoiceLine {
    #[field(fr = "Facture", en = "Invoice", parent)]
    pub invoice: Id<Invoice>,
    #[field(fr = "Rang", en = "Rank", system)]
    pub rank: i64,
    #[field(fr = "Article", en = "Product", list)]
    pub product: Option<Id<Product>>,
    #[field(fr = "Référence", en = "SKU", system)]
    pub sku: Option<String>,
    #[field(fr = "Désignation", en = "Description", list)]
    pub description: String,
    #[field(fr = "Quantité", en = "Quantity", list)]
    pub quantity: Quantity,
    /// A code of UN/ECE recommendation 20 or 21: `C62` (one), `HUR`.
    #[field(fr = "Unité", en = "Unit")]
    pub unit: Option<String>,
    #[field(fr = "Prix unitaire HT", en = "Unit price", list)]
    pub unit_price: Price,
    #[field(fr = "Remise", en = "Discount", list)]
    pub discount: Option<Rate>,
    /// From the customer and the product when it is left empty.
    #[field(fr = "TVA", en = "VAT", list)]
    pub tax: Option<Id<Tax>>,
    #[field(fr = "Montant HT", en = "Net", list, system)]
    pub net: Money,
    /// The line it was made from: an order line.
    #[field(fr = "Origine", en = "Origin", system)]
    pub origin: Option<Origin>,
    /// The number of the account; from the product and the tax when it is left empty.
    #[field(fr = "Compte", en = "Account")]
    pub account: Option<String>,
    /// On a credit note, the line that it mends.
    #[field(fr = "Ligne créditée", en = "Credited line", index, system)]
    pub credits: Option<Id<InvoiceLine>>,
    /// Whether its VAT becomes due as the invoice is paid (CGI, art. 269, 2, c).
    #[field(fr = "TVA sur encaissement", en = "VAT on payment", system)]
    pub tax_on_payment: bool,
}

impl Rules for InvoiceLine {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.unit_price.scaled >= 0, || {
            // BR-27: a rebate is a negative quantity or a discount.
            Fault::new("invoice_line.price").on("unit_price")
        });
        faults.ensure(!self.quantity.is_zero(), || {
            Fault::new("invoice_line.quantity").on("quantity")
        });
        let discount = self.discount.unwrap_or(Rate::ZERO);
        faults.ensure((Rate::ZERO..=Rate::percent(100)).contains(&discount), || {
            Fault::new("invoice_line.discount").on("discount").with("given", discount)
        });
        faults.into_result()
    }
}

/// A deposit that a final invoice deducts, in whole or in part.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Acompte déduit",
    en = "Deducted deposit",
    frs = "Acomptes déduits",
    ens = "Deducted deposits"
)]
pub struct InvoiceDeduction {
    #[field(fr = "Facture", en = "Invoice", parent)]
    pub invoice: Id<Invoice>,
    #[field(fr = "Acompte", en = "Deposit invoice", list, index)]
    pub deposit: Id<Invoice>,
    /// VAT included.
    #[field(fr = "Montant TTC", en = "Amount", list)]
    pub amount: Money,
    #[field(fr = "Dont TVA", en = "Of which VAT", list, system)]
    pub tax_amount: Money,
    /// The line of account 4191 that it gave.
    #[field(fr = "Ligne d’écriture", en = "Journal line", system)]
    pub line: Option<Id<JournalLine>>,
}

impl Rules for InvoiceDeduction {
    fn check(&self) -> Result<(), Faults> {
        if self.amount.minor > 0 {
            return Ok(());
        }
        Err(Fault::new("amount.positive").on("amount").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_price_that_is_not_negative_and_a_discount_of_at_most_the_whole() {
        let raw = kernel::RawId([7; 16]);
        let mut line = InvoiceLine {
            invoice: Id::from_raw(raw),
            rank: 1,
            product: None,
            sku: None,
            description: "Nappe".into(),
            quantity: Quantity::units(1),
            unit: None,
            unit_price: Price::new(-1, kernel::Currency::EUR),
            discount: Some(Rate::percent(101)),
            tax: None,
            net: Money::eur(0),
            origin: None,
            account: None,
            credits: None,
            tax_on_payment: false,
        };
        assert_eq!(
            line.check().unwrap_err().codes(),
            ["invoice_line.price", "invoice_line.discount"]
        );
        line.unit_price = Price::new(580_000, kernel::Currency::EUR);
        line.discount = None;
        assert!(line.check().is_ok());
    }
}
