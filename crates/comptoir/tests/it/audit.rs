//! The log exported and judged by the binary alone; tampered with in the file and in the database.

use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::Connection;
use serde_json::{Value as Json, json};
use store::tree::entry::{Entry, Log, Payload};
use store::tree::note::{hexadecimal, of_hexadecimal};
use tempfile::TempDir;

use crate::ground::{Client, Server, doctor, found};

/// The binary with a task of the audit; what it said, and whether it was content.
pub fn audit(task: &str, data: &Path, more: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comptoir"));
    command.args(["audit", task]).env("LC_ALL", "en_GB.UTF-8").env_remove("COMPTOIR_AUDIT_KEY");
    if task != "verify" {
        command.arg("--data").arg(data);
    }
    let output = command.args(more).output().expect("the binary");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).expect("text"))
}

/// A company's log in a file, its last checkpoint and its key kept elsewhere.
struct Exported {
    folder: TempDir,
    lines: Vec<Json>,
}

impl Exported {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        found(folder.path());
        let (done, key) = audit("key", folder.path(), &[]);
        assert!(done, "{key}");
        std::fs::write(folder.path().join("key"), key).expect("written");
        let log = folder.path().join("log");
        let (done, said) = audit("export", folder.path(), &[&log.to_string_lossy()]);
        assert!(done, "{said}");
        let (done, checkpoint) = audit("checkpoint", folder.path(), &[]);
        assert!(done, "{checkpoint}");
        std::fs::write(folder.path().join("checkpoint"), checkpoint).expect("written");
        let text = std::fs::read_to_string(&log).expect("the log");
        let lines = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        Self { folder, lines }
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the verification says of these lines: far from the database.
    fn verify(&self, lines: &[Json]) -> (bool, String) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let away = TempDir::new().expect("a folder");
        for (name, text) in [
            ("log", text),
            ("key", std::fs::read_to_string(self.place("key")).expect("the key")),
            ("checkpoint", std::fs::read_to_string(self.place("checkpoint")).expect("it")),
        ] {
            std::fs::write(away.path().join(name), text).expect("written");
        }
        let place = |name: &str| away.path().join(name).to_string_lossy().into_owned();
        let (log, checkpoint, key) = (place("log"), place("checkpoint"), place("key"));
        let more = ["--log", &log, "--checkpoint", &checkpoint, "--pubkey", &key];
        audit("verify", away.path(), &more)
    }

    /// Where the entry of a place stands in the file.
    fn at(&self, leaf: usize) -> usize {
        self.lines.iter().position(|line| line["leaf"] == leaf).expect("an entry")
    }

    fn tampered(&self, change: impl FnOnce(&mut Vec<Json>)) -> String {
        let mut lines = self.lines.clone();
        change(&mut lines);
        let (content, said) = self.verify(&lines);
        assert!(!content, "{said}");
        said
    }
}

/// Gives an entry the hash that its present words have, as a careful forger would.
fn forge(line: &mut Json) {
    let id = |name: &str| line[name].as_str().map(|id| kernel::RawId::parse(id).expect("an id"));
    let text = |name: &str| line[name].as_str().expect("a text").to_owned();
    let log = Log::of(&text("log")).expect("a log");
    let entry = Entry {
        company: 1,
        log,
        seq: line["seq"].as_i64().expect("a number"),
        at: kernel::Instant(line["at"].as_i64().expect("a time")),
        actor: id("actor"),
        door: text("door"),
        entity: text("entity"),
        record: id("record"),
        verb: text("verb"),
    };
    let texts = log.erasable().iter().map(|name| text(name)).collect();
    let salt = of_hexadecimal(&text("salt")).expect("a salt");
    line["hash"] = hexadecimal(&entry.hash(&Payload::Whole(texts, salt))).into();
}

