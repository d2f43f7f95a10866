//! Programs that look for holes, set on a company at work: schemathesis on the description of the
//! API, sqlmap on what lists are asked, wapiti on the pages. Each is judged by what it writes down:
//! two of the three end well whatever they found.

mod browser;
mod judged;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{BUILD, cargo, packages, root, run};
use browser::Browser;

const SCHEMATHESIS: (&str, &str) = ("schemathesis", "4.32.5");
/// Not Debian's 3.0.4: its exclusions fall over the Python that comes with it, and it would sign
/// itself out.
const WAPITI: (&str, &str) = ("wapiti3", "3.2.3");
const EMAIL: &str = "helene.aubrelle@maison-aubrelle.example";
const PASSWORD: &str = "demo-comptoir-direction";
/// Operations that end the token or the rights of who asks.
const SHUTS_OUT: &str = "^(POST|PATCH|DELETE) /api/(users|access_roles|api_tokens|sessions|teams)";
/// How long each program may take, in seconds.
const LONGEST: u64 = 600;

/// Lists whose parameters sqlmap is set on, with what each asks.
const ASKED: &[&str] = &[
    "/parties?q=a&sort=name&code=C&after=x",
    "/parties?where=name+%3D+a&columns=name&group=country",
    "/orders?q=a&sort=number&where=number+%3D+1&stage=draft",
    "/products?q=a&sort=sku&group=kind",
    "/invoices?q=a&sort=number&state=posted",
    "/search?q=a",
    "/palette?q=a",
    "/pick/party?q=a",
    "/api/parties?q=a&sort=name&code=C&limit=5&after=x",
    "/api/parties?where=name+%3D+a",
    "/api/audit?entity=party&id=019705cf-e480-7000-8000-343216c68c07",
    "/api/audit/accesses?limit=5&verb=x",
];

/// Runs all three, or those named.
pub fn probe(named: &[String]) -> Result<(), String> {
    packages::install(
        &[("cc", "gcc"), ("ld", "binutils"), ("python3", "python3"), ("sqlmap", "sqlmap")],
        &[BUILD, &["python3-venv"]].concat(),
    )?;
    let wanted = |name: &str| named.is_empty() || named.iter().any(|given| given == name);
    let place = root().join("target/probe");
    let company = Company::open(&place)?;
    let mut found = Vec::new();
    // Each has a session of its own: that one ends it harms no other.
    if wanted("sqlmap") {
        found.extend(sqlmap(&place, &company, &company.browser()?)?);
    }
    if wanted("wapiti") {
        found.extend(wapiti(&place, &company, &company.browser()?)?);
    }
    if wanted("schemathesis") {
        found.extend(schemathesis(&place, &company, &company.browser()?)?);
    }
    if found.is_empty() {
        println!("nothing was found");
        return Ok(());
    }
    Err(format!("{} findings:\n{}", found.len(), found.join("\n")))
}

/// The demonstration, served for the while.
struct Company {
    child: Child,
    address: String,
    data: PathBuf,
}

