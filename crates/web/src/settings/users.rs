//! The people who may come in, and what each role is for. A password is drawn here, shown once, and
//! changed by its owner.

use axum::extract::Path;
use axum::response::IntoResponse;
use identity::roles::what_for;
use identity::user::by_another;
use identity::{Role, ServiceIdentity, User, set_password};
use kernel::{Choice, Entity, Fault, Faults, Filter, Id, Kept, RawId, Text, Wish, edit};
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
const INVITE: Text = Text::new("Inviter par un lien", "Invite by a link");
const WITH_PASSWORD: Text = Text::new("Ajouter avec un mot de passe", "Add with a password");
const END_SESSIONS: Text = Text::new("Fermer ses sessions", "End their sessions");
const OUT: Text = Text::new(
    "Fermer toutes les sessions de cette personne ? Elle se connectera à nouveau.",
    "End all the sessions of this person? They will sign in again.",
);
const RENEW: Text = Text::new("Nouveau mot de passe", "New password");

/// How someone will come in, and who: shown once.
struct Drawn {
    name: String,
    email: String,
    by: By,
}

enum By {
    Password(String),
    /// A link to hand over, for three days: no letter leaves from here.
    Link(String),
    /// A link, on its way by mail.
    Letter,
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
    let invited = (fields.text("how") == "invite").then(|| Invitation::of(&ask)).transpose();
    let invited = invited.map_err(|fault| ask.refusal(fault))?;
    let by_link = invited.is_some();
    // No key: what is remembered of a key must hold nothing of a password.
    let sent = fields.without(&["key", "how"]);
    let made = ask
        .command(&sent, move |tx, actor, fields| {
            let draft = draft::draft(tx, catalog, actor, language, User::DEF, fields)?;
            let id = edit::create(catalog, tx, actor, User::DEF, &draft)?;
            let id = Id::from_raw(id);
            if let Some(invited) = &invited {
                return Ok(json!(invited.send(tx, id)?));
            }
            set_password(tx, id, &given, salt)?;
            Ok(json!(null))
        })
        .await;
    match made {
        Ok(link) => {
            let (name, email) = (fields.text("name").to_owned(), fields.text("email").to_owned());
            let by = if by_link { By::link(&link) } else { By::Password(password) };
            let drawn = Drawn { name, email, by };
            page(&ask, &Fields::default(), &Faults::default(), Some(&drawn)).await
        }
        Err(faults) if Wish::of_faults(&faults).is_some() => {
            let asked = ask.ask_second(faults, "/settings/users").await;
            asked.map_err(|faults| ask.refusal(faults))
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
        .command(&fields.without(&["key"]), move |tx, actor, _| {
            by_another(tx, actor, id)?;
            set_password(tx, id, &given, salt)?;
            let user = tx.get(id)?;
            Ok(json!([user.name, user.email]))
        })
        .await;
    let told = done.map_err(|faults| ask.refusal(faults))?;
    let text = |at: usize| told[at].as_str().unwrap_or("").to_owned();
    let drawn = Drawn { name: text(0), email: text(1), by: By::Password(password) };
    page(&ask, &Fields::default(), &Faults::default(), Some(&drawn)).await
}

/// `POST /settings/users/{id}/invite`: a link, for someone who has no password yet.
pub async fn invite(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("user.set_password")?;
    let id = RawId::parse(&id).map(Id::<User>::from_raw).map_err(|fault| ask.refusal(fault))?;
    let invited = Invitation::of(&ask).map_err(|fault| ask.refusal(fault))?;
    let done = ask
        .command(&fields.without(&["key"]), move |tx, actor, _| {
            by_another(tx, actor, id)?;
            let user = tx.get(id)?;
            Ok(json!([user.name, user.email, invited.send(tx, id)?]))
        })
        .await;
    let told = done.map_err(|faults| ask.refusal(faults))?;
    let text = |at: usize| told[at].as_str().unwrap_or("").to_owned();
    let drawn = Drawn { name: text(0), email: text(1), by: By::link(&told[2]) };
    page(&ask, &Fields::default(), &Faults::default(), Some(&drawn)).await
}

impl By {
    fn link(given: &serde_json::Value) -> Self {
        given.as_str().map_or(By::Letter, |link| By::Link(link.to_owned()))
    }
}

/// What an invitation needs of the world.
struct Invitation {
    mailed: Option<std::sync::Arc<str>>,
    here: String,
    chance: [u8; 32],
}

impl Invitation {
    fn of(ask: &Ask) -> Result<Self, Fault> {
        let here = ask.visitor.origin().unwrap_or_default();
        Ok(Self { mailed: ask.state.mailed.clone(), here, chance: store::random_bytes()? })
    }
    /// The link to hand over, when no letter takes it.
    fn send(&self, tx: &mut kernel::Tx<'_>, user: Id<User>) -> Result<Option<String>, Faults> {
        crate::sign_in::invite(tx, user, self.mailed.as_deref(), &self.here, self.chance)
    }
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
    let (mut users, services) = ask
        .read(|tx, _| {
            let users = tx.find::<User>(Filter::everything())?;
            let services = tx.find::<ServiceIdentity>(Filter::everything())?;
            Ok((users, services.iter().map(|service| service.user).collect::<Vec<_>>()))
        })
        .await?;
    users.sort_by_key(|user| (!user.active, user.name.to_lowercase()));
    let crumbs = vec![(ask.say(words::SETTINGS).to_owned(), "/settings".to_owned())];
    let title = User::DEF.labels.say(ask.language);
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        @if let Some(drawn) = drawn { (told_once(ask, drawn)) }
        div.cols.with-side {
            div {
                (ledger(ask, &users, &services))
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
    let (what, ends, secret) = match &drawn.by {
        By::Password(password) => (
            Text::new("Mot de passe de", "Password of"),
            Text::new(
                "Il n’est montré qu’une fois : transmettez-le. La personne le change dans ses \
                 réglages.",
                "It is shown once: hand it over. The person changes it in their settings.",
            ),
            Some(password),
        ),
        By::Link(link) => (
            Text::new("Lien de", "Link of"),
            Text::new(
                "Il n’est montré qu’une fois : transmettez-le. Il est bon trois jours, une seule \
                 fois.",
                "It is shown once: hand it over. It is good for three days, once.",
            ),
            Some(link),
        ),
        By::Letter => (
            Text::new("Invitation de", "Invitation of"),
            Text::new(
                "Le lien part par courriel. Il est bon trois jours, une seule fois.",
                "The link leaves by mail. It is good for three days, once.",
            ),
            None,
        ),
    };
    let what = format!("{} {}", ask.say(what), drawn.name);
    let detail = html! {
        (drawn.email) @if let Some(secret) = secret { " · " code.secret { (secret) } }
    };
    banner(Tone::Done, &what, &detail, ask.say(ends), &[])
}

fn ledger(ask: &Ask, users: &[Kept<User>], services: &[Id<User>]) -> Markup {
    let columns = vec![
        Column::title(ask.say(words::NAME)).grow(),
        Column::text(ask.say(words::EMAIL)).fold(Fold::Number),
        Column::text(ask.say(words::ROLE)),
        Column::state(ask.say(Text::new("Accès", "Access"))),
        Column::text("").fold(Fold::Marks),
    ];
    let rows = users.iter().map(|user| {
        Row::new(vec![
            html! { a href={ "/users/" (user.id) } { (user.name) } },
            html! { (user.email) },
            html! { (user.role.label().say(ask.language)) },
            access(ask, user, services.contains(&user.id)),
            deeds(ask, user, services.contains(&user.id)),
        ])
    });
    html! {
        (Ledger::new(ask.language, User::DEF.labels.say(ask.language), columns).rows(rows))
    }
}

fn access(ask: &Ask, user: &User, service: bool) -> Markup {
    let (tone, word) = match (user.active, user.password_hash.is_empty()) {
        (true, _) if service => (Tone::Done, Text::new("par jetons", "by tokens")),
        (true, false) => (Tone::Done, Text::new("ouvert", "open")),
        (_, true) => (Tone::Wait, Text::new("à inviter", "to invite")),
        (false, _) => (Tone::Blocked, Text::new("fermé", "closed")),
    };
    state(tone, ask.say(word))
}

fn deeds(ask: &Ask, user: &Kept<User>, service: bool) -> Markup {
    let sure = Text::new(
        "Donner un nouveau mot de passe à cette personne ? L’ancien ne vaudra plus rien, et ses \
         sessions se ferment.",
        "Give this person a new password? The old one will be worth nothing, and their sessions \
         end.",
    );
    // Neither one's own access nor a program's is opened or closed by these.
    let own = service || ask.actor.user == Some(user.id.raw());
    html! {
        span.acts {
            @if ask.actor.can("user.update") {
                (Button::link(
                    ask.say(words::EDIT),
                    format!("/users/{}/edit?back=/settings/users", user.id),
                ).icon_only(Icon::Edit)
                    .small())
            }
            @if ask.actor.can("user.end_sessions") && !own && user.active {
                (Button::post(
                    ask.say(END_SESSIONS),
                    format!("/users/{}/do/end_sessions", user.id),
                )
                    .hidden("token", &ask.token)
                    .hidden("back", "/settings/users")
                    .confirm(ask.say(OUT))
                    .icon_only(Icon::Close)
                    .small())
            }
            @if ask.actor.can("user.set_password") && !own && user.password_hash.is_empty() {
                (Button::post(ask.say(INVITE), format!("/settings/users/{}/invite", user.id))
                    .hidden("token", &ask.token)
                    .icon_only(Icon::Mail)
                    .small())
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
            div.acts {
                (Button::submit(ask.say(INVITE)).primary().named("how", "invite"))
                (Button::submit(ask.say(WITH_PASSWORD)))
            }
        }
    }
}

/// The values of a choice of the user, as the description has them.
fn choices(field: &str) -> &'static [(&'static str, Text)] {
    User::DEF.field(field).map_or(&[], |field| field.choices())
}

fn roles(ask: &Ask) -> Markup {
    let lines: Vec<(Markup, Markup)> = Role::VALUES
        .iter()
        .filter_map(|(name, _)| Role::of_name(name))
        .map(|role| {
            let what = html! {
                b { (role.label().say(ask.language)) }
                small { (ask.say(what_for(role))) }
            };
            (what, html! {})
        })
        .collect();
    rows(&lines)
}
