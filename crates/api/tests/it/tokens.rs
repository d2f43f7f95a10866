//! Programs come in by tokens: as far as their scope reaches, for an hour by client credentials;
//! and a person's session asks again before weighty acts.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use identity::{ApiToken, Role, Scope, Session, Strength, User, token};
use kernel::{Actor, Door, Faults, Instant, LongText, Tx};
use serde_json::{Value as Json, json};
use store::Call;

use crate::world::{Answer, Shop, shop};

fn write(
    shop: &Shop,
    work: impl Fn(&mut Tx<'_>) -> Result<Json, Faults> + Send + Sync + 'static,
) -> Json {
    let (store, company) = (shop.store.clone(), shop.company);
    let house = Actor::house(company, Door::Console);
    std::thread::spawn(move || store.command(Call::new(house), work).unwrap()).join().unwrap()
}

/// The id of a token of Anne, and the token.
fn token(shop: &Shop, scope: Scope) -> (String, String) {
    let made = write(shop, move |tx| {
        let anne = tx.first(User::EMAIL.is(&"anne@example.com".to_owned()))?.unwrap().id;
        let token = token::issue_scoped(tx, anne, "caisse", tx.secret(), None, scope)?;
        let kept = tx.find(ApiToken::NAME.is(&"caisse".to_owned()))?.pop().unwrap();
        Ok(json!([kept.id.to_string(), token]))
    });
    (made[0].as_str().unwrap().to_owned(), made[1].as_str().unwrap().to_owned())
}

async fn bearing(shop: &Shop, method: &str, path: &str, token: &str) -> Answer {
    let headers =
        [("authorization", &*format!("Bearer {token}")), ("content-type", "application/json")];
    shop.send(shop.request(method, path, &headers).body("{}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_only_reads_changes_nothing_and_tells_when_it_was_used() {
    let shop = shop();
    let (id, reader) = token(&shop, Scope::Read);
    assert_eq!(bearing(&shop, "GET", "/api/chairs", &reader).await.status, StatusCode::OK);
    let refused = bearing(&shop, "POST", "/api/chairs", &reader).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let kept = shop.get(&format!("/api/api_tokens/{id}")).await.expect(200);
    assert!(kept["last_used"].is_string(), "{kept}");
    assert_eq!(kept["scope"], "read");
    assert_eq!(kept.get("token_hash"), None, "hidden");
}

const BASIC: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    let letters = bytes.chunks(3).map(|three| {
        let mut held = 0_u32;
        for at in 0..3 {
            held = held << 8 | u32::from(three.get(at).copied().unwrap_or(0));
        }
        let letter = |at: usize| char::from(BASIC[(held >> (18 - 6 * at) & 63) as usize]);
        (0..4).map(|at| if at <= three.len() { letter(at) } else { '=' }).collect::<String>()
    });
    letters.collect()
}

async fn asked(shop: &Shop, id: &str, secret: &str, form: &str) -> Answer {
    let credentials = base64(format!("{id}:{secret}").as_bytes());
    let request = Request::post("/api/oauth/token")
        .header(header::AUTHORIZATION, format!("Basic {credentials}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    shop.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn client_credentials_give_an_hour_and_end_with_the_client() {
    let shop = shop();
    let (id, secret) = token(&shop, Scope::All);
    let given = asked(&shop, &id, &secret, "grant_type=client_credentials").await;
    assert_eq!(given.headers[header::CACHE_CONTROL], "no-store");
    let given = given.expect(200);
    assert_eq!((&given["token_type"], &given["expires_in"]), (&json!("Bearer"), &json!(3600)));
    let bearer = given["access_token"].as_str().unwrap();
    assert_eq!(bearing(&shop, "GET", "/api/chairs", bearer).await.status, StatusCode::OK);

    let narrow = asked(&shop, &id, &secret, "grant_type=client_credentials&scope=read").await;
    let narrow = narrow.expect(200)["access_token"].as_str().unwrap().to_owned();
    let refused = bearing(&shop, "POST", "/api/chairs", &narrow).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    for (id, secret, form, status, error) in [
        (&*id, "cpt_wrong", "grant_type=client_credentials", 401, "invalid_client"),
        (&*id, bearer, "grant_type=client_credentials", 401, "invalid_client"),
        (&*id, &*secret, "grant_type=password", 400, "unsupported_grant_type"),
        (&*id, &*secret, "scope=read", 400, "invalid_request"),
        (&*id, &*secret, "grant_type=client_credentials&scope=root", 400, "invalid_scope"),
    ] {
        let refused = asked(&shop, id, secret, form).await;
        let told = refused.headers.get(header::WWW_AUTHENTICATE).is_some();
        assert_eq!(told, status == 401);
        assert_eq!(refused.expect(status)["error"], error, "{form}");
    }

    shop.post(&format!("/api/api_tokens/{id}/revoke"), &json!({})).await.expect(200);
    assert_eq!(bearing(&shop, "GET", "/api/chairs", bearer).await.status, StatusCode::UNAUTHORIZED);
    let late = asked(&shop, &id, &secret, "grant_type=client_credentials").await;
    assert_eq!(late.expect(401)["error"], "invalid_client");
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_7_5_3_a_session_must_be_proved_again_and_a_role_may_ask_for_more() {
    let shop = shop();
    let cookie = format!("session={}", shop.session);
    let headers = [("cookie", &*cookie), ("sec-fetch-site", "same-origin")];
    let added = json!({ "name": "Zoé", "email": "zoe@example.com", "role": "seller" });
    write(&shop, |tx| {
        for mut session in tx.find::<Session>(kernel::Filter::everything())? {
            session.proved_at.0 -= 16 * 60 * Instant::SECOND;
            tx.save(&session)?;
        }
        Ok(json!(null))
    });
    let refused = shop.json("POST", "/api/users", &headers, &added).await;
    assert_eq!(refused.expect(403)["faults"][0]["code"], "step_up.needed");
    let read = shop.send(shop.request("GET", "/api/chairs", &headers).body("")).await;
    assert_eq!(read.status, StatusCode::OK, "nothing weighty");
    shop.post("/api/users", &added).await.expect(201);

    let owner = identity::policy::ask_of_role;
    write(&shop, move |tx| {
        owner(tx, kernel::Choice::name(Role::Owner), Strength::SecondFactor)?;
        Ok(json!(null))
    });
    let refused = shop.send(shop.request("GET", "/api/chairs", &headers).body("")).await;
    assert_eq!(refused.expect(403)["faults"][0]["code"], "sign_in.enrol");
}

#[test]
fn asvs_6_5_1_of_two_who_send_the_same_code_at_once_one_is_refused() {
    use identity::{SecondFactor, second_factor, totp};
    let shop = shop();
    let secret = write(&shop, |tx| {
        let anne = tx.first(User::EMAIL.is(&"anne@example.com".to_owned()))?.unwrap().id;
        let secret = second_factor::begin(tx, anne)?;
        let mut factor = tx.first(SecondFactor::USER.is(&anne))?.unwrap();
        factor.confirmed_at = Some(tx.now());
        tx.save(&factor)?;
        Ok(json!(secret))
    });
    let secret = totp::read(secret.as_str().unwrap()).unwrap();
    let code = totp::code_of(&secret, totp::step_at(store::now()));
    let takes = |shop: &Shop| {
        let code = code.clone();
        let taken = write(shop, move |tx| {
            let anne = tx.first(User::EMAIL.is(&"anne@example.com".to_owned()))?.unwrap().id;
            Ok(json!(second_factor::take_code(tx, anne, &code)?))
        });
        taken == json!(true)
    };
    let taken = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| takes(&shop))).collect();
        all.into_iter().map(|one| one.join().unwrap()).filter(|taken| *taken).count()
    });
    assert_eq!(taken, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_rights_narrows_a_token_and_a_scope_narrows_it_again() {
    let shop = shop();
    let made = write(&shop, |tx| {
        let anne = tx.first(User::EMAIL.is(&"anne@example.com".to_owned()))?.unwrap().id;
        let reach = (Scope::All, Some(LongText("chair.read, chair.create".to_owned())));
        let token = token::issue_listed(tx, anne, "vitrine", tx.secret(), None, reach)?;
        let kept = tx.find(ApiToken::NAME.is(&"vitrine".to_owned()))?.pop().unwrap();
        Ok(json!([kept.id.to_string(), token]))
    });
    let (id, secret) = (made[0].as_str().unwrap(), made[1].as_str().unwrap());
    let status = async |method: &str, path: &str, token: &str| {
        bearing(&shop, method, path, token).await.status
    };
    assert_eq!(status("GET", "/api/chairs", secret).await, StatusCode::OK);
    assert_eq!(status("POST", "/api/chairs", secret).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(status("GET", "/api/users", secret).await, StatusCode::FORBIDDEN);
    // What a client is given is narrower still, and never wider than the list.
    let form = "grant_type=client_credentials&scope=chair.read+user.read";
    let given = asked(&shop, id, secret, form).await;
    let body: Json = serde_json::from_str(&given.text).unwrap();
    assert_eq!(body["scope"], "chair.read user.read", "{body}");
    let bearer = body["access_token"].as_str().unwrap();
    assert_eq!(status("GET", "/api/chairs", bearer).await, StatusCode::OK);
    for (method, path) in [("POST", "/api/chairs"), ("GET", "/api/users")] {
        assert_eq!(status(method, path, bearer).await, StatusCode::FORBIDDEN, "{method} {path}");
    }
    let form = "grant_type=client_credentials&scope=chair.read+nothing.such";
    assert_eq!(asked(&shop, id, secret, form).await.status, StatusCode::BAD_REQUEST);
    let list = write(&shop, |tx| {
        let anne = tx.first(User::EMAIL.is(&"anne@example.com".to_owned()))?.unwrap().id;
        let reach = (Scope::All, Some(LongText("chair".to_owned())));
        let refused = token::issue_listed(tx, anne, "x", tx.secret(), None, reach).unwrap_err();
        Ok(json!(refused.codes()))
    });
    assert_eq!(list, json!(["token.rights"]));
}
