use axum::http::StatusCode;
use identity::Role;
use kernel::{Day, Money};
use serde_json::json;

use crate::app::{App, Gadget, GadgetState, Workshop, gadget};

#[tokio::test]
async fn an_entity_known_to_the_catalogue_has_a_list() {
    let app = App::open(Role::Owner).await;
    let page = app.get("/gadgets").await;
    assert_eq!(page.status, StatusCode::OK);
    page.has("Rien ici pour l’instant.");
    page.has("href=\"/gadgets/new\"");
    let id = app.gadget(Gadget {
        code: Some("OB-1".into()),
        price: Some(Money::eur(123_456)),
        made_on: Day::of(2026, 11, 24).ok(),
        fragile: true,
        ..gadget("Nappe <b>")
    });
    let page = app.get("/gadgets").await;
    page.has(&format!("href=\"/gadgets/{id}\""));
    page.has("Nappe &lt;b&gt;");
    page.has_not("Nappe <b>");
    page.has("1\u{202f}234,56\u{a0}€");
    page.has("24 nov. 2026");
    page.has("Brouillon");
    page.has("href=\"/gadgets/export.csv\"");
    // It is in the rail, though no one placed it there.
    app.get("/").await.has("href=\"/gadgets\"");
    let app = App { language: "en", ..app };
    app.get("/gadgets").await.has("€1,234.56");
}

#[tokio::test]
async fn a_list_is_searched_filtered_and_sorted_by_its_address() {
    let app = App::open(Role::Owner).await;
    let workshop = app.write(|tx| {
        let id = tx.insert(&Workshop { name: "Roubaix".into() })?;
        for (name, day) in [("Torchon", 1), ("Nappe", 2)] {
            let made_on = Day::of(2026, 11, day).ok();
            tx.insert(&Gadget { workshop: Some(id), made_on, ..gadget(name) })?;
        }
        let done = Gadget { state: GadgetState::Done, fragile: true, ..gadget("Chemin de table") };
        tx.insert(&done)?;
        Ok(json!(id.to_string()))
    });
    let workshop = workshop.as_str().unwrap();
    let shows = async |query: &str| {
        let page = app.get(&format!("/gadgets?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query} {}", page.main());
        let names = ["Torchon", "Nappe", "Chemin de table"];
        let mut found: Vec<(usize, &str)> = names
            .into_iter()
            .filter_map(|name| page.text.find(&format!(">{name}</a>")).map(|at| (at, name)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    };
    assert_eq!(shows("").await, ["Chemin de table", "Nappe", "Torchon"]);
    assert_eq!(shows("q=NÁPPE").await, ["Nappe"]);
    assert_eq!(shows("state=done").await, ["Chemin de table"]);
    assert_eq!(shows("fragile=false&q=").await, ["Nappe", "Torchon"]);
    assert_eq!(shows(&format!("workshop={workshop}")).await, ["Nappe", "Torchon"]);
    assert_eq!(shows("workshop.text=roubaix&workshop=").await, ["Nappe", "Torchon"]);
    assert_eq!(shows("made_on.empty=true").await, ["Chemin de table"]);
    assert_eq!(shows("made_on.gte=2026-11-02").await, ["Nappe"]);
    assert_eq!(shows("sort=made_on&made_on.gte=2026-11-01").await, ["Torchon", "Nappe"]);
    app.get(&format!("/gadgets?workshop={workshop}")).await.has("Roubaix");
}

#[tokio::test]
async fn a_list_refuses_what_it_cannot_do() {
    let app = App::open(Role::Seller).await;
    let app = app.enter("ada@maison.example").await;
    let page = app.get("/gadgets?colour=red").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let app = App::open(Role::Owner).await;
    for query in ["colour=red", "sort=name", "after=zz", "made_on.gte=hier", "workshop=12"] {
        let page = app.get(&format!("/gadgets?{query}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
    app.get("/gadgets?state=done").await.has("Rien ne correspond");
}

#[tokio::test]
async fn a_long_list_goes_on_by_key_without_gap_or_double() {
    let app = App::open(Role::Owner).await;
    app.write(|tx| {
        for number in 0..120 {
            tx.insert(&gadget(&format!("n{number:03}")))?;
        }
        Ok(json!(null))
    });
    let (mut path, mut seen) = ("/gadgets".to_owned(), Vec::new());
    loop {
        let page = app.get(&path).await;
        let names = page.main().split(">n").skip(1).filter_map(|part| part.get(..3));
        let numbers = names.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
        seen.extend(numbers.map(ToOwned::to_owned));
        let Some(at) = page.text.find("rel=\"next\"") else { break };
        let before = &page.text[..at];
        let from = before.rfind("href=\"").unwrap() + 6;
        let link = &before[from..];
        path = link[..link.find('"').unwrap()].replace("&amp;", "&");
        page.has("Les 50 suivantes");
    }
    let wanted: Vec<String> = (0..120).rev().map(|number| format!("{number:03}")).collect();
    assert_eq!(seen, wanted);
    assert!(path.contains("first=101"), "{path}");
}

#[tokio::test]
async fn references_are_offered_as_one_types() {
    let app = App::open(Role::Owner).await;
    app.write(|tx| {
        tx.insert(&Workshop { name: "Roubaix".into() })?;
        tx.insert(&Workshop { name: "Tourcoing".into() })?;
        Ok(json!(null))
    });
    let page = app.get("/pick/workshop?q=roub").await;
    page.has("data-label=\"Roubaix\"");
    page.has_not("Tourcoing");
    page.has_not("<html");
}

#[tokio::test]
async fn the_palette_finds_records_pages_and_acts_in_both_languages() {
    let app = App::open(Role::Owner).await;
    let id = app.gadget(gadget("Serviette brodée"));
    let page = app.get("/palette?q=brodee").await;
    page.has(&format!("href=\"/gadgets/{id}\""));
    for word in ["objet", "gadget"] {
        let page = app.get(&format!("/palette?q={word}")).await;
        page.has("href=\"/gadgets\"");
        page.has("href=\"/gadgets/new\"");
    }
    let page = app.get(&format!("/palette?q=finish&on=/gadgets/{id}")).await;
    page.has(&format!("href=\"/gadgets/{id}/do/finish\""));
    let page = app.get("/palette?q=%3Eobjet").await;
    page.has("href=\"/gadgets/new\"");
    page.has_not("href=\"/gadgets\"");
    app.get("/search?q=brodee").await.has("<html");
    // A seller sees neither.
    let app = App::open(Role::Seller).await;
    app.gadget(gadget("Serviette brodée"));
    app.get("/palette?q=brodee").await.has_not("gadgets");
    app.get("/palette?q=objet").await.has_not("gadgets");
}
