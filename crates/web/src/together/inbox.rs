//! `/notifications`: what one is told of, day by day, and the bell of the top bar.

use axum::extract::Path;
use identity::User;
use kernel::{
    Day, Entity, Fault, Faults, Id, Inputs, Instant, Kept, Language, Origin, Query, RawId,
};
use kernel::{Tx, Value};
use maud::{Markup, html};
use serde_json::Value as Json;

use super::drawn::address;
use super::kept::{Notification, Why};
use super::words;
use crate::answer::{self, Answer};
use crate::door::{Ask, new_key};
use crate::pages::HandMade;
use crate::pages::orders::when;
use crate::parts::{Button, Icon, empty, head, icon, section};
use crate::posted::Posted;
use crate::shell::Shell;
use crate::titles::Titles;

/// The page of one's notifications.
pub const NOTIFICATIONS: HandMade =
    HandMade { list: Some(|ask| Box::pin(page(ask))), ..HandMade::of("notification") };

/// How many are shown.
const SHOWN: u32 = 150;
/// More than so many unread are shown as `99+`.
const COUNTED: i64 = 99;

/// How many notifications a user has not read. One look at an index.
///
/// # Errors
/// `store.*`.
pub fn unread(tx: &mut Tx<'_>, user: RawId) -> Result<i64, Fault> {
    const UNREAD: &str = "select count(*) from notifications \
        where company = $1 and owner = $2 and read_at is null";
    let rows = tx.sql(UNREAD, &[Value::Ref(user)])?;
    match rows.first().and_then(|row| row.first()) {
        Some(Value::Integer(count)) => Ok(*count),
        _ => Ok(0),
    }
}

/// The number beside the bell: nothing for none.
#[must_use]
pub fn counted(unread: i64) -> String {
    match unread {
        ..=0 => String::new(),
        1..=COUNTED => unread.to_string(),
        _ => format!("{COUNTED}+"),
    }
}

/// The bell of the top bar. On a page that listens to nothing else it listens for itself.
#[must_use]
pub fn bell(shell: &Shell) -> Markup {
    let label = words::NOTIFICATIONS.say(shell.language);
    let alone = shell.live.is_none().then_some("/live");
    html! {
        @if let Some(unread) = shell.unread {
            a.me.bell #bell href="/notifications" title=(label) data-live=[alone] {
                (icon(Icon::Bell))
                span.sr { (label) " " }
                b { (counted(unread)) }
            }
        }
    }
}

struct Seen {
    all: Vec<Kept<Notification>>,
    titles: Titles,
    now: Instant,
}

fn see(tx: &mut Tx<'_>, ask: &Ask) -> Result<Seen, Faults> {
    let all = match ask.actor.user {
        Some(user) => {
            let own = Notification::OWNER.is(&Id::<User>::from_raw(user));
            let query = Query::all(Notification::DEF).only(own.condition);
            let query = query.sorted(Notification::AT.name, kernel::Direction::Down);
            tx.select(query.limit(SHOWN))?
        }
        None => Vec::new(),
    };
    let titles = titles(tx, ask, &all)?;
    Ok(Seen { all, titles, now: tx.now() })
}

/// What the records are called that these tell of.
pub(super) fn titles(
    tx: &mut Tx<'_>,
    ask: &Ask,
    all: &[Kept<Notification>],
) -> Result<Titles, Fault> {
    let mut titles = Titles::default();
    let named = all.iter().map(|one| (one.about.entity, one.about.id));
    titles.gather(ask.state.catalog, tx, &ask.actor, named.collect::<Vec<_>>())?;
    Ok(titles)
}

async fn page(ask: Ask) -> Answer {
    let seen = ask.read(see).await?;
    let title = ask.say(words::NOTIFICATIONS);
    let unread = seen.all.iter().any(|one| one.read_at.is_none());
    let mut days: Vec<(Day, Vec<&Kept<Notification>>)> = Vec::new();
    for one in &seen.all {
        match days.last_mut().filter(|(day, _)| *day == one.at.day()) {
            Some((_, lines)) => lines.push(one),
            None => days.push((one.at.day(), vec![one])),
        }
    }
    let buttons: Vec<Button> = read_all(&ask).into_iter().filter(|_| unread).collect();
    let body = html! {
        (head(&html! {}, title, &html! {}, &buttons))
        @if days.is_empty() {
            (empty(ask.say(words::NO_NOTIFICATIONS), ask.say(words::NO_NOTIFICATIONS_NEXT), &[]))
        }
        @for (day, lines) in &days {
            (section(&day_of(ask.language, *day, seen.now.day()), &html! {}, &html! {
                ul.rows.told {
                    @for one in lines { (line(&ask, one, &seen.titles, seen.now, "/notifications")) }
                }
            }))
        }
    };
    Ok(ask.page("notifications", Vec::new(), title, &body))
}

fn read_all(ask: &Ask) -> Option<Button> {
    let user = ask.actor.user?;
    let button = Button::post(ask.say(words::READ_ALL), format!("/users/{user}/do/read_all"));
    Some(
        button
            .icon(Icon::Check)
            .hidden("token", ask.token.as_str())
            .hidden("key", new_key())
            .hidden("back", "/notifications"),
    )
}

