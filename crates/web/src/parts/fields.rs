//! Fields of forms: a label, a control, a hint, and the error beside it.

use kernel::Language;
use maud::{Markup, Render, html};

use super::icons::{Icon, icon};
use super::say;

/// One choice of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opt {
    pub value: String,
    pub label: String,
}

impl Opt {
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// The control of a field.
#[derive(Debug, Clone)]
pub(super) enum Control {
    Text { kind: &'static str, autocomplete: Option<&'static str> },
    Long { rows: u8 },
    Figure { unit: String },
    Day,
    Instant,
    Choice { options: Vec<Opt>, blank: Option<String> },
    Flag,
    Reference { entity: String, shown: String },
    File { accept: &'static str },
}

/// A field of a form. Draw it with `(field)` inside `html!`.
#[derive(Debug, Clone)]
pub struct Field {
    language: Language,
    name: String,
    label: String,
    control: Control,
    value: String,
    id: Option<String>,
    hint: Option<String>,
    error: Option<String>,
    placeholder: Option<String>,
    required: bool,
    locked: bool,
    focus: bool,
    width: &'static str,
}

impl Field {
    pub(super) fn new(
        language: Language,
        name: impl Into<String>,
        label: impl Into<String>,
        control: Control,
    ) -> Self {
        Self {
            language,
            name: name.into(),
            label: label.into(),
            control,
            value: String::new(),
            id: None,
            hint: None,
            error: None,
            placeholder: None,
            required: false,
            locked: false,
            focus: false,
            width: "",
        }
    }
    /// One line of text.
    #[must_use]
    pub fn text(language: Language, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::typed(language, name, label, "text", None)
    }
    #[must_use]
    pub fn email(language: Language, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::typed(language, name, label, "email", Some("email"))
    }
    /// A password; `new` when the person sets it, so that the browser offers to make one.
    #[must_use]
    pub fn password(
        language: Language,
        name: impl Into<String>,
        label: impl Into<String>,
        new: bool,
    ) -> Self {
        let hint = if new { "new-password" } else { "current-password" };
        Self::typed(language, name, label, "password", Some(hint))
    }
    /// One line of text with the type and the `autocomplete` of HTML.
    #[must_use]
    pub fn typed(
        language: Language,
        name: impl Into<String>,
        label: impl Into<String>,
        kind: &'static str,
        autocomplete: Option<&'static str>,
    ) -> Self {
        Self::new(language, name, label, Control::Text { kind, autocomplete })
    }
    /// Text of several lines.
    #[must_use]
    pub fn long(language: Language, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(language, name, label, Control::Long { rows: 3 }).all()
    }
    /// A number, an amount, a quantity or a rate, written as the language writes it; `unit` stands
    /// beside the box (`€`, `%`, `pce`, or empty).
    #[must_use]
    pub fn figure(
        language: Language,
        name: impl Into<String>,
        label: impl Into<String>,
        unit: impl Into<String>,
    ) -> Self {
        Self::new(language, name, label, Control::Figure { unit: unit.into() })
    }
    /// A day; its value is written `2026-11-24`, the browser shows it the reader's way.
    #[must_use]
    pub fn day(language: Language, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(language, name, label, Control::Day)
    }
    /// A day and a time; its value is written `2026-11-24T16:30`.
    #[must_use]
    pub fn instant(language: Language, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(language, name, label, Control::Instant)
    }
    /// One of a short list. `blank` is the word for no choice, when there may be none.
    #[must_use]
    pub fn choice(
        language: Language,
        name: impl Into<String>,
        label: impl Into<String>,
        options: Vec<Opt>,
        blank: Option<&str>,
    ) -> Self {
        let blank = blank.map(ToOwned::to_owned);
        Self::new(language, name, label, Control::Choice { options, blank })
    }
    /// Yes or no; its value is `true` or anything else.
    #[must_use]
    pub fn flag(language: Language, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(language, name, label, Control::Flag)
    }
    /// A reference to a record of `entity`, found as one types. The value is the id, `shown` is
    /// what the person reads. Read the answer with [`super::picked`].
    #[must_use]
    pub fn reference(
        language: Language,
        name: impl Into<String>,
        label: impl Into<String>,
        entity: impl Into<String>,
        shown: impl Into<String>,
    ) -> Self {
        let control = Control::Reference { entity: entity.into(), shown: shown.into() };
        Self::new(language, name, label, control)
    }
    /// A file to send; the form needs `enctype="multipart/form-data"`.
    #[must_use]
    pub fn file(
        language: Language,
        name: impl Into<String>,
        label: impl Into<String>,
        accept: &'static str,
    ) -> Self {
        Self::new(language, name, label, Control::File { accept })
    }

    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }
    /// The id of the control; by default `f-` and the name.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
    /// What is wrong and how to mend it; `None` changes nothing.
    #[must_use]
    pub fn error(mut self, error: Option<impl Into<String>>) -> Self {
        self.error = error.map(Into::into);
        self
    }
    #[must_use]
    pub fn placeholder(mut self, text: impl Into<String>) -> Self {
        self.placeholder = Some(text.into());
        self
    }
    #[must_use]
    pub fn required(mut self, required: bool) -> Self {
        self.required = required;
        self
    }
    /// Shown, not editable, and not sent.
    #[must_use]
    pub fn locked(mut self, locked: bool) -> Self {
        self.locked = locked;
        self
    }
    /// Takes the focus when the page opens: one field of a page at most.
    #[must_use]
    pub fn focus(mut self) -> Self {
        self.focus = true;
        self
    }
    /// Twice as wide.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.width = "w2";
        self
    }
    /// The whole width of the form.
    #[must_use]
    pub fn all(mut self) -> Self {
        self.width = "all";
        self
    }
    /// Text of several lines: how many are shown at first.
    #[must_use]
    pub fn lines(mut self, rows: u8) -> Self {
        self.control = Control::Long { rows };
        self
    }

