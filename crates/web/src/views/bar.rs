//! The views of a list, above it: tabs, and what is done with the one that one looks through.

use identity::User;
use kernel::{Choice, Entity, EntityDef, Fault, Id, Kept, LongText, Tx};
use maud::{Markup, html};

use super::kept::{Audience, SavedView};
use crate::address::Fields;
use crate::door::Ask;
use crate::list::Wanted;
use crate::parts::{Button, Icon, Tab, icon, say, tabs};
use crate::words;

/// The most views that are tabs; the others stand in a menu.
const TABS: usize = 6;
/// The most views read for a list.
const MOST: u32 = 200;

/// The views of one list that a person may look through.
#[derive(Debug, Default)]
pub struct Views {
    /// Pinned ones first, then by name.
    all: Vec<Kept<SavedView>>,
    /// Whether views can be kept here.
    kept: bool,
}

/// The views of a list: one's own, those of one's role, those of everyone.
///
/// # Errors
/// `store.*`.
pub fn of_list(tx: &mut Tx<'_>, ask: &Ask, def: &'static EntityDef) -> Result<Views, Fault> {
    let (Some(user), Some(_)) = (ask.actor.user, ask.state.catalog.entity(SavedView::DEF.name))
    else {
        return Ok(Views::default());
    };
    let role = tx.get(Id::<User>::from_raw(user))?.role;
    let of_entity = SavedView::ENTITY.is(&def.name.to_owned());
    let query = kernel::Query::all(SavedView::DEF).only(of_entity.condition).limit(MOST);
    let mut all = tx.select::<SavedView>(query)?;
    all.retain(|view| {
        view.owner.raw() == user
            || match view.audience {
                Audience::Private => false,
                Audience::Team => view.role.as_deref() == Some(role.name()),
                Audience::Everyone => true,
            }
    });
    all.sort_by_key(|view| (!view.pinned, view.name.to_lowercase()));
    Ok(Views { all, kept: true })
}

/// The address of a view.
fn href(def: &EntityDef, view: &Kept<SavedView>) -> String {
    let parameters = view.parameters.as_ref().map_or("", |text| text.0.as_str());
    let and = if parameters.is_empty() { "" } else { "&" };
    format!("/{}?view={}{and}{parameters}", def.plural, view.id)
}

/// The address of the whole list.
fn everything(def: &EntityDef) -> String {
    format!("/{}", def.plural)
}

/// What a view keeps of the present address.
fn parameters(wanted: &Wanted) -> String {
    let kept = wanted.parameters().without(&["view"]);
    kept.after("").trim_start_matches('?').to_owned()
}

/// The tabs of the views; nothing when there is none.
#[must_use]
pub fn bar(ask: &Ask, def: &'static EntityDef, wanted: &Wanted, views: &Views) -> Markup {
    if views.all.is_empty() {
        return html! {};
    }
    let now = views.now(wanted);
    let all = Tab::new(ask.say(words::ALL_OF_THEM), everything(def), now.is_none());
    let tab = |view: &Kept<SavedView>| {
        let on = now.is_some_and(|now| now.id == view.id);
        Tab::new(view.name.clone(), href(def, view), on)
    };
    let first = views
        .all
        .iter()
        .enumerate()
        .filter(|(rank, view)| *rank < TABS || now.is_some_and(|now| now.id == view.id));
    let drawn: Vec<Tab> = std::iter::once(all).chain(first.map(|(_, view)| tab(view))).collect();
    html! { div.views { (tabs(say(ask.language, "Vues", "Views"), &drawn)) } }
}

/// What is done with views, for the line of tools.
#[must_use]
pub fn tools(ask: &Ask, def: &'static EntityDef, wanted: &Wanted, views: &Views) -> Markup {
    if !views.kept {
        return html! {};
    }
    html! {
        @if views.all.len() > TABS { (others(ask, def, views)) }
        @if let Some(view) = views.now(wanted) { (of_view(ask, def, wanted, view)) }
        @if wanted.narrowed() || wanted.shaped() { (saving(ask, def, wanted)) }
        (crate::dashboard::link(ask, def, &parameters(wanted)))
    }
}

