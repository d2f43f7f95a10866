//! Letters leave by a real mail server: once, again after a while, or not at all.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::audit::audit;
use crate::ground::{Client, Company, Server, found, until};

/// A mail server, and what it says it has met.
struct MailServer {
    child: Child,
    url: String,
    told: Arc<Mutex<Vec<Json>>>,
}

impl MailServer {
    /// None where there is no Python with `aiosmtpd`.
    fn start() -> Option<Self> {
        let Ok(python) = std::env::var("COMPTOIR_PYTHON") else {
            println!("skipped: COMPTOIR_PYTHON does not name a Python with aiosmtpd");
            return None;
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/smtp_server.py");
        let mut child =
            Command::new(python).arg(script).stdout(Stdio::piped()).spawn().expect("Python runs");
        let mut lines = BufReader::new(child.stdout.take().expect("its words")).lines();
        let read = |line: String| serde_json::from_str::<Json>(&line).expect("JSON");
        let first = read(lines.next().expect("aiosmtpd is installed").expect("a line"));
        let url = format!("smtp://{}", first["address"].as_str().expect("an address"));
        let told = Arc::default();
        let kept: Arc<Mutex<Vec<Json>>> = Arc::clone(&told);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().expect("the lines").push(read(line));
            }
        });
        Some(Self { child, url, told })
    }
    /// The messages taken for this address: so many and no more.
    fn taken(&self, address: &str, count: usize) -> Vec<Json> {
        self.lines("taken", address, count)
    }
    /// It was asked for this address so many times and no more.
    fn asked(&self, address: &str, count: usize) {
        self.lines("asked", address, count);
    }
    /// What it says may lag behind what it does.
    fn lines(&self, what: &str, address: &str, count: usize) -> Vec<Json> {
        let lines = until(what, || {
            let told = self.told.lock().expect("the lines");
            let lines = told.iter().filter(|line| line[what] == address);
            let lines: Vec<Json> = lines.cloned().collect();
            (lines.len() >= count).then_some(lines)
        });
        assert_eq!(lines.len(), count, "{lines:?}");
        lines
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // If it has ended already there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A company with an address, and a customer for each thing that a mail server may say.
struct Office<'a> {
    client: Client,
    company: &'a Company,
}

impl Office<'_> {
    fn of<'a>(server: &Server, company: &'a Company) -> Office<'a> {
        Office { client: Client::new(&server.base, &company.token), company }
    }
    fn give_addresses(&self, addresses: &[&str]) {
        let own = self.client.get("/api/companies").done()["items"][0]["id"].clone();
        let own = format!("/api/companies/{}", own.as_str().expect("an id"));
        let given = json!({
            "email": "compta@essai.example", "vat_number": "FR44732829320",
            "siret": "73282932000074", "iban": "FR7630006000011234567890189",
        });
        self.client.patch(&own, &given).done();
        for (party, address) in self.company.parties.iter().zip(addresses) {
            let path = format!("/api/parties/{party}");
            self.client.patch(&path, &json!({ "email": address })).done();
        }
    }
    fn act(&self, path: &str) -> String {
        self.client.post(path, &json!({})).made()
    }
    fn record(&self, kind: &str, rank: usize) -> String {
        let line = json!({ "product": self.company.products[rank], "quantity": "2" });
        let record = json!({ "party": self.company.parties[rank], "lines": [line] });
        self.client.post(&format!("/api/{kind}"), &record).made()
    }
    /// Sells to a customer; gives the id of the invoice.
    fn invoice(&self, rank: usize) -> String {
        let order = self.record("orders", rank);
        self.act(&format!("/api/orders/{order}/confirm"));
        let shipment = self.act(&format!("/api/orders/{order}/prepare"));
        self.act(&format!("/api/shipments/{shipment}/ship"));
        self.act(&format!("/api/orders/{order}/invoice"))
    }
    fn number(&self, plural: &str, id: &str) -> String {
        let record = self.client.get(&format!("/api/{plural}/{id}")).done();
        record["number"].as_str().expect("a number").to_owned()
    }
    /// What the timeline of a customer says under this code.
    fn told(&self, rank: usize, code: &str) -> Vec<String> {
        let path = format!("/api/interactions?party={}&limit=200", self.company.parties[rank]);
        let page = self.client.get(&path).done();
        let items = page["items"].as_array().expect("a list").iter();
        let of_code = items.filter(|item| item["code"] == code);
        of_code.map(|item| item["subject"].as_str().unwrap_or_default().to_owned()).collect()
    }
    fn waits_for(&self, rank: usize, code: &str) -> String {
        until(code, || self.told(rank, code).pop())
    }
}

const PROMPT: &str = "prompt@client.example";
const LATER: &str = "later@client.example";
const NEVER: &str = "never@client.example";

