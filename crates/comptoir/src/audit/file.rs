//! An exported log: a header, then a line of JSON for each entry, and each checkpoint behind the
//! last entry that it covers. Whoever has the public key can judge it.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use kernel::{CompanyNumber, Fault, Faults, Instant, RawId};
use serde_json::{Map, Value as Json, json};
use store::Store;
use store::audit::Met;
use store::tree::entry::{Entry, Log, Payload};
use store::tree::note::{VerifyingKey, hexadecimal, notes, of_hexadecimal};
use store::tree::verify::{Found, Verdict, Verifier};

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
                written(&found)
            }
        };
        writeln!(out, "{line}").map_err(bad)
    })?;
    out.into_inner().map_err(|error| bad(error.into_error()))?.sync_all().map_err(bad)?;
    Ok(count)
}

fn written(found: &Found) -> Json {
    let Found { leaf, entry, payload, hash } = found;
    let id = |id: Option<RawId>| id.map(|id| id.to_string());
    let mut line = json!({
        "leaf": leaf,
        "log": entry.log.name(),
        "seq": entry.seq,
        "at": entry.at.0,
        "actor": id(entry.actor),
        "door": entry.door,
        "entity": entry.entity,
        "record": id(entry.record),
        "verb": entry.verb,
    });
    match payload {
        Payload::Erased(digest) => line["erased"] = hexadecimal(digest).into(),
        Payload::Whole(texts, salt) => {
            for (name, text) in entry.log.erasable().iter().zip(texts) {
                line[*name] = text.as_str().into();
            }
            line["salt"] = hexadecimal(salt).into();
        }
    }
    line["hash"] = hexadecimal(hash).into();
    line
}

/// Reads an entry as it was [`written`].
fn read(line: &Map<String, Json>, company: i64) -> Option<Found> {
    let text = |name: &str| line.get(name)?.as_str();
    let number = |name: &str| line.get(name)?.as_i64();
    let id = |name: &str| match line.get(name)? {
        Json::Null => Some(None),
        Json::String(id) => RawId::parse(id).ok().map(Some),
        _ => None,
    };
    let log = Log::of(text("log")?)?;
    let payload = match text("erased") {
        Some(digest) => Payload::Erased(of_hexadecimal(digest)?),
        None => {
            let texts = log.erasable().iter().map(|name| text(name).map(ToOwned::to_owned));
            Payload::Whole(texts.collect::<Option<_>>()?, of_hexadecimal(text("salt")?)?)
        }
    };
    let entry = Entry {
        company,
        log,
        seq: number("seq")?,
        at: Instant(number("at")?),
        actor: id("actor")?,
        door: text("door")?.to_owned(),
        entity: text("entity")?.to_owned(),
        record: id("record")?,
        verb: text("verb")?.to_owned(),
    };
    let leaf = line.get("leaf")?.as_u64()?;
    Some(Found { leaf, entry, payload, hash: of_hexadecimal(text("hash")?)? })
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
            None => match read(&line, company) {
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
