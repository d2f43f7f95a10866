//! Order to cash: order → stock and credit → delivery → invoice → payment → standing.
//!
//! Each step is one function and one transaction. What must be true together is a direct call; what
//! may come later (sending the invoice, telling the outside) is an event. Every act locks in the
//! same order: the order, its customer, the goods, the invoices.

mod acts;
pub mod billing;
mod closing;
mod confirm;
mod converge;
pub mod credit;
mod delivery;
pub mod facts;
pub mod holds;
pub mod payments;

pub use acts::ACTIONS;
pub use billing::{credit as credit_invoice, deposit_invoice, invoice, post};
pub use closing::{cancel, close};
pub use confirm::{Confirmed, confirm};
pub use converge::{converge, converge_origin};
pub use credit::{Exposure, exposure};
pub use delivery::{prepare, reserve, serve_waiting, ship};
pub use holds::{hold, release_hold};
pub use payments::{Paying, accept_match, allocate, pay, record, undo, undo_match};
