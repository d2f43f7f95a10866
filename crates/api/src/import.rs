//! A file sent to `POST /api/{plural}/import`, and an import taken back.

use axum::Json as AxumJson;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use exchange::{Encoding, FILE_MOST, Mode, Plan, Report, Source, decode, read_sheet, run, undo};
use kernel::{Door, Fault, Faults, Id, RawId, Shape};
use serde_json::{Value as Json, json};

use crate::Api;
use crate::door::{Asked, Named, bytes, with_own_key};
use crate::problem::Problem;
use crate::rest::{entity, pairs, wrong_method};

/// What the other parts of a form may weigh together with the file's own frame.
const FRAME_MOST: usize = 64 * 1024;

/// The routes of imports.
pub fn routes() -> Router<Api> {
    Router::new()
        .route("/api/{plural}/import", post(import).fallback(wrong_method))
        .route("/api/imports/{id}/undo", post(take_back).fallback(wrong_method))
        // The bound is our own, and told as a refusal.
        .layer(DefaultBodyLimit::disable())
}

/// What was sent: the file, and how to read it.
#[derive(Debug, Default)]
struct Given {
    content: Vec<u8>,
    file_name: String,
    mapping: Vec<(String, String)>,
    mode: String,
    encoding: String,
    separator: String,
}

