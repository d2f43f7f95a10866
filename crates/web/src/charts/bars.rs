//! Upright bars: one value each, or the parts of a whole.

use maud::{Markup, html};

use super::plane::{Axis, Px, gutter};
use super::{About, Write, drawing, key, plot};
use crate::words;

const WIDTH: i64 = 5_600;
const TOP: i64 = 100;
const BOTTOM: i64 = 1_120;

/// A bar.
#[derive(Debug, Clone)]
pub struct Bar {
    pub label: String,
    pub value: i64,
    /// The same a year before: a line across the bar.
    pub before: Option<i64>,
    /// The period under way: in the accent.
    pub now: bool,
}

/// The places of `count` bars between `left` and the right edge: (middle, half of the width).
fn places(count: usize, left: i64) -> impl Iterator<Item = (i64, i64)> {
    let count = i64::try_from(count).unwrap_or(1).max(1);
    let slot = (WIDTH - left) / count;
    let half = (slot * 36 / 200).clamp(20, 140);
    (0..count).map(move |rank| (left + slot * rank + slot / 2, half))
}

fn axis_and_left(values: impl Iterator<Item = i64>, write: Write<'_>) -> (Axis, i64) {
    let axis = Axis::over(values, TOP, BOTTOM);
    let left = gutter([write(axis.low), write(axis.high)].into_iter());
    (axis, left)
}

/// The labels under the bars; only each so many when they are close.
fn labels<'a>(names: impl ExactSizeIterator<Item = &'a str>, left: i64) -> Markup {
    let count = names.len();
    let every = count.div_ceil(12).max(1);
    html! {
        @for ((rank, name), (middle, _)) in names.enumerate().zip(places(count, left)) {
            @if rank % every == 0 { text.mid x=(Px(middle)) y="130" { (name) } }
        }
    }
}

/// Bars. `now` and `before` name the values and those of the year before, in legend and table.
#[must_use]
pub fn bars(about: &About, now: &str, before: &str, bars: &[Bar], write: Write<'_>) -> Markup {
    let values = bars.iter().flat_map(|bar| [Some(bar.value), bar.before]).flatten();
    let (axis, left) = axis_and_left(values, write);
    let compared = bars.iter().any(|bar| bar.before.is_some());
    let zero = axis.at(0).0;
    let inside = html! {
        (axis.draw(left, WIDTH, write))
        @for (bar, (middle, half)) in bars.iter().zip(places(bars.len(), left)) {
            @let y = axis.at(bar.value).0;
            rect class=(if bar.now { "b2" } else { "b" }) x=(Px(middle - half)) width=(Px(half * 2))
                y=(Px(y.min(zero))) height=(Px((y - zero).abs())) {
                title { (words::colon(about.language, &bar.label, &write(bar.value))) }
            }
            @if let Some(before) = bar.before {
                @let y = axis.at(before);
                line.ax x1=(Px(middle - half - 40)) x2=(Px(middle + half + 40)) y1=(y) y2=(y) {}
            }
        }
        (labels(bars.iter().map(|bar| bar.label.as_str()), left))
    };
    let legend = html! { @if compared { (key("g2", now)) (key("line", before)) } };
    let heads: Vec<&str> = if compared { vec![now, before] } else { vec![now] };
    let lines: Vec<Vec<String>> = bars
        .iter()
        .map(|bar| {
            let mut line = vec![bar.label.clone(), write(bar.value)];
            if compared {
                line.push(bar.before.map_or_else(|| "—".to_owned(), write));
            }
            line
        })
        .collect();
    plot(about, &drawing(about, 560, 138, &inside), &legend, &heads, &lines)
}

/// A bar made of parts, from the bottom up. Parts are not negative.
#[derive(Debug, Clone)]
pub struct Stack {
    pub label: String,
    pub values: Vec<i64>,
}

/// Bars made of parts; five at most, named in the same order.
#[must_use]
pub fn stacked(about: &About, parts: &[&str], stacks: &[Stack], write: Write<'_>) -> Markup {
    let total = |stack: &Stack| stack.values.iter().map(|value| (*value).max(0)).sum::<i64>();
    let (axis, left) = axis_and_left(stacks.iter().map(total), write);
    let part = |rank: usize| parts.get(rank).copied().unwrap_or_default();
    let inside = html! {
        (axis.draw(left, WIDTH, write))
        @for (stack, (middle, half)) in stacks.iter().zip(places(stacks.len(), left)) {
            @for (rank, value, from) in layers(stack) {
                @let (low, high) = (axis.at(from), axis.at(from + value));
                @if value > 0 {
                    rect class=(format!("s{}", rank + 1)) x=(Px(middle - half)) width=(Px(half * 2))
                        y=(high)
                        height=(Px(low.0 - high.0)) {
                        title {
                            (stack.label) ", "
                            (words::colon(about.language, part(rank), &write(value)))
                        }
                    }
                }
            }
        }
        (labels(stacks.iter().map(|stack| stack.label.as_str()), left))
    };
    let legend = html! {
        @for (rank, part) in parts.iter().enumerate() { (key(&format!("s{}", rank + 1), part)) }
    };
    let lines: Vec<Vec<String>> = stacks
        .iter()
        .map(|stack| {
            let values = stack.values.iter().map(|value| write(*value));
            std::iter::once(stack.label.clone()).chain(values).collect()
        })
        .collect();
    plot(about, &drawing(about, 560, 138, &inside), &legend, parts, &lines)
}

/// Each part of a stack: its rank, its value, and the sum of those below it.
fn layers(stack: &Stack) -> impl Iterator<Item = (usize, i64, i64)> {
    let mut from = 0;
    stack.values.iter().enumerate().map(move |(rank, value)| {
        let value = (*value).max(0);
        let start = from;
        from += value;
        (rank, value, start)
    })
}
