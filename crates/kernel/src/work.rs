//! The unit of work: reads, writes, audit lines and events that become true together or not at all.

mod chunks;
mod second;
mod shown;

use std::collections::VecDeque;

use crate::backend::{Batch, Row};
use crate::id::IdSource;
use crate::kept::{Kept, kept};
use crate::met::{Place, Records};
use crate::query::{Condition, Filter, Query};
use crate::{
    Actor, Backend, Catalog, CompanyNumber, Currency, Day, Entity, EntityDef, Event, Fault, Faults,
    Id, Instant, RawId, Record, Value,
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

type Last<'t> = Box<dyn FnOnce(&mut Tx<'_>) -> Result<(), Faults> + Send + 't>;

/// A unit of work over one open transaction.
///
/// Reads go at once; writes, events and audit lines are gathered and sent together, before any
/// query that could see them and at the end. Business code never commits: the door does.
pub struct Tx<'t> {
    backend: &'t mut dyn Backend,
    context: Context,
    today: Day,
    ids: IdSource,
    records: Records,
    events: Vec<Event>,
    lasts: VecDeque<Last<'t>>,
    looks: Vec<Last<'t>>,
    /// Set when what is read is shown to the actor: their rules are asked of each record.
    shown: Option<&'static Catalog>,
    /// What a second person has approved.
    second: second::Second,
}

impl<'t> Tx<'t> {
    #[must_use]
    pub fn new(backend: &'t mut dyn Backend, context: Context) -> Self {
        let ids = IdSource::new(context.seed);
        let (today, records) = (context.now.day(), Records::default());
        let (events, lasts, looks) = (Vec::new(), VecDeque::new(), Vec::new());
        let (shown, second) = (None, second::Second::default());
        Self { backend, context, today, ids, records, events, lasts, looks, shown, second }
    }

    #[must_use]
    pub const fn now(&self) -> Instant {
        self.context.now
    }
    /// The day it is in France.
    #[must_use]
    pub const fn today(&self) -> Day {
        self.today
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
        record.check()?;
        let id = self.draw_id();
        self.make(E::DEF, id.raw(), record.to_record(), None);
        Ok(id)
    }
    /// # Errors
    /// The broken rules of the entity.
    pub fn save<E: Entity>(&mut self, kept: &Kept<E>) -> Result<(), Faults> {
        let (id, values) = (kept.id.raw(), kept.record.to_record());
        if self.holds(E::DEF, id, &values)? {
            return Ok(());
        }
        kept.record.check()?;
        Ok(self.alter(E::DEF, id, |row| row.values = values)?)
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
        match self.any_row(def, id)? {
            Some(mut row) => {
                let seen = self.sees(def, &row)?;
                self.veil(def, &mut row);
                Ok(seen.then_some(row))
            }
            None => Ok(None),
        }
    }

    /// A record, whoever reads.
    pub(crate) fn any_row(
        &mut self,
        def: &'static EntityDef,
        id: RawId,
    ) -> Result<Option<Row>, Fault> {
        if let Some(place) = self.records.place(def, id) {
            return Ok(self.records.now(place).cloned());
        }
        let row = self.backend.get(def, id, false)?;
        Ok(row.map(|row| self.records.meet(def, row)))
    }

    /// # Errors
    /// `store.*`.
    pub fn lock_row(&mut self, def: &'static EntityDef, id: RawId) -> Result<Option<Row>, Fault> {
        if let Some(place) = self.records.place(def, id)
            && (self.backend.alone() || self.records.ours(place))
        {
            return Ok(self.records.now(place).cloned());
        }
        let row = self.backend.get(def, id, true)?;
        Ok(row.map(|row| self.records.meet(def, row)))
    }

    /// # Errors
    /// `store.*`.
    pub fn rows(&mut self, query: Query) -> Result<Vec<Row>, Fault> {
        let query = self.among_shown(query);
        let def = query.def;
        let mut rows = match query.ids() {
            Some(ids) => self.rows_of(def, ids),
            None => self.found(query),
        }?;
        rows.iter_mut().for_each(|row| self.veil(def, row));
        Ok(rows)
    }

