//! The embedded database on its disk: encrypted page by page (SQLCipher), or in clear.

use std::path::Path;

use kernel::Fault;

use crate::Embedded;
use crate::key::Key;
use crate::secrets::Master;
use crate::sqlite::{Place, fault};

/// How new files are encrypted: pages of AES-256-CBC with HMAC-SHA-256, which processors of today
/// have instructions for (with SQLCipher's own choice, SHA-512, an order took 13 % more of the
/// processor). What goes wrong is told by our refusals, not by SQLCipher on the console.
const CIPHER: &str = "pragma cipher_log_level = none; \
                      pragma cipher_default_hmac_algorithm = HMAC_SHA256;";

/// What opens an encrypted file: a key of 256 bits, which is no password to be stretched.
pub fn unlock(key: &Key) -> String {
    let text = key.text();
    format!("{CIPHER} pragma key = \"x'{text}'\"; pragma cipher_hmac_algorithm = HMAC_SHA256;")
}

/// Whether a file of the embedded database is there, and encrypted.
#[must_use]
pub fn encrypted(path: &Path) -> Option<bool> {
    let mut head = [0; 16];
    let mut file = std::fs::File::open(path).ok()?;
    std::io::Read::read_exact(&mut file, &mut head).ok()?;
    Some(&head != b"SQLite format 3\0")
}

/// Reads a file with its key.
///
/// # Errors
/// `key.wrong` when it is the key of another one; `store.*`.
pub fn opens(file: &Embedded) -> Result<(), Fault> {
    let connection = Place { file: file.clone(), temporary: false }.open()?;
    let text = "select count(*) from sqlite_schema";
    connection.query_row(text, [], |_| Ok(())).map_err(fault)
}

/// Writes a whole database into a new file, under another key, or in clear. Nobody may be using it.
///
/// # Errors
/// `key.wrong`, `store.busy`, `store.full`, `store.*`.
pub fn rewrite(from: &Embedded, to: &Embedded) -> Result<(), Fault> {
    let connection = Place { file: from.clone(), temporary: false }.open()?;
    // Only who is alone may end the log; whoever came meanwhile would write what we do not copy.
    connection.execute_batch(CIPHER).map_err(fault)?;
    connection.execute_batch("pragma busy_timeout = 0").map_err(fault)?;
    let mode: String = connection
        .query_row("pragma journal_mode = delete", [], |row| row.get(0))
        .map_err(fault)?;
    if mode != "delete" {
        return Err(Fault::new("store.busy"));
    }
    let key = to.key.as_ref().map_or(String::new(), |key| format!("x'{}'", key.text()));
    let path = to.path.to_string_lossy();
    connection.execute("attach ?1 as other key ?2", [&*path, &*key]).map_err(fault)?;
    connection.execute_batch("begin exclusive").map_err(fault)?;
    connection.query_row("select sqlcipher_export('other')", [], |_| Ok(())).map_err(fault)?;
    if let (Some(former), Some(next)) = (&from.key, &to.key) {
        rewrap(&connection, former, next)?;
    }
    connection.execute_batch("commit; detach other").map_err(fault)
}

/// Puts everything into the file itself, so that it can be moved. Nobody may be using it.
///
/// # Errors
/// `store.busy`, `store.*`.
pub fn settle(file: &Embedded) -> Result<(), Fault> {
    let connection = Place { file: file.clone(), temporary: false }.open()?;
    let text = "pragma journal_mode = delete";
    let mode: String = connection.query_row(text, [], |row| row.get(0)).map_err(fault)?;
    if mode == "delete" { Ok(()) } else { Err(Fault::new("store.busy")) }
}

