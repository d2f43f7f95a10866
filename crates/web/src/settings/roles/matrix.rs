//! A role as a table: what it gives on each kind of record.

use axum::extract::Path;
use identity::matrix::{self, BASIC, Row as Gives};
use identity::{AccessRole, Role};
use kernel::rights::{Reach, path};
use kernel::{EntityDef, Fault, Kept, RawId, Text};
use maud::{Markup, html};

use super::{PLACE, crumbs, effect, id_of, role_of};
use crate::address::Fields;
use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{Button, Tone, banner, head, hidden};
use crate::posted::Posted;

const READ: Text = Text::new("Lire", "Read");
const CREATE: Text = Text::new("Créer", "Create");
const UPDATE: Text = Text::new("Modifier", "Edit");
const DELETE: Text = Text::new("Supprimer", "Delete");
const REACH: Text = Text::new("Fiches", "Records");
const ACTS: Text = Text::new("Actions et champs", "Acts and fields");
pub const SEE: Text = Text::new("Voir l’effet", "See the effect");

/// The words of a reach.
pub const fn reach(reach: Reach) -> Text {
    match reach {
        Reach::Company => Text::new("toutes", "all"),
        Reach::Team => Text::new("de l’équipe", "of the team"),
        Reach::Own => Text::new("les siennes", "their own"),
    }
}

pub const fn reach_name(reach: Reach) -> &'static str {
    match reach {
        Reach::Company => "company",
        Reach::Team => "team",
        Reach::Own => "own",
    }
}

pub fn reach_of(name: &str) -> Reach {
    match name {
        "team" => Reach::Team,
        "own" => Reach::Own,
        _ => Reach::Company,
    }
}

/// Whether the role may be changed by this person.
pub fn changes(ask: &Ask, role: &AccessRole) -> bool {
    role.key.as_deref() != Some(kernel::Choice::name(Role::Owner))
        && ask.actor.can("access_role.update")
}

/// `GET /settings/roles/{id}`.
pub async fn show(id: Path<String>, ask: Ask) -> Answer {
    let id = id_of(&ask, &id)?;
    page(ask, id).await
}

/// The table of a role.
pub async fn page(ask: Ask, id: RawId) -> Answer {
    ask.may("access_role.read")?;
    let role = ask.read(move |tx, _| role_of(tx, id)).await?;
    let body = html! {
        (head(&html! {}, &role.name, &html! {}, &[]))
        @if let Some(what) = &role.description { p.prose.muted.mb { (what) } }
        @if !changes(&ask, &role) {
            (banner(
                Tone::Done,
                ask.say(Text::new("Ce rôle se lit.", "This role is to be read.")),
                &html! {},
                ask.say(Text::new(
                    "Celui de la direction ne se change pas : quelqu’un doit pouvoir corriger les autres.",
                    "That of owners does not change: someone must be able to mend the others.",
                )),
                &[],
            ))
        }
        (table(&ask, &role))
        (text(&ask, &role))
    };
    Ok(ask.page("settings", crumbs(&ask), &role.name, &body))
}

