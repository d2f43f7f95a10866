//! The second factor is turned on: the secret goes to the application as a picture or in letters,
//! and a code shows that it arrived. Then the codes on paper, shown once.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use identity::second_factor::{self, CODES, DrawnCodes, SecondFactor};
use identity::{Strength, User, session};
use kernel::{Fault, Faults, Id, Text, Tx};
use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};
use serde_json::json;

use super::{PLACE, SECOND, TITLE, me, no_factor, proven};
use crate::WebState;
use crate::address::encoded;
use crate::answer::{self, Answer, go, said, with_header};
use crate::door::Ask;
use crate::parts::{Button, Field, Tone, banner, head, hidden};
use crate::posted::Posted;
use crate::sign_in::{cookie, hashing, said_above};
use crate::words;

const OWN: &str = "/me/security/second-factor";

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route(OWN, get(show).post(begin))
        .route("/me/security/second-factor/confirm", post(confirm))
        .route("/me/security/second-factor/codes", post(codes))
        .route("/me/security/second-factor/remove", post(remove))
}

/// `GET`: the picture for the application when an enrolment is begun; else what there is to begin.
async fn show(ask: Ask) -> Answer {
    page(&ask, &Faults::default()).await
}

/// `POST`: begins.
async fn begin(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    proven(&ask)?;
    let user = me(&ask)?;
    let sent = fields.without(&["key"]);
    let begun = ask.command(&sent, move |tx, _, _| {
        second_factor::begin(tx, user)?;
        Ok(json!(null))
    });
    begun.await.map_err(|faults| ask.refusal(faults))?;
    Ok(go(OWN))
}

/// Where someone stands.
enum Stage {
    Off,
    Begun { secret: String, email: String },
    On,
}

fn stage(tx: &mut Tx<'_>, user: Id<User>) -> Result<Stage, Fault> {
    Ok(match tx.first(SecondFactor::USER.is(&user))? {
        None => Stage::Off,
        Some(factor) if factor.confirmed_at.is_some() => Stage::On,
        Some(factor) => {
            let email = tx.get(user)?.email.clone();
            Stage::Begun { secret: factor.secret.clone(), email }
        }
    })
}

async fn page(ask: &Ask, faults: &Faults) -> Answer {
    let user = me(ask)?;
    let body = match ask.read(move |tx, _| Ok(stage(tx, user)?)).await? {
        Stage::On => return Ok(go(PLACE)),
        Stage::Off => no_factor(ask, Strength::SecondFactor, false),
        Stage::Begun { secret, email } => {
            proven(ask)?;
            steps(ask, &secret, &email, faults)
        }
    };
    Ok(framed(ask, &body))
}

fn framed(ask: &Ask, body: &Markup) -> Response {
    let crumbs = vec![
        (ask.say(words::SETTINGS).to_owned(), "/settings".to_owned()),
        (ask.say(TITLE).to_owned(), PLACE.to_owned()),
    ];
    let title = ask.say(SECOND);
    let body = html! { (head(&html! {}, title, &html! {}, &[])) (body) };
    ask.page("settings", crumbs, title, &body)
}

fn steps(ask: &Ask, secret: &str, email: &str, faults: &Faults) -> Markup {
    let language = ask.language;
    let scan = Text::new(
        "Dans l’application de votre téléphone (Aegis, FreeOTP, Google Authenticator, votre \
         gestionnaire de mots de passe…), ajoutez un compte et visez cette image.",
        "In the application of your phone (Aegis, FreeOTP, Google Authenticator, your password \
         manager…), add an account and scan this picture.",
    );
    let typed = Text::new("Ou saisissez-y ce secret :", "Or type this secret there:");
    let code = Text::new("Le code qu’elle montre", "The code it shows");
    let confirm = Text::new("Confirmer", "Confirm");
    let address = address(&ask.house.0, email, secret);
    html! {
        form.form method="post" action="/me/security/second-factor/confirm" {
            (hidden(&[("token", ask.token.as_str())]))
            (said_above(&said(faults, language)))
            p.prose { (ask.say(scan)) }
            @if let Some(picture) = picture(&address, ask.say(scan)) { (picture) }
            p { (ask.say(typed)) " " code.secret { (grouped(secret)) } }
            div.fields {
                (Field::typed(language, "code", ask.say(code), "text", Some("one-time-code"))
                    .required(true)
                    .focus())
            }
            div.acts.mt {
                (Button::submit(ask.say(confirm)).primary())
                (Button::link(ask.say(words::CANCEL), PLACE))
            }
        }
    }
}

/// What the picture says to an application (Key Uri Format of Google Authenticator).
fn address(house: &str, email: &str, secret: &str) -> String {
    let issuer = if house.is_empty() { "Comptoir" } else { house };
    let issuer = encoded(issuer);
    format!("otpauth://totp/{issuer}:{}?secret={secret}&issuer={issuer}", encoded(email))
}

fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
    groups.join(" ")
}

