use axum::http::StatusCode;
use identity::Role;
use kernel::{CustomField, CustomKind, Entity, Id, Lines, Money, RawId};
use serde_json::json;

use crate::app::{App, Gadget, GadgetPart, Workshop, gadget};

fn parts_of(app: &App, id: &str) -> Vec<(String, i64, i64)> {
    let id = Id::<Gadget>::from_raw(RawId::parse(id).unwrap());
    let found = app.write(move |tx| {
        let parts = tx.find(GadgetPart::GADGET.is(&id))?;
        Ok(json!(parts.iter().map(|p| (&p.label, p.quantity.0, p.double.0)).collect::<Vec<_>>()))
    });
    serde_json::from_value(found).unwrap()
}

#[tokio::test]
async fn an_entity_known_to_the_catalogue_has_a_form_that_makes_records() {
    let app = App::open(Role::Owner).await;
    app.write(|tx| Ok(json!(tx.insert(&Workshop { name: "Roubaix".into() })?.to_string())));
    let form = app.get("/gadgets/new").await;
    assert_eq!(form.status, StatusCode::OK);
    for part in ["name=\"name\"", "name=\"price\"", "name=\"parts.0.label\"", "Pièces", "Roubaix"]
    {
        form.has(part);
    }
    form.has_not("name=\"state\"");
    let key = form.hidden("key");
    let pairs = [
        ("key", key.as_str()),
        ("name", "Nappe <script>"),
        ("price", "1 234,50"),
        ("workshop.text", "roubaix"),
        ("flags", "fragile"),
        ("fragile", "true"),
        ("note", "deux\r\nlignes"),
        ("lists", "parts"),
        ("parts.0.label", "Ourlet"),
        ("parts.0.quantity", "2,5"),
        ("parts.1.label", ""),
        ("parts.1.quantity", ""),
    ];
    let made = app.post("/gadgets", &pairs).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.main());
    let record = app.get(made.location()).await;
    record.has("Nappe &lt;script&gt;");
    record.has_not("<script>");
    record.has("1\u{202f}234,50\u{a0}€");
    record.has("Roubaix");
    record.has("Ourlet");
    record.has("deux<br>lignes");
    let id = made.location().rsplit('/').next().unwrap();
    assert_eq!(parts_of(&app, id), [("Ourlet".to_owned(), 25_000, 50_000)]);
    // Sent again, the same form makes nothing more.
    let again = app.post("/gadgets", &pairs).await;
    assert_eq!(again.location(), made.location());
    // The same key with other values is refused, and what was typed is kept.
    let mut other = pairs;
    other[1].1 = "Autre nappe";
    let reused = app.post("/gadgets", &other).await;
    assert_eq!(reused.status, StatusCode::CONFLICT);
    reused.has("value=\"Autre nappe\"");
    assert_ne!(reused.hidden("key"), key);
}

