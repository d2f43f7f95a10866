//! The demonstration company: its history can be told, and shows every state.

use comptoir::demo::{self, summary};
use kernel::{Actor, Door, Instant};
use store::{Location, Store};

#[test]
fn a_history_shows_every_state_and_keeps_every_invariant() {
    let store = Store::open(comptoir::catalog(), &Location::Temporary).unwrap();
    let now = Instant::parse("2026-11-24T09:30:00Z").unwrap();
    let months = std::env::var("DEMO_MONTHS").ok().and_then(|m| m.parse().ok()).unwrap_or(4);
    let started = std::time::Instant::now();
    let history = demo::write(&store, now, months, |_, _| {}).unwrap();
    println!("{:?}", started.elapsed());
    let counts = summary::of(&store, history.company).unwrap();
    for count in &counts {
        println!("{:<40} {}", count.what, count.count);
    }
    let house = Actor::house(history.company, Door::Console);
    let found = store.read(&house, processes::doctor::findings).unwrap();
    println!("{} findings, {:?}", found.len(), found.iter().take(20).collect::<Vec<_>>());
}
