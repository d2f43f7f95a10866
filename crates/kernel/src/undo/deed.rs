//! What a command did to one record, read back from the audit into the kinds of the fields.

use serde_json::{Map, Value as Json};

use super::{Fault, Faults, Instant, RawId, Record, Row, Tx, Value, Verb, gone, members};
use crate::{Catalog, EntityDef, FieldDef, Origin, json};

/// What stands in the audit for a value that nobody may read there.
const VEIL: &str = "•••";

/// A line of the audit.
#[derive(Debug, Clone)]
pub struct Deed {
    pub about: Origin,
    pub verb: Verb,
    /// When the command ran: a record untouched since was last changed then.
    pub at: Instant,
    /// `{"field": [before, after]}`.
    pub changes: Map<String, Json>,
}

impl Deed {
    /// Reads a line as the store tells it; `None` when its verb is none of ours.
    #[must_use]
    pub fn told(about: Origin, verb: &str, at: Instant, changes: &Json) -> Option<Self> {
        let verb = [Verb::Created, Verb::Updated, Verb::Deleted]
            .into_iter()
            .find(|known| known.name() == verb)?;
        let changes = changes.as_object().cloned().unwrap_or_default();
        Some(Self { about, verb, at, changes })
    }

    /// The record that holds the record of this deed, when it is a line.
    ///
    /// # Errors
    /// `store.*`.
    pub fn holder(
        &self,
        catalog: &Catalog,
        tx: &mut Tx<'_>,
    ) -> Result<Option<(&'static str, RawId)>, Faults> {
        let Some(def) = catalog.entity(self.about.entity) else { return Ok(None) };
        let Some((_, holder)) = def.parent() else { return Ok(None) };
        let read = Read::of(catalog, tx, self)?;
        Ok(read.holder(tx).ok().map(|id| (holder, id)))
    }
}

/// A field, before and after.
pub(super) struct Change {
    pub rank: usize,
    pub field: &'static FieldDef,
    pub was: Value,
    pub is: Value,
    /// The audit does not keep the value.
    veiled: bool,
}

/// A line of the audit, read.
pub(super) struct Read {
    pub def: &'static EntityDef,
    pub id: RawId,
    pub verb: Verb,
    pub changes: Vec<Change>,
    /// The company's own fields, before and after.
    pub extra: (Option<String>, Option<String>),
    at: Instant,
}

impl Read {
    /// Reads a line.
    ///
    /// # Errors
    /// `undo.gone` when the entity is no more; `undo.veiled` when a value is of another kind now.
    pub(super) fn of(catalog: &Catalog, tx: &Tx<'_>, deed: &Deed) -> Result<Self, Faults> {
        let unknown = || Fault::new("undo.gone").with("entity", deed.about.entity);
        let def = catalog.entity(deed.about.entity).ok_or_else(unknown)?;
        let (mut changes, mut extra) = (Vec::new(), (None, None));
        for (name, pair) in &deed.changes {
            let [was, is] = pair.as_array().map_or(&[][..], Vec::as_slice) else { continue };
            let text = |json: &Json| json.as_str().map(ToOwned::to_owned);
            if name == "extra" {
                extra = (text(was), text(is));
                continue;
            }
            // A field that a newer version of the program no longer has is left alone.
            let (Some(rank), Some(field)) = (def.rank(name), def.field(name)) else { continue };
            let veiled = field.veiled() && [was, is].iter().any(|one| one.as_str() == Some(VEIL));
            let read = |json: &Json| match veiled {
                true => Ok(Value::Null),
                false => json::to_known_value(catalog, field, json, tx.currency()),
            };
            let lost = |_| Fault::new("undo.veiled").on(field.name);
            let (was, is) = (read(was).map_err(lost)?, read(is).map_err(lost)?);
            changes.push(Change { rank, field, was, is, veiled });
        }
        let Deed { about, verb, at, .. } = deed;
        Ok(Self { def, id: about.id, verb: *verb, changes, extra, at: *at })
    }

