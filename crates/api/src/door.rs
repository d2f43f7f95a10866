//! What every request passes on its way in: who asks, in which language, under which key; and the
//! thread on which the store may be waited for.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::Response;
use futures_util::StreamExt;
use identity::Proof;
use kernel::{Actor, Fault, Faults, Language};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use store::Call;
use store::audit::Whose;

use crate::problem::Problem;
use crate::strict::members;
use crate::{Api, gate};

/// The most a JSON body may weigh, in bytes.
pub const BODY_MOST: usize = 2 * 1024 * 1024;
const KEY_MOST: usize = 200;

/// A request without its body.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    /// Who wants to know whose it is.
    pub whose: Option<Whose>,
    /// The certificate that the other side of the connection has shown.
    pub shown: Option<Shown>,
    /// Where from.
    pub from: Option<IpAddr>,
}

/// What the certificate of the other side is known by (see `identity::certificate`); the connection
/// has proved that it holds the private key.
#[derive(Debug, Clone)]
pub struct Shown(pub std::sync::Arc<str>);

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self {
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            headers: parts.headers.clone(),
            whose: parts.extensions.get::<Whose>().cloned(),
            shown: parts.extensions.get::<Shown>().cloned(),
            from: peer.map(|ConnectInfo(peer)| peer.ip()),
        })
    }
}

/// The parts of a path, refused as a problem when they are no text.
#[derive(Debug)]
pub struct Named<T>(pub T);

impl<S, T> FromRequestParts<S> for Named<T>
where
    S: Send + Sync,
    Path<T>: FromRequestParts<S>,
{
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let language = spoken(&parts.headers).unwrap_or_default();
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(named)) => Ok(Self(named)),
            Err(_) => Err(Problem::new(unknown_path(parts.uri.path()), language)),
        }
    }
}

/// A refusal on its way out of the store's thread, with what else the caller should see.
#[derive(Debug, Default)]
pub struct Refused {
    pub faults: Faults,
    pub members: Map<String, Json>,
}

impl From<Faults> for Refused {
    fn from(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }
}
impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Faults::from(fault).into()
    }
}

impl Asked {
    /// The language of a refusal told before we know who asks.
    #[must_use]
    pub fn language(&self) -> Language {
        spoken(&self.headers).unwrap_or_default()
    }
    #[must_use]
    pub fn problem(&self, faults: impl Into<Faults>) -> Problem {
        Problem::new(faults, self.language())
    }
    #[must_use]
    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Runs `work` for whoever asks, on a thread that may wait for the store. Nothing passes
    /// without an actor.
    ///
    /// # Errors
    /// `sign_in.needed`, `request.origin`, `internal`, and those of `work`.
    pub async fn answer(
        self,
        api: Api,
        work: impl FnOnce(&Api, &Self, &Actor) -> Result<Response, Refused> + Send + 'static,
    ) -> Result<Response, Problem> {
        let language = self.language();
        let run = move || {
            let mut told = language;
            let done = self.actor(&api).map_err(Refused::from).and_then(|actor| {
                told = actor.language;
                work(&api, &self, &actor)
            });
            done.map_err(|refused| Problem {
                faults: refused.faults,
                language: told,
                members: refused.members,
            })
        };
        match tokio::task::spawn_blocking(run).await {
            Ok(done) => done,
            Err(broken) => {
                tracing::error!(%broken, "a request broke off");
                Err(Problem::new(Fault::new("internal"), language))
            }
        }
    }

