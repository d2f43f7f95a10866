//! An empty installation behind a proxy: the console shows a code, and whoever has it founds the
//! company.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::ground::{Client, comptoir, doctor};

/// The binary, killed with its handle at the latest.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        // If it has ended already there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn answers(code: &str) -> String {
    format!(
        "code={code}&name=Maison+du+Lin&siren=732829320&country=FR&month=1&start=empty\
         &person=Ada+Martin&email=ada%40lin.example&password=une+tasse+de+lin+bleu"
    )
}

#[test]
fn behind_a_proxy_the_first_to_come_needs_the_code_that_the_console_shows() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = comptoir("serve", folder.path());
    command.args(["--listen", "127.0.0.1:0", "--behind-proxy"]).stdout(Stdio::piped());
    let mut serving = Serving(command.spawn().unwrap());
    let mut lines = BufReader::new(serving.0.stdout.take().unwrap()).lines();
    let base = lines.next().unwrap().unwrap();
    let told = lines.next().unwrap().unwrap();
    let code = told.rsplit(' ').next().unwrap();
    assert_eq!(code.len(), 9, "{told}");

    let client = Client::new(&base, "");
    assert!(client.get("/").text.contains("name=\"code\""), "the way leads to the questions");
    let form = "application/x-www-form-urlencoded";
    let who = ("sec-fetch-site", "same-origin");
    let wrong = client.send("/welcome", who, form, answers("AAAA-AAAA").as_bytes());
    assert_eq!(wrong.status, 422, "{wrong:?}");
    let right = client.send("/welcome", who, form, answers(code).as_bytes());
    assert_eq!(right.status, 200, "{right:?}");
    let after = client.get("/welcome");
    assert!(after.text.contains("action=\"/sign-in\""), "{after:?}");
    drop(serving);
    let (content, said) = doctor(folder.path());
    assert!(content, "{said}");
}
