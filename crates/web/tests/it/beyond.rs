//! Lists grouped by what a related record holds, drawn as a line; figures of a company's own fields.

use axum::http::StatusCode;
use identity::Role;
use kernel::{CustomField, CustomKind, Filter};
use serde_json::json;
use web::dashboard::Tile;

use crate::trade::Trade;

#[tokio::test]
async fn orders_are_grouped_by_the_country_of_their_customer_with_their_sums() {
    let mut trade = Trade::open(Role::Seller).await;
    trade.run(0, |tx, _| {
        tx.insert(&CustomField {
            entity: "party".into(),
            name: "zone".into(),
            label_fr: "Zone".into(),
            label_en: "Area".into(),
            kind: CustomKind::Text,
            values: None,
            required: false,
        })?;
        Ok(json!(null))
    });
    let customer = trade.customer;
    trade.run(0, move |tx, _| {
        let extra = Some(json!({ "zone": "Nord" }).to_string());
        tx.save_extra(<master::Party as kernel::Entity>::DEF, customer.raw(), extra)?;
        Ok(json!(null))
    });
    let columns = "columns=number,net&all=1";
    let plain = trade.app.get(&format!("/orders?group=party&{columns}")).await;
    let page = trade.app.get(&format!("/orders?group=party.country&{columns}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    page.has(">FR</a>");
    page.has("party.country%3D");
    // All customers are of one country: its sum is the sum of all.
    let total = |page: &crate::app::Page| {
        let foot = page.main().split("<tfoot").nth(1).unwrap().to_owned();
        foot.split("</tfoot>").next().unwrap().to_owned()
    };
    assert_eq!(total(&plain), total(&page));
    let zones = trade.app.get(&format!("/orders?group=party.extra.zone&{columns}")).await;
    assert_eq!(zones.status, StatusCode::OK, "{}", zones.main());
    zones.has(">Nord</a>");
    let file = trade.app.get(&format!("/orders/export.csv?group=party.country&{columns}")).await;
    file.has("FR;");
    // The link of a group leads to its records.
    let records = trade.app.get("/orders?where=party.country%3D%22FR%22&all=1").await;
    assert_eq!(records.status, StatusCode::OK);
    let menu = trade.app.get(&format!("/orders?{columns}&add.menu=group&add.through=party")).await;
    menu.has("group=party.country");
    for (language, words) in [("fr", "Par une fiche liée"), ("en", "Through a related record")] {
        trade.app.language = language;
        trade.app.get(&format!("/orders?{columns}&add.menu=group")).await.has(words);
    }
    // What is beyond is changed on its own record: there are no lanes.
    let board = trade.app.get(&format!("/orders?group=party.country&as=board&{columns}")).await;
    board.has_not("class=\"board\"");
    for unknown in ["party.nothing", "party.country.name", "net.country"] {
        let page = trade.app.get(&format!("/orders?group={unknown}")).await;
        assert!(page.status.is_client_error(), "{unknown}");
    }
}

#[tokio::test]
async fn months_are_drawn_as_a_line_in_lists_and_on_the_dashboard() {
    let mut trade = Trade::open(Role::Seller).await;
    let months = "/orders?group=ordered_on&all=1&columns=number,net";
    for (language, word) in [("fr", "En courbe"), ("en", "As a line")] {
        trade.app.language = language;
        let bars = trade.app.get(months).await;
        bars.has(word);
        bars.has("as=line");
    }
    let customer = trade.customer;
    trade.run(0, move |tx, _| {
        for months in [2, 5] {
            let day = tx.today().plus_months(-months);
            let order = crm::sales::Order::of(customer, tx.currency());
            tx.insert(&crm::sales::Order { ordered_on: Some(day), ..order })?;
        }
        Ok(json!(null))
    });
    let line = trade.app.get(&format!("{months}&as=line")).await;
    assert_eq!(line.status, StatusCode::OK, "{}", line.main());
    line.has("<polyline class=\"l\"");
    // Five months before this one: those without orders are there too.
    let points = line.text.split("<polyline class=\"l\" points=\"").nth(1).unwrap();
    let points = points.split('"').next().unwrap().split_whitespace().count();
    assert!(points >= 6, "{points}");
    let pairs = [
        ("key", "a"),
        ("entity", "order"),
        ("parameters", "group=ordered_on&as=line&all=1"),
        ("name", "Courbe"),
        ("what", "sum:net"),
        ("audience", "private"),
    ];
    let done = trade.app.post("/dashboard/pin", &pairs).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    trade.app.get("/dashboard").await.has("<polyline class=\"l\"");
}

#[tokio::test]
async fn a_number_of_the_company_s_own_is_added_up_on_a_tile() {
    let trade = Trade::open(Role::Seller).await;
    let customer = trade.customer;
    trade.run(0, move |tx, _| {
        tx.insert(&CustomField {
            entity: "party".into(),
            name: "looms".into(),
            label_fr: "Métiers".into(),
            label_en: "Looms".into(),
            kind: CustomKind::Number,
            values: None,
            required: false,
        })?;
        let extra = Some(json!({ "looms": 12 }).to_string());
        tx.save_extra(<master::Party as kernel::Entity>::DEF, customer.raw(), extra)?;
        Ok(json!(null))
    });
    let form = trade.app.get("/dashboard/pin?entity=party&parameters=all%3D1").await;
    form.has("value=\"sum:extra.looms\"");
    form.has("La somme · Métiers");
    let pairs = [
        ("key", "a"),
        ("entity", "party"),
        ("parameters", "all=1"),
        ("name", "Métiers"),
        ("what", "sum:extra.looms"),
        ("audience", "private"),
    ];
    let done = trade.app.post("/dashboard/pin", &pairs).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    trade.app.get("/dashboard").await.has("tile-figure\">12</p>");
    // Once the company takes the field away, the tile says so instead of another figure.
    trade.run(0, |tx, _| {
        for field in tx.find(Filter::<CustomField>::everything())? {
            tx.delete(field.id)?;
        }
        Ok(json!(null))
    });
    let page = trade.app.get("/dashboard").await;
    assert_eq!(page.status, StatusCode::OK);
    page.has_not("tile-figure");
    assert_eq!(trade.read(|tx| Ok(tx.find(Filter::<Tile>::everything())?)).len(), 1);
}
