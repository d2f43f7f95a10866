//! The key of what is kept on the disk: where it is, and another one in its place. It belongs apart
//! from the database: a copy of the database alone, or a disk thrown away, then says nothing.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use kernel::{Fault, Faults};
use store::{Embedded, Key, Location, Store, encrypted, rewrite};

use crate::catalog;
use crate::options::Database;
use crate::tls::write;

/// The name of the file, in the data folder or among the credentials of systemd.
const NAME: &str = "comptoir.key";

#[derive(Debug, Args)]
pub struct Keying {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, Subcommand)]
pub enum What {
    /// Put a new key in the place of the present one: everything is written again under it. A
    /// database in clear is encrypted. Nobody may be using the database. On PostgreSQL, what seals the
    /// secrets is put under the new key.
    Rotate(Database),
    /// Decrypt the embedded database. Nobody may be using it.
    Remove(Database),
    /// Say where the key is, and whether the database is encrypted.
    Show(Database),
}

impl Keying {
    /// # Errors
    /// `key.*`, `store.*`, `data.folder`.
    pub fn run(&self) -> Result<(), Faults> {
        match &self.what {
            What::Rotate(database) => {
                rotate(database)?;
                for copy in clear_copies(database) {
                    let said = "reste en clair / is still in clear";
                    println!("{}: {said}", copy.display());
                }
            }
            What::Remove(database) => remove(database)?,
            What::Show(database) => {
                let is = encrypted(&database.file()).unwrap_or(false);
                let place = place(database);
                let said = if is { "chiffrée / encrypted" } else { "en clair / in clear" };
                println!("{}: {said}", database.file().display());
                if place.exists() {
                    println!("{}", place.display());
                }
            }
        }
        Ok(())
    }
}

/// Where the key is: where the command line or the environment says, among the credentials that
/// systemd hands over, or beside the database.
#[must_use]
pub fn place(database: &Database) -> PathBuf {
    secret_file(database.key.as_deref(), &database.data, NAME)
}

/// Where a secret is kept: in the file that was named, else among the credentials that systemd hands
/// over, else beside the database.
#[must_use]
pub fn secret_file(named: Option<&Path>, data: &Path, name: &str) -> PathBuf {
    let credential = || {
        let folder = std::env::var_os("CREDENTIALS_DIRECTORY")?;
        Some(Path::new(&folder).join(name)).filter(|place| place.exists())
    };
    named.map(Path::to_owned).or_else(credential).unwrap_or_else(|| data.join(name))
}

/// The migration that brought the table of data keys.
const SEALING: i64 = 15;

/// The key that seals the secrets of a database on PostgreSQL: made at the first start where there
/// is none, unless everything is wanted in clear. The embedded database seals under its own.
///
/// # Errors
/// Those of [`of`].
pub fn of_secrets(database: &Database) -> Result<Option<Key>, Faults> {
    let place = place(database);
    if database.database.is_none() {
        return Ok(None);
    }
    if draft(&place).exists() {
        return Err(Fault::new("key.rotating").into());
    }
    if place.exists() {
        return Ok(Some(read(&place)?));
    }
    // No new key for secrets that the lost one seals.
    let store = Store::open(catalog(), &database.location()?)?;
    if store.schema_number()? >= SEALING && store.unlocks()?.is_some() {
        return Err(read(&place).err().unwrap_or(Fault::new("key.wrong")).into());
    }
    if database.unencrypted {
        return Ok(None);
    }
    let key = Key::new()?;
    write(&place, &key.text())?;
    tracing::warn!(place = %place.display(), "a key was made: it seals the secrets of this database; \
        keep a copy elsewhere, nothing opens them without it");
    Ok(Some(key))
}

/// The key of the embedded database as it is: none for one in clear. A new database gets a new key,
/// unless it is wanted in clear.
///
/// # Errors
/// `key.missing` when an encrypted database is there without its key; `key.shape`; `key.rotating`
/// when its change was cut off; `data.folder`.
pub fn of(database: &Database) -> Result<Option<Key>, Fault> {
    let place = place(database);
    if draft(&place).exists() {
        return Err(Fault::new("key.rotating"));
    }
    match encrypted(&database.file()) {
        Some(false) => Ok(None),
        None if database.unencrypted => Ok(None),
        None if !place.exists() => {
            let key = Key::new()?;
            write(&place, &key.text())?;
            Ok(Some(key))
        }
        _ => read(&place).map(Some),
    }
}

fn read(place: &Path) -> Result<Key, Fault> {
    let missing = |error: std::io::Error| {
        let said = error.to_string();
        Fault::new("key.missing").with("place", place.display().to_string()).with("said", said)
    };
    Key::parse(&fs::read_to_string(place).map_err(missing)?)
}

