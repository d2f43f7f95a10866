//! The audit on screen: who did what, who saw it, and the proof.

use axum::http::StatusCode;
use identity::Role;
use serde_json::json;
use store::audit::Access;
use store::tree::note::SigningKey;

use crate::app::App;
use crate::import::catalog;

async fn open(role: Role) -> App {
    App::outside_of(catalog(), role).enter("ada@maison.example").await
}

fn party(app: &App) -> String {
    let made = app.write(|tx| Ok(json!(tx.insert(&master::Party::named("Aulnes"))?.to_string())));
    made.as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn the_owner_reads_who_did_what_and_verifies_it() {
    let app = open(Role::Owner).await;
    let key = SigningKey::new([1; 8], [2; 32]).expect("a key");
    app.store.seal_with(key);
    let id = party(&app);
    let raw = kernel::RawId::parse(&id).expect("an id");
    let house = kernel::Actor::house(app.company, kernel::Door::Web);
    let seen = Access::new("opened", "party").record(raw);
    app.store.note_each(&house, seen).expect("noted");

    let page = app.get("/audit").await;
    page.has("Journal d’audit");
    page.has(&format!("href=\"/parties/{id}\""));
    page.has("a créé");
    page.has("a consulté");
    // Signing in was noted before the first page came.
    page.has("est entré");
    app.get("/audit?verb=opened").await.has_not("a créé</");
    app.get("/audit?entity=order").await.has("Aucune ligne du journal ici.");
    app.get(&format!("/parties/{id}?tab=seen")).await.has("a consulté");
    app.get(&format!("/parties/{id}?tab=history")).await.has("Qui a vu");

    let line = app.store.last_line(app.company).expect("a line");
    let proof = app.get(&format!("/audit/proof/change/{line}")).await;
    proof.has("La ligne est prouvée.");
    proof.has("comptoir-0101010101010101/");
    let verified = app.post("/audit/verify", &[]).await;
    assert_eq!(verified.status, StatusCode::OK, "{}", verified.main());
    verified.has("Le journal est intact.");
    assert_eq!(app.get("/audit/proof/change/99999").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/audit/proof/other/1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_may_not_see_the_audit_is_told_nothing_of_it() {
    let app = open(Role::Seller).await;
    let id = party(&app);
    for path in ["/audit", "/audit/proof/change/1", &format!("/parties/{id}?tab=seen")] {
        assert_eq!(app.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let verified = app.post("/audit/verify", &[]).await;
    assert_eq!(verified.status, StatusCode::FORBIDDEN);
    app.get(&format!("/parties/{id}?tab=history")).await.has_not("Qui a vu");
}
