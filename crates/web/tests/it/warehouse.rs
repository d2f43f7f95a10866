//! Shipments step by step, and the stock.

use axum::http::{StatusCode, header};
use erp::logistics::{Shipment, ShipmentState};
use identity::Role;
use kernel::{Filter, Quantity};

use crate::trade::Trade;

#[tokio::test]
async fn the_warehouse_sees_what_to_prepare_and_prepares_it() {
    let trade = Trade::open(Role::Warehouse).await;
    let page = trade.app.get("/shipments").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    let number = trade.get(trade.order).number.unwrap();
    page.has(&number);
    page.has(&trade.get(trade.shipment).number.unwrap());
    page.has("Préparer la commande");
    let id = trade.order.to_string();
    let done = trade.app.post("/shipments/prepare", &[("key", "p"), ("id", id.as_str())]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let all = trade.read(|tx| Ok(tx.find(Filter::<Shipment>::everything())?));
    assert_eq!(all.len(), 3);
    let page = trade.app.get("/shipments").await;
    page.has("Rien à préparer.");
    let again = trade.app.post("/shipments/prepare", &[("key", "q"), ("id", id.as_str())]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.main());
    let every = trade.app.get("/shipments?sort=-id").await;
    assert_eq!(every.status, StatusCode::OK, "{}", every.main());
    every.has("BL-");
}

#[tokio::test]
async fn a_shipment_goes_from_the_shelf_to_the_customer_by_its_large_buttons() {
    let mut trade = Trade::open(Role::Warehouse).await;
    let path = format!("/shipments/{}", trade.shipment);
    let step = |name: &str| format!("{path}/step/{name}");
    let page = trade.app.get(&path).await;
    page.has("Prélever");
    page.has("LAM-100");
    page.has("12 rue des Arts");

    let done = trade.app.post(&step("pick"), &[("key", "1")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let wrong = [("key", "2"), ("parcels", "2"), ("weight", "lourd")];
    let refused = trade.app.post(&step("pack"), &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.main());
    let packing = [("key", "3"), ("parcels", "2"), ("weight", "12,5"), ("carrier", "Relais")];
    let done = trade.app.post(&step("pack"), &packing).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let packed = trade.get(trade.shipment);
    assert_eq!((packed.parcels, packed.weight_g), (Some(2), Some(12_500)));

    trade.app.language = "en";
    let page = trade.app.get(&path).await;
    page.has("12.5 kg");
    let done = trade.app.post(&step("ship"), &[("key", "4")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let again = trade.app.post(&step("ship"), &[("key", "5")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.main());
    let done = trade.app.post(&step("deliver"), &[("key", "6"), ("delivered_on", "")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    assert_eq!(trade.get(trade.shipment).state, ShipmentState::Delivered);
    let unknown = trade.app.post(&step("burn"), &[("key", "7")]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);

    let note = trade.app.get(&format!("{path}/delivery-note.pdf")).await;
    assert_eq!(note.headers[header::CONTENT_TYPE], "application/pdf");
    assert!(note.text.starts_with("%PDF-"));
}

#[tokio::test]
async fn the_stock_says_what_is_there_for_whom_and_why_it_moved() {
    let mut trade = Trade::open(Role::Warehouse).await;
    let page = trade.app.get("/stock").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    page.has("LAM-100");
    page.has("à commander");
    // What the goods are worth is no work of theirs.
    page.has_not("960,00");
    trade.app.get("/stock?q=chaise").await.has_not("LAM-100");
    trade.app.get("/stock?q=lampe").await.has("LAM-100");
    trade.app.get("/stock?view=low").await.has("LAM-100");
    trade.app.get("/stock?view=waiting").await.has_not("/stock/0");

    trade.app.language = "en";
    let product = trade.app.get(&format!("/stock/{}", trade.lamp)).await;
    assert_eq!(product.status, StatusCode::OK, "{}", product.main());
    product.has("Workshop lamp");
    product.has(&format!("/orders/{}", trade.order));
    product.has("Receipt");
    product.has("Issue");
    let left =
        trade.read(|tx| Ok(erp::inventory::availability(tx, trade.lamp, Quantity::units(1))?));
    assert_eq!((left.on_hand, left.reserved), (Quantity::units(16), Quantity::units(5)));
}

#[tokio::test]
async fn goods_are_picked_by_their_code_and_a_part_leaves_the_rest_kept() {
    let trade = Trade::open(Role::Warehouse).await;
    let path = format!("/shipments/{}", trade.shipment);
    let step = |name: &str| format!("{path}/step/{name}");
    let page = trade.app.get(&path).await;
    page.has("name=\"code\"");
    let scanned = trade.app.post(&step("scan"), &[("key", "1"), ("code", "lam-100")]).await;
    assert_eq!(scanned.status, StatusCode::SEE_OTHER, "{}", scanned.main());
    trade.app.get(scanned.location()).await.has("role=\"status\"");
    let unknown = trade.app.post(&step("scan"), &[("key", "2"), ("code", "4006381333931")]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    unknown.has("Aucun article n’a le code 4006381333931.");
    unknown.has("role=\"alert\"");
    let (shipment, asked) = trade.read(|tx| {
        let lines = erp::logistics::lines(tx, trade.shipment)?;
        assert_eq!(lines[0].picked, Quantity::units(1));
        Ok((lines.len(), lines[0].quantity))
    });
    assert!(shipment == 1 && asked > Quantity::units(1), "{asked:?}");
    let whole = trade.app.post(&step("pick"), &[("key", "3")]).await;
    assert_eq!(whole.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", whole.main());
    let part = trade.app.post(&step("pick"), &[("key", "4"), ("partial", "true")]).await;
    assert_eq!(part.status, StatusCode::SEE_OTHER, "{}", part.main());
    let left = trade.read(|tx| Ok(erp::logistics::lines(tx, trade.shipment)?[0].quantity));
    assert_eq!(left, Quantity::units(1));
}

#[tokio::test]
async fn what_a_sale_earns_is_shown_to_those_who_sell() {
    for (role, sees) in [(Role::Warehouse, false), (Role::Seller, true), (Role::Accountant, true)] {
        let trade = Trade::open(role).await;
        let order = format!("/orders/{}", trade.order);
        for path in ["/orders?view=all", order.as_str()] {
            let page = trade.app.get(path).await;
            page.has("CC-2026-");
            // Sold at 100 what cost 60.
            assert_eq!(page.main().contains("40,0\u{a0}%"), sees, "{role:?} {path}");
        }
        assert_eq!(trade.app.get(&order).await.main().contains("Marge"), sees, "{role:?}");
    }
}
