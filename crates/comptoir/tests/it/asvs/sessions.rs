//! Sessions and the cookies that carry them: new when someone comes in, dead when they leave, and of
//! no use to a page of another site.

use std::time::{Duration, Instant};

use identity::User;
use kernel::{Actor, Door};
use rusqlite::Connection;
use serde_json::Value as Json;
use store::Call;

use super::{EMAIL, FORM, Heard, PASSWORD, Place, form};
use crate::ground::embedded;

/// The token of the session that an answer opens.
fn session(heard: &Heard) -> String {
    let line = heard.cookies().into_iter().find(|line| line.starts_with("session="));
    let line = line.unwrap_or_else(|| panic!("no session: {} {}", heard.what, heard.text()));
    line["session=".len()..].split(';').next().unwrap_or_default().to_owned()
}

fn entered(place: &Place, token: &str) -> bool {
    let cookie = format!("session={token}");
    let heard = place.ask("GET", "/parties", &[("cookie", &cookie)], b"");
    let api = place.ask("GET", "/api/parties", &[("cookie", &cookie)], b"");
    assert_eq!(heard.status == 200, api.status == 200, "both doors say the same");
    heard.status == 200
}

#[test]
fn asvs_7_2_3_a_session_has_more_chance_than_anyone_could_guess() {
    let place = Place::open(&[]);
    let tokens: Vec<String> =
        (0..3).map(|_| session(place.enter(EMAIL, PASSWORD).is(303))).collect();
    for token in &tokens {
        let hexadecimal = token.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(hexadecimal && token.len() * 4 >= 128, "{} digits", token.len());
    }
    assert!(tokens[0] != tokens[1] && tokens[1] != tokens[2] && tokens[0] != tokens[2]);
}

#[test]
fn asvs_7_2_4_a_session_chosen_by_another_is_not_taken_on() {
    let place = Place::open(&[]);
    let chosen = "00".repeat(32);
    let cookie = format!("session={chosen}");
    let body = form(&[("email", EMAIL), ("password", PASSWORD)]);
    let heard = place.ask("POST", "/sign-in", &[FORM, ("cookie", &cookie)], body.as_bytes());
    let given = session(heard.is(303));
    assert_ne!(given, chosen);
    assert!(entered(&place, &given));
    assert!(!entered(&place, &chosen));
}

#[test]
fn asvs_7_4_1_who_leaves_is_out_at_every_door() {
    let place = Place::open(&[]);
    let token = session(place.enter(EMAIL, PASSWORD).is(303));
    assert!(entered(&place, &token));
    let cookie = format!("session={token}");
    let body = form(&[("token", &web::door::form_token(&token))]);
    let asked = [FORM, ("cookie", &*cookie), ("sec-fetch-site", "same-origin")];
    let left = place.ask("POST", "/sign-out", &asked, body.as_bytes());
    left.is(303);
    assert_eq!(left.header("clear-site-data"), "\"cache\", \"storage\"");
    assert!(!entered(&place, &token), "the token is dead, not only forgotten by the browser");
}

#[test]
fn asvs_7_4_2_who_is_shut_out_is_out_at_once() {
    let place = Place::open(&[]);
    let token = session(place.enter(EMAIL, PASSWORD).is(303));
    assert!(entered(&place, &token));
    let store = embedded(place.folder.path()).open().expect("the database");
    let company = store.companies().expect("the companies")[0];
    let begun = Instant::now();
    let shut = store.command(Call::new(Actor::house(company, Door::Console)), |tx| {
        let mut ada = tx.first(User::EMAIL.is(&EMAIL.to_owned()))?.expect("Ada");
        ada.active = false;
        tx.save(&ada)?;
        Ok(Json::Null)
    });
    shut.expect("shut out");
    assert!(!entered(&place, &token));
    assert!(begun.elapsed() < Duration::from_secs(5));
    place.enter(EMAIL, PASSWORD).is(422);
}

