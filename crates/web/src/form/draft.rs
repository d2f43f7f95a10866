//! What was typed, as a draft of the record.

use std::collections::BTreeMap;

use kernel::edit::{Draft, LineDraft};
use kernel::{
    Actor, Catalog, CustomField, CustomKind, EntityDef, Fault, Faults, FieldDef, Kind, Language,
    RawId, Shape, Tx, Value, json, typed,
};
use serde_json::Value as Json;

use crate::address::Fields;
use crate::parts::{Picked, picked};
use crate::posted::FRAME;
use crate::{pick, show};

/// A line end inside a line of a grid, where a browser would drop it.
pub const LINE_END: &str = " ↵ ";

/// Reads the fields of a form as a draft. All refusals at once, each on its field.
///
/// A field that the form did not have is left as it is; the form says which flags and which lists
/// of lines it had, for these send nothing when they are off or empty.
///
/// # Errors
/// `field.unknown`, `field.system`, `forbidden`, `pick.*`, and those of the values.
pub fn draft(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    actor: &Actor,
    language: Language,
    def: &'static EntityDef,
    fields: &Fields,
) -> Result<Draft, Faults> {
    Reading { catalog, actor, language }.draft(tx, def, fields, true)
}

/// The fields of one line of a list, with their short names: `lines.2.product` is `product`.
#[must_use]
pub fn line(fields: &Fields, list: &str, rank: usize) -> Fields {
    let prefix = format!("{list}.{rank}.");
    let own = fields.0.iter().filter_map(|(name, value)| {
        if name == "flags" {
            let inside = value.strip_prefix(&prefix)?;
            return Some((name.clone(), inside.to_owned()));
        }
        Some((name.strip_prefix(&prefix)?.to_owned(), value.clone()))
    });
    Fields(own.collect())
}

/// The fields of every line of a list as [`line`] gives them, by rank: one look at the form, however
/// many lines it has.
#[must_use]
pub fn by_rank(fields: &Fields, list: &str) -> BTreeMap<usize, Fields> {
    let mut all: BTreeMap<usize, Fields> = BTreeMap::new();
    for (name, value) in &fields.0 {
        let flag = name == "flags";
        let path = if flag { value } else { name };
        let inside = path.strip_prefix(list).and_then(|rest| rest.strip_prefix('.'));
        let Some((rank, own)) = inside.and_then(|rest| rest.split_once('.')) else { continue };
        let Ok(rank) = rank.parse::<usize>() else { continue };
        let line = all.entry(rank).or_default();
        if flag { line.push("flags", own) } else { line.push(own, value.as_str()) }
    }
    all
}

/// How many lines a list has, once [`tidied`].
#[must_use]
pub fn count(fields: &Fields, list: &str) -> usize {
    ranks(fields, list).len()
}

fn ranks(fields: &Fields, list: &str) -> Vec<usize> {
    let rank = |name: &str| -> Option<usize> {
        let rest = name.strip_prefix(list)?.strip_prefix('.')?;
        rest.split_once('.')?.0.parse().ok()
    };
    let mut ranks: Vec<usize> = fields.0.iter().filter_map(|(name, _)| rank(name)).collect();
    ranks.sort_unstable();
    ranks.dedup();
    ranks
}

/// The same form without blank lines, its lines numbered from 0 without a gap.
#[must_use]
pub fn tidied(catalog: &Catalog, def: &'static EntityDef, fields: &Fields) -> Fields {
    let lists: Vec<&FieldDef> =
        def.fields.iter().filter(|field| matches!(field.kind, Kind::Lines(_))).collect();
    let in_list = |name: &str| lists.iter().any(|list| is_in(name, list.name));
    let mut out = Fields(
        fields
            .0
            .iter()
            .filter(|(name, value)| !in_list(name) && (name != "flags" || !in_list(value)))
            .cloned()
            .collect(),
    );
    for list in lists {
        let Kind::Lines(target) = list.kind else { continue };
        let Some(line_def) = catalog.entity(target) else { continue };
        let mut next = 0;
        for (rank, one) in by_rank(fields, list.name) {
            // The button of a line must find it again under its new number.
            let asked = super::lines::BUTTONS
                .iter()
                .find(|name| fields.get(name) == Some(&rank.to_string()));
            if is_blank(line_def, &one) && asked.is_none() {
                continue;
            }
            if let Some(button) = asked {
                out.set(button, next.to_string());
            }
            put_line(&mut out, list.name, next, &one);
            next += 1;
        }
    }
    out
}

/// Adds a line to a form under a number.
pub fn put_line(out: &mut Fields, list: &str, rank: usize, line: &Fields) {
    for (name, value) in &line.0 {
        if name == "flags" {
            out.push("flags", format!("{list}.{rank}.{value}"));
        } else {
            out.push(format!("{list}.{rank}.{name}"), value.as_str());
        }
    }
}

