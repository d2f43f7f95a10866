//! What a form shows of the part of a long list that is in it: which lines these are, the way to
//! the others, and a search among all of them.

use kernel::{Kind, Language, RawId};
use maud::{Markup, html};

use super::draft;
use super::sheet::Sheet;
use super::window::{AT_ONCE, BEYOND};
use crate::address::{Fields, back};
use crate::door::Ask;
use crate::parts::{Button, Turns, say};
use crate::show;

/// What the button says that saves and leads to the same lines again: `stay.lines.201`.
const STAY: &str = "stay.";

/// The number that each line of the form has in the whole list, from 1, and how many that has; none
/// when the form holds the whole.
pub(crate) fn numbers(sheet: &Sheet, list: &str) -> Option<(Vec<usize>, usize)> {
    sheet.windows.get(list)?;
    let rows = sheet.lines.get(list)?;
    let at = |id: &str| {
        let id = RawId::parse(id).ok()?;
        rows.binary_search_by_key(&id, |row| row.id).ok().map(|at| at + 1)
    };
    let mut last = rows.len();
    let lines = draft::by_rank(&sheet.typed, list).into_values().map(|line| {
        at(line.text("id")).unwrap_or_else(|| {
            last += 1;
            last
        })
    });
    Some((lines.collect(), rows.len()))
}

/// How many lines stand before the first that is in the form.
fn from(sheet: &Sheet, list: &str) -> usize {
    let first = sheet.windows.get(list).and_then(|window| window.shown.first());
    let rows = sheet.lines.get(list).map(Vec::as_slice).unwrap_or_default();
    first.and_then(|id| rows.iter().position(|row| row.id == *id)).unwrap_or(0)
}

/// Whether the lines in the form are those that a search found, and not some that follow each other.
fn found(sheet: &Sheet, list: &str) -> bool {
    let (Some(window), Some(rows)) = (sheet.windows.get(list), sheet.lines.get(list)) else {
        return false;
    };
    let following = rows.iter().skip(from(sheet, list)).take(AT_ONCE).map(|row| row.id);
    !following.eq(window.shown.iter().copied())
}

fn edit(sheet: &Sheet) -> String {
    let mut fields = Fields::default();
    if !sheet.value("back").is_empty() {
        fields.push("back", sheet.value("back"));
    }
    fields.after(&format!("{}/edit", sheet.action()))
}

/// The forms that the fields of [`bar`] belong to: no form may stand inside another.
#[must_use]
pub(crate) fn looking(ask: &Ask, sheet: &Sheet) -> Markup {
    let action = format!("{}/edit", sheet.action());
    html! {
        @for list in sheet.def.fields.iter().filter(|field| matches!(field.kind, Kind::Lines(_))) {
            @if sheet.windows.contains_key(list.name) {
                form id={ "find-" (list.name) } method="get" action=(action) role="search"
                    aria-label=(say(ask.language, "Dans les lignes", "Among the lines")) {
                    @if !sheet.value("back").is_empty() {
                        input type="hidden" name="back" value=(sheet.value("back"));
                    }
                }
            }
        }
    }
}

/// Above the lines: which they are, those before and after, a line by its number, a search.
#[must_use]
pub(crate) fn bar(ask: &Ask, sheet: &Sheet, list: &'static str) -> Markup {
    let (Some(window), Some(rows)) = (sheet.windows.get(list), sheet.lines.get(list)) else {
        return html! {};
    };
    let (language, form) = (ask.language, format!("find-{list}"));
    let say = |fr, en| say(language, fr, en);
    let turns = Turns {
        language,
        href: edit(sheet),
        name: list,
        from: from(sheet, list),
        at_once: AT_ONCE,
        all: rows.len(),
    };
    html! {
        input type="hidden" name="window" value=(window.sent(list));
        div.line-part id=(list) {
            input.in type="search" name="find" form=(form) value=(ask.query.text("find"))
                placeholder=(say("Chercher dans les lignes", "Search the lines"))
                aria-label=(say("Chercher dans les lignes", "Search the lines"));
            input.in.n type="number" name=(list) form=(form) min="1" max=(rows.len())
                placeholder=(say("N° de ligne", "Line no."))
                aria-label=(say("N° de ligne", "Line no."));
            button.btn type="submit" form=(form) { (say("Aller", "Go")) }
        }
        @if found(sheet, list) {
            nav.pager aria-label=(say("Pages de lignes", "Pages of lines")) {
                span { (found_so_many(language, window.shown.len(), rows.len())) }
                span.acts {
                    a.btn href=(edit(sheet)) { (say("Toutes les lignes", "All the lines")) }
                }
            }
        } @else { (turns) }
    }
}

fn found_so_many(language: Language, found: usize, all: usize) -> String {
    let number = |number: usize| language.integer(i64::try_from(number).unwrap_or(i64::MAX));
    let (shown, all) = (number(found), number(all));
    match (language, found) {
        (Language::French, 0) => format!("Aucune des {all} lignes ne dit cela."),
        (Language::English, 0) => format!("None of the {all} lines says that."),
        (Language::French, AT_ONCE) => format!("Les {shown} premières trouvées sur {all} lignes"),
        (Language::English, AT_ONCE) => format!("The first {shown} found of {all} lines"),
        (Language::French, 1) => format!("1 ligne trouvée sur {all}"),
        (Language::English, 1) => format!("1 line found of {all}"),
        (Language::French, _) => format!("{shown} lignes trouvées sur {all}"),
        (Language::English, _) => format!("{shown} lines found of {all}"),
    }
}

/// The button that saves and comes back to the same lines; drawn when there are others.
#[must_use]
pub(crate) fn staying(ask: &Ask, sheet: &Sheet) -> Markup {
    let Some(list) = sheet.windows.keys().next() else { return html! {} };
    let value = format!("{STAY}{list}.{}", from(sheet, list) + 1);
    let label = say(ask.language, "Enregistrer et continuer", "Save and go on");
    html! { (Button::submit(label).named("do", value)) }
}

/// Where that button leads once saved.
pub(super) fn stays(fields: &Fields, record: &str) -> Option<String> {
    let (list, line) = fields.get("do")?.strip_prefix(STAY)?.split_once('.')?;
    let line: usize = line.parse().ok()?;
    let mut query = Fields::default();
    query.push(list, line.to_string());
    if let Some(wanted) = fields.get("back").filter(|wanted| !wanted.is_empty()) {
        query.push("back", back(wanted));
    }
    Some(query.after(&format!("{record}/edit")))
}

/// The address of the form with the line that a refusal is about, when this one has it not.
pub(super) fn address(sheet: &Sheet, name: &str) -> Option<String> {
    let (list, rest) = name.split_once('.')?;
    let at: usize =
        rest.strip_prefix(BEYOND)?.strip_prefix('.')?.split('.').next()?.parse().ok()?;
    sheet.windows.get(list)?;
    let mut query = Fields::default();
    query.push(list, (at + 1).to_string());
    Some(query.after(&format!("{}/edit", show::href(sheet.def, sheet.id?))))
}

/// The number of the line that a refusal is about, as one reads it.
pub(super) fn number(sheet: &Sheet, list: &str, rest: &str) -> Option<usize> {
    if let Some(beyond) = rest.strip_prefix(BEYOND).and_then(|rest| rest.strip_prefix('.')) {
        return Some(beyond.split('.').next()?.parse::<usize>().ok()? + 1);
    }
    let rank: usize = rest.split('.').next()?.parse().ok()?;
    let whole = numbers(sheet, list);
    Some(whole.and_then(|(numbers, _)| numbers.get(rank).copied()).unwrap_or(rank + 1))
}
