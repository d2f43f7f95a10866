//! REST: one set of routes for every entity and act of the catalogue.

use axum::body::Body;
use axum::extract::{Query as UrlQuery, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json as AxumJson, Router};
use kernel::edit::{self, Draft};
use kernel::wish::NEEDED;
use kernel::work::not_found;
use kernel::{
    ActionDef, Actor, Catalog, EntityDef, Fault, Faults, FieldDef, Inputs, Kind, RawId, Row, Tx,
    json,
};
use serde_json::{Map, Value as Json, json};

use crate::Api;
use crate::answered::{Left, after, find};
use crate::door::{Asked, Named, Refused, object, unknown_path, with_own_key};
use crate::export::{self, Format};
use crate::listing;
use crate::problem::Problem;
use crate::second;

/// The routes of records and acts.
pub fn routes() -> Router<Api> {
    Router::new()
        .route("/api/{plural}", get(list).post(create).fallback(wrong_method))
        .route("/api/{plural}/{id}", get(read).patch(update).delete(delete).fallback(wrong_method))
        .route("/api/{plural}/{id}/{action}", post(act).fallback(wrong_method))
}

/// What answers a path of the API that leads nowhere.
pub async fn nowhere(asked: Asked) -> Problem {
    asked.problem(unknown_path(asked.uri.path()))
}

/// What answers a method that a path does not take.
pub async fn wrong_method(State(api): State<Api>, asked: Asked) -> Response {
    let refused = asked.problem(Fault::new("method.wrong").with("method", asked.method.as_str()));
    let mut response = refused.into_response();
    // One route serves all kinds of records; some of them, and all files, are read alone.
    let mut parts = asked.uri.path().trim_start_matches("/api/").split('/');
    let (plural, acts) = (parts.next().unwrap_or_default(), parts.nth(1).is_some());
    let kept = |def: &EntityDef| def.kept || def.parent().is_some();
    let kept = Format::of_path(plural).is_some() || api.catalog.plural(plural).is_some_and(kept);
    if kept && !acts {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
    }
    response
}

/// The entity of a path.
///
/// # Errors
/// `path.unknown`.
pub fn entity(catalog: &Catalog, plural: &str, asked: &Asked) -> Result<&'static EntityDef, Fault> {
    catalog.plural(plural).ok_or_else(|| unknown_path(asked.uri.path()))
}

/// The pairs of the query string.
///
/// # Errors
/// `query.malformed`.
pub fn pairs(asked: &Asked) -> Result<Vec<(String, String)>, Fault> {
    let read = UrlQuery::<Vec<(String, String)>>::try_from_uri(&asked.uri);
    read.map(|UrlQuery(pairs)| pairs).map_err(|_| Fault::new("query.malformed"))
}

async fn list(
    State(api): State<Api>,
    Named(plural): Named<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    if let Some((plural, format)) = Format::of_path(&plural) {
        return export::download(api, asked, plural.to_owned(), format).await;
    }
    asked
        .answer(api, move |api, asked, actor| {
            let def = entity(api.catalog, &plural, asked)?;
            actor.may(&format!("{}.read", def.name))?;
            let currency = api.store.currency(actor.company)?;
            let given = pairs(asked)?;
            let only = |tx: &mut Tx<'_>| listing::sifted(tx, api.catalog, def, &given, actor);
            let only = api.store.read(actor, only)?;
            let listing = listing::parse(api.catalog, def, &given, actor, currency)?.only(only);
            let answer = api.store.read(actor, |tx| {
                let mut rows = tx.rows(listing.query.clone().limit(listing.limit + 1))?;
                let next = listing.next(&mut rows);
                let items: Vec<Json> =
                    rows.iter().map(|row| Json::Object(bare_record(actor, def, row))).collect();
                Ok(json!({ "items": items, "next": next }))
            })?;
            Ok(AxumJson(answer).into_response())
        })
        .await
}

async fn read(
    State(api): State<Api>,
    Named((plural, id)): Named<(String, String)>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked
        .answer(api, move |api, asked, actor| {
            let def = entity(api.catalog, &plural, asked)?;
            actor.may(&format!("{}.read", def.name))?;
            let id = RawId::parse(&id)?;
            let found = api.store.read(actor, |tx| find(api.catalog, tx, actor, def, id))?;
            Ok(tagged(StatusCode::OK, &found))
        })
        .await
}

