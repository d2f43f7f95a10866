//! All these tests once more, on PostgreSQL, when `COMPTOIR_TEST_POSTGRES` names a server.

use std::process::Command;

use store::{Location, Store};

use crate::world::catalog;

/// Names the database in the second run.
const PLACE: &str = "COMPTOIR_TEST_API_DATABASE";

/// The database of the second run; none in the first.
pub fn store() -> Option<Store> {
    let url = std::env::var(PLACE).ok()?;
    Some(Store::open(catalog(), &Location::Postgres(url)).unwrap())
}

#[test]
fn every_answer_is_the_same_on_postgresql() {
    let Ok(server) = std::env::var("COMPTOIR_TEST_POSTGRES") else {
        println!("skipped on PostgreSQL: COMPTOIR_TEST_POSTGRES is not set");
        return;
    };
    let name = format!("api_test_{:016x}", u64::from_be_bytes(store::random_bytes().unwrap()));
    run(&server, &format!("create database {name}"));
    let (base, rest) = server.rsplit_once('/').unwrap();
    let options = rest.split_once('?').map_or(String::new(), |(_, options)| format!("?{options}"));
    let url = format!("{base}/{name}{options}");
    Store::open(catalog(), &Location::Postgres(url.clone())).unwrap().draw_schema().unwrap();
    let mut again = Command::new(std::env::current_exe().unwrap());
    let again = again.args(["--skip", "postgres::"]).env(PLACE, url).output().unwrap();
    run(&server, &format!("drop database {name} with (force)"));
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(again.status.success(), "{said}{}", String::from_utf8_lossy(&again.stderr));
    assert!(said.contains("test result: ok") && !said.contains(" 0 passed"), "{said}");
}

fn run(server: &str, statement: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(server, tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(statement).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
    });
}
