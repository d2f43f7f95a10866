//! The days that a report covers: two days in the address, and the form that changes them.

use kernel::{Day, Language};
use maud::{Markup, html};

use crate::door::Ask;
use crate::parts::{Button, Icon, say};
use crate::words;

/// From one day to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: Day,
    pub to: Day,
}

impl Period {
    /// What the address asks for; a day that is missing or is none is the usual one.
    #[must_use]
    pub fn of(ask: &Ask, usual: Self) -> Self {
        let day = |name: &str| Day::parse(ask.query.text(name)).ok();
        let (from, to) = (day("from").unwrap_or(usual.from), day("to").unwrap_or(usual.to));
        Self { from: from.min(to), to: from.max(to) }
    }

    /// The months up to a day, the last one included.
    #[must_use]
    pub fn months(count: i32, until: Day) -> Self {
        Self { from: until.start_of_month().plus_months(1 - count), to: until }
    }

    /// As it stands in an address: `from=2026-01-01&to=2026-11-24`.
    #[must_use]
    pub fn query(self) -> String {
        format!("from={}&to={}", self.from, self.to)
    }

    #[must_use]
    pub fn said(self, language: Language) -> String {
        match language {
            Language::French => {
                format!("du {} au {}", language.day(self.from), language.day(self.to))
            }
            Language::English => {
                format!("{} to {}", language.day(self.from), language.day(self.to))
            }
        }
    }
}

/// The two days, to be changed; `target` is the element that the answer replaces. `kept` are other
/// parameters of the address.
#[must_use]
pub fn form(ask: &Ask, path: &str, period: Period, kept: &[(&str, &str)], target: &str) -> Markup {
    html! {
        form method="get" action=(path) data-filter data-swap=(target) {
            @for (name, value) in kept {
                @if !value.is_empty() { input type="hidden" name=(name) value=(value); }
            }
            label.muted for="period-from" { (say(ask.language, "Du", "From")) }
            input.in type="date" id="period-from" name="from" value=(period.from);
            label.muted for="period-to" { (ask.say(words::UNTIL)) }
            input.in type="date" id="period-to" name="to" value=(period.to);
            (Button::submit(ask.say(words::SEE)).icon(Icon::Filter).small())
        }
    }
}
