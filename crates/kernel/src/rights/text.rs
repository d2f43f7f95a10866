//! Rules as people write and read them, one a line.

use super::{Asked, Clause, EXTRA, Effect, Reach, Rule, halves, path};
use crate::{Catalog, Door, EntityDef, Fault, Faults, Kind, Sign};

const DOORS: [Door; 5] = [Door::Web, Door::Rest, Door::Import, Door::Event, Door::Console];
/// The words of comparisons, longer ones first.
const SIGNS: [(&str, Sign); 5] = [
    (" at least ", Sign::AtLeast),
    (" at most ", Sign::AtMost),
    (" above ", Sign::Above),
    (" below ", Sign::Below),
    (" is ", Sign::Is),
];

/// Reads rules. What follows `#` is for people.
///
/// # Errors
/// `rule.syntax`, with the line, for each line that cannot be read.
pub fn parse(text: &str) -> Result<Vec<Rule>, Faults> {
    let (mut rules, mut faults) = (Vec::new(), Faults::default());
    for (rank, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        match rule(line) {
            Some(rule) => rules.push(rule),
            None => faults.0.push(broken("rule.syntax", rank + 1, line)),
        }
    }
    faults.into_result()?;
    Ok(rules)
}

fn broken(code: &'static str, rank: usize, said: &str) -> Fault {
    Fault::new(code).on("rules").with("line", rank).with("said", said)
}

fn rule(line: &str) -> Option<Rule> {
    let (effect, rest) = line.split_once(' ')?;
    let effect = match effect {
        "permit" => Effect::Permit,
        "forbid" => Effect::Forbid,
        _ => return None,
    };
    let (rest, doors) = cut(rest, " through ");
    let (rest, when) = cut(rest, " when ");
    let (rest, reach) = cut(rest, " to ");
    let (rights, only) = cut(rest, " only ");
    let fields: Vec<String> = listed(only.unwrap_or_default()).map(str::to_owned).collect();
    let rights: Vec<String> = listed(rights).map(str::to_owned).collect();
    let named = |right: &String| {
        let plain = |part: &str| {
            part == "*"
                || (!part.is_empty()
                    && part.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric()))
        };
        (2..=3).contains(&right.split('.').count()) && right.split('.').all(plain)
    };
    let whole = !rights.is_empty() && rights.iter().all(named);
    let rule = Rule {
        effect,
        reach: match reach {
            None => Reach::Company,
            Some("own") => Reach::Own,
            Some("team") => Reach::Team,
            Some(_) => return None,
        },
        when: when.map_or(Some(Vec::new()), |when| when.split(" and ").map(clause).collect())?,
        doors: listed(doors.unwrap_or_default()).map(door).collect::<Option<_>>()?,
        only: fields,
        rights,
    };
    // A field is seen or hidden on every record: what a person sees of a list has one shape.
    let of_field = rule.rights.iter().any(|right| right.split('.').count() == 3);
    let names = only.is_none() || limits(&rule);
    (whole && names && !(of_field && rule.asks())).then_some(rule)
}

/// Whether a rule may name the fields that it opens: a permit, on entities that it names, to acts
/// that read or set fields.
fn limits(rule: &Rule) -> bool {
    let word = |field: &String| field.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric());
    let opens = |right: &String| {
        let (entity, act) = halves(right);
        entity != "*" && matches!(act, "*" | "read" | "create" | "update")
    };
    rule.effect == Effect::Permit
        && !rule.only.is_empty()
        && rule.only.iter().all(word)
        && rule.rights.iter().all(opens)
}