#[test]
fn letters_arrive_once_or_later_or_are_given_up_and_the_timeline_says_so() {
    let Some(mail) = MailServer::start() else { return };
    let folder = TempDir::new().expect("a folder");
    let company = found(folder.path());
    let server = Server::start(folder.path(), &["--smtp", &mail.url]);
    let office = Office::of(&server, &company);
    office.give_addresses(&[PROMPT, LATER, NEVER]);
    let invoices: Vec<String> = (0..3).map(|rank| office.invoice(rank)).collect();
    let numbers: Vec<String> = invoices.iter().map(|id| office.number("invoices", id)).collect();

    assert!(office.waits_for(0, "invoice.sent").contains(PROMPT));
    is_the_letter(&mail.taken(PROMPT, 1)[0], &format!("Votre facture {}", numbers[0]));
    let sent = office.client.get(&format!("/api/invoices/{}", invoices[0])).done();
    assert_eq!(sent["sent_to"], PROMPT);
    assert!(sent["sent_at"].is_string());

    // Refused for good: asked for once, given up at once, with what the server said.
    let given_up = office.waits_for(2, "invoice.unsent");
    assert!(given_up.contains(NEVER) && given_up.contains("nobody of this name"), "{given_up}");
    mail.asked(NEVER, 1);

    // Refused for the moment: it comes again.
    assert!(office.waits_for(1, "invoice.sent").contains(LATER));
    is_the_letter(&mail.taken(LATER, 1)[0], &format!("Votre facture {}", numbers[1]));
    mail.asked(LATER, 2);
    assert_eq!(office.told(1, "invoice.unsent"), Vec::<String>::new());
    drop(server);

    // Neither a new start nor what follows sends again what was sent.
    let server = Server::start(folder.path(), &["--smtp", &mail.url]);
    let office = Office::of(&server, &company);
    let quote = office.record("quotes", 0);
    office.act(&format!("/api/quotes/{quote}/send"));
    assert!(office.waits_for(0, "quote.mailed").contains(PROMPT));
    let subject = format!("Votre devis {}", office.number("quotes", &quote));
    is_the_letter(&mail.taken(PROMPT, 2)[1], &subject);
    three_months_go_by(&folder);
    office.act(&format!("/api/invoices/{}/remind", invoices[0]));
    assert!(office.waits_for(0, "invoice.reminder_sent").contains(PROMPT));
    let subject = format!("Rappel : facture {} échue le", numbers[0]);
    is_the_letter(&mail.taken(PROMPT, 3)[2], &subject);

    // Sent once more because a person asked for it.
    office.act(&format!("/api/invoices/{}/send", invoices[0]));
    is_the_letter(&mail.taken(PROMPT, 4)[3], &format!("Votre facture {}", numbers[0]));
    until("both outcomes", || (office.told(0, "invoice.sent").len() == 2).then_some(()));
    mail.taken(LATER, 1);
    mail.asked(NEVER, 1);
    assert_eq!(office.told(2, "invoice.unsent").len(), 1);
}

#[test]
fn a_letter_whose_outcome_could_not_be_written_is_not_sent_again() {
    let Some(mail) = MailServer::start() else { return };
    let folder = TempDir::new().expect("a folder");
    let company = found(folder.path());
    let server = Server::start(folder.path(), &["--smtp", &mail.url]);
    let office = Office::of(&server, &company);
    office.give_addresses(&[PROMPT]);
    let database = rusqlite::Connection::open(folder.path().join("comptoir.db"));
    let database = database.expect("the database");
    let refuse = "create trigger refused before insert on interactions \
                  when new.code = 'invoice.sent' begin select raise(abort, 'audit.fixed'); end";
    database.execute_batch(refuse).expect("a trigger");
    office.invoice(0);
    until("a failure", || {
        let tries = "select attempts from delivery where consumer = 'letters'";
        database.query_row(tries, [], |row| row.get::<_, i64>(0)).ok()
    });
    mail.taken(PROMPT, 1);
    assert_eq!(office.told(0, "invoice.sent"), Vec::<String>::new());
    database.execute_batch("drop trigger refused").expect("dropped");
    assert!(office.waits_for(0, "invoice.sent").contains(PROMPT));
    mail.taken(PROMPT, 1);
    mail.asked(PROMPT, 1);
}

