//! A form as it stands: what is typed in it, what is wrong with it, and what it takes to draw it.

use std::collections::{HashMap, HashSet};

use kernel::work::not_found;
use kernel::{
    CustomField, EntityDef, Faults, FieldDef, Kind, Language, Query, RawId, Row, Shape, Tx, Value,
    edit, sentence, typed,
};
use serde_json::{Map, Value as Json};

use super::draft::{self, LINE_END};
use super::window::{self, AT_ONCE, Window};
use crate::address::Fields;
use crate::door::Ask;
use crate::parts::Opt;
use crate::show;
use crate::titles::{self, Titles, title_of};

/// Up to this many records, a reference is chosen in a list instead of searched.
const SHORT_LIST: usize = 30;

/// A form under way.
pub struct Sheet {
    pub def: &'static EntityDef,
    /// The record; none when it is being made.
    pub id: Option<RawId>,
    /// The version that was read, sent back with the form.
    pub version: Option<i64>,
    /// Texts by the names of the inputs: `party`, `party.text`, `lines.0.product`, `extra.colour`.
    pub typed: Fields,
    pub faults: Faults,
    pub custom: Vec<CustomField>,
    pub titles: Titles,
    /// The record as it is stored now.
    pub stored: Option<Row>,
    /// Its stored lines, by the name of their list.
    pub lines: HashMap<&'static str, Vec<Row>>,
    /// Of the lists that are too long for one form, the part that is in it.
    pub windows: HashMap<&'static str, Window>,
    /// Short lists of records, by entity.
    pub choices: HashMap<&'static str, Vec<Opt>>,
}

impl Sheet {
    /// A blank form; fields named in the address are filled.
    ///
    /// # Errors
    /// `store.*`.
    pub fn blank(tx: &mut Tx<'_>, ask: &Ask, def: &'static EntityDef) -> Result<Self, Faults> {
        let mut typed = Fields::default();
        for field in edited(ask, def) {
            let default = match field.kind {
                Kind::Day if field.required => Value::Day(tx.today()),
                Kind::Choice(values) if field.required => {
                    values.first().map_or(Value::Null, |(name, _)| Value::from(*name))
                }
                _ => Value::Null,
            };
            match ask.query.get(field.name) {
                Some(given) => typed.push(field.name, given),
                None if default.is_null() => {}
                None => typed.push(field.name, typed::of_value(field, &default, ask.language)),
            }
        }
        typed.push("back", ask.query.text("back"));
        Self::of_typed(tx, ask, def, None, typed, Faults::default())
    }

    /// The form filled with a record.
    ///
    /// # Errors
    /// `not_found`, `store.*`.
    pub fn of_record(
        tx: &mut Tx<'_>,
        ask: &Ask,
        def: &'static EntityDef,
        id: RawId,
    ) -> Result<Self, Faults> {
        let row = tx.row(def, id)?.ok_or_else(|| not_found(def, id))?;
        let mut sheet =
            Self::of_typed(tx, ask, def, Some(id), Fields::default(), Faults::default())?;
        sheet.version = Some(row.version);
        sheet.open_windows(tx, ask)?;
        sheet.typed = sheet.typed_of(ask, &row);
        sheet.typed.push("back", ask.query.text("back"));
        for (list, window) in &sheet.windows {
            sheet.typed.push(window::NAME, window.sent(list));
        }
        sheet.gather(tx, ask)?;
        Ok(sheet)
    }

    /// The form with what was typed and what is wrong with it.
    ///
    /// # Errors
    /// `not_found`, `store.*`.
    pub fn of_typed(
        tx: &mut Tx<'_>,
        ask: &Ask,
        def: &'static EntityDef,
        id: Option<RawId>,
        typed: Fields,
        faults: Faults,
    ) -> Result<Self, Faults> {
        let catalog = ask.state.catalog;
        let stored = match id {
            Some(id) => Some(tx.row(def, id)?.ok_or_else(|| not_found(def, id))?),
            None => None,
        };
        let (mut lines, mut windows) = (HashMap::new(), HashMap::new());
        for field in def.fields {
            let (Kind::Lines(target), Some(id)) = (field.kind, id) else { continue };
            windows.extend(Window::of(&typed, field.name)?.map(|part| (field.name, part)));
            if let Some(line) = catalog.entity(target) {
                lines.insert(field.name, edit::lines_of(tx, line, id)?);
            }
        }
        // Someone else was quicker: the form goes on from what they wrote.
        let version = match &stored {
            Some(row) if faults.has("record.stale") => Some(row.version),
            _ => typed.text("version").parse().ok(),
        };
        let custom = Shape::of(tx, def)?.custom;
        let (titles, choices) = (Titles::default(), HashMap::new());
        let mut sheet = Self {
            def,
            id,
            version,
            typed,
            faults,
            custom,
            titles,
            stored,
            lines,
            windows,
            choices,
        };
        sheet.list_choices(tx, ask)?;
        sheet.gather(tx, ask)?;
        Ok(sheet)
    }

