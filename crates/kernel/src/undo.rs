//! One command taken back: every line that it left in the audit is reversed, as long as each record
//! still has the values that the command left, and through the rules that hold for any edit.

mod deed;

use serde_json::{Map, Value as Json};

use crate::backend::{Row, Verb};
use crate::custom::Shape;
use crate::edit::{fits, line_def, lines_of, settle};
use crate::work::not_found;
use crate::{
    ActionDef, Actor, Catalog, EntityDef, Fault, Faults, Instant, Kind, Origin, RawId, Record, Tx,
    Value,
};

pub use deed::Deed;
use deed::{Change, Read};

/// The names that acts of reversal have: what is posted or confirmed has a lawful way back, and
/// this is it.
const REVERSALS: &[&str] = &["credit", "undo", "cancel", "revise", "revoke"];

/// The acts by which a record that can no longer be undone is reversed lawfully, as it stands now.
pub fn ways_back<'a>(
    catalog: &'a Catalog,
    def: &'a EntityDef,
    row: &'a Row,
) -> impl Iterator<Item = &'static ActionDef> + 'a {
    let reverses = |act: &&ActionDef| REVERSALS.contains(&act.name) && (act.offered)(&row.values);
    catalog.actions_on(def.name).filter(reverses)
}

/// Takes back what a command did. Gives the records it put back, those made by it left out.
///
/// # Errors
/// `undo.nothing`; `undo.kept` for what only processes write; `undo.moved`, with both values, for
/// what has changed since; `undo.gone`; `undo.veiled`; `forbidden`; the reason why a record may not
/// be edited any more; the rules of the entities.
pub fn undo(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    deeds: &[Deed],
) -> Result<Vec<Origin>, Faults> {
    let read = read(catalog, tx, deeds)?;
    let mut work = Work { catalog, actor, read: &read, tops: Vec::new(), hold: true };
    work.judge(tx)?;
    work.reverse(tx)?;
    for (def, id) in &work.tops {
        if tx.row(def, *id)?.is_some() {
            settle(catalog, tx, actor, def, *id)?;
        }
    }
    Ok(work.tops.iter().map(|(def, id)| Origin { entity: def.name, id: *id }).collect())
}

/// Whether a command could be taken back now, as far as reading tells.
///
/// # Errors
/// Those of [`undo`].
pub fn possible(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    deeds: &[Deed],
) -> Result<(), Faults> {
    let read = read(catalog, tx, deeds)?;
    Work { catalog, actor, read: &read, tops: Vec::new(), hold: false }.judge(tx)
}

fn read(catalog: &Catalog, tx: &Tx<'_>, deeds: &[Deed]) -> Result<Vec<Read>, Faults> {
    if deeds.is_empty() {
        return Err(Fault::new("undo.nothing").into());
    }
    let mut faults = Faults::default();
    let mut read = Vec::with_capacity(deeds.len());
    for deed in deeds {
        read.extend(faults.gather(Read::of(catalog, tx, deed)));
    }
    faults.into_result()?;
    Ok(read)
}

struct Work<'a> {
    catalog: &'a Catalog,
    actor: &'a Actor,
    read: &'a [Read],
    /// The records that are edited: those of the command, and those whose lines it changed.
    tops: Vec<(&'static EntityDef, RawId)>,
    /// Whether the records are held for writing.
    hold: bool,
}

