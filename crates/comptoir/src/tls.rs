//! Secret connections: TLS 1.3 (RFC 8446), with a certificate of our own making, of files, or of an
//! authority asked by ACME (RFC 8555). While a better one is not there yet, our own serves.

mod acme;
mod clients;
mod files;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use clap::Args;
use kernel::Fault;
use ring::digest::{SHA256, digest};
use tokio_rustls::rustls::crypto::ring::{default_provider, sign};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{ServerConfig, version::TLS13};

use acme::Authority;
use clients::Holders;
pub use files::write;
use files::{Own, Pair};

/// The protocols we speak over TLS; the last one is for the challenge of an authority (RFC 8737).
const PROTOCOLS: [&[u8]; 3] = [b"h2", b"http/1.1", acme::PROTOCOL];
/// How often a certificate is looked at: whether its file changed, whether its end is near.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How long an authority that refused is left alone.
const REFUSED_FOR: Duration = Duration::from_secs(15 * 60);

/// Where the certificate comes from. Without any of these: none on this machine's own addresses,
/// which nobody overhears; one of our own making elsewhere.
#[derive(Debug, Clone, Default, Args)]
pub struct Tls {
    /// TLS with a certificate of our own making, on loopback too.
    #[arg(long)]
    pub tls: bool,
    /// The certificate and those above it, as PEM; looked at again when the file changes.
    #[arg(long, requires = "tls_key", conflicts_with = "tls_domain")]
    pub tls_certificate: Option<PathBuf>,
    /// The private key of the certificate, as PEM.
    #[arg(long, requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
    /// Ask an authority for a certificate for this name, and renew it; may be repeated. The
    /// authority comes to port 443 of that name.
    #[arg(long)]
    pub tls_domain: Vec<String>,
    /// Where the authority writes to, should something be wrong with a certificate.
    #[arg(long, requires = "tls_domain")]
    pub tls_contact: Option<String>,
    /// The directory of the authority.
    #[arg(long, requires = "tls_domain", default_value = acme::LETS_ENCRYPT)]
    pub acme_directory: String,
    /// Ask those who come for a certificate of their own: programs then come in by the one that was
    /// declared for them (mutual TLS).
    #[arg(long)]
    pub tls_clients: bool,
    /// The root certificate of an authority that this machine does not know, as PEM.
    #[arg(long, requires = "tls_domain")]
    pub acme_root: Option<PathBuf>,
}

impl Tls {
    /// Whether connections are to be secret, on an address that others can reach or not.
    #[must_use]
    pub fn wanted(&self, open: bool) -> bool {
        open || self.tls
            || self.tls_clients
            || self.tls_certificate.is_some()
            || !self.tls_domain.is_empty()
    }

    /// The certificates to serve, kept under `data`; `host` is the address listened on.
    ///
    /// # Errors
    /// `tls.certificate` when the files given are not a certificate and its key; `data.folder`.
    pub fn certificates(&self, data: &Path, host: String) -> Result<Arc<Certificates>, Fault> {
        let folder = data.join("tls");
        let own = Own { folder: folder.clone(), names: files::names(&host, &self.tls_domain) };
        let (source, pair) = match (&self.tls_certificate, &self.tls_key) {
            (Some(certificate), Some(key)) => {
                let pair = Pair { certificate: certificate.clone(), key: key.clone() };
                (Source::Files, pair)
            }
            _ if self.tls_domain.is_empty() => (Source::Own(own.clone()), own.pair()),
            _ => {
                let authority = Authority {
                    domains: self.tls_domain.clone(),
                    contact: self.tls_contact.clone(),
                    directory: self.acme_directory.clone(),
                    root: self.acme_root.clone(),
                    folder,
                };
                let pair = authority.pair();
                (Source::Authority(authority), pair)
            }
        };
        let shown = match &source {
            Source::Files => pair.read()?,
            Source::Own(own) => own.fresh()?,
            Source::Authority(_) => pair.read().or_else(|_| own.fresh())?,
        };
        let (shown, challenges) = (RwLock::new(Arc::new(shown)), RwLock::default());
        let clients = self.tls_clients;
        Ok(Arc::new(Certificates { source, pair, shown, challenges, clients }))
    }
}

