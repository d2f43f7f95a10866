//! Signing in by two steps, sessions, showing again who one is.

use axum::http::{StatusCode, header};
use identity::{Role, Session, Strength, User, second_factor, session, totp};
use kernel::{Filter, Id, Instant};
use serde_json::{Value as Json, json};

use crate::app::{App, PASSWORD, Page};

const ADA: &str = "ada@maison.example";

fn ada(tx: &mut kernel::Tx<'_>) -> Id<User> {
    tx.first(User::EMAIL.is(&ADA.to_owned())).unwrap().unwrap().id
}

/// The value of a cookie that an answer sets, as `name=value`.
fn cookie(page: &Page, name: &str) -> Option<String> {
    let all = page.headers.get_all(header::SET_COOKIE).into_iter();
    let mut lines = all.filter_map(|line| line.to_str().ok());
    let start = format!("{name}=");
    let line = lines.find(|line| line.starts_with(&start))?;
    Some(line.split(';').next().unwrap().to_owned())
}

/// What the application of Ada's phone shows, `ahead` steps from now.
fn code(app: &App, ahead: i64) -> String {
    let secret = app.write(|tx| {
        let ada = ada(tx);
        let factor = tx.first(identity::SecondFactor::USER.is(&ada))?.unwrap();
        Ok(json!(factor.secret))
    });
    let secret = totp::read(secret.as_str().unwrap()).unwrap();
    totp::code_of(&secret, totp::step_at(store::now()) + ahead)
}

/// Turns on the second factor of the person signed in; gives the codes on paper.
async fn enrol(app: App) -> (App, Vec<String>) {
    let begun = app.post("/me/security/second-factor", &[]).await;
    assert_eq!(begun.location(), "/me/security/second-factor");
    let page = app.get("/me/security/second-factor").await;
    page.has("<svg class=\"qr\"");
    let given = code(&app, -1);
    let done = app.post("/me/security/second-factor/confirm", &[("code", &given)]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.main());
    let codes: Vec<String> = done
        .main()
        .split("<li><code class=\"secret\">")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10);
    let session = cookie(&done, "session");
    assert!(session.is_some() && session != app.session, "asvs_7_2_4: a new token");
    assert_eq!(app.get("/").await.status, StatusCode::SEE_OTHER, "the old one is dead");
    (App { session, ..app }, codes)
}

async fn password(app: &App) -> Page {
    app.post_raw("/sign-in", &[("email", ADA), ("password", PASSWORD), ("back", "/gadgets")], &[])
        .await
}

async fn second(app: &App, pending: &str, code: &str) -> Page {
    let app = app.bearing(pending);
    app.post_raw("/sign-in/code", &[("code", code), ("back", "/gadgets")], &[]).await
}

#[tokio::test]
async fn asvs_6_5_1_a_code_is_used_once_and_the_password_alone_opens_nothing() {
    let (app, _) = enrol(App::open(Role::Owner).await).await;
    let first = password(&app).await;
    assert_eq!(first.location(), "/sign-in/code?back=%2Fgadgets");
    assert_eq!(cookie(&first, "session"), None, "no session yet");
    let pending = cookie(&first, "pending").unwrap();
    // The token of the question is no session.
    let value = pending.split_once('=').unwrap().1.to_owned();
    let as_session = app.bearing(&format!("session={value}"));
    assert_eq!(as_session.get("/gadgets").await.status, StatusCode::SEE_OTHER);
    app.bearing(&pending).get("/sign-in/code").await.has("one-time-code");

    let wrong = second(&app, &pending, "000000").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.has("Ce code ne convient pas");
    let given = code(&app, 0);
    let entered = second(&app, &pending, &given).await;
    assert_eq!(entered.location(), "/gadgets", "{}", entered.main());
    let session = cookie(&entered, "session").unwrap();
    assert_eq!(app.bearing(&session).get("/gadgets").await.status, StatusCode::OK);

    // The question is over, and the same code opens no other.
    assert_eq!(second(&app, &pending, &given).await.location(), "/sign-in");
    let pending = cookie(&password(&app).await, "pending").unwrap();
    let again = second(&app, &pending, &given).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "spent");
    let next = code(&app, 1);
    assert_eq!(second(&app, &pending, &next).await.location(), "/gadgets");
}

