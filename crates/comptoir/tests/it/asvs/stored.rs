//! Text that would run as script: typed into every field that takes text, read back everywhere.

use kernel::{EntityDef, Kind};
use serde_json::{Value as Json, json};

use super::{Heard, Place};

/// What would run in a page that does not write text as text. Each begins with a mark of its own.
const SCRIPTS: [&str; 8] = [
    "<script>xss0()</script>",
    "\"><img src=x onerror=xss1()>",
    "'><svg onload=xss2()>",
    "</textarea><script>xss3()</script>",
    "</title><iframe srcdoc='<script>xss4()</script>'>",
    "<a href=\"javascript:xss5()\">x</a>",
    "{{constructor.constructor('xss6()')()}}",
    "\u{2028}<!--<script>xss7()//-->",
];

/// No payload stands in a page as markup.
#[track_caller]
fn harmless(heard: &Heard) {
    assert!(heard.status < 500, "{}: {}", heard.what, heard.text());
    if !heard.header("content-type").starts_with("text/html") {
        return;
    }
    let text = heard.text();
    for mark in [
        "<script>xss",
        "<img src=x",
        "<svg onload",
        "<iframe srcdoc",
        "href=\"javascript:",
        "href='javascript:",
        "<!--<script",
        "</textarea><script",
    ] {
        assert!(!text.contains(mark), "{}: {mark}", heard.what);
    }
}

/// A body with a payload in every field of the record that takes free text.
fn body(def: &EntityDef, rank: usize, mut body: Json) -> Json {
    let shaped = [
        "email",
        "siren",
        "siret",
        "vat_number",
        "iban",
        "bic",
        "country",
        "code",
        "sku",
        "barcode",
        "phone",
        "website",
        "language",
        "currency",
        "number",
        "mobile",
        "ape",
        "naf",
    ];
    for (at, field) in def.fields.iter().enumerate() {
        let text = matches!(field.kind, Kind::Text { .. } | Kind::LongText);
        if text
            && !field.system
            && !shaped.iter().any(|word| field.name.ends_with(word))
            && body.get(field.name).is_none()
        {
            body[field.name] = json!(SCRIPTS[(rank + at) % SCRIPTS.len()]);
        }
    }
    body
}

#[test]
fn asvs_1_2_1_a_script_in_a_field_is_text_wherever_it_is_read() {
    let place = Place::open(&[]);
    let catalog = comptoir::catalog();
    let def = |name: &str| catalog.entity(name).expect(name);
    let product = place.company.products[0].clone();
    let mut read = Vec::new();
    for rank in 0..SCRIPTS.len() {
        let made = make(&place, "parties", &body(def("party"), rank, json!({ "customer": true })));
        let order = json!({ "party": made, "lines": [
            { "product": product, "quantity": "2", "description": SCRIPTS[rank] },
        ] });
        let order = make(&place, "orders", &body(def("order"), rank, order));
        let quote = json!({ "party": made, "lines": [{ "product": product, "quantity": "2" }] });
        let quote = make(&place, "quotes", &body(def("quote"), rank, quote));
        let note = json!({ "subject": SCRIPTS[rank], "body": SCRIPTS[(rank + 1) % SCRIPTS.len()] });
        let noted = place.api("POST", &format!("/api/parties/{made}/note"), &note.to_string());
        assert!(noted.status < 500, "{}", noted.text());
        for path in ["", "/edit", "/delete", "?tab=history", "/cell/name"] {
            read.push(format!("/parties/{made}{path}"));
        }
        for path in ["", "/edit", "/paper.pdf", "?tab=history"] {
            read.push(format!("/orders/{order}{path}"));
            read.push(format!("/quotes/{quote}{path}"));
        }
        let encoded = web::address::encoded(SCRIPTS[rank]);
        for path in
            ["/search?q=", "/palette?q=", "/parties?q=", "/parties?where=", "/pick/party?q="]
        {
            read.push(format!("{path}{encoded}"));
        }
        read.push(format!("/{encoded}"));
        read.push(format!("/parties?sort={encoded}"));
        read.push(format!("/sign-in?back={encoded}"));
        read.push(format!("/settings/roles/why?right={encoded}"));
    }
    for path in
        ["/", "/parties", "/orders", "/quotes", "/interactions", "/audit", "/parties/export.csv"]
    {
        read.push(path.to_owned());
    }
    let mut shown = 0;
    for path in &read {
        let heard = place.page(path);
        harmless(&heard);
        let text = heard.text();
        shown += usize::from(text.contains("&lt;script&gt;xss") || text.contains("&lt;img src=x"));
        if path.ends_with(".pdf") {
            assert!(heard.is(200).body.starts_with(b"%PDF-"), "{path}");
        }
    }
    assert!(shown > 20, "the payloads are read back: {shown}");
    // What a form refuses comes back in it.
    for text in SCRIPTS {
        let pairs = [("name", text), ("customer", "true"), ("email", text), ("siren", text)];
        harmless(place.post("/parties", &pairs).is(422));
        harmless(&place.enter(text, text));
        // The cookie of what just happened is drawn as well.
        let flash = web::address::encoded(&format!("done|{text}"));
        let cookie = format!("{}; flash={flash}; theme={flash}", place.cookie());
        harmless(place.ask("GET", "/parties", &[("cookie", &cookie)], b"").is(200));
    }
}

fn make(place: &Place, plural: &str, body: &Json) -> String {
    let made = place.api("POST", &format!("/api/{plural}"), &body.to_string());
    made.is(201).json()["id"].as_str().expect("an id").to_owned()
}
