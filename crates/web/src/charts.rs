//! Charts drawn on the server as SVG: ink lines, accent for now, dashes and wash for what is not
//! certain. Each says its title and its gist aloud and has its figures in a table behind it.
//!
//! Values are whole numbers in the smallest unit (cents, hours…); the caller gives the words for
//! them. Positions are whole tenths of a pixel, so nothing here is a float.
//!
//! | to show | use |
//! |---|---|
//! | a value a month, and the year before | [`bars`] |
//! | parts of a whole a month | [`stacked`] |
//! | what was, then a forecast and its band | [`line`] |
//! | a spread of lead times a step, and its target | [`ranges`] |
//! | a pipeline: weighted in ink, gross in dashes | [`funnel`] |
//! | a trend in a cell | [`sparkline`] |

mod bars;
mod line;
mod plane;
mod ranges;

pub use bars::{Bar, Stack, bars, stacked};
pub use line::{Point, line, sparkline};
pub use ranges::{Range, Step, funnel, ranges};

use kernel::Language;
use maud::{Markup, html};

use crate::parts::say;

/// What a chart says about itself.
#[derive(Debug, Clone)]
pub struct About {
    pub language: Language,
    /// What is drawn: the title for assistive technology.
    pub title: String,
    /// What it shows, in a sentence; may be empty.
    pub gist: String,
    /// The head of the first column of the table: `Mois`.
    pub over: String,
}

/// How a value is written on an axis and in the table.
pub type Write<'a> = &'a dyn Fn(i64) -> String;

/// The figure: the drawing, its legend, its table.
fn plot(
    about: &About,
    drawing: &Markup,
    legend: &Markup,
    heads: &[&str],
    lines: &[Vec<String>],
) -> Markup {
    html! {
        figure.plot {
            // The keyboard scrolls it where it is wider than its place.
            div.scroll tabindex="0" { (drawing) }
            @if !legend.0.is_empty() { figcaption.legend { (legend) } }
            details.behind {
                summary { (say(about.language, "Voir les chiffres", "Show the figures")) }
                table.ledger aria-label=(about.title) {
                    thead { tr {
                        th scope="col" { (about.over) }
                        @for head in heads { th.n scope="col" { (head) } }
                    } }
                    tbody { @for line in lines { tr {
                        @for (rank, cell) in line.iter().enumerate() { td .n[rank > 0] { (cell) } }
                    } } }
                }
            }
        }
    }
}

/// The opening of a drawing: its box, its name.
fn drawing(about: &About, width: i64, height: i64, inside: &Markup) -> Markup {
    html! {
        svg.chart viewBox=(format!("0 0 {width} {height}")) role="img" aria-label=(aloud(about)) {
            (inside)
        }
    }
}

fn aloud(about: &About) -> String {
    if about.gist.is_empty() {
        about.title.clone()
    } else {
        format!("{}. {}", about.title, about.gist)
    }
}

/// One entry of a legend.
fn key(class: &str, word: &str) -> Markup {
    html! { span { span class={ "key " (class) } {} (word) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about() -> About {
        About {
            language: Language::French,
            title: "Ventes par mois".into(),
            gist: "En hausse".into(),
            over: "Mois".into(),
        }
    }

    #[test]
    fn every_chart_has_its_name_and_its_table() {
        let write = |value: i64| format!("{value} €");
        let bar = Bar { label: "nov.".into(), value: 4_600, before: Some(2_900), now: true };
        let point = |label: &str, low, high| Point {
            label: label.into(),
            value: 100,
            band: Some((low, high)),
            forecast: true,
        };
        let stack = Stack { label: "nov.".into(), values: vec![1, 2, 3] };
        let range = Range {
            label: "Préparer".into(),
            low: 1,
            first: 2,
            middle: 3,
            last: 5,
            high: 9,
            target: Some(2),
            slow: true,
        };
        let step = Step {
            label: "Devis".into(),
            count: "17".into(),
            gross: 10,
            weighted: 6,
            notes: vec!["60 %".into()],
            now: true,
        };
        for drawn in [
            bars(&about(), "2026", "2025", &[bar], &write),
            stacked(&about(), &["a", "b", "c"], &[stack], &write),
            line(
                &about(),
                "Ventes",
                &[point("nov.", 90, 110), point("déc.", 80, 120)],
                None,
                &write,
            ),
            ranges(&about(), &[range], &write),
            funnel(&about(), ("Brut", "Pondéré"), &[], &[step], &write),
        ] {
            let text = drawn.into_string();
            assert!(text.contains("aria-label=\"Ventes par mois. En hausse\""), "{text}");
            assert!(text.contains("<details class=\"behind\">"), "{text}");
            assert!(!text.contains("style=") && !text.contains("NaN"), "{text}");
        }
        assert!(sparkline("Délai", &[], None).into_string().contains("svg"));
        assert!(bars(&about(), "a", "b", &[], &write).into_string().contains("svg"));
    }
}
