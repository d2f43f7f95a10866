//! `/orders`: the order book. Its views are conditions that an index answers page by page, whatever
//! the number of orders; nothing is counted.

use std::collections::{HashMap, HashSet};

use axum::http::StatusCode;
use axum::response::IntoResponse;
use crm::sales::{Hold, HoldKind, Invoicing, Order, OrderStage, Progress};
use kernel::{
    Choice, Condition, Day, Direction, Entity, Fault, Faults, Id, Kept, Query, RawId, Text, Tx,
    Value,
};
use master::Party;
use processes::order_to_cash::holds;

use super::{book, list_page};
use crate::address::Fields;
use crate::answer::Answer;
use crate::door::Ask;
use crate::list::{PAGE, Wanted};
use crate::parts::{Picked, picked};
use crate::pick;
use crate::titles::{self, Titles};
use crate::views::{self, Views};

/// The most held orders that are looked at.
const HELD_MOST: u32 = 500;

/// A saved condition on the orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    Open,
    ToInvoice,
    Held,
    Late,
    All,
}

impl View {
    pub const ALL: [(View, &'static str, Text); 5] = [
        (View::Open, "open", Text::new("Carnet ouvert", "Open orders")),
        (View::ToInvoice, "to-invoice", Text::new("À facturer", "To invoice")),
        (View::Held, "held", Text::new("Retenues", "On hold")),
        (View::Late, "late", Text::new("En retard de promesse", "Past their promise")),
        (View::All, "all", Text::new("Toutes", "All")),
    ];

    fn of(name: &str) -> Result<Self, Fault> {
        if name.is_empty() {
            return Ok(View::Open);
        }
        let found = Self::ALL.iter().find(|(_, known, _)| *known == name);
        let unknown = || Fault::new("query.choice").on("view").with("given", name);
        found.map(|(view, ..)| *view).ok_or_else(unknown)
    }
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(view, ..)| *view == self).map_or("open", |(_, name, _)| name)
    }
    /// The same condition as a sieve, for the box above the list. What is to be invoiced is nearly
    /// told: the view also leaves out the orders of which all that was delivered is invoiced.
    #[must_use]
    fn sieve(self) -> String {
        match self {
            View::Open => "stage:draft or stage:confirmed".to_owned(),
            View::Late => {
                "stage:confirmed and not delivery:full and promised_on < today".to_owned()
            }
            View::All => String::new(),
            View::ToInvoice => "stage:confirmed and not invoicing_state:full and \
                                (invoicing:on_order or not delivery:none)"
                .to_owned(),
            View::Held => {
                let names = HoldKind::VALUES.iter().map(|(name, _)| *name);
                let stops = |name: &&str| HoldKind::of_name(name).is_some_and(holds::blocks);
                let kinds: Vec<String> =
                    names.filter(stops).map(|name| format!("kind:{name}")).collect();
                format!("count(holds where released_at:empty and ({})) > 0", kinds.join(" or "))
            }
        }
    }
    /// Whether its orders come by the day they were taken; the others by their age.
    #[must_use]
    pub fn by_day(self) -> bool {
        self != View::All
    }
}

/// What the address asks for.
pub struct Asked {
    pub view: View,
    pub words: String,
    pub party: Option<(Id<Party>, String)>,
    pub first: usize,
    after: Option<(Value, RawId)>,
}

/// One order of the list.
pub struct Line {
    pub id: Id<Order>,
    pub order: Order,
}

/// A page of the list with all it shows.
pub struct Shown {
    /// The same list as the drawn one would be asked for: what the sieve, the menus, the export and
    /// the bulk bar go by. `None` in the views that no sieve tells.
    pub wanted: Option<Wanted>,
    /// The views that people keep of the list.
    pub views: Views,
    /// What was asked by view; or by the filters of the drawn list.
    pub asked: Result<Asked, (Wanted, Titles)>,
    pub lines: Vec<Line>,
    pub next: Option<String>,
    pub parties: HashMap<Id<Party>, Kept<Party>>,
    pub holds: HashMap<Id<Order>, Vec<Kept<Hold>>>,
    pub shipping: HashSet<Id<Order>>,
    pub billable: HashSet<Id<Order>>,
    pub today: Day,
}

/// The page.
pub async fn list(ask: Ask) -> Answer {
    let shown = ask.read(look).await?;
    let page = list_page::page(&ask, &shown);
    let fault = shown.wanted.as_ref().is_some_and(|wanted| wanted.sifted.fault.is_some());
    Ok(if fault { (StatusCode::UNPROCESSABLE_ENTITY, page).into_response() } else { page })
}

