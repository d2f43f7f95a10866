//! Signing in by a provider of OpenID Connect: a true one, in a process of its own, that the tests
//! have lie where a provider never would (ASVS 5.0.0, 6.8, 9.1, 9.2, 10.5).
//!
//! `COMPTOIR_PROVIDER` names the folder that oidc-provider is installed in (`cargo verify` fetches
//! it); without it these are left out.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use axum::http::{HeaderMap, Request, StatusCode, header};
use identity::link::{self, LinkPurpose};
use identity::{Role, User};
use kernel::{Filter, Instant};
use serde_json::{Value as Json, json};
use web::outgoing::Outgoing;

use crate::app::{App, PASSWORD, Page};

const HERE: &str = "localhost:7700";
const CALLBACK: &str = "http://localhost:7700/sign-in/provider/callback";
const SECRET: &str = "un secret de trente-deux lettres !";

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::SET_COOKIE).into_iter();
    let mut lines = all.filter_map(|line| line.to_str().ok());
    let start = format!("{name}=");
    let line = lines.find(|line| line.starts_with(&start))?;
    let value = line.split(';').next().unwrap();
    (value.len() > start.len()).then(|| value.to_owned())
}

/// The provider at work, and the browser's way to it.
struct Provider {
    process: Child,
    issuer: String,
    network: Outgoing,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Provider {
    fn start() -> Option<Self> {
        let Some(place) = std::env::var_os("COMPTOIR_PROVIDER") else {
            println!("skipped: the identity provider, COMPTOIR_PROVIDER is not set");
            return None;
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/provider.mjs");
        let mut command = Command::new("node");
        command.args([script, CALLBACK]).env("COMPTOIR_PROVIDER", place);
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("node starts");
        let mut issuer = String::new();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        said.read_line(&mut issuer).unwrap();
        let issuer = issuer.trim().to_owned();
        assert!(issuer.starts_with("http://127.0.0.1:"), "the provider did not start: {issuer}");
        let network = Outgoing::new(&["127.0.0.1".to_owned()]);
        Some(Self { process, issuer, network })
    }

    fn asks(&self, address: &str, cookies: &str) -> axum::http::Response<Vec<u8>> {
        let request = Request::get(address).header(header::COOKIE, cookies);
        self.network.send(request.body(Vec::new()).unwrap()).unwrap()
    }

    fn person(&self, person: &Json) {
        let is = web::address::encoded(&person.to_string());
        self.asks(&format!("{}/test/person?is={is}", self.issuer), "");
    }

    fn lie(&self, lie: &Json) {
        let is = web::address::encoded(&lie.to_string());
        self.asks(&format!("{}/test/lie?is={is}", self.issuer), "");
    }

    /// Goes where the page leads, and is sent back: the path of ours at the end.
    fn walk(&self, page: &Page) -> String {
        let refresh = page.headers.get(header::REFRESH);
        let refresh = refresh.unwrap_or_else(|| panic!("{} {}", page.status, page.main()));
        let mut address = refresh.to_str().unwrap().strip_prefix("0;url=").unwrap().to_owned();
        let mut jar: Vec<(String, String)> = Vec::new();
        for _ in 0..12 {
            if let Some(path) = address.strip_prefix("http://localhost:7700") {
                return path.to_owned();
            }
            let cookies: Vec<String> =
                jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let answer = self.asks(&address, &cookies.join("; "));
            for line in answer.headers().get_all(header::SET_COOKIE) {
                let pair = line.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                jar.retain(|(known, _)| known != name);
                jar.push((name.to_owned(), value.to_owned()));
            }
            let told = String::from_utf8_lossy(answer.body()).into_owned();
            let next = answer.headers().get(header::LOCATION).unwrap_or_else(|| panic!("{told}"));
            let next = next.to_str().unwrap();
            let near = next.starts_with('/');
            address = if near { format!("{}{next}", self.issuer) } else { next.to_owned() };
        }
        panic!("the provider leads nowhere: {address}")
    }
}

/// The pages, with the provider set up by the owner on their screen.
async fn set_up(provider: &Provider) -> App {
    let app = App::outside_with(Role::Owner, |state| {
        state.outgoing = Outgoing::new(&["127.0.0.1".to_owned()]);
    });
    let app = app.enter("ada@maison.example").await;
    app.get_at(HERE, "/settings/sign-in/providers/new").await.has(CALLBACK);
    let form = [
        ("name", "Maison Login"),
        ("issuer", provider.issuer.as_str()),
        ("client_id", "comptoir"),
        ("client_secret", SECRET),
        ("active", "true"),
    ];
    let saved = app.post_to(HERE, "/settings/sign-in/providers/new", &form).await;
    assert_eq!(saved.location(), "/settings/sign-in", "{}", saved.main());
    app.get("/settings/sign-in").await.has("Maison Login");
    app.get(&format!("/settings/sign-in/providers/{}", id(&app))).await.has_not(SECRET);
    app
}

fn id(app: &App) -> String {
    let id = app.write(|tx| {
        let one = tx.first::<identity::IdentityProvider>(Filter::everything())?.unwrap();
        Ok(json!(one.id.to_string()))
    });
    id.as_str().unwrap().to_owned()
}

/// Comes back with what a page gave, as the browser that left by it.
async fn back(app: &App, left: &Page, path: &str) -> Page {
    let held = cookie(&left.headers, "provider").unwrap();
    let with = match &app.session {
        Some(session) if !session.is_empty() => format!("{session}; {held}"),
        _ => held,
    };
    app.bearing(&with).get_at(HERE, path).await
}

async fn link_account(app: &App, provider: &Provider) -> Page {
    let left = app.post_to(HERE, &format!("/me/security/accounts/link/{}", id(app)), &[]).await;
    let path = provider.walk(&left);
    back(app, &left, &path).await
}

/// Signs in by the provider, from outside.
async fn enter(app: &App, provider: &Provider) -> Page {
    let outside = app.bearing("");
    let address = format!("/sign-in/provider/{}", id(app));
    let left = outside.post_raw_to(HERE, &address, &[("back", "/gadgets")], &[]).await;
    let path = provider.walk(&left);
    back(&outside, &left, &path).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_links_their_account_and_comes_in_by_it() {
    let Some(provider) = Provider::start() else { return };
    let app = set_up(&provider).await;
    app.bearing("").get_at(HERE, "/sign-in").await.has("Se connecter avec Maison Login");
    // Not before they linked it, though the e-mail address is theirs.
    let unknown = enter(&app, &provider).await;
    unknown.has("n’est lié à personne ici");
    assert_eq!(cookie(&unknown.headers, "session"), None, "asvs_6_8_1: a mail names nobody");

    app.get("/me/security").await.has("Lier mon compte Maison Login");
    let linked = link_account(&app, &provider).await;
    assert_eq!(linked.location(), "/me/security", "{}", linked.main());
    app.get("/me/security").await.has("ada@maison.example");
    let entered = enter(&app, &provider).await;
    assert_eq!(entered.location(), "/gadgets", "{}", entered.main());
    let session = cookie(&entered.headers, "session").unwrap();
    assert_eq!(app.bearing(&session).get("/gadgets").await.status, StatusCode::OK);
    app.get("/audit?log=access").await.has("est entré");

    // The same mail with another subject is another account.
    provider.person(&json!({ "sub": "eve", "email": "ada@maison.example" }));
    assert_eq!(cookie(&enter(&app, &provider).await.headers, "session"), None);
    // The account of someone opens no other's.
    provider.person(&json!({ "sub": "ada", "email": "ada@maison.example" }));
    let again = link_account(&app, &provider).await;
    again.has("déjà lié à quelqu’un");
    // Nobody comes in who was shut out.
    app.write(|tx| {
        tx.insert(&User {
            active: true, ..User::named("Zoé", "zoe@maison.example", Role::Owner)
        })?;
        let mut ada = tx.first(User::EMAIL.is(&"ada@maison.example".to_owned()))?.unwrap();
        ada.active = false;
        tx.save(&ada)?;
        Ok(Json::Null)
    });
    let out = enter(&app, &provider).await;
    out.has("n’est lié à personne ici");
    assert_eq!(cookie(&out.headers, "session"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_9_1_and_9_2_a_token_that_lies_opens_nothing() {
    let Some(provider) = Provider::start() else { return };
    let app = set_up(&provider).await;
    assert_eq!(link_account(&app, &provider).await.location(), "/me/security");
    let lies = [
        json!({ "nonce": "another" }),
        json!({ "aud": "somebody else" }),
        json!({ "iss": "https://evil.example" }),
        json!({ "exp": 1 }),
        json!({ "alg": "none" }),
        json!({ "alg": "HS256" }),
        json!({ "kid": "theirs" }),
        json!({ "key": "other" }),
        json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }),
    ];
    for lie in lies {
        provider.lie(&lie);
        let refused = enter(&app, &provider).await;
        refused.has("ne tient pas");
        assert_eq!(cookie(&refused.headers, "session"), None, "{lie}");
    }
    provider.lie(&json!({}));
    assert!(cookie(&enter(&app, &provider).await.headers, "session").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_10_5_an_answer_is_taken_once_from_who_was_asked_by_the_browser_that_left() {
    let Some(provider) = Provider::start() else { return };
    let app = set_up(&provider).await;
    assert_eq!(link_account(&app, &provider).await.location(), "/me/security");
    let outside = app.bearing("");
    let address = format!("/sign-in/provider/{}", id(&app));
    let leave = || async { outside.post_raw_to(HERE, &address, &[], &[]).await };
    let left = leave().await;
    let asked = left.headers[header::REFRESH].to_str().unwrap();
    for part in ["code_challenge_method=S256", "nonce=", "state=", "response_type=code"] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
    let path = provider.walk(&left);
    // Another browser: the state was not begun there, and is spent by that.
    let other = app.bearing("provider=0000").get_at(HERE, &path).await;
    other.has("a expiré, ou elle a déjà servi");
    assert_eq!(cookie(&back(&outside, &left, &path).await.headers, "session"), None);
    // Twice.
    let left = leave().await;
    let path = provider.walk(&left);
    assert!(cookie(&back(&outside, &left, &path).await.headers, "session").is_some());
    assert_eq!(cookie(&back(&outside, &left, &path).await.headers, "session"), None, "replayed");
    // From another issuer than the one asked (RFC 9207).
    let left = leave().await;
    let path = provider.walk(&left);
    let (start, _) = path.split_once("&iss=").unwrap();
    let mixed = back(&outside, &left, &format!("{start}&iss=https%3A%2F%2Fevil.example")).await;
    mixed.has("ne tient pas");
    // A form of another site begins nothing.
    let foreign = [("sec-fetch-site", "cross-site")];
    let refused = outside.post_raw_to(HERE, &address, &[], &foreign).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_asked_for_one_thing_alone_leaves_the_second_factor_to_us() {
    let Some(provider) = Provider::start() else { return };
    let app = set_up(&provider).await;
    assert_eq!(link_account(&app, &provider).await.location(), "/me/security");
    app.write(|tx| {
        let ada = tx.first(User::EMAIL.is(&"ada@maison.example".to_owned()))?.unwrap();
        identity::second_factor::begin(tx, ada.id)?;
        let mut factor = tx.first(identity::SecondFactor::USER.is(&ada.id))?.unwrap();
        factor.confirmed_at = Some(tx.now());
        tx.save(&factor)?;
        Ok(Json::Null)
    });
    let single = enter(&app, &provider).await;
    assert_eq!(single.location(), "/sign-in/code?back=%2Fgadgets");
    provider.person(&json!({ "sub": "ada", "email": "a@a.example", "amr": ["pwd", "otp", "mfa"] }));
    assert_eq!(enter(&app, &provider).await.location(), "/gadgets");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_accepted_by_an_account_and_a_weighty_act_asks_the_provider_again() {
    let Some(provider) = Provider::start() else { return };
    let app = set_up(&provider).await;
    let token = app.write(|tx| {
        let zoe = tx.insert(&User::named("Zoé", "zoe@maison.example", Role::Owner))?;
        let made = link::make(tx, zoe, LinkPurpose::Invitation, "http://localhost:7700")?;
        Ok(json!(link::draw(tx, made, [5; 32])?))
    });
    let token = token.as_str().unwrap().to_owned();
    let outside = app.bearing("");
    let page = outside.get_at(HERE, &format!("/sign-in/link/{token}")).await;
    page.has("Se connecter avec Maison Login");
    provider.person(&json!({ "sub": "zoe", "email": "zoe@maison.example" }));
    let address = format!("/sign-in/link/{token}/provider/{}", id(&app));
    let left = outside.post_raw_to(HERE, &address, &[], &[]).await;
    let path = provider.walk(&left);
    let done = back(&outside, &left, &path).await;
    let session = cookie(&done.headers, "session").unwrap_or_else(|| panic!("{}", done.main()));
    let zoe = app.bearing(&session);
    zoe.get("/").await.has("Zoé");
    assert_eq!(outside.get(&format!("/sign-in/link/{token}")).await.status, StatusCode::GONE);
    // Unlinking would shut the only door.
    let own = app.write(|tx| {
        let user = tx.first(User::EMAIL.is(&"zoe@maison.example".to_owned()))?.unwrap().id;
        Ok(json!(identity::provider::of_user(tx, user)?[0].id.to_string()))
    });
    let unlink = format!("/me/security/accounts/{}/unlink", own.as_str().unwrap());
    zoe.post(&unlink, &[]).await.has("votre seule façon d’entrer");

    app.write(|tx| {
        for mut session in tx.find::<identity::Session>(Filter::everything())? {
            session.proved_at.0 -= 3600 * Instant::SECOND;
            tx.save(&session)?;
        }
        Ok(Json::Null)
    });
    let form =
        [("name", "Max"), ("email", "max@lin.example"), ("role", "seller"), ("language", "fr")];
    let asked = zoe.post_to(HERE, "/settings/users", &form).await;
    asked.has("Continuer avec Maison Login");
    asked.has_not("name=\"proof\"");
    let mut aside = vec![("to", "/settings/users"), ("posted", "true")];
    let named: Vec<(String, &str)> =
        form.iter().map(|(name, value)| (format!("aside.{name}"), *value)).collect();
    aside.extend(named.iter().map(|(name, value)| (name.as_str(), *value)));
    let again = format!("/sign-in/again/provider/{}", id(&app));
    let left = zoe.post_to(HERE, &again, &aside).await;
    let path = provider.walk(&left);
    let shown = back(&zoe, &left, &path).await;
    shown.has("value=\"max@lin.example\"");
    let turned = cookie(&shown.headers, "session").unwrap();
    assert_eq!(zoe.get("/").await.status, StatusCode::SEE_OTHER, "asvs_7_2_4: the old one is dead");
    let zoe = app.bearing(&turned);
    let made = zoe.post_to(HERE, "/settings/users", &form).await;
    // It arrived: of two owners, the other approves whoever is added.
    assert!(made.location().starts_with("/approvals/"), "{} {}", made.status, made.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_way_in_shuts_the_others_to_those_who_have_it_and_never_to_all_owners() {
    let Some(provider) = Provider::start() else { return };
    let app = set_up(&provider).await;
    assert_eq!(link_account(&app, &provider).await.location(), "/me/security");
    let place = format!("/settings/sign-in/providers/{}", id(&app));
    let form = [
        ("name", "Maison Login"),
        ("issuer", provider.issuer.as_str()),
        ("client_id", "comptoir"),
        ("client_secret", ""),
        ("only", "true"),
        ("active", "true"),
    ];
    let refused = app.post_to(HERE, &place, &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("Gardez une personne de la direction");
    app.write(|tx| {
        let zoe = tx.insert(&User::named("Zoé", "zoe@maison.example", Role::Owner))?;
        identity::set_password(tx, zoe, PASSWORD, [3; 16])?;
        Ok(Json::Null)
    });
    assert_eq!(app.post_to(HERE, &place, &form).await.location(), "/settings/sign-in");
    let outside = app.bearing("");
    let by_password = |email: &'static str| {
        let outside = &outside;
        async move {
            outside.post_raw("/sign-in", &[("email", email), ("password", PASSWORD)], &[]).await
        }
    };
    let ada = by_password("ada@maison.example").await;
    assert_eq!(ada.status, StatusCode::UNPROCESSABLE_ENTITY, "not by the password");
    assert!(cookie(&by_password("zoe@maison.example").await.headers, "session").is_some());
    // And the secret is the one that was there.
    assert!(cookie(&enter(&app, &provider).await.headers, "session").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_1_3_6_a_provider_near_us_is_refused_unless_the_operator_named_it() {
    let app = App::open(Role::Owner).await;
    for (issuer, said) in [
        ("https://127.0.0.1:9", "--allow-outgoing"),
        ("https://2130706433", "--allow-outgoing"),
        ("https://[::ffff:169.254.169.254]", "--allow-outgoing"),
        ("http://login.example", "https"),
    ] {
        let form =
            [("name", "X"), ("issuer", issuer), ("client_id", "comptoir"), ("active", "true")];
        let refused = app.post_to(HERE, "/settings/sign-in/providers/new", &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{issuer}");
        refused.has(said);
    }
    let page = App::open(Role::Seller).await.get("/settings/sign-in/providers/new").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}
