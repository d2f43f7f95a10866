//! The company while its history is made: who works there, what it sells, to whom, what is to be
//! done on which day.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crm::sales::Order;
use erp::inventory::Location;
use identity::Role;
use kernel::{
    Actor, CompanyNumber, Day, EntityDef, Fault, Faults, Id, Instant, Price, Quantity, RawId, Tx,
    Value,
    edit::{self, Draft, LineDraft},
};
use master::{Party, Product};
use serde_json::Value as Json;
use store::{Call, Store};

use super::calendar::Calendar;
use super::chance::Chance;
use super::diary::Diary;

/// Someone who works there.
#[derive(Debug, Clone)]
pub struct Person {
    pub actor: Actor,
    pub role: Role,
}

/// A product as the shelves and the customers see it.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: Id<Product>,
    pub sku: String,
    pub family: String,
    pub unit: String,
    pub price: Price,
    pub cost: Price,
    pub stocked: bool,
    pub opening: Quantity,
    pub reorder: Quantity,
    pub lead_days: i64,
    pub supplier: Option<String>,
    /// What was ordered of late: fades by a few percent a day.
    pub demand: i64,
}

/// When a customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pays {
    Early,
    OnTime,
    Late15,
    Late40,
    SlowDisputes,
}

/// A customer and its habits.
#[derive(Debug, Clone)]
pub struct Customer {
    pub id: Id<Party>,
    pub code: String,
    pub name: String,
    pub sector: String,
    pub country: String,
    pub seller: usize,
    /// The most it may owe, in cents.
    pub limit: i64,
    /// Off the list price, in percent.
    pub discount: i64,
    /// Orders a month, in thousandths.
    pub orders: i64,
    pub lines: i64,
    pub pays: Pays,
    pub first_day: Day,
}

/// An order under way, as its history is told.
#[derive(Debug, Clone)]
pub struct Deal {
    pub order: Id<Order>,
    pub customer: usize,
    /// Nothing more happens to it: it stays in its state, to be looked at.
    pub frozen: bool,
    /// Its invoices are never paid.
    pub unpaid: bool,
    pub deposit: bool,
    /// It is not to leave before the day the customer wants it.
    pub waits: bool,
    /// Nothing unforeseen happens to it.
    pub sure: bool,
    pub tries: u32,
}

pub struct Shop {
    pub store: Store,
    pub company: CompanyNumber,
    pub calendar: Calendar,
    pub chance: Chance,
    pub people: Vec<Person>,
    pub items: Vec<Item>,
    pub customers: Vec<Customer>,
    pub deals: Vec<Deal>,
    pub diary: Diary,
    pub shelf: Id<Location>,
    /// The balance of the bank account, in cents, as the last statement told it.
    pub balance: i64,
    pub iban: String,
    /// Products that are not bought again before the end.
    pub starved: Vec<usize>,
}

impl Shop {
    /// Runs one command as someone, at a moment, and gives what it found.
    pub fn act<T: Send + 'static>(
        &self,
        who: &Actor,
        at: Instant,
        work: impl Fn(&mut Tx<'_>, &Actor) -> Result<T, Faults> + Send + Sync + 'static,
    ) -> Result<T, Faults> {
        let found: Arc<Mutex<Option<T>>> = Arc::default();
        let (slot, actor) = (Arc::clone(&found), who.clone());
        self.store.command(Call::new(who.clone()).at(at), move |tx| {
            let answer = work(tx, &actor)?;
            // Run again, the command answers again.
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
            Ok(Json::Null)
        })?;
        let answer = found.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(answer.ok_or_else(|| Fault::new("store.mistake"))?)
    }

    /// Those who have a role, in the order of the sheet.
    fn of_role(&self, role: Role) -> Vec<&Person> {
        self.people.iter().filter(|person| person.role == role).collect()
    }
    /// Someone of a role; `rank` counts round and round.
    #[must_use]
    pub fn someone(&self, role: Role, rank: usize) -> Actor {
        let those = self.of_role(role);
        let found = those.get(rank % those.len().max(1)).map(|person| person.actor.clone());
        found.unwrap_or_else(|| Actor::house(self.company, kernel::Door::Console))
    }
    #[must_use]
    pub fn sellers(&self) -> usize {
        self.of_role(Role::Seller).len()
    }
    /// The product of a reference; the first one when there is none.
    #[must_use]
    pub fn item(&self, sku: &str) -> usize {
        self.items.iter().position(|item| item.sku == sku).unwrap_or(0)
    }
    /// The customer of a code; the first one when there is none.
    #[must_use]
    pub fn customer(&self, code: &str) -> usize {
        self.customers.iter().position(|customer| customer.code == code).unwrap_or(0)
    }
}

/// Values by field, as a form gives them.
#[must_use]
pub fn filled(def: &'static EntityDef, values: Vec<(&'static str, Value)>) -> Draft {
    let known = |(name, value): (&'static str, Value)| Some((def.field(name)?, value));
    Draft { values: values.into_iter().filter_map(known).collect(), ..Draft::default() }
}

/// The lines of a record, as a form gives them.
#[must_use]
pub fn with_lines(
    mut draft: Draft,
    def: &'static EntityDef,
    field: &str,
    lines: Vec<Draft>,
) -> Draft {
    let lines = lines.into_iter().map(|draft| LineDraft { id: None, draft }).collect();
    draft.lines.extend(def.field(field).map(|field| (field, lines)));
    draft
}

/// Makes a record as any door does.
///
/// # Errors
/// Those of [`edit::create`].
pub fn make(
    tx: &mut Tx<'_>,
    actor: &Actor,
    def: &'static EntityDef,
    draft: &Draft,
) -> Result<RawId, Faults> {
    edit::create(crate::catalog(), tx, actor, def, draft)
}

/// A value that may be absent.
#[must_use]
pub fn maybe(value: Option<impl Into<Value>>) -> Value {
    value.map_or(Value::Null, Into::into)
}

/// Goes on when the refusal is one of these, which tell that there is nothing to do now. They are
/// told before anything is written.
///
/// # Errors
/// Any other refusal.
pub fn unless<T>(codes: &[&str], done: Result<T, Faults>) -> Result<Option<T>, Faults> {
    match done {
        Ok(value) => Ok(Some(value)),
        Err(faults) if faults.codes().iter().all(|code| codes.contains(code)) => Ok(None),
        Err(faults) => Err(faults),
    }
}

/// What is to be done on each day.
#[derive(Debug)]
pub struct Agenda<T>(BTreeMap<Day, Vec<T>>);

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Agenda<T> {
    pub fn put(&mut self, day: Day, what: T) {
        self.0.entry(day).or_default().push(what);
    }
    /// What is due on this day or was before it.
    pub fn take(&mut self, day: Day) -> Vec<T> {
        let later = self.0.split_off(&(day + 1));
        std::mem::replace(&mut self.0, later).into_values().flatten().collect()
    }
}
