//! As little of a browser as it takes to sign in and to have a token made.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Someone who asks for pages, signed in or not.
pub struct Browser {
    address: String,
    session: String,
}

impl Browser {
    pub fn stranger(address: &str) -> Self {
        Self { address: address.to_owned(), session: String::new() }
    }

    /// Signs in by the form.
    pub fn enter(address: &str, email: &str, password: &str) -> Result<Self, String> {
        let stranger = Self::stranger(address);
        let answer = stranger.post("/sign-in", &[("email", email), ("password", password)])?;
        let mark = "set-cookie: session=";
        let session = answer.split(mark).nth(1).and_then(|rest| rest.split(';').next());
        let session = session.ok_or_else(|| format!("no session: {answer}"))?.to_owned();
        Ok(Self { session, ..stranger })
    }

    /// The cookie, as a header says it.
    pub fn cookie(&self) -> String {
        format!("session={}", self.session)
    }

    /// A token for a program, in the name of who signed in.
    pub fn token(&self) -> Result<String, String> {
        let page = self.get("/settings/tokens")?;
        let form = page.split("action=\"/settings/tokens\"").nth(1).unwrap_or_default();
        let token = value(form, "name=\"token\" value=\"")?;
        let user = value(form, "<option value=\"")?;
        let asked = [("token", token), ("name", "probe"), ("user", user), ("scope", "all")];
        let asked = [&asked[..], &[("days", "30")]].concat();
        let answer = self.post("/settings/tokens", &asked)?;
        let from = answer.find("cpt_").ok_or_else(|| format!("no token: {answer}"))?;
        let end =
            answer[from..].find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        Ok(answer[from..].chars().take(end.unwrap_or(0)).collect())
    }

    /// Whether one is let in there.
    pub fn opens(&self, path: &str) -> bool {
        self.get(path).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 "))
    }

    pub fn get(&self, path: &str) -> Result<String, String> {
        self.ask(&format!("GET {path} HTTP/1.1\r\n"), "")
    }

    fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Result<String, String> {
        let pairs: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let body = pairs.join("&");
        let head = format!(
            "POST {path} HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             sec-fetch-site: same-origin\r\ncontent-length: {}\r\n",
            body.len()
        );
        self.ask(&head, &body)
    }

    /// The whole answer, head and body, as text.
    fn ask(&self, head: &str, body: &str) -> Result<String, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", self.address);
        let mut stream = TcpStream::connect(&self.address).map_err(failed)?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).map_err(failed)?;
        let cookie = self.cookie();
        let rest = format!(
            "host: {}\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n{body}",
            self.address
        );
        stream.write_all(format!("{head}{rest}").as_bytes()).map_err(failed)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(failed)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

/// What stands between a mark and the next quote.
fn value<'a>(text: &'a str, mark: &str) -> Result<&'a str, String> {
    let found = text.split(mark).nth(1).and_then(|rest| rest.split('"').next());
    found.ok_or_else(|| format!("{mark} is not in the page"))
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