    /// Who asks: the bearer of a token, the person of a session, or the program of a certificate.
    ///
    /// # Errors
    /// `sign_in.needed`; `request.origin` when a page of another site used the person's session.
    pub fn actor(&self, api: &Api) -> Result<Actor, Faults> {
        let mut actor = if let Some(token) = self.bearer() {
            gate::pass_program(api, Proof::Token(token), self.from)?
        } else if let Some(token) = gate::COOKIES.iter().find_map(|name| self.cookie(name)) {
            self.refuse_other_sites()?;
            gate::pass(api, Proof::Session(token))?
        } else if let Some(Shown(print)) = &self.shown {
            // A browser shows it whichever site makes it ask.
            if self.headers.contains_key("sec-fetch-site")
                || self.headers.contains_key(header::ORIGIN)
            {
                self.refuse_other_sites()?;
            }
            gate::pass_program(api, Proof::Certificate(print), self.from)?
        } else {
            return Err(Fault::new("sign_in.needed").into());
        };
        if let Some(language) = spoken(&self.headers) {
            actor.language = language;
        }
        if let Some(whose) = &self.whose {
            whose.tell(&actor);
        }
        Ok(actor)
    }

    fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header(header::AUTHORIZATION)?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        let given = self.headers.get_all(header::COOKIE).into_iter();
        given
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(given, value)| (given == name).then_some(value))
    }

    /// A browser sends the cookie along with what any site makes it ask; only our own pages may
    /// change anything by it.
    fn refuse_other_sites(&self) -> Result<(), Fault> {
        if self.method.is_safe() {
            return Ok(());
        }
        let same = match (self.header("sec-fetch-site"), self.header(header::ORIGIN)) {
            (Some(site), _) => matches!(site, "same-origin" | "none"),
            (None, Some(origin)) => {
                let host = origin.split_once("://").map(|(_, host)| host);
                host.is_some() && host == self.header(header::HOST)
            }
            // Every browser says one of the two; programs have a token instead of a cookie.
            (None, None) => false,
        };
        if same { Ok(()) } else { Err(Fault::new("request.origin")) }
    }

    /// The version that the editor saw: `If-Match: "3"`.
    ///
    /// # Errors
    /// `header.malformed`.
    pub fn version(&self) -> Result<Option<i64>, Fault> {
        let Some(given) = self.header(header::IF_MATCH) else { return Ok(None) };
        let bare = given.trim();
        if bare == "*" {
            return Ok(None);
        }
        let bare = bare.strip_prefix("W/").unwrap_or(bare).trim_matches('"');
        bare.parse().map(Some).map_err(|_| malformed("If-Match", given))
    }

    /// The caller's own `Idempotency-Key`.
    ///
    /// # Errors
    /// `header.malformed` unless it is 1 to 200 visible ASCII characters.
    pub fn key(&self) -> Result<Option<&str>, Fault> {
        let Some(given) = self.headers.get("idempotency-key") else { return Ok(None) };
        let text = given.to_str().unwrap_or("");
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.is_empty() || text.len() > KEY_MOST || !visible {
            return Err(malformed("Idempotency-Key", text));
        }
        Ok(Some(text))
    }

    /// The command that this request is, told apart from others by its key and its content.
    ///
    /// # Errors
    /// `header.malformed`.
    pub fn call(&self, actor: &Actor, body: &[u8]) -> Result<Call, Fault> {
        let call = Call::new(actor.clone());
        let Some(key) = self.key()? else { return Ok(call) };
        let mut digest = Sha256::new();
        let path = self.uri.path_and_query().map_or("", |path| path.as_str());
        for part in [self.method.as_str(), path, self.header(header::IF_MATCH).unwrap_or("")] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        digest.update(body);
        // Two people may draw the same key; each has their own.
        let whose = actor.user.map_or_else(String::new, |user| user.to_string());
        Ok(call.key(format!("rest:{whose}:{key}")).fingerprint(hexadecimal(&digest.finalize())))
    }
}

/// The refusal of a key, told with the key that the caller knows.
#[must_use]
pub fn with_own_key(mut faults: Faults, asked: &Asked) -> Faults {
    let own = asked.key().ok().flatten().unwrap_or_default();
    for fault in faults.0.iter_mut().filter(|fault| fault.code == "idempotency.reused") {
        fault.facts = vec![("key", own.into())];
    }
    faults
}

#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn malformed(header: &str, given: &str) -> Fault {
    Fault::new("header.malformed").with("header", header).with("given", given)
}

#[must_use]
pub fn unknown_path(path: &str) -> Fault {
    Fault::new("path.unknown").with("path", path)
}

