//! An invoice, a deposit invoice or a credit note: all that its document says.
//!
//! The law: CGI annex II, art. 242 nonies A, I; Code de commerce, L. 441-9 and L. 441-10. The terms
//! `BT-…` are those of EN 16931, the rules `BR-FR-…` those of the French e-invoicing reform.

use kernel::{Currency, Day, Language, Money, Price, Quantity, Rate, Text};

use crate::party::{BankAccount, Letterhead, Party};

/// What kind of document it is (BT-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoiceKind {
    /// Also the final invoice that deducts deposits.
    Invoice,
    Deposit,
    /// Amounts stay positive: the kind tells the sign.
    CreditNote,
}

impl InvoiceKind {
    /// The code of UNTDID 1001.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            InvoiceKind::Invoice => "380",
            InvoiceKind::Deposit => "386",
            InvoiceKind::CreditNote => "381",
        }
    }
}

/// What is sold: the "category of operation" of decree 2022-1299.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    Goods,
    Services,
    Mixed,
}

/// Who buys: decides how the French reform treats the invoice (note `BAR`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// A business established in France: invoiced through the platforms.
    Business,
    /// A business established abroad: reported.
    BusinessAbroad,
    /// A private person: reported.
    Consumer,
}

/// The VAT category of EN 16931 (BT-118, BT-151).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VatCategory {
    Standard,
    ZeroRated,
    Exempt,
    ReverseCharge,
    IntraCommunity,
    Export,
    OutOfScope,
}

impl VatCategory {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            VatCategory::Standard => "S",
            VatCategory::ZeroRated => "Z",
            VatCategory::Exempt => "E",
            VatCategory::ReverseCharge => "AE",
            VatCategory::IntraCommunity => "K",
            VatCategory::Export => "G",
            VatCategory::OutOfScope => "O",
        }
    }
}

/// Why no VAT is charged: the VATEX code (BT-121) and the words of the law (BT-120).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    pub code: String,
    pub text: String,
}

/// How a line is taxed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vat {
    pub category: VatCategory,
    /// Zero unless the category is [`VatCategory::Standard`].
    pub rate: Rate,
    pub exemption: Option<Exemption>,
}

impl Vat {
    #[must_use]
    pub fn standard(rate: Rate) -> Self {
        Self { category: VatCategory::Standard, rate, exemption: None }
    }
    fn exempt(category: VatCategory, code: &str, text: &str) -> Self {
        let exemption = Exemption { code: code.to_owned(), text: text.to_owned() };
        Self { category, rate: Rate::ZERO, exemption: Some(exemption) }
    }
    /// Goods delivered to a business of another member state (CGI, art. 262 ter, I).
    #[must_use]
    pub fn intra_community() -> Self {
        let text = "Exonération de TVA, article 262 ter, I du CGI";
        Self::exempt(VatCategory::IntraCommunity, "VATEX-EU-IC", text)
    }
    /// Goods that leave the European Union (CGI, art. 262, I).
    #[must_use]
    pub fn export() -> Self {
        Self::exempt(VatCategory::Export, "VATEX-EU-G", "Exonération de TVA, article 262, I du CGI")
    }
    /// The customer owes the tax.
    #[must_use]
    pub fn reverse_charge() -> Self {
        Self::exempt(VatCategory::ReverseCharge, "VATEX-EU-AE", "Autoliquidation")
    }
    /// The small business that charges no VAT (CGI, art. 293 B).
    #[must_use]
    pub fn franchise() -> Self {
        let text = "TVA non applicable, article 293 B du CGI";
        Self::exempt(VatCategory::Exempt, "VATEX-FR-FRANCHISE", text)
    }
}

/// One line. `net` is what [`Price::amount`] gives for the quantity, the price and the discount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    pub sku: Option<String>,
    pub name: String,
    /// A second, smaller line: the delivery note, a serial number.
    pub detail: Option<String>,
    pub quantity: Quantity,
    /// A code of UN/ECE recommendation 20 or 21: `C62` (one), `HUR`, `KGM`.
    pub unit: String,
    /// Before discount, without VAT, never negative.
    pub unit_price: Price,
    pub discount: Rate,
    /// Without VAT, after discount.
    pub net: Money,
    pub vat: Vat,
}

