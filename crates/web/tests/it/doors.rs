use axum::http::{StatusCode, header};
use identity::Role;

use crate::app::{App, PASSWORD, gadget};

#[tokio::test]
async fn nobody_sees_a_page_without_signing_in() {
    let app = App::outside(Role::Owner);
    for path in ["/", "/gadgets", "/gadgets/new", "/settings", "/palette?q=x", "/nowhere/at/all"] {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
        assert!(page.location().starts_with("/sign-in"), "{path} {}", page.location());
    }
    let back = app.get("/gadgets?q=lin").await;
    assert_eq!(back.location(), "/sign-in?back=%2Fgadgets%3Fq%3Dlin");
}

#[tokio::test]
async fn asvs_6_3_8_an_unknown_address_and_a_wrong_password_get_the_same_answer() {
    let app = App::outside(Role::Owner);
    let wrong = [("email", "ada@maison.example"), ("password", "pas le bon mot")];
    let unknown = [("email", "eve@maison.example"), ("password", PASSWORD)];
    let (wrong, unknown) = (
        app.post_raw("/sign-in", &wrong, &[]).await,
        app.post_raw("/sign-in", &unknown, &[]).await,
    );
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.has("Courriel ou mot de passe inconnu.");
    assert_eq!(wrong.text.replace("ada@", "x@"), unknown.text.replace("eve@", "x@"));
    assert!(!wrong.headers.contains_key(header::SET_COOKIE));
}

#[tokio::test]
async fn asvs_6_3_1_guessing_is_slowed_down_and_says_how_long() {
    let app = App::outside(Role::Owner);
    let guess = [("email", "nobody@maison.example"), ("password", "une idée de mot")];
    for _ in 0..8 {
        let page = app.post_raw("/sign-in", &guess, &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // Each wait is twice the one before: on a slow machine the first may be over already.
    let mut page = app.post_raw("/sign-in", &guess, &[]).await;
    while page.status == StatusCode::UNPROCESSABLE_ENTITY {
        page = app.post_raw("/sign-in", &guess, &[]).await;
    }
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    page.has("Trop d’essais");
}

#[tokio::test]
async fn asvs_3_7_2_signing_in_leads_back_but_never_to_another_site() {
    let app = App::outside(Role::Owner);
    let enter = |back: &'static str| {
        [("email", "ada@maison.example"), ("password", PASSWORD), ("back", back)]
    };
    let page = app.post_raw("/sign-in", &enter("/gadgets?q=lin"), &[]).await;
    assert_eq!(page.location(), "/gadgets?q=lin");
    let page = app.post_raw("/sign-in", &enter("//evil.example/"), &[]).await;
    assert_eq!(page.location(), "/");
}

#[tokio::test]
async fn asvs_7_4_1_signing_out_ends_the_session() {
    let app = App::open(Role::Owner).await;
    assert_eq!(app.get("/gadgets").await.status, StatusCode::OK);
    let page = app.post("/sign-out", &[]).await;
    assert_eq!(page.location(), "/sign-in");
    assert_eq!(app.get("/gadgets").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn asvs_3_5_1_a_form_from_elsewhere_is_refused() {
    let app = App::open(Role::Owner).await;
    let session = app.session.clone().unwrap();
    let token = web::door::form_token(session.split_once('=').unwrap().1);
    let pairs = [("name", "Volé"), ("token", token.as_str())];
    let ours = [("sec-fetch-site", "same-origin")];
    let bare = app.post_raw("/gadgets", &[("name", "Volé")], &ours).await;
    assert_eq!(bare.status, StatusCode::FORBIDDEN);
    for headers in [
        [("sec-fetch-site", "cross-site")],
        [("origin", "https://evil.example")],
        [("sec-fetch-site", "same-site")],
    ] {
        let page = app.post_raw("/gadgets", &pairs, &headers).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    app.get("/gadgets").await.has_not("Volé");
    let page = app.post_raw("/gadgets", &pairs, &[("origin", "http://comptoir.test")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn asvs_8_4_1_a_record_of_another_company_does_not_exist() {
    let app = App::open(Role::Owner).await;
    let id = app.gadget(gadget("À nous"));
    let path = format!("/gadgets/{id}");
    assert_eq!(app.get(&path).await.status, StatusCode::OK);
    let app = app.enter("bob@ailleurs.example").await;
    for path in [&path, &format!("{path}/edit"), &format!("{path}/delete")] {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        page.has_not("À nous");
    }
    for path in [&path, &format!("{path}/delete"), &format!("{path}/do/finish")] {
        let page = app.post(path, &[]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    app.get("/gadgets").await.has_not("À nous");
    app.get("/palette?q=nous").await.has_not("À nous");
}

#[tokio::test]
async fn what_does_not_exist_says_so_and_where_to_go() {
    let app = App::open(Role::Owner).await;
    for path in ["/nothings", "/gadgets/0190", "/gadgets/x/do/y", "/pick/nothing", "/a/b/c/d"] {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        page.has("href=\"/\"");
    }
}

#[tokio::test]
async fn a_role_without_the_right_is_told_which_one_is_missing() {
    // A seller has no right on gadgets.
    let app = App::open(Role::Seller).await;
    let id = app.gadget(gadget("Secret"));
    for path in ["/gadgets", "/gadgets/new", &format!("/gadgets/{id}")] {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        page.has("gadget.");
        page.has_not("Secret");
    }
    let page = app.post("/gadgets", &[("name", "x")]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    app.get("/").await.has_not("href=\"/gadgets\"");
}

#[tokio::test]
async fn asvs_3_4_3_pages_let_nothing_from_elsewhere_in() {
    let app = App::open(Role::Owner).await;
    let page = app.get("/").await;
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    page.has_not(" style=\"");
    page.has_not(" onclick=");
}

#[tokio::test]
async fn the_language_is_the_one_chosen_here_then_the_person_s_own() {
    let mut app = App::open(Role::Owner).await;
    app.get("/gadgets").await.has("<html lang=\"fr\"");
    app.get("/gadgets?lang=en").await.has("Gadgets");
    app.language = "en";
    let page = app.get("/gadgets").await;
    page.has("<html lang=\"en\"");
    page.has("Made on");
    let page = app.post("/preferences", &[("language", "en"), ("back", "/gadgets")]).await;
    assert_eq!(page.location(), "/gadgets");
    assert!(page.headers[header::SET_COOKIE].to_str().unwrap().starts_with("language=en;"));
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_keeps_this_one() {
    let app = App::open(Role::Owner).await;
    let wrong = [("current", "pas le bon mot"), ("password", "trois chats sur un toit")];
    let page = app.post("/settings/password", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let short = [("current", PASSWORD), ("password", "court")];
    let page = app.post("/settings/password", &short).await;
    page.has("15 caractères au moins");
    let good = [("current", PASSWORD), ("password", "trois chats sur un toit")];
    let page = app.post("/settings/password", &good).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.main());
    assert_eq!(app.get("/").await.status, StatusCode::SEE_OTHER);
    let cookies = page.headers.get_all(header::SET_COOKIE).into_iter();
    let session = cookies.map(|value| value.to_str().unwrap()).find(|c| c.starts_with("session="));
    let app = App { session: Some(session.unwrap().split(';').next().unwrap().to_owned()), ..app };
    assert_eq!(app.get("/").await.status, StatusCode::OK);
}
