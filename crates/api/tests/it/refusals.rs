//! Bad input: a clear refusal, and nothing changed.

use serde_json::{Value as Json, json};

use crate::world::{Answer, Shop, shop};

async fn raw(shop: &Shop, kind: &str, body: &str) -> Answer {
    shop.send(shop.request("POST", "/api/chairs", &[("content-type", kind)]).body(body)).await
}

async fn nothing_changed(shop: &Shop) {
    let list = shop.get("/api/chairs").await.expect(200);
    assert_eq!(list["items"], json!([]));
}

#[tokio::test]
async fn bad_records_are_refused_with_every_fault_at_once() {
    let shop = shop();
    let post = |body: Json| {
        let shop = &shop;
        async move { shop.post("/api/chairs", &body).await }
    };
    let several =
        post(json!({"sku": 12, "colour": "red", "price": "1.005", "made_on": "hier"})).await;
    assert_eq!(several.status.as_u16(), 422);
    assert_eq!(
        several.codes(),
        ["field.type", "field.unknown", "number.decimals", "day.malformed"]
    );
    assert_eq!(several.json()["faults"][1]["field"], "colour");
    let missing = post(json!({})).await;
    assert_eq!(missing.codes(), ["field.required", "field.required", "field.required"]);
    let sound = |name: &str, value: Json| {
        let mut body = json!({"sku": "A", "name": "a", "price": "1"});
        body[name] = value;
        body
    };
    for (name, value, code) in [
        ("name", json!("x".repeat(201)), "field.long"),
        ("note", json!("x".repeat(20_001)), "field.long"),
        ("name", json!("a\u{7}b"), "field.control"),
        ("note", json!("a\u{0}b"), "field.control"),
        ("price", json!("99999999999999999"), "number.range"),
        ("price", json!(-1), "number.range"),
        ("finish", json!("gilded"), "field.choice"),
        ("maker", json!("00000000-0000-7000-8000-000000000000"), "reference.unknown"),
        ("maker", json!("M1"), "id.malformed"),
        ("number", json!(12), "field.system"),
        ("source", json!("nothing/at-all"), "field.type"),
        ("price", json!({"amount": "1", "currency": "euro"}), "currency.unknown"),
        ("parts", json!({"name": "pied"}), "field.type"),
        ("seen_at", json!("2026-11-24"), "instant.malformed"),
    ] {
        let answer = post(sound(name, value)).await;
        answer.refused(422, code);
        assert_eq!(answer.json()["faults"][0]["field"], name, "{code}");
    }
    nothing_changed(&shop).await;
}

