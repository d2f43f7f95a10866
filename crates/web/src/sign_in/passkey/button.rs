//! The button that asks for a passkey. It stands in a form, and is hidden until the script is there
//! that asks the browser; whatever else the form takes works without.

use kernel::{Language, Text};
use maud::{Markup, Render, html};

use crate::parts;

const USE: Text = Text::new("Utiliser une clé d’accès", "Use a passkey");
const SIGN_IN: Text = Text::new("Se connecter par une clé d’accès", "Sign in with a passkey");
const CANCELLED: Text = Text::new(
    "La clé d’accès n’a pas été montrée : réessayez.",
    "The passkey was not shown: try again.",
);
const THERE: Text = Text::new(
    "Cet appareil a déjà une clé d’accès pour vous ici.",
    "This device has a passkey for you here already.",
);

/// A button, and where its question and its answer go.
#[derive(Debug, Clone)]
pub(crate) struct Button {
    language: Language,
    label: &'static str,
    /// Asks to sign, or to make a passkey.
    makes: bool,
    /// Where the question is asked for.
    challenge: String,
    /// A form of its own, by where it is sent; none when it stands in one.
    action: Option<String>,
}

impl Button {
    /// One that signs in, with a form of its own around it.
    pub(crate) fn sign(language: Language, action: &str) -> Self {
        Self {
            action: Some(action.to_owned()),
            label: SIGN_IN.say(language),
            ..Self::within(language, &format!("{action}/challenge"))
        }
    }
    /// One within a form.
    pub(crate) fn within(language: Language, challenge: &str) -> Self {
        Self {
            language,
            label: USE.say(language),
            makes: false,
            challenge: challenge.to_owned(),
            action: None,
        }
    }
    /// One within a form, that has a passkey made.
    pub(crate) fn makes(language: Language, challenge: &str, label: &'static str) -> Self {
        Self { label, makes: true, ..Self::within(language, challenge) }
    }
    /// With these in its own form.
    pub(crate) fn with(self, fields: &[(&str, &str)]) -> Markup {
        let action = self.action.clone().unwrap_or_default();
        html! {
            form.form.mt method="post" action=(action) {
                (parts::hidden(fields))
                (self)
            }
        }
    }
}

impl Render for Button {
    fn render(&self) -> Markup {
        let button = parts::Button::submit(self.label).unchecked();
        let button = if self.makes { button.primary() } else { button };
        html! {
            div data-passkey=(if self.makes { "make" } else { "sign" })
                data-challenge=(self.challenge)
                data-cancelled=(CANCELLED.say(self.language))
                data-there=(THERE.say(self.language)) hidden {
                input type="hidden" name="answer" value="";
                (button)
                p.mt role="alert" hidden {}
            }
        }
    }
}