async fn create(
    State(api): State<Api>,
    Named(plural): Named<String>,
    asked: Asked,
    request: Request,
) -> Result<Response, Problem> {
    if Format::of_path(&plural).is_some() {
        return Ok(wrong_method(State(api), asked).await);
    }
    let body = object(&asked.headers, request.into_body()).await;
    let (given, bytes) = body.map_err(|fault| asked.problem(fault))?;
    asked
        .answer(api, move |api, asked, actor| {
            let def = entity(api.catalog, &plural, asked)?;
            actor.may(&format!("{}.create", def.name))?;
            let (catalog, who) = (api.catalog, actor.clone());
            let left = Left::default();
            let leave = left.clone();
            let made = command(api, asked, actor, &bytes, move |tx| {
                let draft = Draft::of_json(catalog, def, &given, tx)?;
                let id = edit::create(catalog, tx, &who, def, &draft)?;
                leave.record(catalog, tx, &who, def, id);
                Ok(json!({ "id": id.to_string() }))
            });
            let made = match made {
                Err(faults) if faults.has(NEEDED) => return Ok(second::asked(api, actor, faults)?),
                made => made?,
            };
            let id = made["id"].as_str().map_or(Ok(RawId([0; 16])), RawId::parse)?;
            let mut response = tagged(StatusCode::CREATED, &left.or_read(api, actor, def, id)?);
            if let Ok(place) = HeaderValue::from_str(&format!("/api/{plural}/{id}")) {
                response.headers_mut().insert(header::LOCATION, place);
            }
            Ok(response)
        })
        .await
}

async fn update(
    State(api): State<Api>,
    Named((plural, id)): Named<(String, String)>,
    asked: Asked,
    request: Request,
) -> Result<Response, Problem> {
    let body = object(&asked.headers, request.into_body()).await;
    let (given, bytes) = body.map_err(|fault| asked.problem(fault))?;
    asked
        .answer(api, move |api, asked, actor| {
            let def = entity(api.catalog, &plural, asked)?;
            actor.may(&format!("{}.update", def.name))?;
            let id = RawId::parse(&id)?;
            // An editor that sends the whole record back sends the version it read along with it.
            let version = asked.version()?.or_else(|| given.get("version").and_then(Json::as_i64));
            let (catalog, who) = (api.catalog, actor.clone());
            let left = Left::default();
            let leave = left.clone();
            let done = command(api, asked, actor, &bytes, move |tx| {
                let draft = Draft::of_json(catalog, def, &given, tx)?;
                edit::update(catalog, tx, &who, def, id, version, &draft)?;
                leave.record(catalog, tx, &who, def, id);
                Ok(json!({ "id": id.to_string() }))
            });
            if let Err(faults) = done {
                if faults.has(NEEDED) {
                    return Ok(second::asked(api, actor, faults)?);
                }
                return Err(with_current(api, actor, def, id, faults));
            }
            Ok(tagged(StatusCode::OK, &left.or_read(api, actor, def, id)?))
        })
        .await
}

async fn delete(
    State(api): State<Api>,
    Named((plural, id)): Named<(String, String)>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked
        .answer(api, move |api, asked, actor| {
            let def = entity(api.catalog, &plural, asked)?;
            actor.may(&format!("{}.delete", def.name))?;
            let (id, version) = (RawId::parse(&id)?, asked.version()?);
            let (catalog, who) = (api.catalog, actor.clone());
            let done = command(api, asked, actor, b"", move |tx| {
                edit::delete(catalog, tx, &who, def, id, version)?;
                Ok(Json::Null)
            });
            done.map_err(|faults| with_current(api, actor, def, id, faults))?;
            Ok(StatusCode::NO_CONTENT.into_response())
        })
        .await
}

async fn act(
    State(api): State<Api>,
    Named((plural, id, name)): Named<(String, String, String)>,
    asked: Asked,
    request: Request,
) -> Result<Response, Problem> {
    let body = object(&asked.headers, request.into_body()).await;
    let (given, bytes) = body.map_err(|fault| asked.problem(fault))?;
    asked
        .answer(api, move |api, asked, actor| {
            let def = entity(api.catalog, &plural, asked)?;
            let action = api.catalog.action(def.name, &name);
            let action = action.ok_or_else(|| unknown_path(asked.uri.path()))?;
            actor.may(&action.right())?;
            let id = RawId::parse(&id)?;
            let (catalog, who) = (api.catalog, actor.clone());
            let left = Left::default();
            let leave = left.clone();
            let done = command(api, asked, actor, &mark_of(action, &given, &bytes), move |tx| {
                let inputs = inputs(catalog, action, &given, tx)?;
                tx.row(def, id)?.ok_or_else(|| not_found(def, id))?;
                let made = catalog.run(tx, &who, action, id, &inputs)?;
                leave.record(catalog, tx, &who, def, id);
                Ok(made.map_or(Json::Null, |origin| json!(origin.to_string())))
            });
            let made = match done {
                Err(faults) if faults.has(NEEDED) => return Ok(second::asked(api, actor, faults)?),
                done => done.map_err(|faults| with_current(api, actor, def, id, faults))?,
            };
            let record = left.or_read(api, actor, def, id)?;
            let answer = json!({ "record": record, "made": made_json(api.catalog, &made) });
            Ok(AxumJson(answer).into_response())
        })
        .await
}

