//! What a seal keeps: for a stretch of leaves the numbers of their lines and their hashes, in one row
//! that never changes; and the words that occur among its lines, by which they are found again.

use std::collections::BTreeSet;

use kernel::{CompanyNumber, Fault};

use super::{integer, natural};
use crate::cell::{self, Cell};
use crate::session::{Session, Statement};
use crate::tree::Hash;
use crate::tree::entry::{Entry, Log};

/// How many bytes a number takes, and a hash.
const NUMBER: usize = 8;
const HASH: usize = 32;

/// Lines of one log that follow one another in the tree, by ascending number.
#[derive(Debug)]
pub struct Batch {
    /// The place of the first.
    pub leaf: u64,
    pub log: Log,
    pub seqs: Vec<i64>,
    pub hashes: Vec<Hash>,
    words: BTreeSet<String>,
}

impl Batch {
    #[must_use]
    pub const fn new(leaf: u64, log: Log) -> Self {
        Self { leaf, log, seqs: Vec::new(), hashes: Vec::new(), words: BTreeSet::new() }
    }

    pub fn push(&mut self, entry: &Entry, hash: Hash) {
        self.seqs.push(entry.seq);
        self.hashes.push(hash);
        self.words.extend([entry.verb.clone(), entry.entity.clone()]);
        self.words.extend(entry.actor.map(|actor| actor.to_string()));
    }

    /// What writes it down; nothing for an empty one.
    ///
    /// # Errors
    /// `store.unreadable` when a place is beyond all numbers.
    pub fn statements(&self, company: CompanyNumber) -> Result<Vec<Statement>, Fault> {
        let (Some(first), Some(last)) = (self.seqs.first(), self.seqs.last()) else {
            return Ok(Vec::new());
        };
        let seqs: Vec<u8> = self.seqs.iter().flat_map(|seq| seq.to_be_bytes()).collect();
        let (company, log) = (Cell::Integer(company.0), Cell::from(self.log.name()));
        let ends = [Cell::from(*first), Cell::from(*last)];
        let mut params = vec![company.clone(), integer(self.leaf)?.into(), log.clone()];
        params.extend(ends.clone());
        params.extend([cell::of_bytes(&seqs), cell::of_bytes(self.hashes.as_flattened())]);
        let batch = "insert into audit_batch (company, leaf, log, first, last, seqs, hashes) \
                     values ($1, $2, $3, $4, $5, $6, $7)";
        let mut out = vec![Statement { text: batch.into(), params }];
        let word = "insert into audit_word (company, log, word, first, last) \
                    values ($1, $2, $3, $4, $5)";
        for one in self.words.iter().filter(|word| !word.is_empty()) {
            let mut params = vec![company.clone(), log.clone(), one.as_str().into()];
            params.extend(ends.clone());
            out.push(Statement { text: word.into(), params });
        }
        Ok(out)
    }
}

/// Bytes of any length: 16 of them come as an id.
fn bytes(cell: &Cell) -> Result<&[u8], Fault> {
    match cell {
        Cell::Id(bytes) => Ok(bytes),
        Cell::Bytes(bytes) => Ok(bytes),
        _ => Err(cell::unreadable()),
    }
}

fn numbers(cell: &Cell) -> Result<Vec<i64>, Fault> {
    let (numbers, rest) = bytes(cell)?.as_chunks::<NUMBER>();
    if !rest.is_empty() {
        return Err(cell::unreadable());
    }
    Ok(numbers.iter().map(|bytes| i64::from_be_bytes(*bytes)).collect())
}

fn hashes(cell: &Cell) -> Result<Vec<Hash>, Fault> {
    let (hashes, rest) = bytes(cell)?.as_chunks::<HASH>();
    if rest.is_empty() { Ok(hashes.to_vec()) } else { Err(cell::unreadable()) }
}

