//! `/design`: every part alive, with its states, in both themes and both densities. The reference
//! for whoever makes a screen; the figures and names are of our own writing.

mod charts;
mod documents;
mod elements;
mod ledgers;

use kernel::Language;
use maud::{Markup, html};

use crate::parts::{Button, head, say};
use crate::shell::{Shell, page};

/// The reference page, whole.
#[must_use]
pub fn design(shell: &Shell) -> Markup {
    let language = shell.language;
    let title = say(language, "Système", "System");
    let over = html! { (say(language, "Référence pour les écrans", "Reference for the screens")) };
    let buttons = [
        Button::link(say(language, "Composants", "Components"), "#components").bare(),
        Button::link(say(language, "Graphiques", "Charts"), "#charts").bare(),
        Button::link(say(language, "Thèmes", "Themes"), "#themes").bare(),
    ];
    let body = html! {
        (head(&over, title, &html! {}, &buttons))
        div.cols.g3c #components data-specimen {
            div {
                (elements::colours(language))
                (elements::letters(language))
                (elements::icons(language))
            }
            div {
                (elements::buttons(language))
                (elements::fields(language))
                (elements::states(language))
                (elements::progress(language))
            }
            div {
                (elements::filters(language))
                (ledgers::small(language))
                (elements::banners(language))
                (documents::credit(language))
                (elements::nothing(language))
                (documents::timeline(language))
            }
        }
        (ledgers::strip(language))
        (ledgers::large(language))
        (documents::grid(language))
        (documents::cycle(language))
        (documents::matching(language))
        div #charts { (charts::all(language)) }
        div #themes { (themes(language)) }
        (elements::floating(language))
    };
    page(shell, title, &body)
}

/// The same specimen four times: two themes by two densities.
fn themes(language: Language) -> Markup {
    let looks = [
        ("light", "tight", say(language, "clair, serré", "light, tight")),
        ("dark", "tight", say(language, "sombre, serré", "dark, tight")),
        ("light", "airy", say(language, "clair, aéré", "light, airy")),
        ("dark", "airy", say(language, "sombre, aéré", "dark, airy")),
    ];
    html! {
        div.cols.g2c {
            @for (theme, density, name) in looks {
                div.specimen data-theme=(theme) data-density=(density) {
                    p.lbl { (name) }
                    (elements::buttons(language))
                    (ledgers::small(language))
                    (elements::banners(language))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_drawn_in_both_languages_without_styles() {
        for language in [Language::French, Language::English] {
            let shell = Shell { language, ..Shell::default() };
            let drawn = design(&shell).into_string();
            assert!(drawn.contains("class=\"ledger"), "no ledger");
            assert!(
                !drawn.contains(" style=") && !drawn.contains(" onclick"),
                "inline style or handler"
            );
            for tag in drawn.split('<').filter_map(|part| part.split('>').next()) {
                assert!(tag.matches(" class=").count() < 2, "two classes in <{tag}>");
            }
        }
        let english =
            design(&Shell { language: Language::English, ..Shell::default() }).into_string();
        assert!(english.contains("Reference for the screens"));
    }
}
