//! One target, named by `FUZZ_TARGET`, led by what it reaches.

#![no_main]

use std::sync::LazyLock;

/// What is run.
static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target");
    let found = fuzz::TARGETS.iter().find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("no target is called {name}")).run
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| TARGET(bytes));