#[tokio::test]
async fn asvs_6_5_2_a_code_on_paper_opens_once_and_is_kept_as_a_hash() {
    let (app, codes) = enrol(App::open(Role::Owner).await).await;
    let pending = cookie(&password(&app).await, "pending").unwrap();
    let typed = codes[3].to_uppercase().replace('-', " ");
    assert_eq!(second(&app, &pending, &typed).await.location(), "/gadgets");
    let pending = cookie(&password(&app).await, "pending").unwrap();
    let spent = second(&app, &pending, &codes[3]).await;
    assert_eq!(spent.status, StatusCode::UNPROCESSABLE_ENTITY);
    app.get("/me/security").await.has("9 codes de secours restants");
    let bare = codes[4].replace('-', "");
    let kept = app.write(move |tx| {
        let kept = tx.find::<identity::RecoveryCode>(Filter::everything())?;
        Ok(json!(kept.iter().any(|code| code.code_hash.contains(&bare))))
    });
    assert_eq!(kept, json!(false));
    // New ones take the place of all.
    let renewed = app.post("/me/security/second-factor/codes", &[]).await;
    renewed.has("class=\"secret\"");
    let refused = second(&app, &pending, &codes[4]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn wrong_codes_end_the_question_and_guessing_them_is_slowed_down() {
    let (app, _) = enrol(App::open(Role::Owner).await).await;
    let pending = cookie(&password(&app).await, "pending").unwrap();
    for _ in 0..4 {
        let wrong = second(&app, &pending, "000000").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(second(&app, &pending, "000000").await.location(), "/sign-in", "over");
    let pending = cookie(&password(&app).await, "pending").unwrap();
    // Each wait is twice the one before: on a slow machine the first may be over already.
    let mut slowed = second(&app, &pending, "000000").await;
    while slowed.status == StatusCode::UNPROCESSABLE_ENTITY {
        slowed = second(&app, &pending, "000000").await;
    }
    assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS, "also under another question");
}

#[tokio::test]
async fn asvs_7_5_2_one_sees_one_s_sessions_and_ends_them() {
    let app = App::open(Role::Seller).await;
    let agent = [("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Firefox/132.0")];
    let form = [("email", ADA), ("password", PASSWORD)];
    let other = cookie(&app.post_raw("/sign-in", &form, &agent).await, "session").unwrap();
    let page = app.get("/me/security").await;
    page.has("Firefox · Linux");
    page.has("celle-ci");
    let ways = page.text.matches("/end\"").count();
    assert_eq!(ways, 2, "the other one, and all the others");
    let from = page.text.find("/me/security/sessions/").unwrap();
    let way = page.text[from..].split('"').next().unwrap().to_owned();
    let ended = app.post(&way, &[]).await;
    assert_eq!(ended.location(), "/me/security", "{}", ended.main());
    assert_eq!(app.bearing(&other).get("/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.get("/").await.status, StatusCode::OK);
    // Nobody ends those of someone else.
    let foreign = app.write(|tx| {
        let zoe = tx.insert(&User::named("Zoé", "zoe@maison.example", Role::Seller))?;
        session::open_session(tx, zoe, [5; 32])?;
        let session = tx.first(Session::USER.is(&zoe))?.unwrap();
        Ok(json!(session.id.to_string()))
    });
    let way = format!("/me/security/sessions/{}/end", foreign.as_str().unwrap());
    assert_eq!(app.post(&way, &[]).await.status, StatusCode::NOT_FOUND);
}

/// Makes the sessions of Ada old: opened, seen or proved so long ago.
fn age(app: &App, change: fn(&mut Session, i64), microseconds: i64) {
    app.write(move |tx| {
        let ada = ada(tx);
        for mut session in tx.find(Session::USER.is(&ada))? {
            change(&mut session, microseconds);
            tx.save(&session)?;
        }
        Ok(Json::Null)
    });
}

const HOUR: i64 = 3600 * Instant::SECOND;

#[tokio::test]
async fn asvs_7_3_1_and_7_3_2_a_session_ends_unused_or_too_old() {
    let app = App::open(Role::Owner).await;
    age(&app, |session, by| session.last_seen.0 -= by, 11 * HOUR);
    assert_eq!(app.get("/").await.status, StatusCode::OK, "a day's work");
    age(&app, |session, by| session.last_seen.0 -= by, 12 * HOUR + 1);
    assert_eq!(app.get("/").await.status, StatusCode::SEE_OTHER, "unused");
    let app = App::open(Role::Owner).await;
    age(&app, |session, by| session.expires_at.0 -= by, session::SESSION_DAYS * 24 * HOUR);
    assert_eq!(app.get("/").await.status, StatusCode::SEE_OTHER, "too old");
    let swept = app.write(|tx| Ok(json!(session::sweep(tx)?)));
    assert_eq!(swept, 1);
}

#[tokio::test]
async fn asvs_7_5_3_a_weighty_act_asks_again_and_then_goes_on_as_it_was_typed() {
    let app = App::open(Role::Owner).await;
    let typed = [
        ("name", "Zoé « l’Été » & fils"),
        ("email", "zoe@lin.example"),
        ("role", "accountant"),
        ("language", "fr"),
    ];
    age(&app, |session, by| session.proved_at.0 -= by, HOUR / 4 + Instant::SECOND);
    assert_eq!(app.get("/gadgets/new").await.status, StatusCode::OK, "nothing weighty");
    let asked = app.post("/settings/users", &typed).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN, "{}", asked.main());
    asked.has("name=\"proof\"");
    assert_eq!(asked.hidden("aside.name"), "Zoé « l’Été » &amp; fils");
    let mut form = vec![("to", "/settings/users"), ("posted", "true")];
    let aside: Vec<(String, &str)> =
        typed.iter().map(|(name, value)| (format!("aside.{name}"), *value)).collect();
    form.extend(aside.iter().map(|(name, value)| (name.as_str(), *value)));

    let mut wrong = form.clone();
    wrong.push(("proof", "pas le bon mot"));
    let wrong = app.post("/sign-in/again", &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.has("ni votre mot de passe");
    assert_eq!(wrong.hidden("aside.email"), "zoe@lin.example", "nothing typed is lost");

    form.push(("proof", PASSWORD));
    let done = app.post("/sign-in/again", &form).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.main());
    done.has("Mot de passe de Zoé « l’Été » &amp; fils");
    let session = cookie(&done, "session");
    assert_ne!(session, app.session, "asvs_7_2_4: a new token");
    assert_eq!(app.get("/").await.status, StatusCode::SEE_OTHER, "the old one is dead");
    let app = App { session, ..app };
    let page = app.get("/settings/users").await;
    page.has("zoe@lin.example");
    // And for a quarter of an hour nothing asks.
    let more =
        [("name", "Max"), ("email", "max@lin.example"), ("role", "seller"), ("language", "fr")];
    assert_eq!(app.post("/settings/users", &more).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_export_asks_again_and_leads_back_to_it() {
    let app = App::open(Role::Owner).await;
    age(&app, |session, by| session.proved_at.0 -= by, HOUR);
    let asked = app.get("/gadgets/export.csv").await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert_eq!(asked.hidden("to"), "/gadgets/export.csv");
    let form = [("to", "/gadgets/export.csv"), ("posted", "false"), ("proof", PASSWORD)];
    let done = app.post("/sign-in/again", &form).await;
    assert_eq!(done.location(), "/gadgets/export.csv");
    let app = App { session: cookie(&done, "session"), ..app };
    assert_eq!(app.get("/gadgets/export.csv").await.status, StatusCode::OK);
    // Scripts are told by the status, and lead to the same question.
    age(&app, |session, by| session.proved_at.0 -= by, HOUR);
    let script = app.get_with("/users/new", &[("x-fragment", "list")]).await;
    assert_eq!(script.status, StatusCode::UNAUTHORIZED);
    app.get("/sign-in/again?back=/users/new").await.has("value=\"/users/new\"");
    let elsewhere = app.get("/sign-in/again?back=//evil.example").await;
    assert_eq!(elsewhere.hidden("to"), "/");
}

#[tokio::test]
async fn a_role_that_asks_for_a_second_factor_lets_nobody_go_on_without() {
    let app = App::open(Role::Seller).await;
    app.write(|tx| {
        identity::policy::ask_of_role(tx, "seller", Strength::SecondFactor)?;
        Ok(Json::Null)
    });
    for path in ["/", "/parties", "/settings"] {
        assert_eq!(app.get(path).await.location(), "/me/security/second-factor", "{path}");
    }
    app.get("/me/security/second-factor").await.has("Activer le second facteur");
    let (app, _) = enrol(app).await;
    assert_eq!(app.get("/").await.status, StatusCode::OK, "and then they may");
    // Signed in by the password before, they would be asked for the code: no other way in.
    let first = password(&app).await;
    assert_eq!(first.location(), "/sign-in/code?back=%2Fgadgets");
}

#[tokio::test]
async fn the_owner_asks_more_of_a_role_and_helps_who_lost_their_phone() {
    let app = App::open(Role::Owner).await;
    let saved = app.post("/settings/sign-in", &[("seller", "second_factor")]).await;
    assert_eq!(saved.location(), "/settings/sign-in", "{}", saved.main());
    let asks = app.write(|tx| {
        Ok(json!(identity::policy::asked_of_role(tx, "seller")? == Strength::SecondFactor))
    });
    assert_eq!(asks, json!(true));
    let seller = App::open(Role::Seller).await;
    assert_eq!(seller.get("/settings/sign-in").await.status, StatusCode::FORBIDDEN);
    let form = [("seller", "password")];
    assert_eq!(seller.post("/settings/sign-in", &form).await.status, StatusCode::FORBIDDEN);

    // Another owner lost theirs.
    let zoe = app.write(|tx| {
        let zoe = tx.insert(&User::named("Zoé", "zoe@maison.example", Role::Owner))?;
        identity::set_password(tx, zoe, PASSWORD, [3; 16])?;
        second_factor::begin(tx, zoe)?;
        let mut factor = tx.first(identity::SecondFactor::USER.is(&zoe))?.unwrap();
        factor.confirmed_at = Some(tx.now());
        tx.save(&factor)?;
        Ok(json!(zoe.to_string()))
    });
    let act = format!("/users/{}/do/remove_second_factor", zoe.as_str().unwrap());
    let done = app.post(&act, &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let form = [("email", "zoe@maison.example"), ("password", PASSWORD)];
    let entered = app.post_raw("/sign-in", &form, &[]).await;
    let session = cookie(&entered, "session").expect("no second question");
    let act = format!("/users/{}/do/end_sessions", zoe.as_str().unwrap());
    assert_eq!(app.post(&act, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.bearing(&session).get("/").await.status, StatusCode::SEE_OTHER, "out");
}

#[tokio::test]
async fn asvs_14_3_1_signing_out_clears_what_the_browser_kept() {
    let app = App::open(Role::Owner).await;
    let left = app.post("/sign-out", &[]).await;
    assert_eq!(left.headers["clear-site-data"], "\"cache\", \"storage\"");
    assert_eq!(app.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn asvs_6_4_1_a_person_is_invited_by_a_link_that_works_once() {
    let app = App::open(Role::Owner).await;
    let form = [
        ("name", "Zoé Petit"),
        ("email", "zoe@lin.example"),
        ("role", "seller"),
        ("language", "fr"),
        ("how", "invite"),
    ];
    let invited = app.post("/settings/users", &form).await;
    assert_eq!(invited.status, StatusCode::OK, "{}", invited.main());
    let start = "class=\"secret\">http://comptoir.test";
    let from = invited.text.find(start).expect("the link, to hand over") + start.len();
    let link = invited.text[from..].split('<').next().unwrap().to_owned();
    let outside = app.bearing("");
    outside.get(&link).await.has("zoe@lin.example");
    let short = outside.post_raw(&link, &[("password", "trop court")], &[]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    short.has("15 caractères au moins");
    let chosen = [("password", "sept paniers d'osier")];
    let done = outside.post_raw(&link, &chosen, &[]).await;
    assert_eq!(done.location(), "/sign-in?chosen=1", "{}", done.main());
    outside.get("/sign-in?chosen=1").await.has("Votre mot de passe est enregistré");
    let enter = [("email", "zoe@lin.example"), ("password", "sept paniers d'osier")];
    assert!(cookie(&outside.post_raw("/sign-in", &enter, &[]).await, "session").is_some());
    assert_eq!(outside.post_raw(&link, &chosen, &[]).await.status, StatusCode::GONE);
    assert_eq!(outside.get(&link).await.status, StatusCode::GONE, "spent");
    let foreign = outside.post_raw(&link, &chosen, &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    // No letter leaves from here: nothing offers one.
    outside.get("/sign-in").await.has_not("/sign-in/forgotten");
    assert_eq!(outside.get("/sign-in/forgotten").await.location(), "/sign-in");
}

#[tokio::test]
async fn a_service_identity_has_tokens_and_no_password() {
    let app = App::open(Role::Owner).await;
    let form = [("name", "Boutique en ligne"), ("role", "seller")];
    let made = app.post("/settings/services", &form).await;
    assert_eq!(made.location(), "/settings/tokens", "{}", made.main());
    app.get("/settings/tokens").await.has("Boutique en ligne");
    app.get("/settings/users").await.has("par jetons");
    let id = app.write(|tx| {
        let service = tx.first::<identity::ServiceIdentity>(Filter::everything())?.unwrap();
        Ok(json!(service.user.to_string()))
    });
    let id = id.as_str().unwrap();
    let token = [("name", "caisse"), ("user", id), ("days", "30"), ("scope", "read")];
    app.post("/settings/tokens", &token).await.has("class=\"secret\">cpt_");
    let password = [("password", "sept paniers d'osier")];
    let refused = app.post(&format!("/users/{id}/do/set_password"), &password).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("C’est un programme");
    let seller = App::open(Role::Seller).await;
    assert_eq!(seller.post("/settings/services", &form).await.status, StatusCode::FORBIDDEN);
}
