//! The plug is pulled in the middle: a process of its own writes, and is killed.

use std::process::{Command, Stdio};
use std::time::Duration;

use kernel::{Currency, Entity, Query};
use store::{Embedded, Location, Store};

use crate::world::{Book, Genre, World, catalog};

const PLACE: &str = "COMPTOIR_TEST_CRASH_FILE";

/// The writer that will be killed; an ordinary run of the tests passes it by.
#[test]
fn writer_that_is_killed() {
    let Ok(path) = std::env::var(PLACE) else { return };
    let store = Store::open(catalog(), &Location::Embedded(Embedded::clear(path.into()))).unwrap();
    let company = store.companies().unwrap()[0];
    let (actor, location) = (crate::world::actor(company), Location::Temporary);
    let world = World { store, actor, location };
    let start = u64::from_be_bytes(store::random_bytes().unwrap());
    for number in 0.. {
        world.add(&format!("{start}-{number}"), Genre::Novel, number).unwrap();
        // Acknowledged: it must be there after the crash.
        println!("{start}-{number}");
    }
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let folder = std::env::temp_dir().join(format!("comptoir-crash-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("livres.db");
    let store = Store::open(catalog(), &Location::Embedded(Embedded::clear(path.clone()))).unwrap();
    store.draw_schema().unwrap();
    store.open_company(Currency::EUR).unwrap();
    drop(store);
    let mut told = Vec::new();
    for round in 0..5 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["writer_that_is_killed", "--nocapture", "--exact", "--test-threads=1"])
            .args(["crash::writer_that_is_killed"])
            .env(PLACE, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(300 + 40 * round));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        // The last line may be cut in the middle.
        let whole = lines.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let names = whole.lines().map(|line| line.rsplit(' ').next().unwrap_or(line));
        told.extend(names.filter(|line| line.contains('-')).map(str::to_owned));
    }
    assert!(told.len() > 20, "the writers told {} books", told.len());
    let store = Store::open(catalog(), &Location::Embedded(Embedded::clear(path))).unwrap();
    let actor = crate::world::actor(store.companies().unwrap()[0]);
    let kept = store.read(&actor, |tx| Ok(tx.select::<Book>(Query::all(Book::DEF))?)).unwrap();
    let titles: std::collections::HashSet<&str> =
        kept.iter().map(|book| book.title.as_str()).collect();
    for title in &told {
        assert!(titles.contains(title.as_str()), "{title} was acknowledged and is lost");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
