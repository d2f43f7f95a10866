//! What frames the content of a page: its head, sections, figures, tabs, filters, banners.

use kernel::Language;
use maud::{Markup, html};

use super::actions::Button;
use super::icons::{Icon, icon};
use super::say;
use super::tones::Tone;
use crate::words;

/// The head of a page: a small line above, the title, what stands beside it, the actions.
///
/// `over` and `beside` may be empty; `beside` takes a state or a sum.
#[must_use]
pub fn head(over: &Markup, title: &str, beside: &Markup, buttons: &[Button]) -> Markup {
    html! {
        div.head {
            div {
                @if !over.0.is_empty() { span.lbl { (over) } }
                div.title { h1 { (title) } (beside) }
            }
            @if !buttons.is_empty() { div.acts { @for button in buttons { (button) } } }
        }
    }
}

/// A section: an ink rule, a title, a note or a link at the right, then the content.
#[must_use]
pub fn section(title: &str, right: &Markup, content: &Markup) -> Markup {
    html! {
        section.sec {
            header { h2 { (title) } @if !right.0.is_empty() { span.r { (right) } } }
            (content)
        }
    }
}

/// A key figure.
#[derive(Debug, Clone, Default)]
pub struct Figure {
    pub label: String,
    pub value: String,
    pub note: String,
    pub tone: Tone,
    /// The list that the figure sums.
    pub href: Option<String>,
}

impl Figure {
    #[must_use]
    pub fn new(
        label: impl Into<String>,
        value: impl Into<String>,
        note: impl Into<String>,
    ) -> Self {
        Self { label: label.into(), value: value.into(), note: note.into(), ..Self::default() }
    }
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

/// A strip of key figures: five at most.
#[must_use]
pub fn figures(figures: &[Figure]) -> Markup {
    let inside = |figure: &Figure| {
        html! {
            span.lbl { (figure.label) }
            strong { (figure.value) }
            @if !figure.note.is_empty() { small class=(figure.tone.text_class()) { (figure.note) } }
        }
    };
    html! {
        div.fig {
            @for figure in figures {
                @match &figure.href {
                    Some(href) => a href=(href) { (inside(figure)) },
                    None => div { (inside(figure)) },
                }
            }
        }
    }
}

/// A list of fields as they are read: label, value. `None` is shown as a dash.
#[must_use]
pub fn definitions(fields: &[(String, Option<Markup>)]) -> Markup {
    html! {
        dl.kv {
            @for (label, value) in fields {
                dt { (label) }
                @match value {
                    Some(value) => dd { (value) },
                    None => dd.none { "—" },
                }
            }
        }
    }
}

/// A list of short lines between hairlines: what, then what stands at the right.
#[must_use]
pub fn rows(lines: &[(Markup, Markup)]) -> Markup {
    html! {
        ul.rows {
            @for (what, right) in lines {
                li { span { (what) } @if !right.0.is_empty() { span.n { (right) } } }
            }
        }
    }
}

/// A tab or a saved view.
#[derive(Debug, Clone, Default)]
pub struct Tab {
    pub label: String,
    pub href: String,
    pub count: Option<String>,
    pub on: bool,
    /// Shows the count in red: something is held there.
    pub alert: bool,
}

impl Tab {
    #[must_use]
    pub fn new(label: impl Into<String>, href: impl Into<String>, on: bool) -> Self {
        Self { label: label.into(), href: href.into(), on, ..Self::default() }
    }
    #[must_use]
    pub fn count(mut self, count: impl Into<String>) -> Self {
        self.count = Some(count.into());
        self
    }
    #[must_use]
    pub fn alert(mut self) -> Self {
        self.alert = true;
        self
    }
}

/// Tabs, as links: each is a page of its own.
#[must_use]
pub fn tabs(label: &str, tabs: &[Tab]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for tab in tabs {
                a href=(tab.href) .on[tab.on] aria-current=[tab.on.then_some("page")] {
                    (tab.label)
                    @if let Some(count) = &tab.count { small .stop-t[tab.alert] { (count) } }
                }
            }
        }
    }
}

/// A filter in force.
#[derive(Debug, Clone)]
pub struct Chip {
    /// The way to the field: `["Client", "Secteur"]`.
    pub path: Vec<String>,
    /// What it is compared with.
    pub value: String,
    /// The address without this filter.
    pub remove: Option<String>,
}

