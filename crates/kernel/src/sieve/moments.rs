//! Days that move with the calendar: `today`, `-30d`, `this_month`, `last_year`.

use crate::{Day, Language, typed};

/// A day, or the days of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// This very day.
    On(Day),
    /// So many units from today: before it when negative.
    From(i32, Unit),
    /// The period of today, or so many after it: `Period(Unit::Month, -1)` is last month.
    Period(Unit, i32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// The words of the periods, the one to be written first: French, English, what they mean.
const WORDS: [(&str, &str, Unit, i32); 15] = [
    ("aujourd’hui", "today", Unit::Day, 0),
    ("hier", "yesterday", Unit::Day, -1),
    ("demain", "tomorrow", Unit::Day, 1),
    ("cette_semaine", "this_week", Unit::Week, 0),
    ("semaine_dernière", "last_week", Unit::Week, -1),
    ("semaine_prochaine", "next_week", Unit::Week, 1),
    ("ce_mois", "this_month", Unit::Month, 0),
    ("mois_dernier", "last_month", Unit::Month, -1),
    ("mois_prochain", "next_month", Unit::Month, 1),
    ("ce_trimestre", "this_quarter", Unit::Quarter, 0),
    ("trimestre_dernier", "last_quarter", Unit::Quarter, -1),
    ("trimestre_prochain", "next_quarter", Unit::Quarter, 1),
    ("cette_année", "this_year", Unit::Year, 0),
    ("année_dernière", "last_year", Unit::Year, -1),
    ("année_prochaine", "next_year", Unit::Year, 1),
];

/// The letters of units: French, English.
const UNITS: [(&str, &str, Unit); 4] = [
    ("j", "d", Unit::Day),
    ("s", "w", Unit::Week),
    ("m", "m", Unit::Month),
    ("a", "y", Unit::Year),
];

impl Moment {
    /// Reads a word of either language; `None` when it is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let typed = typed::folded(text);
        let same = |word: &str| typed::folded(word) == typed;
        let period = WORDS.iter().find(|(french, english, ..)| same(french) || same(english));
        if let Some((.., unit, shift)) = period {
            return Some(Moment::Period(*unit, *shift));
        }
        let (sign, rest) = match text.strip_prefix(['-', '−']) {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+')?),
        };
        let digits = rest.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let count: i32 = digits.parse().ok().filter(|count| (0..=9_999).contains(count))?;
        let letter = &rest[digits.len()..];
        let unit =
            UNITS.iter().find(|(french, english, _)| letter == *french || letter == *english);
        unit.map(|(.., unit)| Moment::From(sign * count, *unit))
    }

    /// The word of a language that [`Moment::read`] reads back.
    #[must_use]
    pub fn word(self, language: Language) -> String {
        let say = |french: &str, english: &str| match language {
            Language::French => french.to_owned(),
            Language::English => english.to_owned(),
        };
        match self {
            Moment::On(day) => match language {
                Language::French => {
                    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
                }
                Language::English => day.to_string(),
            },
            Moment::From(count, unit) => {
                let found = UNITS.iter().find(|(.., known)| *known == unit);
                let letter =
                    found.map_or("d".to_owned(), |(french, english, _)| say(french, english));
                format!("{count:+}{letter}")
            }
            Moment::Period(unit, shift) => {
                let found = WORDS.iter().find(|(.., known, by)| (*known, *by) == (unit, shift));
                found.map_or_else(String::new, |(french, english, ..)| say(french, english))
            }
        }
    }

    /// The words of periods, in a language.
    pub fn words(language: Language) -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(move |(french, english, ..)| match language {
            Language::French => *french,
            Language::English => *english,
        })
    }

    /// The first day and the last, seen from a day.
    #[must_use]
    pub fn days(self, today: Day) -> (Day, Day) {
        match self {
            Moment::On(day) => (day, day),
            Moment::From(count, unit) => {
                let day = match unit {
                    Unit::Day => today + count,
                    Unit::Week => today + count * 7,
                    Unit::Month => today.plus_months(count),
                    Unit::Quarter => today.plus_months(count * 3),
                    Unit::Year => today.plus_months(count * 12),
                };
                (day, day)
            }
            Moment::Period(unit, shift) => period(today, unit, shift),
        }
    }
}

fn period(today: Day, unit: Unit, shift: i32) -> (Day, Day) {
    let month = today.start_of_month();
    let into = |months: i32| i32::from(today.month() - 1) % months;
    let months = |count: i32| {
        let first = month.plus_months(shift * count - into(count));
        (first, first.plus_months(count) + -1)
    };
    match unit {
        Unit::Day => (today + shift, today + shift),
        Unit::Week => {
            let monday = today + (1 - i32::from(today.weekday()) + shift * 7);
            (monday, monday + 6)
        }
        Unit::Month => months(1),
        Unit::Quarter => months(3),
        Unit::Year => months(12),
    }
}
