//! The ledger: entries and their lines. [`post`] is the only door to it.

use kernel::{Choice, Day, Entity, Fault, Faults, Id, Instant, Lines, Money, Origin, Rules, Tx};
use master::Party;

use crate::finance::chart::{Account, Journal};
use crate::finance::closing::still_open;
use crate::finance::fiscal_year::{FiscalYear, year_of};

/// A balanced set of lines in a journal. Once posted it never changes; a counter-entry mends it.
///
/// Source: Code de commerce, art. L123-12 and R123-174; PCG, art. 921-3.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Écriture",
    en = "Journal entry",
    frs = "Écritures",
    ens = "Journal entries",
    plural = "journal_entries",
    kept,
    unique = "journal, fiscal_year, number"
)]
pub struct JournalEntry {
    #[field(fr = "Journal", en = "Journal", list)]
    pub journal: Id<Journal>,
    #[field(fr = "Exercice", en = "Fiscal year")]
    pub fiscal_year: Id<FiscalYear>,
    /// Without gaps in its journal and fiscal year; given when the entry is posted.
    #[field(fr = "Numéro", en = "Number", list)]
    pub number: Option<i64>,
    #[field(fr = "Date", en = "Day", list, index)]
    pub day: Day,
    #[field(fr = "Libellé", en = "Label", list, search, title)]
    pub label: String,
    /// The number of the document that proves the entry.
    #[field(fr = "Pièce", en = "Document", list, search, title)]
    pub piece: String,
    #[field(fr = "Date de pièce", en = "Document day")]
    pub piece_day: Day,
    #[field(fr = "Origine", en = "Origin")]
    pub origin: Option<Origin>,
    #[field(fr = "État", en = "State", list)]
    pub state: EntryState,
    #[field(fr = "Validée le", en = "Posted at", index)]
    pub posted_at: Option<Instant>,
    #[field(fr = "Lignes", en = "Lines")]
    pub lines: Lines<JournalLine>,
}

impl Rules for JournalEntry {}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum EntryState {
    #[choice(fr = "Brouillon", en = "Draft")]
    Draft,
    #[choice(fr = "Validée", en = "Posted")]
    Posted,
}

/// One side of an entry, on one account: either a debit or a credit, never negative.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Ligne d’écriture",
    en = "Journal line",
    frs = "Lignes d’écriture",
    ens = "Journal lines",
    kept,
    index = "account, party, lettering"
)]
pub struct JournalLine {
    #[field(fr = "Écriture", en = "Entry", parent)]
    pub entry: Id<JournalEntry>,
    #[field(fr = "Compte", en = "Account", list)]
    pub account: Id<Account>,
    #[field(fr = "Tiers", en = "Party", list)]
    pub party: Option<Id<Party>>,
    /// When it says more than the entry's.
    #[field(fr = "Libellé", en = "Label", list)]
    pub label: Option<String>,
    #[field(fr = "Débit", en = "Debit", list)]
    pub debit: Money,
    #[field(fr = "Crédit", en = "Credit", list)]
    pub credit: Money,
    #[field(fr = "Échéance", en = "Due on")]
    pub due_on: Option<Day>,
    /// The code that a balanced set of lines of one party's account shares.
    #[field(fr = "Lettrage", en = "Lettering", list)]
    pub lettering: Option<String>,
    #[field(fr = "Lettrée le", en = "Lettered on")]
    pub lettered_on: Option<Day>,
}

impl Rules for JournalLine {
    fn check(&self) -> Result<(), Faults> {
        let one_side = (self.debit.minor > 0) != (self.credit.minor > 0);
        let none_negative = self.debit.minor >= 0 && self.credit.minor >= 0;
        if one_side && none_negative {
            return Ok(());
        }
        Err(Fault::new("journal_line.side").on("debit").into())
    }
}

/// A line to post.
#[derive(Debug, Clone, PartialEq)]
pub struct NewLine {
    /// The number of the account.
    pub account: String,
    pub party: Option<Id<Party>>,
    pub label: Option<String>,
    /// A debit when positive, a credit when negative.
    pub amount: Money,
    pub due_on: Option<Day>,
}

impl NewLine {
    #[must_use]
    pub fn debit(account: impl Into<String>, amount: Money) -> Self {
        Self { account: account.into(), party: None, label: None, amount, due_on: None }
    }
    #[must_use]
    pub fn credit(account: impl Into<String>, amount: Money) -> Self {
        Self::debit(account, -amount)
    }
    #[must_use]
    pub fn of_party(mut self, party: Id<Party>) -> Self {
        self.party = Some(party);
        self
    }
    #[must_use]
    pub const fn due(mut self, day: Option<Day>) -> Self {
        self.due_on = day;
        self
    }
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }
}

/// An entry to post.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// The code of the journal.
    pub journal: &'static str,
    pub day: Day,
    pub label: String,
    pub piece: String,
    pub piece_day: Day,
    pub origin: Option<Origin>,
    pub lines: Vec<NewLine>,
}

