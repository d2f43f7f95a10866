//! Lists as files, and files as records.

use axum::body::Body;
use serde_json::{Value as Json, json};

use crate::world::{Shop, shop};

const CHAIRS: &str = "Référence;Designation;fabricant;Finition;Prix;Poids;Remise;made_on;Active\n\
    C1;Chaise une;M1;peinte;1 234,56;2,5;5,5 %;24/11/2026;oui\n\
    C2;\"Chaise; deux\";;Brute;10;;;;non\n";

async fn with_maker(shop: &Shop) {
    shop.post("/api/makers", &json!({"code": "M1", "name": "Thonet"})).await.expect(201);
}

async fn count(shop: &Shop) -> usize {
    let list = shop.get("/api/chairs?limit=200").await.expect(200);
    list["items"].as_array().unwrap().len()
}

async fn import(shop: &Shop, mode: &str, text: &str) -> Json {
    let path = format!("/api/chairs/import?mode={mode}&file=chaises.csv");
    shop.csv(&path, &[], text.as_bytes()).await.expect(200)
}

fn counts(report: &Json) -> [i64; 4] {
    ["made", "changed", "same", "refused"].map(|name| report[name].as_i64().unwrap())
}

#[tokio::test]
async fn a_file_is_tried_applied_and_applied_again() {
    let shop = shop();
    with_maker(&shop).await;
    let tried = import(&shop, "dry", CHAIRS).await;
    assert_eq!(counts(&tried), [2, 0, 0, 0]);
    assert_eq!(tried["batch"], Json::Null);
    assert_eq!(count(&shop).await, 0, "a trial keeps nothing");

    let applied = import(&shop, "apply", CHAIRS).await;
    assert_eq!(counts(&applied), [2, 0, 0, 0]);
    let first = shop.get("/api/chairs?sku=C1").await.expect(200)["items"][0].clone();
    assert_eq!(first["price"]["amount"], "1234.56");
    assert_eq!(first["discount"], "0.055");
    assert_eq!(first["made_on"], "2026-11-24");
    assert_eq!(first["finish"], "painted");
    assert_eq!(first["active"], true);
    assert_eq!(first["number"], 1, "settled and numbered as by hand");
    let maker = shop.get("/api/makers?code=M1").await.expect(200)["items"][0]["id"].clone();
    assert_eq!(first["maker"], maker);

    assert_eq!(counts(&import(&shop, "apply", CHAIRS).await), [0, 0, 2, 0]);
    let changed = CHAIRS.replace("1 234,56", "99,90");
    assert_eq!(counts(&import(&shop, "apply", &changed).await), [0, 1, 1, 0]);
    let audit = format!("/api/audit?entity=chair&id={}", first["id"].as_str().unwrap());
    let audit = shop.get(&audit).await.expect(200);
    assert_eq!(audit["items"][0]["door"], "import");
}

#[tokio::test]
async fn every_refusal_is_told_with_its_row_and_its_column() {
    let shop = shop();
    with_maker(&shop).await;
    let text = "Référence;Désignation;Prix;Fabricant;Finition\n\
        C1;Une;cher;M9;dorée\n\
        C2;Deux;2;M1;brute\n\
        C2;Encore deux;3;M1;brute\n\
        C4;Quatre;4\n\
        C5;;5;;\n";
    for mode in ["dry", "apply"] {
        let report = import(&shop, mode, text).await;
        assert_eq!(counts(&report), [1, 0, 0, 4], "{report}");
        let told: Vec<(i64, &str, Option<&str>)> = report["refusals"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| {
                let code = it["code"].as_str().unwrap();
                (it["row"].as_i64().unwrap(), code, it["column"].as_str())
            })
            .collect();
        assert_eq!(
            told,
            [
                (2, "number.malformed", Some("Prix")),
                (2, "import.reference", Some("Fabricant")),
                (2, "field.choice", Some("Finition")),
                (4, "import.repeated", Some("Référence")),
                (5, "csv.width", None),
                (6, "field.required", Some("Désignation")),
            ]
        );
        let sentence = report["refusals"][0]["sentence"].as_str().unwrap();
        assert_eq!(sentence, "« cher » n’est pas un nombre.");
    }
    assert_eq!(count(&shop).await, 1);
}

