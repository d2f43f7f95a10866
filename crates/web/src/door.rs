//! What every request passes on its way in: who asks, how; and the thread on which to wait.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Strength;
use kernel::{Actor, Fault, Faults, Language, Tx};
use sha2::{Digest, Sha256};
use store::audit::Whose;

use crate::WebState;
use crate::address::{Fields, decoded, encoded};
use crate::answer::{self, Refused};
use crate::shell::{Density, Flash, Shell, Theme, User};
use crate::{cookies, gate, undo};

/// Anyone: what is known of a request before we ask who sends it.
#[derive(Clone)]
pub struct Visitor {
    pub state: WebState,
    pub language: Language,
    pub theme: Theme,
    pub density: Density,
    /// Path and query, to come back here.
    pub path: String,
    pub query: Fields,
    pub flash: Option<Flash>,
    /// The lines of the audit of what this person did last, the last one last.
    pub undo: Vec<i64>,
    /// The element that a script wants, when it wants no whole page.
    pub fragment: Option<String>,
    pub address: Option<IpAddr>,
    pub session: Option<String>,
    /// Who wants to know whose it is.
    whose: Option<Whose>,
    /// Whether the language was chosen here, and not only asked for by the browser.
    chosen: bool,
    method: Method,
    headers: HeaderMap,
}

impl FromRequestParts<WebState> for Visitor {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        let query = Fields::of_uri(&parts.uri);
        let headers = &parts.headers;
        let word = |name: &str| cookie(headers, &cookies::name(name, state.secure_cookies));
        let chosen = query
            .get("lang")
            .and_then(Language::of_tag)
            .or_else(|| word("language").and_then(Language::of_tag));
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self {
            language: chosen.or_else(|| spoken(headers)).unwrap_or_default(),
            theme: Theme::of(word("theme").unwrap_or("")),
            density: Density::of(word("density").unwrap_or("")),
            path: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            flash: word(answer::FLASH).and_then(answer::read_flash),
            undo: word(undo::COOKIE).map(undo::stack).unwrap_or_default(),
            fragment: text(headers, "x-fragment").map(ToOwned::to_owned),
            address: address.map(|ConnectInfo(address)| address.ip()),
            session: word(gate::cookie(state)).and_then(decoded),
            whose: parts.extensions.get::<Whose>().cloned(),
            chosen: chosen.is_some(),
            method: parts.method.clone(),
            headers: headers.clone(),
            query,
            state: state.clone(),
        })
    }
}

impl Visitor {
    /// The frame of a page for someone not signed in.
    #[must_use]
    pub fn shell(&self) -> Shell {
        Shell {
            language: self.language,
            theme: self.theme,
            density: self.density,
            flash: self.flash.clone(),
            path: self.path.clone(),
            ..Shell::default()
        }
    }

