//! People who may sign in.

use kernel::{
    ActionDef, Actor, Choice, Entity, Fault, Faults, FieldDef, Id, Kept, Language, Lines, Origin,
    RawId, Rules, Text, Tx,
};

use crate::password::{check_password, hash_password, password_holds};
use crate::{UserRole, own_way, provider, service, session};

/// Someone who works with Comptoir.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Utilisateur", en = "User", frs = "Utilisateurs", ens = "Users", steady)]
pub struct User {
    #[field(fr = "Courriel", en = "E-mail", list, search, unique)]
    pub email: String,
    #[field(fr = "Nom", en = "Name", list, search, title)]
    pub name: String,
    #[field(fr = "Rôle", en = "Role", list)]
    pub role: Role,
    #[field(fr = "Langue", en = "Language", list)]
    pub language: Tongue,
    /// May sign in. Giving someone a password opens the door to them.
    #[field(fr = "Actif", en = "Active", list)]
    pub active: bool,
    /// Argon2id, as a PHC string; empty as long as there is no password.
    #[field(fr = "Mot de passe", en = "Password", system, sensitive)]
    pub password_hash: String,
    /// Besides that of their job.
    #[field(fr = "Autres rôles", en = "Further roles")]
    pub roles: Lines<UserRole>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum Role {
    #[choice(fr = "Vente", en = "Seller")]
    Seller,
    #[choice(fr = "Comptabilité", en = "Accountant")]
    Accountant,
    #[choice(fr = "Entrepôt", en = "Warehouse")]
    Warehouse,
    #[choice(fr = "Direction", en = "Owner")]
    Owner,
    #[choice(fr = "Direction des ventes", en = "Sales manager")]
    SalesManager,
    #[choice(fr = "Achats", en = "Buyer")]
    Buyer,
    #[choice(fr = "Production", en = "Production")]
    Production,
    #[choice(fr = "Cabinet comptable", en = "Accounting firm")]
    AccountingFirm,
    #[choice(fr = "Ressources humaines", en = "Human resources")]
    HumanResources,
    #[choice(fr = "Support", en = "Support")]
    Support,
    #[choice(fr = "Marketing", en = "Marketing")]
    Marketing,
    #[choice(fr = "Audit", en = "Auditor")]
    Auditor,
    #[choice(fr = "Intégration", en = "Integrator")]
    Integrator,
    /// No right of its own but to come in: those of the further roles.
    #[choice(fr = "Sur mesure", en = "Custom")]
    Custom,
}

/// The language someone reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum Tongue {
    #[choice(fr = "Français", en = "French")]
    Fr,
    #[choice(fr = "Anglais", en = "English")]
    En,
}

impl Tongue {
    #[must_use]
    pub const fn language(self) -> Language {
        match self {
            Tongue::Fr => Language::French,
            Tongue::En => Language::English,
        }
    }
}

impl Rules for User {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let at = self.email.split_once('@');
        let shape = at.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
            && !self.email.trim().contains(char::is_whitespace);
        faults.ensure(shape, || Fault::new("user.email").on("email"));
        faults.into_result()
    }
}

impl User {
    /// Someone who cannot sign in yet.
    #[must_use]
    pub fn named(name: &str, email: &str, role: Role) -> Self {
        Self {
            email: email.trim().to_lowercase(),
            name: name.to_owned(),
            role,
            language: Tongue::Fr,
            active: false,
            password_hash: String::new(),
            roles: Lines::HERE,
        }
    }
}

/// Hidden as it is typed, by its name.
const PASSWORD: &[FieldDef] = &[FieldDef::of::<String>(
    "password",
    Text::new("Nouveau mot de passe", "New password"),
    "15 to 128 characters.",
)
.sensitive()];

pub const ACTIONS: &[ActionDef] = &[ActionDef {
    on: "user",
    name: "set_password",
    label: Text::new("Donner un mot de passe", "Set a password"),
    doc: Text::new(
        "Donne un mot de passe à l’utilisateur, l’active et ferme ses sessions.",
        "Gives the user a password, activates them and closes their sessions.",
    ),
    inputs: PASSWORD,
    offered: |_| true,
    run: |tx, actor, id, inputs| {
        let id = Id::from_raw(id);
        by_another(tx, actor, id)?;
        let password: String = inputs.take("password")?;
        let mut salt = [0; 16];
        salt.copy_from_slice(&tx.secret()[..16]);
        set_password(tx, id, &password, salt)?;
        Ok(Some(Origin::of(id)))
    },
}];

