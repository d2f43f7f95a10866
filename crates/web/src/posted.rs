//! What a form sends: checked to come from our own pages, and read once.

use axum::Form;
use axum::body::Bytes;
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::{Actor, EntityDef, Fault, Faults, RawId, Tx};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use store::Call;

use crate::WebState;
use crate::address::Fields;
use crate::door::{Ask, Visitor, hexadecimal};

/// Names that the frame of a form sends, and no entity has.
pub const FRAME: &[&str] =
    &["token", "key", "version", "do", "remove", "up", "down", "flags", "lists", "window", "back"];
const KEY_MOST: usize = 100;

/// A form of a person signed in.
pub struct Posted {
    pub ask: Ask,
    pub fields: Fields,
}

impl FromRequest<WebState> for Posted {
    type Rejection = Response;
    async fn from_request(request: Request, state: &WebState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let ask = Ask::from_request_parts(&mut parts, state).await?;
        let fields = read(Request::from_parts(parts, body), state).await;
        let fields = fields.map_err(|fault| ask.refused(fault))?;
        ours(&ask, &fields).map_err(|fault| ask.refused(fault))?;
        Ok(Self { ask, fields })
    }
}

/// A form of a visitor, who has no session: the language, a quote to accept.
pub struct PostedByVisitor {
    pub visitor: Visitor,
    pub fields: Fields,
}

impl FromRequest<WebState> for PostedByVisitor {
    type Rejection = Response;
    async fn from_request(request: Request, state: &WebState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = match Visitor::from_request_parts(&mut parts, state).await {
            Ok(visitor) => visitor,
            Err(never) => match never {},
        };
        if let Err(fault) = visitor.from_our_pages() {
            return Err(crate::answer::refused_plain(&visitor, &fault.into()));
        }
        match read(Request::from_parts(parts, body), state).await {
            Ok(fields) => Ok(Self { visitor, fields }),
            Err(fault) => Err(crate::answer::refused_plain(&visitor, &fault.into())),
        }
    }
}

/// A file of a form.
#[derive(Debug, Clone)]
pub struct SentFile {
    /// The name of the form's field.
    pub field: String,
    /// The name that the file has where it comes from.
    pub name: String,
    pub bytes: Bytes,
}

/// A form with files (`enctype="multipart/form-data"`). The route says how much it takes, by
/// `DefaultBodyLimit`.
pub struct Uploaded {
    pub ask: Ask,
    pub fields: Fields,
    pub files: Vec<SentFile>,
}

impl FromRequest<WebState> for Uploaded {
    type Rejection = Response;
    async fn from_request(request: Request, state: &WebState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let ask = Ask::from_request_parts(&mut parts, state).await?;
        let form = Multipart::from_request(Request::from_parts(parts, body), state).await;
        let refused = |status: StatusCode| {
            let large = status == StatusCode::PAYLOAD_TOO_LARGE;
            ask.refused(Fault::new(if large { "form.large" } else { "form.malformed" }))
        };
        let mut form = form.map_err(|rejection: MultipartRejection| refused(rejection.status()))?;
        let (mut fields, mut files) = (Fields::default(), Vec::new());
        while let Some(part) = form.next_field().await.map_err(|error| refused(error.status()))? {
            let field = part.name().unwrap_or_default().to_owned();
            let name = part.file_name().map(ToOwned::to_owned);
            let bytes = part.bytes().await.map_err(|error| refused(error.status()))?;
            match name {
                Some(name) => files.push(SentFile { field, name, bytes }),
                None => fields.push(field, String::from_utf8_lossy(&bytes)),
            }
        }
        ours(&ask, &fields).map_err(|fault| ask.refused(fault))?;
        Ok(Self { ask, fields, files })
    }
}

async fn read(request: Request, state: &WebState) -> Result<Fields, Fault> {
    match Form::<Vec<(String, String)>>::from_request(request, state).await {
        Ok(Form(pairs)) => Ok(Fields(pairs)),
        Err(FormRejection::BytesRejection(rejection))
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE =>
        {
            Err(Fault::new("form.large"))
        }
        Err(_) => Err(Fault::new("form.malformed")),
    }
}

/// The form comes from a page that we drew for this person.
fn ours(ask: &Ask, fields: &Fields) -> Result<(), Fault> {
    ask.visitor.from_our_pages()?;
    let known = fields.get("token").is_some_and(|given| same(given, &ask.token));
    if known { Ok(()) } else { Err(Fault::new("form.token")) }
}

/// Compares without telling, by the time it takes, how much was right.
fn same(given: &str, wanted: &str) -> bool {
    given.len() == wanted.len()
        && given.bytes().zip(wanted.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

impl Posted {
    /// Runs a command in one transaction, as this person, under the form's key.
    ///
    /// # Errors
    /// Those of `work`, `idempotency.reused`, `store.*`.
    pub async fn command(
        &self,
        work: impl Fn(&mut Tx<'_>, &Actor, &Fields) -> Result<Json, Faults> + Send + Sync + 'static,
    ) -> Result<Json, Faults> {
        self.ask.command(&self.fields, work).await
    }
}

impl Ask {
    /// The same, for fields read another way. The key is the one of the form; a form without a key
    /// runs each time it is sent.
    ///
    /// # Errors
    /// Those of `work`, `idempotency.reused`, `store.*`.
    pub async fn command(
        &self,
        fields: &Fields,
        work: impl Fn(&mut Tx<'_>, &Actor, &Fields) -> Result<Json, Faults> + Send + Sync + 'static,
    ) -> Result<Json, Faults> {
        let call = call(self, fields);
        let (actor, fields, asked) = (self.actor.clone(), fields.clone(), self.addressed());
        self.visitor
            .waiting(move |state| {
                if let Some((def, id)) = asked {
                    let seen = state.store.read(&actor, |tx| Ok(tx.row(def, id)?.is_some()))?;
                    if !seen {
                        return Err(kernel::work::not_found(def, id).into());
                    }
                }
                state.store.command(call, move |tx| work(tx, &actor, &fields))
            })
            .await
    }

    /// The record that the address of a form names, when the rights of the person depend on the
    /// record: acts of pages made by hand are on records that they see, as all others.
    fn addressed(&self) -> Option<(&'static EntityDef, RawId)> {
        if !self.actor.grants.asks() {
            return None;
        }
        let path = self.visitor.path.split('?').next().unwrap_or_default();
        let mut steps = path.split('/').filter(|step| !step.is_empty());
        let def = self.state.catalog.plural(steps.next()?)?;
        Some((def, RawId::parse(steps.next()?).ok()?))
    }
}

fn call(ask: &Ask, fields: &Fields) -> Call {
    let call = Call::new(ask.actor.clone());
    let key = fields.text("key");
    let plain = key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.is_empty() || key.len() > KEY_MOST || !plain {
        return call;
    }
    let mut digest = Sha256::new();
    let path = ask.visitor.path.split('?').next().unwrap_or_default();
    digest.update(path.as_bytes());
    for (name, value) in fields.0.iter().filter(|(name, _)| name != "token") {
        for part in [name, value] {
            digest.update([0]);
            digest.update(part.as_bytes());
        }
    }
    // Two people may draw the same key; each has their own.
    let whose = ask.actor.user.map_or_else(String::new, |user| user.to_string());
    call.key(format!("web:{whose}:{key}")).fingerprint(hexadecimal(&digest.finalize()))
}

impl IntoResponse for crate::answer::Refused {
    fn into_response(self) -> Response {
        self.ask.refused(self.faults)
    }
}
