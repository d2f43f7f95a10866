//! Archives: what was recorded in a closed period, signed, with all that it takes to check it
//! without this program, its database or its makers.
//!
//! Source: CGI, art. 286, I, 3° bis; BOI-TVA-DECLA-30-10-30, § 210 to 240.

mod read;

use std::collections::BTreeMap;

use kernel::{Actor, CompanyNumber, Door, Fault, Faults, Instant};
use processes::reports::archive as told;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::Store;
use store::audit::{Reach, Wanted};
use store::tree::entry::Log;
use store::tree::line;
use store::tree::note::{SigningKey, encode, hexadecimal};

use crate::zip::Archive;

pub use read::{Verdict, verify};

/// The form of the archive: the first line of what is signed.
const FORM: &str = "comptoir archive 1";
const SUMS: &str = "SHA256SUMS";
const SIGNATURE: &str = "SIGNATURE.txt";
const PUBLIC_KEY: &str = "public-key.txt";
const PROOFS: &str = "proofs.jsonl";
/// The most that an archive may weigh, in bytes: a longer period is taken out month by month.
const MOST: usize = 1 << 30;

/// An archive, and what its file is called.
#[derive(Debug)]
pub struct Made {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Makes the archive of a closed period, seen as of `now`.
///
/// # Errors
/// `archive.period` when it is not closed, `archive.large`; `fec.*`, `audit.*`, `store.*`.
pub fn make(
    store: &Store,
    key: &SigningKey,
    company: CompanyNumber,
    period: &str,
    now: Instant,
) -> Result<Made, Faults> {
    // What was just closed must stand under a signed root.
    store.seal_all(company, key, Reach::Near, &mut |_| {})?;
    let house = Actor::house(company, Door::Console);
    let wanted = period.to_owned();
    let (name, files, closings) = store.read(&house, |tx| {
        let closing = told::closing_of(tx, &wanted)?;
        let name = master::company(tx)?.name.clone();
        let within = told::closings_within(tx, &closing)?;
        Ok((name, told::files(tx, &closing)?, within))
    })?;
    let mut parts: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    parts.extend(files.into_iter().map(|file| (file.name, file.bytes)));
    let mut proofs = String::new();
    for closing in &closings {
        proofs.push_str(&proof(store, company, &closing.code, closing.id.raw())?);
        proofs.push('\n');
    }
    parts.insert(PROOFS.to_owned(), proofs.into_bytes());
    let public = key.public(company.0);
    parts.insert(PUBLIC_KEY.to_owned(), format!("{public}\n").into_bytes());
    for (file, text) in READ_ME {
        let filled = text
            .replace("{company}", &name)
            .replace("{period}", period)
            .replace("{made}", &now.to_string())
            .replace("{key}", &public.to_string());
        parts.insert((*file).to_owned(), filled.into_bytes());
    }
    let weight: usize = parts.values().map(Vec::len).sum();
    if weight > MOST {
        return Err(Fault::new("archive.large").with("period", period).into());
    }
    let sums: String = parts.iter().map(|(name, bytes)| sum(name, bytes)).collect();
    let text = format!(
        "{FORM}\n{}\n{period}\n{now}\nsha256 {SUMS} {}\n",
        public.name,
        hexadecimal(&Sha256::digest(sums.as_bytes()))
    );
    let mut archive = Archive::default();
    for (name, bytes) in &parts {
        archive.add(name, bytes);
    }
    archive.add(SUMS, sums.as_bytes());
    archive.add(SIGNATURE, key.sign_text(company.0, &text).as_bytes());
    Ok(Made { name: format!("archive-{period}.zip"), bytes: archive.close() })
}

/// A line of the list of sums, as `sha256sum` writes it.
fn sum(name: &str, bytes: &[u8]) -> String {
    format!("{}  {name}\n", hexadecimal(&Sha256::digest(bytes)))
}

const READ_ME: &[(&str, &str)] = &[
    ("LISEZMOI.txt", include_str!("archive/read_me.fr.txt")),
    ("README.txt", include_str!("archive/read_me.en.txt")),
];

/// The line of the audit that tells of a closing, and its path to the last signed root.
fn proof(
    store: &Store,
    company: CompanyNumber,
    code: &str,
    closing: kernel::RawId,
) -> Result<String, Faults> {
    let wanted = Wanted {
        log: Some(Log::Change),
        record: Some(closing),
        entity: Some("closing".to_owned()),
        limit: 1,
        ..Wanted::default()
    };
    let lines = store.audit_lines(company, &wanted)?;
    let missing = || Fault::new("archive.unproved").with("period", code);
    let seq = lines.first().ok_or_else(missing)?.entry.seq;
    let proved = store.inclusion(company, Log::Change, seq)?;
    let path: Vec<String> = proved.path.iter().map(|hash| encode(hash)).collect();
    let told = json!({
        "closing": code,
        "line": line::written(&proved.found),
        "size": proved.checkpoint.size,
        "path": path,
        "checkpoint": proved.checkpoint.note,
    });
    Ok(told.to_string())
}
