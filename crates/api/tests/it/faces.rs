//! An entity is described once; it is found on every face of this door.

use serde_json::json;

use crate::world::{WORKSHOP, shop};

#[tokio::test]
async fn a_described_entity_is_on_every_face() {
    let shop = shop();
    let openapi = shop.get("/api/openapi.json").await.expect(200);
    assert_eq!(openapi["openapi"], "3.1.0");
    for def in WORKSHOP.entities {
        let plural = def.plural;
        assert!(openapi["paths"].get(format!("/api/{plural}")).is_some(), "{plural}");
        let schema = api::openapi::schema_name(def.name);
        let schema = &openapi["components"]["schemas"][&schema]["properties"];
        for field in def.fields {
            assert_eq!(schema[field.name]["x-labels"]["fr"], field.label.fr, "{}", field.name);
        }
        for (language, label) in [("fr", def.labels.fr), ("en", def.labels.en)] {
            let page = shop.get(&format!("/api/docs?lang={language}")).await;
            assert_eq!(page.status.as_u16(), 200);
            assert!(page.text.contains(label) && page.text.contains(plural), "{plural}");
        }
        let list = shop.get(&format!("/api/{plural}")).await.expect(200);
        assert_eq!(list, json!({"items": [], "next": null}));
        let csv = shop.get(&format!("/api/{plural}.csv")).await;
        assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
        for field in def.stored() {
            // A label that two fields would answer to gives way to the name.
            let named = csv.text.contains(field.label.fr) || csv.text.contains(field.name);
            assert_eq!(named, !field.sensitive, "{}: {}", field.name, csv.text);
        }
        assert_eq!(shop.get(&format!("/api/{plural}.jsonl")).await.text, "");
    }
    let action = &openapi["paths"]["/api/chairs/{id}/paint"]["post"];
    assert_eq!(action["x-labels"]["en"], "Paint");
    let inputs = &action["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(inputs["required"], json!(["colour"]));
}

#[tokio::test]
async fn lines_are_written_inside_their_record_only() {
    let shop = shop();
    let openapi = shop.get("/api/openapi.json").await.expect(200);
    assert!(openapi["paths"]["/api/parts"].get("post").is_none());
    let parts = &openapi["components"]["schemas"]["ChairWrite"]["properties"]["parts"];
    assert_eq!(parts["items"]["$ref"], "#/components/schemas/PartWrite");
    let alone = shop.post("/api/parts", &json!({"name": "pied"})).await;
    alone.refused(405, "entity.kept");
}

#[tokio::test]
async fn the_history_of_a_record_and_the_feed_tell_what_happened() {
    let shop = shop();
    let made = shop.post("/api/chairs", &json!({"sku": "A", "name": "a", "price": "1"})).await;
    let id = made.expect(201)["id"].as_str().unwrap().to_owned();
    let before = shop.get("/api/changes").await.expect(200)["next"].as_i64().unwrap();
    shop.post(&format!("/api/chairs/{id}/paint"), &json!({"colour": "vert"})).await.expect(200);
    let feed = shop.told(before, &shop.owner).await;
    assert_eq!(feed["items"][0]["event"], "chair.painted");
    assert_eq!(feed["items"][0]["id"], id);
    let audit = shop.get(&format!("/api/audit?entity=chair&id={id}")).await.expect(200);
    assert_eq!(audit["items"][0]["verb"], "updated");
    assert_eq!(audit["items"][0]["door"], "rest");
    assert_eq!(audit["items"][0]["actor_name"], "anne");
    assert_eq!(audit["items"][0]["changes"]["finish"], json!(["raw", "painted"]));
    assert_eq!(audit["items"][1]["verb"], "created");
    shop.get("/api/audit?entity=chair").await.refused(400, "query.missing");
    shop.get("/api/changes?after=-1").await.refused(400, "query.number");
}
