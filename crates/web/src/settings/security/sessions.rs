//! One's open sessions: from where, since when, and the way to end them (ASVS 7.5.2).

use axum::extract::Path;
use identity::{Session, session};
use kernel::{Entity, Id, Kept, RawId, Text};
use maud::{Markup, html};
use serde_json::json;

use super::{PLACE, limits, me};
use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{Button, Column, Fold, Ledger, Row, Tone, state};
use crate::posted::Posted;

const END: Text = Text::new("Fermer", "End");
const ENDED: Text = Text::new("La session est fermée.", "The session is ended.");

pub(super) fn ledger(ask: &Ask, sessions: &[Kept<Session>], here: Option<Id<Session>>) -> Markup {
    let columns = vec![
        Column::title(ask.say(Text::new("Navigateur", "Browser"))).grow(),
        Column::text(ask.say(Text::new("Adresse", "Address"))).fold(Fold::Number),
        Column::quiet(ask.say(Text::new("Ouverte le", "Opened on"))),
        Column::quiet(ask.say(Text::new("Vue le", "Last seen"))),
        Column::text("").fold(Fold::Marks),
    ];
    let unknown = ask.say(Text::new("inconnu", "unknown"));
    let rows = sessions.iter().map(|session| {
        Row::new(vec![
            html! { (session.browser.as_deref().unwrap_or(unknown)) },
            html! { (session.address.as_deref().unwrap_or("")) },
            html! { (ask.language.instant(session.created_at)) },
            html! { (ask.language.instant(session.last_seen)) },
            if Some(session.id) == here { this_one(ask) } else { end(ask, session) },
        ])
    });
    let others = Text::new("Fermer toutes les autres", "End all the others");
    html! {
        (Ledger::new(ask.language, Session::DEF.labels.say(ask.language), columns).rows(rows))
        p.muted.mt { (limits(ask)) }
        @if sessions.len() > 1 {
            div.acts.mt {
                (Button::post(ask.say(others), "/me/security/sessions/others/end")
                    .hidden("token", &ask.token))
            }
        }
    }
}

fn this_one(ask: &Ask) -> Markup {
    state(Tone::Done, ask.say(Text::new("celle-ci", "this one")))
}

fn end(ask: &Ask, session: &Kept<Session>) -> Markup {
    html! {
        span.acts {
            (Button::post(ask.say(END), format!("/me/security/sessions/{}/end", session.id))
                .hidden("token", &ask.token)
                .small())
        }
    }
}

/// `POST /me/security/sessions/{id}/end`.
pub(super) async fn end_one(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let user = me(&ask)?;
    let id = RawId::parse(&id).map(Id::from_raw).map_err(|fault| ask.refusal(fault))?;
    ask.command(&fields, move |tx, _, _| {
        session::close_one(tx, user, id)?;
        Ok(json!(null))
    })
    .await
    .map_err(|faults| ask.refusal(faults))?;
    Ok(ask.go_saying(PLACE, Tone::Done, ask.say(ENDED)))
}

/// `POST /me/security/sessions/others/end`: all but this one.
pub(super) async fn end_others(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let user = me(&ask)?;
    let token = ask.visitor.session.clone().unwrap_or_default();
    ask.command(&fields, move |tx, _, _| {
        let here = session::of_token(tx, &token)?.map(|session| session.id);
        for other in session::of_user(tx, user)? {
            if Some(other.id) != here {
                tx.delete(other.id)?;
            }
        }
        Ok(json!(null))
    })
    .await
    .map_err(|faults| ask.refusal(faults))?;
    let said = Text::new("Les autres sessions sont fermées.", "The other sessions are ended.");
    Ok(ask.go_saying(PLACE, Tone::Done, ask.say(said)))
}
