//! The program as a whole, and the binary as it runs.

mod bulk;
mod demo;
mod disk;
mod first_run;
mod ground;
mod killed;
mod large;
mod letters;
mod openapi;
mod outbox;
mod refused;
mod together;
mod undo;
