//! What takes two: someone asks, a second person who may do the same approves, and it is done as it
//! was asked. Where nobody else could approve, it is done at once.

use kernel::{
    ActionDef, Actor, Choice, Entity, Fault, Faults, FieldDef, Id, Instant, Kept, LongText, Money,
    Origin, RawId, Rules, Text, Tx, Value, Wish,
};

use crate::token::actor_as;
use crate::{User, access, service};

/// How many days a request waits.
pub const DAYS: i64 = 14;

/// A request of one person that waits for another.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Approbation", en = "Approval", frs = "Approbations", ens = "Approvals", kept)]
pub struct Approval {
    #[field(fr = "Motif", en = "Reason", list)]
    pub kind: ApprovalKind,
    /// The right of what is to be done: `invoice.pay`.
    #[field(fr = "Acte", en = "Act")]
    pub right: String,
    #[field(fr = "Fiche", en = "Record", list, index)]
    pub about: Option<Origin>,
    #[field(fr = "Montant", en = "Amount", list)]
    pub amount: Option<Money>,
    #[field(fr = "État", en = "State", list, index)]
    pub state: ApprovalState,
    #[field(fr = "Demandé par", en = "Asked by", list, index)]
    pub asked_by: Id<User>,
    #[field(fr = "Demandé le", en = "Asked at", list)]
    pub asked_at: Instant,
    #[field(fr = "Décidé par", en = "Decided by", list)]
    pub decided_by: Option<Id<User>>,
    #[field(fr = "Décidé le", en = "Decided at", list)]
    pub decided_at: Option<Instant>,
    #[field(fr = "Raison du refus", en = "Why refused")]
    pub refusal: Option<String>,
    /// What is to be done, with all it was given and the version of the record: see [`Wish`].
    #[field(fr = "Demande", en = "Request")]
    pub wish: LongText,
}

/// Why a second person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum ApprovalKind {
    #[choice(fr = "Sortie d’argent", en = "Money going out")]
    Payment,
    #[choice(fr = "Compte bancaire", en = "Bank account")]
    BankAccount,
    #[choice(fr = "Droits", en = "Rights")]
    Rights,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum ApprovalState {
    #[choice(fr = "En attente", en = "Pending")]
    Pending,
    #[choice(fr = "Approuvée", en = "Approved")]
    Approved,
    #[choice(fr = "Refusée", en = "Refused")]
    Refused,
    #[choice(fr = "Retirée", en = "Withdrawn")]
    Withdrawn,
    #[choice(fr = "Expirée", en = "Expired")]
    Expired,
}

/// The life of a request: it is decided once.
const STEPS: &[(ApprovalState, ApprovalState)] = &[
    (ApprovalState::Pending, ApprovalState::Approved),
    (ApprovalState::Pending, ApprovalState::Refused),
    (ApprovalState::Pending, ApprovalState::Withdrawn),
    (ApprovalState::Pending, ApprovalState::Expired),
];

impl Rules for Approval {}

/// What the company asks a second person for, where it is not everything.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Règle d’approbation",
    en = "Approval rule",
    frs = "Règles d’approbation",
    ens = "Approval rules",
    steady
)]
pub struct ApprovalRule {
    #[field(fr = "Motif", en = "Reason", list, title, unique)]
    pub kind: ApprovalKind,
    #[field(fr = "Demande une deuxième personne", en = "Asks for a second person", list)]
    pub asks: bool,
    /// Up to and including this amount, nobody is asked. Always asked when it is empty.
    #[field(fr = "Au-delà de", en = "Above", list)]
    pub above: Option<Money>,
}

impl Rules for ApprovalRule {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let positive = self.above.is_none_or(|above| above.minor >= 0);
        faults.ensure(positive, || Fault::new("amount.positive").on("above"));
        faults.into_result()
    }
}

impl ApprovalKind {
    /// Of what the business says that it does.
    fn of_what(what: &str) -> Self {
        match what {
            "payment.out" => Self::Payment,
            "bank_account" => Self::BankAccount,
            _ => Self::Rights,
        }
    }
    /// The right without which nobody approves it.
    pub(crate) const fn right(self) -> &'static str {
        match self {
            Self::Payment => "invoice.pay",
            Self::BankAccount => "company.update",
            Self::Rights => "access_role.update",
        }
    }
}

/// The right to approve.
pub(crate) const APPROVE: &str = "approval.approve";