/// The batches that hold leaves of a stretch, whole, in the order of the tree.
///
/// # Errors
/// `store.*`.
pub fn covering(
    session: &mut dyn Session,
    company: CompanyNumber,
    from: i64,
    to: i64,
) -> Result<Vec<Batch>, Fault> {
    let text = "select leaf, log, seqs, hashes from audit_batch where company = $1 and leaf < $3 \
                and leaf >= coalesce((select max(leaf) from audit_batch where company = $1 \
                and leaf <= $2), 0) order by leaf";
    let rows = session.query(text, &[Cell::Integer(company.0), from.into(), to.into()])?;
    let batch = |row: Vec<Cell>| {
        let [leaf, log, seqs, kept] = &row[..] else { return Err(cell::unreadable()) };
        let log = Log::of(&log.clone().text()?).ok_or_else(cell::unreadable)?;
        let (seqs, hashes) = (numbers(seqs)?, hashes(kept)?);
        if seqs.len() != hashes.len() {
            return Err(Fault::new("audit.hole"));
        }
        Ok(Batch { leaf: natural(leaf)?, log, seqs, hashes, words: BTreeSet::new() })
    };
    rows.into_iter().map(batch).collect()
}

/// The greatest number of a line of a log that has a leaf; 0 when none has.
///
/// # Errors
/// `store.*`.
pub fn last(session: &mut dyn Session, company: CompanyNumber, log: Log) -> Result<i64, Fault> {
    let text = "select coalesce(max(last), 0) from audit_batch where company = $1 and log = $2";
    let rows = session.query(text, &[Cell::Integer(company.0), log.name().into()])?;
    rows.first().and_then(|row| row.first()).ok_or_else(cell::unreadable)?.integer()
}

/// The place of a line, if it has one.
///
/// # Errors
/// `store.*`.
pub fn leaf_of(
    session: &mut dyn Session,
    company: CompanyNumber,
    log: Log,
    seq: i64,
) -> Result<Option<u64>, Fault> {
    for (leaf, seqs) in around(session, company, log, seq, seq)? {
        if let Ok(rank) = seqs.binary_search(&seq) {
            return Ok(Some(leaf + rank as u64));
        }
    }
    Ok(None)
}

/// The numbers between two, both included, that have a leaf.
///
/// # Errors
/// `store.*`.
pub fn sealed_between(
    session: &mut dyn Session,
    company: CompanyNumber,
    log: Log,
    from: i64,
    to: i64,
) -> Result<BTreeSet<i64>, Fault> {
    let batches = around(session, company, log, from, to)?;
    let seqs = batches.into_iter().flat_map(|(_, seqs)| seqs);
    Ok(seqs.filter(|seq| (from..=to).contains(seq)).collect())
}

/// The batches in which numbers between two may be, both included: their places and numbers.
fn around(
    session: &mut dyn Session,
    company: CompanyNumber,
    log: Log,
    from: i64,
    to: i64,
) -> Result<Vec<(u64, Vec<i64>)>, Fault> {
    let text = "select leaf, seqs from audit_batch where company = $1 and log = $2 \
                and last >= $3 and first <= $4";
    let params = [Cell::Integer(company.0), log.name().into(), from.into(), to.into()];
    let batch = |row: Vec<Cell>| match &row[..] {
        [leaf, seqs] => Ok((natural(leaf)?, numbers(seqs)?)),
        _ => Err(cell::unreadable()),
    };
    session.query(text, &params)?.into_iter().map(batch).collect()
}

/// Stretches of numbers in which all of these words occur, the latest first: those that begin before
/// `before`, and end before `end`; so many at most.
///
/// # Errors
/// `store.*`.
pub fn with_words(
    session: &mut dyn Session,
    (company, log): (CompanyNumber, Log),
    words: &[String],
    (before, end): (i64, i64),
    most: i64,
) -> Result<Vec<(i64, i64)>, Fault> {
    let mut params = vec![Cell::Integer(company.0), log.name().into(), before.into(), end.into()];
    params.push(most.into());
    let mut text = "select first, last from audit_word w where w.company = $1 and w.log = $2 \
                    and w.first < $3 and w.last < $4"
        .to_owned();
    for (rank, word) in words.iter().enumerate() {
        params.push(word.as_str().into());
        let place = params.len();
        if rank == 0 {
            text.push_str(&format!(" and w.word = ${place}"));
        } else {
            text.push_str(&format!(
                " and exists (select 1 from audit_word o where o.company = $1 and o.log = $2 \
                 and o.word = ${place} and o.last = w.last)"
            ));
        }
    }
    text.push_str(" order by w.last desc limit $5");
    let stretch = |row: Vec<Cell>| match &row[..] {
        [first, last] => Ok((first.integer()?, last.integer()?)),
        _ => Err(cell::unreadable()),
    };
    session.query(&text, &params)?.into_iter().map(stretch).collect()
}