/// The entities, module by module, with the words for each module.
fn groups(ask: &Ask) -> Vec<(Text, Vec<&'static EntityDef>)> {
    let words = |name: &str| match name {
        "master" => Text::new("Clients, articles, prix", "Customers, products, prices"),
        "crm" => Text::new("Ventes", "Sales"),
        "erp" => Text::new("Stock et comptabilité", "Stock and accounting"),
        "identity" => Text::new("Personnes et droits", "People and rights"),
        _ => Text::new("Outils", "Tools"),
    };
    let mut groups: Vec<(Text, Vec<&'static EntityDef>)> = Vec::new();
    for module in &ask.state.catalog.modules {
        let label = words(module.name);
        match groups.iter_mut().find(|(known, _)| *known == label) {
            Some((_, defs)) => defs.extend(module.entities),
            None => groups.push((label, module.entities.to_vec())),
        }
    }
    groups.sort_by_key(|(label, _)| label.en == "Tools");
    groups
}

fn table(ask: &Ask, role: &Kept<AccessRole>) -> Markup {
    let open = changes(ask, role);
    let heads = [READ, CREATE, UPDATE, DELETE, REACH, ACTS];
    html! {
        form method="post" action={ (PLACE) "/" (role.id) } {
            (hidden(&[("token", ask.token.as_str())]))
            div.rights-scroll tabindex="0" role="region" aria-label=(role.name) {
                table.rights {
                    thead {
                        tr {
                            th scope="col" { (ask.say(Text::new("Sur", "On"))) }
                            @for head in heads { th scope="col" { (ask.say(head)) } }
                        }
                    }
                    @for (label, defs) in groups(ask) {
                        tbody {
                            tr.group { th colspan="7" scope="rowgroup" { (ask.say(label)) } }
                            @for def in defs.into_iter().filter(|def| def.parent().is_none()) {
                                (line(ask, role, def, open))
                            }
                        }
                    }
                }
            }
            @if open { div.acts.mt { (Button::submit(ask.say(SEE)).primary()) } }
        }
    }
}

fn line(ask: &Ask, role: &Kept<AccessRole>, def: &'static EntityDef, open: bool) -> Markup {
    let catalog = ask.state.catalog;
    let gives = matrix::row(catalog, &role.rules.0, def);
    let all = matrix::acts(catalog, def);
    let further = all.iter().filter(|act| !BASIC.contains(act));
    let (given, known) = (further.clone().filter(|act| gives.acts.contains(**act)), further);
    let name = def.labels.say(ask.language);
    let heads = [READ, CREATE, UPDATE, DELETE];
    html! {
        tr {
            th scope="row" { a href={ (PLACE) "/" (role.id) "/" (def.name) } { (name) } }
            @for (act, head) in BASIC.into_iter().zip(heads) {
                td {
                    @if all.contains(&act) {
                        input type="checkbox" name=(format!("{}.{act}", def.name)) value="1"
                            aria-label={ (ask.say(head)) " : " (name) }
                            checked[gives.acts.contains(act)] disabled[!open];
                    } @else { span.muted aria-hidden="true" { "·" } }
                }
            }
            td {
                @if path(catalog, def).is_some() && open {
                    select.in name=(format!("{}:reach", def.name))
                        aria-label={ (ask.say(REACH)) " : " (name) } {
                        @for one in [Reach::Company, Reach::Team, Reach::Own] {
                            option value=(reach_name(one)) selected[one == gives.reach] {
                                (ask.say(reach(one)))
                            }
                        }
                    }
                } @else if gives.acts.contains("read") { (ask.say(reach(gives.reach))) }
            }
            td {
                a href={ (PLACE) "/" (role.id) "/" (def.name) } {
                    (given.count()) " / " (known.count())
                    @if !gives.hidden.is_empty() || !gives.locked.is_empty() {
                        " · " (closed(ask, &gives))
                    }
                    @if gives.more { " · " (ask.say(Text::new("sous condition", "on condition"))) }
                }
            }
        }
    }
}

fn closed(ask: &Ask, gives: &Gives) -> String {
    let count = gives.hidden.len() + gives.locked.len();
    let word = match (ask.language, count) {
        (kernel::Language::French, 1) => "champ fermé",
        (kernel::Language::French, _) => "champs fermés",
        (kernel::Language::English, 1) => "closed field",
        (kernel::Language::English, _) => "closed fields",
    };
    format!("{count} {word}")
}

/// The rules as they are kept: all that the table cannot show is there.
fn text(ask: &Ask, role: &Kept<AccessRole>) -> Markup {
    let title =
        ask.say(Text::new("Les règles, telles qu’elles s’écrivent", "The rules, as written"));
    let hint = Text::new(
        "Une règle par ligne : permit ou forbid, des droits, puis s’il le faut only champ, champ, to \
         own, to team, when champ is valeur, through web, rest ou import.",
        "One rule a line: permit or forbid, rights, then if need be only field, field, to own, to \
         team, when field is value, through web, rest or import.",
    );
    let open = changes(ask, role);
    html! {
        details.mt {
            summary { (title) }
            form.form method="post" action={ (PLACE) "/" (role.id) "/text/wanted" } {
                (hidden(&[("token", ask.token.as_str())]))
                p.muted { (ask.say(hint)) }
                textarea.in.mono name="rules" rows="14" aria-label=(title) readonly[!open] {
                    (role.rules.0)
                }
                @if open { div.acts { (Button::submit(ask.say(SEE)).primary()) } }
            }
        }
    }
}

/// `POST /settings/roles/{id}`: the table as it is wanted; its effect is shown.
pub async fn wanted(id: Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("access_role.update")?;
    let id = id_of(&ask, &id)?;
    let role = ask.read(move |tx, _| role_of(tx, id)).await?;
    let catalog = ask.state.catalog;
    let mut rules = role.rules.0.clone();
    for def in catalog.entities().filter(|def| def.parent().is_none()) {
        let mut row = matrix::row(catalog, &role.rules.0, def);
        chosen(&fields, def, &mut row, &matrix::acts(catalog, def));
        rules = matrix::with(catalog, &rules, def, &row);
    }
    effect::page(&ask, role, rules).await
}

fn chosen(fields: &Fields, def: &EntityDef, row: &mut Gives, all: &[&'static str]) {
    for act in BASIC.into_iter().filter(|act| all.contains(act)) {
        if fields.get(&format!("{}.{act}", def.name)).is_some() {
            row.acts.insert(act.to_owned());
        } else {
            row.acts.remove(act);
        }
    }
    if let Some(name) = fields.get(&format!("{}:reach", def.name)) {
        row.reach = reach_of(name);
    }
}

/// `POST /settings/roles/{id}/text/wanted`: the rules as they were written; their effect is shown.
pub async fn wanted_text(id: Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("access_role.update")?;
    let id = id_of(&ask, &id)?;
    let role = ask.read(move |tx, _| role_of(tx, id)).await?;
    if !changes(&ask, &role) {
        return Err(ask.refusal(Fault::new("role.owner")));
    }
    let rules = fields.text("rules").replace("\r\n", "\n").trim().to_owned();
    let checked = effect::checked(ask.state.catalog, &role.rules.0, &rules);
    checked.map_err(|faults| ask.refusal(faults))?;
    effect::page(&ask, role, rules).await
}
