//! What the pages of a company at work look like, kept as pictures: the demonstration of one day,
//! by day and by night, on a desk and on a phone. The clock stands, so that each run draws the same
//! company. `COMPTOIR_GOLDEN=write` keeps what is there now; another Chromium than the one that drew
//! what is kept is not held to it.
//!
//! The clock is that of the whole process: the pictures are taken in one of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use kernel::{Instant, Language};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::driver::journey_in;
use crate::golden::{drawn_by_the_same, keeps};
use crate::page::Page;
use crate::picture::Picture;
use crate::shop::Shop;

/// A Tuesday morning at work.
const NOW: &str = "2026-11-24T09:30:00Z";
/// How many cells of a thousand may be otherwise.
const STRAYING: usize = 4;

/// The screens: a name, where it is, and which link of that page is followed then.
const SCREENS: &[(&str, &str, &str)] = &[
    ("home", "/", ""),
    ("orders", "/orders", ""),
    ("order", "/orders", "main a[href^='/orders/0']"),
    ("order-edit", "/orders?stage=draft", "main a[href^='/orders/0']"),
    ("order-new", "/orders/new", ""),
    ("board", "/board", ""),
    ("quotes", "/quotes", ""),
    ("quote", "/quotes?state=sent", "main a[href^='/quotes/0']"),
    ("quote-new", "/quotes/new", ""),
    ("pipeline", "/pipeline", ""),
    ("opportunities-line", "/opportunities?group=expected_on&as=line&all=1", ""),
    ("opportunities-board", "/opportunities?group=stage&as=board&all=1", ""),
    ("orders-by-country", "/orders?group=party.country&all=1", ""),
    ("parties", "/parties", ""),
    ("party", "/parties", "main a[href^='/parties/0']"),
    ("products", "/products", ""),
    ("product", "/products", "main a[href^='/products/0']"),
    ("stock", "/stock", ""),
    ("shipments", "/shipments", ""),
    ("shipment", "/shipments?state=packed", "main a[href^='/shipments/0']"),
    ("invoices", "/invoices", ""),
    ("invoice", "/invoices", "main a[href^='/invoices/0']"),
    ("receivables", "/receivables", ""),
    ("bank", "/bank", ""),
    ("bank-otherwise", "/bank", "main a[href*='otherwise=1']"),
    ("dashboard", "/dashboard", ""),
    ("calendar", "/interactions?group=due_on&as=calendar", ""),
    ("cycle", "/cycle", ""),
    ("import", "/import", ""),
    ("help", "/help", ""),
];

