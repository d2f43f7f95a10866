//! The guide inside the product.

use std::sync::OnceLock;

use axum::http::StatusCode;
use identity::Role;
use kernel::{Catalog, Language};
use web::address::encoded;
use web::help::{about, book, href};

use crate::app::App;

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let modules =
            processes::MODULES.iter().copied().chain([&identity::MODULE, &web::MODULE]).collect();
        Catalog { modules }
    })
}

async fn open(role: Role) -> App {
    App::outside_of(catalog(), role).enter("ada@maison.example").await
}

/// The values of an attribute, in order.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn every_page_of_the_guide_is_read_in_both_languages() {
    let mut app = open(Role::Seller).await;
    for (language, tag) in [(Language::French, "fr"), (Language::English, "en")] {
        app.language = tag;
        for page in book::pages(language) {
            let shown = app.get(&page.href()).await;
            assert_eq!(shown.status, StatusCode::OK, "{} {}", page.key, shown.main());
            shown.has(&format!("<html lang=\"{tag}\""));
            shown.has(&format!("<h1>{}</h1>", page.title));
            assert!(page.parts.len() > 1, "{} is not written", page.key);
            for mark in [" style=", "<script", " onclick", "**", "]("] {
                assert!(!shown.main().contains(mark), "{mark} in {}", page.key);
            }
        }
    }
}

#[tokio::test]
async fn every_link_of_the_guide_leads_somewhere() {
    let app = open(Role::Owner).await;
    for page in book::pages(Language::French) {
        let shown = app.get(&page.href()).await;
        for link in values(shown.main(), "href") {
            let (path, anchor) = link.split_once('#').map_or((link, ""), |(path, end)| (path, end));
            let there = if path.is_empty() { page.href() } else { path.to_owned() };
            let there = app.get(&there).await;
            assert_eq!(there.status, StatusCode::OK, "{link} in {}", page.key);
            let at = format!(" id=\"{anchor}\"");
            assert!(anchor.is_empty() || there.text.contains(&at), "{link} in {}", page.key);
        }
    }
}

fn leads_to_a_screen(href: &&str) -> bool {
    href.starts_with('/') && !href.starts_with("/help")
}

#[tokio::test]
async fn every_screen_of_the_rail_leads_to_a_page_about_it() {
    let app = open(Role::Owner).await;
    let home = app.get("/").await;
    let rail = &home.text[home.text.find("<nav class=\"rail\"").unwrap()..];
    let rail = &rail[..rail.find("</nav>").unwrap()];
    let screens: Vec<&str> = values(rail, "href").into_iter().filter(leads_to_a_screen).collect();
    assert!(screens.len() > 30, "{screens:?}");
    for screen in screens {
        let page = about(screen);
        assert!(book::page(Language::French, page).is_some(), "{screen} → {page}");
        let told = screen == "/" || !matches!(page, "lists" | "first-steps" | "README");
        assert!(told, "no page of the guide speaks of {screen} in particular");
        let shown = app.get(screen).await;
        shown.has(&format!("href=\"{}\"", href(screen)));
    }
    // From a page of the guide one comes back to the screens that it speaks of.
    app.get("/help/delivering").await.has("href=\"/shipments\"");
}

#[tokio::test]
async fn the_guide_is_searched_without_accents_or_case() {
    let mut app = open(Role::Seller).await;
    let page = app.get("/help?q=ECHEANCE+facture").await;
    assert_eq!(page.status, StatusCode::OK);
    let page = app.get("/help?q=verrouiller").await;
    page.has("href=\"/help/closing#verrouiller\"");
    page.has("<mark>");
    app.get("/help?q=zygomatique").await.has("Le guide n’en parle pas.");
    app.get("/help?q=%3Cscript%3E").await.has_not("<script>");
    app.language = "en";
    app.get("/help?q=credit%20note").await.has("/help/invoicing");
}

#[tokio::test]
async fn an_unknown_page_says_so_and_a_stranger_signs_in_first() {
    let app = open(Role::Seller).await;
    for path in ["/help/nothing", "/help/README"] {
        assert_eq!(app.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let app = App { session: None, ..app };
    assert_eq!(app.get("/help/orders").await.location(), "/sign-in?back=%2Fhelp%2Forders");
}

#[tokio::test]
async fn the_filters_that_the_guide_shows_can_be_typed() {
    let mut app = open(Role::Owner).await;
    for (language, tag) in [(Language::French, "fr"), (Language::English, "en")] {
        app.language = tag;
        let page = book::page(language, "lists").unwrap();
        let from = page.html.find("<pre><code").expect("filters are shown");
        let block = &page.html[from..][..page.html[from..].find("</code>").unwrap()];
        let block = block.split_once("\">").unwrap().1.replace("&gt;", ">");
        let filters: Vec<&str> = block.lines().collect();
        assert!(filters.len() > 1, "{block}");
        for filter in filters {
            let list = app.get(&format!("/orders?where={}", encoded(filter))).await;
            assert_eq!(list.status, StatusCode::OK, "{filter} {}", list.main());
        }
    }
}