impl Work<'_> {
    fn deed(&self, def: &EntityDef, id: RawId) -> Option<&Read> {
        self.read.iter().find(|read| read.def.name == def.name && read.id == id)
    }

    fn row(
        &self,
        tx: &mut Tx<'_>,
        def: &'static EntityDef,
        id: RawId,
    ) -> Result<Option<Row>, Fault> {
        if self.hold { tx.lock_row(def, id) } else { tx.row(def, id) }
    }

    /// Whether a person filled something in. An act did not: what it moved must not have moved on.
    fn by_hand(&self) -> bool {
        self.read.iter().any(Read::by_hand)
    }

    // ——— whether it may be ———

    fn judge(&mut self, tx: &mut Tx<'_>) -> Result<(), Faults> {
        let mut faults = Faults::default();
        for read in self.read {
            faults.gather(self.judge_one(tx, read));
        }
        faults.into_result()?;
        let mut faults = Faults::default();
        for (def, id) in self.tops.clone() {
            faults.gather(self.judge_top(tx, def, id));
        }
        faults.into_result()
    }

    /// Rights, and whether the record still is as the command left it. Notes the record edited.
    fn judge_one(&mut self, tx: &mut Tx<'_>, read: &Read) -> Result<(), Faults> {
        if self.born_with_another(read) {
            return Ok(());
        }
        let top = match read.def.parent() {
            Some((_, holder)) => {
                let holder = self.catalog.entity(holder).ok_or_else(|| gone(read.def))?;
                (holder, read.holder(tx)?)
            }
            None => (read.def, read.id),
        };
        if top.0.kept || read.def.kept {
            return Err(Fault::new("undo.kept").with("entity", read.def.name).into());
        }
        let act = match read.verb {
            _ if top.1 != read.id => "update",
            Verb::Created => "delete",
            Verb::Updated => "update",
            Verb::Deleted => "create",
        };
        self.actor.may(&format!("{}.read", top.0.name))?;
        self.actor.may(&format!("{}.{act}", top.0.name))?;
        if !self.tops.iter().any(|(def, id)| def.name == top.0.name && *id == top.1) {
            self.tops.push(top);
        }
        let row = self.row(tx, read.def, read.id)?;
        match (read.verb, row) {
            (Verb::Deleted, None) => read.unveiled(),
            (Verb::Deleted, Some(_)) => Err(Fault::new("undo.done").into()),
            (_, None) => Err(gone(read.def).into()),
            (Verb::Created, Some(row)) => read.unmoved(&row, self.by_hand()),
            (Verb::Updated, Some(row)) => {
                let mut faults = Faults::default();
                faults.gather(read.unveiled());
                faults.gather(read.unmoved(&row, self.by_hand()));
                faults.into_result()
            }
        }
    }

    /// Written by a process about a record that this command made or moved on (a step of an
    /// opportunity): it goes with what it tells of.
    fn born_with_another(&self, read: &Read) -> bool {
        let touched = |id: RawId| {
            let mut others = self.read.iter().filter(|other| other.id == id);
            others.any(|other| !other.def.kept && other.verb != Verb::Deleted)
        };
        let refers = |change: &Change| matches!(change.is, Value::Ref(id) if touched(id));
        read.def.kept && read.verb == Verb::Created && read.changes.iter().any(refers)
    }

    /// Whether the record may be edited, as it is and as it was.
    fn judge_top(&self, tx: &mut Tx<'_>, def: &'static EntityDef, id: RawId) -> Result<(), Faults> {
        let deed = self.deed(def, id);
        if deed.is_some_and(|read| read.verb == Verb::Deleted) {
            return deed.map_or(Ok(()), |read| (def.editable)(&read.whole()));
        }
        let row = self.row(tx, def, id)?.ok_or_else(|| not_found(def, id))?;
        (def.editable)(&row.values)?;
        match deed {
            Some(read) if read.verb == Verb::Created => self.judge_lines(tx, def, id),
            Some(read) => (def.editable)(&read.restored(&row).0),
            None => Ok(()),
        }
    }

    /// A record that goes takes its lines along: none may have come since.
    fn judge_lines(
        &self,
        tx: &mut Tx<'_>,
        def: &'static EntityDef,
        id: RawId,
    ) -> Result<(), Faults> {
        let mut faults = Faults::default();
        for field in def.fields.iter().filter(|field| matches!(field.kind, Kind::Lines(_))) {
            let lines = line_def(self.catalog, field);
            for line in lines_of(tx, lines, id)? {
                faults.ensure(self.deed(lines, line.id).is_some(), || {
                    let title = lines.title(&line.values);
                    Fault::new("undo.added").on(field.name).with("line", title)
                });
            }
        }
        faults.into_result()
    }

    // ——— doing it ———

    fn reverse(&self, tx: &mut Tx<'_>) -> Result<(), Faults> {
        let mut faults = Faults::default();
        for read in self.read.iter().filter(|read| read.verb == Verb::Deleted) {
            faults.gather(tx.insert_row(read.def, read.id, read.whole(), read.extra.0.clone()));
        }
        for read in self.read.iter().filter(|read| read.verb == Verb::Updated) {
            let Some(row) = tx.row(read.def, read.id)? else { continue };
            let (values, extra) = read.restored(&row);
            if faults.gather(tx.save_values(read.def, read.id, values)).is_some() {
                tx.save_extra(read.def, read.id, extra)?;
            }
        }
        for read in self.read.iter().filter(|read| read.verb == Verb::Created) {
            tx.delete_row(read.def, read.id)?;
        }
        for read in self.read.iter().filter(|read| read.verb != Verb::Created) {
            let Some(row) = tx.row(read.def, read.id)? else { continue };
            faults.gather(fits(self.catalog, tx, read.def, &row.values));
            if read.extra.0 != read.extra.1 {
                let shape = Shape::of(tx, read.def)?;
                faults.gather(shape.merge(row.extra.as_deref(), &Map::new()));
            }
        }
        faults.into_result()
    }
}

fn gone(def: &EntityDef) -> Fault {
    Fault::new("undo.gone").with("entity", def.name)
}

/// The members of a JSON document that a company added to a record.
fn members(document: Option<&str>) -> Map<String, Json> {
    document.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
