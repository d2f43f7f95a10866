//! Buttons: a verb, at most one primary on a screen, and a reason when the step is held.

use maud::{Markup, Render, html};

use super::icons::{Icon, icon};

/// How loud a button is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Look {
    #[default]
    Plain,
    Primary,
    Bare,
    Danger,
}

/// What a button does.
#[derive(Debug, Clone)]
enum Deed {
    /// Goes to a page.
    Link(String),
    /// Sends the form it stands in, with this name and value when given.
    Submit(Option<(String, String)>),
    /// Sends a small form of its own to this address.
    Post(String),
}

/// A button or a link that looks like one. Draw it with `(button)` inside `html!`.
#[derive(Debug, Clone)]
pub struct Button {
    label: String,
    deed: Deed,
    look: Look,
    icon: Option<Icon>,
    key: Option<String>,
    shown_key: Option<String>,
    confirm: Option<String>,
    held: Option<String>,
    swap: Option<String>,
    form: Option<String>,
    form_action: Option<String>,
    hidden: Vec<(String, String)>,
    icon_only: bool,
    desk_only: bool,
    small: bool,
    skip_checks: bool,
}

impl Button {
    fn new(label: impl Into<String>, deed: Deed) -> Self {
        Self {
            label: label.into(),
            deed,
            look: Look::Plain,
            icon: None,
            key: None,
            shown_key: None,
            confirm: None,
            held: None,
            swap: None,
            form: None,
            form_action: None,
            hidden: Vec::new(),
            icon_only: false,
            desk_only: false,
            small: false,
            skip_checks: false,
        }
    }
    /// A link to a page.
    #[must_use]
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self::new(label, Deed::Link(href.into()))
    }
    /// Sends the form around it.
    #[must_use]
    pub fn submit(label: impl Into<String>) -> Self {
        Self::new(label, Deed::Submit(None))
    }
    /// Sends a form of its own by POST. Add the session's token with [`Button::hidden`].
    #[must_use]
    pub fn post(label: impl Into<String>, action: impl Into<String>) -> Self {
        Self::new(label, Deed::Post(action.into()))
    }
    /// For a submit: the name and value sent when this button was the one pressed.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.deed = Deed::Submit(Some((name.into(), value.into())));
        self
    }
    /// The one next step of the screen.
    #[must_use]
    pub fn primary(mut self) -> Self {
        self.look = Look::Primary;
        self
    }
    /// Without a border.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.look = Look::Bare;
        self
    }
    /// Takes something away.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.look = Look::Danger;
        self
    }
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }
    /// Shows the icon only; the label stays for assistive technology and as a tip.
    #[must_use]
    pub fn icon_only(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self.icon_only = true;
        self
    }
    /// The key that presses it: `c`, `ctrl+s`, `shift+a`. Shown on the button.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        let key = key.into();
        self.shown_key = Some(shown(&key));
        self.key = Some(key);
        self
    }
    /// The sentence to agree to before it acts.
    #[must_use]
    pub fn confirm(mut self, question: impl Into<String>) -> Self {
        self.confirm = Some(question.into());
        self
    }
    /// The step is held: the button is dashed, cannot be pressed, and says why.
    #[must_use]
    pub fn held(mut self, reason: impl Into<String>) -> Self {
        self.held = Some(reason.into());
        self
    }
    /// Replaces the element with this selector (`#orders`) instead of loading a page.
    #[must_use]
    pub fn swap(mut self, target: impl Into<String>) -> Self {
        self.swap = Some(target.into());
        self
    }
    /// The id of the form a submit belongs to, when it stands outside of it.
    #[must_use]
    pub fn form(mut self, id: impl Into<String>) -> Self {
        self.form = Some(id.into());
        self
    }
    /// For a submit: the address its form is sent to, instead of the form's own.
    #[must_use]
    pub fn to(mut self, action: impl Into<String>) -> Self {
        self.form_action = Some(action.into());
        self
    }
    /// For a post: one more value sent with it.
    #[must_use]
    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }
    /// Left out on phones.
    #[must_use]
    pub fn desk_only(mut self) -> Self {
        self.desk_only = true;
        self
    }
    /// A low button, for the end of a row.
    #[must_use]
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }
    /// For a submit: the browser does not check the fields first ("add a line", "cancel").
    #[must_use]
    pub fn unchecked(mut self) -> Self {
        self.skip_checks = true;
        self
    }

    fn class(&self) -> String {
        let mut class = String::from("btn");
        for (on, name) in [
            (self.look == Look::Primary && self.held.is_none(), " pri"),
            (self.look == Look::Bare, " bare"),
            (self.look == Look::Danger, " danger"),
            (self.desk_only, " d-only"),
            (self.small, " mini"),
        ] {
            if on {
                class.push_str(name);
            }
        }
        class
    }

    fn inside(&self) -> Markup {
        html! {
            @if let Some(drawing) = self.icon { (icon(drawing)) }
            @if !self.icon_only { (self.label) }
            @if let (Some(key), false) = (&self.shown_key, self.icon_only) {
                kbd aria-hidden="true" { (key) }
            }
        }
    }

    /// `aria-label` and `title` when only the icon shows.
    fn aloud(&self) -> Option<&str> {
        self.icon_only.then_some(self.label.as_str())
    }

    fn draw_held(&self, reason: &str) -> Markup {
        html! {
            button class=(self.class()) type="button" aria-disabled="true" title=(reason)
                aria-label=(format!("{}, {reason}", self.label)) { (self.inside()) }
        }
    }
}

