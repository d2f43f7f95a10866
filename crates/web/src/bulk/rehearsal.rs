//! What a job would do: the first records changed for good measure, each in a transaction that is
//! given up.

use exchange::many::{self, Change};
use kernel::bulk::{BulkDeed, BulkJob};
use kernel::{Actor, Catalog, EntityDef, Faults, FieldDef, Row};
use store::Store;

use super::which::Which;
use crate::show;
use crate::titles::{Titles, title_of, wanted};

/// How many records are rehearsed.
const SAMPLE: usize = 100;

/// What the rehearsal showed.
pub struct Seen {
    /// How many records are meant; more than [`kernel::bulk::MOST`] are too many.
    pub total: usize,
    /// How many of them were rehearsed.
    pub tried: usize,
    pub changes: Vec<Change>,
    /// What each refused record is called, and why.
    pub refusals: Vec<(String, Faults)>,
    /// The fields of which before and after are shown.
    pub fields: Vec<&'static FieldDef>,
    pub titles: Titles,
}

/// Rehearses a job on its first records; `own` are the fields that the company added.
///
/// # Errors
/// `store.*`.
pub fn run(
    store: &Store,
    catalog: &'static Catalog,
    actor: &Actor,
    (def, own): (&'static EntityDef, &[&'static FieldDef]),
    job: &BulkJob,
    which: &Which,
) -> Result<Seen, Faults> {
    let ids = which.ids(store, actor, def)?;
    let mut seen = Seen {
        total: ids.len(),
        tried: ids.len().min(SAMPLE),
        changes: Vec::new(),
        refusals: Vec::new(),
        fields: fields(actor, def, own, job),
        titles: Titles::default(),
    };
    for id in ids.into_iter().take(SAMPLE) {
        match many::rehearse(store, catalog, actor, def, job, id) {
            Ok(Some(change)) => seen.changes.push(change),
            Ok(None) => {}
            Err(faults) if faults.0.iter().any(|fault| fault.code == "store.unavailable") => {
                return Err(faults);
            }
            Err(faults) => {
                let row = store.read(actor, |tx| Ok(tx.row(def, id)?))?;
                let name =
                    row.map_or_else(|| id.to_string(), |row| title_of(def, &row, actor.language));
                seen.refusals.push((name, faults));
            }
        }
    }
    let rows: Vec<&Row> = seen
        .changes
        .iter()
        .flat_map(|change| [Some(&change.before), change.after.as_ref()])
        .flatten()
        .collect();
    let named: Vec<_> = wanted(def, rows).collect();
    let mut titles = Titles::default();
    store.read(actor, |tx| Ok(titles.gather(catalog, tx, actor, named)?))?;
    seen.titles = titles;
    Ok(seen)
}

/// The fields that the job sets, or the states that an act moves.
fn fields(
    actor: &Actor,
    def: &'static EntityDef,
    own: &[&'static FieldDef],
    job: &BulkJob,
) -> Vec<&'static FieldDef> {
    let asked = job.asked().unwrap_or_default();
    let set = |name: &str| {
        let extra = asked.get("extra").and_then(|extra| extra.as_object());
        let name = name.strip_prefix("extra.").unwrap_or(name);
        extra.is_some_and(|extra| extra.contains_key(name))
    };
    let shown = |field: &&FieldDef| match job.deed {
        BulkDeed::Set => asked.contains_key(field.name),
        BulkDeed::Act => show::is_state(field),
        _ => false,
    };
    let seen = def.stored().filter(|field| !show::hidden(actor, def, field)).filter(shown);
    seen.chain(own.iter().copied().filter(|field| set(field.name))).collect()
}
