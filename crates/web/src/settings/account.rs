//! One's own name, and the look of the pages.

use kernel::{Language, Text};
use maud::{Markup, html};

use super::security;
use crate::door::Ask;
use crate::parts::{Button, definitions, hidden};
use crate::shell::{Density, Theme};
use crate::words;

/// One's name, and the way to what protects it.
pub fn account(ask: &Ask, email: &str) -> Markup {
    let text = |text: &str| Some(html! { (text) });
    let known = [
        (ask.say(words::NAME).to_owned(), text(&ask.user.name)),
        (ask.say(words::EMAIL).to_owned(), text(email)),
        (ask.say(words::ROLE).to_owned(), text(&ask.user.role)),
    ];
    html! {
        (definitions(&known))
        div.acts.mt { (Button::link(ask.say(security::TITLE), security::PLACE)) }
    }
}

/// Language, colours, lines: kept in this browser.
pub fn appearance(ask: &Ask) -> Markup {
    let (theme, density) = (ask.visitor.theme, ask.visitor.density);
    let is = |language| ask.language == language;
    html! {
        (choice(ask, "language", words::LANGUAGE, &[
            ("fr", "Français", is(Language::French)),
            ("en", "English", is(Language::English)),
        ]))
        (choice(ask, "theme", words::COLOURS, &[
            (Theme::System.word(), ask.say(words::AUTO), theme == Theme::System),
            (Theme::Light.word(), ask.say(words::LIGHT), theme == Theme::Light),
            (Theme::Dark.word(), ask.say(words::DARK), theme == Theme::Dark),
        ]))
        (choice(ask, "density", words::LINES, &[
            (Density::Tight.word(), ask.say(words::TIGHT), density == Density::Tight),
            (Density::Airy.word(), ask.say(words::AIRY), density == Density::Airy),
        ]))
    }
}

fn choice(ask: &Ask, name: &str, label: Text, options: &[(&str, &str, bool)]) -> Markup {
    html! {
        form.mb method="post" action="/preferences" data-preference=(name) {
            (hidden(&[("token", ask.token.as_str()), ("back", "/settings")]))
            span.lbl { (ask.say(label)) }
            div.acts {
                @for (value, word, on) in options {
                    button.btn type="submit" name=(name) value=(value) aria-pressed=(on) { (word) }
                }
            }
        }
    }
}