impl Render for Button {
    fn render(&self) -> Markup {
        if let Some(reason) = &self.held {
            return self.draw_held(reason);
        }
        let shortcut = self.key.as_deref().map(aria_keys);
        match &self.deed {
            Deed::Link(href) => html! {
                a class=(self.class()) href=(href) data-key=[&self.key] data-swap=[&self.swap]
                    data-confirm=[&self.confirm] aria-keyshortcuts=[shortcut]
                    aria-label=[self.aloud()] title=[self.aloud()] { (self.inside()) }
            },
            Deed::Submit(named) => html! {
                button class=(self.class()) type="submit" form=[&self.form]
                    name=[named.as_ref().map(|(name, _)| name)]
                    value=[named.as_ref().map(|(_, value)| value)]
                    formaction=[&self.form_action] formnovalidate[self.skip_checks]
                    data-key=[&self.key] data-confirm=[&self.confirm] data-swap=[&self.swap]
                    aria-keyshortcuts=[shortcut]
                    aria-label=[self.aloud()] title=[self.aloud()] { (self.inside()) }
            },
            Deed::Post(action) => html! {
                form method="post" action=(action) data-swap=[&self.swap] {
                    @for (name, value) in &self.hidden {
                        input type="hidden" name=(name) value=(value);
                    }
                    button class=(self.class()) type="submit" data-key=[&self.key]
                        data-confirm=[&self.confirm] aria-keyshortcuts=[shortcut]
                        aria-label=[self.aloud()] title=[self.aloud()] { (self.inside()) }
                }
            },
        }
    }
}

/// A key as it is printed on the keyboard: `ctrl+s` is `Ctrl S`.
#[must_use]
pub fn shown(key: &str) -> String {
    let words: Vec<String> = key
        .split('+')
        .map(|part| match part {
            "enter" => "↵".to_owned(),
            "escape" => "Esc".to_owned(),
            other => {
                let mut letters = other.chars();
                letters
                    .next()
                    .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
            }
        })
        .collect();
    words.join(" ")
}

/// The same key in the words of `aria-keyshortcuts`.
fn aria_keys(key: &str) -> String {
    key.replace("ctrl", "Control").replace("shift", "Shift").replace("alt", "Alt")
}

/// A row of actions.
#[must_use]
pub fn actions(buttons: &[Button]) -> Markup {
    html! { div.acts { @for button in buttons { (button) } } }
}

/// Key hints at the foot of a screen made for the keyboard: `(key, what it does)`.
#[must_use]
pub fn key_hints(hints: &[(&str, &str)], note: &str) -> Markup {
    html! {
        div.keys.foot.d-only {
            @for (key, deed) in hints { span { kbd { (shown(key)) } (deed) } }
            @if !note.is_empty() { span.push { (note) } }
        }
    }
}
