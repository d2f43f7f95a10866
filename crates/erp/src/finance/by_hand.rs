//! Entries that a person writes: of regularisation, of payroll, of loans. They are posted at once;
//! what was wrong is mended by the entry that reverses it.

use kernel::{Actor, Day, Event, Fault, Faults, Id, Money, Origin, Tx};
use master::Party;

use crate::finance::chart::{self, Account, Journal};
use crate::finance::entry::{JournalEntry, JournalLine, NewEntry, NewLine, post_in};

/// An entry as a person types it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandEntry {
    pub day: Day,
    pub label: String,
    /// The number of the document that proves it; the journal and the day when there is none.
    pub piece: Option<String>,
    pub lines: Vec<HandLine>,
}

/// One line of it: a debit or a credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandLine {
    /// The number of the account.
    pub account: String,
    pub party: Option<Id<Party>>,
    pub debit: Money,
    pub credit: Money,
    pub label: Option<String>,
}

impl HandLine {
    /// A debit when positive.
    #[must_use]
    pub fn amount(&self) -> Money {
        self.debit - self.credit
    }
}

/// The accounts that invoices and payments keep: an entry by hand would part them from what
/// customers owe.
pub(crate) const KEPT: &[&str] = &[chart::RECEIVABLES, chart::DEPOSITS_RECEIVED];

/// What is wrong with the lines: all of it at once, each fault on its line. Their sides alone; the
/// accounts are read by [`write_entry`].
#[must_use]
pub fn faults_of(lines: &[HandLine]) -> Faults {
    let mut faults = Faults::default();
    for (rank, line) in lines.iter().enumerate() {
        let one_side = line.debit.is_zero() != line.credit.is_zero();
        faults.ensure(one_side && line.debit.minor >= 0 && line.credit.minor >= 0, || {
            Fault::new("journal_line.side").on("debit").within(&format!("lines.{rank}"))
        });
    }
    let mut sides = lines.iter().map(|line| (line.debit, line.credit));
    let Some(first) = sides.next() else {
        faults.0.push(Fault::new("entry.empty").on("lines"));
        return faults;
    };
    let (debit, credit) = sides.fold(first, |sum, side| (sum.0 + side.0, sum.1 + side.1));
    faults.ensure(debit == credit, || {
        let gap = (debit - credit).abs();
        let fault = Fault::new("entry.unbalanced").on("lines").with("gap", gap);
        fault.with("debit", debit).with("credit", credit)
    });
    faults
}

/// Posts an entry written by hand in a journal.
///
/// # Errors
/// `entry.empty`, `entry.unbalanced`, `entry.kept_account`, `journal_line.side`, `account.missing`,
/// `field.required`, `period.*`: all that is wrong with the lines at once.
pub fn write_entry(
    tx: &mut Tx<'_>,
    actor: &Actor,
    journal: Id<Journal>,
    new: HandEntry,
) -> Result<Id<JournalEntry>, Faults> {
    write_for(tx, actor, journal, new, None)
}

/// The same, for what the entry was made from.
pub(crate) fn write_for(
    tx: &mut Tx<'_>,
    _: &Actor,
    journal: Id<Journal>,
    new: HandEntry,
    origin: Option<Origin>,
) -> Result<Id<JournalEntry>, Faults> {
    let journal = tx.get(journal)?;
    let mut faults = faults_of(&new.lines);
    let label = new.label.trim().to_owned();
    faults.ensure(!label.is_empty(), || Fault::new("field.required").on("label"));
    for (rank, line) in new.lines.iter().enumerate() {
        let known = tx.first(Account::NUMBER.is(&line.account))?.is_some();
        let code = if !known {
            "account.missing"
        } else if KEPT.contains(&line.account.as_str()) {
            "entry.kept_account"
        } else {
            continue;
        };
        let fault = Fault::new(code).on("account").with("number", line.account.as_str());
        faults.0.push(fault.within(&format!("lines.{rank}")));
    }
    faults.into_result()?;
    let piece = new.piece.filter(|piece| !piece.trim().is_empty());
    let piece = piece.unwrap_or_else(|| format!("{}-{}", journal.code, new.day.compact()));
    let lines = new.lines.into_iter().map(|line| {
        let amount = line.amount();
        let mut written = NewLine::debit(line.account, amount);
        written.party = line.party;
        written.label = line.label.filter(|label| !label.trim().is_empty());
        written
    });
    let entry = NewEntry {
        journal: chart::MISCELLANEOUS,
        day: new.day,
        label,
        piece,
        piece_day: new.day,
        origin,
        lines: lines.collect(),
    };
    let id = post_in(tx, journal.id, entry)?;
    tx.emit(Event::new("journal_entry.written", Origin::of(id)));
    Ok(id)
}

/// Whether an entry was written by hand: it was made from nothing else.
#[must_use]
pub const fn is_by_hand(entry: &JournalEntry) -> bool {
    entry.origin.is_none()
}

/// The entry that reverses another, when there is one.
///
/// # Errors
/// `store.*`.
pub fn reversal_of(
    tx: &mut Tx<'_>,
    entry: Id<JournalEntry>,
) -> Result<Option<Id<JournalEntry>>, Fault> {
    let reversal = tx.first(JournalEntry::ORIGIN.has(&Origin::of(entry)))?;
    Ok(reversal.map(|entry| entry.id))
}

/// Posts the entry that reverses one written by hand, in its journal: debits for credits.
///
/// # Errors
/// `entry.not_by_hand` for the entry of a document, which is mended there; `entry.reversed` the
/// second time; `period.*`.
pub fn reverse_entry(
    tx: &mut Tx<'_>,
    _: &Actor,
    id: Id<JournalEntry>,
    day: Day,
) -> Result<Id<JournalEntry>, Faults> {
    let entry = tx.lock(id)?;
    if !is_by_hand(&entry) {
        return Err(Fault::new("entry.not_by_hand").into());
    }
    if reversal_of(tx, id)?.is_some() {
        return Err(Fault::new("entry.reversed").into());
    }
    post_reversal(tx, id, day)
}

/// Posts the entry that takes another back, whatever it was made from.
pub(crate) fn post_reversal(
    tx: &mut Tx<'_>,
    id: Id<JournalEntry>,
    day: Day,
) -> Result<Id<JournalEntry>, Faults> {
    let entry = tx.get(id)?;
    let mut lines = Vec::new();
    for line in tx.find(JournalLine::ENTRY.is(&id))? {
        let number = tx.get(line.account)?.number.clone();
        let mut back = NewLine::debit(number, line.credit - line.debit);
        back.party = line.party;
        back.label.clone_from(&line.label);
        lines.push(back);
    }
    let reversal = NewEntry {
        journal: chart::MISCELLANEOUS,
        day,
        label: entry.label.clone(),
        piece: entry.piece.clone(),
        piece_day: entry.piece_day,
        origin: Some(Origin::of(id)),
        lines,
    };
    let reversal = post_in(tx, entry.journal, reversal)?;
    tx.emit(Event::new("journal_entry.reversed", Origin::of(id)).with("by", reversal));
    Ok(reversal)
}
