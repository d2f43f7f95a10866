//! Inventory: where the goods are, for whom they are kept, and what they cost.
//!
//! Double entry: each move has a source and a target, so that the levels of a product over all
//! places — suppliers, customers and losses included — add up to zero. A command first holds the
//! levels of its products, in the order of their ids, then reads what depends on them.

mod availability;
mod count;
mod expected;
mod flow;
mod level;
mod location;
mod movement;
mod report;
mod reservation;
#[cfg(test)]
pub(crate) mod tests;
mod valuation;

pub use availability::{Availability, availability, availability_all};
pub use count::{CountState, StockCount, StockCountLine, apply_count};
pub use expected::{ExpectedReceipt, receive_expected};
pub use flow::{
    Incoming, Outgoing, Returned, Shortage, issue, issue_all, receive, receive_all, take_back,
    take_back_all, transfer,
};
pub use level::StockLevel;
pub use location::{Location, LocationKind, main_location, seed_locations};
pub(crate) use movement::products_among;
pub use movement::{Reason, StockMove};
pub use report::{StockAtCost, contradictions, moves_of, stock_at_cost};
pub use reservation::{
    Reservation, keep_at_most, release, release_all, reserve, reserve_all, reserved_for,
};
pub use valuation::{Valuation, unit_cost};

pub use count::{ACTIONS as COUNT_ACTIONS, settle as settle_count};
pub use expected::{ACTIONS as EXPECTED_ACTIONS, settle as settle_expected};
pub use level::ACTIONS as LEVEL_ACTIONS;
pub use location::settle as settle_location;
