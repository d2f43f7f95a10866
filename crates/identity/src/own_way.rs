//! How someone who approves comes in is theirs alone: whoever could open their door would approve by
//! their hand.

use kernel::{Fault, Id, Tx};

use crate::approval::{APPROVE, ApprovalKind, approvers};
use crate::{User, access, passkey, provider};

/// Nobody lets a program in as someone who approves, but that person: one would approve oneself.
///
/// # Errors
/// `token.approver`.
pub fn own_hand(tx: &mut Tx<'_>, user: Id<User>) -> Result<(), Fault> {
    let Some(me) = tx.actor().user.filter(|me| *me != user.raw()) else { return Ok(()) };
    for kind in [ApprovalKind::Payment, ApprovalKind::BankAccount, ApprovalKind::Rights] {
        if approvers(tx, kind, Some(me))?.iter().any(|able| able.id == user) {
            return Err(Fault::new("token.approver").on("user"));
        }
    }
    Ok(())
}

/// Whether someone else acts on how this person comes in, who approves and has come in before: they
/// would approve by the other's hand.
///
/// # Errors
/// `store.*`.
pub fn is_in_another_s_way(tx: &mut Tx<'_>, id: Id<User>) -> Result<bool, Fault> {
    if tx.actor().user.is_none_or(|me| me == id.raw()) {
        return Ok(false);
    }
    let user = tx.get(id)?;
    let known = !user.password_hash.is_empty()
        || !passkey::of_user(tx, id)?.is_empty()
        || !provider::of_user(tx, id)?.is_empty();
    let door = tx.actor().door;
    let grants = access::grants_for(tx, &user, door)?;
    let kinds = [ApprovalKind::Payment, ApprovalKind::BankAccount, ApprovalKind::Rights];
    let may = grants.allow(APPROVE) && kinds.iter().any(|kind| grants.allow(kind.right()));
    Ok(known && may)
}

/// How someone who approves comes in is theirs to change: by the letter that they ask for.
///
/// # Errors
/// `user.own_way`.
pub fn alone(tx: &mut Tx<'_>, id: Id<User>) -> Result<(), Fault> {
    if is_in_another_s_way(tx, id)? { Err(Fault::new("user.own_way")) } else { Ok(()) }
}
