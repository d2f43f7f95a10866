//! The file of the signing key.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use kernel::Fault;
use store::tree::note::SigningKey;

use super::unusable;

/// The name of the key beside the database, and among the credentials that systemd hands over.
const NAME: &str = "audit.key";

/// Where the key is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile(pub PathBuf);

impl KeyFile {
    /// The file that was named, else a credential of systemd, else the one beside the database.
    #[must_use]
    pub fn find(named: Option<&Path>, data: &Path) -> Self {
        Self(crate::keys::secret_file(named, data, NAME))
    }

    /// The key that is there.
    ///
    /// # Errors
    /// `data.file`, `audit.key`.
    pub fn read(&self) -> Result<SigningKey, Fault> {
        let text = std::fs::read_to_string(&self.0).map_err(|error| unusable(&self.0, &error))?;
        SigningKey::of(&text)
    }

    /// The key that is there, or a new one, which only its owner may read.
    ///
    /// # Errors
    /// `data.file`, `audit.key`.
    pub fn read_or_make(&self) -> Result<SigningKey, Fault> {
        if self.0.exists() {
            return self.read();
        }
        let key = SigningKey::new(store::random_bytes()?, store::random_bytes()?)?;
        if let Some(folder) = self.0.parent() {
            std::fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
        }
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.0);
        let written = match made {
            Ok(mut file) => file.write_all(key.to_text().as_bytes()).and_then(|()| file.sync_all()),
            // Another has just made it.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return self.read(),
            Err(error) => Err(error),
        };
        written.map_err(|error| unusable(&self.0, &error))?;
        Ok(key)
    }
}

/// The signing key of an installation, made if there is none.
///
/// # Errors
/// `data.file`, `audit.key`.
pub fn key_of(named: Option<&Path>, data: &Path) -> Result<SigningKey, Fault> {
    KeyFile::find(named, data).read_or_make()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_key_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::find(None, folder.path());
        let made = file.read_or_make().unwrap();
        assert_eq!(file.read_or_make().unwrap().public(1), made.public(1));
        let mode = std::fs::metadata(&file.0).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let named = folder.path().join("elsewhere");
        assert_eq!(KeyFile::find(Some(&named), folder.path()), KeyFile(named));
    }
}
