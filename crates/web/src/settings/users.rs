//! The people who may come in, and what each role is for. A password is drawn here, shown once, and
//! changed by its owner.

use axum::extract::Path;
use axum::response::IntoResponse;
use identity::{Role, User, set_password};
use kernel::{Choice, Entity, Fault, Faults, Filter, Id, Kept, RawId, Text, edit};
use maud::{Markup, html};
use serde_json::json;

use crate::address::Fields;
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::form::draft;
use crate::pages::HandMade;
use crate::parts::{
    Button, Column, Field, Fold, Icon, Ledger, Opt, Row, Tone, banner, error_summary, fieldset,
    head, hidden, rows, section, state,
};
use crate::posted::Posted;
use crate::words;

const ADD: Text = Text::new("Ajouter une personne", "Add someone");
const RENEW: Text = Text::new("Nouveau mot de passe", "New password");

/// What a role is for, in a sentence.
const fn does(role: Role) -> Text {
    match role {
        Role::Owner => Text::new(
            "Tout, dont les réglages et les utilisateurs.",
            "Everything, settings and users included.",
        ),
        Role::Seller => Text::new(
            "Clients, affaires, devis, commandes ; lit le stock et les factures.",
            "Customers, opportunities, quotes, orders; reads stock and invoices.",
        ),
        Role::Accountant => Text::new(
            "Factures, règlements, banque, écritures ; lève les retenues.",
            "Invoices, payments, bank, entries; releases holds.",
        ),
        Role::Warehouse => Text::new(
            "Stock, expéditions, réceptions, inventaires.",
            "Stock, shipments, receipts, counts.",
        ),
    }
}

/// A password that was drawn, and for whom: shown once.
struct Drawn {
    name: String,
    email: String,
    password: String,
}

/// The list of users, by hand; their records and forms are drawn.
pub const USER: HandMade =
    HandMade { list: Some(|ask| Box::pin(list(ask))), ..HandMade::of("user") };

/// `GET /settings/users`, and `/users`.
pub async fn list(ask: Ask) -> Answer {
    page(&ask, &Fields::default(), &Faults::default(), None).await
}

/// `POST /settings/users`: someone who may come in at once.
pub async fn add(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    for right in ["user.create", "user.set_password"] {
        ask.may(right)?;
    }
    let (password, salt) = drawn_password().map_err(|fault| ask.refusal(fault))?;
    let (catalog, language, given) = (ask.state.catalog, ask.language, password.clone());
    // No key: what is remembered of a key must hold nothing of a password.
    let sent = fields.without(&["key"]);
    let made = ask
        .command(&sent, move |tx, actor, fields| {
            let draft = draft::draft(tx, catalog, actor, language, User::DEF, fields)?;
            let id = edit::create(catalog, tx, actor, User::DEF, &draft)?;
            set_password(tx, Id::from_raw(id), &given, salt)?;
            Ok(json!(null))
        })
        .await;
    match made {
        Ok(_) => {
            let (name, email) = (fields.text("name").to_owned(), fields.text("email").to_owned());
            let drawn = Drawn { name, email, password };
            page(&ask, &Fields::default(), &Faults::default(), Some(&drawn)).await
        }
        Err(faults) => {
            let page = page(&ask, &fields, &faults, None).await?;
            Ok((answer::status(&faults), page).into_response())
        }
    }
}

/// `POST /settings/users/{id}/password`: a new password for someone who lost theirs.
pub async fn renew(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("user.set_password")?;
    let id = RawId::parse(&id).map_err(|fault| ask.refusal(fault))?;
    if ask.actor.user == Some(id) {
        // One's own is changed by giving the old one.
        return Ok(answer::go("/settings"));
    }
    let id = Id::<User>::from_raw(id);
    let (password, salt) = drawn_password().map_err(|fault| ask.refusal(fault))?;
    let given = password.clone();
    let done = ask
        .command(&fields.without(&["key"]), move |tx, _, _| {
            set_password(tx, id, &given, salt)?;
            let user = tx.get(id)?;
            Ok(json!([user.name, user.email]))
        })
        .await;
    let told = done.map_err(|faults| ask.refusal(faults))?;
    let text = |at: usize| told[at].as_str().unwrap_or("").to_owned();
    let drawn = Drawn { name: text(0), email: text(1), password };
    page(&ask, &Fields::default(), &Faults::default(), Some(&drawn)).await
}

/// Twenty letters and digits in five groups, some hundred bits, and a salt for its hash.
fn drawn_password() -> Result<(String, [u8; 16]), Fault> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let chance = store::random_bytes::<20>()?;
    let letters: Vec<char> =
        chance.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
    Ok((groups.join("-"), store::random_bytes()?))
}

async fn page(ask: &Ask, typed: &Fields, faults: &Faults, drawn: Option<&Drawn>) -> Answer {
    ask.may("user.read")?;
    let mut users = ask.read(|tx, _| Ok(tx.find::<User>(Filter::everything())?)).await?;
    users.sort_by_key(|user| (!user.active, user.name.to_lowercase()));
    let crumbs = vec![(ask.say(words::SETTINGS).to_owned(), "/settings".to_owned())];
    let title = User::DEF.labels.say(ask.language);
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        @if let Some(drawn) = drawn { (told_once(ask, drawn)) }
        div.cols.with-side {
            div {
                (ledger(ask, &users))
                (crate::list::all_of(ask, User::DEF))
                @if ask.actor.can("user.create") && ask.actor.can("user.set_password") {
                    div.mt { (form(ask, typed, faults)) }
                }
            }
            aside.side {
                (section(ask.say(Text::new("Les rôles", "The roles")), &html! {}, &roles(ask)))
            }
        }
    };
    Ok(ask.page("users", crumbs, title, &body))
}

