//! One sign-in at a provider: what is asked, and how the answer is verified. OpenID Connect Core
//! 1.0, the authorization code with PKCE S256 (RFC 7636), by the crate openidconnect; the network is
//! handed in.

use std::time::Duration;

use identity::IdentityProvider;
use identity::provider::{Vouched, strength_of};
use kernel::{Fault, Instant};
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};

use crate::outgoing::Outgoing;

/// How far the clock of a provider may be from ours.
const APART: i64 = 60 * Instant::SECOND;

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What was asked, as it must be known to verify the answer.
#[derive(Debug)]
pub(crate) struct Exchange {
    issuer: String,
    client: Client,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    /// When the person must have shown who they are, if they were to do so anew.
    since: Option<Instant>,
}

/// The network, and what it said when it failed.
#[derive(Debug)]
struct Unreached(Fault);

impl std::fmt::Display for Unreached {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0.code)
    }
}
impl std::error::Error for Unreached {}

fn over(outgoing: &Outgoing) -> impl Fn(HttpRequest) -> Result<HttpResponse, Unreached> {
    |request| outgoing.send(request).map_err(Unreached)
}

impl Exchange {
    /// Finds the provider, and the address to send a browser to, with the `state` that comes back
    /// with the answer. `anew` has the provider ask the person again. Waits for the network.
    ///
    /// # Errors
    /// `outgoing.*`; `provider.odd` when what it says of itself cannot be worked with.
    pub(crate) fn begin(
        outgoing: &Outgoing,
        provider: &IdentityProvider,
        redirect: &str,
        anew: bool,
        now: Instant,
    ) -> Result<(String, String, Self), Fault> {
        let client = client(outgoing, provider, redirect)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut ask = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge);
        if anew {
            ask = ask.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO);
        }
        let (address, state, nonce) = ask.url();
        outgoing.may(address.as_str())?;
        let since = anew.then_some(Instant(now.0 - APART));
        let issuer = provider.issuer.clone();
        let exchange = Self { issuer, client, nonce, verifier, since };
        Ok((address.to_string(), state.secret().clone(), exchange))
    }

    /// Whether the answer says that it comes from the provider that was asked (RFC 9207): a browser
    /// may have been led to another in between.
    pub(crate) fn is_from(&self, issuer: Option<&str>) -> bool {
        issuer.is_none_or(|said| said == self.issuer)
    }

    /// Gives the code for the proof, and verifies it: signature, issuer, audience, age, nonce. Waits
    /// for the network.
    ///
    /// # Errors
    /// `outgoing.*`; `provider.refused`; `provider.stale` when the person was not asked anew.
    pub(crate) fn finish(self, outgoing: &Outgoing, code: String) -> Result<Vouched, Fault> {
        let Self { issuer, client, nonce, verifier, since } = self;
        let asked = client.exchange_code(AuthorizationCode::new(code));
        let asked = asked.map_err(|error| refused(&error))?.set_pkce_verifier(verifier);
        let answer: CoreTokenResponse =
            asked.request(&over(outgoing)).map_err(|error| refused(&error))?;
        let claims = verified(&client, &nonce, &answer)?;
        let shown = claims.auth_time().map(|at| Instant(at.timestamp_micros()));
        if since.is_some_and(|since| shown.is_none_or(|shown| shown < since)) {
            return Err(Fault::new("provider.stale"));
        }
        Ok(vouched(issuer, &claims))
    }
}

/// What the provider says of itself, with its keys, as a client of it.
fn client(
    outgoing: &Outgoing,
    provider: &IdentityProvider,
    redirect: &str,
) -> Result<Client, Fault> {
    outgoing.may(&provider.issuer)?;
    let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(|error| odd(&error))?;
    let found = CoreProviderMetadata::discover(&issuer, &over(outgoing)).map_err(|error| {
        // What the network said is of use to whoever sets this up.
        match error {
            openidconnect::DiscoveryError::Request(Unreached(fault)) => fault,
            error => odd(&error),
        }
    })?;
    let secret = provider.client_secret.clone();
    let secret = (!secret.is_empty()).then(|| ClientSecret::new(secret));
    let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|error| odd(&error))?;
    let id = ClientId::new(provider.client_id.clone());
    Ok(CoreClient::from_provider_metadata(found, id, secret).set_redirect_uri(redirect))
}

/// Whether a provider is there, and says of itself what we need. Waits for the network.
///
/// # Errors
/// As [`Exchange::begin`].
pub(crate) fn try_out(outgoing: &Outgoing, provider: &IdentityProvider) -> Result<(), Fault> {
    client(outgoing, provider, "https://comptoir.invalid/").map(drop)
}

fn verified<'a>(
    client: &Client,
    nonce: &Nonce,
    answer: &'a CoreTokenResponse,
) -> Result<&'a CoreIdTokenClaims, Fault> {
    // Public keys alone: none of `none`, and no secret that the provider's public key could pass for.
    let verifier = client.id_token_verifier().set_allowed_algs([
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        CoreJwsSigningAlgorithm::EcdsaP384Sha384,
        CoreJwsSigningAlgorithm::EdDsa,
    ]);
    let token = answer.id_token().ok_or_else(|| Fault::new("provider.refused"))?;
    let claims = token.claims(&verifier, nonce).map_err(|error| refused(&error))?;
    if let Some(wanted) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(|error| refused(&error))?;
        let key = token.signing_key(&verifier).map_err(|error| refused(&error))?;
        let given = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
        if given.map_err(|error| refused(&error))? != *wanted {
            return Err(Fault::new("provider.refused"));
        }
    }
    Ok(claims)
}

fn vouched(issuer: String, claims: &CoreIdTokenClaims) -> Vouched {
    let methods = claims.auth_method_refs().into_iter().flatten();
    let methods: Vec<String> = methods.map(|method| method.as_str().to_owned()).collect();
    let class = claims.auth_context_ref().map(|class| class.as_str());
    let called = claims.email().map(|email| email.as_str());
    let called = called.or_else(|| claims.preferred_username().map(|name| name.as_str()));
    let subject = claims.subject().as_str().to_owned();
    Vouched {
        issuer,
        called: called.unwrap_or(&subject).to_owned(),
        strength: strength_of(&methods, class),
        subject,
    }
}

/// A refusal: one word for the person, the reason for the log.
fn refused(error: &dyn std::error::Error) -> Fault {
    tracing::info!(reason = told(error), "a provider's word is refused");
    Fault::new("provider.refused")
}

fn odd(error: &dyn std::error::Error) -> Fault {
    Fault::new("provider.odd").with("said", told(error))
}

/// An error and what is behind it.
fn told(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut behind = error.source();
    while let Some(next) = behind {
        said = format!("{said}: {next}");
        behind = next.source();
    }
    said
}
