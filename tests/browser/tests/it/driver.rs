//! Chromium and its driver, started for one journey and ended with it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use kernel::Language;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::page::Page;
use crate::shop::Shop;

/// Nothing of the person's own browser, and nothing that goes out to the network by itself.
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1360,1000",
];

/// Where the two programs are.
struct Programs {
    chromium: PathBuf,
    driver: PathBuf,
}

impl Programs {
    /// `None` when browsers are left out on purpose.
    fn find() -> Option<Self> {
        if std::env::var_os("COMPTOIR_WITHOUT_BROWSER").is_some() {
            println!("skipped: COMPTOIR_WITHOUT_BROWSER is set");
            return None;
        }
        let find = |name: &str| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let found = std::env::split_paths(&path).map(|folder| folder.join(name));
            found.into_iter().find(|place| place.is_file()).unwrap_or_else(|| {
                panic!(
                    "`{name}` is not on the PATH: install the Debian packages chromium and \
                     chromium-driver (cargo verify does), or set COMPTOIR_WITHOUT_BROWSER"
                )
            })
        };
        Some(Self { chromium: find("chromium"), driver: find("chromedriver") })
    }
}

/// The driver's process, and the browser it started. Both are ended with it, whatever happened.
struct Driver {
    process: Child,
    /// The processes of the browsers, as the driver tells them.
    browsers: Vec<u64>,
    address: String,
    /// Kept open: the driver would end on words that nobody takes.
    _words: BufReader<ChildStdout>,
}

impl Driver {
    /// A port that was free may be taken a moment later by another driver: then it is tried anew.
    fn start(program: &Path) -> Self {
        let started = (0..5).find_map(|_| Self::try_to_start(program));
        started.expect("the driver tells its port")
    }

    fn try_to_start(program: &Path) -> Option<Self> {
        let mut command = Command::new(program);
        command.arg("--port=0").stdin(Stdio::null()).stderr(Stdio::null());
        let mut process = command.stdout(Stdio::piped()).spawn().expect("the driver starts");
        let mut words = BufReader::new(process.stdout.take().expect("its words"));
        let mut line = String::new();
        let port = loop {
            line.clear();
            let read = words.read_line(&mut line).expect("its words");
            if read == 0 {
                return None;
            }
            if let Some((_, port)) = line.trim_end().rsplit_once("started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let address = format!("http://127.0.0.1:{port}");
        Some(Self { process, browsers: Vec::new(), address, _words: words })
    }

    async fn browse(&mut self, chromium: &Path, profile: &Path, language: Language) -> Client {
        let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        flags.push(format!("--user-data-dir={}", profile.display()));
        flags.push(format!("--accept-lang={}", language.tag()));
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": chromium, "args": flags },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let Json::Object(wanted) = wanted else { unreachable!("an object") };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(wanted).connect(&self.address).await;
        let client = client.expect("Chromium starts");
        let given = client.capabilities();
        let process = given.and_then(|given| given.get("goog:processID")).and_then(Json::as_u64);
        self.browsers.extend(process);
        client
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The driver first: it would start nothing anew, and what has ended already is no matter.
        let _ = self.process.kill();
        let _ = self.process.wait();
        for browser in &self.browsers {
            let mut end = Command::new("kill");
            let _ = end.arg(browser.to_string()).stderr(Stdio::null()).status();
        }
    }
}

/// Opens a shop and a browser on it, and lets a person walk through. Whatever they meet, the
/// browser is closed; no script may have failed meanwhile.
pub async fn journey<W>(language: Language, walk: impl FnOnce(Page) -> W)
where
    W: Future<Output = ()> + Send + 'static,
{
    journey_in(|| Shop::open(language), language, walk).await;
}

/// The same in a shop that is opened for it.
pub async fn journey_in<W>(
    open: impl FnOnce() -> Shop,
    language: Language,
    walk: impl FnOnce(Page) -> W,
) where
    W: Future<Output = ()> + Send + 'static,
{
    journey_of(1, open, language, |mut pages| walk(pages.remove(0))).await;
}

/// The same for so many people, each before a browser of their own.
pub async fn journey_of<W>(
    people: usize,
    open: impl FnOnce() -> Shop,
    language: Language,
    walk: impl FnOnce(Vec<Page>) -> W,
) where
    W: Future<Output = ()> + Send + 'static,
{
    let Some(programs) = Programs::find() else { return };
    let shop = open();
    let mut driver = Driver::start(&programs.driver);
    let (mut pages, mut profiles) = (Vec::new(), Vec::new());
    for _ in 0..people {
        let profile = TempDir::new().expect("a folder");
        let client = driver.browse(&programs.chromium, profile.path(), language).await;
        profiles.push(profile);
        let page = Page::new(client, shop.address.clone(), language);
        page.come_forward().await;
        pages.push(page);
    }
    let walked = tokio::spawn(walk(pages.clone())).await;
    let mut complaints = Vec::new();
    for page in pages {
        if walked.is_err() {
            page.picture_of_failure().await;
        }
        complaints.extend(page.complaints().await);
        page.close().await;
    }
    driver.browsers.clear();
    if let Err(failed) = walked {
        eprintln!("the console said: {complaints:#?}");
        std::panic::resume_unwind(failed.into_panic());
    }
    assert_eq!(complaints, Vec::<String>::new(), "the console of a browser complains");
}
