//! What a company sets: its own fields, its people, its numbers, itself.

use axum::http::{StatusCode, header};
use identity::Role;
use serde_json::json;

use crate::app::{App, Page};
use crate::import::{arrived, catalog, upload};

async fn open(role: Role) -> App {
    App::outside_of(catalog(), role).enter("ada@maison.example").await
}

const FABRIC: [(&str, &str); 6] = [
    ("entity", "party"),
    ("label_fr", "Matière préférée"),
    ("label_en", "Preferred fabric"),
    ("kind", "choice"),
    ("values", "Lin\r\nSoie"),
    ("flags", "required"),
];

fn between<'a>(page: &'a Page, start: &str, end: &str) -> &'a str {
    page.text.split(start).nth(1).unwrap_or("").split(end).next().unwrap_or("")
}

#[tokio::test]
async fn a_field_that_is_added_is_found_on_form_record_list_import_and_api() {
    let app = open(Role::Owner).await;
    app.write(|tx| Ok(json!(tx.insert(&master::Company::named("Maison du Lin"))?.to_string())));
    app.get("/custom_fields").await.has("Aucun champ ajouté.");
    let form = app.get("/custom_fields/new?entity=party").await;
    form.has("data-preview=\"/settings/fields/preview\"");
    form.has("id=\"field-preview\"");
    let made = app.post("/custom_fields", &FABRIC).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.main());
    let list = app.get("/custom_fields").await;
    list.has("matiere_preferee");
    list.has("Lin, Soie");
    let form = app.get("/parties/new").await;
    form.has("name=\"extra.matiere_preferee\"");
    form.has("<option value=\"Soie\"");

    let sent =
        upload(&app, "parties", "c.csv", "nom;code;Preferred fabric\nDupont;D1;soie\n".as_bytes());
    let file = sent.await.location().to_owned();
    app.get(&file).await.has("value=\"extra.matiere_preferee\" selected");
    let tried = app
        .post(
            &file,
            &[("column.0", "name"), ("column.1", "code"), ("column.2", "extra.matiere_preferee")],
        )
        .await;
    arrived(&app, tried.location()).await.has("Importer : 1 ligne");
    app.post(&format!("{file}/apply"), &[]).await;
    arrived(&app, &format!("{file}/report")).await.has("Terminé");

    let id = app.write(|tx| {
        let party = tx.first(master::Party::CODE.is(&Some("D1".to_owned())))?.unwrap();
        Ok(json!(party.id.to_string()))
    });
    let id = id.as_str().unwrap();
    let found = "/parties?where=extra.matiere_preferee%3ASoie";
    app.get(found).await.has(&format!("/parties/{id}"));
    let other = found.replace("Soie", "Lin");
    app.get(&other).await.has_not(&format!("/parties/{id}"));
    let record = app.get(&format!("/parties/{id}")).await;
    record.has("Matière préférée");
    record.has("Soie");

    let api = api::router(api::ApiState { store: app.store.clone(), catalog: catalog() });
    let session = app.session.clone().unwrap();
    let api = App { router: api, session: Some(session), ..open(Role::Owner).await };
    let one = api.get(&format!("/api/parties/{id}")).await;
    let one: serde_json::Value = serde_json::from_str(&one.text).unwrap();
    assert_eq!(one["extra"]["matiere_preferee"], json!("Soie"), "{one}");
    let csv = api.get("/api/parties.csv").await;
    csv.has("extra.matiere_preferee");
}

