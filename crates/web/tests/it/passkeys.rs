//! Passkeys: made, shown alone, after the password and again; and what is refused (ASVS 6.5, 6.8;
//! W3C Web Authentication, level 3, section 7).

use axum::http::{StatusCode, header};
use identity::{Passkey, Role, Session, Strength, User};
use kernel::{Filter, Id, Instant};
use serde_json::{Value as Json, json};

use crate::app::{App, PASSWORD, Page};
use crate::device::Device;

const ADA: &str = "ada@maison.example";
const HERE: &str = "localhost:7700";

fn ada(tx: &mut kernel::Tx<'_>) -> Id<User> {
    tx.first(User::EMAIL.is(&ADA.to_owned())).unwrap().unwrap().id
}

fn cookie(page: &Page, name: &str) -> Option<String> {
    let all = page.headers.get_all(header::SET_COOKIE).into_iter();
    let mut lines = all.filter_map(|line| line.to_str().ok());
    let start = format!("{name}=");
    let line = lines.find(|line| line.starts_with(&start))?;
    Some(line.split(';').next().unwrap().to_owned())
}

/// The question that a page asks for.
async fn question(app: &App, path: &str) -> Json {
    let asked = if app.session.as_deref().is_some_and(|cookie| cookie.starts_with("session=")) {
        app.post_to(HERE, path, &[]).await
    } else {
        app.post_raw_to(HERE, path, &[], &[]).await
    };
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    serde_json::from_str(&asked.text).unwrap()
}

/// Adds the passkey of a device to the person signed in.
async fn add(app: App, device: &mut Device, name: &str) -> (App, Page) {
    let asked = question(&app, "/me/security/passkeys/challenge").await;
    let answer = device.make(&asked);
    let form = [("name", name), ("answer", answer.as_str())];
    let done = app.post_to(HERE, "/me/security/passkeys", &form).await;
    let session = cookie(&done, "session");
    assert!(session.is_some(), "{} {}", done.status, done.main());
    (App { session, ..app }, done)
}

async fn show(app: &App, answer: &str) -> Page {
    let form = [("answer", answer), ("back", "/gadgets")];
    app.post_raw_to(HERE, "/sign-in/passkey", &form, &[]).await
}

async fn alone(app: &App, device: &mut Device) -> Page {
    let asked = question(&app.bearing(""), "/sign-in/passkey/challenge").await;
    show(&app.bearing(""), &device.sign(&asked)).await
}

#[tokio::test]
async fn a_passkey_signs_in_alone_and_nobody_types_a_name() {
    let app = App::open(Role::Owner).await;
    app.get_at(HERE, "/sign-in").await.has_not("data-passkey");
    app.get_at(HERE, "/me/security").await.has("Ajouter une clé d’accès");
    let page = app.get_at(HERE, "/me/security/passkeys").await;
    page.has("data-passkey=\"make\"");
    page.has("<noscript>");
    let mut phone = Device::new(1);
    let (app, codes) = add(app, &mut phone, "Téléphone").await;
    codes.has("Vos codes de secours");
    app.get_at(HERE, "/me/security").await.has("Téléphone");
    let asked = question(&app.bearing(""), "/sign-in/passkey/challenge").await;
    assert_eq!(asked["publicKey"]["userVerification"], "required");
    assert_eq!(asked["publicKey"]["allowCredentials"], json!([]), "nothing says who is known");
    app.get_at(HERE, "/sign-in").await.has("Se connecter par une clé d’accès");

    let entered = show(&app, &phone.sign(&asked)).await;
    assert_eq!(entered.location(), "/gadgets", "{}", entered.main());
    let session = cookie(&entered, "session").unwrap();
    assert_eq!(app.bearing(&session).get("/gadgets").await.status, StatusCode::OK);
    let strong = app.write(|tx| {
        let all = tx.find::<Session>(Filter::everything())?;
        Ok(json!(all.iter().all(|session| session.strength == Strength::Passkey)))
    });
    assert_eq!(strong, json!(true));
    // Several, each by its name; the second draws no further codes.
    let (app, second) = add(app, &mut Device::new(2), "Clé du trousseau").await;
    assert_eq!(second.location(), "/me/security");
    let page = app.get_at(HERE, "/me/security").await;
    page.has("Clé du trousseau");
    page.has("10 codes de secours");
}