fn is_in(name: &str, list: &str) -> bool {
    let rest = name.strip_prefix(list).and_then(|rest| rest.strip_prefix('.'));
    rest.and_then(|rest| rest.split_once('.')).is_some_and(|(rank, _)| rank.parse::<u32>().is_ok())
}

/// A new line in which nothing was typed; what is chosen in advance does not count.
fn is_blank(def: &EntityDef, line: &Fields) -> bool {
    line.0.iter().all(|(name, value)| {
        let base = name.split('.').next().unwrap_or(name);
        let chosen =
            def.field(base).is_some_and(|field| matches!(field.kind, Kind::Choice(_) | Kind::Flag));
        name == "flags" || name.ends_with(".was") || chosen || value.trim().is_empty()
    })
}

struct Reading<'a> {
    catalog: &'a Catalog,
    actor: &'a Actor,
    language: Language,
}

impl Reading<'_> {
    fn draft(
        &self,
        tx: &mut Tx<'_>,
        def: &'static EntityDef,
        fields: &Fields,
        top: bool,
    ) -> Result<Draft, Faults> {
        let (mut draft, mut faults) = (Draft::default(), Faults::default());
        for (name, _) in &fields.0 {
            faults.ensure(known(def, name, top), || Fault::new("field.unknown").on(name.clone()));
        }
        for field in def.fields {
            if let Kind::Lines(target) = field.kind {
                if let Some(lines) = faults.gather(self.lines(tx, field, target, fields)).flatten()
                {
                    draft.lines.push((field, lines));
                }
                continue;
            }
            if !given(field, fields) || field.parent {
                continue;
            }
            match self.value(tx, def, field, fields) {
                Ok(value) => draft.values.push((field, value)),
                Err(fault) => faults.0.push(fault.on(field.name)),
            }
        }
        faults.gather(self.extra(tx, def, fields, &mut draft));
        faults.into_result()?;
        Ok(draft)
    }

    fn lines(
        &self,
        tx: &mut Tx<'_>,
        list: &'static FieldDef,
        target: &str,
        fields: &Fields,
    ) -> Result<Option<Vec<LineDraft>>, Faults> {
        let (count, Some(def)) = (count(fields, list.name), self.catalog.entity(target)) else {
            return Ok(None);
        };
        if count == 0 && !fields.all("lists").any(|shown| shown == list.name) {
            return Ok(None);
        }
        let (mut lines, mut faults) = (Vec::with_capacity(count), Faults::default());
        let mut typed = by_rank(fields, list.name);
        for rank in 0..count {
            let place = format!("{}.{rank}", list.name);
            let one = typed.remove(&rank).unwrap_or_default();
            let id = match one.text("id") {
                "" => Ok(None),
                text => RawId::parse(text).map(Some),
            };
            let id = id.map_err(|fault| Faults::from(fault.on("id")).within(&place));
            let draft = self.draft(tx, def, &one, false).map_err(|found| found.within(&place));
            if let (Some(id), Some(draft)) = (faults.gather(id), faults.gather(draft)) {
                lines.push(LineDraft { id, draft });
            }
        }
        faults.into_result()?;
        Ok(Some(lines))
    }

    fn value(
        &self,
        tx: &mut Tx<'_>,
        def: &EntityDef,
        field: &'static FieldDef,
        fields: &Fields,
    ) -> Result<Value, Fault> {
        if field.system {
            return Err(Fault::new("field.system"));
        }
        if kernel::rights::locked(self.actor, def, field) && !show::hidden(self.actor, def, field) {
            return Err(Fault::new("field.locked"));
        }
        if show::hidden(self.actor, def, field) {
            let right = format!("{}.{}.read", def.name, field.name);
            return Err(Fault::new("forbidden").with("right", right));
        }
        let text = fields.get(field.name).unwrap_or("");
        match field.kind {
            Kind::Ref(target) => {
                let get = |name: &str| fields.get(name).map(ToOwned::to_owned);
                match picked(field.name, get) {
                    Picked::None => Ok(Value::Null),
                    Picked::Id(id) => Ok(Value::Ref(RawId::parse(&id)?)),
                    Picked::Text(text) => {
                        let found = pick::resolve(tx, self.catalog, self.actor, target, &text)?;
                        Ok(Value::Ref(found))
                    }
                }
            }
            Kind::Origin => match text.trim() {
                "" => Ok(Value::Null),
                text => json::origin(text, |name| self.catalog.entity(name))
                    .map(Value::Origin)
                    .ok_or_else(|| Fault::new("id.malformed").with("given", text)),
            },
            Kind::LongText => {
                let text = text.replace(LINE_END, "\n");
                typed::to_value(field, &text, self.language, tx.currency())
            }
            _ => typed::to_value(field, text, self.language, tx.currency()),
        }
    }

    fn extra(
        &self,
        tx: &mut Tx<'_>,
        def: &'static EntityDef,
        fields: &Fields,
        draft: &mut Draft,
    ) -> Result<(), Faults> {
        let mut given: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, value) in &fields.0 {
            if let Some(name) = name.strip_prefix("extra.") {
                given.insert(name, value);
            } else if let (true, Some(flag)) = (name == "flags", value.strip_prefix("extra.")) {
                given.entry(flag).or_insert("");
            }
        }
        if given.is_empty() {
            return Ok(());
        }
        let (shape, mut faults) = (Shape::of(tx, def)?, Faults::default());
        for (name, text) in given {
            let place = || format!("extra.{name}");
            match shape.custom.iter().find(|custom| custom.name == name) {
                Some(custom) => match custom_value(custom, text, self.language) {
                    Ok(value) => drop(draft.extra.insert(name.to_owned(), value)),
                    Err(fault) => faults.0.push(fault.on(place())),
                },
                None => faults.0.push(Fault::new("field.unknown").on(place())),
            }
        }
        faults.into_result()
    }
}

