//! The audit proved: its last checkpoint, that a line is under it, that one checkpoint goes on from
//! another. Whoever has the public key needs to trust nobody for the rest.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json as AxumJson, Router};
use kernel::Fault;
use serde_json::{Value as Json, json};
use store::audit::Line;
use store::tree::Hash;
use store::tree::entry::Log;
use store::tree::note::encode;

use crate::Api;
use crate::door::{Asked, Named};
use crate::problem::Problem;
use crate::rest::{pairs, wrong_method};

/// The right to see the whole audit: who saw what, and the proofs.
const RIGHT: &str = "audit.read";
/// The most lines of one answer.
const MOST: u32 = 1_000;

/// The routes of the proofs.
pub fn routes() -> Router<Api> {
    Router::new()
        .route("/api/audit/checkpoint", get(checkpoint).fallback(wrong_method))
        .route("/api/audit/proof/{seq}", get(proof).fallback(wrong_method))
        .route("/api/audit/consistency", get(consistency).fallback(wrong_method))
        .route("/api/audit/accesses", get(accesses).fallback(wrong_method))
}

fn given<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

fn size(pairs: &[(String, String)], name: &'static str) -> Result<Option<u64>, Fault> {
    let Some(text) = given(pairs, name) else { return Ok(None) };
    let wrong = |_| Fault::new("query.number").on(name).with("most", i64::MAX);
    text.parse().map(Some).map_err(wrong)
}

fn hashes(path: &[Hash]) -> Vec<String> {
    path.iter().map(|hash| encode(hash)).collect()
}

async fn checkpoint(State(api): State<Api>, asked: Asked) -> Result<Response, Problem> {
    asked
        .answer(api, |api, _, actor| {
            actor.may(RIGHT)?;
            let last = api.store.checkpoint(actor.company)?;
            let last = last.ok_or_else(|| Fault::new("audit.no_seal"))?;
            let answer =
                json!({ "size": last.size, "at": last.at.to_string(), "checkpoint": last.note });
            Ok(AxumJson(answer).into_response())
        })
        .await
}

async fn proof(
    State(api): State<Api>,
    Named(seq): Named<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked
        .answer(api, move |api, asked, actor| {
            actor.may(RIGHT)?;
            let pairs = pairs(asked)?;
            let name = given(&pairs, "log").unwrap_or("change");
            let unknown = || Fault::new("query.unknown").on("log").with("given", name);
            let log = Log::of(name).ok_or_else(unknown)?;
            let wrong = |_| Fault::new("query.number").on("seq").with("most", i64::MAX);
            let seq = seq.parse().map_err(wrong)?;
            let proof = api.store.inclusion(actor.company, log, seq)?;
            let (entry, payload) = (&proof.found.entry, &proof.found.payload);
            let answer = json!({
                "log": log.name(),
                "seq": seq,
                "leaf": proof.found.leaf,
                "size": proof.checkpoint.size,
                "entry": encode(&entry.bytes(&payload.digest())),
                "hash": encode(&proof.found.hash),
                "path": hashes(&proof.path),
                "checkpoint": proof.checkpoint.note,
            });
            Ok(AxumJson(answer).into_response())
        })
        .await
}

async fn consistency(State(api): State<Api>, asked: Asked) -> Result<Response, Problem> {
    asked
        .answer(api, |api, asked, actor| {
            actor.may(RIGHT)?;
            let pairs = pairs(asked)?;
            let missing = || Fault::new("query.missing").on("from");
            let from = size(&pairs, "from")?.ok_or_else(missing)?;
            let last = api.store.checkpoint(actor.company)?.map_or(0, |last| last.size);
            let to = size(&pairs, "to")?.unwrap_or(last);
            let proof = api.store.consistency(actor.company, from, to)?;
            let answer = json!({
                "from": from,
                "to": to,
                "from_root": encode(&proof.from_root),
                "to_root": encode(&proof.to_root),
                "path": hashes(&proof.path),
            });
            Ok(AxumJson(answer).into_response())
        })
        .await
}

/// Who saw what, came in, or was refused, newest first.
async fn accesses(State(api): State<Api>, asked: Asked) -> Result<Response, Problem> {
    asked
        .answer(api, |api, asked, actor| {
            actor.may(RIGHT)?;
            let pairs = pairs(asked)?;
            let before = size(&pairs, "before")?.and_then(|before| i64::try_from(before).ok());
            let limit = size(&pairs, "limit")?.and_then(|limit| u32::try_from(limit).ok());
            let wanted = store::audit::Wanted {
                log: Some(Log::Access),
                before: [i64::MAX, before.unwrap_or(i64::MAX)],
                limit: limit.unwrap_or(100).clamp(1, MOST),
                ..Default::default()
            };
            let lines = api.store.audit_lines(actor.company, &wanted)?;
            let items: Vec<Json> = lines.iter().map(accessed).collect();
            Ok(AxumJson(json!({ "items": items })).into_response())
        })
        .await
}

fn accessed(line: &Line) -> Json {
    let entry = &line.entry;
    json!({
        "seq": entry.seq,
        "at": entry.at.to_string(),
        "actor": entry.actor.map(|id| id.to_string()),
        "actor_name": line.actor_name,
        "door": entry.door,
        "address": line.address,
        "verb": entry.verb,
        "entity": entry.entity,
        "id": entry.record.map(|id| id.to_string()),
        "detail": line.detail,
    })
}
