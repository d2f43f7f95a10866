//! What goes out: pages in their frame, ways to other pages, refusals that say what to do next.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Faults, Language, Text, sentence};
use maud::{Markup, html};

use crate::address::{decoded, encoded};
use crate::door::{Ask, Visitor};
use crate::parts::{Button, Tone, head};
use crate::shell::{Flash, Shell, WayBack, page, page_plain};
use crate::{cell, live, nav, words};

/// The cookie of what just happened.
pub const FLASH: &str = "flash";

/// What a handler gives back.
pub type Answer = Result<Response, Refused>;

/// A refusal on its way to become a page.
pub struct Refused {
    pub ask: Ask,
    pub faults: Faults,
}

/// HTML, as it is.
#[must_use]
pub fn html(markup: &Markup) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (kind, markup.0.clone()).into_response()
}

/// Leads to an address of ours, by GET.
#[must_use]
pub fn go(href: &str) -> Response {
    with_header(StatusCode::SEE_OTHER.into_response(), header::LOCATION, href)
}

/// The same response with one more header; a value that is none is left out.
#[must_use]
pub fn with_header(mut response: Response, name: HeaderName, value: &str) -> Response {
    match HeaderValue::from_str(value) {
        Ok(value) => {
            response.headers_mut().append(name, value);
        }
        Err(error) => tracing::warn!(%error, %name, "a header could not be written"),
    }
    response
}

impl Ask {
    /// The frame of a page; `here` is the key of the page of the rail.
    #[must_use]
    pub fn shell(&self, here: &str) -> Shell {
        Shell {
            house: self.house.clone(),
            user: Some(self.user.clone()),
            demonstration: self.demonstration,
            nav: nav::groups(self),
            here: here.to_owned(),
            token: self.token.clone(),
            undo: self.visitor.undo.last().copied(),
            unread: Some(self.unread),
            ..self.visitor.shell()
        }
    }

    /// A page: its place in the rail, the way to it, its title, its content.
    #[must_use]
    pub fn page(
        &self,
        here: &str,
        crumbs: Vec<(String, String)>,
        title: &str,
        body: &Markup,
    ) -> Response {
        let news = live::of_page(self);
        let others = news
            .as_ref()
            .map(|(_, about)| self.state.live.looking(self.actor.company, *about, self.actor.user));
        let live = news.map(|(href, _)| href);
        let shell = Shell { crumbs, live, others, ..self.shell(here) };
        let response = html(&page(&shell, title, body));
        // What just happened is said once.
        if shell.flash.is_some() { unsaid(response) } else { response }
    }

    /// Leads to an address of ours, where `text` is said once.
    #[must_use]
    pub fn go_saying(&self, href: &str, tone: Tone, text: &str) -> Response {
        let flash = flash_cookie(tone, text, WayBack::None);
        with_header(go(href), header::SET_COOKIE, &flash)
    }

    /// The shorthand for the words of a [`Text`].
    #[must_use]
    pub fn say(&self, text: Text) -> &'static str {
        text.say(self.language)
    }

    /// A refusal, to be given back by `?`.
    #[must_use]
    pub fn refusal(&self, faults: impl Into<Faults>) -> Refused {
        Refused { ask: self.clone(), faults: faults.into() }
    }

    /// A refusal as a whole page.
    #[must_use]
    pub fn refused(&self, faults: impl Into<Faults>) -> Response {
        let faults = faults.into();
        let status = status(&faults);
        if self.visitor.fragment.is_some() && cell::is_cell(&self.visitor.path) {
            return cell::refused(self, &faults);
        }
        if self.visitor.fragment.is_some() && self.visitor.path.starts_with("/pick/") {
            return (status, said(&faults, self.language).join(" ")).into_response();
        }
        let title = title(status).say(self.language);
        let body = explained(&faults, status, self.language);
        (status, self.page("", Vec::new(), title, &body)).into_response()
    }
}

/// A refusal to someone not signed in.
#[must_use]
pub fn refused_plain(visitor: &Visitor, faults: &Faults) -> Response {
    let status = status(faults);
    let title = title(status).say(visitor.language);
    let body = explained(faults, status, visitor.language);
    (status, html(&page_plain(&visitor.shell(), title, true, &body))).into_response()
}

/// The sentences of the refusals, in the reader's language.
#[must_use]
pub fn said(faults: &Faults, language: Language) -> Vec<String> {
    faults.0.iter().map(|fault| sentence(fault, language)).collect()
}

