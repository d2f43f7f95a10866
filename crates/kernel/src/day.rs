//! Days and instants. The kernel never reads a clock: time comes in as an argument.

use std::fmt;
use std::ops::{Add, Sub};

use jiff::civil::Date;

use crate::Fault;

/// A calendar day, counted from 1 January 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// # Errors
    /// `day.malformed` when no such day exists between the years 1900 and 2199.
    pub fn of(year: i16, month: i8, day: i8) -> Result<Self, Fault> {
        let date =
            Date::new(year, month, day).map_err(|_| malformed(&format!("{year}-{month}-{day}")))?;
        Self::of_date(date)
    }

    /// Reads `2026-11-24`.
    ///
    /// # Errors
    /// `day.malformed`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts[..] else { return Err(malformed(text)) };
        if year.len() != 4 || month.len() != 2 || day.len() != 2 {
            return Err(malformed(text));
        }
        match (year.parse(), month.parse(), day.parse()) {
            (Ok(year), Ok(month), Ok(day)) => Self::of(year, month, day),
            _ => Err(malformed(text)),
        }
    }

    fn of_date(date: Date) -> Result<Self, Fault> {
        if !(1900..=2199).contains(&date.year()) {
            return Err(malformed(&date.to_string()));
        }
        let epoch = Date::constant(1970, 1, 1);
        Ok(Self(date.since(epoch).map_or(0, |span| span.get_days())))
    }

    fn date(self) -> Date {
        Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(self.0))
    }

    #[must_use]
    pub fn year(self) -> i16 {
        self.date().year()
    }
    #[must_use]
    pub fn month(self) -> i8 {
        self.date().month()
    }
    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> i8 {
        self.date().day()
    }
    /// 1 for Monday to 7 for Sunday.
    #[must_use]
    pub fn weekday(self) -> i8 {
        self.date().weekday().to_monday_one_offset()
    }
    #[must_use]
    pub fn end_of_month(self) -> Self {
        self.moved(self.date().last_of_month())
    }
    #[must_use]
    pub fn start_of_month(self) -> Self {
        self.moved(self.date().first_of_month())
    }
    /// The same day `months` later, or the last of that month.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        self.moved(self.date().saturating_add(jiff::Span::new().months(months)))
    }
    /// `AAAAMMJJ`, as the FEC and EN 16931 write a day.
    #[must_use]
    pub fn compact(self) -> String {
        self.to_string().replace('-', "")
    }
    fn moved(self, date: Date) -> Self {
        Self::of_date(date).unwrap_or(self)
    }
}

fn malformed(text: &str) -> Fault {
    Fault::new("day.malformed").with("given", text)
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}
impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Add<i32> for Day {
    type Output = Self;
    fn add(self, days: i32) -> Self {
        Self(self.0 + days)
    }
}
impl Sub for Day {
    type Output = i32;
    fn sub(self, other: Self) -> i32 {
        self.0 - other.0
    }
}

/// A moment, in microseconds since 1 January 1970 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

impl Instant {
    pub const SECOND: i64 = 1_000_000;
    pub const DAY: i64 = 86_400 * Self::SECOND;

    /// Reads `2026-11-24T08:30:00Z`.
    ///
    /// # Errors
    /// `instant.malformed`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        text.parse::<jiff::Timestamp>()
            .map(|at| Self(at.as_microsecond()))
            .map_err(|_| Fault::new("instant.malformed").with("given", text))
    }
    /// Noon, UTC, of a day: the moment given to what is only known by its day.
    #[must_use]
    pub fn noon(day: Day) -> Self {
        Self(i64::from(day.0) * Self::DAY + Self::DAY / 2)
    }
    /// The day it is in France (Europe/Paris) at this instant.
    #[must_use]
    pub fn day(self) -> Day {
        Day::of_date(self.in_paris().date()).unwrap_or(Day(0))
    }
    /// Hours and minutes of the clock in France.
    #[must_use]
    pub fn clock(self) -> (i8, i8) {
        let zoned = self.in_paris();
        (zoned.hour(), zoned.minute())
    }
    fn in_paris(self) -> jiff::civil::DateTime {
        let stamp =
            jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let zone = jiff::tz::TimeZone::get("Europe/Paris").unwrap_or(jiff::tz::TimeZone::UTC);
        zone.to_datetime(stamp)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stamp =
            jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        write!(f, "{stamp}")
    }
}
impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_survives_the_round_trip() {
        for text in ["1970-01-01", "2024-02-29", "2026-11-24", "1999-12-31"] {
            assert_eq!(Day::parse(text).unwrap().to_string(), text);
        }
        for bad in ["2026-02-30", "2026-2-3", "24/11/2026", "", "1850-01-01"] {
            assert!(Day::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn months_end_where_they_end() {
        let day = Day::parse("2026-01-31").unwrap();
        assert_eq!(day.plus_months(1).to_string(), "2026-02-28");
        assert_eq!((day + 1).end_of_month().to_string(), "2026-02-28");
        assert_eq!(day.weekday(), 6);
    }

    #[test]
    fn midnight_in_paris_comes_before_midnight_in_greenwich() {
        let late = Instant::parse("2026-07-14T22:30:00Z").unwrap();
        assert_eq!(late.day().to_string(), "2026-07-15");
        assert_eq!(late.clock(), (0, 30));
    }
}
