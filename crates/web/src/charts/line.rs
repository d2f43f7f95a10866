//! A line through time, with the band of a forecast; and the small line of a cell.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::plane::{Axis, Px, gutter, share};
use super::{About, Write, drawing, key, plot};
use crate::parts::say;

const WIDTH: i64 = 5_600;
const TOP: i64 = 160;
const BOTTOM: i64 = 1_680;

/// A point of a line.
#[derive(Debug, Clone)]
pub struct Point {
    pub label: String,
    pub value: i64,
    /// The low and the high end of what is likely.
    pub band: Option<(i64, i64)>,
    /// Not yet: dashed.
    pub forecast: bool,
}

/// A line: what was in ink, what is forecast in dashes inside its band. `so_far` marks what the
/// period of this rank has reached already, with its words.
#[must_use]
pub fn line(
    about: &About,
    name: &str,
    points: &[Point],
    so_far: Option<(usize, i64, &str)>,
    write: Write<'_>,
) -> Markup {
    let values = points.iter().flat_map(|point| {
        let (low, high) = point.band.unwrap_or((point.value, point.value));
        [point.value, low, high]
    });
    let axis = Axis::over(values.chain(so_far.map(|(_, value, _)| value)), TOP, BOTTOM);
    let left = gutter([write(axis.low), write(axis.high)].into_iter());
    let x = |rank: usize| {
        let last = i64::try_from(points.len()).unwrap_or(1).saturating_sub(1);
        Px(left + 60 + share(i64::try_from(rank).unwrap_or(0), last, WIDTH - left - 240))
    };
    let every = points.len().div_ceil(16).max(1);
    let inside = html! {
        (axis.draw(left, WIDTH, write))
        (draw_band(points, &axis, &x))
        @let known = points.iter().take_while(|point| !point.forecast).count();
        polyline.l points=(path(points.iter().enumerate().take(known), &axis, &x)) {}
        @if known < points.len() {
            @let ahead = points.iter().enumerate().skip(known.saturating_sub(1));
            polyline.p points=(path(ahead, &axis, &x)) {}
        }
        @if let Some((rank, value, words)) = so_far {
            @let (at, y) = (x(rank), axis.at(value));
            line.ax x1=(at) x2=(at) y1=(y) y2=(axis.at(0)) {}
            circle.ink cx=(at) cy=(y) r="3" {}
            text.end.halo x=(Px(at.0 - 80)) y=(Px(y.0 + 40)) { (words) }
        }
        @for (rank, point) in points.iter().enumerate().step_by(every) {
            text.mid x=(x(rank)) y="186" { (point.label) }
        }
    };
    let (banded, forecast) =
        (points.iter().any(|p| p.band.is_some()), points.iter().any(|p| p.forecast));
    let low_word = say(about.language, "bas", "low");
    let high_word = say(about.language, "haut", "high");
    let legend = html! {
        @if forecast { (key("line", name)) }
        @if banded { (key("band", say(about.language, "8 chances sur 10", "8 chances in 10"))) }
    };
    let heads = if banded { vec![name, low_word, high_word] } else { vec![name] };
    let lines: Vec<Vec<String>> = points
        .iter()
        .map(|point| {
            let mut cells = vec![point.label.clone(), write(point.value)];
            if banded {
                let ends = point.band.map(|(low, high)| [write(low), write(high)]);
                cells.extend(ends.unwrap_or_else(|| ["—".to_owned(), "—".to_owned()]));
            }
            cells
        })
        .collect();
    plot(about, &drawing(about, 560, 192, &inside), &legend, &heads, &lines)
}

fn path<'a>(
    points: impl Iterator<Item = (usize, &'a Point)>,
    axis: &Axis,
    x: &dyn Fn(usize) -> Px,
) -> String {
    let mut path = String::new();
    for (rank, point) in points {
        let _ = write!(path, "{},{} ", x(rank), axis.at(point.value));
    }
    path
}

fn draw_band(points: &[Point], axis: &Axis, x: &dyn Fn(usize) -> Px) -> Markup {
    let (mut upper, mut lower) = (Vec::new(), Vec::new());
    for (rank, point) in points.iter().enumerate() {
        if let Some((low, high)) = point.band {
            upper.push(format!("{},{}", x(rank), axis.at(high)));
            lower.push(format!("{},{}", x(rank), axis.at(low)));
        }
    }
    let around: Vec<&str> = upper.iter().chain(lower.iter().rev()).map(String::as_str).collect();
    html! {
        @if !upper.is_empty() {
            polygon.band points=(around.join(" ")) {}
            polyline.e points=(upper.join(" ")) {}
            polyline.e points=(lower.join(" ")) {}
        }
    }
}

/// A trend in a cell: the last point stands out, the target is dashed. `title` is said aloud.
#[must_use]
pub fn sparkline(title: &str, values: &[i64], target: Option<i64>) -> Markup {
    let all = || values.iter().copied().chain(target);
    let low = all().min().unwrap_or(0);
    let span = all().max().unwrap_or(0) - low;
    let y = |value: i64| Px(260 - share(value - low, span, 260));
    let last = i64::try_from(values.len()).unwrap_or(1).saturating_sub(1);
    let x = |rank: usize| Px(share(i64::try_from(rank).unwrap_or(0), last, 1_000));
    let mut path = String::new();
    for (rank, value) in values.iter().enumerate() {
        let _ = write!(path, "{},{} ", x(rank), y(*value));
    }
    html! {
        svg.chart.spark viewBox="0 -3 104 32" role="img" aria-label=(title) {
            @if let Some(target) = target {
                line.ghost x1="0" x2="104" y1=(y(target)) y2=(y(target)) {}
            }
            polyline.l points=(path) {}
            @if let Some(value) = values.last() {
                circle.b2 cx=(x(values.len() - 1)) cy=(y(*value)) r="2.5" {}
            }
        }
    }
}
