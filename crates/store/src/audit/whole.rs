//! The whole log read in order: for an export, and for whoever judges it.

use kernel::{CompanyNumber, Fault, Faults};

use super::lines::{self, stretch};
use super::{Sealed, integer, last_checkpoint, sealed};
use crate::Store;
use crate::cell::Cell;
use crate::session::Session;
use crate::tree::entry::Log;
use crate::tree::note::VerifyingKey;
use crate::tree::verify::{Found, Verdict, Verifier};

/// How many leaves are read in one look.
const AT_ONCE: i64 = 1_000;
/// The most lines told that are outside the tree.
const MOST_OUTSIDE: i64 = 1_000;

/// What a reader of the whole log meets.
#[derive(Debug)]
pub enum Met {
    Line(Found),
    /// A checkpoint, behind the last line that it covers.
    Checkpoint(Sealed),
}

impl Store {
    /// Gives every sealed line of a company to `meet`, in the order of the tree, and each checkpoint
    /// in its place. The end is the last checkpoint.
    ///
    /// # Errors
    /// Those of `meet`, `store.*`.
    pub fn read_log(
        &self,
        company: CompanyNumber,
        meet: &mut dyn FnMut(Met) -> Result<(), Fault>,
    ) -> Result<(), Faults> {
        let Some(last) = self.checkpoint(company)? else { return Ok(()) };
        let (mut from, size) = (0, integer(last.size)?);
        while from < size {
            let to = (from + AT_ONCE).min(size);
            let (lines, checkpoints) = self.look(|session| {
                let lines = stretch(session, company, from, to)?;
                Ok((lines, checkpoints(session, company, from, to)?))
            })?;
            let mut checkpoints = checkpoints.into_iter().peekable();
            for line in lines {
                while let Some(before) = checkpoints.next_if(|one| one.size <= line.leaf) {
                    meet(Met::Checkpoint(before))?;
                }
                meet(Met::Line(line))?;
            }
            for checkpoint in checkpoints {
                meet(Met::Checkpoint(checkpoint))?;
            }
            from = to;
        }
        Ok(())
    }

    /// Judges the whole log as it stands in the database: every sealed line is what was sealed,
    /// every root what was signed, and no line stands outside.
    ///
    /// # Errors
    /// `store.*`.
    pub fn judge_log(
        &self,
        company: CompanyNumber,
        key: Option<&VerifyingKey>,
    ) -> Result<Verdict, Faults> {
        let mut verifier = Verifier::new(&[]);
        let mut unsigned = Vec::new();
        self.read_log(company, &mut |met| {
            match met {
                Met::Line(found) => verifier.read(found),
                Met::Checkpoint(checkpoint) => {
                    let opened = match key {
                        Some(key) => key.open(&checkpoint.note),
                        None => None,
                    };
                    let size = integer(checkpoint.size)?;
                    let read = crate::tree::note::Checkpoint::of(&checkpoint.note);
                    // Of a key that is no longer ours, the signature stays unread.
                    let ours =
                        read.as_ref().zip(key).is_some_and(|(it, key)| it.origin == key.name);
                    if ours && opened.is_none() {
                        unsigned.push(Fault::new("audit.signature").with("size", size));
                    }
                    match read.filter(|read| read.size == checkpoint.size) {
                        Some(read) => verifier.want(&read),
                        None => unsigned.push(Fault::new("audit.signature").with("size", size)),
                    }
                }
            }
            Ok(())
        })?;
        let mut verdict = verifier.finish();
        verdict.findings.extend(unsigned);
        verdict.findings.extend(self.look(|session| Ok(outside(session, company)?))?);
        Ok(verdict)
    }
}

/// The checkpoints of sizes after `from`, up to `to`.
fn checkpoints(
    session: &mut dyn Session,
    company: CompanyNumber,
    from: i64,
    to: i64,
) -> Result<Vec<Sealed>, Fault> {
    let text = "select size, at, note from audit_checkpoint where company = $1 and size > $2 \
                and size <= $3 order by size";
    let rows = session.query(text, &[Cell::Integer(company.0), from.into(), to.into()])?;
    rows.into_iter().map(sealed).collect()
}

/// Lines older than the last checkpoint by an hour, and still without a leaf: they were not there
/// when it was signed. Leaves beyond the last checkpoint.
fn outside(session: &mut dyn Session, company: CompanyNumber) -> Result<Vec<Fault>, Fault> {
    const HOUR: i64 = 3600 * kernel::Instant::SECOND;
    let Some(last) = last_checkpoint(session, company, i64::MAX)? else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for log in Log::ALL {
        let end = super::batch::last(session, company, log)?;
        let lines = lines::missing(session, company, log, (i64::MIN, end), MOST_OUTSIDE)?;
        for line in lines.into_iter().filter(|line| line.entry.at.0 < last.at.0 - HOUR) {
            let fault = Fault::new("audit.outside").with("log", log.name());
            out.push(fault.with("seq", line.entry.seq));
        }
    }
    let text = "select sum(length(seqs)) / 8 from audit_batch where company = $1 and leaf >= $2";
    let params = [Cell::Integer(company.0), integer(last.size)?.into()];
    let beyond = session.query(text, &params)?.into_iter().flatten().next();
    let beyond = beyond.filter(|sum| *sum != Cell::Null);
    match beyond.map(|count| count.integer()).transpose()? {
        None | Some(0) => {}
        Some(count) => out.push(Fault::new("audit.beyond_checkpoint").with("count", count)),
    }
    Ok(out)
}
