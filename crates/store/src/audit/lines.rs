//! The lines of both logs as they are read: those without a leaf, and those of a stretch of the tree.

use kernel::{CompanyNumber, Fault, Instant};
use serde_json::Value as Json;

use super::{Reach, behind, natural, settled};
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

/// The columns of a line, those of an entry first.
fn columns(log: Log) -> String {
    let lasting = log.lasting().iter().filter(|name| **name != "company");
    let names = lasting.chain(log.erasable()).map(|name| format!("a.{name}"));
    names.collect::<Vec<_>>().join(", ")
}

/// A line without a leaf.
pub struct Unsealed {
    pub entry: Entry,
    /// Its erasable texts.
    pub texts: Vec<String>,
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
    pub(crate) fn of(line: Unsealed) -> Self {
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
) -> Result<Vec<Unsealed>, Fault> {
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
) -> Result<Unsealed, Fault> {
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
    Ok(Unsealed { entry, texts })
}

/// The lines of a log that have no leaf yet, oldest first.
pub fn unsealed(
    session: &mut dyn Session,
    company: CompanyNumber,
    log: Log,
    reach: Reach,
    most: i64,
) -> Result<Vec<Unsealed>, Fault> {
    let text = "select coalesce(max(seq), 0) from audit_leaf where company = $1 and log = $2";
    let rows = session.query(text, &[Cell::Integer(company.0), log.name().into()])?;
    let last = rows.first().and_then(|row| row.first()).ok_or_else(cell::unreadable)?.integer()?;
    let behind = behind(session.dialect());
    let from = match reach {
        Reach::Near => last - behind,
        Reach::All => 0,
    };
    let mut params = vec![from.into(), Cell::Integer(most)];
    // Where none can be left behind, those after the last have no leaf.
    let without = if behind == 0 && reach == Reach::Near {
        ""
    } else {
        params.push(log.name().into());
        "and not exists (select 1 from audit_leaf l where l.company = $1 and l.log = $4 \
         and l.seq = a.seq)"
    };
    let settled = settled(session.dialect());
    let rest = format!("and a.seq > $2 {without} {settled} order by a.seq limit $3");
    read(session, company, log, &rest, &params)
}

/// The sealed lines of a stretch of the tree, in its order; a leaf whose line is gone is left out.
pub fn stretch(
    session: &mut dyn Session,
    company: CompanyNumber,
    from: i64,
    to: i64,
) -> Result<Vec<Found>, Fault> {
    let mut out = Vec::new();
    for log in Log::ALL {
        let (columns, table) = (columns(log), table(log));
        let text = format!(
            "select l.leaf, l.salt, l.digest, l.hash, {columns} from audit_leaf l join {table} a \
             on a.company = l.company and a.seq = l.seq where l.company = $1 and l.leaf >= $2 \
             and l.leaf < $3 and l.log = $4 and a.company = $1"
        );
        let params = [Cell::Integer(company.0), from.into(), to.into(), log.name().into()];
        for row in session.query(&text, &params)? {
            let mut cells = row.into_iter();
            let mut next = || cells.next().ok_or_else(cell::unreadable);
            let (leaf, salt) = (natural(&next()?)?, next()?);
            let (digest, hash) = (next()?, next()?.bytes()?);
            let Unsealed { entry, texts } = line(company, log, &mut cells)?;
            let payload = match salt {
                Cell::Null => Payload::Erased(digest.bytes()?),
                salt => Payload::Whole(texts, salt.bytes()?),
            };
            out.push(Found { leaf, entry, payload, hash });
        }
    }
    out.sort_by_key(|found| found.leaf);
    Ok(out)
}
