//! Many records changed by one request, how far that is, and what was done taken back: the same
//! jobs and the same undoing as on the pages.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json as AxumJson, Router};
use exchange::many::{self, Change};
use kernel::bulk::{self, BulkDeed, BulkJob, BulkRefusal};
use kernel::edit::Draft;
use kernel::{
    Actor, Catalog, Choice, Entity, EntityDef, Fault, Faults, Id, Kept, Query, RawId, Tx, json,
    personal, undo,
};
use serde_json::{Map, Value as Json, json};

use crate::Api;
use crate::door::{Asked, Named, Refused, object};
use crate::listing;
use crate::problem::Problem;
use crate::rest::{bare_record, command, entity, inputs, wrong_method};

/// How many records are rehearsed when a job is only tried.
const SAMPLE: usize = 100;
/// How many refusals a job tells.
const SHOWN: u32 = 100;
/// The members of a request.
const KNOWN: &[&str] = &["ids", "where", "changes", "act", "inputs", "delete", "dry_run"];

/// The routes of jobs and of undoing.
pub fn routes() -> Router<Api> {
    Router::new()
        .route("/api/{plural}/bulk", post(begin).fallback(wrong_method))
        .route("/api/bulk/{id}", get(read).fallback(wrong_method))
        .route("/api/bulk/{id}/undo", post(take_back).fallback(wrong_method))
        .route("/api/undo", post(undo_command).fallback(wrong_method))
}

async fn begin(
    State(api): State<Api>,
    Named(plural): Named<String>,
    asked: Asked,
    request: Request,
) -> Result<Response, Problem> {
    let body = object(&asked.headers, request.into_body()).await;
    let (given, bytes) = body.map_err(|fault| asked.problem(fault))?;
    asked
        .answer(api, move |api, asked, actor| {
            let def = entity(api.catalog, &plural, asked)?;
            actor.may(&format!("{}.read", def.name))?;
            actor.may(&format!("{}.bulk", def.name))?;
            // What is its owner's alone is done one by one: a refusal would name what others keep.
            if personal::marks(def).is_some() {
                return Err(Fault::new("entity.kept").with("entity", def.name).into());
            }
            let job = job(api, actor, def, &given)?;
            let ids = which(api, actor, def, &given)?;
            if given.get("dry_run") == Some(&Json::Bool(true)) {
                return Ok(AxumJson(tried(api, actor, def, &job, &ids)?).into_response());
            }
            let job = BulkJob { total: i64::try_from(ids.len()).unwrap_or(i64::MAX), ..job };
            let made = command(api, asked, actor, &bytes, move |tx| {
                Ok(json!(bulk::start(tx, &job, &ids)?.to_string()))
            })?;
            begun(api, actor, &made)
        })
        .await
}

/// What is to be done with each record, its values read: the faults come now, not with the job.
fn job(
    api: &Api,
    actor: &Actor,
    def: &'static EntityDef,
    given: &Map<String, Json>,
) -> Result<BulkJob, Faults> {
    let mut faults = Faults::default();
    for name in given.keys() {
        let known = KNOWN.contains(&name.as_str());
        faults.ensure(known, || Fault::new("field.unknown").on(name.clone()));
    }
    faults.into_result()?;
    let asked = ["changes", "act", "delete"].iter().filter(|name| given.contains_key(**name));
    if asked.count() != 1 {
        return Err(Fault::new("bulk.malformed").into());
    }
    let held = def.kept || def.parent().is_some();
    if held && !given.contains_key("act") {
        return Err(Fault::new("entity.kept").with("entity", def.name).into());
    }
    let (deed, content) = match (given.get("changes"), given.get("act")) {
        (Some(changes), _) => (BulkDeed::Set, changes_of(api, actor, def, changes)?),
        (_, Some(act)) => (BulkDeed::Act, act_of(api, actor, def, act, given.get("inputs"))?),
        _ => {
            actor.may(&format!("{}.delete", def.name))?;
            (BulkDeed::Delete, json!({}))
        }
    };
    Ok(BulkJob::new(def, deed, content, 0))
}

fn changes_of(
    api: &Api,
    actor: &Actor,
    def: &'static EntityDef,
    changes: &Json,
) -> Result<Json, Faults> {
    actor.may(&format!("{}.update", def.name))?;
    let malformed = || Fault::new("bulk.malformed").on("changes");
    let changes = changes.as_object().filter(|all| !all.is_empty()).ok_or_else(malformed)?;
    for field in changes.keys().filter_map(|name| def.field(name)) {
        if !bulk::settable(field) {
            return Err(malformed().on(format!("changes.{}", field.name)).into());
        }
    }
    let draft = api.store.read(actor, |tx| Draft::of_json(api.catalog, def, changes, tx))?;
    Ok(bulk::content(&draft))
}

