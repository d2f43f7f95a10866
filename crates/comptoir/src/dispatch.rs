//! The reader of the outbox: each event to each consumer, at least once, again after a while when
//! one fails.

use std::sync::Arc;
use std::time::Duration;

use kernel::{CompanyNumber, Instant};
use store::{Due, Store, Told};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::links::Links;
use crate::mail::{Letters, Postman};
use crate::morning;
use crate::waiting::Waiting;

/// How long the reader sleeps when there is nothing to do.
const PAUSE: Duration = Duration::from_millis(300);
const BATCH: u32 = 100;
/// How often we look whether the work of the morning is done.
const BETWEEN_MORNINGS: i64 = 600 * Instant::SECOND;

/// How long what moved waits at most before people are told.
const BETWEEN_TELLINGS: i64 = Instant::SECOND / 4;

/// Whoever answers events. Handling one twice must do no harm.
pub trait Consumer: Send + Sync {
    fn name(&self) -> &'static str;
    /// Whether events of this name are for it; the others are passed over, many at once.
    fn wants(&self, event: &str) -> bool;
    /// # Errors
    /// Why it could not be done; it comes again later.
    fn handle(&self, company: CompanyNumber, due: &Due) -> Result<(), String>;
}

/// The running reader.
pub struct Reader {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Reader {
    pub async fn stop(self) {
        // The task may have ended by itself; there is nothing more to stop then.
        let _ = self.stop.send(true);
        let _ = self.task.await;
    }
}

/// Starts reading, on the current runtime.
pub fn start(store: Store, postman: Option<Postman>) -> Reader {
    let consumers: Arc<[Box<dyn Consumer>]> = Arc::new([
        Box::new(Waiting::new(store.clone())),
        Box::new(Links::new(store.clone(), postman.clone())),
        Box::new(Letters::new(store.clone(), postman)),
    ]);
    let (mut looked, mut heard): (Option<Instant>, Option<Instant>) = (None, None);
    let (stop, mut told) = watch::channel(false);
    let task = tokio::spawn(async move {
        loop {
            let (store, consumers) = (store.clone(), consumers.clone());
            let now = store::now();
            let morning = looked.is_none_or(|looked| now.0 - looked.0 >= BETWEEN_MORNINGS);
            if morning {
                looked = Some(now);
            }
            // Events may come without end; people are told several changes as one.
            let hears = heard.is_none_or(|heard| now.0 - heard.0 >= BETWEEN_TELLINGS);
            if hears {
                heard = Some(now);
            }
            let busy = tokio::task::spawn_blocking(move || {
                if morning {
                    mornings(&store, now);
                }
                if hears {
                    tell(&store);
                }
                round(&store, &consumers)
            })
            .await;
            if busy.unwrap_or(false) && !*told.borrow() {
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                _ = told.changed() => return,
            }
        }
    });
    Reader { stop, task }
}

/// The work of the morning of every company. What is done has its key in the store, so that
/// looking again does nothing, and what failed is tried again.
fn mornings(store: &Store, now: Instant) {
    for company in store.companies().unwrap_or_default() {
        if let Err(faults) = morning::work(store, company, now) {
            tracing::error!(?faults, company = company.0, "the work of the morning failed");
        }
    }
}

/// One look at everything that is due; tells whether there was anything.
pub fn round(store: &Store, consumers: &[Box<dyn Consumer>]) -> bool {
    let companies = store.companies().unwrap_or_else(|faults| {
        tracing::warn!(?faults, "the outbox cannot be read");
        Vec::new()
    });
    let mut busy = false;
    for company in companies {
        for consumer in consumers {
            busy |= serve_consumer(store, company, consumer.as_ref());
        }
    }
    busy
}

/// Tells people of what moved, which is read in the audit.
fn tell(store: &Store) {
    for company in store.companies().unwrap_or_default() {
        loop {
            match web::together::tell::tell(store, company) {
                Ok(true) => {}
                Ok(false) => break,
                Err(faults) => {
                    tracing::warn!(?faults, "what moved is told later");
                    break;
                }
            }
        }
    }
}

fn serve_consumer(store: &Store, company: CompanyNumber, consumer: &dyn Consumer) -> bool {
    let now = store::now();
    let due = match store.due(company, consumer.name(), now, BATCH) {
        Ok(due) => due,
        Err(faults) => {
            tracing::warn!(?faults, consumer = consumer.name(), "the outbox cannot be read");
            return false;
        }
    };
    let any = !due.is_empty();
    // What it does not want is noted by the next event that it handles, or at the end.
    let last = due.iter().rfind(|due| due.attempts == 0);
    let passed = last.filter(|due| !consumer.wants(&due.told.name)).map(|due| due.told.seq);
    for due in due.into_iter().filter(|due| consumer.wants(&due.told.name)) {
        let noted = match consumer.handle(company, &due) {
            Ok(()) => store.handled(company, consumer.name(), due.told.seq),
            Err(why) => {
                tracing::warn!(event = due.told.name, why, "an event is tried again later");
                let next = Instant(now.0 + pause_after(due.attempts));
                store.failed(company, consumer.name(), &due, next, &why)
            }
        };
        if let Err(faults) = noted {
            tracing::warn!(?faults, "the place in the outbox was not noted");
            return false;
        }
    }
    if let Some(seq) = passed
        && let Err(faults) = store.handled(company, consumer.name(), seq)
    {
        tracing::warn!(?faults, "the place in the outbox was not noted");
        return false;
    }
    any
}

/// 5 seconds, then twice as long each time, an hour at most.
fn pause_after(attempts: i64) -> i64 {
    let doubled = 5_i64 << attempts.clamp(0, 10);
    doubled.min(3600) * Instant::SECOND
}

/// Whether a company is a demonstration: nothing of it leaves the house.
///
/// # Errors
/// Why it could not be read.
pub fn is_shown_only(store: &Store, company: CompanyNumber) -> Result<bool, String> {
    store.is_demonstration(company).map_err(|faults| format!("{:?}", faults.codes()))
}

/// The key of what a consumer does for one event: done twice, it has one effect.
#[must_use]
pub fn key(consumer: &str, told: &Told) -> String {
    format!("{consumer}:{}", told.seq)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_doubles_the_pause_up_to_an_hour() {
        assert_eq!(pause_after(0), 5 * Instant::SECOND);
        assert_eq!(pause_after(3), 40 * Instant::SECOND);
        assert_eq!(pause_after(60), 3600 * Instant::SECOND);
    }
}
