//! A sealed line as it leaves the house: JSON that whoever has the public key can judge.

use kernel::{Instant, RawId};
use serde_json::{Map, Value as Json, json};

use super::entry::{Entry, Log, Payload};
use super::note::{hexadecimal, of_hexadecimal};
use super::verify::Found;

/// A sealed line of the log as JSON.
#[must_use]
pub fn written(found: &Found) -> Json {
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

/// Reads a line as it was [`written`].
#[must_use]
pub fn read(line: &Map<String, Json>, company: i64) -> Option<Found> {
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
