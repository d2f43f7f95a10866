//! Moments and ages as people say them.

use kernel::{Day, Instant, Language};

/// `16 h 12` today, `hier 16 h 12`, `19 nov.`, `19 nov. 2025` of another year.
#[must_use]
pub fn moment(language: Language, at: Instant, now: Instant) -> String {
    let (day, today) = (at.day(), now.day());
    let (hour, minute) = at.clock();
    let clock = match language {
        Language::French => format!("{hour} h {minute:02}"),
        Language::English => format!("{hour:02}:{minute:02}"),
    };
    match (today - day, language) {
        (0, _) => clock,
        (1, Language::French) => format!("hier {clock}"),
        (1, Language::English) => format!("yesterday {clock}"),
        _ => day_of(language, day, today),
    }
}

/// `19 nov.`, or with its year when it is not this one.
#[must_use]
pub fn day_of(language: Language, day: Day, today: Day) -> String {
    if day.year() == today.year() { language.short_day(day) } else { language.day(day) }
}

/// `4 j`, `4 d`; `aujourd’hui` for none.
#[must_use]
pub fn age(language: Language, days: i32) -> String {
    match (language, days) {
        (Language::French, ..=0) => "aujourd’hui".to_owned(),
        (Language::English, ..=0) => "today".to_owned(),
        (Language::French, days) => format!("{days} j"),
        (Language::English, days) => format!("{days} d"),
    }
}

/// The number of a week after ISO 8601: that of its Thursday.
#[must_use]
pub fn week(day: Day) -> i32 {
    let thursday = day + i32::from(4 - day.weekday());
    let first = Day::of(thursday.year(), 1, 1).unwrap_or(thursday);
    (thursday - first) / 7 + 1
}

/// The Monday of a day's week.
#[must_use]
pub fn monday(day: Day) -> Day {
    day + i32::from(1 - day.weekday())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_are_those_of_the_calendar_on_the_wall() {
        let week = |text| week(Day::parse(text).unwrap());
        assert_eq!(week("2026-11-24"), 48);
        assert_eq!(week("2027-01-01"), 53);
        assert_eq!(week("2027-01-04"), 1);
        assert_eq!(monday(Day::parse("2026-11-29").unwrap()).to_string(), "2026-11-23");
    }

    #[test]
    fn a_moment_is_said_as_close_as_it_is() {
        let now = Instant::parse("2026-11-24T09:00:00Z").unwrap();
        let said = |text| moment(Language::French, Instant::parse(text).unwrap(), now);
        assert_eq!(said("2026-11-24T07:40:00Z"), "8 h 40");
        assert_eq!(said("2026-11-23T15:12:00Z"), "hier 16 h 12");
        assert_eq!(said("2026-11-19T15:12:00Z"), "19 nov.");
        assert_eq!(said("2025-11-19T15:12:00Z"), "19 nov. 2025");
    }
}
