//! The listener: pages and API on one address, the outbox read beside them.

use std::net::SocketAddr;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use kernel::{Fault, Faults};
use store::Store;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use web::live::Live;
use web::{DemoSignIn, WebState};

use crate::mail::Postman;
use crate::options::Serving;
use crate::{bulk, dispatch};

/// What every answer says to the browser: nothing from elsewhere, nothing inline, no frame.
const HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; \
         frame-ancestors 'self'; base-uri 'none'; object-src 'self'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(self), geolocation=(), microphone=()"),
];

/// Serves until it is told to stop.
///
/// # Errors
/// `store.*`, `listen.*`.
pub fn run(serving: &Serving) -> Result<(), Faults> {
    let store = serving.database.open()?;
    let code = first_run_code(&store, serving)?;
    let told = code.clone();
    let ready = move |address| {
        println!("http://{address}");
        if let Some(code) = told {
            println!("Code de première ouverture / First-opening code: {code}");
        }
    };
    serve_with(store, serving, Vec::new(), code, ready)
}

/// The code that the first to come must know, when nobody is there yet and they may come from
/// elsewhere: a proxy hides where from.
fn first_run_code(store: &Store, serving: &Serving) -> Result<Option<String>, Faults> {
    let near = serving.listen.ip().is_loopback() && !serving.behind_proxy;
    if near { Ok(None) } else { web::first_run::code(store) }
}

/// Serves an open store; the sign-in page tells of `demo`, and `ready` is told the address once it
/// answers.
///
/// # Errors
/// `listen.*`.
pub fn serve(
    store: Store,
    serving: &Serving,
    demo: Vec<DemoSignIn>,
    ready: impl FnOnce(SocketAddr) + Send,
) -> Result<(), Faults> {
    serve_with(store, serving, demo, None, ready)
}

fn serve_with(
    store: Store,
    serving: &Serving,
    demo: Vec<DemoSignIn>,
    code: Option<String>,
    ready: impl FnOnce(SocketAddr) + Send,
) -> Result<(), Faults> {
    if !serving.listen.ip().is_loopback() && !serving.behind_proxy {
        // Passwords would travel in clear.
        let address = serving.listen.to_string();
        return Err(Fault::new("listen.clear").with("address", address).into());
    }
    let postman = serving.smtp.as_deref().map(Postman::of_url).transpose()?;
    let failed = |said: std::io::Error| Fault::new("listen.failed").with("said", said.to_string());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(serving.listen).await.map_err(failed)?;
        let reader = dispatch::start(store.clone(), postman);
        let runner = bulk::start(store.clone());
        ready(listener.local_addr().map_err(failed)?);
        let live = Live::new(store.clone());
        let router = router(store, serving.behind_proxy, demo, code, live.clone())
            .into_make_service_with_connect_info::<SocketAddr>();
        let done = axum::serve(listener, router).with_graceful_shutdown(stopping(live)).await;
        reader.stop().await;
        runner.stop().await;
        done.map_err(failed)
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    Ok(served?)
}

/// The whole face of the program.
pub fn router(
    store: Store,
    secure_cookies: bool,
    demo: Vec<DemoSignIn>,
    first_run_code: Option<String>,
    live: Live,
) -> Router {
    let catalog = store.catalog();
    let api = api::router(api::ApiState { store: store.clone(), catalog });
    let state = WebState {
        demo: demo.into(),
        first_run_code: first_run_code.map(Into::into),
        live,
        ..WebState::new(store, catalog, secure_cookies)
    };
    let web = web::router(state);
    let mut router =
        api.merge(web).layer(CompressionLayer::new()).layer(CatchPanicLayer::new()).layer(
            SetResponseHeaderLayer::if_not_present(
                header::CACHE_CONTROL,
                HeaderValue::from_static("no-store"),
            ),
        );
    for (name, value) in HEADERS {
        router = router.layer(SetResponseHeaderLayer::if_not_present(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        ));
    }
    router
}

/// Open streams would keep the process from stopping.
async fn stopping(live: Live) {
    told_to_stop().await;
    live.close();
}

async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    else {
        return interrupted.await.unwrap_or(());
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
