//! A file comes in by the pages: its columns, its trial, its report, and the way back.

use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use exchange::{ImportBatch, ImportState};
use identity::Role;
use kernel::{Catalog, CustomField, CustomKind, Filter};
use master::Party;
use serde_json::json;

use crate::app::{App, Page};

pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let own = [&identity::MODULE, &exchange::MODULE];
        Catalog { modules: processes::MODULES.iter().copied().chain(own).collect() }
    })
}

async fn open(role: Role) -> App {
    App::outside_of(catalog(), role).enter("ada@maison.example").await
}

/// Sends a file by the form, as a browser does.
pub async fn upload(app: &App, plural: &str, name: &str, content: &[u8]) -> Page {
    let session = app.session.clone().unwrap();
    let token = web::door::form_token(session.split_once('=').unwrap().1);
    let mut body = Vec::new();
    for (field, value) in [("token", token.as_str()), ("entity", plural)] {
        let part =
            format!("--cut\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: text/csv\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--cut--\r\n");
    let request = Request::builder()
        .method("POST")
        .uri("/import")
        .header("host", "comptoir.test")
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, format!("{session}; language={}", app.language))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
    app.send(request.body(Body::from(body)).unwrap()).await
}

/// The page once the work behind it is done.
pub async fn arrived(app: &App, path: &str) -> Page {
    let mut path = path.to_owned();
    loop {
        let page = app.get(&path).await;
        if page.status == StatusCode::SEE_OTHER {
            page.location().clone_into(&mut path);
        } else if page.headers.contains_key("refresh") {
            assert!(page.text.contains("<progress"), "{}", page.main());
            tokio::task::yield_now().await;
        } else {
            return page;
        }
    }
}

/// The choices of the page of columns, as the form sends them.
fn choices(page: &Page) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for part in page.main().split("<select").skip(1) {
        let select = part.split("</select>").next().unwrap();
        let name = select.split("name=\"").nth(1).unwrap().split('"').next().unwrap();
        let chosen = select.split("<option value=\"").skip(1).find_map(|option| {
            let (value, rest) = option.split_once('"')?;
            let tag = rest.split('>').next()?;
            tag.contains("selected").then(|| value.to_owned())
        });
        fields.push((name.to_owned(), chosen.unwrap_or_default()));
    }
    fields
}

async fn try_it(app: &App, file: &str, choices: &[(String, String)]) -> Page {
    let pairs: Vec<(&str, &str)> =
        choices.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    app.post(file, &pairs).await
}

fn count(app: &App) -> usize {
    let found = app.write(|tx| Ok(json!(tx.find::<Party>(Filter::everything())?.len())));
    usize::try_from(found.as_u64().unwrap()).unwrap()
}

fn imports(app: &App) -> Vec<ImportState> {
    let actor = kernel::Actor::house(app.company, kernel::Door::Console);
    let read = app.store.read(&actor, |tx| Ok(tx.find::<ImportBatch>(Filter::everything())?));
    read.unwrap().iter().map(|batch| batch.state).collect()
}

/// A thousand customers, of which thirty are wrong in three ways.
fn thousand() -> String {
    let mut text = String::from("Raison sociale;Code client;Client;Encours autorisé;Mail\n");
    for rank in 1..=1000 {
        let (mut name, mut limit, mut mail) =
            (format!("Épicerie {rank}"), "1 500,50".to_owned(), format!("c{rank}@lin.example"));
        match rank % 100 {
            7 => name.clear(),
            42 => limit = "beaucoup".to_owned(),
            77 => mail = "nulle part".to_owned(),
            _ => {}
        }
        text.push_str(&format!("{name};K{rank:04};oui;{limit};{mail}\n"));
    }
    text
}