#[derive(Debug)]
enum Source {
    Files,
    Own(Own),
    Authority(Authority),
}

/// The certificate shown to those who come, and what is shown to an authority that checks a name.
#[derive(Debug)]
pub struct Certificates {
    source: Source,
    /// Where it is kept.
    pair: Pair,
    shown: RwLock<Arc<CertifiedKey>>,
    challenges: RwLock<HashMap<String, Arc<CertifiedKey>>>,
    /// Whether those who come are asked for theirs.
    clients: bool,
}

impl Certificates {
    /// What connections are made secret with.
    ///
    /// # Errors
    /// `tls.unavailable`.
    pub fn config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, Fault> {
        let provider = Arc::new(default_provider());
        let config = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&[&TLS13])
            .map_err(|error| Fault::new("tls.unavailable").with("said", error.to_string()))?;
        let config = match self.clients {
            true => config.with_client_cert_verifier(Arc::new(Holders(provider))),
            false => config.with_no_client_auth(),
        };
        let mut config = config.with_cert_resolver(self.clone());
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        Ok(Arc::new(config))
    }

    /// Keeps the certificate good for as long as it runs.
    pub async fn keep(self: Arc<Self>) {
        let mut read = self.pair.changed();
        loop {
            let mut pause = LOOK_EVERY;
            if let Err(fault) = self.look(&mut read).await {
                tracing::warn!(?fault, "the certificate could not be renewed");
                pause = REFUSED_FOR;
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn look(&self, read: &mut Option<std::time::SystemTime>) -> Result<(), Fault> {
        match &self.source {
            Source::Files => {}
            Source::Own(own) => drop(own.fresh()?),
            Source::Authority(authority) => authority.fresh(self).await?,
        }
        let changed = self.pair.changed();
        if changed != *read {
            let fresh = self.pair.read()?;
            *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
            *read = changed;
            tracing::info!(certificate = %self.pair.certificate.display(), "a new certificate");
        }
        Ok(())
    }

    /// Tells the SHA-256 of a certificate that no browser knows the signer of, as browsers write it:
    /// whoever comes first can hold it against what they are shown.
    pub fn tell(&self) {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        if let (Source::Own(_), Some(leaf)) = (&self.source, shown.cert.first()) {
            let digest = digest(&SHA256, leaf.as_ref());
            let bytes: Vec<String> =
                digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
            crate::say(&format!("Certificat / Certificate SHA-256: {}", bytes.join(":")));
        }
    }

    fn answer(&self, name: &str, key: Option<CertifiedKey>) {
        let mut known = self.challenges.write().unwrap_or_else(PoisonError::into_inner);
        match key {
            Some(key) => drop(known.insert(name.to_owned(), Arc::new(key))),
            None => drop(known.remove(name)),
        }
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let asks = |mut wanted: Box<dyn Iterator<Item = &[u8]> + '_>| {
            wanted.next() == Some(acme::PROTOCOL) && wanted.next().is_none()
        };
        if hello.alpn().is_some_and(|wanted| asks(Box::new(wanted))) {
            let known = self.challenges.read().unwrap_or_else(PoisonError::into_inner);
            return known.get(hello.server_name()?).cloned();
        }
        Some(self.shown.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// A certificate and its key, from PEM; whether they belong together is not looked at.
fn certified(chain: &[u8], key: &[u8]) -> Result<CertifiedKey, String> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
    let chain = chain.map_err(|error| error.to_string())?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| error.to_string())?;
    let key = sign::any_supported_type(&key).map_err(|error| error.to_string())?;
    Ok(CertifiedKey::new(chain, key))
}
