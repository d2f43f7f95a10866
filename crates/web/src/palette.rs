//! The palette: records, pages and commands by a few letters, in French or English, as far as the
//! person's rights reach.

use kernel::{ActionDef, EntityDef, Faults, Row, Text, Tx, Value};
use maud::html;

use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::parts::{Button, Found, FoundGroup, Icon, Tone, found, head};
use crate::show;
use crate::titles::title_of;
use crate::together::words::{NOTIFICATIONS, TODAY};
use crate::{dashboard, help, import, nav, pick, words};

/// How many records of one entity, and how many in all.
const OF_ONE: u32 = 4;
const IN_ALL: usize = 16;
/// How many parts of the guide, and how they are called.
const OF_GUIDE: usize = 4;
const GUIDE: Text = Text::new("Guide", "Guide");
/// Fewer letters than this match too much of everything.
const LETTERS: usize = 2;

/// `/palette?q=`: the answer alone. `on` is the page it is asked from.
pub async fn palette(ask: Ask) -> Answer {
    let (typed, groups) = look(&ask).await?;
    Ok(answer::html(&found(ask.language, &typed, &groups)))
}

/// `/search?q=`: the same as a page.
pub async fn search(ask: Ask) -> Answer {
    let (typed, groups) = look(&ask).await?;
    let title = ask.say(words::SEARCH);
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        form.row method="get" action="/search" role="search" {
            input.in type="search" name="q" value=(ask.query.text("q")) aria-label=(title) autofocus;
            (Button::submit(title).primary())
        }
        div.found.mt #found { (found(ask.language, &typed, &groups)) }
    };
    Ok(ask.page("", Vec::new(), title, &body))
}

/// What the sign before the words asks for.
#[derive(PartialEq, Clone, Copy)]
enum Scope {
    All,
    /// `>`: acts.
    Commands,
    /// `#`: the number of a document.
    Numbers,
}

async fn look(ask: &Ask) -> Result<(String, Vec<FoundGroup>), answer::Refused> {
    let text = ask.query.text("q");
    let (scope, typed) = match text.strip_prefix('>').map(|rest| (Scope::Commands, rest)) {
        Some(found) => found,
        None => match text.strip_prefix('#') {
            Some(rest) => (Scope::Numbers, rest),
            None => (Scope::All, text),
        },
    };
    let typed = typed.trim().to_owned();
    let mut groups = Vec::new();
    let enough = typed.chars().count() >= LETTERS || scope == Scope::Numbers && !typed.is_empty();
    if scope != Scope::Commands && enough {
        let words = typed.clone();
        let numbers = scope == Scope::Numbers;
        let lines = ask.read(move |tx, ask| records(tx, ask, &words, numbers)).await?;
        groups.push(FoundGroup { title: ask.say(words::RECORDS).to_owned(), lines });
    }
    if scope != Scope::Numbers {
        let here = acts_here(ask, &typed).await?;
        let mut commands = here;
        commands.extend(creations(ask, &typed));
        commands.extend(imports(ask, &typed));
        let places = if scope == Scope::All { places(ask, &typed) } else { Vec::new() };
        groups.push(FoundGroup { title: ask.say(words::COMMANDS).to_owned(), lines: commands });
        groups.push(FoundGroup { title: ask.say(words::PLACES).to_owned(), lines: places });
        let told = if scope == Scope::All { guide(ask, &typed) } else { Vec::new() };
        groups.push(FoundGroup { title: ask.say(GUIDE).to_owned(), lines: told });
    }
    Ok((typed, groups))
}

