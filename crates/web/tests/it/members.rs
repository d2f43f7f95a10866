//! Columns that are no field of the entity: what a company added, what lies across a relation.

use axum::http::StatusCode;
use identity::Role;
use kernel::{CustomField, CustomKind, Id, LongText, RawId};
use serde_json::json;

use crate::app::{App, Gadget, Workshop, gadget};

fn field(name: &str, kind: CustomKind, values: &str) -> CustomField {
    CustomField {
        entity: "gadget".into(),
        name: name.to_owned(),
        label_fr: format!("Libellé {name}"),
        label_en: format!("Label {name}"),
        kind,
        values: (!values.is_empty()).then(|| LongText(values.to_owned())),
        required: false,
    }
}

/// Gadgets with what the company added: a colour, a weight, a day, a flag.
async fn open() -> (App, Vec<String>) {
    let app = App::open(Role::Owner).await;
    let made = app.write(|tx| {
        for (name, kind, values) in [
            ("colour", CustomKind::Choice, "bleu\nrouge"),
            ("weight", CustomKind::Number, ""),
            ("shown_on", CustomKind::Day, ""),
            ("organic", CustomKind::Flag, ""),
        ] {
            tx.insert(&field(name, kind, values))?;
        }
        let atelier =
            CustomField { entity: "workshop".into(), ..field("town", CustomKind::Text, "") };
        tx.insert(&atelier)?;
        let roubaix = tx.insert(&Workshop { name: "Roubaix".into() })?;
        tx.save_extra(
            <Workshop as kernel::Entity>::DEF,
            roubaix.raw(),
            Some(json!({ "town": "Lille" }).to_string()),
        )?;
        let mut ids = Vec::new();
        for (name, extra) in [
            ("Torchon", json!({ "colour": "bleu", "weight": "1.25", "organic": true })),
            ("Nappe", json!({ "colour": "rouge", "weight": 2, "shown_on": "2026-10-05" })),
            ("Chemin", json!({ "colour": "bleu", "weight": "0.5" })),
        ] {
            let one = Gadget { workshop: Some(roubaix), ..gadget(name) };
            let id = tx.insert(&one)?;
            tx.save_extra(<Gadget as kernel::Entity>::DEF, id.raw(), Some(extra.to_string()))?;
            ids.push(id.to_string());
        }
        Ok(json!(ids))
    });
    let ids = made.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    (app, ids)
}

fn extra(app: &App, id: &str) -> serde_json::Value {
    let house = kernel::Actor::house(app.company, kernel::Door::Console);
    let id = RawId::parse(id).unwrap();
    let row = app.store.read(&house, |tx| Ok(tx.row(<Gadget as kernel::Entity>::DEF, id)?));
    let extra = row.unwrap().unwrap().extra.unwrap_or_else(|| "{}".to_owned());
    serde_json::from_str(&extra).unwrap()
}

#[tokio::test]
async fn what_a_company_added_is_chosen_as_a_column_and_sent_in_files() {
    let (app, ids) = open().await;
    app.get("/gadgets").await.has("extra.weight");
    let query = "columns=name,extra.colour,extra.weight,extra.shown_on,extra.organic";
    let page = app.get(&format!("/gadgets?{query}")).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["Libellé colour", "rouge", "1,25", "5 oct. 2026", "oui"] {
        page.has(part);
    }
    page.has(&format!("data-cell=\"/gadgets/{}/cell/extra.colour?list\"", ids[0]));
    // No index stands behind the document: nothing offers to sort by it.
    page.has_not("sort=extra");
    let file = app.get(&format!("/gadgets/export.csv?{query}")).await;
    file.has("Nom;Libellé colour;Libellé weight;Libellé shown_on;Libellé organic");
    file.has("Torchon;bleu;1,25;;oui");
    file.has("Nappe;rouge;2;05/10/2026;");
    let unknown = app.get("/gadgets?columns=name,extra.nothing").await;
    assert!(unknown.status.is_client_error());
}

