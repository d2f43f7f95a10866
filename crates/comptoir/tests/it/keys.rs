//! What is on the disk, and the key that opens it.

use std::fs;
use std::path::Path;
use std::process::Command;

use comptoir::options::Database;
use tempfile::TempDir;

use crate::ground::{Client, Server, comptoir, doctor, found, found_at};

fn key(what: &str, data: &Path) -> (bool, String) {
    // The act comes before what it is done to.
    let mut command = Command::new(env!("CARGO_BIN_EXE_comptoir"));
    command.args(["key", what, "--data"]).arg(data).env("LC_ALL", "en_GB.UTF-8");
    let asked = command.env_remove("COMPTOIR_KEY").output().expect("the binary");
    let said = String::from_utf8_lossy(&asked.stdout).into_owned();
    (asked.status.success(), said + &String::from_utf8_lossy(&asked.stderr))
}

fn holds(place: &Path, word: &str) -> bool {
    let bytes = fs::read(place).unwrap_or_default();
    bytes.windows(word.len()).any(|part| part == word.as_bytes())
}

fn is_clear(data: &Path) -> bool {
    holds(&data.join("comptoir.db"), "SQLite format 3")
}

#[test]
fn asvs_14_2_4_a_new_database_is_encrypted_and_its_key_can_be_changed() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path();
    let company = found_at(&Database { data: data.to_owned(), ..Database::default() });
    let server = Server::start(data, &[]);
    let name = "Toiles de Beauvais";
    let made = Client::new(&server.base, &company.token)
        .post("/api/parties", &serde_json::json!({ "name": name, "customer": true }));
    made.done();
    // Nobody takes the ground from under those at work.
    let (done, said) = key("rotate", data);
    assert!(!done && said.contains("(store.busy)"), "{said}");
    // What was refused leaves nothing.
    assert!(!data.join("comptoir.key-next").exists() && !data.join("comptoir.db-next").exists());
    drop(server);
    // What was cut off must be ended before anyone is served.
    fs::write(data.join("comptoir.key-next"), "0f".repeat(32)).expect("written");
    let output = comptoir("serve", data).args(["--listen", "127.0.0.1:0"]).output();
    let said = String::from_utf8(output.expect("it ends").stderr).expect("text");
    assert!(said.contains("(key.rotating)"), "{said}");
    for file in ["comptoir.db", "comptoir.db-wal"] {
        assert!(!holds(&data.join(file), name) && !is_clear(data), "{file}");
    }
    let former = fs::read_to_string(data.join("comptoir.key")).expect("a key");
    let (done, said) = key("rotate", data);
    assert!(done, "{said}");
    let present = fs::read_to_string(data.join("comptoir.key")).expect("a key");
    assert_ne!(former, present);
    assert!(!data.join("comptoir.key-next").exists() && !is_clear(data));
    let (content, said) = doctor(data);
    assert!(content, "{said}");
    let server = Server::start(data, &[]);
    let known = Client::new(&server.base, &company.token).get("/api/parties?q=Beauvais");
    assert!(known.text.contains(name), "{known:?}");
    drop(server);
    fs::write(data.join("comptoir.key"), former).expect("written");
    let (content, said) = doctor(data);
    assert!(!content && said.contains("(key.wrong)"), "{said}");
    fs::remove_file(data.join("comptoir.key")).expect("removed");
    let (content, said) = doctor(data);
    assert!(!content && said.contains("(key.missing)"), "{said}");
    assert!(!data.join("comptoir.key").exists(), "no new key for an old database");
    fs::write(data.join("comptoir.key"), present).expect("written");
    let (done, said) = key("remove", data);
    assert!(done && is_clear(data), "{said}");
    assert!(doctor(data).0);
}

#[test]
fn a_database_in_clear_stays_so_until_it_is_given_a_key() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path();
    found(data);
    assert!(is_clear(data) && !data.join("comptoir.key").exists());
    assert!(doctor(data).0 && is_clear(data));
    fs::copy(data.join("comptoir.db"), data.join("before.db")).expect("copied");
    let (done, said) = key("rotate", data);
    assert!(done && !is_clear(data), "{said}");
    assert!(said.contains("before.db") && !said.contains("comptoir.db"), "{said}");
    let (content, said) = doctor(data);
    assert!(content, "{said}");
    // The copy opens with the key that the database had when it was made.
    let copy = data.join("copy.db");
    let output = comptoir("backup", data).arg(&copy).output().expect("the binary");
    assert!(output.status.success() && !holds(&copy, "SQLite format 3"));
    let other = TempDir::new().expect("a folder");
    fs::rename(&copy, other.path().join("comptoir.db")).expect("moved");
    fs::copy(data.join("comptoir.key"), other.path().join("comptoir.key")).expect("copied");
    assert!(doctor(other.path()).0);
}