fn told_once(ask: &Ask, drawn: &Drawn) -> Markup {
    let ends = Text::new(
        "Il n’est montré qu’une fois : transmettez-le. La personne le change dans ses réglages.",
        "It is shown once: hand it over. The person changes it in their settings.",
    );
    let what = match ask.language {
        kernel::Language::French => format!("Mot de passe de {}", drawn.name),
        kernel::Language::English => format!("Password of {}", drawn.name),
    };
    let detail = html! { (drawn.email) " · " code.secret { (drawn.password) } };
    banner(Tone::Done, &what, &detail, ask.say(ends), &[])
}

fn ledger(ask: &Ask, users: &[Kept<User>]) -> Markup {
    let columns = vec![
        Column::title(ask.say(words::NAME)).grow(),
        Column::text(ask.say(words::EMAIL)).fold(Fold::Number),
        Column::text(ask.say(words::ROLE)),
        Column::quiet(ask.say(words::LANGUAGE)),
        Column::state(ask.say(Text::new("Accès", "Access"))),
        Column::text("").fold(Fold::Marks),
    ];
    let rows = users.iter().map(|user| {
        Row::new(vec![
            html! { a href={ "/users/" (user.id) } { (user.name) } },
            html! { (user.email) },
            html! { (user.role.label().say(ask.language)) },
            html! { (user.language.label().say(ask.language)) },
            access(ask, user),
            deeds(ask, user),
        ])
    });
    html! {
        (Ledger::new(ask.language, User::DEF.labels.say(ask.language), columns).rows(rows))
    }
}

fn access(ask: &Ask, user: &User) -> Markup {
    let (tone, word) = match (user.active, user.password_hash.is_empty()) {
        (true, false) => (Tone::Done, Text::new("ouvert", "open")),
        (_, true) => (Tone::Wait, Text::new("sans mot de passe", "no password")),
        (false, _) => (Tone::Blocked, Text::new("fermé", "closed")),
    };
    state(tone, ask.say(word))
}

fn deeds(ask: &Ask, user: &Kept<User>) -> Markup {
    let sure = Text::new(
        "Donner un nouveau mot de passe à cette personne ? L’ancien ne vaudra plus rien, et ses \
         sessions se ferment.",
        "Give this person a new password? The old one will be worth nothing, and their sessions \
         end.",
    );
    let own = ask.actor.user == Some(user.id.raw());
    html! {
        span.acts {
            @if ask.actor.can("user.update") {
                (Button::link(
                    ask.say(words::EDIT),
                    format!("/users/{}/edit?back=/settings/users", user.id),
                ).small())
            }
            @if ask.actor.can("user.set_password") && !own {
                (Button::post(ask.say(RENEW), format!("/settings/users/{}/password", user.id))
                    .hidden("token", &ask.token)
                    .confirm(ask.say(sure))
                    .icon_only(Icon::Lock)
                    .small())
            }
        }
    }
}

fn form(ask: &Ask, typed: &Fields, faults: &Faults) -> Markup {
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
    let choice = |name: &str, label: Text, values: &[(&str, Text)], usual: &str| {
        let options =
            values.iter().map(|(value, word)| Opt::new(*value, word.say(language))).collect();
        let value = typed.get(name).unwrap_or(usual).to_owned();
        Field::choice(language, name, ask.say(label), options, None).value(value).error(error(name))
    };
    let fields = html! {
        (Field::text(language, "name", ask.say(words::NAME))
            .value(typed.text("name"))
            .required(true)
            .error(error("name")))
        (Field::email(language, "email", ask.say(words::EMAIL))
            .value(typed.text("email"))
            .required(true)
            .error(error("email")))
        (choice("role", words::ROLE, choices("role"), "seller"))
        (choice("language", words::LANGUAGE, choices("language"), language.tag()))
    };
    html! {
        form.form method="post" action="/settings/users" {
            (hidden(&[("token", ask.token.as_str())]))
            (error_summary(language, &errors))
            (fieldset(ask.say(ADD), &fields))
            div.acts { (Button::submit(ask.say(ADD)).primary()) }
        }
    }
}

/// The values of a choice of the user, as the description has them.
fn choices(field: &str) -> &'static [(&'static str, Text)] {
    User::DEF.field(field).map_or(&[], |field| field.choices())
}

fn roles(ask: &Ask) -> Markup {
    let all = [Role::Owner, Role::Seller, Role::Accountant, Role::Warehouse];
    let lines: Vec<(Markup, Markup)> = all
        .into_iter()
        .map(|role| {
            let what = html! {
                b { (role.label().say(ask.language)) }
                small { (ask.say(does(role))) }
            };
            (what, html! {})
        })
        .collect();
    rows(&lines)
}