/// The persons, besides one, who could approve.
///
/// # Errors
/// `store.*`.
pub fn approvers(
    tx: &mut Tx<'_>,
    kind: ApprovalKind,
    but: Option<RawId>,
) -> Result<Vec<Kept<User>>, Fault> {
    let mut users = tx.find(User::ACTIVE.is(&true))?;
    users.retain(|user| Some(user.id.raw()) != but);
    let mut able = Vec::new();
    for user in users {
        let grants = access::grants_for(tx, &user, tx.actor().door)?;
        let may = grants.allow(APPROVE) && grants.allow(kind.right());
        if may && !service::is_service(tx, user.id)? {
            able.push(user);
        }
    }
    Ok(able)
}

/// Whether the one who acts must wait for another: the answer of every door to
/// [`Tx::second_person`].
///
/// # Errors
/// `approval.needed`.
pub fn needed(tx: &mut Tx<'_>, what: &'static str, amount: Option<Money>) -> Result<(), Fault> {
    let kind = ApprovalKind::of_what(what);
    if let Some(rule) = tx.first(ApprovalRule::KIND.is(&kind))? {
        let below = rule.above.zip(amount).is_some_and(|(most, amount)| amount.minor <= most.minor);
        if !rule.asks || below {
            return Ok(());
        }
    }
    if approvers(tx, kind, tx.actor().user)?.is_empty() {
        return Ok(());
    }
    let fault = Fault::new("approval.needed").with("kind", kind.name());
    Err(amount.map_or(fault.clone(), |amount| fault.with("amount", amount)))
}

/// Asks a second person for what was refused for the lack of one. An earlier request for the same
/// gives way.
///
/// # Errors
/// The refusal itself, when it is another, or cannot be done later as it was asked.
pub fn ask(tx: &mut Tx<'_>, actor: &Actor, refused: &Faults) -> Result<Id<Approval>, Faults> {
    let (Some(wish), Some(person)) = (Wish::of_faults(refused), actor.user) else {
        return Err(refused.clone());
    };
    let fact = |wanted: &str| {
        let facts = refused.0.iter().flat_map(|fault| &fault.facts);
        facts.clone().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone())
    };
    let kind = match fact("kind") {
        Some(Value::Text(name)) => ApprovalKind::of_name(&name),
        _ => None,
    };
    let Some(kind) = kind else { return Err(refused.clone()) };
    let amount = match fact("amount") {
        Some(Value::Money(amount)) => Some(amount),
        _ => None,
    };
    let about = wish.id.and_then(|id| Some(Origin { entity: named(&wish.entity)?, id }));
    expire(tx)?;
    for mut earlier in pending(tx)? {
        if earlier.wish.0 == wish.text() && earlier.asked_by.raw() == person {
            return Ok(earlier.id);
        }
        if about.is_some() && earlier.about == about && earlier.right == wish.right() {
            step(&mut earlier, ApprovalState::Withdrawn)?;
            tx.save(&earlier)?;
        }
    }
    tx.insert(&Approval {
        kind,
        right: wish.right(),
        about,
        amount,
        state: ApprovalState::Pending,
        asked_by: Id::from_raw(person),
        asked_at: tx.now(),
        decided_by: None,
        decided_at: None,
        refusal: None,
        wish: LongText(wish.text()),
    })
}

/// The name of an entity as an origin has it: one of those that ask for a second person.
fn named(entity: &str) -> Option<&'static str> {
    const NAMES: [&str; 8] =
        ["user", "access_role", "team", "approval_rule", "company", "party", "invoice", "payment"];
    NAMES.into_iter().find(|name| *name == entity)
}

/// The requests that wait, the oldest first.
///
/// # Errors
/// `store.*`.
pub fn pending(tx: &mut Tx<'_>) -> Result<Vec<Kept<Approval>>, Fault> {
    tx.find(Approval::STATE.is(&ApprovalState::Pending))
}

/// Whether this person may decide of a request: it is another's, and they may do what it asks for.
#[must_use]
pub fn may_decide(actor: &Actor, approval: &Approval) -> bool {
    actor.user.is_some_and(|user| user != approval.asked_by.raw())
        && [APPROVE, approval.kind.right(), &approval.right].iter().all(|right| actor.can(right))
}

/// Whether this person may see a request: those who decide of some, and who asked.
#[must_use]
pub fn may_see(actor: &Actor, approval: &Approval) -> bool {
    actor.can("approval.read") || actor.user == Some(approval.asked_by.raw())
}

fn step(approval: &mut Approval, to: ApprovalState) -> Result<(), Fault> {
    if !STEPS.contains(&(approval.state, to)) {
        let state = approval.state.name();
        return Err(Fault::new("approval.decided").with("state", state));
    }
    approval.state = to;
    Ok(())
}

fn is_past(tx: &Tx<'_>, approval: &Approval) -> bool {
    approval.asked_at.0 + DAYS * Instant::DAY < tx.now().0
}

