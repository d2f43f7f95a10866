//! Turns facts into the documents that people and machines read, and back.
//!
//! Pure functions from plain structs to bytes, and from outside bytes to plain structs: no clock, no
//! file, no network. What is set in type is the same each time the facts are the same.

pub mod camt;
mod check;
pub mod facturx;
pub mod fec;
pub mod invoice;
pub mod party;
pub mod pdf;
pub mod trade;
