//! The tokens by which programs come in: made here, shown once, revoked when they are of no more use.

use axum::response::IntoResponse;
use identity::token::issue_listed;
use identity::{ApiToken, Role, Scope, User};
use kernel::{
    Choice, Entity, Fault, Faults, Filter, Id, Instant, Kept, LongText, RawId, Text, edit,
};
use maud::{Markup, html};
use serde_json::json;

use crate::address::Fields;
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::pages::HandMade;
use crate::parts::{
    Button, Column, Field, Fold, Ledger, Opt, Row, Tone, banner, empty, error_summary, fieldset,
    head, hidden, state,
};
use crate::posted::Posted;
use crate::settings::certificates;
use crate::words;

const ADD: Text = Text::new("Créer un jeton", "Create a token");
const WHOSE: Text = Text::new("Au nom de", "On behalf of");
const SERVICE: Text = Text::new("Créer une identité de service", "Create a service identity");
const CERTIFICATE: Text = Text::new("certificat", "certificate");
const SCOPE: Text = Text::new("Portée", "Scope");
const RIGHTS: Text = Text::new("Droits", "Rights");
const LASTS: Text = Text::new("Durée", "Lasts");

/// How many days a token may last; none is for ever.
const DAYS: [(&str, Option<i64>, Text); 4] = [
    ("30", Some(30), Text::new("30 jours", "30 days")),
    ("90", Some(90), Text::new("90 jours", "90 days")),
    ("365", Some(365), Text::new("un an", "one year")),
    ("ever", None, Text::new("sans fin", "for ever")),
];

/// The list of tokens, by hand; their records are drawn.
pub const API_TOKEN: HandMade =
    HandMade { list: Some(|ask| Box::pin(list(ask))), ..HandMade::of("api_token") };

/// `GET /settings/tokens`, and `/api_tokens`.
pub async fn list(ask: Ask) -> Answer {
    page(&ask, &Fields::default(), &Faults::default(), None).await
}

/// `POST /settings/tokens`: a token, shown in the answer and nowhere else.
pub async fn add(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("api_token.create")?;
    let chance = store::random_bytes::<32>().map_err(|fault| ask.refusal(fault))?;
    // No key: what is remembered of a key must hold nothing of a token.
    let made = match asked(&fields) {
        Err(faults) => Err(faults),
        Ok((user, name, days)) if unknown(&ask, &fields).is_ok() => {
            let rights = Some(fields.text("rights").trim()).filter(|text| !text.is_empty());
            let rights = rights.map(|text| LongText(listed(text)));
            let scope = Scope::of_name(fields.text("scope")).unwrap_or(Scope::All);
            let sent = fields.without(&["key"]);
            let issue = move |tx: &mut kernel::Tx<'_>, _: &_, _: &_| {
                let now = tx.now();
                let ends = days.map(|days| Instant(now.0 + days * Instant::DAY));
                let reach = (scope, rights.clone());
                Ok(json!(issue_listed(tx, user, &name, chance, ends, reach)?))
            };
            ask.command(&sent, issue).await
        }
        Ok(_) => Err(unknown(&ask, &fields).err().unwrap_or_default()),
    };
    match made {
        Ok(token) => page(&ask, &Fields::default(), &Faults::default(), token.as_str()).await,
        Err(faults) => {
            let page = page(&ask, &fields, &faults, None).await?;
            Ok((answer::status(&faults), page).into_response())
        }
    }
}

/// The rights of a list, as they are kept: one after another.
fn listed(text: &str) -> String {
    let words = text.split(|mark: char| mark == ',' || mark.is_whitespace());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
}

/// What a list of rights names that there is not.
fn unknown(ask: &Ask, fields: &Fields) -> Result<(), Faults> {
    let rights = listed(fields.text("rights"));
    if rights.is_empty() {
        return Ok(());
    }
    let known = kernel::rights::mistakes(ask.state.catalog, &format!("permit {rights}"));
    known.map_err(|_| Fault::new("token.rights").on("rights").into())
}

/// Who the program acts as, what it is called, and how many days it may.
fn asked(fields: &Fields) -> Result<(Id<User>, String, Option<i64>), Faults> {
    let mut faults = Faults::default();
    let name = fields.text("name").trim().to_owned();
    faults.ensure(!name.is_empty(), || Fault::new("field.required").on("name"));
    let lasts = DAYS.iter().find(|(word, ..)| *word == fields.text("days"));
    faults.ensure(lasts.is_some(), || Fault::new("field.required").on("days"));
    let user = RawId::parse(fields.text("user")).map(Id::from_raw);
    let user = faults.gather(user.map_err(|fault| fault.on("user").into()));
    faults.into_result()?;
    let user = user.unwrap_or(Id::from_raw(RawId([0; 16])));
    Ok((user, name, lasts.and_then(|(_, days, _)| *days)))
}

