//! Which columns a list has, in which order, and what its records are grouped by: chosen in the
//! address.

use kernel::{EntityDef, Fault, Faults, FieldDef, Kind, Language};
use maud::{Markup, html};

use super::wanted::Wanted;
use crate::address::Fields;
use crate::door::Ask;
use crate::member::{self, Members};
use crate::parts::{Icon, icon, say};
use crate::{columns as ledger, show};

/// The most columns a list has.
const COLUMNS: usize = 24;

type Asked = (Option<Vec<&'static FieldDef>>, Option<&'static FieldDef>);

/// The columns and the group that the address asks for. All faults at once.
///
/// # Errors
/// `query.unknown`, `forbidden`.
pub fn asked(ask: &Ask, def: &'static EntityDef, members: Members<'_>) -> Result<Asked, Faults> {
    let mut faults = Faults::default();
    let columns = faults.gather(columns(ask, def, members).map_err(Into::into));
    let group = faults.gather(group(ask, def, members).map_err(Into::into));
    faults.into_result()?;
    Ok((columns.flatten(), group.flatten()))
}

/// The columns that the address asks for; `None` when it asks for none.
///
/// # Errors
/// `query.unknown`, `forbidden`.
fn columns(
    ask: &Ask,
    def: &'static EntityDef,
    members: Members<'_>,
) -> Result<Option<Vec<&'static FieldDef>>, Fault> {
    let mut fields: Vec<&'static FieldDef> = Vec::new();
    for name in ask.query.text("columns").split(',').filter(|name| !name.is_empty()) {
        let unknown = || Fault::new("query.unknown").on("columns").with("given", name);
        let field = members.find(def, name)?.ok_or_else(unknown)?;
        if !fields.iter().any(|known| known.name == field.name) {
            fields.push(field);
        }
    }
    fields.truncate(COLUMNS);
    Ok((!fields.is_empty()).then_some(fields))
}

/// Whether records may be grouped by a field.
#[must_use]
pub const fn groups(field: &FieldDef) -> bool {
    // Sealed texts are alike for nobody but who has their key.
    !field.secret
        && matches!(
            field.kind,
            Kind::Choice(_)
                | Kind::Ref(_)
                | Kind::Flag
                | Kind::Day
                | Kind::Instant
                | Kind::Text { .. }
                | Kind::Integer
        )
}

/// How the groups of a list are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Counts and sums, a line a group.
    Ledger,
    /// Lanes, with the latest records of each.
    Board,
    /// The days of a month, with their records.
    Calendar,
    /// Counts and sums, with a line over the months.
    Line,
}

impl Look {
    /// The word of the address.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Look::Ledger => None,
            Look::Board => Some("board"),
            Look::Calendar => Some("calendar"),
            Look::Line => Some("line"),
        }
    }
    /// The looks, besides the ledger, that suit the groups of a field: lanes where values are few,
    /// a calendar where they are days, a line over months. What is beyond a reference is changed on
    /// its own record: it has no lanes.
    fn of(field: &FieldDef) -> &'static [Self] {
        let beyond = field.name.contains('.') && !member::is_own(field);
        match field.kind {
            Kind::Day | Kind::Instant if beyond => &[Look::Line],
            _ if beyond => &[],
            Kind::Choice(_) | Kind::Flag | Kind::Ref(_) => &[Look::Board],
            Kind::Day => &[Look::Line, Look::Calendar],
            Kind::Instant => &[Look::Line],
            _ => &[],
        }
    }
}

/// The look that the address asks for.
#[must_use]
pub fn look(query: &Fields, group: Option<&'static FieldDef>) -> Look {
    let mut suits = group.map_or(&[][..], Look::of).iter();
    suits.find(|look| look.word() == query.get("as")).copied().unwrap_or(Look::Ledger)
}

/// The field that the address groups by.
///
/// # Errors
/// `query.unknown`, `forbidden`.
fn group(
    ask: &Ask,
    def: &'static EntityDef,
    members: Members<'_>,
) -> Result<Option<&'static FieldDef>, Fault> {
    let name = ask.query.text("group");
    if name.is_empty() {
        return Ok(None);
    }
    let unknown = || Fault::new("query.unknown").on("group").with("given", name);
    let field = members.find(def, name)?;
    field.filter(|field| groups(field)).ok_or_else(unknown).map(Some)
}