#[tokio::test]
async fn what_a_company_added_groups_sums_and_lays_out_the_list() {
    let (app, _) = open().await;
    let page = app.get("/gadgets?group=extra.colour&columns=name,extra.weight").await;
    for part in ["bleu", "rouge", "1,75", "3,75", "where=extra.colour%3D"] {
        page.has(part);
    }
    let file = app.get("/gadgets/export.csv?group=extra.colour&columns=name,extra.weight").await;
    file.has("bleu;2;1,75");
    let flags = app.get("/gadgets/export.csv?group=extra.organic").await;
    flags.has("oui;1");
    let months = app.get("/gadgets/export.csv?group=extra.shown_on").await;
    months.has("10/2026;1");
    let board = app.get("/gadgets?group=extra.colour&as=board").await;
    board.has("<h2>bleu<span>2</span></h2>");
    board.has("Torchon");
    let month = app.get("/gadgets?group=extra.shown_on&as=calendar&as.month=2026-10").await;
    month.has("datetime=\"2026-10-05\"");
    month.has("Nappe");
    month.has_not(">Torchon<");
}

#[tokio::test]
async fn what_a_company_added_is_changed_in_its_cell_and_taken_back() {
    let (app, ids) = open().await;
    let path = format!("/gadgets/{}/cell/extra.weight?list", ids[0]);
    let headers = [("sec-fetch-site", "same-origin"), ("x-fragment", "cell")];
    let open = app.get_with(&path, &headers).await;
    open.has("name=\"extra.weight\"");
    open.has("value=\"1,25\"");
    let (version, was) = (open.hidden("version"), open.hidden("was"));
    let session = app.session.as_deref().unwrap().split_once('=').unwrap().1;
    let token = web::door::form_token(session);
    let send = async |value: &str| {
        let sent = [
            ("token", token.as_str()),
            ("version", version.as_str()),
            ("was", was.as_str()),
            ("extra.weight", value),
        ];
        app.post_raw(&path, &sent, &headers).await
    };
    let refused = send("lourd").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("value=\"lourd\"");
    let saved = send("3,5").await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    saved.has("3,5");
    saved.has("action=\"/undo\"");
    assert_eq!(extra(&app, &ids[0])["weight"], "3.5");
    let seq = saved.hidden("line");
    let undone = app.post("/undo", &[("line", seq.as_str())]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text);
    assert_eq!(extra(&app, &ids[0])["weight"], "1.25");
}

#[tokio::test]
async fn what_a_company_added_is_changed_in_many_records_after_a_rehearsal() {
    use kernel::bulk::BulkJob;
    let (app, ids) = open().await;
    let chosen = [("do", "set"), ("id", ids[0].as_str()), ("id", ids[1].as_str())];
    let choose = app.post("/gadgets/bulk", &chosen).await;
    choose.has("<option value=\"extra.colour\"");
    let mut asked = chosen.to_vec();
    asked.extend([("field", "extra.colour"), ("shown", "1"), ("extra.colour", "rouge")]);
    asked.push(("which", "chosen"));
    let seen = app.post("/gadgets/bulk", &asked).await;
    seen.has("bleu");
    seen.has("Libellé colour");
    assert_eq!(extra(&app, &ids[0])["colour"], "bleu");
    asked.push(("go", "run"));
    let begun = app.post("/gadgets/bulk", &asked).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
    let id: Id<BulkJob> =
        Id::from_raw(RawId::parse(begun.location().trim_start_matches("/bulk/")).unwrap());
    let house = kernel::Actor::house(app.company, kernel::Door::Console);
    let job = app.store.read(&house, |tx| Ok(tx.get(id)?.into_inner())).unwrap();
    assert_eq!(job.content.0, json!({ "extra": { "colour": "rouge" } }).to_string());
    app.get(begun.location()).await.has("Libellé colour");
    let blank = [("do", "set"), ("field", "extra.weight"), ("shown", "1"), ("extra.weight", "x")];
    let wrong = app.post("/gadgets/bulk", &[&blank[..], &[("id", ids[0].as_str())]].concat()).await;
    wrong.has("Libellé weight");
}

