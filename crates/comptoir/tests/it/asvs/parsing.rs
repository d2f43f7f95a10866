//! Bodies that are made to be misread, to be read twice, or to be read without end.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::Place;

/// ASVS 1.5.3, 15.3.5: no two readers could take a body for different things.
#[test]
fn asvs_1_5_3_json_means_one_thing() {
    let place = Place::open(&[]);
    let post = |body: &str| place.api("POST", "/api/parties", body);
    let twice = r#"{"name":"Dupont","name":"Durand","customer":true}"#;
    post(twice).refused(400, "json.twice");
    post(r#"{"name":"Dupont","n\u0061me":"Durand"}"#).refused(400, "json.twice");
    let number = |number: &str| {
        post(&format!(r#"{{"name":"Dupont","customer":true,"credit_limit":{number}}}"#))
    };
    for none in ["1e400", "-1e400", "NaN", "Infinity", "0x10", "1_000", "01", ".5", "1."] {
        number(none).refused(400, "json.malformed");
    }
    for many in ["90071992547409.93", "99999999999999999999999", "1e300", "-1e300"] {
        number(many).refused(400, "json.digits");
    }
    for large in ["9223372036854775808", "999999999999999999999"] {
        let heard = number(large);
        assert_eq!(heard.status, 422, "{large}: {}", heard.text());
    }
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{{\"name\":{}1{}}}", open.repeat(100_000), close.repeat(100_000));
        post(&deep).refused(400, "json.malformed");
    }
    for text in ["\u{feff}{}", "{} {}", "{,}", "[1,]", "{\"a\":1,}", "'x'", "//x\n{}", "null"] {
        post(text).refused(400, "json.malformed");
    }
    // Half of a letter of two halves is no letter.
    post(r#"{"name":"a\ud800b","customer":true}"#).refused(400, "json.malformed");
    let exact = number("0.1").is(201).json();
    assert_eq!(exact["credit_limit"]["amount"], "0.10");
}

/// ASVS 4.1.1, 5.2.3: a packed body is not unpacked; it is refused as what it is.
#[test]
fn asvs_5_2_3_a_packed_body_is_not_unpacked() {
    let place = Place::open(&[]);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..256 {
        encoder.write_all(&zeros).expect("memory");
    }
    let bomb = encoder.finish().expect("memory");
    let bearer = format!("Bearer {}", place.company.token);
    let before = place.server.most_memory();
    for kind in ["application/json", "text/csv"] {
        let path = if kind == "text/csv" { "/api/parties/import" } else { "/api/parties" };
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", kind),
            ("content-encoding", "gzip"),
        ];
        let heard = place.ask("POST", path, &headers, &bomb);
        assert!((400..500).contains(&heard.status), "{path}: {}", heard.text());
    }
    assert!(place.server.most_memory() < before + 64, "{} MB", place.server.most_memory());
}

/// ASVS 1.5.1: a statement of a bank that would fetch or grow is refused, at once.
#[test]
fn asvs_1_5_1_xml_fetches_nothing_and_does_not_grow() {
    let place = Place::open(&[]);
    let name = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";
    let laughs: String = (1..10)
        .map(|rank| {
            let of = format!("&l{};", rank - 1).repeat(10);
            format!("<!ENTITY l{rank} \"{of}\">")
        })
        .collect();
    let many = |what: &str| -> String {
        (0..80_000).map(|rank| what.replace('#', &rank.to_string())).collect()
    };
    let sources = [
        format!("<!DOCTYPE d><Document xmlns=\"{name}\"/>"),
        format!(
            "<!DOCTYPE d [<!ENTITY l0 \"ha\">{laughs}]><Document xmlns=\"{name}\">&l9;</Document>"
        ),
        format!(
            "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\
             <Document xmlns=\"{name}\"><Id>&x;</Id></Document>"
        ),
        format!("<Document xmlns=\"{name}\"{}/>", many(" a#=\"\"")),
        format!("<Document xmlns=\"{name}\"{}/>", many(" xmlns:n#=\"u#\"")),
        format!(
            "<Document xmlns=\"{name}\">{}{}</Document>",
            "<a>".repeat(10_000),
            "</a>".repeat(10_000)
        ),
    ];
    let token = web::door::form_token(&place.company.session);
    let cookie = place.cookie();
    for source in &sources {
        let body = format!(
            "--x\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n--x\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"a.xml\"\r\n\r\n{source}\r\n\
             --x--\r\n"
        );
        let headers = [
            ("cookie", cookie.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "multipart/form-data; boundary=x"),
        ];
        let begun = Instant::now();
        let heard = place.ask("POST", "/bank/import", &headers, body.as_bytes());
        let shown: String = source.chars().take(120).collect();
        assert_eq!(heard.status, 422, "{shown}: {}", heard.text());
        assert!(!heard.text().contains("root:"), "{shown}");
        // A tenth of a second where the program is optimised and alone; here it is neither.
        assert!(begun.elapsed() < Duration::from_secs(3), "{shown}: {:?}", begun.elapsed());
    }
    assert!(place.server.most_memory() < 400, "{} MB", place.server.most_memory());
}

/// A list that leaves packed is whole: what packs it asks once more after its end.
#[test]
fn a_packed_export_is_whole() {
    let place = Place::open(&[]);
    let bearer = format!("Bearer {}", place.company.token);
    for path in ["/api/parties.csv", "/api/parties.jsonl"] {
        let plain = place.api("GET", path, "");
        let asked = [
            ("authorization", bearer.as_str()),
            ("accept-language", "en"),
            ("accept-encoding", "gzip"),
        ];
        let packed = place.ask("GET", path, &asked, b"");
        assert_eq!(packed.is(200).header("content-encoding"), "gzip", "{path}");
        let mut whole = Vec::new();
        GzDecoder::new(packed.body.as_slice()).read_to_end(&mut whole).expect("a whole body");
        assert_eq!(whole, plain.is(200).body, "{path}");
        assert!(whole.len() > 1_000, "{path}");
    }
}