    /// The record that holds this line.
    pub(super) fn holder(&self, tx: &mut Tx<'_>) -> Result<RawId, Fault> {
        let (field, _) = self.def.parent().ok_or_else(|| gone(self.def))?;
        let named = self.changes.iter().find(|change| change.field.name == field.name);
        let value = match named {
            Some(change) if self.verb == Verb::Deleted => Some(change.was.clone()),
            Some(change) => Some(change.is.clone()),
            None => {
                let row = tx.row(self.def, self.id)?;
                let rank = self.def.rank(field.name);
                row.and_then(|row| row.values.get(rank?).cloned())
            }
        };
        match value {
            Some(Value::Ref(id)) => Ok(id),
            _ => Err(gone(self.def)),
        }
    }

    /// Whether the values to put back are kept.
    pub(super) fn unveiled(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        for change in self.changes.iter().filter(|change| change.veiled) {
            faults.0.push(Fault::new("undo.veiled").on(change.field.name));
        }
        faults.into_result()
    }

    /// Whether what a person filled in still is as the command left it. What Comptoir computes may
    /// have followed something else since: it is computed again, unless the command was an act.
    pub(super) fn unmoved(&self, row: &Row, by_hand: bool) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let moved = |field: String, left: Value, now: Value| {
            Fault::new("undo.moved")
                .on(field)
                .with("record", self.def.title(&row.values))
                .with("left", left)
                .with("now", now)
        };
        let looked = |change: &&Change| !change.field.system || !by_hand;
        for change in self.changes.iter().filter(looked) {
            let now = row.values.get(change.rank).unwrap_or(&Value::Null);
            let holds = match change.veiled {
                true => row.updated_at == self.at,
                false => *now == change.is,
            };
            faults.ensure(holds, || {
                let shown = |value: &Value| match change.field.veiled() {
                    true => Value::from(VEIL),
                    false => value.clone(),
                };
                moved(change.field.name.to_owned(), shown(&change.is), shown(now))
            });
        }
        let (left, now) = (members(self.extra.1.as_deref()), members(row.extra.as_deref()));
        for name in self.own_changed() {
            let (left, now) = (left.get(&name), now.get(&name));
            faults.ensure(left == now, || moved(format!("extra.{name}"), plain(left), plain(now)));
        }
        faults.into_result()
    }

    /// Whether a person did this: made the record, deleted it, filled a field in.
    pub(super) fn by_hand(&self) -> bool {
        let filled = || self.changes.iter().any(|change| !change.field.system);
        let whole = self.verb != Verb::Updated;
        !self.def.kept && (whole || filled() || self.extra.0 != self.extra.1)
    }

    /// The company's own fields that the command changed.
    fn own_changed(&self) -> Vec<String> {
        let (was, is) = (members(self.extra.0.as_deref()), members(self.extra.1.as_deref()));
        let mut names: Vec<String> = was.keys().chain(is.keys()).cloned().collect();
        names.sort();
        names.dedup();
        names.retain(|name| was.get(name) != is.get(name));
        names
    }

    /// The record as it was before it was deleted.
    pub(super) fn whole(&self) -> Record {
        let mut values = vec![Value::Null; self.def.fields.len()];
        for change in &self.changes {
            values[change.rank] = change.was.clone();
        }
        values
    }

    /// The record with what the command changed put back; the rest as it is now.
    pub(super) fn restored(&self, row: &Row) -> (Record, Option<String>) {
        let mut values = row.values.clone();
        for change in &self.changes {
            if values[change.rank] == change.is {
                values[change.rank] = change.was.clone();
            }
        }
        if self.extra.0 == self.extra.1 {
            return (values, row.extra.clone());
        }
        let (was, mut now) = (members(self.extra.0.as_deref()), members(row.extra.as_deref()));
        for name in self.own_changed() {
            match was.get(&name) {
                Some(value) => now.insert(name, value.clone()),
                None => now.remove(&name),
            };
        }
        (values, (!now.is_empty()).then(|| Json::Object(now).to_string()))
    }
}

fn plain(json: Option<&Json>) -> Value {
    match json {
        None | Some(Json::Null) => Value::Null,
        Some(Json::String(text)) => Value::from(text.as_str()),
        Some(other) => Value::from(other.to_string()),
    }
}