    /// The records of these ids, in their order: those that the transaction has met are not read
    /// again, as [`Tx::row`] does not.
    fn rows_of(&mut self, def: &'static EntityDef, ids: &[Value]) -> Result<Vec<Row>, Fault> {
        let (mut rows, mut unmet) = (Vec::with_capacity(ids.len()), Vec::new());
        for value in ids {
            let Value::Ref(id) = value else { continue };
            match self.records.place(def, *id) {
                Some(place) => rows.extend(self.records.now(place).cloned()),
                None => unmet.push(value.clone()),
            }
        }
        if !unmet.is_empty() {
            let query = Query::all(def).only(Condition::Among("id", unmet));
            rows.extend(self.found(query)?);
        }
        rows.sort_by_key(|row| row.id);
        rows.dedup_by_key(|row| row.id);
        Ok(rows)
    }

    fn found(&mut self, query: Query) -> Result<Vec<Row>, Fault> {
        let holder = query.lines_of();
        if let Some(lines) = holder.and_then(|holder| self.records.lines(query.def, holder)) {
            return Ok(lines);
        }
        if self.records.unwritten(query.def) {
            self.flush()?;
        }
        let rows = self.backend.find(&query)?;
        if let Some((_, id)) = holder {
            self.records.meet_lines(query.def, id);
        }
        Ok(rows.into_iter().map(|row| self.records.meet(query.def, row)).collect())
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
        self.make(def, id, values, extra);
        Ok(())
    }

    fn make(&mut self, def: &'static EntityDef, id: RawId, values: Record, extra: Option<String>) {
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
        self.records.make(def, row);
    }

    /// Whether a record is made of these values already: as it is, it was checked when written.
    fn holds(
        &mut self,
        def: &'static EntityDef,
        id: RawId,
        values: &Record,
    ) -> Result<bool, Fault> {
        let place = self.place(def, id)?;
        Ok(self.records.now(place).is_some_and(|now| now.values == *values))
    }

    /// # Errors
    /// `not_found`, the broken rules of the entity.
    pub fn save_values(
        &mut self,
        def: &'static EntityDef,
        id: RawId,
        values: Record,
    ) -> Result<(), Faults> {
        if self.holds(def, id, &values)? {
            return Ok(());
        }
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
        let place = self.place(def, id)?;
        self.records.now(place).ok_or_else(|| not_found(def, id))?;
        let (at, by) = (self.context.now, self.context.actor.user);
        self.records.alter(place, at, by, change);
        Ok(())
    }

    /// The place of a record, read when the transaction has not met it yet.
    fn place(&mut self, def: &'static EntityDef, id: RawId) -> Result<Place, Fault> {
        if let Some(place) = self.records.place(def, id) {
            return Ok(place);
        }
        let row = self.backend.get(def, id, false)?.ok_or_else(|| not_found(def, id))?;
        self.records.meet(def, row);
        self.records.place(def, id).ok_or_else(|| not_found(def, id))
    }

    /// # Errors
    /// `not_found`.
    pub fn delete_row(&mut self, def: &'static EntityDef, id: RawId) -> Result<(), Fault> {
        let place = self.place(def, id)?;
        self.records.now(place).ok_or_else(|| not_found(def, id))?;
        self.records.delete(place);
        Ok(())
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

    /// Work that looks at what was done when all of it is done, and changes nothing.
    pub fn at_end(&mut self, look: impl FnOnce(&mut Tx<'_>) -> Result<(), Faults> + Send + 't) {
        self.looks.push(Box::new(look));
    }

    /// The next number of a series without gaps. Take it inside [`Tx::last`].
    ///
    /// # Errors
    /// `store.*`.
    pub fn number(&mut self, series: &str) -> Result<i64, Fault> {
        self.backend.number(series)
    }

    /// Sends the rows gathered so far.
    ///
    /// # Errors
    /// Those of [`Backend::write`].
    pub fn flush(&mut self) -> Result<(), Fault> {
        let rows = self.records.gather();
        if rows.is_empty() {
            return Ok(());
        }
        self.backend.write(Batch { rows, ..Batch::default() })
    }

    /// Sends all that is left: the door's part, just before the commit.
    ///
    /// # Errors
    /// Those of the work put last, and of [`Backend::write`].
    pub fn finish(mut self) -> Result<(), Faults> {
        while let Some(last) = self.lasts.pop_front() {
            last(&mut self)?;
        }
        for look in std::mem::take(&mut self.looks) {
            look(&mut self)?;
        }
        let rows = self.records.gather();
        let (audit, sought) = (self.records.audit(), self.records.sought());
        let events = std::mem::take(&mut self.events);
        Ok(self.backend.write(Batch { rows, events, audit, sought })?)
    }
}

/// The refusal of an id that names nothing in this company.
#[must_use]
pub fn not_found(def: &'static EntityDef, id: RawId) -> Fault {
    Fault::new("not_found").with("entity", def.name).with("id", id)
}
