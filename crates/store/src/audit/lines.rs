//! The lines of both logs as they are read: those without a leaf, and those of a stretch of the tree.

use kernel::{CompanyNumber, Fault, Instant};
use serde_json::Value as Json;

use super::batch::{covering, sealed_between};
use super::integer;
use crate::cell::{self, Cell};
use crate::session::Session;
use crate::tree::entry::{Entry, Log, Payload};
use crate::tree::verify::Found;

/// The table of a log.
pub const fn table(log: Log) -> &'static str {
    match log {
        Log::Change => "audit",
        Log::Access => "access",
    }
}

/// How many numbers are compared at once, when lines without a leaf are looked for everywhere.
const WINDOW: i64 = 20_000;
/// Lines whose numbers lie so close are read together.
const CLOSE: i64 = 64;

/// The columns of a line, those of an entry first, its salt last.
fn columns(log: Log) -> String {
    let lasting = log.lasting().iter().filter(|name| **name != "company");
    let names = lasting.chain(log.erasable()).chain(&["salt"]).map(|name| format!("a.{name}"));
    names.collect::<Vec<_>>().join(", ")
}

/// A line as it is kept.
pub struct Raw {
    pub entry: Entry,
    /// Its erasable texts.
    pub texts: Vec<String>,
    /// 16 bytes of chance; once the texts are erased, the 32 of their digest.
    salt: Cell,
}

impl Raw {
    /// The entry, and what of it may be erased or has been.
    ///
    /// # Errors
    /// `store.unreadable`.
    pub fn sealed(self) -> Result<(Entry, Payload), Fault> {
        let payload = match self.salt {
            Cell::Id(salt) => Payload::Whole(self.texts, salt),
            digest => Payload::Erased(digest.bytes()?),
        };
        Ok((self.entry, payload))
    }
}

/// A line of either log, as it is shown.
#[derive(Debug, Clone)]
pub struct Line {
    pub entry: Entry,
    pub actor_name: String,
    /// Where from, if that is known; empty for a change.
    pub address: String,
    /// What changed, or what was seen.
    pub detail: Json,
}

impl Line {
    pub(crate) fn of(line: Raw) -> Self {
        let mut texts = line.texts.into_iter();
        let mut next = || texts.next().unwrap_or_default();
        let actor_name = next();
        let address = if line.entry.log == Log::Access { next() } else { String::new() };
        let detail = serde_json::from_str(&next()).unwrap_or(Json::Null);
        Self { entry: line.entry, actor_name, address, detail }
    }
}

/// Reads lines of a log: `rest` follows `from … a where a.company = $1`, and its parameters from
/// `$2`.
pub fn read(
    session: &mut dyn Session,
    company: CompanyNumber,
    log: Log,
    rest: &str,
    params: &[Cell],
) -> Result<Vec<Raw>, Fault> {
    let (columns, table) = (columns(log), table(log));
    let text = format!("select {columns} from {table} a where a.company = $1 {rest}");
    let params: Vec<Cell> =
        [Cell::Integer(company.0)].into_iter().chain(params.iter().cloned()).collect();
    let rows = session.query(&text, &params)?;
    rows.into_iter().map(|row| line(company, log, &mut row.into_iter())).collect()
}

fn line(
    company: CompanyNumber,
    log: Log,
    cells: &mut impl Iterator<Item = Cell>,
) -> Result<Raw, Fault> {
    let mut next = || cells.next().ok_or_else(cell::unreadable);
    let id = |cell: Cell| if cell == Cell::Null { Ok(None) } else { cell.id().map(Some) };
    let entry = Entry {
        company: company.0,
        log,
        seq: next()?.integer()?,
        at: Instant(next()?.integer()?),
        actor: id(next()?)?,
        door: next()?.text()?,
        entity: next()?.text()?,
        record: id(next()?)?,
        verb: next()?.text()?,
    };
    let texts = log.erasable().iter().map(|_| next()?.text()).collect::<Result<_, Fault>>()?;
    Ok(Raw { entry, texts, salt: next()? })
}