fn explained(faults: &Faults, status: StatusCode, language: Language) -> Markup {
    let next = match status.as_u16() {
        404 => words::NOT_FOUND_NEXT,
        403 => words::FORBIDDEN_NEXT,
        409 => words::CONFLICT_NEXT,
        503 | 507 => words::BUSY_NEXT,
        500 => words::BROKEN_NEXT,
        _ => words::REFUSED_NEXT,
    };
    let mut buttons = vec![Button::link(words::HOME.say(language), "/").primary()];
    let wanted = faults.0.iter().find(|fault| fault.code.starts_with("forbidden"));
    let fact = wanted.and_then(|fault| fault.facts.iter().find(|(name, _)| *name == "right"));
    if let Some((_, kernel::Value::Text(right))) = fact {
        let href = format!("/settings/roles/why?right={}", encoded(right));
        buttons.push(Button::link(words::WHY.say(language), href));
    }
    if status == StatusCode::NOT_FOUND {
        buttons.push(Button::link(words::SEARCH.say(language), "/search"));
    }
    html! {
        (head(&html! {}, title(status).say(language), &html! {}, &[]))
        div.prose {
            @for sentence in said(faults, language) { p { (sentence) } }
            p { (next.say(language)) }
            div.acts.mt { @for button in buttons { (button) } }
        }
    }
}

/// The same page, refused: with the status of its faults, and when to come back, if that is known.
#[must_use]
pub(crate) fn refused_as(status: StatusCode, faults: &Faults, page: Response) -> Response {
    let fact = |name| {
        let mut all = faults.0.iter().flat_map(|fault| &fault.facts);
        all.find(|(given, _)| *given == name).map(|(_, value)| value)
    };
    let seconds = match (fact("seconds"), fact("minutes")) {
        (Some(kernel::Value::Integer(seconds)), _) => *seconds,
        (None, Some(kernel::Value::Integer(minutes))) => minutes.saturating_mul(60),
        _ => return (status, page).into_response(),
    };
    let page = with_header(page, header::RETRY_AFTER, &seconds.to_string());
    (status, page).into_response()
}

/// The status of the first refusal that has one of its own; 422 when none has.
#[must_use]
pub fn status(faults: &Faults) -> StatusCode {
    let mut all = faults.0.iter().map(|fault| status_of(fault.code));
    all.find(|status| *status != StatusCode::UNPROCESSABLE_ENTITY)
        .unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
}

fn status_of(code: &str) -> StatusCode {
    match code {
        "forbidden" | "forbidden.record" | "request.origin" | "form.token" => StatusCode::FORBIDDEN,
        // The pages around put aside what was asked, and ask who it is.
        "step_up.needed" => StatusCode::UNAUTHORIZED,
        "not_found" | "path.unknown" | "audit.no_line" => StatusCode::NOT_FOUND,
        "record.stale" | "record.taken" | "record.used" | "idempotency.reused" => {
            StatusCode::CONFLICT
        }
        "form.large" => StatusCode::PAYLOAD_TOO_LARGE,
        "form.malformed" => StatusCode::BAD_REQUEST,
        "sign_in.throttled" | "sign_in.soon" => StatusCode::TOO_MANY_REQUESTS,
        "store.full" => StatusCode::INSUFFICIENT_STORAGE,
        "store.busy" | "store.conflict" | "store.unavailable" => StatusCode::SERVICE_UNAVAILABLE,
        "internal" | "store.mistake" | "store.unreadable" | "store.schema" | "store.url" => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn title(status: StatusCode) -> Text {
    match status.as_u16() {
        403 => words::FORBIDDEN,
        404 => words::NOT_FOUND,
        409 => words::CONFLICT,
        503 | 507 => words::BUSY,
        500 => words::BROKEN,
        _ => words::REFUSED,
    }
}

// ——— what just happened ———

/// The cookie by which the next page says what happened, and offers the way back.
pub(crate) fn flash_cookie(tone: Tone, text: &str, way: WayBack) -> String {
    let way = match way {
        WayBack::None => String::new(),
        WayBack::Undo => "~".to_owned(),
        WayBack::Redo(seq) => format!("~{seq}"),
    };
    let value = encoded(&format!("{}{way}|{text}", tone.class()));
    format!("{FLASH}={value}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax")
}

fn unsaid(response: Response) -> Response {
    let gone = format!("{FLASH}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    with_header(response, header::SET_COOKIE, &gone)
}

/// Reads the cookie of what just happened.
pub(crate) fn read_flash(cookie: &str) -> Option<Flash> {
    let value = decoded(cookie)?;
    let (tone, text) = value.split_once('|')?;
    let (tone, way) = match tone.split_once('~') {
        Some((tone, "")) => (tone, WayBack::Undo),
        Some((tone, seq)) => (tone, WayBack::Redo(seq.parse().ok()?)),
        None => (tone, WayBack::None),
    };
    let tones = [Tone::Wait, Tone::Half, Tone::Done, Tone::Yours, Tone::Watch, Tone::Blocked];
    let tone = tones.into_iter().find(|known| known.class() == tone)?;
    (!text.is_empty()).then(|| Flash { tone, text: text.to_owned(), link: None, way })
}
