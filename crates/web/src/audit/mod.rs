//! The audit on screen: what everyone did and saw, what one person did, who saw a record; and the
//! proof that none of it was touched since.

mod draw;
pub mod entrance;
mod filter;
mod proof;
mod said;
pub mod seen;

use axum::Router;
use axum::routing::{get, post};
use kernel::{CompanyNumber, Faults, Text};
use maud::{Markup, html};
use store::Store;
use store::audit::Sealed;

use crate::WebState;
use crate::answer::Answer;
use crate::door::Ask;
use crate::nav::{Entry, Group};
use crate::parts::{Button, Figure, Icon, figures, head, hidden, pager};
use crate::words;

/// The right to see the whole audit.
pub const RIGHT: &str = "audit.read";
/// The key of the audit in the rail.
pub const AUDIT: &str = "audit";
pub const TITLE: Text = Text::new("Journal d’audit", "Audit log");
const VERIFY: Text = Text::new("Vérifier le journal", "Verify the log");

pub const PLACE: Entry = Entry::page(Group::Settings, AUDIT, "/audit", TITLE, RIGHT).after("user");

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/audit", get(page))
        .route("/audit/verify", post(proof::verify))
        .route("/audit/proof/{log}/{seq}", get(proof::page))
}

/// How far the log is sealed.
pub(super) struct State {
    waiting: i64,
    last: Option<Sealed>,
}

impl State {
    pub(super) fn of(store: &Store, company: CompanyNumber) -> Result<Self, Faults> {
        let (waiting, _) = store.unsealed(company)?;
        Ok(Self { waiting, last: store.checkpoint(company)? })
    }

    fn drawn(&self, ask: &Ask) -> Markup {
        let language = ask.language;
        let size = self.last.as_ref().map_or(0, |last| last.size);
        let sealed = language.integer(i64::try_from(size).unwrap_or(i64::MAX));
        let when = self.last.as_ref().map(|last| language.instant(last.at)).unwrap_or_default();
        let (day, hour) = when.rsplit_once(", ").unwrap_or(("", "—"));
        let signed = ask.say(Text::new("signé, toutes les minutes", "signed, every minute"));
        let signed = [day, signed].join(if day.is_empty() { "" } else { " · " });
        figures(&[
            Figure::new(
                ask.say(Text::new("Lignes scellées", "Sealed lines")),
                sealed,
                ask.say(Text::new("chacune prouvable", "each can be proved")),
            ),
            Figure::new(
                ask.say(Text::new("Dernier point de contrôle", "Last checkpoint")),
                hour,
                signed,
            ),
            Figure::new(
                ask.say(Text::new("En attente", "Waiting")),
                language.integer(self.waiting),
                ask.say(Text::new("scellées dans la minute", "sealed within a minute")),
            ),
        ])
    }
}

/// The buttons of the page, and of that of a proof.
fn buttons(ask: &Ask) -> Markup {
    html! {
        form method="post" action="/audit/verify" {
            (hidden(&[("token", &ask.token)]))
            (Button::submit(ask.say(VERIFY)).primary().icon(Icon::Check))
        }
    }
}

/// `GET /audit`
async fn page(ask: Ask) -> Answer {
    ask.may(RIGHT)?;
    let asked = filter::Asked::of(&ask);
    let (wanted, company) = (asked.wanted.clone(), ask.actor.company);
    let found = ask.visitor.waiting(move |state| {
        let lines = state.store.audit_lines(company, &wanted)?;
        Ok((lines, State::of(&state.store, company)?))
    });
    let (lines, state) = found.await.map_err(|faults| ask.refusal(faults))?;
    let next = asked.next(&lines);
    let people = filter::people(&ask).await?;
    let shown = lines.len();
    let ledger = ask.read(move |tx, ask| draw::ledger(tx, ask, lines)).await?;
    let title = ask.say(TITLE);
    let crumbs = vec![(ask.say(words::SETTINGS).to_owned(), "/settings".to_owned())];
    let whole = asked.first.as_deref();
    let body = html! {
        (head(&html! {}, title, &buttons(&ask), &[]))
        (state.drawn(&ask))
        (asked.form(&ask, &people))
        (ledger)
        (pager(ask.language, shown, whole, next.as_deref(), None))
    };
    Ok(ask.page(AUDIT, crumbs, title, &body))
}
