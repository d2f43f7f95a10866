//! The effect of a change of rights, before it is made: who gains and loses what, on how many
//! records.

use axum::extract::Path;
use axum::response::IntoResponse;
use identity::access::grants_with;
use identity::approval::{ApprovalKind, approvers};
use identity::{AccessRole, User, matrix};
use kernel::edit::{self, Draft};
use kernel::rights::visible;
use kernel::{
    Actor, Condition, Entity, EntityDef, Faults, Grants, Id, Kept, Query, Text, Tx, Value, Wish,
};
use maud::{Markup, html};
use serde_json::json;

use super::rows::act_label;
use super::{PLACE, crumbs, id_of, role_of};
use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{Button, Tone, banner, head, hidden, section};
use crate::posted::Posted;
use crate::words;

const TITLE: Text = Text::new("L’effet du changement", "The effect of the change");
const FOR_PEOPLE: Text = Text::new("Pour les personnes", "For people");
/// How many records are counted at most, and how many rights are named.
const MOST: u32 = 2_000;
const NAMED: usize = 15;

/// What a change means to one person.
struct Means {
    name: String,
    gains: Vec<String>,
    loses: Vec<String>,
    /// Of each kind of record that they see more or less of: how many, before and after.
    sees: Vec<(&'static EntityDef, usize, usize)>,
}

/// The page of a change wanted: `POST` where it was made; nothing is saved yet.
pub async fn page(ask: &Ask, role: Kept<AccessRole>, rules: String) -> Answer {
    let (id, wanted) = (role.id, rules.clone());
    let (means, waits) = ask
        .read(move |tx, ask| {
            let others = approvers(tx, ApprovalKind::Rights, ask.actor.user)?;
            Ok((means(tx, ask, id, &wanted)?, !others.is_empty()))
        })
        .await?;
    let mut way = crumbs(ask);
    way.push((role.name.clone(), format!("{PLACE}/{}", role.id)));
    let (gone, new) = differences(&role.rules.0, &rules);
    let body = html! {
        (head(&html! {}, ask.say(TITLE), &html! {}, &[]))
        @if gone.is_empty() && new.is_empty() {
            p.prose { (ask.say(Text::new("Rien ne change.", "Nothing changes."))) }
            div.acts.mt { (Button::link(ask.say(words::BACK), format!("{PLACE}/{}", role.id))) }
        } @else {
            (told(ask, waits))
            (drawn(ask, &means, (&gone, &new)))
            (buttons(ask, waits, &role, &rules))
        }
    };
    Ok(ask.page("settings", way, ask.say(TITLE), &body).into_response())
}

fn drawn(ask: &Ask, means: &[Means], (gone, new): (&[String], &[String])) -> Markup {
    html! {
        (section(ask.say(FOR_PEOPLE), &html! {}, &people(ask, means)))
        (section(ask.say(Text::new("Dans les règles", "In the rules")), &html! {}, &html! {
            div.rights-diff {
                @for line in gone { p.gone { del { code { (line) } } } }
                @for line in new { p.new { ins { code { (line) } } } }
            }
        }))
    }
}

fn buttons(ask: &Ask, waits: bool, role: &Kept<AccessRole>, rules: &str) -> Markup {
    let word = match waits {
        true => Text::new("Proposer le changement", "Propose the change"),
        false => Text::new("Appliquer le changement", "Apply the change"),
    };
    html! {
        form method="post" action={ (PLACE) "/" (role.id) "/rules/save" } {
            (hidden(&[
                ("token", ask.token.as_str()),
                ("version", &role.version.to_string()),
                ("rules", rules),
            ]))
            div.acts.mt {
                (Button::submit(ask.say(word)).primary())
                (Button::link(ask.say(words::CANCEL), format!("{PLACE}/{}", role.id)))
            }
        }
    }
}

/// What a request to change the rules of a role means to people; nothing for another request.
///
/// # Errors
/// `store.*`.
pub fn of_wish(tx: &mut Tx<'_>, ask: &Ask, wish: &Wish) -> Result<Option<Markup>, Faults> {
    let rules = wish.values.get("rules").and_then(serde_json::Value::as_str);
    let (Some(rules), Some(id), true) = (rules, wish.id, wish.entity == AccessRole::DEF.name)
    else {
        return Ok(None);
    };
    let role = tx.get(Id::<AccessRole>::from_raw(id))?;
    let means = means(tx, ask, role.id, rules)?;
    let (gone, new) = differences(&role.rules.0, rules);
    Ok(Some(drawn(ask, &means, (&gone, &new))))
}

fn told(ask: &Ask, waits: bool) -> Markup {
    let (what, ends) = match waits {
        true => (
            Text::new("Rien n’est encore changé.", "Nothing is changed yet."),
            Text::new(
                "Un changement de droits se fait à deux : vous le proposez, une autre personne de la \
                 direction l’applique.",
                "A change of rights takes two: you propose it, another owner applies it.",
            ),
        ),
        false => (
            Text::new("Rien n’est encore changé.", "Nothing is changed yet."),
            Text::new(
                "Personne d’autre n’est à la direction : le changement s’applique dès que vous le \
                 confirmez.",
                "There is no other owner: the change applies as soon as you confirm it.",
            ),
        ),
    };
    banner(Tone::Watch, ask.say(what), &html! {}, ask.say(ends), &[])
}

/// The lines that go, and those that come.
fn differences(was: &str, is: &str) -> (Vec<String>, Vec<String>) {
    let but = |these: &str, those: &str| {
        let known = |line: &&str| those.lines().any(|other| other == *line);
        these.lines().filter(|line| !known(line)).map(str::to_owned).collect()
    };
    (but(was, is), but(is, was))
}

/// The new lines of rules name what there is; those that were there may be of a version that knew
/// more.
pub fn checked(catalog: &kernel::Catalog, was: &str, rules: &str) -> Result<(), Faults> {
    let known = |line: &str| was.lines().any(|other| other == line);
    let new: Vec<&str> = rules.lines().map(|line| if known(line) { "" } else { line }).collect();
    kernel::rights::mistakes(catalog, &new.join("\n"))
}

fn means(
    tx: &mut Tx<'_>,
    ask: &Ask,
    role: Id<AccessRole>,
    rules: &str,
) -> Result<Vec<Means>, Faults> {
    let mut all = Vec::new();
    let mut users = tx.find(User::ACTIVE.is(&true))?;
    users.sort_by_key(|user| user.name.to_lowercase());
    for user in users {
        let Some((before, after)) = grants_with(tx, &user, role, rules)? else { continue };
        let (gains, loses) = (given(ask, &before, &after), given(ask, &after, &before));
        let sees = seen(tx, ask, &user, (&before, &after))?;
        all.push(Means { name: user.name.clone(), gains, loses, sees });
    }
    Ok(all)
}

/// What the second gives and the first does not, in words.
fn given(ask: &Ask, first: &Grants, second: &Grants) -> Vec<String> {
    let catalog = ask.state.catalog;
    let mut words = Vec::new();
    for def in catalog.entities().filter(|def| def.parent().is_none()) {
        let acts = matrix::acts(catalog, def);
        let new = acts.into_iter().filter(|act| {
            let right = format!("{}.{act}", def.name);
            second.allow(&right) && !first.allow(&right)
        });
        let new: Vec<String> = new.map(|act| act_label(ask, def, act)).collect();
        if !new.is_empty() {
            words.push(format!("{} : {}", def.labels.say(ask.language), new.join(", ")));
        }
        for field in def.fields.iter().filter(|field| !field.sensitive) {
            let place =
                || format!("{} : {}", def.labels.say(ask.language), field.label.say(ask.language));
            if second.reads(def, field) && !first.reads(def, field) {
                words.push(format!("{} ({})", place(), ask.say(Text::new("vu", "seen"))));
            } else if second.writes(def, field) && !first.writes(def, field) {
                words.push(format!("{} ({})", place(), ask.say(Text::new("saisi", "set"))));
            }
        }
    }
    words
}

/// The records that someone sees, where a change moves their number.
fn seen(
    tx: &mut Tx<'_>,
    ask: &Ask,
    user: &Kept<User>,
    (before, after): (&Grants, &Grants),
) -> Result<Vec<(&'static EntityDef, usize, usize)>, Faults> {
    let catalog = ask.state.catalog;
    let condition = |grants: &Grants, def: &'static EntityDef| {
        if !grants.allow(&format!("{}.read", def.name)) {
            return Condition::Any(Vec::new());
        }
        let (user, grants) = (Some(user.id.raw()), grants.clone());
        visible(catalog, def, &Actor { user, grants, ..ask.actor.clone() })
    };
    let mut moved = Vec::new();
    for def in catalog.entities().filter(|def| def.parent().is_none()) {
        let (one, other) = (condition(before, def), condition(after, def));
        if one != other {
            let mut count = |condition: Condition| {
                tx.rows(Query::all(def).only(condition).limit(MOST)).map(|rows| rows.len())
            };
            let (one, other) = (count(one)?, count(other)?);
            if one != other {
                moved.push((def, one, other));
            }
        }
    }
    Ok(moved)
}

