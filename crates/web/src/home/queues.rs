//! What waits for someone, and for which role it comes first.

use crm::sales::Order;
use identity::Role;
use kernel::{
    Choice, Condition, Day, Direction, Entity, EntityDef, Faults, Id, Money, Origin, RawId, Text,
    Tx, Value,
};
use processes::reports::shipping;

use crate::door::Ask;
use crate::parts::Tone;
use crate::{show, words};

/// The name of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    ToPrepare,
    Bank,
    Sales,
    Held,
    Shipments,
    Drafts,
    Overdue,
    Tasks,
    Quotes,
}

/// Of whose records a queue is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    All,
    /// The tasks of whoever looks, and those that nobody was given.
    OwnTasks,
    /// To a seller, the sales of their own.
    OwnSales,
    /// To a seller and to the warehouse, the holds that are theirs to release, or on their sales.
    OwnHolds,
    /// The orders that the warehouse may prepare: see [`to_prepare`].
    ToPrepare,
}

impl Whose {
    /// What narrows the queue to one person's.
    pub fn condition(self, ask: &Ask, role: Option<Role>) -> Option<Condition> {
        let role = role.filter(|role| matches!(role, Role::Seller | Role::Warehouse));
        let own_sale = || is("seller", &*ask.actor.name);
        match self {
            Whose::All | Whose::ToPrepare => None,
            Whose::OwnSales => role.map(|_| own_sale()),
            Whose::OwnHolds => role.map(|role| {
                let sold = Condition::Through("order", Order::DEF, Box::new(own_sale()));
                Condition::Any(vec![is("owner", role.name()), is("owner", &*ask.actor.name), sold])
            }),
            Whose::OwnTasks => {
                let mine = |id| is("assignee", Value::Origin(Origin { entity: "user", id }));
                let me = ask.actor.user.map(mine);
                Some(Condition::Any(me.into_iter().chain([Condition::Empty("assignee")]).collect()))
            }
        }
    }
}

/// The orders with goods to prepare that nothing holds back, the most urgent first.
///
/// # Errors
/// `store.*`.
pub fn to_prepare(tx: &mut Tx<'_>) -> Result<Vec<Id<Order>>, Faults> {
    let ready = shipping::to_prepare(tx)?.into_iter().filter(|order| order.held.is_none());
    Ok(ready.map(|order| order.order).collect())
}

/// The queues of a role, the most pressing first: they are read from left to right. Rights decide
/// besides: what a person may not read is not there.
pub fn of(role: Option<Role>) -> impl Iterator<Item = &'static Queue> {
    use Key::{Bank, Drafts, Held, Overdue, Quotes, Sales, Shipments, Tasks, ToPrepare};
    let keys: &[Key] = match role {
        Some(Role::Warehouse | Role::Production) => &[ToPrepare, Shipments, Held, Tasks],
        Some(Role::Accountant | Role::AccountingFirm) => &[Bank, Overdue, Drafts, Held, Tasks],
        Some(Role::Seller | Role::SalesManager | Role::Support | Role::Marketing) => {
            &[Sales, Quotes, Held, Tasks, Shipments]
        }
        Some(_) | None => {
            &[Held, ToPrepare, Shipments, Drafts, Bank, Overdue, Tasks, Quotes, Sales]
        }
    };
    keys.iter().filter_map(|key| QUEUES.iter().find(|queue| queue.key == *key))
}

/// Something that waits for someone, found in the records of one entity.
pub struct Queue {
    pub key: Key,
    pub entity: &'static str,
    pub title: Text,
    /// Said before each line, with its shape; none where the line says its own state.
    pub mark: Option<(Tone, Text)>,
    /// What waits, given the day it is.
    pub waits: fn(Day) -> Vec<Condition>,
    pub order: (&'static str, Direction),
    /// The same list in the address of the whole.
    pub address: fn(Day) -> String,
    pub whose: Whose,
    /// Fields said after the title, and at the right. `sentence` stands for `sentence_fr` or
    /// `sentence_en`.
    pub says: &'static [&'static str],
    pub right: &'static [&'static str],
}

fn is(field: &'static str, value: impl Into<Value>) -> Condition {
    Condition::Is(field, value.into())
}

