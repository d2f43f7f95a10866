//! Files attached to records: by hand, within the rights on the record, judged by their content.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use identity::Role;
use kernel::{Filter, Id, RawId};
use processes::attachments::{Attachment, FileKind, MOST};
use processes::doctor;
use serde_json::Value as Json;

use crate::app::Page;
use crate::trade::Trade;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR and so on";

/// Sends files about a record, as the form of its page does.
async fn attach(trade: &Trade, about: &str, files: &[(&str, &[u8])]) -> Page {
    let session = trade.app.session.clone().unwrap();
    let token = web::door::form_token(session.split_once('=').unwrap().1);
    let part = "--limit\r\nContent-Disposition: form-data; name=";
    let mut body = Vec::new();
    let back = format!("/{}", about.replace("party/", "parties/"));
    for (name, value) in [("token", token.as_str()), ("about", about), ("back", &back)] {
        body.extend(format!("{part}\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    for (name, bytes) in files {
        body.extend(format!("{part}\"file\"; filename=\"{name}\"\r\n\r\n").bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--limit--\r\n");
    let request = Request::builder()
        .method("POST")
        .uri("/attach")
        .header("host", "comptoir.test")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limit")
        .header(header::COOKIE, format!("{session}; language={}", trade.app.language))
        .body(Body::from(body))
        .unwrap();
    trade.app.send(request).await
}

/// The bytes of a page, as they are.
async fn fetched(trade: &Trade, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    use tower::ServiceExt;
    let session = trade.app.session.clone().unwrap();
    let request = Request::builder()
        .uri(path)
        .header("host", "comptoir.test")
        .header(header::COOKIE, session)
        .body(Body::empty())
        .unwrap();
    let response = trade.app.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, to_bytes(body, 2 * MOST).await.unwrap().to_vec())
}

fn kept(trade: &Trade) -> Vec<(RawId, String, FileKind, i64)> {
    trade.read(|tx| {
        let files = tx.find(Filter::<Attachment>::everything())?;
        Ok(files.iter().map(|f| (f.id.raw(), f.name.clone(), f.kind, f.size)).collect())
    })
}

#[tokio::test]
async fn a_file_is_attached_listed_fetched_and_taken_off_with_a_line_on_the_timeline() {
    let trade = Trade::open(Role::Seller).await;
    let (about, path) =
        (format!("party/{}", trade.customer), format!("/parties/{}", trade.customer));
    trade.app.get(&path).await.has("Ajouter un fichier");
    // Of more than one part: 1 MiB and some.
    let plan: Vec<u8> =
        b"%PDF-1.7\n".iter().copied().chain((0..1_500_000).map(|n| (n % 251) as u8)).collect();
    let done = attach(&trade, &about, &[("Plan d’étage.pdf", &plan), ("photo.png", PNG)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    assert_eq!(done.location(), path);
    let page = trade.app.get(&path).await;
    for part in ["Plan d’étage.pdf", "PDF", "1,5\u{a0}Mo", "Image PNG", "Ada Martin"] {
        page.has(part);
    }
    page.has("Pièce jointe ajoutée : Plan d’étage.pdf");
    let files = kept(&trade);
    assert_eq!(files.len(), 2);
    let (id, _, kind, size) = files[0].clone();
    assert_eq!((kind, size), (FileKind::Pdf, 1_500_009));
    let (status, headers, bytes) = fetched(&trade, &format!("/attachments/{id}/file")).await;
    assert_eq!((status, bytes), (StatusCode::OK, plan));
    assert_eq!(headers[header::CONTENT_TYPE], "application/pdf");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("UTF-8''Plan%20d"));
    assert_eq!(trade.read(doctor::findings), []);
    let gone = trade.app.post(&format!("/attachments/{id}/remove"), &[("back", &path)]).await;
    assert_eq!(gone.location(), path, "{}", gone.main());
    assert_eq!(kept(&trade).len(), 1);
    trade.app.get(&path).await.has("Pièce jointe retirée : Plan d’étage.pdf");
    assert_eq!(fetched(&trade, &format!("/attachments/{id}/file")).await.0, StatusCode::NOT_FOUND);
    let left = trade.read(|tx| Ok(tx.chunk(id, 0)?));
    assert_eq!(left, None, "its bytes are gone too");
    // Who did what stands in the history, as of every record.
    let history = trade.read(|tx| {
        Ok(tx.sql(
            "select verb from audit where company = $1 and record = $2 order by seq",
            &[kernel::Value::Ref(id)],
        )?)
    });
    assert_eq!(history, [["created".into()], ["deleted".into()]]);
}

#[tokio::test]
async fn asvs_5_2_2_a_type_that_lies_is_sent_as_what_it_is_and_never_shown() {
    let trade = Trade::open(Role::Seller).await;
    let about = format!("party/{}", trade.customer);
    let page: &[u8] = b"<!doctype html><script>alert(document.cookie)</script>";
    let drawing: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    let program: &[u8] = b"MZ\x90\x00\x03\x00\x00\x00";
    let files =
        [("photo.png", page), ("logo.svg", drawing), ("../../evil\u{202e}fdp.exe", program)];
    let done = attach(&trade, &about, &files).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let kept = kept(&trade);
    let names: Vec<&str> = kept.iter().map(|(_, name, ..)| name.as_str()).collect();
    assert_eq!(names, ["photo.png", "logo.svg", "evilfdp.exe"]);
    for (id, name, ..) in &kept {
        let (_, headers, _) = fetched(&trade, &format!("/attachments/{id}/file")).await;
        let way = headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(way.starts_with("attachment;"), "{name}: {way}");
        let kind = headers[header::CONTENT_TYPE].to_str().unwrap();
        assert!(matches!(kind, "text/plain; charset=utf-8" | "application/octet-stream"), "{kind}");
        assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().ends_with("sandbox"));
    }
}

#[tokio::test]
async fn what_is_too_large_empty_or_missing_is_refused_in_words_and_nothing_is_kept() {
    let trade = Trade::open(Role::Seller).await;
    let about = format!("party/{}", trade.customer);
    let huge = vec![b'x'; MOST + 1];
    let refused = attach(&trade, &about, &[("petit.txt", b"x"), ("film.txt", &huge)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.main());
    refused.has("Le fichier est trop volumineux : 20 Mio au plus.");
    attach(&trade, &about, &[("vide.txt", b"")]).await.has("Le fichier est vide.");
    attach(&trade, &about, &[]).await.has("Aucun fichier n’a été choisi.");
    attach(&trade, "attachment/0190a3b4-0000-7000-8000-000000000000", &[("a", b"x")])
        .await
        .has("ne prend pas de pièce jointe");
    assert_eq!(kept(&trade), []);
}

#[tokio::test]
async fn the_rights_on_the_record_are_those_on_its_files() {
    let mut trade = Trade::open(Role::Warehouse).await;
    // A warehouse reads customers and does not change them.
    let about = format!("party/{}", trade.customer);
    let path = format!("/parties/{}", trade.customer);
    trade.app.get(&path).await.has_not("Ajouter un fichier");
    let refused = attach(&trade, &about, &[("a.txt", b"x")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.main());
    let own = format!("shipment/{}", trade.shipment);
    let done = attach(&trade, &own, &[("bon.txt", b"x")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let id = kept(&trade)[0].0;
    let file = format!("/attachments/{id}/file");
    assert_eq!(trade.app.get(&file).await.status, StatusCode::OK);
    // A list of all files would tell of those of records that one does not read.
    assert_eq!(trade.app.get("/attachments").await.status, StatusCode::FORBIDDEN);
    // Another company has no such file, and no such record.
    trade.app.session = None;
    trade.app = trade.app.enter("bob@ailleurs.example").await;
    assert_eq!(trade.app.get(&file).await.status, StatusCode::NOT_FOUND);
    let taken = trade.app.post(&format!("/attachments/{id}/remove"), &[]).await;
    assert_eq!(taken.status, StatusCode::NOT_FOUND);
    let other = attach(&trade, &own, &[("b.txt", b"x")]).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    assert_eq!(kept(&trade).len(), 1);
}

#[tokio::test]
async fn a_part_that_is_missing_is_found_and_said() {
    let trade = Trade::open(Role::Seller).await;
    let about = format!("party/{}", trade.customer);
    attach(&trade, &about, &[("a.txt", b"x")]).await;
    let id = kept(&trade)[0].0;
    trade.run(0, move |tx, _| {
        tx.drop_chunks(id)?;
        Ok(Json::Null)
    });
    let found = trade.read(doctor::findings);
    assert_eq!(found.iter().map(|one| one.code).collect::<Vec<_>>(), ["doctor.attachment"]);
    let file: Id<Attachment> = Id::from_raw(id);
    let page = trade.app.get(&format!("/attachments/{file}/file")).await;
    page.has("n’est pas entier");
}
