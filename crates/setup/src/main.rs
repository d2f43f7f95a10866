//! What a fresh Debian machine with Rust needs, and then the work: `cargo demo`, `cargo verify`.

mod packages;
mod postgres;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Python packages of the independent judges of invoices and ledgers, and of a mail server.
const JUDGES: &[&str] = &["factur-x==7.8", "saxonche", "lxml", "pypdf", "aiosmtpd"];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next();
    let rest: Vec<String> = arguments.collect();
    let done = match task.as_deref() {
        Some("demo") => demo(&rest),
        Some("verify") => verify(&rest),
        _ => Err("say what to do: cargo demo, or cargo verify".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Builds Comptoir and serves a company at work.
fn demo(rest: &[String]) -> Result<(), String> {
    packages::install(&[("cc", "gcc"), ("ld", "binutils")], &["libc6-dev"])?;
    run(cargo().args(["build", "--release", "--package", "comptoir"]))?;
    run(Command::new(root().join("target/release/comptoir")).arg("demo").args(rest))
}

/// Installs what the tests need and runs them all.
fn verify(rest: &[String]) -> Result<(), String> {
    packages::install(
        &[
            ("cc", "gcc"),
            ("ld", "binutils"),
            ("python3", "python3"),
            ("qpdf", "qpdf"),
            ("chromium", "chromium"),
            ("chromedriver", "chromium-driver"),
        ],
        &["libc6-dev", "postgresql", "python3-venv"],
    )?;
    let python = judges()?;
    let server = postgres::Server::start()?;
    run(cargo().args(["fmt", "--all", "--check"]))?;
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--no-fail-fast"]).args(rest);
    tests.env("COMPTOIR_TEST_POSTGRES", server.url());
    tests.env("COMPTOIR_PYTHON", python);
    let tools = root().join("../shared/tools");
    if tools.join("validate_invoice.py").exists() {
        tests.env("COMPTOIR_JUDGES", tools);
    } else {
        println!("skipped: the judges of invoices are not here ({})", tools.display());
    }
    run(&mut tests)
}

/// A Python of our own with the judges' packages.
fn judges() -> Result<PathBuf, String> {
    let place = root().join("target/judges");
    let python = place.join("bin/python");
    let has = |python: &Path| {
        let check = Command::new(python)
            .args(["-c", "import facturx, saxonche, lxml, pypdf, aiosmtpd"])
            .output();
        check.is_ok_and(|output| output.status.success())
    };
    if !has(&python) {
        run(Command::new("python3").args(["-m", "venv"]).arg(&place))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(JUDGES))?;
    }
    Ok(python)
}

fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}")) }
}
