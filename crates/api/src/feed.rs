//! What happened: the feed of events, and the history of one record.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json as AxumJson, Router};
use identity::personal;
use kernel::work::not_found;
use kernel::{Actor, Catalog, Condition, EntityDef, Fault, Faults, Origin, RawId, rights};
use serde_json::{Map, Value as Json, json};
use store::{Audited, Told};

use crate::Api;
use crate::door::Asked;
use crate::problem::Problem;
use crate::rest::{pairs, wrong_method};

const LIMIT: u32 = 100;
const LIMIT_MOST: u32 = 1000;

/// The routes of the feed and of the history.
pub fn routes() -> Router<Api> {
    Router::new()
        .route("/api/changes", get(changes).fallback(wrong_method))
        .route("/api/audit", get(audit).fallback(wrong_method))
}

/// The value of one parameter, as a number from `least` to `most`.
fn number<T>(
    asked: &[(String, String)],
    name: &'static str,
    otherwise: T,
    most: T,
) -> Result<T, Fault>
where
    T: std::str::FromStr + PartialOrd + Into<i64> + Copy,
{
    let Some((_, text)) = asked.iter().rev().find(|(given, _)| given == name) else {
        return Ok(otherwise);
    };
    match text.parse::<T>() {
        Ok(number) if number <= most && number.into() >= 0 => Ok(number),
        _ => Err(Fault::new("query.number").on(name).with("most", most.into())),
    }
}

/// The events after a place, oldest first. `next` is the place to ask from the next time: it moves
/// on also past the events of records that the caller may not read.
async fn changes(State(api): State<Api>, asked: Asked) -> Result<Response, Problem> {
    asked
        .answer(api, move |api, asked, actor| {
            let given = pairs(asked)?;
            let after = number(&given, "after", 0_i64, i64::MAX)?;
            let limit = number(&given, "limit", LIMIT, LIMIT_MOST)?;
            let told = api.store.changes(actor.company, after, limit.max(1))?;
            let next = told.last().map_or(after, |told| told.seq);
            let items: Vec<Json> = seen(api, actor, told)?
                .iter()
                .map(|told| told_json(api.catalog, actor, told))
                .collect();
            Ok(AxumJson(json!({ "items": items, "next": next })).into_response())
        })
        .await
}

/// The events of records that the caller may read. Where their rights depend on the record, what is
/// gone is theirs no more.
fn seen(api: &Api, actor: &Actor, mut told: Vec<Told>) -> Result<Vec<Told>, Faults> {
    told.retain(|told| actor.can(&format!("{}.read", told.about.entity)));
    if !actor.grants.asks() {
        return Ok(told);
    }
    api.store.read(actor, |tx| {
        let mut kept = Vec::new();
        for one in told {
            let open = api
                .catalog
                .entity(one.about.entity)
                .filter(|def| rights::visible(api.catalog, def, actor) != Condition::Everything);
            if open.is_none_or(|def| matches!(tx.row(def, one.about.id), Ok(Some(_)))) {
                kept.push(one);
            }
        }
        Ok(kept)
    })
}

fn told_json(catalog: &Catalog, actor: &Actor, told: &Told) -> Json {
    let mut facts = told.facts.clone();
    if let (Some(def), Json::Object(facts)) = (catalog.entity(told.about.entity), &mut facts) {
        veil(actor, def, facts);
    }
    json!({
        "seq": told.seq,
        "at": told.at.to_string(),
        "event": told.name,
        "entity": told.about.entity,
        "id": told.about.id.to_string(),
        "actor": told.actor.map(|id| id.to_string()),
        "facts": facts,
    })
}

/// What was done to one record, newest first. Sensitive values were veiled when it was written.
async fn audit(State(api): State<Api>, asked: Asked) -> Result<Response, Problem> {
    asked
        .answer(api, move |api, asked, actor| {
            let given = pairs(asked)?;
            let only = |name: &'static str| {
                let found = given.iter().rev().find(|(other, _)| other == name);
                found
                    .map(|(_, value)| value.as_str())
                    .ok_or_else(|| Fault::new("query.missing").on(name))
            };
            let entity = only("entity")?;
            let unknown = || Fault::new("query.unknown").on("entity").with("given", entity);
            let def = api.catalog.entity(entity).ok_or_else(unknown)?;
            actor.may(&format!("{}.read", def.name))?;
            let id = RawId::parse(only("id")?).map_err(|fault| fault.on("id"))?;
            let limit = number(&given, "limit", LIMIT, LIMIT_MOST)?;
            let mine = rights::visible(api.catalog, def, actor);
            if personal::visible(def, actor).and(mine) != Condition::Everything {
                // What was kept for oneself stays so, also when it is gone.
                let row = api.store.read(actor, |tx| Ok(tx.row(def, id)?))?;
                let seen = row.is_some_and(|row| personal::sees(def, actor, &row.values));
                if !seen {
                    return Err(not_found(def, id).into());
                }
            }
            let about = Origin { entity: def.name, id };
            let lines = api.store.audit(actor.company, about, limit.max(1))?;
            let items: Vec<Json> =
                lines.iter().map(|line| audited_json(actor, def, line)).collect();
            Ok(AxumJson(json!({ "items": items })).into_response())
        })
        .await
}

/// What is hidden from the caller is left out.
fn veil(actor: &Actor, def: &EntityDef, members: &mut Map<String, Json>) {
    members.retain(|name, _| {
        // Sensitive values were veiled when they were written.
        def.field(name).is_none_or(|field| field.sensitive || !rights::hidden(actor, def, field))
    });
}

fn audited_json(actor: &Actor, def: &EntityDef, line: &Audited) -> Json {
    let mut changes = line.changes.clone();
    if let Json::Object(changes) = &mut changes {
        veil(actor, def, changes);
    }
    json!({
        "seq": line.seq,
        "at": line.at.to_string(),
        "actor": line.actor.map(|id| id.to_string()),
        "actor_name": line.actor_name,
        "door": line.door,
        "verb": line.verb,
        "changes": changes,
    })
}
