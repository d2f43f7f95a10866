//! The board of a cycle, and the proposals of a match.

use maud::{Markup, html};

use super::actions::Button;
use super::icons::{Icon, icon};
use super::tones::{Tone, state};

/// Why a document does not advance, who has it, and for how long.
#[derive(Debug, Clone)]
pub struct HoldNote {
    pub why: String,
    /// `P. Ferrand, 4 j`.
    pub owner: String,
}

/// One document in a lane.
#[derive(Debug, Clone)]
pub struct Tick {
    pub party: String,
    pub href: String,
    pub amount: String,
    pub number: String,
    /// The promise or the due date.
    pub when: String,
    pub late: bool,
    pub hold: Option<HoldNote>,
}

/// One step of the cycle: its documents, its sum, its lead time.
#[derive(Debug, Clone)]
pub struct Lane {
    pub title: String,
    pub count: String,
    pub sum: String,
    /// The lead time over the last weeks: see [`crate::charts::sparkline`].
    pub spark: Markup,
    /// The lead time now, and its target.
    pub lead: (String, String),
    pub slow: bool,
    pub ticks: Vec<Tick>,
    /// Where the rest is, when the lane shows only the first.
    pub more: Option<(String, String)>,
}

/// The lanes of a cycle. Nothing is dragged: a step is derived from what happened.
#[must_use]
pub fn board(lanes: &[Lane]) -> Markup {
    html! {
        div.board {
            @for lane in lanes {
                section.lane aria-label=(lane.title) {
                    header {
                        h2 { (lane.title) span { (lane.count) } }
                        strong { (lane.sum) }
                        div.row {
                            (lane.spark)
                            span.muted.n .warn-t[lane.slow] { (lane.lead.0) br; (lane.lead.1) }
                        }
                    }
                    ol { @for tick in &lane.ticks { (draw_tick(tick)) } }
                    @if let Some((label, href)) = &lane.more {
                        p.tick { a href=(href) { (label) } }
                    }
                }
            }
        }
    }
}

fn draw_tick(tick: &Tick) -> Markup {
    html! {
        li.tick .hold[tick.hold.is_some()] {
            div {
                a.who href=(tick.href) title=(tick.party) { (tick.party) }
                span.b { (tick.amount) }
            }
            div.muted { span { (tick.number) } span .late[tick.late] { (tick.when) } }
            @if let Some(hold) = &tick.hold {
                div.why { (state(Tone::Blocked, &hold.why)) span { (hold.owner) } }
            }
        }
    }
}

/// A proposal: what, how much, the reasons for and against, the entry it would make.
#[derive(Debug, Clone)]
pub struct Proposal {
    pub rank: usize,
    pub title: String,
    pub state: Option<(Tone, String)>,
    pub amount: String,
    /// `true` speaks for, `false` against.
    pub reasons: Vec<(bool, String)>,
    /// The entry it would post, drawn as a small ledger; may be empty.
    pub entry: Markup,
    pub buttons: Vec<Button>,
    /// The best one: open, with its buttons.
    pub best: bool,
}

/// The proposals, best first. The reason comes before the button.
#[must_use]
pub fn proposals(proposals: &[Proposal]) -> Markup {
    html! {
        ol data-proposals {
            @for proposal in proposals {
                li.prop .on[proposal.best] {
                    div.row {
                        kbd { (proposal.rank) }
                        b { (proposal.title) }
                        @if let Some((tone, word)) = &proposal.state { (state(*tone, word)) }
                        span.push.n.nowrap { (proposal.amount) }
                    }
                    ul.reasons {
                        @for (speaks_for, reason) in &proposal.reasons {
                            li {
                                (icon(if *speaks_for { Icon::Check } else { Icon::Close }))
                                span { (reason) }
                            }
                        }
                    }
                    (proposal.entry)
                    @if !proposal.buttons.is_empty() {
                        div.acts { @for button in &proposal.buttons { (button) } }
                    }
                }
            }
        }
    }
}
