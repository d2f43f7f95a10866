//! The sellers' desk: orders are taken and confirmed.

use crm::sales::{HoldKind, Order, OrderLine};
use erp::inventory::StockLevel;
use identity::Role;
use kernel::{Actor, Day, Entity, Faults, Id, LongText, Quantity, Tx};
use processes::order_to_cash::{self, Confirmed};

use super::baskets;
use super::diary::{Basket, Then};
use super::shop::{Deal, Shop, filled, make, maybe, unless, with_lines};

/// A basket with the ids that a command needs.
#[derive(Debug, Clone)]
pub struct Asked {
    pub party: Id<master::Party>,
    pub lines: Vec<(Id<master::Product>, Quantity)>,
    pub beyond: Option<(Id<master::Product>, Quantity)>,
    pub basket: Basket,
}

impl Asked {
    #[must_use]
    pub fn of(shop: &Shop, basket: Basket) -> Self {
        let id = |rank: usize| shop.items[rank].id;
        Self {
            party: shop.customers[basket.customer].id,
            lines: basket.lines.iter().map(|(rank, quantity)| (id(*rank), *quantity)).collect(),
            beyond: basket.beyond.map(|(rank, quantity)| (id(rank), quantity)),
            basket,
        }
    }
}

/// Takes the orders of the day, each by the seller of its customer.
///
/// # Errors
/// Those of an order's rules, `store.*`.
pub fn take_orders(shop: &mut Shop, day: Day) -> Result<(), Faults> {
    let mut baskets = shop.diary.baskets.take(day);
    baskets.extend(baskets::of_the_day(shop, day)?);
    for (rank, quantity) in baskets.iter().flat_map(|basket| basket.lines.clone()) {
        shop.items[rank].demand += quantity.0;
    }
    let minute = shop.chance.between(0, 50);
    for seller in 0..shop.sellers() {
        let of_seller = |basket: &&Basket| shop.customers[basket.customer].seller == seller;
        let asked: Vec<Asked> =
            baskets.iter().filter(of_seller).map(|b| Asked::of(shop, b.clone())).collect();
        if asked.is_empty() {
            continue;
        }
        let theirs: Vec<Basket> = asked.iter().map(|asked| asked.basket.clone()).collect();
        let who = shop.someone(Role::Seller, seller);
        let at = shop.calendar.at(day, 9, minute);
        let shelf = shop.shelf;
        let orders = shop.act(&who, at, move |tx, actor| {
            asked.iter().map(|asked| order(tx, actor, asked, shelf)).collect()
        })?;
        let orders: Vec<Id<Order>> = orders;
        for (order, basket) in orders.into_iter().zip(theirs) {
            open(shop, day, order, &basket);
        }
    }
    Ok(())
}

fn order(
    tx: &mut Tx<'_>,
    actor: &Actor,
    asked: &Asked,
    shelf: Id<erp::inventory::Location>,
) -> Result<Id<Order>, Faults> {
    let Asked { party, beyond, basket, .. } = asked;
    let mut lines = asked.lines.clone();
    if let Some((product, extra)) = beyond {
        let here = StockLevel::PRODUCT.is(product) & StockLevel::LOCATION.is(&shelf);
        let free = tx.first(here)?.map_or(Quantity::ZERO, |level| level.free());
        lines.push((*product, free.max(Quantity::ZERO) + *extra));
    }
    let note = basket.note.clone().map(LongText).map(|note| note.0);
    let values = vec![
        ("party", (*party).into()),
        ("reference", maybe(basket.reference.clone())),
        ("wanted_on", maybe(basket.wanted_in.map(|days| tx.today() + days))),
        ("deposit_rate", maybe(basket.deposit)),
        ("note", maybe(note)),
    ];
    let lines = lines.iter().map(|(product, quantity)| {
        let values = vec![("product", (*product).into()), ("quantity", (*quantity).into())];
        filled(OrderLine::DEF, values)
    });
    let draft = with_lines(filled(Order::DEF, values), Order::DEF, "lines", lines.collect());
    Ok(Id::from_raw(make(tx, actor, Order::DEF, &draft)?))
}

