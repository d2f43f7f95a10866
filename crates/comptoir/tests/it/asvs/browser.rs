//! What every answer tells a browser: pages, files, refusals and our own errors alike.

use std::sync::LazyLock;

use super::{EMAIL, Heard, PASSWORD, Place, form};

/// One answer of each kind, from a server behind a proxy that ends TLS.
static ANSWERS: LazyLock<Vec<Heard>> = LazyLock::new(|| {
    let place = Place::open(&["--behind-proxy"]);
    let cookie = format!("__Host-session={}", place.company.session);
    let party = &place.company.parties[0];
    let signed = [
        "/",
        "/parties",
        "/parties/new",
        "/orders",
        "/products",
        "/invoices",
        "/settings",
        "/me/security",
        "/search?q=a",
        "/parties/nowhere",
        "/no/such/place/at/all",
        "/help",
        "/parties/export.csv",
        "/parties/export.xlsx",
        "/parties?sort=nothing",
        "/api/parties",
        "/api/parties.csv",
        "/api/parties?sort=nothing",
    ];
    let mut all: Vec<Heard> = signed
        .iter()
        .map(|path| (*path).to_owned())
        .chain([format!("/parties/{party}"), format!("/parties/{party}/edit")])
        .map(|path| place.ask("GET", &path, &[("cookie", &cookie)], b""))
        .collect();
    for path in [
        "/sign-in",
        "/parties",
        "/design",
        "/assets/x/comptoir.css",
        "/assets/x/comptoir.js",
        "/assets/x/none.js",
        "/api/docs",
        "/api/openapi.json",
        "/api/nothing",
        "/api/parties",
    ] {
        all.push(place.get(path));
    }
    all.push(place.ask("TRACE", "/", &[], b""));
    all.push(place.ask("POST", "/parties", &[("cookie", &cookie)], b"name=x"));
    all.push(place.ask("POST", "/sign-in", &[super::FORM], b"email=a&password=b"));
    all.push(place.ask("POST", "/sign-in", &[], b"what"));
    all.push(place.ask("POST", "/api/parties", &[], b"{"));
    let body = form(&[("email", EMAIL), ("password", PASSWORD)]);
    all.push(place.ask("POST", "/sign-in", &[super::FORM], body.as_bytes()));
    all.extend(document(&place, &cookie));
    all
});

/// The paper of a quote, as a PDF.
fn document(place: &Place, cookie: &str) -> Option<Heard> {
    let (party, product) = (&place.company.parties[0], &place.company.products[0]);
    let body = format!(
        "{{\"party\":\"{party}\",\"lines\":[{{\"product\":\"{product}\",\"quantity\":\"2\"}}]}}"
    );
    let made = place.api("POST", "/api/orders", &body);
    let id = made.is(201).json()["id"].as_str()?.to_owned();
    Some(place.ask("GET", &format!("/orders/{id}/paper.pdf"), &[("cookie", cookie)], b""))
}

fn kind(heard: &Heard) -> String {
    heard.header("content-type")
}

#[test]
fn asvs_3_4_1_every_answer_over_tls_says_to_stay() {
    for heard in ANSWERS.iter() {
        let stay = heard.header("strict-transport-security");
        assert_eq!(stay, "max-age=31536000; includeSubDomains", "{}", heard.what);
    }
    let clear = Place::open(&[]);
    assert_eq!(clear.get("/sign-in").header("strict-transport-security"), "");
}

#[test]
fn asvs_3_4_2_no_other_site_is_let_read() {
    for heard in ANSWERS.iter() {
        assert_eq!(heard.header("access-control-allow-origin"), "", "{}", heard.what);
    }
    let place = Place::open(&[]);
    let evil = ("origin", "https://evil.example");
    let asked = [evil, ("cookie", &*place.cookie()), ("access-control-request-method", "PATCH")];
    for (method, path) in [("GET", "/api/parties"), ("OPTIONS", "/api/parties"), ("GET", "/")] {
        let heard = place.ask(method, path, &asked, b"");
        for name in ["access-control-allow-origin", "access-control-allow-credentials"] {
            assert_eq!(heard.header(name), "", "{}", heard.what);
        }
    }
}