fn people(ask: &Ask, means: &[Means]) -> Markup {
    let nobody = Text::new("Personne n’a ce rôle pour l’instant.", "Nobody has this role for now.");
    let more = |count: usize| match ask.language {
        kernel::Language::French => format!("et {count} autres"),
        kernel::Language::English => format!("and {count} more"),
    };
    let list = |class: &str, title: Text, words: &[String]| {
        html! {
            @if !words.is_empty() {
                div class=(class) {
                    b { (ask.say(title)) }
                    ul {
                        @for word in words.iter().take(NAMED) { li { (word) } }
                        @if words.len() > NAMED { li.muted { (more(words.len() - NAMED)) } }
                    }
                }
            }
        }
    };
    let count = |number: usize| {
        let many = u32::try_from(number).unwrap_or(MOST) >= MOST;
        let digits = ask.language.integer(i64::try_from(number).unwrap_or(0));
        if many { format!("{digits}+") } else { digits }
    };
    html! {
        @if means.is_empty() { p.muted { (ask.say(nobody)) } }
        @for one in means {
            div.rights-means {
                h3 { (one.name) }
                @if one.gains.is_empty() && one.loses.is_empty() && one.sees.is_empty() {
                    p.muted { (ask.say(Text::new(
                        "Ne gagne et ne perd rien : un autre de ses rôles en décide déjà.",
                        "Gains and loses nothing: another of their roles decides already.",
                    ))) }
                }
                (list("gains", Text::new("Gagne", "Gains"), &one.gains))
                (list("loses", Text::new("Perd", "Loses"), &one.loses))
                @for (def, before, after) in &one.sees {
                    p {
                        (def.labels.say(ask.language)) " : "
                        (count(*before)) " → " b { (count(*after)) } " "
                        span.muted { (ask.say(Text::new("fiches visibles", "records seen"))) }
                    }
                }
            }
        }
    }
}

/// `POST /settings/roles/{id}/rules/save`: the change, applied or asked for.
pub async fn save(id: Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("access_role.update")?;
    let id = id_of(&ask, &id)?;
    let rules = fields.text("rules").replace("\r\n", "\n").trim().to_owned();
    let catalog = ask.state.catalog;
    let version: Option<i64> = fields.text("version").parse().ok();
    let done = ask.command(&fields, move |tx, actor, _| {
        let role = role_of(tx, id)?;
        checked(catalog, &role.rules.0, &rules)?;
        let field = AccessRole::DEF.field(AccessRole::RULES.name);
        let values = field.map(|field| (field, Value::from(rules.as_str()))).into_iter().collect();
        let draft = Draft { values, ..Draft::default() };
        edit::update(catalog, tx, actor, AccessRole::DEF, id, version, &draft)?;
        Ok(json!(null))
    });
    match done.await {
        Ok(_) => {
            let said = Text::new("Le changement est appliqué.", "The change is applied.");
            Ok(ask.go_saying(PLACE, Tone::Done, ask.say(said)))
        }
        Err(faults) => ask.ask_second(faults, PLACE).await.map_err(|faults| ask.refusal(faults)),
    }
}