/// Gives a user a password, lets them in, and closes the sessions opened with the former one.
/// Slow on purpose: about a tenth of a second.
///
/// # Errors
/// `user.service`, and those of [`check_password`].
pub fn set_password(
    tx: &mut Tx<'_>,
    id: Id<User>,
    password: &str,
    salt: [u8; 16],
) -> Result<(), Faults> {
    let mut user = tx.lock(id)?;
    if service::is_service(tx, id)? {
        return Err(Fault::new("user.service").into());
    }
    check_password(password, &[&user.email, &user.name])?;
    user.password_hash = hash_password(password, salt)?;
    user.active = true;
    tx.save(&user)?;
    session::close_all(tx, id)
}

/// The active user of an e-mail who comes in by a password, with its hash.
///
/// # Errors
/// `store.*`.
pub fn with_password(tx: &mut Tx<'_>, email: &str) -> Result<Option<Kept<User>>, Fault> {
    let email = email.trim().to_lowercase();
    let found = tx.first(User::EMAIL.is(&email))?;
    let found = found.filter(|user| user.active && !user.password_hash.is_empty());
    match found {
        Some(user) if provider::is_only_way(tx, user.id)? => Ok(None),
        found => Ok(found),
    }
}

/// The user of an e-mail and a password. The answer takes the same time whether the user is
/// unknown, inactive or mistaken, and says the same. Run it in a read: it is slow on purpose.
///
/// # Errors
/// `sign_in.refused`.
pub fn sign_in(tx: &mut Tx<'_>, email: &str, password: &str) -> Result<Kept<User>, Fault> {
    let usable = with_password(tx, email)?;
    let holds = password_holds(password, usable.as_ref().map(|user| user.password_hash.as_str()));
    usable.filter(|_| holds).ok_or(Fault::new("sign_in.refused"))
}

/// Whether someone may change how another comes in.
///
/// # Errors
/// `user.owners_only`, `user.own_way`.
pub fn by_another(tx: &mut Tx<'_>, actor: &Actor, id: Id<User>) -> Result<(), Fault> {
    owners_are_owners_business(tx, actor, id)?;
    own_way::alone(tx, id)
}

/// Only an owner makes someone an owner, or touches one: whoever may edit people, and is none, would
/// otherwise become one by their own hand, or by the mail of another.
pub(crate) fn owners_are_owners_business(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<User>,
) -> Result<(), Fault> {
    // Their rights are those from before the command: only who may do everything has this one.
    if is_owner(tx, id)? && !actor.can("everything.change") {
        return Err(Fault::new("user.owners_only").on("role"));
    }
    Ok(())
}

/// By their job, or by a further role.
fn is_owner(tx: &mut Tx<'_>, id: Id<User>) -> Result<bool, Fault> {
    if tx.get(id)?.role == Role::Owner {
        return Ok(true);
    }
    for further in tx.find(UserRole::USER.is(&id))? {
        if tx.get(further.role)?.key.as_deref() == Some(Role::Owner.name()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes the e-mail in lower case; keeps an owner from locking everyone out, and others from
/// becoming one.
///
/// # Errors
/// `user.last_owner`, `user.owners_only`.
pub fn settle(tx: &mut Tx<'_>, actor: &Actor, id: RawId) -> Result<(), Faults> {
    let mut user = tx.get(Id::<User>::from_raw(id))?;
    let email = user.email.trim().to_lowercase();
    if email != user.email {
        user.email = email;
        tx.save(&user)?;
    }
    owners_are_owners_business(tx, actor, user.id)?;
    crate::change::settle_user(tx, id)?;
    let was = tx.before(User::DEF, id).map(|row| User::of_record(row.values)).transpose()?;
    // The letter of a forgotten password would go to another.
    if was.is_some_and(|was| was.email != user.email) && own_way::is_in_another_s_way(tx, user.id)?
    {
        tx.second_person("rights", None)?;
    }
    let rules = |user: &User| user.active && user.role == Role::Owner;
    if actor.user == Some(id) && !rules(&user) {
        let owners = tx.find(User::ROLE.is(&Role::Owner) & User::ACTIVE.is(&true))?;
        if owners.is_empty() {
            return Err(Fault::new("user.last_owner").on("role").into());
        }
    }
    if !user.active {
        session::close_all(tx, user.id)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_is_written_in_lower_case_and_has_a_shape() {
        let user = User::named("Hélène", " Helene@Maison.Example ", Role::Owner);
        assert_eq!(user.email, "helene@maison.example");
        assert!(user.check().is_ok());
        for bad in ["", "helene", "@maison.example", "a b@maison.example", "a@b"] {
            assert!(User::named("x", bad, Role::Seller).check().is_err(), "{bad}");
        }
    }
}
