//! The story of a record as it is read, with what may be added to it.

use crm::interactions::{Interaction, InteractionKind};
use kernel::{Entity, Instant, Kept, Language, Origin};
use maud::{Markup, html};

use super::people::{Person, mentions};
use super::story::{Line, Show, Story, speaks};
use super::tell::followed;
use super::{compose, words};
use crate::attachments;
use crate::door::{Ask, new_key};
use crate::pages::orders::when;
use crate::parts::{Button, Icon, Moment, Tab, Voice, say, section, tabs, thread};
use crate::record::history::{self, Told};
use crate::show::{self, Reader};

/// How many changed fields of one edit are told; the history has them all.
const FIELDS: usize = 4;

impl Story {
    /// The section of a page whose head does not follow: follow, write, choose, read.
    #[must_use]
    pub fn drawn(&self, ask: &Ask) -> Markup {
        let follow = html! {
            @if self.following { span.muted.d-only { (ask.say(words::FOLLOWED)) } " " }
            @if let Some(button) = self.follow(ask) { (button.small()) }
        };
        self.section(ask, Vec::new(), &follow)
    }

    /// The section of a page that has [`Story::follow`] in its head.
    #[must_use]
    pub fn told(&self, ask: &Ask) -> Markup {
        self.section(ask, Vec::new(), &html! {})
    }

    /// The same, with what a page knows besides of its documents.
    #[must_use]
    pub fn told_with(&self, ask: &Ask, documents: Vec<(Instant, Moment)>) -> Markup {
        self.section(ask, documents, &html! {})
    }

    fn section(&self, ask: &Ask, documents: Vec<(Instant, Moment)>, follow: &Markup) -> Markup {
        let here = show::href(self.def, self.about.id);
        let own = self.lines.iter().map(|line| (line.at(), self.moment(ask, line)));
        let shown = matches!(self.show, Show::All | Show::Documents);
        let mut moments: Vec<(Instant, Moment)> =
            own.chain(documents.into_iter().filter(|_| shown)).collect();
        moments.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let moments: Vec<Moment> = moments.into_iter().map(|(_, moment)| moment).collect();
        let content = html! {
            @if speaks(ask) {
                (compose::form(ask, &self.people, &compose::Typed::about(self.about, &here)))
            }
            (self.choices(ask, &here))
            @if moments.is_empty() { p.muted { (ask.say(words::NOTHING)) } }
            @else { (thread(&moments)) }
            @if self.more && !self.whole {
                p { a href=(self.address(&here, self.show, true)) { (ask.say(words::SEE_ALL)) } }
            } @else if self.more {
                p { a href={ (here) "?tab=history" } { (ask.say(words::HISTORY)) } }
            }
        };
        html! {
            @if let Some(files) = &self.files {
                (attachments::drawn(ask, self.about, files, &here))
            }
            div.story #story {
                (section(ask.say(words::STORY), follow, &content))
            }
        }
    }

    fn address(&self, here: &str, show: Show, whole: bool) -> String {
        let whole = if whole { "&whole=1" } else { "" };
        format!("{here}?story={}{whole}#story", show.word())
    }

    fn choices(&self, ask: &Ask, here: &str) -> Markup {
        let shown = Show::ALL
            .into_iter()
            .filter(|show| speaks(ask) || matches!(show, Show::All | Show::Edits));
        let label = |show| match show {
            Show::All => words::ALL,
            Show::Notes => words::NOTES,
            Show::Tasks => words::TASKS,
            Show::Documents => words::DOCUMENTS,
            Show::Edits => words::EDITS,
        };
        let tab = |show| {
            let to = self.address(here, show, self.whole);
            Tab::new(ask.say(label(show)), to, show == self.show)
        };
        tabs(ask.say(words::STORY), &shown.map(tab).collect::<Vec<_>>())
    }

    /// The button that follows the record, or no longer does; none for those who cannot.
    #[must_use]
    pub fn follow(&self, ask: &Ask) -> Option<Button> {
        let follows = ask.actor.user.is_some() && ask.actor.can("user.follow");
        if !follows || !followed(self.def) {
            return None;
        }
        let (word, act) = match self.following {
            true => (words::UNFOLLOW, "unfollow"),
            false => (words::FOLLOW, "follow"),
        };
        let button = Button::post(ask.say(word), "/follow")
            .icon(Icon::Bell)
            .hidden("token", ask.token.as_str())
            .hidden("key", new_key())
            .hidden("about", self.about.to_string())
            .hidden("act", act)
            .hidden("back", show::href(self.def, self.about.id));
        Some(button)
    }

    fn moment(&self, ask: &Ask, line: &Line) -> Moment {
        match line {
            Line::Said(line) => said(ask, line, &self.people, self.about, self.now),
            Line::Changed(told) => self.changed(ask, told),
        }
    }

    fn changed(&self, ask: &Ask, (line, changes): &Told) -> Moment {
        let (language, catalog) = (ask.language, ask.state.catalog);
        let reader = Reader { catalog, actor: &ask.actor, language, titles: &self.titles };
        let made = line.verb == "created";
        let shown: Vec<Markup> = changes
            .iter()
            .filter(|_| !made)
            .take(FIELDS)
            .map(|(field, was, is)| history::change(&reader, self.def, field, was, is, false))
            .collect();
        let own = !made && line.changes.get("extra").is_some();
        Moment {
            when: when::moment(language, line.at, self.now),
            machine: line.at.to_string(),
            voice: if line.actor.is_some() { Voice::Person } else { Voice::Fact },
            icon: Some(if made { Icon::Plus } else { Icon::Edit }),
            what: html! {
                b { (line.actor_name) } " " (history::did(&line.verb).say(language))
                @for change in &shown { br; (change) }
                @if own { br; (crate::words::OWN_FIELDS.say(language)) }
                @if !made && changes.len() > FIELDS { br; "…" }
            },
            note: String::new(),
        }
    }
}

