use axum::http::StatusCode;
use identity::Role;
use kernel::{Id, RawId};
use serde_json::json;

use crate::app::{App, Gadget, Workshop, gadget};

#[tokio::test]
async fn an_entity_known_to_the_catalogue_has_a_record_page_with_its_acts() {
    let app = App::open(Role::Owner).await;
    let id = app.gadget(gadget("Nappe"));
    let path = format!("/gadgets/{id}");
    let page = app.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    page.has("<h1>Nappe</h1>");
    page.has("Brouillon");
    page.has(&format!("action=\"{path}/do/finish\""));
    page.has(&format!("href=\"{path}/do/rename\""));
    page.has(&format!("href=\"{path}/edit\""));
    let done = app.post(&format!("{path}/do/finish"), &[]).await;
    assert_eq!(done.location(), path);
    let page = app.get(&path).await;
    page.has("Terminé");
    page.has_not("do/finish");
    // A finished gadget is no longer edited.
    page.has_not(&format!("href=\"{path}/edit\""));
    assert_ne!(app.get(&format!("{path}/edit")).await.status, StatusCode::OK);
    let page = app.post(&path, &[("name", "Autre")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Done twice, the act is refused on the page of the record.
    let page = app.post(&format!("{path}/do/finish"), &[]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("<h1>Nappe</h1>");
    page.has("caractères de contrôle");
}

#[tokio::test]
async fn an_act_with_inputs_has_a_form_of_its_own() {
    let app = App::open(Role::Owner).await;
    let id = app.gadget(gadget("Nappe"));
    let path = format!("/gadgets/{id}/do/rename");
    let form = app.get(&path).await;
    form.has("name=\"name\"");
    let key = form.hidden("key");
    let page = app.post(&path, &[("key", key.as_str()), ("name", "")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("Ce champ est obligatoire.");
    let page = app.post(&path, &[("name", "x"), ("colour", "red")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = app.post(&path, &[("key", key.as_str()), ("name", "Torchon")]).await;
    assert_eq!(page.location(), format!("/gadgets/{id}"));
    app.get(&format!("/gadgets/{id}")).await.has("<h1>Torchon</h1>");
}

#[tokio::test]
async fn what_refers_to_a_record_is_listed_on_its_page() {
    let app = App::open(Role::Owner).await;
    let workshop = app.write(|tx| {
        let id = tx.insert(&Workshop { name: "Roubaix".into() })?;
        for number in 0..12 {
            tx.insert(&Gadget { workshop: Some(id), ..gadget(&format!("Nappe {number:02}")) })?;
        }
        Ok(json!(id.to_string()))
    });
    let workshop = workshop.as_str().unwrap();
    let page = app.get(&format!("/workshops/{workshop}")).await;
    page.has("Nappe 11");
    page.has_not("Nappe 01");
    page.has(&format!("href=\"/gadgets?workshop={workshop}\""));
    page.has(&format!("href=\"/gadgets/new?workshop={workshop}\""));
    app.get(&format!("/gadgets/new?workshop={workshop}")).await.has("Roubaix");
}

#[tokio::test]
async fn the_history_tells_who_changed_what_in_the_words_of_the_screen() {
    let app = App::open(Role::Owner).await;
    let made = app.post("/gadgets", &[("name", "Nappe"), ("price", "10,00")]).await;
    let path = made.location().to_owned();
    // What no role may see, no role may set.
    let hidden = app.post(&path, &[("name", "Nappe ronde"), ("recipe", "lin secret")]).await;
    assert_eq!(hidden.status, StatusCode::FORBIDDEN);
    let saved = app.post(&path, &[("name", "Nappe ronde")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    let id = path.rsplit('/').next().unwrap().to_owned();
    app.write(move |tx| {
        let mut gadget = tx.get(Id::<Gadget>::from_raw(RawId::parse(&id)?))?;
        gadget.recipe = Some("lin secret".into());
        tx.save(&gadget)?;
        Ok(json!(null))
    });
    app.get(&path).await.has_not("lin secret");
    let page = app.get(&format!("{path}?tab=history")).await;
    assert_eq!(page.status, StatusCode::OK);
    page.has("Ada Martin");
    page.has("a créé la fiche");
    page.has("<s>Nappe</s> → Nappe ronde");
    page.has("10,00\u{a0}€");
    page.has("à l’écran");
    page.has_not("lin secret");
    page.has("Recette");
    page.has("en ligne de commande");
}

#[tokio::test]
async fn a_record_is_deleted_after_a_question_unless_others_refer_to_it() {
    let app = App::open(Role::Owner).await;
    let ids = app.write(|tx| {
        let workshop = tx.insert(&Workshop { name: "Roubaix".into() })?;
        let gadget = tx.insert(&Gadget { workshop: Some(workshop), ..gadget("Nappe") })?;
        Ok(json!([workshop.to_string(), gadget.to_string()]))
    });
    let (workshop, gadget) = (ids[0].as_str().unwrap(), ids[1].as_str().unwrap());
    let used = app.post(&format!("/workshops/{workshop}/delete"), &[]).await;
    assert_eq!(used.status, StatusCode::CONFLICT);
    used.has("D’autres fiches se rapportent à celle-ci");
    let path = format!("/gadgets/{gadget}/delete");
    let question = app.get(&path).await;
    question.has("Supprimer cette fiche ?");
    let version = question.hidden("version");
    let page = app.post(&path, &[("version", version.as_str())]).await;
    assert_eq!(page.location(), "/gadgets");
    assert_eq!(app.get(&format!("/gadgets/{gadget}")).await.status, StatusCode::NOT_FOUND);
    let page = app.post(&format!("/workshops/{workshop}/delete"), &[]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn records_that_only_processes_write_have_no_form() {
    let app = App::open(Role::Owner).await;
    for path in ["/sessions/new", "/api_tokens/new", "/gadget_parts/new"] {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
    // A record without a name is still reached from its list.
    let sessions = app.get("/sessions").await;
    assert_eq!(sessions.status, StatusCode::OK);
    sessions.has("href=\"/users/");
    sessions.has("href=\"/sessions/");
    // A line is shown in the record that holds it.
    let id = app.gadget(gadget("Nappe"));
    let part = app.write({
        let gadget = Id::from_raw(RawId::parse(&id).unwrap());
        move |tx| {
            let quantity = kernel::Quantity::units(1);
            let part = crate::app::GadgetPart {
                gadget,
                label: "Ourlet".into(),
                quantity,
                double: quantity,
            };
            Ok(json!(tx.insert(&part)?.to_string()))
        }
    });
    let page = app.get(&format!("/gadget_parts/{}", part.as_str().unwrap())).await;
    assert_eq!(page.location(), format!("/gadgets/{id}"));
}
