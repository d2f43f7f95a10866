//! Every order on its way to the money, in the column of what it waits for, with its holds.

use std::collections::{HashMap, HashSet};

use crm::sales::{HoldKind, Order, OrderStage, PaymentState, Progress};
use kernel::{Condition, Day, Fault, Filter, Id, Instant, Kept, Language, Money, Text, Tx, Value};
use master::Party;

use crate::order_to_cash::holds::blocks;
use crate::rows::Cells;

/// What an order waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    Draft,
    Held,
    Waiting,
    ToShip,
    ToInvoice,
    ToBePaid,
    Overdue,
}

impl Column {
    pub const ALL: [Column; 7] = [
        Column::Draft,
        Column::Held,
        Column::Waiting,
        Column::ToShip,
        Column::ToInvoice,
        Column::ToBePaid,
        Column::Overdue,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Column::Draft => "draft",
            Column::Held => "held",
            Column::Waiting => "waiting",
            Column::ToShip => "to_ship",
            Column::ToInvoice => "to_invoice",
            Column::ToBePaid => "to_be_paid",
            Column::Overdue => "overdue",
        }
    }
    #[must_use]
    pub const fn label(self) -> Text {
        match self {
            Column::Draft => Text::new("À confirmer", "To confirm"),
            Column::Held => Text::new("Bloquées", "On hold"),
            Column::Waiting => Text::new("En attente de stock", "Waiting for stock"),
            Column::ToShip => Text::new("À expédier", "To ship"),
            Column::ToInvoice => Text::new("À facturer", "To invoice"),
            Column::ToBePaid => Text::new("À encaisser", "To be paid"),
            Column::Overdue => Text::new("En retard de paiement", "Overdue"),
        }
    }
}

/// A hold as the board shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardHold {
    pub kind: HoldKind,
    pub owner: String,
    pub reason: String,
    pub opened_at: Instant,
    /// In whole days.
    pub age_days: i32,
}

/// An order as the board shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub order: Id<Order>,
    pub number: Option<String>,
    pub party: Id<Party>,
    pub party_name: String,
    pub total: Money,
    pub ordered_on: Option<Day>,
    pub promised_on: Option<Day>,
    pub stage: OrderStage,
    pub reservation: Progress,
    pub delivery: Progress,
    pub invoicing: Progress,
    pub payment: PaymentState,
    pub holds: Vec<BoardHold>,
}

impl Card {
    /// What the order waits for first.
    #[must_use]
    pub fn column(&self) -> Column {
        if self.stage == OrderStage::Draft {
            Column::Draft
        } else if self.holds.iter().any(|hold| blocks(hold.kind)) {
            Column::Held
        } else if self.payment == PaymentState::Overdue {
            Column::Overdue
        } else if self.stage == OrderStage::Closed {
            // What had not left was given up: only the money is still to come.
            Column::ToBePaid
        } else if self.delivery != Progress::Full && self.reservation == Progress::Full {
            Column::ToShip
        } else if self.delivery == Progress::Full && self.invoicing != Progress::Full {
            Column::ToInvoice
        } else if self.delivery == Progress::Full {
            Column::ToBePaid
        } else {
            Column::Waiting
        }
    }
    /// Whether the day it was promised for has passed and something has still to leave.
    #[must_use]
    pub fn late(&self, today: Day) -> bool {
        let leaves = self.stage != OrderStage::Closed && self.delivery != Progress::Full;
        leaves && self.promised_on.is_some_and(|day| day < today)
    }
}

/// A column of the board.
#[derive(Debug, Clone)]
pub struct BoardColumn {
    pub column: Column,
    /// The oldest first.
    pub cards: Vec<Card>,
    pub total: Money,
}

/// The most orders that the board shows.
pub const MOST: i64 = 2_000;

const UNDER_WAY: &str = "\
select o.id, o.number, o.party, p.name, o.total, o.ordered_on, o.promised_on, o.stage,
  o.reservation, o.delivery, o.invoicing_state, o.payment
from orders o join parties p on p.company = o.company and p.id = o.party
where o.company = $1 and o.stage in ('draft', 'confirmed')
order by o.ordered_on, o.id limit $2";

const HELD: &str = "\
select h.\"order\", h.kind, h.owner, h.sentence_fr, h.sentence_en, h.opened_at
from holds h where h.company = $1 and h.released_at is null
order by h.opened_at, h.id";

