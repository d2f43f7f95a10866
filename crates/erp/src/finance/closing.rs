//! Closings: each day, month and fiscal year put away for good, with what was sold and received in
//! it and since the first day.
//!
//! What is closed is what was recorded: a document belongs to the day on which it was posted,
//! whatever the other days that it names. Invoices are posted under the day of their posting; a
//! transfer that the bank tells late names its own day and belongs to that on which it was entered.
//! Nothing is posted in a day once it is closed.
//!
//! Source: CGI, art. 286, I, 3° bis; BOI-TVA-DECLA-30-10-30, § 170 to 240 (closings with cumulative
//! and perpetual totals; archives).

mod acts;
mod check;
mod content;
mod make;
mod totals;

use kernel::{Choice, Day, Entity, Fault, Faults, Id, Instant, Lines, Money, Origin, Rules, Tx};

pub(crate) use acts::CLOSE_DAYS;
pub use check::{check_closing, check_closings, first_closed_day};
pub use content::{content_of, documents_of, hash_of_document, link};
pub use make::{close_days, days_to_close, first_day};

use crate::finance::payment::PaymentMethod;

/// A day, a month or a fiscal year, closed: its totals, the chain of its documents, and the closing
/// before it. It never changes.
///
/// Source: BOI-TVA-DECLA-30-10-30, § 170.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Clôture",
    en = "Closing",
    frs = "Clôtures",
    ens = "Closings",
    kept,
    steady,
    unique = "kind, ends_on"
)]
pub struct Closing {
    /// What is closed: `2026-10-03`, `2026-10`, the code of the fiscal year.
    #[field(fr = "Période", en = "Period", list, title)]
    pub code: String,
    #[field(fr = "Nature", en = "Kind", list)]
    pub kind: ClosingKind,
    /// Its place among the closings, without gaps.
    #[field(fr = "Rang", en = "Rank", list, unique)]
    pub rank: i64,
    #[field(fr = "Début", en = "Starts on")]
    pub starts_on: Day,
    #[field(fr = "Fin", en = "Ends on", list, index)]
    pub ends_on: Day,
    #[field(fr = "Faite le", en = "Made at", list)]
    pub made_at: Instant,
    /// How many documents were posted in it.
    #[field(fr = "Pièces", en = "Documents", list)]
    pub documents: i64,
    /// The rank of the last document sealed by its end.
    #[field(fr = "Dernière pièce", en = "Last document")]
    pub last_document: i64,
    /// The link of that document: it stands for all documents up to it.
    #[field(fr = "Chaîne", en = "Chain")]
    pub chain: String,
    /// Invoices and deposits less credit notes and deducted deposits.
    #[field(fr = "Total HT", en = "Net", list)]
    pub net: Money,
    #[field(fr = "TVA", en = "VAT", list)]
    pub tax: Money,
    #[field(fr = "Total TTC", en = "Total", list)]
    pub total: Money,
    /// Since the first day of the fiscal year.
    #[field(fr = "Cumul de l’exercice", en = "Total of the year")]
    pub year_total: Money,
    /// Since the first day of all.
    #[field(fr = "Total perpétuel", en = "Perpetual total", list)]
    pub perpetual_total: Money,
    /// Payments received less those given back and undone.
    #[field(fr = "Encaissé", en = "Received", list)]
    pub received: Money,
    #[field(fr = "Encaissé perpétuel", en = "Perpetual received")]
    pub perpetual_received: Money,
    #[field(fr = "Détail", en = "Details")]
    pub totals: Lines<ClosingTotal>,
    /// How many lines of the audit were under its last signed root when this was made.
    #[field(fr = "Taille du journal d’audit", en = "Size of the audit")]
    pub audit_size: i64,
    /// That root, in base 64.
    #[field(fr = "Racine du journal d’audit", en = "Root of the audit")]
    pub audit_root: Option<String>,
    /// The hash of the closing before it; zeros before the first.
    #[field(fr = "Empreinte précédente", en = "Previous hash")]
    pub previous: String,
    /// SHA-256 of all of the above.
    #[field(fr = "Empreinte", en = "Hash")]
    pub hash: String,
}

impl Rules for Closing {}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum ClosingKind {
    #[choice(fr = "Jour", en = "Day")]
    Day,
    #[choice(fr = "Mois", en = "Month")]
    Month,
    #[choice(fr = "Exercice", en = "Fiscal year")]
    Year,
}

