//! Records that are their owner's alone, whatever the rights of those who ask.

use kernel::personal::{PRIVATE, marks};
use kernel::{Actor, Condition, EntityDef, FieldDef, Record, Value};

/// The records of an entity that this person may see besides their rights: not what others keep
/// for themselves.
#[must_use]
pub fn visible(def: &EntityDef, actor: &Actor) -> Condition {
    let Some((owner, audience)) = marks(def) else { return Condition::Everything };
    let own = actor.user.map(|user| Condition::Is(owner.name, Value::Ref(user)));
    let shared = audience.map(|audience| {
        let private = Condition::Is(audience.name, Value::Text(PRIVATE.to_owned()));
        Condition::Not(Box::new(private))
    });
    match (own, shared) {
        (Some(own), Some(shared)) => Condition::Any(vec![shared, own]),
        (Some(only), None) | (None, Some(only)) => only,
        // Each has an owner: nobody's are none.
        (None, None) => Condition::Empty(owner.name),
    }
}

/// Whether this person may see this record besides their rights.
#[must_use]
pub fn sees(def: &EntityDef, actor: &Actor, record: &Record) -> bool {
    let Some((owner, audience)) = marks(def) else { return true };
    let value = |field: &FieldDef| def.rank(field.name).and_then(|rank| record.get(rank));
    let private = audience.is_none_or(
        |audience| matches!(value(audience), Some(Value::Text(name)) if name == PRIVATE),
    );
    !private || (actor.user.is_some() && value(owner) == actor.user.map(Value::Ref).as_ref())
}