    /// The address that the form is sent to.
    #[must_use]
    pub fn action(&self) -> String {
        match self.id {
            Some(id) => show::href(self.def, id),
            None => format!("/{}", self.def.plural),
        }
    }
    /// Where giving up leads.
    #[must_use]
    pub fn way_out(&self) -> String {
        match self.typed.text("back") {
            "" => self.action(),
            wanted => crate::address::back(wanted).to_owned(),
        }
    }
    /// What was typed in an input.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.typed.get(name).unwrap_or("")
    }
    /// What is wrong with an input.
    #[must_use]
    pub fn error(&self, name: &str, language: Language) -> Option<String> {
        let own = self.faults.0.iter().filter(|fault| fault.field.as_deref() == Some(name));
        let said: Vec<String> = own.map(|fault| sentence(fault, language)).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }
    /// The lines of a list in which something is wrong, by their ranks: on a long form the cells of
    /// all others need not look for it.
    #[must_use]
    pub fn wrong_lines(&self, list: &str) -> HashSet<usize> {
        let rank = |field: &str| {
            let rest = field.strip_prefix(list)?.strip_prefix('.')?;
            rest.split('.').next()?.parse().ok()
        };
        self.faults.0.iter().filter_map(|fault| rank(fault.field.as_deref()?)).collect()
    }
    /// What the record is called.
    #[must_use]
    pub fn name(&self, language: Language) -> Option<String> {
        self.stored.as_ref().map(|row| title_of(self.def, row, language))
    }
    /// The title of the page.
    #[must_use]
    pub fn title(&self, language: Language) -> String {
        self.name(language).unwrap_or_else(|| match language {
            Language::French => format!("{} : création", self.def.label.fr),
            Language::English => format!("New {}", self.def.label.en.to_lowercase()),
        })
    }
    /// The fields that a person fills in.
    #[must_use]
    pub fn edited(&self, ask: &Ask) -> Vec<&'static FieldDef> {
        edited(ask, self.def)
    }

    /// The record as the inputs would show it.
    #[must_use]
    pub fn typed_of(&self, ask: &Ask, row: &Row) -> Fields {
        let mut out = texts_of(ask, self.def, row, false);
        let extra: Map<String, Json> = row
            .extra
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        for custom in &self.custom {
            let name = format!("extra.{}", custom.name);
            match extra.get(&custom.name) {
                Some(Json::String(text)) => out.push(name, text.as_str()),
                Some(Json::Null) | None => {}
                Some(other) => out.push(name, other.to_string()),
            }
        }
        for (list, rows) in &self.lines {
            let Some(def) = line_def(ask, self.def, list) else { continue };
            let part = self.windows.get(list).map(|window| window.shown.iter().collect());
            let part: Option<HashSet<&RawId>> = part;
            let shown = |row: &&Row| part.as_ref().is_none_or(|part| part.contains(&row.id));
            for (rank, row) in rows.iter().filter(shown).enumerate() {
                let mut line = texts_of(ask, def, row, true);
                line.push("id", row.id.to_string());
                draft::put_line(&mut out, list, rank, &line);
            }
        }
        out
    }

    /// Of each list too long for one form, takes the lines from the one that the address names on,
    /// or those that say what it searches for.
    fn open_windows(&mut self, tx: &mut Tx<'_>, ask: &Ask) -> Result<(), Faults> {
        let sought = ask.query.text("find").to_lowercase();
        let names: Vec<&'static str> = self.lines.keys().copied().collect();
        for list in names.into_iter().filter(|list| self.lines[list].len() > AT_ONCE) {
            let Some(def) = line_def(ask, self.def, list) else { continue };
            let rows = &self.lines[list];
            let shown: Vec<RawId> = if sought.is_empty() {
                let from = window::first_of(ask.query.text(list), AT_ONCE, rows.len());
                rows.iter().skip(from).take(AT_ONCE).map(|row| row.id).collect()
            } else {
                self.titles.gather(ask.state.catalog, tx, &ask.actor, titles::wanted(def, rows))?;
                let fields = edited(ask, def);
                let said = rows.iter().filter(|row| self.says(def, &fields, row, &sought));
                said.take(AT_ONCE).map(|row| row.id).collect()
            };
            self.windows.insert(list, Window { shown });
        }
        Ok(())
    }

    /// Whether a line says this, in a text of its own or in what one of its references is called.
    fn says(&self, def: &EntityDef, fields: &[&FieldDef], row: &Row, sought: &str) -> bool {
        fields.iter().any(|field| {
            let value = def.rank(field.name).and_then(|rank| row.values.get(rank));
            let said = match (field.kind, value) {
                (Kind::Text { .. } | Kind::LongText, Some(Value::Text(text))) => Some(&**text),
                (Kind::Ref(target), Some(Value::Ref(id))) => self.titles.of(target, *id),
                _ => None,
            };
            said.is_some_and(|said| said.to_lowercase().contains(sought))
        })
    }

    /// Finds the titles of the references typed.
    fn gather(&mut self, tx: &mut Tx<'_>, ask: &Ask) -> Result<(), Faults> {
        let catalog = ask.state.catalog;
        let mut wanted = Vec::new();
        let mut note = |field: &FieldDef, text: &str| match field.kind {
            Kind::Ref(target) => {
                if let Ok(id) = RawId::parse(text) {
                    wanted.push((target, id));
                }
            }
            Kind::Origin => {
                let origin = kernel::json::origin(text, |name| catalog.entity(name));
                wanted.extend(origin.map(|origin| (origin.entity, origin.id)));
            }
            _ => {}
        };
        for field in self.def.fields {
            note(field, self.value(field.name));
            let Kind::Lines(_) = field.kind else { continue };
            let Some(line) = line_def(ask, self.def, field.name) else { continue };
            for typed in draft::by_rank(&self.typed, field.name).values() {
                for inner in line.fields {
                    note(inner, typed.get(inner.name).unwrap_or(""));
                }
            }
        }
        if let Some(row) = &self.stored {
            wanted.extend(titles::wanted(self.def, [row]));
        }
        self.titles.gather(catalog, tx, &ask.actor, wanted)?;
        Ok(())
    }

    /// Reads the short lists: rates of tax, units, terms.
    fn list_choices(&mut self, tx: &mut Tx<'_>, ask: &Ask) -> Result<(), Faults> {
        let own = edited(ask, self.def).into_iter();
        for field in own.clone().filter(|field| kernel::rights::names_person(field)) {
            let people = crate::together::people(tx)?;
            let option = |one: &crate::together::Person| {
                Opt::new(kernel::Origin::of(one.id).to_string(), one.name.clone())
            };
            self.choices.insert(field.name, people.iter().map(option).collect());
        }
        let lines = self.def.fields.iter().filter_map(|field| match field.kind {
            Kind::Lines(_) => line_def(ask, self.def, field.name),
            _ => None,
        });
        let inner = lines.flat_map(|line| edited(ask, line));
        let targets: Vec<&'static str> = own
            .chain(inner)
            .filter_map(|field| match field.kind {
                Kind::Ref(target) => Some(target),
                _ => None,
            })
            .collect();
        for target in targets {
            let Some(def) = ask.state.catalog.entity(target) else { continue };
            if self.choices.contains_key(target) || !ask.actor.can(&format!("{target}.read")) {
                continue;
            }
            let most = u32::try_from(SHORT_LIST + 1).unwrap_or(u32::MAX);
            let rows = tx.rows(Query::all(def).limit(most))?;
            let short = rows.len() <= SHORT_LIST;
            let option = |row: &Row| Opt::new(row.id.to_string(), title_of(def, row, ask.language));
            let options: Vec<Opt> = rows.iter().map(option).filter(|_| short).collect();
            self.choices.insert(def.name, options);
        }
        Ok(())
    }
}