    /// The address by which this browser reaches us: `https://comptoir.example`.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        let host = text(&self.headers, "host").filter(|host| host.bytes().all(plain))?;
        let scheme = if self.state.secure_cookies { "https" } else { "http" };
        Some(format!("{scheme}://{host}"))
    }

    /// The address of ours, without the host, of the page from which this was asked.
    #[must_use]
    pub fn referer(&self) -> Option<String> {
        let (_, rest) = text(&self.headers, "referer")?.split_once("://")?;
        let (host, path) = rest.split_once('/')?;
        (Some(host) == text(&self.headers, "host")).then(|| format!("/{path}"))
    }

    /// A cookie, decoded.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let name = cookies::name(name, self.state.secure_cookies);
        cookie(&self.headers, &name).and_then(decoded)
    }

    /// The headers, with another value of one cookie.
    pub(crate) fn headers_as(&self, name: &str, value: &str) -> HeaderMap {
        let mut headers = self.headers.clone();
        let given = self.headers.get_all(header::COOKIE).into_iter();
        let others = given
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .map(str::trim)
            .filter(|pair| pair.split_once('=').is_none_or(|(given, _)| given != name));
        let own = format!("{name}={}", encoded(value));
        let line = others.map(ToOwned::to_owned).chain([own]).collect::<Vec<_>>().join("; ");
        if let Ok(line) = line.parse() {
            headers.insert(header::COOKIE, line);
        }
        headers
    }

    /// Whether the request only reads: its page may be asked for again.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        self.method.is_safe()
    }

    /// A header, as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        text(&self.headers, name)
    }

    /// A browser sends the cookie along with what any site makes it ask; only our own pages may
    /// change anything by it.
    ///
    /// # Errors
    /// `request.origin`.
    pub fn from_our_pages(&self) -> Result<(), Fault> {
        if self.method.is_safe() { Ok(()) } else { self.not_from_elsewhere() }
    }

    /// The same, of what is answered to our own pages alone though it changes nothing: a stream.
    ///
    /// # Errors
    /// `request.origin`.
    pub fn not_from_elsewhere(&self) -> Result<(), Fault> {
        let header = |name| text(&self.headers, name);
        let same = match (header("sec-fetch-site"), header("origin")) {
            (Some(site), _) => matches!(site, "same-origin" | "none"),
            (None, Some(origin)) => {
                let host = origin.split_once("://").map(|(_, host)| host);
                host.is_some() && host == header("host")
            }
            (None, None) => true,
        };
        if same { Ok(()) } else { Err(Fault::new("request.origin")) }
    }

    /// Runs what waits for the store on a thread that may wait.
    ///
    /// # Errors
    /// `internal` when it broke off, and those of `work`.
    pub async fn waiting<T: Send + 'static>(
        &self,
        work: impl FnOnce(&WebState) -> Result<T, Faults> + Send + 'static,
    ) -> Result<T, Faults> {
        let state = self.state.clone();
        match tokio::task::spawn_blocking(move || work(&state)).await {
            Ok(done) => done,
            Err(broken) => {
                tracing::error!(%broken, path = self.path, "a request broke off");
                Err(Fault::new("internal").into())
            }
        }
    }
}

/// A person, signed in, and what is asked. Cheap to clone; reads like [`Asked`].
#[derive(Clone)]
pub struct Ask(Arc<Asked>);

/// What [`Ask`] holds.
#[derive(Clone)]
pub struct Asked {
    pub visitor: Visitor,
    pub state: WebState,
    pub actor: Actor,
    pub language: Language,
    pub query: Fields,
    /// Name and role, as the frame shows them.
    pub user: User,
    /// The company: its name, and its town.
    pub house: (String, String),
    /// Whether the company is a demonstration: nothing of it leaves.
    pub demonstration: bool,
    /// The sign of the currency of the accounts.
    pub currency: String,
    /// How many notifications this person has not read.
    pub unread: i64,
    /// What every form of this person sends back, as proof that we drew it.
    pub token: String,
}

impl Deref for Ask {
    type Target = Asked;
    fn deref(&self) -> &Asked {
        &self.0
    }
}

impl FromRequestParts<WebState> for Ask {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Response> {
        let visitor = match Visitor::from_request_parts(parts, state).await {
            Ok(visitor) => visitor,
            Err(never) => match never {},
        };
        Self::of(visitor).await
    }
}

impl Ask {
    /// The same person asking for something else at the same place.
    #[must_use]
    pub fn asking(&self, query: Fields) -> Self {
        Self(Arc::new(Asked { query, ..Asked::clone(&self.0) }))
    }

