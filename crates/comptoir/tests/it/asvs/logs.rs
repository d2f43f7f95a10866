//! What the log keeps: who was refused, no secret, and one line for each event.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use tempfile::TempDir;

use super::{EMAIL, PASSWORD, Place, form};
use crate::ground::{comptoir, found};

/// ASVS 16.2.5, 16.4.1: asked with secrets and with ends of lines, the log holds neither.
#[test]
fn asvs_16_2_5_no_secret_and_no_end_of_line_gets_into_the_log() {
    let folder = TempDir::new().expect("a folder");
    let company = found(folder.path());
    let mut command = comptoir("serve", folder.path());
    command.args(["--listen", "127.0.0.1:0"]).env("COMPTOIR_LOG", "debug");
    let spawned = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.expect("the binary");
    let mut line = String::new();
    let out = child.stdout.take().expect("its words");
    BufReader::new(out).read_line(&mut line).expect("its address");
    let base = line.trim().to_owned();
    let mut error = child.stderr.take().expect("its log");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        error.read_to_string(&mut text).expect("text");
        text
    });
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let agent: ureq::Agent = config.max_redirects_will_error(false).build().into();
    let ask = |path: &str, name: &str, value: &str| {
        let _ = agent.get(format!("{base}{path}")).header(name, value).call().expect("an answer");
    };
    ask("/api/parties", "authorization", &format!("Bearer {}", company.token));
    ask("/api/parties", "authorization", "Bearer cpt_0123456789abcdefsecret");
    ask("/parties", "cookie", &format!("session={}", company.session));
    ask("/x%0d%0aINFO%20forged%0aline", "user-agent", "a%0d%0aforged");
    ask("/sign-in/link/0123456789abcdefsecretlink", "accept", "*/*");
    for email in [EMAIL, "eve@evil.example\r\nINFO forged line", "a\u{1b}[31mred"] {
        let body = form(&[("email", email), ("password", PASSWORD)]);
        let asked = agent.post(format!("{base}/sign-in")).header(super::FORM.0, super::FORM.1);
        let _ = asked.send(body.as_bytes()).expect("an answer");
    }
    // What is no request is told to the log, with what it was.
    let mut raw = TcpStream::connect(base.trim_start_matches("http://")).expect("a connection");
    raw.write_all(b"\x16\x03\x01 Bearer cpt_0123456789abcdefsecret\r\nINFO forged\r\n\r\n")
        .expect("bytes");
    let mut answer = String::new();
    raw.read_to_string(&mut answer).expect("an answer");
    let stopped = std::process::Command::new("kill").arg(child.id().to_string()).status();
    assert!(stopped.expect("a signal").success());
    assert!(child.wait().expect("its end").success());
    let log = reader.join().expect("the log");
    assert!(!log.is_empty(), "there is one");
    for secret in [&*company.token, &*company.session, PASSWORD, "0123456789abcdefsecret"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    assert!(!log.lines().any(|line| line.starts_with("INFO forged")), "{log}");
    assert!(!log.contains('\u{1b}'), "{log}");
}

/// ASVS 16.3.1, 16.3.2: who came in, who was refused, and what was denied stand in the audit.
#[test]
fn asvs_16_3_1_entrances_and_denials_are_kept() {
    let place = Place::open(&[]);
    place.enter(EMAIL, "pas le bon mot").is(422);
    place.enter(EMAIL, PASSWORD).is(303);
    let bearer = [("authorization", "Bearer cpt_0123456789")];
    (0..3).for_each(|_| drop(place.ask("GET", "/api/parties", &bearer, b"").is(401)));
    let heard = place.api("GET", "/api/audit/accesses?limit=50", "");
    let text = heard.is(200).text();
    assert_eq!(text.matches("token_refused").count(), 1, "the same again is one line: {text}");
    assert!(!text.contains("cpt_0123456789"), "{text}");
    for verb in ["sign_in_refused", "signed_in"] {
        assert!(text.contains(verb), "{verb} in {text}");
    }
    assert!(!text.contains("pas le bon mot") && !text.contains(PASSWORD), "{text}");
    place.get("/api/parties").is(401);
}
