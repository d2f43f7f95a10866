//! What crosses departments: from the order to the money in the bank. The only crate of the business
//! that knows both the customer's side and the company's.

pub mod attachments;
pub mod bank_file;
pub mod catalog;
pub mod customer_view;
pub mod cycle;
pub mod doctor;
pub mod founding;
pub mod invoice_document;
mod letter_sides;
pub mod letters;
pub mod order_board;
pub mod order_to_cash;
pub mod payment_follow_up;
pub mod reports;
mod rows;
pub mod timeline;
pub mod trade_document;

use kernel::{Entity, Module, Settle};

pub use catalog::{MODULES, catalog};

pub static MODULE: Module = Module {
    name: "processes",
    entities: &[attachments::Attachment::DEF],
    actions: &[order_to_cash::ACTIONS, payment_follow_up::ACTIONS, letters::ACTIONS],
    settles: &[
        Settle { on: "interaction", run: timeline::settle },
        Settle { on: "payment", run: order_to_cash::payments::settle },
        Settle { on: "party", run: payment_follow_up::settle_party },
    ],
    guards: &[],
};
