//! The roles: which there are, who has them, what each gives; a change is shown with its effect
//! before it is made, and any decision is explained.

mod effect;
mod matrix;
mod rows;
mod why;

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use identity::access::held;
use identity::{AccessRole, Approval, ApprovalKind, User, approval};
use kernel::{Entity, Faults, Filter, Id, Kept, LongText, RawId, Text, Tx};
use maud::{Markup, html};
use serde_json::json;

use crate::WebState;
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::pages::HandMade;
use crate::parts::{
    Button, Column, Field, Fold, Ledger, Opt, Row, Tone, banner, fieldset, head, hidden, section,
    state,
};
use crate::posted::Posted;
use crate::words;

pub use effect::of_wish as effect_of;
pub use rows::act_label;

pub const PLACE: &str = "/settings/roles";
pub const TITLE: Text = Text::new("Rôles", "Roles");
const ADD: Text = Text::new("Ajouter un rôle", "Add a role");

/// The records of roles lead to their tables.
pub const ROLE: HandMade = HandMade {
    list: Some(|ask| Box::pin(list(ask))),
    record: Some(|ask, id| Box::pin(matrix::page(ask, id))),
    ..HandMade::of("access_role")
};

pub fn routes() -> Router<WebState> {
    Router::new()
        .route(PLACE, get(list).post(add))
        .route("/settings/roles/why", get(why::page))
        .route("/settings/roles/{id}", get(matrix::show).post(matrix::wanted))
        .route("/settings/roles/{id}/{entity}", get(rows::show).post(rows::wanted))
        .route("/settings/roles/{id}/text/wanted", post(matrix::wanted_text))
        .route("/settings/roles/{id}/rules/save", post(effect::save))
}

/// The way back from a page of the roles.
fn crumbs(ask: &Ask) -> Vec<(String, String)> {
    vec![
        (ask.say(words::SETTINGS).to_owned(), "/settings".to_owned()),
        (ask.say(TITLE).to_owned(), PLACE.to_owned()),
    ]
}

/// Every role, and who has it.
struct Seen {
    roles: Vec<(Kept<AccessRole>, Vec<String>)>,
    /// What waits for a second person: the record, and who asks.
    waiting: Vec<(Kept<Approval>, String)>,
}

fn see(tx: &mut Tx<'_>) -> Result<Seen, Faults> {
    let roles = tx.find::<AccessRole>(Filter::everything())?;
    let mut people: Vec<(Id<AccessRole>, String)> = Vec::new();
    for user in tx.find(User::ACTIVE.is(&true))? {
        for role in held(tx, &user)?.into_iter().filter_map(|held| held.role) {
            people.push((role, user.name.clone()));
        }
    }
    let mut waiting = Vec::new();
    for approval in approval::pending(tx)? {
        if approval.kind == ApprovalKind::Rights {
            let by = tx.get(approval.asked_by)?.name.clone();
            waiting.push((approval, by));
        }
    }
    let roles = roles.into_iter().map(|role| {
        let of = people.iter().filter(|(id, _)| *id == role.id).map(|(_, name)| name.clone());
        let of = of.collect();
        (role, of)
    });
    let mut roles: Vec<_> = roles.collect();
    roles.sort_by_key(|(role, _)| (role.key.is_none(), role.name.to_lowercase()));
    Ok(Seen { roles, waiting })
}

/// `GET /settings/roles`, and `/access_roles`.
pub async fn list(ask: Ask) -> Answer {
    ask.may("access_role.read")?;
    let seen = ask.read(|tx, _| see(tx)).await?;
    let title = ask.say(TITLE);
    let note = Text::new(
        "Une personne a le rôle de son métier et, s’il le faut, d’autres : ce que l’un permet est \
         permis, ce que l’un interdit est interdit.",
        "A person has the role of their job and, if need be, others: what one permits is permitted, \
         what one forbids is forbidden.",
    );
    let ask_why = Button::link(ask.say(why::TITLE), "/settings/roles/why");
    let teams = Button::link(identity::Team::DEF.labels.say(ask.language), "/teams");
    let body = html! {
        (head(&html! {}, title, &html! {}, &[ask_why, teams]))
        @if ask.actor.can("approval.read") {
            @for (approval, by) in &seen.waiting { (waits(&ask, approval, by)) }
        }
        p.prose.muted.mb { (ask.say(note)) }
        div.cols.with-side {
            div { (ledger(&ask, &seen)) }
            @if ask.actor.can("access_role.create") {
                aside.side { (section(ask.say(ADD), &html! {}, &form(&ask, &seen))) }
            }
        }
    };
    Ok(ask.page("settings", vec![crumbs(&ask).remove(0)], title, &body))
}

