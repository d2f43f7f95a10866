//! The server is killed in the middle of commands, again and again.

use std::sync::Mutex;
use std::time::Duration;

use comptoir::options::Database;
use kernel::{Actor, Door, Value};
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::ground::{
    Answer, Client, Company, OwnPostgres, Server, doctor, doctor_of, embedded, found, found_at,
};

const ROUNDS: u64 = 20;
const CLIENTS: usize = 4;
const STEPS: [&str; 6] = ["create", "confirm", "prepare", "ship", "invoice", "pay"];

/// One order on its way to its payment.
struct Cycle {
    number: usize,
    /// The answers of the commands done so far.
    done: Vec<Answer>,
    /// Whether the next command has been sent already, without an answer.
    cut: bool,
}

impl Cycle {
    const fn new(number: usize) -> Self {
        Self { number, done: Vec::new(), cut: false }
    }
    fn is_over(&self) -> bool {
        self.done.len() == STEPS.len()
    }
    /// The command of a step: where it is sent, with what, under which key.
    fn command(&self, company: &Company, rank: usize) -> (String, Json, String) {
        let key = format!("cycle-{}-{}", self.number, STEPS[rank]);
        let made = |rank: usize| self.done[rank].made();
        let line = |rank: usize| {
            let product = &company.products[(self.number * 7 + rank) % company.products.len()];
            json!({ "product": product, "quantity": (1 + rank).to_string() })
        };
        let (path, body) = match rank {
            0 => {
                let party = &company.parties[self.number % company.parties.len()];
                let lines = json!({ "party": party, "lines": [line(0), line(1)] });
                ("/api/orders".to_owned(), lines)
            }
            3 => (format!("/api/shipments/{}/ship", made(2)), json!({})),
            5 => (format!("/api/invoices/{}/pay", made(4)), json!({ "method": "transfer" })),
            _ => (format!("/api/orders/{}/{}", made(0), STEPS[rank]), json!({})),
        };
        (path, body, key)
    }
    /// Sends the next command. One that was cut off before is sent twice: the same answer.
    fn advance(&mut self, client: &Client, company: &Company) -> Result<(), String> {
        let (path, body, key) = self.command(company, self.done.len());
        let was_cut = std::mem::replace(&mut self.cut, true);
        let answer = client.try_post(&path, &body, &key)?;
        answer.done();
        if was_cut {
            assert_eq!(client.try_post(&path, &body, &key)?, answer, "{key}");
        }
        self.done.push(answer);
        self.cut = false;
        Ok(())
    }
    /// Sends every command done again. The record may have moved on; what was made has not.
    fn again(&self, client: &Client, company: &Company) {
        for (rank, answer) in self.done.iter().enumerate() {
            let (path, body, key) = self.command(company, rank);
            let again = client.try_post(&path, &body, &key).expect("an answer");
            assert_eq!((again.status, again.made()), (answer.status, answer.made()), "{key}");
        }
    }
}