#[tokio::test]
async fn a_field_is_seen_before_it_is_made_with_scripts_and_without() {
    let app = App { language: "en", ..open(Role::Owner).await };
    let whole = app.post("/settings/fields/preview", &FABRIC).await;
    assert_eq!(whole.status, StatusCode::OK, "{}", whole.main());
    for part in
        ["Preferred fabric", "extra.matiere_preferee", "PATCH /api/parties/", "Soie", "<main"]
    {
        whole.has(part);
    }
    let session = app.session.clone().unwrap();
    let token = web::door::form_token(session.split_once('=').unwrap().1);
    let mut pairs = vec![("token", token.as_str())];
    pairs.extend_from_slice(&FABRIC);
    let headers = [("sec-fetch-site", "same-origin"), ("x-fragment", "preview")];
    let part = app.post_raw("/settings/fields/preview", &pairs, &headers).await;
    part.has("id=\"field-preview\"");
    part.has_not("<main");
    app.get("/custom_fields").await.has("No field added.");
    // A choice without values is refused beside its field, and what was typed is kept.
    let mut wrong = FABRIC;
    wrong[4].1 = "";
    let refused = app.post("/custom_fields", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("id=\"f-values-error\"");
    refused.has("value=\"Preferred fabric\"");
}

#[tokio::test]
async fn a_person_is_added_with_a_password_that_is_shown_once() {
    let app = open(Role::Owner).await;
    let pairs = [
        ("name", "Zoé Petit"),
        ("email", "zoe@lin.example"),
        ("role", "seller"),
        ("language", "fr"),
    ];
    let added = app.post("/settings/users", &pairs).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.main());
    let password = between(&added, "code class=\"secret\">", "<").to_owned();
    assert!(password.len() >= 20, "{}", added.main());
    app.get("/settings/users").await.has_not(&password);
    let enter = [("email", "zoe@lin.example"), ("password", password.as_str())];
    let entered = app.post_raw("/sign-in", &enter, &[]).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    let again = app.post("/settings/users", &pairs).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.main());
    again.has("id=\"f-email-error\"");
    again.has("value=\"Zoé Petit\"");

    let users = app.get("/settings/users").await;
    let renew = between(&users, "action=\"/settings/users/", "\"").to_owned();
    let renewed = app.post(&format!("/settings/users/{renew}"), &[]).await;
    renewed.has("Mot de passe de Zoé Petit");
    let old = app.post_raw("/sign-in", &enter, &[]).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY, "the old one is worth nothing");

    let cookie = entered.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("session="));
    for role in [Role::Seller, Role::Accountant, Role::Warehouse] {
        let app = open(role).await;
        assert_eq!(app.get("/settings/users").await.status, StatusCode::FORBIDDEN);
        assert_eq!(app.post("/settings/users", &pairs).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn the_index_leads_to_every_setting_in_both_languages_as_far_as_one_may() {
    for role in [Role::Owner, Role::Seller, Role::Accountant, Role::Warehouse] {
        for language in ["fr", "en"] {
            let app = App { language, ..open(role).await };
            app.write(|tx| {
                if master::company(tx).is_err() {
                    tx.insert(&master::Company::named("Maison du Lin"))?;
                }
                Ok(json!(null))
            });
            let page = app.get("/settings").await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.main());
            let owner = role == Role::Owner;
            assert_eq!(page.main().contains("href=\"/settings/users\""), owner);
            page.has("Maison du Lin");
            for part in page.main().split("href=\"").skip(1) {
                let link = part.split('"').next().unwrap().replace("&amp;", "&");
                if !link.starts_with('/') || link.starts_with("/api") {
                    continue;
                }
                let page = app.get(&link).await;
                assert_eq!(page.status, StatusCode::OK, "{link} {}", page.main());
            }
        }
    }
}

#[tokio::test]
async fn the_company_is_edited_in_groups_and_its_numbers_are_told() {
    let app = open(Role::Owner).await;
    let id = app.write(|tx| {
        let id = tx.insert(&master::Company::named("Maison du Lin"))?;
        tx.last(|tx| tx.number("quote:2026").map(drop).map_err(Into::into));
        Ok(json!(id.to_string()))
    });
    let place = format!("/companies/{}", id.as_str().unwrap());
    let form = app.get(&format!("{place}/edit?back=/settings")).await;
    for part in ["Identité", "Banque", "name=\"iban\"", "name=\"fiscal_year_month\"", "franchise"]
    {
        form.has(part);
    }
    let version = form.hidden("version");
    let wrong = [("version", version.as_str()), ("name", "Maison du Lin"), ("iban", "FR76")];
    let refused = app.post(&place, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("id=\"f-iban-error\"");
    refused.has("Banque");
    let right = [
        ("version", version.as_str()),
        ("name", "Maison du Lin"),
        ("flags", "vat_franchise"),
        ("vat_franchise", "true"),
        ("back", "/settings"),
    ];
    let saved = app.post(&place, &right).await;
    assert_eq!(saved.location(), "/settings", "{}", saved.main());
    app.get("/settings/numbering").await.has("DE-2026-00002");
    let seller = open(Role::Seller).await;
    assert_eq!(seller.get("/settings/numbering").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_token_is_shown_once_opens_the_door_and_is_refused_to_a_seller() {
    let app = open(Role::Owner).await;
    app.get("/api_tokens").await.has("Aucun jeton");
    let user = app.write(|tx| {
        let ada = tx.first(identity::User::EMAIL.is(&"ada@maison.example".to_owned()))?;
        Ok(json!(ada.expect("Ada").id.to_string()))
    });
    let user = user.as_str().expect("an id");
    let without = app.post("/settings/tokens", &[("user", user), ("days", "30")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", without.main());
    let asked = [("name", "Boutique en ligne"), ("user", user), ("days", "30")];
    let made = app.post("/settings/tokens", &asked).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.main());
    let token = between(&made, "class=\"secret\">", "<").to_owned();
    assert!(token.starts_with("cpt_") && token.len() > 40, "{token}");
    let list = app.get("/api_tokens").await;
    list.has("Boutique en ligne");
    assert!(!list.text.contains(&token), "it is shown once");
    let kept = app.write(move |tx| {
        let actor = identity::actor_of_token(tx, &token, kernel::Door::Rest)?;
        Ok(json!(actor.map(|actor| actor.name.to_string())))
    });
    assert!(kept.is_string(), "{kept}");

    let seller = open(Role::Seller).await;
    let refused = seller.post("/settings/tokens", &asked).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.main());
}
