//! The program as a whole.

mod demo;
