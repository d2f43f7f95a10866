//! The connections: taken in, made secret, given to the router, and ended in order. Slow or idle
//! ones are let go, so that nobody holds the door by keeping silent.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use api::door::Shown;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use identity::certificate::print_of;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// The most connections at once; the next ones wait to be taken in.
const MOST: usize = 8_192;
/// How long one may take to make a connection secret.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long one may take to say what is asked, and be silent between two questions.
const HEAD: Duration = Duration::from_secs(30);
/// The most bytes of what is asked before its body.
const MOST_HEAD: usize = 64 << 10;
/// How long those at work may take to end, when we stop.
const LAST_WORDS: Duration = Duration::from_secs(20);
/// The first byte of a TLS connection (RFC 8446, 5.1: a record of the handshake).
const TLS_FIRST: u8 = 22;

/// What a connection is served with.
#[derive(Clone)]
pub struct Counter {
    pub router: Router,
    /// Absent where connections are not made secret here.
    pub tls: Option<Arc<ServerConfig>>,
    /// A proxy that we trust tells where its visitors come from.
    pub behind_proxy: bool,
}

/// Serves until `stop`, then lets those at work end.
pub async fn serve(listener: TcpListener, counter: Counter, stop: impl Future<Output = ()>) {
    let (graceful, room) = (GracefulShutdown::new(), Arc::new(Semaphore::new(MOST)));
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let place = room.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        match (place, accepted) {
            (Ok(place), Ok((stream, peer))) => {
                let _ = stream.set_nodelay(true);
                let one = One { counter: counter.clone(), peer, watcher: graceful.watcher() };
                tokio::spawn(one.serve(stream, place));
            }
            (_, Err(error)) => {
                // Too many open files, most of all: those who leave make room.
                tracing::warn!(%error, "a connection could not be taken in");
                sleep(Duration::from_millis(50)).await;
            }
            (Err(_), _) => break,
        }
    }
    drop(listener);
    let _ = timeout(LAST_WORDS, graceful.shutdown()).await;
}

/// One connection.
struct One {
    counter: Counter,
    peer: SocketAddr,
    watcher: Watcher,
}

impl One {
    async fn serve(self, stream: TcpStream, _place: OwnedSemaphorePermit) {
        let Self { counter, peer, watcher } = self;
        let Some(config) = counter.tls.clone() else {
            return talk(stream, Asked { counter, peer, shown: None }, watcher).await;
        };
        let mut first = [0];
        match timeout(HANDSHAKE, stream.peek(&mut first)).await {
            Ok(Ok(1)) if first[0] == TLS_FIRST => {}
            Ok(Ok(1)) => {
                let led =
                    service_fn(|request| async move { Ok::<_, Infallible>(to_secret(&request)) });
                return talk(stream, led, watcher).await;
            }
            _ => return,
        }
        match timeout(HANDSHAKE, TlsAcceptor::from(config).accept(stream)).await {
            Ok(Ok(stream)) => {
                let certificate =
                    stream.get_ref().1.peer_certificates().and_then(|all| all.first());
                let shown = certificate.map(|one| Shown(print_of(one).into()));
                talk(stream, Asked { counter, peer, shown }, watcher).await;
            }
            Ok(Err(error)) => tracing::debug!(%error, %peer, "no secret connection"),
            Err(_) => tracing::debug!(%peer, "no secret connection in time"),
        }
    }
}

async fn talk<S, W>(stream: S, service: W, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    W: Service<Request<Incoming>, Response = Response, Error = Infallible> + Send + 'static,
    W::Future: Send + 'static,
{
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(MOST_HEAD);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD);
    let talked = watcher.watch(builder.serve_connection(TokioIo::new(stream), service)).await;
    if let Err(error) = talked {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// Gives what is asked to the router, and says from where.
struct Asked {
    counter: Counter,
    peer: SocketAddr,
    shown: Option<Shown>,
}

impl Service<Request<Incoming>> for Asked {
    type Response = Response;
    type Error = Infallible;
    type Future = <Router as tower::Service<Request<Body>>>::Future;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let mut request = request.map(Body::new);
        let from = match self.counter.behind_proxy.then(|| forwarded(request.headers())) {
            Some(Some(address)) => SocketAddr::new(address, 0),
            _ => self.peer,
        };
        request.extensions_mut().insert(ConnectInfo(from));
        if let Some(shown) = &self.shown {
            request.extensions_mut().insert(shown.clone());
        }
        tower::Service::call(&mut self.counter.router.clone(), request)
    }
}

/// The last address of `X-Forwarded-For`: the one that our own proxy wrote. Those before it are
/// what the visitor says.
#[must_use]
pub fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

/// Who asks in clear for a page is led to its secret address; programs are refused, lest they go on
/// sending their token in clear.
fn to_secret<B>(request: &Request<B>) -> Response {
    let page = matches!(*request.method(), Method::GET | Method::HEAD)
        && !request.uri().path().starts_with("/api/");
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let plain =
        |host: &&str| host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b));
    let to = request.uri().path_and_query().map_or("/", |path| path.as_str());
    match host.filter(plain).filter(|host| page && !host.is_empty()) {
        Some(host) => {
            let to = format!("https://{host}{to}");
            (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
        }
        None => {
            let said = "HTTPS, s’il vous plaît. / HTTPS, please.\n";
            (StatusCode::FORBIDDEN, said).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asvs_4_1_2_pages_are_led_to_https_and_programs_refused() {
        let ask = |method: &str, path: &str, host: &str| {
            let request = Request::builder().method(method).uri(path).header("host", host);
            let answer = to_secret(&request.body(()).expect("a request"));
            let to =
                answer.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
            (answer.status().as_u16(), to)
        };
        let led = Some("https://comptoir.example:8443/orders?sort=number".to_owned());
        assert_eq!(ask("GET", "/orders?sort=number", "comptoir.example:8443"), (308, led));
        assert_eq!(ask("GET", "/api/orders", "comptoir.example"), (403, None));
        assert_eq!(ask("POST", "/sign-in", "comptoir.example"), (403, None));
        assert_eq!(ask("GET", "/", "a/b\\c"), (403, None));
    }

    #[test]
    fn a_visitor_does_not_choose_the_address_that_the_proxy_tells() {
        let mut headers = HeaderMap::new();
        assert_eq!(forwarded(&headers), None);
        headers.append("x-forwarded-for", "10.0.0.1, 198.51.100.4".parse().expect("a value"));
        assert_eq!(forwarded(&headers), "198.51.100.4".parse().ok());
        headers.append("x-forwarded-for", "2001:db8::7".parse().expect("a value"));
        assert_eq!(forwarded(&headers), "2001:db8::7".parse().ok());
    }
}