/// To one person, from the company, with one whole PDF, under an identifier of its own.
fn is_the_letter(message: &Json, subject: &str) {
    let said = message["subject"].as_str().expect("a subject");
    assert!(said.starts_with(subject), "{said}");
    assert_eq!(
        (&message["count"], &message["sender"]),
        (&json!(1), &json!("compta@essai.example"))
    );
    assert!(message["text"].as_str().is_some_and(|text| text.contains("Bonjour")), "{message}");
    let id = message["message_id"].as_str().expect("an identifier");
    assert!(id.starts_with("<comptoir-1-") && id.ends_with("@essai.example>"), "{id}");
    let [attached] = message["attachments"].as_array().expect("a list").as_slice() else {
        panic!("one attachment: {message}");
    };
    let name = attached["name"].as_str().expect("a name");
    assert!(name.ends_with(".pdf"), "{name}");
    assert_eq!(attached["mime"], "application/pdf");
    assert_eq!((&attached["begins"], &attached["ends"]), (&json!("%PDF-"), &json!("%%EOF")));
}

/// The server has no other clock than the wall's: it is the days of the invoices that move.
fn three_months_go_by(folder: &TempDir) {
    let database = rusqlite::Connection::open(folder.path().join("comptoir.db"));
    let back = "update invoices set issued_on = issued_on - 90, due_on = due_on - 90";
    let moved = database.expect("the database").execute(back, []);
    assert_eq!(moved, Ok(3));
}

/// The first way to choose a password that a letter gives.
fn way_in(letter: &Json) -> String {
    let text = letter["text"].as_str().expect("a text");
    let line = text.lines().find(|line| line.contains("/sign-in/link/"));
    line.expect("a link").trim().to_owned()
}

/// Sends a form as a visitor does; gives the status and where it leads.
fn sent(address: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let answer = agent.post(address).send_form(fields.iter().copied()).expect("an answer");
    let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
    (answer.status().as_u16(), to.to_owned())
}

#[test]
fn asvs_6_4_3_a_forgotten_password_is_chosen_again_by_a_letter_that_works_once() {
    let Some(mail) = MailServer::start() else { return };
    let folder = TempDir::new().expect("a folder");
    found(folder.path());
    let store = crate::ground::embedded(folder.path()).open().expect("the database");
    let house =
        kernel::Actor::house(store.companies().expect("companies")[0], kernel::Door::Console);
    let added = store.command(store::Call::new(house), |tx| {
        let zoe = identity::User::named("Zoé", "zoe@essai.example", identity::Role::Seller);
        let zoe = tx.insert(&zoe)?;
        identity::set_password(tx, zoe, "trois lins écrus", [7; 16])?;
        Ok(Json::Null)
    });
    added.expect("Zoé");
    drop(store);
    let server = Server::start(folder.path(), &["--smtp", &mail.url]);
    let forgotten = format!("{}/sign-in/forgotten", server.base);
    // The same answer, whoever it is.
    let known = sent(&forgotten, &[("email", "zoe@essai.example")]);
    assert_eq!(known, sent(&forgotten, &[("email", "nobody@essai.example")]));
    let first = way_in(&mail.taken("zoe@essai.example", 1)[0]);
    assert!(first.starts_with(&server.base), "{first}");
    // A later letter makes the earlier one worth nothing.
    sent(&forgotten, &[("email", "Zoe@Essai.example")]);
    let second = way_in(&mail.taken("zoe@essai.example", 2)[1]);
    let chosen = [("password", "sept paniers d'osier")];
    assert_eq!(sent(&first, &chosen).0, 410);
    assert_eq!(sent(&second, &chosen), (303, "/sign-in?chosen=1".to_owned()));
    assert_eq!(sent(&second, &chosen).0, 410, "once");
    let sign_in = format!("{}/sign-in", server.base);
    let with = |password| sent(&sign_in, &[("email", "zoe@essai.example"), ("password", password)]);
    assert_eq!(with("trois lins écrus").0, 422, "the old one is worth nothing");
    assert_eq!(with("sept paniers d'osier"), (303, "/".to_owned()));
    assert!(mail.taken("nobody@essai.example", 0).is_empty());
}

#[test]
fn a_checkpoint_is_mailed_to_whoever_keeps_it() {
    let Some(mail) = MailServer::start() else { return };
    let folder = TempDir::new().expect("a folder");
    found(folder.path());
    let to = "temoin@ailleurs.example";
    let server = Server::start(folder.path(), &["--smtp", &mail.url, "--witness-mail", to]);
    let taken = mail.taken(to, 1);
    drop(server);
    assert_eq!(taken[0]["attachments"][0]["begins"], "compt", "{taken:?}");
    let text = taken[0]["text"].as_str().expect("text").replace("\r\n", "\n");
    let (_, note) = text.split_once("KEY\n\n").expect("a checkpoint");
    let place = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (log, kept) = (place("log"), place("kept"));
    std::fs::write(&kept, note).expect("written");
    assert!(audit("export", folder.path(), &[&log]).0);
    let (_, key) = audit("key", folder.path(), &[]);
    let more = ["--log", &log, "--checkpoint", &kept, "--pubkey", key.trim()];
    let (content, said) = audit("verify", folder.path(), &more);
    assert!(content && said.contains("the log is whole"), "{said}");
}