/// The fields shown, in their order.
#[must_use]
pub fn shown(ask: &Ask, def: &'static EntityDef, wanted: &Wanted) -> Vec<&'static FieldDef> {
    wanted.columns.clone().unwrap_or_else(|| ledger::listed(&ask.actor, def))
}

/// The two menus: which columns, grouped by what.
pub fn menus(ask: &Ask, def: &'static EntityDef, wanted: &Wanted) -> Markup {
    html! {
        (column_menu(ask, def, wanted))
        (group_menu(ask, def, wanted))
    }
}

fn names(fields: &[&'static FieldDef]) -> String {
    fields.iter().map(|field| field.name).collect::<Vec<_>>().join(",")
}

/// The address with these columns; the menu stays open from one change to the next.
fn with(wanted: &Wanted, fields: &[&'static FieldDef]) -> String {
    format!("{}&add.menu=columns", wanted.with("columns", Some(&names(fields))))
}

fn column_menu(ask: &Ask, def: &'static EntityDef, wanted: &Wanted) -> Markup {
    let language = ask.language;
    let fields = shown(ask, def, wanted);
    let without = |rank: usize| {
        let mut fields = fields.clone();
        fields.remove(rank);
        with(wanted, &fields)
    };
    let swapped = |rank: usize| {
        let mut fields = fields.clone();
        fields.swap(rank, rank + 1);
        with(wanted, &fields)
    };
    html! {
        details.opens open[ask.query.get("add.menu") == Some("columns")] {
            summary.btn.bare.mini { (icon(Icon::Menu)) (say(language, "Colonnes", "Columns")) }
            div.panel {
                ol.order {
                    @for (rank, field) in fields.iter().enumerate() {
                        li {
                            span { (field.label.say(language)) }
                            @if rank > 0 {
                                (move_link(&swapped(rank - 1), Icon::Up, language, field))
                            }
                            @if rank + 1 < fields.len() {
                                (move_link(&swapped(rank), Icon::Down, language, field))
                            }
                            @if fields.len() > 1 {
                                (move_link(&without(rank), Icon::Close, language, field))
                            }
                        }
                    }
                }
                (further(ask, def, wanted, &fields))
                @if wanted.columns.is_some() {
                    a.btn.bare.mini href=(wanted.with("columns", None)) data-swap="#list" {
                        (say(language, "Colonnes d’origine", "Original columns"))
                    }
                }
            }
        }
    }
}

/// The columns that may still be added; those of a relation in a place of their own, which opens.
fn further(
    ask: &Ask,
    def: &'static EntityDef,
    wanted: &Wanted,
    fields: &[&'static FieldDef],
) -> Markup {
    let language = ask.language;
    let members = wanted.sifted.members(ask);
    let known = |field: &&FieldDef| fields.iter().any(|known| known.name == field.name);
    let add = |field: &'static FieldDef, label: &str, through: &str| {
        let all: Vec<_> = fields.iter().copied().chain([field]).collect();
        let href = format!("{}{through}", with(wanted, &all));
        html! { li { a href=(href) data-swap="#list" { (icon(Icon::Plus)) (label) } } }
    };
    let here: Vec<_> = members.all(def).into_iter().filter(|field| !known(field)).collect();
    let (opened, now) = (ask.query.text("add.through"), with(wanted, fields));
    let relations = members.relations(def);
    let beyond = |by: &'static FieldDef| {
        members.beyond(def, by).into_iter().filter(|field| !known(field)).collect::<Vec<_>>()
    };
    let by_it = |by: &FieldDef| format!("&add.through={}", by.name);
    let last = |field: &FieldDef| beyond_label(field, language);
    html! {
        @if !relations.is_empty() {
            p.lbl { (say(language, "Par une fiche liée", "Through a related record")) }
            ul.add {
                @for (by, _) in relations {
                    @let on = opened == by.name;
                    @let href = if on { now.clone() } else { format!("{now}&add.through={}", by.name) };
                    li {
                        a id={ "through-" (by.name) } href=(href) data-swap="#list" role="button"
                            aria-expanded=(on.to_string()) {
                            (icon(if on { Icon::Down } else { Icon::Right })) (by.label.say(language))
                        }
                        @if on {
                            ul.add { @for field in beyond(by) { (add(field, last(field), &by_it(by))) } }
                        }
                    }
                }
            }
        }
        @if !here.is_empty() {
            p.lbl { (say(language, "Ajouter", "Add")) }
            ul.add { @for field in here { (add(field, field.label.say(language), "")) } }
        }
    }
}

fn move_link(href: &str, drawing: Icon, language: Language, field: &FieldDef) -> Markup {
    let label = field.label.say(language);
    let aloud = match drawing {
        Icon::Up => format!("{} : {label}", say(language, "Avancer", "Move up")),
        Icon::Down => format!("{} : {label}", say(language, "Reculer", "Move down")),
        _ => format!("{} : {label}", say(language, "Retirer", "Remove")),
    };
    // By its name the focus comes back to it once the list is drawn anew.
    let id = format!("column-{}-{drawing:?}", field.name).to_lowercase();
    html! {
        a id=(id) href=(href) data-swap="#list" aria-label=(aloud) title=(aloud) { (icon(drawing)) }
    }
}

fn group_menu(ask: &Ask, def: &'static EntityDef, wanted: &Wanted) -> Markup {
    let language = ask.language;
    let fields = def
        .stored()
        .filter(|field| groups(field) && !show::hidden(&ask.actor, def, field))
        .filter(|field| !field.unique && !field.title)
        .chain(wanted.sifted.members(ask).own(def).filter(|field| groups(field)))
        .collect::<Vec<_>>();
    let now = wanted.group.map(|field| field.label.say(language));
    html! {
        details.opens open[ask.query.get("add.menu") == Some("group")] {
            summary.btn.bare.mini {
                (icon(Icon::Sort))
                @match now {
                    Some(label) => { (say(language, "Groupé : ", "Grouped: ")) (label) },
                    None => { (say(language, "Grouper", "Group")) },
                }
            }
            div.panel {
                ul.add {
                    @for look in other_looks(wanted) {
                        li { (look_link(language, wanted, look)) }
                    }
                    @if now.is_some() {
                        li {
                            a href=(wanted.with("group", None)) data-swap="#list" {
                                (icon(Icon::Close)) (say(language, "Ne plus grouper", "No groups"))
                            }
                        }
                    }
                    @for field in fields {
                        li {
                            a href=(wanted.with("group", Some(field.name))) data-swap="#list"
                                aria-current=[(wanted.group == Some(field)).then_some("true")] {
                                (field.label.say(language))
                            }
                        }
                    }
                }
                (beyond(ask, def, wanted))
            }
        }
    }
}

/// The fields of related records to group by; each relation opens on its own.
fn beyond(ask: &Ask, def: &'static EntityDef, wanted: &Wanted) -> Markup {
    let language = ask.language;
    let members = wanted.sifted.members(ask);
    let opened = ask.query.text("add.through");
    let now = format!("{}&add.menu=group", wanted.with("group", wanted.group.map(|by| by.name)));
    let relations = members.relations(def).into_iter().map(|(by, _)| {
        let fields: Vec<_> =
            members.beyond(def, by).into_iter().filter(|field| groups(field)).collect();
        (by, fields)
    });
    let relations: Vec<_> = relations.filter(|(_, fields)| !fields.is_empty()).collect();
    html! {
        @if !relations.is_empty() {
            p.lbl { (say(language, "Par une fiche liée", "Through a related record")) }
            ul.add {
                @for (by, fields) in relations {
                    @let on = opened == by.name;
                    @let href = if on { now.clone() } else { format!("{now}&add.through={}", by.name) };
                    li {
                        a id={ "grouped-" (by.name) } href=(href) data-swap="#list" role="button"
                            aria-expanded=(on.to_string()) {
                            (icon(if on { Icon::Down } else { Icon::Right })) (by.label.say(language))
                        }
                        @if on {
                            ul.add { @for field in fields { li {
                                a href=(wanted.with("group", Some(field.name))) data-swap="#list"
                                    aria-current=[(wanted.group == Some(field)).then_some("true")] {
                                    (beyond_label(field, language))
                                }
                            } } }
                        }
                    }
                }
            }
        }
    }
}

/// Under the name of the relation, its own is said once.
fn beyond_label(field: &FieldDef, language: Language) -> &'static str {
    let label = field.label.say(language);
    label.split_once(" · ").map_or(label, |(_, label)| label)
}

/// The looks that the groups may have, but for the present one.
fn other_looks(wanted: &Wanted) -> Vec<Look> {
    let suit = wanted.group.map_or(&[][..], Look::of);
    let all = std::iter::once(Look::Ledger).chain(suit.iter().copied());
    // A single look has no other.
    if suit.is_empty() { Vec::new() } else { all.filter(|look| *look != wanted.look).collect() }
}

/// The way to another look of the groups.
fn look_link(language: Language, wanted: &Wanted, look: Look) -> Markup {
    let label = match look {
        Look::Ledger => say(language, "Nombres et sommes", "Counts and sums"),
        Look::Board => say(language, "En colonnes (kanban)", "As a board (kanban)"),
        Look::Calendar => say(language, "En calendrier", "As a calendar"),
        Look::Line => say(language, "En courbe", "As a line"),
    };
    let href = wanted.with("as", look.word());
    html! { a href=(href) data-swap="#list" { (icon(Icon::Menu)) (label) } }
}
