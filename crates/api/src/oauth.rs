//! `POST /api/oauth/token`: a program shows its credentials and is given a short-lived token
//! (RFC 6749, section 4.4). Its client id is the id of an API token, its secret the token itself.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use identity::token::{self, BEARER_SECONDS};
use identity::{ApiToken, Scope};
use kernel::{Actor, Choice, Door, Faults, Id, LongText, RawId};
use serde_json::{Value as Json, json};
use store::Call;

use crate::door::{self, Asked};
use crate::{Api, rest};

/// The most that the form of a request may weigh, in bytes.
const FORM_MOST: usize = 4096;

pub fn routes() -> Router<Api> {
    Router::new().route("/api/oauth/token", post(give).fallback(rest::wrong_method))
}

/// Why no token is given (RFC 6749, section 5.2).
#[derive(Debug, Clone, Copy)]
enum Refusal {
    Request,
    Client,
    Grant,
    Scope,
    Busy,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code) = match self {
            Refusal::Request => (StatusCode::BAD_REQUEST, "invalid_request"),
            Refusal::Client => (StatusCode::UNAUTHORIZED, "invalid_client"),
            Refusal::Grant => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
            Refusal::Scope => (StatusCode::BAD_REQUEST, "invalid_scope"),
            Refusal::Busy => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
        };
        let said = json!({ "error": code });
        let mut response = answered(status, &said);
        if status == StatusCode::UNAUTHORIZED {
            let scheme = header::HeaderValue::from_static("Basic realm=\"comptoir\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

fn answered(status: StatusCode, said: &Json) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, kind, said.to_string()).into_response()
}

async fn give(State(api): State<Api>, asked: Asked, body: Body) -> Result<Response, Refusal> {
    let kind = asked.header(header::CONTENT_TYPE).unwrap_or("");
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Refusal::Request);
    }
    let form = door::bytes(&asked.headers, body, FORM_MOST, "body.large").await;
    let form = form.map_err(|_| Refusal::Request)?;
    let form = std::str::from_utf8(&form).map_err(|_| Refusal::Request)?;
    let field = |name: &str| {
        let mut pairs = form.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(given, _)| *given == name).map(|(_, value)| value.to_owned())
    };
    match field("grant_type").as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Err(Refusal::Grant),
        None => return Err(Refusal::Request),
    }
    let scope = wanted(&api, field("scope").as_deref().unwrap_or_default())?;
    let (client, secret) = basic(&asked.headers).ok_or(Refusal::Client)?;
    let given = tokio::task::spawn_blocking(move || exchange(&api, client, &secret, &scope));
    let given = given.await.map_err(|_| Refusal::Busy)?.map_err(|_| Refusal::Busy)?;
    let (token, scope) = given.ok_or(Refusal::Client)?;
    let said = json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": BEARER_SECONDS,
        "scope": scope,
    });
    Ok(answered(StatusCode::OK, &said))
}

/// What a program asks for: `all`, `read`, or rights, `order.read invoice.read`, each of which there
/// is (RFC 6749, section 3.3). What its credentials do not give stays closed.
fn wanted(api: &Api, given: &str) -> Result<Wanted, Refusal> {
    let given = given.replace(['+'], " ").replace("%20", " ").replace("%2A", "*");
    match given.trim() {
        "" | "all" => Ok((Scope::All, None)),
        "read" => Ok((Scope::Read, None)),
        list => {
            let rights = list.split_whitespace().collect::<Vec<_>>().join(", ");
            let known = kernel::rights::mistakes(api.catalog, &format!("permit {rights}"));
            known.map_err(|_| Refusal::Scope)?;
            Ok((Scope::All, Some(rights)))
        }
    }
}

/// A scope, and the rights that narrow it.
type Wanted = (Scope, Option<String>);

/// The token given, and its scope.
fn exchange(
    api: &Api,
    client: Id<ApiToken>,
    secret: &str,
    (scope, rights): &Wanted,
) -> Result<Option<(String, String)>, Faults> {
    for company in api.store.companies()? {
        let (chance, secret) = (store::random_bytes::<32>()?, secret.to_owned());
        let (scope, narrowed) = (*scope, rights.clone());
        let call = Call::new(Actor::house(company, Door::Rest));
        let given = api.store.command(call, move |tx| {
            let list = narrowed.clone().map(LongText);
            let given = token::exchange(tx, client, &secret, (scope, list), chance)?;
            let said = |scope: Scope| match &narrowed {
                Some(rights) => rights.replace(',', ""),
                None => scope.name().to_owned(),
            };
            Ok(json!(given.map(|(token, scope)| [token, said(scope)])))
        })?;
        if let (Some(token), Some(scope)) = (given[0].as_str(), given[1].as_str()) {
            return Ok(Some((token.to_owned(), scope.to_owned())));
        }
    }
    Ok(None)
}

/// The credentials of `Authorization: Basic` (RFC 7617).
fn basic(headers: &HeaderMap) -> Option<(Id<ApiToken>, String)> {
    let line = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, given) = line.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = base64_read(given.trim())?;
    let (id, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some((Id::from_raw(RawId::parse(id).ok()?), secret.to_owned()))
}

/// RFC 4648, section 4.
fn base64_read(text: &str) -> Option<Vec<u8>> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let six = LETTERS.iter().position(|known| *known == letter)?;
        held = (held << 6) | u32::try_from(six).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_as_rfc_7617_writes_them() {
        assert_eq!(base64_read("QWxhZGRpbjpvcGVuIHNlc2FtZQ==").unwrap(), b"Aladdin:open sesame");
        assert_eq!(base64_read("no!"), None);
        let mut headers = HeaderMap::new();
        headers
            .insert(header::AUTHORIZATION, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".parse().unwrap());
        assert!(basic(&headers).is_none(), "Aladdin is no id");
    }
}
