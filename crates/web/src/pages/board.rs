//! `/board`: every order on its way to the money, in the lane of what it waits for. Nothing is
//! dragged: a step is derived from what happened, and each card leads to the next one.

use std::collections::HashMap;

use axum::Router;
use axum::routing::get;
use crm::sales::{HoldKind, Order, OrderStage, PaymentState};
use erp::logistics::{Shipment, ShipmentState};
use kernel::{Choice, Direction, Entity, Faults, Id, Instant, Kept, Money, Query, Text, Tx};
use master::Party;
use maud::{Markup, html};
use processes::order_board::{Card, Column, MOST, board};
use processes::order_to_cash::holds;

use super::orders::{acts, book, when};
use crate::WebState;
use crate::answer::Answer;
use crate::door::Ask;
use crate::nav::{Entry, Group};
use crate::parts::{Button, Tone, empty, head, say, state};
use crate::words;

/// How many cards a lane shows.
const SHOWN: usize = 25;
/// How many orders that ended are shown.
const ENDED: u32 = 12;

/// The place of the page in the rail.
pub const PLACE: Entry = Entry::page(
    Group::Sales,
    "board",
    "/board",
    Text::new("Tableau de suivi", "Order board"),
    "order.read",
)
.letter('t')
.after("order");

pub fn routes() -> Router<WebState> {
    Router::new().route("/board", get(page))
}

/// The lanes, in the order of the cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Lane {
    Confirm,
    Held,
    Prepare,
    Ship,
    Invoice,
    Collect,
}

impl Lane {
    const ALL: [Lane; 6] =
        [Lane::Confirm, Lane::Held, Lane::Prepare, Lane::Ship, Lane::Invoice, Lane::Collect];

    /// The lane of an order: the process tells what it waits for, the warehouse whether its
    /// shipment is under way.
    fn of(card: &Card, shipping: &HashMap<Id<Order>, Id<Shipment>>) -> Self {
        match card.column() {
            Column::Draft => Lane::Confirm,
            Column::Held => Lane::Held,
            Column::Waiting | Column::ToShip if shipping.contains_key(&card.order) => Lane::Ship,
            Column::Waiting | Column::ToShip => Lane::Prepare,
            Column::ToInvoice => Lane::Invoice,
            Column::ToBePaid | Column::Overdue => Lane::Collect,
        }
    }
    const fn label(self) -> Text {
        match self {
            Lane::Confirm => Text::new("À confirmer", "To confirm"),
            Lane::Held => Text::new("Retenues", "On hold"),
            Lane::Prepare => Text::new("À préparer", "To prepare"),
            Lane::Ship => Text::new("À expédier", "To ship"),
            Lane::Invoice => Text::new("À facturer", "To invoice"),
            Lane::Collect => Text::new("À encaisser", "To collect"),
        }
    }
    /// The view of the order book that holds the rest.
    const fn rest(self) -> &'static str {
        match self {
            Lane::Confirm => "/orders?stage=draft",
            Lane::Held => "/orders?view=held",
            Lane::Invoice => "/orders?view=to-invoice",
            Lane::Collect => "/orders?stage=confirmed&delivery=full&invoicing_state=full",
            Lane::Prepare | Lane::Ship => "/orders?view=open",
        }
    }
}

struct Seen {
    lanes: HashMap<Lane, (Vec<Card>, Money)>,
    shipping: HashMap<Id<Order>, Id<Shipment>>,
    ended: Vec<Kept<Order>>,
    parties: HashMap<Id<Party>, Kept<Party>>,
    /// Whether there are more orders than the board reads.
    capped: bool,
    now: Instant,
}