/// Runs a command under the caller's key; a refusal of the key is told in the caller's terms.
///
/// # Errors
/// `idempotency.reused`, and those of the command.
pub fn command(
    api: &Api,
    asked: &Asked,
    actor: &Actor,
    body: &[u8],
    work: impl Fn(&mut Tx<'_>) -> Result<Json, Faults> + Send + Sync + 'static,
) -> Result<Json, Faults> {
    let call = asked.call(actor, body)?;
    api.store.command(call, work).map_err(|faults| with_own_key(faults, asked))
}

/// What tells the inputs of an act from others under the same key. A secret leaves no mark, from
/// which it could be guessed.
fn mark_of(action: &ActionDef, given: &Map<String, Json>, bytes: &[u8]) -> Vec<u8> {
    let secret =
        |name: &str| action.inputs.iter().any(|field| field.sensitive && field.name == name);
    if !given.keys().any(|name| secret(name)) {
        return bytes.to_vec();
    }
    let open: Map<String, Json> = given
        .iter()
        .filter(|(name, _)| !secret(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    text(&open).into_bytes()
}

/// Reads the inputs of an act. All faults at once.
///
/// # Errors
/// `field.unknown`, `field.required`, and those of the values.
pub fn inputs(
    catalog: &Catalog,
    action: &ActionDef,
    given: &Map<String, Json>,
    tx: &Tx<'_>,
) -> Result<Inputs, Faults> {
    let (mut inputs, mut faults) = (Inputs::default(), Faults::default());
    for name in given.keys() {
        let known = action.inputs.iter().any(|field| field.name == name);
        faults.ensure(known, || Fault::new("field.unknown").on(name.clone()));
    }
    for field in action.inputs {
        let member = given.get(field.name).unwrap_or(&Json::Null);
        match json::to_known_value(catalog, field, member, tx.currency()) {
            Ok(value) if value.is_null() && field.required => {
                faults.0.push(Fault::new("field.required").on(field.name));
            }
            Ok(value) => inputs = inputs.with(field.name, value),
            Err(fault) => faults.0.push(fault.on(field.name)),
        }
    }
    faults.into_result()?;
    Ok(inputs)
}

/// What an act made: its entity, its id, and where to read it.
fn made_json(catalog: &Catalog, made: &Json) -> Json {
    let Some((name, id)) = made.as_str().and_then(|text| text.split_once('/')) else {
        return Json::Null;
    };
    let href = catalog.entity(name).map(|def| format!("/api/{}/{id}", def.plural));
    json!({ "entity": name, "id": id, "href": href })
}

/// Whether a field is left out for this reader.
#[must_use]
pub fn is_hidden(actor: &Actor, def: &EntityDef, field: &FieldDef) -> bool {
    kernel::rights::hidden(actor, def, field)
}

/// A record without its lines.
#[must_use]
pub fn bare_record(actor: &Actor, def: &EntityDef, row: &Row) -> Map<String, Json> {
    json::of_row(def, row, |field| is_hidden(actor, def, field))
}

/// A record with its lines.
///
/// # Errors
/// `store.*`.
pub fn whole_record(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    def: &'static EntityDef,
    row: &Row,
) -> Result<Map<String, Json>, Fault> {
    let mut record = bare_record(actor, def, row);
    for field in def.fields {
        let Kind::Lines(name) = field.kind else { continue };
        let Some(lines) = catalog.entity(name) else { continue };
        let rows = edit::lines_of(tx, lines, row.id)?;
        let items = rows.iter().map(|line| Json::Object(bare_record(actor, lines, line))).collect();
        record.insert(field.name.to_owned(), Json::Array(items));
    }
    Ok(record)
}

/// When the record moved, its present state stands beside what the caller sent.
fn with_current(
    api: &Api,
    actor: &Actor,
    def: &'static EntityDef,
    id: RawId,
    faults: Faults,
) -> Refused {
    let mut refused = Refused::from(faults);
    if refused.faults.has("record.stale")
        && let Ok(current) = after(api, actor, def, id)
    {
        refused.members.insert("current".to_owned(), Json::Object(current));
    }
    refused
}

fn tagged(status: StatusCode, record: &Map<String, Json>) -> Response {
    let mut response =
        (status, [(header::CONTENT_TYPE, "application/json")], Body::from(text(record)))
            .into_response();
    let version = record.get("version").and_then(Json::as_i64);
    if let Some(tag) = version.and_then(|it| HeaderValue::from_str(&format!("\"{it}\"")).ok()) {
        response.headers_mut().insert(HeaderName::from_static("etag"), tag);
    }
    response
}

fn text(record: &Map<String, Json>) -> String {
    serde_json::to_string(record).unwrap_or_default()
}
