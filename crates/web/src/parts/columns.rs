//! The columns of a ledger: what they hold, how they align, where they go on a phone.

use kernel::Language;
use maud::{Markup, html};

use super::icons::{Icon, icon};
use super::tones::marks_head;

/// What a column holds; it decides the alignment and the weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Text,
    Title,
    Number,
    Quiet,
    Figure,
    State,
    Marks,
}

/// Where a cell goes on a phone, where a record folds into two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// First line, left: the party, the thing.
    Title,
    /// First line, right: the amount.
    Amount,
    /// Second line, left: the number or the date.
    Number,
    /// Second line, right: the state.
    State,
    /// Second line, far right: the four marks.
    Marks,
    /// Left out.
    Hidden,
}

impl Fold {
    const fn class(self) -> &'static str {
        match self {
            Fold::Title => "c-cl",
            Fold::Amount => "c-am",
            Fold::Number => "c-no",
            Fold::State => "c-st",
            Fold::Marks => "c-mk",
            Fold::Hidden => "d",
        }
    }
}

/// How a column is sorted now, and the address that sorts by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    pub href: String,
    /// `Some(true)` ascending, `Some(false)` descending, `None` not the sorted column.
    pub ascending: Option<bool>,
}

/// A column of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    label: String,
    look: Look,
    pub(super) fold: Fold,
    width: &'static str,
    room: &'static str,
    sort: Option<Sort>,
}

/// The widths of a ledger, in pixels, below which a column may fold away, and the class of each.
const ROOMS: [(u32, &str); 9] = [
    (560, "r560"),
    (680, "r680"),
    (800, "r800"),
    (920, "r920"),
    (1040, "r1040"),
    (1160, "r1160"),
    (1280, "r1280"),
    (1400, "r1400"),
    (1600, "r1600"),
];

impl Column {
    fn new(label: impl Into<String>, look: Look, fold: Fold) -> Self {
        Self { label: label.into(), look, fold, width: "", room: "", sort: None }
    }
    /// Ordinary text.
    #[must_use]
    pub fn text(label: impl Into<String>) -> Self {
        Self::new(label, Look::Text, Fold::Hidden)
    }
    /// What the line is about, in medium weight.
    #[must_use]
    pub fn title(label: impl Into<String>) -> Self {
        Self::new(label, Look::Title, Fold::Title)
    }
    /// A document number or code.
    #[must_use]
    pub fn number(label: impl Into<String>) -> Self {
        Self::new(label, Look::Number, Fold::Number)
    }
    /// Text of the second rank.
    #[must_use]
    pub fn quiet(label: impl Into<String>) -> Self {
        Self::new(label, Look::Quiet, Fold::Hidden)
    }
    /// Figures, right-aligned; name the unit in the label.
    #[must_use]
    pub fn figure(label: impl Into<String>) -> Self {
        Self::new(label, Look::Figure, Fold::Hidden)
    }
    /// The figure that stays on a phone.
    #[must_use]
    pub fn amount(label: impl Into<String>) -> Self {
        Self::new(label, Look::Figure, Fold::Amount)
    }
    /// A state.
    #[must_use]
    pub fn state(label: impl Into<String>) -> Self {
        Self::new(label, Look::State, Fold::State)
    }
    /// The four progress marks; its head is drawn.
    #[must_use]
    pub fn marks() -> Self {
        Self::new("", Look::Marks, Fold::Marks)
    }
    /// Where the column goes on a phone.
    #[must_use]
    pub fn fold(mut self, fold: Fold) -> Self {
        self.fold = fold;
        self
    }
    /// Takes the width that is left; long text is cut with an ellipsis.
    #[must_use]
    pub fn grow(mut self) -> Self {
        self.width = "grow";
        self
    }
    /// 66, 96 or 150 pixels wide.
    #[must_use]
    pub fn width(mut self, step: u8) -> Self {
        self.width = match step {
            0 | 1 => "w-s",
            2 => "w-m",
            _ => "w-l",
        };
        self
    }
    /// Folds away where the ledger is narrower than this, in pixels.
    #[must_use]
    pub fn room(mut self, pixels: u32) -> Self {
        let step = ROOMS.iter().find(|(width, _)| *width >= pixels);
        self.room = step.or(ROOMS.last()).map_or("", |(_, class)| *class);
        self
    }
    #[must_use]
    pub fn sorted(mut self, sort: Sort) -> Self {
        self.sort = Some(sort);
        self
    }

    /// A column without a name; when none has one, the head is not shown.
    pub(super) fn is_unnamed(&self) -> bool {
        self.label.is_empty() && self.look != Look::Marks
    }
    pub(super) fn class(&self) -> String {
        let look = match self.look {
            Look::Text | Look::State | Look::Marks => "",
            Look::Title => "who",
            Look::Number => "no",
            Look::Quiet => "q",
            Look::Figure => "n",
        };
        [look, self.fold.class(), self.width, self.room]
            .into_iter()
            .filter(|name| !name.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    pub(super) fn head(&self, language: Language) -> Markup {
        let sorted = match self.sort.as_ref().and_then(|sort| sort.ascending) {
            Some(true) => Some("ascending"),
            Some(false) => Some("descending"),
            None => None,
        };
        if self.label.is_empty() && !matches!(self.look, Look::Marks) {
            // A head that says nothing heads nothing.
            return html! { td class=(self.class()) {} };
        }
        html! {
            th scope="col" class=(self.class()) aria-sort=[sorted] {
                @match (&self.look, &self.sort) {
                    (Look::Marks, _) => (marks_head(language)),
                    (_, Some(sort)) => a href=(sort.href) {
                        (self.label)
                        @match sort.ascending {
                            Some(true) => (icon(Icon::Up)),
                            Some(false) => (icon(Icon::Down)),
                            None => {}
                        }
                    },
                    _ => (self.label),
                }
            }
        }
    }
}
