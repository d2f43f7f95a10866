//! What others read of the past: the outbox, and the audit.

use kernel::{CompanyNumber, Fault, Faults, Instant, Origin, RawId};
use serde_json::Value as Json;

use crate::Store;
use crate::cell::{self, Cell};
use crate::session::{Session, Statement};
use crate::table::Dialect;

/// An event as the feed tells it.
#[derive(Debug, Clone)]
pub struct Told {
    /// Grows with each event of a company; may leave gaps.
    pub seq: i64,
    pub at: Instant,
    pub name: String,
    pub about: Origin,
    pub actor: Option<RawId>,
    pub facts: Json,
}

/// An event that a consumer has still to handle, and how often it has tried.
#[derive(Debug, Clone)]
pub struct Due {
    pub told: Told,
    pub attempts: i64,
}

/// A line of the audit.
#[derive(Debug, Clone)]
pub struct Audited {
    pub seq: i64,
    pub at: Instant,
    pub actor: Option<RawId>,
    pub actor_name: String,
    pub door: String,
    pub verb: String,
    /// `{"field": [before, after]}`.
    pub changes: Json,
}

/// A line of the audit with the record it is about.
#[derive(Debug, Clone)]
pub struct Done {
    pub about: Origin,
    pub line: Audited,
}

/// What a line of the audit is read from, in the order of [`audited`].
const LINE: &str = "seq, at, actor, actor_name, door, verb, changes";
/// How far, in lines of the audit, those of one command are looked for at once.
const REACH: i64 = 500;

const COLUMNS: &str = "e.seq, e.at, e.name, e.entity, e.record, e.actor, e.facts";