/// The text before a word, and what follows it.
fn cut<'t>(text: &'t str, word: &str) -> (&'t str, Option<&'t str>) {
    text.split_once(word).map_or((text, None), |(before, after)| (before, Some(after.trim())))
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn door(name: &str) -> Option<Door> {
    DOORS.into_iter().find(|door| door.name() == name)
}

fn clause(text: &str) -> Option<Clause> {
    let text = text.trim();
    if let Some(field) = text.strip_suffix(" is not empty") {
        return Some(Clause { field: field.to_owned(), asked: Asked::Empty, not: true });
    }
    if let Some(field) = text.strip_suffix(" is empty") {
        return Some(Clause { field: field.to_owned(), asked: Asked::Empty, not: false });
    }
    let (field, sign, value) = SIGNS.iter().find_map(|(word, sign)| {
        text.split_once(word).map(|(field, value)| (field.trim(), *sign, value.trim()))
    })?;
    let (value, not) = match value.strip_prefix("not ") {
        Some(rest) if sign == Sign::Is => (rest.trim(), true),
        _ => (value, false),
    };
    let asked = Asked::Compare(sign, value.trim_matches('"').to_owned());
    (!field.is_empty() && !field.contains(' ') && !value.is_empty()).then(|| Clause {
        field: field.to_owned(),
        asked,
        not,
    })
}

/// Writes a rule as [`parse`] reads it.
#[must_use]
pub fn write(rule: &Rule) -> String {
    let effect = if rule.effect == Effect::Permit { "permit" } else { "forbid" };
    let mut line = format!("{effect} {}", rule.rights.join(", "));
    if !rule.only.is_empty() {
        line.push_str(" only ");
        line.push_str(&rule.only.join(", "));
    }
    match rule.reach {
        Reach::Company => {}
        Reach::Team => line.push_str(" to team"),
        Reach::Own => line.push_str(" to own"),
    }
    for (rank, clause) in rule.when.iter().enumerate() {
        line.push_str(if rank == 0 { " when " } else { " and " });
        line.push_str(&clause.field);
        match (&clause.asked, clause.not) {
            (Asked::Empty, false) => line.push_str(" is empty"),
            (Asked::Empty, true) => line.push_str(" is not empty"),
            (Asked::Compare(sign, value), not) => {
                let word = SIGNS.iter().find(|(_, known)| known == sign).map_or(" is ", |s| s.0);
                line.push_str(word);
                line.push_str(if not { "not " } else { "" });
                line.push_str(value);
            }
        }
    }
    let doors: Vec<&str> = rule.doors.iter().map(|door| door.name()).collect();
    if !doors.is_empty() {
        line.push_str(" through ");
        line.push_str(&doors.join(", "));
    }
    line
}

/// What rules name that the catalogue does not have, or that a record cannot answer.
///
/// # Errors
/// `rule.syntax`; `rule.right` when no such right exists; `rule.reach` when the records of the
/// entity are nobody's own, or no entity is named; `rule.field` when a clause names no field of it
/// or a value of another kind.
pub fn mistakes(catalog: &Catalog, text: &str) -> Result<(), Faults> {
    let rules = parse(text)?;
    let mut faults = Faults::default();
    for rule in &rules {
        let rank =
            text.lines().position(|line| parse(line).is_ok_and(|one| one.first() == Some(rule)));
        let rank = rank.map_or(0, |rank| rank + 1);
        for right in &rule.rights {
            let (entity, act) = halves(right);
            let def = catalog.entity(entity);
            let known = match (def, act.split_once('.')) {
                (None, None) => entity == "*",
                (None, Some(_)) => false,
                (Some(def), Some((field, to))) => {
                    def.field(field).is_some() && matches!(to, "read" | "write")
                }
                (Some(_), None) => {
                    matches!(act, "*" | "read" | "create" | "update" | "delete" | "export" | "bulk")
                        || catalog.action(entity, act).is_some()
                }
            };
            if !known {
                faults.0.push(broken("rule.right", rank, right));
                continue;
            }
            if rule.reach != Reach::Company && def.is_none_or(|def| path(catalog, def).is_none()) {
                faults.0.push(broken("rule.reach", rank, right));
            }
            for field in &rule.only {
                let known = |def: &EntityDef| field == EXTRA || def.field(field).is_some();
                if !def.is_some_and(known) {
                    faults.0.push(broken("rule.field", rank, field));
                }
            }
            for clause in &rule.when {
                let bound = def.and_then(|def| super::test::clause(def, clause));
                if bound.is_none() {
                    faults.0.push(broken("rule.field", rank, &clause.field));
                }
            }
        }
    }
    faults.into_result()
}

/// Whether values of this kind have an order that both readers agree on.
pub(super) const fn ordered(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Integer
            | Kind::Money
            | Kind::Price
            | Kind::Quantity
            | Kind::Rate
            | Kind::Day
            | Kind::Instant
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_read_as_it_was_written() {
        for line in [
            "permit order.*",
            "permit order.read, order.update to own",
            "forbid order.confirm when total above 5000 and state is not draft through rest",
            "permit party.read to team when sector is empty and city is not empty",
            "forbid party.credit_limit.read, party.credit_limit.write",
            "permit order.read, order.update only number, state to own through web",
        ] {
            let rules = parse(line).unwrap();
            assert_eq!(write(&rules[0]), line);
        }
    }

    #[test]
    fn a_line_that_means_nothing_is_refused_with_its_number() {
        let text = "permit order.read\nallow order.read\npermit order.read to mine\npermit order\n\
                    permit party.name.read to own\npermit order.read when state\n\
                    forbid order.read only total\npermit *.read only name\n\
                    permit order.confirm only total\npermit order.read only ";
        let faults = parse(text).unwrap_err();
        assert_eq!(faults.0.len(), 9);
        assert!(faults.0.iter().all(|fault| fault.code == "rule.syntax"));
    }
}
