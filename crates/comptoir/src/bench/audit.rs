//! What the tree of the audit costs: the same cycles without whoever seals and with them, in turn;
//! then each part alone.

use std::time::Instant;

use kernel::{Actor, Door, Faults};
use store::Store;
use store::audit::{Access, Reach};
use store::tree::entry::Log;
use store::tree::note::SigningKey;

use super::lane::InProcess;
use super::o2c::{Report, STEPS, drive_from};
use super::world::World;
use super::{Ground, Measure, WARMING, cpu, quantile};
use crate::audit::Witnesses;
use crate::{MIGRATIONS, catalog};

/// How often each way is measured.
const ROUNDS: usize = 3;
/// How many proofs and notes are timed.
const TIMED: usize = 500;

/// # Errors
/// `store.*`, `bench.*`.
pub fn run(measure: &Measure) -> Result<(), Faults> {
    let ground = Ground::new()?;
    let store = Store::open(catalog(), &ground.location(measure)?)?;
    store.migrate(MIGRATIONS)?;
    let world = World::found(store)?;
    let key = || SigningKey::new(store::random_bytes()?, store::random_bytes()?);
    let signing = key()?;
    world.store.seal_all(world.company, &signing, Reach::All, &mut |_| {})?;
    let size =
        |store: &Store| store.checkpoint(world.company).map(|last| last.map_or(0, |it| it.size));
    let mut sums = [(0.0, 0.0); 2];
    for round in 0..ROUNDS * 2 {
        let sealed = round % 2 == 1;
        let before = cpu::of_process(std::process::id());
        let sealer = match sealed {
            true => Some(crate::audit::start(world.store.clone(), key()?, Witnesses::default())?),
            false => None,
        };
        let report = cycles(measure, &world, round)?;
        if let Some(sealer) = sealer {
            sealer.stop();
        }
        let spent = cpu::of_process(std::process::id()).saturating_sub(before) as f64 * 10.0;
        sums[usize::from(sealed)].0 += report.seconds;
        sums[usize::from(sealed)].1 += spent;
        if !sealed {
            // So that the next round seals its own lines alone; and what that takes is timed.
            let (from, start) = (size(&world.store)?, Instant::now());
            world.store.seal_all(world.company, &signing, Reach::Near, &mut |_| {})?;
            let lines = size(&world.store)? - from;
            let micros = start.elapsed().as_secs_f64() * 1e6;
            let transactions = (run_of(measure) * STEPS.len()) as f64;
            println!(
                "  {lines} lines sealed alone: {:.1} us a line, {:.1} us a transaction",
                micros / lines.max(1) as f64,
                micros / transactions,
            );
        }
    }
    print_both(measure, sums);
    print_parts(&world)
}

/// How many cycles a round runs, those that warm included.
const fn run_of(measure: &Measure) -> usize {
    measure.cycles + measure.clients * WARMING
}

fn cycles(measure: &Measure, world: &World, round: usize) -> Result<Report, Faults> {
    let actor = Actor::house(world.company, Door::Console);
    let lane = || InProcess { store: world.store.clone(), actor: actor.clone() };
    drive_from(round * 10_000_000, measure, world, std::process::id(), lane)
}

fn print_both(measure: &Measure, sums: [(f64, f64); 2]) {
    let all = (run_of(measure) * ROUNDS) as f64;
    for (name, (seconds, spent)) in ["without", "with"].iter().zip(sums) {
        println!(
            "{name} sealing: {:.0} cycles/s, processor {:.2} ms a cycle",
            (measure.cycles * ROUNDS) as f64 / seconds,
            spent / all
        );
    }
    let more = |one: f64, other: f64| (other - one) * 1000.0 / all / STEPS.len() as f64;
    println!(
        "sealing: {:.0} us of processor a transaction more (at most 100 are wanted)",
        more(sums[0].1, sums[1].1),
    );
}

/// A proof, the note of an access, and the whole log judged.
fn print_parts(world: &World) -> Result<(), Faults> {
    let (store, company) = (&world.store, world.company);
    let last = store.last_line(company)?;
    let mut proofs = Vec::with_capacity(TIMED);
    for rank in 0..TIMED {
        let seq = 1 + (i64::try_from(rank).unwrap_or(0) * 7919) % last.max(1);
        let start = Instant::now();
        if store.inclusion(company, Log::Change, seq).is_ok() {
            proofs.push(u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX));
        }
    }
    proofs.sort_unstable();
    let actor = Actor::house(company, Door::Console);
    let mut notes = Vec::with_capacity(TIMED);
    for _ in 0..TIMED {
        let start = Instant::now();
        store.note_each(&actor, Access::new("opened", "order"))?;
        notes.push(u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    notes.sort_unstable();
    let start = Instant::now();
    let verdict = store.judge_log(company, None)?;
    println!(
        "proof p50 {} us, access noted p50 {} us, {} lines judged in {:.2} s, {} findings",
        quantile(&proofs, 500),
        quantile(&notes, 500),
        verdict.size,
        start.elapsed().as_secs_f64(),
        verdict.findings.len(),
    );
    Ok(())
}
