//! The program as a whole, and the binary as it runs.

mod demo;
mod disk;
mod ground;
mod killed;
mod large;
mod letters;
mod openapi;
mod outbox;
mod refused;