/// The lines of a log after one number and up to another that have no leaf yet, oldest first; `last`
/// is the greatest number that has one.
pub fn unsealed(
    session: &mut dyn Session,
    company: CompanyNumber,
    (log, last): (Log, i64),
    (after, upto): (i64, i64),
    most: i64,
) -> Result<Vec<Raw>, Fault> {
    if after < last {
        return missing(session, company, log, (after, upto.saturating_add(1)), most);
    }
    let rest = "and a.seq > $2 and a.seq <= $3 order by a.seq limit $4";
    read(session, company, log, rest, &[after.into(), upto.into(), most.into()])
}

/// The lines of numbers after the first and before the second that have no leaf, oldest first.
pub fn missing(
    session: &mut dyn Session,
    company: CompanyNumber,
    log: Log,
    (mut after, before): (i64, i64),
    most: i64,
) -> Result<Vec<Raw>, Fault> {
    let most = usize::try_from(most).unwrap_or(0);
    let text = format!(
        "select a.seq from {} a where a.company = $1 and a.seq > $2 and a.seq < $3 \
         order by a.seq limit $4",
        table(log)
    );
    let mut out = Vec::new();
    while out.len() < most {
        let params = [Cell::Integer(company.0), after.into(), before.into(), WINDOW.into()];
        let rows = session.query(&text, &params)?;
        let seqs = rows.iter().flatten().map(Cell::integer).collect::<Result<Vec<_>, _>>()?;
        let [first, .., last] = match seqs[..] {
            [] => break,
            [only] => [only, only],
            [first, .., last] => [first, last],
        };
        let sealed = sealed_between(session, company, log, first, last)?;
        let mut left: Vec<i64> = seqs.into_iter().filter(|seq| !sealed.contains(seq)).collect();
        left.truncate(most - out.len());
        for run in left.chunk_by(|one, next| next - one <= CLOSE) {
            let ends = [run[0].into(), run[run.len() - 1].into()];
            let rest = "and a.seq >= $2 and a.seq <= $3 order by a.seq";
            let lines = read(session, company, log, rest, &ends)?;
            out.extend(lines.into_iter().filter(|line| run.contains(&line.entry.seq)));
        }
        after = last;
    }
    Ok(out)
}

/// The sealed lines of a stretch of the tree, in its order; a leaf whose line is gone is left out.
pub fn stretch(
    session: &mut dyn Session,
    company: CompanyNumber,
    from: i64,
    to: i64,
) -> Result<Vec<Found>, Fault> {
    let mut out = Vec::new();
    for batch in covering(session, company, from, to)? {
        let leaves = integer(batch.leaf)?..;
        let wanted = leaves.zip(batch.seqs.into_iter().zip(batch.hashes));
        let mut wanted = wanted.filter(|(leaf, _)| (from..to).contains(leaf)).peekable();
        let all: Vec<i64> = wanted.clone().map(|(_, (seq, _))| seq).collect();
        let (Some(first), Some(last)) = (all.iter().min(), all.iter().max()) else { continue };
        let ends = [(*first).into(), (*last).into()];
        let rest = "and a.seq >= $2 and a.seq <= $3 order by a.seq";
        for line in read(session, company, batch.log, rest, &ends)? {
            let seq = line.entry.seq;
            while wanted.next_if(|(_, (kept, _))| *kept < seq).is_some() {}
            if let Some((leaf, (_, hash))) = wanted.next_if(|(_, (kept, _))| *kept == seq) {
                let (entry, payload) = line.sealed()?;
                let leaf = u64::try_from(leaf).map_err(|_| cell::unreadable())?;
                out.push(Found { leaf, entry, payload, hash });
            }
        }
    }
    Ok(out)
}