#[tokio::test]
async fn a_list_has_columns_of_the_records_it_refers_to() {
    let (app, _) = open().await;
    let menu = app.get("/gadgets?add.menu=columns&add.through=workshop").await;
    menu.has("workshop.name");
    menu.has("workshop.extra.town");
    let query = "columns=name,workshop.name,workshop.extra.town";
    let page = app.get(&format!("/gadgets?{query}")).await;
    for part in ["Atelier · Nom", "Roubaix", "Lille"] {
        page.has(part);
    }
    // Read here, changed on its own record.
    page.has_not("/cell/workshop");
    let file = app.get(&format!("/gadgets/export.csv?{query}")).await;
    file.has("Torchon;Roubaix;Lille");
    // What is hidden on the other record is hidden through the relation, on every face.
    for path in ["/gadget_parts", "/gadget_parts/export.csv"] {
        let page = app.get(&format!("{path}?columns=label,gadget.recipe")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
    }
    let menu = app.get("/gadget_parts?add.menu=columns&add.through=gadget").await;
    menu.has("gadget.name");
    menu.has_not("gadget.recipe");
    for unknown in ["workshop.nothing", "workshop.name.name", "price.name", "parts.label"] {
        let page = app.get(&format!("/gadgets?columns=name,{unknown}")).await;
        assert!(page.status.is_client_error(), "{unknown}");
    }
}

#[tokio::test]
async fn a_card_goes_to_another_lane_by_the_field_or_by_the_act_that_leads_there() {
    let (app, ids) = open().await;
    // A field of a person's own: the same door as its cell.
    let board = "/gadgets?group=extra.colour&as=board";
    let shown = app.get(board).await;
    shown.has("data-move=\"extra.colour\"");
    shown.has("data-to=\"rouge\"");
    shown.has(&format!("data-href=\"/gadgets/{}\"", ids[0]));
    let menu = app.get(&format!("{board}&move={}", ids[0])).await;
    menu.has(&format!("action=\"/gadgets/{}/move\"", ids[0]));
    menu.has("name=\"to\" value=\"rouge\"");
    menu.has_not("name=\"to\" value=\"bleu\"");
    let path = format!("/gadgets/{}/move", ids[0]);
    let back = ("back", board);
    let gone = app.post(&path, &[("field", "extra.colour"), ("to", "rouge"), back]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text);
    assert_eq!(gone.location(), board);
    assert_eq!(extra(&app, &ids[0])["colour"], "rouge");
    // A state: the act that leads there, or the reason why none does.
    let board = "/gadgets?group=state&as=board";
    app.get(board).await.has("data-to=\"done\"");
    let finish = [("field", "state"), ("to", "done"), ("back", board)];
    let done = app.post(&path, &finish).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    app.get(&format!("/gadgets/{}", ids[0])).await.has("Terminé");
    let headers = [("sec-fetch-site", "same-origin"), ("x-fragment", "move")];
    let session = app.session.as_deref().unwrap().split_once('=').unwrap().1;
    let token = web::door::form_token(session);
    let again = [("token", token.as_str()), ("field", "state"), ("to", "draft"), ("back", board)];
    let refused = app.post_raw(&path, &again, &headers).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("role=\"alert\"");
    refused.has("rien ne mène d’ici à « Brouillon »");
    refused.has_not("<html");
    // Without a script the reason is told where one comes back to.
    let plain = app.post(&path, &again[1..]).await;
    assert_eq!(plain.location(), board);
    // A colour of a gadget that is finished is no longer changed.
    let kept = app.post(&path, &[("field", "extra.colour"), ("to", "bleu"), back]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    assert_eq!(extra(&app, &ids[0])["colour"], "rouge");
    let secret = app.post(&path, &[("field", "recipe"), ("to", "x"), back]).await;
    assert_eq!(secret.status, StatusCode::FORBIDDEN);
}
