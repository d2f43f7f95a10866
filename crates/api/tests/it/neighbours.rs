//! What is another company's does not exist; what is over is not done again.

use serde_json::{Value as Json, json};

use crate::world::{Shop, shop};

const PAINT: &str = "vert";

async fn chair(shop: &Shop, sku: &str) -> String {
    let chair = json!({"sku": sku, "name": "Chaise", "price": "12.50"});
    let made = shop.post("/api/chairs", &chair).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// A record as it is, and all that was ever done to it.
async fn all_of(shop: &Shop, path: &str) -> (Json, Json) {
    let (_, id) = path.rsplit_once('/').expect("a path");
    let audit = format!("/api/audit?entity=chair&id={id}");
    (shop.get(path).await.expect(200), shop.get(&audit).await.expect(200))
}

#[tokio::test]
async fn the_id_of_another_company_is_the_id_of_nothing() {
    let shop = shop();
    let neighbour = shop.neighbour();
    let path = format!("/api/chairs/{}", chair(&neighbour, "A").await);
    let maker = neighbour.post("/api/makers", &json!({"code": "M1", "name": "Thonet"})).await;
    let maker = maker.expect(201)["id"].clone();
    let before = all_of(&neighbour, &path).await;

    shop.get(&path).await.refused(404, "not_found");
    let edited = json!({"name": "À moi", "version": 1});
    shop.json("PATCH", &path, &[], &edited).await.refused(404, "not_found");
    shop.json("DELETE", &path, &[], &json!({})).await.refused(404, "not_found");
    let paint = json!({"colour": PAINT});
    shop.post(&format!("{path}/paint"), &paint).await.refused(404, "not_found");
    let borrowed = json!({"sku": "B", "name": "Chaise", "price": "1", "maker": maker});
    let refused = shop.post("/api/chairs", &borrowed).await;
    refused.refused_on(422, "reference.unknown", "maker");
    let about = format!("/api/audit?entity=chair&id={}", &path["/api/chairs/".len()..]);
    assert_eq!(shop.get(&about).await.expect(200)["items"], json!([]));

    assert_eq!(all_of(&neighbour, &path).await, before);
    assert_eq!(shop.get("/api/chairs").await.expect(200)["items"], json!([]));
    // The same key of each is each one's own.
    chair(&shop, "A").await;
}

#[tokio::test]
async fn an_act_out_of_its_state_is_refused_with_its_field_and_changes_nothing() {
    let shop = shop();
    let path = format!("/api/chairs/{}", chair(&shop, "A").await);
    let paint = format!("{path}/paint");
    shop.post(&paint, &json!({"colour": PAINT})).await.expect(200);
    let before = all_of(&shop, &path).await;
    let again = shop.post(&paint, &json!({"colour": "bleu"})).await;
    again.refused_on(422, "chair.painted", "finish");
    assert_eq!(all_of(&shop, &path).await, before);
}

#[tokio::test]
async fn a_stale_or_malformed_edit_changes_nothing() {
    let shop = shop();
    let path = format!("/api/chairs/{}", chair(&shop, "A").await);
    shop.json("PATCH", &path, &[], &json!({"name": "Second"})).await.expect(200);
    let before = all_of(&shop, &path).await;
    let edit = |body: Json| {
        let (shop, path) = (&shop, path.as_str());
        async move { shop.json("PATCH", path, &[], &body).await }
    };
    let stale = edit(json!({"name": "En retard", "version": 1})).await;
    stale.refused(409, "record.stale");
    assert_eq!(stale.json()["current"], before.0);
    for (field, value, code) in [
        ("colour", json!("red"), "field.unknown"),
        ("name", json!(12), "field.type"),
        ("name", json!("x".repeat(201)), "field.long"),
        ("price", json!("99999999999999999"), "number.range"),
        ("maker", json!("00000000-0000-7000-8000-000000000000"), "reference.unknown"),
    ] {
        edit(json!({field: value, "version": 2})).await.refused_on(422, code, field);
    }
    let cut = shop.request("PATCH", &path, &[("content-type", "application/json")]);
    shop.send(cut.body("{\"name\": \"X")).await.refused(400, "json.malformed");
    assert_eq!(all_of(&shop, &path).await, before);
}
