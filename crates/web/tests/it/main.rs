//! The pages over HTTP, on a throw-away database: an entity defined here is found on every page
//! drawn from the description.

mod app;
mod bank;
mod books;
mod doors;
mod forms;
mod invoices;
mod lists;
mod orders;
mod quotes;
mod records;
mod selling;
mod trade;
mod warehouse;
mod whole;
