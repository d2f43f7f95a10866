//! News of a record, heard by a real client over loopback.

use std::time::Duration;

use axum::http::StatusCode;
use identity::{Role, User, set_password};
use kernel::{Id, Origin, RawId};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use web::live::Live;
use web::together::{Notification, Why};

use crate::app::{App, Gadget, PASSWORD, gadget};

/// The longest that anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Serves the pages, so that a client may hold a connection.
async fn serve(app: &App) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = app.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// An open stream of news, and what it has said so far.
struct Ear {
    stream: TcpStream,
    heard: String,
}

impl Ear {
    async fn open(address: &str, session: &str, path: &str) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: comptoir.test\r\ncookie: {session}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        Self { stream, heard: String::new() }
    }
    /// Listens until it has heard `words`; tells whether it did before the stream ended.
    async fn hears(&mut self, words: &str) -> bool {
        let listening = async {
            let mut bytes = [0; 4096];
            while !self.heard.contains(words) {
                match self.stream.read(&mut bytes).await.unwrap() {
                    0 => return false,
                    read => self.heard.push_str(&String::from_utf8_lossy(&bytes[..read])),
                }
            }
            true
        };
        tokio::time::timeout(PATIENCE, listening).await.expect("news in time")
    }
}

fn rename(app: &App, id: &str, name: &'static str) {
    let id: Id<Gadget> = Id::from_raw(RawId::parse(id).unwrap());
    app.write(move |tx| {
        let mut gadget = tx.lock(id)?;
        gadget.name = name.into();
        tx.save(&gadget)?;
        Ok(Json::Null)
    });
}

