//! What the sign-in asks of each role.

mod providers;

use axum::Router;
use identity::{IdentityProvider, Strength, policy};
use kernel::{Choice, Entity, Fault, Text};
use maud::html;
use serde_json::json;

use crate::WebState;
use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{Button, Field, Opt, Tone, fieldset, head, hidden, section};
use crate::posted::Posted;
use crate::words;

pub const TITLE: Text = Text::new("Exigences de connexion", "Sign-in policy");
pub const PLACE: &str = "/settings/sign-in";
const RIGHT: &str = "user.update";

/// The pages of the providers.
pub fn routes() -> Router<WebState> {
    providers::routes()
}

/// A role: its key, its name, what is asked of it.
type Line = (String, String, Strength);

/// Whether the person may set what the sign-in asks.
#[must_use]
pub fn may(ask: &Ask) -> bool {
    ask.actor.can(RIGHT)
}

/// `GET /settings/sign-in`.
pub async fn show(ask: Ask) -> Answer {
    if !may(&ask) {
        return Err(ask.refusal(Fault::new("forbidden").with("right", RIGHT)));
    }
    let (lines, known) = ask
        .read(|tx, ask| {
            let mut lines: Vec<Line> = Vec::new();
            for (key, label) in policy::roles(tx, ask.language)? {
                let asks = policy::asked_of_role(tx, &key)?;
                lines.push((key, label, asks));
            }
            Ok((lines, providers::all(tx)?))
        })
        .await?;
    let crumbs = vec![(ask.say(words::SETTINGS).to_owned(), "/settings".to_owned())];
    let title = ask.say(TITLE);
    let note = Text::new(
        "Qui n’a pas encore ce que son rôle demande est conduit à l’activer, avant toute autre page.",
        "Whoever lacks what their role asks for is led to turn it on, before any other page.",
    );
    let options = |asks: Strength, key: &str, label: &str| {
        let options = ASKS.iter().map(|(value, word)| Opt::new(value.name(), ask.say(*word)));
        Field::choice(ask.language, key, label, options.collect(), None).value(asks.name())
    };
    let fields = html! { @for (key, label, asks) in &lines { (options(*asks, key, label)) } };
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        p.prose.muted.mb { (ask.say(note)) }
        form.form method="post" action=(PLACE) {
            (hidden(&[("token", ask.token.as_str())]))
            (fieldset(ask.say(Text::new("La connexion demande", "Signing in asks for")), &fields))
            div.acts { (Button::submit(ask.say(words::SAVE)).primary()) }
        }
        div.mt {
            (section(
                IdentityProvider::DEF.labels.say(ask.language),
                &html! {},
                &providers::section(&ask, &known),
            ))
        }
    };
    Ok(ask.page("settings", crumbs, title, &body))
}

/// What there is to ask for.
const ASKS: &[(Strength, Text)] = &[
    (Strength::Password, Text::new("le mot de passe", "the password")),
    (Strength::SecondFactor, Text::new("un second facteur", "a second factor")),
    (Strength::Passkey, Text::new("une clé d’accès", "a passkey")),
];

/// `POST /settings/sign-in`.
pub async fn save(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may(RIGHT)?;
    let saved = ask.command(&fields, move |tx, actor, fields| {
        for (role, _) in policy::roles(tx, actor.language)? {
            if let Some(asks) = Strength::of_name(fields.text(&role)) {
                policy::ask_of_role(tx, &role, asks)?;
            }
        }
        Ok(json!(null))
    });
    saved.await.map_err(|faults| ask.refusal(faults))?;
    let said = Text::new("Les exigences sont enregistrées.", "The policy is saved.");
    Ok(ask.go_saying(PLACE, Tone::Done, ask.say(said)))
}
