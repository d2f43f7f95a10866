//! In which order the year is replayed, and what goes into one command.
//!
//! Day by day: the sales of the day in the order of the file, then what came back that day, then the
//! payments that fall due. Several documents share a command; the commands of a run and of a later
//! one that goes on from it are the same, and their keys too.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use kernel::{Day, Instant};

use super::classify::{Deed, Plan};

/// The most documents, and lines, that share a command.
const MOST_DOCUMENTS: usize = 25;
const MOST_LINES: usize = 600;
/// The most customers whose payments share a command.
const MOST_PAYERS: usize = 50;
/// When payments come in: after the last document of any day of the file.
const EVENING: i64 = 21 * 3600 * Instant::SECOND;

/// One step of the year. Documents are ranges of [`Schedule::order`].
#[derive(Debug, Clone, PartialEq)]
pub enum Task {
    Sell {
        at: Instant,
        documents: Range<usize>,
    },
    TakeBack {
        at: Instant,
        documents: Range<usize>,
    },
    /// These customers pay what is due that day.
    Settle {
        at: Instant,
        day: Day,
        payers: Vec<Option<usize>>,
    },
}

#[derive(Debug, Default)]
pub struct Schedule {
    pub tasks: Vec<Task>,
    /// The ranks of the plan's documents in the order in which they are replayed.
    pub order: Vec<usize>,
}

impl Schedule {
    /// The day of the last task.
    #[must_use]
    pub fn last_day(&self) -> Option<Day> {
        self.tasks.last().map(|task| task.at().day())
    }
}

impl Task {
    #[must_use]
    pub const fn at(&self) -> Instant {
        match self {
            Self::Sell { at, .. } | Self::TakeBack { at, .. } | Self::Settle { at, .. } => *at,
        }
    }
}

/// The day a customer pays what it bought, or is paid back what it is owed: the walk-in customer at
/// once, the others at the end of the month, 30 days after a sale. It is a simulation: the file says
/// nothing of payments.
fn payday(customer: Option<usize>, day: Day, deed: &Deed) -> Day {
    match (customer, deed) {
        (None, _) => day,
        (Some(_), Deed::Sale) => (day + 30).end_of_month(),
        (Some(_), Deed::Return(_)) => day.end_of_month(),
    }
}

/// Orders the documents of a plan and cuts them into commands.
#[must_use]
pub fn schedule(plan: &Plan) -> Schedule {
    let mut days: BTreeMap<Day, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    let mut paydays: BTreeMap<Day, BTreeSet<Option<usize>>> = BTreeMap::new();
    for (rank, document) in plan.documents.iter().enumerate() {
        let day = document.at.day();
        let (sales, returns) = days.entry(day).or_default();
        if document.deed == Deed::Sale {
            sales.push(rank)
        } else {
            returns.push(rank)
        }
        let payday = payday(document.customer, day, &document.deed);
        paydays.entry(payday).or_default().insert(document.customer);
    }
    let all: BTreeSet<Day> = days.keys().chain(paydays.keys()).copied().collect();
    let mut schedule = Schedule::default();
    for day in all {
        if let Some((sales, returns)) = days.remove(&day) {
            let clock = add(&mut schedule, plan, &sales, Instant(0));
            add(&mut schedule, plan, &returns, clock);
        }
        let payers: Vec<Option<usize>> = paydays.remove(&day).into_iter().flatten().collect();
        let at = Instant(i64::from(day.0) * Instant::DAY + EVENING);
        for payers in payers.chunks(MOST_PAYERS) {
            let payers = payers.to_vec();
            schedule.tasks.push(Task::Settle { at, day, payers });
        }
    }
    schedule
}

/// Cuts documents of one kind and one day into commands. The clock of a command is that of its last
/// document, and never goes back; tells the last one.
fn add(schedule: &mut Schedule, plan: &Plan, documents: &[usize], mut clock: Instant) -> Instant {
    let mut from = 0;
    while from < documents.len() {
        let (mut to, mut lines) = (from, 0);
        while to < documents.len() && to - from < MOST_DOCUMENTS {
            lines += plan.documents[documents[to]].lines.len();
            if lines > MOST_LINES && to > from {
                break;
            }
            to += 1;
        }
        let begun = schedule.order.len();
        schedule.order.extend(&documents[from..to]);
        let range = begun..schedule.order.len();
        for document in &documents[from..to] {
            clock = clock.max(plan.documents[*document].at);
        }
        let sale = plan.documents[documents[from]].deed == Deed::Sale;
        schedule.tasks.push(if sale {
            Task::Sell { at: clock, documents: range }
        } else {
            Task::TakeBack { at: clock, documents: range }
        });
        from = to;
    }
    clock
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::classify::Document;

    fn document(rank: usize, hour: i64, deed: Deed) -> Document {
        let at = Instant(hour * 3600 * Instant::SECOND);
        Document { rank, at, customer: Some(0), lines: vec![rank], deed }
    }

    #[test]
    fn a_day_sells_then_takes_back_and_months_end_with_payments() {
        let documents = vec![
            document(0, 8, Deed::Return(Vec::new())),
            document(1, 9, Deed::Sale),
            document(2, 10, Deed::Sale),
            document(3, 33, Deed::Sale),
        ];
        let schedule = schedule(&Plan { documents, listed: Vec::new() });
        assert_eq!(schedule.order, [1, 2, 0, 3]);
        let hour = |hours: i64| Instant(hours * 3600 * Instant::SECOND);
        assert_eq!(schedule.tasks[0], Task::Sell { at: hour(10), documents: 0..2 });
        assert_eq!(schedule.tasks[1], Task::TakeBack { at: hour(10), documents: 2..3 });
        assert_eq!(schedule.tasks[2], Task::Sell { at: hour(33), documents: 3..4 });
        // What came back in January is paid back at its end; 30 days after the first of January is
        // the end of January too, after the second it is the end of February.
        let days = schedule.tasks[3..].iter().map(|task| task.at().day().to_string());
        assert_eq!(days.collect::<Vec<_>>(), ["1970-01-31", "1970-02-28"]);
        assert!(matches!(&schedule.tasks[3], Task::Settle { payers, .. } if *payers == [Some(0)]));
    }

    #[test]
    fn a_command_holds_no_more_than_its_most() {
        let documents = (0..60).map(|rank| document(rank, 8, Deed::Sale)).collect();
        let schedule = schedule(&Plan { documents, listed: Vec::new() });
        let sizes: Vec<usize> = schedule
            .tasks
            .iter()
            .filter_map(|task| match task {
                Task::Sell { documents, .. } => Some(documents.len()),
                _ => None,
            })
            .collect();
        assert_eq!(sizes, [25, 25, 10]);
    }
}
