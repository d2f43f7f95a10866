//! Some records of a job: changed in one transaction as long as none is refused, in smaller ones
//! around those that are.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kernel::bulk::{BulkDeed, BulkJob, BulkRefusal, BulkState, Deed};
use kernel::{Actor, Catalog, EntityDef, Fault, Faults, Id, Kept, Origin, RawId, Tx, undo};
use serde_json::Value as Json;
use store::{Call, Store};

/// No record was at work when the transaction failed.
const NOBODY: usize = usize::MAX;

/// What is done in one go with one record.
#[derive(Debug, Clone)]
pub(super) enum Item {
    Record(RawId),
    /// What an earlier job did to the record, to be taken back.
    Past(RawId, Vec<undo::Deed>),
}

impl Item {
    const fn record(&self) -> RawId {
        match self {
            Self::Record(id) | Self::Past(id, _) => *id,
        }
    }
}

/// How far a job is: [`BulkJob::place`] and [`BulkJob::within`].
pub(super) type Place = (i64, i64);

/// How a transaction went.
enum Tried {
    Done,
    /// Which record was refused, when it can be told.
    Refused(Option<usize>, Faults),
}

/// A job under way and who asked for it.
pub(super) struct Slice {
    pub store: Store,
    pub actor: Actor,
    pub catalog: &'static Catalog,
    pub def: &'static EntityDef,
    id: Id<BulkJob>,
    job: BulkJob,
}

impl Slice {
    pub(super) fn new(
        store: &Store,
        actor: &Actor,
        def: &'static EntityDef,
        job: &Kept<BulkJob>,
    ) -> Self {
        let (store, actor) = (store.clone(), actor.clone());
        let catalog = store.catalog();
        Self { store, actor, catalog, def, id: job.id, job: BulkJob::clone(job) }
    }

    /// Changes these records, the first of which stands at `place`.
    ///
    /// # Errors
    /// `store.*` when the database does not answer; `bulk.elsewhere` when another server was
    /// quicker. What is done is done; the rest comes later.
    pub(super) fn run(&self, mut place: Place, items: &[Item]) -> Result<Place, Faults> {
        let (mut rest, mut at_once) = (items, self.job.at_once());
        while let Some(first) = rest.first() {
            let (tried, _) = rest.split_at(at_once.clamp(1, rest.len()));
            match self.attempt(place, tried)? {
                Tried::Done => {
                    place = self.moved(place, tried.len());
                    rest = &rest[tried.len()..];
                    at_once = (tried.len() * 2).min(self.job.at_once());
                }
                Tried::Refused(Some(0), faults) => {
                    place = self.refuse(place, first, &faults)?;
                    rest = &rest[1..];
                    at_once = self.job.at_once();
                }
                // Those before the refused one first.
                Tried::Refused(Some(rank), _) => at_once = rank,
                Tried::Refused(None, faults) if tried.len() == 1 => {
                    place = self.refuse(place, first, &faults)?;
                    rest = &rest[1..];
                    at_once = 1;
                }
                Tried::Refused(None, _) => at_once = tried.len() / 2,
            }
        }
        Ok(place)
    }

    fn moved(&self, (place, within): Place, count: usize) -> Place {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        match self.job.deed {
            BulkDeed::TakeBack => (place, within + count),
            _ => (place + count, within),
        }
    }

    fn attempt(&self, place: Place, items: &[Item]) -> Result<Tried, Faults> {
        let at = Arc::new(AtomicUsize::new(NOBODY));
        let (catalog, def, actor, id) = (self.catalog, self.def, self.actor.clone(), self.id);
        let (job, items, noted) = (self.job.clone(), items.to_vec(), at.clone());
        let next = self.moved(place, items.len());
        let tried = self.store.command(Call::new(actor.clone()), move |tx| {
            noted.store(NOBODY, Ordering::Relaxed);
            let mut kept = here(tx, id, place)?;
            let deed = match job.deed {
                BulkDeed::TakeBack => None,
                _ => Some(Deed::of(catalog, tx, def, &job)?),
            };
            for (rank, item) in items.iter().enumerate() {
                noted.store(rank, Ordering::Relaxed);
                match (item, &deed) {
                    (Item::Past(_, deeds), _) => {
                        undo::undo(catalog, tx, &actor, deeds)?;
                    }
                    (Item::Record(id), Some(deed)) => deed.run(catalog, tx, &actor, def, *id)?,
                    (Item::Record(_), None) => {}
                }
            }
            noted.store(NOBODY, Ordering::Relaxed);
            (kept.place, kept.within) = next;
            kept.done += i64::try_from(items.len()).unwrap_or(i64::MAX);
            kept.state = BulkState::Running;
            tx.save(&kept)?;
            Ok(Json::Null)
        });
        match tried {
            Ok(_) => Ok(Tried::Done),
            Err(faults) if passing(&faults) => Err(faults),
            Err(faults) => {
                let rank = at.load(Ordering::Relaxed);
                Ok(Tried::Refused((rank != NOBODY).then_some(rank), faults))
            }
        }
    }

    /// Notes that a record was refused, and goes past it.
    fn refuse(&self, place: Place, item: &Item, faults: &Faults) -> Result<Place, Faults> {
        let (id, def, record) = (self.id, self.def, item.record());
        let (next, faults) = (self.moved(place, 1), faults.clone());
        self.store.command(Call::new(self.actor.clone()), move |tx| {
            let mut kept = here(tx, id, place)?;
            let row = tx.row(def, record)?;
            let name = row.map_or_else(String::new, |row| def.title(&row.values));
            let about = Origin { entity: def.name, id: record };
            tx.insert(&BulkRefusal::new(id, about, name, &faults))?;
            (kept.place, kept.within) = next;
            kept.refused += 1;
            kept.state = BulkState::Running;
            tx.save(&kept)?;
            Ok(Json::Null)
        })?;
        Ok(next)
    }

    /// Goes to another place of the job, when nothing was to be done up to there.
    pub(super) fn go(&self, place: Place, next: Place) -> Result<(), Faults> {
        let id = self.id;
        let gone = self.store.command(Call::new(self.actor.clone()), move |tx| {
            let mut kept = here(tx, id, place)?;
            (kept.place, kept.within) = next;
            tx.save(&kept)?;
            Ok(Json::Null)
        });
        gone.map(drop)
    }
}

/// The job, held, if it still is where we believe it to be.
fn here(tx: &mut Tx<'_>, id: Id<BulkJob>, place: Place) -> Result<Kept<BulkJob>, Fault> {
    let kept = tx.lock(id)?;
    match (kept.place, kept.within) == place && kept.under_way() {
        true => Ok(kept),
        false => Err(Fault::new("bulk.elsewhere")),
    }
}

/// Whether trying again later may help.
fn passing(faults: &Faults) -> bool {
    const PASSING: [&str; 5] =
        ["store.busy", "store.conflict", "store.unavailable", "store.full", "bulk.elsewhere"];
    faults.0.iter().any(|fault| PASSING.contains(&fault.code))
}
