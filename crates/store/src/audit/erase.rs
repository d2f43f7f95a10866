//! The personal data of lines, erased for good: what the tree covers of it is the digest, which
//! stays.

use kernel::{Actor, Faults, Origin, RawId};
use serde_json::json;

use super::Access;
use super::lines::read;
use crate::cell::Cell;
use crate::session::Statement;
use crate::tree::entry::{Entry, Log, Payload};
use crate::{Store, now};

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// The lines whose payload is gone.
    pub lines: usize,
}

impl Store {
    /// Erases what the lines about one record say, in both logs, and says so in the log: who did it
    /// and why.
    ///
    /// # Errors
    /// `store.*`.
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
                for line in lines {
                    let (entry, payload) = line.sealed()?;
                    if let Payload::Whole(..) = payload {
                        session.execute(&[blank(&entry, payload.digest())])?;
                        seqs.push(entry.seq);
                    }
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

/// The statement that lets a payload go, and keeps its digest.
fn blank(entry: &Entry, digest: [u8; 32]) -> Statement {
    let text = match entry.log {
        Log::Change => {
            "update audit set actor_name = '', changes = '{}', salt = $3 \
             where company = $1 and seq = $2"
        }
        Log::Access => {
            "update access set actor_name = '', address = '', detail = '{}', salt = $3 \
             where company = $1 and seq = $2"
        }
    };
    let digest = Cell::Bytes(digest.to_vec());
    Statement { text: text.into(), params: vec![entry.company.into(), entry.seq.into(), digest] }
}
