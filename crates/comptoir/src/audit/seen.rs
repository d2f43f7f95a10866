//! What leaves the house is noted where it leaves: one place for all pages and all of the API, so
//! that none can be forgotten. The gate tells whose a request is; the path, what it is about.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kernel::{Actor, Catalog, EntityDef, Faults, RawId};
use serde_json::{Map, Value as Json, json};
use store::Store;
use store::audit::{Access, Rows, Whose};

/// What is no sight of any record: what the pages are made of, and what one keeps for oneself.
const NOTHING: [&str; 14] = [
    "live",
    "pick",
    "palette",
    "help",
    "design",
    "sign-in",
    "preferences",
    "docs",
    "openapi.json",
    "notifications",
    "follows",
    "saved_views",
    "tiles",
    "assets",
];
/// The members of a query that say nothing of what was looked for.
const PLACES: [&str; 7] = ["after", "before", "limit", "lang", "encoding", "separator", "n"];
/// The longest query that is kept, in bytes.
const LONGEST: usize = 500;

/// When an access is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Before the answer leaves, each time.
    Each,
    /// Before the answer leaves, once in a while.
    Now,
    /// A moment later, with others, once in a while.
    Later,
}

/// A request, as far as it matters here.
struct Asked<'a> {
    method: &'a Method,
    path: &'a str,
    query: &'a str,
}

