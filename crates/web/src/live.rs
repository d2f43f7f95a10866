//! `/live?about=order:{id}`: tells an open page, by server-sent events, when its record has moved and
//! who else looks at it.
//!
//! What moved is read in the audit, so that it does not matter which server wrote it. One task a
//! process reads it each second, however many listen, and none while nobody does. Who looks is held
//! in the memory of this process: of two servers, each knows its own.

mod rooms;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::{StreamExt, stream};
use identity::personal;
use kernel::{CompanyNumber, Condition, EntityDef, Fault, Instant, Language, Origin, RawId};
use maud::{Markup, html};
use tokio::time::timeout_at;

use crate::WebState;
use crate::answer::{Answer, Refused};
use crate::door::Ask;
use crate::parts::say;
use crate::shell::User;
use crate::together::inbox::counted;

pub use rooms::{Listener, Live, News, Seat};

/// How long a connection lasts: the browser comes back, and its rights are asked for again.
const LIFE: Duration = Duration::from_mins(5);
/// What moved so shortly before someone began to listen is told them at once: their page may have
/// been drawn before it.
const JUST_NOW: i64 = 5 * Instant::SECOND;
/// The most records that one connection listens to.
const MOST: usize = 50;

/// The route of this face.
pub fn routes() -> Router<WebState> {
    Router::new().route("/live", get(listen))
}

/// What one listens to: a record, or any record of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    pub entity: &'static str,
    pub id: Option<RawId>,
}

impl About {
    fn covers(&self, origin: Origin) -> bool {
        self.entity == origin.entity && self.id.is_none_or(|id| id == origin.id)
    }
}

/// The address of the news of the page asked for, when it is the page of one record.
#[must_use]
pub(crate) fn of_page(ask: &Ask) -> Option<(String, Origin)> {
    let path = ask.visitor.path.split('?').next().unwrap_or_default();
    let (plural, id) = path.strip_prefix('/')?.split_once('/')?;
    let def = ask.state.catalog.plural(plural)?;
    let id = RawId::parse(id).ok()?;
    let seen = ask.visitor.only_reads() && ask.actor.can(&format!("{}.read", def.name));
    seen.then(|| (format!("/live?about={}:{id}", def.name), Origin { entity: def.name, id }))
}

/// The names of the others who look at a record now, as marks in the top bar.
#[must_use]
pub fn present(language: Language, names: &[Arc<str>]) -> Markup {
    let look = say(language, "regarde aussi cette fiche", "is looking at this record too");
    html! {
        ul.present #present aria-label=(say(language, "Présents", "Present")) {
            @for name in names {
                @let user = User { name: name.to_string(), role: String::new() };
                li title={ (name) " " (look) } {
                    span.me aria-hidden="true" { (user.initials()) }
                    span.sr { (name) " " (look) }
                }
            }
        }
    }
}

/// `GET /live?about=order:{id},party`: a stream of `moved`, whose data say the record, its version
/// and by whom, of `present`, whose data are the marks of those who look, and of `bell`, whose data
/// are what stands beside the bell of whoever listens. `GET /live` is of `bell` alone.
async fn listen(ask: Ask) -> Answer {
    ask.visitor.not_from_elsewhere().map_err(|fault| ask.refusal(fault))?;
    let wanted = ask.query.get("about").unwrap_or_default();
    if ask.query.get("about").is_some() && wanted.is_empty() {
        return Err(ask.refusal(Fault::new("path.unknown").with("path", "/live")));
    }
    let mut about = Vec::new();
    for word in wanted.split(',').filter(|word| !word.is_empty()).take(MOST) {
        about.push(named(&ask, word)?);
    }
    let live = ask.state.live.clone();
    let (company, first) = (ask.actor.company, about.clone());
    let after = ask.visitor.header("last-event-id").and_then(|id| id.parse::<i64>().ok());
    let last = move |state: &WebState| state.store.last_line(company);
    let since = ask.visitor.waiting(last).await.map_err(|faults| ask.refusal(faults))?;
    let listener = Listener {
        company,
        about,
        since,
        user: ask.actor.user,
        name: ask.actor.name.clone(),
        language: ask.language,
        session: ask.visitor.session.clone().unwrap_or_default(),
    };
    let Some(seat) = live.sit(listener) else {
        return Err(ask.refusal(Fault::new("store.busy")));
    };
    let missed = ask
        .visitor
        .waiting(move |state| Ok(missed(state, company, &first, after)?))
        .await
        .map_err(|faults| ask.refusal(faults))?;
    for news in missed {
        seat.tell(news);
    }
    // The page may have been drawn before the last of them.
    seat.tell(News::Bell(ask.unread));
    Ok(streamed(seat))
}

fn streamed(seat: Seat) -> Response {
    let until = tokio::time::Instant::now() + LIFE;
    let events = stream::unfold(seat, move |mut seat| async move {
        let news = timeout_at(until, seat.next()).await.ok()??;
        let event = match news {
            News::Moved { seq, said } => {
                Event::default().id(seq.to_string()).event("moved").data(said)
            }
            News::Present(marks) => Event::default().event("present").data(marks),
            News::Bell(unread) => Event::default().event("bell").data(counted(unread)),
        };
        Some((Ok::<_, Infallible>(event), seat))
    });
    // Whoever asks once more after the end is told so again.
    Sse::new(events.fuse())
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
        .into_response()
}

/// `order:{id}` or `order`, when the person may read it.
fn named(ask: &Ask, word: &str) -> Result<About, Refused> {
    let (entity, id) = word.split_once(':').map_or((word, None), |(name, id)| (name, Some(id)));
    let unknown = || ask.refusal(Fault::new("path.unknown").with("path", word));
    let def: &'static EntityDef = ask.state.catalog.entity(entity).ok_or_else(unknown)?;
    ask.may(&format!("{}.read", def.name))?;
    // News come without their records being read: who sees a part of them is told none.
    let seen = kernel::rights::visible(ask.state.catalog, def, &ask.actor);
    if personal::visible(def, &ask.actor).and(seen) != Condition::Everything {
        return Err(unknown());
    }
    let id = id.map(|id| RawId::parse(id).map_err(|fault| ask.refusal(fault))).transpose()?;
    Ok(About { entity: def.name, id })
}

/// What the page cannot know: moves since the last that this browser was told, or else those of the
/// last seconds.
fn missed(
    state: &WebState,
    company: CompanyNumber,
    about: &[About],
    after: Option<i64>,
) -> Result<Vec<News>, kernel::Faults> {
    let mut news = Vec::new();
    for About { entity, id } in about {
        let Some(id) = *id else { continue };
        let origin = Origin { entity, id };
        let Some(line) = state.store.audit(company, origin, 1)?.pop() else { continue };
        let unknown = match after {
            Some(seq) => line.seq > seq,
            None => line.at.0 > store::now().0 - JUST_NOW,
        };
        if unknown {
            let done = store::Done { about: origin, line };
            news.push(rooms::moved(&state.store, company, origin, &done));
        }
    }
    Ok(news)
}
