//! What a transaction shows: of the records it reads, those that the actor's rules let them see.

use super::Tx;
use crate::backend::Among;
use crate::query::{Condition, Query};
use crate::{
    Catalog, EntityDef, Fault, FieldDef, Money, Price, Quantity, Rate, RawId, Row, Value, rights,
};

impl Tx<'_> {
    /// The same, where all that is read is for the actor's eyes: records that their rules keep from
    /// them are not there, for a hand-written statement neither. Commands are not shown: what the
    /// business must know to decide does not depend on who asks.
    #[must_use]
    pub fn shown(mut self, catalog: &'static Catalog) -> Self {
        let grants = &self.context.actor.grants;
        self.shown = Some(catalog).filter(|_| grants.asks() || grants.hides());
        self
    }

    /// Whether a record is for the actor's eyes, where all that is read is.
    pub(super) fn sees(&mut self, def: &'static EntityDef, row: &Row) -> Result<bool, Fault> {
        let Some(catalog) = self.shown else { return Ok(true) };
        let actor = self.context.actor.clone();
        rights::sees(catalog, self, &actor, def, &row.values)
    }

    /// Leaves out of a record what the rules hide from the actor: no page made by hand shows it by
    /// mistake. What every record must have is empty or zero. Sensitive fields are each face's own:
    /// Comptoir itself reads some, a hash, that no one sees.
    pub(super) fn veil(&self, def: &EntityDef, row: &mut Row) {
        let actor = &self.context.actor;
        if self.shown.is_none() || !actor.grants.hides() {
            return;
        }
        let hidden = |field: &FieldDef| !field.sensitive && rights::hidden(actor, def, field);
        for (field, value) in def.fields.iter().zip(&mut row.values) {
            if hidden(field) {
                *value = emptied(field, value);
            }
        }
        if self.hides_extra(def) {
            row.extra = None;
        }
    }

    /// Whether the fields that a company added are kept from the actor, where all that is read is
    /// for their eyes.
    pub(crate) fn hides_extra(&self, def: &EntityDef) -> bool {
        self.shown.is_some() && rights::extra_hidden(&self.context.actor, def)
    }

    /// A record as the database had it when this transaction met it; nothing when it made it.
    #[must_use]
    pub fn before(&self, def: &EntityDef, id: RawId) -> Option<Row> {
        self.records.before(self.records.place(def, id)?)
    }

    /// The query, of the records for the actor's eyes, along every relation that it follows.
    pub(super) fn among_shown(&self, query: Query) -> Query {
        let Some(catalog) = self.shown else { return query };
        let actor = &self.context.actor;
        let seen = rights::visible(catalog, query.def, actor);
        let condition = rights::narrowed(catalog, actor, query.condition);
        Query { condition, ..query }.only(seen)
    }

    /// Runs a reading statement written by hand. `$1` is the company; `params` follow from `$2`.
    ///
    /// # Errors
    /// `store.*`.
    pub fn sql(&mut self, statement: &str, params: &[Value]) -> Result<Vec<Vec<Value>>, Fault> {
        self.flush()?;
        let Some(catalog) = self.shown else { return self.backend.sql(statement, params) };
        let actor = &self.context.actor;
        let kept = |def: &'static EntityDef| {
            let only = rights::visible(catalog, def, actor);
            let hides = |field: &&FieldDef| !field.sensitive && rights::hidden(actor, def, field);
            let veiled: Vec<&'static FieldDef> = match actor.grants.hides() {
                true => def.fields.iter().filter(hides).collect(),
                false => Vec::new(),
            };
            let whole = only == Condition::Everything && veiled.is_empty();
            (!whole).then_some(Among { def, only, veiled })
        };
        let seen: Vec<_> = catalog.entities().filter_map(kept).collect();
        self.backend.sql_among(statement, params, &seen)
    }
}

/// What stands for a value that is not shown.
fn emptied(field: &FieldDef, value: &Value) -> Value {
    match value {
        _ if !field.required => Value::Null,
        Value::Text(_) if field.choices().is_empty() => Value::Text(String::new()),
        Value::Integer(_) => Value::Integer(0),
        Value::Money(amount) => Value::Money(Money::zero(amount.currency)),
        Value::Price(price) => Value::Price(Price::zero(price.currency)),
        Value::Quantity(_) => Value::Quantity(Quantity::ZERO),
        Value::Rate(_) => Value::Rate(Rate::ZERO),
        // A reference, a state or a day has nothing that says nothing: the faces leave it out.
        kept => kept.clone(),
    }
}