#[test]
fn asvs_3_4_3_nothing_runs_that_is_not_ours() {
    for heard in ANSWERS.iter() {
        let policy = heard.header("content-security-policy");
        let has = |part: &str| policy.split(';').any(|told| told.trim() == part);
        assert!(has("default-src 'none'") && has("base-uri 'none'"), "{}: {policy}", heard.what);
        if kind(heard) == "application/pdf" {
            assert!(!policy.contains("script-src"), "{}: {policy}", heard.what);
            continue;
        }
        assert!(has("object-src 'none'"), "{}: {policy}", heard.what);
        assert!(has("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
        if kind(heard).starts_with("text/html") {
            let text = heard.text().to_lowercase();
            for mark in [" style=\"", " onclick=", " onload=", "<style", "javascript:"] {
                assert!(!text.contains(mark), "{}: {mark}", heard.what);
            }
            let inline = text.matches("<script").count() - text.matches("<script src=").count();
            let modules = text.matches("<script type=\"module\" src=").count();
            assert_eq!(inline, modules, "{}: a script within the page", heard.what);
        }
    }
}

#[test]
fn asvs_3_4_4_no_kind_is_guessed() {
    for heard in ANSWERS.iter() {
        assert_eq!(heard.header("x-content-type-options"), "nosniff", "{}", heard.what);
    }
}

#[test]
fn asvs_3_4_5_no_address_of_ours_is_told_elsewhere() {
    for heard in ANSWERS.iter() {
        assert_eq!(heard.header("referrer-policy"), "same-origin", "{}", heard.what);
    }
}

#[test]
fn asvs_3_4_6_nothing_of_ours_is_framed_but_a_document_by_ourselves() {
    let mut documents = 0;
    for heard in ANSWERS.iter() {
        let policy = heard.header("content-security-policy");
        let document = kind(heard) == "application/pdf";
        documents += usize::from(document);
        let wanted = if document { "frame-ancestors 'self'" } else { "frame-ancestors 'none'" };
        assert!(policy.contains(wanted), "{}: {policy}", heard.what);
    }
    assert_eq!(documents, 1);
}

#[test]
fn asvs_3_4_8_no_window_of_another_site_holds_ours() {
    for heard in ANSWERS.iter() {
        assert_eq!(heard.header("cross-origin-opener-policy"), "same-origin", "{}", heard.what);
    }
}

#[test]
fn asvs_4_1_1_every_body_says_what_it_is_and_how_its_letters_are_written() {
    for heard in ANSWERS.iter().filter(|heard| !heard.body.is_empty()) {
        let kind = kind(heard);
        assert!(!kind.is_empty(), "{}: {}", heard.what, heard.text());
        let text = kind.starts_with("text/");
        assert!(!text || kind.ends_with("; charset=utf-8"), "{}: {kind}", heard.what);
        if kind.contains("json") {
            heard.json();
        }
        if heard.body.starts_with(b"<!DOCTYPE html>") {
            assert!(kind.starts_with("text/html"), "{}: {kind}", heard.what);
        }
    }
}

#[test]
fn asvs_14_3_2_nothing_that_one_must_sign_in_for_is_kept_by_anyone() {
    for heard in ANSWERS.iter() {
        let kept = heard.header("cache-control");
        let asset = heard.what.contains("/assets/") && heard.status == 200;
        assert!(asset || kept.contains("no-store"), "{}: {kept:?}", heard.what);
    }
}

#[test]
fn asvs_3_6_1_nothing_comes_from_another_place() {
    for heard in ANSWERS.iter() {
        let text = heard.text();
        let kind = kind(heard);
        if kind.starts_with("text/html") {
            for mark in
                ["src=\"http", "src=\"//", "<link rel=\"stylesheet\" href=\"http", "@import"]
            {
                assert!(!text.contains(mark), "{}: {mark}", heard.what);
            }
        }
        if kind.starts_with("text/css") {
            assert!(!text.contains("url(http") && !text.contains("url(//"), "{}", heard.what);
        }
    }
}

/// ASVS 3.3.1, 3.3.2, 3.3.3, 3.3.4.
#[test]
fn asvs_3_3_1_every_cookie_is_bound_to_this_host_and_to_tls() {
    let mut names = Vec::new();
    for line in ANSWERS.iter().flat_map(Heard::cookies) {
        assert!(line.starts_with("__Host-"), "{line}");
        assert!(line.contains("; Secure") && line.contains("; Path=/"), "{line}");
        assert!(line.contains("; SameSite=Lax") && !line.contains("Domain"), "{line}");
        assert!(line.contains("; HttpOnly"), "{line}");
        names.push(line.split('=').next().unwrap_or_default().to_owned());
    }
    assert!(names.iter().any(|name| name == "__Host-session"), "{names:?}");
}
