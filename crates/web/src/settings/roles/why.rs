//! Why can, why cannot: the one rule that decides, in a sentence.

use identity::why::{self, Question, Why};
use identity::{User, matrix};
use kernel::rights::{Reach, Rule, write};
use kernel::{Door, EntityDef, Fault, Faults, Id, Language, RawId, Text, Tx};
use maud::{Markup, html};

use super::crumbs;
use super::rows::act_label;
use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{Button, Field, Opt, Tone, banner, fieldset, head};
use crate::words;

pub const TITLE: Text = Text::new("Pourquoi peut-on, pourquoi non ?", "Why can, why cannot?");

const PERSON: Text = Text::new("La personne", "The person");
const WANTED: Text = Text::new("Ce qu’elle veut faire", "What they want to do");
const RECORD: Text = Text::new("Sur quelle fiche", "On which record");

/// What the page was asked, and who may be asked about.
struct Seen {
    people: Vec<(Id<User>, String)>,
    told: Option<(String, Why)>,
}

/// `GET /settings/roles/why?person=…&right=order.confirm&record=…`. Anyone asks about themselves;
/// who reads roles, about anyone.
pub async fn page(ask: Ask) -> Answer {
    let seen = ask.read(see).await?;
    let title = ask.say(TITLE);
    let told = seen.told.as_ref().map(|(name, why)| {
        let tone = if why.yes() { Tone::Done } else { Tone::Blocked };
        let (yes, rule) = sentence(&ask, name, why);
        let rule = rule.map_or(html! {}, |rule| html! { code { (write(rule)) } });
        html! { (banner(tone, &yes, &html! {}, "", &[])) p.mb { (rule) } }
    });
    let note = Text::new(
        "Sans rôle qui le permette, rien n’est permis ; ce qu’un rôle interdit est interdit, quoi que \
         permettent les autres.",
        "What no role permits is not permitted; what one role forbids is forbidden, whatever the \
         others permit.",
    );
    let way = if ask.actor.can("access_role.read") { crumbs(&ask) } else { Vec::new() };
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        (told.unwrap_or_default())
        p.prose.muted.mb { (ask.say(note)) }
        (form(&ask, &seen))
    };
    Ok(ask.page("settings", way, title, &body))
}

fn see(tx: &mut Tx<'_>, ask: &Ask) -> Result<Seen, Faults> {
    let all = ask.actor.can("access_role.read");
    let mut people = Vec::new();
    for user in tx.find(User::ACTIVE.is(&true))? {
        if all || ask.actor.user == Some(user.id.raw()) {
            people.push((user.id, user.name.clone()));
        }
    }
    people.sort_by_key(|(_, name)| name.to_lowercase());
    let right = ask.query.text("right");
    let Some((entity, act)) = right.split_once('.') else { return Ok(Seen { people, told: None }) };
    let unknown = || Fault::new("rule.right").on("right").with("line", 1).with("said", right);
    let def = ask.state.catalog.entity(entity).ok_or_else(unknown)?;
    let person = match ask.query.text("person") {
        "" => ask.actor.user.ok_or_else(unknown)?,
        id => RawId::parse(id)?,
    };
    if !people.iter().any(|(id, _)| id.raw() == person) {
        return Err(Fault::new("forbidden").with("right", "access_role.read").into());
    }
    let user = tx.get(Id::<User>::from_raw(person))?;
    let record = match record_id(ask.query.text("record")) {
        "" => None,
        id => Some(RawId::parse(id)?),
    };
    let asked = Question { user: &user, def, act, record, door: Door::Web };
    let why = why::why(tx, ask.state.catalog, asked)?;
    let what = format!("{}, « {} »", user.name, words_of(ask, def, act));
    let what = match ask.language {
        Language::French => what,
        Language::English => format!("{}, “{}”", user.name, words_of(ask, def, act)),
    };
    Ok(Seen { people, told: Some((what, why)) })
}

/// The id in what was pasted: an id, or the address of a page.
fn record_id(text: &str) -> &str {
    let path = text.trim().split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}

fn words_of(ask: &Ask, def: &EntityDef, act: &str) -> String {
    let of = def.label.say(ask.language);
    match act.split_once('.').and_then(|(field, to)| Some((def.field(field)?, to))) {
        Some((field, to)) => format!("{of} : {} ({to})", field.label.say(ask.language)),
        None => format!("{of} : {}", act_label(ask, def, act)),
    }
}