/// Notes what each answer shows, before it leaves.
pub async fn note(State(store): State<Store>, mut request: Request, next: Next) -> Response {
    let whose = Whose::default();
    request.extensions_mut().insert(whose.clone());
    let address = address(&request);
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let response = next.run(request).await;
    let Some(actor) = whose.actor().cloned() else { return response };
    let asked = Asked { method: &method, path: uri.path(), query: uri.query().unwrap_or("") };
    let Some((when, access)) = access(store.catalog(), &asked, &response) else { return response };
    let access = access.from(address);
    if when == When::Later {
        store.note_later(&actor, access);
        return response;
    }
    let who = actor.clone();
    let noted = tokio::task::spawn_blocking(move || match when {
        When::Each => store.note_each(&who, access),
        When::Now | When::Later => {
            store.note(&who, access);
            Ok(())
        }
    });
    match noted.await {
        Ok(Ok(())) => response,
        Ok(Err(faults)) => unnoted(&actor, &faults),
        Err(broken) => {
            tracing::error!(%broken, "an access could not be noted");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A file whose going out cannot be noted does not go out.
fn unnoted(actor: &Actor, faults: &Faults) -> Response {
    tracing::error!(codes = ?faults.codes(), "an access could not be noted");
    let said = faults.0.iter().map(|fault| kernel::sentence(fault, actor.language));
    let text = said.collect::<Vec<_>>().join("\n");
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

/// Where a request comes from: what a proxy of ours said of it is already told as the other end.
fn address(request: &Request) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(peer)| peer.ip())
}

/// What an answer shows, if it shows anything worth a line.
fn access(catalog: &Catalog, asked: &Asked<'_>, response: &Response) -> Option<(When, Access)> {
    let segments: Vec<&str> = asked.path.split('/').filter(|part| !part.is_empty()).collect();
    let parts = segments.strip_prefix(&["api"]).unwrap_or(&segments);
    let first = parts.first().copied().unwrap_or("");
    if NOTHING.contains(&first) {
        return None;
    }
    let plural = first.split_once('.').map_or(first, |(plural, _)| plural);
    let def = catalog.plural(plural);
    let entity = def.map_or("", |def| def.name);
    let record = parts.get(1).and_then(|id| RawId::parse(id).ok()).filter(|_| def.is_some());
    if response.status() == StatusCode::FORBIDDEN {
        let detail = json!({ "method": asked.method.as_str(), "path": asked.path });
        return Some((When::Later, about(Access::new("forbidden", entity), record).detail(detail)));
    }
    let reads = matches!(*asked.method, Method::GET | Method::HEAD);
    if !reads || !response.status().is_success() {
        return None;
    }
    let headers = response.headers();
    if is_file(headers) {
        let detail = file_detail(def, asked, response);
        return Some((When::Each, about(Access::new("exported", entity), record).detail(detail)));
    }
    if let (Some(_), Some(id)) = (def, record) {
        return Some(if starts(headers, header::CONTENT_TYPE, "application/pdf") {
            let detail = json!({ "path": asked.path });
            (When::Now, Access::new("printed", entity).record(id).detail(detail))
        } else {
            (When::Now, Access::new("opened", entity).record(id))
        });
    }
    let mut detail = Map::new();
    if def.is_none() || parts.len() > 1 {
        detail.insert("page".to_owned(), asked.path.into());
    }
    sieve(asked.query, &mut detail);
    Some((When::Later, Access::new("listed", entity).detail(detail.into())))
}

fn about(access: Access, record: Option<RawId>) -> Access {
    match record {
        Some(record) => access.record(record),
        None => access,
    }
}

fn starts(headers: &HeaderMap, name: header::HeaderName, with: &str) -> bool {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|text| text.starts_with(with))
}

fn is_file(headers: &HeaderMap) -> bool {
    starts(headers, header::CONTENT_DISPOSITION, "attachment")
}

/// What a file that leaves the house holds.
fn file_detail(def: Option<&EntityDef>, asked: &Asked<'_>, response: &Response) -> Json {
    let mut detail = Map::new();
    if def.is_none() {
        detail.insert("page".to_owned(), asked.path.into());
    }
    let name = asked.path.rsplit('/').next().unwrap_or("");
    detail.insert("file".to_owned(), name.into());
    sieve(asked.query, &mut detail);
    if let Some(Rows(count)) = response.extensions().get::<Rows>() {
        detail.insert("rows".to_owned(), (*count).into());
    }
    detail.into()
}

/// What was looked for: the query, without what only says where in the list one is.
fn sieve(query: &str, detail: &mut Map<String, Json>) {
    let place = |pair: &&str| {
        let name = pair.split_once('=').map_or(*pair, |(name, _)| name);
        !pair.is_empty() && !PLACES.contains(&name)
    };
    let mut kept = query.split('&').filter(place).collect::<Vec<_>>().join("&");
    if !kept.is_empty() {
        let end = (0..=kept.len().min(LONGEST)).rev().find(|at| kept.is_char_boundary(*at));
        kept.truncate(end.unwrap_or(0));
        detail.insert("sieve".to_owned(), kept.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190b4c6-0000-7000-8000-000000000001";

    fn of(method: &Method, path: &str, query: &str, response: Response) -> Option<(When, Access)> {
        access(crate::catalog(), &Asked { method, path, query }, &response)
    }

    fn page(path: &str, query: &str) -> Option<(When, Access)> {
        of(&Method::GET, path, query, StatusCode::OK.into_response())
    }

    #[test]
    fn a_record_is_opened_whatever_its_door() {
        let opened = Access::new("opened", "party").record(RawId::parse(ID).unwrap());
        for path in [format!("/parties/{ID}"), format!("/api/parties/{ID}")] {
            assert_eq!(page(&path, "tab=history"), Some((When::Now, opened.clone())));
        }
        let edit = page(&format!("/parties/{ID}/edit"), "");
        assert_eq!(edit, Some((When::Now, opened)));
        let pdf = [(header::CONTENT_TYPE, "application/pdf")].into_response();
        let (when, access) =
            of(&Method::GET, &format!("/invoices/{ID}/document.pdf"), "", pdf).unwrap();
        assert_eq!((when, access.verb, &*access.entity), (When::Now, "printed", "invoice"));
    }

    #[test]
    fn a_list_is_noted_by_what_was_looked_for_and_not_by_its_pages() {
        let (when, first) = page("/parties", "q=aulnes&after=xyz").unwrap();
        assert_eq!((when, first.verb), (When::Later, "listed"));
        assert_eq!(first.detail, json!({ "sieve": "q=aulnes" }));
        assert_eq!(page("/api/parties", "q=aulnes&limit=9").unwrap().1, first);
        assert_eq!(page("/receivables", "").unwrap().1.detail, json!({ "page": "/receivables" }));
        assert_eq!(page("/live", "about=x"), None);
        assert_eq!(page("/api/openapi.json", ""), None);
    }

    #[test]
    fn files_are_noted_each_and_refusals_too() {
        let mut file = [(header::CONTENT_DISPOSITION, "attachment; filename=x")].into_response();
        file.extensions_mut().insert(Rows(12));
        let (when, access) = of(&Method::GET, "/parties/export.csv", "q=a", file).unwrap();
        assert_eq!((when, access.verb, &*access.entity), (When::Each, "exported", "party"));
        assert_eq!(access.detail, json!({ "file": "export.csv", "sieve": "q=a", "rows": 12 }));
        let refused = StatusCode::FORBIDDEN.into_response();
        let (_, access) = of(&Method::POST, "/api/orders", "", refused).unwrap();
        assert_eq!((access.verb, &*access.entity), ("forbidden", "order"));
        let gone = StatusCode::NOT_FOUND.into_response();
        assert_eq!(of(&Method::GET, &format!("/parties/{ID}"), "", gone), None);
        assert_eq!(of(&Method::POST, "/parties", "", StatusCode::OK.into_response()), None);
    }
}
