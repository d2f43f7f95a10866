//! An empty installation behind a proxy: the console shows a code, and whoever has it founds the
//! company.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::ground::{Client, comptoir, doctor};

/// The binary, killed with its handle at the latest.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        // If it has ended already there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn answers(code: &str) -> String {
    format!(
        "code={code}&name=Maison+du+Lin&siren=732829320&country=FR&month=1&start=empty\
         &person=Ada+Martin&email=ada%40lin.example&password=une+tasse+de+lin+bleu"
    )
}

#[test]
fn behind_a_proxy_the_first_to_come_needs_the_code_that_the_console_shows() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = comptoir("serve", folder.path());
    command.args(["--listen", "127.0.0.1:0", "--behind-proxy"]).stdout(Stdio::piped());
    let mut serving = Serving(command.spawn().unwrap());
    let mut lines = BufReader::new(serving.0.stdout.take().unwrap()).lines();
    let base = lines.next().unwrap().unwrap();
    let told = lines.next().unwrap().unwrap();
    let code = told.rsplit(' ').next().unwrap();
    assert_eq!(code.len(), 9, "{told}");

    let client = Client::new(&base, "");
    assert!(client.get("/").text.contains("name=\"code\""), "the way leads to the questions");
    let form = "application/x-www-form-urlencoded";
    let who = ("sec-fetch-site", "same-origin");
    let wrong = client.send("/welcome", who, form, answers("AAAA-AAAA").as_bytes());
    assert_eq!(wrong.status, 422, "{wrong:?}");
    let right = client.send("/welcome", who, form, answers(code).as_bytes());
    assert_eq!(right.status, 200, "{right:?}");
    let after = client.get("/welcome");
    assert!(after.text.contains("action=\"/sign-in\""), "{after:?}");
    drop(serving);
    let (content, said) = doctor(folder.path());
    assert!(content, "{said}");
}

mod demonstration {
    //! The demonstration that the questions offer: whole, or not there at all.

