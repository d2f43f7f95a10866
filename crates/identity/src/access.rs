//! Roles as data, and who has them. A person's rights are the rules of the ready role that their job
//! names and of the further roles they were given, together: what one permits is permitted, what one
//! forbids is forbidden.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use kernel::rights::{Policy, Reach, parse};
use kernel::{
    Choice, Door, Entity, Fault, Faults, Grants, Id, Kept, Lines, LongText, RawId, Rules, Tx,
};

use crate::{Role, User, roles};

/// A role: rules, by a name. Ready ones have a key, and are what the program brings as long as
/// nobody changed them here.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Rôle", en = "Role", frs = "Rôles", ens = "Roles", steady)]
pub struct AccessRole {
    #[field(fr = "Nom", en = "Name", list, search, title, unique)]
    pub name: String,
    #[field(fr = "Clé", en = "Key", list, unique, system)]
    pub key: Option<String>,
    #[field(fr = "Description", en = "Description", list, search)]
    pub description: Option<String>,
    /// One rule a line: `permit order.read, order.update to own when state is draft`.
    #[field(fr = "Règles", en = "Rules")]
    pub rules: LongText,
    /// Gives rights to those who have it.
    #[field(fr = "Actif", en = "Active", list)]
    pub active: bool,
}

/// A role that someone has besides their job's.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Rôle d’une personne",
    en = "Role of a person",
    frs = "Rôles des personnes",
    ens = "Roles of people",
    unique = "user, role",
    steady
)]
pub struct UserRole {
    #[field(fr = "Personne", en = "Person", list, parent)]
    pub user: Id<User>,
    #[field(fr = "Rôle", en = "Role", list, index)]
    pub role: Id<AccessRole>,
}

/// People who work together: a rule may reach what is theirs.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Équipe", en = "Team", frs = "Équipes", ens = "Teams", steady)]
pub struct Team {
    #[field(fr = "Nom", en = "Name", list, search, title, unique)]
    pub name: String,
    #[field(fr = "Membres", en = "Members")]
    pub members: Lines<TeamMember>,
}

#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Membre d’une équipe",
    en = "Team member",
    frs = "Membres des équipes",
    ens = "Team members",
    unique = "team, user",
    steady
)]
pub struct TeamMember {
    #[field(fr = "Équipe", en = "Team", list, parent)]
    pub team: Id<Team>,
    #[field(fr = "Personne", en = "Person", list, index)]
    pub user: Id<User>,
}

impl Rules for AccessRole {
    fn check(&self) -> Result<(), Faults> {
        parse(&self.rules.0).map(drop)
    }
}
impl Rules for UserRole {}
impl Rules for Team {}
impl Rules for TeamMember {}

/// The rights of someone through a door, as their roles are now.
///
/// # Errors
/// `store.*`.
pub fn grants_for(tx: &mut Tx<'_>, user: &Kept<User>, door: Door) -> Result<Grants, Fault> {
    let policy = compiled(&rules_of(tx, user)?, door);
    let team = policy.rules().iter().any(|rule| rule.reach == Reach::Team);
    let mates = if team { mates(tx, user.id)? } else { Vec::new() };
    Ok(Grants::of(policy, mates).seconded(crate::approval::needed))
}

/// A role that someone has: its record when there is one, its name and its rules.
#[derive(Debug, Clone)]
pub struct Held {
    pub role: Option<Id<AccessRole>>,
    pub key: Option<Role>,
    pub name: String,
    pub rules: String,
}

/// The roles of someone, the one of their job first.
///
/// # Errors
/// `store.*`.
pub fn held(tx: &mut Tx<'_>, user: &Kept<User>) -> Result<Vec<Held>, Fault> {
    let mut all = vec![ready(tx, user.role)?];
    for further in tx.find(UserRole::USER.is(&user.id))? {
        let role = tx.get(further.role)?;
        if role.active {
            let (name, rules) = (role.name.clone(), role.rules.0.clone());
            all.push(Held { role: Some(role.id), key: None, name, rules });
        }
    }
    Ok(all)
}

