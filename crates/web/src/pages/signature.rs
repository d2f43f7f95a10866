//! A signature: the sheet it is drawn on with a finger, and how it is shown once given.

use crm::sales::Drawing;
use crm::sales::signature::{HEIGHT, WIDTH};
use kernel::Language;
use maud::{Markup, html};

use crate::parts::say;

fn sheet() -> String {
    format!("0 0 {WIDTH} {HEIGHT}")
}

/// The sheet to sign on. It shows only where a script can draw; a name typed is enough without.
#[must_use]
pub fn pad(language: Language, drawn: &str, error: Option<String>) -> Markup {
    let path = Drawing::parse(drawn).ok().flatten().map(|drawing| drawing.path());
    let path = path.unwrap_or_default();
    html! {
        div.sign #f-drawing data-sign hidden {
            span.lbl { (say(language, "Signature (facultative)", "Signature (optional)")) }
            input type="hidden" name="drawing" value=(path);
            svg.signature viewBox=(sheet()) role="img"
                aria-label=(say(language, "Signez ici", "Sign here")) { path d=(path) {} }
            button.btn.bare type="button" data-clear { (say(language, "Effacer", "Clear")) }
            @if let Some(error) = error { p.stop-t { (error) } }
        }
    }
}

/// A signature that was given; nothing when what is kept is none.
#[must_use]
pub fn shown(language: Language, kept: &str, by: &str) -> Markup {
    let Ok(Some(drawing)) = Drawing::parse(kept) else { return html! {} };
    let label = match language {
        Language::French => format!("Signature de {by}"),
        Language::English => format!("Signature of {by}"),
    };
    html! {
        svg.signature.given viewBox=(sheet()) role="img" aria-label=(label) {
            path d=(drawing.path()) {}
        }
    }
}
