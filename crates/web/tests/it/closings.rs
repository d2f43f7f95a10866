//! Closings on screen, and the archives that leave from there.

use axum::http::{StatusCode, header};
use erp::finance::{Closing, close_days};
use identity::Role;
use kernel::{CompanyNumber, Filter, Instant};
use serde_json::Value as Json;
use store::tree::note::SigningKey;
use web::archive::{Verdict, make, verify};
use web::zip::{Archive, files};

use crate::trade::{AGO, Trade, ago};

async fn closed(role: Role) -> Trade {
    let trade = Trade::open(role).await;
    trade.app.store.seal_with(SigningKey::new([1; 8], [2; 32]).unwrap());
    let until = ago(1).day();
    trade.run(0, move |tx, _| Ok(Json::from(close_days(tx, until, 400)?)));
    trade
}

/// The month of the invoice, which is over.
fn month() -> String {
    let day = ago(AGO).day();
    format!("{:04}-{:02}", day.year(), day.month())
}

#[tokio::test]
async fn closings_are_listed_opened_and_verified() {
    let mut trade = closed(Role::Accountant).await;
    let page = trade.app.get("/closings").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    page.has("clos jusqu’au");
    page.has("Total perpétuel");
    page.has("480,00");
    page.has(&format!("/ledgers/closings/{}/archive.zip", month()));
    let all = trade.read(|tx| Ok(tx.find(Filter::<Closing>::everything())?));
    let own = all.iter().find(|closing| closing.code == month()).unwrap();
    let one = trade.app.get(&format!("/closings/{}", own.id)).await;
    one.has("TVA française 20 %");
    one.has(&own.hash);
    let day = all.iter().find(|closing| closing.code == ago(AGO).day().to_string()).unwrap();
    let documents = trade.app.get(&format!("/closings/{}", day.id)).await;
    documents.has(&format!("/invoices/{}", trade.invoice));

    let whole = trade.app.post("/ledgers/closings/verify", &[]).await;
    assert_eq!(whole.status, StatusCode::OK, "{}", whole.main());
    whole.has("Les clôtures sont intactes.");
    // One letter of a posted invoice, by a hand with the password of the database.
    let touched = "update invoices set order_number = 'XX' where company = $1 \
                   and number is not null returning number";
    trade.run(0, move |tx, _| Ok(Json::from(tx.sql(touched, &[])?.len())));
    let told = trade.app.post("/ledgers/closings/verify", &[]).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    told.has("a été modifiée après la clôture");
    told.has(&trade.get(trade.invoice).number.unwrap());
    trade.app.language = "en";
    let path = format!("/ledgers/closings/{}/verify", day.id);
    trade.app.post(&path, &[]).await.has("was changed after the closing of");
    trade.app.get("/closings").await.has("closed until");
}

