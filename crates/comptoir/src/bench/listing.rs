//! The list of the 50 newest orders out of a million, as a page; and the server that is measured.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crm::sales::Order;
use kernel::{Actor, Currency, Door, Fault, Faults, Id, RawId};
use serde_json::Value as Json;
use store::{Call, Store};

use super::world::World;
use super::{Ground, Measure, WARMING, quantile};
use crate::{MIGRATIONS, catalog};

/// How many orders are put in by one command.
const BATCH: usize = 5_000;

/// # Errors
/// `store.*`, `bench.*`.
pub fn run(measure: &Measure) -> Result<(), Faults> {
    let ground = Ground::new()?;
    let store = Store::open(catalog(), &ground.location(measure)?)?;
    store.migrate(MIGRATIONS)?;
    let world = World::found(store)?;
    fill(&world, measure.rows)?;
    let server = Server::start(measure, &ground)?;
    // The first pages of each client prepare statements and bring the lists into memory.
    looked(measure, &world, &server, measure.clients * WARMING);
    let start = Instant::now();
    let mut took = looked(measure, &world, &server, measure.cycles);
    let seconds = start.elapsed().as_secs_f64();
    took.sort_unstable();
    println!(
        "list of 50 out of {}: {:.0} pages/s, p50 {:.2} ms, p99 {:.2} ms",
        measure.rows,
        took.len() as f64 / seconds,
        quantile(&took, 500) as f64 / 1000.0,
        quantile(&took, 990) as f64 / 1000.0,
    );
    Ok(())
}

/// Bare orders, without lines: it is the list that is measured.
///
/// # Errors
/// `store.*`.
pub fn fill(world: &World, rows: usize) -> Result<(), Faults> {
    let parties: Vec<Id<master::Party>> = world
        .parties
        .iter()
        .map(|id| RawId::parse(id).map(Id::from_raw))
        .collect::<Result<_, _>>()?;
    for start in (0..rows).step_by(BATCH) {
        let parties = parties.clone();
        let call = Call::new(Actor::house(world.company, Door::Console));
        world.store.command(call, move |tx| {
            for number in start..(start + BATCH).min(rows) {
                let party = parties[number % parties.len()];
                let mut order = Order::of(party, Currency::EUR);
                order.number = Some(format!("CC-M{number:08}"));
                order.ordered_on = Some(tx.today());
                tx.insert(&order)?;
            }
            Ok(Json::Null)
        })?;
    }
    Ok(())
}

/// The microseconds that each of so many pages took, shared by the clients.
fn looked(measure: &Measure, world: &World, server: &Server, pages: usize) -> Vec<u64> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..measure.clients)
            .map(|_| scope.spawn(|| look(&server.base, &world.session, pages, &next)))
            .collect();
        clients.into_iter().filter_map(|client| client.join().ok()).flatten().collect()
    })
}

fn look(base: &str, session: &str, pages: usize, next: &AtomicUsize) -> Vec<u64> {
    let config =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30))).build();
    let agent: ureq::Agent = config.into();
    let mut took = Vec::new();
    while next.fetch_add(1, Ordering::Relaxed) < pages {
        let start = Instant::now();
        let page = agent
            .get(format!("{base}/orders"))
            .header("cookie", format!("session={session}"))
            .call()
            .and_then(|mut answer| answer.body_mut().read_to_string());
        match page {
            Ok(text) if text.contains("CC-M") => {
                took.push(u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX));
            }
            Ok(_) => eprintln!("a page without orders"),
            Err(error) => eprintln!("{error}"),
        }
    }
    took
}

/// This very program, serving on a free port; ended with the measure.
pub struct Server {
    child: Child,
    pub base: String,
}

impl Server {
    /// # Errors
    /// `bench.server`.
    pub fn start(measure: &Measure, ground: &Ground) -> Result<Self, Faults> {
        let failed = |said: String| Fault::new("bench.server").with("said", said);
        let program = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&ground.folder);
        if let Some(url) = &measure.database {
            command.args(["--database", url]);
        }
        let mut child =
            command.stdout(Stdio::piped()).spawn().map_err(|error| failed(error.to_string()))?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            let read = BufReader::new(out).read_line(&mut line);
            read.map_err(|error| failed(error.to_string()))?;
        }
        let server = Self { child, base: line.trim().to_owned() };
        if server.base.starts_with("http://") {
            Ok(server)
        } else {
            Err(failed("it did not say its address".to_owned()).into())
        }
    }

    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is our own child; if it has ended already there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