/// The entity of the lines of a list.
pub(super) fn line_def(ask: &Ask, def: &EntityDef, list: &str) -> Option<&'static EntityDef> {
    match def.field(list)?.kind {
        Kind::Lines(target) => ask.state.catalog.entity(target),
        _ => None,
    }
}

/// The fields that a person fills in, lines left out.
pub(super) fn edited(ask: &Ask, def: &'static EntityDef) -> Vec<&'static FieldDef> {
    def.stored()
        .filter(|field| !field.system && !field.parent && !show::closed(&ask.actor, def, field))
        .collect()
}

fn texts_of(ask: &Ask, def: &'static EntityDef, row: &Row, in_line: bool) -> Fields {
    let mut out = Fields::default();
    for field in edited(ask, def) {
        let Some(value) = def.rank(field.name).and_then(|rank| row.values.get(rank)) else {
            continue;
        };
        let mut text = typed::of_value(field, value, ask.language);
        if in_line && matches!(field.kind, Kind::LongText) {
            text = text.replace('\n', LINE_END);
        }
        // A flag of a line is a choice of two; on its own it is a box.
        if in_line && value == &Value::Flag(false) {
            text = "false".to_owned();
        }
        if !text.is_empty() {
            out.push(field.name, text);
        }
    }
    out
}
