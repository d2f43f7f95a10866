//! Up to where the numbers of a log are complete.
//!
//! On PostgreSQL a number is drawn before its transaction commits: a line may appear behind one of a
//! greater number that was read already. Whoever drew a smaller number was at work when the greater
//! one was seen; once all who were at work then have ended, nothing can appear before it any more.
//! The embedded database has one writer, and no such lines.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{CompanyNumber, Faults};

use crate::Store;
use crate::cell::{self, Cell};
use crate::session::Session;
use crate::table::Dialect;

/// How often, and how long apart, we look whether those at work have ended. Commands take a few
/// milliseconds; behind a long one the next reader goes on waiting for the same.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(2);

#[derive(Debug, Default)]
pub struct Horizons(Mutex<HashMap<(&'static str, CompanyNumber), Horizon>>);

#[derive(Debug, Default, Clone, Copy)]
struct Horizon {
    /// The numbers up to this one are complete.
    complete: i64,
    /// A number that was seen, and a transaction that began after it: complete once those before
    /// this transaction have ended.
    seen: Option<(i64, i64)>,
}

impl Horizons {
    fn all(&self) -> MutexGuard<'_, HashMap<(&'static str, CompanyNumber), Horizon>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// The greatest number of a log, `event`, `audit` or `access`, up to which no line of a company
    /// can still appear; `after` when none is known beyond it.
    ///
    /// # Errors
    /// `store.*`.
    pub(crate) fn complete(
        &self,
        log: &'static str,
        company: CompanyNumber,
        after: i64,
    ) -> Result<i64, Faults> {
        if self.dialect() == Dialect::Sqlite {
            return Ok(i64::MAX);
        }
        let mut horizon = self.0.horizons.all().get(&(log, company)).copied().unwrap_or_default();
        if horizon.complete > after {
            return Ok(horizon.complete);
        }
        horizon.seen = match horizon.seen.filter(|(number, _)| *number > after) {
            None => self.look(|session| seen(session, log, company, after))?,
            seen => seen,
        };
        let Some((number, later)) = horizon.seen else { return Ok(after) };
        for _ in 0..TRIES {
            if self.look(oldest_at_work)? > later {
                horizon = Horizon { complete: number, seen: None };
                break;
            }
            std::thread::sleep(PAUSE);
        }
        let mut all = self.0.horizons.all();
        let known = all.entry((log, company)).or_default();
        if horizon.complete >= known.complete {
            *known = horizon;
        }
        Ok(known.complete.max(after))
    }
}

/// The greatest number after another, and a transaction younger than all who may have drawn a smaller
/// one.
fn seen(
    session: &mut dyn Session,
    log: &str,
    company: CompanyNumber,
    after: i64,
) -> Result<Option<(i64, i64)>, Faults> {
    let text = format!("select max(seq) from {log} where company = $1 and seq > $2");
    let rows = session.query(&text, &[Cell::Integer(company.0), after.into()])?;
    let number = rows.into_iter().flatten().next().filter(|number| *number != Cell::Null);
    let Some(number) = number else { return Ok(None) };
    // It is numbered now, after what was seen.
    let later = one(session, "select pg_current_xact_id()::text::bigint")?;
    Ok(Some((number.integer()?, later)))
}

/// The oldest transaction that has not ended.
fn oldest_at_work(session: &mut dyn Session) -> Result<i64, Faults> {
    one(session, "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
}

fn one(session: &mut dyn Session, text: &str) -> Result<i64, Faults> {
    let cell = session.query(text, &[])?.into_iter().flatten().next();
    Ok(cell.ok_or_else(cell::unreadable)?.integer()?)
}
