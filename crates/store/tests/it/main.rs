//! The store, proved on both databases with two entities of its own. PostgreSQL runs where
//! `COMPTOIR_TEST_POSTGRES` gives its address.

mod audit;
mod commands;
mod conditions;
mod crash;
mod queries;
mod rights;
mod secrets;
mod steady;
mod tree;
mod undo;
mod world;
