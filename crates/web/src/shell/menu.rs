//! The menu of the person signed in: language, colours, density, sign out. Without scripts its
//! buttons post to `/preferences`, which sets the cookies and comes back.

use kernel::Language;
use maud::{Markup, html};

use super::{Density, Shell, Theme};

/// In the top bar.
pub(super) fn top(shell: &Shell) -> Markup {
    html! {
        @if let Some(user) = &shell.user {
            details.menu data-menu {
                summary {
                    span.me aria-hidden="true" { (user.initials()) }
                    span.sr { (shell.say("Menu de", "Menu of")) " " (user.name) }
                }
                div {
                    div.who { (user.name) small { (user.role) } }
                    (choices(shell))
                }
            }
        }
    }
}

/// At the foot of the rail.
pub(super) fn foot(shell: &Shell) -> Markup {
    html! {
        @if let Some(user) = &shell.user {
            details.menu.foot data-menu {
                summary.who-am-i {
                    span.me aria-hidden="true" { (user.initials()) }
                    span { (user.name) small { (user.role) } }
                }
                div { (choices(shell)) }
            }
        }
    }
}

fn choices(shell: &Shell) -> Markup {
    html! {
        (languages(shell))
        (preference(
            shell,
            "theme",
            shell.say("Couleurs", "Colours"),
            &[
                (Theme::System.word(), shell.say("Auto", "Auto"), shell.theme == Theme::System),
                (Theme::Light.word(), shell.say("Clair", "Light"), shell.theme == Theme::Light),
                (Theme::Dark.word(), shell.say("Sombre", "Dark"), shell.theme == Theme::Dark),
            ],
        ))
        (preference(
            shell,
            "density",
            shell.say("Lignes", "Lines"),
            &[
                (
                    Density::Tight.word(),
                    shell.say("Serrées", "Tight"),
                    shell.density == Density::Tight,
                ),
                (Density::Airy.word(), shell.say("Aérées", "Airy"), shell.density == Density::Airy),
            ],
        ))
        a.js-only href="/help/keys" data-open="#keys" {
            (shell.say("Raccourcis clavier", "Keyboard shortcuts")) kbd.push { "?" }
        }
        form.last method="post" action="/sign-out" {
            (shell.hidden())
            button.btn.bare type="submit" { (shell.say("Se déconnecter", "Sign out")) }
        }
    }
}

/// The switch of languages, also on pages without the rail.
pub(super) fn languages(shell: &Shell) -> Markup {
    let is = |language| shell.language == language;
    preference(
        shell,
        "language",
        shell.say("Langue", "Language"),
        &[("fr", "Français", is(Language::French)), ("en", "English", is(Language::English))],
    )
}

/// One preference: its buttons, the one in force pressed.
fn preference(shell: &Shell, name: &str, label: &str, choices: &[(&str, &str, bool)]) -> Markup {
    html! {
        form method="post" action="/preferences" data-preference=(name) {
            (shell.hidden())
            input type="hidden" name="back" value=(shell.path);
            span.lbl { (label) }
            @for (value, word, on) in choices {
                button.btn type="submit" name=(name) value=(value) aria-pressed=(on)
                    lang=[(name == "language").then_some(value)] { (word) }
            }
        }
    }
}
