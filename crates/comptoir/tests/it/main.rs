//! The program as a whole, and the binary as it runs.

mod attached;
mod audit;
mod bulk;
mod demo;
mod disk;
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
mod tls;
mod together;
mod undo;
mod wire;
