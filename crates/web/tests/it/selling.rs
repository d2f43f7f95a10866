//! The boards, and the page of a customer.

use axum::http::StatusCode;
use crm::sales::{Opportunity, OpportunityStage};
use identity::Role;
use kernel::Id;
use serde_json::json;

use crate::orders::id_of;
use crate::trade::Trade;

#[tokio::test]
async fn every_order_stands_in_the_lane_of_what_it_waits_for() {
    let mut trade = Trade::open(Role::Owner).await;
    trade.run(0, |tx, _| Ok(json!(processes::payment_follow_up::review_all(tx)?)));
    let board = trade.app.get("/board").await;
    assert_eq!(board.status, StatusCode::OK, "{}", board.main());
    let order = format!("/orders/{}", trade.order);
    let lane = |page: &crate::app::Page, name: &str| {
        let from = page.text.find(&format!("aria-label=\"{name}\"")).expect("the lane");
        let rest = &page.text[from..];
        rest[..rest.find("</section>").unwrap()].to_owned()
    };
    assert!(lane(&board, "À préparer").contains(&format!("{order}/do/prepare")));
    assert!(lane(&board, "À expédier").contains(&format!("/shipments/{}", trade.shipment)));
    // The first sale is invoiced and late.
    assert!(lane(&board, "À encaisser").contains("échue"), "{}", lane(&board, "À encaisser"));
    let done = trade.app.post(&format!("{order}/do/prepare"), &[("back", "/board")]).await;
    assert_eq!(done.location(), "/board");
    let board = trade.app.get("/board").await;
    assert!(!lane(&board, "À préparer").contains(&order));
    assert!(lane(&board, "À expédier").contains(&order));
    trade.app.language = "en";
    trade.app.get("/board").await.has("aria-label=\"To prepare\"");
}

#[tokio::test]
async fn a_customer_is_seen_whole() {
    let mut trade = Trade::open(Role::Seller).await;
    let href = format!("/parties/{}", trade.customer);
    let page = trade.app.get(&href).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    for part in [
        "Maison Ferrand",
        "732\u{202f}829\u{202f}320",
        // 480 invoiced, and 240 + 360 confirmed.
        "1\u{202f}080,00\u{a0}€",
        "480,00\u{a0}€",
        "Ventes par mois",
        "Commandes en cours",
        "Expéditions",
        "échue",
        "mailto:comptes@ferrand.example",
        "/orders/new?party=",
    ] {
        page.has(part);
    }
    let new = trade.app.get(&format!("/orders/new?party={}", trade.customer)).await;
    new.has(&format!("name=\"party\" value=\"{}\"", trade.customer));
    new.has("id=\"document-credit\"");
    trade.app.language = "en";
    let page = trade.app.get(&href).await;
    page.has("Sales by month");
    page.has("€1,080.00");
}

#[tokio::test]
async fn a_sale_moves_through_the_pipeline_by_its_buttons() {
    let trade = Trade::open(Role::Seller).await;
    let party = trade.customer.to_string();
    trade.app.get("/pipeline").await.has("Aucune opportunité en cours.");
    let pairs = [("title", "Éclairage du hall"), ("party", party.as_str()), ("amount", "10000")];
    let made = trade.app.post("/opportunities", &pairs).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.main());
    let id: Id<Opportunity> = id_of(made.location());
    let page = trade.app.get("/pipeline").await;
    page.has("Éclairage du hall");
    // A new one is won one time in ten.
    page.has("1\u{202f}000,00\u{a0}€");
    page.has("sans prochaine action");
    let href = format!("/opportunities/{id}/do");
    let step = [("stage", "qualified"), ("back", "/pipeline")];
    let moved = trade.app.post(&format!("{href}/advance"), &step).await;
    assert_eq!(moved.location(), "/pipeline", "{}", moved.main());
    assert_eq!(trade.get(id).stage, OpportunityStage::Qualified);
    let page = trade.app.get("/pipeline").await;
    page.has("3\u{202f}000,00\u{a0}€");
    page.has("→ Proposition");
    let won = trade.app.post(&format!("{href}/win"), &[("back", "/pipeline")]).await;
    assert_eq!(won.location(), "/pipeline");
    trade.app.get("/pipeline").await.has("gagnée");
    let again = trade.app.post(&format!("{href}/advance"), &step).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
}
