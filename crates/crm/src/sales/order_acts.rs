//! The life of an order, and what it is told of stock, invoices and payments.

use kernel::{
    ActionDef, Choice, Day, Entity, Event, Fault, Faults, FieldDef, FieldType, Id, LongText,
    Origin, Record, Text, Tx,
};

use super::order::{Order, OrderStage, PaymentState, Progress};

/// From, to.
const STEPS: &[(OrderStage, &[OrderStage])] = {
    use OrderStage::{Cancelled, Closed, Confirmed, Draft};
    &[
        (Draft, &[Confirmed, Cancelled]),
        (Confirmed, &[Closed, Cancelled]),
        (Closed, &[]),
        (Cancelled, &[]),
    ]
};

impl OrderStage {
    #[must_use]
    pub fn steps(self) -> &'static [OrderStage] {
        STEPS.iter().find(|(from, _)| *from == self).map_or(&[], |(_, to)| *to)
    }
    /// The stage of a record, for faces that ask whether an act is offered.
    #[must_use]
    pub fn of(record: &Record) -> Option<Self> {
        let at = Order::DEF.rank(Order::STAGE.name)?;
        Self::take(record.get(at)?.clone()).ok()
    }
}

impl Order {
    /// # Errors
    /// `order.stage` when it may not go there.
    pub fn step_to(&mut self, stage: OrderStage) -> Result<(), Fault> {
        if !self.stage.steps().contains(&stage) {
            return Err(Fault::new("order.stage").with("stage", self.stage.name()));
        }
        self.stage = stage;
        Ok(())
    }
}

const ANNOTATE: &[FieldDef] = &[
    FieldDef::of::<Option<String>>(
        "reference",
        Text::new("Référence client", "Customer reference"),
        "The number the customer gave it; kept when empty.",
    ),
    FieldDef::of::<Option<Day>>(
        "wanted_on",
        Text::new("Livraison souhaitée le", "Wanted on"),
        "The day the customer wants it; kept when empty.",
    ),
    FieldDef::of::<Option<LongText>>(
        "note",
        Text::new("Note", "Note"),
        "What those who handle the order should know; kept when empty.",
    ),
];

pub const ACTIONS: &[ActionDef] = &[ActionDef {
    on: "order",
    name: "annotate",
    label: Text::new("Annoter", "Annotate"),
    doc: Text::new(
        "Change la référence du client, la date souhaitée ou la note d’une commande en cours.",
        "Changes the customer's reference, the wanted day or the note of an order under way.",
    ),
    inputs: ANNOTATE,
    offered: |record| OrderStage::of(record) == Some(OrderStage::Confirmed),
    run: |tx, _, id, inputs| {
        let id = Id::from_raw(id);
        let (reference, day) = (inputs.take("reference")?, inputs.take("wanted_on")?);
        annotate(tx, id, reference, day, inputs.take("note")?)?;
        Ok(Some(Origin::of(id)))
    },
}];

/// Changes what may still change of a confirmed order. What is not given is kept.
///
/// # Errors
/// `order.stage` when it is closed or cancelled.
pub fn annotate(
    tx: &mut Tx<'_>,
    id: Id<Order>,
    reference: Option<String>,
    wanted_on: Option<Day>,
    note: Option<LongText>,
) -> Result<(), Faults> {
    let mut order = tx.lock(id)?;
    if order.stage.steps().is_empty() {
        return Err(Fault::new("order.stage").with("stage", order.stage.name()).into());
    }
    order.reference = reference.or(order.reference.take());
    order.wanted_on = wanted_on.or(order.wanted_on);
    order.note = note.or(order.note.take());
    tx.save(&order)
}

/// The order is firm. Whether the company can keep it is the process's to judge.
///
/// # Errors
/// `order.stage`, `order.empty`.
pub fn confirm(tx: &mut Tx<'_>, id: Id<Order>) -> Result<(), Faults> {
    let mut order = tx.lock(id)?;
    order.step_to(OrderStage::Confirmed)?;
    if super::order::lines(tx, id)?.is_empty() {
        return Err(Fault::new("order.empty").on("lines").into());
    }
    order.confirmed_at = Some(tx.now());
    tx.save(&order)?;
    let confirmed = Event::new("order.confirmed", Origin::of(id));
    tx.emit(confirmed.with("party", order.party).with("total", order.total));
    Ok(())
}

/// Nothing more is to come of the order; `reason` says why when something is left undone.
///
/// # Errors
/// `order.stage`.
pub fn close(tx: &mut Tx<'_>, id: Id<Order>, reason: Option<String>) -> Result<(), Faults> {
    end(tx, id, OrderStage::Closed, reason, "order.closed")
}

/// # Errors
/// `order.stage`.
pub fn cancel(tx: &mut Tx<'_>, id: Id<Order>, reason: Option<String>) -> Result<(), Faults> {
    end(tx, id, OrderStage::Cancelled, reason, "order.cancelled")
}

fn end(
    tx: &mut Tx<'_>,
    id: Id<Order>,
    stage: OrderStage,
    reason: Option<String>,
    event: &'static str,
) -> Result<(), Faults> {
    let mut order = tx.lock(id)?;
    order.step_to(stage)?;
    order.closed_reason = reason;
    tx.save(&order)?;
    tx.emit(Event::new(event, Origin::of(id)).with("party", order.party));
    Ok(())
}

/// How far an order is, as facts tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderStates {
    pub reservation: Progress,
    pub delivery: Progress,
    pub invoicing: Progress,
    pub payment: PaymentState,
    pub promised_on: Option<Day>,
}

/// Tells an order how far it is. Says whether anything changed; told twice, it changes once.
///
/// # Errors
/// `not_found`.
pub fn set_states(tx: &mut Tx<'_>, id: Id<Order>, states: OrderStates) -> Result<bool, Faults> {
    let mut order = tx.get(id)?;
    let present = OrderStates {
        reservation: order.reservation,
        delivery: order.delivery,
        invoicing: order.invoicing_state,
        payment: order.payment,
        promised_on: order.promised_on,
    };
    if present == states {
        return Ok(false);
    }
    order.reservation = states.reservation;
    order.delivery = states.delivery;
    order.invoicing_state = states.invoicing;
    order.payment = states.payment;
    order.promised_on = states.promised_on;
    tx.save(&order)?;
    Ok(true)
}

impl Progress {
    /// How far `done` is of `whole`, whatever they count.
    #[must_use]
    pub const fn of(done: i64, whole: i64) -> Self {
        if done <= 0 {
            Self::None
        } else if done < whole {
            Self::Partial
        } else {
            Self::Full
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_that_has_ended_goes_nowhere() {
        assert!(OrderStage::Closed.steps().is_empty() && OrderStage::Cancelled.steps().is_empty());
        assert!(!OrderStage::Draft.steps().contains(&OrderStage::Closed));
        assert_eq!(OrderStage::VALUES.len(), STEPS.len());
    }

    #[test]
    fn progress_is_none_partial_or_full() {
        assert_eq!(Progress::of(0, 10), Progress::None);
        assert_eq!(Progress::of(3, 10), Progress::Partial);
        assert_eq!(Progress::of(10, 10), Progress::Full);
        assert_eq!(Progress::of(12, 10), Progress::Full);
        assert_eq!(Progress::of(0, 0), Progress::None);
    }
}
