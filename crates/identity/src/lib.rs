//! Who may come in, and what for: people, their sessions and tokens, the rights of their roles.
//! Every door asks here before it does anything.

pub mod gate;
mod guesses;
pub mod password;
pub mod personal;
pub mod roles;
pub mod token;
pub mod user;

pub use gate::{Proof, gate};
pub use password::{check_password, hash_password, password_holds};
pub use roles::grants_of;
pub use token::{
    ApiToken, Session, actor_of_session, actor_of_token, close_session, issue_token, open_session,
    revoke_token,
};
pub use user::{Role, Tongue, User, set_password, sign_in};

use kernel::{Entity, Module, Settle};

pub static MODULE: Module = Module {
    name: "identity",
    entities: &[User::DEF, Session::DEF, ApiToken::DEF],
    actions: &[user::ACTIONS, token::ACTIONS],
    settles: &[Settle { on: "user", run: user::settle }],
    guards: &[],
};