#[test]
fn an_exported_log_is_judged_without_the_database_and_each_tampering_is_named() {
    let log = Exported::new();
    let (content, said) = log.verify(&log.lines);
    assert!(content && said.contains("the log is whole"), "{said}");
    assert!(log.lines.len() > 50);

    let at = log.at(20);
    let changed = log.tampered(|lines| lines[at]["changes"] = "{\"name\":[null,\"X\"]}".into());
    assert!(changed.contains("place 20) was changed"), "{changed}");
    assert_eq!(changed.matches("(audit.").count(), 1, "{changed}");
    for field in ["at", "actor", "door", "verb", "actor_name", "record", "entity", "seq"] {
        let other: Json = match field {
            "at" | "seq" => 7.into(),
            "actor" | "record" => "00000000-0000-7000-8000-000000000000".into(),
            _ => "other".into(),
        };
        let changed = log.tampered(|lines| lines[at][field] = other);
        assert!(changed.contains("was changed. (audit.changed)"), "{field}: {changed}");
    }

    let removed = log.tampered(|lines| drop(lines.remove(at)));
    assert!(removed.contains("removed at place 20. (audit.removed)"), "{removed}");

    let added = log.tampered(|lines| {
        let mut line = lines[at].clone();
        line["verb"] = "deleted".into();
        forge(&mut line);
        lines.insert(at + 1, line);
    });
    assert!(added.contains("was added at place 20"), "{added}");

    let moved = log.tampered(|lines| lines.swap(at, at + 3));
    assert!(moved.contains("(audit.reordered)"), "{moved}");
    assert!(!moved.contains("audit.removed") && !moved.contains("audit.altered"), "{moved}");

    // Each given the number of the other, as well as its place.
    let traded = log.tampered(|lines| {
        for name in ["leaf", "seq", "salt", "hash"] {
            let (one, other) = (lines[at][name].clone(), lines[at + 1][name].clone());
            (lines[at][name], lines[at + 1][name]) = (other, one);
        }
        lines.swap(at, at + 1);
    });
    assert_eq!(traded.matches("(audit.reordered)").count(), 2, "{traded}");
}

#[test]
fn a_careful_forger_is_caught_by_the_checkpoint() {
    let log = Exported::new();
    let at = log.at(20);
    let forged = log.tampered(|lines| {
        lines[at]["changes"] = "{}".into();
        forge(&mut lines[at]);
    });
    assert!(forged.contains("Between places 0 and"), "{forged}");

    let renumbered = log.tampered(|lines| {
        lines.remove(at);
        for line in &mut lines[at..] {
            if let Some(leaf) = line["leaf"].as_u64() {
                line["leaf"] = (leaf - 1).into();
            }
        }
    });
    assert!(renumbered.contains("(audit.altered)") || renumbered.contains("(audit.cut)"));

    let cut = log.tampered(|lines| lines.truncate(at));
    assert!(cut.contains("The end of the log is missing: places 20 to"), "{cut}");

    let unsigned = log.tampered(|lines| {
        let last = lines.len() - 1;
        let note = lines[last]["checkpoint"].as_str().expect("a note");
        lines[last]["checkpoint"] = note.replace("/1\n", "/1\n1").into();
    });
    assert!(unsigned.contains("(audit.unsigned)"), "{unsigned}");

    let (content, said) = log.verify(&[json!({"form": "other"})]);
    assert!(!content && said.contains("(audit.form)"), "{said}");
}

#[test]
fn a_database_edited_by_hand_is_told_by_the_doctor() {
    let folder = TempDir::new().expect("a folder");
    found(folder.path());
    let (done, said) =
        audit("export", folder.path(), &[&folder.path().join("log").to_string_lossy()]);
    assert!(done, "{said}");
    let place = folder.path().join("comptoir.db");
    let edit = |statements: &str| {
        let database = Connection::open(&place).expect("the database");
        let whole = format!("begin; {statements}; commit");
        database.execute_batch(&whole).expect(statements);
    };
    let refused = |statement: &str| {
        let database = Connection::open(&place).expect("the database");
        let error = database.execute(statement, []).expect_err(statement).to_string();
        assert!(error.contains("audit.fixed"), "{error}");
    };
    for statement in [
        "update audit set changes = '{}' where seq = 5",
        "update audit set verb = 'deleted', changes = '{}', actor_name = '' where seq = 5",
        "delete from audit where seq = 5",
        "delete from audit_batch",
        "update audit_batch set hashes = zeroblob(length(hashes))",
        "update audit_node set hash = zeroblob(32)",
        "delete from audit_checkpoint",
    ] {
        if !statement.contains("audit_node") {
            refused(statement);
        }
    }
    edit(
        "drop trigger audit_is_only_erased; drop trigger audit_is_never_deleted; \
         drop trigger audit_batch_is_never_updated; drop trigger audit_batch_is_never_deleted",
    );
    assert!(doctor(folder.path()).0);
    let told = |spoil: &str, mend: &str| {
        edit(spoil);
        let (content, said) = doctor(folder.path());
        assert!(!content, "{spoil}: {said}");
        edit(mend);
        assert!(doctor(folder.path()).0, "{mend}");
        said
    };
    let keep = "create table kept as select * from audit where seq in (5, 6)";
    edit(keep);
    let back = "insert or replace into audit select * from kept";
    let changed = told("update audit set changes = '{\"a\":[1,2]}' where seq = 5", back);
    assert!(changed.contains("Line 5 of the log (change, place 4) was changed"), "{changed}");
    let removed = told("delete from audit where seq = 5", back);
    assert!(removed.contains("removed at place 4"), "{removed}");
    let swap = "update audit set seq = -1 where seq = 5; update audit set seq = 5 where seq = 6; \
                update audit set seq = 6 where seq = -1";
    let moved = told(swap, back);
    assert_eq!(moved.matches("(audit.reordered)").count(), 2, "{moved}");
    let added = told(
        "insert into audit select company, 0, 0, actor, actor_name, door, entity, record, verb, \
         changes, salt from audit where seq = 5",
        "delete from audit where seq = 0",
    );
    assert!(added.contains("Line 0 of the log (change) is not part of the tree"), "{added}");
    let forged = told(
        "create table batch as select * from audit_batch where leaf = 0; \
         update audit_batch set hashes = cast(substr(hashes, 1, 128) || zeroblob(32) || \
         substr(hashes, 161) as blob) where leaf = 0",
        "insert or replace into audit_batch select * from batch",
    );
    assert!(forged.contains("(audit.changed)") && forged.contains("(audit.altered)"), "{forged}");
}

