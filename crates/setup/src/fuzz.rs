//! The targets of `fuzz` under libFuzzer, each for some minutes: `cargo fuzz-all [SECONDS] [NAMES]`.
//! The stable compiler instruments by itself; only libFuzzer, which is C++, is built for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{BUILD, cargo, packages, root, run};

/// What has each branch and each comparison told to libFuzzer. Source: LLVM, SanitizerCoverage.
const INSTRUMENTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";
/// How long a target is run when nothing is said.
const SECONDS: &str = "180";

/// Runs all targets, or those named; what falls is written to `target/fuzz-findings`.
pub fn fuzz_all(rest: &[String]) -> Result<(), String> {
    let tools = [("cc", "gcc"), ("ld", "binutils"), ("c++", "g++")];
    packages::install(&tools, BUILD)?;
    let seconds = rest.iter().find(|word| word.parse::<u32>().is_ok());
    let seconds = seconds.map_or(SECONDS, String::as_str);
    let named: Vec<&String> = rest.iter().filter(|word| word.parse::<u32>().is_err()).collect();
    let binary = built()?;
    let corpus = root().join("fuzz/corpus");
    let (grown, findings) =
        (root().join("target/fuzz-corpus"), root().join("target/fuzz-findings"));
    let made = |place: &Path| {
        std::fs::create_dir_all(place).map_err(|error| format!("{}: {error}", place.display()))
    };
    made(&findings)?;
    let mut fell = Vec::new();
    for target in folders(&corpus)? {
        if !named.is_empty() && !named.iter().any(|name| **name == target) {
            continue;
        }
        made(&grown.join(&target))?;
        let mut command = Command::new(&binary);
        command.env("FUZZ_TARGET", &target).arg(format!("-max_total_time={seconds}"));
        command.args([
            "-max_len=65536",
            "-timeout=20",
            "-rss_limit_mb=4096",
            "-print_final_stats=1",
        ]);
        command.arg(format!("-artifact_prefix={}/{target}-", findings.display()));
        // What is found goes to the first folder; the kept ones are read alone.
        command.arg(grown.join(&target)).arg(corpus.join(&target));
        println!("{target}: {seconds} seconds");
        if run(&mut command).is_err() {
            fell.push(target);
        }
    }
    if fell.is_empty() { Ok(()) } else { Err(format!("these fell: {}", fell.join(", "))) }
}

/// The instrumented program. Naming the machine keeps the flags from what the build itself runs.
fn built() -> Result<PathBuf, String> {
    let place = root().join("target/fuzz");
    let said = Command::new("rustc").arg("-vV").output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let machine = said.lines().find_map(|line| line.strip_prefix("host: "));
    let machine = machine.ok_or("rustc does not say its host")?.to_owned();
    let mut build = cargo();
    build.args(["build", "--release", "--target", &machine, "--target-dir"]).arg(&place);
    build.arg("--manifest-path").arg(root().join("fuzz/coverage/Cargo.toml"));
    run(build.env("RUSTFLAGS", INSTRUMENTED))?;
    Ok(place.join(machine).join("release/fuzz-coverage"))
}

fn folders(corpus: &Path) -> Result<Vec<String>, String> {
    let listed = std::fs::read_dir(corpus).map_err(|error| error.to_string())?;
    let mut names: Vec<String> = listed
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}
