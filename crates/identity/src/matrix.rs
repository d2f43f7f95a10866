//! The rules of a role as a table: an entity a row, an act a column; a row written back as rules.

use std::collections::BTreeSet;

use kernel::rights::{EXTRA, Effect, Fields, Reach, Rule, parse, write};
use kernel::{Catalog, EntityDef};

/// The acts of every entity that is edited by hand, in the order of a table.
pub const BASIC: [&str; 4] = ["read", "create", "update", "delete"];

/// The acts that reach what is read, and no more: they have no reach of their own.
const FOLLOWING: [&str; 2] = ["export", "bulk"];

/// What the rules of a role say of one entity.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// The acts that are given, on some records at least.
    pub acts: BTreeSet<String>,
    /// Whose records the acts reach: the widest of the rules that name the entity.
    pub reach: Reach,
    /// The fields that are not seen, and those that are seen and not set.
    pub hidden: BTreeSet<String>,
    pub locked: BTreeSet<String>,
    /// Whether the fields that are open are named: what is added later is closed.
    pub listed: bool,
    /// Whether some rule asks for more than the table shows: fields of the record, a door.
    pub more: bool,
}

/// Every act there is on an entity.
#[must_use]
pub fn acts(catalog: &Catalog, def: &EntityDef) -> Vec<&'static str> {
    let basic: &[&'static str] = match (def.kept, def.parent().is_some()) {
        (true, _) | (_, true) => &["read"],
        _ => &BASIC,
    };
    let own = catalog.actions().filter(|act| act.on == def.name).map(|act| act.name);
    basic.iter().copied().chain(own).chain(["export", "bulk"]).collect()
}

/// The row of an entity.
#[must_use]
pub fn row(catalog: &Catalog, rules: &str, def: &EntityDef) -> Row {
    let rules = parse(rules).unwrap_or_default();
    let mut row = Row { reach: Reach::Own, ..Row::default() };
    let mut wide = false;
    for act in acts(catalog, def) {
        let mut given = false;
        for rule in rules.iter().filter(|rule| rule.means(def.name, act)) {
            row.more |= !rule.when.is_empty() || !rule.doors.is_empty();
            if rule.effect == Effect::Permit {
                given = true;
                if !FOLLOWING.contains(&act) {
                    (row.reach, wide) = (wider(row.reach, rule.reach), true);
                }
            }
        }
        let forbidden = rules
            .iter()
            .any(|rule| rule.effect == Effect::Forbid && !rule.asks() && rule.means(def.name, act));
        if given && !forbidden {
            row.acts.insert(act.to_owned());
        }
    }
    if !wide {
        row.reach = Reach::Company;
    }
    let names =
        |rule: &&Rule| !rule.only.is_empty() && BASIC.iter().any(|act| rule.means(def.name, act));
    row.listed = rules.iter().any(|rule| names(&rule));
    let open = Fields::of(&rules);
    for field in def.fields {
        let forbids = |what: &str| {
            let act = format!("{}.{what}", field.name);
            rules.iter().any(|rule| rule.effect == Effect::Forbid && rule.means(def.name, &act))
        };
        if forbids("read") || !open.reads(def.name, field.name) {
            row.hidden.insert(field.name.to_owned());
        } else if forbids("write") || !open.writes(def.name, field.name) {
            row.locked.insert(field.name.to_owned());
        }
    }
    if !open.reads(def.name, EXTRA) {
        row.hidden.insert(EXTRA.to_owned());
    }
    row
}

fn wider(one: Reach, other: Reach) -> Reach {
    match (one, other) {
        (Reach::Company, _) | (_, Reach::Company) => Reach::Company,
        (Reach::Team, _) | (_, Reach::Team) => Reach::Team,
        _ => Reach::Own,
    }
}

