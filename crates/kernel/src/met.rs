//! The records that a transaction has met: as it found them, as they are now, and what of it the
//! database does not know yet.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::backend::{AuditLine, Change, Row, RowWrite, Sought, Touched, Verb};
use crate::{EntityDef, Instant, Origin, RawId, Value, json};

/// One record that the transaction has met.
struct Met {
    def: &'static EntityDef,
    id: RawId,
    /// As the transaction found it; absent when the transaction made it.
    before: Option<Arc<Row>>,
    /// As it is now; absent when deleted.
    now: Option<Arc<Row>>,
    /// The fields that changed since it was found, even if they changed back.
    touched: Touched,
    /// The version the database holds for us: 0 when it holds none yet.
    stored: i64,
    dirty: bool,
}

/// Where a record stands among those met.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place(usize);

#[derive(Default)]
pub(crate) struct Records {
    met: Vec<Met>,
    places: HashMap<(&'static str, RawId), usize>,
    /// The places of the records that changed since they were last gathered.
    dirty: Vec<usize>,
    /// The lines that were met all: their entity, and the record that holds them.
    families: HashSet<(&'static str, RawId)>,
}

impl Records {
    pub(crate) fn place(&self, def: &EntityDef, id: RawId) -> Option<Place> {
        self.places.get(&(def.name, id)).copied().map(Place)
    }

    /// The record as it is now; none when it is deleted.
    pub(crate) fn now(&self, place: Place) -> Option<&Row> {
        self.met[place.0].now.as_deref()
    }

    /// The record as the transaction found it; none when the transaction made it.
    pub(crate) fn before(&self, place: Place) -> Option<Row> {
        self.met[place.0].before.as_deref().cloned()
    }

    /// Whether the transaction changed it already: it is ours, or the write will tell that it moved.
    pub(crate) fn ours(&self, place: Place) -> bool {
        let met = &self.met[place.0];
        met.dirty || met.stored != met.before.as_ref().map_or(0, |row| row.version)
    }

    /// Whether something of this entity is not written yet.
    pub(crate) fn unwritten(&self, def: &EntityDef) -> bool {
        self.dirty.iter().any(|place| self.met[*place].def.name == def.name)
    }

    /// All the lines that a record holds, when the transaction has met them or made the record.
    pub(crate) fn lines(
        &self,
        def: &'static EntityDef,
        (holder, id): (&'static str, RawId),
    ) -> Option<Vec<Row>> {
        let made = || {
            let place = self.places.get(&(holder, id))?;
            self.met[*place].before.is_none().then_some(())
        };
        if !self.families.contains(&(def.name, id)) && made().is_none() {
            return None;
        }
        let rank = def.parent().and_then(|(field, _)| def.rank(field.name))?;
        let now = self.met.iter().filter(|met| met.def.name == def.name);
        let now = now.filter_map(|met| met.now.as_deref());
        let held = now.filter(|row| row.values.get(rank) == Some(&Value::Ref(id)));
        let mut rows: Vec<Row> = held.cloned().collect();
        rows.sort_by_key(|row| row.id);
        Some(rows)
    }

    /// Remembers that all the lines of a record were met.
    pub(crate) fn meet_lines(&mut self, def: &'static EntityDef, holder: RawId) {
        self.families.insert((def.name, holder));
    }

    /// Adds a record that the transaction makes.
    pub(crate) fn make(&mut self, def: &'static EntityDef, row: Row) {
        let (place, id, now) = (self.met.len(), row.id, Some(Arc::new(row)));
        self.places.insert((def.name, id), place);
        self.dirty.push(place);
        let touched = Touched::default();
        self.met.push(Met { def, id, before: None, now, touched, stored: 0, dirty: true });
    }

    /// Keeps what was read, so that a later write knows what was before. Gives the record as the
    /// transaction sees it.
    pub(crate) fn meet(&mut self, def: &'static EntityDef, row: Row) -> Row {
        let Some(place) = self.places.get(&(def.name, row.id)) else {
            let (id, stored, kept) = (row.id, row.version, Arc::new(row.clone()));
            self.places.insert((def.name, id), self.met.len());
            let (before, now, touched) = (Some(kept.clone()), Some(kept), Touched::default());
            self.met.push(Met { def, id, before, now, touched, stored, dirty: false });
            return row;
        };
        let met = &mut self.met[*place];
        let untouched = met.before.as_ref().is_some_and(|before| before.version == met.stored);
        if !met.dirty && untouched && met.stored < row.version {
            let kept = Arc::new(row);
            (met.stored, met.touched) = (kept.version, Touched::default());
            (met.before, met.now) = (Some(kept.clone()), Some(kept));
        }
        let now = met.now.as_deref().cloned();
        now.unwrap_or_else(|| unreachable!("a deleted row is not found again"))
    }

    /// Changes a record, if the change makes a difference. Nothing happens to a deleted one.
    pub(crate) fn alter(
        &mut self,
        place: Place,
        at: Instant,
        by: Option<RawId>,
        change: impl FnOnce(&mut Row),
    ) {
        let met = &mut self.met[place.0];
        let Some(now) = &met.now else { return };
        let mut row = Row::clone(now);
        change(&mut row);
        let touched = Touched::between(now, &row);
        if touched.is_empty() {
            return;
        }
        (row.updated_at, row.updated_by) = (at, by);
        row.version = met.before.as_ref().map_or(1, |before| before.version + 1);
        met.touched = met.touched.with(touched);
        self.change(place, Some(Arc::new(row)));
    }

    pub(crate) fn delete(&mut self, place: Place) {
        self.change(place, None);
    }

    fn change(&mut self, Place(place): Place, now: Option<Arc<Row>>) {
        let met = &mut self.met[place];
        met.now = now;
        if !met.dirty {
            met.dirty = true;
            self.dirty.push(place);
        }
    }

    /// What is not written yet, in the order in which the records were met.
    pub(crate) fn gather(&mut self) -> Vec<RowWrite> {
        let mut dirty = std::mem::take(&mut self.dirty);
        dirty.sort_unstable();
        let mut rows = Vec::with_capacity(dirty.len());
        for place in dirty {
            let met = &mut self.met[place];
            met.dirty = false;
            let was = met.stored;
            met.stored = met.now.as_ref().map_or(0, |row| row.version);
            let change = match &met.now {
                Some(row) if was == 0 => Change::Insert(row.clone()),
                Some(row) => Change::Update { row: row.clone(), was, touched: met.touched },
                None if was == 0 => continue,
                None => Change::Delete { id: met.id, was },
            };
            rows.push(RowWrite { def: met.def, change });
        }
        rows
    }

    /// The records that searches find by other words than before.
    pub(crate) fn sought(&self) -> Vec<Sought> {
        let changed = self.met.iter().filter(|met| met.def.fields.iter().any(|field| field.search));
        let changed = changed.filter_map(|met| {
            let now = met.now.as_ref()?;
            let differs = |rank: usize| match &met.before {
                Some(before) => before.values.get(rank) != now.values.get(rank),
                None => true,
            };
            let mut fields = met.def.fields.iter().enumerate();
            let new = met.before.is_none();
            let sought = || Sought { def: met.def, row: now.clone(), new };
            let other = fields.any(|(rank, field)| field.search && differs(rank));
            (other && (met.def.sought)(&now.values)).then(sought)
        });
        changed.collect()
    }

    /// What the transaction did to each record, all in all.
    pub(crate) fn audit(&self) -> Vec<AuditLine> {
        self.met.iter().filter(|met| !met.def.derived).filter_map(audit_line).collect()
    }
}

fn audit_line(met: &Met) -> Option<AuditLine> {
    let verb = match (&met.before, &met.now) {
        (None, None) => return None,
        (None, Some(_)) => Verb::Created,
        (Some(_), None) => Verb::Deleted,
        (Some(before), Some(now)) if before.version == now.version => return None,
        (Some(_), Some(_)) => Verb::Updated,
    };
    let changes = json::changes(met.def, met.before.as_deref(), met.now.as_deref());
    Some(AuditLine { about: Origin { entity: met.def.name, id: met.id }, verb, changes })
}