#[tokio::test]
async fn a_taken_key_is_a_conflict() {
    let shop = shop();
    let chair = json!({"sku": "A", "name": "a", "price": "1"});
    shop.post("/api/chairs", &chair).await.expect(201);
    shop.post("/api/chairs", &chair).await.refused(409, "record.taken");
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused() {
    let shop = shop();
    raw(&shop, "application/json", "{\"sku\": ").await.refused(400, "json.malformed");
    raw(&shop, "application/json", "[1, 2]").await.refused(400, "json.malformed");
    raw(&shop, "text/plain", "sku=A").await.refused(415, "content.type");
    let deep = format!("{{\"note\": {}1{}}}", "[".repeat(500), "]".repeat(500));
    raw(&shop, "application/json", &deep).await.refused(400, "json.malformed");
    let large = format!("{{\"note\": \"{}\"}}", "x".repeat(2 * 1024 * 1024));
    raw(&shop, "application/json", &large).await.refused(413, "body.large");
    nothing_changed(&shop).await;
}

#[tokio::test]
async fn a_path_a_method_or_a_parameter_that_is_not_there_is_refused() {
    let shop = shop();
    for path in ["/api", "/api/", "/api/tables", "/api/chairs/1/2/3", "/api/tables.csv"] {
        shop.get(path).await.refused(404, "path.unknown");
    }
    shop.get("/api/chairs/%ff").await.refused(404, "path.unknown");
    shop.get("/api/chairs/12").await.refused(422, "id.malformed");
    let wrong = shop.json("PUT", "/api/chairs", &[], &json!({})).await;
    wrong.refused(405, "method.wrong");
    assert_eq!(wrong.headers["allow"], "GET,HEAD,POST");
    shop.get("/api/chairs?colour=red").await.refused(400, "query.unknown");
    shop.get("/api/chairs?note=x").await.refused(400, "query.filter");
    shop.get("/api/chairs?sort=note").await.refused(400, "query.sort");
    shop.get("/api/chairs?limit=201").await.refused(400, "query.limit");
    shop.get("/api/chairs?price=cher").await.refused(422, "number.malformed");
    shop.get("/api/chairs?q=%00%01").await.expect(200);
}

#[tokio::test]
async fn nothing_passes_without_an_actor_and_its_right() {
    let shop = shop();
    let ask = |method: &'static str, path: &'static str, token: String| {
        let shop = &shop;
        async move {
            let headers = [("authorization", token.as_str())];
            shop.json(method, path, &headers, &json!({})).await
        }
    };
    let id = "/api/chairs/00000000-0000-7000-8000-000000000000";
    let paint = "/api/chairs/00000000-0000-7000-8000-000000000000/paint";
    for (method, path) in [
        ("GET", "/api/chairs"),
        ("GET", "/api/chairs.csv"),
        ("GET", "/api/chairs.jsonl"),
        ("POST", "/api/chairs"),
        ("GET", id),
        ("PATCH", id),
        ("DELETE", id),
        ("POST", paint),
        ("POST", "/api/chairs/import"),
        ("GET", "/api/audit?entity=chair&id=00000000-0000-7000-8000-000000000000"),
    ] {
        let nobody = ask(method, path, String::new()).await;
        nobody.refused(401, "sign_in.needed");
        assert_eq!(nobody.headers["www-authenticate"], "Bearer");
        ask(method, path, "Bearer cpt_00".to_owned()).await.refused(401, "sign_in.needed");
        let stranger = ask(method, path, format!("Bearer {}", shop.stranger)).await;
        stranger.refused(403, "forbidden");
    }
    let undo = "/api/imports/00000000-0000-7000-8000-000000000000/undo";
    for (method, path) in [("GET", "/api/changes"), ("POST", undo)] {
        ask(method, path, String::new()).await.refused(401, "sign_in.needed");
    }
    // Who may not read a record is told no event of it.
    let maker = shop.post("/api/makers", &json!({"code": "M", "name": "m"})).await.expect(201);
    let id = maker["id"].as_str().unwrap();
    shop.post("/api/chairs", &json!({"sku": "A", "name": "a", "price": "1"})).await.expect(201);
    let chair = shop.get("/api/chairs").await.expect(200)["items"][0]["id"].clone();
    let paint = format!("/api/chairs/{}/paint", chair.as_str().unwrap());
    shop.post(&paint, &json!({"colour": "vert"})).await.expect(200);
    let feed = shop.told(0, &shop.stranger).await;
    assert_eq!(feed["items"], json!([]), "{id}");
    assert!(feed["next"].as_i64().unwrap() > 0);
}

#[tokio::test]
async fn a_session_may_write_from_our_own_pages_only() {
    let shop = shop();
    let cookie = format!("session={}", shop.session);
    let post = |headers: Vec<(&'static str, &'static str)>| {
        let (shop, cookie) = (&shop, cookie.as_str());
        async move {
            let mut all = vec![("cookie", cookie)];
            all.extend(headers);
            let maker = json!({"code": "M", "name": "m"});
            shop.json("POST", "/api/makers", &all, &maker).await
        }
    };
    post(vec![("sec-fetch-site", "cross-site")]).await.refused(403, "request.origin");
    let other = vec![("origin", "https://evil.example"), ("host", "comptoir.example")];
    post(other).await.refused(403, "request.origin");
    post(vec![("sec-fetch-site", "same-origin")]).await.expect(201);
}

#[tokio::test]
async fn the_sentence_is_in_the_language_of_the_caller() {
    let shop = shop();
    let said = |language: &'static str| {
        let shop = &shop;
        async move {
            let headers = [("accept-language", language)];
            let answer = shop.json("POST", "/api/chairs", &headers, &json!({"colour": 1})).await;
            assert_eq!(answer.headers["content-language"], language.split(',').next().unwrap());
            answer.json()["faults"][0]["sentence"].as_str().unwrap().to_owned()
        }
    };
    assert_eq!(said("fr").await, "Ce champ n’existe pas.");
    assert_ne!(said("en,fr;q=0.5").await, said("fr").await);
    // Without a word in the request, the language of the user.
    let own = shop.post("/api/chairs", &json!({"colour": 1})).await;
    assert_eq!(own.headers["content-language"], "fr");
}

#[tokio::test]
async fn a_sensitive_field_needs_a_right_of_its_own() {
    let shop = shop();
    let maker = json!({"code": "M", "name": "m", "iban": "FR7630006000011234567890189"});
    let made = shop.post("/api/makers", &maker).await.expect(201);
    assert_eq!(made.get("iban"), None, "written, and not shown");
    let id = made["id"].as_str().unwrap();
    let edited = json!({"name": "n", "version": 1});
    shop.json("PATCH", &format!("/api/makers/{id}"), &[], &edited).await.expect(200);
    for path in ["/api/makers", "/api/makers.csv", "/api/makers.jsonl"] {
        assert!(!shop.get(path).await.text.contains("FR76"), "{path}");
    }
    let audit = shop.get(&format!("/api/audit?entity=maker&id={id}")).await;
    assert!(audit.text.contains("•••") && !audit.text.contains("FR76"), "{}", audit.text);
    // The text of a hidden field is not guessed by filtering or sorting on it.
    shop.get("/api/makers?iban=FR76").await.refused(400, "query.filter");
}
