//! All that the page of an invoice shows, read on one snapshot.

use erp::finance::{
    self, Allocation, Invoice, InvoiceDeduction, InvoiceLine, InvoiceState, JournalEntry, Payment,
};
use kernel::work::not_found;
use kernel::{Day, Entity, Faults, Id, Instant, Kept, Language, Money, Origin, Row, Tx};
use master::{Party, Tax};
use paper::invoice::InvoicePaper;
use processes::invoice_document;

use crate::door::Ask;
use crate::own_fields::OwnFields;
use crate::pages::ledgers::entry::Booked;
use crate::titles::Titles;

pub struct Seen {
    pub own: OwnFields,
    pub row: Row,
    pub invoice: Kept<Invoice>,
    pub party: Kept<Party>,
    /// What the document of a posted invoice says, and in which language.
    pub paper: Option<(InvoicePaper, Language)>,
    pub lines: Vec<(Kept<InvoiceLine>, Option<Kept<Tax>>)>,
    pub deposits: Vec<(Kept<InvoiceDeduction>, Kept<Invoice>)>,
    pub paid: Vec<Paid>,
    /// The credit notes that mend it.
    pub notes: Vec<Kept<Invoice>>,
    pub preceding: Option<Kept<Invoice>>,
    pub entries: Vec<Booked>,
    pub titles: Titles,
    pub today: Day,
}

/// A part of the invoice that something settles: a payment, a credit note, a few cents written off.
pub struct Paid {
    pub source: Origin,
    pub title: String,
    /// The day of the money.
    pub day: Day,
    pub at: Instant,
    pub amount: Money,
    pub undone: Option<Instant>,
}

impl Seen {
    pub fn title(&self, language: Language) -> String {
        self.invoice.number.clone().unwrap_or_else(|| match language {
            Language::French => "Facture en brouillon".to_owned(),
            Language::English => "Draft invoice".to_owned(),
        })
    }
    /// How many days it is late; zero when it is not.
    pub fn days_late(&self) -> i64 {
        let open = self.invoice.state == InvoiceState::Posted && self.invoice.open.minor > 0;
        let late = self.invoice.due_on.map_or(0, |due| i64::from(self.today - due));
        if open { late.max(0) } else { 0 }
    }
    /// `dans 12 j`, `retard 18 j`; nothing when nothing is to be paid.
    pub fn due_note(&self, language: Language) -> String {
        let open = !self.invoice.open.is_zero();
        let left = self.invoice.due_on.filter(|_| open).map(|due| due - self.today);
        match (left, language) {
            (None, _) => String::new(),
            (Some(0), Language::French) => "aujourd’hui".to_owned(),
            (Some(0), Language::English) => "today".to_owned(),
            (Some(days @ 1..), Language::French) => format!("dans {days} j"),
            (Some(days @ 1..), Language::English) => format!("in {days} d"),
            (Some(days), Language::French) => format!("retard {} j", -days),
            (Some(days), Language::English) => format!("{} d late", -days),
        }
    }
}

pub fn see(tx: &mut Tx<'_>, ask: &Ask, id: Id<Invoice>) -> Result<Seen, Faults> {
    let row = tx.row(Invoice::DEF, id.raw())?.ok_or_else(|| not_found(Invoice::DEF, id.raw()))?;
    let invoice = tx.get(id)?;
    let party = tx.get(invoice.party)?;
    // A document that cannot be written is told where it is asked for, not here.
    let paper = match invoice.state {
        InvoiceState::Posted => invoice_document::invoice_paper(tx, id).ok(),
        InvoiceState::Draft => None,
    };
    let mut lines = Vec::new();
    for line in finance::invoice_lines(tx, id)? {
        let tax = line.tax.map(|tax| tx.get(tax)).transpose()?;
        lines.push((line, tax));
    }
    let mut deposits = Vec::new();
    for deduction in finance::deductions_of(tx, id)? {
        let deposit = tx.get(deduction.deposit)?;
        deposits.push((deduction, deposit));
    }
    let notes = tx.find(Invoice::PRECEDING.has(&id))?;
    let preceding = invoice.preceding.map(|id| tx.get(id)).transpose()?;
    let paid = if ask.actor.can("allocation.read") { paid(tx, &invoice)? } else { Vec::new() };
    let entries = if ask.actor.can("journal_entry.read") {
        Booked::of(tx, Origin::of(id))?
    } else {
        Vec::new()
    };
    let mut named: Vec<_> = entries.iter().flat_map(Booked::named).collect();
    named.extend(invoice.origin.map(|origin| (origin.entity, origin.id)));
    let mut titles = Titles::default();
    titles.gather(ask.state.catalog, tx, &ask.actor, named)?;
    let today = tx.today();
    let own = OwnFields::of(tx, Invoice::DEF, id.raw())?;
    Ok(Seen {
        own,
        row,
        invoice,
        party,
        paper,
        lines,
        deposits,
        paid,
        notes,
        preceding,
        entries,
        titles,
        today,
    })
}

/// What settles an invoice, or what a credit note settles; what was undone stays in sight.
fn paid(tx: &mut Tx<'_>, invoice: &Kept<Invoice>) -> Result<Vec<Paid>, Faults> {
    let mut found = tx.find(Allocation::INVOICE.is(&invoice.id))?;
    found.extend(tx.find(Allocation::SOURCE.is(&Origin::of(invoice.id)))?);
    let mut paid = Vec::new();
    for allocation in found {
        let as_source = allocation.source == Origin::of(invoice.id);
        let source = if as_source { Origin::of(allocation.invoice) } else { allocation.source };
        let (title, day) = if let Some(id) = source.as_a::<Payment>() {
            let payment = tx.get(id)?;
            (payment.number.clone().unwrap_or_default(), payment.day)
        } else if let Some(id) = source.as_a::<Invoice>() {
            let other = tx.get(id)?;
            let day = other.issued_on.unwrap_or(allocation.at.day());
            (other.number.clone().unwrap_or_default(), day)
        } else if let Some(id) = source.as_a::<JournalEntry>() {
            let entry = tx.get(id)?;
            (entry.label.clone(), entry.day)
        } else {
            continue;
        };
        let (at, amount, undone) = (allocation.at, allocation.amount, allocation.undone_at);
        paid.push(Paid { source, title, day, at, amount, undone });
    }
    paid.sort_by_key(|paid| paid.at);
    Ok(paid)
}
