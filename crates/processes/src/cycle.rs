//! How long order to cash takes, step by step, told by the events alone.
//!
//! Each order belongs to the month it was confirmed in. What has not happened yet is not counted.

mod course;

use std::collections::{BTreeMap, HashMap};

use kernel::{Day, Fault, Id, Instant, Rate, Text, Tx, Value};
use master::Party;

use crate::rows::Cells;
use course::{Course, Courses};

/// A step of the cycle, from what begins it to what ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The quote is sent, the customer accepts.
    Quote,
    /// The customer accepts, the order is confirmed.
    Confirm,
    /// The order is confirmed, its last goods leave.
    Deliver,
    /// Its last goods leave, all of it is invoiced.
    Invoice,
    /// All of it is invoiced, all of it is paid.
    Pay,
    /// The order is confirmed, all of it is paid.
    Whole,
}

impl Step {
    pub const ALL: [Step; 6] =
        [Step::Quote, Step::Confirm, Step::Deliver, Step::Invoice, Step::Pay, Step::Whole];

    #[must_use]
    pub const fn label(self) -> Text {
        match self {
            Step::Quote => Text::new("Devis → accord", "Quote → acceptance"),
            Step::Confirm => Text::new("Accord → commande", "Acceptance → order"),
            Step::Deliver => Text::new("Commande → expédition", "Order → shipment"),
            Step::Invoice => Text::new("Expédition → facture", "Shipment → invoice"),
            Step::Pay => Text::new("Facture → paiement", "Invoice → payment"),
            Step::Whole => Text::new("Commande → paiement", "Order → cash"),
        }
    }
}

/// How long something took, over several orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    pub count: usize,
    /// One in twenty took at most this long; all these are in seconds.
    pub low: i64,
    /// A quarter took at most this long.
    pub first: i64,
    pub median: i64,
    /// Three quarters took at most this long.
    pub third: i64,
    /// Nine in ten took at most this long.
    pub ninth: i64,
    /// Nineteen in twenty took at most this long.
    pub high: i64,
}

impl Spread {
    /// The spread of some durations in microseconds; none of none.
    fn of(mut durations: Vec<i64>) -> Option<Self> {
        if durations.is_empty() {
            return None;
        }
        durations.sort_unstable();
        let count = durations.len();
        let middle = count / 2;
        let median = match count % 2 {
            1 => durations[middle],
            _ => (durations[middle - 1] + durations[middle]) / 2,
        };
        // The nearest rank: a duration that happened, never one in between.
        let share = |twentieths: usize| {
            durations[(count * twentieths).div_ceil(20).max(1) - 1] / Instant::SECOND
        };
        let (low, first, third) = (share(1), share(5), share(15));
        let (ninth, high, median) = (share(18), share(19), median / Instant::SECOND);
        Some(Self { count, low, first, median, third, ninth, high })
    }
    /// The median in days, rounded half up to a tenth: 15 is a day and a half.
    #[must_use]
    pub const fn median_tenths_of_days(&self) -> i64 {
        (self.median * 10 + 43_200) / 86_400
    }
}

/// The cycle of some orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    pub orders: usize,
    pub steps: Vec<(Step, Option<Spread>)>,
    /// How many of the orders were held, and for how long those whose holds are all released.
    pub held: usize,
    pub hold: Option<Spread>,
    /// The share of the delivered orders that took more than one shipment.
    pub partial: Rate,
    /// The share of the paid orders that needed no hold, one shipment, one invoice and no credit
    /// note.
    pub first_time_right: Rate,
    /// Days from an invoice to its payment, weighted by amount, over the invoices settled in the
    /// same time; rounded half up.
    pub dso_days: Option<i64>,
}

impl Slice {
    #[must_use]
    pub fn step(&self, step: Step) -> Option<Spread> {
        self.steps.iter().find(|(known, _)| *known == step).and_then(|(_, spread)| *spread)
    }
}

/// The cycle of a time: as a whole, by month, by customer.
#[derive(Debug, Clone)]
pub struct Cycle {
    pub whole: Slice,
    /// By the first day of the month, oldest first.
    pub months: Vec<(Day, Slice)>,
    /// Those with the most orders first.
    pub parties: Vec<(Id<Party>, Slice)>,
}

/// The events that the cycle is told by.
const EVENTS: &str = "\
select e.at, e.name, e.record, e.facts
from event e
where e.company = $1 and e.at >= $2 and e.name in (
  'quote.sent', 'quote.accepted', 'order.confirmed', 'order.held', 'order.released',
  'shipment.shipped', 'order.delivered', 'order.invoiced', 'order.paid', 'invoice.posted',
  'invoice.settled')
order by e.seq";

/// A quote may be a year older than its order.
const LOOK_BACK_DAYS: i32 = 366;

