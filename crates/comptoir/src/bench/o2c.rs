//! Order to cash, measured: the cycles a second, what they cost, and how long each step takes.

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use kernel::{Actor, Door, Faults};
use serde_json::json;
use store::Store;

use super::lane::{Http, InProcess, Lane};
use super::world::World;
use super::{Ground, Measure, WARMING, cpu, quantile};
use crate::bench::listing::Server;
use crate::{MIGRATIONS, catalog};

/// Where the numbers of the cycles before and after the measure begin.
const WARM: usize = 1_000_000_000;
const RECORDED: usize = 2_000_000_000;

pub(super) const STEPS: [&str; 6] = ["create", "confirm", "prepare", "ship", "invoice", "pay"];

/// # Errors
/// `store.*`, `bench.*`.
pub fn run(measure: &Measure) -> Result<(), Faults> {
    let ground = Ground::new()?;
    let store = Store::open(catalog(), &ground.location(measure)?)?;
    store.migrate(MIGRATIONS)?;
    let world = World::found(store)?;
    if measure.in_process {
        let actor = Actor::house(world.company, Door::Console);
        let lane = || InProcess { store: world.store.clone(), actor: actor.clone() };
        let report = drive(measure, &world, std::process::id(), lane)?;
        print_report("in process", &report);
        if measure.database.is_none() {
            print_share(measure, &world, &report, &ground.folder.join("alone.db"), lane)?;
        }
        return Ok(());
    }
    let server = Server::start(measure, &ground)?;
    let lane = || Http::new(catalog(), &server.base, &world.token);
    let report = drive(measure, &world, server.pid(), lane)?;
    print_report("http", &report);
    Ok(())
}

pub(super) struct Report {
    cycles: usize,
    refused: usize,
    pub(super) seconds: f64,
    server_ms: f64,
    postgres_ms: f64,
    /// Microseconds of each step, sorted.
    steps: [Vec<u64>; 6],
}

/// What the clients met: how many refusals, and the microseconds of each step.
type Met = (usize, [Vec<u64>; 6]);

fn drive<L: Lane>(
    measure: &Measure,
    world: &World,
    pid: u32,
    lane: impl Fn() -> L + Copy,
) -> Result<Report, Faults> {
    drive_from(0, measure, world, pid, lane)
}

/// The same, with numbers of cycles of its own: those before have been driven already.
pub(super) fn drive_from<L: Lane>(
    first: usize,
    measure: &Measure,
    world: &World,
    pid: u32,
    lane: impl Fn() -> L + Copy,
) -> Result<Report, Faults> {
    // The first cycles of each client prepare statements, read what stays in memory and plan.
    let warm = WARM + first;
    clients(measure.clients, warm..warm + measure.clients * WARMING, world, lane);
    let (server, postgres) = (cpu::of_process(pid), cpu::of_postgres());
    let start = Instant::now();
    let (refused, mut steps) = clients(measure.clients, first..first + measure.cycles, world, lane);
    let seconds = start.elapsed().as_secs_f64();
    steps.iter_mut().for_each(|step| step.sort_unstable());
    let spent = |before: u64, after: u64| after.saturating_sub(before) as f64 * 10.0;
    Ok(Report {
        cycles: measure.cycles,
        refused,
        seconds,
        server_ms: spent(server, cpu::of_process(pid)),
        postgres_ms: spent(postgres, cpu::of_postgres()),
        steps,
    })
}

/// Runs the cycles of these numbers, shared by so many clients.
fn clients<L: Lane>(
    count: usize,
    numbers: Range<usize>,
    world: &World,
    lane: impl Fn() -> L,
) -> Met {
    let next = AtomicUsize::new(numbers.start);
    let parts: Vec<Met> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..count)
            .map(|_| {
                let (mut lane, next, end) = (lane(), &next, numbers.end);
                scope.spawn(move || {
                    let (mut refused, mut steps) = Met::default();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= end {
                            return (refused, steps);
                        }
                        if let Err(faults) = cycle(&mut lane, world, number, &mut steps) {
                            eprintln!("{faults:?}");
                            refused += 1;
                        }
                    }
                })
            })
            .collect();
        clients.into_iter().filter_map(|client| client.join().ok()).collect()
    });
    let mut met = Met::default();
    for (refused, steps) in parts {
        met.0 += refused;
        for (all, own) in met.1.iter_mut().zip(steps) {
            all.extend(own);
        }
    }
    met
}

/// As many cycles again are recorded while they run, then their rows are written alone into a copy
/// of the database made before them. The record costs time and memory of its own: what it is
/// compared with was measured without.
fn print_share<L: Lane>(
    measure: &Measure,
    world: &World,
    report: &Report,
    copy: &Path,
    lane: impl Fn() -> L,
) -> Result<(), Faults> {
    world.store.copy_to(copy)?;
    world.store.start_record()?;
    clients(measure.clients, RECORDED..RECORDED + measure.cycles, world, lane);
    let alone = world.store.write_again(copy)?.as_secs_f64();
    println!(
        "  the same rows by bare prepared statements: {:.0} cycles/s; share {:.2}",
        report.cycles as f64 / alone,
        alone / report.seconds,
    );
    Ok(())
}

fn cycle(
    lane: &mut impl Lane,
    world: &World,
    number: usize,
    steps: &mut [Vec<u64>; 6],
) -> Result<(), Faults> {
    let line = |rank: usize| {
        let product = &world.products[(number * 7 + rank * 11) % world.products.len()];
        json!({ "product": product, "quantity": (1 + rank).to_string() })
    };
    let party = &world.parties[number % world.parties.len()];
    let body = json!({ "party": party, "lines": [line(0), line(1), line(2)] });
    let key = |step: &str| format!("bench-{number}-{step}");
    let mut last = Instant::now();
    let mut lap = |rank: usize| {
        let took = last.elapsed().as_micros();
        steps[rank].push(u64::try_from(took).unwrap_or(u64::MAX));
        last = Instant::now();
    };
    let order = lane.create("order", body, &key("create"))?;
    lap(0);
    lane.act("order", &order, "confirm", json!({}), &key("confirm"))?;
    lap(1);
    let shipment = lane.act("order", &order, "prepare", json!({}), &key("prepare"))?;
    lap(2);
    lane.act("shipment", &shipment, "ship", json!({}), &key("ship"))?;
    lap(3);
    let invoice = lane.act("order", &order, "invoice", json!({}), &key("invoice"))?;
    lap(4);
    lane.act("invoice", &invoice, "pay", json!({ "method": "transfer" }), &key("pay"))?;
    lap(5);
    Ok(())
}

fn print_report(door: &str, report: &Report) {
    let cycles = report.cycles as f64;
    println!(
        "{door}: {:.0} cycles/s, {} refused, CPU a cycle: server {:.2} ms, PostgreSQL {:.2} ms",
        cycles / report.seconds,
        report.refused,
        report.server_ms / cycles,
        report.postgres_ms / cycles,
    );
    for (name, step) in STEPS.iter().zip(&report.steps) {
        let (median, late) = (quantile(step, 500), quantile(step, 990));
        println!("  {name:<8} p50 {:>7.2} ms  p99 {:>7.2} ms", ms(median), ms(late));
    }
}

fn ms(microseconds: u64) -> f64 {
    microseconds as f64 / 1000.0
}
