//! web

pub mod assets;
pub mod charts;
pub mod design_page;
pub mod parts;
pub mod shell;
