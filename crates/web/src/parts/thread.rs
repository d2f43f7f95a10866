//! The thread of a record, and the gauge of credit.

use kernel::{Language, Money};
use maud::{Markup, html};

use super::icons::{Icon, icon};
use super::say;

/// Who speaks in a line of the thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Voice {
    /// A fact of the house's books: solid.
    Fact,
    /// A person: hollow.
    #[default]
    Person,
    /// Trouble: a red square.
    Trouble,
}

/// One line of a thread.
#[derive(Debug, Clone)]
pub struct Moment {
    /// When, as it is read: `8 h 40`, `19 nov.`
    pub when: String,
    /// The same for machines: `2026-11-24T08:40`.
    pub machine: String,
    pub voice: Voice,
    pub icon: Option<Icon>,
    pub what: Markup,
    pub note: String,
}

/// A thread, newest first.
#[must_use]
pub fn thread(moments: &[Moment]) -> Markup {
    html! {
        ol.thread {
            @for moment in moments {
                @let class = match moment.voice {
                    Voice::Fact => "what erp",
                    Voice::Person => "what",
                    Voice::Trouble => "what bad",
                };
                li {
                    time datetime=(moment.machine) { (moment.when) }
                    div class=(class) {
                        p { @if let Some(drawing) = moment.icon { (icon(drawing)) } (moment.what) }
                        @if !moment.note.is_empty() { small { (moment.note) } }
                    }
                }
            }
        }
    }
}

/// What a customer owes or may owe, against what the house allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// Posted invoices not yet paid.
    pub open: Money,
    /// Delivered, not invoiced.
    pub delivered: Money,
    /// Confirmed, not delivered.
    pub confirmed: Money,
    /// The order on the screen, when it is not yet confirmed.
    pub this_order: Money,
    pub limit: Money,
}

impl Exposure {
    fn parts(&self) -> [(&'static str, i64); 4] {
        [
            ("g1", self.open.minor),
            ("g3", self.delivered.minor),
            ("g2", self.confirmed.minor),
            ("g4", self.this_order.minor),
        ]
    }
    /// Everything together, in the minor unit.
    fn total(&self) -> i64 {
        self.parts().iter().map(|(_, minor)| (*minor).max(0)).fold(0, i64::saturating_add)
    }
}

/// The share of `part` in `whole` as a percentage for a drawing, to a tenth.
fn percent(part: i64, whole: i64) -> String {
    let tenths = i128::from(part.max(0)) * 1000 / i128::from(whole.max(1));
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// The gauge of credit: black invoiced, sand delivered, grey confirmed, hatched this order, and
/// the limit as a red line. The shell carries the hatching.
#[must_use]
pub fn gauge(language: Language, exposure: &Exposure) -> Markup {
    let total = exposure.total();
    let whole = total.max(exposure.limit.minor).max(1);
    let aloud = format!(
        "{} {} {} {}",
        say(language, "Encours", "Exposure"),
        language.money(Money { minor: total, ..exposure.limit }),
        say(language, "pour un plafond de", "against a limit of"),
        language.money(exposure.limit),
    );
    let mut from = 0;
    let parts = exposure.parts().map(|(class, minor)| {
        let start = from;
        from += minor.max(0);
        (class, start, minor.max(0))
    });
    html! {
        svg.gauge role="img" aria-label=(aloud) {
            @for (class, start, size) in parts {
                @if size > 0 {
                    rect class=(class) x=(percent(start, whole)) y="5" width=(percent(size, whole))
                        height="12"
                        fill=[(class == "g4").then_some("url(#hatch)")] {}
                    rect.cut x=(percent(start + size, whole)) y="5" width="1" height="12" {}
                }
            }
            rect.frame x="0" y="5" width="100%" height="12" {}
            rect.cap .far[total <= exposure.limit.minor] y="0"
                x=(percent(exposure.limit.minor, whole))
                width="2" height="22" transform="translate(-1 0)" {}
        }
    }
}

/// The legend of the gauge, in figures; parts that are zero are left out. `detail` gives the note
/// under each part, in the order invoices, delivered, confirmed, this order.
#[must_use]
pub fn gauge_legend(language: Language, exposure: &Exposure, detail: [&str; 4]) -> Markup {
    let words = match language {
        Language::French => {
            ["Factures ouvertes", "Livré, non facturé", "Commandes confirmées", "Cette commande"]
        }
        Language::English => {
            ["Open invoices", "Delivered, not invoiced", "Confirmed orders", "This order"]
        }
    };
    let money = |minor| language.money(Money { minor, ..exposure.limit });
    html! {
        ul.rows {
            @let told = exposure.parts().into_iter().zip(words).zip(detail);
            @for (((class, minor), word), note) in told {
                @if minor != 0 {
                    li {
                        span class={ "key " (class) } {}
                        span { (word) @if !note.is_empty() { small { (note) } } }
                        span.n { (money(minor)) }
                    }
                }
            }
            li.b {
                span { (say(language, "Encours", "Exposure")) }
                span.n { (money(exposure.total())) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gauge_adds_up_and_marks_the_limit() {
        let exposure = Exposure {
            open: Money::eur(1_084_216),
            delivered: Money::eur(131_800),
            confirmed: Money::eur(554_808),
            this_order: Money::eur(543_894),
            limit: Money::eur(1_500_000),
        };
        assert_eq!(exposure.total(), 2_314_718);
        let drawn = gauge(Language::French, &exposure).into_string();
        assert!(drawn.contains("x=\"64.8%\""), "{drawn}");
        assert!(drawn.contains("url(#hatch)"), "{drawn}");
        assert!(!drawn.contains("style="), "{drawn}");
        let within = Exposure { limit: Money::eur(9_000_000), ..exposure };
        assert!(gauge(Language::English, &within).into_string().contains("cap far"));
    }
}