/// An entry written but not numbered yet, with its lines in the order given (zero amounts left out).
#[derive(Debug)]
pub struct Drafted {
    pub entry: Id<JournalEntry>,
    pub lines: Vec<Id<JournalLine>>,
}

/// Posts an entry: writes it now, numbers it last.
///
/// # Errors
/// `closing.closed`, `period.missing`, `period.locked`, `account.missing`, `journal.missing`.
///
/// # Panics
/// When the entry does not balance: a mistake of ours, never a user's.
pub fn post(tx: &mut Tx<'_>, new: NewEntry) -> Result<Id<JournalEntry>, Faults> {
    let drafted = draft(tx, new)?;
    let id = drafted.entry;
    tx.last(move |tx| seal(tx, id, |_| {}));
    Ok(id)
}

/// The same, in this journal whatever the one that `new` names: a person chose it.
pub(crate) fn post_in(
    tx: &mut Tx<'_>,
    journal: Id<Journal>,
    new: NewEntry,
) -> Result<Id<JournalEntry>, Faults> {
    let id = draft_in(tx, Some(journal), new)?.entry;
    tx.last(move |tx| seal(tx, id, |_| {}));
    Ok(id)
}

/// Writes an entry that the caller seals inside [`Tx::last`].
pub(crate) fn draft(tx: &mut Tx<'_>, new: NewEntry) -> Result<Drafted, Faults> {
    draft_in(tx, None, new)
}

fn draft_in(
    tx: &mut Tx<'_>,
    journal: Option<Id<Journal>>,
    new: NewEntry,
) -> Result<Drafted, Faults> {
    let lines: Vec<&NewLine> = new.lines.iter().filter(|line| !line.amount.is_zero()).collect();
    let zero = Money::zero(tx.currency());
    let sum = Money::sum(tx.currency(), lines.iter().map(|line| line.amount));
    assert!(sum.is_zero() && !lines.is_empty(), "an entry must balance: {:?}", new.lines);

    still_open(tx)?;
    let year = year_of(tx, new.day)?.id;
    let journal = match journal {
        Some(journal) => journal,
        None => {
            let found = tx.first(Journal::CODE.is(&new.journal.to_owned()))?;
            found.ok_or_else(|| Fault::new("journal.missing").with("code", new.journal))?.id
        }
    };
    let accounts = accounts(tx, lines.iter().map(|line| &line.account))?;
    let entry = tx.insert(&JournalEntry {
        journal,
        fiscal_year: year,
        number: None,
        day: new.day,
        label: new.label,
        piece: new.piece,
        piece_day: new.piece_day,
        origin: new.origin,
        state: EntryState::Draft,
        posted_at: None,
        lines: Lines::HERE,
    })?;
    let mut ids = Vec::with_capacity(lines.len());
    for (line, account) in lines.iter().zip(accounts) {
        ids.push(tx.insert(&JournalLine {
            entry,
            account,
            party: line.party,
            label: line.label.clone(),
            debit: line.amount.max(zero),
            credit: (-line.amount).max(zero),
            due_on: line.due_on,
            lettering: None,
            lettered_on: None,
        })?);
    }
    Ok(Drafted { entry, lines: ids })
}

/// Numbers an entry and closes it for good; `name` may first write what was not known before the
/// number of its document was.
pub(crate) fn seal(
    tx: &mut Tx<'_>,
    id: Id<JournalEntry>,
    name: impl FnOnce(&mut JournalEntry),
) -> Result<(), Faults> {
    // The database weighs the lines that it holds when the entry is posted.
    tx.flush()?;
    let mut entry = tx.get(id)?;
    name(&mut entry);
    let series = format!("entry:{}:{}", entry.journal, entry.fiscal_year);
    entry.number = Some(tx.number(&series)?);
    entry.state = EntryState::Posted;
    entry.posted_at = Some(tx.now());
    tx.save(&entry)
}

/// The accounts of these numbers, in order, by one query.
fn accounts<'a>(
    tx: &mut Tx<'_>,
    numbers: impl Iterator<Item = &'a String> + Clone,
) -> Result<Vec<Id<Account>>, Fault> {
    let mut distinct: Vec<&String> = numbers.clone().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let known = tx.find(Account::NUMBER.among(distinct))?;
    numbers
        .map(|number| {
            let found = known.iter().find(|account| account.number == *number);
            found
                .map(|account| account.id)
                .ok_or_else(|| Fault::new("account.missing").with("number", number.as_str()))
        })
        .collect()
}

/// The account of a number.
///
/// # Errors
/// `account.missing`.
pub fn account(tx: &mut Tx<'_>, number: &str) -> Result<Id<Account>, Fault> {
    let found = tx.first(Account::NUMBER.is(&number.to_owned()))?;
    found
        .map(|account| account.id)
        .ok_or_else(|| Fault::new("account.missing").with("number", number))
}