#[test]
fn a_server_that_stops_has_sealed_all_and_told_its_witness() {
    let folder = TempDir::new().expect("a folder");
    let company = found(folder.path());
    let witness = folder.path().join("witness");
    let mut server = Server::start(folder.path(), &["--witness", &witness.to_string_lossy()]);
    let client = Client::new(&server.base, &company.token);
    let party = json!({ "kind": "company", "name": "Ferme des Aulnes", "country": "FR" });
    let answer = client.post("/api/parties", &party);
    let id = answer.made();
    let path = format!("/api/parties/{id}");
    for _ in 0..3 {
        assert_eq!(client.get(&path).status, 200);
        assert_eq!(client.get("/api/parties?q=aulnes").status, 200);
    }
    assert_eq!(client.get("/api/parties.csv").status, 200);
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let wrong = [("email", "nobody@example.com"), ("password", "wrong")];
    let refused = agent.post(format!("{}/sign-in", server.base)).send_form(wrong);
    assert_eq!(refused.expect("an answer").status(), 422);
    server.stop();
    let (_, last) = audit("checkpoint", folder.path(), &[]);
    let told = std::fs::read_to_string(&witness).expect("the witness");
    assert!(told.contains(last.trim()), "{told}\n{last}");
    let log = folder.path().join("log").to_string_lossy().into_owned();
    let (done, said) = audit("export", folder.path(), &[&log]);
    assert!(done, "{said}");
    let (_, key) = audit("key", folder.path(), &[]);
    let witness = witness.to_string_lossy().into_owned();
    let more = ["--log", &log, "--checkpoint", &witness, "--pubkey", key.trim()];
    let (content, said) = audit("verify", folder.path(), &more);
    assert!(content, "{said}");
    let text = std::fs::read_to_string(&log).expect("the log");
    assert!(text.contains("Ferme des Aulnes"));
    let lines = text.lines().map(|line| serde_json::from_str::<Json>(line).expect("JSON"));
    let seen: Vec<(String, Json)> = lines
        .filter(|line| line["log"] == "access")
        .map(|line| (line["verb"].as_str().expect("a verb").to_owned(), line))
        .collect();
    let of = |verb: &str| seen.iter().filter(|(seen, _)| seen == verb).collect::<Vec<_>>();
    // Three times in a row is once; each file is a line.
    let counts = ["opened", "listed", "exported", "sign_in_refused"].map(|verb| of(verb).len());
    assert_eq!(counts, [1, 1, 1, 1], "{seen:?}");
    let opened = &of("opened")[0].1;
    assert_eq!((&opened["record"], &opened["door"]), (&json!(id), &json!("rest")));
    assert_eq!(opened["address"], "127.0.0.1");
    assert!(of("listed")[0].1["detail"].as_str().expect("text").contains("q=aulnes"));
    let record = format!("party/{id}");
    let (done, said) = audit("erase", folder.path(), &[&record, "--reason", "demande du 3 mai"]);
    assert!(done && said.contains(&format!("{record}: ")), "{said}");
    let again = folder.path().join("again").to_string_lossy().into_owned();
    assert!(audit("export", folder.path(), &[&again]).0);
    let without = std::fs::read_to_string(&again).expect("the log");
    assert!(!without.contains("Ferme des Aulnes") && without.contains("demande du 3 mai"));
    let more = ["--log", &again, "--checkpoint", &witness, "--pubkey", key.trim()];
    let (content, said) = audit("verify", folder.path(), &more);
    assert!(content && said.contains("Erased lines: "), "{said}");
    let typed = of("sign_in_refused")[0].1["detail"].as_str().expect("text");
    assert!(typed.contains("nobody@example.com"), "{typed}");
}
