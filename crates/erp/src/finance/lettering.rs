//! Lettrage: the balanced sets of lines of a party's account share a code.

use std::collections::{BTreeMap, HashSet};

use kernel::{Event, Fault, Faults, Id, Kept, Money, Origin, Tx};
use master::Party;

use crate::finance::chart::RECEIVABLES;
use crate::finance::entry::{JournalEntry, JournalLine, account};
use crate::finance::invoice::Invoice;
use crate::finance::payment::{Allocation, Payment};

/// The code of a rank counted from 1: `AAA`, `AAB`… `ZZZ`, then `AAAA`.
#[must_use]
pub fn code(rank: i64) -> String {
    let (mut rest, mut width, mut room) = (rank.max(1) - 1, 3_usize, 26_i64.pow(3));
    while rest >= room {
        rest -= room;
        width += 1;
        room *= 26;
    }
    let mut letters = vec!['A'; width];
    for letter in letters.iter_mut().rev() {
        *letter = char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0));
        rest /= 26;
    }
    letters.into_iter().collect()
}

/// Letters the set of documents that settle each other with this invoice, if all of it is settled.
/// Runs inside [`Tx::last`], after the entries have their numbers.
pub(crate) fn letter_set_of(tx: &mut Tx<'_>, invoice: Id<Invoice>) -> Result<(), Faults> {
    let invoice = tx.get(invoice)?;
    if !invoice.open.is_zero() {
        return Ok(());
    }
    if let Some(entries) = settled_set(tx, invoice.id)? {
        letter_entries(tx, RECEIVABLES, invoice.party, &entries)?;
    }
    Ok(())
}

/// Letters the lines that these entries have on one account of a party, when they balance.
pub(crate) fn letter_entries(
    tx: &mut Tx<'_>,
    number: &str,
    party: Id<Party>,
    entries: &[Id<JournalEntry>],
) -> Result<(), Faults> {
    let of_party = JournalLine::ENTRY.among(entries) & JournalLine::PARTY.has(&party);
    let mut lines = Vec::new();
    for line in tx.find(of_party)? {
        // The accounts were met when the entries were posted: no query more.
        if tx.get(line.account)?.number == number {
            lines.push(line);
        }
    }
    letter(tx, number, party, lines)
}

/// Gives lines a new code, when they balance and do not share one already.
pub(crate) fn letter(
    tx: &mut Tx<'_>,
    number: &str,
    party: Id<Party>,
    lines: Vec<Kept<JournalLine>>,
) -> Result<(), Faults> {
    let balance = lines.iter().map(|line| line.debit - line.credit);
    let balanced = Money::sum(tx.currency(), balance).is_zero();
    let free = lines.iter().all(|line| line.lettering.is_none());
    if lines.is_empty() || !balanced || !free {
        return Ok(());
    }
    let code = code(tx.number(&format!("lettering:{number}:{party}"))?);
    let today = tx.today();
    for mut line in lines {
        line.lettering = Some(code.clone());
        line.lettered_on = Some(today);
        tx.save(&line)?;
    }
    Ok(())
}

/// Takes the code off the set that the receivable of an entry belongs to, and tells it: the audit
/// keeps each line's code, the event the reason to look there.
pub(crate) fn unletter(tx: &mut Tx<'_>, entry: Id<JournalEntry>) -> Result<(), Faults> {
    let receivables = account(tx, RECEIVABLES)?;
    let own = tx.find(JournalLine::ENTRY.is(&entry) & JournalLine::ACCOUNT.is(&receivables))?;
    for line in own {
        let (Some(code), Some(party)) = (line.lettering.clone(), line.party) else { continue };
        let set = JournalLine::ACCOUNT.is(&receivables)
            & JournalLine::PARTY.has(&party)
            & JournalLine::LETTERING.has(&code);
        for mut member in tx.find(set)? {
            member.lettering = None;
            member.lettered_on = None;
            tx.save(&member)?;
        }
        let about = Origin::of(entry);
        tx.emit(Event::new("lettering.removed", about).with("party", party).with("code", code));
    }
    Ok(())
}

/// The entries of all the documents that settle each other, directly or through others; nothing
/// when one of them is not settled in full.
fn settled_set(
    tx: &mut Tx<'_>,
    start: Id<Invoice>,
) -> Result<Option<Vec<Id<JournalEntry>>>, Fault> {
    let mut met: HashSet<Origin> = HashSet::from([Origin::of(start)]);
    let mut entries = Vec::new();
    let mut wave = vec![Origin::of(start)];
    while !wave.is_empty() {
        for origin in &wave {
            match settled_entry(tx, *origin)? {
                None => return Ok(None),
                Some(entry) => entries.extend(entry),
            }
        }
        let mut next = Vec::new();
        for allocation in touching(tx, &wave)? {
            for origin in [allocation.source, Origin::of(allocation.invoice)] {
                if met.insert(origin) {
                    next.push(origin);
                }
            }
        }
        wave = next;
    }
    Ok(Some(entries))
}

/// The entry of a document that is settled in full: `None` when it is not, `Some(None)` when it
/// has no entry (nothing to pay).
fn settled_entry(
    tx: &mut Tx<'_>,
    origin: Origin,
) -> Result<Option<Option<Id<JournalEntry>>>, Fault> {
    if let Some(id) = origin.as_a::<Invoice>() {
        let invoice = tx.get(id)?;
        return Ok(invoice.open.is_zero().then_some(invoice.entry));
    }
    if let Some(id) = origin.as_a::<Payment>() {
        let payment = tx.get(id)?;
        return Ok(payment.unallocated.is_zero().then_some(payment.entry));
    }
    Ok(Some(origin.as_a::<JournalEntry>()))
}

/// The allocations, not undone, in which one of the documents takes part.
fn touching(tx: &mut Tx<'_>, wave: &[Origin]) -> Result<Vec<Kept<Allocation>>, Fault> {
    let invoices: Vec<Id<Invoice>> = wave.iter().filter_map(Origin::as_a).collect();
    let live = Allocation::UNDONE_AT.empty();
    let mut found: BTreeMap<Id<Allocation>, Kept<Allocation>> = BTreeMap::new();
    let sources = tx.find(Allocation::SOURCE.among(wave) & live.clone())?;
    let targets = if invoices.is_empty() {
        Vec::new()
    } else {
        tx.find(Allocation::INVOICE.among(&invoices) & live)?
    };
    for allocation in sources.into_iter().chain(targets) {
        found.insert(allocation.id, allocation);
    }
    Ok(found.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_run_from_aaa_to_zzz_and_on() {
        let wanted = [(1, "AAA"), (2, "AAB"), (27, "ABA"), (17_576, "ZZZ"), (17_577, "AAAA")];
        for (rank, letters) in wanted {
            assert_eq!(code(rank), letters);
        }
        let codes: std::collections::HashSet<String> = (1..=20_000).map(code).collect();
        assert_eq!(codes.len(), 20_000);
    }
}
