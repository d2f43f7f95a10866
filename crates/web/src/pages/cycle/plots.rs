//! The charts of the cycle.

use kernel::{Day, Language, Rate};
use maud::{Markup, html};
use processes::cycle::{Cycle, Slice, Step};

use super::{days, percent, tenths, whole_days, written};
use crate::charts::{About, Bar, Point, Range, bars, line, ranges};
use crate::parts::{say, section};

fn about(language: Language, title: &str, gist: String) -> About {
    About {
        language,
        title: title.to_owned(),
        gist,
        over: say(language, "Mois", "Month").to_owned(),
    }
}

/// `nov.`, and the year when it begins: `janv. 26`.
fn month(language: Language, day: Day) -> String {
    let name = language.month(day.month());
    if day.month() == 1 { format!("{name} {:02}", day.year() % 100) } else { name.to_owned() }
}

/// The spread of each step.
pub fn lead_times(language: Language, cycle: &Cycle) -> Markup {
    let title = say(language, "Délai de chaque étape", "Lead time of each step");
    let hours = |seconds: i64| (seconds + 1_800) / 3_600;
    let spread = |step: Step| {
        let spread = cycle.whole.step(step)?;
        Some(Range {
            label: short(language, step).to_owned(),
            low: hours(spread.low),
            first: hours(spread.first),
            middle: hours(spread.median),
            last: hours(spread.third),
            high: hours(spread.high),
            target: None,
            slow: false,
        })
    };
    let drawn: Vec<Range> =
        Step::ALL.into_iter().filter(|step| *step != Step::Whole).filter_map(spread).collect();
    let slowest = drawn.iter().max_by_key(|range| range.middle);
    let gist = slowest.map(|slowest| match language {
        Language::French => format!("Le plus long : {}", slowest.label),
        Language::English => format!("The longest: {}", slowest.label),
    });
    let mut about = about(language, title, gist.unwrap_or_default());
    say(language, "Étape", "Step").clone_into(&mut about.over);
    let chart = ranges(&about, &drawn, &|hours| days(language, hours * 3_600));
    let labels = html! {
        dl.kv.muted.mt { @for step in Step::ALL {
            @if step != Step::Whole {
                dt { (short(language, step)) } dd { (step.label().say(language)) }
            }
        } }
    };
    section(title, &html! {}, &html! { (chart) (labels) })
}

/// A word for a step, that fits beside its bar.
pub const fn short(language: Language, step: Step) -> &'static str {
    match step {
        Step::Quote => say(language, "Décider", "Decide"),
        Step::Confirm => say(language, "Confirmer", "Confirm"),
        Step::Deliver => say(language, "Livrer", "Deliver"),
        Step::Invoice => say(language, "Facturer", "Invoice"),
        Step::Pay => say(language, "Encaisser", "Collect"),
        Step::Whole => say(language, "En tout", "In all"),
    }
}

/// One value a month, where there is one.
fn points(language: Language, cycle: &Cycle, value: impl Fn(&Slice) -> Option<i64>) -> Vec<Point> {
    let months = cycle.months.iter().filter_map(|(day, slice)| Some((*day, value(slice)?)));
    months
        .map(|(day, value)| Point {
            label: month(language, day),
            value,
            band: None,
            forecast: false,
        })
        .collect()
}

/// How the last month compares with the first.
fn trend(language: Language, points: &[Point], write: &dyn Fn(i64) -> String) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let (from, to) = (write(first.value), write(last.value));
    match language {
        Language::French => format!("De {from} en {} à {to} en {}", first.label, last.label),
        Language::English => format!("From {from} in {} to {to} in {}", first.label, last.label),
    }
}

fn plotted(
    language: Language,
    title: &'static str,
    name: &str,
    points: &[Point],
    write: &dyn Fn(i64) -> String,
) -> Markup {
    if points.is_empty() {
        let none = say(language, "Rien à montrer sur cette période.", "Nothing to show here.");
        return section(title, &html! {}, &html! { p.muted { (none) } });
    }
    let gist = trend(language, points, write);
    section(title, &html! {}, &line(&about(language, title, gist), name, points, None, write))
}

/// From the order to the cash, a median a month.
pub fn whole(language: Language, cycle: &Cycle) -> Markup {
    let title =
        say(language, "De la commande à l’encaissement, en jours", "Order to cash, in days");
    let found = points(language, cycle, |slice| {
        slice.step(Step::Whole).map(|spread| tenths(spread.median))
    });
    let name = say(language, "médiane", "median");
    plotted(language, title, name, &found, &|tenths| written(language, tenths))
}

/// Days sales outstanding, month by month.
pub fn dso(language: Language, cycle: &Cycle) -> Markup {
    let title = say(language, "Délai de paiement (DSO), en jours", "Days sales outstanding");
    let found = points(language, cycle, |slice| slice.dso_days);
    plotted(language, title, "DSO", &found, &|days| language.integer(days))
}

/// How many orders were held, and for how long.
pub fn held(language: Language, cycle: &Cycle) -> Markup {
    let title = say(language, "Temps de retenue, en jours", "Time on hold, in days");
    let found = points(language, cycle, |slice| slice.hold.map(|spread| tenths(spread.median)));
    let name = say(language, "médiane", "median");
    plotted(language, title, name, &found, &|tenths| written(language, tenths))
}

/// First time right, in percents, and partial deliveries beside it.
pub fn quality(language: Language, cycle: &Cycle) -> Markup {
    let whole = |rate: Rate| (rate.0 * 100 + Rate::SCALE / 2) / Rate::SCALE;
    let last = cycle.months.len().saturating_sub(1);
    let drawn = |value: fn(&Slice) -> Rate| -> Vec<Bar> {
        cycle
            .months
            .iter()
            .enumerate()
            .map(|(rank, (day, slice))| Bar {
                label: month(language, *day),
                value: whole(value(slice)),
                before: None,
                now: rank == last,
            })
            .collect()
    };
    let write = |value: i64| language.rate(Rate::percent(value));
    let chart = |title: &'static str, gist: String, value: fn(&Slice) -> Rate| {
        let about = about(language, title, gist);
        let share = say(language, "part", "share");
        section(title, &html! {}, &bars(&about, share, "", &drawn(value), &write))
    };
    let right = percent(language, cycle.whole.first_time_right);
    let parts = percent(language, cycle.whole.partial);
    let (right, parts) = match language {
        Language::French => (format!("{right} en tout"), format!("{parts} en tout")),
        Language::English => (format!("{right} in all"), format!("{parts} in all")),
    };
    html! {
        (chart(
            say(language, "Bon du premier coup", "First time right"),
            right,
            |slice| slice.first_time_right,
        ))
        (chart(
            say(language, "Livraisons en plusieurs fois", "Partial deliveries"),
            parts,
            |slice| slice.partial,
        ))
    }
}

/// A DSO as it stands in a table.
pub fn dso_cell(language: Language, slice: &Slice) -> String {
    slice.dso_days.map_or_else(String::new, |days| whole_days(language, days))
}
