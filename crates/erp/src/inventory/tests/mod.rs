//! The stories of the stock.

mod histories;
pub(crate) mod memory;
mod stories;
