//! Where an order stands, in one word: derived from what happened to it, what holds it, and the
//! day.

use crm::sales::{Invoicing, Order, OrderStage, PaymentState, Progress};
use kernel::{Day, Language};
use maud::Markup;

use crate::parts::{Mark, Marks, Tone, say, state};

/// What surrounds an order and tells its step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Around {
    /// A hold that lets nothing leave is open.
    pub held: bool,
    /// A shipment of it is under way in the warehouse.
    pub shipping: bool,
    /// Something may be invoiced now, as far as known.
    pub billable: bool,
}

/// What may be invoiced, as the states alone tell it: two parts may or may not be the same.
#[must_use]
pub fn maybe_billable(order: &Order) -> bool {
    order.stage == OrderStage::Confirmed
        && order.invoicing_state != Progress::Full
        && (order.delivery != Progress::None || order.invoicing == Invoicing::OnOrder)
}

/// How many days after its promise an order is, while something of it is still here.
#[must_use]
pub fn days_late(order: &Order, today: Day) -> Option<i32> {
    let here = order.stage == OrderStage::Confirmed && order.delivery != Progress::Full;
    let promised = order.promised_on.filter(|_| here)?;
    (promised < today).then(|| today - promised)
}

/// The step: what it means, and its word.
#[must_use]
pub fn step(order: &Order, around: Around, today: Day, language: Language) -> (Tone, String) {
    let word = |tone, fr: &'static str, en: &'static str| (tone, say(language, fr, en).to_owned());
    match order.stage {
        OrderStage::Draft => return word(Tone::Wait, "brouillon", "draft"),
        OrderStage::Cancelled => return word(Tone::Done, "annulée", "cancelled"),
        OrderStage::Closed => {
            return match order.payment {
                PaymentState::Full => word(Tone::Done, "soldée", "settled"),
                PaymentState::Overdue => word(Tone::Watch, "close, échue", "closed, overdue"),
                _ => word(Tone::Done, "close", "closed"),
            };
        }
        OrderStage::Confirmed => {}
    }
    if around.held {
        return word(Tone::Blocked, "retenue", "on hold");
    }
    if let Some(days) = days_late(order, today) {
        let late = match language {
            Language::French => format!("en retard {days} j"),
            Language::English => format!("{days} d late"),
        };
        return (Tone::Watch, late);
    }
    match (order.delivery, order.reservation) {
        (Progress::Full, _) => paid_step(order, language),
        _ if around.billable => word(Tone::Yours, "à facturer", "to invoice"),
        _ if around.shipping => word(Tone::Half, "à expédier", "to ship"),
        (Progress::Partial, _) => word(Tone::Half, "livrée en partie", "partly delivered"),
        (Progress::None, Progress::Full) => word(Tone::Wait, "à préparer", "to prepare"),
        (Progress::None, Progress::Partial) => {
            word(Tone::Half, "réservée en partie", "partly reserved")
        }
        (Progress::None, Progress::None) => word(Tone::Wait, "à réserver", "to reserve"),
    }
}

/// All is delivered: what is left is the invoice and the money.
fn paid_step(order: &Order, language: Language) -> (Tone, String) {
    let word = |tone, fr: &'static str, en: &'static str| (tone, say(language, fr, en).to_owned());
    match (order.invoicing_state, order.payment) {
        (Progress::None | Progress::Partial, _) => word(Tone::Yours, "à facturer", "to invoice"),
        (Progress::Full, PaymentState::Full) => word(Tone::Done, "soldée", "settled"),
        (Progress::Full, PaymentState::Overdue) => word(Tone::Watch, "échue", "overdue"),
        (Progress::Full, PaymentState::Partial) => {
            word(Tone::Half, "payée en partie", "partly paid")
        }
        (Progress::Full, PaymentState::None) => word(Tone::Wait, "à encaisser", "to collect"),
    }
}

/// The step, drawn.
#[must_use]
pub fn drawn(order: &Order, around: Around, today: Day, language: Language) -> Markup {
    let (tone, word) = step(order, around, today, language);
    state(tone, &word)
}

/// The four marks of an order.
#[must_use]
pub fn marks_of(order: &Order, held: bool) -> Marks {
    let mark = |progress| match progress {
        Progress::None => Mark::None,
        Progress::Partial => Mark::Part,
        Progress::Full => Mark::Full,
    };
    let delivered =
        if held && order.delivery != Progress::Full { Mark::Held } else { mark(order.delivery) };
    Marks {
        reserved: mark(order.reservation),
        delivered,
        invoiced: mark(order.invoicing_state),
        paid: match order.payment {
            PaymentState::None => Mark::None,
            PaymentState::Partial => Mark::Part,
            PaymentState::Full => Mark::Full,
            PaymentState::Overdue => Mark::Held,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Currency, Id, RawId};

    fn order(delivery: Progress, invoicing: Progress, payment: PaymentState) -> Order {
        Order {
            stage: OrderStage::Confirmed,
            reservation: Progress::Full,
            delivery,
            invoicing_state: invoicing,
            payment,
            promised_on: Some(Day(20_000)),
            ..Order::of(Id::from_raw(RawId([1; 16])), Currency::EUR)
        }
    }

    fn word(order: &Order, around: Around, today: i32) -> String {
        step(order, around, Day(today), Language::French).1
    }

    #[test]
    fn an_order_goes_from_the_shelf_to_the_bank() {
        let free = Around::default();
        let new = order(Progress::None, Progress::None, PaymentState::None);
        assert_eq!(word(&new, free, 20_000), "à préparer");
        assert_eq!(word(&new, free, 20_004), "en retard 4 j");
        assert_eq!(word(&new, Around { held: true, ..free }, 20_004), "retenue");
        let sent = order(Progress::Full, Progress::None, PaymentState::None);
        assert_eq!(word(&sent, free, 20_004), "à facturer");
        let billed = order(Progress::Full, Progress::Full, PaymentState::Overdue);
        assert_eq!(word(&billed, free, 20_004), "échue");
    }

    #[test]
    fn what_is_held_shows_on_the_delivery_unless_it_left_already() {
        let new = order(Progress::None, Progress::None, PaymentState::None);
        assert_eq!(marks_of(&new, true).delivered, Mark::Held);
        let sent = order(Progress::Full, Progress::None, PaymentState::None);
        assert_eq!(marks_of(&sent, true).delivered, Mark::Full);
    }
}
