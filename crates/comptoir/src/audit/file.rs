//! An exported log: a header, then a line of JSON for each entry, and each checkpoint behind the
//! last entry that it covers. Whoever has the public key can judge it.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use kernel::{CompanyNumber, Fault, Faults};
use serde_json::{Value as Json, json};
use store::Store;
use store::audit::Met;
use store::tree::line;
use store::tree::note::{VerifyingKey, notes};
use store::tree::verify::{Verdict, Verifier};

use super::unusable;

/// The form of the file.
const FORM: &str = "comptoir audit 1";

/// Writes the sealed log of a company to a new file, which only its owner may read; tells how many
/// entries there are.
///
/// # Errors
/// `data.file`, `store.*`.
pub fn export(store: &Store, company: CompanyNumber, to: &Path) -> Result<u64, Faults> {
    let bad = |error: std::io::Error| unusable(to, &error);
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).map_err(bad)?;
    let (mut out, mut count) = (BufWriter::new(file), 0);
    writeln!(out, "{}", json!({ "form": FORM, "company": company.0 })).map_err(bad)?;
    store.read_log(company, &mut |met| {
        let line = match met {
            Met::Checkpoint(checkpoint) => json!({ "checkpoint": checkpoint.note }),
            Met::Line(found) => {
                count += 1;
                line::written(&found)
            }
        };
        writeln!(out, "{line}").map_err(bad)
    })?;
    out.into_inner().map_err(|error| bad(error.into_error()))?.sync_all().map_err(bad)?;
    Ok(count)
}

/// Judges an exported log by checkpoints kept elsewhere and by those within.
///
/// # Errors
/// `data.file`; `audit.public_key`; `audit.no_checkpoint` when the key signed none of those given;
/// `audit.form` when the file is no exported log.
pub fn verify(log: &Path, checkpoint: &Path, public: &str) -> Result<Verdict, Faults> {
    let text = std::fs::read_to_string(checkpoint).map_err(|error| unusable(checkpoint, &error))?;
    let keys: Vec<VerifyingKey> =
        public.split_whitespace().map(VerifyingKey::of).collect::<Result<_, _>>()?;
    let open = |note: &str| keys.iter().find_map(|key| key.open(note));
    let file = File::open(log).map_err(|error| unusable(log, &error))?;
    let mut lines = BufReader::new(file).lines();
    let header: Option<Json> = lines.next().and_then(|line| serde_json::from_str(&line.ok()?).ok());
    let header = header.filter(|header| header["form"] == FORM);
    let company = header.and_then(|header| header["company"].as_i64());
    let company = company.ok_or_else(|| Fault::new("audit.form"))?;
    let ours = format!("/{company}");
    let trusted: Vec<_> = notes(&text)
        .iter()
        .filter_map(|note| open(note))
        .filter(|checkpoint| checkpoint.origin.ends_with(&ours))
        .collect();
    if trusted.is_empty() {
        return Err(Fault::new("audit.no_checkpoint").into());
    }
    let (mut verifier, mut unread) = (Verifier::new(&trusted), Vec::new());
    for (rank, line) in (2_i64..).zip(lines) {
        let line = line.map_err(|error| unusable(log, &error))?;
        let Ok(Json::Object(line)) = serde_json::from_str(&line) else {
            unread.push(Fault::new("audit.unreadable").with("line", rank));
            continue;
        };
        match line.get("checkpoint").and_then(Json::as_str) {
            Some(note) => match open(note) {
                Some(checkpoint) => verifier.want(&checkpoint),
                None => unread.push(Fault::new("audit.unsigned").with("line", rank)),
            },
            None => match line::read(&line, company) {
                Some(found) => verifier.read(found),
                None => unread.push(Fault::new("audit.unreadable").with("line", rank)),
            },
        }
    }
    let mut verdict = verifier.finish();
    unread.truncate(100);
    verdict.findings.splice(0..0, unread);
    Ok(verdict)
}