fn waits(ask: &Ask, approval: &Kept<Approval>, by: &str) -> Markup {
    let what = match ask.language {
        kernel::Language::French => format!("{by} demande un changement de droits."),
        kernel::Language::English => format!("{by} asks for a change of rights."),
    };
    let ends = Text::new(
        "Une autre personne de la direction l’approuve ou le refuse.",
        "Another owner approves or refuses it.",
    );
    let href = format!("/approvals/{}", approval.id);
    let look = Button::link(ask.say(Text::new("Voir l’effet", "See the effect")), href);
    banner(Tone::Watch, &what, &html! {}, ask.say(ends), &[look])
}

fn ledger(ask: &Ask, seen: &Seen) -> Markup {
    let columns = vec![
        Column::title(ask.say(words::NAME)).grow(),
        Column::text(ask.say(Text::new("Personnes", "People"))).fold(Fold::Marks),
        Column::state(ask.say(Text::new("Origine", "Origin"))),
    ];
    let rows = seen.roles.iter().map(|(role, people)| {
        let brought = role.key.is_some();
        let origin = match (role.active, brought) {
            (false, _) => state(Tone::Blocked, ask.say(Text::new("inactif", "inactive"))),
            (true, true) => state(Tone::Done, ask.say(Text::new("prêt", "ready"))),
            (true, false) => state(Tone::Wait, ask.say(Text::new("à vous", "yours"))),
        };
        Row::new(vec![
            html! {
                a.b href={ (PLACE) "/" (role.id) } { (role.name) }
                @if let Some(what) = &role.description { br; small.muted { (what) } }
            },
            html! { (people.join(", ")) },
            origin,
        ])
    });
    html! { (Ledger::new(ask.language, ask.say(TITLE), columns).rows(rows)) }
}

fn form(ask: &Ask, seen: &Seen) -> Markup {
    let options = seen.roles.iter();
    let options = options.map(|(role, _)| Opt::new(role.id.to_string(), role.name.clone()));
    let like = ask.say(Text::new("Sur le modèle de", "Like"));
    html! {
        form.form method="post" action=(PLACE) {
            (hidden(&[("token", ask.token.as_str())]))
            (fieldset("", &html! {
                (Field::text(ask.language, "name", ask.say(words::NAME)).required(true))
                (Field::choice(ask.language, "like", like, options.collect(), None))
            }))
            div.acts { (Button::submit(ask.say(ADD)).primary()) }
        }
    }
}

/// `POST /settings/roles`: a role with the rules of another, to be changed.
pub async fn add(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("access_role.create")?;
    let made = ask.command(&fields, move |tx, _, fields| {
        let like = tx.get(Id::<AccessRole>::from_raw(RawId::parse(fields.text("like"))?))?;
        let id = tx.insert(&AccessRole {
            name: fields.text("name").trim().to_owned(),
            key: None,
            description: None,
            rules: LongText(like.rules.0.clone()),
            active: true,
        })?;
        Ok(json!(id.to_string()))
    });
    let made = made.await.map_err(|faults| ask.refusal(faults))?;
    Ok(answer::go(&format!("{PLACE}/{}", made.as_str().unwrap_or_default())))
}

/// The role of an address.
fn role_of(tx: &mut Tx<'_>, id: RawId) -> Result<Kept<AccessRole>, Faults> {
    Ok(tx.get(Id::<AccessRole>::from_raw(id))?)
}

fn id_of(ask: &Ask, Path(id): &Path<String>) -> Result<RawId, answer::Refused> {
    RawId::parse(id).map_err(|fault| ask.refusal(fault))
}