/// A line that someone wrote, or a fact. `here` is the record whose page it stands on.
pub(super) fn said(
    ask: &Ask,
    line: &Kept<Interaction>,
    people: &[Person],
    here: Origin,
    now: Instant,
) -> Moment {
    let (language, fact) = (ask.language, line.kind == InteractionKind::Fact);
    let author = line.author.as_deref().unwrap_or("");
    let about = line.about.filter(|about| *about != here);
    let text = line.says(language);
    Moment {
        when: when::moment(language, line.at, now),
        machine: line.at.to_string(),
        voice: if fact { tone(line.code.as_deref().unwrap_or("")) } else { Voice::Person },
        icon: icon_of(line),
        what: html! {
            @match about.and_then(|origin| address(ask, origin)) {
                Some(href) => a href=(href) { (text) },
                None => (with_names(&text, people)),
            }
            @if let Some(body) = &line.body {
                @for part in body.0.lines() { br; (with_names(part, people)) }
            }
            @if line.kind == InteractionKind::Task { (task_button(ask, line, Some(here))) }
        },
        note: note(language, line, author, people),
    }
}

/// The text, the people it names in bold.
fn with_names(text: &str, people: &[Person]) -> Markup {
    let named = mentions(text, people);
    let ends = named.iter().map(|(_, to, _)| *to);
    let starts = std::iter::once(0).chain(ends.clone());
    let last = ends.last().unwrap_or(0);
    html! {
        @for (start, (from, to, _)) in starts.zip(&named) {
            (&text[start..*from]) b { (&text[*from..*to]) }
        }
        (&text[last..])
    }
}

/// A task is finished where it is read, and taken back there.
pub(super) fn task_button(ask: &Ask, line: &Kept<Interaction>, here: Option<Origin>) -> Markup {
    let (act, word) = if line.done { ("reopen", words::REOPEN) } else { ("finish", words::DONE) };
    let back = here.and_then(|here| address(ask, here)).unwrap_or_else(|| "/today".to_owned());
    html! {
        @if ask.actor.can(&format!("{}.{act}", Interaction::DEF.name)) {
            " "
            span.acts {
                (Button::post(ask.say(word), format!("/interactions/{}/do/{act}", line.id))
                    .small()
                    .hidden("token", ask.token.as_str())
                    .hidden("key", new_key())
                    .hidden("back", back))
            }
        }
    }
}

fn note(language: Language, line: &Interaction, author: &str, people: &[Person]) -> String {
    let mut parts: Vec<String> = Vec::new();
    if line.kind == InteractionKind::Task {
        let to = line.assignee.and_then(|who| name_of(who, people));
        parts.extend(
            to.filter(|name| *name != author)
                .map(|name| format!("{} {name}", say(language, "pour", "for"))),
        );
        parts.extend(
            line.due_on.map(|due| {
                format!("{} {}", say(language, "pour le", "due"), language.short_day(due))
            }),
        );
        if line.done {
            parts.push(say(language, "faite", "done").to_owned());
        }
    }
    if !author.is_empty() {
        parts.push(author.to_owned());
    }
    parts.join(" · ")
}

/// The name of a user, from what a task holds.
pub(super) fn name_of(who: Origin, people: &[Person]) -> Option<&str> {
    let found = people.iter().find(|person| person.id.raw() == who.id);
    found.map(|person| person.name.as_str())
}

fn tone(code: &str) -> Voice {
    match code {
        "order.held" | "invoice.overdue" | "invoice.unsent" | "payment.undone" => Voice::Trouble,
        _ => Voice::Fact,
    }
}

fn icon_of(line: &Interaction) -> Option<Icon> {
    match line.kind {
        InteractionKind::Note => Some(Icon::Note),
        InteractionKind::Call => Some(Icon::Phone),
        InteractionKind::Mail => Some(Icon::Mail),
        InteractionKind::Task => Some(if line.done { Icon::Check } else { Icon::Clock }),
        InteractionKind::Fact => None,
    }
}

/// The page of a record that the person may read.
pub(super) fn address(ask: &Ask, origin: Origin) -> Option<String> {
    let def = ask.state.catalog.entity(origin.entity)?;
    ask.actor.can(&format!("{}.read", def.name)).then(|| show::href(def, origin.id))
}
