//! Stories of what passes between a company and its customers, on the embedded database.

mod another_customer;
mod interactions;
mod opportunities;
mod orders;
mod parties;
mod quotes;
mod shop;
