//! The months of a grouped list as the points of a line, those in which nothing happened between.

use kernel::{Day, Language, Value};

use super::grouped::Grouped;
use crate::charts::Point;

/// The most months drawn: the latest.
const MONTHS: usize = 36;

/// The points, oldest first.
pub fn points(grouped: &Grouped, language: Language) -> Vec<Point> {
    let first_day = |month: &str| Day::parse(&format!("{month}-01")).ok();
    let known = grouped.rows.iter().filter_map(|(value, count, sums)| match value {
        Value::Text(month) => Some((first_day(month)?, sums.first().copied().unwrap_or(*count))),
        _ => None,
    });
    let mut known: Vec<(Day, i64)> = known.collect();
    known.sort_unstable();
    let Some(last) = known.last().map(|(day, _)| *day) else { return Vec::new() };
    let oldest = last.plus_months(1 - i32::try_from(MONTHS).unwrap_or(i32::MAX));
    known.retain(|(day, _)| *day >= oldest);
    let mut points = Vec::with_capacity(known.len());
    for (day, value) in known {
        // A sum of nothing is nothing; a mean of nothing is not there.
        while let Some((before, _)) = points.last().copied().filter(|_| !grouped.means) {
            let next: Day = Day::plus_months(before, 1);
            if next >= day {
                break;
            }
            points.push((next, 0));
        }
        points.push((day, value));
    }
    let point = |(day, value): (Day, i64)| Point {
        label: label(day, language),
        value,
        band: None,
        forecast: false,
    };
    points.into_iter().map(point).collect()
}

/// `11.26`: the month and the year, short enough to stand under a point.
fn label(day: Day, language: Language) -> String {
    let year = day.year() % 100;
    match language {
        Language::French => format!("{:02}.{year:02}", day.month()),
        Language::English => format!("{:02}/{year:02}", day.month()),
    }
}