/// One line of the totals of a closing: what it is of, how much, and since the first day.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Total de clôture",
    en = "Closing total",
    frs = "Totaux de clôture",
    ens = "Closing totals",
    kept,
    derived
)]
pub struct ClosingTotal {
    #[field(fr = "Clôture", en = "Closing", parent)]
    pub closing: Id<Closing>,
    #[field(fr = "Objet", en = "Topic", list)]
    pub topic: ClosingTopic,
    /// Which of them: a rate of VAT, a means of payment, a journal; empty for invoices.
    #[field(fr = "Série", en = "Series", list)]
    pub name: String,
    #[field(fr = "Pièces", en = "Documents", list)]
    pub documents: i64,
    #[field(fr = "Premier numéro", en = "First number", list)]
    pub first_number: Option<String>,
    #[field(fr = "Dernier numéro", en = "Last number", list)]
    pub last_number: Option<String>,
    #[field(fr = "HT", en = "Net", list)]
    pub net: Money,
    #[field(fr = "TVA", en = "VAT", list)]
    pub tax: Money,
    #[field(fr = "TTC", en = "Total", list)]
    pub total: Money,
    #[field(fr = "Cumul de l’exercice", en = "Total of the year", list)]
    pub year_total: Money,
    #[field(fr = "Total perpétuel", en = "Perpetual total", list)]
    pub perpetual_total: Money,
}

impl Rules for ClosingTotal {}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Choice)]
pub enum ClosingTopic {
    /// Invoices and deposit invoices.
    #[choice(fr = "Factures", en = "Invoices")]
    Invoices,
    /// Negative.
    #[choice(fr = "Avoirs", en = "Credit notes")]
    CreditNotes,
    /// Deposits that invoices deduct, told once already: negative.
    #[choice(fr = "Acomptes déduits", en = "Deducted deposits")]
    Deductions,
    /// The same invoices and credit notes, by category and rate of VAT.
    #[choice(fr = "TVA", en = "VAT")]
    Vat,
    #[choice(fr = "Règlements", en = "Payments")]
    Payments,
    /// Payments undone by a counter-entry: negative.
    #[choice(fr = "Règlements annulés", en = "Undone payments")]
    Undone,
    /// The debits of a journal.
    #[choice(fr = "Écritures", en = "Journal entries")]
    Entries,
}

/// A document put away by the closing of its day: its hash, and its link to all before it.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Pièce scellée",
    en = "Sealed document",
    frs = "Pièces scellées",
    ens = "Sealed documents",
    kept,
    derived,
    index = "closing, rank"
)]
pub struct SealedDocument {
    /// Its place in the chain, without gaps.
    #[field(fr = "Rang", en = "Rank", list, unique)]
    pub rank: i64,
    #[field(fr = "Clôture", en = "Closing", list)]
    pub closing: Id<Closing>,
    #[field(fr = "Pièce", en = "Document", list, unique)]
    pub about: Origin,
    #[field(fr = "Numéro", en = "Number", list, title)]
    pub number: String,
    /// SHA-256 of what of the document never changes, as the archive writes it.
    #[field(fr = "Empreinte", en = "Hash")]
    pub hash: String,
    /// SHA-256 of the link before it and of its hash.
    #[field(fr = "Chaînon", en = "Link")]
    pub link: String,
}

impl Rules for SealedDocument {}

/// What the first hash and the first link follow.
pub const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Refuses to post in a day that is closed.
///
/// # Errors
/// `closing.closed`.
pub(crate) fn still_open(tx: &mut Tx<'_>) -> Result<(), Fault> {
    let today = tx.today();
    match tx.first(Closing::ENDS_ON.at_least(&today))? {
        None => Ok(()),
        Some(_) => Err(Fault::new("closing.closed").with("day", today)),
    }
}

/// Cash is counted on its day: it never joins a day that is closed. What a bank tells late keeps
/// its own day, and is recorded today.
///
/// # Errors
/// `closing.cash`, on the day.
pub(crate) fn cash_day(tx: &mut Tx<'_>, method: PaymentMethod, day: Day) -> Result<(), Faults> {
    if method != PaymentMethod::Cash || tx.first(Closing::ENDS_ON.at_least(&day))?.is_none() {
        return Ok(());
    }
    Err(Fault::new("closing.cash").on("day").with("day", day).into())
}