/// Parameters of the views; any other is a filter of the drawn list.
const OWN: &[&str] = &["view", "q", "party", "party.text", "party.was", "after", "first", "lang"];

fn look(tx: &mut Tx<'_>, ask: &Ask) -> Result<Shown, Faults> {
    let kept = RawId::parse(ask.query.text("view")).is_ok();
    let by_filter = kept || ask.query.0.iter().any(|(name, _)| !OWN.contains(&name.as_str()));
    let (asked, lines, next) = if by_filter { filtered(tx, ask)? } else { viewed(tx, ask)? };
    let wanted = match &asked {
        Ok(asked) => as_sieve(tx, ask, asked)?,
        Err((wanted, _)) => Some(wanted.clone()),
    };
    let views = views::of_list(tx, ask, Order::DEF)?;
    let parties = book::by_id(tx, lines.iter().map(|line| line.order.party))?;
    let ids: Vec<Id<Order>> = lines
        .iter()
        .filter(|line| line.order.stage == OrderStage::Confirmed)
        .map(|line| line.id)
        .collect();
    let holds = book::holds_of(tx, &ids)?;
    let billable = book::billable(tx, lines.iter().map(|line| (line.id, &line.order)))?;
    let shipping = if ids.is_empty() { HashSet::new() } else { book::shipping(tx)? };
    Ok(Shown {
        wanted,
        views,
        asked,
        lines,
        next,
        parties,
        holds,
        shipping,
        billable,
        today: tx.today(),
    })
}

/// A view as the drawn list would be asked for it.
fn as_sieve(tx: &mut Tx<'_>, ask: &Ask, asked: &Asked) -> Result<Option<Wanted>, Faults> {
    // Without the right to read what the view looks at, there is no box.
    if asked.view == View::Held && !ask.actor.can("hold.read") {
        return Ok(None);
    }
    let sieve = asked.view.sieve();
    let mut query = Fields::default();
    if !asked.words.is_empty() {
        query.push("q", asked.words.as_str());
    }
    if let Some((party, _)) = &asked.party {
        query.push(Order::PARTY.name, party.to_string());
    }
    if !sieve.is_empty() {
        query.push("where", sieve);
    }
    Ok(Some(Wanted::of(tx, &ask.asking(query), Order::DEF)?))
}

type Page = (Result<Asked, (Wanted, Titles)>, Vec<Line>, Option<String>);

/// By the filters that other pages put in the address: `?stage=draft&seller=…`.
fn filtered(tx: &mut Tx<'_>, ask: &Ask) -> Result<Page, Faults> {
    let wanted = Wanted::of(tx, ask, Order::DEF)?;
    let mut rows = tx.rows(wanted.query())?;
    let next = wanted.next(&mut rows);
    let mut names = Titles::default();
    let named: Vec<titles::Named> = wanted.named().collect();
    names.gather(ask.state.catalog, tx, &ask.actor, named)?;
    let line = |row: kernel::Row| -> Result<Line, Fault> {
        Ok(Line { id: Id::from_raw(row.id), order: Order::of_record(row.values)? })
    };
    let lines = rows.into_iter().map(line).collect::<Result<_, _>>()?;
    Ok((Err((wanted, names)), lines, next))
}

fn viewed(tx: &mut Tx<'_>, ask: &Ask) -> Result<Page, Faults> {
    let asked = asked(tx, ask)?;
    let mut rows = matching(tx, &asked)?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let last = rows.last().filter(|_| more);
    let next = last.map(|last| asked.following(last));
    if asked.view == View::ToInvoice {
        let billable = book::billable(tx, rows.iter().map(|row| (row.id, &**row)))?;
        rows.retain(|row| billable.contains(&row.id));
    }
    let lines = rows.into_iter().map(|row| Line { id: row.id, order: row.into_inner() }).collect();
    Ok((Ok(asked), lines, next))
}

fn asked(tx: &mut Tx<'_>, ask: &Ask) -> Result<Asked, Faults> {
    let query = &ask.query;
    let words: String = query.text("q").chars().filter(|c| !c.is_control()).take(200).collect();
    let view = View::of(query.text("view"))?;
    // Words are looked for among all orders: the text index finds them whatever their number.
    let view = if words.is_empty() { view } else { View::All };
    let party = match picked("party", |name| query.get(name).map(ToOwned::to_owned)) {
        Picked::None => None,
        Picked::Id(id) => Some(RawId::parse(&id).map_err(|fault| fault.on("party"))?),
        Picked::Text(text) => {
            let catalog = ask.state.catalog;
            Some(pick::resolve_on(tx, catalog, &ask.actor, Party::DEF.name, &text, "party")?)
        }
    };
    let party = match party {
        Some(id) => {
            let party = tx.get(Id::<Party>::from_raw(id))?;
            Some((party.id, party.name.clone()))
        }
        None => None,
    };
    let after = query.get("after").map(|token| place(token, view)).transpose()?;
    let first = match after {
        Some(_) => query.text("first").parse().unwrap_or(1).max(1),
        None => 1,
    };
    Ok(Asked { view, words, party, first, after })
}