fn records(tx: &mut Tx<'_>, ask: &Ask, typed: &str, numbers: bool) -> Result<Vec<Found>, Faults> {
    let mut lines = Vec::new();
    let searched = |def: &&'static EntityDef| {
        let any = def.fields.iter().any(|field| field.search) && (!numbers || numbered(def));
        any && def.parent().is_none() && nav::reads(ask, def)
    };
    for def in ask.state.catalog.entities().filter(searched) {
        for row in pick::matching(tx, def, typed, OF_ONE)? {
            let title = title_of(def, &row, ask.language);
            if numbers && !store::fold(&title).contains(&store::fold(typed)) {
                continue;
            }
            lines.push((numbered(def), line(ask, def, &row, title)));
        }
    }
    // What begins with the words comes before what holds them, a document before what was said
    // about it.
    let wanted = store::fold(typed);
    lines.sort_by_key(|(numbered, line)| {
        (!store::fold(&line.label).starts_with(&wanted), !numbered)
    });
    lines.truncate(IN_ALL);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// Whether the records are called by a number of their own.
fn numbered(def: &EntityDef) -> bool {
    def.fields.iter().any(|field| field.title && field.unique)
}

fn line(ask: &Ask, def: &'static EntityDef, row: &Row, title: String) -> Found {
    let state = def.fields.iter().zip(&row.values).find_map(|(field, value)| match value {
        Value::Text(name) if show::is_state(field) => {
            let label = field.choices().iter().find(|(known, _)| known == name)?.1;
            Some((show::tone(name), label.say(ask.language).to_owned()))
        }
        _ => None,
    });
    Found {
        icon: icon_of(ask, def),
        label: title,
        href: show::href(def, row.id),
        state,
        note: def.label.say(ask.language).to_owned(),
        key: None,
    }
}

fn icon_of(ask: &Ask, def: &EntityDef) -> Icon {
    let place = nav::seen(ask).into_iter().find(|page| page.name == def.name);
    match place.map(|page| page.group) {
        Some(nav::Group::Sales) => Icon::Sales,
        Some(nav::Group::Stock) => Icon::Stock,
        Some(nav::Group::Finance) => Icon::Finance,
        Some(nav::Group::Settings) => Icon::Settings,
        _ => Icon::File,
    }
}

/// Whether every word typed is in one of the labels, French or English.
fn speaks_of(typed: &str, labels: &[Text]) -> bool {
    let said: Vec<String> =
        labels.iter().flat_map(|label| [store::fold(label.fr), store::fold(label.en)]).collect();
    let mut words = store::fold(typed);
    words.retain(|letter| letter != '>');
    words.split_whitespace().all(|word| said.iter().any(|label| label.contains(word)))
}

fn places(ask: &Ask, typed: &str) -> Vec<Found> {
    let mut pages: Vec<Found> = nav::seen(ask)
        .into_iter()
        .filter(|page| {
            let own = page.def.map_or(page.label, |def| def.labels);
            speaks_of(typed, &[page.label, own])
        })
        .map(|page| Found {
            icon: Icon::Right,
            label: page.label.say(ask.language).to_owned(),
            href: page.href,
            state: None,
            note: String::new(),
            key: page.letter.map(|letter| format!("g+{letter}")),
        })
        .collect();
    let more = [
        (Icon::Day, "/today", Some('j'), [TODAY, TODAY]),
        (Icon::Bell, "/notifications", None, [NOTIFICATIONS, NOTIFICATIONS]),
        (Icon::Settings, "/settings", None, [words::SETTINGS, words::MY_ACCOUNT]),
    ];
    let dashboard = (Icon::Chart, dashboard::ADDRESS, Some(dashboard::LETTER));
    let dashboard = ask.actor.can(dashboard::RIGHT).then_some(dashboard);
    let dashboard = dashboard
        .map(|(icon, href, letter)| (icon, href, letter, [dashboard::LABEL, dashboard::LABEL]));
    let more = more.into_iter().chain(dashboard);
    let more = more.filter(|(.., labels)| speaks_of(typed, labels));
    pages.extend(more.map(|(icon, href, letter, [label, _])| Found {
        icon,
        label: ask.say(label).to_owned(),
        href: href.to_owned(),
        state: None,
        note: String::new(),
        key: letter.map(|letter| format!("g+{letter}")),
    }));
    pages.truncate(IN_ALL);
    pages
}