/// The first language of `Accept-Language` that we speak, by its weight.
#[must_use]
pub fn spoken(headers: &HeaderMap) -> Option<Language> {
    let line = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut wanted: Vec<(u32, Language)> = line
        .split(',')
        .filter_map(|part| {
            let (tag, weight) = part.split_once(';').unwrap_or((part, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(1000, thousandths);
            Language::of_tag(tag.trim()).map(|language| (weight, language))
        })
        .filter(|(weight, _)| *weight > 0)
        .collect();
    wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    wanted.first().map(|(_, language)| *language)
}

/// `0.85` as 850.
fn thousandths(weight: &str) -> u32 {
    let scaled = kernel::parse_decimal(weight.trim(), 3).unwrap_or(0);
    u32::try_from(scaled).unwrap_or(0)
}

/// The whole body, no more than `most` bytes of it. A body that announces more is refused unread.
///
/// # Errors
/// `large`, the code given for it; `body.cut`.
pub async fn bytes(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    large: &'static str,
) -> Result<Bytes, Fault> {
    let too_large =
        || Fault::new(large).with("most", i64::try_from(most / 1024 / 1024).unwrap_or(i64::MAX));
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse::<usize>().ok()).is_some_and(|size| size > most) {
        return Err(too_large());
    }
    let mut chunks = body.into_data_stream();
    let mut whole = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Fault::new("body.cut"))?;
        if whole.len() + chunk.len() > most {
            return Err(too_large());
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.into())
}

/// A body that is a JSON object; an empty one is an object without members.
///
/// # Errors
/// `content.type`, `body.large`, `body.cut`, `json.malformed`, `json.twice`, `json.digits`.
pub async fn object(headers: &HeaderMap, body: Body) -> Result<(Map<String, Json>, Bytes), Fault> {
    let whole = bytes(headers, body, BODY_MOST, "body.large").await?;
    if whole.is_empty() {
        return Ok((Map::new(), whole));
    }
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = given.unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if kind != "application/json" && !(kind.starts_with("application/") && kind.ends_with("+json"))
    {
        let wanted = "application/json";
        return Err(Fault::new("content.type").with("given", kind).with("wanted", wanted));
    }
    Ok((members(&whole)?, whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn asked(headers: &[(&'static str, &str)]) -> Asked {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (header::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
            })
            .collect();
        Asked {
            method: Method::POST,
            uri: Uri::from_static("/api/parties"),
            headers,
            whose: None,
            shown: None,
            from: None,
        }
    }

    #[test]
    fn the_language_is_the_heaviest_that_we_speak() {
        let language = |line| spoken(&asked(&[("accept-language", line)]).headers);
        assert_eq!(language("en-GB,fr;q=0.9"), Some(Language::English));
        assert_eq!(language("de,fr-FR;q=0.8,en;q=0.3"), Some(Language::French));
        assert_eq!(language("en;q=0,fr;q=0.1"), Some(Language::French));
        assert_eq!(language("de"), None);
    }

    #[test]
    fn the_version_is_read_from_the_tag() {
        let version = |line| asked(&[("if-match", line)]).version();
        assert_eq!(version("\"7\""), Ok(Some(7)));
        assert_eq!(version("W/\"7\""), Ok(Some(7)));
        assert_eq!(version("*"), Ok(None));
        assert_eq!(version("seven").unwrap_err().code, "header.malformed");
    }

    #[test]
    fn another_site_cannot_use_the_session_of_a_person() {
        let refused =
            |headers: &[(&'static str, &str)]| asked(headers).refuse_other_sites().is_err();
        assert!(refused(&[("sec-fetch-site", "cross-site")]));
        assert!(refused(&[("origin", "https://evil.example"), ("host", "comptoir.example")]));
        assert!(!refused(&[("origin", "https://comptoir.example"), ("host", "comptoir.example")]));
        assert!(!refused(&[("sec-fetch-site", "same-origin")]));
        assert!(refused(&[]), "a cookie alone proves nothing");
    }
}
