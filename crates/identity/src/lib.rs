//! Who may come in, and what for: people, their sessions and tokens, the rights of their roles.
//! Every door asks here before it does anything.

pub mod access;
pub mod approval;
pub mod certificate;
pub mod change;
pub mod gate;
mod guesses;
pub mod link;
pub mod matrix;
mod own_way;
pub mod passkey;
pub mod password;
pub mod pending;
pub mod personal;
pub mod policy;
pub mod provider;
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
pub use approval::{Approval, ApprovalKind, ApprovalRule, ApprovalState};
pub use gate::{Proof, gate};
pub use link::SignInLink;
pub use passkey::Passkey;
pub use password::{check_password, hash_password, password_holds};
pub use pending::PendingSignIn;
pub use policy::SignInPolicy;
pub use provider::{IdentityProvider, LinkedAccount};
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
        Approval::DEF,
        ApprovalRule::DEF,
        Session::DEF,
        ApiToken::DEF,
        SecondFactor::DEF,
        RecoveryCode::DEF,
        PendingSignIn::DEF,
        Passkey::DEF,
        IdentityProvider::DEF,
        LinkedAccount::DEF,
        SignInPolicy::DEF,
        SignInLink::DEF,
        ServiceIdentity::DEF,
    ],
    actions: &[
        user::ACTIONS,
        session::ACTIONS,
        token::ACTIONS,
        second_factor::ACTIONS,
        approval::ACTIONS,
    ],
    settles: &[
        Settle { on: "user", run: user::settle },
        Settle { on: "access_role", run: change::settle },
        Settle { on: "team", run: change::settle_team },
        Settle { on: "approval_rule", run: approval::settle_rule },
    ],
    guards: &[],
};
