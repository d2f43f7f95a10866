//! What a role gives on one kind of record: each act, and the fields that are closed.

use axum::extract::Path;
use identity::AccessRole;
use identity::matrix::{self, Row as Gives};
use kernel::rights::{EXTRA, Reach, path};
use kernel::{EntityDef, Fault, Kept, Kind, RawId, Text};
use maud::{Markup, html};

use super::matrix::{SEE, changes, reach, reach_name, reach_of};
use super::{PLACE, crumbs, effect, role_of};
use crate::answer::{Answer, Refused};
use crate::door::Ask;
use crate::parts::{Button, fieldset, head, hidden};
use crate::posted::Posted;

/// The words of an act of an entity.
pub fn act_label(ask: &Ask, def: &EntityDef, act: &str) -> String {
    let basic = match act {
        "read" => Some(Text::new("Lire", "Read")),
        "create" => Some(Text::new("Créer", "Create")),
        "update" => Some(Text::new("Modifier", "Edit")),
        "delete" => Some(Text::new("Supprimer", "Delete")),
        "export" => Some(Text::new("Exporter", "Export")),
        "bulk" => Some(Text::new("Agir sur plusieurs", "Act on many")),
        _ => None,
    };
    let own = || ask.state.catalog.action(def.name, act).map(|action| action.label);
    basic.or_else(own).map_or_else(|| act.to_owned(), |text| ask.say(text).to_owned())
}

fn place(ask: &Ask, id: &str, entity: &str) -> Result<(RawId, &'static EntityDef), Refused> {
    let id = RawId::parse(id).map_err(|fault| ask.refusal(fault))?;
    let def = ask.state.catalog.entity(entity);
    let unknown = || ask.refusal(Fault::new("not_found").with("entity", entity).with("id", ""));
    Ok((id, def.ok_or_else(unknown)?))
}

/// `GET /settings/roles/{id}/{entity}`.
pub async fn show(Path((id, entity)): Path<(String, String)>, ask: Ask) -> Answer {
    ask.may("access_role.read")?;
    let (id, def) = place(&ask, &id, &entity)?;
    let role = ask.read(move |tx, _| role_of(tx, id)).await?;
    let gives = matrix::row(ask.state.catalog, &role.rules.0, def);
    let mut way = crumbs(&ask);
    way.push((role.name.clone(), format!("{PLACE}/{}", role.id)));
    let title = def.labels.say(ask.language);
    let open = changes(&ask, &role);
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        form.form method="post" action={ (PLACE) "/" (role.id) "/" (def.name) } {
            (hidden(&[("token", ask.token.as_str())]))
            (fieldset(ask.say(Text::new("Ce que le rôle permet", "What the role permits")),
                &acts(&ask, def, &gives, open)))
            (fieldset(ask.say(Text::new("Les champs", "The fields")),
                &fields(&ask, def, &gives, open)))
            @if open { div.acts { (Button::submit(ask.say(SEE)).primary()) } }
        }
        (conditions(&ask, &role, def))
    };
    Ok(ask.page("settings", way, title, &body))
}

fn acts(ask: &Ask, def: &'static EntityDef, gives: &Gives, open: bool) -> Markup {
    let catalog = ask.state.catalog;
    html! {
        div.rights-acts {
            @for act in matrix::acts(catalog, def) {
                label.check {
                    input type="checkbox" name="act" value=(act)
                        checked[gives.acts.contains(act)] disabled[!open];
                    span { (act_label(ask, def, act)) }
                }
            }
        }
        @if path(catalog, def).is_some() {
            @let label = ask.say(Text::new("Sur quelles fiches", "On which records"));
            p {
                label for="f-reach" { (label) } " "
                select.in id="f-reach" name="reach" disabled[!open] {
                    @for one in [Reach::Company, Reach::Team, Reach::Own] {
                        option value=(reach_name(one)) selected[one == gives.reach] {
                            (ask.say(reach(one)))
                        }
                    }
                }
            }
        }
    }
}