/// A QR code as a drawing, black on white in any colours of the page: cameras want it so.
fn picture(text: &str, label: &str) -> Option<Markup> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let dark =
        code.to_colors().into_iter().enumerate().filter(|(_, colour)| *colour == Color::Dark);
    // Four modules of quiet all around (ISO/IEC 18004, section 5.3.8).
    let path: String =
        dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + 4, at / width + 4)).collect();
    let side = width + 8;
    Some(html! {
        svg.qr role="img" aria-label=(label) width="220" height="220"
            viewBox={ "0 0 " (side) " " (side) } shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    })
}

/// `POST …/confirm`: the factor counts, and the codes on paper are shown.
async fn confirm(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    proven(&ask)?;
    let (user, code) = (me(&ask)?, fields.text("code").to_owned());
    let token = ask.visitor.session.clone().unwrap_or_default();
    let actor = ask.actor.clone();
    let confirmed = hashing(&ask.visitor, move |state| {
        let drawn = draw(user)?;
        let (hashes, chance) = (drawn.hashes.clone(), store::random_bytes::<32>()?);
        let session = state.store.command(store::Call::new(actor.clone()), move |tx| {
            second_factor::confirm(tx, user, &code)?;
            second_factor::keep_codes(tx, user, &hashes)?;
            // A stolen cookie of before is worth nothing beside the new factor (ASVS 7.2.4).
            Ok(json!(session::prove(tx, &token, chance, Strength::SecondFactor)?))
        })?;
        Ok((drawn, session.as_str().unwrap_or("").to_owned()))
    });
    match confirmed.await {
        Ok((drawn, session)) => {
            let page = shown_once(&ask, &drawn);
            Ok(with_header(page, header::SET_COOKIE, &cookie(&ask.state, &session)))
        }
        Err(faults) => {
            let status = answer::status(&faults);
            Ok((status, page(&ask, &faults).await?).into_response())
        }
    }
}

/// `POST …/codes`: new codes on paper; those of before are worth nothing.
async fn codes(posted: Posted) -> Answer {
    let Posted { ask, .. } = posted;
    proven(&ask)?;
    let (user, actor) = (me(&ask)?, ask.actor.clone());
    let drawn = hashing(&ask.visitor, move |state| {
        let drawn = draw(user)?;
        let hashes = drawn.hashes.clone();
        state.store.command(store::Call::new(actor.clone()), move |tx| {
            if second_factor::strongest(tx, user)? == Strength::Password {
                return Err(Fault::new("second_factor.none").into());
            }
            second_factor::keep_codes(tx, user, &hashes)?;
            Ok(json!(null))
        })?;
        Ok(drawn)
    });
    let drawn = drawn.await.map_err(|faults| ask.refusal(faults))?;
    Ok(shown_once(&ask, &drawn))
}

/// `POST …/remove`: the password alone will do, or a passkey.
async fn remove(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    proven(&ask)?;
    let user = me(&ask)?;
    let removed = ask.command(&fields, move |tx, _, _| {
        second_factor::give_up(tx, user)?;
        Ok(json!(null))
    });
    removed.await.map_err(|faults| ask.refusal(faults))?;
    let said = Text::new("Le second facteur est retiré.", "The second factor is removed.");
    Ok(ask.go_saying(PLACE, Tone::Done, ask.say(said)))
}

pub(super) fn draw(user: Id<User>) -> Result<DrawnCodes, Faults> {
    let mut chance = [[0; 12]; CODES];
    for bytes in &mut chance {
        *bytes = store::random_bytes()?;
    }
    Ok(second_factor::draw_codes(user, &chance)?)
}

pub(super) fn shown_once(ask: &Ask, drawn: &DrawnCodes) -> Response {
    let what = Text::new("Vos codes de secours", "Your recovery codes");
    let ends = Text::new(
        "Ils ne sont montrés qu’une fois : imprimez-les ou notez-les. Chacun ouvre une fois, le jour \
         où le téléphone manque.",
        "They are shown once: print them or write them down. Each opens once, the day the phone is \
         missing.",
    );
    let kept = Text::new("Je les ai notés", "I have written them down");
    let list = html! {
        ul.codes { @for code in &drawn.codes { li { code.secret { (code) } } } }
    };
    let body = html! {
        (banner(Tone::Done, ask.say(what), &html! {}, ask.say(ends), &[]))
        (list)
        div.acts.mt { (Button::link(ask.say(kept), PLACE).primary()) }
    };
    (StatusCode::OK, framed(ask, &body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_says_the_issuer_the_account_and_the_secret() {
        let said = address("Maison & fils", "ada@maison.example", "MZXW6YTB");
        let wanted = "otpauth://totp/Maison%20%26%20fils:ada%40maison.example?secret=MZXW6YTB\
            &issuer=Maison%20%26%20fils";
        assert_eq!(said, wanted);
        let drawn = picture(&said, "QR").unwrap().into_string();
        assert!(drawn.contains("viewBox=\"0 0 49 49\"") || drawn.contains("viewBox=\"0 0 53 53\""));
        assert!(!drawn.contains("style"), "the content policy forbids it");
    }
}
