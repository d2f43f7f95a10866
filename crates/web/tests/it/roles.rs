//! Roles on screen: the table, the effect before saving, the reason of a decision.

use axum::http::StatusCode;
use identity::{AccessRole, Role, User, access};
use serde_json::{Value as Json, json};

use crate::app::App;

/// The pages of an owner, with the ready roles and a seller; and the address of the sellers' role.
async fn open(role: Role) -> (App, String) {
    let app = App::outside_of(crate::whole::catalog(), role).enter("ada@maison.example").await;
    let id = app.write(|tx| {
        access::seed(tx)?;
        let zoe = User { active: true, ..User::named("Zoé", "zoe@maison.example", Role::Seller) };
        tx.insert(&zoe)?;
        let role = tx.first(AccessRole::KEY.is(&Some("seller".to_owned())))?.unwrap();
        Ok(json!(role.id.to_string()))
    });
    let place = format!("/settings/roles/{}", id.as_str().unwrap());
    (app, place)
}

fn rules(app: &App) -> String {
    let rules = app.write(|tx| {
        let role = tx.first(AccessRole::KEY.is(&Some("seller".to_owned())))?.unwrap();
        Ok(json!(role.rules.0))
    });
    rules.as_str().unwrap().to_owned()
}

/// The value of a hidden input.
fn hidden(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\" value=\"")).expect("the input is there");
    let rest = &page[at..];
    let from = rest.find("value=\"").unwrap() + 7;
    rest[from..].split('"').next().unwrap().replace("&#39;", "'")
}

#[tokio::test]
async fn the_effect_of_a_change_is_shown_before_it_is_made() {
    let (app, place) = open(Role::Owner).await;
    let list = app.get("/settings/roles").await;
    list.has("Vente");
    list.has("Zoé");
    let table = app.get(&place).await;
    table.has("name=\"party.delete\"");
    let before = rules(&app);
    // Partners: read and edited, their own, without the credit limit.
    let sent = [
        ("act", "read"),
        ("act", "update"),
        ("reach", "own"),
        ("field:credit_limit", "hidden"),
        ("field:phone", "locked"),
    ];
    let effect = app.post(&format!("{place}/party"), &sent).await;
    assert_eq!(effect.status, StatusCode::OK, "{}", effect.main());
    effect.has("Rien n’est encore changé");
    effect.has("Zoé");
    effect.has("Tiers : Créer, Supprimer");
    effect.has("Encours autorisé");
    assert_eq!(rules(&app), before, "nothing is saved yet");
    let (version, wanted) = (hidden(effect.main(), "version"), hidden(effect.main(), "rules"));
    let sent = [("version", version.as_str()), ("rules", wanted.as_str())];
    let saved = app.post(&format!("{place}/rules/save"), &sent).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    let after = rules(&app);
    assert!(after.contains("permit party.read, party.update to own"), "{after}");
    assert!(after.contains("forbid party.credit_limit.read"), "{after}");
    // Sent again, it is about a role that has changed since.
    let stale = app.post(&format!("{place}/rules/save"), &sent).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.main());
    let back = app.get(&format!("{place}/party")).await;
    back.has("<option value=\"own\" selected>");
}

#[tokio::test]
async fn rules_that_mean_nothing_are_refused_and_the_owners_stay() {
    let (app, place) = open(Role::Owner).await;
    for text in ["allow party.read", "permit party.fly", "permit product.read to own"] {
        let refused = app.post(&format!("{place}/text/wanted"), &[("rules", text)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        refused.has("Ligne 1");
    }
    let owners = app.write(|tx| {
        let role = tx.first(AccessRole::KEY.is(&Some("owner".to_owned())))?.unwrap();
        Ok(json!(role.id.to_string()))
    });
    let path = format!("/settings/roles/{}/rules/save", owners.as_str().unwrap());
    let refused = app.post(&path, &[("rules", "permit party.read")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.main());
}

#[tokio::test]
async fn a_refusal_leads_to_the_rule_that_decides() {
    let (mut app, _) = open(Role::Seller).await;
    let refused = app.get("/settings/roles").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.has("/settings/roles/why?right=access_role.read");
    let why = app.get("/settings/roles/why?right=access_role.read").await;
    why.has("Non. Ada Martin");
    why.has("aucun de ses rôles ne le permet (Vente)");
    let why = app.get("/settings/roles/why?right=order.confirm").await;
    why.has("Oui. Ada Martin");
    why.has("order.*");
    app.language = "en";
    app.get("/settings/roles/why?right=invoice.post").await.has("No. Ada Martin");
    // About others asks who may read roles.
    let zoe = app.write(|tx| {
        let zoe = tx.first(User::EMAIL.is(&"zoe@maison.example".to_owned()))?.unwrap();
        Ok(Json::String(zoe.id.to_string()))
    });
    let path = format!("/settings/roles/why?right=order.read&person={}", zoe.as_str().unwrap());
    assert_eq!(app.get(&path).await.status, StatusCode::FORBIDDEN);
}
