//! What people write on the pages of records, what they follow, what they are told, their day.

use axum::http::StatusCode;
use identity::{Role, User, set_password};
use kernel::{Entity, Id, RawId};
use master::Product;
use serde_json::json;
use web::together::tell;

use crate::app::{App, PASSWORD, gadget};
use crate::trade::Trade;

/// Someone else of the company, signed in.
async fn colleague(app: &App, name: &'static str, email: &'static str, role: Role) -> App {
    app.write(move |tx| {
        let id = tx.insert(&User::named(name, email, role))?;
        set_password(tx, id, PASSWORD, [9; 16])?;
        Ok(json!(null))
    });
    let app = App {
        store: app.store.clone(),
        company: app.company,
        router: app.router.clone(),
        session: None,
        language: "en",
    };
    app.enter(email).await
}

/// Tells what moved, as the server does by itself.
fn told(app: &App) {
    while tell::tell(&app.store, app.company).unwrap() {}
}

#[tokio::test]
async fn a_note_is_written_on_the_page_drawn_of_any_record() {
    let trade = Trade::open(Role::Owner).await;
    let path = format!("/{}/{}", Product::DEF.plural, trade.lamp);
    let page = trade.app.get(&path).await;
    page.has("action=\"/say\"");
    let about = format!("product/{}", trade.lamp);
    page.has(&format!("name=\"about\" value=\"{about}\""));
    page.has("a créé la fiche");
    let pairs = [
        ("about", about.as_str()),
        ("back", path.as_str()),
        ("kind", "note"),
        ("text", "Vu au salon\nÀ revoir en mai"),
    ];
    let made = trade.app.post("/say", &pairs).await;
    assert_eq!((made.status, made.location()), (StatusCode::SEE_OTHER, path.as_str()));
    let page = trade.app.get(&path).await;
    page.has("Vu au salon");
    page.has("À revoir en mai");
    // Each part of the story has an address of its own.
    let notes = trade.app.get(&format!("{path}?story=notes")).await;
    notes.has("Vu au salon");
    notes.has_not("a créé la fiche");
    let edits = trade.app.get(&format!("{path}?story=edits")).await;
    edits.has("a créé la fiche");
    edits.has_not("Vu au salon");
}

#[tokio::test]
async fn a_task_on_an_order_is_given_finished_and_taken_back() {
    let trade = Trade::open(Role::Owner).await;
    let zoe = colleague(&trade.app, "Zoé Petit", "zoe@maison.example", Role::Seller).await;
    told(&trade.app);
    let path = format!("/orders/{}", trade.order);
    let page = trade.app.get(&path).await;
    let from = page.text.find(">Zoé Petit</option>").expect("an option");
    let id = page.text[..from].rsplit("value=\"").next().unwrap().split('"').next().unwrap();
    let about = format!("order/{}", trade.order);
    let pairs = [
        ("about", about.as_str()),
        ("back", path.as_str()),
        ("kind", "task"),
        ("text", "Rappeler avant lundi"),
        ("due_on", "2026-01-05"),
        ("assignee", id),
    ];
    assert_eq!(trade.app.post("/say", &pairs).await.status, StatusCode::SEE_OTHER);
    trade.app.get(&path).await.has("pour Zoé Petit");
    // The customer's page tells it too.
    trade.app.get(&format!("/parties/{}", trade.customer)).await.has("Rappeler avant lundi");
    told(&trade.app);
    let inbox = zoe.get("/notifications").await;
    inbox.has("Ada Martin gives you a task: Rappeler avant lundi");
    inbox.has("<b>1</b>");
    let day = zoe.get("/today").await;
    day.has("Rappeler avant lundi");
    day.has("Late");
    let finish = day.text.find("/do/finish").expect("a button");
    let action = day.text[..finish].rsplit("action=\"").next().unwrap().to_owned();
    let done = zoe.post(&format!("{action}/do/finish"), &[("back", "/today")]).await;
    assert_eq!(done.location(), "/today");
    zoe.get("/today").await.has_not("Late</h2>");
    zoe.get(&path).await.has(&format!("action=\"{action}/do/reopen\""));
    let again = zoe.post(&format!("{action}/do/reopen"), &[("back", "/today")]).await;
    assert_eq!(again.location(), "/today");
    zoe.get("/today").await.has("Rappeler avant lundi");
}

#[tokio::test]
async fn what_one_follows_rings_the_bell_until_it_is_read() {
    let trade = Trade::open(Role::Owner).await;
    let zoe = colleague(&trade.app, "Zoé Petit", "zoe@maison.example", Role::Seller).await;
    told(&trade.app);
    let path = format!("/parties/{}", trade.customer);
    let about = format!("party/{}", trade.customer);
    let follow = [("about", about.as_str()), ("act", "follow"), ("back", path.as_str())];
    assert_eq!(zoe.post("/follow", &follow).await.location(), path);
    zoe.get(&path).await.has("Unfollow");
    let customer = trade.customer;
    for city in ["Lens", "Liévin"] {
        trade.app.write(move |tx| {
            let mut party = tx.lock(customer)?;
            party.city = Some(city.into());
            tx.save(&party)?;
            Ok(json!(null))
        });
    }
    told(&trade.app);
    let inbox = zoe.get("/notifications").await;
    inbox.has("2 changes by Comptoir");
    let open = inbox.text.split("/notifications/").find(|part| part.contains("/open\""));
    let id = open.unwrap().split('/').next().unwrap().to_owned();
    // Another's notification is nobody else's.
    let stolen = trade.app.post(&format!("/notifications/{id}/open"), &[]).await;
    assert_eq!(stolen.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unknown = trade.app.get(&format!("/notifications/{id}")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let led = zoe.post(&format!("/notifications/{id}/open"), &[]).await;
    assert_eq!(led.location(), path);
    zoe.get("/notifications").await.has("<b></b>");
}

#[tokio::test]
async fn what_cannot_be_written_comes_back_with_the_reason() {
    let trade = Trade::open(Role::Owner).await;
    let about = format!("order/{}", trade.order);
    let wrong =
        [("about", about.as_str()), ("kind", "task"), ("text", "Gardé"), ("due_on", "demain")];
    let page = trade.app.post("/say", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has(">Gardé</textarea>");
    let lost = format!("order/{}", Id::<User>::from_raw(RawId([1; 16])));
    let nowhere = [("about", lost.as_str()), ("kind", "note"), ("text", "Perdu")];
    assert_eq!(trade.app.post("/say", &nowhere).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let day = trade.app.get("/today").await;
    day.has("href=\"/today\"");
    day.has("Rien ne vous attend aujourd’hui.");
}

#[tokio::test]
async fn without_a_timeline_a_record_still_tells_its_changes() {
    let app = App::open(Role::Owner).await;
    let id = app.gadget(gadget("Nappe"));
    let page = app.get(&format!("/gadgets/{id}")).await;
    page.has("a créé la fiche");
    page.has_not("action=\"/say\"");
    app.get("/today").await.has("Rien ne vous attend aujourd’hui.");
}
