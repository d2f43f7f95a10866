//! What people are told, as it is written: however often something happens, one unread notification
//! for each record, person and reason.

use crm::interactions::{Interaction, InteractionKind};
use identity::User;
use kernel::{Entity, Fault, Faults, Id, Instant, Kept, Origin, Query, Tx};

use super::kept::{Notification, Why, follow};
use super::people::people;
use super::tell::tellable;

/// The longest name or text kept of what someone is told.
const WORDS_MOST: usize = 200;
/// Tasks that have been late for longer, in days, are told of no more.
const LATE_MOST: i32 = 7;

/// What one line of the audit tells, and to whom.
pub(super) struct News {
    pub(super) seq: i64,
    pub(super) at: Instant,
    pub(super) who: String,
    pub(super) about: Origin,
    pub(super) told: Vec<(Id<User>, Why, String)>,
    /// Who follows the record from now on.
    pub(super) joins: Vec<Id<User>>,
}

/// The first line of a text, as much of it as is kept.
pub(super) fn cut(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    if line.chars().count() <= WORDS_MOST {
        return line.to_owned();
    }
    line.chars().take(WORDS_MOST - 1).chain(['…']).collect()
}

/// Writes it: one unread notification for each record, person and reason, however often.
pub(super) fn write(tx: &mut Tx<'_>, news: &News) -> Result<(), Faults> {
    for user in &news.joins {
        follow(tx, *user, news.about)?;
    }
    for (owner, why, what) in &news.told {
        let Some(mut known) = last(tx, *owner, news.about, *why)? else {
            insert(tx, news, *owner, *why, what)?;
            continue;
        };
        if known.line >= news.seq {
            continue;
        }
        if known.read_at.is_some() {
            insert(tx, news, *owner, *why, what)?;
            continue;
        }
        // The lines of one command are one change.
        known.times += i64::from(known.at != news.at);
        if !known.who.split(", ").any(|name| name == news.who) {
            known.who = cut(&format!("{}, {}", known.who, news.who));
        }
        (known.at, known.line) = (news.at, news.seq);
        if !what.is_empty() {
            known.what.clone_from(what);
        }
        tx.save(&known)?;
    }
    Ok(())
}

fn last(
    tx: &mut Tx<'_>,
    owner: Id<User>,
    about: Origin,
    why: Why,
) -> Result<Option<Kept<Notification>>, Fault> {
    let same = Notification::ABOUT.is(&about)
        & Notification::OWNER.is(&owner)
        & Notification::WHY.is(&why);
    let found = tx.select(Query::all(Notification::DEF).only(same.condition).newest().limit(1))?;
    Ok(found.into_iter().next())
}

fn insert(
    tx: &mut Tx<'_>,
    news: &News,
    owner: Id<User>,
    why: Why,
    what: &str,
) -> Result<(), Faults> {
    tx.insert(&Notification {
        about: news.about,
        why,
        who: cut(&news.who),
        what: what.to_owned(),
        times: 1,
        at: news.at,
        read_at: None,
        line: news.seq,
        owner,
    })?;
    Ok(())
}

/// Tells those whose tasks are due, each task once. Work of the morning; gives how many it told of.
///
/// # Errors
/// `store.*`.
pub fn due(tx: &mut Tx<'_>) -> Result<usize, Faults> {
    let (today, team) = (tx.today(), people(tx)?);
    let open = Interaction::KIND.is(&InteractionKind::Task)
        & Interaction::DONE.is(&false)
        & Interaction::DUE_ON.at_least(&Some(today + -LATE_MOST))
        & Interaction::DUE_ON.at_most(&Some(today));
    let mut count = 0;
    for task in tx.find(open)? {
        let Some(who) = task.assignee else { continue };
        let about = Origin::of(task.id);
        let person = team.iter().find(|person| person.id.raw() == who.id);
        let Some(person) = person.filter(|person| tellable(person, about, None)) else { continue };
        if last(tx, person.id, about, Why::Due)?.is_some() {
            continue;
        }
        let news = News {
            seq: 0,
            at: tx.now(),
            who: String::new(),
            about,
            told: Vec::new(),
            joins: Vec::new(),
        };
        insert(tx, &news, person.id, Why::Due, &cut(&task.subject))?;
        count += 1;
    }
    Ok(count)
}
