//! The first opening of an empty installation.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use identity::User;
use kernel::{Actor, Door, Filter};
use master::Company;
use store::{Location, Store};
use tower::ServiceExt;
use web::WebState;

use crate::app::Page;
use crate::import::catalog;

const NEAR: &str = "127.0.0.1:50000";
const FAR: &str = "192.0.2.7:50000";

struct Fresh {
    store: Store,
    router: Router,
    from: &'static str,
    host: &'static str,
    language: &'static str,
}

const ANSWERS: [(&str, &str); 8] = [
    ("name", "Maison du Lin"),
    ("siren", "732 829 320"),
    ("country", "FR"),
    ("month", "7"),
    ("start", "empty"),
    ("person", "Ada Martin"),
    ("email", "Ada@Lin.example"),
    ("password", "une tasse de lin bleu"),
];

fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = ANSWERS.iter().filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
    kept.copied().chain(changes.iter().copied()).collect()
}

impl Fresh {
    fn open(code: Option<&str>) -> Self {
        let store = Store::open(catalog(), &Location::Temporary).unwrap();
        let state = WebState {
            first_run_code: code.map(Into::into),
            ..WebState::new(store.clone(), catalog(), false)
        };
        let router = web::router(state);
        Self { store, router, from: NEAR, host: "127.0.0.1:8080", language: "fr" }
    }

    async fn send(&self, method: &str, path: &str, cookie: &str, body: String) -> Page {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.host)
            .header("sec-fetch-site", "same-origin")
            .header("accept-language", self.language)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        let from: SocketAddr = self.from.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(from));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1_000_000).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Page { status: parts.status, headers: parts.headers, text }
    }

    async fn get(&self, path: &str) -> Page {
        self.send("GET", path, "", String::new()).await
    }

    async fn answer(&self, answers: &[(&str, &str)]) -> Page {
        let encoded = |(name, value): &(&str, &str)| {
            format!("{}={}", web::address::encoded(name), web::address::encoded(value))
        };
        let body = answers.iter().map(encoded).collect::<Vec<_>>().join("&");
        self.send("POST", "/welcome", "", body).await
    }

    fn cookie(page: &Page) -> String {
        let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// The companies described and the people, in all books.
    fn people(&self) -> (Vec<Company>, Vec<String>) {
        let (mut companies, mut people) = (Vec::new(), Vec::new());
        for number in self.store.companies().unwrap() {
            let actor = Actor::house(number, Door::Console);
            let read = self.store.read(&actor, |tx| {
                let users = tx.find::<User>(Filter::everything())?;
                Ok((tx.find::<Company>(Filter::everything())?, users))
            });
            let (own, users) = read.unwrap();
            companies.extend(own.into_iter().map(kernel::Kept::into_inner));
            people.extend(users.iter().map(|user| user.email.clone()));
        }
        (companies, people)
    }
}

