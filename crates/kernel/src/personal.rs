//! Records that are their owner's alone. What they are is read from the description: a reference
//! `owner` to who signs in, and perhaps an `audience` for whom the owner shares them.

use crate::{EntityDef, FieldDef, Kind};

/// The entity of those who sign in.
const USER: &str = "user";
/// The audience of what nobody but its owner reads.
pub const PRIVATE: &str = "private";

/// Whose a record is, and for whom where it says so, of an entity whose records have an owner who
/// signs in. What has an owner and no audience is its owner's.
#[must_use]
pub fn marks(def: &EntityDef) -> Option<(&'static FieldDef, Option<&'static FieldDef>)> {
    let owner = def.field("owner").filter(|field| field.kind == Kind::Ref(USER))?;
    let Some(audience) = def.field("audience") else { return Some((owner, None)) };
    let private = audience.choices().iter().any(|(name, _)| *name == PRIVATE);
    private.then_some((owner, Some(audience)))
}
