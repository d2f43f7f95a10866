//! The pages over HTTP, on a throw-away database: an entity defined here is found on every page
//! drawn from the description.

mod app;
mod doors;
mod forms;
mod lists;
mod records;
mod whole;
