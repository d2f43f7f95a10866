//! What a person sets for themselves: language, look, password; and the way to the reference data.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use identity::{User, set_password, sign_in, token};
use kernel::{Fault, Faults, Id, Language, Text};
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use crate::address::back;
use crate::answer::{self, Answer, go, with_header};
use crate::door::Ask;
use crate::parts::{Button, Field, Tone, definitions, error_summary, head, hidden, rows, section};
use crate::posted::{Posted, PostedByVisitor};
use crate::shell::{Density, Theme};
use crate::{WebState, nav, sign_in as door, words};

/// A year, in seconds: how long a choice of look is kept.
const YEAR: u32 = 31_536_000;

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/preferences", post(prefer))
        .route("/settings", get(settings))
        .route("/settings/password", post(change_password))
        .route("/help/keys", get(keys))
}

/// Keeps a choice of language, colours or density in this browser, and comes back.
async fn prefer(PostedByVisitor { visitor: _, fields }: PostedByVisitor) -> Response {
    let mut response = go(back(fields.text("back")));
    let chosen = [
        ("language", Language::of_tag(fields.text("language")).map(Language::tag)),
        ("theme", fields.get("theme").map(|word| Theme::of(word).word())),
        ("density", fields.get("density").map(|word| Density::of(word).word())),
    ];
    for (name, word) in chosen {
        if let Some(word) = word {
            let cookie = format!("{name}={word}; Path=/; Max-Age={YEAR}; SameSite=Lax");
            response = with_header(response, header::SET_COOKIE, &cookie);
        }
    }
    response
}

async fn settings(ask: Ask) -> Answer {
    page(&ask, &Faults::default()).await
}

async fn page(ask: &Ask, faults: &Faults) -> Answer {
    let user = ask
        .read(|tx, ask| match ask.actor.user {
            Some(id) => Ok(Some(tx.get(Id::<User>::from_raw(id))?.into_inner())),
            None => Ok(None),
        })
        .await?;
    let email = user.map(|user| user.email).unwrap_or_default();
    let title = ask.say(words::SETTINGS);
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        div.cols.g3c {
            (section(ask.say(words::MY_ACCOUNT), &html! {}, &account(ask, &email, faults)))
            (section(ask.say(words::APPEARANCE), &html! {}, &appearance(ask)))
            (section(ask.say(words::COMPANY_DATA), &html! {}, &reference_data(ask)))
        }
    };
    Ok(ask.page("settings", Vec::new(), title, &body))
}

fn account(ask: &Ask, email: &str, faults: &Faults) -> Markup {
    let (language, text) = (ask.language, |text: &str| Some(html! { (text) }));
    let known = [
        (ask.say(words::NAME).to_owned(), text(&ask.user.name)),
        (ask.say(words::EMAIL).to_owned(), text(email)),
        (ask.say(words::ROLE).to_owned(), text(&ask.user.role)),
    ];
    let error = |name: &str| {
        let own = faults.0.iter().filter(|fault| fault.field.as_deref() == Some(name));
        own.map(|fault| kernel::sentence(fault, language)).next()
    };
    let elsewhere: Vec<(String, String)> = faults
        .0
        .iter()
        .map(|fault| {
            let name = fault.field.as_deref().unwrap_or("");
            (name.to_owned(), kernel::sentence(fault, language))
        })
        .collect();
    html! {
        (definitions(&known))
        form.form.mt method="post" action="/settings/password" {
            // No key: what is remembered of a key must hold nothing of a password.
            (hidden(&[("token", ask.token.as_str())]))
            (error_summary(language, &elsewhere))
            (Field::password(language, "current", ask.say(words::CURRENT_PASSWORD), false)
                .required(true)
                .error(error("current")))
            (Field::password(language, "password", ask.say(words::NEW_PASSWORD), true)
                .required(true)
                .error(error("password")))
            div.acts { (Button::submit(ask.say(words::CHANGE_PASSWORD))) }
        }
    }
}

