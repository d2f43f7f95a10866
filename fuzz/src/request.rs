//! Whole requests, to the pages and the API as they are served: what comes in a path, a query, a
//! cookie, a header, a form, a file or a body.

use std::sync::LazyLock;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, Method, Request, Uri};
use comptoir::bench::world::World;
use comptoir::serve::{Face, router};
use store::{Location, Store};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;
use web::live::Live;

struct Place {
    runtime: Runtime,
    router: Router,
    session: String,
    party: String,
}

static PLACE: LazyLock<Place> = LazyLock::new(|| {
    let store = Store::open(comptoir::catalog(), &Location::Temporary).expect("a database");
    let world = World::found(store.clone()).expect("a company");
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let router = router(store.clone(), Live::new(store), Face::default());
    let party = world.parties[0].clone();
    Place { runtime, router, session: world.session, party }
});

/// Written as in HTTP/1.1: a line of method and path, headers, an empty line, the body. The words
/// `TOKEN` and `PARTY` stand for the token of a form and for the id of a record.
pub fn run(bytes: &[u8]) {
    let (head, body) = match bytes.windows(2).position(|two| two == b"\n\n") {
        Some(at) => (&bytes[..at], &bytes[at + 2..]),
        None => (bytes, &[][..]),
    };
    let Some(request) = request(&String::from_utf8_lossy(head), body) else { return };
    let what = format!("{} {}", request.method(), request.uri());
    let response = PLACE.runtime.block_on(PLACE.router.clone().oneshot(request));
    let response = response.expect("a router never fails");
    let status = response.status().as_u16();
    assert!(status < 500 || status == 503, "{what}: {status}");
    let page = response
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    // A stream has no end.
    if !what.contains("/live") {
        let read = PLACE.runtime.block_on(to_bytes(response.into_body(), 64 << 20));
        let text = String::from_utf8(read.expect("a whole body").to_vec()).unwrap_or_default();
        assert!(!page || !text.contains("<script>"), "{what}: {text}");
    }
}

fn request(head: &str, body: &[u8]) -> Option<Request<Body>> {
    let head = head.replace("PARTY", &PLACE.party);
    let mut lines = head.lines();
    let (method, path) = lines.next()?.split_once(' ')?;
    let uri = path.parse::<Uri>().ok().filter(|uri| uri.path().starts_with('/'))?;
    // Who leaves, or shuts themselves out, tests nothing any more.
    if ["/sign-out", "/me/", "/users", "/access_roles"].iter().any(|out| path.contains(out)) {
        return None;
    }
    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::from_bytes(method.as_bytes()).ok()?;
    *request.uri_mut() = uri;
    let mut cookie = format!("session={}", PLACE.session);
    let headers = request.headers_mut();
    for line in lines {
        let (name, value) = line.split_once(':')?;
        if name.eq_ignore_ascii_case("cookie") {
            cookie = format!("{cookie}; {}", value.trim());
            continue;
        }
        let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_bytes(value.trim().as_bytes()).ok()?);
    }
    headers.insert("cookie", HeaderValue::from_bytes(cookie.as_bytes()).ok()?);
    headers.insert("host", HeaderValue::from_static("comptoir.test"));
    headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
    *request.body_mut() = Body::from(with_token(body));
    Some(request)
}

fn with_token(body: &[u8]) -> Vec<u8> {
    match body.windows(5).position(|five| five == b"TOKEN") {
        Some(at) => {
            let token = web::door::form_token(&PLACE.session);
            [&body[..at], token.as_bytes(), &body[at + 5..]].concat()
        }
        None => body.to_vec(),
    }
}