/// How a field stands for those who have the role.
const STANDS: [(&str, Text); 3] = [
    ("open", Text::new("lu et saisi", "read and set")),
    ("locked", Text::new("lu seulement", "read only")),
    ("hidden", Text::new("caché", "hidden")),
];

fn fields(ask: &Ask, def: &'static EntityDef, gives: &Gives, open: bool) -> Markup {
    let shown = def
        .fields
        .iter()
        .filter(|field| !field.sensitive && !field.parent && !matches!(field.kind, Kind::Lines(_)));
    let listed = Text::new("Seulement ces champs", "These fields alone");
    let later = Text::new(
        "ceux qui s’ajouteront plus tard seront cachés",
        "those added later will be hidden",
    );
    let why = ask.say(Text::new("pourquoi ?", "why?"));
    html! {
        div {
            label.check.mb {
                input type="checkbox" name="listed" value="true"
                    checked[gives.listed] disabled[!open];
                span { (ask.say(listed)) " " small.muted { (ask.say(later)) } }
            }
            div.rights-fields {
                @for field in shown {
                    @let stands = if gives.hidden.contains(field.name) { "hidden" }
                        else if gives.locked.contains(field.name) { "locked" } else { "open" };
                    label {
                        span {
                            (field.label.say(ask.language))
                            @if stands != "open" {
                                @let right = format!("{}.{}.read", def.name, field.name);
                                " " a.muted href={ (PLACE) "/why?right=" (right) } { (why) }
                            }
                        }
                        select.in name={ "field:" (field.name) } disabled[!open] {
                            @for (value, word) in STANDS {
                                option value=(value) selected[value == stands] { (ask.say(word)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The rules that ask for more than this page shows.
fn conditions(ask: &Ask, role: &Kept<AccessRole>, def: &EntityDef) -> Markup {
    let rules = kernel::rights::parse(&role.rules.0).unwrap_or_default();
    let prefix = format!("{}.", def.name);
    let more: Vec<String> = rules
        .iter()
        .filter(|rule| !rule.when.is_empty() || !rule.doors.is_empty())
        .filter(|rule| rule.rights.iter().any(|right| right.starts_with(&prefix)))
        .map(kernel::rights::write)
        .collect();
    html! {
        @if !more.is_empty() {
            section.mt {
                h2 { (ask.say(Text::new("Sous condition", "On condition"))) }
                @for rule in more { p { code { (rule) } } }
            }
        }
    }
}

/// `POST /settings/roles/{id}/{entity}`: the row as it is wanted; its effect is shown.
pub async fn wanted(Path((id, entity)): Path<(String, String)>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("access_role.update")?;
    let (id, def) = place(&ask, &id, &entity)?;
    let role = ask.read(move |tx, _| role_of(tx, id)).await?;
    let catalog = ask.state.catalog;
    let present = matrix::row(catalog, &role.rules.0, def);
    let named = |stands: &str| {
        let is = |field: &&&str| fields.get(&format!("field:{field}")) == Some(stands);
        let names: Vec<&str> = def.fields.iter().map(|field| field.name).collect();
        names.iter().filter(is).map(|name| (*name).to_owned()).collect()
    };
    let all = matrix::acts(catalog, def);
    let given = fields.all("act").filter(|act| all.contains(act)).map(str::to_owned).collect();
    let listed = fields.get("listed") == Some("true");
    let mut hidden: std::collections::BTreeSet<String> = named("hidden");
    // Fields that the company added stay as they are: a list closes them at first.
    if listed && (!present.listed || present.hidden.contains(EXTRA)) {
        hidden.insert(EXTRA.to_owned());
    }
    let row = Gives {
        acts: given,
        reach: fields.get("reach").map_or(present.reach, reach_of),
        hidden,
        listed,
        locked: named("locked"),
        more: present.more,
    };
    let rules = matrix::with(catalog, &role.rules.0, def, &row);
    effect::page(&ask, role, rules).await
}
