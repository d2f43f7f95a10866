//! Showing again who one is: a weighty act asked for long after the sign-in is put aside, a small
//! page asks for the password or a code, and what was asked for goes on as it was, with all that was
//! typed. Which acts are weighty is in [`identity::weighty`].

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Extension, FromRequest, FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use identity::pending::is_code_shaped;
use identity::{
    IdentityProvider, Strength, User, password_holds, provider, second_factor, session,
};
use kernel::{Fault, Faults, Id, Text};
use maud::html;
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use crate::address::{Fields, back, encoded};
use crate::answer::{Answer, go, refused_as, said, status, with_header};
use crate::door::{Ask, form_token};
use crate::parts::{Button, Field, head, hidden};
use crate::posted::Posted;
use crate::sign_in::provider::{Purpose, leave};
use crate::sign_in::{Throttle, cookie, hashing, passkey, said_above};
use crate::{WebState, gate, words};

const TITLE: Text = Text::new("Vérification", "Verification");
const WHY: Text = Text::new(
    "Cette action engage la société : montrez à nouveau que c’est vous. Ce que vous avez saisi est \
     gardé, et l’action se poursuit ensuite.",
    "This act binds the company: show again that it is you. What you typed is kept, and the act goes \
     on afterwards.",
);
const EITHER: Text = Text::new(
    "Mot de passe, ou code de votre application",
    "Password, or code of your application",
);
const GO_ON_WITH: Text = Text::new("Continuer avec", "Continue with");
const GO_ON: Text = Text::new("Continuer", "Continue");

const CHALLENGE: &str = "/sign-in/again/challenge";

/// The most that a form put aside may weigh.
const MOST: usize = 4 * 1024 * 1024;
/// Wrong proofs that are free; then each makes one wait.
const FREE: u32 = 5;
/// Before the name of each field put aside.
const ASIDE: &str = "aside.";

/// All the pages, for what was put aside to go on through.
#[derive(Clone)]
struct Pages(Router);

/// The pages, and the door at which one shows again who one is.
pub(crate) fn over(pages: Router<WebState>, state: &WebState) -> Router {
    let caught = axum::middleware::from_fn_with_state(state.clone(), around);
    let pages: Router = pages.layer(caught).with_state(state.clone());
    let own = Router::new()
        .route("/sign-in/again", get(ask_again).post(again))
        .route(CHALLENGE, post(challenge))
        .route("/sign-in/again/provider/{id}", post(again_by_provider))
        .layer(Extension(Pages(pages.clone())))
        .layer(Extension(Arc::new(Throttle::default())))
        .with_state(state.clone());
    pages.merge(own)
}

/// Puts aside what was refused with `step_up.needed`, and asks.
async fn around(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let form = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let form = form.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let posted = parts.method == Method::POST;
    let (body, kept) = if posted && form {
        match to_bytes(body, MOST).await {
            Ok(bytes) => (Body::from(bytes.clone()), Some(bytes)),
            Err(_) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        }
    } else {
        (body, None)
    };
    let response = next.run(Request::from_parts(parts.clone(), body)).await;
    let fragment = parts.headers.contains_key("x-fragment");
    if response.status() != StatusCode::UNAUTHORIZED || fragment {
        return response;
    }
    let ask = match Ask::from_request_parts(&mut parts, &state).await {
        Ok(ask) => ask,
        Err(elsewhere) => return elsewhere,
    };
    let put_aside = PutAside::of(&ask, &parts, kept).await;
    put_aside.page(&ask, &Faults::default()).await
}

/// What was asked for, and waits.
#[derive(Debug, Clone)]
struct PutAside {
    to: String,
    posted: bool,
    fields: Fields,
}

impl PutAside {
    async fn of(ask: &Ask, parts: &Parts, kept: Option<Bytes>) -> Self {
        let fields = match kept {
            Some(bytes) => fields_of(bytes).await,
            None => Fields::default(),
        };
        let posted = !fields.0.is_empty();
        // What came with a file is asked for again from its page.
        let to = if posted || parts.method == Method::GET {
            ask.visitor.path.clone()
        } else {
            ask.visitor.referer().unwrap_or_else(|| "/".to_owned())
        };
        Self { to, posted, fields: fields.without(&["token"]) }
    }

    fn of_fields(fields: &Fields) -> Self {
        let aside = fields.0.iter().filter_map(|(name, value)| {
            name.strip_prefix(ASIDE).map(|name| (name.to_owned(), value.clone()))
        });
        Self {
            to: back(fields.text("to")).to_owned(),
            posted: fields.text("posted") == "true",
            fields: Fields(aside.collect()),
        }
    }

