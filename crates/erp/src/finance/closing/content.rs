//! The documents of a day, and what of each never changes, as text: what their hashes cover.
//!
//! The text is written from the description of the record, so that a new field cannot be left out;
//! only the fields named here, which tell how the document fares afterwards, are.

use std::collections::HashMap;

use kernel::{
    Condition, Day, Entity, EntityDef, Fault, Id, Instant, Kept, Money, Origin, Query, RawId,
    Record, Tx, Value,
};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use super::{Closing, ClosingTotal, SealedDocument};
use crate::finance::chart::Journal;
use crate::finance::entry::{EntryState, JournalEntry, JournalLine};
use crate::finance::invoice::{Invoice, InvoiceDeduction, InvoiceLine, InvoiceState};
use crate::finance::payment::Payment;

/// What follows the fate of a document after it was posted.
const LIVING: &[(&str, &[&str])] = &[
    ("invoice", &["open", "dunning_level", "dunned_on", "sent_at", "sent_to"]),
    ("payment", &["unallocated", "undone_at", "counter_entry"]),
    ("journal_line", &["lettering", "lettered_on"]),
];

/// A posted document, with what the totals ask of it.
pub(super) enum Posted {
    Invoice { invoice: Box<Kept<Invoice>>, deductions: Vec<Kept<InvoiceDeduction>> },
    Payment(Box<Kept<Payment>>),
    Entry { journal: String, debit: Money },
}

pub(super) struct Document {
    pub about: Origin,
    pub number: String,
    pub hash: String,
    pub content: Json,
    pub posted: Posted,
}

/// What was recorded on a day.
pub(super) struct Recorded {
    /// Invoices, payments and entries, each by number.
    pub documents: Vec<Document>,
    /// The payments of any day that were undone on this one.
    pub undone: Vec<Kept<Payment>>,
}

/// SHA-256 of a text, in hexadecimal.
pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of a document: that of its content, as compact JSON.
#[must_use]
pub fn hash_of_document(content: &Json) -> String {
    digest(&content.to_string())
}

/// The link of a document to those before it: the hash of both texts, one behind the other.
#[must_use]
pub fn link(before: &str, hash: &str) -> String {
    digest(&format!("{before}{hash}"))
}

/// The lasting fields of a record; empty ones are left out.
pub(super) fn lasting(
    def: &EntityDef,
    id: Option<RawId>,
    record: Record,
    without: &[&str],
) -> Map<String, Json> {
    let living = LIVING.iter().find(|(entity, _)| *entity == def.name).map_or(&[][..], |it| it.1);
    let mut out = Map::new();
    out.extend(id.map(|id| ("id".to_owned(), Json::String(id.to_string()))));
    for (field, value) in def.fields.iter().zip(record) {
        let told = !living.contains(&field.name) && !without.contains(&field.name);
        if told && value != Value::Null {
            out.insert(field.name.to_owned(), kernel::json::of_value(&value));
        }
    }
    out
}

fn kept<E: Entity>(kept: &Kept<E>) -> Map<String, Json> {
    lasting(E::DEF, Some(kept.id.raw()), kept.to_record(), &[])
}

fn parts<E: Entity>(lines: &[Kept<E>]) -> Json {
    lines.iter().map(|line| Json::Object(kept(line))).collect()
}

fn document<E: Entity>(
    record: &Kept<E>,
    number: String,
    lines: Vec<(&str, Json)>,
    posted: Posted,
) -> Document {
    let mut content = Map::new();
    content.insert("document".to_owned(), E::NAME.into());
    content.append(&mut kept(record));
    content.extend(lines.into_iter().map(|(name, lines)| (name.to_owned(), lines)));
    let content = Json::Object(content);
    let about = Origin::of(record.id);
    Document { about, number, hash: hash_of_document(&content), content, posted }
}

/// The records of `E` that point at these, by what they point at.
fn by_holder<E: Entity, H: Entity>(
    tx: &mut Tx<'_>,
    field: &'static str,
    holders: impl Iterator<Item = Id<H>>,
    holder: impl Fn(&E) -> Id<H>,
) -> Result<HashMap<Id<H>, Vec<Kept<E>>>, Fault> {
    let ids: Vec<Value> = holders.map(Value::from).collect();
    let mut out: HashMap<Id<H>, Vec<Kept<E>>> = HashMap::new();
    // Few enough for one statement of either database.
    for some in ids.chunks(500) {
        let query = Query::all(E::DEF).only(Condition::Among(field, some.to_vec()));
        for line in tx.select::<E>(query)? {
            out.entry(holder(&line)).or_default().push(line);
        }
    }
    Ok(out)
}

fn invoices(tx: &mut Tx<'_>, invoices: Vec<Kept<Invoice>>) -> Result<Vec<Document>, Fault> {
    let ids = || invoices.iter().map(|invoice| invoice.id);
    let mut lines = by_holder(tx, "invoice", ids(), |line: &InvoiceLine| line.invoice)?;
    let mut less = by_holder(tx, "invoice", ids(), |line: &InvoiceDeduction| line.invoice)?;
    let made = invoices.iter().map(|invoice| {
        let number = invoice.number.clone().unwrap_or_default();
        let own = lines.remove(&invoice.id).unwrap_or_default();
        let deductions = less.remove(&invoice.id).unwrap_or_default();
        let told = vec![("lines", parts(&own)), ("deductions", parts(&deductions))];
        let posted = Posted::Invoice { invoice: Box::new(invoice.clone()), deductions };
        document(invoice, number, told, posted)
    });
    Ok(made.collect())
}

fn payment(payment: Kept<Payment>) -> Document {
    let number = payment.number.clone().unwrap_or_default();
    let posted = Posted::Payment(Box::new(payment.clone()));
    document(&payment, number, Vec::new(), posted)
}

