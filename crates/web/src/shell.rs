//! The frame of every page: rail, top bar, sheet, bottom bar on phones, dialogs, toasts.
//!
//! The caller gives a [`Shell`] (who, where, in which look) and gets the whole document from
//! [`page`]; [`page_plain`] is the bare frame of sign-in and of pages for people outside.

mod dialogs;
mod menu;
mod rail;

use std::sync::Arc;

use kernel::Language;
use maud::{DOCTYPE, Markup, html};

use crate::parts::{Icon, Tone, icon, say, sign};
use crate::together::inbox;
use crate::{assets, help, live, undo};

/// The colours a person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Those of the system.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The value of the cookie `theme`, and of `data-theme`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
    /// Reads the cookie; anything unknown follows the system.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }
}

/// How close the lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Density {
    #[default]
    Tight,
    Airy,
}

impl Density {
    /// The value of the cookie `density`, and of `data-density`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Density::Tight => "tight",
            Density::Airy => "airy",
        }
    }
    /// Reads the cookie.
    #[must_use]
    pub fn of(word: &str) -> Self {
        if word == "airy" { Density::Airy } else { Density::Tight }
    }
}

/// A page of the rail.
#[derive(Debug, Clone, Default)]
pub struct NavItem {
    /// Names the page in [`Shell::here`]: `orders`.
    pub key: &'static str,
    pub label: String,
    pub href: String,
    /// What waits there; shown small.
    pub count: Option<String>,
    /// The letter that goes there after `g`.
    pub letter: Option<char>,
}

/// A group of the rail: `Ventes`, with its pages. A group without pages is itself a page.
#[derive(Debug, Clone)]
pub struct NavGroup {
    pub key: &'static str,
    pub label: String,
    pub href: String,
    pub icon: Icon,
    pub count: Option<String>,
    pub letter: Option<char>,
    pub items: Vec<NavItem>,
    /// One of the four that stay in the bottom bar on phones.
    pub docked: bool,
}

/// Who is signed in.
#[derive(Debug, Clone, Default)]
pub struct User {
    pub name: String,
    /// `Direction des ventes`.
    pub role: String,
}

impl User {
    /// The letters of the round mark: those of the first and the last word.
    #[must_use]
    pub fn initials(&self) -> String {
        let words: Vec<char> =
            self.name.split_whitespace().filter_map(|word| word.chars().next()).collect();
        let ends = words.first().into_iter().chain(words.last().filter(|_| words.len() > 1));
        ends.flat_map(|letter| letter.to_uppercase()).collect()
    }
}

/// What just happened, said once at the top of the next page.
#[derive(Debug, Clone, Default)]
pub struct Flash {
    pub tone: Tone,
    pub text: String,
    /// A label and an address: see it.
    pub link: Option<(String, String)>,
    pub way: WayBack,
}

/// The way back from what just happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WayBack {
    #[default]
    None,
    /// What one did last can be undone.
    Undo,
    /// It was undone by the command of this line of the audit, which can be undone in its turn.
    Redo(i64),
}

/// Everything around the content of a page.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    pub language: Language,
    pub theme: Theme,
    pub density: Density,
    /// The company at work: its name, and a note (`Roubaix · exercice 2026`).
    pub house: (String, String),
    /// Nobody on pages for people outside.
    pub user: Option<User>,
    /// Whether the company is a demonstration: nothing of it leaves.
    pub demonstration: bool,
    pub nav: Vec<NavGroup>,
    /// The key of the page of the rail we are in.
    pub here: String,
    /// The way to this page, without the page itself: label and address.
    pub crumbs: Vec<(String, String)>,
    pub flash: Option<Flash>,
    /// The address of this page, to come back to after a change of language.
    pub path: String,
    /// The token that forms send back, as `token`; empty when there is no session.
    pub token: String,
    /// The line of the audit of what one did last, if it may be undone.
    pub undo: Option<i64>,
    /// The address of live news for this page, if any: see `data-live`.
    pub live: Option<String>,
    /// How many notifications are not read; nothing when nobody is signed in.
    pub unread: Option<i64>,
    /// The names of the others who look at the same record; none on a page of no record.
    pub others: Option<Vec<Arc<str>>>,
}

impl Shell {
    /// The hidden fields of a form: the token.
    #[must_use]
    pub fn hidden(&self) -> Markup {
        html! {
            @if !self.token.is_empty() { input type="hidden" name="token" value=(self.token); }
        }
    }
    const fn say(&self, fr: &'static str, en: &'static str) -> &'static str {
        say(self.language, fr, en)
    }
    fn says(&self, key: &str) -> bool {
        self.here == key
    }
}

/// The whole document: `title` for the tab of the browser and the last crumb, `body` for the sheet.
#[must_use]
pub fn page(shell: &Shell, title: &str, body: &Markup) -> Markup {
    document(
        shell,
        title,
        &html! {
            a.skip href="#main" { (shell.say("Aller au contenu", "Skip to content")) }
            (hatch())
            div.app {
                (rail::rail(shell))
                header.top {
                    (crumbs(shell, title))
                    a.find href="/search" data-palette aria-keyshortcuts="Control+K" {
                        (icon(Icon::Search))
                        span {
                            (shell.say("Chercher", "Search"))
                            span.d-only {
                                " " (shell.say("ou lancer une action", "or run an action"))
                            }
                        }
                        kbd aria-hidden="true" { "Ctrl K" }
                    }
                    @if let Some(others) = &shell.others {
                        (live::present(shell.language, others))
                    }
                    (inbox::bell(shell))
                    (help_mark(shell))
                    (menu::top(shell))
                }
                main.main id="main" tabindex="-1" data-live=[&shell.live] {
                    (demonstration(shell))
                    (body)
                }
                (rail::dock(shell))
            }
            (toasts(shell))
            (dialogs::all(shell))
        },
    )
}