    async fn page(&self, ask: &Ask, faults: &Faults) -> Response {
        let language = ask.language;
        let means = means(ask).await.unwrap_or_default();
        let here = passkey::Place::of(&ask.visitor).is_ok();
        let aside: Vec<(String, &str)> = self
            .fields
            .0
            .iter()
            .map(|(name, value)| (format!("{ASIDE}{name}"), value.as_str()))
            .collect();
        let aside: Vec<(&str, &str)> =
            aside.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let proof = Field::password(language, "proof", EITHER.say(language), false);
        let body = html! {
            (head(&html! {}, TITLE.say(language), &html! {}, &[]))
            form.form method="post" action="/sign-in/again" {
                (hidden(&[
                    ("token", ask.token.as_str()),
                    ("to", self.to.as_str()),
                    ("posted", if self.posted { "true" } else { "false" }),
                ]))
                (hidden(&aside))
                (said_above(&said(faults, language)))
                p.prose { (WHY.say(language)) }
                @if means.typed { div.fields { (proof.required(true).focus()) } }
                div.acts.mt {
                    @if means.typed { (Button::submit(GO_ON.say(language)).primary()) }
                    (Button::link(words::CANCEL.say(language), self.way_out(ask)))
                }
                @if here && means.passkeys { (passkey::Button::within(language, CHALLENGE)) }
                @for (id, name) in &means.providers {
                    div {
                        (Button::submit(format!("{} {name}", GO_ON_WITH.say(language)))
                            .to(format!("/sign-in/again/provider/{id}"))
                            .unchecked())
                    }
                }
            }
        };
        let page = ask.page("", Vec::new(), TITLE.say(language), &body);
        let code = match faults.0.is_empty() {
            true => StatusCode::FORBIDDEN,
            false => status(faults),
        };
        refused_as(code, faults, page)
    }

    /// Where one goes who does not want to.
    fn way_out(&self, ask: &Ask) -> String {
        let referer = ask.visitor.referer().filter(|way| !way.starts_with("/sign-in"));
        referer.unwrap_or_else(|| "/".to_owned())
    }
}

async fn fields_of(bytes: Bytes) -> Fields {
    let request = Request::builder()
        .method(Method::POST)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(bytes));
    let Ok(request) = request else { return Fields::default() };
    let read = Form::<Vec<(String, String)>>::from_request(request, &()).await;
    read.map_or_else(|_| Fields::default(), |Form(pairs)| Fields(pairs))
}

/// `GET /sign-in/again?back=…`: for scripts, which cannot put anything aside.
async fn ask_again(ask: Ask) -> Response {
    let to = back(ask.query.text("back")).to_owned();
    PutAside { to, posted: false, fields: Fields::default() }.page(&ask, &Faults::default()).await
}

/// `POST /sign-in/again`: the session gets a new token, and what was put aside goes on.
async fn again(
    Extension(Pages(pages)): Extension<Pages>,
    Extension(throttle): Extension<Arc<Throttle>>,
    posted: Posted,
) -> Answer {
    let Posted { ask, fields } = posted;
    let aside = PutAside::of_fields(&fields);
    let whose = ask.actor.user.map_or_else(String::new, |user| user.to_string());
    let names = [(format!("again {whose}"), FREE)];
    let proven = match throttle.attempt(&names, store::now()) {
        Err(fault) => Err(fault.into()),
        Ok(()) => match fields.get("answer").filter(|answer| !answer.is_empty()) {
            Some(answer) => prove_by_passkey(&ask, answer.to_owned()).await,
            None => prove(&ask, fields.get("proof").unwrap_or("").to_owned()).await,
        },
    };
    let session = match proven {
        Ok(session) => session,
        Err(faults) if faults.has("sign_in.needed") => return Ok(go("/sign-in")),
        Err(faults) => return Ok(aside.page(&ask, &faults).await),
    };
    throttle.forgive(&names);
    let answered = if aside.posted {
        let unheard = |_| ask.refusal(Fault::new("form.malformed"));
        let request = aside_request(&ask, &aside, &session).map_err(unheard)?;
        match pages.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    } else {
        go(&aside.to)
    };
    Ok(with_header(answered, header::SET_COOKIE, &cookie(&ask.state, &session)))
}

/// What was put aside, asked for again by the session as it is now.
fn aside_request(ask: &Ask, aside: &PutAside, session: &str) -> Result<Request, axum::http::Error> {
    let token = form_token(session);
    let mut pairs = vec![format!("token={token}")];
    let given = aside.fields.0.iter();
    pairs.extend(given.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))));
    let mut request =
        Request::builder().method(Method::POST).uri(&aside.to).body(Body::from(pairs.join("&")))?;
    *request.headers_mut() = ask.visitor.headers_as(gate::cookie(&ask.state), session);
    request.headers_mut().remove(header::CONTENT_LENGTH);
    request.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    if let Some(address) = ask.visitor.address {
        let from = std::net::SocketAddr::new(address, 0);
        request.extensions_mut().insert(axum::extract::ConnectInfo(from));
    }
    Ok(request)
}

/// What someone may show themselves again by.
#[derive(Debug, Default)]
struct Means {
    /// A password, or a code of an application.
    typed: bool,
    passkeys: bool,
    /// Those of whom they have linked an account: the id and the name of each.
    providers: Vec<(Id<IdentityProvider>, String)>,
}

