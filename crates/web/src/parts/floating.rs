//! The only surfaces that float: the list of a reference field, the palette, dialogs, toasts.

use kernel::Language;
use maud::{Markup, html};

use super::icons::{Icon, icon};
use super::say;
use super::tones::{Tone, state};

/// One answer of a reference field.
#[derive(Debug, Clone, Default)]
pub struct PickOption {
    pub id: String,
    /// What the field shows once chosen.
    pub label: String,
    pub code: String,
    pub note: String,
    pub state: Option<(Tone, String)>,
    /// Under the state: a promise date, say.
    pub state_note: String,
    pub figure: String,
    pub figure_note: String,
    /// Values put in the other fields of the same line when this one is chosen: the end of the
    /// field's name and the value, `("price", "32,00")`.
    pub fills: Vec<(String, String)>,
}

/// The answer to `/pick/{entity}?q=`: a fragment, not a page. `typed` is marked in the labels.
#[must_use]
pub fn pick_options(language: Language, typed: &str, options: &[PickOption]) -> Markup {
    html! {
        @for option in options {
            div.opt role="option" data-id=(option.id) data-label=(option.label)
                data-fills=[(!option.fills.is_empty()).then(|| fills(&option.fills))] {
                span {
                    @if !option.code.is_empty() { b { (marked(&option.code, typed)) } " " }
                    span { (marked(&option.label, typed)) }
                }
                span { @if let Some((tone, word)) = &option.state { (state(*tone, word)) } }
                span.b { (option.figure) }
                @let notes = [&option.note, &option.state_note, &option.figure_note];
                @if notes.iter().any(|note| !note.is_empty()) {
                    @for note in notes { span.muted { (note) } }
                }
            }
        }
        @if options.is_empty() {
            div.opt aria-disabled="true" {
                span.muted { (say(language, "Aucun résultat", "No result")) }
            }
        }
    }
}

/// The values a choice fills in, as a query string; the reader is our own module.
fn fills(fills: &[(String, String)]) -> String {
    let clean = |text: &str| text.replace('%', "%25").replace('&', "%26").replace('=', "%3D");
    fills
        .iter()
        .map(|(name, value)| format!("{}={}", clean(name), clean(value).replace('+', "%2B")))
        .collect::<Vec<_>>()
        .join("&")
}

/// The text with every place where it contains what was typed set as a mark, whatever the case.
#[must_use]
pub fn marked(text: &str, typed: &str) -> Markup {
    let needle: Vec<char> = typed.trim().chars().flat_map(char::to_lowercase).collect();
    let letters: Vec<char> = text.chars().collect();
    if needle.is_empty() {
        return html! { (text) };
    }
    let matches = |at: usize| {
        letters.get(at..at + needle.len()).is_some_and(|window| {
            window.iter().flat_map(|letter| letter.to_lowercase()).eq(needle.iter().copied())
        })
    };
    let mut parts: Vec<(bool, String)> = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let hit = matches(at);
        let end = if hit { at + needle.len() } else { at + 1 };
        let piece: String = letters[at..end].iter().collect();
        match parts.last_mut() {
            Some((false, plain)) if !hit => plain.push_str(&piece),
            _ => parts.push((hit, piece)),
        }
        at = end;
    }
    html! { @for (hit, part) in &parts { @if *hit { mark { (part) } } @else { (part) } } }
}

/// One line of the palette or of the search page.
#[derive(Debug, Clone)]
pub struct Found {
    pub icon: Icon,
    pub label: String,
    pub href: String,
    pub state: Option<(Tone, String)>,
    pub note: String,
    pub key: Option<String>,
}

/// A group of lines of the palette: records, actions, places.
#[derive(Debug, Clone)]
pub struct FoundGroup {
    pub title: String,
    pub lines: Vec<Found>,
}

/// The answer to `/palette?q=`, also drawn on the search page for those without scripts.
#[must_use]
pub fn found(language: Language, typed: &str, groups: &[FoundGroup]) -> Markup {
    let any = groups.iter().any(|group| !group.lines.is_empty());
    html! {
        @for group in groups {
            @if !group.lines.is_empty() {
                h3 { (group.title) }
                @for line in &group.lines {
                    a href=(line.href) role="option" {
                        (icon(line.icon))
                        span { (marked(&line.label, typed)) }
                        span.r {
                            @if let Some((tone, word)) = &line.state { (state(*tone, word)) }
                            (line.note)
                            @if let Some(key) = &line.key { kbd { (super::shown(key)) } }
                        }
                    }
                }
            }
        }
        @if !any {
            p.none {
                @if typed.trim().is_empty() {
                    (say(
                        language,
                        "Un nom, un numéro de pièce, une action.",
                        "A name, a document number, an action.",
                    ))
                } @else {
                    (say(language, "Rien ne correspond à", "Nothing matches")) " « " (typed) " »"
                }
            }
        }
    }
}

/// A dialog opened by `data-open="#id"` on any button.
#[must_use]
pub fn dialog(language: Language, id: &str, title: &str, content: &Markup) -> Markup {
    html! {
        dialog id=(id) aria-labelledby=(format!("{id}-title")) {
            div.body {
                div.row {
                    h2 id=(format!("{id}-title")) { (title) }
                    button.btn.bare.push type="button" data-close
                        aria-label=(say(language, "Fermer", "Close")) { (icon(Icon::Close)) }
                }
                (content)
            }
        }
    }
}

/// What just happened, with at most one link, and the buttons of the way back.
#[must_use]
pub fn toast(
    language: Language,
    tone: Tone,
    text: &str,
    link: Option<(&str, &str)>,
    buttons: &Markup,
) -> Markup {
    html! {
        div class={ "toast " (tone.class()) } data-toast {
            span { (text) }
            @if let Some((label, href)) = link { a href=(href) { (label) } }
            (buttons)
            button.btn type="button" data-close aria-label=(say(language, "Fermer", "Close")) {
                (icon(Icon::Close))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_marked_whatever_its_case() {
        assert_eq!(
            marked("Bistrot du Canal <1>", "CANAL").into_string(),
            "Bistrot du <mark>Canal</mark> &lt;1&gt;"
        );
        assert_eq!(
            marked("Été à l’étang", "ét").into_string(),
            "<mark>Ét</mark>é à l’<mark>ét</mark>ang"
        );
        assert_eq!(marked("x", "").into_string(), "x");
    }

    #[test]
    fn fills_survive_signs() {
        let pairs = [("price".to_owned(), "1+2&3=4%".to_owned())];
        assert_eq!(fills(&pairs), "price=1%2B2%263%3D4%25");
    }
}
