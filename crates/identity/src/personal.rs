//! Records that are their owner's alone, whatever the rights of those who ask.

use kernel::{Actor, Condition, Entity, EntityDef, FieldDef, Kind, Record, Value};

use crate::user::User;

/// The audience of what nobody but its owner reads.
const PRIVATE: &str = "private";

/// The fields that say whose a record is and for whom, of an entity that has both.
fn marks(def: &EntityDef) -> Option<(&'static FieldDef, &'static FieldDef)> {
    let owner = def.field("owner").filter(|field| field.kind == Kind::Ref(User::DEF.name))?;
    let audience = def.field("audience")?;
    audience.choices().iter().any(|(name, _)| *name == PRIVATE).then_some((owner, audience))
}

/// The records of an entity that this person may see besides their rights: not what others keep
/// for themselves.
#[must_use]
pub fn visible(def: &EntityDef, actor: &Actor) -> Condition {
    let Some((owner, audience)) = marks(def) else { return Condition::Everything };
    let shared = Condition::Is(audience.name, Value::Text(PRIVATE.to_owned()));
    let shared = Condition::Not(Box::new(shared));
    match actor.user {
        Some(user) => Condition::Any(vec![shared, Condition::Is(owner.name, Value::Ref(user))]),
        None => shared,
    }
}

/// Whether this person may see this record besides their rights.
#[must_use]
pub fn sees(def: &EntityDef, actor: &Actor, record: &Record) -> bool {
    let Some((owner, audience)) = marks(def) else { return true };
    let value = |field: &FieldDef| def.rank(field.name).and_then(|rank| record.get(rank));
    let private = matches!(value(audience), Some(Value::Text(name)) if name == PRIVATE);
    !private || (actor.user.is_some() && value(owner) == actor.user.map(Value::Ref).as_ref())
}