#[test]
fn the_screens_look_as_they_did() {
    let mut own = Command::new(std::env::current_exe().expect("this program"));
    own.args(["screens::are_drawn", "--exact", "--ignored", "--nocapture"]);
    let done = own.output().expect("the pictures are taken");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let failed = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{said}{failed}");
    assert!(said.contains("1 passed"), "{said}");
    if said.contains("skipped:") {
        println!("{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the clock of the process is stopped: `the_screens_look_as_they_did` runs it"]
async fn are_drawn() {
    store::stop_clock(Instant::parse(NOW).expect("an instant"));
    let shop = || Shop::of_the_demonstration(Language::French);
    journey_in(shop, Language::French, |page| async move {
        if !drawn_by_the_same(&page).await {
            return;
        }
        enter(&page).await;
        take_statement(&page).await;
        // Those of a phone fade away a moment after it was opened.
        page.show_on("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
        let mut looked = Vec::new();
        for (name, path, link) in SCREENS {
            page.show(false, false).await;
            open(&page, (name, path, link)).await;
            for (dark, phone) in [(false, false), (true, false), (true, true), (false, true)] {
                page.show(dark, phone).await;
                looked.push(looked_at(&page, name, dark, phone).await);
            }
        }
        let mut strange = Vec::new();
        for one in looked {
            strange.extend(one.await.expect("it was compared"));
        }
        assert!(strange.is_empty(), "look at the pictures:\n{}", strange.join("\n"));
    })
    .await;
}

/// The pictures of the guide: a name, where it is, which link is followed, by night, on a phone.
const FOR_THE_GUIDE: &[(&str, &str, &str, bool, bool)] = &[
    ("quote-edit", "/quotes?state=draft", "main a[href^='/quotes/0']", false, false),
    ("board", "/board", "", false, false),
    ("bank", "/bank", "main tr:nth-child(6) a[href*='line=']", false, false),
    ("stock-phone", "/shipments?state=packed", "main a[href^='/shipments/0']", false, true),
    ("dashboard", "/dashboard", "", true, false),
    ("customer", "/parties?customer=true", "main a[href^='/parties/0']", false, false),
];

/// `cargo test -p browser -- --ignored for_the_guide` takes them anew into `docs/images`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it writes docs/images"]
async fn for_the_guide() {
    store::stop_clock(Instant::parse(NOW).expect("an instant"));
    let shop = || Shop::of_the_demonstration(Language::French);
    journey_in(shop, Language::French, |page| async move {
        enter(&page).await;
        take_statement(&page).await;
        page.show_on("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
        for (name, path, link, dark, phone) in FOR_THE_GUIDE {
            page.show(*dark, *phone).await;
            open(&page, (name, path, link)).await;
            let picture = Picture::of_png(&page.window_picture().await);
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/images");
            let file = folder.join(format!("{name}.png"));
            std::fs::write(file, picture.to_small_png()).expect("the picture is kept");
        }
    })
    .await;
}

/// The owner of the demonstration comes in.
pub async fn enter(page: &Page) {
    page.go("/sign-in").await;
    page.find("(document.querySelector('input[type=email]').focus(), true)").await;
    page.type_text("helene.aubrelle@maison-aubrelle.example").await;
    page.find("(document.querySelector('input[type=password]').focus(), true)").await;
    page.type_text("demo-comptoir-direction").await;
    page.click("Se connecter").await;
    page.find("document.querySelector('nav a[href=\"/\"]') !== null").await;
}

/// The bank's last statement comes in: there is something to match.
pub async fn take_statement(page: &Page) {
    let file = std::env::temp_dir().join(format!("comptoir-screens-{}.xml", std::process::id()));
    std::fs::write(&file, Shop::last_statement()).expect("a statement");
    page.go("/bank_statements").await;
    page.give_file(&file).await;
    page.click("Importer").await;
    page.says(&["mouvements rapprochés"]).await;
    std::fs::remove_file(&file).expect("it was taken");
}

/// Opens a page, and the one that its first such link leads to; its form when the name says so.
pub async fn open(page: &Page, (name, path, link): (&str, &str, &str)) {
    page.go(path).await;
    if !link.is_empty() {
        let found = format!("document.querySelector(\"{link}\").getAttribute('href')");
        let href = page.find(&found).await;
        let form = if name.ends_with("-edit") { "/edit" } else { "" };
        page.go(&format!("{}{form}", href.as_str().expect("an address"))).await;
    }
    page.find("document.fonts.status === 'loaded'").await;
    // The address of the server and the secret of a link are others each time.
    let links = "[...document.querySelectorAll('.in.link')].map(link => link.textContent = '/q/…')";
    page.find(&format!("{links}.length >= 0")).await;
}

/// Looks at the page, and begins to compare it with what it was: that goes on while the next page
/// opens.
async fn looked_at(page: &Page, name: &str, dark: bool, phone: bool) -> JoinHandle<Option<String>> {
    let sized = if phone { "innerWidth < 600" } else { "innerWidth > 600" };
    page.find(&format!("{sized} && scrollTo(0, 0) === undefined")).await;
    let (light, device) =
        (if dark { "dark" } else { "light" }, if phone { "phone" } else { "desk" });
    let name = format!("{name}-{light}-{device}");
    page.within(&name).await;
    let now = page.window_picture().await;
    tokio::task::spawn_blocking(move || differs(&name, &now))
}

/// What is otherwise than it was, if anything; the picture is kept then.
fn differs(name: &str, picture: &[u8]) -> Option<String> {
    let (now, file) = (Picture::of_png(picture), place(name));
    if keeps() {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(&file, now.to_small_png()).expect("the picture is kept");
        return None;
    }
    let Ok(bytes) = std::fs::read(&file) else { return Some(format!("{name} was never kept")) };
    let (far, cells) = now.apart(&Picture::of_png(&bytes));
    if far * 1_000 <= cells * STRAYING {
        return None;
    }
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
    std::fs::write(&kept, picture).expect("the picture is kept");
    Some(format!("{name}: {far} of {cells} cells differ; now it is {}", kept.display()))
}

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("golden/screens/{name}.png"))
}
