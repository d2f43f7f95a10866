//! The days on which the company works, and the moments of such a day.

use kernel::{Day, Instant};

/// The days worked from the beginning of the history to today.
#[derive(Debug, Clone)]
pub struct Calendar {
    days: Vec<Day>,
    /// The wall clock when the history was begun: nothing is later.
    now: Instant,
}

/// Closed on these days each year: month, day. Source: Code du travail, art. L3133-1.
const CLOSED: &[(i8, i8)] =
    &[(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];

fn worked(day: Day) -> bool {
    day.weekday() <= 5 && !CLOSED.contains(&(day.month(), day.day()))
}

impl Calendar {
    #[must_use]
    pub fn from(start: Day, now: Instant) -> Self {
        let today = now.day();
        let days = (start.0..=today.0).map(Day).filter(|day| worked(*day)).collect();
        Self { days, now }
    }

    #[must_use]
    pub fn days(&self) -> &[Day] {
        &self.days
    }
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }
    #[must_use]
    pub fn today(&self) -> Day {
        self.now.day()
    }

    /// The day worked that lies `back` of them before the last one; the first when there are fewer.
    #[must_use]
    pub fn back(&self, back: usize) -> Day {
        let at = self.days.len().saturating_sub(back + 1);
        self.days.get(at).copied().unwrap_or(self.today())
    }

    /// The first day worked on or after this one; itself when that is still to come.
    #[must_use]
    pub fn on_or_after(&self, day: Day) -> Day {
        let at = self.days.partition_point(|worked| *worked < day);
        self.days.get(at).copied().unwrap_or(day.max(self.today() + 1))
    }

    /// The day worked `count` of them later.
    #[must_use]
    pub fn after(&self, day: Day, count: i64) -> Day {
        let count = usize::try_from(count).unwrap_or(0);
        let at = self.days.partition_point(|worked| *worked < day) + count;
        match self.days.get(at) {
            Some(day) => *day,
            None => {
                let beyond = i32::try_from(at - self.days.len()).unwrap_or(0);
                self.today() + 1 + beyond
            }
        }
    }

    /// A moment of a day, by the clock in France; never later than now.
    #[must_use]
    pub fn at(&self, day: Day, hour: i64, minute: i64) -> Instant {
        let noon = Instant::noon(day);
        // At noon UTC the clock in France shows 13 or 14 hours.
        let ahead = i64::from(noon.clock().0) - 12;
        let minutes = (hour - 12 - ahead) * 60 + minute;
        Instant((noon.0 + minutes * 60 * Instant::SECOND).min(self.now.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn no_one_works_on_sundays_and_on_the_fourteenth_of_july() {
        let now = Instant::parse("2026-07-19T09:00:00Z").unwrap();
        let calendar = Calendar::from(day("2026-07-10"), now);
        let days: Vec<String> = calendar.days().iter().map(Day::to_string).collect();
        assert_eq!(days, ["2026-07-10", "2026-07-13", "2026-07-15", "2026-07-16", "2026-07-17"]);
        assert_eq!(calendar.back(0), day("2026-07-17"));
        assert_eq!(calendar.after(day("2026-07-13"), 1), day("2026-07-15"));
        assert_eq!(calendar.on_or_after(day("2026-07-14")), day("2026-07-15"));
        assert!(calendar.after(day("2026-07-17"), 1) > calendar.today());
    }

    #[test]
    fn the_clock_is_that_of_france_in_summer_and_in_winter() {
        let now = Instant::parse("2026-07-19T09:00:00Z").unwrap();
        let calendar = Calendar::from(day("2026-01-01"), now);
        assert_eq!(calendar.at(day("2026-01-15"), 9, 30).clock(), (9, 30));
        assert_eq!(calendar.at(day("2026-07-15"), 9, 30).clock(), (9, 30));
        assert_eq!(calendar.at(day("2026-07-19"), 23, 0), now);
    }
}
