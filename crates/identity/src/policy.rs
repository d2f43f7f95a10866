//! What the sign-in asks of each role: a password, or a second factor besides.

use kernel::{Choice, Entity, Fault, Faults, Filter, Id, Language, Rules, Tx};

use crate::{AccessRole, Role, Strength, User, UserRole};

/// What a role must show at the sign-in.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Exigence de connexion",
    en = "Sign-in policy",
    frs = "Exigences de connexion",
    ens = "Sign-in policies",
    plural = "sign_in_policies",
    kept,
    steady
)]
pub struct SignInPolicy {
    /// The role, by its key.
    #[field(fr = "Rôle", en = "Role", list, title, unique)]
    pub role: String,
    #[field(fr = "Demande", en = "Asks for", list)]
    pub asks: Strength,
}

impl Rules for SignInPolicy {}

/// The roles there are: the key of each, and its name for a reader. A role made here goes by its id.
///
/// # Errors
/// `store.*`.
pub fn roles(tx: &mut Tx<'_>, language: Language) -> Result<Vec<(String, String)>, Fault> {
    let mut roles: Vec<(String, String)> = Role::VALUES
        .iter()
        .map(|(name, label)| ((*name).to_owned(), label.say(language).to_owned()))
        .collect();
    let own = tx.find::<AccessRole>(Filter::everything())?.into_iter();
    let own = own.filter(|role| role.key.is_none() && role.active);
    roles.extend(own.map(|role| (role.id.to_string(), role.name.clone())));
    Ok(roles)
}

/// What is asked of a role: a password when nobody said otherwise.
///
/// # Errors
/// `store.*`.
pub fn asked_of_role(tx: &mut Tx<'_>, role: &str) -> Result<Strength, Fault> {
    let found = tx.first(SignInPolicy::ROLE.is(&role.to_owned()))?;
    Ok(found.map_or(Strength::Password, |policy| policy.asks))
}

/// What is asked of someone: the most that one of their roles asks for.
///
/// # Errors
/// `not_found`.
pub fn asked_of(tx: &mut Tx<'_>, user: Id<User>) -> Result<Strength, Fault> {
    let mut keys = vec![tx.get(user)?.role.name().to_owned()];
    for further in tx.find(UserRole::USER.is(&user))? {
        let role = tx.get(further.role)?;
        keys.push(role.key.clone().unwrap_or_else(|| role.id.to_string()));
    }
    let mut asked = Strength::Password;
    for key in keys {
        asked = asked.max(asked_of_role(tx, &key)?);
    }
    Ok(asked)
}

/// From now on, this is asked of a role. Those who are in and have shown less are led to show more
/// at their next request.
///
/// # Errors
/// `store.*`.
pub fn ask_of_role(tx: &mut Tx<'_>, role: &str, asks: Strength) -> Result<(), Faults> {
    match tx.first(SignInPolicy::ROLE.is(&role.to_owned()))? {
        Some(policy) => {
            let mut policy = tx.lock(policy.id)?;
            policy.asks = asks;
            tx.save(&policy)
        }
        None if asks == Strength::Password => Ok(()),
        None => tx.insert(&SignInPolicy { role: role.to_owned(), asks }).map(drop),
    }
}
