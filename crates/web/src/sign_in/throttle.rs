//! How guessing is slowed down: each mistake beyond the first few makes one wait longer, for an
//! account and for an address, and never longer than a quarter of an hour.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use kernel::{Fault, Instant};

/// How many mistakes are free: for an account, and for an address, behind which several may sit.
pub(crate) const FREE_BY_ACCOUNT: u32 = 8;
pub(crate) const FREE_BY_ADDRESS: u32 = 40;
const MINUTE: i64 = 60 * Instant::SECOND;
/// The longest wait. NIST 800-63B-4, section 3.2.2, wants no more than 100 mistakes in a row: at
/// this pace that takes a day, and whoever comes from a place they came from before waits for their
/// own mistakes alone.
const LONGEST: i64 = 15 * MINUTE;
/// Mistakes are forgotten after this long without any.
const MEMORY: i64 = 60 * MINUTE;
/// The most names remembered.
const REMEMBERED: usize = 20_000;

#[derive(Debug, Clone, Copy)]
struct Tried {
    count: u32,
    last: Instant,
    /// When one may try again.
    next: Instant,
}

#[derive(Debug, Default)]
struct Known {
    tried: HashMap<String, Tried>,
    /// From where each account was entered: `account from address`.
    familiar: HashSet<String>,
}

/// Counts mistakes, in memory: a restart forgives.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<Known>);

/// The wait after so many mistakes: a second, two, four…
fn wait(count: u32, free: u32) -> i64 {
    match count.checked_sub(free) {
        None => 0,
        Some(beyond) => (Instant::SECOND << beyond.min(20)).min(LONGEST),
    }
}

impl Throttle {
    /// Counts an attempt under each name before it is made, so that many at once are counted too.
    /// Beside each name stands how many mistakes are free.
    ///
    /// # Errors
    /// `sign_in.soon`, with the seconds left, or `sign_in.throttled`, with the minutes left.
    pub(crate) fn attempt(&self, names: &[(String, u32)], now: Instant) -> Result<(), Fault> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.tried.len() > REMEMBERED {
            known.tried.retain(|_, tried| now.0 - tried.last.0 < MEMORY);
        }
        let waits = names.iter().filter_map(|(name, _)| known.tried.get(name));
        if let Some(until) = waits.map(|tried| tried.next).max().filter(|next| *next > now) {
            return Err(too_soon(until.0 - now.0));
        }
        for (name, free) in names {
            let new = Tried { count: 0, last: now, next: now };
            let tried = known.tried.entry(name.clone()).or_insert(new);
            if now.0 - tried.last.0 >= MEMORY {
                *tried = new;
            }
            tried.count += 1;
            tried.last = now;
            tried.next = Instant(now.0 + wait(tried.count, *free));
        }
        Ok(())
    }

    /// The attempt was right.
    pub(crate) fn forgive(&self, names: &[(String, u32)]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, _) in names {
            known.tried.remove(name);
        }
    }

    /// The names under which an attempt to enter an account is counted. From a place where this
    /// account was entered before, mistakes made elsewhere do not count: nobody can lock someone
    /// out by guessing in their stead.
    pub(crate) fn names(&self, account: &str, address: Option<&str>) -> Vec<(String, u32)> {
        let account = account.trim().to_lowercase();
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(address) = address else {
            return vec![(format!("account {account}"), FREE_BY_ACCOUNT)];
        };
        let here = format!("account {account} from {address}");
        let own = if known.familiar.contains(&here) { here } else { format!("account {account}") };
        vec![(own, FREE_BY_ACCOUNT), (format!("address {address}"), FREE_BY_ADDRESS)]
    }

    /// An account was entered from here.
    pub(crate) fn entered(&self, account: &str, address: Option<&str>) {
        let Some(address) = address else { return };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.familiar.len() >= REMEMBERED {
            known.familiar.clear();
        }
        known.familiar.insert(format!("account {} from {address}", account.trim().to_lowercase()));
    }
}

fn too_soon(left: i64) -> Fault {
    if left > MINUTE {
        return Fault::new("sign_in.throttled").with("minutes", (left + MINUTE - 1) / MINUTE);
    }
    Fault::new("sign_in.soon").with("seconds", (left + Instant::SECOND - 1) / Instant::SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: Instant = Instant(1_000 * Instant::SECOND);

    #[test]
    fn each_mistake_makes_one_wait_longer_and_never_for_good() {
        let (throttle, names) = (Throttle::default(), vec![("account a".to_owned(), 3)]);
        let mut now = BEGIN;
        let (mut waited, mut tries) = (Vec::new(), 0);
        while tries < 20 {
            match throttle.attempt(&names, now) {
                Ok(()) => tries += 1,
                Err(fault) => {
                    assert!(["sign_in.soon", "sign_in.throttled"].contains(&fault.code));
                    waited.push(now);
                    now = Instant(now.0 + LONGEST);
                }
            }
        }
        assert_eq!(
            waited.len(),
            17,
            "three are free, then each waits, a quarter of an hour at most"
        );
        throttle.forgive(&names);
        assert!(throttle.attempt(&names, now).is_ok());
        assert_eq!(wait(2, 3), 0);
        assert_eq!((wait(3, 3), wait(5, 3)), (Instant::SECOND, 4 * Instant::SECOND));
        assert_eq!(wait(90, 3), LONGEST);
    }

    #[test]
    fn asvs_6_3_1_whoever_came_from_here_before_is_not_locked_out_by_guesses_elsewhere() {
        let throttle = Throttle::default();
        throttle.entered("Ada@Maison.example", Some("10.0.0.1"));
        let elsewhere = throttle.names("ada@maison.example", Some("192.0.2.7"));
        for _ in 0..=FREE_BY_ACCOUNT {
            let _ = throttle.attempt(&elsewhere, BEGIN);
        }
        assert!(throttle.attempt(&elsewhere, BEGIN).is_err());
        let unknown = throttle.names("ada@maison.example", Some("192.0.2.8"));
        assert!(throttle.attempt(&unknown, BEGIN).is_err(), "strangers wait together");
        let home = throttle.names("ada@maison.example", Some("10.0.0.1"));
        assert!(throttle.attempt(&home, BEGIN).is_ok(), "and she does not");
    }
}
