//! The tests of security, over real HTTP against the running binary. Each is named by the
//! requirement of OWASP ASVS 5.0.0 that it holds us to; `docs/security-tests.md` lists them all.

mod browser;
mod entry;
mod injection;
mod logs;
mod outside;
mod parsing;
mod sessions;
mod stored;
mod uploads;

use std::time::Duration;

use identity::{Role, User, set_password};
use kernel::{Actor, Door};
use serde_json::Value as Json;
use store::Call;
use tempfile::TempDir;

use crate::ground::{Company, Server, embedded, found};

pub const EMAIL: &str = "ada.lovelace@essai.example";
pub const PASSWORD: &str = "une tasse de lin bleu";

/// A founded company with someone who has a password, and the binary that serves it.
pub struct Place {
    pub company: Company,
    pub server: Server,
    pub folder: TempDir,
}

impl Place {
    pub fn open(more: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let company = found(folder.path());
        Self::serve(folder, company, more)
    }

    fn serve(folder: TempDir, company: Company, more: &[&str]) -> Self {
        let store = embedded(folder.path()).open().expect("the database");
        let first = store.companies().expect("the companies")[0];
        let made = store.command(Call::new(Actor::house(first, Door::Console)), |tx| {
            let ada = tx.insert(&User::named("Ada Lovelace", EMAIL, Role::Owner))?;
            set_password(tx, ada, PASSWORD, [7; 16])?;
            Ok(Json::Null)
        });
        made.expect("a person");
        drop(store);
        let server = Server::start(folder.path(), more);
        Self { company, server, folder }
    }

    /// Asks, as a browser that follows nothing by itself.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Heard {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(60)))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .build()
            .into();
        let asked = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.server.base));
        let asked = headers.iter().fold(asked, |asked, (name, value)| asked.header(*name, *value));
        let answer = if body.is_empty() && matches!(method, "GET" | "HEAD") {
            agent.run(asked.body(()).expect("a request"))
        } else {
            agent.run(asked.body(body).expect("a request"))
        };
        let mut answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let read = answer.body_mut().with_config().limit(64 << 20).read_to_vec();
        Heard {
            what: format!("{method} {path}"),
            status: answer.status().as_u16(),
            headers,
            body: read.expect("a body"),
        }
    }

    pub fn get(&self, path: &str) -> Heard {
        self.ask("GET", path, &[], b"")
    }

    /// With the session of the owner.
    pub fn page(&self, path: &str) -> Heard {
        self.ask("GET", path, &[("cookie", &self.cookie())], b"")
    }

    /// A form of the owner's, with its token.
    pub fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Heard {
        let token = web::door::form_token(&self.company.session);
        let mut all = vec![("token", token.as_str())];
        all.extend_from_slice(pairs);
        let cookie = self.cookie();
        let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin"), FORM];
        self.ask("POST", path, &headers, form(&all).as_bytes())
    }

    /// With the token of a program.
    pub fn api(&self, method: &str, path: &str, body: &str) -> Heard {
        let bearer = format!("Bearer {}", self.company.token);
        let mut headers = vec![("authorization", bearer.as_str()), ("accept-language", "en")];
        if !body.is_empty() {
            headers.push(("content-type", "application/json"));
        }
        self.ask(method, path, &headers, body.as_bytes())
    }

    pub fn cookie(&self) -> String {
        format!("session={}", self.company.session)
    }

    /// Tries to come in by a password.
    pub fn enter(&self, email: &str, password: &str) -> Heard {
        let body = form(&[("email", email), ("password", password)]);
        self.ask("POST", "/sign-in", &[FORM], body.as_bytes())
    }
}

pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The body of a form.
pub fn form(pairs: &[(&str, &str)]) -> String {
    let encoded = web::address::encoded;
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Heard {
    /// What was asked, for a failing test to tell.
    pub what: String,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Heard {
    /// A header, or nothing; what is sent several times is joined.
    pub fn header(&self, name: &str) -> String {
        let all = self.headers.iter().filter(|(given, _)| given == name);
        all.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("\n")
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}: {}", self.what, self.text()))
    }
    /// The cookies set, as whole lines.
    pub fn cookies(&self) -> Vec<String> {
        let all = self.headers.iter().filter(|(given, _)| given == "set-cookie");
        all.map(|(_, value)| value.clone()).collect()
    }
    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}: {}", self.what, self.text());
        self
    }
    /// Refused by this code alone, as a problem document.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) {
        self.is(status);
        assert_eq!(self.json()["faults"][0]["code"], code, "{}: {}", self.what, self.text());
    }
    /// Says nothing of how we are made (ASVS 16.5.1).
    #[track_caller]
    pub fn tells_nothing(&self) {
        let text = self.text();
        for word in ["panicked", "stack backtrace", "src/", ".rs:", "SQLITE", "rusqlite", "sqlx"] {
            assert!(!text.contains(word), "{}: {word} in {text}", self.what);
        }
        for start in ["near \"", "syntax error", "no such column", "no such table", "ERROR: "] {
            assert!(!text.contains(start), "{}: {start} in {text}", self.what);
        }
    }
}
