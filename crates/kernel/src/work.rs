//! The unit of work: reads, writes, audit lines and events that become true together or not at all.

use std::collections::{HashMap, VecDeque};

use crate::backend::{AuditLine, Batch, Change, Row, RowWrite, Verb};
use crate::id::IdSource;
use crate::kept::{Kept, kept};
use crate::query::{Filter, Query};
use crate::{
    Actor, Backend, CompanyNumber, Currency, Day, Entity, EntityDef, Event, Fault, Faults, Id,
    Instant, Origin, RawId, Record, Value, json,
};

/// What a transaction knows of the world outside the database.
#[derive(Debug)]
pub struct Context {
    pub actor: Actor,
    pub now: Instant,
    /// The currency of the company's accounts.
    pub currency: Currency,
    /// Chance, for identifiers.
    pub seed: u64,
    /// Where chance that no one can guess comes from.
    pub secret: fn() -> [u8; 32],
}

/// One record that this transaction has met.
struct Met {
    def: &'static EntityDef,
    id: RawId,
    /// As the transaction found it; absent when the transaction made it.
    before: Option<Row>,
    /// As it is now; absent when deleted.
    now: Option<Row>,
    /// The version the database holds for us: 0 when it holds none yet.
    stored: i64,
    dirty: bool,
}

type Last<'t> = Box<dyn FnOnce(&mut Tx<'_>) -> Result<(), Faults> + Send + 't>;

/// A unit of work over one open transaction.
///
/// Reads go at once; writes, events and audit lines are gathered and sent together, before any
/// query that could see them and at the end. Business code never commits: the door does.
pub struct Tx<'t> {
    backend: &'t mut dyn Backend,
    context: Context,
    ids: IdSource,
    met: Vec<Met>,
    places: HashMap<(&'static str, RawId), usize>,
    events: Vec<Event>,
    lasts: VecDeque<Last<'t>>,
}

impl<'t> Tx<'t> {
    #[must_use]
    pub fn new(backend: &'t mut dyn Backend, context: Context) -> Self {
        let ids = IdSource::new(context.seed);
        let (met, places) = (Vec::new(), HashMap::new());
        Self { backend, context, ids, met, places, events: Vec::new(), lasts: VecDeque::new() }
    }

