//! A job taken back: what each of its transactions left in the audit, the last one first.

use kernel::bulk::{BulkDeed, BulkJob, BulkPart, BulkRefusal};
use kernel::{Entity, Faults, Kept, Origin, RawId, Tx, undo};
use store::Done;

use super::slice::{Item, Slice};

/// How many lines of the job's history are read at a time.
const LINES: u32 = 20;

/// Takes back the next transactions of the former job; tells whether there were none.
pub(super) fn step(slice: &Slice, job: &Kept<BulkJob>) -> Result<bool, Faults> {
    let Some(former) = job.takes_back else { return Ok(true) };
    let deed = slice.store.read(&slice.actor, |tx| Ok(tx.get(former)?.deed))?;
    let company = slice.actor.company;
    let lines = slice.store.audit_before(company, Origin::of(former), job.place, LINES)?;
    let (mut place, mut within) = (job.place, job.within);
    for line in &lines {
        // Only a transaction that changed records moved this count.
        if line.changes.get("done").is_some() && line.verb == "updated" {
            let done = slice.store.command_lines(company, line.seq)?;
            let items = slice.store.read(&slice.actor, |tx| items(slice, tx, deed, &done))?;
            let behind = usize::try_from(within).unwrap_or(usize::MAX).min(items.len());
            (place, within) = slice.run((place, within), &items[behind..])?;
        }
        slice.go((place, within), (line.seq, 0))?;
        (place, within) = (line.seq, 0);
    }
    Ok(lines.is_empty())
}

/// What one transaction did, record by record, the last one first.
fn items(
    slice: &Slice,
    tx: &mut Tx<'_>,
    deed: BulkDeed,
    done: &[Done],
) -> Result<Vec<Item>, Faults> {
    let own = [BulkJob::DEF.name, BulkPart::DEF.name, BulkRefusal::DEF.name];
    let deeds = done.iter().filter(|done| !own.contains(&done.about.entity)).filter_map(
        |Done { about, line }| undo::Deed::told(*about, &line.verb, line.at, &line.changes),
    );
    let deeds: Vec<undo::Deed> = deeds.collect();
    let first = |deeds: &[undo::Deed]| {
        let own = deeds.iter().find(|deed| deed.about.entity == slice.def.name);
        own.or(deeds.first()).map(|deed| deed.about.id)
    };
    if deed == BulkDeed::Act {
        // An act stands alone in its transaction: all that it did goes together.
        return Ok(first(&deeds).map(|id| Item::Past(id, deeds)).into_iter().collect());
    }
    let mut groups: Vec<(RawId, Vec<undo::Deed>)> = Vec::new();
    for deed in deeds {
        let top = match deed.about.entity == slice.def.name {
            true => Some(deed.about.id),
            false => belongs(slice, tx, &deed, &groups)?,
        };
        // What followed elsewhere is derived again from what is put back.
        let Some(top) = top else { continue };
        match groups.iter_mut().find(|(id, _)| *id == top) {
            Some((_, group)) => group.push(deed),
            None => groups.push((top, vec![deed])),
        }
    }
    groups.reverse();
    Ok(groups.into_iter().map(|(id, deeds)| Item::Past(id, deeds)).collect())
}

/// The record of the job that a deed is part of: its line, or what was written about its making.
fn belongs(
    slice: &Slice,
    tx: &mut Tx<'_>,
    deed: &undo::Deed,
    groups: &[(RawId, Vec<undo::Deed>)],
) -> Result<Option<RawId>, Faults> {
    if let Some((holder, id)) = deed.holder(slice.catalog, tx)? {
        return Ok((holder == slice.def.name).then_some(id));
    }
    let named = |id: &RawId| {
        let id = id.to_string();
        deed.changes.values().any(|pair| {
            pair.as_array().is_some_and(|pair| pair.iter().any(|one| one.as_str() == Some(&id)))
        })
    };
    Ok(groups.iter().map(|(id, _)| *id).find(named))
}
