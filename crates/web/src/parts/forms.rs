//! Around the fields: groups, what is sent with them, what was picked, the summary of errors.

use kernel::Language;
use maud::{Markup, html};

use super::fields::field_id;
use super::icons::{Icon, icon};
use super::say;

/// A titled group of fields, set in columns.
#[must_use]
pub fn fieldset(title: &str, fields: &Markup) -> Markup {
    html! {
        fieldset.sec {
            legend.sr { (title) }
            header aria-hidden="true" { h2 { (title) } }
            div.fields { (fields) }
        }
    }
}

/// Values that a form sends and nobody sees: the session's token, the version, the key that makes
/// a repeated send harmless.
#[must_use]
pub fn hidden(values: &[(&str, &str)]) -> Markup {
    html! { @for (name, value) in values { input type="hidden" name=(name) value=(value); } }
}

/// What a reference field brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    /// Nothing was chosen.
    None,
    /// The id of a record.
    Id(String),
    /// A text typed without choosing: a code or a name, for the server to resolve.
    Text(String),
}

/// Reads a reference field, with or without scripts. A text that is no longer the one shown with
/// the id means that the person typed another.
#[must_use]
pub fn picked(name: &str, get: impl Fn(&str) -> Option<String>) -> Picked {
    let id = get(name).unwrap_or_default();
    let Some(text) = get(&format!("{name}.text")) else {
        return if id.is_empty() { Picked::None } else { Picked::Id(id) };
    };
    let text = text.trim().to_owned();
    let was = get(&format!("{name}.was")).unwrap_or_default();
    if text.is_empty() {
        Picked::None
    } else if !id.is_empty() && text == was.trim() {
        Picked::Id(id)
    } else {
        Picked::Text(text)
    }
}

/// The errors of a form, each a link to its field, or to the address given in its place. An empty
/// name leads nowhere. Draws nothing when
/// there are none.
#[must_use]
pub fn error_summary(language: Language, errors: &[(String, String)]) -> Markup {
    if errors.is_empty() {
        return html! {};
    }
    let title = match (language, errors.len()) {
        (Language::French, 1) => "Rien n’est enregistré : un point à corriger.".to_owned(),
        (Language::French, many) => format!("Rien n’est enregistré : {many} points à corriger."),
        (Language::English, 1) => "Nothing is saved: one point to mend.".to_owned(),
        (Language::English, many) => format!("Nothing is saved: {many} points to mend."),
    };
    html! {
        div.banner role="alert" tabindex="-1" data-focus {
            (icon(Icon::Warning))
            div {
                b { (title) }
                ul {
                    @for (name, message) in errors {
                        li {
                            @if name.is_empty() { (message) }
                            @else if name.starts_with('/') { a href=(name) { (message) } }
                            @else { a href={ "#" (field_id(name)) } { (message) } }
                        }
                    }
                }
            }
        }
    }
}

/// The foot of a form: its buttons, and what the star means.
#[must_use]
pub fn form_end(language: Language, buttons: &Markup) -> Markup {
    html! {
        div.end {
            (buttons)
            span.muted.push.d-only { "* " (say(language, "obligatoire", "required")) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(id: &str, text: Option<&str>, was: &str) -> Picked {
        picked("party", |name| match name {
            "party" => Some(id.to_owned()),
            "party.text" => text.map(ToOwned::to_owned),
            "party.was" => Some(was.to_owned()),
            _ => None,
        })
    }

    #[test]
    fn a_text_that_changed_wins_over_the_old_id() {
        assert_eq!(form("7", Some("Bistrot"), "Bistrot"), Picked::Id("7".into()));
        assert_eq!(form("7", Some("Moulin"), "Bistrot"), Picked::Text("Moulin".into()));
        assert_eq!(form("7", Some("  "), "Bistrot"), Picked::None);
        assert_eq!(form("", Some("Moulin"), ""), Picked::Text("Moulin".into()));
        assert_eq!(form("7", None, ""), Picked::Id("7".into()));
        assert_eq!(form("", None, ""), Picked::None);
    }

    #[test]
    fn each_error_leads_to_its_field() {
        let errors = vec![("lines.0.quantity".to_owned(), "Trop <peu>".to_owned())];
        let drawn = error_summary(Language::French, &errors).into_string();
        assert!(drawn.contains("href=\"#f-lines-0-quantity\""), "{drawn}");
        assert!(drawn.contains("Trop &lt;peu&gt;"), "{drawn}");
        assert!(error_summary(Language::English, &[]).into_string().is_empty());
    }
}