async fn page(ask: &Ask, typed: &Fields, faults: &Faults, token: Option<&str>) -> Answer {
    ask.may("api_token.read")?;
    let (mut tokens, users) = ask
        .read(|tx, _| {
            let tokens = tx.find::<ApiToken>(Filter::everything())?;
            Ok((tokens, tx.find::<User>(Filter::everything())?))
        })
        .await?;
    tokens.retain(|token| token.client.is_none());
    tokens.reverse();
    let crumbs = vec![(ask.say(words::SETTINGS).to_owned(), "/settings".to_owned())];
    let title = ApiToken::DEF.labels.say(ask.language);
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        @if let Some(token) = token { (told_once(ask, token)) }
        (ledger(ask, &tokens, &users))
        (crate::list::all_of(ask, ApiToken::DEF))
        @if ask.actor.can("api_token.create") {
            div.mt { (form(ask, &users, typed, faults)) }
            div.mt {
                (Button::link(ask.say(certificates::DECLARE), certificates::PLACE.to_owned()))
            }
            @if ask.actor.can("user.create") { div.mt { (service(ask)) } }
        }
    };
    Ok(ask.page("api_tokens", crumbs, title, &body))
}

fn told_once(ask: &Ask, token: &str) -> Markup {
    let what = Text::new("Le jeton est créé", "The token is made");
    let ends = Text::new(
        "Il n’est montré qu’une fois : copiez-le là où le programme le lira.",
        "It is shown once: copy it to where the program reads it.",
    );
    banner(Tone::Done, ask.say(what), &html! { code.secret { (token) } }, ask.say(ends), &[])
}

fn ledger(ask: &Ask, tokens: &[Kept<ApiToken>], users: &[Kept<User>]) -> Markup {
    let columns = vec![
        Column::title(ask.say(words::NAME)).grow(),
        Column::text(ask.say(WHOSE)).fold(Fold::Number),
        Column::quiet(ask.say(SCOPE)),
        Column::quiet(ask.say(Text::new("Dernier usage", "Last used"))),
        Column::state(ask.say(Text::new("Vaut", "Valid"))),
        Column::text("").fold(Fold::Marks),
    ];
    let whose = |id| users.iter().find(|user| user.id == id).map_or("", |user| user.name.as_str());
    let rows = tokens.iter().map(|token| {
        Row::new(vec![
            html! {
                a href={ "/api_tokens/" (token.id) } { (token.name) }
                @if token.is_certificate() { " " span.muted { (ask.say(CERTIFICATE)) } }
            },
            html! { (whose(token.user)) },
            reach(ask, token),
            html! { @if let Some(at) = token.last_used { (ask.language.instant(at)) } },
            validity(ask, token),
            revocation(ask, token),
        ])
    });
    let none = Text::new(
        "Aucun jeton : aucun programme n’entre par l’API.",
        "No token: no program comes in by the API.",
    );
    html! {
        (Ledger::new(ask.language, ApiToken::DEF.labels.say(ask.language), columns)
            .rows(rows)
            .empty(empty(ask.say(none), "", &[])))
    }
}

fn reach(ask: &Ask, token: &ApiToken) -> Markup {
    html! {
        (token.scope.label().say(ask.language))
        @if let Some(rights) = &token.rights { br; small.muted { (rights.0) } }
    }
}

fn lives(token: &ApiToken) -> bool {
    token.expires_at.is_none_or(|at| at > store::now())
}

fn validity(ask: &Ask, token: &ApiToken) -> Markup {
    let (tone, word) = match token.expires_at {
        None => (Tone::Done, ask.say(DAYS[3].2).to_owned()),
        Some(at) => {
            let day = ask.language.day(at.day());
            let until = Text::new("jusqu’au", "until");
            let ended = Text::new("fini le", "ended on");
            let (tone, word) =
                if lives(token) { (Tone::Done, until) } else { (Tone::Blocked, ended) };
            (tone, format!("{} {day}", ask.say(word)))
        }
    };
    state(tone, &word)
}

fn revocation(ask: &Ask, token: &Kept<ApiToken>) -> Markup {
    html! {
        @if lives(token) && ask.actor.can("api_token.revoke") {
            span.acts {
                (Button::link(
                    ask.say(Text::new("Révoquer", "Revoke")),
                    format!("/api_tokens/{}/do/revoke?back=/settings/tokens", token.id),
                ).small())
            }
        }
    }
}

