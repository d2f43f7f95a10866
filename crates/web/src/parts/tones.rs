//! Where a thing stands: a shape, a word, a colour; never the colour alone.

use kernel::Language;
use maud::{Markup, html};

use super::say;

/// What a state means to the person who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Waits: hollow disc.
    #[default]
    Wait,
    /// Under way: half a disc.
    Half,
    /// Over: disc of ink.
    Done,
    /// Yours to do, or allowed: green disc.
    Yours,
    /// To watch: amber diamond.
    Watch,
    /// Blocked: red square.
    Blocked,
}

impl Tone {
    /// The class of the style sheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Tone::Wait => "wait",
            Tone::Half => "half",
            Tone::Done => "done",
            Tone::Yours => "ok",
            Tone::Watch => "warn",
            Tone::Blocked => "stop",
        }
    }

    /// The class that colours a text (not a state) in this tone; empty for the quiet ones.
    #[must_use]
    pub const fn text_class(self) -> &'static str {
        match self {
            Tone::Yours => "ok-t",
            Tone::Watch => "warn-t",
            Tone::Blocked => "stop-t",
            Tone::Wait | Tone::Half | Tone::Done => "",
        }
    }
}

/// A state: its shape and its word.
#[must_use]
pub fn state(tone: Tone, word: &str) -> Markup {
    html! { span class={ "st " (tone.class()) } { (word) } }
}

/// How far one of the four steps has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    #[default]
    None,
    Part,
    Full,
    /// Stopped by a hold.
    Held,
}

impl Mark {
    const fn class(self) -> Option<&'static str> {
        match self {
            Mark::None => None,
            Mark::Part => Some("h"),
            Mark::Full => Some("f"),
            Mark::Held => Some("x"),
        }
    }
    const fn word(self, language: Language) -> &'static str {
        match self {
            Mark::None => say(language, "non", "no"),
            Mark::Part => say(language, "en partie", "in part"),
            Mark::Full => say(language, "oui", "yes"),
            Mark::Held => say(language, "bloqué", "held"),
        }
    }
}

/// The four steps of an order: reserved, delivered, invoiced, paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    pub reserved: Mark,
    pub delivered: Mark,
    pub invoiced: Mark,
    pub paid: Mark,
}

/// Four boxes, read aloud in words. Put the derived word beside them.
#[must_use]
pub fn marks(language: Language, marks: Marks) -> Markup {
    let boxes = [marks.reserved, marks.delivered, marks.invoiced, marks.paid];
    let names = match language {
        Language::French => ["Réservé", "Livré", "Facturé", "Payé"],
        Language::English => ["Reserved", "Delivered", "Invoiced", "Paid"],
    };
    let aloud: Vec<String> = names
        .iter()
        .zip(boxes)
        .map(|(name, mark)| format!("{name} {}", mark.word(language)))
        .collect();
    html! {
        span.marks role="img" aria-label=(aloud.join(", ")) {
            @for mark in boxes { i class=[mark.class()] {} }
        }
    }
}

/// The head of a column of marks: R L F P, in English R D I P.
#[must_use]
pub fn marks_head(language: Language) -> Markup {
    let (letters, words) = match language {
        Language::French => (["R", "L", "F", "P"], "Réservé, livré, facturé, payé"),
        Language::English => (["R", "D", "I", "P"], "Reserved, delivered, invoiced, paid"),
    };
    html! {
        span.marks-h title=(words) aria-hidden="true" {
            @for letter in letters { span { (letter) } }
        }
        span.sr { (words) }
    }
}

/// The credit light: green within the limit, amber near it, red beyond.
#[must_use]
pub fn light(language: Language, tone: Tone) -> Markup {
    let (class, word) = match tone {
        Tone::Blocked => ("r", say(language, "Feu rouge", "Red light")),
        Tone::Watch => ("a", say(language, "Feu orange", "Amber light")),
        _ => ("v", say(language, "Feu vert", "Green light")),
    };
    html! { span class={ "light " (class) } role="img" aria-label=(word) { i {} i {} i {} } }
}
