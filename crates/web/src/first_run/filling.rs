//! A demonstration that fills: how far it is, and the way in once it is whole. What is known of it
//! is kept in memory: a server that stops in the middle asks its questions again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Extension;
use axum::extract::Path;
use axum::http::header;
use axum::response::Response;
use identity::User;
use kernel::{CompanyNumber, Fault, Faults, Text};
use maud::html;
use store::Store;

use super::answers::Answers;
use super::{is_due, owner, page};
use crate::WebState;
use crate::answer::{go, html as page_of, refused_as, refused_plain, status, with_header};
use crate::door::{Visitor, hexadecimal};
use crate::gate::{self, Entered};
use crate::shell::page_plain;
use crate::sign_in::{arrived, cookie};

/// Where whoever comes sees how far it is.
pub const PLACE: &str = "/welcome/filling";

/// Writes a demonstration whose owner is this person, without showing it; told the days done and
/// all of them.
pub type Fill = dyn Fn(&Store, &User, &mut dyn FnMut(usize, usize)) -> Result<CompanyNumber, Faults>
    + Send
    + Sync;

/// The demonstration that fills, if one does.
#[derive(Clone, Default)]
pub struct Filling(Arc<Mutex<Option<Running>>>);

struct Running {
    /// Opens the door once, to the browser that asked.
    ticket: String,
    answers: Answers,
    done: usize,
    all: usize,
    end: Option<Result<(), Faults>>,
}

impl Filling {
    fn inside(&self) -> MutexGuard<'_, Option<Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Whether one fills right now.
    pub fn is_busy(&self) -> bool {
        self.inside().as_ref().is_some_and(|running| running.end.is_none())
    }
    fn tell(&self, change: impl FnOnce(&mut Running)) {
        if let Some(running) = self.inside().as_mut() {
            change(running);
        }
    }
    /// What became of the one with this ticket, taken away; nothing while it fills.
    fn ended(&self, ticket: &str) -> Option<(Answers, Result<(), Faults>)> {
        let mut inside = self.inside();
        let own = inside.take_if(|running| running.ticket == ticket && running.end.is_some())?;
        own.end.map(|end| (own.answers, end))
    }
}

/// Begins to fill, and leads to where one sees how far it is.
pub async fn begin(
    visitor: &Visitor,
    filling: &Filling,
    fill: Arc<Fill>,
    answers: &Answers,
) -> Response {
    let (own, language) = (answers.clone(), visitor.language);
    let begun = visitor.waiting(move |state| {
        if !is_due(state)? {
            return Err(Fault::new("first_run.done").into());
        }
        Ok((owner(&own, language)?, hexadecimal(&store::random_bytes::<32>()?)))
    });
    let (owner, ticket) = match begun.await {
        Ok(begun) => begun,
        Err(faults) => return refused_plain(visitor, &faults),
    };
    let own = answers.clone();
    *filling.inside() =
        Some(Running { ticket: ticket.clone(), answers: own, done: 0, all: 0, end: None });
    let (state, running) = (visitor.state.clone(), filling.clone());
    let work = tokio::task::spawn_blocking(move || {
        let end = whole(&state, &*fill, &owner, &running);
        running.tell(|running| running.end = Some(end));
    });
    let running = filling.clone();
    tokio::spawn(async move {
        if let Err(broken) = work.await {
            tracing::error!(%broken, "a demonstration could not be filled");
            running.tell(|running| running.end = Some(Err(Fault::new("internal").into())));
        }
    });
    go(&format!("{PLACE}/{ticket}"))
}

/// Fills it, and shows it unless someone founded a company meanwhile.
fn whole(state: &WebState, fill: &Fill, owner: &User, running: &Filling) -> Result<(), Faults> {
    let company = fill(&state.store, owner, &mut |done, all| {
        running.tell(|running| (running.done, running.all) = (done, all));
    })?;
    if !is_due(state)? {
        return Err(Fault::new("first_run.done").into());
    }
    state.store.show_demonstration(company)
}

/// `GET /welcome/filling`: how far it is, for whoever comes.
pub async fn watch(Extension(filling): Extension<Filling>, visitor: Visitor) -> Response {
    if filling.is_busy() { progress(&visitor, &filling) } else { go("/welcome") }
}

/// `GET /welcome/filling/{ticket}`: how far it is, then in.
pub async fn enter(
    Extension(filling): Extension<Filling>,
    Path(ticket): Path<String>,
    visitor: Visitor,
) -> Response {
    if filling.is_busy() {
        return progress(&visitor, &filling);
    }
    let Some((answers, end)) = filling.ended(&ticket) else { return go("/welcome") };
    if let Err(faults) = end {
        let questions = page::questions(&visitor, &answers, &faults);
        return refused_as(status(&faults), &faults, questions);
    }
    let from = arrived(&visitor);
    let entered = visitor.waiting(move |state| {
        match gate::enter(state, &answers.email, &answers.password, &from)? {
            Entered::Session(session) => Ok(session),
            Entered::Awaited(_) => Err(Fault::new("first_run.done").into()),
        }
    });
    match entered.await {
        Ok(session) => with_header(go("/"), header::SET_COOKIE, &cookie(&visitor.state, &session)),
        Err(_) => go("/sign-in"),
    }
}

fn progress(visitor: &Visitor, filling: &Filling) -> Response {
    const TITLE: Text = Text::new("La démonstration se prépare", "The demonstration is being made");
    const NOTE: Text = Text::new(
        "Maison Aubrelle est inventée : dix-huit mois de devis, de commandes, de livraisons et de \
         comptes s’écrivent. Cette page s’ouvrira d’elle-même sur votre accueil.",
        "Maison Aubrelle is invented: eighteen months of quotes, orders, deliveries and books are \
         being written. This page will lead to your home by itself.",
    );
    const DAYS: Text = Text::new("jours", "days");
    let language = visitor.language;
    let (done, all) =
        filling.inside().as_ref().map_or((0, 0), |running| (running.done, running.all));
    let number = |count: usize| language.integer(i64::try_from(count).unwrap_or(0));
    let body = html! {
        h1.h1 { (TITLE.say(language)) }
        p.mt { (NOTE.say(language)) }
        div.progress.mt role="status" aria-live="polite" {
            @if all > 0 {
                progress max=(all) value=(done) aria-label=(TITLE.say(language)) {}
                p.muted { (number(done)) " / " (number(all)) " " (DAYS.say(language)) }
            } @else {
                progress aria-label=(TITLE.say(language)) {}
            }
        }
    };
    let page = page_of(&page_plain(&visitor.shell(), TITLE.say(language), true, &body));
    with_header(page, header::REFRESH, "1")
}
