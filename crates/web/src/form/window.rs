//! Of a long list the form holds a part: a hundred lines from one on, or those that say what was
//! searched for. Which lines these are travels with the form by their ids, so that a line that is
//! not in it is neither changed nor taken for one that was removed.

use std::collections::{BTreeMap, HashSet};

use kernel::edit::{self, Draft, LineDraft};
use kernel::{Catalog, EntityDef, Fault, Faults, Kind, RawId, Tx};

use crate::address::Fields;

/// So many lines are in the form at once; a list that is no longer is there whole.
pub const AT_ONCE: usize = 100;
/// The name under which the form sends which lines of a long list it has.
pub const NAME: &str = "window";
/// Where a refusal stands of a line that is not in the form: `lines.beyond.1234.quantity`, counted
/// from 0 among those stored.
pub const BEYOND: &str = "beyond";

/// The part of a long list that is in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    /// The stored lines that were in the form when it was drawn, by age.
    pub shown: Vec<RawId>,
}

/// A line of the whole list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the form, at this rank.
    Typed(usize),
    /// Not in the form.
    Stored(RawId),
}

impl Window {
    /// The part that a form says it has of a list; none when it has the whole.
    ///
    /// # Errors
    /// `form.malformed`.
    pub fn of(fields: &Fields, list: &str) -> Result<Option<Self>, Fault> {
        let own = |value| Some(str::strip_prefix(value, list)?.strip_prefix(':')?);
        let Some(ids) = fields.all(NAME).find_map(own) else { return Ok(None) };
        let ids: Result<_, Fault> = ids.split_whitespace().map(RawId::parse).collect();
        Ok(Some(Self { shown: ids.map_err(|_| Fault::new("form.malformed"))? }))
    }

    /// The value that [`Window::of`] reads.
    #[must_use]
    pub fn sent(&self, list: &str) -> String {
        let ids: Vec<String> = self.shown.iter().map(ToString::to_string).collect();
        format!("{list}:{}", ids.join(" "))
    }
}

/// How many lines stand before the page of `at_once` lines that has this one, counted from 1 as one
/// reads it; what is no line of the list is on the first.
#[must_use]
pub fn first_of(asked: &str, at_once: usize, all: usize) -> usize {
    let line = asked.parse::<usize>().ok().filter(|line| (1..=all).contains(line));
    line.map_or(0, |line| (line - 1) / at_once * at_once)
}

/// Every line of a list as it would be stored: those of the form where they stand, the others
/// between them, new ones at the end. `stored` are the ids of the list as it is now.
///
/// # Errors
/// `form.malformed`.
pub fn places(fields: &Fields, list: &str, stored: &[RawId]) -> Result<Vec<Place>, Fault> {
    let typed = ids(fields, list);
    let Some(window) = Window::of(fields, list)? else {
        return Ok(typed.into_keys().map(Place::Typed).collect());
    };
    let shown: HashSet<RawId> = window.shown.into_iter().collect();
    let there: HashSet<&RawId> = stored.iter().collect();
    // Those that were moved stand where the others of the form stood.
    let mut moved = typed.iter().filter(|(_, id)| id.as_ref().is_some_and(|id| there.contains(id)));
    let ids: HashSet<RawId> = typed.values().copied().flatten().collect();
    let mut places = Vec::with_capacity(stored.len());
    for id in stored {
        match ids.get(id).and_then(|_| moved.next()) {
            Some((rank, _)) => places.push(Place::Typed(*rank)),
            // It was in the form and is no longer: it was removed.
            None if shown.contains(id) => {}
            None => places.push(Place::Stored(*id)),
        }
    }
    let new = typed.iter().filter(|(_, id)| id.as_ref().is_none_or(|id| !there.contains(id)));
    places.extend(new.map(|(rank, _)| Place::Typed(*rank)));
    Ok(places)
}

/// The ids of the lines of a form, by rank; none of a line that is new.
fn ids(fields: &Fields, list: &str) -> BTreeMap<usize, Option<RawId>> {
    let mut all = BTreeMap::new();
    for (name, value) in &fields.0 {
        let inside = name.strip_prefix(list).and_then(|rest| rest.strip_prefix('.'));
        let Some((rank, own)) = inside.and_then(|rest| rest.split_once('.')) else { continue };
        let Ok(rank) = rank.parse::<usize>() else { continue };
        let id = all.entry(rank).or_insert(None);
        if own == "id" {
            *id = RawId::parse(value).ok();
        }
    }
    all
}

