//! Lists made by hand, and what they have of the drawn ones: the sieve, the columns, the views.

use axum::http::StatusCode;
use identity::Role;

use crate::app::App;
use crate::trade::Trade;

#[tokio::test]
async fn every_tab_of_the_order_book_carries_its_sieve_its_columns_and_its_views() {
    let trade = Trade::open(Role::Owner).await;
    for (view, told) in [
        ("open", "stage%3Adraft%20or%20stage%3Aconfirmed"),
        ("to-invoice", "stage%3Aconfirmed%20and%20not%20invoicing_state%3Afull"),
        ("held", "count%28holds%20where%20released_at%3Aempty"),
        ("late", "stage%3Aconfirmed%20and%20not%20delivery%3Afull"),
    ] {
        let page = trade.app.get(&format!("/orders?view={view}")).await;
        assert_eq!(page.status, StatusCode::OK, "{view} {}", page.main());
        page.has("id=\"list-where\"");
        page.has("Colonnes");
        page.has("Enregistrer la vue");
        page.has(&format!("/orders/export.csv?where={told}"));
    }
}

#[tokio::test]
async fn what_has_a_list_by_hand_leads_to_the_drawn_one_and_back() {
    let trade = Trade::open(Role::Owner).await;
    // The drawn list stays drawn as its filters go.
    let every = trade.app.get("/shipments?state=draft").await;
    assert_eq!(every.status, StatusCode::OK, "{}", every.main());
    every.has("id=\"list-where\"");
    every.has("href=\"/shipments?all=1\"");
    every.has("Vue habituelle");
    trade.app.get("/shipments?all=1").await.has("id=\"list-where\"");
    trade.app.get("/shipments").await.has("href=\"/shipments?all=1\"");
    let app = App::open(Role::Owner).await;
    app.get("/users").await.has("Toutes les colonnes et filtres");
    app.get("/users?all=1").await.has("id=\"list-where\"");
}