#[tokio::test]
async fn an_import_is_taken_back_but_for_what_was_touched_since() {
    let shop = shop();
    with_maker(&shop).await;
    let before = json!({"sku": "C1", "name": "Avant", "price": "1", "weight": "9"});
    let old = shop.post("/api/chairs", &before).await.expect(201);
    let text = format!("{CHAIRS}C3;Trois;;;3;;;;\nC4;Quatre;;;4;;;;\n");
    let report = import(&shop, "apply", &text).await;
    assert_eq!(counts(&report), [3, 1, 0, 0]);
    let touched = shop.get("/api/chairs?sku=C3").await.expect(200)["items"][0].clone();
    let path = format!("/api/chairs/{}", touched["id"].as_str().unwrap());
    shop.json("PATCH", &path, &[], &json!({"name": "Touchée"})).await.expect(200);

    let undo = report["undo"].as_str().unwrap();
    let stranger = format!("Bearer {}", shop.stranger);
    let refused = shop.json("POST", undo, &[("authorization", &stranger)], &json!({})).await;
    refused.refused(403, "forbidden");
    let done = shop.post(undo, &json!({})).await.expect(200);
    assert_eq!(done["undone"], 3);
    assert_eq!(done["refusals"][0]["row"], 4);
    assert_eq!(done["refusals"][0]["faults"][0]["code"], "import.touched");
    assert_eq!(count(&shop).await, 2);
    let path = format!("/api/chairs/{}", old["id"].as_str().unwrap());
    let back = shop.get(&path).await.expect(200);
    for name in ["name", "price", "weight", "discount", "made_on", "finish", "active", "maker"] {
        assert_eq!(back[name], old[name], "{name}");
    }
    let batch = shop.get(report["href"].as_str().unwrap()).await.expect(200);
    assert_eq!(batch["state"], "partly_undone");
    // A second time, only what is left is tried again.
    let again = shop.post(undo, &json!({})).await.expect(200);
    assert_eq!((&again["undone"], again["refusals"].as_array().unwrap().len()), (&json!(0), 1));
}

