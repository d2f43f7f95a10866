//! The audit as a tree: its lines sealed in batches, apart from the commands that wrote them, and
//! proved to whoever asks.
//!
//! A command writes its lines and nothing more: no hash, no counter that all would wait for. The
//! sealer reads what has been committed since, in the order of the numbers, gives each line its leaf,
//! and signs the root in the same transaction. Between two seals lies a minute, or a thousand lines;
//! what one seal keeps of its lines is a row or two, not one a line.

pub mod access;
mod batch;
mod browse;
mod erase;
mod lines;
mod prove;
mod whole;

use std::sync::Arc;

use kernel::{CompanyNumber, Fault, Faults, Instant};

pub use access::{Access, Accesses, Rows, Whose};
pub use browse::Wanted;
pub use erase::Erased;
pub use lines::Line;
pub use prove::{Inclusion, Proof};
pub use whole::Met;

use crate::cell::{self, Cell};
use crate::session::{Session, Statement};
use crate::tree::entry::Log;
use crate::tree::note::SigningKey;
use crate::tree::{Hash, Kept, Made, Tree};
use crate::{Store, now};
use batch::Batch;
use lines::unsealed;

/// The most lines under one new checkpoint.
pub const MOST: u32 = 1_000;
/// How long a line waits at most for its checkpoint.
pub const WAIT: i64 = 60 * Instant::SECOND;
/// A checkpoint as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// How many lines it covers.
    pub size: u64,
    pub at: Instant,
    /// The signed note.
    pub note: String,
}

/// How far lines without a leaf are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Behind the last that has one.
    Near,
    /// From the first line on: once, when the sealer starts.
    All,
}

/// The hashes in the database.
pub(crate) struct Hashes<'s> {
    pub session: &'s mut dyn Session,
    pub company: CompanyNumber,
}

impl Kept for Hashes<'_> {
    fn tile(&mut self, level: u8, tile: u64) -> Result<Vec<Hash>, Fault> {
        let from = integer(tile * crate::tree::TILE)?;
        let to = from + integer(crate::tree::TILE)?;
        if level == 0 {
            return self.leaves(from, to);
        }
        let text = "select hash, place from audit_node where company = $1 and place >= $2 \
                    and place < $3 and level = $4 order by place";
        let params =
            [Cell::Integer(self.company.0), from.into(), to.into(), i64::from(level).into()];
        let rows = self.session.query(text, &params)?;
        let hash = |(row, place): (Vec<Cell>, i64)| match &row[..] {
            [hash, at] if at.integer()? == place => hash.bytes(),
            _ => Err(Fault::new("audit.hole")),
        };
        rows.into_iter().zip(from..).map(hash).collect()
    }
}

impl Hashes<'_> {
    /// The hashes of the leaves of a stretch, as far as there are any.
    fn leaves(&mut self, from: i64, to: i64) -> Result<Vec<Hash>, Fault> {
        let mut out = Vec::new();
        for batch in batch::covering(self.session, self.company, from, to)? {
            for (hash, leaf) in batch.hashes.into_iter().zip(integer(batch.leaf)?..to) {
                if leaf < from {
                    continue;
                }
                if leaf != from + integer(out.len() as u64)? {
                    return Err(Fault::new("audit.hole"));
                }
                out.push(hash);
            }
        }
        Ok(out)
    }
}

pub(crate) fn integer(number: u64) -> Result<i64, Fault> {
    i64::try_from(number).map_err(|_| cell::unreadable())
}

pub(crate) fn natural(cell: &Cell) -> Result<u64, Fault> {
    u64::try_from(cell.integer()?).map_err(|_| cell::unreadable())
}

/// The last checkpoint of a company, or the last of at most a size.
pub(crate) fn last_checkpoint(
    session: &mut dyn Session,
    company: CompanyNumber,
    most: i64,
) -> Result<Option<Sealed>, Fault> {
    let text = "select size, at, note from audit_checkpoint where company = $1 and size <= $2 \
                order by size desc limit 1";
    let rows = session.query(text, &[Cell::Integer(company.0), most.into()])?;
    rows.into_iter().next().map(sealed).transpose()
}

pub(crate) fn sealed(row: Vec<Cell>) -> Result<Sealed, Fault> {
    let mut cells = row.into_iter();
    let mut next = || cells.next().ok_or_else(cell::unreadable);
    let (size, at) = (natural(&next()?)?, Instant(next()?.integer()?));
    Ok(Sealed { size, at, note: next()?.text()? })
}

/// What a seal is to write.
struct Seal {
    base: u64,
    batches: Vec<Batch>,
    /// The hashes above the leaves.
    nodes: Vec<Made>,
    checkpoint: Sealed,
}

impl Store {
    /// Has this process seal with a key; the first that is given stays.
    pub fn seal_with(&self, key: SigningKey) -> Arc<SigningKey> {
        self.0.audit_key.get_or_init(|| Arc::new(key)).clone()
    }

    /// The key by which this process seals, if it does.
    #[must_use]
    pub fn audit_key(&self) -> Option<Arc<SigningKey>> {
        self.0.audit_key.get().cloned()
    }

