//! Bank accounts and secrets of second factors are sealed in the database, whichever it is, and stay
//! so when the key changes.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use comptoir::options::Database;
use identity::{SecondFactor, User};
use kernel::{Actor, CompanyNumber, Door, Filter, Tx};
use master::Company;
use serde_json::Value as Json;
use store::{Call, Store};
use tempfile::TempDir;

use crate::ground::{OwnPostgres, doctor_of, found_at};

const IBAN: &str = "FR7630006000011234567890189";
const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// An encrypted embedded database, and one on PostgreSQL where there is a server.
fn on_both(test: impl Fn(&Database, &[&str])) {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().to_owned();
    test(&Database { data: data.clone(), ..Database::default() }, &[]);
    let Some(own) = OwnPostgres::new("sealed") else { return };
    let folder = TempDir::new().expect("a folder");
    let (data, url) = (folder.path().to_owned(), own.url.clone());
    let database = Database { data, database: Some(url.clone()), ..Database::default() };
    test(&database, &["--database", &url]);
    own.drop_it();
}

fn house() -> Actor {
    Actor::house(CompanyNumber(1), Door::Console)
}

fn fill(store: &Store) {
    let done = store.command(Call::new(house()), |tx| {
        let company = tx.first::<Company>(Filter::everything())?;
        let mut company = company.expect("a company");
        company.iban = Some(IBAN.to_owned());
        tx.save(&company)?;
        let user = tx.first::<User>(Filter::everything())?.expect("a user").id;
        let secret = SECRET.to_owned();
        tx.insert(&SecondFactor { user, secret, confirmed_at: None, last_step: 0 })?;
        Ok(Json::Null)
    });
    done.expect("written");
}

/// What a statement by hand reads: the cells as they lie there.
fn raw(store: &Store) -> String {
    let read = |tx: &mut Tx<'_>| {
        let mut rows = tx.sql("select iban from companies where company = $1", &[])?;
        rows.extend(tx.sql("select secret from second_factors where company = $1", &[])?);
        rows.extend(tx.sql("select changes from audit where company = $1", &[])?);
        Ok(format!("{rows:?}"))
    };
    store.read(&house(), read).expect("read")
}

fn known(store: &Store) -> (Option<String>, String) {
    let read = |tx: &mut Tx<'_>| {
        let company = tx.first::<Company>(Filter::everything())?.expect("a company");
        let factor = tx.first::<SecondFactor>(Filter::everything())?.expect("a factor");
        Ok((company.iban.clone(), factor.secret.clone()))
    };
    store.read(&house(), read).expect("read")
}

fn key(task: &str, database: &Database, more: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comptoir"));
    command.env("LC_ALL", "en_GB.UTF-8").args(["key", task, "--data"]).arg(&database.data);
    let output = command.args(more).output().expect("the binary");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).expect("text"))
}

#[test]
fn secrets_are_sealed_rewrapped_refused_where_they_were_moved_and_opened_at_the_end() {
    on_both(|database, more| {
        found_at(database);
        let store = database.open().expect("a database");
        fill(&store);
        let sealed = raw(&store);
        assert!(sealed.contains("~1.") && sealed.contains("•••"), "{sealed}");
        assert!(!sealed.contains(IBAN) && !sealed.contains(SECRET), "{sealed}");
        let clear = (Some(IBAN.to_owned()), SECRET.to_owned());
        assert_eq!(known(&store), clear);
        drop(store);
        let file = database.data.join("comptoir.key");
        let mode = std::fs::metadata(&file).expect("a key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let before = std::fs::read_to_string(&file).expect("the key");
        let (content, said) = doctor_of(&database.data, more);
        assert!(content, "{said}");

        let (done, said) = key("rotate", database, more);
        assert!(done, "{said}");
        assert_ne!(std::fs::read_to_string(&file).expect("the key"), before);
        let store = database.open().expect("under the new key");
        assert_eq!(known(&store), clear);
        assert!(!raw(&store).contains(IBAN));

        // A hand with the password of the database puts one secret in the place of another.
        let moved = "update companies set iban = (select secret from second_factors s \
                     where s.company = $1) where company = $1 returning name";
        let done =
            store.command(Call::new(house()), move |tx| Ok(Json::from(tx.sql(moved, &[])?.len())));
        done.expect("moved");
        drop(store);
        let (content, said) = doctor_of(&database.data, more);
        assert!(!content && said.contains("secret.moved"), "{said}");
        let store = database.open().expect("a database");
        let refused = store.read(&house(), |tx| Ok(tx.first::<Company>(Filter::everything())?));
        assert_eq!(refused.expect_err("it does not open").codes(), ["secret.moved"]);
        let mended = "update companies set iban = null where company = $1 returning name";
        let done =
            store.command(Call::new(house()), move |tx| Ok(Json::from(tx.sql(mended, &[])?.len())));
        done.expect("mended");
        drop(store);

        if database.database.is_some() {
            // No new key for what the lost one seals.
            let aside = file.with_extension("aside");
            std::fs::rename(&file, &aside).expect("the key is lost");
            let (content, said) = doctor_of(&database.data, more);
            assert!(!content && said.contains("(key.missing)") && !file.exists(), "{said}");
            std::fs::rename(&aside, &file).expect("the key is found");
        }
        let (done, said) = key("remove", database, more);
        if database.database.is_some() {
            assert!(!done && said.contains("(key.nothing)"), "{said}");
            return;
        }
        assert!(done, "{said}");
        let store = database.open().expect("in clear");
        assert!(raw(&store).contains(SECRET));
        assert_eq!(known(&store), (None, SECRET.to_owned()));
    });
}