#[tokio::test]
async fn a_thousand_customers_are_tried_imported_and_taken_back() {
    let app = open(Role::Owner).await;
    let start = app.get("/import/parties").await;
    start.has("value=\"parties\" selected");
    let sent = upload(&app, "parties", "clients.csv", thousand().as_bytes()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.main());
    let file = sent.location().to_owned();
    let columns = app.get(&file).await;
    for part in ["1\u{202f}000 lignes", "Épicerie 1", "Raison sociale", "UTF-8", "1 500,50"] {
        columns.has(part);
    }
    let chosen = choices(&columns);
    let fields: Vec<&str> = chosen.iter().take(5).map(|(_, field)| field.as_str()).collect();
    assert_eq!(fields, ["name", "code", "customer", "credit_limit", "email"]);
    let tried = try_it(&app, &file, &chosen).await;
    assert_eq!(tried.status, StatusCode::SEE_OTHER, "{}", tried.main());
    let report = arrived(&app, tried.location()).await;
    for part in ["<strong>970</strong>", "<strong>30</strong>", "Importer : 970 lignes"] {
        report.has(part);
    }
    // Beside its row, its column and its value.
    report.has("beaucoup");
    report.has("Encours autorisé");
    assert_eq!(count(&app), 0, "a trial keeps nothing");
    let refusals = app.get(&format!("{file}/refusals.csv")).await;
    assert_eq!(refusals.text.lines().count(), 31, "{}", refusals.text);
    assert!(refusals.text.starts_with('\u{feff}'));
    assert!(refusals.text.contains("43;Encours autorisé;beaucoup;"), "{}", refusals.text);
    let rows = app.get(&format!("{file}/rows.csv")).await;
    assert_eq!(rows.text.lines().count(), 31);
    assert!(rows.text.contains("Épicerie 42;K0042;oui;beaucoup;c42@lin.example;"), "{}", rows.text);

    let apply = format!("{file}/apply");
    let (once, twice) = tokio::join!(app.post(&apply, &[]), app.post(&apply, &[]));
    assert_eq!((once.status, twice.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    let done = arrived(&app, once.location()).await;
    done.has("Terminé");
    done.has("<strong>970</strong>");
    done.has("beaucoup");
    assert_eq!((count(&app), imports(&app)), (970, vec![ImportState::Done]));
    let batch = done.main().split("action=\"/imports/").nth(1).unwrap().split('/').next().unwrap();
    let csv = app.get(&format!("/imports/{batch}/refusals.csv")).await;
    assert_eq!(csv.text.lines().count(), 31);
    assert!(csv.text.contains("43;Encours autorisé;beaucoup;"), "{}", csv.text);
    app.get("/imports").await.has("clients.csv");
    app.get("/import").await.has("clients.csv");

    // What someone touched since stays.
    app.write(|tx| {
        let mut party = tx.first(Party::CODE.is(&Some("K0001".to_owned())))?.unwrap();
        party.city = Some("Lille".to_owned());
        tx.save(&party)?;
        Ok(json!(null))
    });
    let undone = app.post(&format!("/imports/{batch}/undo"), &[]).await;
    let undone = arrived(&app, undone.location()).await;
    undone.has("Annulé en partie");
    undone.has("La fiche de la ligne 2 a changé depuis l’import");
    assert_eq!((count(&app), imports(&app)), (1, vec![ImportState::PartlyUndone]));
}

#[tokio::test]
async fn the_same_file_dropped_again_after_its_end_is_another_import() {
    let app = open(Role::Owner).await;
    for round in 1..=2 {
        let sent = upload(&app, "parties", "c.csv", b"nom,code\nDupont,D1\n").await;
        let file = sent.location().to_owned();
        let tried = try_it(&app, &file, &choices(&app.get(&file).await)).await;
        arrived(&app, tried.location()).await;
        app.post(&format!("{file}/apply"), &[]).await;
        let done = arrived(&app, &format!("{file}/report")).await;
        done.has("Terminé");
        assert_eq!((count(&app), imports(&app).len()), (1, round));
    }
}

#[tokio::test]
async fn an_old_file_is_recognised_and_can_be_read_another_way() {
    let app = App { language: "en", ..open(Role::Owner).await };
    let content = b"Soci\xe9t\xe9\tVille\tPlafond\tDepuis\n\xc9picerie Lef\xe8vre\tOrl\xe9ans\t\
        1 234,50\t11/24/2025\n";
    let sent = upload(&app, "parties", "clients.txt", content).await;
    let file = sent.location().to_owned();
    let columns = app.get(&file).await;
    for part in ["Épicerie Lefèvre", "WINDOWS-1252", "Some dates look like month/day/year."] {
        columns.has(part);
    }
    let chosen = choices(&columns);
    let get = |name: &str| {
        chosen.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    };
    assert_eq!(get("separator"), Some("tab"));
    assert_eq!(get("encoding"), Some("windows-1252"));
    assert_eq!(get("numbers"), Some("fr"));
    assert_eq!(
        (get("column.0"), get("column.1"), get("column.3")),
        (Some("name"), Some("city"), Some(""))
    );
    // Read with the wrong separator, the whole line is one column; nothing is lost.
    let again =
        [("do", "read"), ("separator", ";"), ("encoding", "windows-1252"), ("numbers", "fr")];
    let again = app.post(&file, &again).await;
    assert_eq!(again.location(), file);
    let one = app.get(&file).await;
    assert_eq!(choices(&one).iter().filter(|(name, _)| name.starts_with("column.")).count(), 1);
}

#[tokio::test]
async fn what_cannot_be_read_is_said_beside_the_file() {
    let app = open(Role::Owner).await;
    let book = upload(&app, "parties", "clients.xlsx", b"PK\x03\x04 and more").await;
    assert_eq!(book.status, StatusCode::UNPROCESSABLE_ENTITY);
    book.has("Ce classeur ne se lit pas");
    book.has("id=\"f-file-error\"");
    let none = upload(&app, "parties", "", b"").await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    none.has("Choisissez un fichier");
    let sent = upload(&app, "parties", "c.csv", b"nom,autre nom\nx,y\n").await;
    let file = sent.location().to_owned();
    let twice = [("column.0", "name"), ("column.1", "name")];
    let refused = app.post(&file, &twice).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("« autre nom »");
}

#[tokio::test]
async fn who_may_not_make_the_records_may_not_import_them_and_a_file_is_its_sender_s() {
    let app = open(Role::Warehouse).await;
    assert_eq!(app.get("/import/parties").await.status, StatusCode::FORBIDDEN);
    let sent = upload(&app, "parties", "c.csv", b"nom\nx\n").await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    let owner = open(Role::Owner).await;
    assert_ne!(owner.get("/import/invoice_lines").await.status, StatusCode::OK);
    let sent = upload(&owner, "parties", "c.csv", b"nom\nx\n").await;
    let file = sent.location().to_owned();
    let App { store, company, router, .. } = owner;
    let other = App { store, company, router, session: None, language: "fr" };
    let other = other.enter("bob@ailleurs.example").await;
    let page = other.get(&file).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("n’est plus gardé");
}

#[tokio::test]
async fn a_hidden_field_is_no_column_and_a_field_of_the_company_is_one() {
    let app = App::open(Role::Owner).await;
    app.write(|tx| {
        tx.insert(&CustomField {
            entity: "gadget".into(),
            name: "colour".into(),
            label_fr: "Couleur".into(),
            label_en: "Colour".into(),
            kind: CustomKind::Text,
            values: None,
            required: false,
        })?;
        Ok(json!(null))
    });
    let sent =
        upload(&app, "gadgets", "g.csv", b"Nom;Couleur;Recette;Prix\nNappe;bleu;x;1,5\n").await;
    let file = sent.location().to_owned();
    let columns = app.get(&file).await;
    columns.has("value=\"extra.colour\" selected");
    columns.has_not("value=\"recipe\"");
    let forced = [("column.0", "name"), ("column.1", ""), ("column.2", "recipe"), ("column.3", "")];
    let refused = app.post(&file, &forced).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.location());
}

#[tokio::test]
async fn a_workbook_that_we_wrote_is_read_back_and_changes_nothing() {
    use axum::body::to_bytes;
    use tower::ServiceExt;

    let app = open(Role::Owner).await;
    app.write(|tx| Ok(json!(tx.insert(&master::Company::named("Maison du Lin"))?.to_string())));
    let first = b"nom;code;client;encours autoris\xe9\nCaf\xe9 & fils;K1;oui;1 234,50\n";
    let sent = upload(&app, "parties", "c.csv", first).await;
    let file = sent.location().to_owned();
    let tried = try_it(&app, &file, &choices(&app.get(&file).await)).await;
    arrived(&app, tried.location()).await;
    app.post(&format!("{file}/apply"), &[]).await;
    arrived(&app, &format!("{file}/report")).await.has("Terminé");

    let request = Request::builder()
        .uri("/parties/export.xlsx")
        .header("host", "comptoir.test")
        .header(header::COOKIE, format!("{}; language=fr", app.session.clone().unwrap()))
        .body(Body::empty());
    let response = app.router.clone().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let book = to_bytes(response.into_body(), 1_000_000).await.unwrap();
    let sent = upload(&app, "parties", "parties.xlsx", &book).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.main());
    let file = sent.location().to_owned();
    let columns = app.get(&file).await;
    columns.has("classeur, première feuille");
    columns.has("Café &amp; fils");
    let tried = try_it(&app, &file, &choices(&columns)).await;
    let report = arrived(&app, tried.location()).await;
    report.has("Toutes les lignes passent.");
    report.has_not("Importer : 1 ligne");
}