fn form(ask: &Ask, users: &[Kept<User>], typed: &Fields, faults: &Faults) -> Markup {
    let language = ask.language;
    let said = |fault: &Fault| kernel::sentence(fault, language);
    let errors: Vec<(String, String)> = faults
        .0
        .iter()
        .map(|fault| (fault.field.as_deref().unwrap_or("").to_owned(), said(fault)))
        .collect();
    let error = |name: &str| {
        let mut own = faults.0.iter().filter(|fault| fault.field.as_deref() == Some(name));
        own.next().map(said)
    };
    let choice = |name: &str, label: Text, options: Vec<Opt>, usual: &str| {
        let value = typed.get(name).unwrap_or(usual).to_owned();
        Field::choice(language, name, ask.say(label), options, None).value(value).error(error(name))
    };
    let people = users.iter().filter(|user| user.active);
    let people = people.map(|user| Opt::new(user.id.to_string(), user.name.as_str())).collect();
    let own = ask.actor.user.map_or(String::new(), |id| id.to_string());
    let lasts = DAYS.iter().map(|(value, _, word)| Opt::new(*value, word.say(language))).collect();
    let scopes = Scope::VALUES.iter();
    let scopes = scopes.map(|(value, word)| Opt::new(*value, word.say(language))).collect();
    let fields = html! {
        (Field::text(language, "name", ask.say(words::NAME))
            .value(typed.text("name"))
            .required(true)
            .error(error("name")))
        (choice("user", WHOSE, people, &own))
        (choice("scope", SCOPE, scopes, Scope::All.name()))
        (Field::text(language, "rights", ask.say(RIGHTS))
            .value(typed.text("rights"))
            .hint(ask.say(Text::new(
                "Facultatif : ces droits seulement, parmi ceux de la personne, par exemple \
                 « order.read, invoice.read, *.export ».",
                "If you like: these rights alone, of those of the person, for example \
                 “order.read, invoice.read, *.export”.",
            )))
            .error(error("rights")))
        (choice("days", LASTS, lasts, "365"))
    };
    html! {
        form.form method="post" action="/settings/tokens" {
            (hidden(&[("token", ask.token.as_str())]))
            (error_summary(language, &errors))
            (fieldset(ask.say(ADD), &fields))
            div.acts { (Button::submit(ask.say(ADD)).primary()) }
        }
    }
}

/// A program with rights of its own, for tokens that act for nobody in particular.
fn service(ask: &Ask) -> Markup {
    let language = ask.language;
    let roles = Role::VALUES.iter().map(|(value, word)| Opt::new(*value, word.say(language)));
    let why = Text::new(
        "Un programme qui agit en son nom : il a un rôle, des jetons, et pas de mot de passe.",
        "A program that acts in its own name: it has a role, tokens, and no password.",
    );
    let fields = html! {
        (Field::text(language, "name", ask.say(words::NAME)).id("f-service").required(true))
        (Field::choice(language, "role", ask.say(words::ROLE), roles.collect(), None)
            .value(Role::Integrator.name()))
    };
    html! {
        form.form method="post" action="/settings/services" {
            (hidden(&[("token", ask.token.as_str())]))
            (fieldset(ask.say(SERVICE), &html! { (fields) }))
            p.muted { (ask.say(why)) }
            div.acts { (Button::submit(ask.say(SERVICE))) }
        }
    }
}

/// `POST /settings/services`.
pub async fn add_service(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("user.create")?;
    let made = ask.command(&fields, |tx, actor, fields| {
        let role = Role::of_name(fields.text("role"));
        let role = role.ok_or_else(|| Fault::new("field.required").on("role"))?;
        let user = identity::service::make(tx, fields.text("name"), role)?;
        identity::user::settle(tx, actor, user.raw())?;
        Ok(json!(user.to_string()))
    });
    match made.await {
        Err(faults) if faults.has(kernel::wish::NEEDED) => {
            return asked_for(&ask, &fields).await;
        }
        made => made.map_err(|faults| ask.refusal(faults))?,
    };
    let said = Text::new("L’identité est créée.", "The identity is made.");
    Ok(ask.go_saying("/settings/tokens", Tone::Done, ask.say(said)))
}

/// Makes the identity without rights, and asks a second person for its role.
async fn asked_for(ask: &Ask, fields: &Fields) -> Answer {
    let sent = fields.without(&["key"]);
    let made = ask.command(&sent, |tx, _, fields| {
        Ok(json!(identity::service::make(tx, fields.text("name"), Role::Custom)?.to_string()))
    });
    let made = made.await.map_err(|faults| ask.refusal(faults))?;
    let id = RawId::parse(made.as_str().unwrap_or_default()).map_err(|fault| ask.refusal(fault))?;
    let catalog = ask.state.catalog;
    let given = ask.command(&sent, move |tx, actor, fields| {
        let role = serde_json::Map::from_iter([("role".to_owned(), json!(fields.text("role")))]);
        let draft = edit::Draft::of_json(catalog, User::DEF, &role, tx)?;
        edit::update(catalog, tx, actor, User::DEF, id, None, &draft)?;
        Ok(json!(null))
    });
    match given.await {
        Ok(_) => Ok(answer::go("/settings/tokens")),
        Err(faults) => {
            let asked = ask.ask_second(faults, "/settings/tokens").await;
            asked.map_err(|faults| ask.refusal(faults))
        }
    }
}