fn act_of(
    api: &Api,
    actor: &Actor,
    def: &'static EntityDef,
    act: &Json,
    given: Option<&Json>,
) -> Result<Json, Faults> {
    let action = act.as_str().and_then(|name| api.catalog.action(def.name, name));
    let action = action.ok_or_else(|| Fault::new("bulk.malformed").on("act"))?;
    actor.may(&action.right())?;
    // What is secret is typed for one record at a time.
    if action.inputs.iter().any(|input| input.sensitive) {
        return Err(Fault::new("bulk.malformed").on("act").into());
    }
    let given = match given {
        None => Map::new(),
        Some(Json::Object(members)) => members.clone(),
        Some(_) => return Err(Fault::new("bulk.malformed").on("inputs").into()),
    };
    let read = api.store.read(actor, |tx| inputs(api.catalog, action, &given, tx))?;
    let read = read.0.iter().map(|(name, value)| ((*name).to_owned(), json::of_value(value)));
    let mut content: Map<String, Json> = read.collect();
    content.insert("act".to_owned(), json!(action.name));
    Ok(Json::Object(content))
}

/// The records: those named by their ids, or those that a sieve lets through.
fn which(
    api: &Api,
    actor: &Actor,
    def: &'static EntityDef,
    given: &Map<String, Json>,
) -> Result<Vec<RawId>, Faults> {
    match (given.get("ids"), given.get("where")) {
        (Some(Json::Array(ids)), None) => {
            let read = |id: &Json| RawId::parse(id.as_str().unwrap_or_default());
            let ids: Result<Vec<RawId>, Fault> = ids.iter().map(read).collect();
            let mut ids = ids.map_err(|fault| fault.on("ids"))?;
            ids.sort_unstable();
            ids.dedup();
            Ok(ids)
        }
        (None, Some(Json::String(text))) => {
            let asked = [("where".to_owned(), text.clone())];
            let sifted = |tx: &mut Tx<'_>| listing::sifted(tx, api.catalog, def, &asked, actor);
            let condition = api.store.read(actor, sifted)?;
            many::ids(&api.store, actor, def, &condition)
        }
        _ => Err(Fault::new("bulk.malformed").on("ids").into()),
    }
}

/// What a job would do to its first records.
fn tried(
    api: &Api,
    actor: &Actor,
    def: &'static EntityDef,
    job: &BulkJob,
    ids: &[RawId],
) -> Result<Json, Faults> {
    let (mut changes, mut refusals) = (Vec::new(), Vec::new());
    let sample = &ids[..ids.len().min(SAMPLE)];
    for id in sample {
        match many::rehearse(&api.store, api.catalog, actor, def, job, *id) {
            Ok(Some(change)) => changes.push(moved(actor, def, &change)),
            Ok(None) => {}
            Err(faults) if faults.0.iter().any(|fault| fault.code == "store.unavailable") => {
                return Err(faults);
            }
            Err(faults) => {
                let faults =
                    faults.0.iter().map(|fault| exchange::fault_json(fault, actor.language));
                refusals
                    .push(json!({ "id": id.to_string(), "faults": faults.collect::<Vec<_>>() }));
            }
        }
    }
    Ok(json!({
        "entity": def.name,
        "total": ids.len(),
        "tried": sample.len(),
        "changes": changes,
        "refusals": refusals,
    }))
}

