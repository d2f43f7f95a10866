//! A certificate declared for a program: it comes in by it, instead of a token (mutual TLS).

use axum::response::IntoResponse;
use identity::certificate::Certificate;
use identity::token::declare;
use identity::{ApiToken, Scope, User};
use kernel::{Choice, Entity, Fault, Faults, Filter, Id, Kept, RawId, Text};
use maud::{Markup, html};
use serde_json::json;

use crate::address::Fields;
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::parts::{Button, Field, Opt, Tone, error_summary, fieldset, head, hidden};
use crate::posted::Posted;
use crate::words;

pub const PLACE: &str = "/settings/certificates";
const TOKENS: &str = "/settings/tokens";

pub const DECLARE: Text = Text::new("Déclarer un certificat", "Declare a certificate");
const CERTIFICATE: Text = Text::new("Certificat (PEM)", "Certificate (PEM)");
const WHOSE: Text = Text::new("Au nom de", "On behalf of");
const SCOPE: Text = Text::new("Portée", "Scope");
const WHY: Text = Text::new(
    "Le programme garde la clé privée et n’envoie aucun secret. Le certificat vaut jusqu’à sa propre \
     fin, ou jusqu’à ce que vous le révoquiez. Comptoir doit être lancé avec --tls-clients.",
    "The program keeps the private key and sends no secret. The certificate is good until its own \
     end, or until you revoke it. Comptoir must be started with --tls-clients.",
);

/// `GET /settings/certificates`.
pub async fn show(ask: Ask) -> Answer {
    page(&ask, &Fields::default(), &Faults::default()).await
}

/// `POST /settings/certificates`.
pub async fn add(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("api_token.create")?;
    let made = ask.command(&fields, |tx, _, fields| {
        let mut faults = Faults::default();
        let name = fields.text("name").trim().to_owned();
        faults.ensure(!name.is_empty(), || Fault::new("field.required").on("name"));
        let user = RawId::parse(fields.text("user")).map_err(|fault| fault.on("user").into());
        let user = faults.gather(user);
        let certificate = Certificate::of_pem(fields.text("certificate")).map_err(Faults::from);
        let certificate = faults.gather(certificate);
        faults.into_result()?;
        let (Some(user), Some(certificate)) = (user, certificate) else {
            return Err(Fault::new("field.required").into());
        };
        let scope = Scope::of_name(fields.text("scope")).unwrap_or(Scope::Read);
        Ok(json!(declare(tx, Id::from_raw(user), &name, &certificate, scope)?.to_string()))
    });
    match made.await {
        Ok(_) => {
            let said = Text::new("Le certificat est déclaré.", "The certificate is declared.");
            Ok(ask.go_saying(TOKENS, Tone::Done, ask.say(said)))
        }
        Err(faults) => {
            let page = page(&ask, &fields, &faults).await?;
            Ok((answer::status(&faults), page).into_response())
        }
    }
}

async fn page(ask: &Ask, typed: &Fields, faults: &Faults) -> Answer {
    ask.may("api_token.create")?;
    let users = ask.read(|tx, _| Ok(tx.find::<User>(Filter::everything())?)).await?;
    let crumbs = vec![
        (ask.say(words::SETTINGS).to_owned(), "/settings".to_owned()),
        (ApiToken::DEF.labels.say(ask.language).to_owned(), TOKENS.to_owned()),
    ];
    let title = ask.say(DECLARE);
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        p.muted { (ask.say(WHY)) }
        div.mt { (form(ask, &users, typed, faults)) }
    };
    Ok(ask.page("api_tokens", crumbs, title, &body))
}

fn form(ask: &Ask, users: &[Kept<User>], typed: &Fields, faults: &Faults) -> Markup {
    let language = ask.language;
    let said = |fault: &Fault| kernel::sentence(fault, language);
    let named = |fault: &Fault| (fault.field.as_deref().unwrap_or("").to_owned(), said(fault));
    let errors: Vec<(String, String)> = faults.0.iter().map(named).collect();
    let error = |name: &str| {
        errors.iter().find(|(field, _)| field == name).map(|(_, sentence)| sentence.clone())
    };
    let people = users.iter().filter(|user| user.active);
    let people = people.map(|user| Opt::new(user.id.to_string(), user.name.as_str())).collect();
    let scopes = Scope::VALUES.iter();
    let scopes = scopes.map(|(value, word)| Opt::new(*value, word.say(language))).collect();
    let choice = |name: &str, label: Text, options: Vec<Opt>, usual: &str| {
        let value = typed.get(name).unwrap_or(usual).to_owned();
        Field::choice(language, name, ask.say(label), options, None).value(value).error(error(name))
    };
    let fields = html! {
        (Field::text(language, "name", ask.say(words::NAME))
            .value(typed.text("name"))
            .required(true)
            .error(error("name")))
        (choice("user", WHOSE, people, ""))
        (choice("scope", SCOPE, scopes, Scope::Read.name()))
        (Field::long(language, "certificate", ask.say(CERTIFICATE))
            .value(typed.text("certificate"))
            .placeholder("-----BEGIN CERTIFICATE-----")
            .required(true)
            .error(error("certificate")))
    };
    html! {
        form.form method="post" action=(PLACE) {
            (hidden(&[("token", ask.token.as_str())]))
            (error_summary(language, &errors))
            (fieldset(ask.say(DECLARE), &fields))
            div.acts { (Button::submit(ask.say(DECLARE)).primary()) }
        }
    }
}
