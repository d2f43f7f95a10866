//! Lying bars: the spread of a lead time, the steps of a pipeline.

use maud::{Markup, html};

use super::plane::{Px, share};
use super::{About, Write, drawing, key, plot};
use crate::parts::say;

const LABELS: i64 = 1_240;
const ROW: i64 = 300;

/// The spread of a lead time: nine out of ten lie between `low` and `high`, half between `first`
/// and `last`.
#[derive(Debug, Clone)]
pub struct Range {
    pub label: String,
    pub low: i64,
    pub first: i64,
    pub middle: i64,
    pub last: i64,
    pub high: i64,
    pub target: Option<i64>,
    /// The middle is beyond the target: said in amber.
    pub slow: bool,
}

/// Spreads, one a line, on the same scale.
#[must_use]
pub fn ranges(about: &About, ranges: &[Range], write: Write<'_>) -> Markup {
    let most =
        ranges.iter().map(|range| range.high.max(range.target.unwrap_or(0))).max().unwrap_or(1);
    let x = |value: i64| Px(LABELS + share(value.max(0), most.max(1), 3_460));
    let inside = html! {
        @for (range, y) in ranges.iter().zip((0..).map(|rank: i64| rank * ROW)) {
            text.word x="0" y=(Px(y + 180)) { (range.label) }
            line.g x1=(x(range.low)) x2=(x(range.high)) y1=(Px(y + 140)) y2=(Px(y + 140)) {}
            @for end in [range.low, range.high] {
                line.ax x1=(x(end)) x2=(x(end)) y1=(Px(y + 100)) y2=(Px(y + 180)) {}
            }
            line.ax x1=(x(range.low)) x2=(x(range.high)) y1=(Px(y + 140)) y2=(Px(y + 140)) {}
            rect.s3 x=(x(range.first)) width=(Px(x(range.last).0 - x(range.first).0))
                y=(Px(y + 60)) height="16" {}
            rect.ink x=(Px(x(range.middle).0 - 10)) width="2" y=(Px(y + 60)) height="16" {}
            @if let Some(target) = range.target {
                line.target x1=(x(target)) x2=(x(target)) y1=(Px(y + 20)) y2=(Px(y + 260)) {}
            }
            text.end .warn[range.slow] .word[!range.slow] x="560" y=(Px(y + 180)) {
                (write(range.middle))
            }
        }
    };
    let language = about.language;
    let legend = html! {
        (key("s3", say(language, "la moitié des cas", "half of the cases")))
        (key("line", say(language, "9 cas sur 10", "9 cases in 10")))
        span {
            @if ranges.iter().any(|range| range.target.is_some()) {
                (say(language, "trait vert pointillé : cible · ", "dashed green: target · "))
            }
            (say(language, "à droite : médiane", "at the right: median"))
        }
    };
    let heads = match language {
        kernel::Language::French => ["5 %", "25 %", "médiane", "75 %", "95 %", "cible"],
        kernel::Language::English => ["5%", "25%", "median", "75%", "95%", "target"],
    };
    let lines: Vec<Vec<String>> = ranges
        .iter()
        .map(|range| {
            let values = [range.low, range.first, range.middle, range.last, range.high];
            std::iter::once(range.label.clone())
                .chain(values.into_iter().map(write))
                .chain([range.target.map_or_else(|| "—".to_owned(), write)])
                .collect()
        })
        .collect();
    let height = (i64::try_from(ranges.len()).unwrap_or(0) * ROW / 10).max(10);
    plot(about, &drawing(about, 560, height, &inside), &legend, &heads, &lines)
}

/// A step of a pipeline.
#[derive(Debug, Clone)]
pub struct Step {
    pub label: String,
    /// How many stand there.
    pub count: String,
    pub gross: i64,
    pub weighted: i64,
    /// What stands at the right: two words at most (the chance, the age).
    pub notes: Vec<String>,
    /// The step to look at: in the accent.
    pub now: bool,
}

/// A pipeline by step: gross in dashes, weighted in ink. `words` names the two, `heads` the notes.
#[must_use]
pub fn funnel(
    about: &About,
    words: (&str, &str),
    heads: &[&str],
    steps: &[Step],
    write: Write<'_>,
) -> Markup {
    let most = steps.iter().map(|step| step.gross.max(step.weighted)).max().unwrap_or(1).max(1);
    let wide = |value: i64| Px(share(value.max(0), most, 2_600));
    let inside = html! {
        @for (step, y) in steps.iter().zip((0..).map(|rank: i64| rank * ROW)) {
            text.word x="0" y=(Px(y + 180)) { (step.label) }
            text.end x="112" y=(Px(y + 180)) { (step.count) }
            rect.ghost x="124" y=(Px(y + 60)) width=(wide(step.gross)) height="16" {}
            rect class=(if step.now { "b2" } else { "ink" }) x="124" y=(Px(y + 60))
                width=(wide(step.weighted)) height="16" {}
            text x=(Px(LABELS + wide(step.gross).0 + 80)) y=(Px(y + 180)) { (write(step.gross)) }
            @for (note, right) in step.notes.iter().rev().zip([5_600, 5_000]) {
                text.end x=(Px(right)) y=(Px(y + 180)) { (note) }
            }
        }
    };
    let legend = html! { (key("s1", words.1)) span { "- - " (words.0) } };
    let mut columns = vec![say(about.language, "Nombre", "Count"), words.0, words.1];
    columns.extend(heads);
    let lines: Vec<Vec<String>> = steps
        .iter()
        .map(|step| {
            let figures = [step.count.clone(), write(step.gross), write(step.weighted)];
            std::iter::once(step.label.clone())
                .chain(figures)
                .chain(step.notes.iter().cloned())
                .collect()
        })
        .collect();
    let height = (i64::try_from(steps.len()).unwrap_or(0) * ROW / 10).max(10);
    plot(about, &drawing(about, 560, height, &inside), &legend, &columns, &lines)
}