/// Whether a form of this entity may send this name.
fn known(def: &EntityDef, name: &str, top: bool) -> bool {
    if name == "flags" || name.starts_with("extra.") || (top && FRAME.contains(&name)) {
        return true;
    }
    let (base, rest) = name.split_once('.').map_or((name, None), |(base, rest)| (base, Some(rest)));
    match (def.field(base).map(|field| field.kind), rest) {
        (Some(Kind::Lines(_)), Some(_)) => top && is_in(name, base),
        (Some(Kind::Lines(_)), None) => false,
        (Some(Kind::Ref(_)), Some(rest)) => matches!(rest, "text" | "was"),
        (Some(_), rest) => rest.is_none(),
        (None, _) => !top && name == "id",
    }
}

/// Whether the form had this field.
fn given(field: &FieldDef, fields: &Fields) -> bool {
    let flag = || fields.all("flags").any(|shown| shown == field.name);
    let text = || {
        matches!(field.kind, Kind::Ref(_)) && fields.get(&format!("{}.text", field.name)).is_some()
    };
    fields.get(field.name).is_some() || text() || flag()
}

fn custom_value(custom: &CustomField, text: &str, language: Language) -> Result<Json, Fault> {
    const TYPED: FieldDef =
        FieldDef::of::<Option<kernel::Day>>("day", kernel::Text::new("", ""), "");
    let text = text.trim();
    Ok(match custom.kind {
        CustomKind::Flag => Json::Bool(text == "true"),
        _ if text.is_empty() => Json::Null,
        CustomKind::Number => Json::String(language.plain(text)),
        CustomKind::Day => {
            let value = typed::to_value(&TYPED, text, language, kernel::Currency::EUR)?;
            json::of_value(&value)
        }
        CustomKind::Text | CustomKind::Choice => Json::String(text.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Entity, Id, Lines, Rules};

    #[derive(Debug, Clone, PartialEq, Entity)]
    #[entity(fr = "Liste", en = "Sheet", frs = "Listes", ens = "Sheets")]
    struct Basket {
        #[field(fr = "Nom", en = "Name", title)]
        name: String,
        #[field(fr = "Lignes", en = "Lines")]
        lines: Lines<BasketLine>,
    }
    #[derive(Debug, Clone, PartialEq, Entity)]
    #[entity(fr = "Ligne", en = "Line", frs = "Lignes", ens = "Lines")]
    struct BasketLine {
        #[field(fr = "Liste", en = "Sheet", parent)]
        basket: Id<Basket>,
        #[field(fr = "Texte", en = "Text")]
        text: String,
    }
    impl Rules for Basket {}
    impl Rules for BasketLine {}

    static MODULE: kernel::Module = kernel::Module {
        name: "basket",
        entities: &[Basket::DEF, BasketLine::DEF],
        actions: &[],
        settles: &[],
        guards: &[],
    };

    #[test]
    fn blank_lines_go_and_the_rest_is_numbered_again() {
        let catalog = Catalog { modules: vec![&MODULE] };
        let pairs = [
            ("name", "x"),
            ("lines.0.text", " "),
            ("lines.2.text", "b"),
            ("lines.10.text", "c"),
            ("remove", "10"),
        ];
        let fields = Fields(pairs.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect());
        let tidy = tidied(&catalog, Basket::DEF, &fields);
        assert_eq!(tidy.get("lines.0.text"), Some("b"));
        assert_eq!(tidy.get("lines.1.text"), Some("c"));
        assert_eq!(tidy.get("remove"), Some("1"));
        assert_eq!(count(&tidy, "lines"), 2);
    }

    #[test]
    fn a_form_may_send_what_the_entity_has_and_its_own_frame() {
        let known = |name, top| super::known(Basket::DEF, name, top);
        assert!(known("name", true) && known("token", true) && known("lines.0.text", true));
        assert!(known("extra.colour", true));
        assert!(!known("colour", true) && !known("lines", true) && !known("name.text", true));
        assert!(!known("token", false) && !known("id", true) && known("id", false));
    }
}
