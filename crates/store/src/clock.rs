//! The clock on the wall, and the chance that ids are drawn from. Everything below the store takes
//! both as arguments.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use kernel::{Fault, Instant};

/// When the clock was stopped, if it was.
static STOPPED: OnceLock<Instant> = OnceLock::new();
/// How many seeds were drawn since.
static DRAWN: AtomicU64 = AtomicU64::new(0);

/// The clock on the wall.
#[must_use]
pub fn now() -> Instant {
    let stopped = STOPPED.get().copied();
    stopped.unwrap_or_else(|| Instant(jiff::Timestamp::now().as_microsecond()))
}

/// Stops the clock of this process for good, and has ids drawn alike each time: the pages of the
/// same company look the same then, and can be compared. For pictures; what must stay secret is
/// drawn by chance all the same.
pub fn stop_clock(at: Instant) {
    // It stands where it was stopped first.
    let _ = STOPPED.set(at);
}

/// What the ids of a transaction are drawn from.
///
/// # Errors
/// `store.unavailable` when the system gives no chance.
pub(crate) fn seed() -> Result<u64, Fault> {
    if STOPPED.get().is_none() {
        return crate::chance();
    }
    let rank = DRAWN.fetch_add(1, Ordering::Relaxed);
    // SplitMix64 (Steele, Lea and Flood, 2014).
    let mixed = rank.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    Ok(mixed ^ mixed >> 31)
}