/// Where the next key waits until everything is written under it.
fn draft(place: &Path) -> PathBuf {
    place.with_extension("key-next")
}

/// Three steps, each of which may be the last before the power fails; the next try goes on: the new
/// key is kept; the database is written again under it, and takes the place of the former one in one
/// step; the new key takes the place of the former. What is refused leaves nothing.
fn rotate(database: &Database) -> Result<(), Faults> {
    if database.database.is_some() {
        return rewrap(database);
    }
    let (place, file) = (place(database), database.file());
    if encrypted(&file).is_none() {
        return Err(Fault::new("key.nothing").with("place", file.display().to_string()).into());
    }
    let draft = draft(&place);
    if !draft.exists() {
        write(&draft, &Key::new()?.text())?;
    }
    let next = read(&draft)?;
    let under = |key: Option<Key>| Embedded::clear(file.clone()).with_key(key);
    if !opens(&under(Some(next.clone()))) {
        let former = if encrypted(&file) == Some(true) { Some(read(&place)?) } else { None };
        let replaced = replace(&under(former), Some(next.clone()));
        if replaced.is_err() && !opens(&under(Some(next.clone()))) {
            forget(&draft)?;
        }
        replaced?;
    }
    write(&place, &next.text())?;
    Ok(forget(&draft)?)
}

/// The same on PostgreSQL: the data keys are wrapped again, all in one transaction; what they seal
/// stays as it is.
fn rewrap(database: &Database) -> Result<(), Faults> {
    let place = place(database);
    let draft = draft(&place);
    if !draft.exists() {
        write(&draft, &Key::new()?.text())?;
    }
    let next = read(&draft)?;
    let under = |key: &Key| Store::open_under(catalog(), &database.location()?, Some(key));
    // Cut off behind the transaction, there is nothing left to wrap.
    if under(&next)?.unlocks()? != Some(true) {
        under(&read(&place)?)?.rewrap(&next)?;
    }
    write(&place, &next.text())?;
    Ok(forget(&draft)?)
}

/// The copies beside the database that anyone could read: made before it was encrypted.
fn clear_copies(database: &Database) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(&database.data) else { return Vec::new() };
    let mut copies: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    copies.retain(|place| {
        place.extension().is_some_and(|kind| kind == "db") && encrypted(place) == Some(false)
    });
    copies.sort();
    copies
}

/// Decrypts; the key is left where it is, for the copies that it opens.
fn remove(database: &Database) -> Result<(), Faults> {
    let file = database.file();
    if database.database.is_some() || encrypted(&file).is_none() {
        return Err(Fault::new("key.nothing").with("place", file.display().to_string()).into());
    }
    match of(database)? {
        Some(key) if encrypted(&file) == Some(true) => {
            replace(&Embedded::clear(file).with_key(Some(key)), None)
        }
        _ => Ok(()),
    }
}

/// Opens the secrets of a copy in clear, that are sealed under the key of what it was copied from.
fn open_secrets(copy: &Embedded, former: &Key) -> Result<(), Faults> {
    let location = Location::Embedded(copy.clone());
    Store::open_under(catalog(), &location, Some(former))?.open_secrets()?;
    Ok(store::settle(copy)?)
}

fn opens(file: &Embedded) -> bool {
    encrypted(&file.path) == Some(true) && store::opens(file).is_ok()
}

/// Writes a database again under another key, and puts it in the place of the former.
fn replace(from: &Embedded, key: Option<Key>) -> Result<(), Faults> {
    let path = from.path.with_extension("db-next");
    forget(&path)?;
    let copy = Embedded { path: path.clone(), key, synced: true };
    let written = rewrite(from, &copy).map_err(Faults::from).and_then(|()| match &from.key {
        Some(former) if copy.key.is_none() => open_secrets(&copy, former),
        _ => Ok(()),
    });
    if let Err(faults) = written {
        forget(&path)?;
        return Err(faults);
    }
    let whole = fs::File::open(&path).and_then(|file| file.sync_all());
    whole.map_err(|error| failed(&path, &error))?;
    // What is left of the former's log is empty, and must not meet the new file.
    for suffix in ["-wal", "-shm"] {
        let mut log = from.path.clone().into_os_string();
        log.push(suffix);
        forget(Path::new(&log))?;
    }
    Ok(fs::rename(&path, &from.path).map_err(|error| failed(&path, &error))?)
}

fn forget(place: &Path) -> Result<(), Fault> {
    match fs::remove_file(place) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(place, &error)),
        _ => Ok(()),
    }
}

fn failed(place: &Path, error: &std::io::Error) -> Fault {
    let place = place.display().to_string();
    Fault::new("data.folder").with("place", place).with("said", error.to_string())
}
