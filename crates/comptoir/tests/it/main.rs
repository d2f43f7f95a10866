//! The program as a whole, and the binary as it runs.

mod approvals;
mod archive;
mod asvs;
mod attached;
mod audit;
mod bulk;
mod demo;
mod disk;
mod far_database;
mod first_run;
mod ground;
mod keys;
mod killed;
mod large;
mod letters;
mod openapi;
mod outbox;
mod refused;
mod rights;
mod sealed;
mod tls;
mod together;
mod undo;
mod wire;
