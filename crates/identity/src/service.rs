//! Service identities: programs that act in their own name. They have rights as a person has, come
//! in by tokens, and have no password.

use kernel::{Entity, Fault, Faults, Id, Rules, Tx};

use crate::token::hex;
use crate::{Role, User};

/// Marks a user as a program.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Identité de service",
    en = "Service identity",
    frs = "Identités de service",
    ens = "Service identities",
    plural = "service_identities",
    kept,
    steady
)]
pub struct ServiceIdentity {
    #[field(fr = "Utilisateur", en = "User", list, unique)]
    pub user: Id<User>,
}

impl Rules for ServiceIdentity {}

/// Makes a program that comes in by tokens alone.
///
/// # Errors
/// `field.required` without a name.
pub fn make(tx: &mut Tx<'_>, name: &str, role: Role) -> Result<Id<User>, Faults> {
    if name.trim().is_empty() {
        return Err(Fault::new("field.required").on("name").into());
    }
    // No letter ever leaves to it (RFC 2606, section 2).
    let email = format!("service-{}@service.invalid", hex(&tx.secret()[..6]));
    let user = tx.insert(&User { active: true, ..User::named(name.trim(), &email, role) })?;
    tx.insert(&ServiceIdentity { user })?;
    Ok(user)
}

/// Whether a user is a program.
///
/// # Errors
/// `store.*`.
pub fn is_service(tx: &mut Tx<'_>, user: Id<User>) -> Result<bool, Fault> {
    Ok(tx.first(ServiceIdentity::USER.is(&user))?.is_some())
}