/// Wraps the data keys of a copy under its key, where they are still wrapped by the former.
fn rewrap(connection: &rusqlite::Connection, former: &Key, next: &Key) -> Result<(), Fault> {
    let (former, next) = (Master::of(former), Master::of(next));
    let there = "select count(*) from other.sqlite_schema where name = 'data_key'";
    let there: i64 = connection.query_row(there, [], |row| row.get(0)).map_err(fault)?;
    if there == 0 {
        return Ok(());
    }
    let text = "select company, wrapped from other.data_key";
    let mut read = connection.prepare(text).map_err(fault)?;
    let rows = read.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(fault)?;
    let kept: Vec<(i64, Vec<u8>)> = rows.collect::<Result<_, _>>().map_err(fault)?;
    for (company, wrapped) in kept {
        let wrapped = next.rewrap(&former, company, &wrapped)?;
        let text = "update other.data_key set wrapped = ?2 where company = ?1";
        connection.execute(text, (company, wrapped)).map_err(fault)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    fn write(file: &Embedded, word: &str) -> Result<(), Fault> {
        let connection = Place { file: file.clone(), temporary: false }.open()?;
        let text = "create table if not exists words (word text) strict; \
                    create virtual table if not exists sought using fts5 (word, tokenize = 'trigram');";
        connection.execute_batch(text).map_err(fault)?;
        connection.execute("insert into words values (?1)", [word]).map_err(fault)?;
        connection.execute("insert into sought values (?1)", [word]).map(drop).map_err(fault)
    }

    fn words(file: &Embedded) -> Result<Vec<String>, Fault> {
        let connection = Place { file: file.clone(), temporary: false }.open()?;
        let text = "select sought.word from sought join words using (word) \
                    where sought match 'secret' order by 1";
        let mut statement = connection.prepare(text).map_err(fault)?;
        let rows = statement.query_map([], |row| row.get(0)).map_err(fault)?;
        rows.collect::<Result<_, _>>().map_err(fault)
    }

    #[test]
    fn what_is_on_the_disk_says_nothing_without_its_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = Key::new().expect("chance");
        let file = Embedded::clear(folder.path().join("a.db")).with_key(Some(key.clone()));
        write(&file, "a secret").expect("written");
        assert_eq!(words(&file).expect("read"), ["a secret"]);
        for name in ["a.db", "a.db-wal"] {
            let bytes = std::fs::read(folder.path().join(name)).unwrap_or_default();
            assert!(!bytes.windows(6).any(|part| part == b"secret"), "{name}");
        }
        assert_eq!(encrypted(&file.path), Some(true));
        let other = file.clone().with_key(Some(Key::new().expect("chance")));
        assert_eq!(words(&other).expect_err("another key").code, "key.wrong");
        assert_eq!(words(&file.clone().with_key(None)).expect_err("no key").code, "key.wrong");
        // A copy made while it is open has the same key.
        let copy = Embedded { path: folder.path().join("copy.db"), ..file.clone() };
        let connection = Place { file: file.clone(), temporary: false }.open().expect("open");
        connection.execute("vacuum into ?1", [copy.path.to_string_lossy()]).expect("copied");
        assert_eq!(words(&copy).expect("read"), ["a secret"]);
        // One byte that turned over is not read.
        let mut bytes = std::fs::read(&copy.path).expect("the copy");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&copy.path, bytes).expect("written");
        assert!(words(&copy).is_err());
    }

    #[test]
    fn a_database_is_written_again_under_another_key_and_in_clear() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| Embedded::clear(folder.path().join(name));
        let (one, two) = (Key::new().expect("chance"), Key::new().expect("chance"));
        let clear = at("clear.db");
        write(&clear, "a secret").expect("written");
        assert_eq!(encrypted(&clear.path), Some(false));
        let first = at("first.db").with_key(Some(one));
        let second = at("second.db").with_key(Some(two));
        rewrite(&clear, &first).expect("encrypted");
        write(&first, "another secret").expect("written");
        rewrite(&first, &second).expect("under another key");
        assert_eq!(words(&second).expect("read"), ["a secret", "another secret"]);
        let last = at("last.db");
        rewrite(&second, &last).expect("in clear");
        let bare = Connection::open(&last.path).expect("SQLite");
        let count: i64 =
            bare.query_row("select count(*) from words", [], |row| row.get(0)).unwrap();
        assert_eq!((count, encrypted(&last.path)), (2, Some(false)));
    }
}