async fn page(ask: Ask) -> Answer {
    ask.may("order.read")?;
    let seen = ask.read(see).await?;
    let title = say(ask.language, "Tableau de suivi", "Order board");
    let count: usize = seen.lanes.values().map(|(cards, _)| cards.len()).sum();
    let counted = if words::singular(ask.language, count) {
        say(ask.language, "commande en cours", "order under way")
    } else {
        say(ask.language, "commandes en cours", "orders under way")
    };
    let sum = format!("{count} {counted}");
    let list = Button::link(say(ask.language, "Carnet", "Order book"), "/orders");
    let body = html! {
        (head(&html! {}, title, &html! { span.sum { (sum) } }, &[list]))
        @if seen.capped {
            p.muted.mb {
                (say(
                    ask.language,
                    "Les plus anciennes sont montrées ; le carnet les liste toutes.",
                    "The oldest are shown; the order book lists them all.",
                ))
            }
        }
        @if count == 0 && seen.ended.is_empty() {
            (empty(
                say(ask.language, "Aucune commande en cours.", "No order under way."),
                "",
                &[Button::link(say(ask.language, "Nouvelle commande", "New order"), "/orders/new")],
            ))
        } @else {
            div.board.orders {
                @for lane in Lane::ALL { (draw_lane(&ask, &seen, lane)) }
                (draw_ended(&ask, &seen))
            }
        }
    };
    Ok(ask.page("board", Vec::new(), title, &body))
}

fn see(tx: &mut Tx<'_>, ask: &Ask) -> Result<Seen, Faults> {
    let columns = board(tx, ask.language)?;
    let shipping = under_way(tx)?;
    let nothing = Money::zero(tx.currency());
    let mut lanes: HashMap<Lane, (Vec<Card>, Money)> = HashMap::new();
    let mut count = 0;
    for card in columns.into_iter().flat_map(|column| column.cards) {
        count += 1;
        let lane = Lane::of(&card, &shipping);
        let (cards, sum) = lanes.entry(lane).or_insert_with(|| (Vec::new(), nothing));
        *sum += card.total;
        cards.push(card);
    }
    for (cards, _) in lanes.values_mut() {
        cards.sort_by_key(|card| {
            let day = card.promised_on.or(card.ordered_on);
            (card.column() != Column::Overdue, day, card.order)
        });
    }
    // Those closed with something to be paid are in their lane.
    let settled = Order::STAGE.is(&OrderStage::Closed) & Order::PAYMENT.is(&PaymentState::Full);
    let query = Query::all(Order::DEF).only(settled.condition).limit(ENDED);
    let ended = tx.select::<Order>(query.sorted("ordered_on", Direction::Down))?;
    let parties = book::by_id(tx, ended.iter().map(|order| order.party))?;
    let capped = count >= MOST;
    Ok(Seen { lanes, shipping, ended, parties, capped, now: tx.now() })
}

/// The shipments under way, by the order they serve.
fn under_way(tx: &mut Tx<'_>) -> Result<HashMap<Id<Order>, Id<Shipment>>, Faults> {
    let open = [ShipmentState::Draft, ShipmentState::Picked, ShipmentState::Packed];
    let found = tx.find(Shipment::STATE.among(&open))?;
    let order = |shipment: &Kept<Shipment>| Some((shipment.origin?.as_a()?, shipment.id));
    Ok(found.iter().filter_map(order).collect())
}

fn draw_lane(ask: &Ask, seen: &Seen, lane: Lane) -> Markup {
    let language = ask.language;
    let none = (Vec::new(), Money::zero(kernel::Currency::EUR));
    let (cards, sum) = seen.lanes.get(&lane).unwrap_or(&none);
    let title = lane.label().say(language);
    html! {
        section.lane aria-label=(title) {
            header {
                h2 { (title) span { (cards.len()) } }
                strong { (language.money(*sum)) }
            }
            @if cards.is_empty() { p.tick.muted { "—" } }
            ol { @for card in cards.iter().take(SHOWN) { (draw_card(ask, seen, lane, card)) } }
            @if cards.len() > SHOWN {
                p.tick {
                    a href=(lane.rest()) {
                        (say(language, "Les autres", "The others")) " (" (cards.len() - SHOWN) ")"
                    }
                }
            }
        }
    }
}