/// The rules where an entity has this row, and all the others what they had. Nothing changes when
/// the row is the one that the rules have.
#[must_use]
pub fn with(catalog: &Catalog, rules: &str, def: &EntityDef, wanted: &Row) -> String {
    let present = row(catalog, rules, def);
    if present.acts == wanted.acts
        && present.reach == wanted.reach
        && present.hidden == wanted.hidden
        && present.locked == wanted.locked
        && present.listed == wanted.listed
    {
        return rules.to_owned();
    }
    let prefix = format!("{}.", def.name);
    let mut kept: Vec<Rule> = Vec::new();
    for mut rule in parse(rules).unwrap_or_default() {
        // What asks for more than the table shows stays; so does a sensitive field's right.
        let plain = rule.when.is_empty() && rule.doors.is_empty();
        let field = |right: &String| right.split('.').count() == 3 && rule.effect == Effect::Permit;
        if plain {
            let stays = |right: &String| !right.starts_with(&prefix) || field(right);
            rule.rights = rule.rights.iter().filter(|right| stays(right)).cloned().collect();
        }
        let narrows = wanted.listed || wanted.reach != Reach::Company;
        if plain && narrows && rule.effect == Effect::Permit {
            rule.rights =
                rule.rights.iter().flat_map(|right| spread(catalog, right, def)).collect();
        }
        if !rule.rights.is_empty() {
            kept.push(rule);
        }
    }
    let named = |acts: Vec<&str>| acts.iter().map(|act| format!("{prefix}{act}")).collect();
    let all = acts(catalog, def);
    let given: Vec<&str> = all.iter().copied().filter(|act| wanted.acts.contains(*act)).collect();
    // What wildcards still give, and should not, is forbidden: so is all of a wider reach.
    let by_star = |act: &str| {
        kept.iter().any(|rule| rule.effect == Effect::Permit && rule.means(def.name, act))
    };
    let refused: Vec<&str> =
        all.iter().copied().filter(|act| !wanted.acts.contains(*act) && by_star(act)).collect();
    let needed: Vec<&str> = given
        .iter()
        .copied()
        .filter(|act| {
            let narrows = wanted.listed || wanted.reach != Reach::Company;
            (narrows && !FOLLOWING.contains(act)) || !by_star(act)
        })
        .collect();
    let mut lines: Vec<Rule> = kept.clone();
    if !needed.is_empty() {
        lines.extend(permits(def, needed, wanted));
    }
    if !refused.is_empty() {
        lines.push(Rule::plain(Effect::Forbid, named(refused)));
    }
    if !wanted.listed {
        lines.extend(closed(&prefix, wanted));
    }
    lines.iter().map(write).collect::<Vec<_>>().join("\n")
}

/// The rules that permit these acts: where fields are listed, those to read and those to set apart.
fn permits(def: &EntityDef, acts: Vec<&str>, wanted: &Row) -> Vec<Rule> {
    let named = |act: &str| format!("{}.{act}", def.name);
    let permit = |acts: Vec<&str>, only: Vec<String>| {
        let rule = Rule::plain(Effect::Permit, acts.into_iter().map(named).collect());
        (!rule.rights.is_empty()).then_some(Rule { reach: wanted.reach, only, ..rule })
    };
    let (fields, acts): (Vec<&str>, Vec<&str>) = acts
        .into_iter()
        .partition(|act| wanted.listed && matches!(*act, "read" | "create" | "update"));
    let (reads, writes) = fields.into_iter().partition(|act| *act == "read");
    let all = [
        permit(acts, Vec::new()),
        permit(reads, open(def, wanted, false)),
        permit(writes, open(def, wanted, true)),
    ];
    all.into_iter().flatten().collect()
}

/// The fields that a row leaves open: to be read, or to be set.
fn open(def: &EntityDef, wanted: &Row, write: bool) -> Vec<String> {
    let closed =
        |name: &str| wanted.hidden.contains(name) || (write && wanted.locked.contains(name));
    let names = def.fields.iter().map(|field| field.name).chain([EXTRA]);
    names.filter(|name| !closed(name)).map(str::to_owned).collect()
}