    #[must_use]
    pub const fn now(&self) -> Instant {
        self.context.now
    }
    /// The day it is in France.
    #[must_use]
    pub fn today(&self) -> Day {
        self.context.now.day()
    }
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.context.currency
    }
    #[must_use]
    pub const fn company(&self) -> CompanyNumber {
        self.context.actor.company
    }
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.context.actor
    }
    /// Thirty-two bytes that no one can guess: a token, a salt.
    #[must_use]
    pub fn secret(&self) -> [u8; 32] {
        (self.context.secret)()
    }
    pub fn draw_id<E>(&mut self) -> Id<E> {
        Id::from_raw(self.ids.draw(self.context.now))
    }

    // ——— typed records ———

    /// # Errors
    /// `not_found` when the company has no such record.
    pub fn get<E: Entity>(&mut self, id: Id<E>) -> Result<Kept<E>, Fault> {
        let row = self.row(E::DEF, id.raw())?;
        kept(row.ok_or_else(|| not_found(E::DEF, id.raw()))?)
    }
    /// The same, and no one else may change the record until this transaction ends.
    ///
    /// # Errors
    /// `not_found`.
    pub fn lock<E: Entity>(&mut self, id: Id<E>) -> Result<Kept<E>, Fault> {
        let row = self.lock_row(E::DEF, id.raw())?;
        kept(row.ok_or_else(|| not_found(E::DEF, id.raw()))?)
    }
    /// The records that pass the filter, oldest first.
    ///
    /// # Errors
    /// `store.*`.
    pub fn find<E: Entity>(&mut self, filter: Filter<E>) -> Result<Vec<Kept<E>>, Fault> {
        self.select(Query::all(E::DEF).only(filter.condition))
    }
    /// # Errors
    /// `store.*`.
    pub fn first<E: Entity>(&mut self, filter: Filter<E>) -> Result<Option<Kept<E>>, Fault> {
        Ok(self.select(Query::all(E::DEF).only(filter.condition).limit(1))?.pop())
    }
    /// The records of a query on `E`.
    ///
    /// # Errors
    /// `store.*`.
    pub fn select<E: Entity>(&mut self, query: Query) -> Result<Vec<Kept<E>>, Fault> {
        debug_assert_eq!(query.def.name, E::NAME, "a query is on the entity it returns");
        self.rows(query)?.into_iter().map(kept).collect()
    }
    /// # Errors
    /// The broken rules of the entity.
    pub fn insert<E: Entity>(&mut self, record: &E) -> Result<Id<E>, Faults> {
        let id = self.draw_id();
        self.insert_row(E::DEF, id.raw(), record.to_record(), None)?;
        Ok(id)
    }
    /// # Errors
    /// The broken rules of the entity.
    pub fn save<E: Entity>(&mut self, kept: &Kept<E>) -> Result<(), Faults> {
        self.save_values(E::DEF, kept.id.raw(), kept.record.to_record())
    }
    /// # Errors
    /// `not_found`.
    pub fn delete<E: Entity>(&mut self, id: Id<E>) -> Result<(), Fault> {
        self.delete_row(E::DEF, id.raw())
    }

    // ——— described records: what the generic doors use ———

    /// # Errors
    /// `store.*`.
    pub fn row(&mut self, def: &'static EntityDef, id: RawId) -> Result<Option<Row>, Fault> {
        if let Some(place) = self.places.get(&(def.name, id)) {
            return Ok(self.met[*place].now.clone());
        }
        let row = self.backend.get(def, id, false)?;
        Ok(row.map(|row| self.meet(def, row)))
    }

    /// # Errors
    /// `store.*`.
    pub fn lock_row(&mut self, def: &'static EntityDef, id: RawId) -> Result<Option<Row>, Fault> {
        if let Some(met) = self.places.get(&(def.name, id)).map(|place| &self.met[*place])
            && (met.dirty || met.stored != met.before.as_ref().map_or(0, |row| row.version))
        {
            // We changed it already: it is ours, or the write will tell that it moved.
            return Ok(met.now.clone());
        }
        let row = self.backend.get(def, id, true)?;
        Ok(row.map(|row| self.meet(def, row)))
    }

    /// # Errors
    /// `store.*`.
    pub fn rows(&mut self, query: Query) -> Result<Vec<Row>, Fault> {
        if self.met.iter().any(|met| met.dirty && met.def.name == query.def.name) {
            self.flush()?;
        }
        let rows = self.backend.find(&query)?;
        Ok(rows.into_iter().map(|row| self.meet(query.def, row)).collect())
    }

    /// # Errors
    /// The broken rules of the entity.
    pub fn insert_row(
        &mut self,
        def: &'static EntityDef,
        id: RawId,
        values: Record,
        extra: Option<String>,
    ) -> Result<(), Faults> {
        (def.check)(&values)?;
        let (at, by) = (self.context.now, self.context.actor.user);
        let row = Row {
            id,
            version: 1,
            created_at: at,
            created_by: by,
            updated_at: at,
            updated_by: by,
            values,
            extra,
        };
        self.places.insert((def.name, id), self.met.len());
        self.met.push(Met { def, id, before: None, now: Some(row), stored: 0, dirty: true });
        Ok(())
    }

    /// # Errors
    /// `not_found`, the broken rules of the entity.
    pub fn save_values(
        &mut self,
        def: &'static EntityDef,
        id: RawId,
        values: Record,
    ) -> Result<(), Faults> {
        (def.check)(&values)?;
        Ok(self.alter(def, id, |row| row.values = values)?)
    }

    /// Replaces the JSON document of a record.
    ///
    /// # Errors
    /// `not_found`.
    pub fn save_extra(
        &mut self,
        def: &'static EntityDef,
        id: RawId,
        extra: Option<String>,
    ) -> Result<(), Fault> {
        self.alter(def, id, |row| row.extra = extra)
    }

    fn alter(
        &mut self,
        def: &'static EntityDef,
        id: RawId,
        change: impl FnOnce(&mut Row),
    ) -> Result<(), Fault> {
        let mut row = self.row(def, id)?.ok_or_else(|| not_found(def, id))?;
        let was = row.clone();
        change(&mut row);
        if row == was {
            return Ok(());
        }
        row.updated_at = self.context.now;
        row.updated_by = self.context.actor.user;
        let met = &mut self.met[self.places[&(def.name, id)]];
        row.version = met.before.as_ref().map_or(1, |before| before.version + 1);
        met.now = Some(row);
        met.dirty = true;
        Ok(())
    }

    /// # Errors
    /// `not_found`.
    pub fn delete_row(&mut self, def: &'static EntityDef, id: RawId) -> Result<(), Fault> {
        self.row(def, id)?.ok_or_else(|| not_found(def, id))?;
        let met = &mut self.met[self.places[&(def.name, id)]];
        met.now = None;
        met.dirty = true;
        Ok(())
    }

    /// Keeps what was read, so that a later write knows what was before.
    fn meet(&mut self, def: &'static EntityDef, row: Row) -> Row {
        match self.places.get(&(def.name, row.id)) {
            Some(place) => {
                let met = &mut self.met[*place];
                let untouched =
                    met.before.as_ref().is_some_and(|before| before.version == met.stored);
                if !met.dirty && untouched && met.stored < row.version {
                    met.stored = row.version;
                    met.before = Some(row.clone());
                    met.now = Some(row);
                }
                met.now.clone().unwrap_or_else(|| unreachable!("a deleted row is not found again"))
            }
            None => {
                let (id, stored) = (row.id, row.version);
                self.places.insert((def.name, id), self.met.len());
                let (before, now) = (Some(row.clone()), Some(row.clone()));
                self.met.push(Met { def, id, before, now, stored, dirty: false });
                row
            }
        }
    }

    // ——— the rest of the work ———

    /// Tells a fact that others may react to after the commit, at least once.
    pub fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Work that takes a number without gaps goes last: the counter is then held for a moment only.
    pub fn last(&mut self, work: impl FnOnce(&mut Tx<'_>) -> Result<(), Faults> + Send + 't) {
        self.lasts.push_back(Box::new(work));
    }

    /// The next number of a series without gaps. Take it inside [`Tx::last`].
    ///
    /// # Errors
    /// `store.*`.
    pub fn number(&mut self, series: &str) -> Result<i64, Fault> {
        self.backend.number(series)
    }

    /// Runs a reading statement written by hand. `$1` is the company; `params` follow from `$2`.
    ///
    /// # Errors
    /// `store.*`.
    pub fn sql(&mut self, statement: &str, params: &[Value]) -> Result<Vec<Vec<Value>>, Fault> {
        self.flush()?;
        self.backend.sql(statement, params)
    }

    /// Sends the rows gathered so far.
    ///
    /// # Errors
    /// Those of [`Backend::write`].
    pub fn flush(&mut self) -> Result<(), Fault> {
        let rows = self.gather();
        if rows.is_empty() {
            return Ok(());
        }
        self.backend.write(Batch { rows, ..Batch::default() })
    }

    fn gather(&mut self) -> Vec<RowWrite> {
        let mut rows = Vec::new();
        for met in self.met.iter_mut().filter(|met| met.dirty) {
            met.dirty = false;
            let was = met.stored;
            met.stored = met.now.as_ref().map_or(0, |row| row.version);
            let change = match &met.now {
                Some(row) if was == 0 => Change::Insert(row.clone()),
                Some(row) => Change::Update { row: row.clone(), was },
                None if was == 0 => continue,
                None => Change::Delete { id: met.id, was },
            };
            rows.push(RowWrite { def: met.def, change });
        }
        rows
    }

    /// Sends all that is left: the door's part, just before the commit.
    ///
    /// # Errors
    /// Those of the work put last, and of [`Backend::write`].
    pub fn finish(mut self) -> Result<(), Faults> {
        while let Some(last) = self.lasts.pop_front() {
            self.flush()?;
            last(&mut self)?;
        }
        let rows = self.gather();
        let audit = self.met.iter().filter_map(audit_line).collect();
        let events = std::mem::take(&mut self.events);
        Ok(self.backend.write(Batch { rows, events, audit })?)
    }
}

/// The refusal of an id that names nothing in this company.
#[must_use]
pub fn not_found(def: &'static EntityDef, id: RawId) -> Fault {
    Fault::new("not_found").with("entity", def.name).with("id", id)
}

fn audit_line(met: &Met) -> Option<AuditLine> {
    let verb = match (&met.before, &met.now) {
        (None, None) => return None,
        (None, Some(_)) => Verb::Created,
        (Some(_), None) => Verb::Deleted,
        (Some(before), Some(now)) if before.version == now.version => return None,
        (Some(_), Some(_)) => Verb::Updated,
    };
    let changes = json::changes(met.def, met.before.as_ref(), met.now.as_ref());
    Some(AuditLine { about: Origin { entity: met.def.name, id: met.id }, verb, changes })
}