impl Store {
    /// The events after `seq`, oldest first. Never tells one before another that may still come
    /// with a smaller number.
    ///
    /// # Errors
    /// `store.*`.
    pub fn changes(
        &self,
        company: CompanyNumber,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Told>, Faults> {
        let upto = self.complete("event", company, after)?;
        self.look(|session| self.events(session, company, (after, upto), limit))
    }

    fn events(
        &self,
        session: &mut dyn Session,
        company: CompanyNumber,
        (after, upto): (i64, i64),
        limit: u32,
    ) -> Result<Vec<Told>, Faults> {
        let text = format!(
            "select {COLUMNS} from event e where e.company = $1 and e.seq > $2 and e.seq <= $3 \
             order by e.seq limit $4"
        );
        let params = [Cell::Integer(company.0), after.into(), upto.into(), i64::from(limit).into()];
        let rows = session.query(&text, &params)?;
        rows.into_iter().map(|row| Ok(self.told(&mut row.into_iter())?)).collect()
    }

    fn told(&self, cells: &mut impl Iterator<Item = Cell>) -> Result<Told, Fault> {
        let mut next = || cells.next().ok_or_else(cell::unreadable);
        let (seq, at, name) = (next()?.integer()?, Instant(next()?.integer()?), next()?.text()?);
        let (entity, id) = (next()?.text()?, next()?.id()?);
        let entity = self.0.tables.entity(&entity).ok_or_else(cell::unreadable)?.name;
        let actor = match next()? {
            Cell::Null => None,
            cell => Some(cell.id()?),
        };
        let facts = serde_json::from_str(&next()?.text()?).map_err(|_| cell::unreadable())?;
        Ok(Told { seq, at, name, about: Origin { entity, id }, actor, facts })
    }

    /// What a consumer has to handle now: new events after its place, and those it failed whose
    /// time has come again.
    ///
    /// # Errors
    /// `store.*`.
    pub fn due(
        &self,
        company: CompanyNumber,
        consumer: &str,
        now: Instant,
        limit: u32,
    ) -> Result<Vec<Due>, Faults> {
        let after = self.place(company, consumer)?.unwrap_or(0);
        let upto = self.complete("event", company, after)?;
        self.look(|session| {
            let mut due: Vec<Due> = self
                .events(session, company, (after, upto), limit)?
                .into_iter()
                .map(|told| Due { told, attempts: 0 })
                .collect();
            let text = format!(
                "select d.attempts, {COLUMNS} from delivery d \
                 join event e on e.company = d.company and e.seq = d.seq \
                 where d.company = $1 and d.consumer = $2 and d.next_at <= $3 \
                 order by d.seq limit $4"
            );
            let params =
                [Cell::Integer(company.0), consumer.into(), now.0.into(), i64::from(limit).into()];
            for row in session.query(&text, &params)? {
                let mut cells = row.into_iter();
                let attempts = cells.next().ok_or_else(cell::unreadable)?.integer()?;
                due.push(Due { told: self.told(&mut cells)?, attempts });
            }
            Ok(due)
        })
    }

    /// How far a consumer has read, in the events or in the audit; nothing before it began.
    ///
    /// # Errors
    /// `store.*`.
    pub fn place(&self, company: CompanyNumber, consumer: &str) -> Result<Option<i64>, Faults> {
        self.look(|session| {
            let text = "select seq from consumer where company = $1 and name = $2";
            let place = session.query(text, &[Cell::Integer(company.0), consumer.into()])?;
            let seq = place.first().and_then(|row| row.first());
            Ok(seq.map(Cell::integer).transpose()?)
        })
    }

    /// Notes that a consumer has handled an event.
    ///
    /// # Errors
    /// `store.*`.
    pub fn handled(&self, company: CompanyNumber, consumer: &str, seq: i64) -> Result<(), Faults> {
        let consumer = consumer.to_owned();
        self.write(move |session| {
            let place = advance(company, &consumer, seq);
            let text = "delete from delivery where company = $1 and consumer = $2 and seq = $3";
            let params = vec![Cell::Integer(company.0), consumer.as_str().into(), seq.into()];
            session.execute(&[place, Statement { text: text.into(), params }])?;
            Ok(())
        })
    }

    /// Notes that a consumer failed, and when it tries again.
    ///
    /// # Errors
    /// `store.*`.
    pub fn failed(
        &self,
        company: CompanyNumber,
        consumer: &str,
        due: &Due,
        next_at: Instant,
        why: &str,
    ) -> Result<(), Faults> {
        let (consumer, why) = (consumer.to_owned(), why.to_owned());
        let (seq, attempts) = (due.told.seq, due.attempts + 1);
        self.write(move |session| {
            let text = "insert into delivery (company, consumer, seq, attempts, next_at, fault) \
                        values ($1, $2, $3, $4, $5, $6) on conflict (company, consumer, seq) \
                        do update set attempts = excluded.attempts, next_at = excluded.next_at, \
                        fault = excluded.fault";
            let params = vec![
                Cell::Integer(company.0),
                consumer.as_str().into(),
                seq.into(),
                attempts.into(),
                next_at.0.into(),
                why.as_str().into(),
            ];
            let failure = Statement { text: text.into(), params };
            session.execute(&[advance(company, &consumer, seq), failure])?;
            Ok(())
        })
    }

    /// What was done to one record, newest first.
    ///
    /// # Errors
    /// `store.*`.
    pub fn audit(
        &self,
        company: CompanyNumber,
        about: Origin,
        limit: u32,
    ) -> Result<Vec<Audited>, Faults> {
        self.audit_before(company, about, i64::MAX, limit)
    }

    /// What was done to one record before a line of the audit, newest first.
    ///
    /// # Errors
    /// `store.*`.
    pub fn audit_before(
        &self,
        company: CompanyNumber,
        about: Origin,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Audited>, Faults> {
        self.look(|session| {
            let text = format!(
                "select {LINE} from audit where company = $1 and entity = $2 and record = $3 \
                 and seq < $4 order by seq desc limit $5"
            );
            let params = [
                Cell::Integer(company.0),
                about.entity.into(),
                about.id.into(),
                before.into(),
                i64::from(limit).into(),
            ];
            let rows = session.query(&text, &params)?;
            rows.into_iter().map(|row| Ok(audited(row)?)).collect()
        })
    }

    /// All that the command did which wrote this line of the audit, in its order; nothing when there
    /// is no such line. The lines of a command have its time and its author in common, and on
    /// PostgreSQL, where two commands may run at the same time, its transaction; they stand close
    /// together.
    ///
    /// # Errors
    /// `store.*`.
    pub fn command_lines(&self, company: CompanyNumber, seq: i64) -> Result<Vec<Done>, Faults> {
        self.look(|session| {
            let same = match session.dialect() {
                Dialect::Sqlite => "",
                Dialect::Postgres => "and a.xid is not distinct from l.xid",
            };
            let columns: Vec<String> = LINE.split(", ").map(|name| format!("a.{name}")).collect();
            let text = format!(
                "select {}, a.entity, a.record from audit l join audit a \
                 on a.company = l.company and a.at = l.at and a.door = l.door \
                 and a.actor_name = l.actor_name {same} \
                 where l.company = $1 and l.seq = $2 and a.company = $1 \
                 and a.seq >= $3 and a.seq <= $4 order by a.seq",
                columns.join(", ")
            );
            let (mut from, mut to) = (seq, seq);
            let mut lines: Vec<Done> = Vec::new();
            loop {
                let reach = (from.saturating_sub(REACH), to.saturating_add(REACH));
                let params = [Cell::Integer(company.0), seq.into(), reach.0.into(), reach.1.into()];
                let rows = session.query(&text, &params)?;
                let found = rows.len();
                let more = found > lines.len();
                lines = rows.into_iter().map(|row| self.done(row)).collect::<Result<_, _>>()?;
                let ends = lines.first().zip(lines.last());
                let Some((first, last)) = ends else { return Ok(lines) };
                (from, to) = (first.line.seq, last.line.seq);
                if !more {
                    return Ok(lines);
                }
            }
        })
    }

    /// The last line of the audit of a company; 0 when there is none.
    ///
    /// # Errors
    /// `store.*`.
    pub fn last_line(&self, company: CompanyNumber) -> Result<i64, Faults> {
        self.look(|session| {
            let text = "select coalesce(max(seq), 0) from audit where company = $1";
            let rows = session.query(text, &[Cell::Integer(company.0)])?;
            let last = rows.first().and_then(|row| row.first()).ok_or_else(cell::unreadable)?;
            Ok(last.integer()?)
        })
    }

    /// The lines of the audit of a company after one, oldest first: what moved since. Never tells
    /// one before another that may still come with a smaller number.
    ///
    /// # Errors
    /// `store.*`.
    pub fn moves(
        &self,
        company: CompanyNumber,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Done>, Faults> {
        let upto = self.complete("audit", company, after)?;
        self.look(|session| {
            let text = format!(
                "select {LINE}, entity, record from audit where company = $1 and seq > $2 \
                 and seq <= $3 order by seq limit $4"
            );
            let params =
                [Cell::Integer(company.0), after.into(), upto.into(), i64::from(limit).into()];
            let rows = session.query(&text, &params)?;
            Ok(rows.into_iter().map(|row| self.done(row)).collect::<Result<_, _>>()?)
        })
    }

    /// Of the same lines, those about one of two entities and those that people wrote on a page;
    /// and the last that was looked at.
    ///
    /// # Errors
    /// `store.*`.
    pub fn moves_of(
        &self,
        company: CompanyNumber,
        after: i64,
        limit: u32,
        [one, other]: [&str; 2],
    ) -> Result<(Vec<Done>, Option<i64>), Faults> {
        let upto = self.complete("audit", company, after)?;
        self.look(|session| {
            let text = "select max(seq) from (select seq from audit where company = $1 and seq > $2 \
                        and seq <= $3 order by seq limit $4) looked";
            let params =
                [Cell::Integer(company.0), after.into(), upto.into(), i64::from(limit).into()];
            let last = session.query(text, &params)?.into_iter().flatten().next();
            let Some(last) = last.filter(|last| *last != Cell::Null) else {
                return Ok((Vec::new(), None));
            };
            let text = format!(
                "select {LINE}, entity, record from audit where company = $1 and seq > $2 \
                 and seq <= $3 and (door = 'web' or entity in ($4, $5)) order by seq"
            );
            let params =
                [Cell::Integer(company.0), after.into(), last.clone(), one.into(), other.into()];
            let rows = session.query(&text, &params)?;
            let done = rows.into_iter().map(|row| self.done(row)).collect::<Result<_, _>>()?;
            Ok((done, Some(last.integer()?)))
        })
    }

    fn done(&self, mut row: Vec<Cell>) -> Result<Done, Fault> {
        let (record, entity) = (row.pop(), row.pop());
        let entity = entity.ok_or_else(cell::unreadable)?.text()?;
        let id = record.ok_or_else(cell::unreadable)?.id()?;
        let entity = self.0.tables.entity(&entity).ok_or_else(cell::unreadable)?.name;
        Ok(Done { about: Origin { entity, id }, line: audited(row)? })
    }
}

/// The place of a consumer only moves forward.
fn advance(company: CompanyNumber, consumer: &str, seq: i64) -> Statement {
    Statement {
        text: "insert into consumer (company, name, seq) values ($1, $2, $3) \
               on conflict (company, name) do update set seq = excluded.seq \
               where consumer.seq < excluded.seq"
            .into(),
        params: vec![Cell::Integer(company.0), consumer.into(), seq.into()],
    }
}

fn audited(row: Vec<Cell>) -> Result<Audited, Fault> {
    let mut cells = row.into_iter();
    let mut next = || cells.next().ok_or_else(cell::unreadable);
    Ok(Audited {
        seq: next()?.integer()?,
        at: Instant(next()?.integer()?),
        actor: match next()? {
            Cell::Null => None,
            cell => Some(cell.id()?),
        },
        actor_name: next()?.text()?,
        door: next()?.text()?,
        verb: next()?.text()?,
        changes: serde_json::from_str(&next()?.text()?).map_err(|_| cell::unreadable())?,
    })
}
