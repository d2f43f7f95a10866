//! The disk is full: a real one, of some megabytes.

use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::Connection;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::ground::{Client, Company, Server, doctor, found};

const TEST: &str = "disk::a_full_disk_is_told_and_survived";
/// Set where the test runs again with the right to mount.
const INSIDE: &str = "COMPTOIR_TEST_OWN_MOUNTS";

/// A small filesystem of its own, gone with its handle.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where mounting is not permitted.
    fn mount(place: &Path) -> Option<Self> {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", "size=12m", "tmpfs"]).arg(place);
        succeeds(&mut command).then(|| Self(place.to_owned()))
    }
    /// Takes room that can be given back.
    fn ballast(&self) -> PathBuf {
        let place = self.0.join("ballast");
        std::fs::write(&place, vec![1; 3 << 20]).expect("room for the ballast");
        place
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Where it fails, the folder stays behind in the temporary place.
        let _ = Command::new("umount").arg(&self.0).output();
    }
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_disk_is_told_and_survived() {
    let folder = TempDir::new().expect("a folder");
    if let Some(disk) = SmallDisk::mount(folder.path()) {
        story(&disk);
        return;
    }
    let mut own = Command::new("unshare");
    own.arg("-rm");
    if std::env::var_os(INSIDE).is_some() || !succeeds(own.arg("true")) {
        println!("skipped: neither mount nor unshare is permitted");
        return;
    }
    let mut again = Command::new("unshare");
    again.arg("-rm").arg(std::env::current_exe().expect("this test"));
    again.args([TEST, "--exact", "--nocapture"]).env(INSIDE, "yes");
    let output = again.output().expect("this test");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}{failed}");
    print!("{said}");
}

fn story(disk: &SmallDisk) {
    let company = found(&disk.0);
    let ballast = disk.ballast();
    let mut server = Server::start(&disk.0, &[]);
    let client = Client::new(&server.base, &company.token);
    let fills: Vec<Filled> = std::thread::scope(|scope| {
        let fill = |lane| {
            let (base, company) = (&server.base, &company);
            scope.spawn(move || fill(&Client::new(base, &company.token), company, lane))
        };
        let lanes = [fill(0), fill(1), fill(2)];
        lanes.map(|lane| lane.join().expect("a client")).into()
    });
    let made: Vec<&String> = fills.iter().flat_map(|filled| &filled.made).collect();
    assert!(made.len() > 10, "{} orders fit", made.len());

    // It lives on, reads, and has kept what it acknowledged, nothing else.
    assert!(server.is_alive());
    for id in &made {
        client.get(&format!("/api/orders/{id}")).done();
    }
    let page = client.get("/api/orders?limit=10").done();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(10));
    assert_eq!(orders(&disk.0), made.len());

    // With room again, what was refused is done under the same key; the order goes its way.
    std::fs::remove_file(ballast).expect("the ballast");
    for Filled { refused: (key, body), .. } in &fills {
        let order = client.try_post("/api/orders", body, key).expect("an answer").made();
        client.post(&format!("/api/orders/{order}/confirm"), &json!({})).done();
    }
    assert_eq!(orders(&disk.0), made.len() + fills.len());
    server.kill();
    let (well, said) = doctor(&disk.0);
    assert!(well, "{said}");
}

/// The orders that fitted, and the one that did not.
struct Filled {
    made: Vec<String>,
    refused: (String, Json),
}

/// Orders until one is refused.
fn fill(client: &Client, company: &Company, lane: usize) -> Filled {
    let mut made = Vec::new();
    loop {
        let (number, key) = (made.len(), format!("fill-{lane}-{}", made.len()));
        let party = &company.parties[(number * 3 + lane) % company.parties.len()];
        let line = json!({ "product": company.products[lane], "quantity": "1" });
        let lines: Vec<&Json> = std::iter::repeat_n(&line, 20).collect();
        let body = json!({ "party": party, "note": "x".repeat(5_000), "lines": lines });
        let answer = client.try_post("/api/orders", &body, &key).expect("an answer");
        if answer.status >= 400 {
            answer.refused(507, "store.full");
            return Filled { made, refused: (key, body) };
        }
        made.push(answer.made());
    }
}

fn orders(data: &Path) -> usize {
    let database = Connection::open(data.join("comptoir.db")).expect("the database");
    let count = database.query_row("select count(*) from orders", [], |row| row.get::<_, i64>(0));
    usize::try_from(count.expect("a number")).expect("a count")
}
