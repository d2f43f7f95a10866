//! Both logs, looked through: what a person did, who saw a record, what happened on certain days.

use std::collections::BTreeMap;

use kernel::{CompanyNumber, Fault, Faults, Instant, RawId};

use super::batch;
use super::lines::{Line, read};
use crate::Store;
use crate::cell::Cell;
use crate::session::Session;
use crate::tree::entry::Log;

/// How many stretches are looked up at once.
const STRETCHES: i64 = 16;

/// Which lines are wanted, newest first.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// One of the two logs, or both.
    pub log: Option<Log>,
    pub actor: Option<RawId>,
    pub record: Option<RawId>,
    pub entity: Option<String>,
    pub verb: Option<String>,
    /// An entity that is left out.
    pub without: Option<&'static str>,
    /// From this instant on.
    pub from: Option<Instant>,
    /// Up to before this one.
    pub to: Option<Instant>,
    /// Only lines of smaller numbers, in each of [`Log::ALL`].
    pub before: [i64; 2],
    pub limit: u32,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            log: None,
            actor: None,
            record: None,
            entity: None,
            verb: None,
            without: None,
            from: None,
            to: None,
            before: [i64::MAX; 2],
            limit: 50,
        }
    }
}

impl Wanted {
    /// The conditions on a line of `a`, with what stands for `$2` and after.
    fn conditions(&self, before: i64) -> (String, Vec<Cell>) {
        let mut params = vec![Cell::Integer(before)];
        let mut text = "and a.seq < $2".to_owned();
        let mut add = |condition: &str, cell: Cell| {
            params.push(cell);
            text.push_str(&format!(" and a.{condition} ${}", params.len() + 1));
        };
        if let Some(actor) = self.actor {
            add("actor =", actor.into());
        }
        if let Some(record) = self.record {
            add("record =", record.into());
        }
        if let Some(entity) = &self.entity {
            add("entity =", entity.as_str().into());
        }
        if let Some(verb) = &self.verb {
            add("verb =", verb.as_str().into());
        }
        if let Some(without) = self.without {
            add("entity <>", without.into());
        }
        if let Some(from) = self.from {
            add("at >=", from.0.into());
        }
        if let Some(to) = self.to {
            add("at <", to.0.into());
        }
        (text, params)
    }

    fn of_log(
        &self,
        session: &mut dyn Session,
        company: CompanyNumber,
        log: Log,
        before: i64,
    ) -> Result<Vec<Line>, Fault> {
        let (conditions, mut params) = self.conditions(before);
        let words = self.words();
        if words.is_empty() || self.record.is_some() {
            let rest = newest(&conditions, &mut params, self.limit);
            let lines = read(session, company, log, &rest, &params)?;
            return Ok(lines.into_iter().map(Line::of).collect());
        }
        self.by_words(session, (company, log), &words, before)
    }

    /// The words by which its lines are found: the author, the act, the entity.
    fn words(&self) -> Vec<String> {
        let words =
            [self.actor.map(|actor| actor.to_string()), self.verb.clone(), self.entity.clone()];
        words.into_iter().flatten().collect()
    }

    /// Reads where its words occur: among the lines of the last minute, which are few, then in the
    /// stretches of numbers that were sealed, the latest first.
    fn by_words(
        &self,
        session: &mut dyn Session,
        (company, log): (CompanyNumber, Log),
        words: &[String],
        before: i64,
    ) -> Result<Vec<Line>, Fault> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let mut found = BTreeMap::new();
        let mut stretches = vec![(batch::last(session, company, log)? + 1, i64::MAX)];
        let mut end = i64::MAX;
        loop {
            for (first, last) in std::mem::take(&mut stretches) {
                // A stretch may hold lines of later numbers than the next: what is found above
                // both is complete.
                if found.range(last.saturating_add(1)..).count() >= limit {
                    return Ok(found.into_values().rev().take(limit).collect());
                }
                let (mut conditions, mut params) = self.conditions(before);
                for (bound, number) in [("a.seq >=", first), ("a.seq <=", last)] {
                    params.push(number.into());
                    conditions.push_str(&format!(" and {bound} ${}", params.len() + 1));
                }
                let rest = newest(&conditions, &mut params, self.limit);
                for line in read(session, company, log, &rest, &params)? {
                    found.insert(line.entry.seq, Line::of(line));
                }
                end = last;
            }
            stretches =
                batch::with_words(session, (company, log), words, (before, end), STRETCHES)?;
            if stretches.is_empty() {
                return Ok(found.into_values().rev().take(limit).collect());
            }
        }
    }
}

/// What follows the conditions: the newest first, so many at most.
fn newest(conditions: &str, params: &mut Vec<Cell>, limit: u32) -> String {
    params.push(i64::from(limit).into());
    format!("{conditions} order by a.seq desc limit ${}", params.len() + 1)
}

impl Store {
    /// Lines of both logs, newest first, as many as wanted at most.
    ///
    /// # Errors
    /// `store.*`.
    pub fn audit_lines(
        &self,
        company: CompanyNumber,
        wanted: &Wanted,
    ) -> Result<Vec<Line>, Faults> {
        self.look(|session| {
            let mut lines = Vec::new();
            for (log, before) in Log::ALL.into_iter().zip(wanted.before) {
                if wanted.log.is_none_or(|only| only == log) {
                    lines.extend(wanted.of_log(session, company, log, before)?);
                }
            }
            lines.sort_by_key(|line| {
                std::cmp::Reverse((line.entry.at, line.entry.log, line.entry.seq))
            });
            lines.truncate(usize::try_from(wanted.limit).unwrap_or(usize::MAX));
            Ok(lines)
        })
    }
}