    /// Seals the lines of a company that have no leaf yet, a thousand at most, and signs the root.
    /// Tells the new checkpoint; nothing when no line waits. Two servers may try at once: one of
    /// them does nothing.
    ///
    /// # Errors
    /// `store.*`; `audit.hole` when the tree is damaged.
    pub fn seal(
        &self,
        company: CompanyNumber,
        key: &SigningKey,
        reach: Reach,
    ) -> Result<Option<Sealed>, Faults> {
        let at = now();
        let mut upto = [i64::MAX; 2];
        for (log, upto) in Log::ALL.into_iter().zip(&mut upto) {
            let last = self.look(|session| Ok(batch::last(session, company, log)?))?;
            *upto = self.complete(lines::table(log), company, last)?;
        }
        let wanted = (reach, upto);
        let seal = self.look(|session| Ok(prepare(session, company, key, wanted, at)?))?;
        let Some(seal) = seal else { return Ok(None) };
        let checkpoint = seal.checkpoint.clone();
        let done = self.answer(move |session| {
            let before = last_checkpoint(session, company, i64::MAX)?;
            if before.map_or(0, |before| before.size) != seal.base {
                // Another has sealed them meanwhile.
                return Ok(String::new());
            }
            session.execute(&write(company, &seal)?)?;
            Ok("sealed".to_owned())
        })?;
        Ok((!done.is_empty()).then_some(checkpoint))
    }

    /// Seals all that is there, a thousand lines at a time, and tells each checkpoint.
    ///
    /// # Errors
    /// Those of [`Store::seal`].
    pub fn seal_all(
        &self,
        company: CompanyNumber,
        key: &SigningKey,
        reach: Reach,
        told: &mut dyn FnMut(&Sealed),
    ) -> Result<(), Faults> {
        // Those left behind are looked for once the others have their leaves.
        for near in [Reach::Near, reach] {
            while let Some(checkpoint) = self.seal(company, key, near)? {
                told(&checkpoint);
            }
        }
        Ok(())
    }

    /// About how many lines of a company wait for their leaf, and since when the last checkpoint is.
    ///
    /// # Errors
    /// `store.*`.
    pub fn unsealed(&self, company: CompanyNumber) -> Result<(i64, Option<Instant>), Faults> {
        self.look(|session| {
            let mut waiting = 0;
            for log in Log::ALL {
                let table = lines::table(log);
                let text = format!("select coalesce(max(seq), 0) from {table} where company = $1");
                let rows = session.query(&text, &[Cell::Integer(company.0)])?;
                let there =
                    rows.first().and_then(|row| row.first()).ok_or_else(cell::unreadable)?;
                waiting += there.integer()? - batch::last(session, company, log)?;
            }
            let last = last_checkpoint(session, company, i64::MAX)?;
            Ok((waiting, last.map(|last| last.at)))
        })
    }

    /// The last checkpoint of a company; nothing before its first.
    ///
    /// # Errors
    /// `store.*`.
    pub fn checkpoint(&self, company: CompanyNumber) -> Result<Option<Sealed>, Faults> {
        self.look(|session| Ok(last_checkpoint(session, company, i64::MAX)?))
    }
}

/// Reads what is to be sealed and makes the tree grow by it, on one snapshot.
fn prepare(
    session: &mut dyn Session,
    company: CompanyNumber,
    key: &SigningKey,
    (reach, upto): (Reach, [i64; 2]),
    at: Instant,
) -> Result<Option<Seal>, Fault> {
    let before = last_checkpoint(session, company, i64::MAX)?;
    let base = before.map_or(0, |before| before.size);
    let mut found = Vec::new();
    for (log, upto) in Log::ALL.into_iter().zip(upto) {
        let left = i64::from(MOST) - integer(found.len() as u64)?;
        let last = batch::last(session, company, log)?;
        let from = if reach == Reach::All { i64::MIN } else { last };
        let lines = unsealed(session, company, (log, last), (from, upto), left)?;
        // Those that came late are kept apart, so that the numbers of a batch lie close together.
        found.extend(lines.into_iter().map(|line| (line.entry.seq <= last, line)));
    }
    if found.is_empty() {
        return Ok(None);
    }
    let mut tree = Tree::new(Hashes { session, company }, base);
    let (mut made, mut batches) = (Vec::new(), Vec::<Batch>::new());
    let mut kind = None;
    for (late, line) in found {
        let (entry, payload) = line.sealed()?;
        let (hash, leaf) = (entry.hash(&payload), tree.size());
        tree.append(hash, &mut made)?;
        if kind.replace((entry.log, late)) != Some((entry.log, late)) {
            batches.push(Batch::new(leaf, entry.log));
        }
        if let Some(batch) = batches.last_mut() {
            batch.push(&entry, hash);
        }
    }
    let size = tree.size();
    let note = key.sign(company.0, size, tree.root(size)?);
    let nodes = made.into_iter().filter(|made| made.0 > 0).collect();
    Ok(Some(Seal { base, batches, nodes, checkpoint: Sealed { size, at, note } }))
}

/// The statements of a seal: leaves, nodes, and the checkpoint over them.
fn write(company: CompanyNumber, seal: &Seal) -> Result<Vec<Statement>, Fault> {
    let mut out = Vec::new();
    for batch in &seal.batches {
        out.extend(batch.statements(company)?);
    }
    for (level, place, hash) in &seal.nodes {
        out.push(Statement {
            text: "insert into audit_node (company, level, place, hash) values ($1, $2, $3, $4)"
                .into(),
            params: vec![
                Cell::Integer(company.0),
                i64::from(*level).into(),
                integer(*place)?.into(),
                Cell::Bytes(hash.to_vec()),
            ],
        });
    }
    let Sealed { size, at, note } = &seal.checkpoint;
    out.push(Statement {
        text: "insert into audit_checkpoint (company, size, at, note) values ($1, $2, $3, $4)"
            .into(),
        params: vec![
            Cell::Integer(company.0),
            integer(*size)?.into(),
            at.0.into(),
            note.as_str().into(),
        ],
    });
    Ok(out)
}
