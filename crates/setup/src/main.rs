//! What a fresh Debian machine with Rust needs, and then the work: `cargo demo`, `cargo verify`,
//! `cargo probe`, `cargo fuzz-all`.

mod fuzz;
mod packages;
mod postgres;
mod probe;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Python packages of the independent judges of invoices and ledgers, and of a mail server.
const JUDGES: &[&str] = &["factur-x==7.8", "saxonche", "lxml", "pypdf", "aiosmtpd"];

/// Judges of the pages, from npm: axe-core for those who do not see or have no mouse, TypeScript for
/// the types that the scripts tell in their comments; and an identity provider to sign in by.
const PAGE_JUDGES: &[&str] = &["axe-core@4.14.1", "typescript@5.9.3", "oidc-provider@8.8.1"];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next();
    let rest: Vec<String> = arguments.collect();
    let done = match task.as_deref() {
        Some("demo") => demo(&rest),
        Some("verify") => verify(&rest),
        Some("probe") => probe::probe(&rest),
        Some("fuzz-all") => fuzz::fuzz_all(&rest),
        _ => Err("say what to do: cargo demo, verify, probe, fuzz-all".to_owned()),
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

/// What the compiler links with: the C library, and the cryptography of the embedded database.
const BUILD: &[&str] = &["libc6-dev", "libssl-dev", "pkg-config"];

/// Builds Comptoir and serves a company at work.
fn demo(rest: &[String]) -> Result<(), String> {
    packages::install(&[("cc", "gcc"), ("ld", "binutils")], BUILD)?;
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
            ("node", "nodejs"),
            ("npm", "npm"),
            ("pebble", "pebble"),
        ],
        &[BUILD, &["postgresql", "python3-venv"]].concat(),
    )?;
    let python = judges()?;
    let axe = page_judges()?;
    let server = postgres::Server::start()?;
    run(cargo().args(["fmt", "--all", "--check"]))?;
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--no-fail-fast"]).args(rest);
    tests.env("COMPTOIR_TEST_POSTGRES", server.url());
    tests.env("COMPTOIR_PYTHON", python);
    tests.env("COMPTOIR_AXE", axe);
    tests.env("COMPTOIR_PROVIDER", page_tools());
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

/// Where the packages from npm are installed.
fn page_tools() -> PathBuf {
    root().join("target/page-judges")
}

/// Fetches what judges the pages, has the types of the scripts checked, and tells where axe is.
fn page_judges() -> Result<PathBuf, String> {
    let place = page_tools();
    let provider = place.join("node_modules/oidc-provider/package.json");
    let axe = place.join("node_modules/axe-core/axe.min.js");
    let types = place.join("node_modules/typescript/bin/tsc");
    if !axe.exists() || !types.exists() || !provider.exists() {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--silent", "--prefix"]).arg(&place);
        run(npm.args(PAGE_JUDGES))?;
    }
    let scripts = root().join("crates/web/assets/js");
    let listed = std::fs::read_dir(&scripts).map_err(|error| error.to_string())?;
    let files = listed.flatten().map(|entry| entry.path());
    let mut check = Command::new("node");
    check.arg(types).args(["--noEmit", "--allowJs", "--checkJs", "--strict"]);
    check.args(["--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler"]);
    check.args(["--lib", "es2023,dom,dom.iterable"]);
    run(check.args(files.filter(|file| file.extension().is_some_and(|kind| kind == "js"))))?;
    Ok(axe)
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