fn draw_card(ask: &Ask, seen: &Seen, lane: Lane, card: &Card) -> Markup {
    let language = ask.language;
    let (href, today) = (format!("/orders/{}", card.order), seen.now.day());
    let day = card.promised_on.or(card.ordered_on);
    let late = card.late(today);
    let blocked = card.holds.iter().any(|hold| holds::blocks(hold.kind));
    html! {
        li.tick .hold[blocked] {
            div {
                a.who href=(href) title=(card.party_name) { (card.party_name) }
                span.b { (language.amount(card.total)) }
            }
            div.muted {
                a.nowrap href=(href) { (card.number.as_deref().unwrap_or("—")) }
                span.nowrap .late[late || card.column() == Column::Overdue] {
                    (when_word(ask, card, lane, day, today))
                }
            }
            @for hold in &card.holds {
                @let stock = hold.kind == HoldKind::Stock;
                div.why .part[stock] title=(hold.reason) {
                    (state(
                        if stock { Tone::Watch } else { Tone::Blocked },
                        &hold.kind.label().say(language).to_lowercase(),
                    ))
                    span {
                        (owner(&hold.owner, language)) ", " (when::age(language, hold.age_days))
                    }
                }
            }
            (next(ask, seen, lane, card, &href))
        }
    }
}

/// `retard 4 j`, `échue`, `24 nov.`.
fn when_word(
    ask: &Ask,
    card: &Card,
    lane: Lane,
    day: Option<kernel::Day>,
    today: kernel::Day,
) -> String {
    let language = ask.language;
    if card.column() == Column::Overdue {
        return say(language, "échue", "overdue").to_owned();
    }
    // The day it was ordered says nothing of the money to come.
    let Some(day) = day.filter(|_| lane != Lane::Collect) else { return String::new() };
    if card.late(today) {
        let age = when::age(language, today - day);
        return format!("{} {age}", say(language, "retard", "late"));
    }
    when::day_of(language, day, today)
}

fn owner(owner: &str, language: kernel::Language) -> String {
    identity::Role::of_name(owner)
        .map_or_else(|| owner.to_owned(), |role| role.label().say(language).to_owned())
}

/// The next step of an order, pressed here or on the page it leads to.
fn next(ask: &Ask, seen: &Seen, lane: Lane, card: &Card, href: &str) -> Markup {
    let press = |name: &str| {
        acts::act(ask, Order::DEF.name, name)
            .map(|act| acts::button(ask, href, act, false).hidden("back", "/board").small())
    };
    let ask_for = |name: &str| {
        acts::act(ask, Order::DEF.name, name).map(|act| acts::button(ask, href, act, true).small())
    };
    let go = |fr, en, to: String| Some(Button::link(say(ask.language, fr, en), to).small());
    let button = match lane {
        Lane::Confirm => ask_for("confirm"),
        Lane::Held => ask_for("release_hold"),
        Lane::Prepare if card.column() == Column::Waiting => {
            go("Voir ce qui manque", "See what is short", href.to_owned())
        }
        Lane::Prepare => press("prepare"),
        Lane::Ship => seen.shipping.get(&card.order).and_then(|shipment| {
            go("Voir l’expédition", "See the shipment", format!("/shipments/{shipment}"))
        }),
        Lane::Invoice => press("invoice"),
        Lane::Collect => go("Voir les factures", "See the invoices", href.to_owned()),
    };
    html! { @if let Some(button) = button { div.next { (button) } } }
}

fn draw_ended(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let title = say(language, "Soldées", "Settled");
    html! {
        section.lane.ended aria-label=(title) {
            header {
                h2 { (title) span { (say(language, "dernières", "latest")) } }
                strong { "—" }
            }
            ol {
                @for order in &seen.ended {
                    @let name = seen.parties.get(&order.party).map_or("", |p| p.name.as_str());
                    @let day = order.ordered_on;
                    li.tick {
                        div {
                            a.who href={ "/orders/" (order.id) } title=(name) { (name) }
                            span.b { (language.amount(order.total)) }
                        }
                        div.muted {
                            span.nowrap { (order.number.as_deref().unwrap_or("—")) }
                            span.nowrap {
                                @if let Some(day) = day {
                                    (when::day_of(language, day, seen.now.day()))
                                }
                            }
                        }
                    }
                }
            }
            p.tick { a href="/orders?stage=closed" { (say(language, "Toutes", "All of them")) } }
        }
    }
}
