//! What people follow and what they are told, and the acts on both. Each is its owner's alone: see
//! [`identity::personal`].

use identity::User;
use kernel::{
    ActionDef, Actor, Choice, Entity, Fault, Faults, FieldDef, Id, Inputs, Instant, Kept, Origin,
    Outcome, RawId, Record, Rules, Text, Tx, Value,
};

/// Someone wants to know when a record changes.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Suivi",
    en = "Follow",
    frs = "Suivis",
    ens = "Follows",
    unique = "about, owner",
    kept
)]
pub struct Follow {
    #[field(fr = "Fiche", en = "Record", list)]
    pub about: Origin,
    #[field(fr = "Qui", en = "Who", list, index)]
    pub owner: Id<User>,
}

/// Something that someone is told of.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Notification",
    en = "Notification",
    frs = "Notifications",
    ens = "Notifications",
    index = "owner, read_at",
    index = "owner, at",
    index = "about, owner",
    kept
)]
pub struct Notification {
    #[field(fr = "Fiche", en = "Record", list)]
    pub about: Origin,
    #[field(fr = "Pourquoi", en = "Why", list)]
    pub why: Why,
    /// Who did it: the names of one or several.
    #[field(fr = "Par", en = "By", list)]
    pub who: String,
    /// The words that were written, or what is to be done; empty when a value changed.
    #[field(fr = "Quoi", en = "What", list, title)]
    pub what: String,
    /// How often it happened since it was last read.
    #[field(fr = "Fois", en = "Times", list)]
    pub times: i64,
    /// When it happened last.
    #[field(fr = "Le", en = "At", list)]
    pub at: Instant,
    #[field(fr = "Lue le", en = "Read at", list)]
    pub read_at: Option<Instant>,
    /// The last line of the audit that it tells of: one told again is not told twice.
    #[field(fr = "Ligne", en = "Line")]
    pub line: i64,
    #[field(fr = "Pour", en = "For")]
    pub owner: Id<User>,
}

/// Why someone is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum Why {
    #[choice(fr = "Mention", en = "Mention")]
    Mentioned,
    #[choice(fr = "Tâche confiée", en = "Task assigned")]
    Assigned,
    #[choice(fr = "Changement", en = "Change")]
    Changed,
    #[choice(fr = "Échéance", en = "Due")]
    Due,
    #[choice(fr = "Blocage", en = "Hold")]
    Held,
}

impl Rules for Follow {}
impl Rules for Notification {}

const ABOUT: &[FieldDef] =
    &[FieldDef::of::<Origin>("about", Text::new("Fiche", "Record"), "The record followed.")];

/// What may be done with them.
pub const ACTIONS: &[ActionDef] = &[
    ActionDef {
        on: "user",
        name: "follow",
        label: Text::new("Suivre une fiche", "Follow a record"),
        doc: Text::new(
            "Vous serez prévenu quand quelqu’un d’autre la change.",
            "You will be told when someone else changes it.",
        ),
        inputs: ABOUT,
        offered: |_| false,
        run: |tx, actor, id, inputs| {
            let owner = own(actor, id)?;
            let about: Origin = inputs.take("about")?;
            actor.may(&format!("{}.read", about.entity))?;
            Ok(follow(tx, owner, about)?.map(Origin::of))
        },
    },
    ActionDef {
        on: "user",
        name: "unfollow",
        label: Text::new("Ne plus suivre une fiche", "Unfollow a record"),
        doc: Text::new(
            "Vous ne serez plus prévenu de ses changements.",
            "You will no longer be told of its changes.",
        ),
        inputs: ABOUT,
        offered: |_| false,
        run: unfollow,
    },
    ActionDef {
        on: "user",
        name: "read_all",
        label: Text::new("Tout marquer comme lu", "Mark all as read"),
        doc: Text::new("Toutes vos notifications sont lues.", "All your notifications are read."),
        inputs: &[],
        offered: |_| false,
        run: read_all,
    },
    ActionDef {
        on: "notification",
        name: "mark_read",
        label: Text::new("Marquer comme lue", "Mark as read"),
        doc: Text::new("La notification est lue.", "The notification is read."),
        inputs: &[],
        offered: unread,
        run: mark_read,
    },
];

fn own(actor: &Actor, id: RawId) -> Result<Id<User>, Fault> {
    if actor.user == Some(id) { Ok(Id::from_raw(id)) } else { Err(Fault::new("together.owner")) }
}

fn unread(record: &Record) -> bool {
    Notification::DEF.rank("read_at").and_then(|at| record.get(at)) == Some(&Value::Null)
}

/// Whether this user follows a record, and by which row.
///
/// # Errors
/// `store.*`.
pub fn following(
    tx: &mut Tx<'_>,
    owner: Id<User>,
    about: Origin,
) -> Result<Option<Kept<Follow>>, Fault> {
    tx.first(Follow::ABOUT.is(&about) & Follow::OWNER.is(&owner))
}

/// Someone follows a record; nothing when they did already.
///
/// # Errors
/// `store.*`.
pub fn follow(
    tx: &mut Tx<'_>,
    owner: Id<User>,
    about: Origin,
) -> Result<Option<Id<Follow>>, Faults> {
    if following(tx, owner, about)?.is_some() {
        return Ok(None);
    }
    Ok(Some(tx.insert(&Follow { about, owner })?))
}

fn unfollow(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let owner = own(actor, id)?;
    if let Some(follow) = following(tx, owner, inputs.take("about")?)? {
        tx.delete(follow.id)?;
    }
    Ok(None)
}

fn read_all(tx: &mut Tx<'_>, actor: &Actor, id: RawId, _: &Inputs) -> Outcome {
    let owner = own(actor, id)?;
    let now = tx.now();
    for mut one in tx.find(Notification::OWNER.is(&owner) & Notification::READ_AT.empty())? {
        one.read_at = Some(now);
        tx.save(&one)?;
    }
    Ok(None)
}

fn mark_read(tx: &mut Tx<'_>, actor: &Actor, id: RawId, _: &Inputs) -> Outcome {
    let mut one = tx.lock(Id::<Notification>::from_raw(id))?;
    own(actor, one.owner.raw())?;
    if one.read_at.is_none() {
        one.read_at = Some(tx.now());
        tx.save(&one)?;
    }
    Ok(Some(Origin::of(one.id)))
}
