//! What this installation asks of other machines, at addresses that people typed: only outside, only
//! in secret, no further than the address that was judged, and not for long. Hosts that the operator
//! names (`--allow-outgoing`) are theirs to answer for: they may be near, and in clear.

pub mod guard;

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Request, Response, Uri};
use kernel::Fault;
use ureq::config::Config;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

/// The longest that we wait for an answer, all in all.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most that an answer may weigh, in bytes.
const MOST: u64 = 1024 * 1024;

/// The way out. Clones share their connections' settings.
#[derive(Debug, Clone)]
pub struct Outgoing {
    agent: Agent,
    allowed: Arc<[String]>,
}

impl Outgoing {
    /// The way out to anywhere outside, and to the hosts that the operator named.
    #[must_use]
    pub fn new(allowed: &[String]) -> Self {
        let allowed: Arc<[String]> = allowed.iter().map(|host| bare(host)).collect();
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            // What the environment says of proxies would lead around the guard.
            .proxy(None)
            // An answer that leads elsewhere is an answer.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .max_idle_connections(0)
            .user_agent("Comptoir")
            .build();
        let guarded = Guarded { names: DefaultResolver::default(), allowed: Arc::clone(&allowed) };
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), guarded), allowed }
    }

    /// Whether an address may be called, as far as its writing tells: `https://`, without a name and
    /// a password in it, unless the operator named its host.
    ///
    /// # Errors
    /// `outgoing.address`.
    pub fn may(&self, address: &str) -> Result<(), Fault> {
        let wrong = || Fault::new("outgoing.address").with("address", address.to_owned());
        let uri: Uri = address.parse().map_err(|_| wrong())?;
        let (scheme, authority) = uri.scheme_str().zip(uri.authority()).ok_or_else(wrong)?;
        let named = self.allowed.contains(&bare(authority.host()));
        let secret = scheme == "https" || (scheme == "http" && named);
        let plain = !authority.as_str().contains('@');
        if secret && plain { Ok(()) } else { Err(wrong()) }
    }

    /// Asks, and waits for the whole answer. Waits for the network.
    ///
    /// # Errors
    /// `outgoing.address`; `outgoing.near` when the host is not outside; `outgoing.failed`, with what
    /// the network said.
    pub fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Fault> {
        let address = request.uri().to_string();
        self.may(&address)?;
        let host = request.uri().host().unwrap_or("").to_owned();
        let failed = |error: Error| match error {
            Error::Other(other) if other.is::<Near>() => {
                Fault::new("outgoing.near").with("host", host.clone())
            }
            error => {
                let said = error.to_string();
                Fault::new("outgoing.failed").with("host", host.clone()).with("said", said)
            }
        };
        let (parts, mut body) = self.agent.run(request).map_err(failed)?.into_parts();
        let body = body.with_config().limit(MOST).read_to_vec().map_err(failed)?;
        Ok(Response::from_parts(parts, body))
    }
}

impl Default for Outgoing {
    fn default() -> Self {
        Self::new(&[])
    }
}

/// A host without what an address puts around it.
fn bare(host: &str) -> String {
    host.trim_matches(['[', ']']).trim_end_matches('.').to_lowercase()
}

/// The host is not outside.
#[derive(Debug)]
struct Near;

impl std::fmt::Display for Near {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("this address is not outside")
    }
}
impl std::error::Error for Near {}

/// Looks names up, and lets through those whose every address is outside.
#[derive(Debug)]
struct Guarded {
    names: DefaultResolver,
    allowed: Arc<[String]>,
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let named = self.allowed.contains(&bare(uri.host().unwrap_or("")));
        let outside = found.iter().all(|address| guard::is_outside(address.ip()));
        if named || outside { Ok(found) } else { Err(Error::Other(Box::new(Near))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::io::{Read, Write};
    use std::net::TcpListener;

    fn asks(outgoing: &Outgoing, address: &str) -> Result<Response<Vec<u8>>, Fault> {
        outgoing.send(Request::get(address).body(Vec::new()).unwrap())
    }

    #[test]
    fn asvs_1_3_6_names_and_numbers_that_lead_near_are_refused_before_anything_is_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let outgoing = Outgoing::default();
        for host in
            ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0"]
        {
            let refused = asks(&outgoing, &format!("https://{host}:{port}/")).unwrap_err();
            assert_eq!(refused.code, "outgoing.near", "{host}: {refused:?}");
        }
        assert!(listener.accept().is_err(), "nobody called");
        for address in ["http://example.org/", "file:///etc/passwd", "https://a:b@example.org/", ""]
        {
            let refused = outgoing.may(address).unwrap_err();
            assert_eq!(refused.code, "outgoing.address", "{address}");
        }
    }

    #[test]
    fn a_host_that_the_operator_named_is_called_and_an_answer_that_leads_on_is_not_followed() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = [0; 1024];
            let read = stream.read(&mut bytes).unwrap();
            let answer = "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\
                Content-Length: 0\r\nConnection: close\r\n\r\n";
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&bytes[..read]).into_owned()
        });
        let outgoing = Outgoing::new(&["127.0.0.1".to_owned()]);
        let answer = asks(&outgoing, &format!("http://127.0.0.1:{port}/here")).unwrap();
        assert_eq!(answer.status(), 302);
        assert!(served.join().unwrap().starts_with("GET /here HTTP/1.1"));
        assert_eq!(asks(&outgoing, "https://localhost/").unwrap_err().code, "outgoing.near");
    }
}