    /// Finds who asks.
    ///
    /// # Errors
    /// The way to the sign-in page.
    pub async fn of(mut visitor: Visitor) -> Result<Self, Response> {
        let Some(session) = visitor.session.clone() else { return Err(to_sign_in(&visitor)) };
        let token = form_token(&session);
        // A page left open listens on: that is no use of the session.
        let used = !visitor.path.starts_with("/live");
        let found = visitor.waiting(move |state| gate::who(state, &session, used)).await;
        let who = match found {
            Ok(Some(who)) => who,
            Ok(None) => return Err(to_sign_in(&visitor)),
            Err(faults) => return Err(answer::refused_plain(&visitor, &faults)),
        };
        if let Some(asked) = who.must_enrol.filter(|_| !enrols(&visitor.path)) {
            return Err(match (&visitor.fragment, asked) {
                (Some(_), _) => StatusCode::UNAUTHORIZED.into_response(),
                (None, Strength::Passkey) => answer::go("/me/security/passkeys"),
                (None, _) => answer::go("/me/security/second-factor"),
            });
        }
        let mut actor = who.actor;
        if visitor.chosen {
            actor.language = visitor.language;
        }
        visitor.language = actor.language;
        if let Some(whose) = &visitor.whose {
            whose.tell(&actor);
        }
        Ok(Self(Arc::new(Asked {
            state: visitor.state.clone(),
            language: actor.language,
            query: visitor.query.clone(),
            user: User {
                name: actor.name.to_string(),
                role: who.role.say(actor.language).to_owned(),
            },
            house: who.house,
            demonstration: who.demonstration,
            unread: who.unread,
            currency: sign(who.currency.code()),
            actor,
            token,
            visitor,
        })))
    }

    /// Reads on one snapshot, as this person.
    ///
    /// # Errors
    /// Those of `work`, as a page.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>, &Ask) -> Result<T, Faults> + Send + 'static,
    ) -> Result<T, Refused> {
        self.look(work).await.map_err(|faults| self.refusal(faults))
    }

    /// The same, for those who say the refusal their own way.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn look<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>, &Ask) -> Result<T, Faults> + Send + 'static,
    ) -> Result<T, Faults> {
        let ask = self.clone();
        self.visitor.waiting(move |state| state.store.read(&ask.actor, |tx| work(tx, &ask))).await
    }

    /// # Errors
    /// `forbidden`, as a page.
    pub fn may(&self, right: &str) -> Result<(), Refused> {
        self.actor.may(right).map_err(|fault| self.refusal(fault))
    }
}

fn sign(currency: &str) -> String {
    match currency {
        "EUR" => "€",
        "GBP" => "£",
        "USD" => "$",
        other => other,
    }
    .to_owned()
}

/// Where someone may go whose role asks for a proof that they have not shown.
fn enrols(path: &str) -> bool {
    const OPEN: &[&str] = &[
        "/me/security/second-factor",
        "/me/security/passkeys",
        "/sign-in/again",
        "/sign-out",
        "/preferences",
    ];
    OPEN.iter().any(|open| path.starts_with(open))
}

fn to_sign_in(visitor: &Visitor) -> Response {
    if visitor.fragment.is_some() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let back = if visitor.method.is_safe() { visitor.path.as_str() } else { "/" };
    match back {
        "/" => answer::go("/sign-in"),
        back => answer::go(&format!("/sign-in?back={}", encoded(back))),
    }
}

/// The token of a session's forms: known to our pages, and to no other site.
#[must_use]
pub fn form_token(session: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(b"form of ");
    digest.update(session.as_bytes());
    hexadecimal(&digest.finalize())
}

/// The key of a form about to be drawn: sent twice, it has one effect.
#[must_use]
pub fn new_key() -> String {
    store::random_bytes::<16>().map_or_else(|_| String::new(), |bytes| hexadecimal(&bytes))
}

#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let given = headers.get_all(header::COOKIE).into_iter();
    given
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(given, value)| (given == name).then_some(value))
}

/// The first language of `Accept-Language` that we speak, in the order of preference.
fn spoken(headers: &HeaderMap) -> Option<Language> {
    let line = text(headers, "accept-language")?;
    let mut wanted: Vec<(i64, Language)> = line
        .split(',')
        .filter_map(|part| {
            let (tag, weight) = part.split_once(';').unwrap_or((part, ""));
            let weight = weight.trim().strip_prefix("q=");
            let weight =
                weight.map_or(1000, |weight| kernel::parse_decimal(weight, 3).unwrap_or(0));
            Language::of_tag(tag.trim()).map(|language| (weight, language))
        })
        .filter(|(weight, _)| *weight > 0)
        .collect();
    wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    wanted.first().map(|(_, language)| *language)
}