#[tokio::test]
async fn an_empty_installation_asks_four_questions_and_lets_its_owner_in() {
    for (language, asks, next) in [
        ("fr", "Premier jour de l’exercice", "Un premier devis"),
        ("en", "First day of the fiscal year", "A first quote"),
    ] {
        let fresh = Fresh { language, ..Fresh::open(None) };
        let signed_out = fresh.get("/").await;
        assert_eq!(signed_out.location(), "/sign-in");
        assert_eq!(fresh.get("/sign-in").await.location(), "/welcome");
        let page = fresh.get("/welcome").await;
        assert_eq!(page.status, StatusCode::OK);
        page.has(asks);
        let done = fresh.answer(&ANSWERS).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/"), "{}", done.main());
        let cookie = Fresh::cookie(&done);
        let home = fresh.send("GET", "/", &cookie, String::new()).await;
        assert_eq!(home.status, StatusCode::OK, "{}", home.main());
        home.has(next);
        home.has("href=\"/import\"");
        let (companies, people) = fresh.people();
        assert_eq!(people, ["ada@lin.example"]);
        let [company] = companies.as_slice() else { panic!("{companies:?}") };
        assert_eq!(company.siren.as_deref(), Some("732829320"));
        assert_eq!(company.vat_number.as_deref(), Some("FR44732829320"));
        assert_eq!(company.fiscal_year_month, Some(7));
        // The question is asked once.
        assert_eq!(fresh.get("/welcome").await.location(), "/sign-in");
        assert_eq!(fresh.get("/sign-in").await.status, StatusCode::OK);
        let late = fresh.answer(&with(&[("email", "eve@elsewhere.example")])).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.main());
        assert_eq!(fresh.people().1.len(), 1);
        // A hurried hand that sent it twice is in all the same.
        let twice = fresh.answer(&ANSWERS).await;
        assert_eq!(twice.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn each_wrong_answer_stands_beside_its_question_and_nothing_is_founded() {
    for (language, said) in
        [("fr", "Le mot de passe est trop court"), ("en", "The password is too short")]
    {
        let fresh = Fresh { language, ..Fresh::open(None) };
        let wrong = with(&[
            ("siren", "732 829 321"),
            ("month", "13"),
            ("person", ""),
            ("email", "ada"),
            ("password", "court"),
        ]);
        let page = fresh.answer(&wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["siren", "month", "person", "email", "password"] {
            page.has(&format!("id=\"f-{field}-error\""));
        }
        page.has(said);
        page.has("value=\"Maison du Lin\"");
        page.has_not("court\"");
        let nameless = fresh.answer(&with(&[("name", ""), ("siren", "")])).await;
        nameless.has("id=\"f-name-error\"");
        assert_eq!(fresh.store.companies().unwrap(), []);
    }
}

#[tokio::test]
async fn of_two_who_answer_at_once_one_is_the_owner() {
    let fresh = Fresh::open(None);
    let (one, other) = (
        with(&[("email", "one@lin.example"), ("person", "Un")]),
        with(&[("email", "two@lin.example"), ("person", "Deux"), ("name", "Autre maison")]),
    );
    let (one, other) = tokio::join!(fresh.answer(&one), fresh.answer(&other));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409], "{} {}", one.main(), other.main());
    let (companies, people) = fresh.people();
    assert_eq!((companies.len(), people.len()), (1, 1), "{people:?}");
}

#[tokio::test]
async fn two_servers_over_one_database_found_one_company() {
    // Each has its own turn: only the database stands between them.
    let fresh = Fresh::open(None);
    let state = WebState::new(fresh.store.clone(), catalog(), false);
    let second =
        Fresh { store: fresh.store.clone(), router: web::router(state), ..Fresh::open(None) };
    let (one, other) = (
        with(&[("email", "one@lin.example")]),
        with(&[("email", "two@lin.example"), ("name", "Autre maison")]),
    );
    let (one, other) = tokio::join!(fresh.answer(&one), second.answer(&other));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409], "{} {}", one.main(), other.main());
    let (companies, people) = fresh.people();
    assert_eq!((companies.len(), people.len()), (1, 1), "{people:?}");
}

#[tokio::test]
async fn from_elsewhere_one_needs_the_code_of_the_console() {
    let far = Fresh { from: FAR, ..Fresh::open(None) };
    for page in [far.get("/welcome").await, far.answer(&ANSWERS).await] {
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.main());
    }
    // A name that leads to this machine may stand between it and a page of elsewhere.
    let named = Fresh { host: "evil.example", ..Fresh::open(None) };
    assert_eq!(named.answer(&ANSWERS).await.status, StatusCode::FORBIDDEN);
    let coded = Fresh { from: FAR, host: "erp.lin.example", ..Fresh::open(Some("ABCD-EF23")) };
    coded.get("/welcome").await.has("name=\"code\"");
    let wrong = coded.answer(&with(&[("code", "ABCD-EF24")])).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.has("id=\"f-code-error\"");
    assert_eq!(coded.people().1.len(), 0);
    let right = coded.answer(&with(&[("code", "abcd ef23"), ("start", "import")])).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.main());
    assert_eq!(right.location(), "/import");
}

#[tokio::test]
async fn a_code_is_not_guessed() {
    let coded = Fresh { from: FAR, ..Fresh::open(Some("ABCD-EF23")) };
    for _ in 0..10 {
        let wrong = coded.answer(&with(&[("code", "AAAA-AAAA")])).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let right = coded.answer(&with(&[("code", "ABCD-EF23")])).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(coded.people().1.len(), 0);
}

#[test]
fn the_console_has_a_code_until_someone_is_there() {
    let store = Store::open(catalog(), &Location::Temporary).unwrap();
    let code = web::first_run::code(&store).unwrap().unwrap();
    assert_eq!((code.len(), code.as_bytes()[4]), (9, b'-'));
    assert_ne!(web::first_run::code(&store).unwrap().unwrap(), code);
    let app = crate::app::App::outside_of(catalog(), identity::Role::Owner);
    assert_eq!(web::first_run::code(&app.store).unwrap(), None);
}
