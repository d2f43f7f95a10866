//! The personal data of lines, erased for good: what the tree covers of it is the digest, which
//! stays.

use kernel::{Actor, Faults, Origin, RawId};
use serde_json::json;

use super::lines::{Unsealed, read};
use super::{Access, natural};
use crate::cell::{self, Cell};
use crate::session::Statement;
use crate::tree::entry::{Log, Payload};
use crate::{Store, now};

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// The lines whose payload is gone.
    pub lines: usize,
}

impl Store {
    /// Erases what the lines about one record say, in both logs, and says so in the log: who did it
    /// and why. What is not sealed yet is sealed first by the caller, or refused.
    ///
    /// # Errors
    /// `audit.unsealed` when a line has no leaf yet; `store.*`.
    pub fn erase(&self, actor: &Actor, about: Origin, reason: &str) -> Result<Erased, Faults> {
        let (actor, reason) = (actor.clone(), reason.to_owned());
        let at = now();
        let done = self.answer(move |session| {
            let company = actor.company;
            let (mut count, mut said) = (0, Vec::new());
            for log in Log::ALL {
                let rest = "and a.record = $2 and a.verb <> 'erased' order by a.seq";
                let lines = read(session, company, log, rest, &[about.id.into()])?;
                let mut seqs = Vec::new();
                for Unsealed { entry, texts } in lines {
                    let text = "select leaf, salt from audit_leaf where company = $1 \
                                and log = $2 and seq = $3";
                    let params = [Cell::Integer(company.0), log.name().into(), entry.seq.into()];
                    let row = session.query(text, &params)?.into_iter().next();
                    let unsealed = || kernel::Fault::new("audit.unsealed").with("seq", entry.seq);
                    let row = row.ok_or_else(unsealed)?;
                    let [leaf, salt] = &row[..] else { return Err(cell::unreadable().into()) };
                    if *salt == Cell::Null {
                        continue;
                    }
                    let digest = Payload::Whole(texts, salt.bytes()?).digest();
                    natural(leaf)?;
                    session.execute(&blank(company.0, log, entry.seq, leaf, digest))?;
                    seqs.push(entry.seq);
                }
                count += seqs.len();
                said.push((log.name(), seqs));
            }
            if count > 0 {
                let detail = said.iter().map(|(log, seqs)| ((*log).to_owned(), json!(seqs)));
                let mut detail: serde_json::Map<_, _> = detail.collect();
                detail.insert("reason".to_owned(), json!(reason));
                let mut act = Access::new("erased", about.entity).detail(detail.into());
                act.record = Some(RawId(about.id.0));
                let act = super::access::statement(session.dialect(), &actor, at, &act);
                session.execute(&[act])?;
            }
            Ok(count.to_string())
        })?;
        Ok(Erased { lines: done.parse().unwrap_or(0) })
    }
}

/// The two statements that let a payload go: the leaf first, then the line.
fn blank(company: i64, log: Log, seq: i64, leaf: &Cell, digest: [u8; 32]) -> [Statement; 2] {
    let line = match log {
        Log::Change => {
            "update audit set actor_name = '', changes = '{}' where company = $1 and seq = $2"
        }
        Log::Access => {
            "update access set actor_name = '', address = '', detail = '{}' \
             where company = $1 and seq = $2"
        }
    };
    let company = Cell::Integer(company);
    [
        Statement {
            text: "update audit_leaf set salt = null, digest = $3 \
                   where company = $1 and leaf = $2"
                .into(),
            params: vec![company.clone(), leaf.clone(), Cell::Bytes(digest.to_vec())],
        },
        Statement { text: line.into(), params: vec![company, seq.into()] },
    ]
}