/// The place in the list after which to go on: `2026-11-24_0190…`, or the id alone.
fn place(token: &str, view: View) -> Result<(Value, RawId), Fault> {
    let refused = |_| Fault::new("query.cursor").on("after");
    match (view.by_day(), token.split_once('_')) {
        (true, Some((day, id))) => {
            let day = Day::parse(day).map_err(refused)?;
            Ok((Value::Day(day), RawId::parse(id).map_err(refused)?))
        }
        (false, None) => {
            let id = RawId::parse(token).map_err(refused)?;
            Ok((Value::Ref(id), id))
        }
        _ => Err(Fault::new("query.cursor").on("after")),
    }
}

impl Asked {
    /// The address of this view with its filters, without its place.
    #[must_use]
    pub fn address(&self, view: View) -> crate::address::Fields {
        let mut address = crate::address::Fields::default();
        address.push("view", view.name());
        if !self.words.is_empty() && view == View::All {
            address.push("q", self.words.as_str());
        }
        if let Some((party, _)) = &self.party {
            address.push("party", party.to_string());
        }
        address
    }
    fn following(&self, last: &Kept<Order>) -> String {
        let mut address = self.address(self.view);
        address.push(
            "after",
            match last.ordered_on.filter(|_| self.view.by_day()) {
                Some(day) => format!("{day}_{}", last.id),
                None => last.id.to_string(),
            },
        );
        address.push("first", (self.first + PAGE).to_string());
        address.after("/orders")
    }
    /// Whether anything is filtered away besides the view.
    #[must_use]
    pub fn narrowed(&self) -> bool {
        !self.words.is_empty() || self.party.is_some()
    }
}

/// One page and one order more. Each condition has one stage, so that the index on stage and day
/// gives the page in order; what two conditions give is merged.
fn matching(tx: &mut Tx<'_>, asked: &Asked) -> Result<Vec<Kept<Order>>, Fault> {
    let mut rows: Vec<Kept<Order>> = Vec::new();
    for condition in conditions(tx, asked.view)? {
        let mut query = Query::all(Order::DEF).only(condition);
        query = if asked.view.by_day() {
            query.sorted(Order::ORDERED_ON.name, Direction::Down)
        } else {
            query.newest()
        };
        if let Some((party, _)) = &asked.party {
            query = query.only(Order::PARTY.is(party).condition);
        }
        if !asked.words.is_empty() {
            query = query.only(Condition::Search(asked.words.clone()));
        }
        query.after = asked.after.clone();
        let most = u32::try_from(PAGE + 1).unwrap_or(u32::MAX);
        rows.extend(tx.select::<Order>(query.limit(most))?);
    }
    if asked.view.by_day() {
        rows.sort_by_key(|row| std::cmp::Reverse((row.ordered_on, row.id)));
    }
    rows.truncate(PAGE + 1);
    Ok(rows)
}

fn conditions(tx: &mut Tx<'_>, view: View) -> Result<Vec<Condition>, Fault> {
    let stage = |stage: OrderStage| Order::STAGE.is(&stage);
    let undelivered = || Order::DELIVERY.is_not(&Progress::Full);
    Ok(match view {
        View::Open => {
            vec![stage(OrderStage::Draft).condition, stage(OrderStage::Confirmed).condition]
        }
        View::ToInvoice => {
            let begun =
                Order::DELIVERY.is_not(&Progress::None) | Order::INVOICING.is(&Invoicing::OnOrder);
            let left = Order::INVOICING_STATE.is_not(&Progress::Full);
            vec![(stage(OrderStage::Confirmed) & left & begun).condition]
        }
        View::Held => {
            let held = book::held(tx, HELD_MOST)?;
            vec![Condition::Among("id", held.into_iter().map(Value::from).collect())]
        }
        View::Late => {
            let yesterday = Some(tx.today() + -1);
            let late = Order::PROMISED_ON.at_most(&yesterday);
            vec![(stage(OrderStage::Confirmed) & undelivered() & late).condition]
        }
        View::All => vec![Condition::Everything],
    })
}