/// Writes in the diary what is to become of an order that was just taken.
pub fn open(shop: &mut Shop, day: Day, order: Id<Order>, basket: &Basket) {
    let frozen = matches!(basket.then, Then::Confirmed | Then::Held(_) | Then::Cancelled(_));
    let rank = shop.deals.len();
    shop.deals.push(Deal {
        order,
        customer: basket.customer,
        frozen,
        unpaid: basket.then == Then::Unpaid,
        deposit: basket.deposit.is_some(),
        waits: basket.then == Then::Deposited,
        sure: basket.sure,
        tries: 0,
    });
    let usual = basket.then == Then::Usual && !basket.sure;
    let later = i64::from(usual && shop.chance.percent(15));
    let confirmed_on = shop.calendar.after(day, later);
    let next = shop.calendar.after(day, 1);
    match basket.then {
        Then::Draft => return,
        Then::Held(reason) => shop.diary.holds.put(day, (rank, reason)),
        Then::Cancelled(reason) => shop.diary.cancellations.put(next, (rank, reason)),
        Then::GivenUp(reason) => {
            let end = shop.calendar.after(day, 6);
            shop.diary.ends.put(end, (rank, reason));
        }
        Then::Usual if usual && shop.chance.percent(1) => {
            let reason = "Commande passée deux fois par le client";
            shop.diary.cancellations.put(shop.calendar.after(confirmed_on, 1), (rank, reason));
            shop.deals[rank].frozen = true;
        }
        _ => {}
    }
    shop.diary.confirmations.put(confirmed_on, rank);
}

/// Confirms what was taken; holds and cancels what has to be.
///
/// # Errors
/// Those of the process, `store.*`.
pub fn confirm_orders(shop: &mut Shop, day: Day) -> Result<(), Faults> {
    let confirmations = shop.diary.confirmations.take(day);
    let holds = shop.diary.holds.take(day);
    let cancellations = shop.diary.cancellations.take(day);
    let minute = shop.chance.between(0, 55);
    for seller in 0..shop.sellers() {
        let of = |rank: usize| shop.customers[shop.deals[rank].customer].seller == seller;
        let order = |rank: usize| shop.deals[rank].order;
        let confirm: Vec<(usize, Id<Order>)> = confirmations
            .iter()
            .filter(|rank| of(**rank))
            .map(|rank| (*rank, order(*rank)))
            .collect();
        let theirs = |list: &[(usize, &'static str)]| -> Vec<(Id<Order>, &'static str)> {
            let own = list.iter().filter(|(rank, _)| of(*rank));
            own.map(|(rank, reason)| (order(*rank), *reason)).collect()
        };
        let (hold, cancel) = (theirs(&holds), theirs(&cancellations));
        if confirm.is_empty() && hold.is_empty() && cancel.is_empty() {
            continue;
        }
        let (who, at) = (shop.someone(Role::Seller, seller), shop.calendar.at(day, 11, minute));
        let done = shop.act(&who, at, move |tx, actor| {
            let mut done = Vec::new();
            for (rank, order) in &confirm {
                done.push((*rank, order_to_cash::confirm(tx, actor, *order, true)?));
            }
            for (order, reason) in &hold {
                let held = order_to_cash::hold(tx, actor, *order, reason, None);
                unless(&["order.stage"], held)?;
            }
            for (order, reason) in &cancel {
                let reason = Some((*reason).to_owned());
                let done = order_to_cash::cancel(tx, actor, *order, reason);
                unless(&["order.stage", "order.shipped", "order.billed"], done)?;
            }
            Ok(done)
        })?;
        for (rank, confirmed) in done {
            follow(shop, day, rank, &confirmed);
        }
    }
    Ok(())
}

/// Writes in the diary what follows a confirmation.
fn follow(shop: &mut Shop, day: Day, rank: usize, confirmed: &Confirmed) {
    if shop.deals[rank].frozen {
        return;
    }
    if confirmed.held.contains(&HoldKind::Credit) {
        let wait = shop.chance.between(2, 7);
        shop.diary.releases.put(shop.calendar.after(day, wait), rank);
    }
    if shop.deals[rank].deposit {
        shop.diary.deposits.put(day, rank);
    } else {
        let wait = shop.chance.between(1, 2);
        shop.diary.preparations.put(shop.calendar.after(day, wait), rank);
    }
    if !shop.deals[rank].sure && shop.chance.percent(1) {
        let reason = "Attendre l’accord du client sur la teinte";
        shop.diary.holds.put(shop.calendar.after(day, 1), (rank, reason));
        let wait = shop.chance.between(3, 6);
        shop.diary.releases.put(shop.calendar.after(day, wait), rank);
    }
}