/// Analyses the orders confirmed, and the invoices settled, from one day to another.
///
/// # Errors
/// `store.*`.
pub fn cycle(tx: &mut Tx<'_>, from: Day, to: Day) -> Result<Cycle, Fault> {
    let since = Instant::noon(from + -LOOK_BACK_DAYS);
    let mut courses = Courses::default();
    for row in tx.sql(EVENTS, &[Value::Instant(since)])? {
        let mut cells = Cells::of(row);
        let (at, name, record) = (cells.instant(), cells.text(), cells.raw());
        courses.hear(at, &name, record, &cells.text());
    }
    let within = |at: Instant| (from..=to).contains(&at.day());
    let orders: Vec<&Course> =
        courses.orders().filter(|course| course.confirmed.is_some_and(within)).collect();
    let settled: Vec<&course::Settled> =
        courses.settled.iter().filter(|settled| within(settled.at)).collect();

    let mut months: BTreeMap<Day, Portion> = BTreeMap::new();
    let mut parties: HashMap<Id<Party>, Portion> = HashMap::new();
    let mut whole = Portion::default();
    for course in orders {
        let month = course.confirmed.map_or(from, |at| at.day().start_of_month());
        months.entry(month).or_default().0.push(course);
        whole.0.push(course);
        if let Some(party) = course.party {
            parties.entry(party).or_default().0.push(course);
        }
    }
    for settled in settled {
        months.entry(settled.at.day().start_of_month()).or_default().1.push(settled);
        whole.1.push(settled);
        if let Some(party) = settled.party {
            parties.entry(party).or_default().1.push(settled);
        }
    }
    let mut parties: Vec<(Id<Party>, Slice)> =
        parties.into_iter().map(|(party, portion)| (party, portion.slice())).collect();
    parties.sort_by_key(|(party, slice)| (std::cmp::Reverse(slice.orders), *party));
    Ok(Cycle {
        whole: whole.slice(),
        months: months.into_iter().map(|(month, portion)| (month, portion.slice())).collect(),
        parties,
    })
}

/// Some orders, and the invoices settled in the same time.
#[derive(Default)]
struct Portion<'c>(Vec<&'c Course>, Vec<&'c course::Settled>);

impl Portion<'_> {
    fn slice(&self) -> Slice {
        let Portion(orders, settled) = self;
        let spread = |step: Step| {
            Spread::of(orders.iter().filter_map(|course| course.duration(step)).collect())
        };
        let delivered = orders.iter().filter(|course| course.delivered.is_some());
        let paid = orders.iter().filter(|course| course.paid.is_some());
        let held: Vec<_> = orders.iter().filter(|course| course.was_held()).collect();
        let weights: i128 = settled.iter().map(|invoice| i128::from(invoice.minor)).sum();
        let weighted: i128 = settled
            .iter()
            .map(|invoice| i128::from(invoice.minor) * i128::from(invoice.days))
            .sum();
        Slice {
            orders: orders.len(),
            steps: Step::ALL.map(|step| (step, spread(step))).to_vec(),
            held: held.len(),
            hold: Spread::of(held.iter().filter_map(|course| course.held_for()).collect()),
            partial: share(delivered, |course| course.shipments > 1),
            first_time_right: share(paid, |course| course.first_time_right()),
            dso_days: (weights > 0)
                .then(|| i64::try_from(kernel::divide_half_up(weighted, weights)).unwrap_or(0)),
        }
    }
}

/// The share of some orders that pass a test; zero of none.
fn share<'c>(orders: impl Iterator<Item = &'c &'c Course>, test: impl Fn(&Course) -> bool) -> Rate {
    let (mut all, mut passed) = (0_i64, 0_i64);
    for course in orders {
        all += 1;
        passed += i64::from(test(course));
    }
    if all == 0 { Rate::ZERO } else { Rate((passed * Rate::SCALE + all / 2) / all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_count_lies_between_the_two_in_the_middle() {
        let seconds = |list: &[i64]| Spread::of(list.iter().map(|s| s * Instant::SECOND).collect());
        assert_eq!(seconds(&[]), None);
        let five = Spread { count: 1, low: 5, first: 5, median: 5, third: 5, ninth: 5, high: 5 };
        assert_eq!(seconds(&[5]), Some(five));
        assert_eq!(seconds(&[4, 1, 3, 2]).map(|spread| spread.median), Some(2));
        assert_eq!(seconds(&[9, 1, 4]).map(|spread| spread.median), Some(4));
        let ten: Vec<i64> = (1..=10).collect();
        assert_eq!(seconds(&ten).map(|spread| spread.ninth), Some(9));
        let day = Spread { median: 129_600, ..five };
        let twenty: Vec<i64> = (1..=20).collect();
        let spread = seconds(&twenty).expect("a spread");
        let shares = [spread.low, spread.first, spread.third, spread.ninth, spread.high];
        assert_eq!(shares, [1, 5, 15, 18, 19]);
        assert_eq!(day.median_tenths_of_days(), 15);
    }
}