#[tokio::test]
async fn asvs_6_5_1_a_challenge_is_answered_once_and_where_it_was_asked() {
    let mut phone = Device::new(1);
    let (app, _) = add(App::open(Role::Owner).await, &mut phone, "Téléphone").await;
    let asked = question(&app.bearing(""), "/sign-in/passkey/challenge").await;
    let answer = phone.sign(&asked);
    assert_eq!(show(&app, &answer).await.location(), "/gadgets");
    let replayed = show(&app, &answer).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY);
    replayed.has("elle a déjà servi");
    assert_eq!(cookie(&replayed, "session"), None);
    // Nor is one taken that nobody asked, or that was asked elsewhere.
    let invented = json!({ "publicKey": { "challenge": "AAAAAAAAAAAAAAAAAAAAAA" } });
    assert_eq!(cookie(&show(&app, &phone.sign(&invented)).await, "session"), None);
    let again = question(&app, "/sign-in/again/challenge").await;
    assert_eq!(cookie(&show(&app, &phone.sign(&again)).await, "session"), None);
}

#[tokio::test]
async fn asvs_6_5_7_another_origin_no_verified_user_and_another_key_are_refused() {
    let mut phone = Device::new(1);
    let (app, _) = add(App::open(Role::Owner).await, &mut phone, "Téléphone").await;
    for origin in ["https://localhost:7700", "http://localhost:7701", "http://evil.localhost:7700"]
    {
        phone.origin = origin.to_owned();
        let refused = alone(&app, &mut phone).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{origin}");
        refused.has("n’ouvre rien ici");
    }
    phone.origin = "http://localhost:7700".to_owned();
    phone.place = "evil.example".to_owned();
    assert_eq!(cookie(&alone(&app, &mut phone).await, "session"), None, "another RP ID");
    phone.place = "localhost".to_owned();
    phone.verifies = false;
    assert_eq!(cookie(&alone(&app, &mut phone).await, "session"), None, "no user verified");
    phone.verifies = true;
    // Another device that says it is this one, with a key of its own.
    let asked = question(&app.bearing(""), "/sign-in/passkey/challenge").await;
    let mut other = Device::new(1);
    assert_eq!(cookie(&show(&app, &other.sign(&asked)).await, "session"), None);
    assert!(cookie(&alone(&app, &mut phone).await, "session").is_some(), "and the true one opens");

    let mut careless = Device::new(3);
    careless.verifies = false;
    let asked = question(&app, "/me/security/passkeys/challenge").await;
    let answer = careless.make(&asked);
    let form = [("name", "Sans code"), ("answer", answer.as_str())];
    let refused = app.post_to(HERE, "/me/security/passkeys", &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "none is made without either");
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused_and_in_the_audit() {
    let mut phone = Device::new(1);
    let (app, _) = add(App::open(Role::Owner).await, &mut phone, "Téléphone").await;
    phone.counter = 41;
    assert!(cookie(&alone(&app, &mut phone).await, "session").is_some());
    for back in [41, 7] {
        phone.counter = back;
        phone.counter -= 1;
        let refused = alone(&app, &mut phone).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.has("compte à rebours");
        assert_eq!(cookie(&refused, "session"), None);
    }
    let noted = app.get("/audit?log=access").await;
    noted.has("compte à rebours");
    noted.has(ADA);
    phone.counter = 60;
    assert!(cookie(&alone(&app, &mut phone).await, "session").is_some());
}

#[tokio::test]
async fn after_the_password_the_passkey_is_the_second_step() {
    let mut phone = Device::new(1);
    let (app, codes) = add(App::open(Role::Owner).await, &mut phone, "Téléphone").await;
    let first = app.post_raw("/sign-in", &[("email", ADA), ("password", PASSWORD)], &[]).await;
    assert_eq!(first.location(), "/sign-in/code", "the password alone opens nothing any more");
    let pending = app.bearing(&cookie(&first, "pending").unwrap());
    let page = pending.get_at(HERE, "/sign-in/code").await;
    page.has("Utiliser une clé d’accès");
    page.has("Code de secours");
    let asked = question(&pending, "/sign-in/code/challenge").await;
    assert_eq!(asked["publicKey"]["allowCredentials"].as_array().unwrap().len(), 1);
    let answer = phone.sign(&asked);
    let done = pending.post_raw_to(HERE, "/sign-in/code", &[("answer", &answer)], &[]).await;
    assert!(cookie(&done, "session").is_some(), "{} {}", done.status, done.main());
    // The day the device is missing, a code on paper.
    let code = codes.text.split("<code class=\"secret\">").nth(1).unwrap();
    let code = code.split('<').next().unwrap();
    let first = app.post_raw("/sign-in", &[("email", ADA), ("password", PASSWORD)], &[]).await;
    let pending = app.bearing(&cookie(&first, "pending").unwrap());
    let done = pending.post_raw("/sign-in/code", &[("code", code)], &[]).await;
    assert!(cookie(&done, "session").is_some(), "{}", done.main());
}

#[tokio::test]
async fn a_weighty_act_goes_on_after_a_passkey_was_shown_again() {
    let mut phone = Device::new(1);
    let (app, _) = add(App::open(Role::Owner).await, &mut phone, "Téléphone").await;
    app.write(|tx| {
        for mut session in tx.find::<Session>(Filter::everything())? {
            session.proved_at.0 -= 3600 * Instant::SECOND;
            tx.save(&session)?;
        }
        Ok(Json::Null)
    });
    let asked = app.get_at(HERE, "/gadgets/export.csv").await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    asked.has("Utiliser une clé d’accès");
    let question = question(&app, "/sign-in/again/challenge").await;
    let answer = phone.sign(&question);
    let form = [("to", "/gadgets/export.csv"), ("posted", "false"), ("answer", &answer)];
    let done = app.post_to(HERE, "/sign-in/again", &form).await;
    assert_eq!(done.location(), "/gadgets/export.csv", "{}", done.main());
    let turned = App { session: cookie(&done, "session"), ..app };
    assert_eq!(turned.get("/gadgets/export.csv").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_role_that_asks_for_a_passkey_is_content_with_nothing_less() {
    let app = App::open(Role::Owner).await;
    let saved = app.post("/settings/sign-in", &[("owner", "passkey")]).await;
    assert_eq!(saved.location(), "/settings/sign-in", "{}", saved.main());
    assert_eq!(app.get("/").await.location(), "/me/security/passkeys");
    app.get_at(HERE, "/me/security/passkeys").await.has("demandée à votre rôle");
    let password_only = app.session.clone().unwrap();
    let mut phone = Device::new(1);
    let (app, _) = add(app, &mut phone, "Téléphone").await;
    assert_eq!(app.get("/").await.status, StatusCode::OK, "and then they may");
    assert_eq!(app.bearing(&password_only).get("/").await.status, StatusCode::SEE_OTHER);
    // A session that has shown less adds no passkey beside the one there is.
    app.write(|tx| {
        let ada = ada(tx);
        let arrival = identity::Arrival { strength: Strength::SecondFactor, ..Default::default() };
        identity::session::open_from(tx, ada, [9; 32], arrival)?;
        Ok(Json::Null)
    });
    let less = app.bearing(&format!("session={}", "09".repeat(32)));
    assert_eq!(less.get("/").await.location(), "/me/security/passkeys");
    less.get_at(HERE, "/me/security/passkeys").await.has("Montrer ma clé d’accès");
    let refused = less.post_to(HERE, "/me/security/passkeys/challenge", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    // The last one stays; a further one may go.
    let id = app
        .write(|tx| Ok(json!(tx.first::<Passkey>(Filter::everything())?.unwrap().id.to_string())));
    let remove = format!("/me/security/passkeys/{}/remove", id.as_str().unwrap());
    let refused = app.post(&remove, &[]).await;
    refused.has("ajoutez-en une autre");
    let (app, _) = add(app, &mut Device::new(2), "Clé").await;
    assert_eq!(app.post(&remove, &[]).await.location(), "/me/security");
    assert_eq!(cookie(&alone(&app, &mut phone).await, "session"), None, "it opens no more");
}

#[tokio::test]
async fn a_passkey_of_someone_shut_out_opens_nothing() {
    let mut phone = Device::new(1);
    let (app, _) = add(App::open(Role::Seller).await, &mut phone, "Téléphone").await;
    app.write(|tx| {
        let ada = ada(tx);
        let mut user = tx.lock(ada)?;
        user.active = false;
        tx.save(&user)?;
        Ok(Json::Null)
    });
    assert_eq!(cookie(&alone(&app, &mut phone).await, "session"), None);
}

#[tokio::test]
async fn passkeys_are_bound_to_a_name_and_the_page_says_which() {
    let app = App::open(Role::Owner).await;
    let number = app.get_at("127.0.0.1:7700", "/me/security/passkeys").await;
    number.has("http://localhost:7700");
    number.has_not("data-passkey=");
    let elsewhere = app.get_at("comptoir.test", "/me/security/passkeys").await;
    elsewhere.has("--address");
    let refused = app.post_to("evil.example", "/me/security/passkeys/challenge", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}
