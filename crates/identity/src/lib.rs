//! Who may come in, and what for: people, their sessions and tokens, the rights of their roles.
//! Every door asks here before it does anything.

pub mod access;
pub mod change;
pub mod gate;
mod guesses;
pub mod link;
pub mod matrix;
pub mod password;
pub mod pending;
pub mod personal;
pub mod policy;
pub mod roles;
pub mod second_factor;
pub mod service;
pub mod session;
pub mod token;
pub mod totp;
pub mod user;
pub mod weighty;
pub mod why;

pub use access::{AccessRole, Team, TeamMember, UserRole, grants_for};
pub use change::{ChangeState, RightsChange};
pub use gate::{Proof, gate};
pub use link::SignInLink;
pub use password::{check_password, hash_password, password_holds};
pub use pending::PendingSignIn;
pub use policy::SignInPolicy;
pub use roles::grants_of;
pub use second_factor::{RecoveryCode, SecondFactor};
pub use service::ServiceIdentity;
pub use session::{Arrival, Session, Strength, actor_of_session, close_session, open_session};
pub use token::{ApiToken, Scope, actor_of_token, issue_token, revoke_token};
pub use user::{Role, Tongue, User, set_password, sign_in};

use kernel::{Entity, Module, Settle};

pub static MODULE: Module = Module {
    name: "identity",
    entities: &[
        AccessRole::DEF,
        User::DEF,
        UserRole::DEF,
        Team::DEF,
        TeamMember::DEF,
        RightsChange::DEF,
        Session::DEF,
        ApiToken::DEF,
        SecondFactor::DEF,
        RecoveryCode::DEF,
        PendingSignIn::DEF,
        SignInPolicy::DEF,
        SignInLink::DEF,
        ServiceIdentity::DEF,
    ],
    actions: &[user::ACTIONS, session::ACTIONS, token::ACTIONS, second_factor::ACTIONS],
    settles: &[
        Settle { on: "user", run: user::settle },
        Settle { on: "access_role", run: change::settle },
    ],
    guards: &[],
};
