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
    let judge = std::env::var("COMPTOIR_AXE").ok();
    if let Some(path) = &judge {
        page.with_script(&std::fs::read_to_string(path).expect("the script of axe")).await;
    } else {
        println!("skipped: axe-core, COMPTOIR_AXE is not set");
    }
    let mut found = Vec::new();
    look(page, "/sign-in", judge.is_some(), &mut found).await;
    enter(page, sign_in).await;
    let mut waiting: Vec<String> = OTHERS.map(str::to_owned).to_vec();
    waiting.push("/".to_owned());
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    while let Some(path) = waiting.pop() {
        look(page, &path, judge.is_some(), &mut found).await;
        let new = leads(page, &path).await.into_iter().filter(|link| seen.insert(link.clone()));
        waiting.extend(new);
    }
    assert!(seen.len() > 40, "{seen:?}");
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

/// What the navigation leads to from here (each group shows its pages on its own), and the first
/// record of this list. A list through a filter is like the whole one.
async fn leads(page: &Page, path: &str) -> Vec<String> {
    let all = format!(
        "(() => {{
           const to = all => [...document.querySelectorAll(all)]
             .map(link => link.getAttribute('href').split('#')[0]);
           const own = to('nav a[href^=\"/\"], aside a[href^=\"/\"]');
           const records = to('main a[href^=\"{path}/\"]');
           return [...own.filter(href => !/[0-9a-f-]{{36}}/.test(href)),
             ...records.filter(href => /[0-9a-f-]{{36}}$/.test(href)).slice(0, 1)]
             .filter(href => !href.includes('?'));
         }})()"
    );
    let found = page.find(&all).await;
    let links = found.as_array().expect("a list").iter().filter_map(|link| link.as_str());
    links.map(ToOwned::to_owned).collect()
}

async fn look(page: &Page, path: &str, judged: bool, found: &mut Vec<String>) {
    for (dark, phone) in [(false, false), (true, false), (true, true), (false, true)] {
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
        if judged && !(dark && phone) && !plain {
            page.judged(dark).await.into_iter().for_each(&mut told);
        }
        let name = path.trim_matches('/').replace('/', "-");
        page.picture(&format!("page-{name}-{light}-{device}")).await;
    }
}
