//! The same key gives the same answer and one effect, also when the first try was cut off.

use kernel::{Fault, Faults, Instant};

use crate::cell::Cell;
use crate::session::{Session, Statement};
use crate::steady::Seen;
use crate::{Call, Store};

/// The generation of a company, and what was answered under a key: one row.
const REMEMBERED: &str = "\
select (select value from counter where company = $1 and series = '*steady'), \
  (select fingerprint from idempotency where company = $1 and key = $2), \
  (select answer from idempotency where company = $1 and key = $2)";

/// What is known of a call before it begins.
pub enum Remembered {
    Answer(String),
    Nothing(Seen),
}

impl Store {
    /// The answer that was given under the key of a call, or how its transaction stands to memory:
    /// one question for both.
    pub(crate) fn remembered(
        &self,
        session: &mut dyn Session,
        call: &Call,
    ) -> Result<Remembered, Faults> {
        let Some(key) = &call.key else { return Ok(Remembered::Nothing(Seen::default())) };
        let params = [Cell::Integer(call.actor.company.0), key.as_str().into()];
        let rows = session.query(REMEMBERED, &params)?;
        let mut cells = rows.into_iter().flatten();
        let mut next = || cells.next().unwrap_or(Cell::Null);
        let (generation, fingerprint, answer) = (next(), next(), next());
        if fingerprint == Cell::Null {
            return Ok(Remembered::Nothing(Seen::at(&generation)));
        }
        if fingerprint.text()? != call.fingerprint {
            return Err(Fault::new("idempotency.reused").with("key", key.as_str()).into());
        }
        Ok(Remembered::Answer(answer.text()?))
    }

    pub(crate) fn remember(
        &self,
        session: &mut dyn Session,
        call: &Call,
        at: Instant,
        answer: &str,
    ) -> Result<(), Faults> {
        let Some(key) = &call.key else { return Ok(()) };
        session.execute_at_end(Statement {
            text: "insert into idempotency (company, key, fingerprint, answer, at) \
                   values ($1, $2, $3, $4, $5)"
                .into(),
            params: vec![
                Cell::Integer(call.actor.company.0),
                key.as_str().into(),
                call.fingerprint.as_str().into(),
                answer.into(),
                at.0.into(),
            ],
        })?;
        Ok(())
    }
}
