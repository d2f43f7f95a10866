//! The dashboard: lists are pinned, arranged, shared; what a person may not read stands on none.

use axum::http::StatusCode;
use identity::{Role, User};
use kernel::Filter;
use web::dashboard::Tile;

use crate::app::Page;
use crate::trade::{Trade, catalog};

#[tokio::test]
async fn an_empty_dashboard_offers_a_set_for_the_role_that_is_kept_at_one_go() {
    let mut trade = Trade::open(Role::Accountant).await;
    let page = trade.app.get("/dashboard").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    page.has("Factures en retard");
    page.has("480,00");
    page.has("Garder ces tuiles");
    let done = trade.app.post("/dashboard/start", &[("key", "k")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let tiles = trade.read(|tx| Ok(tx.find(Filter::<Tile>::everything())?));
    assert!(tiles.len() >= 4, "{tiles:?}");
    trade.app.language = "en";
    let page = trade.app.get("/dashboard").await;
    page.has("Arrange");
    page.has_not("Keep these tiles");
    // Every address of the set is one that its list still reads.
    for role in [Role::Seller, Role::Warehouse, Role::Owner] {
        let trade = Trade::open(role).await;
        let page = trade.app.get("/dashboard").await;
        assert_eq!(page.status, StatusCode::OK, "{role:?} {}", page.main());
        trade.app.post("/dashboard/start", &[("key", "k")]).await;
        for tile in trade.read(|tx| Ok(tx.find(Filter::<Tile>::everything())?)) {
            let plural = catalog().entity(&tile.entity).unwrap().plural;
            let parameters = tile.parameters.as_ref().map_or("", |text| text.0.as_str());
            let list = trade.app.get(&format!("/{plural}?{parameters}")).await;
            assert_eq!(list.status, StatusCode::OK, "{role:?} {}", tile.name);
        }
    }
}

/// The figure of the only tile.
fn figure(page: &Page) -> String {
    let after = page.text.split("tile-figure\">").nth(1).unwrap_or_default();
    after.split('<').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_list_is_pinned_as_a_count_a_sum_or_a_mean_and_arranged() {
    let trade = Trade::open(Role::Seller).await;
    let list = trade.app.get("/orders?all=1").await;
    list.has("/dashboard/pin?entity=order&amp;parameters=");
    let form = trade.app.get("/dashboard/pin?entity=order&parameters=all%3D1").await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.main());
    form.has("La somme");
    let pin = |key: &'static str, what: &'static str, parameters: &'static str| {
        let all = [
            ("key", key),
            ("entity", "order"),
            ("parameters", parameters),
            ("name", what),
            ("what", what),
            ("audience", "private"),
        ];
        let app = &trade.app;
        async move { app.post("/dashboard/pin", &all).await }
    };
    let done = pin("a", "count", "all=1").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let counted = trade.read(|tx| Ok(tx.find(Filter::<crm::sales::Order>::everything())?));
    assert_eq!(figure(&trade.app.get("/dashboard").await), counted.len().to_string());
    pin("b", "average:net", "all=1").await;
    pin("c", "sum:net", "group=delivery&all=1").await;
    let page = trade.app.get("/dashboard").await;
    page.has("<svg class=\"chart\"");

    let tiles = trade.read(|tx| Ok(tx.find(Filter::<Tile>::everything())?));
    let of = |name: &str| tiles.iter().find(|tile| tile.name == name).unwrap().id.to_string();
    let first = of("sum:net");
    let forward = format!("/dashboard/{first}/move");
    let moved = trade.app.post(&forward, &[("key", "m"), ("forward", "true")]).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER);
    let arranged =
        [("key", "n"), ("name", "Mon chiffre"), ("audience", "everyone"), ("wide", "true")];
    let done = trade.app.post(&format!("/dashboard/{first}/arrange"), &arranged).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let page = trade.app.get("/dashboard?arrange=1").await;
    let place = |text: &str| page.text.find(text).unwrap();
    assert!(place("Mon chiffre") < place("average:net"), "it moved one place forward");
    page.has("partagée");
    let nameless = [("key", "o"), ("name", " "), ("audience", "private")];
    let refused = trade.app.post(&format!("/dashboard/{first}/arrange"), &nameless).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = trade.app.post(&format!("/dashboard/{}/drop", of("count")), &[("key", "p")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(trade.read(|tx| Ok(tx.find(Filter::<Tile>::everything())?)).len(), 2);
}

#[tokio::test]
async fn what_a_person_may_not_read_is_on_no_dashboard_of_theirs() {
    let trade = Trade::open(Role::Seller).await;
    let forbidden = trade.app.get("/dashboard/pin?entity=journal_entry").await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    let pairs = [
        ("key", "a"),
        ("entity", "journal_entry"),
        ("name", "Écritures"),
        ("what", "count"),
        ("audience", "private"),
    ];
    let refused = trade.app.post("/dashboard/pin", &pairs).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.main());
    // A tile that someone else shares, of what is not this person's to read.
    trade.run(0, |tx, _| {
        let owner = tx.insert(&User::named("Zoé", "zoe@maison.example", Role::Accountant))?;
        for (entity, audience) in [
            ("journal_entry", web::dashboard::Sharing::Everyone),
            ("order", web::dashboard::Sharing::Everyone),
            ("quote", web::dashboard::Sharing::Private),
        ] {
            tx.insert(&Tile {
                entity: entity.into(),
                name: format!("tuile {entity}"),
                parameters: None,
                measure: web::dashboard::Measure::Count,
                field: None,
                wide: false,
                rank: 1,
                audience,
                owner,
            })?;
        }
        Ok(serde_json::Value::Null)
    });
    let page = trade.app.get("/dashboard").await;
    page.has("tuile order");
    page.has_not("tuile journal_entry");
    page.has_not("tuile quote");
    let tiles = trade.read(|tx| Ok(tx.find(Filter::<Tile>::everything())?));
    let theirs = tiles.iter().find(|tile| tile.entity == "order").unwrap().id;
    let refused = trade.app.post(&format!("/dashboard/{theirs}/drop"), &[("key", "d")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.main());
}