const QUEUES: &[Queue] = &[
    Queue {
        key: Key::ToPrepare,
        entity: "order",
        title: words::TO_PREPARE,
        mark: None,
        waits: |_| Vec::new(),
        order: ("number", Direction::Up),
        address: |_| "/shipments".to_owned(),
        whose: Whose::ToPrepare,
        says: &["party"],
        right: &["promised_on"],
    },
    Queue {
        key: Key::Bank,
        entity: "bank_line",
        title: words::TO_MATCH,
        mark: Some((Tone::Yours, words::MATCH_IT)),
        waits: |_| vec![is("state", "open")],
        order: ("booked_on", Direction::Up),
        address: |_| "/bank".to_owned(),
        whose: Whose::All,
        says: &[],
        right: &["booked_on", "amount"],
    },
    Queue {
        key: Key::Sales,
        entity: "opportunity",
        title: words::NEXT_SALES,
        mark: None,
        waits: |_| {
            let open = ["new", "qualified", "proposal", "negotiation"];
            let dated = Condition::Not(Box::new(Condition::Empty("next_step_on")));
            vec![Condition::Among("stage", open.map(Value::from).to_vec()), dated]
        },
        order: ("next_step_on", Direction::Up),
        address: |_| "/pipeline".to_owned(),
        whose: Whose::OwnSales,
        says: &["party", "next_step"],
        right: &["next_step_on", "amount"],
    },
    Queue {
        key: Key::Held,
        entity: "hold",
        title: words::HOLDS,
        mark: Some((Tone::Blocked, words::HELD)),
        waits: |_| vec![Condition::Empty("released_at")],
        // Along the index, as all of these: what is done with is the most, and is never read.
        order: ("kind", Direction::Up),
        address: |_| "/holds?released_at.empty=true".to_owned(),
        whose: Whose::OwnHolds,
        says: &["order", "sentence"],
        right: &["owner", "opened_at"],
    },
    Queue {
        key: Key::Shipments,
        entity: "shipment",
        title: words::TO_SHIP,
        mark: None,
        waits: |_| {
            let states = ["draft", "picked", "packed"];
            vec![Condition::Among("state", states.map(Value::from).to_vec())]
        },
        order: ("state", Direction::Up),
        address: |_| "/shipments".to_owned(),
        whose: Whose::All,
        says: &["party"],
        right: &["planned_on", "state"],
    },
    Queue {
        key: Key::Drafts,
        entity: "invoice",
        title: words::TO_POST,
        mark: Some((Tone::Yours, words::POST_IT)),
        waits: |_| vec![is("state", "draft")],
        order: ("due_on", Direction::Up),
        address: |_| "/invoices?state=draft".to_owned(),
        whose: Whose::All,
        says: &["party", "kind"],
        right: &["total"],
    },
    Queue {
        key: Key::Overdue,
        entity: "invoice",
        title: words::OVERDUE,
        mark: Some((Tone::Watch, words::PAST_DUE)),
        waits: |today| {
            // Compared in the minor unit, whatever the currency.
            let owed = Condition::AtLeast("open", Money::eur(1).into());
            let due = Condition::AtMost("due_on", (today + -1).into());
            vec![is("state", "posted"), due, owed]
        },
        // The latest first: of the oldest, nearly all are paid.
        order: ("due_on", Direction::Down),
        address: |today| format!("/invoices?state=posted&due_on.lte={}", today + -1),
        whose: Whose::All,
        says: &["party"],
        right: &["due_on", "open"],
    },
    Queue {
        key: Key::Tasks,
        entity: "interaction",
        title: words::TASKS,
        mark: Some((Tone::Yours, words::TO_DO)),
        waits: |today| {
            vec![is("kind", "task"), is("done", false), Condition::AtMost("due_on", today.into())]
        },
        order: ("due_on", Direction::Up),
        address: |_| "/today".to_owned(),
        whose: Whose::OwnTasks,
        says: &["party"],
        right: &["due_on"],
    },
    Queue {
        key: Key::Quotes,
        entity: "quote",
        title: words::QUOTES_OPEN,
        mark: Some((Tone::Half, words::SENT)),
        waits: |_| vec![is("state", "sent")],
        order: ("valid_until", Direction::Up),
        address: |_| "/quotes?state=sent".to_owned(),
        whose: Whose::OwnSales,
        says: &["party"],
        right: &["valid_until", "total"],
    },
];

impl Queue {
    /// Where a line is dealt with.
    #[must_use]
    pub fn href(&self, def: &EntityDef, id: RawId) -> String {
        match self.key {
            Key::Bank => format!("/bank?line={id}"),
            _ => show::href(def, id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_sees_first_what_is_its_own_to_do() {
        let first = |role| of(role).next().map(|queue| queue.key);
        assert_eq!(first(Some(Role::Warehouse)), Some(Key::ToPrepare));
        assert_eq!(first(Some(Role::Accountant)), Some(Key::Bank));
        assert_eq!(first(Some(Role::Seller)), Some(Key::Sales));
        assert_eq!(of(Some(Role::Owner)).count(), QUEUES.len());
    }
}