#[tokio::test]
async fn today_is_closed_by_hand_and_nothing_more_is_invoiced() {
    let trade = closed(Role::Accountant).await;
    let today = Instant(store::now().0).day();
    let page = trade.app.get("/closings").await;
    let from = page.text.split("/ledgers/closings/close/").nth(1).unwrap();
    let path = format!("/ledgers/closings/close/{}", from.split('"').next().unwrap());
    let until = today.to_string();
    let done = trade.app.post(&path, &[("key", "1"), ("until", &until)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let twice = trade.app.post(&path, &[("key", "2"), ("until", &until)]).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    twice.has("Tout est déjà clos");
    let pay = format!("/invoices/{}/pay", trade.invoice);
    let pairs = [("key", "3"), ("day", until.as_str()), ("method", "transfer")];
    let refused = trade.app.post(&pay, &pairs).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.main());
    refused.has("est close");
}

#[tokio::test]
async fn who_may_not_read_the_books_sees_no_closing_and_takes_no_archive() {
    let trade = closed(Role::Warehouse).await;
    let archive = format!("/ledgers/closings/{}/archive.zip", month());
    for path in ["/closings", &archive] {
        assert_eq!(trade.app.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let verify = trade.app.post("/ledgers/closings/verify", &[]).await;
    assert_eq!(verify.status, StatusCode::FORBIDDEN);
    let close = "/ledgers/closings/close/01900000-0000-7000-8000-000000000001";
    assert_eq!(trade.app.post(close, &[("key", "1")]).await.status, StatusCode::FORBIDDEN);
}

/// An archive, and what is said of it once some of its files are others.
struct Kept {
    bytes: Vec<u8>,
    key: String,
}

impl Kept {
    fn parts(&self) -> Vec<(String, Vec<u8>)> {
        let parts = files(&self.bytes).unwrap();
        parts.into_iter().map(|(name, bytes)| (name, bytes.to_vec())).collect()
    }
    fn judged(&self, parts: &[(String, Vec<u8>)]) -> Verdict {
        let mut archive = Archive::default();
        parts.iter().for_each(|(name, bytes)| archive.add(name, bytes));
        verify(&archive.close(), Some(&self.key)).unwrap()
    }
    /// The codes found when the lines of a file are changed.
    fn with_lines(
        &self,
        name: &str,
        change: impl Fn(&mut Vec<String>),
    ) -> Vec<(&'static str, String)> {
        let mut parts = self.parts();
        let own = parts.iter_mut().find(|(own, _)| own == name).unwrap();
        let text = String::from_utf8(own.1.clone()).unwrap();
        let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
        change(&mut lines);
        own.1 = lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes();
        let fact = |fault: &kernel::Fault| match fault.facts.first() {
            Some((_, kernel::Value::Text(text))) => text.clone(),
            other => format!("{other:?}"),
        };
        let found = self.judged(&parts).findings;
        found.iter().map(|fault| (fault.code, fact(fault))).collect()
    }
}

#[tokio::test]
async fn an_archive_is_whole_and_whatever_is_touched_in_it_is_named() {
    let trade = closed(Role::Owner).await;
    let download = format!("/ledgers/closings/{}/archive.zip", month());
    let page = trade.app.get(&download).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let name = page.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert_eq!(name, format!("attachment; filename=\"archive-{}.zip\"", month()));
    let open = trade.app.get("/ledgers/closings/2001-01/archive.zip").await;
    open.has("n’est pas close");

    let (company, store) = (CompanyNumber(trade.app.company.0), trade.app.store.clone());
    let key = SigningKey::new([1; 8], [2; 32]).unwrap();
    let made = make(&store, &key, company, &month(), store::now()).unwrap();
    let kept = Kept { bytes: made.bytes, key: key.public(company.0).to_string() };
    let whole = verify(&kept.bytes, Some(&kept.key)).unwrap();
    assert_eq!(whole.findings, []);
    assert_eq!((whole.period.as_str(), whole.own_key), (month().as_str(), false));
    assert!(whole.closings > 10 && whole.documents >= 2, "{whole:?}");
    assert!(verify(&kept.bytes, None).unwrap().own_key);

    let number = trade.get(trade.invoice).number.unwrap();
    let line_of = |lines: &[String]| {
        let sign = format!("\"number\":\"{number}\"");
        lines.iter().position(|line| line.contains(&sign)).unwrap()
    };
    let changed = kept.with_lines("documents.jsonl", |lines| {
        let at = line_of(lines);
        lines[at] = lines[at].replace("480.00", "408.00");
    });
    assert!(changed.contains(&("closing.document_changed", number.clone())), "{changed:?}");
    assert!(changed.contains(&("archive.file_changed", "documents.jsonl".to_owned())));
    let removed = kept.with_lines("documents.jsonl", |lines| {
        lines.remove(line_of(lines));
    });
    assert!(removed.iter().any(|(code, _)| *code == "closing.gap"), "{removed:?}");
    assert!(removed.iter().any(|(code, _)| *code == "closing.totals"), "{removed:?}");
    let added = kept.with_lines("documents.jsonl", |lines| {
        let last = lines.last().unwrap().replace("\"rank\":", "\"rank\":9");
        lines.push(last);
    });
    assert!(added.iter().any(|(code, _)| *code == "archive.documents_added"), "{added:?}");
    let totals = kept.with_lines("closings.jsonl", |lines| {
        let at = lines.iter().position(|line| line.contains("480.00")).unwrap();
        lines[at] = lines[at].replace("480.00", "408.00");
    });
    assert!(totals.iter().any(|(code, _)| *code == "closing.changed"), "{totals:?}");
    let unproved = kept.with_lines("proofs.jsonl", |lines| {
        lines.pop();
    });
    assert!(unproved.contains(&("archive.unproved", month())), "{unproved:?}");
}

#[tokio::test]
async fn files_and_the_signature_of_an_archive_are_held_too() {
    let trade = closed(Role::Owner).await;
    let company = trade.app.company;
    let key = SigningKey::new([1; 8], [2; 32]).unwrap();
    let made = make(&trade.app.store, &key, company, &month(), store::now()).unwrap();
    let kept = Kept { bytes: made.bytes, key: key.public(company.0).to_string() };
    let codes = |parts: &[(String, Vec<u8>)]| -> Vec<&'static str> {
        kept.judged(parts).findings.iter().map(|fault| fault.code).collect()
    };
    let mut fewer = kept.parts();
    fewer.retain(|(name, _)| name != "payments.csv");
    assert_eq!(codes(&fewer), ["archive.file_removed"]);
    let mut more = kept.parts();
    more.push(("note.txt".to_owned(), b"x".to_vec()));
    assert_eq!(codes(&more), ["archive.file_added"]);

    // Who signs anew with another key is found by the key that was kept elsewhere.
    let forger = SigningKey::new([1; 8], [3; 32]).unwrap();
    let forged = make(&trade.app.store, &forger, company, &month(), store::now()).unwrap();
    let judged = verify(&forged.bytes, Some(&kept.key)).unwrap();
    assert!(judged.findings.iter().any(|fault| fault.code == "archive.signature"));
    assert_eq!(verify(b"PK", Some(&kept.key)).unwrap_err().code, "archive.form");
    assert_eq!(verify(&kept.bytes, Some("x+y+z")).unwrap_err().code, "audit.public_key");
}