/// A ready role: as it was changed here, or as the program brings it. The owner's is never changed:
/// someone must be able to mend the others.
pub(crate) fn ready(tx: &mut Tx<'_>, role: Role) -> Result<Held, Fault> {
    let label = role.label().say(tx.actor().language).to_owned();
    let brought = || roles::ready_rules(role).to_owned();
    let kept = tx.first(AccessRole::KEY.is(&Some(role.name().to_owned())))?;
    Ok(match kept {
        Some(kept) if role != Role::Owner => {
            let rules = if kept.active { kept.rules.0.clone() } else { String::new() };
            Held { role: Some(kept.id), key: Some(role), name: kept.name.clone(), rules }
        }
        kept => {
            Held { role: kept.map(|kept| kept.id), key: Some(role), name: label, rules: brought() }
        }
    })
}

fn rules_of(tx: &mut Tx<'_>, user: &Kept<User>) -> Result<String, Fault> {
    let held = held(tx, user)?;
    Ok(held.into_iter().map(|held| held.rules).collect::<Vec<_>>().join("\n"))
}

/// The rights of someone as they are, and as they would be with these rules for one of their roles;
/// nothing when they do not have it.
///
/// # Errors
/// `store.*`.
pub fn grants_with(
    tx: &mut Tx<'_>,
    user: &Kept<User>,
    role: Id<AccessRole>,
    rules: &str,
) -> Result<Option<(Grants, Grants)>, Fault> {
    let (mut held, mates) = (held(tx, user)?, mates(tx, user.id)?);
    let grants = |held: &[Held]| {
        let text: Vec<&str> = held.iter().map(|held| held.rules.as_str()).collect();
        Grants::of(compiled(&text.join("\n"), Door::Web), mates.iter().copied())
    };
    let before = grants(&held);
    let Some(changed) = held.iter_mut().find(|held| held.role == Some(role)) else {
        return Ok(None);
    };
    changed.rules = rules.to_owned();
    Ok(Some((before, grants(&held))))
}

/// Those of someone's teams.
///
/// # Errors
/// `store.*`.
pub fn mates(tx: &mut Tx<'_>, user: Id<User>) -> Result<Vec<RawId>, Fault> {
    let mut mates = Vec::new();
    for member in tx.find(TeamMember::USER.is(&user))? {
        let team = tx.find(TeamMember::TEAM.is(&member.team))?;
        mates.extend(team.iter().map(|other| other.user.raw()));
    }
    mates.sort_unstable();
    mates.dedup();
    Ok(mates)
}

/// Rules by their text and door: what was compiled once serves all who have the same.
static COMPILED: LazyLock<RwLock<HashMap<(String, &'static str), Arc<Policy>>>> =
    LazyLock::new(RwLock::default);
/// More texts than a company has combinations of roles: the memory begins again.
const MOST: usize = 500;

/// The rules of a text made ready. A text that no longer reads gives no right.
#[must_use]
pub fn compiled(rules: &str, door: Door) -> Arc<Policy> {
    let key = (rules.to_owned(), door.name());
    let known = COMPILED.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    if let Some(policy) = known {
        return policy;
    }
    let policy = Arc::new(Policy::new(parse(rules).unwrap_or_default(), door));
    let mut all = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    if all.len() >= MOST {
        all.clear();
    }
    all.insert(key, Arc::clone(&policy));
    policy
}

/// Writes the ready roles that a company does not have yet: at its opening, and after an upgrade.
///
/// # Errors
/// `store.*`.
pub fn seed(tx: &mut Tx<'_>) -> Result<(), Faults> {
    let language = tx.actor().language;
    for (key, label) in Role::VALUES {
        let Some(role) = Role::of_name(key) else { continue };
        if role == Role::Custom || tx.first(AccessRole::KEY.is(&Some((*key).to_owned())))?.is_some()
        {
            continue;
        }
        tx.insert(&AccessRole {
            name: label.say(language).to_owned(),
            key: Some((*key).to_owned()),
            description: Some(roles::what_for(role).say(language).to_owned()),
            rules: LongText(roles::ready_rules(role).to_owned()),
            active: true,
        })?;
    }
    Ok(())
}
