//! The pages over HTTP, on a throw-away database: an entity defined here is found on every page
//! drawn from the description.

mod app;
mod attachments;
mod audit;
mod bank;
mod books;
mod cells;
mod dashboard;
mod doors;
mod every_list;
mod first_run;
mod forms;
mod help;
mod import;
mod invoices;
mod lists;
mod live;
mod members;
mod orders;
mod quotes;
mod records;
mod roles;
mod security;
mod selling;
mod settings;
mod sieve;
mod together;
mod trade;
mod warehouse;
mod whole;
mod windows;