/// What waited too long waits no more.
fn expire(tx: &mut Tx<'_>) -> Result<(), Faults> {
    for mut old in pending(tx)? {
        if is_past(tx, &old) {
            step(&mut old, ApprovalState::Expired)?;
            tx.save(&old)?;
        }
    }
    Ok(())
}

const REFUSAL: &[FieldDef] =
    &[FieldDef::of::<Option<String>>("refusal", Text::new("Raison", "Reason"), "")];

pub const ACTIONS: &[ActionDef] = &[
    ActionDef {
        on: "approval",
        name: "approve",
        label: Text::new("Approuver", "Approve"),
        doc: Text::new(
            "Fait ce qui est demandé, tel que demandé, au nom de deux personnes.",
            "Does what is asked, as it was asked, in the name of two persons.",
        ),
        inputs: &[],
        offered: waits,
        run: |tx, actor, id, _| approve(tx, actor, Id::from_raw(id)).map(|()| None),
    },
    ActionDef {
        on: "approval",
        name: "refuse",
        label: Text::new("Refuser", "Refuse"),
        doc: Text::new("Rien n’est fait.", "Nothing is done."),
        inputs: REFUSAL,
        offered: waits,
        run: |tx, actor, id, inputs| {
            let refusal = inputs.take("refusal")?;
            refuse(tx, actor, Id::from_raw(id), refusal).map(|()| None)
        },
    },
    ActionDef {
        on: "approval",
        name: "withdraw",
        label: Text::new("Retirer la demande", "Withdraw the request"),
        doc: Text::new("Votre demande n’est plus à décider.", "Nobody has to decide any more."),
        inputs: &[],
        offered: waits,
        run: |tx, actor, id, _| withdraw(tx, actor, Id::from_raw(id)).map(|()| None),
    },
];

fn waits(record: &kernel::Record) -> bool {
    Approval::of_record(record.clone()).is_ok_and(|one| one.state == ApprovalState::Pending)
}

/// Approves: what was asked is done in this transaction, if the record is as it was seen.
fn approve(tx: &mut Tx<'_>, actor: &Actor, id: Id<Approval>) -> Result<(), Faults> {
    let mut approval = decided_by(tx, actor, id)?;
    if is_past(tx, &approval) {
        step(&mut approval, ApprovalState::Expired)?;
        return tx.save(&approval);
    }
    step(&mut approval, ApprovalState::Approved)?;
    tx.save(&approval)?;
    let wish = Wish::of_text(&approval.wish.0).ok_or(Fault::new("approval.unreadable"))?;
    let asker = actor_as(tx, approval.asked_by, actor.door)?;
    tx.hand(wish, asker.ok_or(Fault::new("approval.gone"))?);
    Ok(())
}

/// Refuses: nothing is done.
fn refuse(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Approval>,
    refusal: Option<String>,
) -> Result<(), Faults> {
    let mut approval = decided_by(tx, actor, id)?;
    step(&mut approval, ApprovalState::Refused)?;
    approval.refusal = refusal;
    tx.save(&approval)
}

/// Takes one's own request back.
fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: Id<Approval>) -> Result<(), Faults> {
    let mut approval = tx.lock(id)?;
    if actor.user != Some(approval.asked_by.raw()) {
        return Err(kernel::work::not_found(Approval::DEF, id.raw()).into());
    }
    step(&mut approval, ApprovalState::Withdrawn)?;
    approval.decided_by = actor.user.map(Id::from_raw);
    approval.decided_at = Some(tx.now());
    tx.save(&approval)
}

/// The request, with who decides: a person, not the one who asked, who may do it themselves.
fn decided_by(tx: &mut Tx<'_>, actor: &Actor, id: Id<Approval>) -> Result<Kept<Approval>, Faults> {
    let mut approval = tx.lock(id)?;
    let Some(person) = actor.user.map(Id::<User>::from_raw) else {
        return Err(Fault::new("approval.person").into());
    };
    if approval.asked_by == person {
        return Err(Fault::new("approval.own").into());
    }
    if service::is_service(tx, person)? {
        return Err(Fault::new("approval.person").into());
    }
    if !may_decide(actor, &approval) {
        return Err(Fault::new("forbidden").with("right", approval.right.as_str()).into());
    }
    approval.decided_by = Some(person);
    approval.decided_at = Some(tx.now());
    Ok(approval)
}

/// A change of what is asked of whom asks for a second person itself.
///
/// # Errors
/// `approval.needed`.
pub fn settle_rule(tx: &mut Tx<'_>, _: &Actor, _: RawId) -> Result<(), Faults> {
    Ok(tx.second_person("rights", None)?)
}
