//! Moments and ages as people say them.

use kernel::{Day, Instant, Language, Rate};

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

/// The same after "since": `hier 16 h 12`, `le 19 nov.`; `yesterday 16:12`, `19 Nov`.
#[must_use]
pub fn since(language: Language, at: Instant, now: Instant) -> String {
    let said = moment(language, at, now);
    match language {
        Language::French if now.day() - at.day() > 1 => format!("le {said}"),
        _ => said,
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

/// A rate to a tenth of a percent, always with its tenth, so that a column lines up: `54,0 %`.
#[must_use]
pub fn percent(language: Language, rate: Rate) -> String {
    let tenths = kernel::divide_half_up(i128::from(rate.0), 1_000);
    let (sign, size) = (if tenths < 0 { "\u{2212}" } else { "" }, tenths.unsigned_abs());
    match language {
        Language::French => format!("{sign}{},{}\u{a0}%", size / 10, size % 10),
        Language::English => format!("{sign}{}.{}%", size / 10, size % 10),
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
    fn a_percentage_keeps_its_tenth() {
        assert_eq!(percent(Language::French, Rate::percent(54)), "54,0\u{a0}%");
        assert_eq!(percent(Language::English, Rate(-12_340)), "\u{2212}1.2%");
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