/// A number that looks like chance, the same in every run.
const fn drawn(round: u64) -> u64 {
    let mixed = (round + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33
}

#[test]
fn a_command_cut_off_by_kill_9_has_one_effect_and_one_answer() {
    let folder = TempDir::new().expect("a folder");
    killed_again_and_again(&embedded(folder.path()), &[]);
}

/// PostgreSQL lives on, and undoes what its client left open.
#[test]
fn the_same_on_postgresql() {
    let Some(own) = OwnPostgres::new("killed") else { return };
    let folder = TempDir::new().expect("a folder");
    let place = Database {
        data: folder.path().to_owned(),
        database: Some(own.url.clone()),
        ..Database::default()
    };
    killed_again_and_again(&place, &["--database", &own.url]);
    own.drop_it();
}

fn killed_again_and_again(place: &Database, more: &[&str]) {
    let company = found_at(place);
    let lanes: Vec<Mutex<Vec<Cycle>>> = (0..CLIENTS).map(|_| Mutex::default()).collect();
    let mut cut = 0;
    for round in 0..ROUNDS {
        let server = Server::start(&place.data, more);
        let base = server.base.clone();
        std::thread::scope(|scope| {
            for (lane, cycles) in lanes.iter().enumerate() {
                let (base, company) = (&base, &company);
                scope.spawn(move || {
                    work(&Client::new(base, &company.token), company, lane, cycles);
                });
            }
            // It is chance that is wanted here, not a condition to wait for.
            std::thread::sleep(Duration::from_millis(150 + drawn(round) % 600));
            server.kill();
        });
        let last = lanes.iter().map(|lane| lane.lock().expect("a lane"));
        cut += last.filter(|cycles| cycles.last().is_some_and(|cycle| cycle.cut)).count();
    }
    let server = Server::start(&place.data, more);
    let client = Client::new(&server.base, &company.token);
    let mut begun = 0;
    for lane in lanes {
        for mut cycle in lane.into_inner().expect("a lane") {
            while !cycle.is_over() {
                cycle.advance(&client, &company).expect("an answer");
            }
            if cycle.number < CLIENTS || cycle.number.is_multiple_of(9) {
                cycle.again(&client, &company);
            }
            begun += 1;
        }
    }
    server.kill();
    assert!(cut >= 20, "{cut} commands were cut off");
    one_effect_each(place, begun);
    let (well, said) = doctor_of(&place.data, more);
    assert!(well, "{said}");
}

/// Orders to cash, until the server is gone.
fn work(client: &Client, company: &Company, lane: usize, cycles: &Mutex<Vec<Cycle>>) {
    let mut cycles = cycles.lock().expect("a lane");
    loop {
        if cycles.last().is_none_or(Cycle::is_over) {
            let number = cycles.len() * CLIENTS + lane;
            cycles.push(Cycle::new(number));
        }
        let cycle = cycles.last_mut().expect("a cycle");
        if cycle.advance(client, company).is_err() {
            return;
        }
    }
}

fn one_effect_each(place: &Database, begun: i64) {
    assert!(begun > 15, "{begun} orders");
    let store = place.open().expect("the database");
    let company = store.companies().expect("companies")[0];
    let actor = Actor::house(company, Door::Console);
    let count = |what: &str| {
        let text = format!("select cast(count(*) as bigint) from {what}");
        let rows = store.read(&actor, |tx| Ok(tx.sql(&text, &[])?)).expect("a number");
        rows[0][0].clone()
    };
    for table in ["orders", "shipments", "invoices", "payments"] {
        assert_eq!(count(&format!("{table} where company = $1")), Value::Integer(begun), "{table}");
    }
    // The house has keys of its own.
    let keys = count("idempotency where company = $1 and key like 'rest:%'");
    assert_eq!(keys, Value::Integer(begun * 6));
    let paid = count("invoices where company = $1 and state = 'posted' and open = 0");
    assert_eq!(paid, Value::Integer(begun));
    let told = count("event where company = $1 and name = 'invoice.posted'");
    assert_eq!(told, Value::Integer(begun));
}

#[test]
fn the_doctor_names_the_row_that_was_tampered_with() {
    let folder = TempDir::new().expect("a folder");
    let company = found(folder.path());
    let server = Server::start(folder.path(), &[]);
    let client = Client::new(&server.base, &company.token);
    let mut cycle = Cycle::new(0);
    while !cycle.is_over() {
        cycle.advance(&client, &company).expect("an answer");
    }
    server.kill();
    let (well, said) = doctor(folder.path());
    assert!(well && said.contains("Every invariant holds."), "{said}");

    let database = Connection::open(folder.path().join("comptoir.db")).expect("the database");
    let change = |text: &str| {
        let touched = database.execute(text, []).expect("no trigger in the way");
        assert_eq!(touched, 1, "{text}");
    };
    let blamed = |code: &str, row: &str| {
        let (well, said) = doctor(folder.path());
        assert!(!well, "{said}");
        let line = said.lines().find(|line| line.contains(&format!("({code})")));
        assert!(line.is_some_and(|line| line.contains(row)), "{code} {row}: {said}");
    };
    let product = &company.products[0];
    let level = format!("product = x'{}'", product.replace('-', ""));
    let level =
        format!("{level} and on_hand = (select max(on_hand) from stock_levels where {level})");
    change(&format!("update stock_levels set on_hand = on_hand + 1 where {level}"));
    blamed("stock.audit_level", product);
    change(&format!("update stock_levels set on_hand = on_hand - 1 where {level}"));
    assert!(doctor(folder.path()).0);

    // The database itself refuses to change a posted entry.
    let lines = "update journal_lines set debit = debit + 100 where debit > 0 and entry = \
                 (select entry from journal_lines order by entry limit 1)";
    let refused = database.execute(lines, []).expect_err("a posted entry");
    assert!(refused.to_string().contains("entry.posted"), "{refused}");
    database.execute_batch("drop trigger journal_line_stays").expect("dropped");
    change(lines);
    let entry = "select lower(hex(entry)) from journal_lines order by entry limit 1";
    let entry: String = database.query_row(entry, [], |row| row.get(0)).expect("an entry");
    let entry = format!(
        "{}-{}-{}-{}-{}",
        &entry[..8],
        &entry[8..12],
        &entry[12..16],
        &entry[16..20],
        &entry[20..]
    );
    blamed("doctor.entry_balance", &entry);
}