/// A page without the rail: sign-in (`small`), a quote to accept, an error.
#[must_use]
pub fn page_plain(shell: &Shell, title: &str, small: bool, body: &Markup) -> Markup {
    document(
        shell,
        title,
        &html! {
            a.skip href="#main" { (shell.say("Aller au contenu", "Skip to content")) }
            div.plain {
                header {
                    a.brand href="/" { (sign()) span { "Comptoir" } }
                    (menu::languages(shell))
                }
                main #main tabindex="-1" .small[small] { (body) }
                footer { (shell.house.0) @if !shell.house.1.is_empty() { " · " (shell.house.1) } }
            }
            (toasts(shell))
        },
    )
}

fn document(shell: &Shell, title: &str, body: &Markup) -> Markup {
    let theme = (shell.theme != Theme::System).then(|| shell.theme.word());
    html! {
        (DOCTYPE)
        html lang=(shell.language.tag()) data-theme=[theme] data-density=(shell.density.word()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " — Comptoir" }
                link rel="icon" href=(assets::href("icon.svg")) type="image/svg+xml";
                link rel="preload" href=(assets::href("fonts/inter-regular.woff2")) as="font"
                    type="font/woff2" crossorigin;
                link rel="stylesheet" href=(assets::href("comptoir.css"));
                script type="module" src=(assets::href("comptoir.js")) {}
                @for path in assets::rare(&body.0) {
                    link rel="modulepreload" href=(assets::href(path));
                }
            }
            body { (body) }
        }
    }
}

/// That nothing here is real, on every page.
fn demonstration(shell: &Shell) -> Markup {
    html! {
        @if shell.demonstration {
            p.only-shown {
                b { (shell.say("Démonstration", "Demonstration")) }
                (shell.say(" : rien n’est envoyé.", ": nothing is sent."))
            }
        }
    }
}

/// The hatching that gauges and charts refer to.
fn hatch() -> Markup {
    html! {
        svg.defs aria-hidden="true" {
            pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse"
                patternTransform="rotate(45)" { rect.hatch width="1.5" height="4" {} }
        }
    }
}

fn crumbs(shell: &Shell, title: &str) -> Markup {
    html! {
        nav.crumbs aria-label=(shell.say("Fil d’Ariane", "Breadcrumb")) {
            ol {
                @for (label, href) in &shell.crumbs { li { a href=(href) { (label) } } }
                li { span aria-current="page" { (title) } }
            }
        }
    }
}

/// The way to the page of the guide that speaks of this screen.
fn help_mark(shell: &Shell) -> Markup {
    let label = shell.say("Aide sur cet écran", "Help about this screen");
    html! {
        @if shell.user.is_some() {
            a.me.help-mark href=(help::href(&shell.path)) title=(label) aria-label=(label) { "?" }
        }
    }
}

fn toasts(shell: &Shell) -> Markup {
    html! {
        div.toasts #toasts role="status" aria-live="polite" {
            (undo::carried(shell))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(language: Language) -> Shell {
        Shell {
            language,
            user: Some(User { name: "Camille de Roussel".into(), role: "Ventes".into() }),
            nav: vec![NavGroup {
                key: "sales",
                label: "Ventes".into(),
                href: "/orders".into(),
                icon: Icon::Sales,
                count: Some("34".into()),
                letter: None,
                items: vec![NavItem {
                    key: "orders",
                    label: "Commandes".into(),
                    href: "/orders".into(),
                    count: None,
                    letter: Some('o'),
                }],
                docked: true,
            }],
            here: "orders".into(),
            token: "t0k".into(),
            flash: Some(Flash { tone: Tone::Done, text: "Fait <b>".into(), ..Flash::default() }),
            ..Shell::default()
        }
    }

    #[test]
    fn a_page_says_its_language_and_where_it_is() {
        let drawn = page(&shell(Language::English), "Orders", &html! { "x" }).into_string();
        for part in [
            "<html lang=\"en\"",
            "<title>Orders — Comptoir</title>",
            "aria-current=\"page\"",
            "data-go=\"o\"",
            "name=\"token\" value=\"t0k\"",
            "Fait &lt;b&gt;",
            "Skip to content",
        ] {
            assert!(drawn.contains(part), "{part}");
        }
    }

    #[test]
    fn no_page_carries_a_style_or_a_handler() {
        for drawn in [
            page(&shell(Language::French), "Commandes", &html! {}).into_string(),
            page_plain(&shell(Language::French), "Entrer", true, &html! {}).into_string(),
        ] {
            assert!(!drawn.contains(" style=") && !drawn.contains(" onclick"), "{drawn}");
            assert!(!drawn.contains("<script>") && !drawn.contains("<style"), "{drawn}");
        }
    }

    #[test]
    fn initials_are_those_of_the_first_and_last_word() {
        let named = |name: &str| User { name: name.into(), role: String::new() }.initials();
        assert_eq!(named("Camille de Roussel"), "CR");
        assert_eq!(named("émile"), "É");
        assert_eq!(named(""), "");
    }
}
