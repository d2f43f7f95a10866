//! Records made, read, listed, edited, deleted, and acted upon.

use serde_json::{Value as Json, json};

use crate::world::{Shop, shop};

fn chair(sku: &str, price: &str) -> Json {
    json!({ "sku": sku, "name": format!("Chaise {sku}"), "price": price })
}

async fn made(shop: &Shop, sku: &str, price: &str) -> Json {
    shop.post("/api/chairs", &chair(sku, price)).await.expect(201)
}

#[tokio::test]
async fn a_record_is_made_with_its_lines_and_read_back() {
    let shop = shop();
    let maker = shop.post("/api/makers", &json!({"code": "M1", "name": "Thonet"})).await;
    let maker = maker.expect(201)["id"].clone();
    let given = json!({
        "sku": "T14", "name": "Bistrot", "maker": maker, "finish": "painted",
        "price": {"amount": "129.90", "currency": "EUR"}, "weight": 3.5, "discount": "0.055",
        "made_on": "2026-11-24", "seen_at": "2026-11-24T08:30:00Z", "active": true,
        "note": "deux\nlignes", "source": format!("maker/{}", maker.as_str().unwrap()),
        "parts": [{"name": "Pied", "count": "4", "unit_price": "2.3333"},
                  {"name": "Assise", "count": 1, "unit_price": "10"}],
    });
    let answer = shop.post("/api/chairs", &given).await;
    let record = answer.expect(201);
    let id = record["id"].as_str().unwrap();
    assert_eq!(answer.headers["location"], format!("/api/chairs/{id}"));
    assert_eq!(answer.headers["etag"], "\"1\"");
    // What is settled, and what is numbered last, is in the answer.
    assert_eq!(record["cost"], json!({"amount": "19.33", "currency": "EUR"}));
    assert_eq!(record["number"], 1);
    for name in ["sku", "name", "maker", "finish", "price", "discount", "made_on", "seen_at"] {
        assert_eq!(record[name], given[name], "{name}");
    }
    assert_eq!(record["weight"], "3.5");
    assert_eq!(record["source"], given["source"]);
    assert_eq!(record["parts"][0]["count"], "4");
    assert_eq!(record["parts"][1]["unit_price"]["amount"], "10");
    assert_eq!(shop.get(&format!("/api/chairs/{id}")).await.expect(200), record);
}