fn day_of(language: Language, day: Day, today: Day) -> String {
    match (today - day, language) {
        (0, Language::French) => "Aujourd’hui".to_owned(),
        (0, Language::English) => "Today".to_owned(),
        (1, Language::French) => "Hier".to_owned(),
        (1, Language::English) => "Yesterday".to_owned(),
        _ => when::day_of(language, day, today),
    }
}

/// One line: what happened, to which record, when. Its title opens the record and marks it read.
pub(super) fn line(
    ask: &Ask,
    one: &Kept<Notification>,
    titles: &Titles,
    now: Instant,
    back: &str,
) -> Markup {
    let fresh = one.read_at.is_none();
    let title = titles.of(one.about.entity, one.about.id);
    // A task goes by its own words, which are not said twice.
    let task = one.why == Why::Due;
    let label = ask.state.catalog.entity(one.about.entity).map(|def| def.label.say(ask.language));
    let label = label.filter(|_| !task);
    let secret = |value: &str| html! { input type="hidden" name="token" value=(value); };
    html! {
        li .fresh[fresh] {
            span {
                form.inline method="post" action={ "/notifications/" (one.id) "/open" } {
                    (secret(&ask.token))
                    button.as-link type="submit" {
                        @match title {
                            Some(title) => (title),
                            None => (ask.say(crate::words::HIDDEN)),
                        }
                    }
                }
                @if let Some(label) = label { " " span.muted { (label) } }
                small {
                    @if task { (ask.say(words::TASK_DUE)) } @else { (told(ask.language, one)) }
                }
            }
            span.n {
                span.muted { (when::moment(ask.language, one.at, now)) }
                @if fresh { " " (mark_read(ask, one, back)) }
            }
        }
    }
}

fn mark_read(ask: &Ask, one: &Kept<Notification>, back: &str) -> Button {
    let to = format!("/notifications/{}/do/mark_read", one.id);
    Button::post(ask.say(words::READ_ONE), to)
        .icon_only(Icon::Check)
        .small()
        .hidden("token", ask.token.as_str())
        .hidden("key", new_key())
        .hidden("back", back)
}

/// What happened, in a sentence.
#[must_use]
pub fn told(language: Language, one: &Notification) -> String {
    let (who, what, times) = (&one.who, &one.what, one.times);
    match (one.why, language) {
        (Why::Mentioned, Language::French) => format!("{who} vous cite : {what}"),
        (Why::Mentioned, Language::English) => format!("{who} mentions you: {what}"),
        (Why::Assigned, Language::French) => format!("{who} vous confie une tâche : {what}"),
        (Why::Assigned, Language::English) => format!("{who} gives you a task: {what}"),
        (Why::Due, Language::French) => format!("Tâche à faire : {what}"),
        (Why::Due, Language::English) => format!("Task due: {what}"),
        (Why::Held, Language::French) => format!("Commande retenue : {what}"),
        (Why::Held, Language::English) => format!("Order on hold: {what}"),
        (Why::Changed, Language::French) if times > 1 => format!("{times} changements de {who}"),
        (Why::Changed, Language::English) if times > 1 => format!("{times} changes by {who}"),
        (Why::Changed, Language::French) if what.is_empty() => format!("{who} a modifié la fiche"),
        (Why::Changed, Language::English) if what.is_empty() => format!("{who} changed the record"),
        (Why::Changed, Language::French) => format!("{who} a écrit : {what}"),
        (Why::Changed, Language::English) => format!("{who} wrote: {what}"),
    }
}

/// `POST /notifications/{id}/open`: marks it read, and leads to its record.
pub(super) async fn open(Path(id): Path<String>, posted: Posted) -> Answer {
    let catalog = posted.ask.state.catalog;
    let id = RawId::parse(&id).map_err(|fault| posted.ask.refusal(fault))?;
    let done = posted
        .command(move |tx, actor, _| {
            let unknown = || Fault::new("path.unknown").with("path", "/notifications");
            let act = catalog.action(Notification::DEF.name, "mark_read").ok_or_else(unknown)?;
            catalog.run(tx, actor, act, id, &Inputs::default())?;
            Ok(Json::Null)
        })
        .await;
    let Posted { ask, .. } = posted;
    done.map_err(|faults| ask.refusal(faults))?;
    let about = ask.read(move |tx, _| Ok(leads_to(tx, Id::from_raw(id))?)).await?;
    let href = address(&ask, about).unwrap_or_else(|| "/notifications".to_owned());
    Ok(answer::go(&href))
}

/// The record that a notification tells of; of a task that is due, what it is about.
fn leads_to(tx: &mut Tx<'_>, id: Id<Notification>) -> Result<Origin, Fault> {
    let about = tx.get(id)?.about;
    if let Some(task) = about.as_a::<crm::interactions::Interaction>() {
        let task = tx.get(task)?;
        return Ok(task.about.or(task.party.map(Origin::of)).unwrap_or(about));
    }
    Ok(about)
}
