//! A certificate from an authority (ACME, RFC 8555), which proves our name by coming to us over TLS
//! (tls-alpn-01, RFC 8737): no other port, no file, no record of the domain's is needed.

use std::fs;
use std::path::PathBuf;

use instant_acme::{
    Account, AccountBuilder, AuthorizationStatus, ChallengeType, Identifier, LetsEncrypt,
    NewAccount, NewOrder, OrderStatus, RetryPolicy,
};
use kernel::Fault;
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use tokio_rustls::rustls::sign::CertifiedKey;

use super::files::{self, Pair, unavailable};
use super::{Certificates, certified};

/// The protocol that an authority asks for when it checks a name.
pub const PROTOCOL: &[u8] = b"acme-tls/1";
/// The directory of Let's Encrypt.
pub const LETS_ENCRYPT: &str = LetsEncrypt::Production.url();

/// Who signs our certificate, and for which names.
#[derive(Debug)]
pub struct Authority {
    pub domains: Vec<String>,
    pub contact: Option<String>,
    pub directory: String,
    /// Its own root, where this machine does not know it.
    pub root: Option<PathBuf>,
    pub folder: PathBuf,
}

impl Authority {
    pub fn pair(&self) -> Pair {
        Pair::of(&self.folder, "acme")
    }

    /// Asks for a certificate where there is none, or when a third of its time is left.
    ///
    /// # Errors
    /// `tls.authority`, with what it said.
    pub async fn fresh(&self, certificates: &Certificates) -> Result<(), Fault> {
        if self.pair().days().is_some_and(|(left, all)| left > all / 3) {
            return Ok(());
        }
        let asked = self.ask(certificates).await;
        for domain in &self.domains {
            certificates.answer(domain, None);
        }
        let (chain, key) = asked?;
        certified(chain.as_bytes(), key.as_bytes())
            .map_err(refused)?
            .keys_match()
            .map_err(refused)?;
        self.pair().keep(&chain, &key)
    }

    async fn ask(&self, certificates: &Certificates) -> Result<(String, String), Fault> {
        let account = self.account().await?;
        let names: Vec<Identifier> = self.domains.iter().cloned().map(Identifier::Dns).collect();
        let mut order = account.new_order(&NewOrder::new(&names)).await.map_err(refused)?;
        let mut names = order.authorizations();
        while let Some(name) = names.next().await {
            let mut name = name.map_err(refused)?;
            if name.status == AuthorizationStatus::Valid {
                continue;
            }
            let challenge = name.challenge(ChallengeType::TlsAlpn01);
            let mut challenge = challenge.ok_or_else(|| refused("tls-alpn-01"))?;
            let domain = challenge.identifier().to_string();
            let proof = proof(&domain, challenge.key_authorization().digest().as_ref())?;
            certificates.answer(&domain, Some(proof));
            challenge.set_ready().await.map_err(refused)?;
        }
        let patience = RetryPolicy::default();
        let status = order.poll_ready(&patience).await.map_err(refused)?;
        if status != OrderStatus::Ready {
            return Err(refused(format!("{status:?}")));
        }
        let key = order.finalize().await.map_err(refused)?;
        let chain = order.poll_certificate(&patience).await.map_err(refused)?;
        Ok((chain, key))
    }

    /// Our account with it, opened once.
    async fn account(&self) -> Result<Account, Fault> {
        let place = self.folder.join("acme-account.json");
        if let Ok(known) = fs::read(&place)
            && let Ok(known) = serde_json::from_slice(&known)
        {
            return self.builder()?.from_credentials(known).await.map_err(refused);
        }
        let contact: Vec<String> = self.contact.iter().map(|to| format!("mailto:{to}")).collect();
        let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
        let wanted = NewAccount {
            contact: &contact,
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let opened = self.builder()?.create(&wanted, self.directory.clone(), None).await;
        let (account, known) = opened.map_err(refused)?;
        files::write(&place, &serde_json::to_string(&known).map_err(refused)?)?;
        Ok(account)
    }

    fn builder(&self) -> Result<AccountBuilder, Fault> {
        match &self.root {
            Some(root) => Account::builder_with_root(root),
            None => Account::builder(),
        }
        .map_err(refused)
    }
}

/// The certificate that only the holder of our account can show for this name.
fn proof(domain: &str, digest: &[u8]) -> Result<CertifiedKey, Fault> {
    let mut wanted = CertificateParams::new([domain.to_owned()]).map_err(unavailable)?;
    wanted.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate().map_err(unavailable)?;
    let made = wanted.self_signed(&key).map_err(unavailable)?;
    certified(made.pem().as_bytes(), key.serialize_pem().as_bytes()).map_err(refused)
}

#[allow(clippy::needless_pass_by_value)]
fn refused(said: impl ToString) -> Fault {
    Fault::new("tls.authority").with("said", said.to_string())
}
