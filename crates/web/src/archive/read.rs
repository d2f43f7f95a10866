//! An archive judged, by whoever has nothing but its file and a public key.

use std::collections::{BTreeMap, HashMap, HashSet};

use erp::finance::{hash_of_document, link};
use kernel::{Fault, parse_decimal};
use processes::reports::archive::{CLOSINGS, DOCUMENTS};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use store::tree::note::{VerifyingKey, decode, hexadecimal};
use store::tree::{Hash, included, line};

use super::{FORM, PROOFS, PUBLIC_KEY, SIGNATURE, SUMS};
use crate::zip;

/// The most findings that are told.
const MOST: usize = 100;

/// What came out.
#[derive(Debug)]
pub struct Verdict {
    /// The period and the moment that were signed; empty when the signature does not hold.
    pub period: String,
    pub made: String,
    pub closings: usize,
    pub documents: usize,
    /// The key by which it was judged, and whether it came from the archive itself.
    pub key: String,
    pub own_key: bool,
    /// What was changed, removed or added; empty when nothing was.
    pub findings: Vec<Fault>,
}

/// Judges an archive by a public key, or by whichever of several signed it; without one by that which
/// lies in it, which says only that the archive agrees with itself.
///
/// # Errors
/// `archive.form` when the file is no archive of ours; `audit.public_key`.
pub fn verify(bytes: &[u8], key: Option<&str>) -> Result<Verdict, Fault> {
    let form = || Fault::new("archive.form");
    let files = zip::files(bytes).ok_or_else(form)?;
    let mut by_name: HashMap<&str, &[u8]> = HashMap::new();
    let mut findings = Vec::new();
    for (name, bytes) in &files {
        if by_name.insert(name, bytes).is_some() {
            findings.push(Fault::new("archive.file_added").with("name", name.as_str()));
        }
    }
    let text = |name: &str| by_name.get(name).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let own = text(PUBLIC_KEY).unwrap_or_default().trim().to_owned();
    let chosen = key.map_or(own, |key| key.trim().to_owned());
    let note = text(SIGNATURE).unwrap_or_default();
    let public = of_several(&chosen, note)?;
    let sums = text(SUMS).ok_or_else(form)?;
    let signed = public.open_text(note).unwrap_or_default();
    let mut lines = signed.lines();
    let ours = lines.next() == Some(FORM) && lines.next() == Some(public.name.as_str());
    let (period, made) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let digest = hexadecimal(&Sha256::digest(sums.as_bytes()));
    if !ours || lines.next() != Some(format!("sha256 {SUMS} {digest}").as_str()) {
        findings.push(Fault::new("archive.signature"));
    }
    compare(sums, &by_name, &mut findings);
    let mut judged = Judged { findings, ..Judged::default() };
    judged.closings(text(CLOSINGS).unwrap_or_default());
    judged.documents(text(DOCUMENTS).unwrap_or_default());
    judged.proofs(text(PROOFS).unwrap_or_default(), &public);
    judged.findings.truncate(MOST);
    Ok(Verdict {
        period: period.to_owned(),
        made: made.to_owned(),
        closings: judged.codes.len(),
        documents: judged.count,
        key: public.to_string(),
        own_key: key.is_none(),
        findings: judged.findings,
    })
}

/// Of several public keys the one that signed; the first when none did.
fn of_several(keys: &str, note: &str) -> Result<VerifyingKey, Fault> {
    let keys: Vec<VerifyingKey> =
        keys.split_whitespace().map(VerifyingKey::of).collect::<Result<_, _>>()?;
    let signer = keys.iter().find(|key| key.open_text(note).is_some()).or(keys.first());
    signer.cloned().ok_or_else(|| Fault::new("audit.public_key"))
}

/// Holds the files against the list of sums.
fn compare(sums: &str, files: &HashMap<&str, &[u8]>, findings: &mut Vec<Fault>) {
    let mut told: HashSet<&str> = HashSet::from([SUMS, SIGNATURE]);
    for (digest, name) in sums.lines().filter_map(|line| line.split_once("  ")) {
        told.insert(name);
        let code = match files.get(name) {
            None => "archive.file_removed",
            Some(bytes) if hexadecimal(&Sha256::digest(bytes)) != digest => "archive.file_changed",
            Some(_) => continue,
        };
        findings.push(Fault::new(code).with("name", name));
    }
    let mut added: Vec<&&str> = files.keys().filter(|name| !told.contains(**name)).collect();
    added.sort();
    findings.extend(added.iter().map(|name| Fault::new("archive.file_added").with("name", **name)));
}

/// What a closing of a day says of its documents.
struct Day {
    last: i64,
    chain: String,
    total: i64,
    /// What its documents give.
    sum: i64,
}

#[derive(Default)]
struct Judged {
    findings: Vec<Fault>,
    /// Each closing's code by its id, and its hash.
    codes: HashMap<String, (String, String)>,
    days: BTreeMap<String, Day>,
    count: usize,
}

fn text<'a>(json: &'a Json, name: &str) -> &'a str {
    json[name].as_str().unwrap_or_default()
}

/// An amount in ten-thousandths, whatever the decimals of its currency.
fn amount(json: &Json) -> i64 {
    parse_decimal(json["amount"].as_str().unwrap_or("0"), 4).unwrap_or(0)
}

impl Judged {
    fn find(&mut self, code: &'static str, name: &'static str, value: &str) {
        self.findings.push(Fault::new(code).with(name, value));
    }