async fn means(ask: &Ask) -> Result<Means, Faults> {
    let user = ask.actor.user.map(Id::from_raw).ok_or_else(|| Fault::new("sign_in.needed"))?;
    ask.look(move |tx, _| {
        let only = provider::is_only_way(tx, user)?;
        let password = !tx.get(user)?.password_hash.is_empty();
        let typed = !only && (password || second_factor::of(tx, user)?.is_some());
        let passkeys = !only && !identity::passkey::of_user(tx, user)?.is_empty();
        let mut providers = Vec::new();
        for account in provider::of_user(tx, user)? {
            let known = tx.get(account.provider)?;
            if known.active {
                providers.push((known.id, known.name.clone()));
            }
        }
        providers.dedup();
        Ok(Means { typed, passkeys, providers })
    })
    .await
}

/// `POST /sign-in/again/provider/{id}`: the provider asks; what was put aside waits here meanwhile.
async fn again_by_provider(Path(id): Path<String>, posted: Posted) -> Response {
    let Posted { ask, fields } = posted;
    let PutAside { to, posted, fields } = PutAside::of_fields(&fields);
    let (Some(user), Some(session)) = (ask.actor.user, ask.visitor.session.clone()) else {
        return go("/sign-in");
    };
    let aside = posted.then_some(fields);
    let again = Purpose::Again { user: Id::from_raw(user), session, to, aside };
    match leave(&ask.visitor, &id, again).await {
        Ok(page) => page,
        Err(faults) => ask.refused(faults),
    }
}

async fn own_passkeys(ask: &Ask) -> Result<Vec<identity::Passkey>, Faults> {
    let user = ask.actor.user.map(Id::from_raw).ok_or_else(|| Fault::new("sign_in.needed"))?;
    ask.look(move |tx, _| {
        let kept = identity::passkey::of_user(tx, user)?;
        Ok(kept.into_iter().map(|kept| kept.into_inner()).collect())
    })
    .await
}

/// `POST /sign-in/again/challenge`.
async fn challenge(posted: Posted) -> Response {
    let ask = posted.ask;
    let session = ask.visitor.session.clone().unwrap_or_default();
    let asked = own_passkeys(&ask).await.and_then(|known| {
        let place = passkey::Place::of(&ask.visitor)?;
        let challenges = &ask.state.challenges;
        Ok(passkey::ask_to_sign(&place, challenges, &session, &known, store::now())?)
    });
    passkey::asked(&ask.visitor, asked)
}

/// Judges the signature of one's own passkey, and turns the session's token.
async fn prove_by_passkey(ask: &Ask, answer: String) -> Result<String, Faults> {
    let place = passkey::Place::of(&ask.visitor)?;
    let session = ask.visitor.session.clone().unwrap_or_default();
    let asking = ask.clone();
    let turned = ask.visitor.waiting(move |state| {
        let shown = passkey::judge(state, &place, &asking.visitor, &session, &answer)?;
        if asking.actor.user != Some(shown.user.raw()) {
            return Err(Fault::new("passkey.refused").into());
        }
        let (chance, signed) = (store::random_bytes::<32>()?, shown.signed);
        let turned = state.store.command(store::Call::new(asking.actor.clone()), move |tx| {
            identity::passkey::take(tx, &signed)?;
            Ok(json!(session::prove(tx, &session, chance, Strength::Passkey)?))
        });
        let whose = (shown.company, shown.user);
        turned.map_err(|faults| passkey::noted(state, &asking.visitor, whose, faults))
    });
    let turned = turned.await?;
    turned.as_str().map(ToOwned::to_owned).ok_or_else(|| Fault::new("internal").into())
}

/// Judges what was given, and turns the session's token.
async fn prove(ask: &Ask, given: String) -> Result<String, Faults> {
    let wrong = || Faults::from(Fault::new("step_up.wrong").on("proof"));
    let (Some(user), Some(session)) = (ask.actor.user, ask.visitor.session.clone()) else {
        return Err(Fault::new("sign_in.needed").into());
    };
    let (actor, user) = (ask.actor.clone(), Id::<User>::from_raw(user));
    hashing(&ask.visitor, move |state| {
        let read = |tx: &mut kernel::Tx<'_>| {
            let has_factor = second_factor::of(tx, user)?.is_some();
            if provider::is_only_way(tx, user)? {
                return Ok((String::new(), false));
            }
            Ok((tx.get(user)?.password_hash.clone(), has_factor))
        };
        let (hash, has_factor) = state.store.read(&actor, read)?;
        let by_code = has_factor && is_code_shaped(&given);
        if !by_code && !password_holds(&given, Some(hash.as_str())) {
            return Err(wrong());
        }
        let chance = store::random_bytes::<32>()?;
        let turned = state.store.command(store::Call::new(actor.clone()), move |tx| {
            if by_code && !second_factor::take_code(tx, user, &given)? {
                return Err(Fault::new("step_up.wrong").on("proof").into());
            }
            let strength = if by_code { Strength::SecondFactor } else { Strength::Password };
            Ok(json!(session::prove(tx, &session, chance, strength)?))
        })?;
        match turned {
            Json::String(token) => Ok(token),
            _ => Err(Fault::new("internal").into()),
        }
    })
    .await
}
