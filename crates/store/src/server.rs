//! Where the PostgreSQL server is, and how it is reached: over TLS 1.3 with a certificate that holds,
//! unless it is on this very machine, or its operator says that nobody can overhear.

use std::sync::Arc;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

pub struct Server {
    pub config: Config,
    pub tls: MakeRustlsConnect,
}

impl Server {
    /// `postgres://user@host/name`. Of the parameters that libpq knows, `sslmode` may be `disable`
    /// or anything that requires TLS, and then the certificate must be for the name of the host;
    /// `sslrootcert` is the file of the authority that signed it, where this machine does not know
    /// it. Without `sslmode`, TLS is required of any host but this machine.
    ///
    /// # Errors
    /// What is wrong with it, in English.
    pub fn of_url(url: &str) -> Result<Self, String> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut kept, mut mode, mut root) = (Vec::new(), None, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => root = Some(value),
                _ => kept.push(pair),
            }
        }
        let plain =
            if kept.is_empty() { base.into() } else { format!("{base}?{}", kept.join("&")) };
        let mut config: Config =
            plain.parse().map_err(|error: tokio_postgres::Error| error.to_string())?;
        config.ssl_mode(match mode {
            None if is_here(&config) => SslMode::Disable,
            Some("disable") => SslMode::Disable,
            None | Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
            // They are content with no TLS at all, without saying so.
            Some(other) => return Err(format!("sslmode={other}: disable, or require")),
        });
        let roots = match (config.get_ssl_mode(), root) {
            (SslMode::Disable, _) => RootCertStore::empty(),
            (_, Some(place)) => roots_in(place)?,
            (_, None) => known_roots(),
        };
        let client = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&TLS13])
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { config, tls: MakeRustlsConnect::new(client) })
    }
}

/// Whether all its hosts are this machine.
fn is_here(config: &Config) -> bool {
    let near = |name: &str| {
        name == "localhost"
            || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    };
    let addresses = config.get_hostaddrs();
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => near(name),
        Host::Unix(_) => true,
    }) && addresses.iter().all(std::net::IpAddr::is_loopback)
}

fn roots_in(place: &str) -> Result<RootCertStore, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{place}: {error}");
    let mut roots = RootCertStore::empty();
    let all = CertificateDer::pem_file_iter(place).map_err(|error| failed(&error))?;
    for root in all {
        let root = root.map_err(|error| failed(&error))?;
        roots.add(root).map_err(|error| failed(&error))?;
    }
    if roots.is_empty() { Err(failed(&"no certificate")) } else { Ok(roots) }
}

/// The authorities that this machine trusts; one that cannot be read is left out.
fn known_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_reached_over_tls_unless_its_operator_says_otherwise() {
        let mode = |url: &str| Server::of_url(url).map(|server| server.config.get_ssl_mode());
        for here in ["localhost", "127.0.0.1", "[::1]:5433", "%2Frun%2Fpostgresql"] {
            assert_eq!(
                mode(&format!("postgres://me@{here}/books")),
                Ok(SslMode::Disable),
                "{here}"
            );
        }
        let far = "postgres://me:secret@base.example:5433/books";
        assert_eq!(mode(far), Ok(SslMode::Require));
        assert_eq!(mode(&format!("{far}?connect_timeout=3")), Ok(SslMode::Require));
        assert_eq!(mode(&format!("{far}?sslmode=disable")), Ok(SslMode::Disable));
        assert_eq!(mode("postgres://me@localhost/books?sslmode=verify-full"), Ok(SslMode::Require));
        for bad in ["sslmode=prefer", "sslmode=", "sslrootcert=/nowhere.pem"] {
            let refused = mode(&format!("{far}?{bad}")).expect_err(bad);
            assert!(!refused.contains("secret"), "{refused}");
        }
    }
}
