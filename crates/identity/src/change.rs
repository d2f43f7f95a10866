//! Changes of rights, seen by four eyes: one person proposes, another who may do the same decides.
//! Where nobody else could, a change is made at once.

use kernel::{Actor, Choice, Entity, Fault, Faults, Id, LongText, RawId, Rules, Tx};

use crate::{AccessRole, Role, User};

/// The rules of a role as someone wants them.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Changement de droits",
    en = "Change of rights",
    frs = "Changements de droits",
    ens = "Changes of rights",
    plural = "rights_changes",
    kept
)]
pub struct RightsChange {
    #[field(fr = "Rôle", en = "Role", list, index)]
    pub role: Id<AccessRole>,
    #[field(fr = "Règles", en = "Rules")]
    pub rules: LongText,
    #[field(fr = "État", en = "State", list)]
    pub state: ChangeState,
    #[field(fr = "Proposé par", en = "Proposed by", list)]
    pub proposed_by: Id<User>,
    #[field(fr = "Décidé par", en = "Decided by", list)]
    pub decided_by: Option<Id<User>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum ChangeState {
    #[choice(fr = "En attente", en = "Waiting")]
    Waiting,
    #[choice(fr = "Appliqué", en = "Applied")]
    Applied,
    #[choice(fr = "Refusé", en = "Refused")]
    Refused,
}

impl Rules for RightsChange {
    fn check(&self) -> Result<(), Faults> {
        kernel::rights::parse(&self.rules.0).map(drop)
    }
}

/// Whether someone else could decide: an active owner besides this person.
///
/// # Errors
/// `store.*`.
pub fn needs_another(tx: &mut Tx<'_>, actor: &Actor) -> Result<bool, Fault> {
    let Some(person) = actor.user else { return Ok(false) };
    let owners = tx.find(User::ROLE.is(&Role::Owner) & User::ACTIVE.is(&true))?;
    Ok(owners.iter().any(|owner| owner.id.raw() != person))
}

/// Wants these rules for a role: applied at once when nobody else could decide, else kept until
/// another does. Tells whether they are applied. An earlier wish for the role gives way.
///
/// # Errors
/// `rule.syntax`, `role.owner`, `not_found`.
pub fn propose(
    tx: &mut Tx<'_>,
    actor: &Actor,
    role: Id<AccessRole>,
    rules: &str,
) -> Result<bool, Faults> {
    let person = actor.user.map(Id::<User>::from_raw);
    let waits = needs_another(tx, actor)?;
    let (Some(proposed_by), true) = (person, waits) else {
        apply(tx, role, rules)?;
        return Ok(true);
    };
    mendable(tx, role)?;
    for mut earlier in waiting(tx)? {
        if earlier.role == role {
            earlier.state = ChangeState::Refused;
            tx.save(&earlier)?;
        }
    }
    let (rules, state) = (LongText(rules.to_owned()), ChangeState::Waiting);
    tx.insert(&RightsChange { role, rules, state, proposed_by, decided_by: None })?;
    Ok(false)
}

/// The changes that wait for a decision.
///
/// # Errors
/// `store.*`.
pub fn waiting(tx: &mut Tx<'_>) -> Result<Vec<kernel::Kept<RightsChange>>, Fault> {
    tx.find(RightsChange::STATE.is(&ChangeState::Waiting))
}

/// Applies a change, or gives it up.
///
/// # Errors
/// `rights.decided`; `rights.second` when it is one's own to be applied; those of the rules.
pub fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<RightsChange>,
    apply_it: bool,
) -> Result<(), Faults> {
    let mut change = tx.lock(id)?;
    if change.state != ChangeState::Waiting {
        return Err(Fault::new("rights.decided").into());
    }
    if apply_it && actor.user == Some(change.proposed_by.raw()) && needs_another(tx, actor)? {
        return Err(Fault::new("rights.second").into());
    }
    if apply_it {
        apply(tx, change.role, &change.rules.0)?;
    }
    change.state = if apply_it { ChangeState::Applied } else { ChangeState::Refused };
    change.decided_by = actor.user.map(Id::from_raw);
    tx.save(&change)
}

fn mendable(tx: &mut Tx<'_>, role: Id<AccessRole>) -> Result<(), Faults> {
    let owner = tx.get(role)?.key.as_deref() == Some(Role::Owner.name());
    if owner { Err(Fault::new("role.owner").on("rules").into()) } else { Ok(()) }
}

fn apply(tx: &mut Tx<'_>, role: Id<AccessRole>, rules: &str) -> Result<(), Faults> {
    mendable(tx, role)?;
    let mut role = tx.lock(role)?;
    role.rules = LongText(rules.to_owned());
    tx.save(&role)
}

/// The rules of a role that is there are changed by a proposal: an edit by hand leaves them.
///
/// # Errors
/// `role.owner`, `rights.second`.
pub fn settle(tx: &mut Tx<'_>, actor: &Actor, id: RawId) -> Result<(), Faults> {
    let role = tx.get(Id::<AccessRole>::from_raw(id))?;
    let owner = role.key.as_deref() == Some(Role::Owner.name());
    if owner && (!role.active || role.rules.0 != crate::roles::ready_rules(Role::Owner)) {
        return Err(Fault::new("role.owner").on("rules").into());
    }
    let was = tx.before(AccessRole::DEF, id);
    let at = AccessRole::DEF.rank("rules");
    let moved = match (was, at) {
        (Some(was), Some(at)) => was.values.get(at).cloned() != role.to_record().get(at).cloned(),
        _ => false,
    };
    if moved && needs_another(tx, actor)? {
        return Err(Fault::new("rights.second").on("rules").into());
    }
    Ok(())
}
