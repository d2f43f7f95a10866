//! The listener: pages and API on one address, the outbox read beside them.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use kernel::{Fault, Faults};
use store::Store;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use web::live::Live;
use web::outgoing::Outgoing;
use web::{DemoSignIn, Standing, WebState};

use crate::connections::{self, Counter};
use crate::mail::Postman;
use crate::options::Serving;
use crate::tls::Certificates;
use crate::{audit, bulk, dispatch, keys, links};

/// What every answer says to the browser: nothing from elsewhere, nothing inline, no frame.
const HEADERS: [(&str, &str); 5] = [
    ("content-security-policy", web::policy::PAGE),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(self), geolocation=(), microphone=()"),
];

/// Those who came over TLS never come in clear again (RFC 6797).
const STAY: (&str, &str) = ("strict-transport-security", "max-age=31536000; includeSubDomains");

/// Serves until it is told to stop.
///
/// # Errors
/// `store.*`, `listen.*`.
pub fn run(serving: &Serving) -> Result<(), Faults> {
    let store = serving.database.open()?;
    let code = first_run_code(&store, serving)?;
    let told = code.clone();
    let ready = move |address: &str| {
        crate::say(address);
        if let Some(code) = told {
            crate::say(&format!("Code de première ouverture / First-opening code: {code}"));
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
    ready: impl FnOnce(&str) + Send,
) -> Result<(), Faults> {
    serve_with(store, serving, demo, None, ready)
}

fn serve_with(
    store: Store,
    serving: &Serving,
    demo: Vec<DemoSignIn>,
    code: Option<String>,
    ready: impl FnOnce(&str) + Send,
) -> Result<(), Faults> {
    let certificates = certificates(serving)?;
    let tls = certificates.as_ref().map(Certificates::config).transpose()?;
    let postman = serving.smtp.as_deref().map(Postman::of_url).transpose()?;
    let key = audit::key_of(serving.sealing.audit_key.as_deref(), &serving.database.data)?;
    let failed = |said: std::io::Error| Fault::new("listen.failed").with("said", said.to_string());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(serving.listen).await.map_err(failed)?;
        let reader = dispatch::start(store.clone(), postman.clone());
        let runner = bulk::start(store.clone());
        let sealer = audit::start(store.clone(), key, serving.sealing.witnesses(postman))?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let local = format!("{scheme}://{}", listener.local_addr().map_err(failed)?);
        let mailed = links::reach(serving, &local);
        ready(&local);
        if let Some(certificates) = certificates {
            certificates.tell();
            tokio::spawn(certificates.keep());
        }
        let live = Live::new(store.clone());
        let address = serving.address.clone();
        let standing = standing(serving, tls.is_some());
        let fill = Some(crate::demo::filler(crate::demo::MONTHS));
        let outgoing = Outgoing::new(&serving.allow_outgoing);
        let face = Face { standing, demo, fill, code, mailed, address, outgoing };
        let router = router(store, live.clone(), face);
        let counter = Counter { router, tls, behind_proxy: serving.behind_proxy };
        connections::serve(listener, counter, stopping(live)).await;
        reader.stop().await;
        runner.stop().await;
        // It seals what is left; that takes a moment.
        let sealed = tokio::task::spawn_blocking(move || sealer.stop()).await;
        if let Err(broken) = sealed {
            tracing::error!(%broken, "the sealer broke off");
        }
        Ok::<(), Fault>(())
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    Ok(served?)
}

/// What connections are made secret with: nothing where nobody can overhear them, or where a proxy
/// does it.
fn certificates(serving: &Serving) -> Result<Option<Arc<Certificates>>, Fault> {
    let open = !serving.listen.ip().is_loopback() && !serving.behind_proxy;
    if !serving.tls.wanted(open) {
        return Ok(None);
    }
    let host = serving.listen.ip().to_string();
    serving.tls.certificates(&serving.database.data, host).map(Some)
}

/// What the pages know of how they are served.
#[derive(Default)]
pub struct Face {
    pub standing: Standing,
    /// How to sign in to a demonstration.
    pub demo: Vec<DemoSignIn>,
    /// What fills a demonstration for the first to come, when they ask for it.
    pub fill: Option<Arc<web::first_run::Fill>>,
    /// What the first to come must know.
    pub code: Option<String>,
    /// Where the links of letters lead.
    pub mailed: Option<String>,
    /// Where people reach this installation, as its operator says.
    pub address: Option<String>,
    /// The way to other machines.
    pub outgoing: Outgoing,
}

/// How safe this installation is, as far as the command line decides it.
fn standing(serving: &Serving, tls: bool) -> Standing {
    let database = &serving.database;
    let embedded = database.database.is_none();
    Standing {
        tls: tls || serving.behind_proxy,
        near: serving.listen.ip().is_loopback(),
        encrypted: if embedded { store::encrypted(&database.file()) } else { None },
        key_apart: keys::place(database).parent() != Some(&*database.data),
        witness: serving.sealing.witness.is_some() || serving.sealing.witness_mail.is_some(),
        mail: serving.smtp.is_some(),
    }
}

/// The whole face of the program.
pub fn router(store: Store, live: Live, face: Face) -> Router {
    let catalog = store.catalog();
    let api = api::router(api::ApiState { store: store.clone(), catalog });
    let noted = axum::middleware::from_fn_with_state(store.clone(), audit::seen::note);
    let state = WebState {
        demo: face.demo.into(),
        fill: face.fill,
        first_run_code: face.code.map(Into::into),
        live,
        mailed: face.mailed.map(Into::into),
        address: face.address.map(Into::into),
        outgoing: face.outgoing,
        standing: face.standing,
        ..WebState::new(store, catalog, face.standing.tls)
    };
    let web = web::router(state);
    let mut router = api
        .merge(web)
        .layer(noted)
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ));
    let stay = face.standing.tls.then_some(STAY);
    for (name, value) in HEADERS.into_iter().chain(stay) {
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