#[tokio::test]
async fn an_edit_names_the_version_it_saw() {
    let shop = shop();
    let record = made(&shop, "A", "1").await;
    let path = format!("/api/chairs/{}", record["id"].as_str().unwrap());
    let edit = |tag: &'static str, body: Json| {
        let (shop, path) = (&shop, path.as_str());
        async move { shop.json("PATCH", path, &[("if-match", tag)], &body).await }
    };
    let second = edit("\"1\"", json!({"name": "Second"})).await;
    assert_eq!(second.expect(200)["version"], 2);
    assert_eq!(second.headers["etag"], "\"2\"");
    let late = edit("\"1\"", json!({"name": "En retard"})).await;
    late.refused(409, "record.stale");
    let document = late.json();
    assert_eq!(document["faults"][0]["facts"]["yours"], json!({"name": "En retard"}));
    assert_eq!(document["current"]["name"], "Second");
    // A whole record sent back carries its version along.
    let whole = shop.json("PATCH", &path, &[], &json!({"name": "X", "version": 1})).await;
    whole.refused(409, "record.stale");
    edit("demain", json!({"name": "X"})).await.refused(400, "header.malformed");
    let late = shop.json("DELETE", &path, &[("if-match", "\"1\"")], &json!({})).await;
    late.refused(409, "record.stale");
    let gone = shop.json("DELETE", &path, &[("if-match", "\"2\"")], &json!({})).await;
    gone.expect(204);
    shop.get(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn lines_are_kept_edited_and_removed_by_the_list_that_is_given() {
    let shop = shop();
    let mut given = chair("A", "1");
    given["parts"] = json!([{"name": "Pied", "count": 4, "unit_price": "1"},
                            {"name": "Dos", "count": 1, "unit_price": "5"}]);
    let record = shop.post("/api/chairs", &given).await.expect(201);
    let other = made(&shop, "B", "1").await;
    let path = format!("/api/chairs/{}", record["id"].as_str().unwrap());
    let kept = record["parts"][0]["id"].clone();
    let lines = json!({"parts": [
        {"id": kept, "count": 3, "chair": other["id"]},
        {"name": "Vis", "count": 8, "unit_price": "0.05"},
    ]});
    let record = shop.json("PATCH", &path, &[], &lines).await.expect(200);
    let names: Vec<&str> = record["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Pied", "Vis"], "a line stays in the record it was given in");
    assert_eq!(record["parts"][0]["count"], "3");
    assert_eq!(record["cost"]["amount"], "3.40");
    let bad = json!({"parts": [{"name": "Vis", "count": "beaucoup", "unit_price": "1"}]});
    let refused = shop.json("PATCH", &path, &[], &bad).await;
    refused.refused(422, "number.malformed");
    assert_eq!(refused.json()["faults"][0]["field"], "parts.0.count");
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_one_effect() {
    let shop = shop();
    let key = [("idempotency-key", "abc")];
    let first = shop.json("POST", "/api/chairs", &key, &chair("A", "1")).await.expect(201);
    let again = shop.json("POST", "/api/chairs", &key, &chair("A", "1")).await.expect(201);
    assert_eq!(first, again);
    let list = shop.get("/api/chairs").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let other = shop.json("POST", "/api/chairs", &key, &chair("B", "1")).await;
    other.refused(409, "idempotency.reused");
    assert_eq!(other.json()["faults"][0]["facts"]["key"], "abc");
    let path = format!("/api/chairs/{}", first["id"].as_str().unwrap());
    for _ in 0..2 {
        shop.json("DELETE", &path, &[("idempotency-key", "bye")], &json!({})).await.expect(204);
    }
    let gone = shop.json("POST", "/api/chairs", &key, &chair("A", "1")).await.expect(201);
    assert_eq!(gone["id"], first["id"], "the answer of the key, though the record is gone");
}

#[tokio::test]
async fn lists_are_filtered_sorted_searched_and_paged() {
    let shop = shop();
    for rank in 1..=7 {
        let mut given = chair(&format!("S{rank}"), &format!("{}.00", rank % 4));
        given["made_on"] = json!(format!("2026-01-0{rank}"));
        given["finish"] = json!(if rank % 2 == 0 { "painted" } else { "raw" });
        shop.post("/api/chairs", &given).await.expect(201);
    }
    let skus = |page: &Json| -> Vec<String> {
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| item["sku"].as_str().unwrap().to_owned()).collect()
    };
    let (mut all, mut path) = (Vec::new(), "/api/chairs?sort=price&limit=3".to_owned());
    loop {
        let page = shop.get(&path).await.expect(200);
        all.extend(skus(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/chairs?sort=price&limit=3&after={next}");
    }
    assert_eq!(all, ["S4", "S1", "S5", "S2", "S6", "S3", "S7"]);
    let list = |query: &'static str| {
        let shop = &shop;
        async move { skus(&shop.get(&format!("/api/chairs?{query}")).await.expect(200)) }
    };
    assert_eq!(list("finish=painted&sort=sku").await, ["S2", "S4", "S6"]);
    assert_eq!(list("made_on.gte=2026-01-03&made_on.lte=2026-01-04").await, ["S4", "S3"]);
    assert_eq!(list("sku=S1&sku=S7&sort=-sku").await, ["S7", "S1"]);
    assert_eq!(list("price=2.00&sort=sku").await, ["S2", "S6"]);
    assert_eq!(list("q=chaise+s5").await, ["S5"]);
    assert_eq!(list("maker=&limit=1").await, ["S7"]);
    let foreign = shop.get(&format!("/api/chairs?sort=sku&after={}", "5b5d")).await;
    foreign.refused(400, "query.cursor");
}

#[tokio::test]
async fn an_act_takes_its_inputs_and_answers_what_it_made() {
    let shop = shop();
    let id = made(&shop, "A", "1").await["id"].as_str().unwrap().to_owned();
    let path = format!("/api/chairs/{id}/paint");
    let done = shop.post(&path, &json!({"colour": "bleu"})).await.expect(200);
    assert_eq!(done["record"]["finish"], "painted");
    assert_eq!(done["record"]["note"], "bleu");
    assert_eq!(done["made"]["href"], format!("/api/chairs/{id}"));
    let refused = shop.post(&path, &json!({"color": "bleu"})).await;
    assert_eq!(refused.codes(), ["field.unknown", "field.required"]);
    shop.post(&format!("/api/chairs/{id}/burn"), &json!({})).await.refused(404, "path.unknown");
    let nobody = "/api/chairs/00000000-0000-7000-8000-000000000000/paint";
    shop.post(nobody, &json!({"colour": "bleu"})).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_company_adds_fields_of_its_own() {
    let shop = shop();
    let field = json!({"entity": "chair", "name": "wood", "label_fr": "Essence", "label_en": "Wood",
        "kind": "choice", "values": "hêtre\nchêne"});
    shop.post("/api/custom_fields", &field).await.expect(201);
    let mut given = chair("A", "1");
    given["extra"] = json!({"wood": "chêne"});
    let record = shop.post("/api/chairs", &given).await.expect(201);
    assert_eq!(record["extra"]["wood"], "chêne");
    let found = shop.get("/api/chairs?extra.wood=ch%C3%AAne").await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    given["sku"] = json!("B");
    given["extra"] = json!({"wood": "béton"});
    shop.post("/api/chairs", &given).await.refused(422, "custom_field.value");
}
