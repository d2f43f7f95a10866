//! The files of a record: `/api/{plural}/{id}/attachments`, and one of them.

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json as AxumJson, Router};
use kernel::{Choice, Entity, Fault, Faults, Id, Kept, Origin, RawId};
use processes::attachments::{self, Attachment, MOST};
use serde_json::{Value as Json, json};

use crate::Api;
use crate::door::{Asked, Named, unknown_path, with_own_key};
use crate::problem::Problem;
use crate::rest::{entity, wrong_method};

/// What the frame of a form weighs beside its file.
const FRAME_MOST: usize = 64 * 1024;

/// The routes of attachments.
pub fn routes() -> Router<Api> {
    let one = get(fetch).delete(remove).fallback(wrong_method);
    Router::new()
        .route("/api/{plural}/{id}/attachments", get(list).post(add).fallback(wrong_method))
        .route("/api/{plural}/{id}/attachments/{file}", one)
        // The bound is our own, and told as a refusal.
        .layer(DefaultBodyLimit::disable())
}

/// The record of a path.
fn about(api: &Api, asked: &Asked, plural: &str, id: &str) -> Result<Origin, Faults> {
    if api.catalog.entity(Attachment::DEF.name).is_none() {
        return Err(unknown_path(asked.uri.path()).into());
    }
    let def = entity(api.catalog, plural, asked)?;
    Ok(Origin { entity: def.name, id: RawId::parse(id)? })
}

fn told(file: &Kept<Attachment>) -> Json {
    json!({
        "id": file.id.to_string(),
        "about": file.about.to_string(),
        "name": file.name,
        "kind": file.kind.name(),
        "media_type": file.kind.media_type(),
        "size": file.size,
        "author": file.author,
        "created_at": file.created_at.to_string(),
    })
}

async fn list(
    State(api): State<Api>,
    Named((plural, id)): Named<(String, String)>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked
        .answer(api, move |api, asked, actor| {
            let about = about(api, asked, &plural, &id)?;
            let read =
                |tx: &mut kernel::Tx<'_>| attachments::of_record(tx, api.catalog, actor, about);
            let files = api.store.read(actor, read)?;
            let items: Vec<Json> = files.iter().map(told).collect();
            Ok(AxumJson(json!({ "items": items })).into_response())
        })
        .await
}

async fn add(
    State(api): State<Api>,
    Named((plural, id)): Named<(String, String)>,
    asked: Asked,
    request: Request,
) -> Result<Response, Problem> {
    // Who may not attach is told so before a large file is read.
    let (named, record) = (plural.clone(), id.clone());
    let allowed = move |api: &Api, asked: &Asked, actor: &kernel::Actor| {
        let about = about(api, asked, &named, &record)?;
        actor.may(&format!("{}.update", about.entity))?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    asked.clone().answer(api.clone(), allowed).await?;
    let (name, bytes) = receive(&asked, request).await.map_err(|fault| asked.problem(fault))?;
    asked
        .answer(api, move |api, asked, actor| {
            let about = about(api, asked, &plural, &id)?;
            let (catalog, who) = (api.catalog, actor.clone());
            let call = asked.call(actor, &bytes)?;
            let done = api.store.command(call, move |tx| {
                let file = attachments::add(tx, catalog, &who, about, (&name, &bytes))?;
                Ok(told(&tx.get(file)?))
            });
            let made = done.map_err(|faults| with_own_key(faults, asked))?;
            let place =
                format!("/api/{plural}/{id}/attachments/{}", made["id"].as_str().unwrap_or(""));
            let mut response = (StatusCode::CREATED, AxumJson(made)).into_response();
            if let Ok(place) = HeaderValue::from_str(&place) {
                response.headers_mut().insert(header::LOCATION, place);
            }
            Ok(response)
        })
        .await
}

/// The first file of a form, no more of it than may be kept.
async fn receive(asked: &Asked, request: Request<Body>) -> Result<(String, Vec<u8>), Fault> {
    let announced = asked.header(header::CONTENT_LENGTH).and_then(|text| text.parse().ok());
    if announced.is_some_and(|size: usize| size > MOST + FRAME_MOST) {
        return Err(attachments::large());
    }
    let wanted = || {
        let given = asked.header(header::CONTENT_TYPE).unwrap_or("").to_owned();
        Fault::new("content.type").with("given", given).with("wanted", "multipart/form-data")
    };
    let cut = |_| Fault::new("body.cut");
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| wanted())?;
    while let Some(mut part) = form.next_field().await.map_err(cut)? {
        let Some(name) = part.file_name().map(ToOwned::to_owned) else { continue };
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(cut)? {
            if bytes.len() + chunk.len() > MOST {
                return Err(attachments::large());
            }
            bytes.extend_from_slice(&chunk);
        }
        return Ok((name, bytes));
    }
    Err(Fault::new("attachment.unsent"))
}

/// The file of a path, which must be of that record.
fn of_path(about: Origin, file: &Kept<Attachment>) -> Result<(), Fault> {
    if file.about == about {
        return Ok(());
    }
    Err(kernel::work::not_found(Attachment::DEF, file.id.raw()))
}

async fn fetch(
    State(api): State<Api>,
    Named((plural, id, file)): Named<(String, String, String)>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked
        .answer(api, move |api, asked, actor| {
            let about = about(api, asked, &plural, &id)?;
            let file: Id<Attachment> = Id::from_raw(RawId::parse(&file)?);
            let (file, bytes) = api.store.read(actor, |tx| {
                let (file, bytes) = attachments::fetch(tx, api.catalog, actor, file)?;
                of_path(about, &file)?;
                Ok((file, bytes))
            })?;
            let headers = [
                (header::CONTENT_TYPE, file.kind.media_type()),
                (header::CONTENT_DISPOSITION, "attachment"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            Ok((headers, bytes).into_response())
        })
        .await
}

async fn remove(
    State(api): State<Api>,
    Named((plural, id, file)): Named<(String, String, String)>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked
        .answer(api, move |api, asked, actor| {
            let about = about(api, asked, &plural, &id)?;
            let file: Id<Attachment> = Id::from_raw(RawId::parse(&file)?);
            let (catalog, who) = (api.catalog, actor.clone());
            let call = asked.call(actor, &[])?;
            api.store.command(call, move |tx| {
                of_path(about, &tx.get(file)?)?;
                attachments::remove(tx, catalog, &who, file)?;
                Ok(Json::Null)
            })?;
            Ok(StatusCode::NO_CONTENT.into_response())
        })
        .await
}
