//! Whatever is wrong with what comes in, the answer says what and where, and nothing has changed.

use rusqlite::Connection;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::ground::{Answer, Client, Company, Server, found};

const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

/// How many changes and events the database holds: every change of a record is audited.
fn written(database: &Connection) -> (i64, i64, i64) {
    let text = "select (select count(*) from audit), (select count(*) from event), \
                (select count(*) from idempotency where key like 'rest:%')";
    let read = database.query_row(text, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    read.expect("three numbers")
}

fn order_of(company: &Company, party: &str) -> Json {
    let line = json!({ "product": company.products[0], "quantity": "2" });
    json!({ "party": party, "lines": [line] })
}

#[test]
fn bad_input_is_refused_with_its_code_and_its_field_and_changes_nothing() {
    let folder = TempDir::new().expect("a folder");
    let (own, other) = (found(folder.path()), found(folder.path()));
    let server = Server::start(folder.path(), &[]);
    let client = Client::new(&server.base, &own.token);
    let neighbour = Client::new(&server.base, &other.token);
    let theirs = neighbour.post("/api/orders", &order_of(&other, &other.parties[0])).made();
    let order = client.post("/api/orders", &order_of(&own, &own.parties[0])).made();
    let database = Connection::open(folder.path().join("comptoir.db")).expect("the database");
    let before = written(&database);

    let records = bad_records(&own, &other);
    for (path, body, code, field) in &records {
        client.post(path, body).refused_on(422, code, field);
    }
    let party = format!("/api/parties/{}", own.parties[0]);
    for (field, value, code) in [
        ("colour", json!("red"), "field.unknown"),
        ("name", json!("x".repeat(201)), "field.long"),
        ("email", json!("nowhere"), "email.shape"),
    ] {
        client.patch(&party, &json!({ field: value })).refused_on(422, code, field);
    }
    client.patch(&party, &json!({ "name": "X", "version": 99 })).refused(409, "record.stale");
    for id in [NOBODY, &theirs] {
        client.get(&format!("/api/orders/{id}")).refused(404, "not_found");
        client.post(&format!("/api/orders/{id}/confirm"), &json!({})).refused(404, "not_found");
        let edited = client.patch(&format!("/api/orders/{id}"), &json!({ "note": "X" }));
        edited.refused(404, "not_found");
    }
    let act = |act: &str| client.post(&format!("/api/orders/{order}/{act}"), &json!({}));
    act("prepare").refused(422, "order.stage");
    act("invoice").refused(422, "order.stage");
    bad_files(&client, &own);
    assert_eq!(written(&database), before);
}

/// Path, body, code, field.
fn bad_records(
    own: &Company,
    other: &Company,
) -> Vec<(&'static str, Json, &'static str, &'static str)> {
    let party = |field: &str, value: Json| {
        let mut body = json!({ "name": "Client", "customer": true });
        body[field] = value;
        body
    };
    let line = |quantity: &str| {
        let line = json!({ "product": own.products[0], "quantity": quantity });
        json!({ "party": own.parties[0], "lines": [line] })
    };
    vec![
        ("/api/parties", party("colour", json!("red")), "field.unknown", "colour"),
        ("/api/parties", party("name", json!(12)), "field.type", "name"),
        ("/api/parties", party("name", json!("x".repeat(201))), "field.long", "name"),
        (
            "/api/parties",
            party("credit_limit", json!("99999999999999999")),
            "number.range",
            "credit_limit",
        ),
        ("/api/parties", party("payment_term", json!(NOBODY)), "reference.unknown", "payment_term"),
        ("/api/orders", order_of(own, NOBODY), "reference.unknown", "party"),
        ("/api/orders", order_of(own, &other.parties[0]), "reference.unknown", "party"),
        ("/api/orders", line("many"), "number.malformed", "lines.0.quantity"),
        ("/api/orders", line("99999999999999999"), "number.range", "lines.0.quantity"),
    ]
}

fn bad_files(client: &Client, own: &Company) {
    let bearer = format!("Bearer {}", own.token);
    let send = |path: &str, kind: &str, body: &[u8]| -> Answer {
        client.send(path, ("authorization", &bearer), kind, body)
    };
    let malformed = send("/api/orders", "application/json", b"{\"party\": ");
    malformed.refused(400, "json.malformed");
    assert_eq!(malformed.json()["faults"][0]["facts"], json!({ "line": 1, "column": 10 }));
    send("/api/parties", "text/plain", b"name=X").refused(415, "content.type");
    let latin = b"code;name\nG1;Soci\xe9t\xe9\n";
    send("/api/parties/import?mode=apply", "text/csv", latin).refused(422, "csv.encoding");

    let cut = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">\
               <BkToCstmrStmt><Stmt><Id>R-1</Id><Acct><Id><IBAN>FR76300060";
    let token = web::door::form_token(&own.session);
    let body = format!(
        "--cut\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n--cut\r\n\
         content-disposition: form-data; name=\"file\"; filename=\"releve.xml\"\r\n\r\n{cut}\r\n\
         --cut--\r\n"
    );
    let session = format!("session={}", own.session);
    let kind = "multipart/form-data; boundary=cut";
    let page = client.send("/bank/import", ("cookie", &session), kind, body.as_bytes());
    assert_eq!(page.status, 422);
    assert!(page.text.contains("n’est pas un relevé lisible"));
}