impl Views {
    /// The view that one looks through.
    fn now(&self, wanted: &Wanted) -> Option<&Kept<SavedView>> {
        wanted.view.and_then(|id| self.all.iter().find(|view| view.id.raw() == id))
    }
}

fn others(ask: &Ask, def: &'static EntityDef, views: &Views) -> Markup {
    html! {
        details.opens {
            summary.btn.bare.mini { (icon(Icon::More)) (say(ask.language, "Autres vues", "Other views")) }
            div.panel { ul.add {
                @for view in views.all.iter().skip(TABS) {
                    li { a href=(href(def, view)) { (view.name) } }
                }
            } }
        }
    }
}

fn audiences(ask: &Ask, now: Audience) -> Markup {
    html! {
        select.in name="audience" aria-label=(say(ask.language, "Partage", "Sharing")) {
            @for (name, label) in Audience::VALUES {
                option value=(name) selected[*name == now.name()] { (label.say(ask.language)) }
            }
        }
    }
}

/// The form that keeps the present list under a name.
fn saving(ask: &Ask, def: &'static EntityDef, wanted: &Wanted) -> Markup {
    let language = ask.language;
    let name = say(language, "Nom de la vue", "Name of the view");
    html! {
        details.opens {
            summary.btn.bare.mini {
                (icon(Icon::Plus)) (say(language, "Enregistrer la vue", "Save the view"))
            }
            form.panel method="post" action="/views" {
                (sent(ask, wanted))
                input type="hidden" name="entity" value=(def.name);
                input type="hidden" name="parameters" value=(parameters(wanted));
                input.in name="name" required maxlength="80" aria-label=(name) placeholder=(name);
                (audiences(ask, Audience::Private))
                (Button::submit(ask.say(words::SAVE)).primary().small())
            }
        }
    }
}

/// The token of the form and the way back.
fn sent(ask: &Ask, wanted: &Wanted) -> Markup {
    html! {
        input type="hidden" name="token" value=(ask.token);
        input type="hidden" name="back" value=(wanted.without_place());
    }
}

/// What the owner of the present view may do with it.
fn of_view(ask: &Ask, def: &'static EntityDef, wanted: &Wanted, view: &Kept<SavedView>) -> Markup {
    if ask.actor.user != Some(view.owner.raw()) {
        return html! {};
    }
    let language = ask.language;
    let label = say(language, "Nom de la vue", "Name of the view");
    let was = view.parameters.clone().unwrap_or(LongText(String::new())).0;
    let sorted = |text: &str| {
        let mut pairs: Vec<String> = text.split('&').map(ToOwned::to_owned).collect();
        pairs.sort();
        pairs
    };
    let changed = sorted(&was) != sorted(&parameters(wanted));
    html! {
        @if changed {
            form method="post" action={ "/views/" (view.id) "/replace" } {
                (sent(ask, wanted))
                input type="hidden" name="parameters" value=(parameters(wanted));
                (Button::submit(say(language, "Remplacer la vue", "Replace the view")).small())
            }
        }
        details.opens {
            summary.btn.bare.mini { (icon(Icon::Edit)) (say(language, "Cette vue", "This view")) }
            div.panel {
                form method="post" action={ "/views/" (view.id) "/arrange" } {
                    (sent(ask, wanted))
                    input.in name="name" required maxlength="80" value=(view.name)
                        aria-label=(label);
                    (audiences(ask, view.audience))
                    label.flag {
                        input.cb type="checkbox" name="pinned" value="true" checked[view.pinned];
                        " " (say(language, "Épinglée", "Pinned"))
                    }
                    (Button::submit(ask.say(words::SAVE)).small())
                }
                form method="post" action={ "/views/" (view.id) "/drop" } {
                    input type="hidden" name="token" value=(ask.token);
                    input type="hidden" name="back" value=(everything(def));
                    (Button::submit(say(language, "Supprimer la vue", "Delete the view"))
                        .danger().small())
                }
            }
        }
    }
}

/// The parameters of a form, without what the frame sends.
pub(super) fn inputs(fields: &Fields) -> Fields {
    fields.without(&["back"])
}