#[tokio::test]
async fn a_repeated_key_does_not_import_twice() {
    let shop = shop();
    with_maker(&shop).await;
    let path = "/api/chairs/import?mode=apply";
    let key = [("idempotency-key", "k1")];
    let first = shop.csv(path, &key, CHAIRS.as_bytes()).await.expect(200);
    let again = shop.csv(path, &key, CHAIRS.as_bytes()).await.expect(200);
    assert_eq!(first, again);
    assert_eq!(count(&shop).await, 2);
    let other = shop.csv(path, &key, b"sku;name;price\nZ;z;1\n").await;
    other.refused(409, "idempotency.reused");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused_whole() {
    let shop = shop();
    let path = "/api/chairs/import?mode=apply";
    let latin = b"sku;name;price\nA;Tabour\xe9t;1\n";
    shop.csv(path, &[], latin).await.refused(422, "csv.encoding");
    shop.csv(path, &[], b"").await.refused(422, "csv.empty");
    shop.csv(path, &[], b"sku;couleur\nA;bleu\n").await.refused(422, "csv.column");
    shop.csv(path, &[], b"sku;parts\nA;4\n").await.refused(422, "csv.lines");
    let odd = shop.csv("/api/chairs/import?encoding=ebcdic", &[], b"sku\n").await;
    odd.refused(400, "query.choice");
    let json = shop.post(path, &json!({"sku": "A"})).await;
    json.refused(415, "content.type");
    let huge = [("content-type", "text/csv"), ("content-length", "1000000000")];
    let request = shop.request("POST", path, &huge).body("sku\n");
    shop.send(request).await.refused(413, "file.large");
    assert_eq!(count(&shop).await, 0);

    let declared = format!("{path}&encoding=windows-1252");
    let report = shop.csv(&declared, &[], latin).await.expect(200);
    assert_eq!(counts(&report), [1, 0, 0, 0]);
    let made = shop.get("/api/chairs?sku=A").await.expect(200);
    assert_eq!(made["items"][0]["name"], "Tabourét");
}

#[tokio::test]
async fn a_form_carries_the_file_and_the_mapping() {
    let shop = shop();
    let mut body = String::new();
    for (head, content) in [
        ("name=\"mapping\"", "{\"Libellé\": \"name\", \"Bruit\": \"\"}"),
        ("name=\"mode\"", "apply"),
        ("name=\"file\"; filename=\"vieux.csv\"", "sku,Libellé,Bruit,price\nA,Tabouret,zzz,1.50\n"),
    ] {
        body.push_str(&format!(
            "--cut\r\ncontent-disposition: form-data; {head}\r\n\r\n{content}\r\n"
        ));
    }
    body.push_str("--cut--\r\n");
    let kind = [("content-type", "multipart/form-data; boundary=cut"), ("accept-language", "en")];
    let request = shop.request("POST", "/api/chairs/import", &kind);
    let answer = shop.send(request.0.body(Body::from(body)).unwrap()).await.expect(200);
    assert_eq!(counts(&answer), [1, 0, 0, 0]);
    assert_eq!(answer["file"], "vieux.csv");
    assert_eq!(answer["columns"][2]["field"], Json::Null);
    let batch = shop.get(answer["href"].as_str().unwrap()).await.expect(200);
    assert_eq!((&batch["file_name"], &batch["made"]), (&json!("vieux.csv"), &json!(1)));
}

#[tokio::test]
async fn an_export_is_imported_back_as_it_was() {
    let shop = shop();
    with_maker(&shop).await;
    import(&shop, "apply", CHAIRS).await;
    let formula = json!({"sku": "C9", "name": "=1+1", "price": "1"});
    shop.post("/api/chairs", &formula).await.expect(201);
    for language in ["fr", "en"] {
        let headers = [("accept-language", language)];
        let file =
            shop.send(shop.request("GET", "/api/chairs.csv?sort=sku", &headers).body("")).await;
        let disposition = file.headers["content-disposition"].to_str().unwrap();
        assert_eq!(disposition, "attachment; filename=\"chairs.csv\"");
        assert!(file.text.starts_with('\u{feff}'));
        assert!(file.text.contains("'=1+1"), "{}", file.text);
        assert!(file.text.contains("M1"), "references go by their key: {}", file.text);
        let back = shop.csv("/api/chairs/import?mode=apply", &headers, file.text.as_bytes()).await;
        assert_eq!(counts(&back.expect(200)), [0, 0, 3, 0], "{language}: {}", file.text);
    }
    let lines = shop.get("/api/chairs.jsonl?sku=C9").await;
    let record: Json = serde_json::from_str(lines.text.trim()).unwrap();
    assert_eq!((&record["name"], &record["parts"]), (&json!("=1+1"), &json!([])));
}

#[tokio::test]
async fn a_long_list_is_exported_page_by_page() {
    let shop = shop();
    let mut text = "sku;name;price\n".to_owned();
    for rank in 0..1203 {
        text.push_str(&format!("S{rank:04};n;{}\n", rank % 7));
    }
    assert_eq!(counts(&import(&shop, "apply", &text).await), [1203, 0, 0, 0]);
    for path in ["/api/chairs.csv?sort=price", "/api/chairs.csv", "/api/chairs.csv?sort=made_on"] {
        let file = shop.get(path).await;
        let mut skus: Vec<&str> =
            file.text.lines().skip(1).filter_map(|line| line.split(';').nth(1)).collect();
        skus.sort_unstable();
        skus.dedup();
        assert_eq!(skus.len(), 1203, "{path}");
        assert_eq!(file.text.lines().count(), 1204, "{path}");
    }
}
