//! The real catalogue: every entity on every page drawn from its description, and the home page.

use std::sync::OnceLock;

use axum::http::StatusCode;
use identity::Role;
use kernel::{Catalog, Instant};

use crate::app::App;

pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let modules =
            processes::MODULES.iter().copied().chain([&identity::MODULE, &web::MODULE]).collect();
        Catalog { modules }
    })
}

#[tokio::test]
async fn every_entity_has_a_list_and_a_form_in_both_languages() {
    let mut app = App::outside_of(catalog(), Role::Owner).enter("ada@maison.example").await;
    for language in ["fr", "en"] {
        app.language = language;
        for def in catalog().entities() {
            let page = app.get(&format!("/{}", def.plural)).await;
            assert_eq!(page.status, StatusCode::OK, "{} {}", def.plural, page.main());
            let form = app.get(&format!("/{}/new", def.plural)).await;
            let by_hand = def.kept || def.parent().is_some();
            let wanted = if by_hand { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            assert_eq!(form.status, wanted, "{} {}", def.plural, form.main());
        }
    }
}

#[tokio::test]
async fn the_home_page_and_its_sums_are_read_from_the_real_tables() {
    for role in [Role::Owner, Role::Seller, Role::Accountant, Role::Warehouse] {
        let app = App::outside_of(catalog(), role).enter("ada@maison.example").await;
        let page = app.get("/").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.main());
        page.has("Bonjour, Ada");
        page.has("Rien n’attend personne.");
        // What the month came to is no work of the warehouse.
        assert_eq!(page.main().contains("href=\"/orders?"), role != Role::Warehouse);
        for link in links(page.main()) {
            let page = app.get(&link).await;
            assert_eq!(page.status, StatusCode::OK, "{link} {}", page.main());
        }
    }
}

#[tokio::test]
async fn no_letter_leads_to_two_places() {
    let app = App::outside_of(catalog(), Role::Owner).enter("ada@maison.example").await;
    let page = app.get("/").await;
    let parts = page.text.split("data-go=\"").skip(1);
    let mut letters: Vec<&str> = parts.filter_map(|rest| rest.split('"').next()).collect();
    letters.sort_unstable();
    let all = letters.clone();
    letters.dedup();
    assert!(all.len() > 10, "{all:?}");
    assert_eq!(letters, all);
}

fn links(text: &str) -> Vec<String> {
    let found = text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    found.map(|link| link.replace("&amp;", "&")).filter(|link| link.starts_with('/')).collect()
}

#[tokio::test]
async fn a_partner_is_made_edited_and_found_with_what_waits_for_it() {
    use kernel::{Day, Id, RawId};
    use serde_json::json;
    let app = App::outside_of(catalog(), Role::Owner).enter("ada@maison.example").await;
    let pairs = [
        ("name", "Bistrot du Canal"),
        ("kind", "company"),
        ("language", "fr"),
        ("flags", "customer"),
        ("customer", "true"),
        ("siren", "123456789"),
    ];
    let refused = app.post("/parties", &pairs).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("id=\"f-siren-error\"");
    let made = app.post("/parties", &pairs[..5]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.main());
    let party = made.location().rsplit('/').next().unwrap().to_owned();
    app.get("/palette?q=bistrot").await.has(&format!("/parties/{party}"));
    let yesterday = Day(Instant(store::now().0).day().0 - 1);
    app.write(move |tx| {
        tx.insert(&crm::interactions::Interaction {
            party: Some(Id::from_raw(RawId::parse(&party)?)),
            about: None,
            kind: crm::interactions::InteractionKind::Task,
            at: tx.now(),
            subject: "Rappeler la gérante".into(),
            body: None,
            due_on: Some(yesterday),
            done: false,
            assignee: None,
            author: None,
            code: None,
        })?;
        Ok(json!(null))
    });
    let home = app.get("/").await;
    home.has("Tâches du jour");
    home.has("Rappeler la gérante");
    home.has("Bistrot du Canal");
}
