//! How to come in: on the screen, on the sign-in page, and in a file for scripts.

use std::fs::{OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use identity::Role;
use kernel::{Choice, Fault, Faults};
use serde_json::{Value as Json, json};
use web::DemoSignIn;

use super::founding;
use crate::opening::NewUser;

/// Where the file for scripts is.
#[must_use]
pub fn place(folder: &Path) -> PathBuf {
    folder.join("demo.json")
}

/// The refusal of a file that cannot be read or written.
#[must_use]
pub fn failed(place: &Path, said: &dyn ToString) -> Fault {
    let place = place.display().to_string();
    Fault::new("data.file").with("place", place).with("said", said.to_string())
}

/// Writes a file that its owner alone may read.
///
/// # Errors
/// `data.file`.
pub fn keep(place: &Path, text: &str) -> Result<(), Fault> {
    let written = || {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(place)?;
        // The mode counts for a new file only.
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.write_all(text.as_bytes())
    };
    written().map_err(|error| failed(place, &error))
}

/// What the file said when it was written last; nothing when there is none.
///
/// # Errors
/// `data.file` when it cannot be read.
pub fn known(folder: &Path) -> Result<Option<Json>, Fault> {
    let place = place(folder);
    if !place.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&place).map_err(|error| failed(&place, &error))?;
    let read = serde_json::from_str(&text).map_err(|error| failed(&place, &error))?;
    Ok(Some(read))
}

/// What the file says of a new demonstration.
///
/// # Errors
/// `data.file`.
pub fn told(token: &str) -> Result<Json, Faults> {
    let people: Vec<Json> = founding::sign_ins()?
        .iter()
        .map(|user| {
            json!({
                "email": user.email,
                "password": user.password,
                "role": user.role.name(),
                "name": user.name,
                "language": user.language.tag(),
            })
        })
        .collect();
    Ok(json!({ "address": "", "sign_ins": people, "api_token": token }))
}

/// Keeps the file, with the address of today.
///
/// # Errors
/// `data.file`.
pub fn refresh(folder: &Path, told: &Json, address: &str) -> Result<(), Fault> {
    let mut told = told.clone();
    told["address"] = address.into();
    write(folder, &told)
}

/// Writes the file.
///
/// # Errors
/// `data.file`.
pub fn write(folder: &Path, told: &Json) -> Result<(), Fault> {
    let text = serde_json::to_string_pretty(told).unwrap_or_default();
    keep(&place(folder), &format!("{text}\n"))
}

/// What the sign-in page shows: one person of each role.
///
/// # Errors
/// `data.file`.
pub fn hints() -> Result<Vec<DemoSignIn>, Faults> {
    let shown = one_of_each(&founding::sign_ins()?);
    Ok(shown
        .into_iter()
        .map(|user| DemoSignIn {
            role: user.role.label(),
            email: user.email,
            password: user.password,
        })
        .collect())
}

fn one_of_each(users: &[NewUser]) -> Vec<NewUser> {
    let roles = [Role::Owner, Role::Seller, Role::Accountant, Role::Warehouse];
    let first = |role| users.iter().find(|user: &&NewUser| user.role == role).cloned();
    roles.into_iter().filter_map(first).collect()
}

/// Says on the screen, in both languages, where to go and how to sign in.
///
/// # Errors
/// `data.file`.
pub fn print(address: &str) -> Result<(), Faults> {
    let mut lines = vec![format!("\nMaison Aubrelle — {address}\n")];
    lines.push("Pour entrer / To sign in:".to_owned());
    for user in one_of_each(&founding::sign_ins()?) {
        let label = user.role.label();
        let role = format!("{} / {}", label.fr, label.en);
        lines.push(format!("  {role:<27} {:<46} {}", user.email, user.password));
    }
    lines.push("\nCtrl+C pour arrêter / to stop.".to_owned());
    crate::say(&lines.join("\n"));
    Ok(())
}
