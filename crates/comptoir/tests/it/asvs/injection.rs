//! What is typed stays what it is: it becomes no SQL, no header, no formula, no path.

use std::time::{Duration, Instant};

use kernel::Kind;
use serde_json::json;

use super::{FORM, Heard, Place, form};
use crate::ground::until;

/// Texts that mean something to one database or the other.
const SQL: [&str; 12] = [
    "'",
    "\"",
    "' or '1'='1",
    "') or 1=1 --",
    "1; drop table party --",
    "' union select password_hash from user --",
    "\\'; select pg_sleep(3) --",
    "$1",
    "?1",
    "%' escape '",
    "name) or (1=1",
    "*/ /* '",
];

fn sound(heard: &Heard) {
    assert!(heard.status < 500, "{}: {}", heard.what, heard.text());
    heard.tells_nothing();
}

fn with(path: &str, name: &str, value: &str) -> String {
    format!("{path}?{}={}", web::address::encoded(name), web::address::encoded(value))
}

/// Every filter, sort and search of every list, by the door of programs.
#[test]
fn asvs_1_2_4_no_parameter_of_a_list_becomes_sql() {
    let place = Place::open(&[]);
    let all = place.api("GET", "/api/parties?limit=200", "").json()["items"].clone();
    let all = all.as_array().map_or(0, Vec::len);
    assert_eq!(all, 50);
    for (rank, def) in comptoir::catalog().entities().enumerate() {
        let path = format!("/api/{}", def.plural);
        for name in ["q", "sort", "where", "after", "limit", "group", "nothing"] {
            // Each list meets some of them, and all lists together each of them several times.
            for text in SQL.iter().skip(rank % 4).step_by(4) {
                sound(&place.api("GET", &with(&path, name, text), ""));
                sound(&place.api("GET", &with(&path, text, "x"), ""));
            }
        }
        for (at, field) in def.fields.iter().enumerate() {
            let text = SQL[(rank + at) % SQL.len()];
            sound(&place.api("GET", &with(&path, field.name, text), ""));
            if matches!(field.kind, Kind::Text { .. }) {
                let asked = format!("{} = \"{}\"", field.name, text.replace('"', "\\\""));
                sound(&place.api("GET", &with(&path, "where", &asked), ""));
            }
        }
    }
    // What would be true of every record lets none through, and nothing is gone.
    for text in SQL {
        for name in ["q", "code"] {
            let heard = place.api("GET", &with("/api/parties", name, text), "");
            let items = heard.json()["items"].as_array().map_or(0, Vec::len);
            assert!(items == 0 || heard.status != 200, "{name}={text}: {items}");
        }
    }
    let still = place.api("GET", "/api/parties?limit=200", "").json()["items"].clone();
    assert_eq!(still.as_array().map_or(0, Vec::len), all);
}

/// The same by the door of people, whose lists take more.
#[test]
fn asvs_1_2_4_no_parameter_of_a_page_becomes_sql() {
    let place = Place::open(&[]);
    let lists = ["/parties", "/orders", "/products", "/invoices", "/interactions", "/users"];
    let names = [
        "q", "sort", "where", "columns", "group", "after", "as", "view", "month", "build", "code",
        "state", "party",
    ];
    for (rank, name) in names.iter().enumerate() {
        for (at, text) in SQL.iter().enumerate() {
            let path = lists[(rank + at) % lists.len()];
            sound(&place.page(&with(path, name, text)));
        }
    }
    for text in SQL {
        for path in ["/search", "/palette", "/pick/party", "/pick/where/parties"] {
            sound(&place.page(&with(path, "q", text)));
        }
        let escaped = web::address::encoded(text);
        sound(&place.page(&format!("/parties/{escaped}")));
        sound(&place.api("GET", &format!("/api/parties/{escaped}"), ""));
        sound(&place.api("GET", &format!("/api/{escaped}"), ""));
        sound(&place.api("GET", &with("/api/audit", "entity", text), ""));
        sound(&place.enter(text, text));
    }
}