impl Company {
    fn open(place: &Path) -> Result<Self, String> {
        let binary = match std::env::var_os("COMPTOIR_BINARY") {
            Some(given) => PathBuf::from(given),
            None => {
                run(cargo().args(["build", "--release", "--package", "comptoir"]))?;
                root().join("target/release/comptoir")
            }
        };
        let failed = |error: std::io::Error| format!("{}: {error}", place.display());
        let data = place.join(format!("data-{}", std::process::id()));
        if data.exists() {
            std::fs::remove_dir_all(&data).map_err(failed)?;
        }
        std::fs::create_dir_all(&data).map_err(failed)?;
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let address = free.map_err(failed)?.to_string();
        let mut command = Command::new(binary);
        command.args(["demo", "--unencrypted", "--listen", &address, "--data"]).arg(&data);
        let child = command.stdout(Stdio::null()).spawn().map_err(failed)?;
        let mut company = Self { child, address, data };
        let begun = Instant::now();
        while Browser::stranger(&company.address).get("/sign-in").is_err() {
            let ended = company.child.try_wait().map_err(failed)?;
            if ended.is_some() || begun.elapsed() > Duration::from_secs(LONGEST) {
                return Err("the demonstration does not answer".to_owned());
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        Ok(company)
    }

    fn browser(&self) -> Result<Browser, String> {
        Browser::enter(&self.address, EMAIL, PASSWORD)
    }
}

impl Drop for Company {
    fn drop(&mut self) {
        // If it has ended already there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
        // A leftover in the target folder harms nobody.
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

/// Runs a program to its end or the end of its time, and gives what it said.
fn heard(command: &mut Command, seconds: u64) -> Result<String, String> {
    let mut limited = Command::new("timeout");
    limited.arg(seconds.to_string()).arg(command.get_program()).args(command.get_args());
    let output = limited.output().map_err(|error| format!("{limited:?}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text + &String::from_utf8_lossy(&output.stderr))
}

/// Where the programs of a Python package are, installed apart from those of others.
fn python(place: &Path, (name, version): (&str, &str)) -> Result<PathBuf, String> {
    let place = place.join(format!("{name}-{version}"));
    let programs = place.join("bin");
    if !programs.join("installed").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&place))?;
        let mut install = Command::new(programs.join("python"));
        run(install.args(["-m", "pip", "install", "--quiet", &format!("{name}=={version}")]))?;
        std::fs::write(programs.join("installed"), "").map_err(|error| error.to_string())?;
    }
    Ok(programs)
}

/// What the description promises is held, and nothing breaks. Left out: that all that the
/// description allows is taken (a record has rules that no schema tells), and what would shut out
/// the very person in whose name it asks.
fn schemathesis(place: &Path, company: &Company, browser: &Browser) -> Result<Vec<String>, String> {
    let program = python(place, SCHEMATHESIS)?.join("schemathesis");
    let token = browser.token()?;
    let report = place.join("schemathesis.xml");
    let _ = std::fs::remove_file(&report);
    let mut command = Command::new(program);
    command.arg("run").arg(format!("http://{}/api/openapi.json", company.address));
    command.args(["--header", &format!("Authorization: Bearer {token}"), "--checks", "all"]);
    command.args(["--exclude-checks", "positive_data_acceptance", "--phases", "coverage,fuzzing"]);
    command.args(["--exclude-name-regex", SHUTS_OUT, "--max-examples", "10"]);
    command.args(["--max-time", &(LONGEST / 2).to_string(), "--no-color", "--workers", "2"]);
    command.args(["--continue-on-failure", "--request-timeout", "60"]);
    command.args(["--report", "junit", "--report-junit-path"]).arg(&report);
    let said = heard(&mut command, LONGEST)?;
    let text = std::fs::read_to_string(&report).map_err(|error| format!("{error}: {said}"))?;
    if !browser.opens("/parties") {
        return Err("schemathesis was shut out on the way: what it tested says nothing".to_owned());
    }
    judged::schemathesis(&text)
}

fn sqlmap(place: &Path, company: &Company, browser: &Browser) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let output = place.join("sqlmap");
    for path in ASKED {
        let mut command = Command::new("sqlmap");
        command.args(["-u", &format!("http://{}{path}", company.address)]);
        let names: Vec<&str> =
            path.split(['?', '&']).skip(1).filter_map(|pair| pair.split('=').next()).collect();
        command.args(["-p", &names.join(","), "--cookie", &browser.cookie(), "--batch"]);
        command.args(["--level", "2", "--risk", "1", "--technique", "BEU", "--flush-session"]);
        command.args(["--threads", "4"]);
        command.arg("--output-dir").arg(&output);
        let said = heard(&mut command, LONGEST / 4)?;
        found.extend(judged::sqlmap(path, &said)?);
    }
    Ok(found)
}

fn wapiti(place: &Path, company: &Company, browser: &Browser) -> Result<Vec<String>, String> {
    let report = place.join("wapiti.json");
    let _ = std::fs::remove_file(&report);
    let base = format!("http://{}/", company.address);
    let mut command = Command::new(python(place, WAPITI)?.join("wapiti"));
    command.args(["-u", &base, "--flush-session", "--scope", "folder", "--no-bugreport"]);
    command
        .args(["-m", "sql,xss,permanentxss,redirect,crlf,file,exec,csp,cookieflags,http_headers"]);
    command.args(["-H", &format!("Cookie: {}", browser.cookie()), "-d", "3"]);
    // What would sign it out, or have it ask for its own password again.
    for way in ["sign-out", "sign-in/*", "me/*", "settings/*", "users/*", "sessions/*", "live*"] {
        command.args(["-x", &format!("{base}{way}")]);
    }
    command.args(["--max-links-per-page", "20", "--max-files-per-dir", "12"]);
    command.args(["--max-scan-time", &(LONGEST / 4).to_string(), "--max-attack-time", "30"]);
    command.args(["-f", "json", "-o"]).arg(&report);
    let said = heard(&mut command, LONGEST)?;
    let text = std::fs::read_to_string(&report).map_err(|error| format!("{error}: {said}"))?;
    if !browser.opens("/parties") {
        return Err("wapiti was signed out on the way: what it tested says nothing".to_owned());
    }
    judged::wapiti(&text)
}