/// Where the lines of a draft come from, list by list: what a refusal of one is told by.
#[derive(Debug, Default)]
pub struct Wide(Vec<(&'static str, Vec<Place>, Vec<RawId>)>);

impl Wide {
    /// Makes the draft of a form that has a part of a list that of the whole.
    ///
    /// # Errors
    /// `form.malformed`, `store.*`.
    pub fn of(
        tx: &mut Tx<'_>,
        catalog: &Catalog,
        id: RawId,
        fields: &Fields,
        draft: &mut Draft,
    ) -> Result<Self, Faults> {
        let mut wide = Self::default();
        for (field, lines) in &mut draft.lines {
            let Kind::Lines(target) = field.kind else { continue };
            let Some(def) = catalog.entity(target) else { continue };
            if Window::of(fields, field.name)?.is_none() {
                continue;
            }
            let stored = stored(tx, def, id)?;
            let places = places(fields, field.name, &stored)?;
            let mut typed: Vec<Option<LineDraft>> =
                std::mem::take(lines).into_iter().map(Some).collect();
            let line = |place: &Place| match place {
                Place::Typed(rank) => typed.get_mut(*rank)?.take(),
                Place::Stored(id) => Some(LineDraft { id: Some(*id), draft: Draft::default() }),
            };
            *lines = places.iter().filter_map(line).collect();
            wide.0.push((field.name, places, stored));
        }
        Ok(wide)
    }

    /// Refusals of lines of the whole, each where the form has that line.
    #[must_use]
    pub fn told(&self, mut faults: Faults) -> Faults {
        for fault in &mut faults.0 {
            let Some(field) = fault.field.as_deref() else { continue };
            let told = self.0.iter().find_map(|list| told(list, field));
            if let Some(told) = told {
                fault.field = Some(told.into());
            }
        }
        faults
    }
}

fn told(list: &(&str, Vec<Place>, Vec<RawId>), field: &str) -> Option<String> {
    let (name, places, stored) = list;
    let rest = field.strip_prefix(name)?.strip_prefix('.')?;
    let (rank, own) = rest.split_once('.').unwrap_or((rest, ""));
    let place = match places.get(rank.parse::<usize>().ok()?)? {
        Place::Typed(rank) => format!("{name}.{rank}"),
        Place::Stored(id) => {
            let at = stored.iter().position(|known| known == id)?;
            format!("{name}.{BEYOND}.{at}")
        }
    };
    Some(if own.is_empty() { place } else { format!("{place}.{own}") })
}

/// The ids of the lines of a record, by age.
///
/// # Errors
/// `store.*`.
pub fn stored(
    tx: &mut Tx<'_>,
    def: &'static EntityDef,
    parent: RawId,
) -> Result<Vec<RawId>, Fault> {
    Ok(edit::lines_of(tx, def, parent)?.iter().map(|row| row.id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> RawId {
        RawId([number; 16])
    }

    fn form(shown: &[u8], lines: &[Option<u8>]) -> Fields {
        let mut fields = Fields::default();
        let shown = shown.iter().map(|number| id(*number)).collect();
        fields.push(NAME, Window { shown }.sent("lines"));
        for (rank, line) in lines.iter().enumerate() {
            fields.push(format!("lines.{rank}.text"), "x");
            if let Some(number) = line {
                fields.push(format!("lines.{rank}.id"), id(*number).to_string());
            }
        }
        fields
    }

    #[test]
    fn what_is_not_in_the_form_stays_and_what_left_it_goes() {
        let stored: Vec<RawId> = (1..=6).map(id).collect();
        // Of 2, 3 and 4, the third was removed; a line is new.
        let form = form(&[2, 3, 4], &[Some(2), Some(4), None]);
        let wanted = [
            Place::Stored(id(1)),
            Place::Typed(0),
            Place::Typed(1),
            Place::Stored(id(5)),
            Place::Stored(id(6)),
            Place::Typed(2),
        ];
        assert_eq!(places(&form, "lines", &stored).unwrap(), wanted);
        let whole = form.without(&[NAME]);
        let wanted = [Place::Typed(0), Place::Typed(1), Place::Typed(2)];
        assert_eq!(places(&whole, "lines", &stored).unwrap(), wanted);
    }

    #[test]
    fn a_line_that_another_person_removed_comes_last_and_is_refused_there() {
        let form = form(&[2], &[Some(2)]);
        let left = [id(1), id(3)];
        let wanted = [Place::Stored(id(1)), Place::Stored(id(3)), Place::Typed(0)];
        assert_eq!(places(&form, "lines", &left).unwrap(), wanted);
    }

    #[test]
    fn a_window_that_cannot_be_read_is_refused_rather_than_taken_for_the_whole() {
        let mut fields = Fields::default();
        fields.push(NAME, "lines:x");
        assert_eq!(Window::of(&fields, "lines").unwrap_err().code, "form.malformed");
        assert_eq!(Window::of(&fields, "parts"), Ok(None));
    }

    #[test]
    fn a_refusal_is_told_where_the_line_stands() {
        let stored: Vec<RawId> = (1..=3).map(id).collect();
        let form = form(&[2], &[Some(2)]);
        let places = places(&form, "lines", &stored).unwrap();
        let wide = Wide(vec![("lines", places, stored)]);
        let told = |field: &'static str| {
            let faults = Faults::from(Fault::new("x").on(field));
            wide.told(faults).0[0].field.clone().unwrap().into_owned()
        };
        assert_eq!(told("lines.1.quantity"), "lines.0.quantity");
        assert_eq!(told("lines.2.quantity"), "lines.beyond.2.quantity");
        assert_eq!(told("lines.1"), "lines.0");
        assert_eq!(told("party"), "party");
    }

    #[test]
    fn every_line_of_a_long_list_is_on_one_page_alone() {
        let all = 3 * AT_ONCE + 1;
        for line in 1..=all {
            let from = first_of(&line.to_string(), AT_ONCE, all);
            assert!((from + 1..=from + AT_ONCE).contains(&line), "{line} after {from}");
            assert_eq!(from % AT_ONCE, 0, "pages do not overlap");
        }
        for odd in ["", "0", "-1", "x", "302"] {
            assert_eq!(first_of(odd, AT_ONCE, all), 0, "{odd}");
        }
    }
}
