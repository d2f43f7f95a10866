//! A database of maps, for the stories of this crate: it keeps the unique keys and the versions, and
//! counts what it is asked.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use kernel::backend::{Batch, Change, Row};
use kernel::work::Context;
use kernel::{
    Actor, Backend, CompanyNumber, Condition, Currency, Direction, Door, Entity, EntityDef, Fault,
    Faults, Id, Instant, Price, Query, RawId, Tx, Value,
};
use master::{Party, Product, ProductKind, Tax, Unit};

use crate::inventory::seed_locations;

#[derive(Default)]
pub(crate) struct Memory {
    tables: HashMap<&'static str, BTreeMap<RawId, Row>>,
    numbers: HashMap<String, i64>,
    pub events: Vec<&'static str>,
    pub queries: usize,
}

impl Memory {
    fn unique(&self, def: &'static EntityDef, row: &Row) -> Result<(), Fault> {
        let single = def.fields.iter().filter(|field| field.unique).map(|field| vec![field.name]);
        for names in single.chain(def.uniques.iter().map(|names| names.to_vec())) {
            let key = |row: &Row| -> Vec<Value> {
                names.iter().map(|name| value(def, row, name)).collect()
            };
            let ours = key(row);
            let table = self.tables.get(def.name).into_iter().flat_map(BTreeMap::values);
            let twins = table.filter(|other| other.id != row.id && key(other) == ours).count();
            if twins > 0 && !ours.iter().any(Value::is_null) {
                return Err(Fault::new("record.taken").on(names.join(", ")));
            }
        }
        Ok(())
    }
}

fn value(def: &EntityDef, row: &Row, name: &str) -> Value {
    match def.rank(name) {
        Some(rank) => row.values[rank].clone(),
        None => Value::Ref(row.id),
    }
}

fn compare(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Ref(one), Value::Ref(other)) => one.cmp(other),
        (Value::Day(one), Value::Day(other)) => one.cmp(other),
        (Value::Text(one), Value::Text(other)) => one.cmp(other),
        _ => panic!("the stories do not compare {one:?} and {other:?}"),
    }
}

fn holds(def: &EntityDef, row: &Row, condition: &Condition) -> bool {
    match condition {
        Condition::Everything => true,
        Condition::All(all) => all.iter().all(|each| holds(def, row, each)),
        Condition::Any(any) => any.iter().any(|each| holds(def, row, each)),
        Condition::Not(not) => !holds(def, row, not),
        Condition::Is(name, wanted) => value(def, row, name) == *wanted,
        Condition::Among(name, wanted) => wanted.contains(&value(def, row, name)),
        Condition::Empty(name) => value(def, row, name).is_null(),
        other => panic!("the stories do not ask {other:?}"),
    }
}

impl Backend for Memory {
    fn get(&mut self, def: &'static EntityDef, id: RawId, _: bool) -> Result<Option<Row>, Fault> {
        self.queries += 1;
        Ok(self.tables.get(def.name).and_then(|table| table.get(&id)).cloned())
    }
    fn find(&mut self, query: &Query) -> Result<Vec<Row>, Fault> {
        self.queries += 1;
        let table = self.tables.get(query.def.name).into_iter().flat_map(BTreeMap::values);
        let mut rows: Vec<Row> =
            table.filter(|row| holds(query.def, row, &query.condition)).cloned().collect();
        rows.sort_by(|one, other| {
            let key = |row: &Row| value(query.def, row, query.order);
            let order = compare(&key(one), &key(other)).then(one.id.cmp(&other.id));
            if query.direction == Direction::Down { order.reverse() } else { order }
        });
        rows.truncate(query.limit.map_or(usize::MAX, |limit| limit as usize));
        Ok(rows)
    }
    fn write(&mut self, batch: Batch) -> Result<(), Fault> {
        for write in batch.rows {
            let (def, table) = (write.def, self.tables.entry(write.def.name).or_default());
            let version = |id| table.get(&id).map(|row| row.version);
            let row = match write.change {
                Change::Delete { id, was } => {
                    assert_eq!(version(id), Some(was), "{} moved", def.name);
                    table.remove(&id);
                    continue;
                }
                Change::Insert(row) => row,
                Change::Update { row, was, .. } => {
                    assert_eq!(version(row.id), Some(was), "{} moved", def.name);
                    row
                }
            };
            table.insert(row.id, (*row).clone());
            self.unique(def, &row)?;
        }
        self.events.extend(batch.events.iter().map(|event| event.name));
        Ok(())
    }
    fn number(&mut self, series: &str) -> Result<i64, Fault> {
        let number = self.numbers.entry(series.to_owned()).or_default();
        *number += 1;
        Ok(*number)
    }
    fn sql(&mut self, _: &str, _: &[Value]) -> Result<Vec<Vec<Value>>, Fault> {
        panic!("reports are read from real databases");
    }
}

/// A company with its places and a few products at 6.00 each, on 24 November 2026.
pub(crate) struct House {
    pub memory: Memory,
    seed: u64,
    pub now: Instant,
    pub party: Id<Party>,
    pub products: Vec<Id<Product>>,
}

impl House {
    pub(crate) fn new(products: usize) -> Self {
        let now = Instant::parse("2026-11-24T09:00:00Z").unwrap();
        let party = Id::from_raw(RawId([0; 16]));
        let mut house =
            Self { memory: Memory::default(), seed: 1, now, party, products: Vec::new() };
        house.act(seed_locations).unwrap();
        let made = house.act(|tx| {
            let mut customer = Party::named("Atelier Morel");
            customer.city = Some("Nantes".to_owned());
            let party = tx.insert(&customer)?;
            let made = (0..products).map(|rank| tx.insert(&product(rank)));
            Ok((party, made.collect::<Result<Vec<_>, Faults>>()?))
        });
        (house.party, house.products) = made.unwrap();
        house
    }

    /// One command, a millisecond after the last: all of it, or nothing of it.
    pub(crate) fn act<T>(
        &mut self,
        act: impl FnOnce(&mut Tx<'_>) -> Result<T, Faults>,
    ) -> Result<T, Faults> {
        self.seed += 1;
        self.now = Instant(self.now.0 + 1000);
        let before = (self.memory.tables.clone(), self.memory.numbers.clone());
        let actor = Actor::house(CompanyNumber(1), Door::Console);
        let (now, currency, seed) = (self.now, Currency::EUR, self.seed);
        let mut tx =
            Tx::new(&mut self.memory, Context { actor, now, currency, seed, secret: || [7; 32] });
        let done = act(&mut tx);
        let done = done.and_then(|value| tx.finish().map(|()| value));
        if done.is_err() {
            (self.memory.tables, self.memory.numbers) = before;
        }
        done
    }
}

fn product(rank: usize) -> Product {
    Product {
        sku: format!("P-{rank}"),
        name: format!("Vase {rank}"),
        name_en: None,
        kind: ProductKind::Goods,
        family: None,
        unit: Id::<Unit>::from_raw(RawId([3; 16])),
        price: Price::new(10_0000, Currency::EUR),
        cost: Some(Price::new(6_0000, Currency::EUR)),
        tax: Id::<Tax>::from_raw(RawId([4; 16])),
        made: false,
        barcode: None,
        weight_g: Some(250),
        lead_days: Some(14),
        reorder_point: None,
        archived: false,
    }
}

/// Every record of an entity.
pub(crate) fn all<E: Entity>(house: &mut House) -> Vec<E> {
    let found = house.act(|tx| Ok(tx.select::<E>(Query::all(E::DEF))?));
    found.unwrap().into_iter().map(kernel::Kept::into_inner).collect()
}