/// The sentence, and the rule that decides.
fn sentence<'w>(ask: &Ask, what: &str, why: &'w Why) -> (String, Option<&'w Rule>) {
    let french = ask.language == Language::French;
    let on = |rule: &Rule| match (rule.reach, rule.when.is_empty(), french) {
        (Reach::Company, true, _) => "",
        (Reach::Own, true, true) => " sur ses propres fiches",
        (Reach::Own, true, false) => " on their own records",
        (Reach::Team, true, true) => " sur les fiches de son équipe",
        (Reach::Team, true, false) => " on the records of their team",
        (_, false, true) => " sous condition",
        (_, false, false) => " on condition",
    };
    match (why, french) {
        (Why::Permitted { role, rule }, true) => {
            (format!("Oui. {what} : le rôle « {role} » le permet{}.", on(rule)), Some(rule))
        }
        (Why::Permitted { role, rule }, false) => {
            (format!("Yes. {what}: the role “{role}” permits it{}.", on(rule)), Some(rule))
        }
        (Why::Forbidden { role, rule }, true) => {
            (format!("Non. {what} : le rôle « {role} » l’interdit{}.", on(rule)), Some(rule))
        }
        (Why::Forbidden { role, rule }, false) => {
            (format!("No. {what}: the role “{role}” forbids it{}.", on(rule)), Some(rule))
        }
        (Why::Unlisted { role, rule }, _) => (unlisted(what, role, french), Some(rule)),
        (Why::Elsewhere { role, rule }, true) => {
            let on = on(rule);
            (
                format!(
                    "Non. {what} : le rôle « {role} » ne le permet que{on}, et celle-ci n’en est pas."
                ),
                Some(rule),
            )
        }
        (Why::Elsewhere { role, rule }, false) => {
            let on = on(rule);
            (
                format!(
                    "No. {what}: the role “{role}” permits it only{on}, and this is none of them."
                ),
                Some(rule),
            )
        }
        (Why::Unsaid { roles }, true) => {
            (format!("Non. {what} : aucun de ses rôles ne le permet ({}).", roles.join(", ")), None)
        }
        (Why::Unsaid { roles }, false) => {
            (format!("No. {what}: none of their roles permits it ({}).", roles.join(", ")), None)
        }
        (Why::Inactive, true) => {
            (format!("Non. {what} : l’accès de cette personne est fermé."), None)
        }
        (Why::Inactive, false) => (format!("No. {what}: this person may not come in."), None),
    }
}

fn unlisted(what: &str, role: &str, french: bool) -> String {
    if french {
        return format!(
            "Non. {what} : le rôle « {role} » n’ouvre que certains champs, et celui-ci n’en est pas."
        );
    }
    format!("No. {what}: the role “{role}” opens some fields alone, and this is none of them.")
}

fn form(ask: &Ask, seen: &Seen) -> Markup {
    let people = seen.people.iter().map(|(id, name)| Opt::new(id.to_string(), name.clone()));
    let own = ask.actor.user.map(|id| id.to_string()).unwrap_or_default();
    let person = match ask.query.text("person") {
        "" => own.as_str(),
        id => id,
    };
    let catalog = ask.state.catalog;
    let chosen = ask.query.text("right");
    let hint = Text::new(
        "Facultatif : l’adresse de la page de la fiche, ou son identifiant.",
        "If you like: the address of the record’s page, or its id.",
    );
    html! {
        form.form method="get" action="/settings/roles/why" {
            (fieldset("", &html! {
                (Field::choice(ask.language, "person", ask.say(PERSON),
                    people.collect(), None).value(person))
                div.field {
                    label for="f-right" { (ask.say(WANTED)) }
                    select.in id="f-right" name="right" {
                        @for def in catalog.entities().filter(|def| def.parent().is_none()) {
                            optgroup label=(def.labels.say(ask.language)) {
                                @for act in matrix::acts(catalog, def) {
                                    @let right = format!("{}.{act}", def.name);
                                    option value=(right) selected[right == chosen] {
                                        (words_of(ask, def, act))
                                    }
                                }
                            }
                        }
                    }
                }
                (Field::text(ask.language, "record", ask.say(RECORD))
                    .value(ask.query.text("record"))
                    .hint(ask.say(hint)))
            }))
            div.acts { (Button::submit(ask.say(words::SEARCH)).primary()) }
        }
    }
}