/// The members that would be others, before and after.
fn moved(actor: &Actor, def: &EntityDef, change: &Change) -> Json {
    const STAMPS: &[&str] = &["version", "updated_at", "updated_by"];
    let before = bare_record(actor, def, &change.before);
    let after = change.after.as_ref().map(|row| bare_record(actor, def, row));
    let other = |one: &Map<String, Json>, facing: &Map<String, Json>| -> Map<String, Json> {
        let moved = one.iter().filter(|(name, value)| {
            !STAMPS.contains(&name.as_str()) && facing.get(*name) != Some(*value)
        });
        moved.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let id = change.before.id.to_string();
    match after {
        Some(after) => {
            json!({ "id": id, "before": other(&before, &after), "after": other(&after, &before) })
        }
        None => json!({ "id": id, "before": before, "after": null }),
    }
}

/// A job written down: it goes on by itself.
fn begun(api: &Api, actor: &Actor, made: &Json) -> Result<Response, Refused> {
    let id = made.as_str().map_or(Ok(RawId([0; 16])), RawId::parse)?;
    let told = api.store.read(actor, |tx| told(api.catalog, tx, actor, Id::from_raw(id)))?;
    let mut response = (StatusCode::ACCEPTED, AxumJson(told)).into_response();
    if let Ok(place) = HeaderValue::from_str(&format!("/api/bulk/{id}")) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// How far a job is, and its first refusals.
fn told(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<BulkJob>,
) -> Result<Json, Faults> {
    let (job, _) = bulk::open(catalog, tx, actor, id)?;
    let query = Query::all(BulkRefusal::DEF).only(BulkRefusal::JOB.is(&id).condition).limit(SHOWN);
    let refusals = tx.select::<BulkRefusal>(query)?;
    let refusals: Vec<Json> = refusals.iter().map(|one| refusal(actor, one)).collect();
    let back = !job.under_way() && job.done > 0;
    Ok(json!({
        "id": id.to_string(),
        "entity": job.entity,
        "deed": job.deed.name(),
        "state": job.state.name(),
        "total": job.total,
        "done": job.done,
        "refused": job.refused,
        "stopped": job.stopped,
        "takes_back": job.takes_back.map(|id| id.to_string()),
        "href": format!("/api/bulk/{id}"),
        "undo": back.then(|| format!("/api/bulk/{id}/undo")),
        "refusals": refusals,
    }))
}

fn refusal(actor: &Actor, refusal: &Kept<BulkRefusal>) -> Json {
    let reason = match actor.language {
        kernel::Language::French => &refusal.reason_fr.0,
        kernel::Language::English => &refusal.reason_en.0,
    };
    json!({ "id": refusal.about.id.to_string(), "name": refusal.name.0, "reason": reason })
}

async fn read(
    State(api): State<Api>,
    Named(id): Named<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked
        .answer(api, move |api, _, actor| {
            let id = Id::from_raw(RawId::parse(&id)?);
            let told = api.store.read(actor, |tx| told(api.catalog, tx, actor, id))?;
            Ok(AxumJson(told).into_response())
        })
        .await
}

async fn take_back(
    State(api): State<Api>,
    Named(id): Named<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked
        .answer(api, move |api, asked, actor| {
            let id = Id::from_raw(RawId::parse(&id)?);
            api.store.read(actor, |tx| bulk::open(api.catalog, tx, actor, id).map(drop))?;
            let made = command(api, asked, actor, b"", move |tx| {
                Ok(json!(bulk::take_back(tx, id)?.to_string()))
            })?;
            begun(api, actor, &made)
        })
        .await
}

/// Takes back the command that left this line in the audit: `{"line": 1204}`.
async fn undo_command(
    State(api): State<Api>,
    asked: Asked,
    request: Request,
) -> Result<Response, Problem> {
    let body = object(&asked.headers, request.into_body()).await;
    let (given, bytes) = body.map_err(|fault| asked.problem(fault))?;
    asked
        .answer(api, move |api, asked, actor| {
            let line = given.get("line").and_then(Json::as_i64);
            let line = line.ok_or_else(|| Fault::new("number.malformed").on("line"))?;
            let done = api.store.command_lines(actor.company, line)?;
            let deeds: Vec<undo::Deed> = done
                .iter()
                .filter_map(|done| {
                    let line = &done.line;
                    undo::Deed::told(done.about, &line.verb, line.at, &line.changes)
                })
                .collect();
            let (catalog, who) = (api.catalog, actor.clone());
            let undone = command(api, asked, actor, &bytes, move |tx| {
                let tops = undo::undo(catalog, tx, &who, &deeds)?;
                Ok(json!(tops.iter().map(ToString::to_string).collect::<Vec<_>>()))
            })?;
            Ok(AxumJson(json!({ "undone": records(api.catalog, &undone) })).into_response())
        })
        .await
}

/// The records put back: of which entity, and where to read them.
fn records(catalog: &Catalog, undone: &Json) -> Vec<Json> {
    let named = undone.as_array().into_iter().flatten().filter_map(Json::as_str);
    let known = named.filter_map(|text| {
        let (name, id) = text.split_once('/')?;
        let href = catalog.entity(name).map(|def| format!("/api/{}/{id}", def.plural));
        Some(json!({ "entity": name, "id": id, "href": href }))
    });
    known.collect()
}
