//! A folder with a founded company, the binary that serves it, and clients that ask.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use comptoir::bench::world::World;
use comptoir::options::Database;
use serde_json::Value as Json;

/// What a founded company has, by its ids, and how one comes in.
pub struct Company {
    pub products: Vec<String>,
    pub parties: Vec<String>,
    pub token: String,
    pub session: String,
}

/// Opens the books of a company in an empty folder: thirty products in stock, fifty customers.
/// The database is closed again: it is the binary that opens it from now on.
pub fn found(data: &Path) -> Company {
    found_at(&embedded(data))
}

/// The embedded database of a folder.
pub fn embedded(data: &Path) -> Database {
    Database { data: data.to_owned(), unencrypted: true, ..Database::default() }
}

/// A new database on the server that `COMPTOIR_TEST_POSTGRES` names, if it names one; it goes when
/// the test has passed.
pub struct OwnPostgres {
    server: String,
    name: String,
    pub url: String,
}

impl OwnPostgres {
    pub fn new(what: &str) -> Option<Self> {
        let Ok(server) = std::env::var("COMPTOIR_TEST_POSTGRES") else {
            eprintln!("skipped on PostgreSQL: COMPTOIR_TEST_POSTGRES is not set");
            return None;
        };
        let name = format!("comptoir_{what}_{}", std::process::id());
        run_on(&server, &format!("drop database if exists {name}"));
        run_on(&server, &format!("create database {name}"));
        let (base, _) = server.rsplit_once('/').expect("postgres://server/database");
        let url = format!("{base}/{name}");
        Some(Self { server, name, url })
    }
    pub fn drop_it(self) {
        run_on(&self.server, &format!("drop database {} with (force)", self.name));
    }
}

fn run_on(server: &str, statement: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let connected = tokio_postgres::connect(server, tokio_postgres::NoTls).await;
        let (client, connection) = connected.expect("PostgreSQL");
        tokio::spawn(connection);
        client.batch_execute(statement).await.expect(statement);
    });
}

/// The same as [`found`], in any database.
pub fn found_at(database: &Database) -> Company {
    let world = World::found(database.open().expect("a database")).expect("a company");
    let World { products, parties, token, session, .. } = world;
    Company { products, parties, token, session }
}

/// The command line of the binary.
pub fn comptoir(task: &str, data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comptoir"));
    command.arg(task).arg("--data").arg(data).env("LC_ALL", "en_GB.UTF-8");
    command.env_remove("COMPTOIR_SMTP").env_remove("COMPTOIR_LOG");
    command
}

/// What `comptoir doctor` says, and whether it is content.
pub fn doctor(data: &Path) -> (bool, String) {
    doctor_of(data, &[])
}

/// The same, with more on the command line.
pub fn doctor_of(data: &Path, more: &[&str]) -> (bool, String) {
    let output = comptoir("doctor", data).args(more).output().expect("the doctor comes");
    let said = String::from_utf8(output.stdout).expect("text");
    let failed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{said}{failed}");
    (output.status.success(), format!("{said}{failed}"))
}

/// The binary, serving; killed with its handle at the latest.
pub struct Server {
    child: Child,
    pub base: String,
}

impl Server {
    pub fn start(data: &Path, more: &[&str]) -> Self {
        let mut command = comptoir("serve", data);
        if !more.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        command.args(more);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary");
        let out = child.stdout.take().expect("its words");
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).expect("its address");
        let base = line.trim().to_owned();
        assert!(base.starts_with("http"), "no address: {line:?}");
        Self { child, base }
    }
    /// `host:port`.
    pub fn address(&self) -> &str {
        self.base.split_once("://").map_or("", |(_, address)| address)
    }
    /// Pulls the plug: no signal that could be heard.
    pub fn kill(mut self) {
        self.child.kill().expect("our child");
        self.child.wait().expect("its end");
    }
    /// Asks it to stop, and waits until it has.
    pub fn stop(&mut self) {
        let mut ask = Command::new("kill");
        ask.args(["-TERM", &self.child.id().to_string()]);
        assert!(ask.status().expect("a signal").success());
        assert!(self.child.wait().expect("its end").success());
    }
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("our child").is_none()
    }
    /// The most memory it has had so far, in MB.
    pub fn most_memory(&self) -> u64 {
        let place = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(place).expect("a running process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("VmHWM");
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kilobytes / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // If it has ended already there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer, whatever its status.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub kind: String,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
    /// Expects it to be done, and gives the body.
    pub fn done(&self) -> Json {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.json()
    }
    /// The id of what a command made, or of its record.
    pub fn made(&self) -> String {
        let body = self.done();
        let id = body["made"]["id"].as_str().or(body["id"].as_str());
        id.or(body["record"]["id"].as_str()).expect("an id").to_owned()
    }
    /// Expects one refusal, of this field.
    pub fn refused_on(&self, status: u16, code: &str, field: &str) {
        self.refused(status, code);
        assert_eq!(self.json()["faults"][0]["field"], field, "{self:?}");
    }
    /// Expects one refusal, as a problem document.
    pub fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, &*self.kind), (status, "application/problem+json"), "{self:?}");
        let document = self.json();
        assert_eq!(document["faults"].as_array().map(Vec::len), Some(1), "{self:?}");
        assert_eq!(document["faults"][0]["code"], code, "{self:?}");
        let sentence = document["faults"][0]["sentence"].as_str().unwrap_or_default();
        assert!(sentence.contains(' '), "{self:?}");
    }
}

/// A program that uses the API.
pub struct Client {
    agent: ureq::Agent,
    base: String,
    token: String,
}

impl Client {
    pub fn new(base: &str, token: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(30)))
            .http_status_as_error(false)
            .build();
        Self { agent: config.into(), base: base.to_owned(), token: format!("Bearer {token}") }
    }
    /// The answer to a command, unless the way to the server was cut.
    pub fn try_post(&self, path: &str, body: &Json, key: &str) -> Result<Answer, String> {
        let asked = self.agent.post(format!("{}{path}", self.base));
        let asked = asked.header("authorization", &self.token);
        let asked = if key.is_empty() { asked } else { asked.header("idempotency-key", key) };
        answer(asked.send_json(body))
    }
    pub fn post(&self, path: &str, body: &Json) -> Answer {
        self.try_post(path, body, "").expect("an answer")
    }
    /// Sends a body of any kind; the header says who sends it.
    pub fn send(&self, path: &str, who: (&str, &str), kind: &str, body: &[u8]) -> Answer {
        let asked = self.agent.post(format!("{}{path}", self.base));
        let asked = asked.header(who.0, who.1).header("content-type", kind);
        answer(asked.send(body)).expect("an answer")
    }
    pub fn patch(&self, path: &str, body: &Json) -> Answer {
        let asked = self.agent.patch(format!("{}{path}", self.base));
        answer(asked.header("authorization", &self.token).send_json(body)).expect("an answer")
    }
    pub fn get(&self, path: &str) -> Answer {
        let asked = self.agent.get(format!("{}{path}", self.base));
        answer(asked.header("authorization", &self.token).call()).expect("an answer")
    }
}

fn answer(got: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer, String> {
    let mut got = got.map_err(|error| error.to_string())?;
    let kind = got.headers().get("content-type").and_then(|kind| kind.to_str().ok());
    let (status, kind) = (got.status().as_u16(), kind.unwrap_or_default().to_owned());
    let text = got.body_mut().read_to_string().map_err(|error| error.to_string())?;
    Ok(Answer { status, kind, text })
}

/// Waits until something is so, half a minute at most, and gives it.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(30) {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it never came: {what}");
}