/// The orders that something is still owed on.
const OWED: &str = "\
select distinct i.origin from invoices i
where i.company = $1 and i.state = 'posted' and i.kind <> 'credit_note' and i.open > 0
  and i.origin is not null";

/// How many ids one question names.
const AT_ONCE: usize = 500;

/// The orders under way, and those closed that are not paid yet, oldest first, each in its column;
/// the reasons of the holds are said in `language`.
///
/// # Errors
/// `store.*`.
pub fn board(tx: &mut Tx<'_>, language: Language) -> Result<Vec<BoardColumn>, Fault> {
    let (currency, today) = (tx.currency(), tx.today());
    let mut holds: HashMap<Id<Order>, Vec<BoardHold>> = HashMap::new();
    for row in tx.sql(HELD, &[])? {
        let mut cells = Cells::of(row);
        let order = cells.id();
        if let Some(hold) = hold(&mut cells, today, language) {
            holds.entry(order).or_default().push(hold);
        }
    }
    let mut cards = Vec::new();
    for row in tx.sql(UNDER_WAY, &[Value::Integer(MOST)])? {
        let mut cells = Cells::of(row);
        let order = cells.id();
        cards.push(Card {
            order,
            number: cells.text_if_any(),
            party: cells.id(),
            party_name: cells.text(),
            total: cells.money(currency),
            ordered_on: cells.day_if_any(),
            promised_on: cells.day_if_any(),
            stage: cells.choice().unwrap_or(OrderStage::Draft),
            reservation: cells.choice().unwrap_or(Progress::None),
            delivery: cells.choice().unwrap_or(Progress::None),
            invoicing: cells.choice().unwrap_or(Progress::None),
            payment: cells.choice().unwrap_or(PaymentState::None),
            holds: holds.remove(&order).unwrap_or_default(),
        });
    }
    let closed = closed_unpaid(tx, &cards)?;
    if !closed.is_empty() {
        cards.extend(closed);
        cards.sort_by_key(|card| (card.ordered_on, card.order));
    }
    let mut columns: Vec<BoardColumn> = Column::ALL
        .map(|column| BoardColumn { column, cards: Vec::new(), total: Money::zero(currency) })
        .into();
    for card in cards {
        let place = card.column();
        if let Some(column) = columns.iter_mut().find(|column| column.column == place) {
            column.total += card.total;
            column.cards.push(card);
        }
    }
    Ok(columns)
}

/// The orders that were closed while an invoice of theirs was still to be paid. What is owed leads
/// to them: the orders ever closed are far too many to be looked through.
fn closed_unpaid(tx: &mut Tx<'_>, known: &[Card]) -> Result<Vec<Card>, Fault> {
    let known: HashSet<Id<Order>> = known.iter().map(|card| card.order).collect();
    let owed = tx.sql(OWED, &[])?.into_iter().filter_map(|row| Cells::of(row).origin::<Order>());
    let owed: Vec<Id<Order>> = owed.filter(|order| !known.contains(order)).collect();
    let mut cards = Vec::new();
    for some in owed.chunks(AT_ONCE) {
        let among = Condition::Among("id", some.iter().map(|id| Value::from(*id)).collect());
        for order in tx.find(Filter::<Order>::new(among))? {
            if order.stage == OrderStage::Closed {
                let party_name = tx.get(order.party)?.name.clone();
                cards.push(closed_card(order, party_name));
            }
        }
    }
    Ok(cards)
}

fn closed_card(order: Kept<Order>, party_name: String) -> Card {
    Card {
        order: order.id,
        number: order.number.clone(),
        party: order.party,
        party_name,
        total: order.total,
        ordered_on: order.ordered_on,
        promised_on: order.promised_on,
        stage: order.stage,
        reservation: order.reservation,
        delivery: order.delivery,
        invoicing: order.invoicing_state,
        payment: order.payment,
        holds: Vec::new(),
    }
}

fn hold(cells: &mut Cells, today: Day, language: Language) -> Option<BoardHold> {
    let (kind, owner) = (cells.choice()?, cells.text());
    let (french, english) = (cells.text(), cells.text());
    let opened_at = cells.instant();
    let reason = match language {
        Language::French => french,
        Language::English => english,
    };
    Some(BoardHold { kind, owner, reason, opened_at, age_days: today - opened_at.day() })
}
