//! One's own name and password, and the look of the pages.

use kernel::{Faults, Language, Text};
use maud::{Markup, html};

use crate::door::Ask;
use crate::parts::{Button, Field, definitions, error_summary, hidden};
use crate::shell::{Density, Theme};
use crate::words;

/// One's name, and the form that changes the password.
pub fn account(ask: &Ask, email: &str, faults: &Faults) -> Markup {
    let (language, text) = (ask.language, |text: &str| Some(html! { (text) }));
    let known = [
        (ask.say(words::NAME).to_owned(), text(&ask.user.name)),
        (ask.say(words::EMAIL).to_owned(), text(email)),
        (ask.say(words::ROLE).to_owned(), text(&ask.user.role)),
    ];
    let error = |name: &str| {
        let own = faults.0.iter().filter(|fault| fault.field.as_deref() == Some(name));
        own.map(|fault| kernel::sentence(fault, language)).next()
    };
    let elsewhere: Vec<(String, String)> = faults
        .0
        .iter()
        .map(|fault| {
            let name = fault.field.as_deref().unwrap_or("");
            (name.to_owned(), kernel::sentence(fault, language))
        })
        .collect();
    html! {
        (definitions(&known))
        form.form.mt method="post" action="/settings/password" {
            // No key: what is remembered of a key must hold nothing of a password.
            (hidden(&[("token", ask.token.as_str())]))
            (error_summary(language, &elsewhere))
            (Field::password(language, "current", ask.say(words::CURRENT_PASSWORD), false)
                .required(true)
                .error(error("current")))
            (Field::password(language, "password", ask.say(words::NEW_PASSWORD), true)
                .required(true)
                .error(error("password")))
            div.acts { (Button::submit(ask.say(words::CHANGE_PASSWORD))) }
        }
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
