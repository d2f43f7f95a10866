//! Changes of rights that widen them: they take a second person (see [`crate::approval`]).

use kernel::rights::{Effect, Reach, Rule, parse};
use kernel::{Actor, Choice, Entity, Fault, Faults, Filter, Id, RawId, Tx};

use crate::access::{Team, TeamMember, UserRole};
use crate::{AccessRole, Role, User, roles};

/// Whether the second rules give something that the first do not.
#[must_use]
pub fn widens(before: &str, after: &str) -> bool {
    let (before, after) = (parse(before).unwrap_or_default(), parse(after).unwrap_or_default());
    let permits = |rule: &&Rule| rule.effect == Effect::Permit;
    let forbids = |rule: &&Rule| rule.effect == Effect::Forbid;
    let more = each(after.iter().filter(permits)).any(|(right, rule)| {
        !before.iter().filter(permits).any(|known| covers(known, right, rule))
    });
    // What is no longer forbidden is given, where something permits it.
    let freed = each(before.iter().filter(forbids))
        .any(|(right, rule)| !after.iter().filter(forbids).any(|kept| covers(kept, right, rule)));
    more || freed
}

fn each<'r>(rules: impl Iterator<Item = &'r Rule>) -> impl Iterator<Item = (&'r str, &'r Rule)> {
    rules.flat_map(|rule| rule.rights.iter().map(move |right| (right.as_str(), rule)))
}

/// Whether a rule says of this right all that another says: without asking more, or by the same.
fn covers(known: &Rule, right: &str, rule: &Rule) -> bool {
    let (entity, act) = right.split_once('.').unwrap_or((right, ""));
    let named = known.rights.iter().any(|known| known == right)
        || (act != "*" && entity != "*" && known.means(entity, act))
        || known.rights.iter().any(|known| known == &format!("{entity}.*") && !act.contains('.'))
        || known.rights.iter().any(|known| known == "*.*" && !act.contains('.'));
    let open = known.reach == Reach::Company && known.when.is_empty() && known.doors.is_empty();
    let same = (known.reach, &known.when, &known.doors) == (rule.reach, &rule.when, &rule.doors);
    let fields = known.only.is_empty()
        || (!rule.only.is_empty() && rule.only.iter().all(|field| known.only.contains(field)));
    named && (open || same) && fields
}

/// A change of the rules of a role, or of whether it counts, takes a second person. The owner's
/// stays what it is.
///
/// # Errors
/// `role.owner`, `approval.needed`.
pub fn settle(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    let role = tx.get(Id::<AccessRole>::from_raw(id))?;
    let owner = role.key.as_deref() == Some(Role::Owner.name());
    if owner && (!role.active || role.rules.0 != roles::ready_rules(Role::Owner)) {
        return Err(Fault::new("role.owner").on("rules").into());
    }
    let was = tx.before(AccessRole::DEF, id);
    let was = was.map(|row| AccessRole::of_record(row.values)).transpose()?;
    let moved = was.is_some_and(|was| was.rules != role.rules || was.active != role.active);
    if moved {
        tx.second_person("rights", None)?;
    }
    Ok(())
}

/// Someone who is given more than they had takes a second person.
///
/// # Errors
/// `approval.needed`.
pub fn settle_user(tx: &mut Tx<'_>, id: RawId) -> Result<(), Faults> {
    let user = tx.get(Id::<User>::from_raw(id))?;
    let was = tx.before(User::DEF, id).map(|row| User::of_record(row.values)).transpose()?;
    let mut before = match was {
        // Who was shut out had nothing.
        Some(was) if user.active && !was.active => access_rules(tx, Role::Custom)?,
        Some(was) if was.role == user.role => access_rules(tx, user.role)?,
        Some(was) => access_rules(tx, was.role)?,
        // What everyone who comes in has is no gift.
        None => access_rules(tx, Role::Custom)?,
    };
    let mut after = access_rules(tx, user.role)?;
    for further in tx.find(UserRole::USER.is(&user.id))? {
        let held = tx.get(further.role)?;
        let rules = if held.active { held.rules.0.as_str() } else { "" };
        after = format!("{after}\n{rules}");
        if tx.before(UserRole::DEF, further.id.raw()).is_some() {
            before = format!("{before}\n{rules}");
        }
    }
    if widens(&before, &after) {
        tx.second_person("rights", None)?;
    }
    Ok(())
}

fn access_rules(tx: &mut Tx<'_>, role: Role) -> Result<String, Fault> {
    Ok(crate::access::ready(tx, role)?.rules)
}

/// A new member of a team sees what the others have, where some role reaches that far.
///
/// # Errors
/// `approval.needed`.
pub fn settle_team(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    let members = tx.find(TeamMember::TEAM.is(&Id::<Team>::from_raw(id)))?;
    let came = members.iter().any(|member| tx.before(TeamMember::DEF, member.id.raw()).is_none());
    if !came {
        return Ok(());
    }
    let reaches = |role: &AccessRole| {
        let rules = parse(&role.rules.0).unwrap_or_default();
        rules.iter().any(|rule| rule.reach == Reach::Team)
    };
    if tx.find::<AccessRole>(Filter::everything())?.iter().any(|role| reaches(role)) {
        tx.second_person("rights", None)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::widens;

    #[test]
    fn what_widens_rights_is_told_from_what_narrows_them() {
        for (before, after, wider) in [
            ("permit party.*", "permit party.read", false),
            ("permit party.read", "permit party.*", true),
            ("permit *.*", "permit party.*, order.read\nforbid user.*", false),
            ("permit party.read to own", "permit party.read", true),
            ("permit party.read", "permit party.read to own", false),
            ("permit party.read only name", "permit party.read", true),
            ("permit party.read", "permit party.read only name", false),
            ("permit *.read\nforbid user.read", "permit *.read", true),
            ("permit *.*", "permit *.*\npermit quote.acceptance_token.read", true),
            ("", "permit user.save_view", true),
            ("permit a.b\npermit a.c", "permit a.b, a.c", false),
        ] {
            assert_eq!(widens(before, after), wider, "{before} → {after}");
        }
    }
}