/// A search of many wildcards is a text of many signs (ASVS 1.3.12: no pattern that blows up).
#[test]
fn asvs_1_3_12_no_pattern_of_a_visitor_takes_longer_than_its_length() {
    let place = Place::open(&[]);
    let begun = Instant::now();
    for text in ["%".repeat(1_000), "%_".repeat(500), "(a+)+$".repeat(100), "*".repeat(1_000)] {
        for path in ["/api/parties", "/search", "/palette", "/parties"] {
            let path = with(path, "q", &text);
            let heard = if path.starts_with("/api") {
                place.api("GET", &path, "")
            } else {
                place.page(&path)
            };
            sound(&heard);
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

/// ASVS 1.2.10: what a spreadsheet would run is text, in a file of text and in a workbook.
#[test]
fn asvs_1_2_10_a_formula_leaves_as_text() {
    let place = Place::open(&[]);
    let formulas = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|' /C calc'!A0", "=HYPERLINK(\"x\")"];
    for formula in formulas {
        let body = json!({ "name": formula, "customer": true }).to_string();
        place.api("POST", "/api/parties", &body).is(201);
    }
    for heard in [place.page("/parties/export.csv"), place.api("GET", "/api/parties.csv", "")] {
        let text = heard.is(200).text();
        let mut seen = 0;
        for line in text.lines() {
            for cell in line.split([',', ';']) {
                let bare = cell.trim_start_matches('"');
                let number = cell.parse::<f64>().is_ok();
                assert!(number || !bare.starts_with(['=', '+', '-', '@', '\t']), "{line}");
                seen += usize::from(bare.starts_with("'=") || bare.starts_with("'+"));
            }
        }
        assert!(seen >= 3, "{text}");
    }
    let book = place.page("/parties/export.xlsx");
    let sheet = exchange::read_workbook(&book.is(200).body).expect("a workbook");
    let cells: Vec<&String> = sheet.rows.iter().flat_map(|(_, cells)| cells).collect();
    for formula in formulas {
        assert!(cells.iter().any(|cell| *cell == formula), "{formula}");
    }
    let raw = String::from_utf8_lossy(&book.body).into_owned();
    assert!(!raw.contains("<f>"), "a formula in the workbook");
}

/// ASVS 1.3.11, 4.2.x: a line that ends in a value ends no header, of HTTP or of a letter.
#[test]
fn asvs_1_3_11_a_value_ends_no_line_of_a_header() {
    let place = Place::open(&[]);
    for name in ["Dupont\r\nBcc: eve@evil.example", "Dupont\nSubject: x", "a\u{0}b", "a\rb"] {
        let body = json!({ "name": name, "customer": true }).to_string();
        place.api("POST", "/api/parties", &body).refused(422, "field.control");
        let heard = place.post("/parties", &[("name", name), ("customer", "true")]);
        // A form ends its lines as the protocol does: they are no part of a name.
        assert!(matches!(heard.status, 422 | 303), "{}", heard.text());
    }
    for email in [
        "a@b.example\r\nBcc: eve@evil.example",
        "a@b.example, eve@evil.example",
        "a@b.example> SIZE=1",
        "<a@b.example>",
        "a b@c.example",
        "a@b.example\u{0}",
        "\"a\\\r\n\"@b.example",
    ] {
        let body = json!({ "name": "Dupont", "customer": true, "email": email }).to_string();
        let heard = place.api("POST", "/api/parties", &body);
        assert_eq!(heard.status, 422, "{email:?}: {}", heard.text());
    }
    for text in ["x%0d%0aset-cookie:%20a=b", "%0d%0a%0d%0a%3Cscript%3E", "%E5%98%8D%E5%98%8A"] {
        for path in
            [format!("/parties/{text}"), format!("/sign-in?back=/{text}"), format!("/{text}")]
        {
            let heard = place.page(&path);
            sound(&heard);
            assert!(heard.cookies().iter().all(|cookie| !cookie.starts_with("a=")), "{path}");
            assert!(!heard.header("location").contains('\n'), "{path}");
        }
    }
}

/// ASVS 5.3.2: a name leads to nothing but what bears it.
#[test]
fn asvs_5_3_2_no_path_leads_out() {
    let place = Place::open(&[]);
    let climbs = [
        "../../../../etc/passwd",
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%252f..%252fetc/passwd",
        "..%5c..%5cetc%5cpasswd",
        "comptoir.css%00.js",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "....//....//etc/passwd",
    ];
    for climb in climbs {
        for path in [
            format!("/assets/x/{climb}"),
            format!("/help/{climb}"),
            format!("/attachments/{climb}/file"),
            format!("/api/parties/{climb}"),
            format!("/{climb}"),
            format!("/parties/{climb}/edit"),
        ] {
            let heard = place.page(&path);
            assert!((300..500).contains(&heard.status), "{path}: {}", heard.status);
            assert!(!heard.text().contains("root:"), "{path}");
            heard.tells_nothing();
        }
    }
}

/// ASVS 15.3.3: what is not asked for is not taken.
#[test]
fn asvs_15_3_3_what_a_form_does_not_have_is_refused() {
    let place = Place::open(&[]);
    // What the store owns comes back in every answer: it is let through, and not taken.
    let own = json!({ "name": "Dupont", "id": "x", "version": 9, "created_at": "x" });
    let made = place.api("POST", "/api/parties", &own.to_string()).is(201).json();
    assert!(made["id"] != "x" && made["version"] == 1 && made["created_at"] != "x", "{made}");
    let extra = ["company", "company_id", "created_by", "password_hash", "__proto__"];
    for name in extra {
        let mut body = json!({ "name": "Dupont", "customer": true });
        body[name] = json!("x");
        place.api("POST", "/api/parties", &body.to_string()).refused(422, "field.unknown");
        let heard =
            place.post("/parties", &[("name", "Dupont"), ("customer", "true"), (name, "x")]);
        assert_eq!(heard.status, 422, "{name}");
    }
    let (party, product) = (&place.company.parties[0], &place.company.products[0]);
    for name in ["number", "stage", "total", "state"] {
        let mut body =
            json!({ "party": party, "lines": [{ "product": product, "quantity": "1" }] });
        body[name] = json!("paid");
        let heard = place.api("POST", "/api/orders", &body.to_string());
        assert_eq!(heard.status, 422, "{name}: {}", heard.text());
    }
}

/// Guessing at forms without a session says nothing either (ASVS 16.5.1).
#[test]
fn asvs_16_5_1_no_refusal_tells_how_we_are_made() {
    let place = Place::open(&[]);
    let cookie = place.cookie();
    for (method, path, kind, body) in [
        ("POST", "/sign-in", FORM.1, "%ff%fe=1".as_bytes()),
        ("POST", "/sign-in", "multipart/form-data", b"--"),
        ("POST", "/parties", FORM.1, &[0xff; 64]),
        ("POST", "/attach", "multipart/form-data; boundary=x", b"--x\r\n\r\n"),
        ("POST", "/bank/import", "multipart/form-data", b""),
        ("POST", "/api/parties", "application/json", &[0xc3, 0x28]),
        ("POST", "/api/parties/import", "multipart/form-data; boundary=x", b"--x"),
        ("PATCH", "/api/parties/%00", "application/json", b"{}"),
        ("DELETE", "/api/parties/1", "application/json", b""),
        ("GET", "/parties?%ff=%fe", "", b""),
        ("GET", "/parties?sort=%00", "", b""),
        ("GET", "/%ff/%fe", "", b""),
    ] {
        let mut headers = vec![("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
        if !kind.is_empty() {
            headers.push(("content-type", kind));
        }
        let heard = place.ask(method, path, &headers, body);
        sound(&heard);
        assert!(heard.status >= 300 || path.starts_with("/parties?"), "{}", heard.what);
    }
}

/// The server is still there after all of it, and answers as before.
#[test]
fn asvs_16_5_3_what_is_refused_leaves_the_server_well() {
    let place = Place::open(&[]);
    for text in SQL {
        let body = form(&[("email", text), ("password", text)]);
        sound(&place.ask("POST", "/sign-in", &[FORM], body.as_bytes()));
    }
    until("an answer", || (place.page("/parties").status == 200).then_some(()));
}
