//! Both logs, looked through: what a person did, who saw a record, what happened on certain days.

use kernel::{CompanyNumber, Fault, Faults, Instant, RawId};

use super::lines::{Line, read};
use crate::Store;
use crate::cell::{self, Cell};
use crate::session::Session;
use crate::tree::entry::Log;

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
        let limit = i64::from(self.limit);
        let Some(actor) = self.actor else {
            params.push(limit.into());
            let rest = format!("{conditions} order by a.seq desc limit ${}", params.len() + 1);
            let lines = read(session, company, log, &rest, &params)?;
            return Ok(lines.into_iter().map(Line::of).collect());
        };
        // Lines are found by their author in the index of the sealed ones, which costs commands
        // nothing; those of the last minute are few, and looked through.
        let text = "select coalesce(max(seq), 0) from audit_leaf where company = $1 and log = $2";
        let rows = session.query(text, &[Cell::Integer(company.0), log.name().into()])?;
        let sealed = rows.into_iter().flatten().next().ok_or_else(cell::unreadable)?;
        let own = params.len() + 2;
        params.extend([actor.into(), sealed, limit.into()]);
        let fresh = format!(
            "{conditions} and a.actor = ${own} and a.seq > ${} order by a.seq desc limit ${}",
            own + 1,
            own + 2
        );
        let mut lines = read(session, company, log, &fresh, &params)?;
        let known = format!(
            "{conditions} and a.seq <= ${} and a.seq in (select l.seq from audit_leaf l \
             where l.company = $1 and l.actor = ${own} and l.log = '{}' order by l.leaf desc) \
             order by a.seq desc limit ${}",
            own + 1,
            log.name(),
            own + 2
        );
        lines.extend(read(session, company, log, &known, &params)?);
        lines.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(lines.into_iter().map(Line::of).collect())
    }
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
