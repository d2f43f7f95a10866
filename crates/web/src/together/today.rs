//! `/today`: the day of whoever is signed in: their tasks, their next steps, what waits for them,
//! what changed in what they follow.

use crm::interactions::{Interaction, InteractionKind};
use crm::sales::{Hold, Opportunity, OpportunityStage, Order};
use identity::{Role, User};
use kernel::{Choice, Day, Direction, Entity, Faults, Id, Instant, Kept, Origin, Query, RawId, Tx};
use maud::{Markup, html};

use super::drawn::{address, task_button};
use super::kept::{Notification, Why};
use super::people::{Person, people};
use super::{compose, inbox, words};
use crate::answer::Answer;
use crate::approvals;
use crate::door::Ask;
use crate::nav;
use crate::pages::orders::when;
use crate::parts::{Tone, empty, head, rows, section, state};
use crate::show;
use crate::titles::Titles;

/// How many tasks are read, and how many lines of the rest are shown.
const TASKS: u32 = 200;
const SHOWN: u32 = 12;

struct Seen {
    tasks: Vec<Kept<Interaction>>,
    steps: Vec<Kept<Opportunity>>,
    holds: Vec<Kept<Hold>>,
    changes: Vec<Kept<Notification>>,
    approvals: approvals::Waiting,
    titles: Titles,
    people: Vec<Person>,
    now: Instant,
}

/// The page.
pub(super) async fn page(ask: Ask) -> Answer {
    let seen = ask.read(see).await?;
    let title = ask.say(words::TODAY);
    let nothing = seen.tasks.is_empty()
        && seen.steps.is_empty()
        && seen.holds.is_empty()
        && seen.changes.is_empty()
        && seen.approvals.is_empty();
    let over = html! { (ask.language.day(seen.now.day())) };
    let body = html! {
        (head(&over, title, &html! {}, &[]))
        (approvals::drawn(&ask, &seen.approvals, "/today"))
        div.cols.with-side.today {
            div {
                @if nothing {
                    (empty(ask.say(words::NOTHING_TODAY), ask.say(words::NOTHING_TODAY_NEXT), &[]))
                } @else if seen.tasks.is_empty() {
                    (section(ask.say(words::TASKS), &html! {}, &html! {
                        p.muted { (ask.say(words::NO_TASKS)) }
                    }))
                }
                (tasks(&ask, &seen))
                (steps(&ask, &seen))
                (holds(&ask, &seen))
            }
            aside.side {
                @if ask.actor.can("interaction.create") {
                    (section(ask.say(words::NEW_TASK), &html! {}, &compose::form(
                        &ask, &seen.people, &compose::Typed::task("/today"),
                    )))
                }
                (changes(&ask, &seen))
            }
        }
    };
    Ok(ask.page("today", Vec::new(), title, &body))
}

fn see(tx: &mut Tx<'_>, ask: &Ask) -> Result<Seen, Faults> {
    let mut seen = Seen {
        tasks: Vec::new(),
        steps: Vec::new(),
        holds: Vec::new(),
        changes: Vec::new(),
        approvals: approvals::waiting(tx, ask)?,
        titles: Titles::default(),
        people: people(tx)?,
        now: tx.now(),
    };
    let Some(user) = ask.actor.user else { return Ok(seen) };
    if reads::<Interaction>(ask) {
        seen.tasks = own_tasks(tx, user)?;
    }
    if reads::<Opportunity>(ask) {
        seen.steps = next_steps(tx, &ask.actor.name)?;
    }
    if reads::<Hold>(ask) {
        let role = seen.people.iter().find(|person| person.id.raw() == user).map(|p| p.role);
        seen.holds = own_holds(tx, role, &ask.actor.name)?;
    }
    seen.changes = own_changes(tx, user)?;
    let tasks = seen.tasks.iter().filter_map(of_task).map(|about| (about.entity, about.id));
    let held = seen.holds.iter().map(|hold| (Order::DEF.name, hold.order.raw()));
    let parties = seen.steps.iter().map(|sale| ("party", sale.party.raw()));
    let named: Vec<_> = tasks.chain(held).chain(parties).collect();
    seen.titles = inbox::titles(tx, ask, &seen.changes)?;
    seen.titles.gather(ask.state.catalog, tx, &ask.actor, named)?;
    Ok(seen)
}

fn reads<E: Entity>(ask: &Ask) -> bool {
    ask.state.catalog.entity(E::DEF.name).is_some_and(|def| nav::reads(ask, def))
}

fn own_tasks(tx: &mut Tx<'_>, user: RawId) -> Result<Vec<Kept<Interaction>>, Faults> {
    let mine = Interaction::ASSIGNEE.has(&Origin::of(Id::<User>::from_raw(user)))
        & Interaction::DONE.is(&false)
        & Interaction::KIND.is(&InteractionKind::Task);
    let query = Query::all(Interaction::DEF).only(mine.condition).limit(TASKS);
    Ok(tx.select(query.sorted(Interaction::DUE_ON.name, Direction::Up))?)
}

fn next_steps(tx: &mut Tx<'_>, seller: &str) -> Result<Vec<Kept<Opportunity>>, Faults> {
    let open = [
        OpportunityStage::New,
        OpportunityStage::Qualified,
        OpportunityStage::Proposal,
        OpportunityStage::Negotiation,
    ];
    let mine = Opportunity::SELLER.has(&seller.to_owned())
        & Opportunity::STAGE.among(&open)
        & !Opportunity::NEXT_STEP_ON.empty();
    let query = Query::all(Opportunity::DEF).only(mine.condition).limit(SHOWN);
    Ok(tx.select(query.sorted(Opportunity::NEXT_STEP_ON.name, Direction::Up))?)
}