#[tokio::test]
async fn each_refusal_stands_beside_its_field_and_nothing_typed_is_lost() {
    let app = App::open(Role::Owner).await;
    let pairs = [
        ("name", ""),
        ("price", "douze"),
        ("workshop.text", "Lille"),
        ("parts.0.label", "Ourlet"),
        ("parts.0.quantity", "beaucoup"),
    ];
    let page = app.post("/gadgets", &pairs).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("id=\"f-price-error\"");
    page.has("« douze » n’est pas un nombre.");
    page.has("id=\"f-workshop-error\"");
    page.has("id=\"f-parts-0-quantity-error\"");
    page.has("value=\"douze\"");
    page.has("value=\"Lille\"");
    page.has("value=\"Ourlet\"");
    page.has("value=\"beaucoup\"");
    let page = app.post("/gadgets", &[("name", " ")]).await;
    page.has("id=\"f-name-error\"");
    page.has("Ce champ est obligatoire.");
    let app = App { language: "en", ..app };
    let page = app.post("/gadgets", &[("name", ""), ("price", "-5")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("one point to mend");
}

#[tokio::test]
async fn a_field_that_does_not_exist_or_is_not_ours_to_set_is_refused() {
    let app = App::open(Role::Owner).await;
    for (name, value) in [
        ("colour", "red"),
        ("state", "done"),
        ("parts.0.colour", "red"),
        ("parts.0.double", "9"),
        ("extra.colour", "red"),
        ("name.text", "x"),
        ("id", "0190"),
    ] {
        let pairs =
            [("name", "Nappe"), ("parts.0.label", "a"), ("parts.0.quantity", "1"), (name, value)];
        let page = app.post("/gadgets", &pairs).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    }
    app.get("/gadgets").await.has("Rien ici");
    let id = app.gadget(gadget("Nappe"));
    let other = app.gadget(gadget("Autre"));
    let part = app.write(move |tx| {
        let gadget = Id::from_raw(RawId::parse(&other)?);
        let (label, quantity) = ("Volée".into(), kernel::Quantity::units(1));
        let part = GadgetPart { gadget, label, quantity, double: quantity };
        Ok(json!(tx.insert(&part)?.to_string()))
    });
    // A line of another record cannot be taken over.
    let pairs = [("parts.0.id", part.as_str().unwrap()), ("parts.0.label", "À moi")];
    let page = app.post(&format!("/gadgets/{id}"), &pairs).await;
    assert_ne!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn lines_are_added_and_removed_without_scripts() {
    let app = App::open(Role::Owner).await;
    let three = [
        ("name", "Nappe"),
        ("parts.0.label", "un"),
        ("parts.1.label", "deux"),
        ("parts.2.label", "trois"),
    ];
    let mut pairs = three.to_vec();
    pairs.push(("do", "add_lines"));
    let page = app.post("/gadgets", &pairs).await;
    assert_eq!(page.status, StatusCode::OK);
    page.has("value=\"trois\"");
    page.has("name=\"parts.7.label\"");
    let mut pairs = three.to_vec();
    pairs.push(("remove", "1"));
    let page = app.post("/gadgets", &pairs).await;
    assert_eq!(page.status, StatusCode::OK);
    page.has("value=\"un\"");
    page.has_not("value=\"deux\"");
    page.has("value=\"trois\"");
    app.get("/gadgets").await.has("Rien ici");
}

#[tokio::test]
async fn a_record_is_edited_with_its_lines() {
    let app = App::open(Role::Owner).await;
    let made = app
        .post(
            "/gadgets",
            &[
                ("name", "Nappe"),
                ("flags", "fragile"),
                ("fragile", "true"),
                ("lists", "parts"),
                ("parts.0.label", "un"),
                ("parts.0.quantity", "1"),
                ("parts.1.label", "deux"),
                ("parts.1.quantity", "2"),
            ],
        )
        .await;
    let path = made.location().to_owned();
    let id = path.rsplit('/').next().unwrap();
    let form = app.get(&format!("{path}/edit")).await;
    form.has("value=\"Nappe\"");
    form.has("checked");
    let version = form.hidden("version");
    let kept = form.hidden("parts.1.id");
    let pairs = [
        ("version", version.as_str()),
        ("name", "Nappe ronde"),
        ("flags", "fragile"),
        ("lists", "parts"),
        ("parts.0.id", kept.as_str()),
        ("parts.0.label", "deux bis"),
        ("parts.0.quantity", "3"),
    ];
    let saved = app.post(&path, &pairs).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    let record = app.get(&path).await;
    record.has("Nappe ronde");
    assert_eq!(parts_of(&app, id), [("deux bis".to_owned(), 30_000, 60_000)]);
    // The box that was unticked is off, and all the lines can go.
    let form = app.get(&format!("{path}/edit")).await;
    form.has_not("checked");
    let version = form.hidden("version");
    let saved = app.post(&path, &[("version", version.as_str()), ("lists", "parts")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    assert!(parts_of(&app, id).is_empty());
    app.get(&path).await.has("Nappe ronde");
}

#[tokio::test]
async fn the_second_of_two_editors_sees_both_values() {
    let app = App::open(Role::Owner).await;
    let id = app.gadget(Gadget { price: Some(Money::eur(100)), ..gadget("Nappe") });
    let path = format!("/gadgets/{id}");
    let form = app.get(&format!("{path}/edit")).await;
    let version = form.hidden("version");
    let first = [("version", version.as_str()), ("name", "Nappe de Lille"), ("price", "1,00")];
    assert_eq!(app.post(&path, &first).await.status, StatusCode::SEE_OTHER);
    let second = [("version", version.as_str()), ("name", "Nappe de Lyon"), ("price", "1,00")];
    let page = app.post(&path, &second).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.has("value=\"Nappe de Lyon\"");
    page.has("Nappe de Lille");
    page.has("La fiche, maintenant");
    // The price was the same: it is not shown as a conflict.
    assert_eq!(page.text.matches("<td").count(), 3 + parts_cells(&page.text), "{}", page.main());
    let now = page.hidden("version");
    assert_ne!(now, version);
    let third = [("version", now.as_str()), ("name", "Nappe de Lyon"), ("price", "1,00")];
    assert_eq!(app.post(&path, &third).await.status, StatusCode::SEE_OTHER);
    app.get(&path).await.has("Nappe de Lyon");
}

/// Cells of the grid of parts, which is on the page too.
fn parts_cells(text: &str) -> usize {
    text.find("data-lines=").map_or(0, |at| text[at..].matches("<td").count())
}

#[tokio::test]
async fn a_company_s_own_fields_are_in_the_form_and_on_the_record() {
    let app = App::open(Role::Owner).await;
    app.write(|tx| {
        let field = |name: &str, kind, values: Option<&str>| CustomField {
            entity: Gadget::DEF.name.into(),
            name: name.into(),
            label_fr: format!("Champ {name}"),
            label_en: format!("Field {name}"),
            kind,
            values: values.map(|text| kernel::LongText(text.into())),
            required: false,
        };
        tx.insert(&field("colour", CustomKind::Choice, Some("bleu\nrouge")))?;
        tx.insert(&field("weight", CustomKind::Number, None))?;
        tx.insert(&field("organic", CustomKind::Flag, None))?;
        Ok(json!(null))
    });
    let form = app.get("/gadgets/new").await;
    form.has("Champ colour");
    let pairs = [
        ("name", "Nappe"),
        ("extra.colour", "bleu"),
        ("extra.weight", "1,25"),
        ("flags", "extra.organic"),
        ("extra.organic", "true"),
    ];
    let made = app.post("/gadgets", &pairs).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.main());
    let record = app.get(made.location()).await;
    record.has("Champ colour");
    record.has("bleu");
    record.has("1,25");
    let form = app.get(&format!("{}/edit", made.location())).await;
    form.has("value=\"1,25\"");
    let wrong = app.post("/gadgets", &[("name", "Nappe"), ("extra.colour", "vert")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.has("La valeur ne convient pas");
}

#[tokio::test]
async fn a_unique_code_taken_by_another_is_refused_with_the_form_kept() {
    let app = App::open(Role::Owner).await;
    app.gadget(Gadget { code: Some("OB-1".into()), parts: Lines::HERE, ..gadget("Nappe") });
    let page = app.post("/gadgets", &[("name", "Torchon"), ("code", "OB-1")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.has("value=\"Torchon\"");
    page.has("déjà prise");
}

#[tokio::test]
async fn a_text_too_long_is_refused_and_nothing_changes() {
    let app = App::open(Role::Owner).await;
    let long = "x".repeat(201);
    let page = app.post("/gadgets", &[("name", long.as_str())]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("200 caractères au plus");
    let huge = "x".repeat(3_000_000);
    let page = app.post("/gadgets", &[("name", huge.as_str())]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    app.get("/gadgets").await.has("Rien ici");
}