    /// The lines of a file; one that is no JSON is told.
    fn lines(&mut self, name: &str, file: &str) -> Vec<Json> {
        let mut out = Vec::new();
        for (rank, line) in (1_i64..).zip(file.lines()) {
            match serde_json::from_str(line) {
                Ok(line) => out.push(line),
                Err(_) => self
                    .findings
                    .push(Fault::new("archive.unreadable").with("name", name).with("line", rank)),
            }
        }
        out
    }

    fn closings(&mut self, file: &str) {
        let mut before: Option<(i64, String)> = None;
        for line in self.lines(CLOSINGS, file) {
            let content = &line["content"];
            let (code, hash) = (text(content, "code").to_owned(), text(&line, "hash").to_owned());
            if hash_of_document(content) != hash {
                self.find("closing.changed", "period", &code);
            }
            let rank = content["rank"].as_i64().unwrap_or(0);
            let follows = before
                .as_ref()
                .is_none_or(|(last, hash)| rank == last + 1 && text(content, "previous") == hash);
            if !follows {
                self.find("closing.order", "period", &code);
            }
            before = Some((rank, hash.clone()));
            if text(content, "kind") == "day" {
                let day = Day {
                    last: content["last_document"].as_i64().unwrap_or(0),
                    chain: text(content, "chain").to_owned(),
                    total: amount(&content["total"]),
                    sum: 0,
                };
                self.days.insert(code.clone(), day);
            }
            self.codes.insert(text(content, "id").to_owned(), (code, hash));
        }
    }

    fn documents(&mut self, file: &str) {
        let lines = self.lines(DOCUMENTS, file);
        let first = lines.first().unwrap_or(&Json::Null);
        let (mut rank, mut chain) =
            (first["after"].as_i64().unwrap_or(0), text(first, "link").to_owned());
        let mut ends: BTreeMap<i64, String> = BTreeMap::from([(rank, chain.clone())]);
        for line in lines.iter().skip(1) {
            let (number, closing) = (text(line, "number"), text(line, "closing"));
            let about = |code| Fault::new(code).with("number", number).with("day", closing);
            rank += 1;
            let own = line["rank"].as_i64().unwrap_or(0);
            while rank < own {
                let gap = Fault::new("closing.gap").with("rank", rank).with("day", closing);
                self.findings.push(gap);
                rank += 1;
            }
            let (content, hash) = (&line["content"], text(line, "hash"));
            if content.is_null() {
                self.findings.push(about("closing.document_removed"));
            } else if hash_of_document(content) != hash {
                self.findings.push(about("closing.document_changed"));
            }
            chain = link(&chain, hash);
            if chain != text(line, "link") {
                self.findings.push(about("closing.link"));
                text(line, "link").clone_into(&mut chain);
            }
            ends.insert(own, chain.clone());
            if let Some(day) = self.days.get_mut(closing) {
                day.sum += sold(content);
            } else {
                self.findings.push(about("closing.document_added"));
            }
            self.count += 1;
        }
        for (code, day) in &self.days {
            if ends.get(&day.last) != Some(&day.chain) {
                self.findings.push(Fault::new("closing.chain").with("day", code.as_str()));
            }
            if day.sum != day.total {
                self.findings.push(Fault::new("closing.totals").with("period", code.as_str()));
            }
        }
        if let Some((last, _)) = ends.last_key_value()
            && self.days.values().all(|day| day.last < *last)
        {
            self.findings.push(Fault::new("archive.documents_added"));
        }
    }

    fn proofs(&mut self, file: &str, public: &VerifyingKey) {
        let mut proved = HashSet::new();
        for line in self.lines(PROOFS, file) {
            if let Some(id) = holds(&line, public, &self.codes) {
                proved.insert(id);
            }
        }
        let mut without: Vec<String> = self
            .codes
            .iter()
            .filter(|(id, _)| !proved.contains(*id))
            .map(|(_, (code, _))| code.clone())
            .collect();
        without.sort();
        for code in without {
            self.find("archive.unproved", "period", &code);
        }
    }
}

/// What an invoice or a credit note adds to what was sold.
fn sold(content: &Json) -> i64 {
    if text(content, "document") != "invoice" {
        return 0;
    }
    let less = content["deductions"].as_array().into_iter().flatten();
    let sum = amount(&content["total"]) - less.map(|it| amount(&it["amount"])).sum::<i64>();
    if text(content, "kind") == "credit_note" { -sum } else { sum }
}

/// The closing that a proof proves: its line in the log says its hash, and leads to a signed root.
fn holds(
    proof: &Json,
    public: &VerifyingKey,
    closings: &HashMap<String, (String, String)>,
) -> Option<String> {
    let company: i64 = public.name.rsplit_once('/')?.1.parse().ok()?;
    let found = line::read(proof["line"].as_object()?, company)?;
    let checkpoint = public.open(text(proof, "checkpoint"))?;
    let path = proof["path"].as_array()?.iter();
    let path: Option<Vec<Hash>> =
        path.map(|hash| decode(hash.as_str()?)?.try_into().ok()).collect();
    let own = found.entry.hash(&found.payload);
    let stands =
        own == found.hash && included(&own, found.leaf, checkpoint.size, &path?, &checkpoint.root);
    let id = found.entry.record?.to_string();
    let (_, hash) = closings.get(&id)?;
    let changes: Json = serde_json::from_str(text(&proof["line"], "changes")).ok()?;
    let said = changes["hash"][1].as_str()? == hash && found.entry.entity == "closing";
    (stands && said).then_some(id)
}