/// The parts of the guide that hold the words, those that have them in their heading first.
fn guide(ask: &Ask, typed: &str) -> Vec<Found> {
    if typed.chars().count() < LETTERS {
        return Vec::new();
    }
    let told = help::book::search(ask.language, typed).into_iter().take(OF_GUIDE);
    told.map(|answer| Found {
        icon: Icon::Note,
        label: match answer.part.heading.as_str() {
            "" => answer.page.title.clone(),
            heading => heading.to_owned(),
        },
        href: match answer.part.anchor.as_str() {
            "" => answer.page.href(),
            anchor => format!("{}#{anchor}", answer.page.href()),
        },
        state: None,
        note: answer.page.title.clone(),
        key: None,
    })
    .collect()
}

fn creations(ask: &Ask, typed: &str) -> Vec<Found> {
    let mut lines: Vec<Found> = nav::seen(ask)
        .into_iter()
        .filter_map(|page| page.def)
        .filter(|def| nav::creates(ask, def))
        .filter(|def| speaks_of(typed, &[words::CREATE, words::NEW, def.label, def.labels]))
        .map(|def| Found {
            icon: Icon::Plus,
            label: words::colon(ask.language, ask.say(words::CREATE), def.label.say(ask.language)),
            href: format!("/{}/new", def.plural),
            state: None,
            note: String::new(),
            key: None,
        })
        .collect();
    lines.truncate(if typed.is_empty() { 5 } else { IN_ALL });
    lines
}

/// The ways to bring records in from a file: once asked for, or beside the list they belong to.
fn imports(ask: &Ask, typed: &str) -> Vec<Found> {
    let on = ask.query.text("on").to_owned();
    let here = on.trim_matches('/').split(['/', '?']).next().unwrap_or("").to_owned();
    let wanted = |def: &&'static EntityDef| match typed.is_empty() {
        true => def.plural == here,
        false => speaks_of(typed, &[import::IMPORT, def.label, def.labels]),
    };
    let seen = nav::seen(ask).into_iter().filter_map(|page| page.def);
    let mut lines: Vec<Found> = seen
        .filter(|def| import::imports(ask, def))
        .filter(wanted)
        .map(|def| Found {
            icon: Icon::Plus,
            label: words::colon(
                ask.language,
                ask.say(import::IMPORT),
                def.labels.say(ask.language),
            ),
            href: import::href(def),
            state: None,
            note: String::new(),
            key: None,
        })
        .collect();
    lines.truncate(IN_ALL);
    lines
}

/// The acts offered on the record whose page is open.
async fn acts_here(ask: &Ask, typed: &str) -> Result<Vec<Found>, answer::Refused> {
    let on = ask.query.text("on").to_owned();
    let mut parts = on.trim_matches('/').split('/');
    let (Some(plural), Some(id)) = (parts.next(), parts.next()) else { return Ok(Vec::new()) };
    let (Some(def), Ok(id)) = (ask.state.catalog.plural(plural), kernel::RawId::parse(id)) else {
        return Ok(Vec::new());
    };
    if !nav::reads(ask, def) {
        return Ok(Vec::new());
    }
    let row = ask.read(move |tx, _| Ok(tx.row(def, id)?)).await?;
    let Some(row) = row else { return Ok(Vec::new()) };
    let offered = |act: &&'static ActionDef| {
        ask.actor.can(&act.right()) && (act.offered)(&row.values) && speaks_of(typed, &[act.label])
    };
    let acts = ask.state.catalog.actions_on(def.name).filter(offered);
    Ok(acts
        .map(|act| Found {
            icon: Icon::Check,
            label: act.label.say(ask.language).to_owned(),
            href: format!("{}/do/{}", show::href(def, id), act.name),
            state: Some((Tone::Yours, title_of(def, &row, ask.language))),
            note: String::new(),
            key: None,
        })
        .collect())
}
