//! web

pub mod assets;
pub mod charts;
pub mod parts;
pub mod shell;
