//! Which lines are asked for: by person, kind of record, act and days; and the form that asks.

use identity::User;
use kernel::{Day, Entity, Filter, Instant, RawId, Text};
use maud::{Markup, html};
use store::audit::{Line, Wanted};
use store::tree::entry::Log;

use super::said;
use crate::address::encoded;
use crate::answer::Refused;
use crate::door::Ask;
use crate::parts::{Button, Icon};
use crate::words;

/// The entity of what people are told: left out unless it is asked for.
const NOTIFICATION: &str = "notification";
const ALL: Text = Text::new("toutes", "all");
const ALL_BUT_TOLD: Text = Text::new("toutes, sans les notifications", "all but notifications");
const ALL_ACTS: Text = Text::new("tous", "all");
/// The lines of one page.
const LIMIT: u32 = 50;

/// What the address asks for.
pub struct Asked {
    pub wanted: Wanted,
    /// The filters, as they stand in an address.
    query: String,
    /// The way to the first page, from any other.
    pub first: Option<String>,
    from: String,
    to: String,
}

impl Asked {
    pub fn of(ask: &Ask) -> Self {
        let text = |name: &str| Some(ask.query.text(name)).filter(|text| !text.is_empty());
        let day = |name: &str| text(name).and_then(|day| Day::parse(day).ok());
        let number = |name: &str| text(name).and_then(|text| text.parse().ok());
        let (from, to) = (day("from"), day("to"));
        let begin = |day: Day| Instant(i64::from(day.0) * Instant::DAY);
        let wanted = Wanted {
            log: text("log").and_then(Log::of).or_else(|| text("verb").map(said::log_of)),
            actor: text("person").and_then(|id| RawId::parse(id).ok()),
            record: text("record").and_then(|id| RawId::parse(id).ok()),
            entity: text("entity").map(ToOwned::to_owned),
            // What people are told of is told by the lines that they are told of.
            without: text("entity").is_none().then_some(NOTIFICATION),
            verb: text("verb").map(ToOwned::to_owned),
            from: from.map(begin),
            to: to.map(|day| Instant(begin(day).0 + Instant::DAY)),
            before: [number("c").unwrap_or(i64::MAX), number("a").unwrap_or(i64::MAX)],
            limit: LIMIT,
        };
        let names = ["log", "person", "record", "entity", "verb", "from", "to"];
        let given = names.iter().filter_map(|name| Some((name, text(name)?)));
        let pairs = given.map(|(name, value)| format!("{name}={}", encoded(value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        let moved = text("c").is_some() || text("a").is_some();
        let written = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        Self {
            wanted,
            first: moved.then(|| format!("/audit?{query}")),
            query,
            from: written(from),
            to: written(to),
        }
    }

    /// The way to the lines after these, if there may be any.
    pub fn next(&self, lines: &[Line]) -> Option<String> {
        if lines.len() < usize::try_from(LIMIT).unwrap_or(0) {
            return None;
        }
        let last = |log: Log, before: i64| {
            let of = lines.iter().filter(|line| line.entry.log == log);
            of.map(|line| line.entry.seq).min().unwrap_or(before)
        };
        let [changes, accesses] = self.wanted.before;
        let (c, a) = (last(Log::Change, changes), last(Log::Access, accesses));
        Some(format!("/audit?{}&c={c}&a={a}", self.query))
    }

    /// The filters, to be changed.
    pub fn form(&self, ask: &Ask, people: &[(String, String)]) -> Markup {
        let wanted = &self.wanted;
        let person = wanted.actor.map(|id| id.to_string()).unwrap_or_default();
        let record = wanted.record.map(|id| id.to_string()).unwrap_or_default();
        let entity = wanted.entity.as_deref().unwrap_or("");
        let verb = wanted.verb.as_deref().unwrap_or("");
        let mut kinds: Vec<_> = ask.state.catalog.entities().collect();
        kinds.sort_by_key(|def| store::fold(def.label.say(ask.language)));
        let kinds = kinds.iter().map(|def| (def.name, def.label.say(ask.language)));
        let verbs = said::VERBS.iter().map(|(name, _, label)| (*name, label.say(ask.language)));
        let people = people.iter().map(|(id, name)| (id.as_str(), name.as_str()));
        let narrowed = !self.query.is_empty();
        html! {
            div.chips { form method="get" action="/audit" role="search" data-filter {
                @if !record.is_empty() { input type="hidden" name="record" value=(record); }
                (choice("person", ask.say(Text::new("Personne", "Person")), ask.say(ALL), &person, people))
                (choice("entity", ask.say(Text::new("Fiche", "Record")), ask.say(ALL_BUT_TOLD), entity, kinds))
                (choice("verb", ask.say(Text::new("Acte", "Act")), ask.say(ALL_ACTS), verb, verbs))
                label.muted for="audit-from" { (ask.say(Text::new("Du", "From"))) }
                input.in type="date" id="audit-from" name="from" value=(self.from);
                label.muted for="audit-to" { (ask.say(words::UNTIL)) }
                input.in type="date" id="audit-to" name="to" value=(self.to);
                (Button::submit(ask.say(words::SEE)).icon(Icon::Filter).small())
                @if narrowed { (Button::link(ask.say(words::CLEAR), "/audit").bare().small()) }
            } }
        }
    }
}

fn choice<'a>(
    name: &str,
    label: &str,
    all: &str,
    chosen: &str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
) -> Markup {
    let id = format!("audit-{name}");
    html! {
        label.muted for=(id) { (label) }
        select.in id=(id) name=(name) {
            option value="" selected[chosen.is_empty()] { (all) }
            @for (value, said) in options {
                option value=(value) selected[value == chosen] { (said) }
            }
        }
    }
}

/// The people of the company: their ids and their names, by name.
///
/// # Errors
/// `store.*`, as a page.
pub async fn people(ask: &Ask) -> Result<Vec<(String, String)>, Refused> {
    if ask.state.catalog.entity(User::DEF.name).is_none() {
        return Ok(Vec::new());
    }
    let users = ask.read(|tx, _| Ok(tx.find::<User>(Filter::everything())?)).await?;
    let mut people: Vec<(String, String)> =
        users.iter().map(|user| (user.id.to_string(), user.name.clone())).collect();
    people.sort_by_key(|(_, name)| store::fold(name));
    Ok(people)
}
