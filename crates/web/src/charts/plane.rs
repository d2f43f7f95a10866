//! The plane of a chart: where a value stands, and the ticks of an axis.

use std::fmt;

use maud::{Markup, Render, html};

use super::Write;

/// A length in tenths of a pixel, written with one decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Px(pub i64);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        write!(f, "{sign}{}", size / 10)?;
        if size.is_multiple_of(10) { Ok(()) } else { write!(f, ".{}", size % 10) }
    }
}

impl Render for Px {
    fn render_to(&self, buffer: &mut String) {
        buffer.push_str(&self.to_string());
    }
}

/// `part` of `whole` laid on `length` tenths of a pixel.
pub(super) fn share(part: i64, whole: i64, length: i64) -> i64 {
    let at = i128::from(part) * i128::from(length) / i128::from(whole.max(1));
    i64::try_from(at).unwrap_or(length)
}

/// A vertical axis: values from `low` to `high` over the tenths `bottom` up to `top`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    pub low: i64,
    pub high: i64,
    step: i64,
    pub top: i64,
    pub bottom: i64,
}

impl Axis {
    /// An axis that holds all the values and zero, with at most six ticks at round figures.
    pub(super) fn over(values: impl Iterator<Item = i64>, top: i64, bottom: i64) -> Self {
        let (mut low, mut high) = (0, 0);
        for value in values {
            low = low.min(value);
            high = high.max(value);
        }
        let step = round_step((high.saturating_sub(low)).max(1));
        let low = low.div_euclid(step) * step;
        let high = (high + step - 1).div_euclid(step).max(1) * step;
        Self { low, high, step, top, bottom }
    }

    /// The height of a value.
    pub(super) fn at(&self, value: i64) -> Px {
        Px(self.bottom - share(value - self.low, self.high - self.low, self.bottom - self.top))
    }

    /// The ticks, with their words at the left of `x`.
    pub(super) fn draw(&self, left: i64, right: i64, write: Write<'_>) -> Markup {
        let count = (self.high - self.low) / self.step;
        html! {
            @for rank in 0..=count {
                @let value = self.low + rank * self.step;
                @let y = self.at(value);
                line class=(if value == 0 { "ax" } else { "g" }) x1=(Px(left)) x2=(Px(right))
                    y1=(y) y2=(y) {}
                text.end x=(Px(left - 80)) y=(Px(y.0 + 40)) { (write(value)) }
            }
        }
    }
}

/// The largest of 1, 2, 5 times a power of ten that cuts `span` in at most five.
fn round_step(span: i64) -> i64 {
    let mut step = 1_i64;
    loop {
        for factor in [1, 2, 5] {
            let candidate = step.saturating_mul(factor);
            if span / candidate < 5 || candidate == i64::MAX {
                return candidate;
            }
        }
        step = step.saturating_mul(10);
    }
}

/// The room the words of the axis need, in tenths: six and a half pixels a letter.
pub(super) fn gutter(axis_words: impl Iterator<Item = String>) -> i64 {
    axis_words
        .map(|word| word.chars().count())
        .max()
        .map_or(260, |letters| i64::try_from(letters).unwrap_or(0) * 65 + 120)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_the_values() {
        let axis = Axis::over([4_600, 1_200].into_iter(), 100, 1_100);
        assert_eq!((axis.low, axis.high, axis.step), (0, 5_000, 1_000));
        assert_eq!(axis.at(0), Px(1_100));
        assert_eq!(axis.at(5_000), Px(100));
        let below = Axis::over([-30, 50].into_iter(), 0, 1_000);
        assert!(below.low <= -30 && below.high >= 50);
        let none = Axis::over(std::iter::empty(), 0, 1_000);
        assert!(none.high > none.low);
        let huge = Axis::over([i64::MAX / 4].into_iter(), 0, 1_000);
        assert!(huge.high > 0);
    }

    #[test]
    fn pixels_are_written_with_one_decimal() {
        assert_eq!(Px(125).to_string(), "12.5");
        assert_eq!(Px(-40).to_string(), "-4");
        assert_eq!(Px(-5).to_string(), "-0.5");
    }
}