/// ASVS 3.5.1, 3.5.2, 3.5.8.
#[test]
fn asvs_3_5_1_no_other_site_changes_anything_by_a_session() {
    let place = Place::open(&[]);
    let cookie = place.cookie();
    let token = web::door::form_token(&place.company.session);
    let own = form(&[("name", "Volé"), ("customer", "true"), ("token", &token)]);
    let bare = form(&[("name", "Volé"), ("customer", "true")]);
    let json = r#"{"name":"Volé","customer":true}"#;
    let kind = ("content-type", "application/json");
    let evil = ("origin", "https://evil.example");
    let multipart = ("content-type", "multipart/form-data; boundary=x");
    let with: [(&str, Vec<(&str, &str)>, &str, u16); 12] = [
        ("/parties", vec![FORM], &bare, 403),
        ("/parties", vec![FORM, ("sec-fetch-site", "cross-site")], &own, 403),
        ("/parties", vec![FORM, ("sec-fetch-site", "same-site")], &own, 403),
        ("/parties", vec![FORM, evil], &own, 403),
        ("/parties", vec![FORM, ("origin", "null")], &own, 403),
        ("/api/parties", vec![kind], json, 403),
        ("/api/parties", vec![kind, evil], json, 403),
        ("/api/parties", vec![kind, ("origin", "null")], json, 403),
        ("/api/parties", vec![kind, ("sec-fetch-site", "cross-site")], json, 403),
        // What a form of another site may send without being asked for first.
        ("/api/parties", vec![("content-type", "text/plain"), evil], json, 415),
        ("/api/parties", vec![FORM, ("sec-fetch-site", "cross-site")], &bare, 415),
        ("/api/parties", vec![multipart, evil], "--x--", 415),
    ];
    for (path, mut headers, body, status) in with {
        headers.push(("cookie", &cookie));
        let heard = place.ask("POST", path, &headers, body.as_bytes());
        assert!(heard.status == status || heard.status == 403, "{headers:?}: {}", heard.text());
    }
    let list = place.api("GET", "/api/parties?q=Volé".replace('é', "%C3%A9").as_str(), "");
    assert_eq!(list.json()["items"].as_array().map(Vec::len), Some(0));
    // And what comes from our own pages passes.
    let ours = [FORM, ("cookie", &*cookie), ("sec-fetch-site", "same-origin")];
    place.ask("POST", "/parties", &ours, own.as_bytes()).is(303);
}

/// How many changes the books hold.
fn changes(place: &Place) -> i64 {
    let database = Connection::open(place.folder.path().join("comptoir.db")).expect("a database");
    let text = "select (select count(*) from audit) + (select count(*) from event)";
    database.query_row(text, [], |row| row.get(0)).expect("a number")
}

/// Every path of ours that stands in a page.
fn links(text: &str) -> Vec<String> {
    let parts = text.split("href=\"/").skip(1);
    let paths = parts.filter_map(|rest| rest.split('"').next());
    paths.map(|path| format!("/{}", path.replace("&amp;", "&"))).collect()
}

#[test]
fn asvs_3_5_3_asking_changes_nothing() {
    let place = Place::open(&[]);
    // One visit notes that the session is in use.
    place.page("/").is(200);
    let before = changes(&place);
    let party = format!("/parties/{}", place.company.parties[0]);
    let product = format!("/products/{}", place.company.products[0]);
    let mut seen: Vec<String> = ["/", "/parties", "/settings", "/orders/new", &party, &product]
        .map(ToOwned::to_owned)
        .to_vec();
    let mut at = 0;
    while at < seen.len() && at < 150 {
        let path = seen[at].clone();
        at += 1;
        let heard = place.page(&path);
        assert!(heard.status < 500, "{path}: {}", heard.text());
        let bare = |path: &str| path.split('?').next().unwrap_or_default().to_owned();
        for link in links(&heard.text()) {
            let known = seen.iter().filter(|known| bare(known) == bare(&link)).count();
            if known < 3 && !seen.contains(&link) && !link.starts_with("/assets/") {
                seen.push(link);
            }
        }
    }
    assert!(at > 60, "{at} pages");
    // What is posted is not asked for.
    for act in ["delete", "do/archive", "move", "cell/name"] {
        let heard = place.page(&format!("{party}/{act}"));
        assert!(heard.status < 500, "{act}: {}", heard.text());
    }
    for path in ["/sign-out", "/preferences", "/attach", "/parties/bulk"] {
        let status = place.page(path).status;
        assert!(matches!(status, 200 | 303 | 404 | 405), "{path}: {status}");
    }
    assert_eq!(changes(&place), before);
}

#[test]
fn asvs_4_4_2_a_stream_is_for_our_own_pages_alone() {
    let place = Place::open(&[]);
    let cookie = place.cookie();
    for other in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        place.ask("GET", "/live", &[("cookie", &cookie), other], b"").is(403);
    }
    place.get("/live").is(303);
}
