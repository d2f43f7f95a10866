//! The stories of order to cash, told as a seller lives them; the same on both databases.
#![expect(clippy::inconsistent_digit_grouping, reason = "in an amount the cents stand apart")]

mod attachments_story;
mod credit_story;
mod customer_story;
mod full_cycle;
mod judge;
mod letters_story;
mod mending;
mod papers_story;
mod payments_story;
mod property;
mod quote_story;
mod reports;
mod shop;
mod stock_story;