/// The filters in force, then whatever the caller adds (a filter form, the grouping).
#[must_use]
pub fn chips(language: Language, chips: &[Chip], more: &Markup) -> Markup {
    html! {
        div.chips {
            @for chip in chips {
                span.chip {
                    span {
                        span.path {
                            @for (rank, step) in chip.path.iter().enumerate() {
                                @if rank > 0 { em { "›" } }
                                (step)
                            }
                        }
                        " " b { (chip.value) }
                    }
                    @if let Some(href) = &chip.remove {
                        a href=(href) aria-label=(format!(
                            "{} {} {}",
                            say(language, "Retirer le filtre", "Remove the filter"),
                            chip.path.join(" "),
                            chip.value
                        )) { (icon(Icon::Close)) }
                    }
                }
            }
            (more)
        }
    }
}

/// A banner: what is so, then who holds it, since when, and how it ends.
///
/// `Tone::Blocked` and `Tone::Watch` give the red and the amber one; any other gives the green.
#[must_use]
pub fn banner(tone: Tone, what: &str, detail: &Markup, ends: &str, buttons: &[Button]) -> Markup {
    let (class, drawing) = match tone {
        Tone::Blocked => ("", Icon::Lock),
        Tone::Watch => ("warn", Icon::Warning),
        _ => ("info", Icon::Check),
    };
    html! {
        div class={ "banner " (class) } role="status" {
            (icon(drawing))
            div {
                b { (what) } @if !detail.0.is_empty() { " " (detail) }
                @if !ends.is_empty() { span.muted { (ends) } }
            }
            @if !buttons.is_empty() { span.acts { @for button in buttons { (button) } } }
        }
    }
}

/// Nothing here: what that means, and what to do next.
#[must_use]
pub fn empty(what: &str, next: &str, buttons: &[Button]) -> Markup {
    html! {
        div.empty {
            p { (what) }
            @if !next.is_empty() { p { (next) } }
            @if !buttons.is_empty() { div.acts { @for button in buttons { (button) } } }
        }
    }
}

/// The end of a page of a ledger. Pages follow a key, so nothing is counted: `next` is the address
/// of the 50 that follow, `first` that of the beginning. `target` is the selector to replace.
#[must_use]
pub fn pager(
    language: Language,
    shown: usize,
    first: Option<&str>,
    next: Option<&str>,
    target: Option<&str>,
) -> Markup {
    html! {
        nav.pager aria-label=(say(language, "Pages", "Pages")) {
            span {
                (shown) " "
                @if words::singular(language, shown) {
                    (say(language, "ligne affichée", "line shown"))
                } @else {
                    (say(language, "lignes affichées", "lines shown"))
                }
                @if next.is_none() { " · " (say(language, "fin de la liste", "end of the list")) }
            }
            span.acts {
                @if let Some(href) = first {
                    a.btn.bare href=(href) data-swap=[target] {
                        (say(language, "Au début", "To the start"))
                    }
                }
                @if let Some(href) = next {
                    a.btn href=(href) data-swap=[target] data-key="n" rel="next" {
                        (say(language, "Les 50 suivantes", "Next 50"))
                        kbd aria-hidden="true" { "N" }
                    }
                }
            }
        }
    }
}

/// The bar of actions on the chosen lines of a ledger. `form` is the id given to
/// [`super::Ledger::choose`]; the buttons are submits with their own [`Button::to`].
#[must_use]
pub fn bulk_bar(language: Language, form: &str, hidden: &Markup, buttons: &[Button]) -> Markup {
    html! {
        form.bulk id=(form) method="post" tabindex="-1"
            aria-label=(say(language, "Actions sur la sélection", "Actions on the selection")) {
            (hidden)
            // By its key one comes here from the list; the next Tab is the first button.
            a.sr href={ "#" (form) } tabindex="-1" data-key="b" aria-keyshortcuts="b" {
                (say(language, "Aller aux actions sur la sélection", "Go to the actions on the selection"))
            }
            output data-one=(say(language, "ligne choisie", "line chosen"))
                data-many=(say(language, "lignes choisies", "lines chosen")) {
                (say(language, "Lignes choisies", "Chosen lines"))
            }
            span.sep {}
            @for button in buttons { (button) }
            button.btn type="reset"
                aria-label=(say(language, "Tout désélectionner", "Clear the selection")) {
                (icon(Icon::Close))
            }
        }
    }
}
