//! Many records by one request, what was done taken back, and what is its owner's alone.

use serde_json::{Value as Json, json};

use crate::world::{Shop, shop};

async fn furnished() -> (Shop, Vec<String>) {
    let shop = shop();
    let field = json!({"entity": "chair", "name": "wood", "label_fr": "Essence", "label_en": "Wood",
        "kind": "text"});
    shop.post("/api/custom_fields", &field).await.expect(201);
    let mut ids = Vec::new();
    for rank in 1..=3 {
        let given = json!({ "sku": format!("S{rank}"), "name": format!("Chaise {rank}"),
            "price": format!("{rank}.00"), "finish": if rank == 3 { "painted" } else { "raw" } });
        let made = shop.post("/api/chairs", &given).await.expect(201);
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    (shop, ids)
}

#[tokio::test]
async fn many_records_are_tried_before_they_are_changed() {
    let (shop, ids) = furnished().await;
    let asked = json!({ "where": "price >= 2", "changes": { "active": true,
        "extra": { "wood": "frêne" } }, "dry_run": true });
    let tried = shop.post("/api/chairs/bulk", &asked).await.expect(200);
    assert_eq!((&tried["total"], &tried["tried"]), (&json!(2), &json!(2)), "{tried}");
    let first = &tried["changes"][0];
    assert_eq!(first["id"], json!(ids[1]));
    assert_eq!(first["after"]["extra"]["wood"], "frêne");
    assert!(first["after"].get("name").is_none(), "only what moves is told: {first}");
    let one = shop.get(&format!("/api/chairs/{}", ids[1])).await.expect(200);
    assert!(one["extra"].get("wood").is_none(), "nothing is saved: {one}");
    // What would be refused is told record by record.
    let paint = json!({ "ids": ids, "act": "paint", "inputs": { "colour": "bleu" },
        "dry_run": true });
    let tried = shop.post("/api/chairs/bulk", &paint).await.expect(200);
    assert_eq!(tried["changes"].as_array().unwrap().len(), 2);
    assert_eq!(tried["refusals"][0]["faults"][0]["code"], "chair.painted");
}

#[tokio::test]
async fn many_records_are_changed_by_a_job_that_tells_how_far_it_is() {
    let (shop, ids) = furnished().await;
    let asked = json!({ "ids": [ids[0], ids[1], ids[0]], "delete": true });
    let headers = [("idempotency-key", "one")];
    let begun = shop.json("POST", "/api/chairs/bulk", &headers, &asked).await;
    let job = begun.expect(202);
    let href = begun.headers["location"].to_str().unwrap().to_owned();
    assert_eq!((&job["state"], &job["total"]), (&json!("waiting"), &json!(2)));
    let again = shop.json("POST", "/api/chairs/bulk", &headers, &asked).await.expect(202);
    assert_eq!(again["id"], job["id"], "sent twice, it is one job");
    let read = shop.get(&href).await.expect(200);
    assert_eq!((&read["deed"], &read["undo"]), (&json!("delete"), &Json::Null));
    let early = shop.post(&format!("{href}/undo"), &json!({})).await;
    early.refused(422, "bulk.under_way");
    // Someone else's job is not for those who may not read jobs.
    let bearer = format!("Bearer {}", shop.stranger);
    let headers = [("authorization", bearer.as_str())];
    let other = shop.send(shop.request("GET", &href, &headers).body("")).await;
    assert_eq!(other.status, 403);
    assert_eq!(shop.neighbour().get(&href).await.status, 404);
}

#[tokio::test]
async fn what_a_request_for_many_asks_is_read_whole_or_refused() {
    let (shop, ids) = furnished().await;
    for (asked, code) in [
        (json!({ "ids": ids }), "bulk.malformed"),
        (json!({ "delete": true }), "bulk.malformed"),
        (json!({ "ids": ids, "delete": true, "act": "paint" }), "bulk.malformed"),
        (json!({ "ids": ids, "changes": { "sku": "S9" } }), "bulk.malformed"),
        (json!({ "ids": ids, "act": "burn" }), "bulk.malformed"),
        (json!({ "ids": ids, "act": "paint" }), "field.required"),
        (json!({ "ids": ids, "changes": { "colour": "red" } }), "field.unknown"),
        (json!({ "where": "colour:red", "delete": true }), "sieve.field"),
        (json!({ "ids": [], "delete": true }), "bulk.nothing"),
        (json!({ "ids": ids, "delete": true, "dry-run": true }), "field.unknown"),
    ] {
        let refused = shop.post("/api/chairs/bulk", &asked).await;
        assert_eq!(refused.codes(), [code], "{asked}");
    }
    let bearer = format!("Bearer {}", shop.stranger);
    let headers = [("authorization", bearer.as_str())];
    let asked = json!({ "ids": ids, "delete": true });
    shop.json("POST", "/api/chairs/bulk", &headers, &asked).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_command_is_taken_back_by_its_line_of_the_audit() {
    let (shop, ids) = furnished().await;
    let path = format!("/api/chairs/{}", ids[0]);
    shop.json("PATCH", &path, &[], &json!({ "name": "Tabouret" })).await.expect(200);
    let audit = shop.get(&format!("/api/audit?entity=chair&id={}", ids[0])).await.expect(200);
    let line = audit["items"][0]["seq"].as_i64().unwrap();
    let undone = shop.post("/api/undo", &json!({ "line": line })).await.expect(200);
    assert_eq!(undone["undone"][0]["href"], json!(path));
    assert_eq!(shop.get(&path).await.expect(200)["name"], "Chaise 1");
    // It has moved since: the command is taken back once.
    let again = shop.post("/api/undo", &json!({ "line": line })).await;
    assert!(again.status.is_client_error(), "{}", again.text);
    shop.post("/api/undo", &json!({ "line": 999_999 })).await.refused(422, "undo.nothing");
    shop.post("/api/undo", &json!({})).await.refused(422, "number.malformed");
}

#[tokio::test]
async fn what_another_keeps_for_themselves_is_neither_listed_read_nor_tested() {
    let (shop, ids) = furnished().await;
    let (own, shared) = shop.sketches(&ids[0]);
    let listed = shop.get("/api/sketches").await.expect(200);
    let titles: Vec<&str> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["Partagé"]);
    shop.get(&format!("/api/sketches/{shared}")).await.expect(200);
    shop.get(&format!("/api/sketches/{own}")).await.refused(404, "not_found");
    let path = format!("/api/sketches/{own}");
    let changed = shop.json("PATCH", &path, &[], &json!({ "title": "Volé" })).await;
    assert!(changed.status.is_client_error());
    let many = json!({ "ids": [own], "act": "touch", "dry_run": true });
    shop.post("/api/sketches/bulk", &many).await.refused(405, "entity.kept");
    // A test along a relation would tell what it holds, one letter at a time.
    for text in
        ["sketches.title:secret", "count(sketches) > 0", "count(sketches where title:s) > 0"]
    {
        let text: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let refused = shop.get(&format!("/api/chairs?where={text}")).await;
        assert!(refused.status.is_client_error(), "{}", refused.text);
    }
    let own = shop.get("/api/sketches?where=title:secret").await.expect(200);
    assert_eq!(own["items"], json!([]));
}