/// The rule that closes fields.
fn closed(prefix: &str, wanted: &Row) -> Option<Rule> {
    let mut rights: Vec<String> = Vec::new();
    for field in &wanted.hidden {
        rights.extend([format!("{prefix}{field}.read"), format!("{prefix}{field}.write")]);
    }
    rights.extend(wanted.locked.iter().map(|field| format!("{prefix}{field}.write")));
    (!rights.is_empty()).then(|| Rule::plain(Effect::Forbid, rights))
}

/// A right on any entity, as rights on each of the others: a narrower reach on one cannot take back
/// what is given on all.
fn spread(catalog: &Catalog, right: &str, but: &EntityDef) -> Vec<String> {
    let act = right.strip_prefix("*.").filter(|act| !FOLLOWING.contains(act));
    let Some(act) = act else { return vec![right.to_owned()] };
    let others = catalog.entities().filter(|def| def.name != but.name);
    let has = |def: &&'static EntityDef| act == "*" || acts(catalog, def).contains(&act);
    others.filter(has).map(|def| format!("{}.{act}", def.name)).collect()
}

#[cfg(test)]
mod tests {
    use kernel::{Entity, Module};

    use super::*;
    use crate::{MODULE, Team, User};

    fn catalog() -> Catalog {
        static MODULES: [&Module; 2] = [&kernel::MODULE, &MODULE];
        Catalog { modules: MODULES.to_vec() }
    }

    #[test]
    fn a_row_written_back_is_read_as_it_was_wanted() {
        let catalog = catalog();
        for rules in
            ["permit *.read", "permit team.*, user.read", "permit *.*\nforbid team.delete", ""]
        {
            for acts in [&["read"][..], &["read", "update"], &[]] {
                let wanted = Row {
                    acts: acts.iter().map(|act| (*act).to_owned()).collect(),
                    locked: std::iter::once("name".to_owned()).collect(),
                    ..Row::default()
                };
                let text = with(&catalog, rules, Team::DEF, &wanted);
                let back = row(&catalog, &text, Team::DEF);
                assert_eq!(
                    (back.acts, back.locked),
                    (wanted.acts, wanted.locked),
                    "{rules}: {text}"
                );
                assert_eq!(
                    with(&catalog, rules, Team::DEF, &row(&catalog, rules, Team::DEF)),
                    rules
                );
            }
        }
    }

    #[test]
    fn a_list_of_open_fields_is_read_as_it_was_wanted() {
        let (catalog, def) = (catalog(), User::DEF);
        for rules in ["permit *.read, *.update", "permit user.*\npermit team.read", "permit *.*"] {
            let present = row(&catalog, rules, def);
            let closed = ["email", EXTRA].into_iter().map(str::to_owned).collect();
            let locked = std::iter::once("name".to_owned()).collect();
            let wanted = Row { hidden: closed, locked, listed: true, ..present };
            let text = with(&catalog, rules, def, &wanted);
            let back = row(&catalog, &text, def);
            assert_eq!((&back.acts, back.listed), (&wanted.acts, true), "{rules}: {text}");
            assert_eq!(back.hidden, wanted.hidden, "{rules}: {text}");
            assert!(back.locked.contains("name"), "{rules}: {text}");
            assert_eq!(kernel::rights::mistakes(&catalog, &text), Ok(()), "{text}");
            // And back to what is closed by name.
            let plain =
                Row { listed: false, hidden: BTreeSet::new(), locked: BTreeSet::new(), ..back };
            let open = row(&catalog, &with(&catalog, &text, def, &plain), def);
            assert!(open.hidden.is_empty() && !open.listed && open.acts == wanted.acts);
        }
    }

    #[test]
    fn a_narrower_reach_takes_back_what_was_given_on_all() {
        let (catalog, def) = (catalog(), crate::ApiToken::DEF);
        let acts = std::iter::once("read".to_owned()).collect();
        let wanted = Row { acts, reach: Reach::Own, ..Row::default() };
        let text = with(&catalog, "permit *.read", def, &wanted);
        assert_eq!(row(&catalog, &text, def).reach, Reach::Own, "{text}");
        assert!(row(&catalog, &text, Team::DEF).acts.contains("read"), "{text}");
    }
}