/// The tax of one category and rate: `tax` is `base × rate`, rounded on the sum (BR-CO-17).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatTotal {
    pub vat: Vat,
    pub base: Money,
    pub tax: Money,
}

/// Another invoice that this one names: the one credited, the deposit deducted (BG-3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub number: String,
    pub day: Day,
}

/// An amount already paid that the invoice deducts, VAT included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepayment {
    /// The deposit invoice, or nothing for a payment at the counter.
    pub invoice: Option<Reference>,
    pub paid_on: Day,
    pub amount: Money,
}

/// The sums of the invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Sum of the lines, without VAT (BT-106, BT-109).
    pub net: Money,
    pub tax: Money,
    pub gross: Money,
    /// Sum of the prepayments (BT-113).
    pub prepaid: Money,
    pub due: Money,
}

impl Totals {
    /// The sums that lines, taxes and prepayments give.
    #[must_use]
    pub fn of(
        currency: Currency,
        lines: &[InvoiceLine],
        taxes: &[VatTotal],
        paid: &[Prepayment],
    ) -> Self {
        let net = Money::sum(currency, lines.iter().map(|line| line.net));
        let tax = Money::sum(currency, taxes.iter().map(|total| total.tax));
        let prepaid = Money::sum(currency, paid.iter().map(|payment| payment.amount));
        let gross = net + tax;
        Self { net, tax, gross, prepaid, due: gross - prepaid }
    }
}

/// The taxes of lines, one per category and rate, highest rate first.
#[must_use]
pub fn vat_totals(currency: Currency, lines: &[InvoiceLine]) -> Vec<VatTotal> {
    let mut totals: Vec<VatTotal> = Vec::new();
    for line in lines {
        let same = |total: &&mut VatTotal| {
            total.vat.category == line.vat.category && total.vat.rate == line.vat.rate
        };
        match totals.iter_mut().find(same) {
            Some(total) => total.base += line.net,
            None => totals.push(VatTotal {
                vat: line.vat.clone(),
                base: line.net,
                tax: Money::zero(currency),
            }),
        }
    }
    for total in &mut totals {
        total.tax = total.base.share(total.vat.rate);
    }
    totals.sort_by_key(|total| (std::cmp::Reverse(total.vat.rate), total.vat.category));
    totals
}

/// How the buyer pays (BT-81, a code of UNTDID 4461).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentMeans {
    Transfer,
    DirectDebit,
    Card,
    Cheque,
    Cash,
}

impl PaymentMeans {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            PaymentMeans::Transfer => "30",
            PaymentMeans::DirectDebit => "59",
            PaymentMeans::Card => "48",
            PaymentMeans::Cheque => "20",
            PaymentMeans::Cash => "10",
        }
    }
}

/// The mentions on payment that L. 441-10 and D. 441-5 of the Code de commerce ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentions {
    /// Discount for early payment, or its absence (note `AAB`).
    pub discount: String,
    /// Rate of the late penalties (note `PMD`).
    pub penalties: String,
    /// The 40 € of recovery costs (note `PMT`).
    pub recovery: String,
}

impl Mentions {
    /// What the law says when the parties agreed on nothing else. Without a yearly `rate` of
    /// penalties, that of article L. 441-10.
    #[must_use]
    pub fn usual(language: Language, rate: Option<Rate>) -> Self {
        let rate = match rate {
            Some(rate) => AT_RATE.say(language).replace("{rate}", &language.rate(rate)),
            None => AT_BANK_RATE.say(language).to_owned(),
        };
        Self {
            discount: NO_DISCOUNT.say(language).to_owned(),
            penalties: PENALTIES.say(language).replace("{at}", &rate),
            recovery: RECOVERY.say(language).to_owned(),
        }
    }
}