fn own_holds(tx: &mut Tx<'_>, role: Option<Role>, name: &str) -> Result<Vec<Kept<Hold>>, Faults> {
    let mut owners = vec![name.to_owned()];
    owners.extend(role.map(|role| role.name().to_owned()));
    let open = Hold::RELEASED_AT.empty() & Hold::OWNER.among(&owners);
    // Along the index: what is released is the most, and is never read.
    let query = Query::all(Hold::DEF).only(open.condition).limit(SHOWN);
    Ok(tx.select(query.sorted(Hold::KIND.name, Direction::Up))?)
}

/// What others changed since yesterday in what one follows.
fn own_changes(tx: &mut Tx<'_>, user: RawId) -> Result<Vec<Kept<Notification>>, Faults> {
    let since = Instant(Instant::noon(tx.today() + -1).0 - Instant::DAY / 2);
    let mine = Notification::OWNER.is(&Id::<User>::from_raw(user))
        & Notification::WHY.is(&Why::Changed)
        & Notification::AT.at_least(&since);
    let query = Query::all(Notification::DEF).only(mine.condition).limit(SHOWN);
    Ok(tx.select(query.sorted(Notification::AT.name, Direction::Down))?)
}

/// The record that a task is about.
fn of_task(task: &Kept<Interaction>) -> Option<Origin> {
    task.about.or(task.party.map(Origin::of))
}

fn tasks(ask: &Ask, seen: &Seen) -> Markup {
    let today = seen.now.day();
    let week = today + (7 - i32::from(today.weekday()));
    let group = |due: Option<Day>| match due {
        Some(day) if day < today => 0,
        Some(day) if day == today => 1,
        Some(day) if day <= week => 2,
        _ => 3,
    };
    let titles = [words::LATE, words::FOR_TODAY, words::THIS_WEEK, words::LATER];
    html! {
        @for (rank, title) in titles.into_iter().enumerate() {
            @let of_group: Vec<(Markup, Markup)> = seen
                .tasks
                .iter()
                .filter(|task| group(task.due_on) == rank)
                .map(|task| task_line(ask, seen, task))
                .collect();
            @if !of_group.is_empty() {
                (section(ask.say(title), &html! { (of_group.len()) }, &rows(&of_group)))
            }
        }
    }
}

fn task_line(ask: &Ask, seen: &Seen, task: &Kept<Interaction>) -> (Markup, Markup) {
    let about = of_task(task);
    let named = about
        .and_then(|about| Some((address(ask, about)?, seen.titles.of(about.entity, about.id)?)));
    let late = task.due_on.is_some_and(|day| day < seen.now.day());
    let author = task.author.as_deref().filter(|name| *name != &*ask.actor.name);
    let what = html! {
        b { (task.subject) }
        @if let Some((href, title)) = named { " " a href=(href) { (title) } }
        @if let Some(name) = author { small { (name) } }
    };
    let right = html! {
        @if let Some(day) = task.due_on {
            @if late { (state(Tone::Watch, &ask.language.short_day(day))) }
            @else { (ask.language.short_day(day)) }
        }
        (task_button(ask, task, None))
    };
    (what, right)
}

fn steps(ask: &Ask, seen: &Seen) -> Markup {
    let today = seen.now.day();
    let line = |sale: &Kept<Opportunity>| {
        let late = sale.next_step_on.is_some_and(|day| day < today);
        let what = html! {
            a.b href=(show::href(Opportunity::DEF, sale.id.raw())) { (sale.title) }
            small {
                (sale.next_step.as_deref().unwrap_or(""))
                @if let Some(party) = seen.titles.of("party", sale.party.raw()) {
                    " · " (party)
                }
            }
        };
        let day = sale.next_step_on.map(|day| ask.language.short_day(day)).unwrap_or_default();
        let right = if late {
            state(Tone::Watch, &day)
        } else {
            html! { (day) }
        };
        (what, right)
    };
    let lines: Vec<(Markup, Markup)> = seen.steps.iter().map(line).collect();
    html! {
        @if !lines.is_empty() { (section(ask.say(words::NEXT_STEPS), &html! {}, &rows(&lines))) }
    }
}

fn holds(ask: &Ask, seen: &Seen) -> Markup {
    let line = |hold: &Kept<Hold>| {
        let order = hold.order.raw();
        let title = seen.titles.of(Order::DEF.name, order).unwrap_or("—");
        let what = html! {
            a.b href=(show::href(Order::DEF, order)) { (title) }
            small { (hold.says(ask.language)) }
        };
        (what, html! { (when::moment(ask.language, hold.opened_at, seen.now)) })
    };
    let lines: Vec<(Markup, Markup)> = seen.holds.iter().map(line).collect();
    html! {
        @if !lines.is_empty() { (section(ask.say(words::HELD), &html! {}, &rows(&lines))) }
    }
}

fn changes(ask: &Ask, seen: &Seen) -> Markup {
    let all = html! { a href="/notifications" { (ask.say(words::NOTIFICATIONS)) } };
    html! {
        @if !seen.changes.is_empty() {
            (section(ask.say(words::CHANGES), &all, &html! {
                ul.rows.told {
                    @for one in &seen.changes {
                        (inbox::line(ask, one, &seen.titles, seen.now, "/today"))
                    }
                }
            }))
        }
    }
}
