//! The door of programs, proved over HTTP on a catalogue of two entities of its own: what is
//! described once is found on every face.

mod faces;
mod files;
mod many;
mod neighbours;
mod postgres;
mod proofs;
mod records;
mod refusals;
mod sieves;
mod tokens;
mod world;
