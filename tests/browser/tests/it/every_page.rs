//! Every page of a company at work, in both languages, by day and by night, on a desk and on a
//! phone: nothing runs out of the window, nothing complains, and axe-core finds nothing.
//!
//! `COMPTOIR_AXE` names its script (`cargo verify` fetches it); without it axe is left out.

use std::collections::BTreeSet;

use kernel::Language;

use crate::driver::journey_in;
use crate::page::Page;
use crate::shop::Shop;

/// Pages that no link of the navigation leads to.
const OTHERS: [&str; 5] = ["/design", "/settings", "/orders/new", "/quotes/new", "/parties/new"];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_fit_for_everyone_in_french() {
    journey_in(demonstration(Language::French), Language::French, |page| async move {
        visit(&page, "Se connecter").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_fit_for_everyone_in_english() {
    journey_in(demonstration(Language::English), Language::English, |page| async move {
        visit(&page, "Sign in").await;
    })
    .await;
}

fn demonstration(language: Language) -> impl FnOnce() -> Shop {
    move || Shop::of_the_demonstration(language)
}

async fn visit(page: &Page, sign_in: &str) {
    let axe = std::env::var("COMPTOIR_AXE").ok();
    let axe = axe.map(|path| std::fs::read_to_string(path).expect("the script of axe"));
    if axe.is_none() {
        println!("skipped: axe-core, COMPTOIR_AXE is not set");
    }
    let mut found = Vec::new();
    look(page, "/sign-in", axe.as_deref(), &mut found).await;
    enter(page, sign_in).await;
    for path in everything(page).await {
        look(page, &path, axe.as_deref(), &mut found).await;
    }
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
}

async fn enter(page: &Page, button: &str) {
    page.go("/sign-in").await;
    page.find("(document.querySelector('input[type=email]').focus(), true)").await;
    page.type_text("helene.aubrelle@maison-aubrelle.example").await;
    page.find("(document.querySelector('input[type=password]').focus(), true)").await;
    page.type_text("demo-comptoir-direction").await;
    page.click(button).await;
    page.find("document.querySelector('nav a[href=\"/\"]') !== null").await;
}

/// All that the navigation leads to, and the first record that each page leads to.
async fn everything(page: &Page) -> BTreeSet<String> {
    let own = "[...new Set([...document.querySelectorAll('nav a[href^=\"/\"], aside a[href^=\"/\"]')]\
               .map(link => link.getAttribute('href').split('#')[0]))]";
    let mut paths = links(page, own).await;
    paths.extend(OTHERS.map(str::to_owned));
    // Each group of the navigation shows its pages on its own.
    for path in paths.clone() {
        page.go(&path).await;
        paths.extend(links(page, own).await);
    }
    let mut records = BTreeSet::new();
    for path in paths.clone() {
        page.go(&path).await;
        let first = format!(
            "[...document.querySelectorAll('main a[href^=\"{path}/\"]')]\
             .map(link => link.getAttribute('href').split('#')[0])\
             .filter(href => /[0-9a-f-]{{36}}$/.test(href)).slice(0, 1)"
        );
        records.extend(links(page, &first).await);
    }
    paths.extend(records);
    assert!(paths.len() > 40, "{paths:?}");
    paths
}

async fn links(page: &Page, script: &str) -> BTreeSet<String> {
    let found = page.find(script).await;
    let links = found.as_array().expect("a list").iter();
    // The pages that follow the first of a list are like it.
    let links = links.filter_map(|link| link.as_str()).filter(|link| !link.contains("after="));
    links.map(ToOwned::to_owned).collect()
}

async fn look(page: &Page, path: &str, axe: Option<&str>, found: &mut Vec<String>) {
    for (dark, phone) in [(false, false), (true, false), (false, true), (true, true)] {
        page.show(dark, phone).await;
        if (dark, phone) == (false, false) {
            page.go(path).await;
        }
        let light = if dark { "dark" } else { "light" };
        let device = if phone { "phone" } else { "desk" };
        let mut told = |what: String| found.push(format!("{path} {light} {device} {what}"));
        let spoken = page.find("document.documentElement.lang").await;
        if spoken != page.language.tag() {
            told(format!("speaks {spoken}"));
        }
        let (wide, window) = page.widths().await;
        if wide > window {
            told(format!("is {wide:?} wide of {window:?}"));
        }
        // The colours of a phone are those of a desk, and of one language those of the other.
        let plain = page.language != Language::French && (dark || phone);
        if let (Some(axe), false) = (axe, dark && phone || plain) {
            page.judged_by(axe).await.into_iter().for_each(&mut told);
        }
        let name = path.trim_matches('/').replace(['/', '?', '=', '&'], "-");
        page.picture(&format!("page-{name}-{light}-{device}")).await;
    }
}