async fn colleague(app: &App) -> String {
    app.write(|tx| {
        let id = tx.insert(&User::named("Zoé Petit", "zoe@maison.example", Role::Owner))?;
        set_password(tx, id, PASSWORD, [9; 16])?;
        Ok(json!(id.to_string()))
    });
    let pairs = [("email", "zoe@maison.example"), ("password", PASSWORD)];
    let page = app.post_raw("/sign-in", &pairs, &[]).await;
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_hears_that_its_record_moved_which_version_it_has_and_by_whom() {
    let app = App::open(Role::Owner).await;
    let id = app.gadget(gadget("Nappe"));
    let other = app.gadget(gadget("Autre"));
    let page = app.get(&format!("/gadgets/{id}")).await;
    let news = format!("/live?about=gadget:{id}");
    page.has(&format!("data-live=\"{news}\""));
    let address = serve(&app).await;
    let mut ear = Ear::open(&address, app.session.as_deref().unwrap(), &news).await;
    assert!(ear.hears("text/event-stream").await);
    assert!(ear.hears("\"version\":1").await, "what was written just before is told");
    rename(&app, &other, "Une autre");
    rename(&app, &id, "Nappe ronde");
    assert!(ear.hears("\"version\":2").await);
    assert!(ear.heard.contains("event: moved") && ear.heard.contains("\"by\":\"Comptoir\""));
    assert!(!ear.heard.contains(&other), "the other record is not its business");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_look_at_a_record_see_each_other_and_not_themselves() {
    let app = App::open(Role::Owner).await;
    let id = app.gadget(gadget("Nappe"));
    let zoe = colleague(&app).await;
    let address = serve(&app).await;
    let news = format!("/live?about=gadget:{id}");
    let mut ada = Ear::open(&address, app.session.as_deref().unwrap(), &news).await;
    assert!(ada.hears("event: present").await);
    assert!(!ada.heard.contains("Ada Martin"), "one does not see oneself");
    let mut hers = Ear::open(&address, &zoe, &news).await;
    assert!(hers.hears("Ada Martin").await);
    assert!(ada.hears("Zoé Petit").await);
    app.get(&format!("/gadgets/{id}")).await.has("Zoé Petit regarde aussi cette fiche");
    let before = ada.heard.len();
    drop(hers);
    assert!(
        ada.hears("event: present\ndata: <ul class=\"present\" id=\"present\" aria-label=").await
    );
    while !ada.heard[before..].contains("event: present") {
        let so_far = ada.heard.len();
        let mut bytes = [0; 1024];
        let read = tokio::time::timeout(PATIENCE, ada.stream.read(&mut bytes)).await;
        let read = read.expect("news in time").unwrap();
        ada.heard.push_str(&String::from_utf8_lossy(&bytes[..read]));
        assert!(ada.heard.len() > so_far, "the stream ended");
    }
    assert!(!ada.heard[before..].contains("Zoé Petit"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bell_rings_for_the_one_who_is_told_and_for_no_one_else() {
    let app = App::open(Role::Owner).await;
    let zoe = colleague(&app).await;
    let id = app.gadget(gadget("Nappe"));
    app.get("/gadgets").await.has("data-live=\"/live\"");
    let address = serve(&app).await;
    let mut hers = Ear::open(&address, &zoe, "/live").await;
    let own = format!("/live?about=gadget:{id}");
    let mut mine = Ear::open(&address, app.session.as_deref().unwrap(), &own).await;
    assert!(hers.hears("text/event-stream").await && mine.hears("\"version\":1").await);
    let about = Id::<Gadget>::from_raw(RawId::parse(&id).unwrap());
    app.write(move |tx| {
        let zoe = tx.first(User::EMAIL.is(&"zoe@maison.example".to_owned()))?.unwrap();
        tx.insert(&Notification {
            about: Origin::of(about),
            why: Why::Changed,
            who: "Ada Martin".into(),
            what: String::new(),
            times: 1,
            at: tx.now(),
            read_at: None,
            line: 0,
            owner: zoe.id,
        })?;
        Ok(Json::Null)
    });
    rename(&app, &id, "Nappe ronde");
    assert!(hers.hears("event: bell\ndata: 1").await);
    assert!(mine.hears("\"version\":2").await, "what came later is heard");
    assert!(!mine.heard.contains("event: bell\ndata: 1"), "{}", mine.heard);
}

#[tokio::test]
async fn no_one_hears_of_what_they_may_not_read() {
    let app = App::open(Role::Seller).await;
    let id = app.gadget(gadget("Nappe"));
    for about in [format!("gadget:{id}"), "gadget".into(), "user".into()] {
        let page = app.get(&format!("/live?about={about}")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{about}");
    }
    let mixed = app.get(&format!("/live?about=party,gadget:{id}")).await;
    assert_ne!(mixed.status, StatusCode::OK, "one that is refused refuses all");
    for about in ["", "nothing", "gadget:x"] {
        let page = app.get(&format!("/live?about={about}")).await;
        assert_ne!(page.status, StatusCode::OK, "{about}");
    }
    let outside = App::outside(Role::Owner);
    assert_eq!(outside.get("/live?about=gadget").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_is_read_only_while_someone_listens_and_a_closed_house_lets_all_go() {
    let app = App::open(Role::Owner).await;
    let live = Live::new(app.store.clone());
    assert!(!live.reads());
    let seat = |name: &str| web::live::Listener {
        company: app.company,
        about: Vec::new(),
        user: None,
        name: name.into(),
        language: kernel::Language::French,
        since: 0,
        session: String::new(),
    };
    let first = live.sit(seat("Ada")).unwrap();
    let mut second = live.sit(seat("Zoé")).unwrap();
    assert!(live.reads() && live.listeners() == 2);
    drop(first);
    assert_eq!(live.listeners(), 1);
    live.close();
    assert!(second.next().await.is_none());
    assert!(live.sit(seat("Eve")).is_none());
    drop(second);
    let stopped = async {
        while live.reads() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, stopped).await.expect("the reader rests");
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_7_4_2_who_is_shut_out_hears_nothing_more_within_five_seconds() {
    let app = App::open(Role::Owner).await;
    let zoe = colleague(&app).await;
    let address = serve(&app).await;
    let mut ear = Ear::open(&address, &zoe, "/live").await;
    assert!(ear.hears("event: bell").await);
    let mut hers = Ear::open(&address, app.session.as_deref().unwrap(), "/live").await;
    assert!(hers.hears("event: bell").await);
    // The reader of the audit has begun: it looks each second.
    let asked = std::time::Instant::now();
    app.write(|tx| {
        let zoe = tx.first(User::EMAIL.is(&"zoe@maison.example".to_owned()))?.unwrap();
        let mut zoe = tx.lock(zoe.id)?;
        zoe.active = false;
        tx.save(&zoe)?;
        Ok(Json::Null)
    });
    assert_eq!(app.bearing(&zoe).get("/").await.status, StatusCode::SEE_OTHER, "at once");
    // The last chunk of the answer (RFC 9112, section 7.1).
    assert!(ear.hears("\r\n0\r\n\r\n").await, "the stream ends");
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    rename(&app, &app.gadget(gadget("Nappe")), "Nappe ronde");
    assert_eq!(app.get("/").await.status, StatusCode::OK, "the others stay");
}
