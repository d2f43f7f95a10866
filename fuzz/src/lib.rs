//! Bytes from outside, given to everything that reads them. A target takes any bytes; it panics
//! where a reader does, where an answer is our own mistake, and where what was read is not what is
//! read again.
//!
//! `cargo test --package fuzz` runs each for some seconds over its kept corpus and seeded mutations
//! of it; `cargo fuzz-all` runs them under libFuzzer, led by what they reach. What fell once is kept
//! in the corpus.

mod files;
pub mod mutate;
mod request;
mod sieve;
mod words;

/// A reader of bytes from outside.
pub struct Target {
    /// Of its folder in the corpus.
    pub name: &'static str,
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "json", run: words::json },
    Target { name: "typed", run: words::typed },
    Target { name: "rights", run: words::rights },
    Target { name: "address", run: words::address },
    Target { name: "identifiers", run: words::identifiers },
    Target { name: "codes", run: words::codes },
    Target { name: "sieve", run: sieve::run },
    Target { name: "sheet", run: files::sheet },
    Target { name: "workbook", run: files::workbook },
    Target { name: "statement", run: files::statement },
    Target { name: "upload", run: files::upload },
    Target { name: "audit", run: files::audit },
    Target { name: "request", run: request::run },
];