async fn import(
    State(api): State<Api>,
    Named(plural): Named<String>,
    asked: Asked,
    request: Request,
) -> Result<Response, Problem> {
    // Who may not import is told so before a large file is read.
    let named = plural.clone();
    let allowed = move |api: &Api, asked: &Asked, actor: &kernel::Actor| {
        let def = entity(api.catalog, &named, asked)?;
        actor.may(&format!("{}.create", def.name))?;
        if def.kept || def.parent().is_some() {
            return Err(Fault::new("entity.kept").with("entity", def.name).into());
        }
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    asked.clone().answer(api.clone(), allowed).await?;
    let given = receive(&asked, request).await.map_err(|fault| asked.problem(fault))?;
    asked
        .answer(api, move |api, asked, actor| {
            let def = entity(api.catalog, &plural, asked)?;
            let mut actor = actor.clone();
            actor.door = Door::Import;
            let report = read_and_run(api, asked, &actor, def, &given)?;
            Ok(AxumJson(report_json(api, def.name, &given, &report)).into_response())
        })
        .await
}

fn read_and_run(
    api: &Api,
    asked: &Asked,
    actor: &kernel::Actor,
    def: &'static kernel::EntityDef,
    given: &Given,
) -> Result<Report, Faults> {
    let mode = match given.mode.as_str() {
        "" | "dry" => Mode::Dry,
        "apply" => Mode::Apply,
        other => {
            return Err(Fault::new("query.choice").on("mode").with("given", other).into());
        }
    };
    let encoding = match given.encoding.as_str() {
        "" => None,
        name => Some(
            Encoding::of(name)
                .ok_or_else(|| Fault::new("query.choice").on("encoding").with("given", name))?,
        ),
    };
    let separator = match given.separator.as_str() {
        "" => None,
        ";" | "," | "\t" => given.separator.bytes().next(),
        "tab" => Some(b'\t'),
        other => {
            return Err(Fault::new("query.choice").on("separator").with("given", other).into());
        }
    };
    let sheet = read_sheet(&decode(&given.content, encoding)?, separator)?;
    let shape = api.store.read(actor, |tx| Ok(Shape::of(tx, def)?))?;
    let plan = Plan::of(&shape, &sheet.header, &given.mapping, actor.language)?;
    let call = asked.call(actor, &given.content)?;
    let source = Source { file_name: given.file_name.clone(), sheet, mode, call };
    run(&api.store, actor, plan, source, &|_| {}).map_err(|faults| with_own_key(faults, asked))
}

fn report_json(api: &Api, entity: &str, given: &Given, report: &Report) -> Json {
    let batch = report.batch.map(|id| id.to_string());
    let undo = batch.as_ref().map(|id| format!("/api/imports/{id}/undo"));
    // The catalogue of a test may hold no imports to read.
    let href =
        api.catalog.plural("imports").and(batch.as_ref().map(|id| format!("/api/imports/{id}")));
    let refusals: Vec<Json> = report.refusals.iter().map(without_cell).collect();
    json!({
        "entity": entity,
        "file": given.file_name,
        "mode": if report.batch.is_some() { "apply" } else { "dry" },
        "batch": batch,
        "href": href,
        "undo": undo,
        "columns": report.columns,
        "rows": report.rows,
        "made": report.made,
        "changed": report.changed,
        "same": report.same,
        "refused": report.refused,
        "refusals": refusals,
    })
}

/// A program has the file, and finds the cell by its row and column.
fn without_cell(refusal: &Json) -> Json {
    let mut refusal = refusal.clone();
    if let Json::Object(members) = &mut refusal {
        members.shift_remove("value");
    }
    refusal
}

/// Takes the file and its parameters in, from the query string and from the body.
async fn receive(asked: &Asked, request: Request) -> Result<Given, Fault> {
    let mut given = Given::default();
    for (name, value) in pairs(asked)? {
        match name.strip_prefix("map.") {
            Some(column) => given.mapping.push((column.to_owned(), value)),
            None => set(&mut given, &name, value)?,
        }
    }
    let kind = asked.header(header::CONTENT_TYPE).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    match kind.as_str() {
        "text/csv" => {
            let content =
                bytes(&asked.headers, request.into_body(), FILE_MOST, "file.large").await?;
            given.content = content.to_vec();
        }
        "multipart/form-data" => receive_form(asked, request, &mut given).await?,
        _ => {
            let wanted = "text/csv, multipart/form-data";
            return Err(Fault::new("content.type").with("given", kind).with("wanted", wanted));
        }
    }
    if given.file_name.is_empty() {
        given.file_name = "import.csv".to_owned();
    }
    Ok(given)
}

fn set(given: &mut Given, name: &str, value: String) -> Result<(), Fault> {
    match name {
        "file" | "file_name" => given.file_name = value,
        "mode" => given.mode = value,
        "encoding" => given.encoding = value,
        "separator" => given.separator = value,
        "mapping" => {
            for (column, field) in crate::strict::members(value.as_bytes())? {
                let field = field.as_str().unwrap_or("").to_owned();
                given.mapping.push((column, field));
            }
        }
        "lang" => {}
        _ => return Err(Fault::new("query.unknown").on(name.to_owned()).with("given", name)),
    }
    Ok(())
}

async fn receive_form(asked: &Asked, request: Request, given: &mut Given) -> Result<(), Fault> {
    let too_large = || Fault::new("file.large").with("most", 50_i64);
    let announced = asked.header(header::CONTENT_LENGTH).and_then(|text| text.parse().ok());
    if announced.is_some_and(|size: usize| size > FILE_MOST + FRAME_MOST) {
        return Err(too_large());
    }
    let cut = |_| Fault::new("body.cut");
    let mut form =
        Multipart::from_request(request, &()).await.map_err(|_| Fault::new("body.cut"))?;
    while let Some(mut part) = form.next_field().await.map_err(cut)? {
        let name = part.name().unwrap_or("").to_owned();
        let file_name = part.file_name().map(ToOwned::to_owned);
        let most = if name == "file" { FILE_MOST } else { FRAME_MOST };
        let mut content = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(cut)? {
            if content.len() + chunk.len() > most {
                return Err(too_large());
            }
            content.extend_from_slice(&chunk);
        }
        if name == "file" {
            given.file_name = file_name.unwrap_or_default();
            given.content = content;
        } else {
            let text = String::from_utf8(content)
                .map_err(|_| Fault::new("field.type").on(name.clone()))?;
            set(given, &name, text)?;
        }
    }
    Ok(())
}

async fn take_back(
    State(api): State<Api>,
    Named(id): Named<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked
        .answer(api, move |api, _, actor| {
            let id = Id::from_raw(RawId::parse(&id)?);
            let mut actor = actor.clone();
            actor.door = Door::Import;
            let done = undo(&api.store, &actor, id, &|_| {})?;
            let answer = json!({ "undone": done.undone, "refusals": done.refusals });
            Ok(AxumJson(answer).into_response())
        })
        .await
}