    use std::sync::Arc;

    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode, header};
    use comptoir::dispatch::{self, Consumer};
    use comptoir::serve::Face;
    use comptoir::{demo, mail};
    use crm::sales::Order;
    use identity::User;
    use kernel::{Actor, CompanyNumber, Door, Fault, Filter};
    use store::{Location, Store};
    use tower::ServiceExt;
    use web::first_run::Fill;
    use web::live::Live;

    use crate::ground::OwnPostgres;

    struct Visit {
        store: Store,
        router: axum::Router,
        cookie: String,
        /// PostgreSQL is asked from outside of it.
        runtime: tokio::runtime::Runtime,
    }

    impl Visit {
        fn new(store: &Store, fill: Arc<Fill>) -> Self {
            let live = Live::new(store.clone());
            let face = Face { fill: Some(fill), code: Some("ABCD-EF23".into()), ..Face::default() };
            let router = comptoir::serve::router(store.clone(), live, face);
            let runtime = tokio::runtime::Runtime::new().unwrap();
            Self { store: store.clone(), router, cookie: String::new(), runtime }
        }

        fn send(&self, method: &str, path: &str, body: &str) -> (StatusCode, String, String) {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("host", "127.0.0.1:8080")
                .header("sec-fetch-site", "same-origin")
                .header("accept-language", "en")
                .header(header::COOKIE, &self.cookie)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(body.to_owned()))
                .unwrap();
            let answer = self.runtime.block_on(self.router.clone().oneshot(request)).unwrap();
            let (parts, body) = answer.into_parts();
            let told = |name| {
                let value = parts.headers.get(name).map(|value| value.to_str().unwrap());
                value.unwrap_or_default().to_owned()
            };
            let text = self.runtime.block_on(to_bytes(body, 2_000_000)).unwrap();
            let place = told(header::LOCATION);
            let first = told(header::SET_COOKIE);
            let text = format!("{first}\n{}", String::from_utf8_lossy(&text));
            (parts.status, place, text)
        }

        /// Asks for the demonstration; where its progress is.
        fn ask(&self) -> String {
            let body = "code=ABCD-EF23&start=demo&person=Ada+Martin&email=ada%40lin.example\
                        &password=une+tasse+de+lin+bleu";
            let (status, place, text) = self.send("POST", "/welcome", body);
            assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
            assert!(place.starts_with("/welcome/filling/"), "{place}");
            place
        }

        /// Looks until it is no longer filling: the answer that is no progress.
        fn wait(&self, place: &str) -> (StatusCode, String, String) {
            loop {
                let answer = self.send("GET", place, "");
                let filling = answer.0 == StatusCode::OK && answer.2.contains("<progress");
                if !filling {
                    return answer;
                }
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
        }
    }

    fn read<T>(
        store: &Store,
        company: CompanyNumber,
        work: impl FnOnce(&mut kernel::Tx<'_>) -> Result<T, kernel::Faults>,
    ) -> T {
        store.read(&Actor::house(company, Door::Console), work).unwrap()
    }

    /// A history that breaks off after so many days.
    fn cut_off(after: usize) -> Arc<Fill> {
        Arc::new(move |store, owner, progress| {
            let unwinding = std::panic::AssertUnwindSafe(|| {
                demo::write_for(store, owner, 1, |done, all| {
                    progress(done, all);
                    assert!(done < after, "the power is cut");
                })
            });
            std::panic::catch_unwind(unwinding)
                .unwrap_or_else(|_| Err(Fault::new("store.unavailable").into()))
        })
    }

    fn tell(store: Store) {
        let mut visit = Visit::new(&store, cut_off(5));
        let place = visit.ask();
        let (status, _, text) = visit.wait(&place);
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "the questions come back: {text}");
        assert!(text.contains("value=\"Ada Martin\""), "{text}");
        assert_eq!(store.companies().unwrap(), [], "what was cut off is seen by nobody");

        visit.router = Visit::new(&store, demo::filler(1)).router;
        let place = visit.ask();
        let (_, elsewhere, _) = visit.send("GET", "/welcome", "");
        assert_eq!(elsewhere, "/welcome/filling", "nobody else founds a company meanwhile");
        let (status, home, set) = visit.wait(&place);
        assert_eq!((status, home.as_str()), (StatusCode::SEE_OTHER, "/"), "{set}");
        assert_ne!(visit.send("GET", &place, "").1, "/", "the way in opens once");
        visit.cookie = set.split(';').next().unwrap().to_owned();
        let (status, _, page) = visit.send("GET", "/", "");
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains(": nothing is sent.") && page.contains("Ada"), "{page}");

        let [company] = visit.store.companies().unwrap()[..] else { panic!("one company") };
        let users = read(&store, company, |tx| Ok(tx.find::<User>(Filter::everything())?));
        assert!(users.len() > 4);
        for user in &users {
            let own = user.email == "ada@lin.example";
            assert_eq!(!user.password_hash.is_empty(), own, "{}", user.email);
        }
        let orders = read(&store, company, |tx| Ok(tx.find::<Order>(Filter::everything())?));
        assert!(orders.len() > 20, "{}", orders.len());
        nothing_is_sent(&store, company);
    }

    /// Nothing of the past is left to send, and nothing new leaves: nobody listens at the port.
    fn nothing_is_sent(store: &Store, company: CompanyNumber) {
        let postman = mail::Postman::of_url("smtp://127.0.0.1:9").unwrap();
        let letters = mail::Letters::new(store.clone(), Some(postman));
        let due = store.due(company, letters.name(), store::now(), 10).unwrap();
        assert!(due.is_empty(), "{due:?}");
        let told = store.changes(company, 0, 5_000).unwrap();
        let asking = told.into_iter().find(|told| letters.wants(&told.name)).unwrap();
        let due = store::Due { told: asking, attempts: 0 };
        assert_eq!(letters.handle(company, &due), Ok(()));
        assert!(dispatch::is_shown_only(store, company).unwrap());
    }

    #[test]
    fn the_questions_offer_a_demonstration_that_is_whole_or_not_there() {
        tell(Store::open(comptoir::catalog(), &Location::Temporary).unwrap());
    }

    #[test]
    fn so_they_do_on_postgres() {
        let Some(own) = OwnPostgres::new("first_run_demo") else { return };
        let store = Store::open(comptoir::catalog(), &Location::Postgres(own.url.clone())).unwrap();
        store.migrate(comptoir::MIGRATIONS).unwrap();
        tell(store);
        own.drop_it();
    }
}
