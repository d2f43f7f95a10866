//! What screens and files show across departments: each a reader of its own, over statements
//! written by hand.

pub mod archive;
pub mod bank;
pub mod books;
pub mod shipping;
pub mod stock;