    fn control_id(&self) -> String {
        self.id.clone().unwrap_or_else(|| field_id(&self.name))
    }

    fn draw_control(&self, id: &str, told: Option<&str>) -> Markup {
        let wrong = self.error.as_ref().map(|_| "true");
        let name = (!self.locked).then_some(self.name.as_str());
        match &self.control {
            Control::Text { kind, autocomplete } => html! {
                input id=(id) name=[name] type=(kind) value=(self.value) required[self.required]
                    disabled[self.locked] placeholder=[&self.placeholder] autofocus[self.focus]
                    autocomplete=[autocomplete] aria-invalid=[wrong] aria-describedby=[told];
            },
            Control::Long { rows } => html! {
                textarea id=(id) name=[name] rows=(rows) required[self.required]
                    disabled[self.locked]
                    placeholder=[&self.placeholder] autofocus[self.focus] aria-invalid=[wrong]
                    aria-describedby=[told] { (self.value) }
            },
            Control::Figure { unit } => html! {
                span.with-unit {
                    input.n id=(id) name=[name] type="text" inputmode="decimal" autocomplete="off"
                        value=(self.value) required[self.required] disabled[self.locked]
                        placeholder=[&self.placeholder] autofocus[self.focus]
                        aria-invalid=[wrong] aria-describedby=[told];
                    @if !unit.is_empty() { span { (unit) } }
                }
            },
            Control::Day | Control::Instant => {
                let day = matches!(self.control, Control::Day);
                html! {
                    input id=(id) name=[name] type=(if day { "date" } else { "datetime-local" })
                        value=(self.value) required[self.required] disabled[self.locked]
                        autofocus[self.focus] aria-invalid=[wrong] aria-describedby=[told];
                }
            }
            Control::Choice { options, blank } => html! {
                select id=(id) name=[name] required[self.required] disabled[self.locked]
                    autofocus[self.focus] aria-invalid=[wrong] aria-describedby=[told] {
                    @if let Some(word) = blank { option value="" { (word) } }
                    @for option in options {
                        option value=(option.value) selected[option.value == self.value] {
                            (option.label)
                        }
                    }
                }
            },
            Control::Flag => html! {
                input.cb id=(id) name=[name] type="checkbox" value="true"
                    checked[self.value == "true"]
                    disabled[self.locked] aria-invalid=[wrong] aria-describedby=[told];
            },
            Control::Reference { entity, shown } => self.draw_reference(id, told, entity, shown),
            Control::File { accept } => html! {
                input id=(id) name=[name] type="file" accept=(accept) required[self.required]
                    disabled[self.locked] aria-invalid=[wrong] aria-describedby=[told];
            },
        }
    }

    fn draw_reference(&self, id: &str, told: Option<&str>, entity: &str, shown: &str) -> Markup {
        let wrong = self.error.as_ref().map(|_| "true");
        let placeholder = self
            .placeholder
            .clone()
            .unwrap_or_else(|| say(self.language, "Nom ou code", "Name or code").to_owned());
        html! {
            span.pick data-pick=(entity) {
                @if !self.locked {
                    input type="hidden" name=(self.name) value=(self.value);
                    input type="hidden" name={ (self.name) ".was" } value=(shown);
                }
                input id=(id) type="text"
                    name=[(!self.locked).then(|| format!("{}.text", self.name))]
                    value=(shown) autocomplete="off" role="combobox" aria-expanded="false"
                    aria-autocomplete="list" placeholder=(placeholder) required[self.required]
                    disabled[self.locked] autofocus[self.focus] aria-invalid=[wrong]
                    aria-describedby=[told];
                (icon(Icon::Search))
            }
        }
    }
}

/// The id of the control of the field of this name.
#[must_use]
pub fn field_id(name: &str) -> String {
    format!("f-{}", name.replace('.', "-"))
}

impl Render for Field {
    fn render(&self) -> Markup {
        let id = self.control_id();
        let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
        let told: Vec<&str> = [
            self.error.as_ref().map(|_| error_id.as_str()),
            self.hint.as_ref().map(|_| hint_id.as_str()),
        ]
        .into_iter()
        .flatten()
        .collect();
        let told = (!told.is_empty()).then(|| told.join(" "));
        let control = self.draw_control(&id, told.as_deref());
        let flag = matches!(self.control, Control::Flag);
        let label = html! {
            label for=(id) {
                (self.label)
                @if self.required { span.req aria-hidden="true" { " *" } }
            }
        };
        html! {
            div class={ "field " (self.width) @if flag { " flag" } } {
                @if flag { (control) (label) } @else { (label) (control) }
                @if let Some(error) = &self.error { span.error id=(error_id) { (error) } }
                @if let Some(hint) = &self.hint { span.hint id=(hint_id) { (hint) } }
            }
        }
    }
}
