//! The words of the business: amounts, days, identifiers; the description of entities; refusals; the
//! unit of work. No input, no output, no clock, no chance: they come in as arguments.

// The derives write `::kernel::…`; inside this crate that is this crate.
extern crate self as kernel;

pub mod actor;
pub mod backend;
pub mod bulk;
pub mod catalog;
pub mod column;
pub mod custom;
pub mod day;
pub mod edit;
pub mod entity;
pub mod fault;
pub mod id;
pub mod json;
pub mod kept;
mod met;
pub mod number;
pub mod personal;
pub mod query;
pub mod rights;
pub mod sentence;
pub mod sieve;
pub mod typed;
pub mod undo;
pub mod value;
pub mod wish;
pub mod words;
pub mod work;

pub use actor::{Actor, CompanyNumber, Door};
pub use backend::{Backend, Event, Row};
pub use catalog::{ActionDef, Catalog, Guard, Inputs, Module, Outcome, Settle};
pub use column::Column;
pub use custom::{CustomField, CustomKind, Shape};
pub use day::{Day, Instant};
pub use entity::{
    Choice, Entity, EntityDef, FieldDef, FieldType, Kind, Lines, LongText, Rules, wrong_type,
};
pub use fault::{Fault, Faults};
pub use id::{Id, RawId};
pub use kept::Kept;
pub use kernel_derive::{Choice, Entity};
pub use number::{Currency, Money, Price, Quantity, Rate, divide_half_up, parse_decimal};
pub use query::{Condition, Direction, Filter, Query, Sign};
pub use rights::Grants;
pub use sentence::{sentence, written};
pub use sieve::{Scope, Sieve};
pub use value::{Origin, Record, Value};
pub use wish::Wish;
pub use words::{Language, Text};
pub use work::{Context, Tx};

/// What the kernel itself brings to the catalogue.
pub const MODULE: Module = Module {
    name: "kernel",
    entities: &[CustomField::DEF, bulk::BulkJob::DEF, bulk::BulkPart::DEF, bulk::BulkRefusal::DEF],
    actions: &[],
    settles: &[],
    guards: &[],
};
