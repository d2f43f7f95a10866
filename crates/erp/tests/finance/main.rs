//! Stories of finance on real databases. PostgreSQL runs where `COMPTOIR_TEST_POSTGRES` gives its
//! address.

mod bank;
mod books;
mod by_hand;
mod closings;
mod credits;
mod deposits;
mod histories;
mod sales;
mod statements;
mod world;