fn entries(tx: &mut Tx<'_>, entries: &[Kept<JournalEntry>]) -> Result<Vec<Document>, Fault> {
    let ids = entries.iter().map(|entry| entry.id);
    let mut lines = by_holder(tx, "entry", ids, |line: &JournalLine| line.entry)?;
    let mut out = Vec::with_capacity(entries.len());
    for entry in entries {
        let journal = tx.get::<Journal>(entry.journal)?.code.clone();
        let own = lines.remove(&entry.id).unwrap_or_default();
        let debit = Money::sum(tx.currency(), own.iter().map(|line| line.debit));
        let number = format!("{journal}-{}", entry.number.unwrap_or_default());
        let told = vec![("lines", parts(&own))];
        out.push(document(entry, number, told, Posted::Entry { journal, debit }));
    }
    Ok(out)
}

/// The entries posted on a day of French time.
fn posted_on(tx: &mut Tx<'_>, day: Day) -> Result<Vec<Kept<JournalEntry>>, Fault> {
    let noon = Instant::noon(day).0;
    // Midnight in France is at most two hours before that of Greenwich.
    let (from, to) = (Instant(noon - Instant::DAY), Instant(noon + Instant::DAY));
    let around =
        JournalEntry::POSTED_AT.at_least(&Some(from)) & JournalEntry::POSTED_AT.at_most(&Some(to));
    let mut found = tx.find(around & JournalEntry::STATE.is(&EntryState::Posted))?;
    found.retain(|entry| entry.posted_at.is_some_and(|at| at.day() == day));
    Ok(found)
}

/// All that was recorded on a day.
pub(super) fn recorded(tx: &mut Tx<'_>, day: Day) -> Result<Recorded, Fault> {
    let posted = Invoice::ISSUED_ON.has(&day) & Invoice::STATE.is(&InvoiceState::Posted);
    let found = tx.find(posted)?;
    let mut documents = invoices(tx, found)?;
    let booked = posted_on(tx, day)?;
    let (mut received, mut undone) = (Vec::new(), Vec::new());
    for entry in &booked {
        let Some(id) = entry.origin.and_then(|origin| origin.as_a::<Payment>()) else { continue };
        let paid = tx.get(id)?;
        if paid.entry == Some(entry.id) {
            received.push(payment(paid));
        } else if paid.counter_entry == Some(entry.id) {
            undone.push(paid);
        }
    }
    let by_number = |documents: &mut Vec<Document>| {
        documents.sort_by(|one, other| order(&one.number).cmp(&order(&other.number)));
    };
    let mut booked = entries(tx, &booked)?;
    for some in [&mut documents, &mut received, &mut booked] {
        by_number(some);
    }
    documents.append(&mut received);
    documents.append(&mut booked);
    Ok(Recorded { documents, undone })
}

/// Numbers in their order: what stands before the last hyphen, then the rank behind it.
fn order(number: &str) -> (&str, i64) {
    let (series, rank) = number.rsplit_once('-').unwrap_or((number, ""));
    (series, rank.parse().unwrap_or(0))
}

/// The documents that a closing of a day sealed, each with what it holds now: nothing when it is
/// gone, or no longer posted on that day.
pub(super) fn sealed_in(
    tx: &mut Tx<'_>,
    closing: Id<Closing>,
    recorded: Vec<Document>,
) -> Result<(Vec<(Kept<SealedDocument>, Option<Document>)>, Vec<Document>), Fault> {
    let mut now: HashMap<Origin, Document> =
        recorded.into_iter().map(|document| (document.about, document)).collect();
    let query =
        Query::all(SealedDocument::DEF).only(SealedDocument::CLOSING.is(&closing).condition);
    let sealed = tx.select::<SealedDocument>(query.sorted("rank", kernel::Direction::Up))?;
    let mut out = Vec::with_capacity(sealed.len());
    for document in sealed {
        let held = now.remove(&document.about);
        out.push((document, held));
    }
    Ok((out, now.into_values().collect()))
}

/// The documents that a closing of a day sealed, each with its content as it is now, in JSON; `null`
/// for one that is gone.
///
/// # Errors
/// `store.*`.
pub fn documents_of(
    tx: &mut Tx<'_>,
    closing: &Kept<Closing>,
) -> Result<Vec<(Kept<SealedDocument>, Json)>, Fault> {
    let recorded = recorded(tx, closing.ends_on)?.documents;
    let (sealed, _) = sealed_in(tx, closing.id, recorded)?;
    let content = |held: Option<Document>| held.map_or(Json::Null, |held| held.content);
    Ok(sealed.into_iter().map(|(document, held)| (document, content(held))).collect())
}

/// What of a closing its hash covers, with its totals.
pub(super) fn of_closing<'a>(
    id: Id<Closing>,
    closing: &Closing,
    totals: impl Iterator<Item = &'a ClosingTotal>,
) -> Json {
    let mut content = lasting(Closing::DEF, Some(id.raw()), closing.to_record(), &["hash"]);
    let told = totals.map(|total| {
        Json::Object(lasting(ClosingTotal::DEF, None, total.to_record(), &["closing"]))
    });
    content.insert("totals".to_owned(), told.collect());
    Json::Object(content)
}

/// What of a closing its hash covers, its totals with it: as the archive writes it.
///
/// # Errors
/// `store.*`.
pub fn content_of(tx: &mut Tx<'_>, closing: &Kept<Closing>) -> Result<Json, Fault> {
    let totals = super::make::totals_of(tx, closing.id)?;
    Ok(of_closing(closing.id, closing, totals.values()))
}