fn appearance(ask: &Ask) -> Markup {
    let (theme, density) = (ask.visitor.theme, ask.visitor.density);
    let is = |language| ask.language == language;
    html! {
        (choice(ask, "language", words::LANGUAGE, &[
            ("fr", "Français", is(Language::French)),
            ("en", "English", is(Language::English)),
        ]))
        (choice(ask, "theme", words::COLOURS, &[
            (Theme::System.word(), ask.say(words::AUTO), theme == Theme::System),
            (Theme::Light.word(), ask.say(words::LIGHT), theme == Theme::Light),
            (Theme::Dark.word(), ask.say(words::DARK), theme == Theme::Dark),
        ]))
        (choice(ask, "density", words::LINES, &[
            (Density::Tight.word(), ask.say(words::TIGHT), density == Density::Tight),
            (Density::Airy.word(), ask.say(words::AIRY), density == Density::Airy),
        ]))
    }
}

fn choice(ask: &Ask, name: &str, label: Text, options: &[(&str, &str, bool)]) -> Markup {
    html! {
        form.mb method="post" action="/preferences" data-preference=(name) {
            (hidden(&[("token", ask.token.as_str()), ("back", "/settings")]))
            span.lbl { (ask.say(label)) }
            div.acts {
                @for (value, word, on) in options {
                    button.btn type="submit" name=(name) value=(value) aria-pressed=(on) { (word) }
                }
            }
        }
    }
}

fn reference_data(ask: &Ask) -> Markup {
    let pages = nav::seen(ask);
    let lines: Vec<(Markup, Markup)> = pages
        .iter()
        .filter(|page| page.group == nav::Group::Settings)
        .map(|page| (html! { a href=(page.href) { (page.label.say(ask.language)) } }, html! {}))
        .collect();
    rows(&lines)
}

/// Changes one's own password: the old one is asked, every session ends, and a new one begins.
async fn change_password(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let Some(user) = ask.actor.user else {
        return Err(ask.refusal(Fault::new("forbidden").with("right", "user.set_password")));
    };
    let changed = change(&ask, Id::from_raw(user), &fields.without(&["key"])).await;
    match changed {
        Ok(session) => {
            let said = ask.say(words::PASSWORD_CHANGED);
            let response = ask.go_saying("/settings", Tone::Done, said);
            Ok(with_header(response, header::SET_COOKIE, &door::cookie(&ask.state, &session)))
        }
        Err(faults) => {
            let status = answer::status(&faults);
            Ok((status, page(&ask, &faults).await?).into_response())
        }
    }
}

async fn change(
    ask: &Ask,
    user: Id<User>,
    fields: &crate::address::Fields,
) -> Result<String, Faults> {
    let text = |name: &str| fields.get(name).unwrap_or("").to_owned();
    let (current, wanted) = (text("current"), text("password"));
    let (salt, chance) = (store::random_bytes::<16>()?, store::random_bytes::<32>()?);
    ask.look(move |tx, _| {
        let email = tx.get(user)?.email.clone();
        sign_in(tx, &email, &current).map_err(|fault| fault.on("current"))?;
        Ok(())
    })
    .await?;
    let opened = ask
        .command(fields, move |tx, _, _| {
            set_password(tx, user, &wanted, salt)?;
            Ok(json!(token::open_session(tx, user, chance)?))
        })
        .await?;
    match opened {
        Json::String(session) => Ok(session),
        _ => Err(Fault::new("internal").into()),
    }
}

/// The key map for those without scripts: the letters that lead to pages.
async fn keys(ask: Ask) -> Answer {
    let lines: Vec<(Markup, Markup)> = nav::seen(&ask)
        .iter()
        .filter_map(|page| {
            let letter = page.letter?.to_ascii_uppercase();
            let place = html! { a href=(page.href) { (page.label.say(ask.language)) } };
            Some((place, html! { kbd { "G" } " " kbd { (letter) } }))
        })
        .collect();
    let title = ask.say(words::KEYS);
    let body = html! { (head(&html! {}, title, &html! {}, &[])) (rows(&lines)) };
    Ok(ask.page("settings", Vec::new(), title, &body))
}
