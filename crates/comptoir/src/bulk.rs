//! The runner of bulk jobs: some records a transaction, each changed or refused alone. How far a job
//! is, is written by the transaction that changes the records, so that it goes on after a cut where
//! it was, and no record is changed twice.

mod slice;
mod take_back;

use std::time::Duration;

use identity::{User, grants_for};
use kernel::bulk::{BulkDeed, BulkJob, BulkPart, BulkState};
use kernel::{Actor, CompanyNumber, Direction, Door, Entity, Fault, Faults, Id, Kept, Query, Tx};
use serde_json::Value as Json;
use store::{Call, Store};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use slice::{Item, Slice};

/// How long the runner sleeps when there is nothing to do.
const PAUSE: Duration = Duration::from_millis(400);
/// How long it waits after a failure of the store or of ours.
const LONG_PAUSE: Duration = Duration::from_secs(5);

/// The running runner.
pub struct Runner {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Runner {
    /// Ends it after the transaction under way.
    pub async fn stop(self) {
        // The task may have ended by itself; there is nothing more to stop then.
        let _ = self.stop.send(true);
        let _ = self.task.await;
    }
}

/// Starts running jobs, on the current runtime.
pub fn start(store: Store) -> Runner {
    let (stop, mut told) = watch::channel(false);
    let task = tokio::spawn(async move {
        loop {
            let store = store.clone();
            let looked = tokio::task::spawn_blocking(move || round(&store)).await;
            let pause = match looked {
                Ok(Ok(true)) if !*told.borrow() => continue,
                Ok(Ok(_)) => PAUSE,
                Ok(Err(faults)) => {
                    tracing::warn!(?faults, "a bulk job is tried again later");
                    LONG_PAUSE
                }
                Err(broken) => {
                    tracing::error!(%broken, "a bulk job broke off");
                    LONG_PAUSE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = told.changed() => return,
            }
        }
    });
    Runner { stop, task }
}

/// One step of the oldest job of each company; tells whether there was any.
///
/// # Errors
/// `store.*` when the database does not answer: the job goes on later.
pub fn round(store: &Store) -> Result<bool, Faults> {
    let mut busy = false;
    for company in store.companies()? {
        if let Some((job, actor)) = next(store, company)? {
            step(store, company, &job, actor)?;
            busy = true;
        }
    }
    Ok(busy)
}

/// The oldest job under way, and the person who asked for it.
fn next(
    store: &Store,
    company: CompanyNumber,
) -> Result<Option<(Kept<BulkJob>, Option<Actor>)>, Faults> {
    let house = Actor::house(company, Door::Event);
    store.read(&house, |tx| {
        let under_way =
            BulkJob::STATE.is(&BulkState::Running) | BulkJob::STATE.is(&BulkState::Waiting);
        let Some(job) = tx.first(under_way)? else { return Ok(None) };
        let row = tx.row(BulkJob::DEF, job.id.raw())?;
        let author = row.and_then(|row| row.created_by).map(Id::<User>::from_raw);
        Ok(Some((job, author.map(|id| actor_of(tx, id)).transpose()?.flatten())))
    })
}

/// The person as she is now: her rights may have changed since she asked.
fn actor_of(tx: &mut Tx<'_>, id: Id<User>) -> Result<Option<Actor>, Fault> {
    let user = tx.get(id)?;
    if !user.active {
        return Ok(None);
    }
    Ok(Some(Actor {
        company: tx.company(),
        user: Some(id.raw()),
        name: user.name.as_str().into(),
        grants: grants_for(tx, &user, Door::Web)?,
        door: Door::Web,
        language: user.language.language(),
    }))
}

fn step(
    store: &Store,
    company: CompanyNumber,
    job: &Kept<BulkJob>,
    actor: Option<Actor>,
) -> Result<(), Faults> {
    // Nobody can go on with it: it is given up, and says why.
    let stop = |why: Fault| {
        let house = Actor::house(company, Door::Event);
        let said = kernel::sentence(&why, house.language);
        end(store, &house, job.id, BulkState::Stopped, Some(said))
    };
    let Some(actor) = actor else { return stop(Fault::new("bulk.author")) };
    let Some(def) = store.catalog().entity(&job.entity) else {
        return stop(Fault::new("bulk.malformed"));
    };
    let slice = Slice::new(store, &actor, def, job);
    let over = match job.deed {
        BulkDeed::TakeBack => take_back::step(&slice, job)?,
        _ => part(&slice, job)?,
    };
    if over { end(store, &actor, job.id, BulkState::Done, None) } else { Ok(()) }
}

/// The records that come next; tells whether there were none.
fn part(slice: &Slice, job: &Kept<BulkJob>) -> Result<bool, Faults> {
    let (id, place) = (job.id, job.place);
    let part = slice.store.read(&slice.actor, |tx| {
        let only = BulkPart::JOB.is(&id) & BulkPart::FIRST.at_most(&place);
        let query = Query::all(BulkPart::DEF).only(only.condition);
        Ok(tx.select::<BulkPart>(query.sorted("first", Direction::Down).limit(1))?.pop())
    })?;
    let Some(part) = part else { return Ok(true) };
    let behind = usize::try_from(place - part.first).unwrap_or(usize::MAX);
    let items: Vec<Item> = part.records().into_iter().skip(behind).map(Item::Record).collect();
    if items.is_empty() {
        return Ok(true);
    }
    slice.run((place, 0), &items)?;
    Ok(false)
}

fn end(
    store: &Store,
    actor: &Actor,
    id: Id<BulkJob>,
    state: BulkState,
    stopped: Option<String>,
) -> Result<(), Faults> {
    let done = store.command(Call::new(actor.clone()), move |tx| {
        let mut job = tx.lock(id)?;
        if job.under_way() {
            (job.state, job.stopped) = (state, stopped.clone());
            tx.save(&job)?;
        }
        Ok(Json::Null)
    });
    done.map(drop)
}
