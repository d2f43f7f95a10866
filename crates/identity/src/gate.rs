//! The one gate through which every door passes.

use kernel::{Actor, Door, Fault, Tx};

use crate::{policy, session, token};

/// What someone shows at the door.
#[derive(Debug, Clone, Copy)]
pub enum Proof<'a> {
    /// The cookie of a session.
    Session(&'a str),
    /// The bearer token of a program.
    Token(&'a str),
    /// What the certificate of a program is known by; the connection has proved that it holds the
    /// private key.
    Certificate(&'a str),
}

/// Who comes in. Run it in a read.
///
/// # Errors
/// `sign_in.needed` when the proof is worth nothing (any more); `sign_in.enrol` when the role of the
/// person asks for more than their session has shown.
pub fn gate(tx: &mut Tx<'_>, proof: Proof<'_>, door: Door) -> Result<Actor, Fault> {
    let actor = match proof {
        Proof::Session(token) => match session::enter(tx, token, door)? {
            Some((_, session)) if session.strength < policy::asked_of(tx, session.user)? => {
                return Err(Fault::new("sign_in.enrol"));
            }
            entered => entered.map(|(actor, _)| actor),
        },
        Proof::Token(_) | Proof::Certificate(_) => token::actor_of(tx, proof, door)?,
    };
    actor.ok_or(Fault::new("sign_in.needed"))
}