const NO_DISCOUNT: Text = Text::new(
    "Escompte pour paiement anticipé : néant.",
    "No discount is granted for early payment.",
);
const AT_RATE: Text = Text::new("au taux annuel de {rate}", "at a yearly rate of {rate}");
const AT_BANK_RATE: Text = Text::new(
    "au taux de refinancement de la Banque centrale européenne majoré de 10 points",
    "at the refinancing rate of the European Central Bank plus 10 points",
);
const PENALTIES: Text = Text::new(
    "Tout retard de paiement entraîne de plein droit une pénalité {at}, exigible sans rappel le \
     jour suivant l’échéance (article L. 441-10 du Code de commerce).",
    "Late payment entails, without reminder and from the day after the due date, a penalty {at} \
     (article L. 441-10 of the French commercial code).",
);
const RECOVERY: Text = Text::new(
    "Indemnité forfaitaire de 40 € pour frais de recouvrement en cas de retard de paiement \
     (article D. 441-5 du Code de commerce).",
    "Late payment also entails a flat compensation of €40 for recovery costs (article D. 441-5 of \
     the French commercial code).",
);

/// All that the document of an invoice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoicePaper {
    pub kind: InvoiceKind,
    /// At most 35 letters, digits and `+ - _ /` (BR-FR-01, BR-FR-02).
    pub number: String,
    pub issued: Day,
    /// Absent for a credit note that is not to be paid.
    pub due: Option<Day>,
    /// The day of the delivery or of the end of the service.
    pub delivered: Option<Day>,
    pub currency: Currency,
    pub operation: Operation,
    pub audience: Audience,
    pub seller: Party,
    pub letterhead: Letterhead,
    pub buyer: Party,
    /// Where the goods went, when it is not the buyer's address. Its name may be empty.
    pub delivered_to: Option<Party>,
    /// Our order, with its day: printed, and BT-14 in the XML.
    pub order: Option<Reference>,
    /// Our delivery notes: printed, the first is BT-16 in the XML.
    pub delivery_notes: Vec<String>,
    /// The buyer's purchase-order number (BT-13).
    pub purchase_order: Option<String>,
    /// What the buyer asked to read on the invoice (BT-10).
    pub buyer_reference: Option<String>,
    /// The invoices that a credit note corrects.
    pub preceding: Vec<Reference>,
    pub lines: Vec<InvoiceLine>,
    pub vat: Vec<VatTotal>,
    pub totals: Totals,
    /// The VAT in euros, when the invoice is in another currency (BT-111, CGI art. 289).
    pub tax_in_euro: Option<Money>,
    /// The seller opted to owe VAT on services when invoiced, not when paid.
    pub vat_on_debits: bool,
    pub prepayments: Vec<Prepayment>,
    pub means: PaymentMeans,
    /// Payment terms in words (BT-20).
    pub terms: String,
    pub account: Option<BankAccount>,
    pub mentions: Mentions,
    /// Free notes: retention of title, thanks.
    pub notes: Vec<String>,
}

impl InvoicePaper {
    /// Nothing is left to pay because all was paid before the invoice was made, deposits aside.
    #[must_use]
    pub fn already_paid(&self) -> bool {
        self.kind == InvoiceKind::Invoice
            && !self.after_deposits()
            && self.totals.due.is_zero()
            && !self.totals.prepaid.is_zero()
    }

    /// The invoice deducts deposits that were invoiced.
    #[must_use]
    pub fn after_deposits(&self) -> bool {
        self.kind == InvoiceKind::Invoice
            && self.prepayments.iter().any(|payment| payment.invoice.is_some())
    }

    /// The French business process (BT-23): `B1`, `S4`… (BR-FR-08).
    #[must_use]
    pub fn process(&self) -> String {
        let letter = match self.operation {
            Operation::Goods => 'B',
            Operation::Services => 'S',
            Operation::Mixed => 'M',
        };
        let digit = if self.after_deposits() {
            4
        } else if self.already_paid() {
            2
        } else {
            1
        };
        format!("{letter}{digit}")
    }
}
